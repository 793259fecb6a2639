"""Certainty: what is affected in every world, in some, in none (domain, "Certainty").

Bounds are propagated through the flow in time order: each hub takes its draws from the accounts
of its inputs, spreads them over its outputs, and enters those in the accounts of its outputs.
Where events overlap or go round, rounds repeat to a fixpoint: `low` of every round holds in all
worlds, `high` grows to what every finite chain of causes can reach. After a few rounds what
still grows is widened to all there is, which is sound. One pass over the flow per round, and
two rounds where time is in order: O(V + E) with a logarithm for looking up instants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tracegraph.recall.account import FOREVER, Account, Entry, surely_before
from tracegraph.recall.accounts import Accounts, accounts, decree
from tracegraph.recall.bounds import (
    NOTHING,
    Bounds,
    SlotUnits,
    between,
    larger,
    perhaps,
    spread,
    together,
    whole,
)
from tracegraph.recall.flow import (
    WHOLE,
    Affected,
    Flow,
    Hub,
    Input,
    Membership,
    Outflow,
    Output,
)

_WIDEN_AFTER = 8  # rounds


class Had(NamedTuple):
    """What there ever was of an item: `units` (None: unknown), and what is `missing` of it.

    `again`: some of it came back to where it had been, so that it was counted more than once.
    """

    units: int | None
    missing: int
    again: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Bounds by item, by outflow (its key), by hub and product, and by hub and item.

    What is not there is excluded. `had` says of each item how much there was of it, `starts`
    from when an output, by (hub, item), counts. `draws`, by hub and item, are of hubs alone that
    give the product that they take.
    """

    items: dict[int, Bounds] = field(default_factory=dict)
    outflows: dict[int, Bounds] = field(default_factory=dict)
    totals: dict[tuple[int, str], Bounds] = field(default_factory=dict)
    outputs: dict[tuple[int, int], Bounds] = field(default_factory=dict)
    had: dict[int, Had] = field(default_factory=dict)
    starts: dict[tuple[int, int], int] = field(default_factory=dict)
    draws: dict[tuple[int, int], Bounds] = field(default_factory=dict)


def certainty(flow: Flow, seeds: Sequence[Affected]) -> Verdicts:
    """Bounds of everything in a flow, given what is affected by decree."""
    state = _Propagation(flow, accounts(flow, seeds))
    state.run()
    return state.verdicts()


