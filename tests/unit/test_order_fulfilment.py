"""Which draws fulfilled which lines, against a reference that hands out unit by unit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tracegraph.model.event import OrderLine
from tracegraph.model.quantity import Quantity
from tracegraph.orders.fulfilment import Draw, Filling, Ordered, Plan, allocate, ordered, shown
from tracegraph.store.projection.identity import Identity, unrecorded

GROUPS = [("P", "count"), ("Q", "count")]


def draw(item: int, group, amount, order_line: str | None = None, **more) -> Draw:
    known = None if amount is None else Fraction(amount)
    return Draw(1, "items/0", item, group[0], group, order_line, known, "each", **more)


lines = st.lists(
    st.builds(
        Ordered,
        line=st.sampled_from("123"),
        product=st.just("P"),
        group=st.sampled_from(GROUPS),
        need=st.integers(0, 4).map(Fraction),
        factor=st.just(Fraction(1)),
        due=st.sampled_from([None, date(2026, 3, 1), date(2026, 3, 2)]),
    ),
    max_size=4,
)
draws = st.lists(
    st.builds(
        draw,
        st.integers(1, 3),
        st.sampled_from([*GROUPS, ("R", "count"), ("P", "mass")]),
        st.sampled_from([None, 1, 2, 5]),
        st.sampled_from([None, None, "1", "2", "9"]),
    ),
    max_size=6,
)


def reference(given_lines: list[Ordered], given_draws: list[Draw]):
    """Unit by unit: what is named first, then each other unit to the first line with room."""
    got: list[list[int]] = [[] for _ in given_lines]
    rest = []
    for one in given_draws:
        for _ in range(int(one.amount or 0)):
            named = [i for i, line in enumerate(given_lines) if line.line == one.order_line]
            if named and given_lines[named[0]].group[1] == one.group[1]:
                got[named[0]].append(one.item)
            else:
                rest.append(one)
    unordered = []
    for one in rest:
        mine = [i for i, line in enumerate(given_lines) if line.group == one.group]
        mine.sort(key=lambda i: (given_lines[i].due is None, given_lines[i].due or date.max, i))
        room = [i for i in mine if len(got[i]) < given_lines[i].need]
        if mine:
            got[(room or mine[-1:])[0]].append(one.item)
        else:
            unordered.append(one.item)
    return [sorted(items) for items in got], sorted(unordered)


def units(parts) -> list[int]:
    return sorted(one.item for one, amount in parts for _ in range(int(amount)))


@given(lines, draws)
def test_items_go_where_unit_by_unit_they_would(given_lines, given_draws) -> None:
    found = allocate(Plan(given_lines), given_draws)

    expected, unordered = reference(given_lines, given_draws)
    assert [units(parts) for parts in found.lines] == expected
    assert units(found.unordered) == unordered


@given(lines, draws)
def test_filling_has_the_sums_of_the_allocation_after_every_draw(given_lines, given_draws) -> None:
    plan = Plan(given_lines)
    filling, told = Filling(plan), set()

    for count, one in enumerate(given_draws, start=1):
        told |= set(filling.add(one))
        sums = [sum(a for _, a in parts) for parts in allocate(plan, given_draws[:count]).lines]
        assert filling.filled() == sums
        assert filling.open == {
            index for index, line in enumerate(given_lines) if line.need > sums[index]
        }
        assert filling.whole == (bool(given_lines) and not filling.open)
        needed = {index for index, line in enumerate(given_lines) if line.need > 0}
        assert told == needed - filling.open, "each line is told when it becomes full, once"


def order_line(line: str, product: str, quantity: str, unit: str = "each") -> OrderLine:
    return OrderLine(line=line, product=product, quantity=Quantity.parse(quantity), unit=unit)


def test_a_line_in_cases_needs_what_the_cases_hold() -> None:
    identity = Identity("P", ("P",), frozenset({"P"}), (("CASE", 12),))
    (cases, grams) = ordered(
        [order_line("1", "CASE", "3"), order_line("2", "CASE", "0.5", "kg")], lambda _: identity
    )

    assert cases.need == 36_000_000
    assert shown(Fraction(18_000_000), cases.factor) == "1.5"
    assert grams.need == 500_000_000, "mass does not come in cases"
    assert grams.group == ("P", "mass")


def test_units_convert_exactly() -> None:
    (line,) = ordered([order_line("1", "P", "1", "LBR")], unrecorded)

    assert line.need == Fraction("453.59237") * 1_000_000
    assert shown(line.need, line.factor) == "1"
    assert shown(Fraction(1_000_000), line.factor) == "0.002204", "cut, never rounded up"


def test_a_serial_within_a_lot_stands_beside_it_and_adds_nothing() -> None:
    plan = Plan([Ordered("1", "P", GROUPS[0], Fraction(5), Fraction(1), None)])
    lot, inside = draw(7, GROUPS[0], 5), draw(8, GROUPS[0], 1, within=7)

    found, filling = allocate(plan, [inside, lot]), Filling(plan)
    for one in (lot, inside):
        filling.add(one)

    assert found.lines == [[(lot, Fraction(5)), (inside, Fraction(1))]]
    assert filling.filled() == [5]
