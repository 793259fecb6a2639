"""Bounds: how a slot's affected units spread over the outputs, each case worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from tracegraph.recall.bounds import (
    NOTHING,
    Bounds,
    SlotUnits,
    between,
    larger,
    perhaps,
    spread,
    whole,
)
from tracegraph.recall.flow import WHOLE

HALF = WHOLE // 2


def slot(total: float, low: float, high: float | None = None, *, counted: bool = True) -> SlotUnits:
    """A slot of so many units, of which so many are affected."""
    most = low if high is None else high
    amount, least, highest = (int(each * WHOLE) for each in (total, low, most))
    return SlotUnits(amount, least, highest, some=most > 0, every=low == total, counted=counted)


def units(found: Bounds) -> tuple[float, float | None]:
    """Least and most, in units."""
    return found.low / WHOLE, None if found.high is None else found.high / WHOLE


def outputs(
    given: SlotUnits, n: float, *, of: float, takes: Fraction | None, counted: bool = True
) -> tuple[float, float | None]:
    """Of `n` output units, of the event's `of`, each of which takes so many slot units."""
    need = (Fraction(1) if takes is None else takes) * Fraction(of) * WHOLE
    return units(spread(given, int(n * WHOLE), takes, need, counted=counted))


ONE, TWO = Fraction(1), Fraction(2)


@pytest.mark.parametrize(
    ("total", "affected", "n", "of", "takes", "least", "most"),
    [
        # g = max(T, cN) - a may be good; spared = floor(g / floor(c)); at least n - spared.
        (1000, 600, 500, 1000, ONE, 100, 500),  # the worked case: 400 good, 500 in the carton
        (1000, 400, 500, 1000, ONE, 0, 400),
        (1000, 600, 1000, 1000, ONE, 600, 600),  # both cartons together, exactly
        (1000, 600, 500, 1000, None, 100, 500),  # undeclared counts as one
        (2000, 600, 500, 1000, None, 0, 500),  # the bill silent, and half of it waste
        (2000, 600, 1000, 1000, TWO, 300, 600),  # 1,400 good fill 700 units
        (2000, 1, 1000, 1000, TWO, 1, 1),  # 1,999 good: one unit holds the bad one
        (2500, 1500, 1000, 1000, Fraction(5, 2), 500, 1000),  # floor(2.5) = 2 of 1,000 good
        (800, 800, 1000, 1000, ONE, 800, 800),  # what the record lacks may be good
        (800, 800, 1000, 1000, None, 800, 1000),  # undeclared and short: it may be any unit
        (799, 1, 10, 1000, None, 0, 10),
        (10, 10, 10, 10, ONE, 10, 10),
        (10, 0, 10, 10, ONE, 0, 0),
        # c < 1: a slot unit serves k output units.
        (500, 100, 1000, 1000, Fraction(1, 2), 200, 200),
        (500, 100, 300, 1000, Fraction(1, 2), 0, 200),
        (500, 450, 300, 1000, Fraction(1, 2), 200, 300),
        # 1/c is not whole: a slot unit may straddle two more output units.
        (400, 50, 1000, 1000, Fraction(2, 5), 0, 200),
        (400, 390, 1000, 1000, Fraction(2, 5), 960, 1000),
    ],
)
def test_a_slot_spreads(total, affected, n, of, takes, least, most):
    assert outputs(slot(total, affected), n, of=of, takes=takes) == (least, most)


def test_least_and_most_may_differ_in_the_slot():
    assert outputs(slot(100, 20, 70), 50, of=100, takes=ONE) == (0, 50)
    assert outputs(slot(100, 60, 70), 50, of=100, takes=ONE) == (10, 50)
    assert outputs(slot(100, 20, 30), 50, of=100, takes=ONE) == (0, 30)


def test_what_is_affected_in_part_is_affected():
    """Whole output units: 1.5 good leave one spared of two, and half a bad one makes a bad one."""
    assert outputs(slot(2, 0.5), 2, of=2, takes=ONE) == (1, 1)
    assert outputs(slot(2, 1.5), 2, of=2, takes=ONE) == (2, 2)


