"""Every world of a small flow: units one by one, and what of each line they make affected.

A world says which units each draw took and where each slot unit went; units that are alike are
counted together. Draws that exceed what came, by the records, are made up by units of unknown
origin ("ghosts"), which are good. Nothing here follows the rules of `tracegraph.recall`: it
follows the sentences of the domain's page "Certainty, by possible worlds", unit by unit.

    python -m tests.property.worlds --cases 2000 --seed 1
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import product
from operator import or_
from typing import Any, NamedTuple

from tests.property.flows import instances
from tests.property.slots import (
    Made,
    by_decree,
    grouped,
    inside,
    mixed,
    remembered,
    same_units,
    shown,
    whole,
)
from tests.property.timeline import Node, Timeline
from tests.property.units import (
    BAD,
    EVER,
    GOOD,
    LATER,
    Key,
    Unit,
    most_of,
    put,
    subsets,
    units_of,
    without,
)
from tracegraph.recall.flow import WHOLE, Affected, Flow, Hub, Membership, Outflow, Output

STATES = 3_000
DRAWS = 8_000

Found = dict[Key, set[tuple[int, int, int]]]  # affected, with those of unknown origin, of all
Span = tuple[int, int]


class TooMany(Exception):
    """More worlds than there is patience for."""


class State(NamedTuple):
    """A world so far: units in stock and gone by item, seeds to be placed, what was found."""

    stock: tuple[tuple[Unit, ...], ...]
    gone: tuple[tuple[Unit, ...], ...]
    ghosts: tuple[int, ...]
    seeds: tuple[int, ...]
    ever: tuple[int, ...]  # affected, of the units recorded
    strange: tuple[int, ...]  # affected, of unknown origin
    moments: tuple[int | None, ...]  # since when a mixture is affected
    spared: tuple[int, ...]  # what was drawn of a mixture before
    tainted: tuple[tuple[Span, ...], ...]  # what came affected into it: from when, how much
    found: tuple[tuple[Key, int, int, int], ...] = ()


def worlds(flow: Flow, seeds: Sequence[Affected]) -> Found:
    """What each item, outflow, hub output and hub total has affected, over all worlds.

    Keys are ("item", no), ("outflow", key), ("output", hub, item) and ("total", hub, product).
    Empty where no world agrees with the record. Raises TooMany.
    """
    found: Found = defaultdict(set)
    draws = 0
    for own in (True, False):
        for definite, said in instances(flow, seeds):
            each = Enumeration(definite, said, flow, draws)
            each.into(found, own=own)
            draws = each.draws_made
        if found:
            break
    return found


class Enumeration(Timeline):
    """All worlds of a flow in which every amount is said."""

    def __init__(
        self, flow: Flow, seeds: Sequence[Affected], recorded: Flow, draws_made: int = 0
    ) -> None:
        super().__init__(flow, recorded)
        self.draws_made = draws_made
        self.made: set[int] = set()
        self.open: set[tuple[int, int]] = set()  # slots with an unknown amount
        for hub in recorded.hubs:
            self.open |= {(hub.no, line.slot) for line in hub.inputs if line.quantity is None}
        self.loose = {
            (hub.no, -o.item) for hub in recorded.hubs for o in hub.outputs if o.quantity is None
        }
        self.ghosts: tuple[int, ...] = ()
        self.at = {no: place for place, no in enumerate(self.numbers)}
        self.remember = any(output.back for hub in flow.hubs for output in hub.outputs)
        self.decrees = [s for s in seeds if s.hub is not None]
        self.received = [s for s in seeds if s.inflow is not None]
        plain = [s for s in seeds if s.hub is None and s.inflow is None]
        self.since = [s for s in plain if s.quantity is None]
        self.some = [s for s in plain if s.quantity is not None]
        self.again = {  # what comes back to where it was, or gets a name there
            o.item for h in flow.hubs for o in h.outputs
            if o.back or o.item in {self.home(i.item) for i in h.inputs}
        } | {member.lot for member in self.drawn.values()}  # fmt: skip
        events: list[Any] = [*flow.inflows, *flow.hubs, *flow.outflows]
        self.instants = sorted(
            {t for x in events for t in (x.start, x.end)}
            | {t for s in plain for t in (s.since, s.sure) if t is not None}
        )

    def into(self, found: Found, *, own: bool) -> None:
        """Add what every world finds. Raises TooMany."""
        self.ghosts = tuple(self.lacking(no, own=own) for no in self.numbers)
        mixtures = [no for no in self.numbers if self.flow.things[no].mixture]
        if any(
            self.lacking(no, own=False, told=True) > self.lacking(no, own=False) for no in mixtures
        ):
            return  # no unknown amount is more than there was
        begun = set(self._begin())
        for order in self.orders():
            states = begun
            reserved = self.reserved(order)
            self.made = {-1}  # what came from no hub
            for place, node in enumerate(order):
                states = {
                    after for state in states for after in self._step(state, node, reserved[place])
                }
                if len(states) > STATES:
                    raise TooMany
                if isinstance(node.what, Hub):
                    self.made.add(node.what.no)
            for state in states:
                for last in self._finish(state):
                    for key, bad, all_bad, total in last.found:
                        found[key].add((bad, all_bad, total))

    # -- a world's beginning

    def _begin(self) -> Iterator[State]:
        count = len(self.numbers)
        blank: tuple[Any, ...] = ((),) * count
        zeros = (0,) * count
        left = tuple((seed.quantity or 0) // WHOLE for seed in self.some)
        states = {
            State(blank, blank, self.ghosts, left, zeros, zeros, (None,) * count, zeros, blank)
        }
        for line in self.flow.inflows:
            if not line.lot:
                states = {after for state in states for after in self._receive(state, line)}
        for place, seed in enumerate(self.some):
            if self.flow.things[seed.item].mixture:
                span = (seed.since or EVER, max(seed.since or EVER, seed.sure or EVER))
                states = {
                    self._spoil(state._replace(seeds=put(state.seeds, place, 0)), seed.item, at)
                    for state in states
                    for at in self._times(span)
                }
        yield from states

    def _receive(self, state: State, line: Any) -> Iterator[State]:
        item, start = line.item, self.starts[line.item][0, line.key]
        seeds = [s for s in self.received if s.inflow == line.key]
        if self.flow.things[item].mixture:
            if not seeds:
                yield state
            else:
                bad = max(most_of(s.quantity, units_of(line)) for s in seeds)
                for at in self._times((start, line.end)):
                    yield self._spoil(state, item, at, (start, bad))
            return
        named = [
            (other.item, any(s.inflow == other.key for s in self.received))
            for other in self.flow.inflows
            if other.lot == item and (other.start, other.end) == (line.start, line.end)
        ]
        units = [Unit(start, bad, tag=tag, done=bad) for tag, bad in named]
        units += [Unit(start)] * (units_of(line) - len(named))
        bad = max((most_of(s.quantity, len(units)) for s in seeds), default=0)
        for chosen in subsets(units, bad):
            spoilt = [unit._replace(bad=True, done=True) for unit in chosen]
            yield self._add(state, item, [*without(units, chosen), *spoilt])

    def _add(self, state: State, item: int, units: Iterable[Unit]) -> State:
        state, counted = self._count(state, item, units)
        place = self.at[item]
        after = tuple(sorted((*state.stock[place], *counted)))
        return state._replace(stock=put(state.stock, place, after))

    def _count(
        self, state: State, item: int, units: Iterable[Unit]
    ) -> tuple[State, tuple[Unit, ...]]:
        """Count units that are affected and were not before."""
        ever, strange, counted = list(state.ever), list(state.strange), []
        for unit in units:
            if unit.bad and unit.tag:
                ever[self.at[unit.tag]] = 1
            if unit.bad and not unit.ever:
                (strange if unit.ghost else ever)[self.at[item]] += 1
                unit = unit._replace(ever=True)  # noqa: PLW2901  # the same unit, counted
            counted.append(unit)
        return state._replace(ever=tuple(ever), strange=tuple(strange)), tuple(counted)

    def _times(self, span: Span) -> list[int]:
        """Instants within a span that may differ."""
        start, end = span
        return sorted({start, end} | {t for t in self.instants if start <= t <= end})

    def _spoil(self, state: State, item: int, at: int, came: Span | None = None) -> State:
        place = self.at[item]
        if came is not None:
            tainted = (*state.tainted[place], came)
            state = state._replace(tainted=put(state.tainted, place, tainted))
        before = state.moments[place]
        first = at if before is None else min(before, at)
        return state._replace(moments=put(state.moments, place, first))

    # -- draws

    def _take(
        self, state: State, item: int, count: int, span: Span, reserved: set[int], by: int = 0
    ) -> Iterator[tuple[State, tuple[Unit, ...]]]:
        """Every way to draw so many units; what befell them in stock has befallen them."""
        self.draws_made += 1
        if self.draws_made > DRAWS:
            raise TooMany
        if self.flow.things[item].mixture:
            yield from self._pour(state, item, count, span, by)
            return
        home, known = self.home(item), False
        place, until = self.at[home], span[1] + self.slack
        stock = state.stock[place]
        if home != item:
            sold = tuple(unit for unit in state.gone[place] if unit.tag == item)
            there = [unit for unit in stock if unit.tag == item]
            if sold and not there:  # it came back, and nobody recorded it
                gone = without(state.gone[place], sold[:1])
                state = state._replace(gone=put(state.gone, place, gone))
                yield from self._strike(state, home, sold[:1], span)
                return
            known = bool(there)
            if not there and item in self.drawn:
                first = self.drawn[item].first + self.slack
                there = [unit for unit in stock if not unit.tag and unit.start <= first]
        else:
            there = [unit for unit in stock if unit.tag not in reserved or not unit.tag]
        there = [unit for unit in there if unit.start <= until]
        for ghosts in range(1 if known else min(count, state.ghosts[place]) + 1):
            lent = state._replace(ghosts=put(state.ghosts, place, state.ghosts[place] - ghosts))
            for chosen in subsets(there, count - ghosts):
                left = lent._replace(stock=put(lent.stock, place, without(stock, chosen)))
                units = chosen + (Unit(EVER, ghost=True),) * ghosts
                if home != item:
                    units = tuple(unit._replace(tag=item) for unit in units)
                yield from self._strike(left, home, units, span)

    def _pour(
        self, state: State, item: int, count: int, span: Span, by: int
    ) -> Iterator[tuple[State, tuple[Unit, ...]]]:
        """A draw from a mixture is affected whole, once anything in it is.

        What the hub that draws gives of it is not in it yet.
        """
        place = self.at[item]
        since = [EVER if s.since is None else s.since for s in self.since if s.item == item]
        since += [t for t in (state.moments[place],) if t is not None]
        ways = set()
        for at in self._times(span):
            if any(t <= at + self.slack for t in since):
                ways.add(True)
            if not any(t + self.slack <= at for t in since):
                ways.add(False)
        until = span[1] + self.slack
        come = self.made - {by}
        good = sum(n for start, _, n, hub in self.arrivals(item) if start <= until and hub in come)
        good -= sum(n for start, n in state.tainted[place] if start <= until)
        if count > good + state.ghosts[place] - state.spared[place]:
            ways.discard(False)  # there is not so much in it that is good
        for bad in sorted(ways):
            spared = state.spared[place] + (0 if bad else count)
            yield (
                state._replace(spared=put(state.spared, place, spared)),
                (Unit(EVER, bad, done=bad),) * count,
            )

    def _strike(
        self, state: State, item: int, units: Sequence[Unit], span: Span
    ) -> Iterator[tuple[State, tuple[Unit, ...]]]:
        """What seeds do to units of a lot up to when they are drawn."""
        end = span[1]
        ways: set[tuple[tuple[int, ...], tuple[Unit, ...]]] = {(state.seeds, ())}
        for unit in units:
            sure, maybe = self._spoilt(unit, item, span)
            picks = [
                place
                for place, seed in enumerate(self.some)
                if seed.item in {item, unit.tag}
                and not unit.hits >> place & 1
                and unit.start + (unit.hits >> 20) <= self._until(seed)
                and _or(seed.since) <= end + self.slack
            ]
            after = set()
            for left, done in ways:
                for picked in product((False, True), repeat=len(picks)):
                    taken = list(left)
                    for place, pick in zip(picks, picked, strict=True):
                        taken[place] -= pick
                    if min(taken, default=0) < 0:
                        continue
                    hits = unit.hits
                    if item in self.again:
                        hits |= sum(1 << n for n, p in zip(picks, picked, strict=True) if p)
                    # What befell it then, it cannot have left before.
                    hit = (_or(self.some[n].since) for n, p in zip(picks, picked, strict=True) if p)
                    start = max((unit.start, *hit))
                    for spoilt in {sure or any(picked), sure or maybe or any(picked)}:
                        more = unit._replace(hits=hits, start=start)
                        if spoilt:
                            more = more._replace(bad=True, done=self.remember)
                        after.add((tuple(taken), tuple(sorted((*done, more)))))
            ways = after
        for left, done in ways:
            yield self._count(state._replace(seeds=left), item, done)

    def _until(self, seed: Affected) -> int:
        return max(_or(seed.since), _or(seed.sure)) + self.slack

    def _spoilt(self, unit: Unit, item: int, span: Span) -> tuple[bool, bool]:
        """Whether what befell all of an item surely, or perhaps, befell a unit drawn then."""
        sure = maybe = False
        for seed in self.since:
            if seed.item in {item, unit.tag}:
                since = _or(seed.since)
                sure |= max(since, _or(seed.sure)) + self.slack <= span[0]
                maybe |= since <= span[1] + self.slack
        return sure, maybe

    def _step(self, state: State, node: Node, reserved: set[int]) -> Iterator[State]:
        what, span = node.what, (node.start, node.end)
        if isinstance(what, Hub):
            yield from self._make(state, what, reserved)
        elif isinstance(what, Membership):
            for after, units in self._take(state, what.serial, 1, span, reserved):
                yield self._add(after, what.lot, units)
        elif units_of(what) < 0:
            yield from self._return(state, what)
        else:
            yield from self._leave(state, what, span, reserved)

    def _return(self, state: State, out: Outflow) -> Iterator[State]:
        """Units that had left come back as they are."""
        place, count = self.at[out.item], -units_of(out)
        gone = [unit for unit in state.gone[place] if unit.start <= out.end + self.slack]
        for back in subsets(gone, min(count, len(gone))):
            units = [unit._replace(start=out.start) for unit in back]
            units += [Unit(out.start, ghost=True)] * (count - len(back))
            left = state._replace(gone=put(state.gone, place, without(state.gone[place], back)))
            yield self._add(left, out.item, units)

    def _leave(self, state: State, out: Outflow, span: Span, reserved: set[int]) -> Iterator[State]:
        """A lot's line includes those of its serials."""
        with_it = [
            other
            for other in self.flow.outflows
            if self.lot.get(other.item) == out.item and (other.start, other.end) == span
        ]
        ways: list[tuple[State, tuple[Unit, ...]]] = [(state, ())]
        for line, count in [*((o, 1) for o in with_it), (out, units_of(out) - len(with_it))]:
            ways = [
                (more, (*before, *units))
                for after, before in ways
                for more, units in self._take(after, line.item, count, span, reserved)
            ]
        for after, units in ways:
            spoilt = sum(u.bad for u in units)
            found: list[tuple[Key, int, int, int]] = [
                (("outflow", out.key), spoilt, spoilt, len(units))
            ]
            for other in with_it:
                bad = sum(u.bad for u in units if u.tag == other.item)
                found.append((("outflow", other.key), bad, bad, 1))
            place = self.at[self.home(out.item)]
            gone = tuple(sorted((*after.gone[place], *units)))
            if not self.flow.things[out.item].mixture:
                after = after._replace(gone=put(after.gone, place, gone))  # noqa: PLW2901
            yield after._replace(found=(*after.found, *found))

    # -- hubs

    def _make(self, state: State, hub: Hub, reserved: set[int]) -> Iterator[State]:
        span = (hub.start, hub.end)
        ways: set[tuple[State, tuple[tuple[Unit, ...], ...]]] = {(state, ())}
        for line in hub.inputs:
            ways = {
                (more, (*before, units))
                for after, before in ways
                for more, units in self._take(
                    after, line.item, units_of(line), span, reserved, hub.no
                )
            }
            if len(ways) > STATES:
                raise TooMany
        for after, taken in ways:
            for made in self._outcomes(hub, taken):
                yield from self._give(after, hub, taken, made)

    def _outcomes(self, hub: Hub, taken: tuple[tuple[Unit, ...], ...]) -> set[Made]:
        """Every way to make the outputs of what was taken, group by group, with decrees."""
        groups = grouped(hub)
        spoilt = any(
            unit.bad for line, units in zip(hub.inputs, taken, strict=True) for unit in units
            if line.slot < 0
        )  # fmt: skip
        if spoilt and not hub.disassembly and not (self.remember and whole(hub)):
            ways: set[Made] = {tuple((BAD,) * n for _, n in groups)}
        elif hub.disassembly:
            ways = self._taken_apart(hub, groups, taken, spoilt)
        elif self.remember and whole(hub):
            ways = remembered(hub, groups, taken, spoilt, self.open | self.loose)
        else:
            ways = mixed(hub, groups, taken, self.open | self.loose)
        for seed in self.decrees:
            if seed.hub == hub.no:
                ways = {after for made in ways for after in by_decree(seed, groups, made)}
        return ways

    def _taken_apart(
        self,
        hub: Hub,
        groups: Sequence[tuple[Output, int]],
        taken: tuple[tuple[Unit, ...], ...],
        spoilt: bool,
    ) -> set[Made]:
        """What was built in comes out as it is; the rest takes after some whole."""
        wholes = [unit for units in taken for unit in units]
        ways: set[Made] = {()}
        for output, n in groups:
            options: set[tuple[Unit, ...]] = set()
            if output.back:
                pool = [part for unit in wholes for part in inside(unit, output.item, unit.done)]
                lost = max(0, n - len(pool))
                for done in {unit.done for unit in wholes}:  # it was in one of them
                    more = [Unit(EVER, done, done=done, ghost=True)] * lost
                    options |= set(subsets([*pool, *more], n))
            elif spoilt or all(unit.bad for unit in wholes):
                options.add((BAD,) * n)
            else:
                most = n if any(unit.bad for unit in wholes) else 0
                options |= {(BAD,) * bad + (GOOD,) * (n - bad) for bad in range(most + 1)}
            if spoilt:
                options = {tuple(u._replace(bad=True, done=True) for u in o) for o in options}
            ways = {(*made, option) for made in ways for option in options}
        return ways

    def _give(
        self, state: State, hub: Hub, taken: tuple[tuple[Unit, ...], ...], made: Made
    ) -> Iterator[State]:
        """Put outputs in stock; what the same hub had taken of an item are the same units."""
        groups = grouped(hub)
        serials = {o.item for o, _ in groups if self.flow.things[o.item].serial}
        before: defaultdict[int, list[Unit]] = defaultdict(list)
        for line, units in zip(hub.inputs, taken, strict=True):
            before[line.item if line.item in serials else self.home(line.item)] += units
        ready: dict[int, list[Unit]] = defaultdict(list)
        found: Counter[Key] = Counter()
        decreed: Counter[Key] = Counter()  # with what is affected whoever gave it
        for (output, _), units in zip(groups, made, strict=True):
            home = self.home(output.item) if output.lot else output.item
            start = self.starts[home].get((hub.no, 0), hub.start)
            for unit in units:
                more = unit._replace(start=start, tag=0)
                if output.back:
                    more = more._replace(hits=more.hits | LATER)
                sure = any(s.item in {home, output.item} and s.since is None for s in self.since)
                if output.item in serials:
                    place = self.at[home]
                    met = (*state.stock[place], *state.gone[place])
                    same = [*before.get(output.item, ()), *(u for u in met if u.tag == output.item)]
                    was = any(u.bad for u in same)
                    ever = any(u.ever for u in same)
                    tag = output.item if output.lot else 0
                    hits = reduce(or_, (u.hits | LATER for u in same), more.hits)
                    more = more._replace(bad=more.bad or was, ever=ever, tag=tag, hits=hits)
                ready[home].append(more)
                keys: list[Key] = [("output", hub.no, output.item)]
                keys += [("output", hub.no, output.lot)] if output.lot else []
                keys += [] if output.back else [("total", hub.no, output.product)]
                for key in keys:
                    found[key] += more.bad
                    decreed[key] += more.bad or sure
        state = state._replace(found=(*state.found, *shown(hub, found, decreed)))
        states = {state}
        for item, given in ready.items():
            if self.flow.things[item].mixture:
                if bad := sum(unit.bad for unit in given):
                    start = self.starts[item].get((hub.no, 0), hub.start)
                    states = {self._spoil(s, item, t, (start, bad)) for s in states
                              for t in self._times((start, hub.end))}  # fmt: skip
                continue
            old = [] if item in serials else before.get(item, [])
            states = {
                self._add(s, item, marked) for s in states for marked in same_units(given, old)
            }
        yield from states

    # -- a world's end

    def _finish(self, state: State) -> Iterator[State]:
        """What befalls what is left, and what each item had affected in all."""
        states = {state}
        forever = (-EVER, -EVER)
        for item in self.numbers:
            if item != self.home(item) or self.flow.things[item].mixture:
                continue
            place = self.at[item]
            states = {
                after
                for before in states
                for after, _ in self._strike(before, item, before.stock[place], forever)
            }
        for last in states:
            if any(
                left > last.ghosts[self.at[self.home(seed.item)]]
                for left, seed in zip(last.seeds, self.some, strict=True)
            ):
                continue
            strange = list(last.strange)
            for left, seed in zip(last.seeds, self.some, strict=True):
                strange[self.at[self.home(seed.item)]] += left
            ways: list[tuple[tuple[Key, int, int, int], ...]] = [last.found]
            for item in self.numbers:
                place, had = self.at[item], self.had(item)
                pairs = [(min(had, last.ever[place]), last.ever[place] + strange[place])]
                if self.flow.things[item].mixture:
                    pairs = list(self._mixed(last, item, had))
                ways = [
                    (*way, (("item", item), bad, most, had)) for way in ways for bad, most in pairs
                ]
            for way in ways:
                yield last._replace(found=way)

    def _mixed(self, state: State, item: int, had: int) -> Iterator[tuple[int, int]]:
        """All of a mixture that did not leave before anything in it was affected."""
        place = self.at[item]
        if state.moments[place] is None and not any(s.item == item for s in self.since):
            yield 0, 0
            return
        spared, ghosts = state.spared[place], self.ghosts[place]
        least = max([most_of(s.quantity, had) for s in self.some if s.item == item], default=0)
        came = sum(units for _, _, units, _ in self.arrivals(item))
        for gone in range(max(0, spared - ghosts), min(spared, came) + 1):
            bad = min(had, came - gone)
            if bad + ghosts >= least:
                yield bad, bad + ghosts


def _or(instant: int | None) -> int:
    return EVER if instant is None else instant


if __name__ == "__main__":
    from tests.property.test_worlds import main

    main()
