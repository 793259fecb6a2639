"""The identifiers of EPCIS events, each as an EPC URN or as a GS1 Digital Link.

    EPC URN ──into_link──> Digital Link ──into_urn──> EPC URN

What is translated: EPCs, classes of EPCs, places, parties and business transactions. All else
stays as it came: ids of events, words, sensors and their devices, master data, extensions.

Source: EPCIS 2.0, section 12.4 (REST binding, the header GS1-EPC-Format).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.canonical_urn import epc_urn
from tracegraph.store.projection.terms import CLASS_PARTS, EPC_LISTS, TYPED_PARTS

EpcFormat = Literal[
    "No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"
]
Translation: TypeAlias = Callable[[str], str]

_URN = "urn:epc:"
_PATTERN_OF_PLACES = "urn:epc:idpat:sgln:"
# The records within an event that name something, and the field by which each does.
_RECORDS = {"readPoint": "id", "bizLocation": "id"}
_LISTED = dict.fromkeys(CLASS_PARTS, "epcClass") | TYPED_PARTS


def into_link(identifier: str) -> str:
    """The canonical link of an EPC URN; anything else as it came, links too.

    >>> into_link("urn:epc:id:sgln:0614141.00001.0"), into_link("https://example.com/01/4")
    ('https://id.gs1.org/414/0614141000012', 'https://example.com/01/4')
    >>> into_link("urn:epc:idpat:sgln:0614141.00001.*")
    'urn:epc:idpat:sgln:0614141.00001.*'
    """
    wider = identifier.startswith(_PATTERN_OF_PLACES)  # than the link of the place itself
    found = canonical_link(identifier) if identifier.startswith(_URN) and not wider else None
    return found or identifier


def into_urn(identifier: str) -> str:
    """The EPC URN of a Digital Link; what has none as it came, so that nothing is lost.

    >>> into_urn("https://example.com/gln/0614141000012"), into_urn("urn:uuid:1")
    ('urn:epc:id:sgln:0614141.00001.0', 'urn:uuid:1')
    """
    return epc_urn(identifier) or identifier


def as_it_came(identifier: str) -> str:
    """The identifier itself."""
    return identifier


TRANSLATIONS: dict[EpcFormat, Translation] = {
    "No_Preference": as_it_came,
    "Always_GS1_Digital_Link": into_link,
    "Always_EPC_URN": into_urn,
    "Never_Translates": as_it_came,
}


def applied(asked: EpcFormat) -> EpcFormat:
    """What becomes of identifiers where this is asked for: without a preference, nothing."""
    return "Never_Translates" if asked == "No_Preference" else asked


def translated(event: Mapping[str, Any], into: Translation) -> dict[str, Any]:
    """An event with its identifiers translated; the one that is given stays what it was.

    A part that is not of its form stays as it came. Linear in the event's identifiers.
    """
    return {name: _part(name, value, into) for name, value in event.items()}


def _part(name: str, value: Any, into: Translation) -> Any:
    if name == "parentID":
        return _text(value, into)
    if name in EPC_LISTS and isinstance(value, list):
        return [_text(each, into) for each in value]
    if name in _RECORDS:
        return _record(value, _RECORDS[name], into)
    if name in _LISTED and isinstance(value, list):
        return [_record(each, _LISTED[name], into) for each in value]
    return value


def _text(value: Any, into: Translation) -> Any:
    return into(value) if isinstance(value, str) else value


def _record(value: Any, field: str, into: Translation) -> Any:
    if not isinstance(value, dict) or field not in value:
        return value
    return {**value, field: _text(value[field], into)}
