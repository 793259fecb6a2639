"""Material: the records that a recall reasons over, loaded from the store in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import KIND_OF, Kind
from tracegraph.model.refusal import TracegraphError
from tracegraph.recall.master import Master
from tracegraph.store.columns import EventColumns, LineColumns
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.facts import Order, phase
from tracegraph.store.projection.projector import place
from tracegraph.store.projection.rows import Flow, ItemRow, line_sent
from tracegraph.store.walker import Direction as Way
from tracegraph.trace.answer import event_key


class ScopeTooLarge(TracegraphError):
    """The closure holds more items than the budget; a scope is never cut short."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        super().__init__(
            f"More than {budget} items are reached. A scope is whole or nothing: ask with a larger"
            " budget, or for fewer seeds."
        )


class Line(NamedTuple):
    """A line, as the store keeps it (see LineRow)."""

    seq: int
    pos: str
    role: str
    flow: int
    item: int
    hub: int
    lot: int
    via: int
    pooled: int
    quantity: int | None
    unit: str | None


class Member(NamedTuple):
    """A serial is of a lot; None is open."""

    lot: int
    serial: int
    since: Instant | None
    until: Instant | None


class Happening(NamedTuple):
    """An event, with what was sent."""

    seq: int
    source: str
    id: str
    type: str
    start: Instant
    end: Instant
    hub: int
    sent: dict[str, Any]

    @property
    def key(self) -> str:
        """The URI of the event."""
        return event_key(self.source, self.id)

    def order(self, role: str) -> Order:
        """Where its lines of a role stand among all lines."""
        return Order(self.end, phase(self.type, role), self.source, self.id)

    def line(self, pos: str) -> dict[str, Any]:
        """A line as it was sent; empty for the container of a packing record."""
        return line_sent(self.sent, pos)


@dataclass(slots=True)
class Material:
    """Items with all their lines, the hubs of a closure with all of theirs, and master data.

    `complete` are the items of which every line is here.
    """

    known: int
    as_of: Instant | None
    master: Master
    reached: set[int]
    complete: set[int] = field(default_factory=set)
    hubs: set[int] = field(default_factory=set)
    items: dict[int, ItemRow] = field(default_factory=dict)
    runs: dict[int, str] = field(default_factory=dict)
    events: dict[int, Happening] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=dict)  # by event
    of_item: dict[int, list[Line]] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    lots: dict[int, list[Member]] = field(default_factory=dict)  # by serial
    serials: dict[int, list[Member]] = field(default_factory=dict)  # by lot

    def key(self, item: int) -> str:
        """The key of an item."""
        return self.items[item].key

    def node(self, hub: int) -> str:
        """The key of a hub: of its event, or of its run."""
        if hub < 0:
            return self.runs.get(-hub, f"run {-hub}")
        return self.events[hub].key

    def kind(self, item: int) -> Kind:
        """What an item is."""
        return KIND_OF[self.items[item].kind]

    def add(self, store: GraphStore, events: EventColumns, lines: LineColumns) -> None:
        """Add events with these lines of theirs."""
        _occur(store, self, [events])
        _line_up(self, _rows(lines))

    def lot_at(self, serial: int, at: Instant) -> int:
        """The lot a serial is of at an instant, 0 for none."""
        for member in self.lots.get(serial, ()):
            if (member.since is None or member.since <= at) and (
                member.until is None or at < member.until
            ):
                return member.lot
        return 0

    def lot_of(self, item: int, seq: int, *, taken: bool) -> int:
        """The lot a serial is of at a line that names none; 0 for none.

        What an event (or a run) takes and gives again, it takes before it gives: `taken` lines go
        by the lot of before.
        """
        event = self.events[seq]
        members = self.lots.get(item, ())
        given = self.given_by(item, event.hub) if taken and members else ()
        if not given:
            return self.lot_at(item, event.end)
        before = min(event.end, *given)
        for member in members:
            if (member.since is None or member.since < before) and (
                member.until is None or before <= member.until
            ):
                return member.lot
        return 0

    def given_by(self, item: int, hub: int) -> list[Instant]:
        """When a hub gave an item, by its lines."""
        lines = self.of_item.get(item, ())
        return [
            self.events[line.seq].end for line in lines if line.flow == Flow.OUT and line.hub == hub
        ]


def closure(
    store: GraphStore,
    seeds: Collection[int],
    way: Way,
    *,
    known: int,
    as_of: Instant | None,
    budget: int,
    master: Master,
    siblings: bool = True,
) -> Material:
    """All that seeds reach, with every line on it. A fixed number of bulk reads.

    Raises ScopeTooLarge.
    """
    graph = store.subgraph(
        list(seeds), way, known=known, as_of=as_of, max_depth=None, budget=budget
    )
    if graph.complete_depth is not None:
        raise ScopeTooLarge(budget)
    found = Material(known, as_of, master, set(graph.reached))
    found.runs.update(graph.runs)
    found.items.update(graph.items)
    found.hubs.update(graph.events.hub)
    reached = set(graph.reached)
    load(store, found, reached, graph.events, graph.lines, siblings=siblings)
    return found


