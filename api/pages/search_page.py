"""The one box: what a text names, on the page at the root and as suggestions while one types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi.responses import RedirectResponse

from api.pages import twins
from api.pages.question import Question, given, with_query
from api.pages.render import Page
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.recall.directory import KINDS, Listing
from tracegraph.trace.answer import ItemSummary

SHOWN = 50
SUGGESTED = 8  # items, while one types
SUGGESTED_BESIDE = 4  # of each other kind
SHORTEST = 2  # characters that are worth looking for before they are all typed


@dataclass(frozen=True, slots=True)
class Lead:
    """Something that bears a number: what it is called, and where it leads; `more` beside that."""

    kind: str
    number: str
    name: str | None
    address: str
    more: tuple[tuple[str, str], ...] = ()  # what it says, address


@dataclass(frozen=True, slots=True)
class _Found:
    items: tuple[ItemSummary, ...]
    more: bool
    listings: tuple[Listing, ...]


def page(graph: Tracegraph, text: str, lang: str, words: Words) -> Page | RedirectResponse:
    """What `text` names: a redirect where it names one thing, or a list, or what to try."""
    question = Question(lang=lang)
    said: dict[str, Any] = {
        "q": text, "question": question, "found": (), "leads": {}, "more": False, "empty": False,
        "json": [(words("json_search"), twins.search(text))],
    }  # fmt: skip
    if not text:
        return Page("search.html", words, said | {"empty": _is_empty(graph)})
    found = _sought(graph, text)
    if not found.items and not found.listings:
        empty = _is_empty(graph)
        return Page("search.html", words, said | {"empty": empty}, status=200 if empty else 404)
    leads = tuple(_leads(found.listings, lang))
    addresses = [question.address(item.key) for item in found.items]
    addresses += [lead.address for lead in leads]
    if len(addresses) == 1:
        return RedirectResponse(addresses[0], status_code=303)
    said |= {"found": found.items, "more": found.more, "total": len(addresses)}
    said["leads"] = _by_kind(leads)
    return Page("search.html", words, said)


def suggestions(graph: Tracegraph, text: str, lang: str, words: Words) -> list[dict[str, str]]:
    """What a text that is still being typed may come to: kind, name, detail and address of each."""
    if len(text) < SHORTEST:
        return []
    found = _like(graph, text, SUGGESTED, SUGGESTED_BESIDE)
    question = Question(lang=lang)
    items = [
        {
            "kind": words.name(item.kind),
            "name": item.number or item.key,
            "detail": item.product or "",
            "address": question.address(item.key),
        }
        for item in found.items
    ]
    beside = [
        {
            "kind": words.of("field", lead.kind),
            "name": lead.number,
            "detail": lead.name or "",
            "address": lead.address,
        }
        for lead in _leads(found.listings, lang)
    ]
    return items + beside


def _sought(graph: Tracegraph, text: str) -> _Found:
    """What is called just so; where nothing is, what is called somehow like it."""
    items, listings = graph.resolve(text), graph.directory(text, limit=SHOWN)
    exact = tuple(each for each in listings if each.exact)
    if items or exact:
        return _Found(items, more=False, listings=exact)
    near = graph.find(text, limit=SHOWN)
    return _Found(near.items, near.next is not None, listings)


def _like(graph: Tracegraph, text: str, items: int, beside: int) -> _Found:
    """What a text names and what is called somehow like it, so many of each kind."""
    exact = graph.resolve(text)[:items]
    near = graph.find(text, limit=items)
    both = tuple({item.key: item for item in (*exact, *near.items)}.values())
    more = near.next is not None or len(both) > items
    return _Found(both[:items], more, graph.directory(text, limit=beside))


def _leads(listings: Sequence[Listing], lang: str) -> Iterator[Lead]:
    for each in listings:
        address = items_with(each.kind, each.number, lang)
        recall = with_query("/recall", given((_seed(each.kind), each.number), lang=lang))
        orders = with_query("/orders", given(party=each.number, lang=lang))
        more: tuple[tuple[str, str], ...] = ()
        if each.kind == "order":
            path = f"/orders/{quote(each.number, safe='')}"
            more = (("items", address), ("recall", recall))
            address = with_query(path, given(lang=lang))
        elif each.kind == "party":
            more = (("orders", orders), ("supplier", recall))
        elif each.kind != "document":
            more = (("recall", recall),)
        yield Lead(each.kind, each.number, each.name, address, more)


def items_with(kind: str, number: str, lang: str) -> str:
    """The address of the items that events name together with something."""
    return with_query("/items", given((kind, number), lang=lang))


def _seed(kind: str) -> str:
    """What kind of seed of a recall something is."""
    return "supplier" if kind == "party" else kind


def _by_kind(leads: Sequence[Lead]) -> dict[str, list[Lead]]:
    found = {kind: [lead for lead in leads if lead.kind == kind] for kind in KINDS}
    return {kind: own for kind, own in found.items() if own}


def _is_empty(graph: Tracegraph) -> bool:
    return not graph.events(limit=1).events
