"""Naming: from a reference in an event, or a text from a person, to what it calls an item.

A `Name` is what was *said*: it depends on the reference alone, never on product records. Which
item a name belongs to is decided by the projection, which knows the records.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from tracegraph.identify import Flaw, Identification, NotIdentified, has_valid_check_digit, identify
from tracegraph.model.item import ItemRef
from tracegraph.model.key import KINDS, Kind, container_key, lot_key, own_parts, serial_key

GTIN_LENGTHS = (12, 13, 14)

# How a text that only looks like an SSCC shows what it was meant to be.
_SSCC_MARKS = (":sscc:", "/00/", "/sscc/", "(00)")


class Name(NamedTuple):
    """What an item was called.

    `key` is the canonical URI of what was said. `product` is a 14-digit GTIN or an own number;
    it and `number` are None for an opaque key. `lot` is the lot that was named beside a serial.
    `stated` is False where an opaque key is taken for a lot only because nothing was said.
    """

    kind: Kind
    key: str
    product: str | None = None
    number: str | None = None
    lot: Name | None = None
    flaws: tuple[Flaw, ...] = ()
    stated: bool = True


@lru_cache(maxsize=65_536)
def product_name(text: str) -> str:
    """The name of a product: GTIN-12, -13 and -14 with a right check digit in 14 digits.

    Any other text is an own number. Eight digits stay an own number: makers use them.

    >>> product_name("9506000134352")
    '09506000134352'
    >>> product_name("RM-110")
    'RM-110'
    """
    looks = text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS
    return text.zfill(14) if looks and has_valid_check_digit(text.zfill(14)) else text


@lru_cache(maxsize=65_536)
def is_gtin(product: str) -> bool:
    """Whether a product name is a GTIN in its 14-digit form, its check digit included."""
    digits = len(product) == GTIN_LENGTHS[-1] and product.isascii() and product.isdigit()
    return digits and has_valid_check_digit(product)


@lru_cache(maxsize=65_536)
def lot_name(product: str, lot: str, flaws: tuple[Flaw, ...] = ()) -> Name:
    """The name of a lot of a product."""
    product = product_name(product)
    key = lot_key(product, lot, gtin=is_gtin(product))
    return Name(Kind.LOT, key, product, lot, None, flaws)


def serial_name(
    product: str, serial: str, lot: str | None = None, flaws: tuple[Flaw, ...] = ()
) -> Name:
    """The name of a serial of a product, with its lot where that was said."""
    product = product_name(product)
    key = serial_key(product, serial, gtin=is_gtin(product))
    named = lot_name(product, lot) if lot else None
    return Name(Kind.SERIAL, key, product, serial, named, flaws)


def name_item(ref: ItemRef) -> Name | None:
    """What a reference calls an item; None where it names a product only.

    Never raises: what only looks like a GS1 key becomes an opaque key with its flaws, and an
    unread scan too, so that no fact is lost for how its item was written.
    """
    if ref.product is not None:
        return _by_product(ref.product, ref.lot, ref.serial)
    if ref.sscc is not None:
        return _by_sscc(ref.sscc)
    if ref.scan is not None:
        return _by_scan(ref.scan)
    assert ref.key is not None  # one form is given, or the reference would have been refused
    return name_key(ref.key, None if ref.kind is None else KINDS[ref.kind])


def name_key(key: str, kind: Kind | None = None) -> Name | None:
    """What a URI calls an item: GS1 keys and own numbers are read, any other is kept as it is."""
    own = own_parts(key)
    if own is not None:
        owned, product, number = own
        if owned is Kind.LOT:
            return lot_name(product, number)
        if owned is Kind.SERIAL:
            return serial_name(product, number)
        return Name(Kind.CONTAINER, key)
    try:
        found = identify(key)
    except NotIdentified:
        return Name(kind or Kind.LOT, key, stated=kind is not None)
    if not found.flaws:
        return _named(found)
    kind = kind or _kind(found)
    return Name(kind, key, flaws=found.flaws)


def _by_product(product: str, lot: str | None, serial: str | None) -> Name | None:
    named = product_name(product)
    flaws: tuple[Flaw, ...] = ()
    if len(product) == 14 and product.isascii() and product.isdigit() and not is_gtin(named):
        flaws = (Flaw("check_digit", "The product looks like a GTIN-14 with a wrong check digit."),)
    if serial is not None:
        return serial_name(product, serial, lot, flaws)
    return lot_name(product, lot, flaws) if lot is not None else None


def _by_sscc(sscc: str) -> Name:
    if len(sscc) == 18 and sscc.isascii() and sscc.isdigit() and has_valid_check_digit(sscc):
        return Name(Kind.CONTAINER, container_key(sscc))
    flaw = Flaw("sscc", "An SSCC has 18 digits, the last of which is the check digit.")
    return Name(Kind.CONTAINER, _opaque(Kind.CONTAINER, "sscc", sscc), flaws=(flaw,))


def _by_scan(scan: str) -> Name | None:
    try:
        found = identify(scan)
    except NotIdentified as error:
        flaw = Flaw("scan", str(error))
        return Name(Kind.LOT, _opaque(Kind.LOT, "scan", scan), flaws=(flaw,), stated=False)
    if not found.flaws:
        return _named(found)
    if found.syntax in {"digital-link", "epc-urn"}:
        return Name(_kind(found), scan, flaws=found.flaws)
    kind = _kind(found)
    return Name(kind, _opaque(kind, "scan", scan), flaws=found.flaws)


def _named(found: Identification) -> Name | None:
    if found.sscc:
        return Name(Kind.CONTAINER, container_key(found.sscc))
    if found.product and found.serial:
        return serial_name(found.product, found.serial, found.lot)
    if found.product and found.lot:
        return lot_name(found.product, found.lot)
    return None


def _kind(found: Identification) -> Kind:
    if any(mark in found.raw for mark in _SSCC_MARKS) or found.sscc:
        return Kind.CONTAINER
    return Kind.SERIAL if found.serial else Kind.LOT


def _opaque(kind: Kind, scheme: str, text: str) -> str:
    build = serial_key if kind is Kind.SERIAL else lot_key
    key = build(scheme, text, gtin=False)
    return key if kind is not Kind.CONTAINER else key.replace(":lot:", ":container:", 1)
