"""Element strings as people read and type them, identifiers in brackets: `(01)…(10)…`.

Source: GS1 General Specifications on human readable interpretation (HRI). Brackets are in
character set 82 too, so only those around a known application identifier begin an element.
"""

from __future__ import annotations

import re

from tracegraph.identify import application_identifier, symbology
from tracegraph.identify.element import (
    EXPIRES_ON,
    GTIN,
    MADE_ON,
    SSCC,
    Element,
    identification_of,
)
from tracegraph.identify.identification import Identification

_BRACKET = re.compile(r"\(([0-9]{2,4})\)")
_NUMBERS = frozenset({SSCC, GTIN, MADE_ON, EXPIRES_ON})


def parse(text: str) -> Identification | None:
    """What a bracketed element string names; None if the text does not start as one.

    Spaces around values, and inside numbers, are those of print and are dropped.

    >>> parse("(01) 0 9506000 13435 2 (10) A(05)").lot
    'A(05)'
    """
    data, _ = symbology.without_identifier(text, symbology.ELEMENT_STRINGS)
    begins = [m for m in _BRACKET.finditer(data) if application_identifier.is_known(m[1])]
    if not begins or begins[0].start() != 0:
        return None
    ends = [begin.start() for begin in begins[1:]] + [len(data)]
    elements = [
        _element(begin[1], data[begin.end() : end]) for begin, end in zip(begins, ends, strict=True)
    ]
    return identification_of(text, "bracketed", elements)


def _element(identifier: str, printed: str) -> Element:
    if identifier in _NUMBERS:
        return identifier, "".join(printed.split())
    return identifier, printed.strip()
