"""Cuts in time on the page of an item: where they may stand, and what changed between two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.question import Question
from api.pages.words import Words
from tracegraph.trace.answer import Genealogy, HistoryEntry
from viz.tint import Colouring, Tint


@dataclass(frozen=True, slots=True)
class Cuts:
    """The instants at which something happened to an item, and at which it was recorded."""

    as_of: tuple[str, ...]
    known_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What is in a genealogy at one cut and not at another, by key."""

    items_in: frozenset[str]
    items_out: frozenset[str]
    events_in: frozenset[str]
    events_out: frozenset[str]

    @property
    def nothing(self) -> bool:
        """Whether the genealogy is the same."""
        return not (self.items_in or self.items_out or self.events_in or self.events_out)


def cuts(entries: Iterable[HistoryEntry]) -> Cuts:
    """The instants of a history, ascending, each once."""
    entries = list(entries)
    return Cuts(
        tuple(sorted({entry.occurred_at for entry in entries})),
        tuple(sorted({entry.recorded_at for entry in entries})),
    )


def changed(before: Genealogy, after: Genealogy) -> Changed:
    """What came and what went from one answer to another of the same question."""
    items = [frozenset(item.key for item in each.items) for each in (before, after)]
    events = [frozenset(event.key for event in each.events) for each in (before, after)]
    return Changed(
        items_in=items[1] - items[0], items_out=items[0] - items[1],
        events_in=events[1] - events[0], events_out=events[0] - events[1],
    )  # fmt: skip


def earlier(question: Question) -> Question | None:
    """The question at the cuts that were looked at before, where the address says them."""
    as_of, comma, known_at = question.was.partition(",")
    return question.with_(as_of=as_of, known_at=known_at, was="") if comma else None


def by_change(found: Changed, words: Words) -> Colouring:
    """What was not there at the cut of before."""
    return Colouring(
        dict.fromkeys(found.items_in, "new"), (Tint("new", words("change_new"), "+", "b"),)
    )


def told(found: Changed, words: Words) -> str:
    """What changed, as a sentence."""
    if found.nothing:
        return words("changed_nothing")
    return words(
        "changed", items_in=f"{len(found.items_in):,}", items_out=f"{len(found.items_out):,}",
        events_in=f"{len(found.events_in):,}", events_out=f"{len(found.events_out):,}",
    )  # fmt: skip
