"""Dates of a year and the day in it: YYJJJ on HIBC labels, YYYJJJ on those of ISBT 128.

Sources: ANSI/HIBC 2.6, table of quantity and date formats; ISBT 128 Standard Technical
Specification, data structures 004 and 008. Neither says its century: years are read from the same
first one as those of six digits are (see `gs1_date`), so an answer can be repeated.
"""

from __future__ import annotations

from datetime import date, timedelta

from tracegraph.identify.gs1_date import FIRST_YEAR
from tracegraph.identify.mod10 import is_digits

_DAY_DIGITS = 3


def ordinal_date_of(text: str) -> date | None:
    """The date of the last two or three digits of a year and the day in it; None if it is none.

    >>> ordinal_date_of("28060"), ordinal_date_of("026366")
    (datetime.date(2028, 2, 29), None)
    """
    if not is_digits(text) or len(text) not in (5, 6):
        return None
    century = 10 ** (len(text) - _DAY_DIGITS)
    year = FIRST_YEAR + (int(text[:-_DAY_DIGITS]) - FIRST_YEAR) % century
    day = int(text[-_DAY_DIGITS:])
    if not day:
        return None
    found = date(year, 1, 1) + timedelta(days=day - 1)
    return found if found.year == year else None
