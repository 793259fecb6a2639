"""The page at the root: one box, and what was found."""

from __future__ import annotations

from fastapi.responses import RedirectResponse

from api.pages import twins
from api.pages.question import Question
from api.pages.render import Page
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.trace.answer import ItemSummary

SHOWN = 50


def page(graph: Tracegraph, text: str, lang: str, words: Words) -> Page | RedirectResponse:
    """What `text` names: a redirect to the one item, or a list, or what to try."""
    question = Question(lang=lang)
    said = {"q": text, "question": question, "found": (), "more": False, "empty": False}
    said["json"] = [(words("json_search"), twins.search(text))]
    if not text:
        said["empty"] = _is_empty(graph)
        return Page("search.html", words, said)
    found, more = _find(graph, text)
    if len(found) == 1:
        return RedirectResponse(question.address(found[0].key), status_code=303)
    if not found:
        said["empty"] = _is_empty(graph)
        return Page("search.html", words, said, status=200 if said["empty"] else 404)
    return Page("search.html", words, said | {"found": found, "more": more})


def _find(graph: Tracegraph, text: str) -> tuple[tuple[ItemSummary, ...], bool]:
    """What a text names exactly, else what is called somehow like it."""
    exact = graph.resolve(text)
    if exact:
        return exact[:SHOWN], len(exact) > SHOWN
    near = graph.find(text, limit=SHOWN)
    return near.items, near.next is not None


def _is_empty(graph: Tracegraph) -> bool:
    return not graph.events(limit=1).events
