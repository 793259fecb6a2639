"""Certainty on small flows, each worked out by hand from the domain's section of that name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

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

A, B, C1, C2 = 1, 2, 3, 4
RUN = 10


def u(units: float) -> int:
    return int(units * WHOLE)


def got(item: int, units: float, at: int = 0, key: int = 0) -> Inflow:
    return Inflow(key or item, item, u(units), at, at)


def left(key: int, item: int, units: float | None, at: int) -> Outflow:
    return Outflow(key, item, None if units is None else u(units), at, at)


def took(item: int, units: float, slot: int = 0) -> Input:
    return Input(item, u(units), slot)


def gave(item: int, units: float, product: str = "FG") -> Output:
    return Output(item, u(units), product)


def hub(
    inputs: list[Input],
    outputs: list[Output],
    at: int = 10,
    *,
    no: int = RUN,
    start: int | None = None,
    slots: int = 1,
    takes: Fraction | None = None,
    disassembly: bool = False,
) -> Hub:
    said = {} if takes is None else dict.fromkeys((o.product for o in outputs), takes)
    begin = at if start is None else start
    meanings = tuple(Slot(said) for _ in range(slots))
    return Hub(no, begin, at, tuple(inputs), tuple(outputs), meanings, disassembly)


def flow(
    *parts: Inflow | Hub | Outflow | Membership,
    mixtures: tuple[int, ...] = (),
    serials: tuple[int, ...] = (),
    tolerance: int = 0,
) -> Flow:
    numbers: set[int] = set()
    for part in parts:
        if isinstance(part, Hub):
            numbers |= {line.item for line in part.inputs} | {o.item for o in part.outputs}
        elif isinstance(part, Membership):
            numbers |= {part.lot, part.serial}
        else:
            numbers.add(part.item)
    things = {
        no: Thing(no, mixture=no in mixtures, counted=no not in mixtures, serial=no in serials)
        for no in numbers
    }
    return Flow(
        things,
        tuple(p for p in parts if isinstance(p, Inflow)),
        tuple(p for p in parts if isinstance(p, Hub)),
        tuple(p for p in parts if isinstance(p, Outflow)),
        tuple(p for p in parts if isinstance(p, Membership)),
        tolerance,
    )


def units(bounds: Bounds) -> tuple[float, float | None]:
    return bounds.low / WHOLE, None if bounds.high is None else bounds.high / WHOLE


def items(found: Verdicts) -> dict[int, tuple[float, float | None]]:
    return {no: units(bounds) for no, bounds in found.items.items()}


def outflows(found: Verdicts) -> dict[int, tuple[float, float | None]]:
    return {key: units(bounds) for key, bounds in found.outflows.items()}


# -- the worked case


def needles(a: float, b: float, takes: Fraction | None = None) -> Flow:
    """Needle lots A and B go into one run of 1,000 syringes: cartons C1 and C2, 500 each."""
    made = hub([took(A, a), took(B, b)], [gave(C1, 500), gave(C2, 500)], takes=takes)
    return flow(got(A, a), got(B, b), made)


@pytest.mark.parametrize("takes", [None, Fraction(1)])
def test_the_worked_case(takes: Fraction | None):
    found = certainty(needles(600, 400, takes), [Affected(A)])

    assert items(found) == {A: (600, 600), C1: (100, 500), C2: (100, 500)}
    assert found.items[C1].certain
    assert units(found.totals[RUN, "FG"]) == (600, 600)  # together exactly
    assert found.items[A].every


def test_the_worked_case_with_fewer_bad_needles():
    found = certainty(needles(400, 600), [Affected(A)])

    assert items(found) == {A: (400, 400), C1: (0, 400), C2: (0, 400)}
    assert not found.items[C1].certain
    assert units(found.totals[RUN, "FG"]) == (400, 400)


def test_the_worked_case_recorded_by_carton():
    found = certainty(
        flow(
            got(A, 600),
            got(B, 400),
            hub([took(A, 500)], [gave(C1, 500)], no=10),
            hub([took(A, 100), took(B, 400)], [gave(C2, 500)], no=11),
        ),
        [Affected(A)],
    )
    assert items(found) == {A: (600, 600), C1: (500, 500), C2: (100, 100)}

    only = certainty(
        flow(
            got(A, 500),
            got(B, 500),
            hub([took(A, 500)], [gave(C1, 500)], no=10),
            hub([took(B, 500)], [gave(C2, 500)], no=11),
        ),
        [Affected(A)],
    )
    assert C2 not in only.items  # out, by the record


def test_the_worked_case_with_bulk_resin():
    resin = Input(A, u(600), -1)
    found = certainty(
        flow(
            got(A, 600), got(B, 400), hub([resin, took(B, 400)], [gave(C1, 500), gave(C2, 500)]),
            mixtures=(A,),
        ),
        [Affected(A)],
    )  # fmt: skip
    assert items(found) == {A: (600, 600), C1: (500, 500), C2: (500, 500)}
    assert found.items[C1].every


def test_the_worked_case_with_waste():
    """Were the bill silent and 2,000 needles used, half of them waste, C1 is only possible."""
    found = certainty(needles(600, 1400), [Affected(A)])

    assert items(found) == {A: (600, 600), C1: (0, 500), C2: (0, 500)}
    assert not found.items[C1].certain


def test_the_worked_case_one_after_the_other():
    """What is bounded in a carton is bounded in what is drawn from it."""
    sent = (left(1, C1, 400, 20), left(2, C1, 450, 20), left(3, C1, 500, 20), left(4, C2, 1, 20))
    found = certainty(replace(needles(600, 400), outflows=sent[:1]), [Affected(A)])
    assert outflows(found) == {1: (0, 400)}
    for one, expected in zip(sent[1:], ((50, 450), (100, 500), (0, 1)), strict=True):
        found = certainty(replace(needles(600, 400), outflows=(one,)), [Affected(A)])
        assert outflows(found) == {one.key: expected}


def test_several_slots_take_the_largest_minimum_and_the_capped_sum():
    made = hub([took(A, 60), took(B, 40), took(5, 70, 1), took(6, 30, 1)], [gave(C1, 100)], slots=2)
    given = flow(*(got(no, n) for no, n in ((A, 60), (B, 40), (5, 70), (6, 30))), made)

    assert items(certainty(given, [Affected(A), Affected(5)]))[C1] == (70, 100)
    assert items(certainty(given, [Affected(B), Affected(6)]))[C1] == (40, 70)


# -- draws


@pytest.mark.parametrize(
    ("drawn", "expected"), [(3, (0, 3)), (6, (0, 4)), (7, (1, 4)), (9, (3, 4)), (10, (4, 4))]
)
def test_a_draw_of_what_was_affected_in_part(drawn: float, expected: tuple[float, float]):
    """max(0, q - (Q - a)) to min(q, b), with Q all inflow: here 10, of which 4 affected."""
    found = certainty(
        flow(got(A, 4, key=1), got(A, 6, key=2), left(7, A, drawn, 5)), [Affected(A, inflow=1)]
    )
    assert items(found) == {A: (4, 4)}
    assert outflows(found) == {7: expected}


def test_a_draw_counts_all_inflow_and_never_the_balance():
    found = certainty(
        flow(got(A, 4, key=1), got(A, 6, key=2), left(7, A, 5, 5), left(8, A, 5, 6)),
        [Affected(A, inflow=1)],
    )
    assert outflows(found) == {7: (0, 4), 8: (0, 4)}


def test_what_left_before_is_not_affected():
    found = certainty(
        flow(got(A, 5, at=0, key=1), got(A, 5, at=10, key=2), left(7, A, 3, 9), left(8, A, 7, 10)),
        [Affected(A, inflow=2)],
    )
    assert outflows(found) == {8: (2, 5)}  # equal instants count


def test_equal_within_the_tolerance():
    late = (got(A, 5, at=0, key=1), got(A, 5, at=10, key=2), left(7, A, 3, 9))
    assert outflows(certainty(flow(*late, tolerance=1), [Affected(A, inflow=2)])) == {7: (0, 3)}


def test_an_event_that_straddles_the_inflow_may_have_drawn_from_it():
    late = (got(A, 5, at=0, key=1), got(A, 5, at=15, key=2))
    cases = {
        (10, 14): None,
        (10, 15): (0, 5),
        (10, 20): (0, 5),
        (15, 20): (0, 5),
    }
    for (start, end), expected in cases.items():
        made = hub([took(A, 5)], [gave(C1, 5)], end, start=start)
        found = certainty(flow(*late, made), [Affected(A, inflow=2)])
        assert items(found).get(C1) == expected, (start, end)


def test_an_unknown_quantity_excludes_nothing_by_time():
    late = (got(A, 5, at=0, key=1), got(A, 5, at=10, key=2))
    found = certainty(flow(*late, left(7, A, 3, 9), left(8, A, None, 20)), [Affected(A, inflow=2)])
    assert outflows(found)[7] == (0, 3)


def test_what_left_before_it_came_counts_from_then():
    """Late paperwork: an inflow that meets a negative balance was there when it fell below zero."""
    found = certainty(
        flow(left(7, A, 5, 1), got(A, 5, at=3, key=1), left(8, A, 1, 0)), [Affected(A, inflow=1)]
    )
    assert outflows(found)[7][1] == 5
    assert not found.outflows[7].every


def test_a_seed_of_so_many_units_of_what_an_event_gave():
    made = hub([took(B, 10)], [gave(C1, 10)])
    found = certainty(
        flow(got(B, 10), made, left(7, C1, 8, 20)), [Affected(C1, u(4), hub=RUN)]
    )  # fmt: skip
    assert items(found) == {C1: (4, 4)}
    assert outflows(found) == {7: (2, 4)}


def test_nothing_is_affected_without_a_seed():
    assert certainty(needles(600, 400), []).items == {}
    assert certainty(needles(600, 400), [Affected(99)]).items == {}


# -- tanks


def tank(*others: Outflow, mixtures: tuple[int, ...] = (1, 2, 3), since: int = 10) -> Flow:
    """Good milk 1 and later bad milk 2 go into tank 3, a hundred litres each."""
    first = hub([Input(1, u(100), -1)], [gave(3, 100, "TANK")], 0, no=10, slots=0)
    second = hub([Input(2, u(100), -1)], [gave(3, 100, "TANK")], since, no=11, slots=0)
    return flow(got(1, 100), got(2, 100), first, second, *others, mixtures=mixtures)


def test_a_tank_is_affected_from_the_bad_milk_on():
    found = certainty(
        tank(left(1, 3, 10, 5), left(2, 3, 10, 10), left(3, 3, 10, 15)), [Affected(2)]
    )
    assert outflows(found) == {2: (10, 10), 3: (10, 10)}
    assert found.outflows[3].every
    assert items(found)[3] == (190, 190)  # all but what had left before


def test_a_tank_that_may_be_affected():
    """What a possible inflow spoils is possible, whole."""
    cow = 9
    maybe = hub([took(cow, 100)], [gave(2, 100, "M")], 8, no=9)
    given = tank(left(3, 3, 10, 15))
    given = replace(
        given,
        inflows=(got(1, 100), got(cow, 150, key=5), got(cow, 50, key=6)),
        hubs=(maybe, *given.hubs),
        things={**given.things, cow: Thing(cow)},
    )
    found = certainty(given, [Affected(cow, inflow=6)])
    assert items(found)[cow] == (50, 50)
    assert items(found)[2] == (0, 100)
    assert outflows(found) == {3: (0, 10)}
    assert not found.items[3].certain


def test_a_discrete_tank_is_counted():
    """Its product says that units stay apart: a draw is then bounded as any other."""
    found = certainty(tank(left(3, 3, 150, 15), mixtures=(1, 2)), [Affected(2)])
    assert outflows(found) == {3: (50, 100)}


def test_a_tank_that_is_filled_from_itself_ends():
    back = hub([Input(3, u(50), -1)], [gave(3, 50, "TANK")], 20, no=12, slots=0)
    given = tank(left(3, 3, 10, 30))
    found = certainty(replace(given, hubs=(*given.hubs, back)), [Affected(2)])
    assert outflows(found) == {3: (10, 10)}
    assert items(found)[3][1] == 200  # fifty litres are not counted twice


# -- serials and their lots


def lot_of_ten(bad: float, *more: Outflow) -> Flow:
    """Lot 1 has ten units, so many of them bad; serials 2 and 3 are drawn from it at 5."""
    parts = [got(1, 10 - bad, key=1), got(1, bad, key=2)] if bad < 10 else [got(1, bad, key=2)]
    joins = [Membership(1, no, None, None, 5, True) for no in (2, 3)]
    sent = [left(20 + no, no, 1, 5) for no in (2, 3)]
    return flow(*parts, *joins, *sent, *more, serials=(2, 3))


def test_a_serial_of_half_a_lot_is_possible():
    found = certainty(lot_of_ten(5), [Affected(1, inflow=2)])

    assert items(found) == {1: (5, 5), 2: (0, 1), 3: (0, 1)}
    assert not found.items[2].certain
    assert outflows(found) == {22: (0, 1), 23: (0, 1)}


def test_a_serial_of_a_bad_lot_is_certain():
    for seeds in ([Affected(1, inflow=2)], [Affected(1)]):
        found = certainty(lot_of_ten(10), seeds)
        assert items(found) == {1: (10, 10), 2: (1, 1), 3: (1, 1)}


def test_a_serial_affected_on_its_own_is_one_unit_of_its_lot():
    """It is in later unnamed draws, and not in its named siblings."""
    given = lot_of_ten(5, left(7, 1, 4, 6))
    found = certainty(given, [Affected(2)])
    assert items(found) == {1: (1, 1), 2: (1, 1)}
    assert 23 not in found.outflows
    assert outflows(found)[7][1] == 1


def test_what_happens_to_some_of_a_lot_may_happen_to_its_serials_that_are_still_in_it():
    given = lot_of_ten(5)
    gone = replace(
        given,
        memberships=(Membership(1, 2, None, 8, 5, True), given.memberships[1]),
        outflows=(left(22, 2, 1, 9), left(23, 3, 1, 12)),
    )
    found = certainty(gone, [Affected(1, since=10, part=True)])
    assert items(found).get(3) == (0, 1)
    assert 2 not in found.items


# -- rework and disassembly


def test_rework_does_not_count_a_unit_twice():
    """Of ten four are bad; reworked as the same lot, a is the larger and b the sum, capped."""
    x = 3
    made = hub([took(A, 4), took(B, 6)], [gave(x, 10)], 10, no=10)
    again = hub([took(x, 10)], [gave(x, 10)], 20, no=11)
    found = certainty(flow(got(A, 4), got(B, 6), made, again, left(7, x, 10, 30)), [Affected(A)])
    assert items(found)[x] == (4, 8)
    assert found.had[x].units == u(10)
    assert outflows(found)[7] == (0, 8)

    worse = hub([took(x, 10), took(C2, 10, 1)], [gave(x, 10)], 20, no=11, slots=2)
    found = certainty(
        flow(got(A, 4), got(B, 6), got(C2, 10), made, worse, left(7, x, 10, 30)),
        [Affected(A), Affected(C2)],
    )
    assert items(found)[x] == (10, 10)  # never more than were made


def test_rework_of_a_part_leaves_the_rest_as_it_was():
    x = 3
    made = hub([took(B, 10)], [gave(x, 10)], 10, no=10)
    again = hub([took(x, 4), took(A, 4, 1)], [gave(x, 4)], 20, no=11, slots=2)
    found = certainty(
        flow(got(A, 4), got(B, 10), made, again, left(7, x, 6, 15), left(8, x, 5, 30)),
        [Affected(A)],
    )
    assert items(found)[x] == (4, 4)
    assert outflows(found) == {8: (0, 4)}


def device(*, seed: Affected) -> dict[int, tuple[float, float | None]]:
    """Parts 1 and 2 are built into device 3, which gives them back, and a scrap 4."""
    built = hub([took(1, 1), took(2, 1, 1)], [gave(3, 1)], 10, no=10, slots=2)
    parts = [Output(no, WHOLE, "PART", back=True) for no in (1, 2)]
    apart = hub([took(3, 1)], [*parts, gave(4, 1, "SCRAP")], 20, no=11, disassembly=True)
    sent = [left(20 + no, no, 1, 30) for no in (1, 2, 4)]
    given = flow(got(1, 1), got(2, 1), built, apart, *sent, serials=(1, 2, 3))
    return outflows(certainty(given, [seed]))


def test_a_part_that_was_taken_out_is_affected_by_its_own_history():
    assert device(seed=Affected(1)) == {21: (1, 1), 24: (1, 1)}  # and not by its sibling's


def test_a_part_that_was_taken_out_is_affected_by_what_was_done_to_the_whole():
    assert device(seed=Affected(3)) == {21: (1, 1), 22: (1, 1), 24: (1, 1)}
    after = device(seed=Affected(3, WHOLE, since=25))
    assert after == {}


def test_a_cycle_of_two_ends():
    there = hub([took(A, 5)], [gave(B, 5)], 10, no=10)
    back = hub([took(B, 5)], [gave(A, 5)], 10, no=11)
    found = certainty(flow(got(A, 5), there, back, left(7, B, 5, 20)), [Affected(A, inflow=A)])
    assert items(found)[A] == (5, 5)  # the five that came back are the same ones
    assert items(found)[B][1] == 5
    assert outflows(found)[7][1] == 5


def test_what_a_container_may_hold_proves_nothing():
    loose = Input(A, None, 0, loose=True)
    found = certainty(
        flow(got(A, 5), got(B, 5), hub([loose, took(B, 5)], [gave(C1, 5)])), [Affected(A)]
    )
    assert items(found)[C1] == (0, 5)
    assert found.items[C1] != NOTHING
