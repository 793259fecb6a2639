"""From application identifiers and their values to an identification.

Element strings, bracketed text and Digital Links differ only in how they separate elements;
what the elements mean together is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tracegraph.identify.gs1_date import DATE_LENGTH, date_of
from tracegraph.identify.gs1_key import gtin_or_flaw, sscc_or_flaw
from tracegraph.identify.gs1_text import text_or_flaw
from tracegraph.identify.identification import Flaw, Identification, Syntax

SSCC, GTIN, LOT, SERIAL = "00", "01", "10", "21"
MADE_ON, EXPIRES_ON, EXPIRES_AT = "11", "17", "7003"
SOFTWARE_VERSION = "8012"
THIRD_PARTY_SERIAL = "235"

IDENTIFYING = frozenset({SSCC, GTIN, LOT, SERIAL})

Element = tuple[str, str]
"""An application identifier and its value."""


def identification_of(
    raw: str, syntax: Syntax, elements: Iterable[Element], flaws: Iterable[Flaw] = ()
) -> Identification | None:
    """What the elements name together; None if nothing in them identifies and nothing is flawed.

    Order does not matter, elements with other identifiers are passed over, and an element that
    is repeated with one value counts once. `flaws` are those found while separating.

    >>> identification_of("", "bracketed", [("10", "A")]).flaws[0].code
    'no_key'
    """
    values: dict[str, set[str]] = {}
    for identifier, value in elements:
        values.setdefault(identifier, set()).add(value)
    found = list(flaws)
    if not found and IDENTIFYING.isdisjoint(values):
        return None

    def sound(identifier: str, name: str, rule: Callable[[str], str | Flaw]) -> str | None:
        given = values.get(identifier, set())
        if len(given) > 1:
            found.append(Flaw("repeated", f"One label has one {name}, not {len(given)}."))
        if len(given) != 1:
            return None
        result = rule(*given)
        if isinstance(result, Flaw):
            found.append(result)
            return None
        return result

    sscc = sound(SSCC, "SSCC", sscc_or_flaw)
    gtin = sound(GTIN, "GTIN", gtin_or_flaw)
    if SSCC in values and GTIN not in values:
        return Identification(raw, syntax, sscc=sscc, flaws=tuple(found))
    lot = sound(LOT, "lot", lambda text: text_or_flaw("lot", text))
    serial = sound(SERIAL, "serial", lambda text: text_or_flaw("serial", text))
    if not found and GTIN not in values:
        found.append(Flaw("no_key", "A lot or serial names an item only beside a GTIN, AI (01)."))
    if THIRD_PARTY_SERIAL in values and SERIAL not in values:
        found.append(
            Flaw("qualifier", "A unit is told apart by its serial, AI (21), not by AI (235).")
        )
    return Identification(
        raw,
        syntax,
        gtin=gtin,
        lot=lot,
        serial=serial,
        sscc=sscc,
        made_on=date_of(_only(values.get(MADE_ON))),
        expires_on=date_of(_only(values.get(EXPIRES_ON)))
        or date_of(_only(values.get(EXPIRES_AT))[:DATE_LENGTH]),
        version=_only(values.get(SOFTWARE_VERSION)) or None,
        flaws=tuple(found),
    )


def _only(given: set[str] | None) -> str:
    """The one value given, or no text where there is none or more than one."""
    return next(iter(given)) if given and len(given) == 1 else ""
