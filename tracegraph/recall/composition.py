"""Composition: recorded lines as a flow, in base units and on one clock.

Lines of a run are one hub's. A lot's line includes those of its serials; serials are inputs of
their own. Discrete inputs of one line of a bill (substitutes included; else of one product) form
a slot; mixing is what the line says, else the event, the bill, the product, the dimension
(domain, "Events").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO, Quantity
from tracegraph.recall.account import ALWAYS
from tracegraph.recall.amount import Grouped, Scale, Scales, grouped
from tracegraph.recall.flow import (
    WHOLE,
    Flow,
    Hub,
    Inflow,
    Input,
    Membership,
    Outflow,
    Output,
    Slot,
    Thing,
)
from tracegraph.recall.master import Master
from tracegraph.recall.master import Material as BillLine
from tracegraph.recall.material import Happening, Line, Material
from tracegraph.recall.parts import Makers, between_items, makers_of
from tracegraph.store.projection.rows import Flow as Walk
from tracegraph.trace.reach import Clock

_SPREADING = {"mass", "volume"}


@dataclass(slots=True)
class Composition:
    """A flow, and what its numbers stand for.

    `receipts` and `leaving` give the event of an inflow or outflow by key; `hub_events` those of
    a hub; `given` the outputs of single events: (seq, item) -> base units, None is unknown.
    """

    flow: Flow
    clock: Clock
    receipts: dict[int, tuple[int, int]] = field(default_factory=dict)  # key -> (seq, item)
    leaving: dict[int, tuple[int, int]] = field(default_factory=dict)
    hub_events: dict[int, list[Happening]] = field(default_factory=dict)
    hub_of: dict[int, int] = field(default_factory=dict)  # seq -> hub
    given: dict[tuple[int, int], int | None] = field(default_factory=dict)


def compose(material: Material, scales: Scales, clock: Clock, tolerance: int) -> Composition:
    """The flow of some material. O(n log n) in its lines."""
    return _Composer(material, scales, clock, tolerance).compose()


def clock_of(material: Material, others: Iterable[Instant] = ()) -> Clock:
    """A clock on which every instant of some material is exact."""
    spans = [t for m in material.members for t in (m.since, m.until) if t is not None]
    times = [t for event in material.events.values() for t in (event.start, event.end)]
    return Clock.of([*times, *spans, *others], "forward")


@dataclass(slots=True)
class _Sums:
    """Inputs or outputs of a hub by item, summed over its events."""

    amount: dict[int, int | None] = field(default_factory=dict)
    unnamed: dict[int, int | None] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)
    serials: dict[int, int] = field(default_factory=dict)  # serial -> lot, 0 for none
    own: set[int] = field(default_factory=set)  # items with a line of their own

    def add(self, group: Grouped, seq: int) -> None:
        item = group.item
        self.seqs.setdefault(item, seq)
        if not group.apart:
            self.own.add(item)
        for sums, amount in ((self.amount, group.quantity), (self.unnamed, group.unnamed)):
            before = sums.get(item, 0)
            sums[item] = None if before is None or amount is None else before + amount
        for serial in group.serials:
            self.serials[serial] = item


class _Composer:
    def __init__(self, material: Material, scales: Scales, clock: Clock, tolerance: int) -> None:
        self._material = material
        self._scales = scales
        self._clock = clock
        self._tolerance = tolerance
        self._inflows: list[Inflow] = []
        self._outflows: list[Outflow] = []
        self._done = Composition(Flow({}, (), ()), clock)
        self._firsts: dict[int, tuple[Any, bool]] = {}

    def compose(self) -> Composition:
        hubs: defaultdict[int, list[Happening]] = defaultdict(list)
        for seq, lines in self._material.lines.items():
            event = self._material.events[seq]
            if any(line.flow for line in lines):
                if event.hub in self._material.hubs:
                    hubs[event.hub].append(event)
                else:
                    self._beside(event, lines)
            else:
                self._pass(event, lines)
        made = tuple(self._hub(no, events) for no, events in hubs.items())
        self._find_firsts()
        flow = Flow(
            {no: self._thing(no) for no in self._material.items},
            tuple(self._inflows),
            made,
            tuple(self._outflows),
            tuple(self._memberships(made)),
            self._tolerance,
        )
        self._done.flow = _with_parts_given_back(flow)
        return self._done

    # -- items

    def _thing(self, no: int) -> Thing:
        kind = self._material.kind(no)
        dimension = self._scales[no].dimension
        mixing = self._material.master.mixing(self._material.items[no].product)
        spreads = mixing == "homogeneous" if mixing else dimension in _SPREADING
        single = kind is not Kind.LOT
        return Thing(
            no,
            mixture=spreads and not single,
            counted=dimension == "count",
            serial=kind is Kind.SERIAL,
            container=kind is Kind.CONTAINER,
        )

    def _memberships(self, made: Iterable[Hub]) -> Iterable[Membership]:
        # What a hub takes and gives again it takes from the lot of before, which holds to its end.
        takers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for hub in made:
            both = {t.item for t in hub.inputs} & {o.item for o in hub.outputs}
            for serial in both & self._material.lots.keys():
                given = self._material.given_by(serial, hub.no)
                takers[serial, min(map(self._clock.at, given))].append(hub.end + 1)
        # Those of one serial in order: engines give them in any.
        for member in (each for own in self._material.lots.values() for each in own):
            first, drawn = self._firsts.get(member.serial, (None, True))
            at = self._clock.at
            since = None if member.since is None else at(member.since)
            begin = max(x for x in (since, first, ALWAYS) if x is not None)
            until = None if member.until is None else at(member.until)
            if until is not None:
                until = max((until, *takers.get((member.serial, until), ())))
            yield Membership(
                member.lot,
                member.serial,
                since,
                until,
                begin,
                drawn and member.since is None,
            )

    def _find_firsts(self) -> None:
        """When each serial was first named, and whether it came in there or was drawn."""
        material = self._material
        for serial in material.lots:
            best: tuple[Any, bool] | None = None
            lines = material.of_item.get(serial, ())
            taken = {line.hub for line in lines if line.flow == Walk.IN}
            for line in lines:
                event = material.events[line.seq]
                order = event.order(line.role)
                came = line.flow == Walk.OUT or event.type == "receipt"
                if line.flow == Walk.IN:  # what is taken and given again is taken before
                    given = (order._replace(end=at) for at in material.given_by(serial, line.hub))
                    order = min((order, *given))
                elif line.flow == Walk.OUT and line.hub in taken:
                    continue
                here = (order, not came)
                if best is None or here[0] < best[0]:
                    best = here
            if best is not None:
                self._firsts[serial] = (self._clock.at(best[0].end), best[1])

    # -- what comes and goes without a hub

    def _span(self, event: Happening) -> tuple[int, int]:
        return self._clock.at(event.start), self._clock.at(event.end)

    def _beside(self, event: Happening, lines: list[Line]) -> None:
        """An event that makes something, but is not in the closure: nothing in it is affected."""
        start, end = self._span(event)
        # Of a run that is not here only some events are; it may have begun long before.
        begin = ALWAYS if event.hub < 0 else start
        out = [line for line in lines if line.flow == Walk.OUT]
        taken = [line for line in lines if line.flow == Walk.IN]
        for group in grouped(self._material, self._scales, out):
            if not self._container(group.item):
                self._inflow(group, event, begin, end)
        for group in grouped(self._material, self._scales, taken):
            if not self._container(group.item):
                self._outflow(group, group.quantity, event, start, end)

    def _pass(self, event: Happening, lines: list[Line]) -> None:
        sign = _LEAVES.get(event.type)
        if sign is None:
            return
        start, end = self._span(event)
        sent = event.sent
        if event.type == "shipment" and sent.get("to") is not None:
            return
        counts = not (event.type in {"delivery", "use", "scrap"} and sent.get("party") is not None)
        if event.type == "delivery" and counts:
            return
        plain = [line for line in lines if line.role != "container"]
        for group in grouped(self._material, self._scales, plain):
            if self._container(group.item):
                continue
            quantity = group.quantity
            if event.type == "adjustment":
                self._adjust(group, event, start, end)
            elif sign > 0:
                self._inflow(group, event, start, end)
            elif event.type == "return":
                back = None if quantity is None else -quantity
                self._outflow(group, back, event, start, end)
            else:
                self._outflow(group, quantity, event, start, end, counts=counts)

    def _adjust(self, group: Grouped, event: Happening, start: int, end: int) -> None:
        quantity = group.quantity
        sent = event.line(group.pos).get("quantity", "")
        if quantity is not None and quantity > 0 and sent.startswith("-"):
            quantity = -quantity  # a serial is one unit, whatever the sign
        if quantity is not None and quantity > 0:
            self._inflow(group, event, start, end)
        else:
            self._outflow(group, quantity and -quantity, event, start, end)

    def _inflow(self, group: Grouped, event: Happening, start: int, end: int) -> None:
        key = len(self._inflows) + 1
        lot = self._lot(group.item, event)
        named = group.quantity is not None and group.unnamed == 0 and bool(group.serials)
        self._inflows.append(
            Inflow(key, group.item, group.quantity, start, end, lot, named, group.apart)
        )
        self._done.receipts[key] = (event.seq, group.item)

    def _outflow(
        self,
        group: Grouped,
        quantity: int | None,
        event: Happening,
        start: int,
        end: int,
        *,
        counts: bool = True,
    ) -> None:
        key, item = len(self._outflows) + 1, group.item
        self._outflows.append(
            Outflow(key, item, quantity, start, end, counts, group.serials, group.unnamed)
        )
        self._done.leaving[key] = (event.seq, item)

    def _lot(self, item: int, event: Happening) -> int:
        if self._material.kind(item) is not Kind.SERIAL:
            return 0
        return self._material.lot_at(item, event.end)

    def _container(self, item: int) -> bool:
        return self._material.kind(item) is Kind.CONTAINER

    # -- hubs

    def _hub(self, no: int, events: list[Happening]) -> Hub:
        self._done.hub_events[no] = events
        self._done.hub_of.update((event.seq, no) for event in events)
        taken, given = _Sums(), _Sums()
        held: set[int] = set()  # containers whose contents are beside them
        mixing: dict[int, str | None] = {}
        ratio: dict[int, Fraction] = {}
        for event in events:
            lines = self._material.lines.get(event.seq, ())
            held |= {line.via for line in lines if line.via}
            inputs = [line for line in lines if line.flow == Walk.IN]
            for line in inputs:
                sent = event.line(line.pos)
                mixing[line.item] = sent.get("mixing") or event.sent.get("mixing")
                if sent.get("per_unit"):
                    ratio[line.item] = self._per_unit(line.item, sent)
            for group in grouped(self._material, self._scales, inputs):
                taken.add(group, event.seq)
            outputs = [line for line in lines if line.flow == Walk.OUT]
            for group in grouped(self._material, self._scales, outputs):
                given.add(group, event.seq)
                self._done.given[event.seq, group.item] = group.quantity
        end = max(event.end for event in events)
        products = {self._product(item): self._scales[item] for item in given.amount}
        plan = _Plan(self._material.master, products, self._scales, end)
        inputs_ = self._inputs(taken, held, mixing, ratio, plan)
        return Hub(
            no,
            min(self._clock.at(event.start) for event in events),
            self._clock.at(end),
            inputs_,
            tuple(self._outputs(given)),
            plan.slots(),
            disassembly=any(event.type == "disassembly" for event in events),
        )

    def _per_unit(self, item: int, sent: dict[str, Any]) -> Fraction:
        amount = Fraction(Quantity.parse(sent["per_unit"]).micro, MICRO)
        unit, scale = sent.get("unit"), self._scales[item]
        rate = None if unit is None else scale.rate(unit)
        return amount / scale.grain if rate is None else amount * rate

    def _product(self, item: int) -> str:
        row = self._material.items[item]
        return row.product or row.key

    def _inputs(
        self,
        taken: _Sums,
        held: set[int],
        mixing: dict[int, str | None],
        ratio: dict[int, Fraction],
        plan: _Plan,
    ) -> tuple[Input, ...]:
        found = []
        for item, amount in taken.amount.items():
            if self._container(item):
                loose = item in held
                slot = -1 if loose else plan.slot(item, self._product(item), None)
                found.append(Input(item, None, slot, loose=loose))
                continue
            product, lot = self._product(item), taken.serials.get(item)
            quantity = taken.unnamed.get(item, amount) if lot is None else WHOLE
            if self._material.kind(item) is Kind.SERIAL:
                quantity = WHOLE
            elif quantity == 0:
                continue  # all its units are inputs of their own
            said = mixing.get(item) or plan.mixing(product)
            spreads = said == "homogeneous" if said else self._spreads(item)
            slot = -1 if spreads else plan.slot(item, product, ratio.get(item))
            if not spreads and not self._comparable(item, plan):
                quantity = None
            found.append(Input(item, quantity, slot, product=product, lot=lot or 0))
        return tuple(found)

    def _comparable(self, item: int, plan: _Plan) -> bool:
        """Whether the amounts of a slot are of one dimension."""
        return plan.dimension(item, self._product(item), self._scales[item].dimension)

    def _spreads(self, item: int) -> bool:
        own = self._material.master.mixing(self._material.items[item].product)
        if own is not None:
            return own == "homogeneous"
        return self._scales.known(item) and self._scales[item].dimension in _SPREADING

    def _outputs(self, given: _Sums) -> Iterable[Output]:
        for item, amount in given.amount.items():
            serial = self._material.kind(item) is Kind.SERIAL
            quantity = WHOLE if serial else amount
            if self._container(item):
                quantity = None
            named = bool(amount) and given.unnamed.get(item) == 0 and not serial
            yield Output(
                item,
                quantity,
                self._product(item),
                lot=given.serials.get(item, 0),
                named=named,
                apart=item not in given.own,
            )


class _Plan:
    """The slots of a hub: what its outputs' bills say stands for each other, and how much."""

    def __init__(
        self, master: Master, products: dict[str, Scale], scales: Scales, end: Instant
    ) -> None:
        self._made = products  # a bill is about one shown unit of these
        self._scales = scales
        self._bills: dict[str, tuple[BillLine, ...] | None] = {
            product: master.bill_at(product, end) for product in sorted(products)
        }
        self._leader: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._ratio: dict[int, Fraction] = {}
        self._dimensions: dict[int, str] = {}
        for bill in self._bills.values():
            for line in bill or ():
                for product in line.products[1:]:
                    self._leader[self._find(product)] = self._find(line.products[0])

    def _find(self, product: str) -> str:
        while self._leader.get(product, product) != product:
            product = self._leader[product]
        return product

    def mixing(self, product: str) -> str | None:
        """What a bill says of how a material goes in."""
        said = (
            line.mixing
            for bill in self._bills.values()
            for line in bill or ()
            if product in line.products
        )
        return next((word for word in said if word), None)

    def slot(self, item: int, product: str, ratio: Fraction | None) -> int:
        """The slot of an input; `ratio` is what the record says an output unit takes."""
        place = self._places.setdefault(self._find(product), len(self._places))
        if ratio is not None:
            self._ratio[place] = max(ratio, self._ratio.get(place, ratio))
        return place

    def dimension(self, item: int, product: str, dimension: str) -> bool:
        """Whether an input is measured as the others of its slot are."""
        place = self._places[self._find(product)]
        return self._dimensions.setdefault(place, dimension) == dimension

    def slots(self) -> tuple[Slot, ...]:
        """All slots, in order, with what each output product takes."""
        return tuple(Slot(self._takes(leader, place)) for leader, place in self._places.items())

    def _takes(self, leader: str, place: int) -> dict[str, Fraction]:
        takes: dict[str, Fraction] = {}
        for product, bill in self._bills.items():
            if place in self._ratio:
                takes[product] = self._ratio[place] * self._made[product].grain
                continue
            lines = [line for line in bill or () if self._find(line.products[0]) == leader]
            amount = sum((line.quantity for line in lines), Fraction(0))
            same = all(line.dimension == self._dimensions.get(place) for line in lines)
            if lines and same and amount > 0:
                grain = self._scales.grain(self._dimensions[place])
                takes[product] = amount / grain / self._made[product].per
        return takes


# Types that bring units in (+) or take them away (-), without a hub.
_LEAVES = {
    "receipt": 1, "adjustment": 0, "shipment": -1, "supplier_return": -1, "scrap": -1, "use": -1,
    "return": -1, "delivery": -1,
}  # fmt: skip


def _with_parts_given_back(flow: Flow) -> Flow:
    """Mark what a disassembly gives back of what had been built in."""
    if not any(hub.disassembly for hub in flow.hubs):
        return flow
    makers = makers_of(flow.hubs)
    built = {taken.item for hub in flow.hubs for taken in hub.inputs}
    return replace(flow, hubs=tuple(_marked(makers, hub, built) for hub in flow.hubs))


def _marked(makers: Makers, hub: Hub, built: set[int]) -> Hub:
    if not hub.disassembly:
        return hub
    wholes = {taken.item for taken in hub.inputs}
    outputs = tuple(
        replace(output, back=bool(between_items(makers, output.item, wholes, hub)))
        if output.item in built
        else output
        for output in hub.outputs
    )
    return replace(hub, outputs=outputs)
