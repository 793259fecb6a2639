"""Amounts: the quantities of an item in one unit, exactly, or not at all.

Mass, volume, length and count convert within themselves, across only by the product's exact
factor (domain, "Ledger").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import NamedTuple

from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO, spelled
from tracegraph.model.unit import EACH, MEASURES, measure
from tracegraph.recall.master import Conversion, Master
from tracegraph.recall.material import Line, Material
from tracegraph.store.projection.rows import Flow

_SERIAL = int(Kind.SERIAL)

BASE = {"count": EACH, "mass": "g", "volume": "L", "length": "m"}


@dataclass(frozen=True, eq=False)
class Scale:
    """How an item is measured: the unit it is shown in, and what its amounts are counted in.

    Amounts are integers of 10^-6 of a counting unit, which is `grain` base units of the dimension
    (g, L, m, each), the same for all items of some material. `per` is how many counting units one
    shown unit is. `others` convert base units of other dimensions into it. What is said in the
    units `apart` is not measured so. Items that are measured alike share one.
    """

    unit: str
    dimension: str
    per: Fraction
    others: tuple[tuple[str, Fraction], ...] = ()
    grain: Fraction = Fraction(1)
    apart: frozenset[str] = frozenset()

    def base(self, quantity: int | None, unit: str | None) -> int | None:
        """Millionths of the counting unit; None for what is unknown, or cannot be said exactly."""
        if quantity is None or unit is None:
            return None
        factor = self._factors.get(unit)
        if factor is None:
            factor = self._factors[unit] = self._factor(unit)
        over, under = factor
        if over == under:
            return quantity
        if not over:
            return None
        amount, rest = divmod(quantity * over, under)
        return None if rest else amount

    def rate(self, unit: str) -> Fraction | None:
        """How many counting units one of `unit` is; None where nobody says."""
        over, under = self._factor(unit)
        return Fraction(over, under) if over else None

    def shown(self, base: int | None, *, up: bool = False) -> str | None:
        """An amount as text in the shown unit; of bounds, what is finer is rounded safely."""
        if base is None:
            return None
        if self._plain:
            return spelled(base)
        over, under = base * self.per.denominator, self.per.numerator
        return spelled(-(-over // under) if up else over // under)

    @cached_property
    def _plain(self) -> bool:
        return self.per == 1

    @cached_property
    def _factors(self) -> dict[str, tuple[int, int]]:
        return {}

    def _factor(self, unit: str) -> tuple[int, int]:
        """What one of `unit` is in counting units, as a ratio; (0, 1) where nobody says."""
        if unit in self.apart:
            return 0, 1
        given = measure(unit)
        factor = given.factor / self.grain
        if given.dimension != self.dimension:
            factor *= dict(self.others).get(given.dimension, 0)
        return factor.numerator, factor.denominator


@dataclass(slots=True)
class Scales:
    """The scale of each item of some material. One for all lines of an item."""

    _found: dict[int, Scale] = field(default_factory=dict)
    _asides: dict[int, dict[str, Scale]] = field(default_factory=dict)
    _grains: dict[str, Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, material: Material) -> Scales:
        """From all lines there are. Linear."""
        units: defaultdict[int, set[str]] = defaultdict(set)
        for lines in material.lines.values():
            for line in lines:
                if line.unit is not None:
                    units[line.item].add(line.unit)
        scales = cls(_grains=_grains(set().union(*units.values())))
        alike: dict[tuple[str, tuple[Said, ...], str | None], _Measured] = {}
        for no, row in material.items.items():
            if row.kind == Kind.SERIAL:
                scales._found[no] = _COUNT
            elif no in units:
                dimension = min((measure(u).dimension for u in units[no]), key=_preference)
                said = _said(material, no, units[no], single=no in material.serials)
                key = dimension, said, row.product
                if key not in alike:
                    alike[key] = _measured(*key, material.master, scales._grains)
                scales._found[no], asides = alike[key]
                if asides:
                    scales._asides[no] = asides
        return scales

    def __getitem__(self, item: int) -> Scale:
        """How an item is measured; each, where no line says."""
        return self._found.get(item, _COUNT)

    def aside(self, item: int, unit: str | None) -> Scale | None:
        """How a line of an item is measured that cannot be said in the item's own unit."""
        scales = self._asides.get(item)
        return scales.get(unit) if scales and unit is not None else None

    def grain(self, dimension: str) -> Fraction:
        """How many base units of a dimension one counting unit is."""
        return self._grains.get(dimension, Fraction(1))

    def known(self, item: int) -> bool:
        """Whether any line says how it is measured."""
        return item in self._found


