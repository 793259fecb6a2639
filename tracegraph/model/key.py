"""Item keys: one canonical URI for each item.

Keys are GS1 Digital Links at `https://id.gs1.org` (GS1 Digital Link URI syntax, canonical form)
or `urn:tracegraph:{kind}:{product}:{number}` for a maker's own numbers, percent-encoded.
"""

from __future__ import annotations

import re
from enum import IntEnum
from string import ascii_letters, digits
from urllib.parse import quote, unquote

GS1 = "https://id.gs1.org"
OWN = "urn:tracegraph"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.", re.ASCII)
_UNRESERVED = frozenset(ascii_letters + digits + "._~-")


class Kind(IntEnum):
    """What an item is. The order settles what an opaque key is when statements differ."""

    LOT = 1
    SERIAL = 2
    CONTAINER = 3

    @property
    def word(self) -> str:
        """The kind as answers write it: lot, serial or container."""
        return self.name.lower()


KINDS = {kind.word: kind for kind in Kind}
KIND_OF = {int(kind): kind for kind in Kind}


def lot_key(product: str, lot: str, *, gtin: bool) -> str:
    """The key of a lot.

    >>> lot_key("09506000134352", "C/1", gtin=True)
    'https://id.gs1.org/01/09506000134352/10/C%2F1'
    >>> lot_key("RM-110", "A", gtin=False)
    'urn:tracegraph:lot:RM-110:A'
    """
    return _key("lot", "10", product, lot, gtin)


def serial_key(product: str, serial: str, *, gtin: bool) -> str:
    """The key of a serial."""
    return _key("serial", "21", product, serial, gtin)


def container_key(sscc: str) -> str:
    """The key of a logistic unit, by its 18-digit SSCC."""
    return f"{GS1}/00/{sscc}"


def is_absolute(text: str) -> bool:
    """Whether a text is an absolute URI, and so needs no namespace of ours (RFC 3986, 4.3).

    >>> is_absolute("urn:run:1"), is_absolute("R-1")
    (True, False)
    """
    return _ABSOLUTE.match(text) is not None


def own_parts(key: str) -> tuple[Kind, str, str] | None:
    """Kind, product and number of a key of own numbers; None for any other key.

    >>> own_parts("urn:tracegraph:serial:FG%3A9:7")
    (<Kind.SERIAL: 2>, 'FG:9', '7')
    """
    parts = key.split(":")
    if len(parts) != 5 or f"{parts[0]}:{parts[1]}" != OWN or parts[2] not in KINDS:
        return None
    product, number = unquote(parts[3]), unquote(parts[4])
    return (KINDS[parts[2]], product, number) if product and number else None


def _key(word: str, qualifier: str, product: str, number: str, gtin: bool) -> str:
    encoded = _encoded(number)
    if gtin:
        return f"{GS1}/01/{product}/{qualifier}/{encoded}"
    return f"{OWN}:{word}:{_encoded(product)}:{encoded}"


def _encoded(text: str) -> str:
    """Percent-encoded; most numbers need nothing, and looking is cheaper than encoding."""
    return text if _UNRESERVED.issuperset(text) else quote(text, safe="")
