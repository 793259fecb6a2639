"""What a label says, as answers show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracegraph.identify.identification import Agency, Flaw, NotIdentified, Syntax
from tracegraph.identify.naming import name_item
from tracegraph.identify.syntaxes import identify
from tracegraph.model.item import ItemRef


@dataclass(frozen=True, slots=True)
class Label:
    """A label, a link or a number of an agency, read without asking what is recorded of it.

    `device_identifier` is the fixed part of a UDI: a GTIN in 14 digits, or that of another agency
    with the mark that its labels begin it with; `package_level` is what the number itself shows
    of packages. `key` is the item that is named, None for a product alone.
    With `flaws` it only looks like a label, and what is filled may be less than it meant.
    """

    raw: str
    syntax: Syntax
    agency: Agency
    device_identifier: str | None
    package_level: int | None
    lot: str | None
    serial: str | None
    sscc: str | None
    donation: str | None
    made_on: date | None
    expires_on: date | None
    version: str | None
    key: str | None
    flaws: tuple[Flaw, ...]


def read_label(text: str) -> Label | None:
    """What a text says; None if it is in no syntax of an agency.

    >>> label = read_label("+A99912345/$$52001510X3/16D20111212/S77DE1G45-")
    >>> label.agency, label.device_identifier, label.lot, label.expires_on
    ('hibcc', '+A99912345', '10X3', datetime.date(2020, 1, 15))
    >>> label.key
    'urn:tracegraph:serial:%2BA99912345:77DE1G45'
    >>> read_label("C1") is None
    True
    """
    try:
        found = identify(text)
    except NotIdentified:
        return None
    named = None if found.flaws else name_item(ItemRef(scan=text))
    return Label(
        text,
        found.syntax,
        found.agency,
        found.product,
        found.level,
        found.lot,
        found.serial,
        found.sscc,
        found.donation,
        found.made_on,
        found.expires_on,
        found.version,
        named and named.key,
        found.flaws,
    )
