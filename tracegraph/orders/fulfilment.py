"""Which items fulfilled which order line.

A *draw* is so much of an item that an event of the order shipped, delivered or returned. It goes
to the line that its `order_line` names; else to the lines of its product, the earliest due first,
as far as the former leave room, and the excess to the last of them. What fits no line was not
ordered. Amounts are exact: Fractions of millionths of the base unit of their dimension (each, g,
L, m), so nothing is rounded before it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tracegraph.identify.naming import product_name
from tracegraph.model.event import OrderLine
from tracegraph.model.quantity import spelled
from tracegraph.model.unit import measure
from tracegraph.store.projection.identity import Identity, content_of

COUNT = "count"
ZERO = Fraction(0)

Group = tuple[str, str]  # the name of a product used in keys, and a dimension


class Ordered(NamedTuple):
    """An order line. `need` is in millionths of base units; `factor` base units per line unit.

    A line in cases has the content of a case in its factor.
    """

    line: str
    product: str
    group: Group
    need: Fraction
    factor: Fraction
    due: date | None


class Draw(NamedTuple):
    """So much of an item (0: untraced) at an event; `amount` in millionths of base units.

    An unknown product is "" in the group; `amount` is None where the record says no quantity. With
    `within` it is a serial that the line of that lot, at the same event, includes.
    """

    event: int
    pos: str
    item: int
    product: str | None
    group: Group
    order_line: str | None
    amount: Fraction | None
    unit: str | None
    within: int = 0

    @property
    def counts(self) -> bool:
        """Whether its amount is known and not part of another's."""
        return self.amount is not None and not self.within


def ordered(lines: Iterable[OrderLine], identify: Callable[[str], Identity]) -> tuple[Ordered, ...]:
    """Order lines, their products identified and their quantities in base units. Linear."""
    found = []
    for line in lines:
        identity, unit = identify(line.product), measure(line.unit)
        factor = unit.factor
        if unit.dimension == COUNT:
            factor *= content_of(product_name(line.product), identity)
        group = (identity.main, unit.dimension)
        need = line.quantity.micro * factor
        found.append(Ordered(line.line, line.product, group, need, factor, line.due))
    return tuple(found)


def shown(amount: Fraction, factor: Fraction = Fraction(1)) -> str:
    """An amount in a unit of which one is `factor` base units, cut to a millionth.

    >>> shown(Fraction(36_000_000), Fraction(12)), shown(Fraction(1_000_000), Fraction(3))
    ('3', '0.333333')
    """
    return spelled((amount / factor).__floor__())


class Plan:
    """The lines of an order, ready to say where a draw belongs."""

    def __init__(self, lines: Sequence[Ordered]) -> None:
        self.lines = lines
        self.numbers: dict[str, int] = {}
        groups: defaultdict[Group, list[int]] = defaultdict(list)
        for index, line in enumerate(lines):
            self.numbers.setdefault(line.line, index)
            groups[line.group].append(index)
        for indexes in groups.values():
            indexes.sort(key=lambda index: (lines[index].due or date.max, index))
        self.groups = dict(groups)  # the lines of a product, earliest due first
        self.products = {product for product, _ in groups}

    def named(self, draw: Draw) -> int | None:
        """The line a draw names, where it can be counted in that line's unit."""
        index = None if draw.order_line is None else self.numbers.get(draw.order_line)
        if index is None or draw.amount is None:
            return index
        return index if draw.group[1] == self.lines[index].group[1] else None

    def inconvertible(self, draw: Draw) -> bool:
        """Whether a line is meant, but its unit measures something else."""
        if draw.amount is None or self.named(draw) is not None:
            return False
        meant = draw.order_line in self.numbers or draw.group[0] in self.products
        return meant and draw.group not in self.groups


