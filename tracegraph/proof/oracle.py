"""The oracle: what a journal means, recomputed naively and all at once.

It reads the definitions of the domain off the whole journal, without any of the projection's
machinery: no increments, no indexes, no dominance among paths. It shares with the rest only the
value types and the naming of items. Slow, and meant to be obviously right; `verify` and the
property tests compare the engines with it.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tracegraph.identify.naming import Name, is_gtin, name_item, product_name
from tracegraph.model.event import Event, Make, Pack, Product, Unpack, Void
from tracegraph.model.instant import Instant
from tracegraph.model.item import Line
from tracegraph.model.key import Kind, lot_key, serial_key
from tracegraph.model.unit import measure

Id = tuple[str, str]
PHASES = {
    "output": 0, "receipt": 0, "unpack": 1, "pack": 2, "input": 4, "scrap": 4, "use": 4,
    "shipment": 5, "supplier_return": 5, "delivery": 6, "return": 7,
}  # fmt: skip
EVER = Fraction(10**30)


class TrueItem(NamedTuple):
    """An item as it should be."""

    key: str
    kind: Kind
    product: str | None
    number: str | None


class TrueLine(NamedTuple):
    """A line as it should be; items by key."""

    event: Id
    pos: str
    role: str
    flow: str  # "in", "out" or ""
    item: str
    lot: str | None
    via: str | None
    quantity: Fraction | None
    unit: str | None


class TrueMember(NamedTuple):
    """A serial is of a lot over an interval; the joining line is of an event that ended `at`."""

    lot: str
    serial: str
    at: Instant
    since: Instant | None
    until: Instant | None


@dataclass(frozen=True)
class Told:
    """An event of the journal as the oracle reads it."""

    seq: int
    event: Event

    @property
    def id(self) -> Id:
        return (self.event.source, self.event.id)

    @property
    def start(self) -> Instant:
        return self.event.started_at or self.event.occurred_at

    @property
    def end(self) -> Instant:
        return self.event.occurred_at

    def lines(self) -> list[tuple[str, str, Line, Name]]:
        found = []
        for field, index, line in self.event.item_lines():
            name = name_item(line.item)
            if name is not None:
                found.append((f"{field}/{index}", self.event.ROLES[field], line, name))
        return found

    def container(self) -> Name | None:
        return name_item(self.event.container) if isinstance(self.event, Pack | Unpack) else None

    def names(self) -> Iterable[Name]:
        container = self.container()
        if container is not None:
            yield container
        for _, _, _, name in self.lines():
            yield name
            if name.lot is not None:
                yield name.lot

    def order(self, role: str) -> tuple[Any, ...]:
        phase = PHASES.get(role, PHASES.get(self.event.type, 3))
        return (self.end, phase, self.event.source, self.event.id)


class Oracle:
    """What a journal means at one `known_at`: give it the events up to there."""

    def __init__(self, events: Iterable[Told]) -> None:
        self.events = list(events)
        voids = {e.event.target for e in self.events if isinstance(e.event, Void)}
        self.standing = [e for e in self.events if e.event.type == "void" or e.id not in voids]
        self._products = _components(e for e in self.standing if isinstance(e.event, Product))
        self._kinds = self._opaque_kinds()
        self._packings: defaultdict[str, list[Told]] = defaultdict(list)
        for told in self.standing:
            container = told.container()
            if container is not None:
                self._packings[self.key(container)].append(told)
        self.items = {item.key: item for e in self.events for item in map(self.item, e.names())}
        self.lines = [line for told in self.standing for line in self._lines(told)]
        self.members = self._members()
        self._members_by_item: defaultdict[str, list[TrueMember]] = defaultdict(list)
        for member in self.members:
            self._members_by_item[member.lot].append(member)
            self._members_by_item[member.serial].append(member)
        self._walks: dict[Instant | None, _Walk] = {}

    # -- items

    def item(self, name: Name) -> TrueItem:
        """The item that a name names."""
        if name.product is None or name.number is None:
            return TrueItem(name.key, self._kinds[name.key], None, name.number)
        product = self._products.get(name.product)
        if product is None:
            return TrueItem(name.key, name.kind, name.product, name.number)
        build = lot_key if name.kind is Kind.LOT else serial_key
        base = name.kind is Kind.LOT or name.product in product.base
        called = product.main if base else name.product
        key = build(called, name.number, gtin=is_gtin(called))
        return TrueItem(key, name.kind, product.numbers[0], name.number)

    def key(self, name: Name) -> str:
        """The key of the item that a name names."""
        return self.item(name).key

    def _opaque_kinds(self) -> dict[str, Kind]:
        """An opaque key is the strongest thing it was ever said to be; a lot when never said."""
        kinds: dict[str, Kind] = {}
        for told in self.events:
            for name in told.names():
                if name.product is None:
                    said = name.kind if name.stated else Kind.LOT
                    kinds[name.key] = max(kinds.get(name.key, Kind.LOT), said)
        return kinds

    # -- lines

    def _lines(self, told: Told) -> Iterable[TrueLine]:
        container = told.container()
        if container is not None:
            key = self.key(container)
            yield TrueLine(told.id, "container", "container", "", key, None, None, None, None)
        for pos, role, line, name in told.lines():
            item = self.item(name)
            flow = (
                {"input": "in", "output": "out"}.get(role, "")
                if isinstance(told.event, Make)
                else ""
            )
            inside = self._nested(item.key, told.order(role))
            lot = self.key(name.lot) if name.lot else None
            yield TrueLine(
                told.id, pos, role, flow, item.key, lot, None, *self._amount(line, name, item.kind)
            )
            for via, (key, of, quantity, unit) in inside:
                yield TrueLine(told.id, pos, role, flow, key, of, via, quantity, unit)

    def _amount(self, line: Line, name: Name, kind: Kind) -> tuple[Fraction | None, str | None]:
        if kind is Kind.SERIAL:
            return Fraction(1), "each"
        if line.quantity is None or line.unit is None:
            return None, None
        amount = Fraction(line.quantity.micro, 1_000_000)
        product = self._products.get(name.product or "")
        if product and kind is Kind.LOT and measure(line.unit).dimension == "count":
            amount *= product.content.get(name.product or "", 1)
        return amount, line.unit

    def _nested(
        self, container: str, at: tuple[Any, ...], around: frozenset[str] = frozenset()
    ) -> list[tuple[str, tuple[str, str | None, Fraction | None, str | None]]]:
        found = []
        for content in self._held(container, at):
            if content[0] in around | {container}:
                continue
            found.append((container, content))
            if content[0] in self._packings:
                found += self._nested(content[0], at, around | {container})
        return list(dict.fromkeys(found))

    def _held(
        self, container: str, at: tuple[Any, ...]
    ) -> list[tuple[str, str | None, Fraction | None, str | None]]:
        """What a container holds just before `at`: every packing record replayed in order."""
        held: dict[str, tuple[str, str | None, Fraction | None, str | None]] = {}
        for told in sorted(self._packings.get(container, ()), key=lambda e: e.order("container")):
            if told.order("container") >= at:
                break
            packs = isinstance(told.event, Pack)
            if not packs and not told.lines():
                held.clear()
            for _, _, line, name in told.lines():
                item = self.item(name)
                quantity, unit = self._amount(line, name, item.kind)
                lot = self.key(name.lot) if name.lot else None
                before = held.get(item.key)
                if packs and before is not None:
                    lot = lot or before[1]
                    if item.kind is Kind.LOT:
                        quantity, unit = _summed((before[2], before[3]), (quantity, unit), 1)
                if packs:
                    held[item.key] = (item.key, lot, quantity, unit)
                elif before is not None:
                    if item.kind is not Kind.LOT:
                        del held[item.key]
                        continue
                    rest, unit = _summed((before[2], before[3]), (quantity, unit), -1)
                    held[item.key] = (item.key, before[1], rest, unit)
                    if rest is not None and rest <= 0:
                        del held[item.key]
        return list(held.values())

    # -- lots and serials

    def _members(self) -> list[TrueMember]:
        told = {e.id: e for e in self.standing}
        hubs: defaultdict[tuple[str, str, str], list[TrueLine]] = defaultdict(list)
        for line in self.lines:
            hubs[line.item, _hub(told[line.event]), line.flow].append(line)
        joins: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for line in self.lines:
            if line.lot is not None:
                field, _, index = line.pos.partition("/")
                event = told[line.event]
                order = event.order(line.role)
                # What is taken and given again is taken before it is given.
                taken = hubs.get((line.item, _hub(event), "in"), ())
                given = hubs.get((line.item, _hub(event), "out"), ())
                if line.flow == "out" and taken:
                    order = event.order("input")
                if line.flow == "in" and given:
                    order = min(order, *(told[each.event].order("input") for each in given))
                joins[line.item].append((order, field, int(index), line.lot, event.end))
        found: list[TrueMember] = []
        for serial, named in joins.items():
            spells: list[list[Any]] = []
            for order, _, _, lot, end in sorted(named):
                if not spells or spells[-1][0] != lot:
                    if spells:
                        spells[-1][3] = order[0]
                    spells.append([lot, end, order[0] if spells else None, None])
            # Within one instant a serial can come back to a lot; one spell of no length says it.
            members = (TrueMember(lot, serial, at, *ends) for lot, at, *ends in spells)
            found += dict.fromkeys(members)
        return found

    # -- closures

    def seeds(self, key: str) -> list[str]:
        """What a trace from an item starts from: it, and all that it ever held, nested."""
        found, waiting = {key}, {key}
        while waiting:
            packed = {told.id for item in waiting for told in self._packings.get(item, ())}
            lines = (line for line in self.lines if line.event in packed and line.role == "item")
            waiting = {line.item for line in lines} - found
            found |= waiting
        return sorted(found)

    def trace(
        self,
        seeds: Collection[str],
        direction: str,
        *,
        as_of: Instant | None = None,
        max_depth: int | None = None,
        tolerance: Decimal = Decimal(0),
    ) -> tuple[dict[str, int], set[Id]]:
        """Least depth of every item reached, and the ids of the events passed through.

        A path is walked with the last event it passed; every combination of a place and a time
        is a state of its own, so nothing is decided by comparing paths.
        """
        if as_of not in self._walks:
            self._walks[as_of] = self._graph(as_of)
        graph = self._walks[as_of]
        forward = direction == "forward"
        slack = Fraction(tolerance)
        depths: dict[str, int] = {}
        passed: set[str] = set()
        start = -EVER if forward else EVER
        waiting = deque((key, half, start, 0) for key in seeds for half in ("made", "pool"))
        seen = set()
        while waiting:
            state = waiting.popleft()
            key, half, time, depth = state
            if (key, half, time) in seen or (max_depth is not None and depth > max_depth):
                continue
            seen.add((key, half, time))
            depths.setdefault(key, depth)
            for hub in graph.taken(key, half) if forward else graph.given(key, half):
                begin, end = graph.span[hub]
                passes = time <= end + slack if forward else begin <= time + slack
                if not passes or (max_depth is not None and depth == max_depth):
                    continue
                passed.add(hub)
                for other in graph.outputs[hub] if forward else graph.inputs[hub]:
                    waiting.append((*other, begin if forward else end, depth + 1))
            for member in self._members_by_item[key]:
                if as_of is not None and member.at > as_of:
                    continue
                since = -EVER if member.since is None else exact(member.since)
                until = EVER if member.until is None else exact(member.until)
                steps = [
                    ((member.lot, "made"), (member.serial, "made")),
                    ((member.serial, "made"), (member.lot, "pool")),
                ]
                for a, b in steps:
                    if forward and (key, half) == a and time <= until + slack:
                        waiting.append((*b, max(time, since), depth + 1))
                    if not forward and (key, half) == b and since <= time + slack:
                        waiting.append((*a, min(time, until), depth + 1))
        return depths, {id_ for hub in passed for id_ in graph.events[hub]}

    def _graph(self, as_of: Instant | None) -> _Walk:
        graph = _Walk()
        for told in self.standing:
            if as_of is None or told.end <= as_of:
                hub = _hub(told)
                graph.hub_of[told.id] = hub
                graph.events[hub].append(told.id)
                begin, end = graph.span.get(hub, (EVER, -EVER))
                graph.span[hub] = (min(begin, exact(told.start)), max(end, exact(told.end)))
        lots = {member.lot for member in self.members}
        for line in self.lines:
            if line.flow and line.event in graph.hub_of:
                hub = graph.hub_of[line.event]
                if line.flow == "out":
                    graph.outputs[hub].add((line.item, "made"))
                else:
                    graph.inputs[hub].add((line.item, "made"))
                    if line.item in lots and line.lot is None:
                        graph.inputs[hub].add((line.item, "pool"))
        graph.index()
        return graph


Amount = tuple[Fraction | None, str | None]


def _summed(before: Amount, line: Amount, sign: int) -> Amount:
    """Two amounts added (or one taken off) in the finer unit, the line's where they are as fine.

    Unknown is what cannot be said in whole millionths of it, or is more than 63 bits of these.
    """
    if before[0] is None or line[0] is None or before[1] is None or line[1] is None:
        return None, None
    units = {line[1]: measure(line[1]), before[1]: measure(before[1])}
    if len({each.dimension for each in units.values()}) > 1:
        return None, None
    unit = min(units, key=lambda each: units[each].factor)
    there = before[0] * units[before[1]].factor / units[unit].factor
    more = line[0] * units[line[1]].factor / units[unit].factor
    total = there + sign * more
    exact_ = all(part * 1_000_000 % 1 == 0 for part in (there, more))
    if not exact_ or max(there, total) * 1_000_000 >= 2**63:
        return None, None
    return total, unit


class _Walk:
    """Hubs (events, or runs) with what goes in and what comes out."""

    def __init__(self) -> None:
        self.hub_of: dict[Id, str] = {}
        self.events: defaultdict[str, list[Id]] = defaultdict(list)
        self.span: dict[str, tuple[Fraction, Fraction]] = {}
        self.inputs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self.outputs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._taken: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._given: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def index(self) -> None:
        for sides, found in ((self.inputs, self._taken), (self.outputs, self._given)):
            for hub, places in sides.items():
                for place in places:
                    found[place].add(hub)

    def taken(self, key: str, half: str) -> set[str]:
        return self._taken[(key, half)]

    def given(self, key: str, half: str) -> set[str]:
        return self._given[(key, half)]


@dataclass(frozen=True)
class _Product:
    main: str
    numbers: tuple[str, ...]
    base: frozenset[str]
    content: Mapping[str, int]


def exact(instant: Instant) -> Fraction:
    """An instant in seconds, exactly."""
    digits = f"{instant.micros}{instant.rest}"
    return Fraction(int(digits), 10 ** (6 + len(instant.rest)))


def _hub(told: Told) -> str:
    """Events of one run are one; a run is its source's own unless it is an absolute URI."""
    if isinstance(told.event, Make) and told.event.run is not None:
        absolute = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:.", told.event.run) is not None
        return f"run {told.event.run}" if absolute else f"run {told.event.source} {told.event.run}"
    return f"event {told.event.source} {told.event.id}"


