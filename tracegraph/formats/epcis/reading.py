"""EPCIS 2.0 in JSON and JSON-LD, read into native events.

    EPCISDocument ──────┐
    EPCISQueryDocument ─┼─> EPCIS events ──> native events, checked, or refusals with pointers
    a bare event ───────┘

| EPCIS | action | native |
|---|---|---|
| ObjectEvent | ADD | `production` with outputs only |
| | OBSERVE | `observation` |
| | DELETE | `use` when dispensing, else `scrap` |
| AggregationEvent | ADD, DELETE | `pack`, `unpack` |
| | OBSERVE | `observation` of parent and children |
| TransformationEvent | | `production`; its transformationID is the `run` |

Other event types and error declarations are refused, never left out. Whatever has no native
field is kept: `attributes.epcis` is the event as it came. Nothing is fetched: field names are
read as the standard's context spells them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracegraph.formats.epcis.fields import Fields, kind_of
from tracegraph.formats.epcis.lines import Entry, add_ilmd, classes, instances, parent
from tracegraph.model.canonical import digest
from tracegraph.model.instant import ACCEPTED as INSTANT
from tracegraph.model.instant import Instant
from tracegraph.model.parse import parse_event
from tracegraph.model.refusal import Refusal, Refused, pointer

DOCUMENT = "EPCISDocument"
QUERY_DOCUMENT = "EPCISQueryDocument"
EVENT_LISTS = {
    DOCUMENT: ("epcisBody", "eventList"),
    QUERY_DOCUMENT: ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
LATER = {"AssociationEvent", "TransactionEvent"}
READ = ("ObjectEvent", "AggregationEvent", "TransformationEvent")
EVENT_TYPES = LATER | set(READ)
ACTIONS = ("ADD", "OBSERVE", "DELETE")
ORDERS = {"po", "prodorder"}

_WITH_INTERFACE = "comes with the EPCIS interface"
_ACCEPTED_TYPES = f"one of {', '.join(READ)}"
# The repository that captured an event gave it this; two of them give two.
_NOT_CONTENT = "recordTime"


@dataclass(frozen=True, slots=True)
class Converted:
    """What one EPCIS event became: native events, or the reasons why none.

    `pointer` is the JSON pointer of the EPCIS event within its document, empty for a bare one;
    pointers in `refusals` are from the document's root too.
    """

    pointer: str
    events: tuple[dict[str, Any], ...]
    refusals: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class Draft:
    """A native event in the making, and which EPCIS field each of its parts came from."""

    native: dict[str, Any]
    origins: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def put(self, name: str, value: Any, *origin: Any) -> None:
        """Set a field to what `origin` said; an absent value sets nothing."""
        if value is not None:
            self.native[name] = value
            self.origins[f"/{name}"] = origin

    def put_lines(self, name: str, entries: list[Entry]) -> None:
        """Set a field of lines; none at all sets nothing."""
        if not entries:
            return
        self.native[name] = [entry.line for entry in entries]
        for index, entry in enumerate(entries):
            for part, origin in entry.origins.items():
                self.origins[f"/{name}/{index}{part}"] = origin

    def origin(self, native_pointer: str) -> tuple[Any, ...]:
        """The path of the EPCIS field behind a native pointer; empty for the event as a whole."""
        at = native_pointer
        while at and at not in self.origins:
            at = at.rpartition("/")[0]
        return self.origins.get(at, ())


def is_epcis(document: Any) -> bool:
    """Whether this is meant as EPCIS: a document, a query document or a bare event.

    >>> is_epcis({"type": "ObjectEvent"}), is_epcis({"type": "production"})
    (True, False)
    """
    if not isinstance(document, dict):
        return False
    kind = document.get("type")
    known = isinstance(kind, str) and (kind in EVENT_LISTS or kind in EVENT_TYPES)
    return known or "epcisBody" in document


def read_epcis(document: Any, *, source: str) -> Iterator[Converted]:
    """Read a parsed EPCIS document, one answer for each of its events, in their order.

    An event without eventID gets `ni:///sha-256;<digest>?ver=tracegraph`, from the RFC 8785 form
    of its content without recordTime, so that the same event twice has one id. It is not the
    event hash that the standard publishes, which will take its place.

    Raises Refused at once when the document is no EPCIS document at all, or has no list of
    events where its kind has one; never for a fault within an event. Linear in the document.
    """
    return (_converted(event, at, source) for at, event in _located(document))


def _located(document: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(document, dict) or not is_epcis(document):
        said = "is no EPCIS document." if isinstance(document, dict) else f"is {kind_of(document)}."
        raise _refused((), "epcis", said, f"an {DOCUMENT}, an {QUERY_DOCUMENT} or one event")
    kind = document.get("type")
    kind = kind if isinstance(kind, str) else None
    if kind in EVENT_TYPES:
        return iter([("", document)])
    if kind not in EVENT_LISTS:
        accepted = f"{DOCUMENT} or {QUERY_DOCUMENT}"
        raise _refused(("type",), "type", "is not a type of document with a body.", accepted)
    path: tuple[str, ...] = ()
    value: Any = document
    for name in EVENT_LISTS[kind]:
        path = (*path, name)
        value = value.get(name) if isinstance(value, dict) else None
        expected: type = list if name == "eventList" else dict
        if not isinstance(value, expected):
            rule = "missing" if value is None else expected.__name__.replace("dict", "object")
            detail = "is missing." if value is None else f"is {kind_of(value)}."
            raise _refused(path, rule, detail, kind_of(expected()))
    return ((pointer((*path, index)), event) for index, event in enumerate(value))


def _refused(path: tuple[Any, ...], rule: str, detail: str, accepted: str) -> Refused:
    return Refused((Refusal(pointer(path), rule, detail, accepted),))


def _converted(event: Any, at: str, source: str) -> Converted:
    if not isinstance(event, dict):
        refusal = Refusal(at, "object", f"is {kind_of(event)}.", "one EPCIS event, an object")
        return Converted(at, (), (refusal,))
    fields = Fields(event, at)
    fields.check_json()
    if fields.refusals:
        return Converted(at, (), tuple(fields.refusals))
    draft = _draft(fields, source)
    if draft is None or fields.refusals:
        return Converted(at, (), tuple(fields.refusals))
    try:
        parse_event(draft.native)
    except Refused as error:
        refusals = tuple(_from_native(draft, at, fault) for fault in _causes(error.refusals))
        return Converted(at, (), refusals)
    return Converted(at, (draft.native,))


def _causes(faults: tuple[Refusal, ...]) -> Iterator[Refusal]:
    """The faults that are not mere consequences: a list is short for want of its bad members."""
    for fault in faults:
        within = f"{fault.pointer}/"
        if fault.rule != "too_short" or not any(f.pointer.startswith(within) for f in faults):
            yield fault


def _from_native(draft: Draft, at: str, refusal: Refusal) -> Refusal:
    where = at + pointer(draft.origin(refusal.pointer))
    said = f"the native field {refusal.pointer}" if refusal.pointer else "the native event"
    detail = f"{refusal.detail} (Said of {said}.)"
    return Refusal(where, refusal.rule, detail, refusal.accepted)


def _draft(fields: Fields, source: str) -> Draft | None:
    kind = fields.text("type", required=_ACCEPTED_TYPES)
    if kind in LATER:
        fields.refuse(
            ("type",), "unsupported", f"is {kind}, which is not read yet.",
            f"{_ACCEPTED_TYPES}; {kind} {_WITH_INTERFACE}",
        )  # fmt: skip
        return None
    if kind not in READ:
        if kind is not None:
            fields.refuse(("type",), "type", "is not a known type of event.", _ACCEPTED_TYPES)
        return None
    if fields.event.get("errorDeclaration") is not None:
        fields.refuse(
            ("errorDeclaration",), "unsupported", "declares an error, which is not read yet.",
            f"an event without it, or a void with a reason; errorDeclaration {_WITH_INTERFACE}",
        )  # fmt: skip
        return None
    draft = Draft({"source": source})
    _context(fields, draft)
    if kind == "TransformationEvent":
        _transformation(fields, draft)
    else:
        action = _action(fields)
        if action is not None and kind == "ObjectEvent":
            _object(fields, draft, action)
        elif action is not None:
            _aggregation(fields, draft, action)
    draft.native["attributes"] = {"epcis": fields.event}
    return draft


def _context(fields: Fields, draft: Draft) -> None:
    """What any event says: when, where, by which documents."""
    event_id = fields.text("eventID")
    if event_id is None:
        content = {name: value for name, value in fields.event.items() if name != _NOT_CONTENT}
        event_id = f"ni:///sha-256;{digest(content)}?ver=tracegraph"
    draft.put("id", event_id, "eventID")
    time = fields.text("eventTime", required=INSTANT)
    if time is not None:
        try:
            Instant.parse(time)
        except ValueError as error:
            fields.refuse(("eventTime",), "instant", f"{error}.", INSTANT)
    draft.put("occurred_at", time, "eventTime")
    for name in ("readPoint", "bizLocation"):  # the second wins: it is where the items are now
        place = fields.text(name, "id", within=fields.record(name))
        draft.put("place", place, name, "id")
    _transactions(fields, draft)


def _transactions(fields: Fields, draft: Draft) -> None:
    """The one purchase or production order is the order; whatever else is named is a document."""
    name = "bizTransactionList"
    named: list[tuple[int, str | None, str]] = []
    for index, element in fields.members(name, dict):
        kind = fields.word(name, index, "type", within=element)
        accepted = "the transaction's identifier"
        text = fields.text(name, index, "bizTransaction", within=element, required=accepted)
        if text is not None:
            named.append((index, kind, text))
    orders = [entry for entry in named if entry[1] in ORDERS]
    if len(orders) == 1:
        draft.put("order", orders[0][2], name, orders[0][0], "bizTransaction")
        named.remove(orders[0])
    documents: dict[str, int] = {}
    for index, _, text in named:
        documents.setdefault(text, index)
    if documents:
        draft.put("documents", list(documents), name)
    for position, index in enumerate(documents.values()):
        draft.origins[f"/documents/{position}"] = (name, index, "bizTransaction")


def _action(fields: Fields) -> str | None:
    accepted = f"one of {', '.join(ACTIONS)}"
    action = fields.text("action", required=accepted)
    if action is not None and action not in ACTIONS:
        fields.refuse(("action",), "action", "is not a known action.", accepted)
        return None
    return action


def _object(fields: Fields, draft: Draft, action: str) -> None:
    entries = instances(fields, "epcList") + classes(fields, "quantityList")
    _require(fields, entries, "epcList or quantityList")
    step = fields.word("bizStep")
    if action == "ADD":
        add_ilmd(fields, entries)
        draft.native["type"] = "production"
        draft.put_lines("outputs", entries)
    elif action == "OBSERVE":
        _observation(fields, draft, step, entries)
    else:
        draft.native["type"] = "use" if step == "dispensing" else "scrap"
        draft.put("reason", step or action, "bizStep" if step else "action")
        draft.put_lines("items", entries)


def _observation(fields: Fields, draft: Draft, step: str | None, entries: list[Entry]) -> None:
    draft.native["type"] = "observation"
    draft.put("step", step, "bizStep")
    draft.put("disposition", fields.word("disposition"), "disposition")
    draft.put_lines("items", entries)


def _aggregation(fields: Fields, draft: Draft, action: str) -> None:
    entries = instances(fields, "childEPCs") + classes(fields, "childQuantityList")
    if action == "OBSERVE":
        outer = fields.text("parentID")
        if outer is not None:
            entries.insert(0, Entry(outer, {"item": parent(outer)}, {"": ("parentID",)}))
        _require(fields, entries, "parentID, childEPCs or childQuantityList")
        _observation(fields, draft, fields.word("bizStep"), entries)
        return
    outer = fields.text("parentID", required="the URI of what the items were put into")
    if outer is not None:
        draft.put("container", parent(outer), "parentID")
    if action == "ADD":
        _require(fields, entries, "childEPCs or childQuantityList")
    draft.native["type"] = "pack" if action == "ADD" else "unpack"
    draft.put_lines("items", entries)


def _transformation(fields: Fields, draft: Draft) -> None:
    inputs = instances(fields, "inputEPCList") + classes(fields, "inputQuantityList")
    outputs = instances(fields, "outputEPCList") + classes(fields, "outputQuantityList")
    _require(fields, inputs + outputs, "inputs or outputs, in an EPC list or a quantity list")
    add_ilmd(fields, outputs)
    draft.native["type"] = "production"
    draft.put("run", fields.text("transformationID"), "transformationID")
    draft.put_lines("inputs", inputs)
    draft.put_lines("outputs", outputs)


def _require(fields: Fields, entries: list[Entry], accepted: str) -> None:
    """Refuse an event about nothing, unless what it named was refused already."""
    if not entries and not fields.refusals:
        fields.refuse((), "no_items", "names no item.", f"at least one item in {accepted}")