def test_what_has_ends_may_end_inside_a_unit():
    """A stretch of 2 m in pieces of 1 m each lies in three pieces, where it begins inside one."""
    assert outputs(slot(10, 2, counted=False), 10, of=10, takes=ONE) == (2, 3)


def test_outputs_that_are_not_counted_are_not_rounded_to_units():
    assert outputs(slot(2, 0.5), 2, of=2, takes=ONE, counted=False) == (0.5, 1)


def test_nothing_affected_affects_nothing():
    assert spread(slot(10, 0), 5 * WHOLE, ONE, Fraction(10 * WHOLE)) == NOTHING
    assert spread(SlotUnits(None, 0, 0, some=False, every=False), None, None, ONE) == NOTHING


def test_unknown_amounts():
    """Least is all if every unit of the slot is affected, else none; most is all (domain)."""
    every = SlotUnits(None, 0, 0, some=True, every=True)
    part = SlotUnits(None, 3, 3, some=True, every=False)
    need = Fraction(WHOLE)
    assert spread(every, 5 * WHOLE, ONE, need) == Bounds(5 * WHOLE, 5 * WHOLE, True, True)
    assert spread(part, 5 * WHOLE, ONE, need) == Bounds(0, 5 * WHOLE, True, False)
    # Of an unknown number at least one takes what is there; others may take what is not.
    assert spread(slot(10, 10), None, ONE, need) == Bounds(WHOLE, None, True, False)
    assert spread(slot(10, 3), None, ONE, need) == Bounds(0, None, True, False)


def fills(total: int, bad: int, n: int, of: int, takes: int) -> tuple[int, int]:
    """Every way to fill `of` units with `takes` of the slot's or what the record lacks, good."""
    found = set()
    missing = max(0, of * takes - total)
    supply = total + missing
    for holds in product(range(takes + 1), repeat=of):  # bad ones in each output unit
        used = sum(holds)
        # Those that are in no output unit are waste, as far as there is any.
        if used <= bad and bad - used <= supply - of * takes:
            found.add(sum(held > 0 for held in holds[:n]))
    return min(found), max(found)


@pytest.mark.parametrize("seed", range(200))
def test_every_way_to_fill_small_outputs_is_within_the_bounds(seed: int):
    rng = Random(seed)
    takes, of, total = rng.choice((1, 1, 2, 3)), rng.randint(1, 4), rng.randint(1, 9)
    bad, n = rng.randint(0, total), rng.randint(1, of)

    least, most = outputs(slot(total, bad), n, of=of, takes=Fraction(takes))
    low, high = fills(total, bad, n, of, takes)

    assert least <= low
    assert most is not None
    assert high <= most


def test_between_is_cut_to_what_there_is():
    assert between(-3, 4, 10) == Bounds(0, 4, some=True, every=False)
    assert between(3, 40, 10) == Bounds(3, 10, some=True, every=False)
    assert between(30, None, 10) == Bounds(10, 10, some=True, every=True)
    assert between(-1, 0, 10) == NOTHING
    assert between(0, 0, 0) == NOTHING
    assert between(2, None, None) == Bounds(2, None, some=True, every=False)
    assert between(0, 0, None) == NOTHING


def test_certain_is_what_some_unit_of_it_surely_is():
    assert whole(5).certain
    assert whole(None).certain
    assert between(1, 2, 5).certain
    assert not perhaps(5).certain
    assert not NOTHING.certain


def test_of_two_causes_the_larger_minimum_and_the_capped_sum():
    one, other = between(3, 5, 10), between(2, 4, 10)

    assert larger(one, other, 10) == larger(other, one, 10) == between(3, 9, 10)
    assert larger(between(3, 8, 10), other, 10) == between(3, 10, 10)
    assert larger(one, NOTHING, 10) == larger(NOTHING, one, 10) == one
    assert larger(one, whole(10), 10) == larger(whole(10), one, 10) == whole(10)
    assert larger(perhaps(None), other, 10) == between(2, None, 10)
    assert larger(perhaps(None), between(2, 4, None), None) == between(2, None, None)
