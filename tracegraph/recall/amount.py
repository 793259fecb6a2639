"""Amounts: the quantities of an item in one unit, exactly, or not at all.

Mass, volume, length and count convert within themselves, across only by the product's exact
factor (domain, "Ledger").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from tracegraph.model.key import Kind
from tracegraph.model.quantity import Quantity
from tracegraph.model.unit import EACH, measure
from tracegraph.recall.master import Conversion, Master
from tracegraph.recall.material import Line, Material

BASE = {"count": EACH, "mass": "g", "volume": "L", "length": "m"}


@dataclass(frozen=True, slots=True)
class Scale:
    """How an item is measured: the unit it is shown in, and the dimension of its base unit.

    `per` is how many base units one shown unit is. `others` convert other dimensions into it.
    """

    unit: str
    dimension: str
    per: Fraction
    others: tuple[tuple[str, Fraction], ...] = ()

    def base(self, quantity: int | None, unit: str | None) -> int | None:
        """Millionths of the base unit; None for what is unknown, or cannot be said exactly."""
        if quantity is None or unit is None:
            return None
        factor = _factor(self, unit)
        if factor is None:
            return None
        if factor == (1, 1):
            return quantity
        amount, rest = divmod(quantity * factor[0], factor[1])
        return None if rest else amount

    def shown(self, base: int | None, *, up: bool = False) -> str | None:
        """An amount of base units as text in the shown unit; what is finer is rounded safely."""
        if base is None:
            return None
        if self.per == 1:
            return _text(base)
        over, under = base * self.per.denominator, self.per.numerator
        return _text(-(-over // under) if up else over // under)


@lru_cache(maxsize=65_536)
def _text(micro: int) -> str:
    return str(Quantity(micro))


@lru_cache(maxsize=4096)
def _factor(scale: Scale, unit: str) -> tuple[int, int] | None:
    """What one of `unit` is in base units of a scale, as a ratio; None where nobody says."""
    given = measure(unit)
    factor = given.factor
    if given.dimension != scale.dimension:
        rate = dict(scale.others).get(given.dimension)
        if rate is None:
            return None
        factor *= rate
    return factor.numerator, factor.denominator


@dataclass(slots=True)
class Scales:
    """The scale of each item of some material. One for all lines of an item."""

    _found: dict[int, Scale] = field(default_factory=dict)

    @classmethod
    def of(cls, material: Material) -> Scales:
        """From all lines there are. Linear."""
        units: defaultdict[int, set[str]] = defaultdict(set)
        for lines in material.lines.values():
            for line in lines:
                if line.unit is not None:
                    units[line.item].add(line.unit)
        scales = cls()
        for no, row in material.items.items():
            if row.kind == Kind.SERIAL:
                scales._found[no] = _COUNT
            elif units[no]:
                scales._found[no] = _scale(units[no], row.product, material.master)
        return scales

    def __getitem__(self, item: int) -> Scale:
        """How an item is measured; each, where no line says."""
        return self._found.get(item, _COUNT)

    def known(self, item: int) -> bool:
        """Whether any line says how it is measured."""
        return item in self._found


_COUNT = Scale(EACH, "count", Fraction(1))


def _scale(units: set[str], product: str | None, master: Master) -> Scale:
    dimensions = sorted({measure(unit).dimension for unit in units}, key=_preference)
    dimension = dimensions[0]
    own = {unit for unit in units if measure(unit).dimension == dimension}
    same = len({measure(unit).factor for unit in own}) == 1
    unit = min(own) if same else BASE.get(dimension, min(own))
    others: tuple[tuple[str, Fraction], ...] = ()
    if len(dimensions) > 1:
        others = _into(dimension, dimensions[1:], master.conversions(product))
    return Scale(unit, dimension, measure(unit).factor, others)


def _preference(dimension: str) -> tuple[bool, str]:
    return dimension != "count", dimension


def _into(
    target: str, dimensions: Iterable[str], conversions: list[Conversion]
) -> tuple[tuple[str, Fraction], ...]:
    rates = {(c.dimension, c.to): c.factor for c in conversions}
    return tuple((d, rates[d, target]) for d in dimensions if (d, target) in rates)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Lines of one item at one event in one role: a lot's line includes those of its serials.

    `quantity` is in base units, None where unknown; `unnamed` is what of it has no serial
    number. `serials` are named among a lot's units. `pos` is where it stands first.
    """

    item: int
    quantity: int | None
    unnamed: int | None
    serials: tuple[int, ...]
    pos: str
    bare: bool  # a container itself, or an amount that cannot be said


def grouped(
    material: Material, scales: Scales, lines: Iterable[Line], happening_seq: int
) -> list[Grouped]:
    """Sum lines (of one event, alike in what they do) by item, and post serials to their lots."""
    at = material.events[happening_seq].end
    totals: dict[int, int | None] = {}
    first: dict[int, str] = {}
    named: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for line in lines:
        item = line.item
        first.setdefault(item, line.pos)
        kind = material.kind(item)
        if kind is Kind.SERIAL:
            totals[item] = scales[item].base(line.quantity, line.unit)
            lot = material.lot_at(item, at, line.lot)
            if lot:
                named[lot][item] = None
                first.setdefault(lot, line.pos)
        else:
            amount = scales[item].base(line.quantity, line.unit)
            before = totals.get(item, 0)
            totals[item] = None if before is None or amount is None else before + amount
    found = []
    for item, pos in first.items():
        count = len(named.get(item, ())) * 1_000_000
        serials = tuple(named.get(item, ()))
        if item not in totals:
            found.append(Grouped(item, count, 0, serials, pos, bare=False))
            continue
        total = totals[item]
        bare = total is None
        unnamed = None if total is None else max(0, total - count)
        if total is not None:
            total = max(total, count)
        found.append(Grouped(item, total, unnamed, serials, pos, bare))
    return found
