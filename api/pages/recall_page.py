"""The pages of a recall: what is asked, what is affected, who has it, what is to do, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.pages import card_panel, extent_page, recall_rows, scope_figure, scope_shares
from api.pages.card_panel import Leads, Panel
from api.pages.question import Question
from api.pages.recall_question import KINDS, RANGES, RecallQuestion
from api.pages.render import Page
from api.pages.words import Words
from api.service import Service
from tracegraph.model.refusal import Refusal, Refused, TracegraphError
from tracegraph.recall.answer import Scope, Why
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.trace.answer import AmbiguousItem, UnknownEvent, UnknownItem
from tracegraph.trace.instants import read_cut

ROWS = 200  # on the page of one part
BRIEF = 25  # of a long part on the page of all
WHOLE = ("consignees", "where")  # parts that the page of all shows as far as a page goes
EXPORTS = ("xlsx", "letters", "csv", "json", "graphml", "prov", "epcis")

# What a question may come to instead of an answer, beside what is refused.
FAILED = (UnknownItem, UnknownEvent, AmbiguousItem, ScopeTooLarge, Refused)


@dataclass(frozen=True, slots=True)
class PartView:
    """A stretch of a part of a scope: of `total` rows `found` match, and `rows` are shown."""

    name: str
    rows: Sequence[Any]
    first: int
    found: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last row that is shown."""
        return self.first + len(self.rows) - 1


def page(service: Service, question: RecallQuestion, words: Words) -> Page:
    """The form alone; with a question its answer, or what is wrong with it (404, 422)."""
    said = _form(question)
    if not question.asked:
        return Page("recall_form.html", words, said | {"reasons": ()})
    try:
        with _naming(question):
            reached = extent_page.ahead(service, question)
        if reached is not None:
            return extent_page.page(reached, question, words)
        scope = ask(service, question)
    except FAILED as error:
        return failed(error, question, words)
    return Page("recall.html", words, said | _answer(service, scope, question, words))


def ask(service: Service, question: RecallQuestion) -> Scope:
    """The scope of a question. Raises one of FAILED."""
    with _naming(question):
        known = read_cut(service.graph.store, question.known_at)
        return service.scopes.ask(service.graph, question.query(), question.as_of, known)


def why_page(service: Service, question: RecallQuestion, of: str, words: Words) -> Page:
    """Why an item is in the scope of a question, or why it is out."""
    said = _form(question)
    try:
        found = explain(service, question, of)
    except FAILED as error:
        return failed(error, question, words, of)
    twin = question.address("/recall/why.json", of=found.item)
    more = {"scope_address": question.address(), "json": [(words("json_why"), twin)]}
    return Page(
        "why.html", words, said | {"why": found, "item_at": item_addresses(question)} | more
    )


def explain(service: Service, question: RecallQuestion, of: str) -> Why:
    """The reasoning of the library about one item. Raises one of FAILED."""
    query = question.query()
    if not of:
        refusal = Refusal("/of", "missing", "is missing.", "a scan, number or key of an item")
        raise Refused((refusal,))
    with _naming(question):
        return service.graph.explain(
            query.seeds, of, exclude=query.exclude, as_of=question.as_of,
            known_at=question.known_at, clock_tolerance=query.clock_tolerance,
            transit_days=query.transit_days, budget=query.budget,
        )  # fmt: skip


@contextmanager
def _naming(question: RecallQuestion) -> Iterator[None]:
    """What the library refuses names fields of the form."""
    try:
        yield
    except Refused as error:
        raise question.named(error) from error


def failed(error: TracegraphError, question: RecallQuestion, words: Words, of: str = "") -> Page:
    """The page of a question that has no answer, with the form as it was filled in.

    `of` is the item that was asked about, where it was one.
    """
    said = _form(question)
    match error:
        case AmbiguousItem():
            choices = [
                (item, _chosen(question, of, error.text, item.key)) for item in error.candidates
            ]
            more = {"text": error.text, "choices": choices, "form": "recall_question.html"}
            return Page("several.html", words, said | more)
        case UnknownItem() | UnknownEvent():
            return Page("recall_unknown.html", words, said | {"text": error.text}, 404)
        case Refused():
            return Page("recall_form.html", words, said | {"reasons": error.refusals}, 422)
    return Page("recall_too_large.html", words, said | {"detail": str(error)}, 422)


def _chosen(question: RecallQuestion, of: str, text: str, key: str) -> str:
    """The address that asks the same, with the key of one item for a text that names several."""
    asked = question.naming(text, key)
    return asked.address("/recall/why", of=key if text == of else of) if of else asked.address()


def _form(question: RecallQuestion) -> dict[str, Any]:
    return {"asked": question, "kinds": KINDS, "ranges": RANGES, "here": "recall"}


def item_addresses(question: RecallQuestion) -> Callable[[str], str]:
    """The addresses of items, at the cuts that the reader asked for."""
    limits = question.limits
    return Question(
        as_of=limits.get("as_of", ""), known_at=limits.get("known_at", ""), lang=question.lang
    ).from_here


