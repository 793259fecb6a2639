"""GS1 element strings as a scanner sends them: identifiers and values without brackets.

Source: GS1 General Specifications, section 7.8. A value of predefined length ends by its length,
any other by FNC1, which scanners send as ASCII 29.

A text that does not declare itself, by a symbology identifier or an FNC1, is often no element
string but somebody's own number. It is read as one only if it starts with AI (01) and 14 digits
or AI (00) and 18, and either that key has its check digit or the whole text divides into
elements; or if it starts with another identifier, holds such a key, and both are so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tracegraph.identify import application_identifier, symbology
from tracegraph.identify.element import (
    GTIN,
    IDENTIFYING,
    SSCC,
    Element,
    identification_of,
)
from tracegraph.identify.gs1_key import gtin_or_flaw, sscc_or_flaw
from tracegraph.identify.identification import Flaw, Identification
from tracegraph.identify.mod10 import is_digits

FNC1 = "\x1d"
_KEYS: dict[str, Callable[[str], str | Flaw]] = {GTIN: gtin_or_flaw, SSCC: sscc_or_flaw}
_STARTS_WITH_KEY = re.compile(r"01[0-9]{14}|00[0-9]{18}")


def parse(text: str) -> Identification | None:
    r"""What an element string names; None if the text is none.

    >>> parse("0109506000134352" "17280200" "10AB-1\x1d" "21S7").serial
    'S7'
    >>> parse("10AB-1") is None
    True
    """
    data, declared = symbology.without_identifier(text, symbology.ELEMENT_STRINGS)
    elements, flaws = _separate(data)
    if not any(identifier in IDENTIFYING for identifier, _ in elements):
        return None
    if not (declared or FNC1 in data):
        proven = any(
            identifier in _KEYS and not isinstance(_KEYS[identifier](value), Flaw)
            for identifier, value in elements
        )
        proofs = (proven, not flaws)
        if not (any(proofs) if _STARTS_WITH_KEY.match(data) else all(proofs)):
            return None
    return identification_of(text, "element-string", elements, flaws)


def _separate(data: str) -> tuple[list[Element], list[Flaw]]:
    """The elements of the text, in order, up to its end or to where no identifier begins."""
    elements: list[Element] = []
    flaws: list[Flaw] = []
    at = 0
    while at < len(data):
        if data[at] == FNC1:
            at += 1
            continue
        identifier = application_identifier.starting(data[at : at + application_identifier.LONGEST])
        if identifier is None:
            flaws.append(
                Flaw(
                    "application_identifier",
                    f"An application identifier should begin at {data[at : at + 20]!r}.",
                )
            )
            break
        start = at + len(identifier)
        separator = data.find(FNC1, start)
        end = len(data) if separator < 0 else separator
        length = application_identifier.fixed_length(identifier)
        if length is not None:
            end = min(end, start + length)
        value = data[start:end]
        elements.append((identifier.ai, value))
        if identifier.ai not in IDENTIFYING:
            if length is None:
                sound = application_identifier.is_well_formed(identifier, value)
            else:
                sound = len(value) == length and is_digits(value)
            if not sound:
                flaws.append(
                    Flaw(
                        "malformed",
                        f"AI {identifier} has the form {identifier.format}, unlike {value[:60]!r}.",
                    )
                )
        at = end
    return elements, flaws
