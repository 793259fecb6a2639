"""Dates of six digits, YYMMDD: AI (11) and AI (17).

Source: GS1 General Specifications, section 7.12. Its window of a hundred years moves with the
year of reading (49 years back, 50 ahead). Here it stands still, as it stood in 2026, so that a
text read again in any later year gives the same date and an answer can be repeated.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from tracegraph.identify.mod10 import is_digits

FIRST_YEAR = 1977
DATE_LENGTH = 6


def date_of(text: str) -> date | None:
    """The date that YYMMDD means, with day 00 as the last of the month; None if it is no date.

    >>> date_of("280200")
    datetime.date(2028, 2, 29)
    >>> date_of("770101"), date_of("761231")
    (datetime.date(1977, 1, 1), datetime.date(2076, 12, 31))
    >>> date_of("000000") is None
    True
    """
    if len(text) != DATE_LENGTH or not is_digits(text):
        return None
    year = FIRST_YEAR + (int(text[:2]) - FIRST_YEAR) % 100
    month, day = int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None
