"""The event hash ID: one identifier for an event, made of what it says.

    event ──pre_hash──> one text, canonical ──SHA-256──> ni:///sha-256;{hex}?ver=CBV2.0

The text has each field as its name, `=` and its value, in the order of `FIELDS`, and the members
of each list sorted. Whatever `FIELDS` has not follows, sorted: lists of transactions, sources and
destinations, master data, and extensions under their full names. An event that says the same
has the same hash, however its keys, lists, times, numbers and identifiers were written.

Left out are the eventID, which the hash may become; the recordTime, which differs from one
repository to the next; the errorDeclaration, for a declaration has the eventID of the event that
it declares; and comments.

One hash does not prove one event. Nothing separates the fields in the text, so whoever wants to
can write two events with one text, and a lot "0012" in an extension is the number 12.

Source: CBV 2.0, section 8.9, as its published implementation reads it (RalphTro,
epcis-event-hash-generator, MIT, with golden files for CBV 2.0). Where that differs from the
rules as printed the golden files decide: transactions, destinations and sources come after the
sensor elements, the type of each before its identifier, and certificationInfo counts. Only the
place of parentID, which no golden file shows beside an epcList, is as printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracegraph.formats.epcis.canonical_value import (
    CBV,
    GS1_VOCABULARY,
    canonical_time,
    canonical_value,
)
from tracegraph.formats.epcis.context import Context


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the standard, and how its values are written.

    `member` names each member of a list whose own name stands once; where it is None the
    field's name is repeated. `fields` are those of an object, in their order. `words` is what
    the bare words of its vocabulary begin with.
    """

    name: str
    member: str | None = None
    fields: tuple[Field, ...] = ()
    words: str = ""
    is_time: bool = False

    def spelled(self, value: Any, context: Context) -> str:
        """The canonical text of a value that is neither a list nor an object."""
        text = _text(value)
        return canonical_time(text) if self.is_time else canonical_value(text, context, self.words)


def _plain(*names: str) -> tuple[Field, ...]:
    return tuple(map(Field, names))


def _times(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, is_time=True) for name in names)


def _quantities(name: str) -> Field:
    return Field(name, "quantityElement", _plain("epcClass", "quantity", "uom"))


def _typed(name: str, of: str, words: str) -> Field:
    """A list whose members have a type and an identifier, and no name."""
    return Field(name, "", (Field("type", words=words), Field(of)))


_DISPOSITION = f"{CBV}Disp-"
_READER = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod")
_PLACE = _plain("id")

_SENSOR_METADATA = (*_times("time", "startTime", "endTime"), *_plain(*_READER, "bizRules"))
_SENSOR_REPORT = (
    Field("type", words=GS1_VOCABULARY),
    Field("exception", words=GS1_VOCABULARY),
    *_plain(*_READER),
    *_times("time"),
    *_plain("microorganism", "chemicalSubstance", "value"),
    Field("component", words=f"{CBV}Comp-"),
    *_plain("stringValue", "booleanValue", "hexBinaryValue", "uriValue"),
    *_plain("minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom"),
    *_plain("coordinateReferenceSystem"),
)

FIELDS: tuple[Field, ...] = (
    *_times("eventTime"),
    *_plain("eventTimeZoneOffset", "certificationInfo"),
    Field("epcList", "epc"),
    *_plain("parentID"),
    Field("inputEPCList", "epc"),
    Field("childEPCs", "epc"),
    *map(_quantities, ("quantityList", "childQuantityList", "inputQuantityList")),
    Field("outputEPCList", "epc"),
    _quantities("outputQuantityList"),
    *_plain("action", "transformationID"),
    Field("bizStep", words=f"{CBV}BizStep-"),
    Field("disposition", words=_DISPOSITION),
    Field(
        "persistentDisposition",
        fields=(Field("set", words=_DISPOSITION), Field("unset", words=_DISPOSITION)),
    ),
    Field("readPoint", fields=_PLACE),
    Field("bizLocation", fields=_PLACE),
    Field(
        "sensorElementList",
        "sensorElement",
        (
            Field("sensorMetadata", fields=_SENSOR_METADATA),
            Field("sensorReport", fields=_SENSOR_REPORT),
        ),
    ),
)
"""The fields of an event in their canonical order; the type of the event stands before them."""