def load(
    store: GraphStore,
    into: Material,
    items: set[int],
    events: EventColumns | None = None,
    lines: LineColumns | None = None,
    *,
    siblings: bool = True,
    members: bool = True,
) -> None:
    """Add every line on `items`, on the lots of serials among them and on these lots' serials.

    Without `siblings` lines that name a serial of these lots, and not the lot, are left out;
    without `members` also those that name the lot beside another serial.
    """
    cuts: dict[str, Any] = {"known": into.known, "as_of": into.as_of}
    lots = store.lots_of(items, **cuts)
    wanted = items.union(lots.lot)
    _join(into, zip(*lots, strict=True))
    if siblings:
        serials = store.serials_of(wanted, **cuts)
        wanted |= set(serials.serial)
        _join(into, zip(*serials, strict=True))
    wanted -= into.complete
    more, own = store.lines_of_items(wanted, members=members, **cuts)
    new = [columns for columns in (events, more) if columns is not None]
    _occur(store, into, new)
    _line_up(into, chain.from_iterable(_rows(columns) for columns in (lines, own)))
    into.complete |= wanted
    named = {no for line in _all(into) for no in (line.item, line.lot, line.via)} | wanted
    missing = named - into.items.keys() - {0}
    if missing:
        into.items.update(store.items(missing, into.known))


def add_lines(
    into: Material,
    events: Iterable[tuple[Any, ...]],
    lines: Iterable[Line],
    sent: Mapping[int, dict[str, Any]],
) -> None:
    """Add lines and rows of their events, as far as it is given what was `sent` of them, by seq."""
    for row in events:
        if row[0] in sent and row[0] not in into.events:
            into.events[row[0]] = Happening._make((*row, sent[row[0]]))
    _line_up(into, lines)


def add_members(into: Material, rows: Iterable[tuple[Any, ...]]) -> None:
    """Add which serials are of which lots, as rows of `ComprisesColumns`."""
    _join(into, rows)


def add_events(store: GraphStore, into: Material, seqs: Collection[int]) -> None:
    """Add standing events with their own lines, and nothing else on the items they name."""
    wanted = set(seqs)
    lines = store.lines_of_events(wanted, into.known)
    entries = store.entries_by_seq(wanted, into.known)
    for seq, entry in entries.items():
        if entry.void is None:
            sent = orjson.loads(entry.body)
            end = Instant.parse(sent["occurred_at"])
            start = Instant.parse(sent["started_at"]) if sent.get("started_at") else end
            if into.as_of is None or end <= into.as_of:
                row = (seq, entry.source, entry.id, entry.type, start, end, seq, sent)
                into.events[seq] = Happening._make(row)
    for seq, hub in zip(lines.seq, lines.hub, strict=True):
        if seq in into.events and hub != seq:
            into.events[seq] = into.events[seq]._replace(hub=hub)
    _line_up(into, _rows(lines))
    named = {no for line in _all(into) for no in (line.item, line.lot, line.via)} - {0}
    into.items.update(store.items(named - into.items.keys(), into.known))
    serials = {no for no in named if into.items[no].kind == Kind.SERIAL}
    _join(into, zip(*store.lots_of(serials, known=into.known, as_of=into.as_of), strict=True))


def _all(into: Material) -> Iterable[Line]:
    return (line for lines in into.lines.values() for line in lines)


def _join(into: Material, rows: Iterable[tuple[Any, ...]]) -> None:
    seen = set(into.members)
    touched: set[int] = set()
    for lot, serial, at, rest, since, until in rows:
        if into.as_of is not None and Instant(at, rest) > into.as_of:
            continue
        begin = Instant.parse(since) if since else None
        end = Instant.parse(until) if until else None
        member = Member(lot, serial, begin, end)
        if member not in seen:
            seen.add(member)
            into.members.append(member)
            into.lots.setdefault(serial, []).append(member)
            into.serials.setdefault(lot, []).append(member)
            touched.add(serial)
    for serial in touched:
        if len(into.lots[serial]) > 1:
            into.lots[serial].sort(key=_spell)


def _spell(member: Member) -> tuple[bool, Instant, int]:
    since = member.since
    return since is not None, since or Instant(0), member.lot


def _occur(store: GraphStore, into: Material, columns: list[EventColumns]) -> None:
    rows = {
        row[0]: row
        for part in columns
        for row in zip(*part, strict=True)
        if row[0] not in into.events and (into.as_of is None or row[5] <= into.as_of)
    }
    bodies = store.bodies(rows)
    for seq, row in rows.items():
        into.events[seq] = Happening._make((*row, orjson.loads(bodies[seq])))


def _rows(columns: LineColumns | None) -> Iterable[Line]:
    return map(Line._make, zip(*columns, strict=True)) if columns is not None else ()


def _line_up(into: Material, rows: Iterable[Line]) -> None:
    fresh: defaultdict[int, dict[Line, None]] = defaultdict(dict)
    for row in rows:
        if row.seq in into.events:
            fresh[row.seq][row] = None
    # In the order of the event's lines, whatever order an engine gives them in.
    for seq in sorted(fresh):
        before = into.lines.setdefault(seq, [])
        known = set(before)
        new = sorted((row for row in fresh[seq] if row not in known), key=_order)
        before += new
        if known:
            before.sort(key=_order)
        for row in new:
            into.of_item.setdefault(row.item, []).append(row)


def _order(row: Line) -> tuple[tuple[str, int], int, int]:
    return place(row.pos), row.item, row.via
