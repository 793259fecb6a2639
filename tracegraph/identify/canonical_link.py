"""GS1 keys in URIs, each brought to the one form that an event hash is made of.

    EPC URN ──────────────────┐
    Digital Link, any domain ─┴─> https://id.gs1.org/{key}[/{finest qualifier}]

Keys are named by their application identifiers. Check digits are added to URNs, which have
none; those of Digital Links are not checked, as a hash is no judgement.

Source: CBV 2.0, section 8.9 (the constrained canonical Digital Link, and which keys it has); EPC
Tag Data Standard 1.13, section 6.3 (URNs), and its sections on classes and patterns; GS1 Digital
Link Standard: URI Syntax, 1.2, section 4.11 (canonical form).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from tracegraph.identify.application_identifier import is_well_formed, starting
from tracegraph.identify.epc_scheme import (
    ANY,
    COMPONENT,
    COMPONENT_SERIAL,
    EXTENSION,
    GLN,
    GRAI,
    GTIN,
    ITIP,
    LOT,
    NO_EXTENSION,
    PATTERN,
    SCHEMES,
    SERIAL,
    THIRD_PARTY_SERIAL,
    Scheme,
)
from tracegraph.identify.gs1_key import padded
from tracegraph.identify.identification import Flaw
from tracegraph.identify.mod10 import check_digit, is_digits
from tracegraph.identify.percent import decoded_or_flaw
from tracegraph.model.key import GS1

_VARIANT = "22"
# Each key with the qualifiers that it may keep, the finest first: only one is kept.
_KEYS: dict[str, tuple[str, ...]] = {
    "00": (),
    GTIN: (SERIAL, THIRD_PARTY_SERIAL, LOT),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    GLN: (EXTENSION,),
    "417": (),
    GRAI: (),
    "8004": (),
    ITIP: (SERIAL, LOT),
    COMPONENT: (COMPONENT_SERIAL,),
    "8017": (),
    "8018": (),
}
_NEVER_KEPT = {GTIN: {_VARIANT}, ITIP: {_VARIANT}}
_SHORT_NAMES = {
    "sscc": "00", "gtin": GTIN, "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402",
    "gln": GLN, "party": "417", "grai": GRAI, "giai": "8004", "itip": ITIP, "cpid": COMPONENT,
    "gsrnp": "8017", "gsrn": "8018", "cpv": _VARIANT, "lot": LOT, "ser": SERIAL,
}  # fmt: skip

_URN = re.compile(r"urn:epc:([a-z]+:[a-z]+):([0-9]{6,12})\.(.*)", re.DOTALL)
_URI = re.compile(r"https?://[^/?#\s]+/(?P<path>[^?#\s]*)(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_COMPANY = re.compile(r"[0-9]{4}")

# Characters of set 82 that a canonical link leaves as they are, beside letters and digits.
_PLAIN = "-._';="

Elements = list[tuple[str, str]]
"""A key and its qualifiers: application identifiers with their values, decoded."""


def canonical_link(text: str) -> str | None:
    """The canonical link of a URI with a GS1 key; None if it has none, or none that is sound.

    Linear in the text. The canonical form is its own canonical form.

    >>> canonical_link("urn:epc:id:sgtin:0614141.812345.6789%2F!")
    'https://id.gs1.org/01/80614141123458/21/6789%2F%21'
    >>> canonical_link("https://example.com/p/gtin/9780345418913/lot/7/ser/A?11=221109")
    'https://id.gs1.org/01/09780345418913/21/A'
    >>> canonical_link("https://example.com/2026/01/15") is None
    True
    """
    elements = _first_sound(_of_urn(text)) or elements_of_link(text)
    return None if elements is None else _written(elements)


def elements_of_link(text: str) -> Elements | None:
    """The key of a link with all the qualifiers in its path; None where it has no sound key.

    >>> elements_of_link("https://example.com/gtin/9780345418913/lot/7/ser/A?11=221109")
    [('01', '09780345418913'), ('10', '7'), ('21', 'A')]
    """
    return _first_sound(_of_link(text))


def _written(elements: Elements) -> str:
    (key, value), *others = elements
    qualifiers = dict(others)
    finest = [(name, qualifiers[name]) for name in _KEYS[key] if name in qualifiers][:1]
    pairs = ((name, quote(each, safe=_PLAIN)) for name, each in [(key, value), *finest])
    return GS1 + "".join(f"/{name}/{each}" for name, each in pairs)


def _first_sound(readings: Iterator[Elements]) -> Elements | None:
    return next((each for each in readings if all(_sound(*element) for element in each)), None)


def _sound(identifier: str, value: str) -> bool:
    known = starting(identifier)
    return known is not None and is_well_formed(known, value)


def _of_urn(text: str) -> Iterator[Elements]:
    urn = _URN.fullmatch(text)
    scheme = SCHEMES.get(urn[1].replace(PATTERN, "id:")) if urn else None
    if urn is None or scheme is None:
        return
    parts = _decoded(_parts(scheme, urn[3]))
    if len(parts) != _expected(scheme):
        return
    serial = parts.pop() if scheme.serial is not None else None
    is_pattern = urn[1].startswith(PATTERN)
    key = _key(scheme, urn[2], *parts)
    if key is None or serial == "" or (is_pattern and serial != ANY):
        return
    if serial is None or is_pattern or (scheme.serial, serial) == (EXTENSION, NO_EXTENSION):
        yield [(scheme.key, key)]
    elif scheme.serial:
        yield [(scheme.key, key), (scheme.serial, serial)]
    else:
        yield [(scheme.key, key + serial)]


def _expected(scheme: Scheme) -> int:
    """The number of parts behind the company prefix."""
    return 1 + (scheme.serial is not None) + 2 * (scheme.key == ITIP)


def _parts(scheme: Scheme, behind: str) -> list[str]:
    """What stands behind the company prefix; only one part of any text may have dots."""
    if scheme.key == COMPONENT:
        return behind.rsplit(".", 1)
    return behind.split(".", _expected(scheme) - 1)


def _key(scheme: Scheme, company: str, reference: str, *pieces: str) -> str | None:
    """The value of the key, with its check digit where it is a number; None where it is none."""
    if not scheme.digits:
        return company + reference
    if len(company + reference) != scheme.digits or not is_digits(company + reference):
        return None
    split = int(scheme.leads)
    digits = reference[:split] + company + reference[split:]
    if scheme.key == GRAI:
        digits = f"0{digits}"
    return digits + check_digit(digits) + "".join(pieces)


def _of_link(text: str) -> Iterator[Elements]:
    """Each reading of a link's end as a key and its qualifiers, the longest first."""
    uri = _URI.fullmatch(text)
    if uri is None:
        return
    segments = uri["path"].rstrip("/").split("/")
    names = [_SHORT_NAMES.get(segment, segment) for segment in segments]
    for start, key in enumerate(names):
        if key not in _KEYS:
            continue
        qualifiers = names[start + 2 :: 2]
        values = _decoded(segments[start + 1 :: 2])
        belong = {*_KEYS[key], *_NEVER_KEPT.get(key, ())} >= {*qualifiers}
        if belong and len(values) == len(qualifiers) + 1 and _COMPANY.match(values[0]):
            value = padded(values[0]) if key == GTIN else values[0]
            yield [(key, value), *zip(qualifiers, values[1:], strict=True)]


def _decoded(parts: list[str]) -> list[str]:
    """The parts without percent-encoding; none at all where one of them cannot be decoded."""
    decoded = [decoded_or_flaw(part) for part in parts]
    sound = [part for part in decoded if not isinstance(part, Flaw)]
    return sound if len(sound) == len(decoded) else []
