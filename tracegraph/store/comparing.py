"""Comparing two projections row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows that are too many here, and rows that are missing."""

    extra: list[Row]
    missing: list[Row]


def difference(here: Iterable[Row], there: Iterable[Row]) -> Difference:
    """What to take from `here` and what to add to make it `there`. Linear, in memory."""
    counts = Counter(here)
    missing: list[Row] = []
    for row in there:
        if counts[row] > 0:
            counts[row] -= 1
        else:
            missing.append(row)
    return Difference(list((+counts).elements()), missing)
