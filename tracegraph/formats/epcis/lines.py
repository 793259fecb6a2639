"""Lines of items from an EPCIS event: its instance and class lists, quantities and ilmd."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tracegraph.formats.epcis.fields import Fields
from tracegraph.formats.epcis.terms import EPC, LIST, LOT, LOTS
from tracegraph.identify import Identification, NotIdentified, identify
from tracegraph.identify.naming import name_key
from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind, own_parts
from tracegraph.model.quantity import Quantity

QUANTITY = (
    "a JSON number above 0 with at most 12 digits before and 6 after the point, "
    "and at most 15 significant digits, which is what a double holds exactly"
)
# Any decimal of this many significant digits survives the way through a double (IEEE 754).
EXACT_DIGITS = 15
URI = "an absolute URI, such as an EPC URN or a Digital Link"
_PLACE = re.compile(r"^urn:epc:id:(?:sgln|pgln):|^https?://[^?#]*/(?:414|417|gln)/[0-9]{13}(?:/|$)")
DATE_LENGTH = len("2029-03-01")


@dataclass(slots=True)
class Entry:
    """A native line, and which field of the EPCIS event (a path) said which part of it."""

    uri: str
    line: dict[str, Any]
    origins: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def is_container(self) -> bool:
        """Whether the line names a logistic unit, which has no units of its own."""
        return bool(self.line["item"].get("kind") == "container")


def instances(fields: Fields, name: str) -> list[Entry]:
    """Instances, such as those of an epcList: each a container, or one unit.

    One that is listed twice is still one.
    """
    first: dict[str, int] = {}
    for index, uri in fields.members(name, str):
        first.setdefault(uri, index)
    entries = [instance(uri, (name, index)) for uri, index in first.items()]
    _add_lots(fields, name, entries)
    return entries


def classes(fields: Fields, name: str) -> list[Entry]:
    """The lots of a list of quantities. One without a quantity keeps its amount unknown."""
    entries = []
    for index, element in fields.members(name, dict):
        path = (name, index)
        uri = fields.text(*path, "epcClass", within=element, required=URI)
        unit = fields.text(*path, "uom", within=element)
        quantity = _quantity(fields, (*path, "quantity"), element.get("quantity"))
        if uri is None:
            continue
        entry = Entry(uri, {"item": {"key": uri, "kind": "lot"}}, {"": path})
        entry.origins["/item"] = (*path, "epcClass")
        if quantity is not None:
            entry.line |= {"quantity": quantity, "unit": unit or "each"}
            entry.origins |= {"/quantity": (*path, "quantity"), "/unit": (*path, "uom")}
        entries.append(entry)
    return entries


def parent(uri: str) -> dict[str, Any]:
    """The item that a parentID names: a container, unless its key says otherwise."""
    return {"key": uri, "kind": "container"}


def names_place(uri: str) -> bool:
    """Whether a URI is a location's: an SGLN, or a Digital Link of a GLN.

    >>> names_place("urn:epc:id:sgln:4012345.00001.0"), names_place("urn:epc:id:giai:4000001.1")
    (True, False)
    """
    return _PLACE.search(uri) is not None


def _add_lots(fields: Fields, name: str, entries: list[Entry]) -> None:
    """Which lots serials are of, where the event says so: EPCIS has no words for it."""
    told: dict[str, list[str]] = {}
    for index, element in fields.members(LOTS, dict):
        epc = fields.text(LOTS, index, EPC, within=element, required=URI)
        lot = fields.text(LOTS, index, LOT, within=element, required=URI)
        if epc is not None and lot is not None and element.get(LIST) in {name, None}:
            told.setdefault(epc, []).append(lot)
    for entry in list(entries):
        items = list(filter(None, (_of_lot(entry.uri, lot) for lot in told.get(entry.uri, ()))))
        if items:
            entry.line["item"] = items[0]
        # Of two lots at once a serial is in a record that contradicts itself: both are said.
        entries += [Entry(entry.uri, {**entry.line, "item": i}, entry.origins) for i in items[1:]]


def _of_lot(serial: str, lot: str) -> dict[str, Any] | None:
    """A serial beside its lot; None where they are of two products, by their keys."""
    unit, of = name_key(serial), name_key(lot)
    if unit is None or of is None or unit.kind is not Kind.SERIAL or not of.number:
        return None
    if not unit.product or unit.product != of.product:
        return None
    return {"product": unit.product, "serial": unit.number, "lot": of.number}


def add_ilmd(fields: Fields, outputs: list[Entry]) -> None:
    """What the instance or lot master data say of the outputs: dates, and the lot of serials.

    An SGTIN carries no lot. The lot number is its lot where the outputs are all of one product;
    where they are of several, or of one that cannot be told, it stays in the attributes alone.
    """
    ilmd = fields.record("ilmd")
    for local, name in (("itemExpirationDate", "expires_on"), ("productionDate", "made_on")):
        key = _named(ilmd, local)
        day = _day(ilmd.get(key))
        for entry in outputs:
            if day is not None and not entry.is_container:
                entry.line[name] = day
    key = _named(ilmd, "lotNumber")
    lot = fields.text("ilmd", key, within=ilmd)
    goods = [(entry, _found(entry.uri)) for entry in outputs if not entry.is_container]
    products = {found.gtin if found else None for _, found in goods}
    if lot is None or len(products) != 1 or None in products:
        return
    for entry, found in goods:
        if found and found.serial and not found.lot and entry.line["item"]["kind"] == "serial":
            entry.line["item"] = {"product": found.gtin, "serial": found.serial, "lot": lot}
            entry.origins["/item/lot"] = ("ilmd", key)


def instance(uri: str, path: tuple[Any, ...]) -> Entry:
    """What a URI at a path of the event names: a container where that shows, else one unit."""
    if _names_logistic_unit(uri):
        return Entry(uri, {"item": {"key": uri, "kind": "container"}}, {"": path})
    item = {"key": uri, "kind": "serial"}
    return Entry(uri, {"item": item, "quantity": "1", "unit": "each"}, {"": path})


def _quantity(fields: Fields, path: tuple[Any, ...], value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        fields.refuse(path, "quantity", "is not a number.", QUANTITY)
        return None
    try:
        text = format(Decimal(repr(value)), "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        micro = Quantity.parse(text).micro
    except (ArithmeticError, ValueError):
        fields.refuse(path, "quantity", "is not finite, or has too many digits.", QUANTITY)
        return None
    if micro <= 0:
        fields.refuse(path, "quantity_sign", "is zero or less.", QUANTITY)
        return None
    if isinstance(value, float) and len(text.replace(".", "").lstrip("0")) > EXACT_DIGITS:
        fields.refuse(path, "quantity", "has more digits than a double holds exactly.", QUANTITY)
        return None
    return text


def _names_logistic_unit(uri: str) -> bool:
    """Whether the URI is an SSCC, or looks like one though its digits are wrong, or an own one."""
    if (own := own_parts(uri)) is not None:
        return own[0] is Kind.CONTAINER
    try:
        found = identify(uri)
    except NotIdentified:
        return False
    looks = any(mark in uri.lower() for mark in (":sscc:", "/00/", "/sscc/"))
    return found.sscc is not None or (bool(found.flaws) and looks)


def _found(uri: str) -> Identification | None:
    try:
        found = identify(uri)
    except NotIdentified:
        return None
    return None if found.flaws else found


def _named(ilmd: dict[str, Any], local: str) -> str:
    """The field of this local name: of the vocabulary's own prefix, else of the first other.

    >>> _named({"ex:lotNumber": "X", "cbvmda:lotNumber": "L"}, "lotNumber")
    'cbvmda:lotNumber'
    """
    own = f"cbvmda:{local}"
    if own in ilmd:
        return own
    others = (key for key in ilmd if key.replace("#", ":").replace("/", ":").endswith(f":{local}"))
    return next(others, local)


def _day(value: Any) -> str | None:
    """The date part of a date or a time, in the offset it was written with; None if it is none.

    >>> _day("2022-02-03T23:30:00.0000000-11:00"), _day("2022-02-03"), _day("2022-02-30")
    ('2022-02-03', '2022-02-03', None)
    """
    if not isinstance(value, str):
        return None
    day, rest = value[:DATE_LENGTH], value[DATE_LENGTH:]
    try:
        if rest.startswith("T"):
            Instant.parse(value)
        elif rest and rest != "Z":
            Instant.parse(f"{day}T00:00:00{rest}")
        return date.fromisoformat(day).isoformat() if len(day) == DATE_LENGTH else None
    except ValueError:
        return None
