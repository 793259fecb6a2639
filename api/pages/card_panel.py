"""The records of one item of a figure, beside it: how it stands, and what happened to it last."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from api.pages.item_standing import Standing, standing
from api.pages.question import Question
from api.pages.render import Page
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import Scope
from tracegraph.trace.answer import AmbiguousItem, HistoryEntry, ItemDetail, UnknownItem

EVENTS = 20
_READ = 1_000  # entries of a history at a time


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a panel leads: closed again, to the way to its item, and why the item is affected."""

    close: str
    way: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is told of an item beside a figure; `certainty` where it is about a scope.

    `entries` are the last ones, the newest first, of `total`.
    """

    item: ItemDetail
    standing: Standing
    entries: tuple[HistoryEntry, ...]
    total: int
    at_cut: bool
    address: str
    leads: Leads
    certainty: str = ""


def panel(
    graph: Tracegraph, key: str, question: Question, leads: Leads, scope: Scope | None = None
) -> Panel | None:
    """The panel of an item at the cuts of a question; None where no record names it.

    Linear in the history of the item, of which the end is shown.
    """
    try:
        detail = graph.item(key, known_at=question.known_at_cut)
        entries, total = _newest(graph, detail.key, question)
        stands = standing(graph, detail.key, question)
    except (UnknownItem, AmbiguousItem, Refused):
        return None
    return Panel(
        item=detail,
        standing=stands,
        entries=entries,
        total=total,
        at_cut=bool(question.as_of or question.known_at),
        address=question.from_here(detail.key),
        leads=leads,
        certainty=_certainty(scope, detail.key) if scope else "",
    )


def part(found: Panel | None, words: Words) -> Page:
    """A panel alone, for a page that is there already; 404 where there is none."""
    return Page("card.html", words, {"panel": found}, 200 if found else 404)


def _newest(
    graph: Tracegraph, key: str, question: Question
) -> tuple[tuple[HistoryEntry, ...], int]:
    """The last entries of a history, the newest first, and how many there are."""
    last: deque[HistoryEntry] = deque(maxlen=EVENTS)
    total, cursor, more = 0, None, True
    while more:
        page = graph.history(key, known_at=question.known_at_cut, cursor=cursor, limit=_READ)
        last += page.entries
        total += len(page.entries)
        cursor, more = page.next, page.next is not None
    return tuple(reversed(last)), total


def _certainty(scope: Scope, key: str) -> str:
    found = next((item.certainty for item in scope.items if item.key == key), None)
    unproven = any(item.key == key for item in scope.unproven)
    return found or ("unproven" if unproven else "out")
