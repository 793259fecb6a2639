"""Small flows with seeds, made at random of whatever records can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from tracegraph.recall.flow import (
    WHOLE,
    Affected,
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

UNKNOWN = (1, 2, 3, 4)  # what an unknown quantity may be
TAKES = tuple(Fraction(c) for c in ("1", "1", "2", "3", "1/2", "1/3", "3/2", "2/3"))


def random_case(rng: Random) -> tuple[Flow, list[Affected]]:
    """A flow of one to four hubs, and one or two seeds."""
    maker = _Maker(rng)
    maker.history()
    flow = maker.flow()
    return flow, maker.seeds(flow)


def crowded_case(rng: Random) -> tuple[Flow, list[Affected]]:
    """One lot, or two, to which much happens at few instants, and often to single units."""
    maker = _Crowded(rng)
    maker.history()
    flow = maker.flow()
    return flow, maker.seeds(flow)


def features(flow: Flow, seeds: Sequence[Affected]) -> set[str]:
    """What is in a flow that its answers may hang on."""
    made = {o.item for hub in flow.hubs for o in hub.outputs}
    found = {
        "several levels"
        if any(line.item in made for hub in flow.hubs for line in hub.inputs)
        else "single level"
    }
    for hub in flow.hubs:
        found.update(_features_of(hub))
    draws = [o.item for o in flow.outflows]
    draws += [line.item for hub in flow.hubs for line in hub.inputs]
    if len(draws) > len(set(draws)) or len({i.item for i in flow.inflows}) < len(flow.inflows):
        found.add("draws over time")
    lines: list[Any] = [*flow.inflows, *flow.outflows, *(o for h in flow.hubs for o in h.outputs)]
    found |= {
        name
        for name, there in (
            ("serials", any(t.serial for t in flow.things.values())),
            ("mixtures", any(t.mixture for t in flow.things.values())),
            ("tolerance", flow.tolerance > 0),
            ("returns", any((o.quantity or 0) < 0 for o in flow.outflows)),
            ("unknown amounts", any(line.quantity is None for line in lines)),
            ("unknown amounts", any(seed.part for seed in seeds)),
        )
        if there
    }
    return found


def _features_of(hub: Hub) -> Iterator[str]:
    products = {o.product for o in hub.outputs}
    if len(products) > 1 and not hub.disassembly:
        yield "co-products"
    if {i.item for i in hub.inputs} & {o.item for o in hub.outputs}:
        yield "rework"
    if hub.disassembly:
        yield "disassembly"
        return
    if any(line.slot < 0 for line in hub.inputs):
        yield "homogeneous"
    for place, slot in enumerate(hub.slots):
        total = sum(line.quantity or 0 for line in hub.inputs if line.slot == place)
        need = sum(
            slot.takes.get(o.product, Fraction(1)) * (o.quantity or 0)
            for o in hub.outputs
            if not o.lot
        )
        if total > need:
            yield "waste"
        if total < need:
            yield "shortage"
        if products - slot.takes.keys():
            yield "unknown ratio"
        if any(c.denominator > 1 for c in slot.takes.values()):
            yield "straddling"


@dataclass
class _Maker:
    rng: Random
    things: dict[int, Thing] = field(default_factory=dict)
    inflows: list[Inflow] = field(default_factory=list)
    outflows: list[Outflow] = field(default_factory=list)
    hubs: list[Hub] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)  # units still there, about
    serials: dict[int, list[int]] = field(default_factory=dict)  # by lot, still there
    since: dict[int, int] = field(default_factory=dict)
    now: int = 0
    naming: float = 0.15  # how often units that come have names
    received: Sequence[int] = (1, 2, 2, 3, 4)
    shapes: Sequence[str] = ("whole", "whole", "units", "part", "given", "given")
    tolerances: Sequence[int] = (0, 0, 0, 0, 1, 3)

    def flow(self) -> Flow:
        tolerance = self.rng.choice(self.tolerances)
        return Flow(
            self.things,
            tuple(self.inflows),
            tuple(self.hubs),
            tuple(self.outflows),
            tuple(self.members),
            tolerance,
        )

    def history(self) -> None:
        """Some supply, then making and leaving in turns."""
        rng = self.rng
        for _ in range(rng.choice((1, 2, 2, 3))):
            self.receive(self.item(mixture=rng.random() < 0.12))
        if rng.random() < 0.12:
            self.take_apart()
        hubs = rng.choice((1, 1, 1, 2, 2, 3))
        for number in range(hubs):
            self.now += rng.choice((0, 1, 2, 4))
            self.make()
            if rng.random() < 0.4:
                self.leave()
            if rng.random() < 0.2:
                self.receive(rng.choice([n for n in self.left if n not in self.of_lot]))
            if number == 0 and rng.random() < 0.3:
                self.draw_serial()
        for _ in range(rng.choice((0, 1, 1, 2))):
            self.now += rng.choice((0, 1, 3))
            self.leave()

    @property
    def of_lot(self) -> set[int]:
        return {m.serial for m in self.members}

    def item(self, *, mixture: bool = False, serial: bool = False) -> int:
        no = len(self.things) + 1
        self.things[no] = Thing(no, mixture=mixture, counted=not mixture, serial=serial)
        if not serial:
            self.left[no] = 0
        return no

    def span(self) -> tuple[int, int]:
        start = max(0, self.now + self.rng.choice((0, 0, 0, 0, 0, -1, -3)))
        return start, start + self.rng.choice((0, 0, 0, 1, 3))

    def amount(self, units: int) -> int | None:
        return None if self.rng.random() < 0.03 else units * WHOLE

    def receive(self, item: int) -> None:
        rng = self.rng
        units = rng.choice(self.received)
        start, end = self.span()
        while any((i.item, i.start, i.end) == (item, start, end) for i in self.inflows):
            self.now += 1  # else nothing says which of them brought a serial
            start, end = self.span()
        named = 0
        if not self.things[item].mixture and rng.random() < self.naming:
            named = rng.choice((1, min(2, units)))
        quantity = self.amount(units) if not named else units * WHOLE
        key = len(self.inflows) + 1
        self.inflows.append(Inflow(key, item, quantity, start, end, named=named == units))
        for _ in range(named):
            serial = self.name(item, end, drawn=False)
            self.inflows.append(Inflow(len(self.inflows) + 1, serial, WHOLE, start, end, lot=item))
        self.left[item] += units
        self.since.setdefault(item, end)

    def name(self, lot: int, first: int, *, drawn: bool) -> int:
        serial = self.item(serial=True)
        self.members.append(Membership(lot, serial, None, None, first, drawn))
        if not drawn:
            self.serials.setdefault(lot, []).append(serial)
        return serial

    def stocked(self) -> int:
        """An item that there is some of, mostly."""
        there = [no for no, units in self.left.items() if units > 0]
        return self.rng.choice(there or list(self.left))

    def wanted(self, item: int) -> int:
        there = max(0, self.left[item])
        more = self.rng.choice((0, 0, 0, 0, 0, 0, 1))
        return max(1, min(3, self.rng.randint(1, max(1, there))) + more)

    def make(self) -> None:
        rng = self.rng
        start, end = self.span()
        taken = {self.stocked() for _ in range(rng.choice((1, 1, 2, 2)))}
        inputs, place = [], -1
        for item in sorted(taken):
            spread = rng.random() < (0.8 if self.things[item].mixture else 0.06)
            if not spread and (place < 0 or rng.random() < 0.5):
                place += 1
            slot = -1 if spread else place
            serials = self.serials.get(item, [])
            if serials and rng.random() < 0.6:
                inputs.append(Input(serials.pop(), WHOLE, slot))
                self.left[item] -= 1
                if rng.random() < 0.5:
                    continue
            units = self.wanted(item)
            inputs.append(Input(item, self.amount(units), slot))
            self.left[item] -= units
        names = ["P"] if rng.random() < 0.75 else ["P", "Q"]
        outputs = self.outputs(rng, inputs, names, end)
        slots = tuple(Slot(self.takes(names)) for _ in range(place + 1))
        self.hubs.append(Hub(len(self.hubs) + 1, start, end, tuple(inputs), outputs, slots))
        self.now = max(self.now, end)

    def outputs(
        self, rng: Random, inputs: Sequence[Input], names: Sequence[str], end: int
    ) -> tuple[Output, ...]:
        found: list[Output] = []
        total = sum((line.quantity or WHOLE) for line in inputs) // WHOLE
        for name in names:
            for _ in range(rng.choice((1, 1, 2)) if len(names) == 1 else 1):
                units = max(1, min(3, total + rng.choice((-1, 0, 0, 1)), rng.randint(1, 3)))
                again = [line.item for line in inputs if line.item in self.left]
                again = [n for n in again if not self.things[n].mixture]
                used = {output.item for output in found}
                item = 0
                if rng.random() < 0.12 and again and again[0] not in used:
                    item = again[0]
                elif rng.random() < 0.06:
                    others = [n for n in self.left if n not in used]
                    item = rng.choice(others or [0])
                item = item or self.item()
                serial = rng.random() < self.naming and not self.things[item].mixture
                quantity = units * WHOLE if serial else self.amount(units)
                found.append(Output(item, quantity, name, named=serial and units == 1))
                if serial:
                    no = self.name(item, end, drawn=False)
                    found.append(Output(no, WHOLE, name, lot=item))
                self.left[item] += units
                self.since.setdefault(item, end)
        self.rework_serial(inputs, found)
        return tuple(found)

    def rework_serial(self, inputs: Sequence[Input], found: list[Output]) -> None:
        """A serial comes out as itself."""
        lots = {m.serial: m.lot for m in self.members}
        for line in inputs:
            lot = lots.get(line.item)
            if lot and self.rng.random() < 0.4 and lot not in {o.item for o in found}:
                found.append(Output(lot, WHOLE, "R", named=True))
                found.append(Output(line.item, WHOLE, "R", lot=lot))
                self.left[lot] += 1
                self.serials.setdefault(lot, []).append(line.item)

    def takes(self, names: Sequence[str]) -> dict[str, Fraction]:
        share = self.rng.choice(TAKES)
        odd = share.denominator > 1 and share.numerator > 1
        found = {}
        for name in (*names, "R"):
            other = (
                share if odd else self.rng.choice([c for c in TAKES if 1 in c.as_integer_ratio()])
            )
            if odd or self.rng.random() < 0.7:
                found[name] = other if self.rng.random() < 0.3 and not odd else share
        return found

    def leave(self) -> None:
        """Units leave, serials among them; sometimes some come back."""
        rng, item = self.rng, self.stocked()
        units = self.wanted(item)
        serials = self.serials.get(item, [])
        key = len(self.outflows) + 1
        start, end = self.leaving(item)
        named = [serials.pop()] if serials and rng.random() < 0.6 else []
        quantity = units * WHOLE if named else self.amount(units)
        rest = None if quantity is None else quantity - WHOLE * len(named)
        self.outflows.append(
            Outflow(key, item, quantity, start, end, serials=tuple(named), unnamed=rest)
        )
        for serial in named:
            self.outflows.append(Outflow(len(self.outflows) + 1, serial, WHOLE, start, end))
        self.left[item] -= units
        if not named and rng.random() < 0.1 and not self.things[item].mixture:
            back = rng.randint(1, units)
            at = end + rng.choice((0, 1, 2))
            self.outflows.append(Outflow(len(self.outflows) + 1, item, -back * WHOLE, at, at))
            self.left[item] += back
            self.now = max(self.now, at)

    def leaving(self, item: int) -> tuple[int, int]:
        """A span in which nothing else left: else nothing says with which a serial did."""
        while True:
            span = self.span()
            if all((o.item, o.start, o.end) != (item, *span) for o in self.outflows):
                return span
            self.now += 1

    def draw_serial(self) -> None:
        """A serial is met that nobody named before: it leaves there, later, or stays."""
        rng, item = self.rng, self.stocked()
        if self.things[item].mixture or self.left[item] < 1:
            return
        start, end = self.leaving(item)
        serial = self.name(item, end, drawn=True)
        way = rng.choice(("touched", "left", "used"))
        if way == "left":
            key = len(self.outflows) + 1
            self.outflows.append(
                Outflow(key, item, WHOLE, start, end, serials=(serial,), unnamed=0)
            )
            self.outflows.append(Outflow(key + 1, serial, WHOLE, start, end))
        elif way == "used":
            made = self.item()
            self.left[made] += 1
            hub = Hub(
                len(self.hubs) + 1,
                start,
                end,
                (Input(serial, WHOLE, 0),),
                (Output(made, WHOLE, "U"),),
                (Slot({"U": Fraction(1)}),),
            )
            self.hubs.append(hub)
        if way != "touched":
            self.left[item] -= 1

    def take_apart(self) -> None:
        """Something is built of units, and one of them is taken out again."""
        rng = self.rng
        parts = [n for n in self.left if not self.things[n].mixture][:2]
        if not parts:
            return
        start, end = self.span()
        whole, units = self.item(), rng.choice((1, 1, 2))
        inputs: list[Input] = []
        slots: list[Slot] = []
        for part in parts:
            c = rng.choice((1, 1, 2))
            count = max(1, c * units + rng.choice((0, 0, 0, 1, -1)))
            inputs.append(Input(part, count * WHOLE, len(slots)))
            slots.append(Slot({"W": Fraction(c)} if rng.random() < 0.8 else {}))
            self.left[part] -= count
        outputs = (Output(whole, units * WHOLE, "W"),)
        self.hubs.append(Hub(len(self.hubs) + 1, start, end, tuple(inputs), outputs, tuple(slots)))
        start = end + rng.choice((0, 1, 2))
        gives = [Output(parts[0], WHOLE, "A", back=True)]
        self.left[parts[0]] += 1
        if rng.random() < 0.5:
            rest = self.item()
            gives.append(Output(rest, WHOLE, "B"))
            self.left[rest] += 1
        hub = Hub(
            len(self.hubs) + 1,
            start,
            start,
            (Input(whole, WHOLE, 0),),
            tuple(gives),
            (Slot(),),
            disassembly=True,
        )
        self.hubs.append(hub)
        self.left[whole] += units - 1
        self.now = max(self.now, start)

    def seeds(self, flow: Flow) -> list[Affected]:
        found = [self.seed(flow) for _ in range(self.rng.choice((1, 1, 1, 2)))]
        # Two amounts of what one event gave of one item would be sums of the same units.
        return list({(s.item, s.hub, s.inflow, s.since): s for s in found}.values())

    def seed(self, flow: Flow) -> Affected:
        """A seed of any shape, most of them on what came first."""
        rng = self.rng
        numbers = sorted(flow.things)
        item = rng.choice(numbers[: 1 + len(numbers) // 2] if rng.random() < 0.6 else numbers)
        shape = rng.choice(self.shapes)
        # What happens to a serial is told by an event that names it: it was there, which a flow
        # without that event does not say.
        if flow.things[item].serial and shape in {"units", "part"}:
            shape = "given"
        if shape == "given":
            return self.given(flow, item)
        if shape == "whole":
            return Affected(item)
        came = [line.end for line in flow.inflows if line.item == item]
        came += [h.end for h in flow.hubs for o in h.outputs if o.item == item]
        came += [m.first for m in flow.memberships if m.serial == item]
        since = min(came, default=0) + rng.choice((0, 0, 1, 2))
        sure = since + rng.choice((0, 2)) if rng.random() < 0.3 else None
        units = rng.choice((1, 1, 2)) * WHOLE
        # So many units were there, by the record of what happened to them.
        there = [(line.end, line.quantity) for line in flow.inflows if line.item == item]
        there += [(h.end, o.quantity) for h in flow.hubs for o in h.outputs if o.item == item]
        known = all(quantity is not None for _, quantity in there)
        gone = [(line.start, line.quantity) for line in flow.outflows if line.item == item]
        gone += [(h.start, i.quantity) for h in flow.hubs for i in h.inputs if i.item == item]
        known = known and all(quantity is not None for _, quantity in gone)
        before = sum(quantity or 0 for end, quantity in there if end < since)
        before -= sum(abs(quantity or 0) for start, quantity in gone if start <= since + 2)
        if shape == "part" or not known or before < units:
            return Affected(item, None, since, sure=sure, part=True)
        return Affected(item, units, since, sure=sure)

    def given(self, flow: Flow, item: int) -> Affected:
        """So many units of what a receipt or a hub gave, if any gave it."""
        rng = self.rng
        units = rng.choice((None, WHOLE, WHOLE, 2 * WHOLE))

        def of(quantity: int | None) -> int | None:
            known = units is not None and quantity is not None
            return min(units, quantity) if known else None  # type: ignore[type-var]  # both are

        lines: list[Affected] = [
            Affected(item, of(line.quantity), inflow=line.key)
            for line in flow.inflows
            if line.item == item
        ]
        lines += [
            Affected(item, of(output.quantity), hub=hub.no)
            for hub in flow.hubs
            for output in hub.outputs
            if output.item == item
        ]
        return rng.choice(lines) if lines else Affected(item)


# -- unknown amounts


def instances(flow: Flow, seeds: Sequence[Affected]) -> Iterator[tuple[Flow, list[Affected]]]:
    """A flow with every unknown amount said."""
    lines: list[Any] = [*flow.inflows, *flow.outflows]
    lines += [line for hub in flow.hubs for line in (*hub.inputs, *hub.outputs)]
    lines += [seed for seed in seeds if seed.part]
    vague = [line for line in lines if line.quantity is None]
    for amounts in product(UNKNOWN, repeat=len(vague)):
        said = {id(line): WHOLE * n for line, n in zip(vague, amounts, strict=True)}

        def definite(line: Any, said: dict[int, int] = said) -> Any:
            return replace(line, quantity=said[id(line)]) if id(line) in said else line

        hubs = tuple(
            replace(
                hub,
                inputs=tuple(map(definite, hub.inputs)),
                outputs=tuple(map(definite, hub.outputs)),
            )
            for hub in flow.hubs
        )
        yield (
            replace(
                flow,
                inflows=tuple(map(definite, flow.inflows)),
                hubs=hubs,
                outflows=tuple(map(definite, flow.outflows)),
            ),
            [definite(seed) for seed in seeds],
        )


@dataclass
class _Crowded(_Maker):
    naming: float = 0.5
    received: Sequence[int] = (1, 1, 2)
    shapes: Sequence[str] = ("units", "part", "part", "given", "whole")
    tolerances: Sequence[int] = (0, 0, 1)

    def history(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 1, 1, 2))):
            self.receive(self.item())
        for _ in range(rng.choice((1, 2, 3, 4))):
            self.now += rng.choice((0, 0, 1))
            step = rng.choice(("receive", "receive", "make", "leave", "draw", "draw"))
            if step == "receive":
                self.receive(rng.choice([n for n in self.left if n not in self.of_lot]))
            elif step == "make":
                self.make()
            elif step == "leave":
                self.leave()
            else:
                self.draw_serial()

    def span(self) -> tuple[int, int]:
        start = max(0, self.now + self.rng.choice((0, 0, 0, -1)))
        return start, start + self.rng.choice((0, 0, 1))
