"""GS1 Digital Link URIs, on any domain and behind any path prefix.

Source: GS1 Digital Link Standard: URI Syntax, 1.2, and from 1.1 the short names of identifiers
(`gtin`, `lot`, `ser`), GTINs of 8, 12 and 13 digits, and `;` in queries. Compressed links are
not read.

Any address may have 01 or 00 in its path (`/2026/01/15`). It is a Digital Link if the path ends
in a key and qualifiers that belong to it, and if the key was meant as one: on `id.gs1.org`,
under a short name, or with at least six digits in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegraph.identify import symbology
from tracegraph.identify.element import (
    EXPIRES_AT,
    EXPIRES_ON,
    GTIN,
    LOT,
    MADE_ON,
    SERIAL,
    SOFTWARE_VERSION,
    SSCC,
    THIRD_PARTY_SERIAL,
    Element,
    identification_of,
)
from tracegraph.identify.gs1_key import padded
from tracegraph.identify.identification import Flaw, Identification
from tracegraph.identify.percent import decoded_or_flaw

CANONICAL_HOST = "id.gs1.org"

_KEYS = {"01": GTIN, "gtin": GTIN, "00": SSCC, "sscc": SSCC}
_VARIANT = "22"
_QUALIFIERS = {
    "22": _VARIANT,
    "cpv": _VARIANT,
    "10": LOT,
    "lot": LOT,
    "21": SERIAL,
    "ser": SERIAL,
    "235": THIRD_PARTY_SERIAL,
}
_ATTRIBUTES = {
    "10": LOT,
    "21": SERIAL,
    "235": THIRD_PARTY_SERIAL,
    "11": MADE_ON,
    "17": EXPIRES_ON,
    "exp": EXPIRES_ON,
    "7003": EXPIRES_AT,
    "expdt": EXPIRES_AT,
    "8012": SOFTWARE_VERSION,
}
_URI = re.compile(
    r"https?://(?:[^/?#\s@]*@)?(?P<host>[^/?#\s:@]+)(?::[0-9]*)?"
    r"/(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_LIKE_A_KEY = re.compile(r"[0-9]{6}")


def parse(text: str) -> Identification | None:
    """What a Digital Link names; None if the text is none.

    A lot or serial is read from the query too, where SSCC links and careless senders put it.

    >>> link = parse("https://example.com/p/gtin/9506000134352/lot/C%2F1?17=280200")
    >>> link.gtin, link.lot, link.expires_on
    ('09506000134352', 'C/1', datetime.date(2028, 2, 29))
    >>> parse("https://example.com/2026/01/15") is None
    True
    """
    data, _ = symbology.without_identifier(text, symbology.URIS)
    uri = _URI.fullmatch(data)
    if uri is None:
        return None
    for name, written, qualifiers in _candidates(uri["path"].split("/")):
        meant = (
            uri["host"].lower() == CANONICAL_HOST
            or name.isalpha()
            or _LIKE_A_KEY.search(written) is not None
        )
        if meant:
            key = (_KEYS[name], written)
            return _identification(text, [key, *qualifiers, *_attributes(uri["query"] or "")])
    return None


def _candidates(segments: list[str]) -> Iterator[tuple[str, str, list[Element]]]:
    """Each reading of the path's end: name of the key, its value, its qualifiers; longest first.

    A slash at the end is dropped; a last name without a value has an empty one.
    """
    for start, name in enumerate(segments):
        if name not in _KEYS:
            continue
        tail = segments[start:]
        if len(tail) % 2:
            tail = tail[:-1] if tail[-1] == "" else [*tail, ""]
        names, values = tail[2::2], tail[3::2]
        allowed = _QUALIFIERS if _KEYS[name] == GTIN else {}
        if all(qualifier in allowed for qualifier in names):
            pairs = zip(names, values, strict=True)
            yield name, tail[1], [(allowed[qualifier], value) for qualifier, value in pairs]


def _attributes(query: str) -> Iterator[Element]:
    for part in re.split("[&;]", query):
        name, _, value = part.partition("=")
        if name in _ATTRIBUTES:
            yield _ATTRIBUTES[name], value


def _identification(text: str, encoded: list[Element]) -> Identification | None:
    elements: list[Element] = []
    flaws: list[Flaw] = []
    for identifier, value in encoded:
        decoded = decoded_or_flaw(value)
        if isinstance(decoded, Flaw):
            flaws.append(decoded)
        else:
            elements.append((identifier, padded(decoded) if identifier == GTIN else decoded))
    return identification_of(text, "digital-link", elements, flaws)
