"""Bounds: how many units of an amount are affected, over all worlds."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from tracegraph.recall.flow import WHOLE


class Bounds(NamedTuple):
    """Affected units, in millionths: at least `low`, at most `high` (None: all, however many).

    `some`: affected in some world, as far as the rules can tell. `every`: all of it is affected,
    in every world.
    """

    low: int
    high: int | None
    some: bool
    every: bool

    @property
    def certain(self) -> bool:
        """Whether some of it is affected in every world."""
        return self.low > 0 or self.every


NOTHING = Bounds(0, 0, some=False, every=False)


def whole(quantity: int | None) -> Bounds:
    """All of it."""
    return Bounds(quantity or 0, quantity, some=True, every=True)


def perhaps(quantity: int | None) -> Bounds:
    """None of it, or any part, or all."""
    return Bounds(0, quantity, some=True, every=False)


def between(low: int, high: int | None, quantity: int | None) -> Bounds:
    """At least `low` and at most `high` of an amount, cut to what there is of it."""
    if quantity is None:
        return Bounds(max(0, low), high, some=high != 0, every=False)
    high = quantity if high is None else min(high, quantity)
    low = max(0, min(low, high))
    return Bounds(low, high, some=high > 0, every=0 < quantity == low)


def larger(one: Bounds, other: Bounds, quantity: int | None) -> Bounds:
    """Both say how much of the same amount is affected, by causes that may fall together."""
    if not other.some:
        return one
    if not one.some:
        return other
    if one.every or other.every:
        return whole(quantity)
    unknown = one.high is None or other.high is None
    high = None if unknown else (one.high or 0) + (other.high or 0)
    return between(max(one.low, other.low), high, quantity)


def together(one: Bounds, other: Bounds) -> Bounds:
    """Affected units of two amounts that share none, as a part of what holds both."""
    unknown = (one.some and one.high is None) or (other.some and other.high is None)
    high = None if unknown else (one.high or 0) + (other.high or 0)
    return Bounds(one.low + other.low, high, some=one.some or other.some, every=False)


class SlotUnits(NamedTuple):
    """The units of a slot: `total`, of which the affected are bounded. None: unknown amounts."""

    total: int | None
    low: int
    high: int
    some: bool
    every: bool
    counted: bool = True


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum of amounts; None where one of them is not known."""
    found = 0
    for amount in amounts:
        if amount is None:
            return None
        found += amount
    return found


def smallest(*limits: int | None) -> int | None:
    """The closest of some limits; None, no end, where none of them is one."""
    return min((limit for limit in limits if limit is not None), default=None)


def spread(
    slot: SlotUnits,
    quantity: int | None,
    takes: Fraction | None,
    need: Fraction,
    *,
    counted: bool = True,
) -> Bounds:
    """How many of `quantity` output units a slot affects (domain, "Events").

    `takes` is how many slot units an output unit takes (None: undeclared), `need` how many, in
    millionths, all outputs of the event take together; `counted`: output units are whole.
    Checked against every world of small slots in tests/property/worlds.py. O(1).
    """
    if not slot.some:
        return NOTHING
    if quantity is None:
        # Whatever it is, one unit takes some of the slot; others may have taken what is not there.
        return Bounds(WHOLE if slot.every else 0, None, some=True, every=False)
    if slot.total is None:
        return whole(quantity) if slot.every else perhaps(quantity)
    # Where units cannot be cut, what lacks may be a whole one.
    lacking = need > slot.total and slot.counted
    good = max(Fraction(slot.total), Fraction(_whole_up(need)) if lacking else need) - slot.low
    if takes is None or takes >= 1:
        each = 1 if takes is None else takes.numerator // takes.denominator
        spared = _whole_down(good / each, counted=counted)
        high = _whole_up(slot.high)
        if takes is not None and takes.denominator > 1:
            high *= 2  # a unit may be cut between two
        if takes is None and slot.total < need:
            high = quantity
        elif not slot.counted:
            high += WHOLE  # a stretch may end inside a unit at both of its ends
    else:
        serves = 1 / takes
        times = serves.numerator if serves.denominator == 1 else int(serves) + 2
        spared = _whole_down(good * times, counted=counted)
        high = slot.high * times
    return between(quantity - spared, high, quantity)


def _whole_down(amount: Fraction, *, counted: bool) -> int:
    """Whole units within an amount; of what is not counted, the amount, rounded up."""
    return int(amount // WHOLE) * WHOLE if counted else int(-(-amount // 1))


def _whole_up(amount: Fraction | int) -> int:
    return int(-(-amount // WHOLE)) * WHOLE