class Filling:
    """How far lines are filled by draws, kept up draw by draw.

    `open` are the lines that are not full. O(lines of the product) for each draw.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.named = [ZERO] * len(plan.lines)
        self.pooled: defaultdict[Group, Fraction] = defaultdict(Fraction)
        self.totals: defaultdict[Group, Fraction] = defaultdict(Fraction)
        self.open = {index for index, line in enumerate(plan.lines) if line.need > 0}

    @property
    def begun(self) -> bool:
        """Whether anything was drawn."""
        return bool(self.totals)

    @property
    def whole(self) -> bool:
        """Whether every line is full; without lines nothing says what is whole."""
        return bool(self.plan.lines) and not self.open

    def add(self, draw: Draw) -> list[int]:
        """Count a draw; the lines that it filled."""
        if not draw.counts or draw.amount is None:
            return []
        index = self.plan.named(draw)
        group = self.plan.lines[index].group if index is not None else draw.group
        self.totals[group] += draw.amount
        if index is not None:
            self.named[index] += draw.amount
        elif group in self.plan.groups:
            self.pooled[group] += draw.amount
        return self._filled(group) if group in self.plan.groups else []

    def filled(self) -> list[Fraction]:
        """How much of each line is filled, its excess with the last line of a product."""
        found = list(self.named)
        for group, pooled in self.pooled.items():
            for index, share in self._shares(group, pooled):
                found[index] += share
        return found

    def _filled(self, group: Group) -> list[int]:
        """Lines of a group that were open and are full now."""
        if self.open.isdisjoint(self.plan.groups[group]):
            return []
        full = [
            index
            for index, share in self._shares(group, self.pooled[group])
            if index in self.open and self.named[index] + share >= self.plan.lines[index].need
        ]
        self.open.difference_update(full)
        return full

    def _shares(self, group: Group, pooled: Fraction) -> Iterable[tuple[int, Fraction]]:
        indexes = self.plan.groups[group]
        for index in indexes:
            room = max(self.plan.lines[index].need - self.named[index], ZERO)
            share = pooled if index == indexes[-1] else min(room, pooled)
            pooled -= share
            yield index, share


class Allocation(NamedTuple):
    """What each line got, and what fits none: draws, each with the amount that went there."""

    lines: list[list[tuple[Draw, Fraction]]]
    unordered: list[tuple[Draw, Fraction]]


def allocate(plan: Plan, draws: Sequence[Draw]) -> Allocation:
    """Give each draw to its lines, in the order of the draws. O(draws + lines).

    Sums by line are those of Filling. A serial within a lot stands where that lot's line went.
    """
    found: list[list[tuple[Draw, Fraction]]] = [[] for _ in plan.lines]
    unordered: list[tuple[Draw, Fraction]] = []
    room = [line.need for line in plan.lines]
    counted = [draw for draw in draws if draw.counts and draw.amount is not None]
    homes: dict[tuple[int, int], int] = {}
    pooled = []
    for draw in counted:
        index = plan.named(draw)
        if index is None:
            pooled.append(draw)
        else:
            found[index].append((draw, draw.amount or ZERO))
            room[index] -= draw.amount or ZERO
            homes.setdefault((draw.event, draw.item), index)
    at: defaultdict[Group, int] = defaultdict(int)
    for draw in pooled:
        if draw.group not in plan.groups:
            unordered.append((draw, draw.amount or ZERO))
            continue
        indexes, left = plan.groups[draw.group], draw.amount or ZERO
        while left > 0:
            index = indexes[at[draw.group]]
            last = index == indexes[-1]
            if room[index] <= 0 and not last:
                at[draw.group] += 1
                continue
            share = left if last else min(left, room[index])
            room[index] -= share
            left -= share
            found[index].append((draw, share))
            homes.setdefault((draw.event, draw.item), index)
    for draw in draws:
        if draw.within and draw.amount is not None:
            home = homes.get((draw.event, draw.within))
            (unordered if home is None else found[home]).append((draw, draw.amount))
    return Allocation(found, unordered)
