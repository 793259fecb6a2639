"""Symbology identifiers: the three characters by which a scanner says what it has read.

Source: ISO/IEC 15424 and the GS1 General Specifications' table of symbology identifiers.
"""

from __future__ import annotations

ELEMENT_STRINGS = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})
"""GS1-128, GS1 DataMatrix, GS1 QR Code, GS1 DataBar, GS1 DotCode."""

URIS = frozenset({"]d1", "]Q1", "]d2", "]Q3"})
"""Data Matrix and QR Code, plain and GS1."""

GTINS = frozenset({"]E0", "]E4", "]I1"})
"""EAN-13 and UPC, EAN-8, ITF-14."""

PLAIN = frozenset({"]A0", "]A1", "]C0", "]d1", "]Q1", "]z0"})
"""Code 39, Code 128, Data Matrix, QR Code and Aztec Code without the mark of GS1."""

_LENGTH = 3


def without_identifier(text: str, carriers: frozenset[str]) -> tuple[str, bool]:
    """The text behind a symbology identifier of these carriers, and whether it had one.

    >>> without_identifier("]C110A", ELEMENT_STRINGS)
    ('10A', True)
    >>> without_identifier("10A", ELEMENT_STRINGS)
    ('10A', False)
    """
    if text[:_LENGTH] in carriers:
        return text[_LENGTH:], True
    return text, False
