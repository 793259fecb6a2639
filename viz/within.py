"""A search within a figure: how many items of a card hold what is typed, and of all cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracegraph.trace.answer import TracedItem


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in a figure.

    Of `of` items that have cards of their own `drawn` match, and `folded` more in `groups` groups.
    """

    drawn: int = 0
    of: int = 0
    folded: int = 0
    groups: int = 0


def hits(items: Iterable[TracedItem], text: str) -> int:
    """How many items hold a text in their number, key or product, whatever its case; "" none."""
    wanted = text.casefold()
    return sum(_holds(item, wanted) for item in items) if wanted else 0


def found(cards: Iterable[tuple[int, int]]) -> Found:
    """The sum of cards, each told by how many items it has and how many of them match.

    >>> found([(1, 1), (1, 0), (60, 2)])
    Found(drawn=1, of=2, folded=2, groups=1)
    """
    cards = list(cards)
    single = [matching for members, matching in cards if members == 1]
    folded = [matching for members, matching in cards if members > 1 and matching]
    return Found(sum(single), len(single), sum(folded), len(folded))


def _holds(item: TracedItem, wanted: str) -> bool:
    return any(wanted in (said or "").casefold() for said in (item.number, item.key, item.product))