_AMONG_THE_REST = {
    field.name: field
    for field in (
        _typed("bizTransactionList", "bizTransaction", f"{CBV}BTT-"),
        _typed("destinationList", "destination", f"{CBV}SDT-"),
        _typed("sourceList", "source", f"{CBV}SDT-"),
    )
}
_LEFT_OUT = frozenset({"type", "eventID", "recordTime", "errorDeclaration"})
_COMMENTS = frozenset({"comment", "rdfs:comment", Context().name("rdfs:comment")})
_CONTEXT = "@context"


def event_hash(event: Mapping[str, Any], context: Context) -> str:
    """The event hash ID of one EPCIS event in its JSON form (RFC 6920, with the CBV's version).

    >>> event_hash({"type": "ObjectEvent", "action": "ADD"}, Context())[:24]
    'ni:///sha-256;f050922410'
    """
    digest = hashlib.sha256(pre_hash(event, context).encode("utf-8", "surrogatepass"))
    return f"ni:///sha-256;{digest.hexdigest()}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], context: Context) -> str:
    """The canonical text of one EPCIS event in its JSON form, of which the hash is taken.

    Total over JSON values: what is null or empty counts as absent, and what is not of its form
    is written as it came. Recursive, so for events that are not nested hundreds deep. O(n log n)
    in the size of the event.

    >>> pre_hash({"action": "ADD", "epcList": [], "type": "ObjectEvent", "ex:a": 2.0}, Context())
    'eventType=ObjectEventaction=ADDex:a=2'
    """
    without = _LEFT_OUT | context.ignored
    names = context.within(event)
    kept = {key: value for key, value in event.items() if names.name(key) not in without}
    return f"eventType={_text(event.get('type')).strip()}{_object(kept, FIELDS, context)}"


def _object(node: Mapping[str, Any], fields: tuple[Field, ...], context: Context) -> str:
    """The fields of an object in their order, then whatever else it has, sorted."""
    context = context.within(node)
    known = {field.name for field in fields}
    ordered = (_field(field, node.get(field.name), context) for field in fields)
    return "".join([*ordered, *_rest(node, known, context)])


def _field(field: Field, value: Any, context: Context) -> str:
    name = field.name if field.member is None else field.member
    entries = sorted(filter(None, (_entry(name, field, each, context) for each in _members(value))))
    return "".join(entries if field.member is None or not entries else [field.name, *entries])


def _entry(name: str, field: Field, value: Any, context: Context) -> str:
    """One value of a field under a name; an empty text where it says nothing."""
    if isinstance(value, Mapping):
        inner = _object(value, field.fields, context)
        return name + inner if inner else ""
    text = field.spelled(value, context)
    return f"{name}={text}" if text else ""


def _rest(node: Mapping[str, Any], known: set[str], context: Context) -> list[str]:
    """What no order is laid down for, sorted: each entry begins with its full name."""
    entries: list[str] = []
    for key, value in node.items():
        name = context.name(key)
        if key in known or key == _CONTEXT or not _COMMENTS.isdisjoint((key, name)):
            continue
        if key in _AMONG_THE_REST:
            entries.append(_field(_AMONG_THE_REST[key], value, context))
        else:
            entries.extend(name + _extension(each, context) for each in _members(value))
    return sorted(entries)


def _extension(value: Any, context: Context) -> str:
    """What stands behind the name of an extension: nothing, a value, or further names."""
    if isinstance(value, Mapping):
        return "".join(_rest(value, set(), context.within(value)))
    text = canonical_value(_text(value), context)
    return f"={text}" if text else ""


def _members(value: Any) -> Iterator[Any]:
    """The values of a field, however many: a list in a list is one list, as JSON-LD reads it."""
    if isinstance(value, list):
        for member in value:
            yield from _members(member)
    elif value is not None:
        yield value


def _text(value: Any) -> str:
    """A value as XML would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
