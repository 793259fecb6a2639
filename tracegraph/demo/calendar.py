"""The demo's calendar: minutes since a fixed Monday, written in the local time of a site."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

START = datetime(2024, 7, 1, tzinfo=UTC)
HOUR = 60
DAY = 24 * HOUR
WEEK = 7 * DAY

CHINA = "Asia/Shanghai"
EUROPE = "Europe/Amsterdam"
WORLD = "UTC"


def _since_start(moment: datetime) -> int:
    return (moment - START) // timedelta(minutes=1)


# Summer time of the European Union: last Sunday of March to last Sunday of October, at 01:00 UTC.
_SUMMERS = tuple(
    (_since_start(begin), _since_start(end))
    for begin, end in (
        (datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 1, tzinfo=UTC)),
        (datetime(2025, 3, 30, 1, tzinfo=UTC), datetime(2025, 10, 26, 1, tzinfo=UTC)),
    )
)


def offset(minute: int, zone: str) -> int:
    """Minutes that a clock in `zone` is ahead of UTC."""
    if zone == CHINA:
        return 8 * HOUR
    if zone == EUROPE:
        return 2 * HOUR if any(begin <= minute < end for begin, end in _SUMMERS) else HOUR
    return 0


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return (START + timedelta(days=day)).date().isoformat()


def stamp(minute: int, zone: str) -> str:
    """The minute in RFC 3339, with the offset of `zone`.

    >>> stamp(0, CHINA), stamp(90, WORLD)
    ('2024-07-01T08:00:00+08:00', '2024-07-01T01:30:00Z')
    """
    ahead = offset(minute, zone)
    day, rest = divmod(minute + ahead, DAY)
    tail = f"+{ahead // HOUR:02d}:00" if ahead else "Z"
    return f"{_date(day)}T{rest // HOUR:02d}:{rest % HOUR:02d}:00{tail}"


def day_of(minute: int, plus_days: int = 0) -> str:
    """The date (UTC) of a minute, or of that many days later."""
    return _date(minute // DAY + plus_days)


def code_of(minute: int) -> str:
    """Year and ISO week of a minute, as four digits."""
    return _code(minute // DAY)


@lru_cache(maxsize=4096)
def _code(day: int) -> str:
    year, week, _ = (START + timedelta(days=day)).date().isocalendar()
    return f"{year % 100:02d}{week:02d}"


def local(week: int, day: int, hour: int, zone: str, minute: int = 0) -> int:
    """The minute at which clocks in `zone` show `hour` on that day (0 is Monday) of a week."""
    shown = week * WEEK + day * DAY + hour * HOUR + minute
    return shown - offset(shown, zone)


def moment(text: str, zone: str) -> int:
    """The minute of a local time such as 2024-09-02 09:30."""
    shown = _since_start(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return shown - offset(shown, zone)


def days_between(first: str, last: str) -> int:
    """Whole days from one date to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
