"""Opening accounts: a flow and its seeds, sorted by item, before anything is propagated."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from tracegraph.recall.account import ALWAYS, FOREVER, Account, Entry
from tracegraph.recall.bounds import NOTHING, Bounds, between, larger, perhaps, whole
from tracegraph.recall.flow import WHOLE, Affected, Flow, Hub, Membership
from tracegraph.recall.parts import GivenBack, Makers, given_back, makers_of
from tracegraph.recall.rounds import in_rounds


@dataclass(slots=True)
class _Left:
    """What left an item: amounts by the end and by the start of each draw, with running sums."""

    ends: list[int]
    by_end: list[int]
    starts: list[int]
    by_start: list[int]


@dataclass(slots=True)
class Accounts:
    """The accounts of a flow, and where hubs find what they need.

    `entries` by hub and place of the output; `own` by hub and item; `decreed` the seeds on a
    hub's outputs; `totals` what they come to by product; `makers` the outputs that gave an item;
    `parts` what a disassembly gives back, by hub and item; `began` from when a hub may have
    drawn: before what it gave was drawn, where that was sooner than it says; `begins` from when
    a serial may have been of its lot, by (lot, serial).
    """

    accounts: dict[int, Account] = field(default_factory=dict)
    entries: dict[tuple[int, int], Entry] = field(default_factory=dict)
    own: dict[tuple[int, int], Entry] = field(default_factory=dict)
    decreed: dict[int, list[Affected]] = field(default_factory=dict)
    totals: dict[tuple[int, str], Bounds] = field(default_factory=dict)
    given: dict[tuple[int, str], dict[int, Bounds]] = field(default_factory=dict)
    makers: Makers = field(default_factory=dict)
    parts: dict[tuple[int, int], GivenBack] = field(default_factory=dict)
    began: dict[int, int] = field(default_factory=dict)
    begins: dict[tuple[int, int], int] = field(default_factory=dict)
    counted_slots: dict[int, tuple[bool, ...]] = field(default_factory=dict)
    _left: dict[int, _Left] = field(default_factory=dict)
    _vague: set[int] = field(default_factory=set)  # items of which an unknown amount left

    def left_before(self, item: int, instant: int, slack: int) -> int:
        """How much had surely left an item before an instant."""
        left = self._left.get(item)
        if left is None:
            return 0
        count = bisect_left(left.ends, instant - slack)
        return left.by_end[count - 1] if count else 0

    def left_by(self, item: int, instant: int, slack: int) -> int:
        """How much may have left an item before an instant."""
        if item in self._vague:
            return FOREVER  # more than there can be
        left = self._left.get(item)
        if left is None:
            return 0
        count = bisect_left(left.starts, instant + slack)
        return left.by_start[count - 1] if count else 0


@dataclass(slots=True)
class _Draw:
    """What left an item. `own`: what the same event gave of it, which it cannot have taken.

    `consumed`: it cannot come back.
    """

    start: int
    end: int
    quantity: int | None
    own: int = 0
    consumed: bool = False
    hub: int = 0


def accounts(flow: Flow, seeds: Sequence[Affected]) -> Accounts:
    """Open an account for each item of a flow. O(n log n) in its lines."""
    opened = Accounts({no: Account(thing) for no, thing in flow.things.items()})
    opened.makers = makers_of(flow.hubs)
    draws = _draws(flow)
    rounds = in_rounds(flow)
    _enter_flow(flow, rounds, opened)
    _enter_seeds(flow, seeds, opened)
    for no, account in opened.accounts.items():
        _settle_times(account, draws.get(no, []), flow.tolerance)
        account.returned = _returned(draws.get(no, []), flow.tolerance)
    opened.began = {hub.no: _began(hub, opened) for hub in flow.hubs}
    _begin_serials(flow, opened)
    _bound_rounds(flow, rounds, opened)
    for no, account in opened.accounts.items():
        account.close()
        taken = [d for d in draws.get(no, ()) if d.quantity is not None and d.quantity > 0]
        if taken:
            opened._left[no] = _left(taken, opened.began)
        if any(d.quantity is None for d in draws.get(no, ())):
            opened._vague.add(no)
    if any(hub.disassembly for hub in flow.hubs):
        doubtful = {no for no, account in opened.accounts.items() if account.doubtful}
        for hub in flow.hubs:
            for output in hub.outputs:
                if hub.disassembly and output.back:
                    back = given_back(opened.makers, hub, output, doubtful)
                    opened.parts[hub.no, output.item] = back
    return opened


def _began(hub: Hub, opened: Accounts) -> int:
    entries = (opened.entries[hub.no, place] for place in range(len(hub.outputs)))
    return min((e.sooner - 1 for e in entries if e.sooner is not None), default=hub.start)


def _begin_serials(flow: Flow, opened: Accounts) -> None:
    """Say from when serials may have been of their lots, with which they may have come late.

    Some of what happened to units without a name may have happened to these.
    """
    late = {no: _late(account) for no, account in opened.accounts.items()}
    names: defaultdict[int, list[int]] = defaultdict(list)
    for membership in flow.memberships:
        lot = opened.accounts.get(membership.lot)
        if lot is not None:
            serial = opened.accounts[membership.serial]
            begin = _begin(membership, lot, serial, late[membership.lot])
            opened.begins[membership.lot, membership.serial] = begin
            names[membership.lot].append(begin)
    for no, begins in names.items():
        begins.sort()
        for entry in opened.accounts[no].entries:
            if entry.happened and not entry.named:
                named = WHOLE * bisect_right(begins, entry.end + flow.tolerance)
                entry.unnamed = max(0, entry.unnamed - named)


def _late(account: Account) -> dict[int, int]:
    """What came late, by when it had come: from when it counts."""
    late: dict[int, int] = {}
    for entry in account.entries:
        if entry.sooner is not None:
            late[entry.end] = min(entry.sooner, late.get(entry.end, entry.sooner))
    return late


def _begin(membership: Membership, lot: Account, serial: Account, late: Mapping[int, int]) -> int:
    """From when a serial may have been of its lot; what brought it counts as soon as its line."""
    if membership.drawn:
        return membership.first
    for entry in serial.entries:
        entry.start = min(entry.start, late.get(entry.end, entry.start))
    if lot.timeless:
        return ALWAYS
    return min((*(entry.start for entry in serial.entries), membership.first))


def _left(taken: list[_Draw], began: Mapping[int, int]) -> _Left:
    ends = sorted((d.end, d.quantity or 0) for d in taken)
    starts = sorted((began.get(d.hub, d.start), d.quantity or 0) for d in taken)
    return _Left(
        [end for end, _ in ends],
        list(accumulate(q for _, q in ends)),
        [start for start, _ in starts],
        list(accumulate(q for _, q in starts)),
    )


def _draws(flow: Flow) -> dict[int, list[_Draw]]:
    """What left each item, by whatever way; a serial that leaves leaves its lot, too."""
    found: defaultdict[int, list[_Draw]] = defaultdict(list)
    lots = _lots(flow)
    for hub in flow.hubs:
        # A run may take what it has given; one event takes before it gives.
        gave = {o.item: o.quantity or 0 for o in hub.outputs} if hub.no > 0 else {}
        for taken in hub.inputs:
            if not taken.loose:
                own = gave.get(taken.item, 0)
                found[taken.item].append(
                    _Draw(hub.start, hub.end, taken.quantity, own, consumed=True, hub=hub.no)
                )
                lot = _lot_at(lots.get(taken.item, ()), hub.end)
                if lot is not None:
                    own = gave.get(lot, 0)
                    found[lot].append(
                        _Draw(hub.start, hub.end, WHOLE, own, consumed=True, hub=hub.no)
                    )
    for out in flow.outflows:
        if out.counts:
            found[out.item].append(_Draw(out.start, out.end, out.quantity))
    return found


def _lots(flow: Flow) -> dict[int, list[Membership]]:
    found: defaultdict[int, list[Membership]] = defaultdict(list)
    for membership in flow.memberships:
        found[membership.serial].append(membership)
    return found


def _lot_at(memberships: Iterable[Membership], instant: int) -> int | None:
    for m in memberships:
        if (m.since is None or m.since <= instant) and (m.until is None or instant < m.until):
            return m.lot
    return None


def _enter_flow(flow: Flow, again: Mapping[tuple[int, int], int], opened: Accounts) -> None:
    taken_of: dict[tuple[int, int], int] = defaultdict(int)
    size = Counter(number for _, number in {(item, number) for (_, item), number in again.items()})
    lots = _lots(flow)
    for hub in flow.hubs:
        opened.counted_slots[hub.no] = _counted_slots(flow, hub)
        vague = {taken.item for taken in hub.inputs if taken.quantity is None}
        for taken in hub.inputs:
            taken_of[hub.no, taken.item] += taken.quantity or 0
            lot = _lot_at(lots.get(taken.item, ()), hub.end)
            if lot is not None:
                taken_of[hub.no, lot] += WHOLE
        for place, output in enumerate(hub.outputs):
            came = (hub.no, output.item) in again
            quantity = output.quantity
            fresh = max(0, (quantity or 0) - taken_of[hub.no, output.item]) if came else 0
            entry = Entry(hub.start, hub.end, quantity, again=came, fresh=fresh)
            shared = came and size[again[hub.no, output.item]] > 1
            entry.sure_fresh = 0 if shared or output.item in vague else fresh
            entry.named, entry.apart = output.named, output.apart
            opened.entries[hub.no, place] = opened.own[hub.no, output.item] = entry
            opened.accounts[output.item].entries.append(entry)
    for inflow in flow.inflows:
        entry = Entry(inflow.start, inflow.end, inflow.quantity)
        entry.named, entry.apart, entry.received = inflow.named, inflow.apart, True
        opened.accounts[inflow.item].entries.append(entry)
        opened.entries[inflow.key, -1] = entry


def _bound_rounds(flow: Flow, rounds: Mapping[tuple[int, int], int], opened: Accounts) -> None:
    """No more distinct units ever bear a name than came into its round, or were made in it.

    Items of one round share units: what goes round through another item is not new. Of what hubs
    in it give, no more is new than they give beyond what they take of it.
    """
    items: defaultdict[int, set[int]] = defaultdict(set)
    for (_, item), number in rounds.items():
        items[number].add(item)
    number_of = {item: number for number, own in items.items() if len(own) > 1 for item in own}
    total: defaultdict[int, int] = defaultdict(int)
    vague: set[int] = set()
    for item, number in number_of.items():
        came = [entry.quantity for entry in _fresh_entries(opened.accounts[item])]
        total[number] += sum(quantity or 0 for quantity in came)
        vague |= {number} if None in came else set()
    for hub in flow.hubs:
        given: defaultdict[int, int] = defaultdict(int)
        for output in hub.outputs:
            number = rounds.get((hub.no, output.item), -1)
            if number_of.get(output.item) == number:
                given[number] += output.quantity or 0
                vague |= {number} if output.quantity is None else set()
        for number, amount in given.items():
            own = [t.quantity for t in hub.inputs if number_of.get(t.item) == number]
            total[number] += max(0, amount - sum(quantity or 0 for quantity in own))
    for item, number in number_of.items():
        if number not in vague:
            _cap_new(opened.accounts[item], total[number])


def _fresh_entries(account: Account) -> list[Entry]:
    return [entry for entry in account.entries if not entry.again and not entry.happened]


def _cap_new(account: Account, most: int) -> None:
    """Let the distinct units of an item be no more than `most`."""
    again = sorted((e for e in account.entries if e.again), key=lambda entry: entry.start)
    came = sum(entry.quantity or 0 for entry in _fresh_entries(account))
    if came + sum(entry.fresh for entry in again) > most:
        for entry in again:
            entry.fresh = entry.sure_fresh = 0
        again[0].fresh = most - came


def _counted_slots(flow: Flow, hub: Hub) -> tuple[bool, ...]:
    counted = [True] * len(hub.slots)
    for taken in hub.inputs:
        if taken.slot >= 0:
            thing = flow.things.get(taken.item)
            counted[taken.slot] &= thing is None or thing.counted
    return tuple(counted)


def _enter_seeds(flow: Flow, seeds: Sequence[Affected], opened: Accounts) -> None:
    lots = _lots(flow)
    hubs = {hub.no: hub for hub in flow.hubs}
    for seed in seeds:
        account = opened.accounts.get(seed.item)
        if account is None:
            continue
        if seed.hub is not None:
            hub = hubs[seed.hub]
            _give(hub, seed, opened)
            _tell_lots(seed, hub.start, hub.end + 1, lots, opened)  # it took before it gave
            continue
        if seed.inflow is not None:
            entry = opened.entries[seed.inflow, -1]
            bounds = decree(seed.quantity, entry.quantity)
            entry.bounds = larger(entry.bounds, bounds, entry.quantity)
            _tell_serials(flow, seed, entry, opened)
            _tell_lots(seed, entry.start, entry.end, lots, opened)
            continue
        if seed.quantity is not None or seed.part:
            _happen(account, seed)
        else:
            account.whole = True
        start = ALWAYS if seed.since is None else seed.since
        _tell_lots(seed, start, start if seed.sure is None else seed.sure, lots, opened)


def _tell_lots(
    seed: Affected,
    start: int,
    end: int,
    lots: Mapping[int, list[Membership]],
    opened: Accounts,
) -> None:
    """A serial that is affected on its own is one affected unit of its lot.

    What it came with may have begun before it was first named; surely it is there from then on,
    and for the hub that gave it only after that.
    """
    for membership in lots.get(seed.item, ()):
        lot = opened.accounts.get(membership.lot)
        if lot is not None:
            since = max(start, membership.first) if membership.drawn else start
            given = seed.item in opened.makers or (
                membership.drawn and membership.lot in opened.makers
            )
            sure = max(end, membership.first + given)
            _happen(lot, Affected(membership.lot, WHOLE, since, sure=sure), named=True)


def _give(hub: Hub, seed: Affected, opened: Accounts) -> None:
    """Decree what a hub gave; of a lot, its serials too."""
    decreed = opened.decreed.setdefault(hub.no, [])
    decreed.append(seed)
    _count_total(hub, seed, opened)
    amount = next((o.quantity for o in hub.outputs if o.item == seed.item), None)
    every = seed.quantity is None or (amount is not None and seed.quantity >= amount)
    for output in hub.outputs:
        if output.lot == seed.item:
            decreed.append(Affected(output.item, hub=hub.no, part=not every))


def _tell_serials(flow: Flow, seed: Affected, entry: Entry, opened: Accounts) -> None:
    """Decree what was received of a lot: the serials received with it, too."""
    every = seed.quantity is None or (
        entry.quantity is not None and seed.quantity >= entry.quantity
    )
    alike = [
        inflow
        for inflow in flow.inflows
        if (inflow.start, inflow.end) == (entry.start, entry.end)
        and seed.item in (inflow.item, inflow.lot)
    ]
    # Of two receipts at one instant nobody knows which serials came with which.
    every = every and sum(inflow.item == seed.item for inflow in alike) == 1
    for inflow in alike:
        if inflow.lot == seed.item:
            own = opened.entries[inflow.key, -1]
            said = whole(own.quantity) if every else perhaps(own.quantity)
            own.bounds = larger(own.bounds, said, own.quantity)


def decree(seeded: int | None, quantity: int | None) -> Bounds:
    """Bounds of an amount of which so much is affected by decree (None: all)."""
    if seeded is None:
        return whole(quantity)
    if quantity is None:
        return Bounds(seeded, seeded, some=True, every=False)
    return between(seeded, seeded, quantity)


def _happen(account: Account, seed: Affected, *, named: bool = False) -> None:
    """Something happened to units that were there; to how many, may be unknown."""
    start = ALWAYS if seed.since is None else seed.since
    end = start if seed.sure is None else max(start, seed.sure)
    least = seed.quantity
    if least is None:
        least = WHOLE if account.thing.counted else 1
    bounds = Bounds(least, None if seed.part else seed.quantity, some=True, every=False)
    entry = Entry(start, end, 0, bounds, named=named, apart=named, happened=True)
    entry.unnamed = 0 if named else least
    account.entries.append(entry)


def _count_total(hub: Hub, seed: Affected, opened: Accounts) -> None:
    """What seeds come to of all that a hub made of a product; a serial's unit is its lot's."""
    for output in hub.outputs:
        if output.item == seed.item:
            bounds = decree(seed.quantity, output.quantity)
            of = opened.given.setdefault((hub.no, output.product), {})
            top = output.lot or output.item
            of[top] = larger(of.get(top, NOTHING), bounds, None)
            highs = [own.high for own in of.values()]
            opened.totals[hub.no, output.product] = Bounds(
                sum(own.low for own in of.values()),
                None if None in highs else sum(high or 0 for high in highs),
                some=True,
                every=False,
            )


def _settle_times(account: Account, draws: list[_Draw], slack: int) -> None:
    """From when entries count: earlier where the records are late, always where amounts lack.

    What left before it came, by the records, came earlier: an inflow that meets a negative
    balance counts from when the balance fell below zero. What never came is `missing`.
    """
    if account.thing.container:
        return
    came = [entry for entry in account.entries if not entry.happened]
    if any(entry.quantity is None for entry in came) or any(d.quantity is None for d in draws):
        # An unknown draw took something: so much is sure.
        known = [replace(d, quantity=WHOLE) if d.quantity is None else d for d in draws]
        account.timeless = True
        told = all(entry.quantity is not None for entry in came)
        account.missing = _missing(came, known, slack) if told else _never_left(known, slack)
        first = min((d.end for d in draws if d.quantity is None or d.quantity > 0), default=FOREVER)
        for entry in account.entries:
            entry.sooner = first if first < entry.start else None
            entry.start = ALWAYS if not entry.happened or entry.named else entry.start
        return
    account.missing = _missing(came, draws, slack)
    if _pull_forward(came, draws) or account.missing:
        # Which units had gone by then, nobody knows.
        for entry in account.entries:
            if entry.happened and entry.named:
                entry.start = ALWAYS


def _returned(draws: list[_Draw], slack: int) -> list[tuple[int, int]]:
    """When what left came back, by start; and until when it may have been met before it left.

    Clocks that differ may let a unit leave after it came back, and be drawn again before that.
    """
    backs = sorted((d.start, d.end) for d in draws if (d.quantity or 0) < 0) if slack else []
    if not backs:
        return []
    left = sorted((d.start, d.end) for d in draws if d.quantity is None or d.quantity > 0)
    starts = [start for start, _ in left]
    latest = list(accumulate((end for _, end in left), max))
    found: list[tuple[int, int]] = []
    reach = ALWAYS
    for start, end in backs:
        count = bisect_right(starts, end + slack)
        reach = max(reach, latest[count - 1] + slack if count else ALWAYS)
        found.append((start, reach))
    for place in range(len(found) - 2, -1, -1):
        (start, reach), (after, further) = found[place : place + 2]
        if after <= reach:
            found[place] = start, max(reach, further)
    return found


def _missing(came: list[Entry], draws: list[_Draw], slack: int) -> int:
    """By how much draws exceed, at the worst instant, what may have come by then."""
    starts = sorted((entry.start, entry.quantity or 0) for entry in came)
    returned = [(d.start, -(d.quantity or 0)) for d in draws if (d.quantity or 0) < 0]
    starts = sorted(starts + returned)
    there, place, worst = 0, 0, 0
    taken = sorted((d.end, d.quantity or 0, d.own) for d in draws if (d.quantity or 0) > 0)
    for end, quantity, own in taken:
        while place < len(starts) and starts[place][0] <= end + slack:
            there += starts[place][1]
            place += 1
        there -= quantity
        worst = max(worst, own - there)
    return worst + _never_left(draws, slack)


def _never_left(draws: list[_Draw], slack: int) -> int:
    """By how much returns exceed, at the worst instant, what had surely left by then."""
    left = sorted((d.end, d.quantity or 0) for d in draws if not d.consumed)
    left = [(end, quantity) for end, quantity in left if quantity > 0]
    place, out, worst = 0, 0, 0
    for back in sorted((d for d in draws if (d.quantity or 0) < 0), key=lambda draw: draw.start):
        while place < len(left) and left[place][0] + slack < back.start:
            out += left[place][1]
            place += 1
        out += back.quantity or 0
        worst = max(worst, -out)
    return worst


def _pull_forward(came: list[Entry], draws: list[_Draw]) -> bool:
    """Let what came late count from when it lacked; whether anything did."""
    # Within one instant what comes is there before what goes, and what goes before what returns.
    steps: list[tuple[int, int, int, int]] = []
    for place, entry in enumerate(came):
        steps.append((entry.end, 0, entry.quantity or 0, place))
    for draw in draws:
        quantity = draw.quantity or 0
        steps.append((draw.end, 2 if quantity < 0 else 1, -quantity, -1))
    balance, since, late = 0, 0, False
    lacked: tuple[int, bool] = (ALWAYS, False)  # an instant, and whether it began below zero
    for at, _, change, place in sorted(steps):
        if at != lacked[0]:
            lacked = at, balance < 0
        # Of what came within one instant nobody knows which was late.
        if (balance < 0 or lacked[1]) and place >= 0:
            came[place].start = min(came[place].start, since)
            came[place].sooner = came[place].start
            late = True
        if balance >= 0 > balance + change:
            since = at
        balance += change
    return late
