"""Evidence: Fisher's exact p, odds ratios, and smallest covers, against the plain definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import comb
from random import Random

import pytest

from tracegraph.recall import evidence
from tracegraph.recall.evidence import Cover, Table, p_values, shown, smallest_cover


def exact(table: Table) -> Fraction:
    """P(A >= a) by counting."""
    a, exposed, complaints, population = table
    ways = sum(
        comb(exposed, k) * comb(population - exposed, complaints - k)
        for k in range(a, min(exposed, complaints) + 1)
    )
    return Fraction(ways, comb(population, complaints))


def tables(largest: int) -> list[Table]:
    return [
        Table(a, exposed, complaints, n)
        for n in range(1, largest)
        for exposed, complaints in product(range(n + 1), repeat=2)
        for a in range(max(0, exposed + complaints - n), min(exposed, complaints) + 1)
    ]


def test_p_is_the_hypergeometric_tail() -> None:
    every = tables(9)

    found = p_values(every)

    for table in every:
        assert found[table] == pytest.approx(float(exact(table)), rel=1e-11)


@pytest.mark.parametrize(
    "table",
    [
        Table(12, 390, 12, 3430),
        Table(3, 481, 3, 2637),
        Table(1, 1, 1000, 100_000),
        Table(40, 400, 60, 60_000),
    ],
)
def test_p_is_exact_far_out(table: Table) -> None:
    assert p_values([table])[table] == pytest.approx(float(exact(table)), rel=1e-9)


def test_p_is_that_of_fisher_s_test() -> None:
    from scipy.stats import fisher_exact

    table = Table(8, 310, 12, 3430)

    test = fisher_exact([[8, 302], [4, 3116]], alternative="greater")

    assert p_values([table])[table] == pytest.approx(test.pvalue, rel=1e-11)
    assert float(table.odds_ratio or 0) == pytest.approx(test.statistic)


def test_no_tables_no_p() -> None:
    assert p_values([]) == {}


@pytest.mark.parametrize(
    ("table", "ratio"),
    [
        pytest.param(Table(2, 4, 3, 10), "5", id="plain"),
        pytest.param(Table(2, 2, 3, 10), "inf", id="no-exposed-is-good"),
        pytest.param(Table(3, 5, 3, 10), "inf", id="no-unexposed-is-bad"),
        pytest.param(Table(0, 4, 3, 10), "0", id="no-exposed-is-bad"),
        pytest.param(Table(3, 10, 3, 10), "1", id="all-are-exposed"),
        pytest.param(Table(2, 2, 3, 3), "1", id="all-complained"),
    ],
)
def test_odds_ratios_are_texts(table: Table, ratio: str) -> None:
    assert shown(table.odds_ratio) == ratio


def least(sets: list[int], wanted: int) -> int:
    goal = 0
    for mask in sets:
        goal |= mask & wanted
    for size in range(len(sets) + 1):
        for chosen in combinations(sets, size):
            union = 0
            for mask in chosen:
                union |= mask
            if union & goal == goal:
                return size
    raise AssertionError("all of them cover")


def test_a_cover_is_the_smallest() -> None:
    rng = Random(7)
    for _ in range(300):
        bits = rng.randrange(1, 9)
        sets = [rng.randrange(1 << bits) & rng.randrange(1 << bits) for _ in range(8)]
        wanted = rng.randrange(1 << bits)

        cover = smallest_cover(sets, wanted)

        union = 0
        for index in cover.chosen:
            union |= sets[index]
        goal = 0
        for mask in sets:
            goal |= mask & wanted
        assert cover.least
        assert union & goal == goal
        assert len(cover.chosen) == least(sets, wanted)


def test_greed_alone_would_take_three() -> None:
    assert smallest_cover([0b111100, 0b010101, 0b101010, 0b1, 0b10], 0b111111) == Cover(
        [1, 2], True
    )


def test_the_earlier_of_equals_is_taken() -> None:
    assert smallest_cover([0b011, 0b011, 0b110, 0b100], 0b111).chosen == [0, 2]


def test_what_cannot_be_covered_is_left() -> None:
    assert smallest_cover([0b001], 0b111) == Cover([0], True)
    assert smallest_cover([], 0b111) == Cover([], True)
    assert smallest_cover([0b1], 0) == Cover([], True)


def test_a_cover_found_greedily_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = [0b111100, 0b010101, 0b101010, 0b1, 0b10]
    for name in ("MOST_STEPS", "MOST_SETS"):
        with monkeypatch.context() as patched:
            patched.setattr(evidence, name, 0)
            cover = smallest_cover(sets, 0b111111)
        assert not cover.least
        assert len(cover.chosen) == 3, "what greed finds"
