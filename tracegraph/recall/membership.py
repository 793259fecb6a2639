"""Membership: what open cases reach, worked out beforehand and kept right while events come in.

A case is worked out whole at some seq. What is recorded later can change the verdict only of what
is downstream of the items that it touches; of every other item the kept verdict is today's. What
is downstream the gate reasons anew, backward from the item. So an answer never waits for a case
to be worked out, and never is behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.model.refusal import TracegraphError
from tracegraph.recall.answer import Snapshot
from tracegraph.recall.case import reason
from tracegraph.recall.master import Master
from tracegraph.recall.seeding import Seeds, about, seeds
from tracegraph.recall.unproven import Doubting, Seen, makings_of
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.facts import fact
from tracegraph.store.projection.rows import Flow

MOST_EVENTS = 5_000  # recorded since, beyond which a case is worked out anew
MOST_CHANGED = 20_000  # items downstream of what was touched since

# Records that can change what seeds mean, or what things are called and made of.
_MEANING = frozenset({"product", "place", "equipment"})
# Seeds that name their items; of the others, later events can become seeds.
_FIXED = frozenset({"item", "event", "inspection"})


class Verdict(NamedTuple):
    """What a case says of an item. `affected`: surely (True), perhaps (False), or not (None)."""

    affected: bool | None
    unproven: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A case worked out whole at a seq: its items, and those that are unproven for it."""

    known: int
    affected: Mapping[int, bool]
    unproven: Collection[int]
    seeds: Collection[int]
    products: Seen

    def verdict(self, item: int) -> Verdict:
        """What the case said of an item."""
        return Verdict(self.affected.get(item), item in self.unproven)


Kept = Mapping[str, Membership]  # by the id of the case


def membership(store: GraphStore, case: Snapshot, master: Master, known: int) -> Membership:
    """Work a case out at a cut. Costs what its scope costs, but for what is told of it."""
    query = case.query
    tolerance = Decimal(query.clock_tolerance)
    with uncollected():
        found = reason(store, query, master, known=known, as_of=None, tolerance=tolerance)
        affected = {no: bounds.certain for no, bounds in found.verdicts.items.items()}
    products = seed_products(store, found.seeds, known)
    unproven = _unproven(store, Doubting(master, products), master, known)
    return Membership(known, affected, unproven, frozenset(found.seeds.items), products)


def work_out(store: GraphStore, cases: Iterable[Snapshot], master: Master, known: int) -> Kept:
    """Cases at a cut, by id, without those that cannot be worked out; the gate says why not."""
    found: dict[str, Membership] = {}
    for case in cases:
        with suppress(TracegraphError):
            found[case.id] = membership(store, case, master, known)
    return found


def seed_products(store: GraphStore, sown: Seeds, known: int) -> Seen:
    """Each seed's product, and when the first of its seeds came in; None where one never did."""
    rows = store.items(sown.items, known)
    events, lines = store.lines_of_items(sown.items, known=known, as_of=None)
    starts = dict(zip(events.seq, events.start, strict=True))
    types = dict(zip(events.seq, events.type, strict=True))
    came: dict[int, Instant] = {}
    for seq, flow, item in zip(lines.seq, lines.flow, lines.item, strict=True):
        if seq in starts and (flow == Flow.OUT or types[seq] == "receipt"):
            came[item] = min(starts[seq], came.get(item, starts[seq]))
    first: Seen = {}
    for item, row in rows.items():
        if row.product is not None:
            at = came.get(item)
            before = first.get(row.product, at)
            first[row.product] = None if at is None or before is None else min(at, before)
    return first


def _unproven(store: GraphStore, doubting: Doubting, master: Master, known: int) -> set[int]:
    """What comes of makings that lack what a seed may have been."""
    found = makings_of(
        store, doubting.products, master, known=known, as_of=None, since=doubting.since
    )
    seqs = {seq for making in found.values() if doubting.lack(making) for seq in making.seqs}
    if not seqs:
        return set()
    lines = store.lines_of_events(seqs, known)
    given = {item for item, flow in zip(lines.item, lines.flow, strict=True) if flow == Flow.OUT}
    reached = _downstream(store, given, known, 2**31)
    return reached if reached is not None else set()


def _downstream(
    store: GraphStore, items: Collection[int], known: int, most: int
) -> set[int] | None:
    """Items and what they reach; None for more than so many."""
    found = store.closure(list(items), "forward", known=known, as_of=None, budget=most)
    return None if found is None else set(found.item)


def touched(store: GraphStore, after: int, known: int) -> set[int] | None:
    """Items of which something was recorded, or voided, after a seq; None: it may be of any.

    Of a run all items, and for a container everything that was ever said of it: such records
    change what others mean. A fixed number of reads.
    """
    if known - after > MOST_EVENTS:
        return None
    new = store.entries_by_seq(range(after + 1, known + 1), known)
    if any(entry.type in _MEANING for entry in new.values()):
        return None
    gone = {entry.seq: entry for entry in _voided(store, new.values(), known)}
    found = _Lines(store, known, after)
    found.add(new.keys() | gone.keys() | _about(store, (new | gone).values(), known))
    void = [entry for entry in (new | gone).values() if entry.void is not None]
    found.items.update(_named(store, void))
    runs = [-hub for hub in found.hubs if hub < 0]
    if runs:
        found.add(store.events_of_runs(runs, known))
    boxes = [
        no for no, row in store.items(found.items, known).items() if row.kind == Kind.CONTAINER
    ]
    for cut in (known, after):
        if boxes:
            events, _ = store.lines_of_items(boxes, known=cut, as_of=None, members=False)
            found.add(events.seq)
    for cut in (known, after):
        found.items.update(store.lots_of(found.items, known=cut, as_of=None).lot)
    return found.items