class _Propagation:
    def __init__(self, flow: Flow, given: Accounts) -> None:
        self._flow = flow
        self._given = given
        self._accounts = given.accounts
        self._slack = flow.tolerance
        self._round = 0
        self._totals: dict[tuple[int, str], Bounds] = {}
        self._memberships: defaultdict[int, list[Membership]] = defaultdict(list)
        for membership in flow.memberships:
            self._memberships[membership.serial].append(membership)

    def run(self) -> None:
        """Rounds over all hubs in time order, until nothing changes."""
        hubs = sorted(self._flow.hubs, key=lambda hub: (hub.end, hub.start, hub.no))
        needs = {hub.no: self._depends(hub) for hub in hubs}
        done: dict[int, int] = {}
        clock = 0
        for round_ in range(1, len(hubs) + 3):
            self._round, busy = round_, False
            for hub in hubs:
                last = done.get(hub.no)
                # A run may draw what it made itself, so what it changed concerns it, too.
                seen = last - 1 if last is not None and hub.no < 0 else last
                if seen is None or any(account.changed > seen for account in needs[hub.no]):
                    clock += 1
                    done[hub.no] = clock
                    if self._evaluate(hub, clock):
                        busy = True
            if not busy:
                return

    def _depends(self, hub: Hub) -> list[Account]:
        numbers = {taken.item for taken in hub.inputs}
        numbers |= {m.lot for no in numbers for m in self._memberships.get(no, ())}
        if hub.disassembly:
            numbers |= {o.item for o in hub.outputs if o.back}
        return [self._accounts[no] for no in numbers if no in self._accounts]

    def _evaluate(self, hub: Hub, clock: int) -> bool:
        """Spread a hub's draws over its outputs; whether anything new came of it."""
        draws = [(taken, self._taken(taken, hub)) for taken in hub.inputs]
        if not any(bounds.some for _, bounds in draws) and hub.no not in self._given.decreed:
            return False
        given = _Given(hub, draws, self._accounts, self._given.counted_slots.get(hub.no, ()))
        busy = False
        for place, output in enumerate(hub.outputs):
            entry = self._given.entries[hub.no, place]
            bounds = self._output(given, output)
            bounds = self._decreed(hub, output, bounds)
            if bounds != entry.bounds:
                busy |= self._enter(output, entry, bounds, clock)
        for product, amount in given.amounts.items():
            total = self._parted(hub, product) or given.made(product, amount)
            decreed = self._given.totals.get((hub.no, product))
            self._totals[hub.no, product] = (
                total if decreed is None else larger(total, decreed, amount)
            )
        return busy

    def _parted(self, hub: Hub, product: str) -> Bounds | None:
        """What a disassembly gave of a product, each output by itself; None of another hub."""
        if not hub.disassembly:
            return None
        total = NOTHING
        for place, output in enumerate(hub.outputs):
            if output.product == product and not (output.lot or output.back):
                total = together(total, self._given.entries[hub.no, place].bounds)
        return total

    def _taken(self, taken: Input, hub: Hub) -> Bounds:
        own = None if hub.no < 0 else self._given.own.get((hub.no, taken.item))
        bounds = self.draw(taken.item, taken.quantity, self._given.began[hub.no], hub.end, own)
        if taken.loose and bounds.some:
            return perhaps(taken.quantity)
        return bounds

    def _decreed(self, hub: Hub, output: Output, bounds: Bounds) -> Bounds:
        for seed in self._given.decreed.get(hub.no, ()):
            if seed.item == output.item:
                decreed = decree(seed.quantity, output.quantity)
                if seed.part:
                    decreed = perhaps(output.quantity)
                bounds = larger(bounds, decreed, output.quantity)
        return bounds

    def _enter(self, output: Output, entry: Entry, bounds: Bounds, clock: int) -> bool:
        """Enter what is known now; growth is widened after a while."""
        before = entry.bounds
        if self._round > _WIDEN_AFTER:
            if bounds.some == before.some and bounds.high == before.high:
                return False  # a larger `low` would do no harm, but need not be waited for
            high = output.quantity
            bounds = Bounds(before.low, high, some=True, every=before.every)
            if bounds == before:
                return False
        self._accounts[output.item].set(entry, bounds, clock)
        return True

    def draw(
        self, item: int, quantity: int | None, start: int, end: int, own: Entry | None = None
    ) -> Bounds:
        """What a draw from an item may hold; a serial may be affected in its lot, too."""
        account = self._accounts.get(item)
        if account is None:
            return NOTHING
        bounds = account.draw(quantity, start, end, self._slack, own)
        for membership in self._memberships.get(item, ()):
            if bounds.every:
                break
            bounds = larger(bounds, self._from_lot(membership, start, end), WHOLE)
        return bounds

    def _from_lot(self, membership: Membership, start: int, end: int) -> Bounds:
        """What a serial has from its lot: where it was drawn, and what happened to all later."""
        lot = self._accounts.get(membership.lot)
        if lot is None or lot.whole:
            return NOTHING if lot is None else whole(WHOLE)
        bounds, slack = NOTHING, self._slack
        first = membership.first
        if membership.drawn and first <= end + slack:
            sum_ = lot.sum(first + slack, named=False)
            if not sum_.quantity and not sum_.unknown:
                sum_ = lot.sum_of_own(first + slack)
            passed = surely_before(first, slack)
            bounds = lot.held(sum_, WHOLE, passed, lot.happened(passed, named=False))
        left = end if membership.until is None else min(end, membership.until)
        begin = self._given.begins[membership.lot, membership.serial]
        if not bounds.some and lot.happened_later(begin - slack, lot.until(left, slack)):
            bounds = perhaps(WHOLE)
        return bounds

    def _output(self, given: _Given, output: Output) -> Bounds:
        if given.hub.disassembly and output.back:
            return self._given_back(given, output)
        if given.hub.disassembly and output.quantity is not None and not output.lot:
            named = [other for other in given.hub.outputs if other.lot == output.item]
            if named:
                return self._of_named(given, output, output.quantity, named)
        bounds = given.bounds(output.product, output.quantity, counted=self._counts(output.item))
        return larger(bounds, given.kept.get(output.item, NOTHING), output.quantity)

    def _of_named(
        self, given: _Given, output: Output, quantity: int, named: Sequence[Output]
    ) -> Bounds:
        """What a disassembly gives of a lot: each serial by its own history, and the others."""
        bounds = NOTHING
        for serial in named:
            bounds = together(bounds, self._output(given, serial))
        others = quantity - WHOLE * len(named)
        if others > 0:
            rest = given.bounds(output.product, others, counted=self._counts(output.item))
            bounds = together(bounds, rest)
        return between(bounds.low, bounds.high, quantity) if bounds.some else NOTHING

    def _counts(self, item: int) -> bool:
        return self._accounts[item].thing.counted

    def _given_back(self, given: _Given, output: Output) -> Bounds:
        """A component taken out again: its own history, and what was done to the whole."""
        hub = given.hub
        account = self._accounts[output.item]
        entry = self._given.own[hub.no, output.item]
        own = account.draw(output.quantity, hub.start, hub.end, self._slack, entry)
        for membership in self._memberships.get(output.item, ()):
            own = larger(own, self._from_lot(membership, hub.start, hub.end), WHOLE)
        part = self._given.parts[hub.no, output.item]
        if part.strange and own.some and not (account.whole or account.thing.serial):
            own = between(own.low - part.strange, own.high, output.quantity)
        for item in part.chain:
            own = larger(own, self._done_to(item, output, hub), output.quantity)
        return own

    def _done_to(self, item: int, given: Output, hub: Hub) -> Bounds:
        """What was done to an item as a whole with a part in it: decreed, or spread over all."""
        quantity = given.quantity
        account = self._accounts[item]
        surely = self._was_in(item, given, hub)
        if account.whole:
            return whole(quantity) if surely else perhaps(quantity)
        surely &= not account.doubtful
        found = NOTHING
        if any(
            (e.happened or e.received) and e.bounds.some and e.start <= hub.end + self._slack
            for e in account.entries
        ):
            found = larger(found, perhaps(quantity), quantity)
        for maker, output in self._given.makers.get(item, ()):
            if self._given.own[maker.no, item].start > hub.end + self._slack:
                continue
            seeds = [s for s in self._given.decreed.get(maker.no, ()) if s.item == item]
            done = whole(quantity) if any(s.quantity is None for s in seeds) else NOTHING
            if seeds and not done.some:
                done = perhaps(quantity)
            for taken in maker.inputs:
                if taken.slot < 0:
                    drawn = self._taken(taken, maker)
                    if drawn.some:
                        part = whole(quantity) if drawn.certain else perhaps(quantity)
                        done = larger(done, part, quantity)
            one_way = len(self._given.makers[item]) == 1 and output.quantity is not None
            if not surely or not (one_way or self._within(given.item, item, maker, hub)):
                done = perhaps(quantity) if done.some else done
            found = larger(found, done, quantity)
        return found

    def _was_in(self, item: int, given: Output, hub: Hub) -> bool:
        """Whether all units of a part were in an item, when they were taken out of a whole."""
        part = self._given.parts[hub.no, given.item]
        if item not in part.passed:
            return False
        return not part.strange or any(taken.item == item for taken in hub.inputs)

    def _within(self, part: int, item: int, maker: Hub, hub: Hub) -> bool:
        """Whether a part was surely in a serial while `maker` did something to it, before `hub`."""
        if not self._accounts[item].thing.serial or maker.end > hub.start:
            return False
        inside = {part, *self._given.parts[hub.no, part].chain} - {item}
        joined = [
            other
            for other, _ in self._given.makers[item]
            if other.end <= hub.start and any(taken.item in inside for taken in other.inputs)
        ]
        return all(other.no == maker.no or other.end <= maker.start for other in joined)

    def verdicts(self) -> Verdicts:
        """What is known at the end."""
        found = Verdicts(totals={k: b for k, b in self._totals.items() if b.some})
        for no, account in self._accounts.items():
            bounds = self._final(no, account)
            if bounds.some:
                found.items[no] = bounds
            sum_ = account.sum(FOREVER)
            again = not sum_.unknown and sum_.room != sum_.quantity
            units = None if sum_.unknown else sum_.room
            missing = account.missing
            if account.thing.serial:
                units = WHOLE
                missing = 0 if not sum_.quantity else missing
            found.had[no] = Had(units, missing, again)
        for outflow in self._flow.outflows:
            if outflow.quantity is None or outflow.quantity > 0:
                bounds = self._left(outflow)
                if bounds.some:
                    found.outflows[outflow.key] = bounds
        for hub in self._flow.hubs:
            for place, output in enumerate(hub.outputs):
                entry = self._given.entries[hub.no, place]
                bounds = self._decreed_serials(hub, output, entry.bounds)
                if bounds.some:
                    found.outputs[hub.no, output.item] = bounds
                    found.starts[hub.no, output.item] = entry.start
            given = {output.product for output in hub.outputs}
            for taken in hub.inputs:
                if taken.product in given and (bounds := self._taken(taken, hub)).some:
                    found.draws[hub.no, taken.item] = bounds
        return found

    def _left(self, outflow: Outflow) -> Bounds:
        """What an outflow may hold: of a lot, its named units each, and a draw of the others."""
        span = outflow.start, outflow.end
        if not outflow.serials or outflow.unnamed is None:
            return self.draw(outflow.item, outflow.quantity, *span)
        bounds = NOTHING
        for serial in outflow.serials:
            bounds = together(bounds, self.draw(serial, WHOLE, *span))
        if outflow.unnamed:
            bounds = together(bounds, self.draw(outflow.item, outflow.unnamed, *span))
        return between(bounds.low, bounds.high, outflow.quantity) if bounds.some else NOTHING

    def _decreed_serials(self, hub: Hub, output: Output, bounds: Bounds) -> Bounds:
        """What a hub gave of a lot, with its serials that are seeds of their own."""
        decreed = self._given.decreed.get(hub.no)
        if decreed is None:
            return bounds
        seeds = {seed.item for seed in decreed}
        for other in hub.outputs:
            if other.lot == output.item and other.item in seeds:
                bounds = larger(bounds, between(WHOLE, WHOLE, output.quantity), output.quantity)
        return bounds

    def _final(self, no: int, account: Account) -> Bounds:
        """The affected units of an item, of all it ever had."""
        sum_ = account.sum(FOREVER)
        quantity = None if sum_.unknown else sum_.room
        if account.thing.serial:
            return self.draw(no, WHOLE, FOREVER, FOREVER)
        if account.whole:
            return whole(quantity)._replace(low=sum_.sure_room)
        if account.thing.mixture:
            return self._mixture(no, account, quantity)
        bounds = NOTHING
        if sum_.some:
            least = max(sum_.least, account.happened(FOREVER))
            every = sum_.every and not account.missing
            bounds = between(least, account.most(sum_), quantity)
            if every:
                bounds = Bounds(bounds.low, quantity, some=True, every=True)
            if quantity is None and least:
                bounds = bounds._replace(low=least)
        return bounds

    def _mixture(self, no: int, account: Account, quantity: int | None) -> Bounds:
        """A mixture is affected from its first affected inflow on: all but what left before."""
        some, sure = account.earliest()
        if some is None:
            return NOTHING
        if quantity is None:
            return Bounds(0, None, some=True, every=account.sum(FOREVER).every)
        before = self._given.left_before(no, some, self._slack)
        gross = account.sum(FOREVER).quantity + account.missing
        high = max(0, min(quantity, gross - before))
        low = 0
        if sure is not None:
            after = self._given.left_by(no, sure, self._slack)
            sum_ = account.sum(FOREVER)
            low = max(sum_.least, quantity - after, 1)
        return Bounds(min(low, high), high, some=True, every=low == quantity)


