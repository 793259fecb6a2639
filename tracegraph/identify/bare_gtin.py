"""A GTIN alone, as an EAN, UPC or ITF-14 symbol carries it: it names a product.

A maker's own number of 8, 12, 13 or 14 digits passes for a GTIN one time in ten. A caller that
knows the text to be an own number looks it up first.
"""

from __future__ import annotations

from tracegraph.identify import symbology
from tracegraph.identify.gs1_key import gtin_or_flaw, padded
from tracegraph.identify.identification import Flaw, Identification


def parse(text: str) -> Identification | None:
    """The product that a bare GTIN names; None if the text is none.

    Without its check digit the text is no GTIN but some other number, unless a symbology
    identifier says that it was meant as one. Zeros alone are nobody's GTIN.

    >>> parse("9506000134352").gtin
    '09506000134352'
    >>> parse("9506000134353") is None
    True
    >>> parse("]E09506000134353").flaws[0].code
    'check_digit'
    """
    data, declared = symbology.without_identifier(text, symbology.GTINS)
    gtin = gtin_or_flaw(padded(data))
    if isinstance(gtin, Flaw):
        return Identification(text, "gtin", flaws=(gtin,)) if declared else None
    return Identification(text, "gtin", gtin=gtin) if gtin.strip("0") else None