def _answer(
    service: Service, scope: Scope, question: RecallQuestion, words: Words
) -> dict[str, Any]:
    """What the page of an answer says; addresses on it keep to what was recorded by then."""
    pinned = question.at(scope.known_at)

    def at(**view: Any) -> str:
        return pinned.with_(**FRESH | view).address()

    return (
        scope_said(scope, question)
        | figures(service, scope, question, words, at)
        | {
            "since": recorded_since(service, scope.known_at),
            "now_address": question.now().with_(part="", find="", certainty="", page=1).address(),
            "part_at": at,
            "part_fields": list(pinned.parameters()),
            "part_path": "/recall",
            "store_address": pinned.with_(**FRESH).address("/recall/store"),
            "why_at": lambda key: pinned.address("/recall/why", of=key),
            "why_fields": list(pinned.parameters()),
            "why_path": "/recall/why",
            "svg_address": pinned.address("/recall/figure.svg", *question.figure()),
            "pdf_address": pinned.address("/recall/figure.pdf", *question.figure()),
            "panel": panel(service, scope, question),
            "panel_address": pinned.address("/recall/card", *question.figure(), ("card", "")),
            "exports": [(form, pinned.address("/recall/export", format=form)) for form in EXPORTS],
            "json": [(words("json_scope"), pinned.address("/recall/export", format="json"))],
        }
    )


def figures(
    service: Service, scope: Scope, view: RecallQuestion, words: Words, at: scope_figure.At
) -> dict[str, Any]:
    """What the page of a whole scope draws; nothing on that of a part, or where it is empty."""
    if view.part in recall_rows.PARTS or not scope.items:
        return {"figure": None, "shares": None}
    lineage = service.scopes.lineage(service.graph, scope)
    return {
        "figure": scope_figure.said(scope, lineage, view, words, at, item_addresses(view)),
        "shares": scope_shares.said(scope, words, at),
    }


def panel(service: Service, scope: Scope, question: RecallQuestion) -> Panel | None:
    """The records of the item of the figure that the address names, if it names one."""
    pinned = question.at(scope.known_at)
    close = pinned.with_(card="").address() + "#genealogy"
    why = pinned.address("/recall/why", of=question.card)
    return panel_of(service, scope, pinned, Leads(close, why=why))


def panel_of(service: Service, scope: Scope, view: RecallQuestion, leads: Leads) -> Panel | None:
    """The records of an item at the cuts of a scope; None where the view names no item."""
    if not view.card:
        return None
    cuts = Question(
        as_of=view.limits.get("as_of", ""), known_at=str(scope.known_at), lang=view.lang
    )
    return card_panel.panel(service.graph, view.card, cuts, leads, scope)


def recorded_since(service: Service, known_at: int) -> int:
    """How many events were recorded after a cut."""
    return service.graph.store.published().seq - known_at


FRESH: dict[str, Any] = {
    "part": "", "find": "", "certainty": "", "page": 1, "opened": frozenset(), "within": "",
    "card": "",
}  # fmt: skip


def scope_said(scope: Scope, question: RecallQuestion) -> dict[str, Any]:
    """What a page says of a scope itself, whether it was asked for or stored."""
    one = question.part if question.part in recall_rows.PARTS else ""
    return {
        "scope": scope,
        "asked_view": question,
        "item_at": item_addresses(question),
        "part": _part(scope, one, question) if one else None,
        "parts": {} if one else {name: _brief(scope, name) for name in recall_rows.PARTS},
        "reached": {name for item in scope.items for name in (item.key, item.number)},
        "todo": () if one else recall_rows.todo(scope),
        "lacks": recall_rows.lacks(scope),
        "counts": counts(scope),
        "rows_a_page": ROWS,
    }


def counts(scope: Scope) -> dict[str, int]:
    """How many of each there are in a scope."""
    certain = sum(item.certainty == "certain" for item in scope.items)
    return {
        "items": len(scope.items),
        "lots": sum(item.kind == "lot" for item in scope.items),
        "certain": certain,
        "possible": len(scope.items) - certain,
        "unproven": len(scope.unproven),
        "consignees": len(scope.consignees),
        "unreachable": sum(not each.contacts for each in scope.consignees),
        "gaps": len(scope.gaps),
        "unexplained": sum(not each.explained for each in scope.balances),
    }


def _part(scope: Scope, name: str, question: RecallQuestion) -> PartView:
    """A page of one part; the last one where the address asks for one beyond it."""
    every = recall_rows.PARTS[name].rows(scope)
    rows = recall_rows.found(name, every, question.find, question.certainty)
    last = max(1, -(-len(rows) // ROWS))
    start = (min(question.page, last) - 1) * ROWS
    return PartView(name, rows[start : start + ROWS], start + 1, len(rows), len(every))


def _brief(scope: Scope, name: str) -> PartView:
    rows = recall_rows.PARTS[name].rows(scope)
    return PartView(name, rows[: ROWS if name in WHOLE else BRIEF], 1, len(rows), len(rows))
