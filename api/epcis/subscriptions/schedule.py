"""When a scheduled query is run: the moments of UTC that fit every field given.

Source: EPCIS 2.0, section 8.2.5.3 (QuerySchedule): each field is a list of numbers and of ranges
`[1-5]`, parted by commas; one that is absent fits any value, but for the second, which is then 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tracegraph.model.refusal import Refusal, json_type, pointer

FIELDS = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
NEVER = 253_402_300_799.0  # the last second of the calendar
_ELEMENT = re.compile(r"(\d{1,2})|\[(\d{1,2})-(\d{1,2})\]", re.ASCII)
_MOST_DAYS = 366 * 40 + 1  # 29 February on a given day of the week may be forty years away


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values that each field may have."""

    allowed: Mapping[str, frozenset[int]]

    def after(self, moment: datetime) -> datetime | None:
        """The first moment later than this one; None where there is none."""
        begin = (moment.astimezone(UTC) + timedelta(seconds=1)).replace(microsecond=0)
        for day in range(_MOST_DAYS):
            date = (begin + timedelta(days=day)).date()
            if not self._fits(date.month, date.day, date.isoweekday()):
                continue
            least = (begin.hour, begin.minute, begin.second) if day == 0 else (0, 0, 0)
            if (time := next(self._times(least), None)) is not None:
                return datetime(*date.timetuple()[:3], *time, tzinfo=UTC)
        return None

    def due(self, now: float) -> float:
        """When it comes next, in seconds since 1970; NEVER where it does not."""
        following = self.after(datetime.fromtimestamp(now, UTC))
        return NEVER if following is None else following.timestamp()

    def _fits(self, month: int, day: int, weekday: int) -> bool:
        allowed = self.allowed
        return (
            month in allowed["month"]
            and day in allowed["dayOfMonth"]
            and weekday in allowed["dayOfWeek"]
        )

    def _times(self, least: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
        """The times of a day that fit, from one on. What is before is passed over unlooked at."""
        hours, minutes, seconds = (sorted(self.allowed[f]) for f in ("hour", "minute", "second"))
        for hour in (h for h in hours if h >= least[0]):
            for minute in (m for m in minutes if (hour, m) >= least[:2]):
                yield from ((hour, minute, s) for s in seconds if (hour, minute, s) >= least)


def read_schedule(sent: Any, at: tuple[str, ...] = ()) -> Schedule | list[Refusal]:
    """A schedule, or what is wrong with it; `at` is where it stands."""
    if not isinstance(sent, Mapping) or not sent:
        accepted = f"an object with some of {', '.join(FIELDS)}"
        return [Refusal(pointer(at), "schedule", f"is {json_type(sent)}, or empty.", accepted)]
    allowed, faults = {}, []
    for name in sent.keys() - FIELDS.keys():
        accepted = ", ".join(FIELDS)
        faults.append(Refusal(pointer((*at, name)), "unknown", "is not a field.", accepted))
    for name, (low, high) in FIELDS.items():
        default = {0} if name == "second" else range(low, high + 1)
        values = _values(str(sent[name]), low, high) if name in sent else set(default)
        if not values:
            accepted = f"numbers from {low} to {high} and ranges as in [{low}-{high}], with commas"
            faults.append(Refusal(pointer((*at, name)), "field", "is not of its form.", accepted))
        allowed[name] = frozenset(values)
    return faults or Schedule(allowed)


def _values(text: str, low: int, high: int) -> set[int]:
    """The numbers that a field names; none where any part of it is wrong."""
    found: set[int] = set()
    for element in text.split(","):
        match = _ELEMENT.fullmatch(element.strip())
        if match is None:
            return set()
        first, last = int(match[1] or match[2]), int(match[1] or match[3])
        if not low <= first <= last <= high:
            return set()
        found |= set(range(first, last + 1))
    return found
