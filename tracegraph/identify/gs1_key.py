"""GTIN and SSCC: the two GS1 keys that name what can be traced.

Source: GS1 General Specifications, sections on AI (00) and AI (01), and 7.9 (check digit).
"""

from __future__ import annotations

from functools import lru_cache

from tracegraph.identify.identification import Flaw, NotIdentified
from tracegraph.identify.mod10 import check_digit, has_valid_check_digit, is_digits

GTIN_LENGTHS = (8, 12, 13, 14)
GTIN_LENGTH = 14
SSCC_LENGTH = 18


def gtin14(digits: str) -> str:
    """The 14-digit form of a GTIN-8, GTIN-12, GTIN-13 or GTIN-14.

    >>> gtin14("9506000134352")
    '09506000134352'

    Raises:
        NotIdentified: other than digits, another length, or a wrong check digit.
    """
    found = gtin_or_flaw(padded(digits))
    if isinstance(found, Flaw):
        raise NotIdentified(found.detail)
    return found


def padded(digits: str) -> str:
    """A GTIN of 8, 12 or 13 digits with zeros up to 14; any other text as it is.

    >>> padded("95060001"), padded("950600")
    ('00000095060001', '950600')
    """
    if is_digits(digits) and len(digits) in GTIN_LENGTHS:
        return digits.zfill(GTIN_LENGTH)
    return digits


@lru_cache(maxsize=16_384)
def gtin_or_flaw(text: str) -> str | Flaw:
    """The text if it is a sound 14-digit GTIN, else what is wrong with it.

    >>> gtin_or_flaw("09506000134353")
    Flaw(code='check_digit', detail="The GTIN '09506000134353' would have to end in 2.")
    """
    return _key_or_flaw("GTIN", text, GTIN_LENGTH, "14 digits (8, 12 and 13 after zeros)")


def sscc_or_flaw(text: str) -> str | Flaw:
    """The text if it is a sound 18-digit SSCC, else what is wrong with it.

    >>> sscc_or_flaw("106141412345678908")
    '106141412345678908'
    """
    return _key_or_flaw("SSCC", text, SSCC_LENGTH, "18 digits")


def _key_or_flaw(name: str, text: str, length: int, form: str) -> str | Flaw:
    shown = repr(text[:60])
    if text and not is_digits(text):
        return Flaw("characters", f"Every {name} has digits only, not {shown}.")
    if len(text) != length:
        return Flaw("length", f"Every {name} has {form}; {shown} has {len(text)}.")
    if not has_valid_check_digit(text):
        right = check_digit(text[:-1])
        return Flaw("check_digit", f"The {name} {shown} would have to end in {right}.")
    return text
