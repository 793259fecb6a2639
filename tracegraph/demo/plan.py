"""How much is made, and when: the size of each scale and the finished lots of each week."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

FIRST = 14  # the first week in which finished lots are packed; what they need is begun before


class Scale(StrEnum):
    """How large the demo is: thousands, a hundred thousand or a million items."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Size:
    """The figures of a scale; `lots` and `units` are per week and per finished lot."""

    weeks: int
    sets: int
    screws: int
    units: tuple[int, int]
    batch: int
    loose: int
    pallet: int  # cartons on a pallet


SIZES = {
    Scale.SMALL: Size(weeks=26, sets=1, screws=1, units=(50, 80), batch=150, loose=20, pallet=1),
    Scale.MEDIUM: Size(weeks=44, sets=3, screws=2, units=(400, 500), batch=700, loose=60, pallet=4),
    Scale.LARGE: Size(
        weeks=52, sets=6, screws=4, units=(1900, 2100), batch=3000, loose=100, pallet=20
    ),
}


_WEEKS = 52
_PER_UNIT = 3  # edges of the graph for each finished unit, near enough
_LOT = 2000  # units of a finished lot, where a week fills at least two of them


def sized(edges: float) -> Size:
    """A size whose history draws about so many edges: a year, and more lots or larger ones."""
    weekly = edges / _PER_UNIT / _WEEKS
    lots = max(2, round(weekly / _LOT))
    units = max(60, round(weekly / lots))
    screws = lots * 2 // 5 or 1
    return Size(
        weeks=_WEEKS,
        sets=lots - screws,
        screws=screws,
        units=(units * 19 // 20, units * 21 // 20),
        batch=units * 3 // 2,
        loose=max(20, units // 20),
        pallet=max(1, units // 100),
    )


@dataclass(frozen=True, slots=True)
class Campaign:
    """One finished lot that is to be packed."""

    product: str
    family: str
    units: int


# What is pouched for each family, and so what a finished lot of it takes.
POUCHED = {"set": "ST-SET", "35": "PS-35", "45": "PS-45"}


class Plan:
    """What a size and a seed ask for, week by week; each week's random numbers are its own."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self.seed = seed
        self.last = FIRST + self.size.weeks
        self._weeks: dict[int, tuple[Campaign, ...]] = {}

    def random(self, aggregate: str, week: int) -> Random:
        """The random numbers of one aggregate in one week."""
        return Random(f"{self.seed}/{aggregate}/{week}")

    def campaigns(self, week: int) -> tuple[Campaign, ...]:
        """The finished lots of a week; none outside the plan."""
        if not FIRST <= week < self.last:
            return ()
        if week not in self._weeks:
            self._weeks[week] = tuple(self._campaigns(week))
        return self._weeks[week]

    def _campaigns(self, week: int) -> list[Campaign]:
        rng = self.random("plan", week)
        low, high = self.size.units
        sold = ["FG-IS180" if (week + n) % 2 else "FG-IS180U" for n in range(self.size.sets)]
        if week % 3 == 0:
            sold.append("FG-IS180C")
        sold += ["BS-4540" if (week + n) % 2 else "BS-3530" for n in range(self.size.screws)]
        return [
            Campaign(
                product, product[3:5] if product[:2] == "BS" else "set", rng.randrange(low, high)
            )
            for product in sold
        ]

    def units(self, family: str, week: int) -> int:
        """Finished units of a family that are packed in a week."""
        return sum(lot.units for lot in self.campaigns(week) if lot.family == family)

    def wanted(self, family: str, week: int, stage: int) -> int:
        """Units to make `stage` steps before packing: some more at each step, for waste."""
        units = self.units(family, week)
        return units * (100 + 3 * stage) // 100 + 12 * stage if units else 0

    def weeks(self) -> range:
        """Every week of the history, from the first purchase to the last packing."""
        return range(self.last)
