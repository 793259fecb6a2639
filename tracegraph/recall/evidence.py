"""Evidence: how well an exposure explains complaints, and the fewest exposures that explain all.

Of a population of comparable items, some complained and some were exposed:

                 complained   did not
    exposed           a          b        odds ratio = (a * d) / (b * c)
    not exposed       c          d        p = P(A >= a), A hypergeometric (Fisher's exact test)

The test is one-sided, as only an exposure that makes complaints likelier is a suspect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from math import log
from typing import NamedTuple

DIGITS = 6
MOST_STEPS = 50_000
MOST_SETS = 2_000


class Table(NamedTuple):
    """A 2x2 table by its margins: a, a + b, a + c, and all."""

    explained: int
    exposed: int
    complaints: int
    population: int

    @property
    def odds_ratio(self) -> Fraction | None:
        """The sample odds ratio; None is infinite, 1 where there is nothing to compare with.

        >>> Table(2, 3, 4, 10).odds_ratio, Table(2, 2, 4, 10).odds_ratio
        (Fraction(5, 1), None)
        """
        a, b = self.explained, self.exposed - self.explained
        c = self.complaints - a
        d = self.population - self.exposed - c
        if a + b == 0 or c + d == 0 or b + d == 0 or a + c == 0:
            return Fraction(1)
        return Fraction(a * d, b * c) if b * c else None

    @property
    def likelihood(self) -> float:
        """The log likelihood ratio of a higher rate among the exposed to one rate for all.

        0 where the rate is not higher. It is what scan statistics rank clusters by (Kulldorff,
        "A spatial scan statistic", 1997, Bernoulli model); one that explains more weighs more.

        >>> round(Table(3, 3, 3, 6).likelihood, 6)  # 6 * log(2)
        4.158883
        """
        a, b = self.explained, self.exposed - self.explained
        c = self.complaints - a
        d = self.population - self.exposed - c
        if a * (c + d) <= c * (a + b):
            return 0.0
        apart = _fit(a, b) + _fit(c, d)
        return float(f"{apart - _fit(self.complaints, b + d):.12g}")


def _fit(complained: int, did_not: int) -> float:
    total = complained + did_not
    return sum(n * log(n / total) for n in (complained, did_not) if n)


def p_values(tables: Iterable[Table]) -> dict[Table, float]:
    """Fisher's exact p (greater) of each distinct table, to 12 digits, in one vectorised call.

    >>> p_values([Table(3, 3, 3, 6)])
    {Table(explained=3, exposed=3, complaints=3, population=6): 0.05}
    """
    distinct = sorted(set(tables))
    if not distinct:
        return {}
    # Its import takes most of a second, which only this question has to pay.
    from scipy.stats import hypergeom

    explained, exposed, complaints, population = zip(*distinct, strict=True)
    above = [number - 1 for number in explained]
    found = hypergeom.sf(above, population, complaints, exposed)
    return {table: min(1.0, float(f"{p:.12g}")) for table, p in zip(distinct, found, strict=True)}


def shown(number: float | Fraction | None) -> str:
    """A number with six significant digits, as plain decimal text unless it is tiny.

    >>> shown(Fraction(1, 3)), shown(0.000000125), shown(5.0), shown(None)
    ('0.333333', '1.25e-07', '5', 'inf')
    """
    if number is None:
        return "inf"
    if isinstance(number, Fraction):
        exact = Context(prec=DIGITS).divide(Decimal(number.numerator), Decimal(number.denominator))
        whole = f"{exact:f}"
        return whole.rstrip("0").rstrip(".") if "." in whole else whole
    return f"{number:.{DIGITS}g}"


class Cover(NamedTuple):
    """Indexes of the sets that together cover; `least` says whether fewer cannot do it."""

    chosen: list[int]
    least: bool


def smallest_cover(sets: Sequence[int], wanted: int) -> Cover:
    """The fewest of `sets` (bit masks, best first) that cover what of `wanted` they can.

    Exact by branch and bound over what no other set includes, within 50,000 steps and 2,000
    sets; beyond that greedy. Among equally good sets the earlier is taken.

    >>> smallest_cover([0b0110, 0b0011, 0b1100], 0b1111)
    Cover(chosen=[1, 2], least=True)
    """
    first: dict[int, int] = {}
    for index, mask in enumerate(sets):
        if mask & wanted:
            first.setdefault(mask & wanted, index)
    goal = 0
    for mask in first:
        goal |= mask
    masks = sorted(first, key=lambda mask: (-mask.bit_count(), first[mask]))
    least = len(masks) <= MOST_SETS
    if least:
        masks = _maximal(masks)
    found = _greedy(masks, goal)
    if least:
        best = _Search(masks, goal).fewer_than(found)
        least, found = best is not None, best or found
    return Cover(sorted(_earlier(found, first, goal)), least)


def _maximal(masks: Sequence[int]) -> list[int]:
    """Masks, the widest first, that are no part of another."""
    kept: list[int] = []
    for mask in masks:
        if not any(mask & ~other == 0 for other in kept):
            kept.append(mask)
    return kept


def _greedy(masks: Sequence[int], goal: int) -> list[int]:
    found, left = [], goal
    while left:
        best = max(masks, key=lambda mask: (mask & left).bit_count())
        found.append(best)
        left &= ~best
    return found


def _earlier(found: Collection[int], first: dict[int, int], goal: int) -> list[int]:
    """The same cover with each set exchanged for the earliest that does what it alone does."""
    chosen = list(found)
    for place, mask in enumerate(chosen):
        others = 0
        for other in chosen[:place] + chosen[place + 1 :]:
            others |= other
        alone = goal & ~others
        fit = (each for each in first if alone & ~each == 0)
        chosen[place] = min(fit, key=first.__getitem__, default=mask)
    return [first[mask] for mask in dict.fromkeys(chosen)]


class _Search:
    def __init__(self, masks: Sequence[int], goal: int) -> None:
        self._masks = masks
        self._goal = goal
        self._steps = 0
        self._widest = max((mask.bit_count() for mask in masks), default=1)
        self._holding: dict[int, list[int]] = {}
        rest = goal
        while rest:
            bit = rest & -rest
            self._holding[bit] = [mask for mask in masks if mask & bit]
            rest ^= bit

    def fewer_than(self, known: list[int]) -> list[int] | None:
        """A least cover; None when the steps did not suffice to know."""
        for size in range(-(-self._goal.bit_count() // self._widest), len(known)):
            found = self._within(self._goal, size)
            if found is not None:
                return found
            if self._steps > MOST_STEPS:
                return None
        return known

    def _within(self, left: int, size: int) -> list[int] | None:
        if not left:
            return []
        self._steps += 1
        if left.bit_count() > size * self._widest or self._steps > MOST_STEPS:
            return None
        # The complaint that the fewest sets explain leaves the fewest choices.
        bits = (bit for bit in self._holding if bit & left)
        bit = min(bits, key=lambda each: (len(self._holding[each]), each))
        for mask in sorted(self._holding[bit], key=lambda m: -(m & left).bit_count()):
            rest = self._within(left & ~mask, size - 1)
            if rest is not None:
                return [mask, *rest]
        return None
