"""Certainty against every world of small flows: nothing that some world affects is left out.

Figures by feature, and what the bounds miss: python -m tests.property.worlds --cases 2000 --seed 1
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import NamedTuple

import pytest

from tests.property.flows import crowded_case, features, random_case
from tests.property.units import Key
from tests.property.worlds import Found, TooMany, worlds
from tracegraph.recall.bounds import NOTHING, Bounds
from tracegraph.recall.certainty import Verdicts, certainty
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

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
CASES = 40_000 if PROVE else 300
FLOWS = {"any": random_case, "crowded": crowded_case}


class Verdict(NamedTuple):
    """Bounds beside the worlds: what is wrong, and which of them could be no closer."""

    key: Key
    wrong: tuple[str, ...]
    exact: tuple[bool, bool, bool]  # least, most, certain or possible
    bounds: Bounds


def judged(flow: Flow, seeds: Sequence[Affected], found: Found | None = None) -> list[Verdict]:
    """What certainty says of everything, against all worlds."""
    found = worlds(flow, seeds) if found is None else found
    said = certainty(flow, seeds)
    return [
        _judge(key, _said(said, key), values)
        for key, values in found.items()
        if any(total for _, _, total in values)  # of nothing recorded nothing is said
    ]


def _said(verdicts: Verdicts, key: Key) -> Bounds:
    kind, *what = key
    if kind == "item":
        return verdicts.items.get(what[0], NOTHING)
    if kind == "outflow":
        return verdicts.outflows.get(what[0], NOTHING)
    if kind == "output":
        return verdicts.outputs.get((what[0], what[1]), NOTHING)
    return verdicts.totals.get((what[0], what[1]), NOTHING)


def _judge(key: Key, bounds: Bounds, values: Iterable[tuple[int, int, int]]) -> Verdict:
    least = min(most for _, most, _ in values) * WHOLE
    most = max(bad for bad, _, _ in values) * WHOLE
    high = None if bounds.some and bounds.high is None else bounds.high or 0
    wrong = (
        ("excluded", most > 0 and not bounds.some),
        ("certain", bounds.certain and not least),
        ("least", bounds.low > least),
        ("most", bounds.some and high is not None and high < most),
        ("every", bounds.every and any(bad < total for _, bad, total in values)),
    )
    own = min(bad for bad, _, _ in values) * WHOLE  # by the records, and not by decree
    exact = (own <= bounds.low, high == most, bounds.certain in {least > 0, own > 0})
    return Verdict(key, tuple(name for name, is_so in wrong if is_so), exact, bounds)


# -- small flows, each of which was once answered wrongly


def _flow(
    *lines: Inflow | Hub | Outflow | Membership,
    serials: Iterable[int] = (),
    mixtures: Iterable[int] = (),
) -> Flow:
    """A flow of these lines, with the items they name."""
    inflows = tuple(line for line in lines if isinstance(line, Inflow))
    outflows = tuple(line for line in lines if isinstance(line, Outflow))
    hubs = tuple(line for line in lines if isinstance(line, Hub))
    members = tuple(line for line in lines if isinstance(line, Membership))
    numbers = {line.item for line in inflows} | {line.item for line in outflows}
    numbers |= {line.item for hub in hubs for line in hub.inputs}
    numbers |= {line.item for hub in hubs for line in hub.outputs}
    things = {
        no: Thing(no, mixture=no in set(mixtures), serial=no in set(serials)) for no in numbers
    }
    return Flow(things, inflows, hubs, outflows, members)


def _in(key: int, item: int, units: int | None, at: int = 0, lot: int = 0) -> Inflow:
    return Inflow(key, item, None if units is None else units * WHOLE, at, at, lot)


def _out(key: int, item: int, units: int, at: int) -> Outflow:
    return Outflow(key, item, units * WHOLE, at, at)


def _hub(
    no: int,
    at: int,
    inputs: dict[int, int | None],
    outputs: Sequence[Output],
    takes: str | None = "1",
    **more: bool,
) -> Hub:
    """A hub of one slot, of which every output unit takes so much (None: undeclared)."""
    taken = tuple(Input(item, None if n is None else n * WHOLE, 0) for item, n in inputs.items())
    share = {} if takes is None else {o.product: Fraction(takes) for o in outputs}
    return Hub(no, at, at, taken, tuple(outputs), (Slot(share),), **more)


def _gives(
    item: int, units: int | None, product: str = "P", lot: int = 0, *, back: bool = False
) -> Output:
    return Output(item, None if units is None else units * WHOLE, product, lot, back)


def _of(lot: int, serial: int, first: int) -> Membership:
    return Membership(lot, serial, None, None, first, drawn=False)


ONE = WHOLE
ONCE_WRONG: dict[str, tuple[Flow, Affected]] = {
    "a serial that a hub gave is a unit of its lot": (
        _flow(
            _hub(1, 0, {1: 2}, [_gives(2, 2), _gives(3, 1, lot=2)]),
            _of(2, 3, 0),
            serials=[3],
        ),
        Affected(3, ONE, hub=1),
    ),
    "what a hub gave of a lot is its serials too": (
        _flow(
            _hub(1, 0, {1: 2}, [_gives(2, 2), _gives(3, 1, lot=2)]),
            _of(2, 3, 0),
            serials=[3],
        ),
        Affected(2, 2 * ONE, hub=1),
    ),
    "what happens to a lot when its serial is first met": (
        _flow(_in(1, 1, 2), _in(2, 2, 1, lot=1), _of(1, 2, 0), serials=[2]),
        Affected(1, ONE, since=0),
    ),
    "a serial is in its lot from the start of what brought it": (
        _flow(
            Inflow(1, 1, ONE, 0, 3),
            Inflow(2, 2, ONE, 0, 3, lot=1),
            _out(1, 1, 1, 1),
            _of(1, 2, 3),
            serials=[2],
        ),
        Affected(2),
    ),
    "some units of an unknown amount are not all of it": (
        _flow(_in(1, 1, None), _out(1, 1, 1, 8)),
        Affected(1, ONE, inflow=1),
    ),
    "an unknown co-product may have taken the affected unit": (
        _flow(_in(1, 1, 1), _hub(1, 2, {1: 1}, [_gives(2, 1), _gives(3, None, "Q")])),
        Affected(1, inflow=1),
    ),
    "a rework of an unknown amount may have made nothing new": (
        _flow(_in(1, 1, 2), _hub(1, 2, {1: None}, [_gives(1, 1)])),
        Affected(1, inflow=1),
    ),
    "clocks that differ count again for what came back": (
        replace(
            _flow(_in(1, 1, 1, at=5), _out(1, 1, 1, 5), _out(2, 1, -1, 5), _out(3, 1, 1, 3)),
            tolerance=3,
        ),
        Affected(1, None, since=7, part=True),
    ),
    "what came back without having left is good": (
        _flow(_in(1, 1, 1), _out(1, 1, -1, 0), _out(2, 1, 1, 2)),
        Affected(1, inflow=1),
    ),
    "what a rework gives is not what it takes": (
        _flow(
            _hub(1, 4, {1: 2}, [_gives(2, 2)]),
            _out(1, 2, 2, 5),
            _hub(2, 6, {2: 1}, [_gives(2, 1)]),
        ),
        Affected(2, ONE, since=5),
    ),
    "what happened may have happened to units not recorded": (
        _flow(_in(1, 1, 1), _out(1, 1, 2, 5)),
        Affected(1, 2 * ONE, since=1),
    ),
    "a rework of units not recorded gives all its units": (
        _flow(_in(1, 1, 1), _hub(1, 3, {1: 1, 2: 1}, [_gives(2, 2)], None), _out(1, 2, 2, 9)),
        Affected(2, 2 * ONE, hub=1),
    ),
    "what meets a negative balance counts from before": (
        _flow(Inflow(1, 1, ONE, 0, 3), _out(1, 1, 1, 0), _in(2, 1, 1, at=2)),
        Affected(1, inflow=2),
    ),
    "clocks that differ count for what is taken apart": (
        replace(
            _flow(
                _in(1, 1, 1),
                _hub(1, 1, {1: 1}, [_gives(2, 1, "W")]),
                _hub(2, 3, {2: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
            ),
            tolerance=3,
        ),
        Affected(2, ONE, since=4),
    ),
    "a unit cut in two is in two output units": (
        _flow(_in(1, 1, 3), _hub(1, 2, {1: 3}, [_gives(2, 2)], "3/2")),
        Affected(1, ONE, inflow=1),
    ),
    "a mixture that left and came back by a rework is there": (
        _flow(_in(1, 1, 1), _hub(1, 1, {1: 1}, [_gives(1, 1)]), mixtures=[1]),
        Affected(1, ONE, since=3),
    ),
    "a part that is given back is no new unit": (
        _flow(
            _in(1, 1, 1),
            _hub(1, 1, {1: 1}, [_gives(2, 1, "W")]),
            _hub(2, 2, {2: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
        ),
        Affected(1),
    ),
    "a serial that is reworked is no new unit of its lot": (
        _flow(
            _in(1, 1, 1),
            _in(2, 2, 1, lot=1),
            _hub(1, 1, {2: 1}, [replace(_gives(1, 1), named=True), _gives(2, 1, lot=1)]),
            _of(1, 2, 0),
            serials=[2],
        ),
        Affected(1),
    ),
    "a serial that came in over a while was there when it happened": (
        _flow(
            Inflow(1, 1, ONE, 1, 4, named=True),
            Inflow(2, 2, ONE, 1, 4, lot=1),
            _of(1, 2, 4),
            serials=[2],
        ),
        Affected(1, None, since=0, sure=2, part=True),
    ),
    "a serial is drawn from the units that have no name": (
        _flow(
            Inflow(1, 1, 2 * ONE, 0, 0, named=True),
            _in(2, 1, 1, at=1),
            _in(3, 2, 1, lot=1),
            _in(4, 3, 1, lot=1),
            _out(1, 1, 1, 2),
            _out(2, 4, 1, 2),
            _of(1, 2, 0),
            _of(1, 3, 0),
            Membership(1, 4, None, None, 2, drawn=True),
            serials=[2, 3, 4],
        ),
        Affected(1, None, since=0, part=True),
    ),
    "what happened may have happened to a serial that came within the tolerance": (
        replace(
            _flow(
                _in(1, 1, 1),
                Inflow(2, 1, ONE, 2, 2, named=True),
                _in(3, 2, 1, at=2, lot=1),
                _out(1, 3, 1, 7),
                _out(2, 1, 1, 7),
                _of(1, 2, 2),
                Membership(1, 3, None, None, 5, drawn=True),
                serials=[2, 3],
            ),
            tolerance=3,
        ),
        Affected(1, None, since=1, sure=1, part=True),
    ),
    "what happened may have happened to a serial that came in over a while": (
        _flow(
            _in(1, 1, 1),
            Inflow(2, 1, ONE, 0, 3, named=True),
            Inflow(3, 2, ONE, 0, 3, lot=1),
            _out(1, 3, 1, 7),
            _out(2, 1, 1, 7),
            _of(1, 2, 3),
            Membership(1, 3, None, None, 5, drawn=True),
            serials=[2, 3],
        ),
        Affected(1, None, since=1, sure=1, part=True),
    ),
    "a serial that came late with its lot was there when it happened": (
        _flow(
            _in(1, 1, 1),
            Inflow(2, 1, ONE, 3, 3, named=True),
            _in(3, 2, 1, at=3, lot=1),
            _in(4, 1, 2, at=3),
            _out(1, 1, 2, 0),
            _out(2, 1, 1, 7),
            _of(1, 2, 3),
            serials=[2],
        ),
        Affected(1, None, since=1, sure=1, part=True),
    ),
    "a serial came late with its lot, though it was given again by what took it": (
        _flow(
            _in(1, 1, 2),
            _hub(1, 1, {1: 2}, [_gives(4, 2), _gives(5, 1, lot=4)]),
            _hub(
                2,
                0,
                {5: 1, 4: 1},
                [
                    _gives(6, 2),
                    replace(_gives(4, 1, "R"), named=True),
                    _gives(5, 1, "R", lot=4),
                ],
            ),
            _of(4, 5, 1),
            serials=[5],
        ),
        Affected(4, 2 * ONE, hub=1),
    ),
    "a serial that a hub gave was not in what it took": (
        _flow(
            _in(1, 1, 4),
            replace(
                _hub(1, 2, {1: 4}, [_gives(1, 2), _gives(2, 1, lot=1)]),
                inputs=(Input(1, 4 * ONE, -1),),
            ),
            _of(1, 2, 2),
            serials=[2],
        ),
        Affected(2),
    ),
    "a serial that comes out again is affected beside what it touched": (
        _flow(
            _hub(1, 2, {1: 1}, [_gives(2, 1), _gives(3, 1, lot=2)]),
            _hub(
                2, 5, {3: 1, 1: 2}, [_gives(2, 1, "R"), _gives(3, 1, "R", lot=2), _gives(4, 1, "R")]
            ),
            _of(2, 3, 2),
            serials=[3],
        ),
        Affected(2),
    ),
    "what comes back within an instant does not hide what came late": (
        _flow(
            _in(1, 1, 1),
            _out(1, 2, 1, 6),
            _hub(1, 7, {1: 1}, [_gives(2, 1)]),
            _out(2, 2, -1, 7),
        ),
        Affected(1, inflow=1),
    ),
    "of what came within an instant either may have been late": (
        _flow(
            _in(1, 1, 2),
            _in(2, 2, 1, at=1),
            _hub(1, 1, {1: 2}, [_gives(2, 2)]),
            _out(1, 2, 1, 0),
        ),
        Affected(1, ONE, inflow=1),
    ),
    "what gives something drawn before it had begun before": (
        _flow(
            _in(1, 1, 1),
            replace(_hub(1, 2, {1: 1}, [_gives(2, 1)]), inputs=(Input(1, ONE, -1),)),
            replace(_hub(2, 0, {2: 1}, [_gives(1, 1)], "3"), inputs=(Input(2, ONE, 0),)),
            mixtures=[1],
        ),
        Affected(1, hub=2),
    ),
    "an output of unknown amount may have been there when it happened": (
        _flow(
            _in(1, 1, 1),
            _hub(1, 11, {1: 1}, [_gives(1, None)], "1/3"),
        ),
        Affected(1, None, since=10, part=True),
    ),
    "a tank that is filled from itself holds what was left of it": (
        _flow(
            Inflow(1, 1, 3 * ONE, 0, 3),
            replace(
                _hub(1, 4, {1: 3}, [_gives(1, 2), _gives(2, 2)]), inputs=(Input(1, 3 * ONE, -1),)
            ),
            _out(1, 1, 2, 4),
            mixtures=[1],
        ),
        Affected(1, ONE, hub=1),
    ),
    "a tank is not filled with what is made of it at that instant": (
        _flow(
            _in(1, 1, 4),
            _hub(1, 1, {1: 3}, [_gives(2, 2), _gives(3, 1)], "2/3"),
            _hub(2, 1, {2: 2}, [_gives(1, 2)]),
            mixtures=[1],
        ),
        Affected(2, hub=1),
    ),
    "a unit that cannot be cut may lack whole": (
        _flow(_in(1, 1, 4), _hub(1, 3, {1: 4}, [_gives(2, 1), _gives(3, 2)], "3/2")),
        Affected(1),
    ),
    "a serial that goes round within an instant may not have come yet": (
        _flow(
            _in(1, 1, 1),
            _hub(1, 7, {1: 1}, [_gives(1, 1), _gives(2, 1, lot=1), _gives(4, 1)]),
            _hub(2, 7, {2: 1, 1: 1}, [_gives(3, 2), _gives(1, 1, "R"), _gives(2, 1, "R", lot=1)]),
            _of(1, 2, 7),
            serials=[2],
        ),
        Affected(1, hub=1),
    ),
    "a part was not in what its whole became later": (
        _flow(
            _in(1, 1, 1),
            _in(2, 2, 3),
            _hub(1, 0, {1: 1, 2: 1}, [_gives(3, 1, "W")], "2"),
            _hub(2, 1, {3: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
            _hub(3, 4, {2: 1, 3: 1}, [_gives(2, 1)], "1/3"),
        ),
        Affected(2),
    ),
    "a part of a whole that nobody recorded may be good": (
        _flow(
            _in(1, 1, 1),
            _hub(1, 0, {1: 1}, [_gives(2, 1, "W")]),
            _hub(2, 2, {2: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
            Outflow(1, 2, None, 3, 4),
        ),
        Affected(1, inflow=1),
    ),
    "a part that an assembly lacked may be good": (
        _flow(
            _in(1, 1, 1),
            _hub(1, 0, {1: 1}, [_gives(2, 2, "W")]),
            _hub(2, 2, {2: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
        ),
        Affected(1, inflow=1),
    ),
    "of unknown amounts nothing is excluded by time, nor in what is taken apart": (
        _flow(
            _in(1, 1, 4),
            _hub(1, 0, {1: 2}, [_gives(2, 2, "W")]),
            _hub(2, 1, {2: 1}, [_gives(1, 1, "A", back=True)], disassembly=True),
            _hub(3, 5, {2: None}, [_gives(2, 1)], "2"),
        ),
        Affected(2, ONE, hub=3),
    ),
    "a unit of a pool is in one of its outputs": (
        _flow(
            _in(1, 1, 3),
            _in(2, 2, 2),
            _hub(1, 2, {1: 3, 2: 2}, [_gives(3, 3), _gives(4, 2)]),
        ),
        Affected(1),
    ),
}


def wrong(flow: Flow, seeds: Sequence[Affected]) -> list[tuple[Key, tuple[str, ...], Bounds]]:
    """What certainty says that some world belies; there must be such a world."""
    found = worlds(flow, seeds)
    assert found, "no world agrees with the record"
    return [(v.key, v.wrong, v.bounds) for v in judged(flow, seeds, found) if v.wrong]


def figures(
    cases: int, seed: str, flows: str = "any"
) -> tuple[Counter[tuple[str, str]], list[str]]:
    """How often what was found, by feature, and the violations in words."""
    counts: Counter[tuple[str, str]] = Counter()
    told = []
    for number in range(cases):
        name = f"{seed} {number}"
        flow, seeds = FLOWS[flows](Random(name))
        try:
            found = worlds(flow, seeds)
        except TooMany:
            counts["all", "too many"] += 1
            continue
        if not found:
            counts["all", "no world"] += 1
            continue
        groups = {"all", *features(flow, seeds)}
        verdicts = judged(flow, seeds, found)
        for group in groups:
            counts[group, "cases"] += 1
            for verdict in verdicts:
                _tally(counts, group, verdict, found[verdict.key])
        told += [f"case {name!r}: {v.key} {v.wrong} {v.bounds}" for v in verdicts if v.wrong]
    return counts, told


def _tally(
    counts: Counter[tuple[str, str]],
    group: str,
    verdict: Verdict,
    values: Iterable[tuple[int, int, int]],
) -> None:
    counts[group, "compared"] += 1
    for name in verdict.wrong:
        counts[group, name] += 1
    for name, exact in zip(("min", "max", "certainty"), verdict.exact, strict=True):
        counts[group, name] += exact
    reached = any(bad for _, bad, _ in values)
    counts[group, "reached"] += reached or verdict.bounds.some
    counts[group, "vain"] += verdict.bounds.some and not reached


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
def test_no_world_belies_certainty() -> None:
    """Random flows of all that records can be; TRACEGRAPH_PROVE=1 tries tens of thousands."""
    seed = f"prove {Random().random()}" if PROVE else "worlds"

    counts, told = figures(CASES, seed)

    assert not told, "\n".join(told[:20])
    assert counts["all", "compared"] > CASES
    for feature in ("several levels", "waste", "co-products", "shortage", "draws over time"):
        assert counts[feature, "cases"] > CASES / 100, feature
    for exact in ("min", "max", "certainty"):
        assert counts["all", exact] > 0.9 * counts["all", "compared"], exact


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
def test_no_world_belies_certainty_of_a_crowded_lot() -> None:
    """Single units of a lot, come, named, drawn and struck at a few instants."""
    seed = f"prove {Random().random()}" if PROVE else "crowded"

    counts, told = figures(CASES, seed, "crowded")

    assert not told, "\n".join(told[:20])
    assert counts["serials", "cases"] > CASES / 2


@pytest.mark.parametrize("name", ONCE_WRONG)
def test_small_flows_are_answered_rightly(name: str) -> None:
    flow, seed = ONCE_WRONG[name]
    assert wrong(flow, [seed]) == []


def main() -> None:
    """Print how sound and how exact certainty is, by feature."""
    parser = argparse.ArgumentParser(prog="python -m tests.property.worlds")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", default="worlds")
    parser.add_argument("--flows", choices=FLOWS, default="any")
    asked = parser.parse_args()
    counts, told = figures(asked.cases, asked.seed, asked.flows)
    names = ("cases", "compared", "excluded", "certain", "least", "most", "every")
    shares = ("min", "max", "certainty")
    print(f"{'':22}" + "".join(f"{name:>10}" for name in (*names, *shares, "vain")))
    order = sorted({group for group, _ in counts}, key=lambda group: (group != "all", group))
    for group in order:
        compared = counts[group, "compared"] or 1
        row = [f"{counts[group, name]:>10}" for name in names]
        row += [f"{counts[group, name] / compared:>10.2%}" for name in shares]
        print(f"{group:22}" + "".join(row) + f"{counts[group, 'vain'] / compared:>10.2%}")
    print(f"no world {counts['all', 'no world']}, too many {counts['all', 'too many']}")
    print("\n".join(told[:20]))
