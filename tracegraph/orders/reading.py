"""Reading orders from the store: the events that name them, and what these drew.

mentioned("order", number) ─> entries ─> Told
                                 └─> lines (containers expanded, base units) ─> Draw
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import orjson

from tracegraph.identify import identify
from tracegraph.identify.naming import name_item, name_key, product_name
from tracegraph.model.event import Event, Make, Order
from tracegraph.model.instant import Instant
from tracegraph.model.item import Line
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.model.unit import measure
from tracegraph.orders.fulfilment import COUNT, ZERO, Draw
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.facts import phase
from tracegraph.store.projection.identity import Identity, content_of, unrecorded
from tracegraph.store.projection.rows import ItemRow
from tracegraph.trace.lookup import identity_at

# Within one instant paperwork that opens stands before all goods, what ends after them.
_BEFORE = {"created": -4, "changed": -3, "confirmed": -2, "released": -1}
_BEHIND = {"cancelled": 8, "closed": 9, "settled": 10}

# Events whose items an order ships, gets or has sent back to it.
GOODS = {"shipment", "delivery", "return", "receipt", "supplier_return"}


class Told(NamedTuple):
    """An event that names an order; `day` is the day it occurred, as its sender writes it."""

    seq: int
    event: Event
    day: date

    @property
    def place(self) -> tuple[Instant, int, str, str]:
        """Where it stands among the others: time, phase within the instant, source, id."""
        event = self.event
        if isinstance(event, Order):
            rank = _BEFORE.get(event.action, _BEHIND.get(event.action, 0))
        elif isinstance(event, Make):
            rank = phase(event.type, "output" if event.outputs else "input")
        else:
            rank = phase(event.type, "item")
        return (event.occurred_at, rank, event.source, event.id)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All that stands of an order at a cut: its events as they occurred, what each drew.

    `first` is the seq of its first order event, whenever that occurred; None where there is none.
    """

    number: str
    told: tuple[Told, ...]
    draws: dict[int, tuple[Draw, ...]]  # by seq
    first: int | None = None

    @property
    def placed(self) -> bool:
        """Whether an order event tells of it by the cut."""
        return any(_tells_of(self.number, one.event) for one in self.told)


def told(entry: Entry) -> Told:
    """An entry of the journal, read."""
    return read_told(entry.seq, entry.body, entry.source)


def read_told(seq: int, body: bytes, source: str) -> Told:
    """An event as it was sent, read."""
    sent = orjson.loads(body)
    day = date.fromisoformat(sent["occurred_at"][:10])
    return Told(seq, parse_event(sent, source=source), day)


class _Row(NamedTuple):
    pos: str
    item: int
    lot: int
    via: int
    quantity: int | None
    unit: str | None


