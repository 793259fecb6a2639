"""Values, so many at a time: what one statement takes, or one piece of an answer holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Values in their order, `size` of them in a list, fewer in the last; no list is empty.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    left = iter(values)
    while some := list(islice(left, size)):
        yield some