@dataclass(slots=True)
class _Given:
    """The draws of a hub, gathered into slots."""

    hub: Hub
    draws: list[tuple[Input, Bounds]]
    accounts: dict[int, Account]
    counted: Sequence[bool]
    amounts: dict[str, int | None] = field(default_factory=dict)
    slots: list[SlotUnits] = field(default_factory=list)
    kept: dict[int, Bounds] = field(default_factory=dict)
    kept_of: dict[str, Bounds] = field(default_factory=dict)
    spread_some: bool = False
    spread_sure: bool = False
    found: dict[tuple[str, int | None, bool], Bounds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for output in self.hub.outputs:
            if output.lot or (self.hub.disassembly and output.back):
                continue
            before = self.amounts.get(output.product, 0)
            unknown = before is None or output.quantity is None
            self.amounts[output.product] = (
                None if unknown else (before or 0) + (output.quantity or 0)
            )
        by_slot: defaultdict[int, list[tuple[Input, Bounds]]] = defaultdict(list)
        for taken, bounds in self.draws:
            if taken.loose or taken.slot < 0:
                self.spread_some |= bounds.some
                self.spread_sure |= bounds.certain and not taken.loose
            else:
                by_slot[taken.slot].append((taken, bounds))
        self.slots = [self._slot(place, by_slot[place]) for place in range(len(self.hub.slots))]
        self._keep()

    def _keep(self) -> None:
        """What stays affected whatever it is mixed with, by item and, `kept_of`, by product.

        A serial that comes out again is the same unit; and a name may say that all is affected.
        """
        drawn = {taken.item: bounds for taken, bounds in self.draws}
        for output in self.hub.outputs:
            lot = self.accounts.get(output.lot)
            if lot is not None and lot.whole:
                continue  # counted with all of its lot
            if self.accounts[output.item].whole:
                same = whole(output.quantity)
            elif output.lot:
                same = drawn.get(output.item, NOTHING)
            else:
                continue
            for item in {output.item, output.lot or output.item}:
                self.kept[item] = together(self.kept.get(item, NOTHING), same)
            before = self.kept_of.get(output.product, NOTHING)
            self.kept_of[output.product] = together(before, same)

    def _slot(self, place: int, draws: list[tuple[Input, Bounds]]) -> SlotUnits:
        unknown = any(taken.quantity is None for taken, _ in draws)
        return SlotUnits(
            None if unknown else sum(taken.quantity or 0 for taken, _ in draws),
            sum(bounds.low for _, bounds in draws),
            sum(bounds.high or 0 for _, bounds in draws),
            any(bounds.some for _, bounds in draws),
            bool(draws) and all(bounds.every for _, bounds in draws),
            self.counted[place] if place < len(self.counted) else True,
        )

    def made(self, product: str, amount: int | None) -> Bounds:
        """Bounds of all that the hub made of a product."""
        counted = all(
            self.accounts[output.item].thing.counted
            for output in self.hub.outputs
            if output.product == product
        )
        total = self._bounds(product, amount, counted=counted, several=len(self.amounts) > 1)
        return larger(total, self.kept_of.get(product, NOTHING), amount)

    def bounds(self, product: str, quantity: int | None, *, counted: bool) -> Bounds:
        """What is affected of `quantity` output units of a product; alike for all like it."""
        alike = product, quantity, counted
        found = self.found.get(alike)
        if found is None:
            several = sum(not output.lot for output in self.hub.outputs) > 1
            found = self._bounds(product, quantity, counted=counted, several=several)
            self.found[alike] = found
        return found

    def _bounds(
        self, product: str, quantity: int | None, *, counted: bool, several: bool
    ) -> Bounds:
        """The same; `several` outputs share what went in."""
        if self.spread_sure:
            return whole(quantity)
        if self.hub.disassembly:
            return self._inherited(quantity)
        found = perhaps(quantity) if self.spread_some else NOTHING
        vague = None in self.amounts.values()
        for slot, meaning in zip(self.slots, self.hub.slots, strict=True):
            if slot.some and vague and (several or quantity is not None):
                # What else was made, nobody knows how much, may have taken any of it.
                found = larger(found, perhaps(quantity), quantity)
            elif slot.some:
                takes = meaning.takes.get(product)
                part = spread(slot, quantity, takes, self._need(meaning.takes), counted=counted)
                found = larger(found, part, quantity)
        return found

    def _need(self, takes: dict[str, Fraction]) -> Fraction:
        amounts = [(takes.get(p, Fraction(1)), amount) for p, amount in self.amounts.items()]
        return sum((c * (amount or 0) for c, amount in amounts), Fraction(0))

    def _inherited(self, quantity: int | None) -> Bounds:
        """What comes out of a whole inherits from it."""
        wholes = [bounds for taken, bounds in self.draws if not taken.loose]
        if wholes and all(bounds.every for bounds in wholes):
            return whole(quantity)
        if any(bounds.some for bounds in wholes) or self.spread_some:
            return perhaps(quantity)
        return NOTHING