@dataclass(slots=True)
class Reader:
    """Reads orders of one store at one cut; products and items are looked up once each."""

    store: GraphStore
    known: int
    as_of: Instant | None = None
    items: dict[int, ItemRow] = field(default_factory=dict)
    _identities: dict[str, Identity] = field(default_factory=dict)
    _lots: dict[int, set[int]] = field(default_factory=dict)

    def identity(self, product: str) -> Identity:
        """The product that a text names."""
        name = product_name(product)
        if name not in self._identities:
            found = identity_at(self.store, name, self.known)
            self._identities.update((one, found) for one in found.names | {name})
        return self._identities[name]

    def read(self, numbers: Iterable[str]) -> dict[str, OrderFacts]:
        """Orders by number; one that nothing names by the cut has no events.

        A query for each order, and three for all of them together; linear in their lines.
        """
        seqs = {
            number: self.store.mentioned("order", number, known=self.known, since=None, until=None)
            for number in dict.fromkeys(numbers)
        }
        wanted = {seq for found in seqs.values() for seq in found}
        entries = self.store.entries_by_seq(wanted, self.known)
        read = {seq: told(entry) for seq, entry in entries.items()}
        kept = {
            seq: one
            for seq, one in read.items()
            if self.as_of is None or one.event.occurred_at <= self.as_of
        }
        draws = self._draws(kept)
        return {
            number: OrderFacts(
                number,
                tuple(sorted((kept[s] for s in found if s in kept), key=lambda one: one.place)),
                {s: draws[s] for s in found if s in draws},
                next((s for s in found if _tells_of(number, read[s].event)), None),
            )
            for number, found in seqs.items()
        }

    def _draws(self, events: dict[int, Told]) -> dict[int, tuple[Draw, ...]]:
        goods = {s: t for s, t in events.items() if t.event.type in GOODS or outputs_of(t.event)}
        columns = self.store.lines_of_events(list(goods), self.known)
        rows: defaultdict[int, list[_Row]] = defaultdict(list)
        for seq, *row in zip(
            columns.seq, columns.pos, columns.item, columns.lot, columns.via,
            columns.quantity, columns.unit, strict=True,
        ):  # fmt: skip
            rows[seq].append(_Row(*row))
        self._load({row.item for found in rows.values() for row in found})
        self._load_lots(rows.values())
        return {seq: tuple(self._drawn(one, rows[seq])) for seq, one in goods.items()}

    def _load(self, numbers: Collection[int]) -> None:
        missing = set(numbers) - self.items.keys() - {0}
        if missing:
            self.items.update(self.store.items(missing, self.known))

    def _load_lots(self, events: Iterable[Sequence[_Row]]) -> None:
        """The lots of serials that stand beside a lot and name none themselves."""
        kinds = {no: row.kind for no, row in self.items.items()}
        missing = {
            row.item
            for rows in events
            if any(kinds[row.item] == Kind.LOT for row in rows)
            for row in rows
            if kinds[row.item] == Kind.SERIAL and not row.lot
        } - self._lots.keys()
        if missing:
            self._lots.update((no, set()) for no in missing)
            found = self.store.lots_of(missing, known=self.known, as_of=self.as_of)
            for lot, serial in zip(found.lot, found.serial, strict=True):
                self._lots[serial].add(lot)

    def _drawn(self, one: Told, rows: Sequence[_Row]) -> Iterator[Draw]:
        """What an event drew: every line of its goods, each unit once."""
        lines = {
            f"{name}/{index}": line
            for name, index, line in one.event.item_lines()
            if name == ("outputs" if outputs_of(one.event) else "items")
        }
        kept = list(_once([row for row in rows if row.pos in lines]))
        holders = {row.via for row in kept}
        room = self._room(kept)
        singles: set[int] = set()
        for row in kept:
            if row.item in holders or row.item in singles:
                continue
            draw = self._of_item(one.seq, row, self.items[row.item], lines[row.pos].order_line)
            if self.items[row.item].kind == Kind.SERIAL:
                singles.add(row.item)
                lots = self._lots_of(row, room)
                within = next((lot for lot in lots if room[row.via, lot] > 0), 0)
                if within:
                    room[row.via, within] -= draw.amount or ZERO
                    draw = draw._replace(within=within)
            yield draw
        for pos, line in lines.items():
            if name_item(line.item) is None:
                yield self._untraced(one.seq, pos, line)

    def _room(self, rows: Sequence[_Row]) -> dict[tuple[int, int], Fraction]:
        """How much of its serials a lot's own lines can include, by container and lot."""
        room: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
        for row in rows:
            if self.items[row.item].kind == Kind.LOT and row.quantity and row.unit:
                counted = measure(row.unit)
                if counted.dimension == COUNT:
                    room[row.via, row.item] += row.quantity * counted.factor
        return dict(room)

    def _lots_of(self, row: _Row, room: Mapping[tuple[int, int], Fraction]) -> Sequence[int]:
        """The lots that a serial is of and that have lines of their own beside it."""
        lots = {row.lot} if row.lot else self._lots.get(row.item, set())
        return sorted(lot for lot in lots if (row.via, lot) in room)

    def _of_item(self, seq: int, row: _Row, item: ItemRow, order_line: str | None) -> Draw:
        identity = self.identity(item.product) if item.product else unrecorded("")
        amount: Fraction | None = None
        unit = None
        if row.quantity is not None and row.unit is not None:
            amount, unit = row.quantity * measure(row.unit).factor, row.unit
            name = name_key(item.key, Kind(item.kind)) if item.kind == Kind.SERIAL else None
            if name is not None:  # a serial of a package level is so many base units
                amount *= content_of(name.product, identity)
        dimension = measure(unit).dimension if unit else ""
        group = (identity.main, dimension)
        return Draw(seq, row.pos, row.item, item.product, group, order_line, amount, unit)

    def _untraced(self, seq: int, pos: str, line: Line) -> Draw:
        """A line that names a product only; no row of the graph holds it."""
        scan = line.item.scan
        product = line.item.product or (identify(scan).product if scan else None)
        identity = self.identity(product) if product else unrecorded("")
        amount: Fraction | None = None
        dimension = ""
        if line.quantity is not None and line.unit is not None:
            amount = line.quantity.micro * measure(line.unit).factor
            dimension = measure(line.unit).dimension
            if dimension == COUNT and product:
                amount *= content_of(product_name(product), identity)
        group = (identity.main, dimension)
        shown = identity.product or None
        return Draw(seq, pos, 0, shown, group, line.order_line, amount, line.unit)


def _tells_of(number: str, event: Event) -> bool:
    return isinstance(event, Order) and event.number == number


def outputs_of(event: Event) -> bool:
    """Whether an event makes something."""
    return isinstance(event, Make) and bool(event.outputs)


def _written(row: _Row) -> tuple[int, int, int]:
    """The order of the lines as they were written, contents by their items."""
    return (int(row.pos.rpartition("/")[2]), row.via, row.item)


def _once(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Rows without what is there twice: one content of one container, told by two lines."""
    seen: set[tuple[int, int]] = set()
    for row in sorted(rows, key=_written):
        if row.via:
            if (row.via, row.item) in seen:
                continue
            seen.add((row.via, row.item))
        yield row
