"""The table of GS1 application identifiers, as `biip` carries it.

Source: GS1 General Specifications, section 3 (the identifiers) and 7.8 (processing of data by
their predefined lengths).
"""

from __future__ import annotations

import re
from functools import lru_cache

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

LONGEST = 4
_FIXED = re.compile(r"N\d\+N(\d+)")


@lru_cache(maxsize=1024)
def starting(text: str) -> GS1ApplicationIdentifier | None:
    """The application identifier that the text starts with; pass at most its first four.

    >>> starting("10AB").ai
    '10'
    >>> starting("05AB") is None
    True
    """
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return None


def is_known(identifier: str) -> bool:
    """Whether this, whole, is an application identifier."""
    found = starting(identifier)
    return found is not None and found.ai == identifier


def fixed_length(identifier: GS1ApplicationIdentifier) -> int | None:
    """The number of digits in the value, None where a separator ends it.

    >>> fixed_length(starting("17"))
    6
    """
    if identifier.separator_required:
        return None
    form = _FIXED.fullmatch(identifier.format)
    return int(form[1]) if form else None


def is_well_formed(identifier: GS1ApplicationIdentifier, value: str) -> bool:
    """Whether the value has the form that its identifier asks for."""
    return re.fullmatch(identifier.pattern, identifier.ai + value, re.ASCII) is not None