def _components(records: Iterable[Told]) -> dict[str, _Product]:
    """Products by name: records that share a name, directly or by others, are one product."""
    groups: list[tuple[set[str], list[Told]]] = []
    for told in records:
        assert isinstance(told.event, Product)
        names = {product_name(told.event.number)}
        names |= {product_name(package.identifier) for package in told.event.packages}
        joined = [told]
        apart = []
        for other_names, others in groups:
            if other_names & names:
                names |= other_names
                joined += others
            else:
                apart.append((other_names, others))
        groups = [*apart, (names, joined)]
    return {
        name: product
        for names, members in groups
        for product in [_product(members)]
        for name in names
    }


def _product(records: list[Told]) -> _Product:
    numbers: list[str] = []
    content: dict[str, int] = {}
    main = None
    for told in sorted(records, key=lambda e: e.order("record")):
        assert isinstance(told.event, Product)
        number = product_name(told.event.number)
        if number not in numbers:
            numbers.append(number)
        for package in told.event.packages:
            content[product_name(package.identifier)] = package.content.micro // 1_000_000
        units = [p for p in told.event.packages if p.content.micro == 1_000_000]
        if units:
            main = product_name(units[0].identifier)
    base = frozenset(numbers) | {gtin for gtin, holds in content.items() if holds == 1}
    named = main if main in base else numbers[0]
    assert named is not None  # a product record has a number
    levels = {gtin: holds for gtin, holds in content.items() if gtin not in base}
    return _Product(named, tuple(numbers), base, levels)
