"""Nonconformances and deviations that name events: which items they stand for.

Like a certificate's, the events that such a record names are what it is about: the items that
they made or, where they made nothing, that they name. The last record of a number decides for
all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

import orjson

from tracegraph.model.instant import Instant
from tracegraph.recall.material import Happening
from tracegraph.recall.seeding import about
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.rows import Flow

TYPES = ("nonconformance", "deviation")

_CLOSED = frozenset({"closed", "resolved", "done", "completed", "cancelled", "rejected"})


def is_open(record: Happening) -> bool:
    """Whether a nonconformance or deviation is open by this record of it."""
    return (record.sent.get("status") or "open").lower() not in _CLOSED


def number_of(record: Happening) -> str:
    """What records of one nonconformance or deviation have in common."""
    return record.sent.get("number") or record.key


@dataclass(frozen=True, slots=True)
class Concerns:
    """The last record of every number under which events are named, and the items of open ones."""

    last: dict[str, Happening] = field(default_factory=dict)
    numbers: dict[int, set[str]] = field(default_factory=dict)  # by item

    def of(self, items: Iterable[int]) -> list[str]:
        """The numbers that are open for one of these items."""
        return sorted({number for item in items for number in self.numbers.get(item, ())})


@dataclass
class ConcernData:
    """The concerns of a store, kept between questions and brought up to a seq when asked."""

    store: GraphStore
    _lock: Lock = field(default_factory=Lock)
    _records: list[Happening] = field(default_factory=list)
    _read: int = 0
    _last: tuple[int, Concerns] | None = None

    def at(self, known: int) -> Concerns:
        """Concerns at a seq: nothing is read where nothing was published since."""
        with self._lock:
            if self._last is not None and self._last[0] == known:
                return self._last[1]
            if known < self._read:
                entries = self.store.of_types(TYPES, known=known)
                return self._work_out([_happening(entry) for entry in entries], known)
            new = self.store.of_types((*TYPES, "void"), known=known, after=self._read)
            if self._read and any(entry.type == "void" for entry in new):
                new = self.store.of_types(TYPES, known=known)
                self._records = []
            self._records += [_happening(entry) for entry in new if entry.type != "void"]
            self._read = known
            self._last = known, self._work_out(self._records, known)
            return self._last[1]

    def _work_out(self, records: Iterable[Happening], known: int) -> Concerns:
        """At most two reads for each step that named events are away, and one of lines."""
        by_number: defaultdict[str, list[Happening]] = defaultdict(list)
        for record in records:
            by_number[number_of(record)].append(record)
        last: dict[str, Happening] = {}
        roots: dict[str, set[tuple[str, str]]] = {}
        for number, own in by_number.items():
            named = {ref for each in own for ref in about(each, each.sent)}
            if named:
                last[number] = max(own, key=lambda each: each.order("item"))
                if is_open(last[number]):
                    roots[number] = named
        return Concerns(last, self._items(roots, known))

    def _items(self, roots: dict[str, set[tuple[str, str]]], known: int) -> dict[int, set[str]]:
        numbers: defaultdict[int, set[str]] = defaultdict(set)  # by event
        waiting: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for number, refs in roots.items():
            for ref in refs:
                waiting[ref].add(number)
        while waiting:
            found = self.store.entries(waiting, known)
            further: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
            for ref, entry in found.items():
                fresh = waiting[ref] - numbers[entry.seq]
                if not fresh or (entry.void is not None and entry.void <= known):
                    continue
                numbers[entry.seq] |= fresh
                for named in about(entry, orjson.loads(entry.body)):
                    further[named] |= fresh
            waiting = further
        items: defaultdict[int, set[str]] = defaultdict(set)
        seqs = [seq for seq, own in numbers.items() if own]
        if not seqs:
            return {}
        lines = self.store.lines_of_events(seqs, known)
        gives = {s for s, flow in zip(lines.seq, lines.flow, strict=True) if flow == Flow.OUT}
        for seq, role, flow, item in zip(
            lines.seq, lines.role, lines.flow, lines.item, strict=True
        ):
            if role != "container" and (flow == Flow.OUT or seq not in gives):
                items[item] |= numbers[seq]
        return dict(items)


def _happening(entry: Entry) -> Happening:
    sent = orjson.loads(entry.body)
    at = Instant.parse(sent["occurred_at"])
    return Happening(entry.seq, entry.source, entry.id, entry.type, at, at, entry.seq, sent)
