"""Single units: what each one is, and every choice among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tracegraph.recall.flow import WHOLE

EVER = -(10**9)  # before every instant
Key = tuple[Any, ...]  # what was counted: see `tests.property.worlds.worlds`


class Unit(NamedTuple):
    """One unit. `ever`: counted as affected already; `done`: whatever it is made of.

    `parts` are what it was built of, where a disassembly may give that back.
    """

    start: int
    bad: bool = False
    ever: bool = False
    tag: int = 0  # its serial
    done: bool = False
    ghost: bool = False
    hits: int = 0  # which seeds have it among their units, where it may come back
    parts: tuple[tuple[int, Any], ...] = ()


GOOD, BAD = Unit(EVER), Unit(EVER, bad=True)
LATER = 1 << 20  # it came back, so that what happened at that instant was before


def put(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


def subsets(units: Iterable[Unit], size: int) -> Iterator[tuple[Unit, ...]]:
    """Every choice of `size` units, those alike taken for one another."""
    counts = sorted(Counter(units).items())

    def choose(place: int, left: int) -> Iterator[tuple[Unit, ...]]:
        if not left:
            yield ()
        elif place < len(counts):
            unit, count = counts[place]
            for taken in range(min(left, count) + 1):
                for rest in choose(place + 1, left - taken):
                    yield (unit,) * taken + rest

    return choose(0, size)


def without(units: Iterable[Unit], taken: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(sorted((Counter(units) - Counter(taken)).elements()))


def units_of(line: Any) -> int:
    return (line.quantity or 0) // WHOLE


def most_of(quantity: int | None, count: int) -> int:
    return count if quantity is None else min(count, quantity // WHOLE)
