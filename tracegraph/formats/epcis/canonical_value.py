"""One spelling for every value of an event, whatever spelling its sender chose.

Source: CBV 2.0, section 8.9, rules on white space, numbers, times, words of the vocabulary,
compact URIs and GS1 keys.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tracegraph.formats.epcis.context import STANDARD, Context
from tracegraph.identify.canonical_link import canonical_link
from tracegraph.model.instant import Instant

CBV = STANDARD["cbv"]
GS1_VOCABULARY = STANDARD["gs1"]

_URN_OF_WORD = re.compile(r"urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):")
_LISTS = {"bizstep": "BizStep", "disp": "Disp", "btt": "BTT", "sdt": "SDT", "er": "ER"}
_BARE_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

# Three digits of exponent hold every double, and keep a short text from becoming a long number.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")

_MICROS_PER_MILLI = 1000


def canonical_value(text: str, context: Context, words: str = "") -> str:
    """The canonical spelling of a value, without white space around it.

    `words` is the URI that bare words of this field begin with, empty where it has none; any
    bare word gets it, whether the vocabulary has that word or not. A text that reads as a number
    is one, for in XML every value is a text: "0012" and 12 are alike.

    >>> canonical_value(" urn:epcglobal:cbv:bizstep:shipping ", Context())
    'https://ref.gs1.org/cbv/BizStep-shipping'
    >>> canonical_value("in_transit", Context(), words="https://ref.gs1.org/cbv/Disp-")
    'https://ref.gs1.org/cbv/Disp-in_transit'
    >>> canonical_value("https://example.com/gln/4012345000054", Context())
    'https://id.gs1.org/414/4012345000054'
    """
    value = context.uri(text.strip())
    if words and _BARE_WORD.fullmatch(value):
        return words + value
    value = _URN_OF_WORD.sub(lambda urn: f"{CBV}{_LISTS[urn[1]]}-", value)
    if _NUMBER.fullmatch(value):
        return canonical_number(value)
    return canonical_link(value) or value


def canonical_number(text: str) -> str:
    """A number without sign where it is positive, without exponent or superfluous zeros. Exact.

    >>> canonical_number("+0452.50"), canonical_number("1e-07"), canonical_number("-0.0")
    ('452.5', '0.0000001', '0')
    """
    plain = format(Decimal(text), "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def canonical_time(text: str) -> str:
    """A time in UTC with three digits of milliseconds, the half rounded up.

    A text that names no moment, such as one without its offset, stays as it is: what it means
    must not depend on the machine.

    >>> canonical_time("2023-02-02T12:04:03.1415+01:00")
    '2023-02-02T11:04:03.142Z'
    """
    stripped = text.strip()
    try:
        micros = Instant.parse(stripped).micros
        millis = (micros + _MICROS_PER_MILLI // 2) // _MICROS_PER_MILLI
        spelled = str(Instant(millis * _MICROS_PER_MILLI))
    except (ValueError, OverflowError):
        return stripped
    whole, _, digits = spelled.removesuffix("Z").partition(".")
    return f"{whole}.{digits:0<3}Z"
