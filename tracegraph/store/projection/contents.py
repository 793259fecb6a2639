"""What a container holds at an instant: a fold of its packing records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from tracegraph.model.unit import measure
from tracegraph.store.projection.facts import Fact

_MOST = 2**63 - 1  # what an engine can keep


class Content(NamedTuple):
    """An item in a container; quantity in millionths of `unit`, None is unknown."""

    item: int
    lot: int
    quantity: int | None
    unit: str | None
    single: bool = False  # a serial or a container: inside or not, never more than one


@dataclass(frozen=True, slots=True)
class Packing:
    """A pack or unpack event with its lines as contents; an unpack without lines empties."""

    fact: Fact
    lines: tuple[Content, ...]

    @property
    def packs(self) -> bool:
        """Whether this puts in, not takes out."""
        return self.fact.event.type == "pack"

    @property
    def empties(self) -> bool:
        """Whether nothing of what came before is left."""
        return not self.packs and not self.lines


def held(packings: Iterable[Packing]) -> dict[int, Content]:
    """The contents after `packings`, given in the order of their instants. Linear."""
    inside: dict[int, Content] = {}
    for packing in packings:
        if packing.empties:
            inside.clear()
        for line in packing.lines:
            before = inside.get(line.item)
            if packing.packs:
                inside[line.item] = line if before is None else _added(before, line)
            elif before is not None:
                left = _taken(before, line)
                if left is None:
                    del inside[line.item]
                else:
                    inside[line.item] = left
    return inside


def _added(before: Content, line: Content) -> Content:
    lot = line.lot or before.lot
    if line.single:
        return Content(line.item, lot, line.quantity, line.unit, single=True)
    there, more, unit = _alike(before, line)
    if there is None or more is None or there + more > _MOST:
        return Content(line.item, lot, None, None)
    return Content(line.item, lot, there + more, unit)


def _taken(before: Content, line: Content) -> Content | None:
    """What is left; an amount that cannot be compared leaves an unknown rest, not nothing."""
    if line.single:
        return None
    there, less, unit = _alike(before, line)
    if there is None or less is None or there > _MOST:
        return Content(before.item, before.lot, None, None)
    rest = there - less
    return Content(before.item, before.lot, rest, unit) if rest > 0 else None


def _alike(before: Content, line: Content) -> tuple[int | None, int | None, str | None]:
    """Both amounts in the finer of their units; None where that cannot be said exactly."""
    if before.unit == line.unit or before.unit is None or line.unit is None:
        return before.quantity, line.quantity, line.unit
    had, said = measure(before.unit), measure(line.unit)
    if had.dimension != said.dimension:
        return None, None, None
    unit = before.unit if had.factor < said.factor else line.unit
    finer = min(had.factor, said.factor)
    return (
        _times(before.quantity, had.factor / finer),
        _times(line.quantity, said.factor / finer),
        unit,
    )


def _times(quantity: int | None, rate: Fraction) -> int | None:
    if quantity is None:
        return None
    amount, rest = divmod(quantity * rate.numerator, rate.denominator)
    return None if rest else amount
