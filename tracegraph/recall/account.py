"""What is known of one item over time: its inflows, and what a draw at some instant may hold.

Let Q be all that flowed in by the instant of a draw, of which between a and b is affected. A draw
of q holds between max(0, q - (Q - a)) and min(q, b) affected units (domain, "Draws"). What left
without ever having come in, by the records, may be good: it adds to Q.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from tracegraph.recall.bounds import NOTHING, Bounds, between, perhaps, whole
from tracegraph.recall.flow import WHOLE, Thing

ALWAYS = -(2**200)  # before every instant
FOREVER = 2**200  # after every instant


def surely_before(instant: int, slack: int) -> int:
    """The last instant that was surely not after another one, by clocks that may differ."""
    return instant - slack - 1 if slack else instant


@dataclass(slots=True)
class Entry:
    """Something that came into an item, or happened to units in it (`quantity` 0).

    It counts from `start`; before `end` it may not be there yet. `again`: the item itself can
    reach it, so its units may be old ones, all but `fresh` at most and `sure_fresh` at least.
    `received`: by no hub. `named`, `apart`: see Inflow. `happened`: no units came, something
    happened to units that were there, to `unnamed` at least of those without a name. `sooner`:
    it may really have come then, for something drew it before it came by the records.
    """

    start: int
    end: int
    quantity: int | None
    bounds: Bounds = NOTHING
    again: bool = False
    named: bool = False
    apart: bool = False
    received: bool = False
    happened: bool = False
    fresh: int = 0
    sure_fresh: int = 0
    unnamed: int = 0
    sooner: int | None = None

    @property
    def surely(self) -> int:
        """By when it had surely come: not yet at that instant for a draw that it may be made of."""
        return self.end + self.again


class Sum(NamedTuple):
    """What flowed in by an instant. `certain_end`: when something certain had surely come."""

    quantity: int = 0
    unknown: bool = False  # an amount among it is unknown
    low: int = 0
    low_again: int = 0
    high: int = 0
    high_unknown: bool = False
    room: int = 0  # distinct units, at most
    sure_room: int = 0  # and at least
    every: bool = True
    some: bool = False
    certain_end: int | None = None
    again_end: int = ALWAYS  # when what may be made of a draw had surely come

    def plus(self, entry: Entry) -> Sum:
        """With one more entry."""
        bounds, amount = entry.bounds, entry.quantity
        end = self.certain_end
        if bounds.certain and (end is None or entry.surely < end):
            end = entry.surely
        if entry.happened:
            high = self.high + (bounds.high or 0)
            unknown = self.high_unknown or (bounds.some and bounds.high is None)
            some = self.some or bounds.some
            return self._replace(high=high, high_unknown=unknown, some=some, certain_end=end)
        return Sum(
            self.quantity + (amount or 0),
            self.unknown or amount is None,
            self.low + (min(entry.sure_fresh, bounds.low) if bounds.every else 0)
            if entry.again
            else self.low + bounds.low,
            max(self.low_again, bounds.low) if entry.again else self.low_again,
            self.high + (bounds.high or 0),
            self.high_unknown or (bounds.some and bounds.high is None),
            self.room + (entry.fresh if entry.again else amount or 0),
            self.sure_room + (entry.sure_fresh if entry.again else amount or 0),
            self.every and bounds.every,
            self.some or bounds.some,
            end,
            max(self.again_end, entry.surely) if entry.again else self.again_end,
        )

    @property
    def least(self) -> int:
        """At least so many units are affected; what came again may be what was there."""
        return max(self.low, self.low_again)

    @property
    def most(self) -> int | None:
        """At most so many; None where an amount is unknown."""
        if self.unknown:
            return None
        return self.room if self.high_unknown else min(self.high, self.room)


_EMPTY = Sum()


@dataclass(slots=True)
class Account:
    """One item: its entries by start, running sums, and seeds that act on all of it."""

    thing: Thing
    entries: list[Entry] = field(default_factory=list)
    missing: int = 0
    whole: bool = False
    timeless: bool = False  # an unknown amount: nothing is excluded by time
    returned: list[tuple[int, int]] = field(default_factory=list)  # see `until`
    changed: int = 0  # the round in which it last changed
    _starts: list[int] = field(default_factory=list)
    _sums: list[Sum] = field(default_factory=lambda: [_EMPTY])
    _unnamed: list[Sum] = field(default_factory=lambda: [_EMPTY])
    _places: dict[int, int] = field(default_factory=dict)
    _happened: list[tuple[int, int, int]] = field(default_factory=list)
    _later: list[Entry] = field(default_factory=list)

    def close(self) -> None:
        """All entries are in: put them in order."""
        self.entries.sort(key=lambda entry: (entry.start, entry.end))
        self._starts = [entry.start for entry in self.entries]
        self._places = {id(entry): place for place, entry in enumerate(self.entries)}
        most = unnamed = 0
        for entry in sorted((e for e in self.entries if e.happened), key=lambda entry: entry.end):
            most, unnamed = max(most, entry.bounds.low), max(unnamed, entry.unnamed)
            self._happened.append((entry.end, most, unnamed))
        self._later = [e for e in self.entries if (e.happened or e.again) and not e.named]

    @property
    def doubtful(self) -> bool:
        """Whether it may have units that no hub is recorded to have made."""
        return bool(self.missing) or any(entry.received for entry in self.entries)

    def happened(self, before: int, *, named: bool = True) -> int:
        """To at least so many units something had surely happened before an instant.

        Without `named`, of those that have no name of their own.
        """
        count = bisect_right(self._happened, (before, FOREVER, FOREVER))
        return self._happened[count - 1][1 if named else 2] if count else 0

    def happened_later(self, after: int, until: int) -> bool:
        """Whether units of it were, or may have been, affected after they had come."""
        return any(e.bounds.some and e.start <= until and after <= e.end for e in self._later)

    def set(self, entry: Entry, bounds: Bounds, round_: int) -> None:
        """Something else is known of an entry."""
        entry.bounds = bounds
        self.changed = round_
        valid = self._places[id(entry)] + 1
        del self._sums[valid:]
        del self._unnamed[valid:]

    def sum(self, until: int, *, named: bool = True) -> Sum:
        """What flowed in by `until`; without `named` only what serials can be drawn from."""
        count = bisect_right(self._starts, until)
        sums = self._sums if named else self._unnamed
        while len(sums) <= count:
            entry = self.entries[len(sums) - 1]
            last = sums[-1]
            following = last if entry.named and not named else last.plus(entry)
            if entry.again and not entry.named and not named:
                # Units that had names may have come again without.
                following = following._replace(room=last.room + (entry.quantity or 0))
            sums.append(following)
        return sums[count]

    def sum_of_own(self, until: int) -> Sum:
        """What flowed in by `until` by lines of the lot's own, named or not. Linear."""
        found = _EMPTY
        for entry in self.entries[: bisect_right(self._starts, until)]:
            if not entry.apart:
                found = found.plus(entry)
        return found

    def sum_without(self, until: int, entry: Entry) -> Sum:
        """What flowed in by `until`, but for one entry. Linear in what came after that."""
        place = self._places[id(entry)]
        count = bisect_right(self._starts, until)
        if count <= place:
            return self.sum(until)
        self.sum(until)
        found = self._sums[place]
        for other in self.entries[place + 1 : count]:
            found = found.plus(other)
        return found

    def until(self, end: int, slack: int) -> int:
        """Up to when what came, or happened, may be in a draw that ended then.

        `returned` says when something came back, and up to when it may have been met before.
        """
        until = end + slack
        count = bisect_right(self.returned, (until, FOREVER))
        return max(until, self.returned[count - 1][1]) if count else until

    def draw(
        self, quantity: int | None, start: int, end: int, slack: int, own: Entry | None = None
    ) -> Bounds:
        """What a draw between `start` and `end` may hold; its `own` output is not in it.

        Amortised O(1), O(log n) to find the instant.
        """
        if self.whole:
            return whole(quantity)
        until, passed = self.until(end, slack), surely_before(start, slack)
        happened = self.happened(passed)
        if own is None:
            return self.held(self.sum(until), quantity, passed, happened)
        if self.timeless:  # its own output may have been there when it happened
            happened = 0 if own.quantity is None else max(0, happened - own.quantity)
        return self.held(self.sum_without(until, own), quantity, passed, happened)

    def held(self, sum_: Sum, quantity: int | None, passed: int, happened: int) -> Bounds:
        """What so much of it may hold, given what had flowed in.

        What had come by `passed` had surely come, and to so many units something had `happened`.
        """
        if not sum_.some:
            return NOTHING
        before = sum_.certain_end is not None and sum_.certain_end <= passed
        if self.thing.serial:  # one unit, which stays affected once it is
            every = sum_.every and sum_.again_end <= passed
            return whole(WHOLE) if before or every else perhaps(WHOLE)
        drawn = self._drawn(sum_, quantity, happened)
        if not self.thing.mixture:
            return drawn
        return whole(quantity) if before or drawn.certain else perhaps(quantity)

    def _drawn(self, sum_: Sum, quantity: int | None, happened: int) -> Bounds:
        if quantity is None or sum_.unknown:
            if sum_.every and not self.missing:
                return whole(quantity)
            return between(0, self.most(sum_), quantity)
        good = sum_.quantity + self.missing - max(sum_.least, happened)
        return between(quantity - good, self.most(sum_), quantity)

    def most(self, sum_: Sum) -> int | None:
        """At most so many of a draw; what was never recorded is affected by what happens."""
        if sum_.unknown:
            return None
        room = sum_.room + self.missing
        return room if sum_.high_unknown else min(sum_.high, room)

    def earliest(self) -> tuple[int | None, int | None]:
        """When it may first be affected, and when it surely is; None is never."""
        if self.whole:
            return ALWAYS, ALWAYS
        some = [entry.start for entry in self.entries if entry.bounds.some]
        sure = [entry.surely for entry in self.entries if entry.bounds.certain]
        return min(some, default=None), min(sure, default=None)