_COUNT = Scale(EACH, "count", Fraction(1))


# A unit in which amounts of an item are said, and the greatest amount that divides all of these;
# 0 where it does not matter.
Said = tuple[str, int]
_Measured = tuple[Scale, dict[str, Scale]]


def _grains(units: Iterable[str]) -> dict[str, Fraction]:
    """By dimension, the largest counting unit of which every unit is a whole number."""
    found: dict[str, Fraction] = {}
    for each in map(measure, units):
        found[each.dimension] = _common(found.get(each.dimension, Fraction(1)), each.factor)
    return found


def _common(one: Fraction, other: Fraction) -> Fraction:
    over = gcd(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(over, one.denominator * other.denominator)


def _said(material: Material, item: int, units: set[str], *, single: bool) -> tuple[Said, ...]:
    """The units of an item; `single`: of a lot whose units have names, too."""
    divisors = dict.fromkeys(units, 0)
    if single:
        divisors.setdefault(EACH, 0)
    if len({measure(unit) for unit in divisors}) > 1:
        for line in material.of_item[item]:
            if line.unit is not None and line.quantity is not None:
                divisors[line.unit] = gcd(divisors[line.unit], line.quantity)
        if single:
            divisors[EACH] = gcd(divisors[EACH], MICRO)
    return tuple(sorted(divisors.items()))


def _measured(
    dimension: str,
    said: tuple[Said, ...],
    product: str | None,
    master: Master,
    grains: Mapping[str, Fraction],
) -> _Measured:
    """How an item is measured; by unit, how what cannot be said so exactly is measured aside."""
    dimensions = {measure(unit).dimension for unit, _ in said}
    rates = {dimension: Fraction(1)}
    if len(dimensions) > 1:
        rates |= _into(dimension, sorted(dimensions), master.conversions(product))
    scale = _exact_scale(said, dimension, rates, grains.get(dimension, Fraction(1)))
    rest = tuple(each for each in said if not _reaches(scale, each[0]))
    asides: dict[str, Scale] = {}
    while rest:
        # Without factors: what these give is what could not be said exactly.
        one = measure(min(rest, key=lambda each: _preference(measure(each[0]).dimension))[0])
        own = tuple(each for each in rest if measure(each[0]).dimension == one.dimension)
        grain = grains.get(one.dimension, Fraction(1))
        aside = _exact_scale(own, one.dimension, {one.dimension: Fraction(1)}, grain)
        asides |= {unit: aside for unit, _ in own if _reaches(aside, unit)}
        rest = tuple(each for each in rest if each[0] not in asides)
    return scale, asides


def _reaches(scale: Scale, unit: str) -> bool:
    return scale.rate(unit) is not None


def _exact_scale(
    said: tuple[Said, ...], dimension: str, rates: Mapping[str, Fraction], grain: Fraction
) -> Scale:
    """A unit in which all amounts are exact; else one for as many units as may be.

    First the unit that they are in, then the base unit, then others from the coarsest on.
    """
    amounts: dict[str, Fraction] = {}
    for unit, divisor in said:
        one = measure(unit)
        if one.dimension in rates:
            amounts[unit] = divisor * one.factor * rates[one.dimension]
    own = {unit for unit in amounts if measure(unit).dimension == dimension}
    others = tuple((d, rate) for d, rate in sorted(rates.items()) if d != dimension)

    def scale(unit: str, apart: Iterable[str] = ()) -> Scale:
        per = measure(unit).factor / grain
        return Scale(unit, dimension, per, others, grain, frozenset(apart))

    for unit in _candidates(own, dimension, grain):
        factor = measure(unit).factor
        if all((amount / factor).denominator == 1 for amount in amounts.values()):
            return scale(unit)
    base = BASE.get(dimension, min(own))

    def whole(unit: str, of: str) -> bool:
        return (amounts[unit] / measure(of).factor).denominator == 1

    shown = base if any(whole(unit, base) for unit in own) else min(own)
    return scale(shown, (unit for unit in amounts if not whole(unit, shown)))


def _candidates(own: set[str], dimension: str, grain: Fraction) -> Iterator[str]:
    if len({measure(unit).factor for unit in own}) == 1:
        yield min(own)
    yield BASE.get(dimension, min(own))
    if dimension != "count":  # a named unit is one of each
        finer = [unit for unit, one in MEASURES.items() if one.dimension == dimension]
        for unit in sorted(finer, key=lambda u: (-MEASURES[u].factor, u.isupper(), u)):
            if (MEASURES[unit].factor / grain).denominator == 1:
                yield unit


def _preference(dimension: str) -> tuple[bool, str]:
    return dimension != "count", dimension


def _into(
    target: str, dimensions: Iterable[str], conversions: list[Conversion]
) -> dict[str, Fraction]:
    rates = {(c.dimension, c.to): c.factor for c in conversions}
    return {d: rates[d, target] for d in dimensions if (d, target) in rates}


class Grouped(NamedTuple):
    """Lines of one item at one event in one role: a lot's line includes those of its serials.

    `quantity` is in counting units, None where unknown; `unnamed` is what of it has no serial
    number, None also where nobody says how much of the lot one named unit is. `serials` are named
    among a lot's units. `pos` is where it stands first. `apart`: of a lot there is no line, only
    lines of its serials.
    """

    item: int
    quantity: int | None
    unnamed: int | None
    serials: tuple[int, ...]
    pos: str
    apart: bool = False


def grouped(material: Material, scales: Scales, lines: Sequence[Line]) -> list[Grouped]:
    """Sum lines (of one event, alike in what they do) by item, and post serials to their lots."""
    totals: dict[int, int | None] = {}
    first: dict[int, str] = {}
    named: dict[int, dict[int, None]] = {}
    for line in lines:
        item = line.item
        amount = scales[item].base(line.quantity, line.unit)
        if material.items[item].kind == _SERIAL:
            first.setdefault(item, line.pos)
            totals[item] = amount
            lot = line.lot or material.lot_of(item, line.seq, taken=line.flow == Flow.IN)
            if lot:
                named.setdefault(lot, {})[item] = None
                first.setdefault(lot, line.pos)
        elif item in first:
            before = totals.get(item, 0)
            totals[item] = None if before is None or amount is None else before + amount
        else:
            first[item] = line.pos
            totals[item] = amount
    found = []
    for item, pos in first.items():
        own = named.get(item, ())
        each = scales[item].base(MICRO, EACH) if own else MICRO
        found.append(_group(item, pos, totals, own, each))
    return found


def _group(
    item: int, pos: str, totals: dict[int, int | None], serials: Collection[int], each: int | None
) -> Grouped:
    count = None if each is None else len(serials) * each
    if item not in totals:
        unnamed = None if count is None else 0
        return Grouped(item, count, unnamed, tuple(serials), pos, apart=True)
    total = totals[item]
    if total is None or count is None:
        return Grouped(item, total, None, tuple(serials), pos)
    if total < 0:  # an adjustment: what is taken off has no line of serials to include
        return Grouped(item, total, total, tuple(serials), pos)
    return Grouped(item, max(total, count), max(0, total - count), tuple(serials), pos)
