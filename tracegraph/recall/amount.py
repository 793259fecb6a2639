"""Amounts: the quantities of an item in one unit, exactly, or not at all.

Mass, volume, length and count convert within themselves, across only by the product's exact
factor (domain, "Ledger").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO, Quantity
from tracegraph.model.unit import EACH, measure
from tracegraph.recall.master import Conversion, Master
from tracegraph.recall.material import Line, Material
from tracegraph.store.projection.rows import Flow

_SERIAL = int(Kind.SERIAL)

BASE = {"count": EACH, "mass": "g", "volume": "L", "length": "m"}


@dataclass(frozen=True, eq=False)
class Scale:
    """How an item is measured: the unit it is shown in, and the dimension of its base unit.

    `per` is how many base units one shown unit is. `others` convert other dimensions into it.
    Items that are measured alike share one.
    """

    unit: str
    dimension: str
    per: Fraction
    others: tuple[tuple[str, Fraction], ...] = ()

    def base(self, quantity: int | None, unit: str | None) -> int | None:
        """Millionths of the base unit; None for what is unknown, or cannot be said exactly."""
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

    def shown(self, base: int | None, *, up: bool = False) -> str | None:
        """An amount of base units as text in the shown unit; what is finer is rounded safely."""
        if base is None:
            return None
        if self._plain:
            return _text(base)
        over, under = base * self.per.denominator, self.per.numerator
        return _text(-(-over // under) if up else over // under)

    @cached_property
    def _plain(self) -> bool:
        return self.per == 1

    @cached_property
    def _factors(self) -> dict[str, tuple[int, int]]:
        return {}

    def _factor(self, unit: str) -> tuple[int, int]:
        """What one of `unit` is in base units, as a ratio; (0, 1) where nobody says."""
        given = measure(unit)
        factor = given.factor
        if given.dimension != self.dimension:
            factor *= dict(self.others).get(given.dimension, 0)
        return factor.numerator, factor.denominator


@lru_cache(maxsize=65_536)
def _text(micro: int) -> str:
    return str(Quantity(micro))


@dataclass(slots=True)
class Scales:
    """The scale of each item of some material. One for all lines of an item."""

    _found: dict[int, Scale] = field(default_factory=dict)
    _asides: dict[int, dict[str, Scale]] = field(default_factory=dict)

    @classmethod
    def of(cls, material: Material) -> Scales:
        """From all lines there are. Linear."""
        units: defaultdict[int, set[str]] = defaultdict(set)
        for lines in material.lines.values():
            for line in lines:
                if line.unit is not None:
                    units[line.item].add(line.unit)
        scales = cls()
        alike: dict[tuple[frozenset[str], str | None, bool], Scale] = {}
        asides: dict[Scale, dict[str, Scale]] = {}
        for no, row in material.items.items():
            if row.kind == Kind.SERIAL:
                scales._found[no] = _COUNT
            elif no in units:
                key = frozenset(units[no]), row.product, no in material.serials
                scale = alike.get(key)
                if scale is None:
                    scale, others = _measured(*key, material.master)
                    alike[key], asides[scale] = scale, others
                scales._found[no] = scale
                if asides[scale]:
                    scales._asides[no] = asides[scale]
        return scales

    def __getitem__(self, item: int) -> Scale:
        """How an item is measured; each, where no line says."""
        return self._found.get(item, _COUNT)

    def aside(self, item: int, unit: str | None) -> Scale | None:
        """How a line of an item is measured whose unit no factor converts into the item's own."""
        scales = self._asides.get(item)
        return scales.get(measure(unit).dimension) if scales and unit is not None else None

    def known(self, item: int) -> bool:
        """Whether any line says how it is measured."""
        return item in self._found


_COUNT = Scale(EACH, "count", Fraction(1))


def _measured(
    said: frozenset[str], product: str | None, single: bool, master: Master
) -> tuple[Scale, dict[str, Scale]]:
    """How an item is measured, and what of it cannot be said so; `single`: units are named, too."""
    dimension = min((measure(unit).dimension for unit in said), key=_preference)
    units = said | {EACH} if single else said
    scale = _scale(dimension, units, product, master)
    return scale, _asides(scale, units)


def _scale(dimension: str, units: frozenset[str], product: str | None, master: Master) -> Scale:
    others_ = {measure(unit).dimension for unit in units} - {dimension}
    own = {unit for unit in units if measure(unit).dimension == dimension}
    others: tuple[tuple[str, Fraction], ...] = ()
    if others_:
        others = _into(dimension, sorted(others_), master.conversions(product))
    return _of_dimension(dimension, own, others)


def _asides(scale: Scale, units: Iterable[str]) -> dict[str, Scale]:
    """By dimension, scales of the units that a scale cannot say."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    reached = {scale.dimension, *dict(scale.others)}
    for unit in units:
        if measure(unit).dimension not in reached:
            others[measure(unit).dimension].add(unit)
    return {dimension: _of_dimension(dimension, own) for dimension, own in others.items()}


def _of_dimension(
    dimension: str, units: set[str], others: tuple[tuple[str, Fraction], ...] = ()
) -> Scale:
    alike = len({measure(unit).factor for unit in units}) == 1
    unit = min(units) if alike else BASE.get(dimension, min(units))
    return Scale(unit, dimension, measure(unit).factor, others)


def _preference(dimension: str) -> tuple[bool, str]:
    return dimension != "count", dimension


def _into(
    target: str, dimensions: Iterable[str], conversions: list[Conversion]
) -> tuple[tuple[str, Fraction], ...]:
    rates = {(c.dimension, c.to): c.factor for c in conversions}
    return tuple((d, rates[d, target]) for d in dimensions if (d, target) in rates)


class Grouped(NamedTuple):
    """Lines of one item at one event in one role: a lot's line includes those of its serials.

    `quantity` is in base units, None where unknown; `unnamed` is what of it has no serial
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
