"""The syntaxes that are known, and the one function that tries them.

A further syntax is one more module with a `parse` and one more entry in `PARSERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tracegraph.identify import (
    bare_gtin,
    bracketed,
    digital_link,
    element_string,
    epc_urn,
    hibc,
    iccbba,
)
from tracegraph.identify.identification import Identification, NotIdentified

Parser = Callable[[str], Identification | None]
"""None means: not my syntax. A text of the syntax that is wrong inside comes back with flaws."""

PARSERS: tuple[Parser, ...] = (
    digital_link.parse,
    epc_urn.parse,
    bracketed.parse,
    element_string.parse,
    hibc.parse,
    iccbba.parse,
    bare_gtin.parse,
)
"""Tried in turn; the first that knows the text decides. No text is known to two of them."""

LONGEST = 8_000
"""Characters. The largest QR Code holds 7,089 digits, so a longer text is no label."""

_AROUND = " \t\r\n"
"""White space dropped around a text. Not ASCII 29, which white space includes elsewhere: FNC1."""

_BEHIND_HIBC = "\t\r\n"
"""White space dropped behind HIBC labels, whose last character may be a space."""

_ACCEPTED = (
    "GS1 element strings, bracketed as in (01)09506000134352(10)A or as scanned; "
    "GS1 Digital Links as in https://id.gs1.org/01/09506000134352/10/A; "
    "EPC URNs urn:epc:id:sgtin, urn:epc:id:sscc, urn:epc:class:lgtin and urn:epc:idpat:sgtin; "
    "HIBC labels as in +A123BJC5D6E71G or +A123BJC5D6E71/$$0529LOT7; "
    "ISBT 128 labels as in =/A9999XYZ100T0944=,000025; GTINs of 8, 12, 13 or 14 digits"
)


def identify(text: str) -> Identification:
    """What the text names: the same answer for the same text, at any time.

    Of an element string without brackets, starting with neither AI (01) nor AI (00), and of a
    bare number, only what proves itself is read; a lot number alone is never taken for more.

    >>> identify("(01)09506000134352(10)C1").lot
    'C1'
    >>> identify("https://id.gs1.org/01/09506000134352/21/7").serial
    '7'
    >>> identify("LOT-7")
    Traceback (most recent call last):
    ...
    tracegraph.identify.identification.NotIdentified: 'LOT-7' is in none of the accepted forms: ...

    Raises:
        NotIdentified: the text is in none of the known syntaxes, or longer than any label.
    """
    bare = text.strip(_AROUND)
    if len(bare) <= LONGEST:
        spaced = text.lstrip(_AROUND).rstrip(_BEHIND_HIBC)
        for parse in PARSERS:
            found = parse(spaced if parse is hibc.parse else bare)
            if found is not None:
                return found if bare == text else replace(found, raw=text)
    shown = repr(text[:60]) + ("…" if len(text) > 60 else "")
    raise NotIdentified(f"{shown} is in none of the accepted forms: {_ACCEPTED}.")