def _voided(store: GraphStore, new: Iterable[Entry], known: int) -> list[Entry]:
    targets = []
    for entry in new:
        if entry.type == "void":
            sent = orjson.loads(entry.body)
            targets.append((sent.get("voids_source") or entry.source, sent["voids"]))
    return list(store.entries(targets, known).values()) if targets else []


def _about(store: GraphStore, entries: Iterable[Entry], known: int) -> set[int]:
    """The events that records of quality are about: their items are what these concern."""
    named = {key for entry in entries for key in about(entry, orjson.loads(entry.body))}
    return {entry.seq for entry in store.entries(named, known).values()} if named else set()


def _named(store: GraphStore, entries: Iterable[Entry]) -> list[int]:
    """Items that events name: a void one has no lines, and may be the only one that does."""
    parsed = (
        fact(entry.seq, parse_event(orjson.loads(entry.body), source=entry.source))
        for entry in entries
    )
    keys = {name.key for each in parsed for name in each.names}
    return [spoken.item for spoken in store.spoken(keys).values()] if keys else []


class _Lines:
    """The items and hubs of events, as they were before and as they are now."""

    def __init__(self, store: GraphStore, known: int, after: int) -> None:
        self._store = store
        self._cuts = (after, known)
        self.items: set[int] = set()
        self.hubs: set[int] = set()

    def add(self, seqs: Collection[int]) -> None:
        for cut in self._cuts:
            lines = self._store.lines_of_events(seqs, cut)
            self.items.update(lines.item, lines.lot, lines.via)
            self.hubs.update(lines.hub)
        self.items.discard(0)


@dataclass
class OpenCase:
    """An open case at a cut: what is kept of it, and its seeds where that does not suffice."""

    store: GraphStore
    snapshot: Snapshot
    master: Master
    known: int
    kept: Membership | None
    changed: Collection[int]

    def verdict(self, item: int) -> Verdict | None:
        """What the case says of an item now; None where it must be reasoned."""
        if self.kept is None or item in self.changed:
            return None
        return self.kept.verdict(item)

    @cached_property
    def sown(self) -> Seeds:
        """The seeds of the case now."""
        return seeds(self.store, self.snapshot.query, self.master, known=self.known, as_of=None)

    @cached_property
    def products(self) -> Seen:
        """The products of the seeds, with when each first came in."""
        return seed_products(self.store, self.sown, self.known)


@dataclass
class OpenCases:
    """The open cases of a store, and what is kept of them."""

    store: GraphStore
    _lock: Lock = field(default_factory=Lock)
    _key: tuple[object, ...] = ()
    _found: tuple[OpenCase, ...] = ()
    _kept: dict[str, Membership] = field(default_factory=dict)
    _changed: set[int] = field(default_factory=set)
    _seen: int = 0  # the seq up to which `_changed` holds what has changed
    _unkept: set[str] = field(default_factory=set)  # cases that could not be worked out

    def at(self, cases: Sequence[Snapshot], known: int, master: Master) -> tuple[OpenCase, ...]:
        """The cases at a cut."""
        key = (known, *(case.id for case in cases))
        with self._lock:
            if self._key != key:
                self._follow(cases, known, master)
                self._found = tuple(
                    OpenCase(
                        self.store, case, master, known, self._kept.get(case.id), self._changed
                    )
                    for case in cases
                )
                self._key = key
            return self._found

    def stale(self, cases: Sequence[Snapshot]) -> bool:
        """Whether some case is not kept, or much has changed since it was worked out."""
        few = MOST_CHANGED // 20
        kept = self._kept.keys() | self._unkept
        return any(case.id not in kept for case in cases) or len(self._changed) > few

    def keep(self, cases: Sequence[Snapshot], found: Kept, known: int) -> None:
        """Keep what was worked out of cases at a cut; the others are not tried again."""
        with self._lock:
            self._unkept.update(case.id for case in cases if case.id not in found)
            self._kept, self._changed, self._seen = dict(found), set(), known
            self._key = ()

    def _follow(self, cases: Sequence[Snapshot], known: int, master: Master) -> None:
        if not self._kept or known <= self._seen:
            return
        changed = touched(self.store, self._seen, known)
        reached = None
        if changed is not None:
            reached = _downstream(self.store, changed, known, MOST_CHANGED)
        if changed is None or reached is None or len(self._changed | reached) > MOST_CHANGED:
            self._kept, self._changed = {}, set()
            return
        self._changed = self._changed | reached
        self._seen = known
        for case in cases:
            kept = self._kept.get(case.id)
            if kept is not None and not self._means_the_same(case, kept, changed, known, master):
                del self._kept[case.id]

    def _means_the_same(
        self, case: Snapshot, kept: Membership, changed: set[int], known: int, master: Master
    ) -> bool:
        """Whether a case still seeks the same products, made after the same instants."""
        kinds = {seed.kind for seed in (*case.query.seeds, *case.query.exclude)}
        if kinds <= _FIXED and changed.isdisjoint(kept.seeds):
            return True
        try:
            sown = seeds(self.store, case.query, master, known=known, as_of=None)
        except TracegraphError:
            return False
        return seed_products(self.store, sown, known) == kept.products
