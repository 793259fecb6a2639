"""What the XML elements of an event are in JSON: the table of fields whose value is not a text.

Source: EPCIS 2.0, section 9, and CBV 2.0; EPCIS 1.2 for the wrappers of its extensions. A field
that the tables do not name is a text, or an object of what it holds, as extensions are. What does
not fit its field, such as a number that is none, stays as it came: the reader of the JSON form
refuses that one event and points at it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from tracegraph.formats.epcis.fields import MAX_WHOLE
from tracegraph.identify.cbv import bare_word

Reader = Callable[[Element], Any]
"""None means that the field is absent."""

TEXT = "#text"
"""The key of a text that stands beside attributes or elements."""

# EPCIS 1.2 wraps what came with its later minor versions in these, so that old readers skip it.
_WRAPPERS = frozenset({"extension", "baseExtension"})
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(rf"(?:{_DECIMAL.pattern})(?:[eE][+-]?[0-9]+)?")
# Longer than any double is ever written; what is longer is not worth the time to parse.
_LONGEST_NUMBER = 400
_MEASUREMENT = re.compile(r"(?:gs1:|https?://(?:ref\.)?gs1\.org/voc/)([A-Za-z][\w-]*)", re.ASCII)
_SPACE = " \t\r\n"
"""White space of XML. What else Unicode counts as such is content."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def members(element: Element) -> Iterator[Element]:
    """The elements within, those in wrappers of EPCIS 1.2 as if they stood outside."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from members(child)
        else:
            yield child


def _free(element: Element) -> Any:
    """What no table names: a text, or an object of what it holds, all of it read as freely."""
    if len(element) == 0:
        return _text(element)
    return _object(((child.tag, _free(child)) for child in element), _text(element))


def _record(
    fields: Mapping[str, Reader], *, content: str = TEXT, lists: Collection[str] = ()
) -> Reader:
    """Reads an object with these fields. `content` is the key of its text.

    A field that is repeated is a list; those in `lists` are one always.
    """

    def read(element: Element) -> dict[str, Any]:
        pairs = ((child.tag, fields.get(child.tag, _free)(child)) for child in members(element))
        return _object(pairs, _text(element), content, lists)

    return read


def _list(member: str, read: Reader) -> Reader:
    """Reads a list; what is no member of it is kept as an object that names it."""

    def read_all(element: Element) -> list[Any]:
        found = [
            read(child) if child.tag == member else {child.tag: _free(child)}
            for child in members(element)
        ]
        text = _text(element)
        return [*found, {TEXT: text}] if text else found

    return read_all


def _scalar(parse: Callable[[str], Any]) -> Reader:
    """Reads a text as a value. An empty one is absent, as where `xsi:nil` says so."""

    def read(element: Element) -> Any:
        if len(element):
            return _free(element)
        text = _text(element)
        return parse(text) if text else None

    return read


def _text(element: Element) -> str:
    parts = [element.text, *(child.tail for child in element)]
    return "".join(part for part in parts if part).strip(_SPACE)


def _object(
    pairs: Iterable[tuple[str, Any]], text: str, content: str = TEXT, lists: Collection[str] = ()
) -> dict[str, Any]:
    values: dict[str, list[Any]] = {}
    for name, value in [*pairs, (content, text or None)]:
        if value is not None:
            values.setdefault(name, []).append(value)
    return {
        name: found if len(found) > 1 or name in lists else found[0]
        for name, found in values.items()
    }


def _double(text: str) -> int | float | str:
    """A number, whole where it is; the text where JSON has no such number.

    >>> _double("26.0"), _double("-4.5e-1"), _double("INF")
    (26, -0.45, 'INF')
    """
    if len(text) > _LONGEST_NUMBER or not _DOUBLE.fullmatch(text):
        return text
    value = float(text)
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() and abs(value) <= MAX_WHOLE else value


def _decimal(text: str) -> int | float | str:
    """A number that is what was written to the last digit; the text where a double is not.

    >>> _decimal("200.50"), _decimal("0.30000000000000000001"), _decimal("1e3")
    (200.5, '0.30000000000000000001', '1e3')
    """
    value = _double(text)
    if isinstance(value, str) or not _DECIMAL.fullmatch(text):
        return text
    return value if Decimal(repr(value)) == Decimal(text) else text


def _measurement(text: str) -> str:
    """The type of a measurement, bare where it is one of GS1's vocabulary.

    >>> _measurement("gs1:Temperature"), _measurement("example:Taste")
    ('Temperature', 'example:Taste')
    """
    match = _MEASUREMENT.fullmatch(text)
    return match[1] if match else text


WORD = _scalar(bare_word)
DECIMAL = _scalar(_decimal)
DOUBLE = _scalar(_double)
BOOLEAN = _scalar(lambda text: _BOOLEANS.get(text, text))
MEASUREMENT = _scalar(_measurement)

OPEN = _record({})
EPCS = _list("epc", _free)
QUANTITIES = _list("quantityElement", _record({"quantity": DECIMAL}))

SENSOR_REPORT = _record({
    "type": MEASUREMENT,
    "booleanValue": BOOLEAN,
    "value": DOUBLE,
    "minValue": DOUBLE,
    "maxValue": DOUBLE,
    "meanValue": DOUBLE,
    "sDev": DOUBLE,
    "percRank": DOUBLE,
    "percValue": DOUBLE,
})  # fmt: skip
SENSOR_ELEMENT = _record(
    {"sensorMetadata": OPEN, "sensorReport": SENSOR_REPORT}, lists={"sensorReport"}
)
ERROR_DECLARATION = _record({
    "reason": WORD,
    "correctiveEventIDs": _list("correctiveEventID", _free),
})  # fmt: skip


def _typed(name: str) -> Reader:
    """Reads a list of texts that have a type each."""
    return _list(name, _record({"type": WORD}, content=name))


EVENT = _record({
    "bizStep": WORD,
    "disposition": WORD,
    "persistentDisposition": _record({"set": WORD, "unset": WORD}, lists={"set", "unset"}),
    "readPoint": OPEN,
    "bizLocation": OPEN,
    "epcList": EPCS,
    "childEPCs": EPCS,
    "inputEPCList": EPCS,
    "outputEPCList": EPCS,
    "quantity": DECIMAL,
    "quantityList": QUANTITIES,
    "childQuantityList": QUANTITIES,
    "inputQuantityList": QUANTITIES,
    "outputQuantityList": QUANTITIES,
    "bizTransactionList": _typed("bizTransaction"),
    "sourceList": _typed("source"),
    "destinationList": _typed("destination"),
    "sensorElementList": _list("sensorElement", SENSOR_ELEMENT),
    "errorDeclaration": ERROR_DECLARATION,
    "ilmd": OPEN,
})  # fmt: skip
