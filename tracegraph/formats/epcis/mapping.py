"""One EPCIS event as a native event, and which EPCIS field each part of that came from.

| EPCIS | action | native |
|---|---|---|
| ObjectEvent | ADD | `production` with outputs only |
| | OBSERVE | `inspection` when inspecting, `hold` when holding or while a persistent disposition blocks, `release` where that ends; `shipment`, `receipt` or `delivery` between us and another (see `parties`); else `observation` |
| | DELETE | `use` when dispensing, else `scrap` |
| AggregationEvent | ADD, DELETE | `pack`, `unpack` |
| AssociationEvent | ADD | `assembly`: the children go into the parent, which stays what it is |
| | DELETE | `disassembly`: they come out again |
| TransformationEvent | | `production`; its transformationID is the `run` |
| TransactionEvent | | `observation`, with its order and documents |
| the last four | OBSERVE | `observation` of parent and children |
| any, with an errorDeclaration | | `void` of the event whose eventID it repeats |

An event about no item, such as a sensor's report on a room, is an `observation` of its place; and
so is an association with a place, which is no item. What was taken off without being named is
still recorded as on it: more may then be in a scope, never less (docs/adr/0021).
"""  # noqa: E501  # a table

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tracegraph.formats.epcis.fields import Fields, kind_of
from tracegraph.formats.epcis.lines import (
    Entry,
    add_ilmd,
    classes,
    instance,
    instances,
    names_place,
    parent,
)
from tracegraph.formats.epcis.parties import booked
from tracegraph.formats.epcis.terms import STARTED, own_number
from tracegraph.identify.cbv import bare_word
from tracegraph.model.instant import ACCEPTED as INSTANT
from tracegraph.model.instant import Instant

ACTIONS = ("ADD", "OBSERVE", "DELETE")
ORDERS = {"po", "prodorder"}
# Dispositions that last, and while which nothing may go (CBV 2.0, 7.2.4).
BLOCKING = {"recalled", "non_conformant", "damaged", "expired", "non_sellable_other"}
ERROR_SUFFIX = "#errorDeclaration"
_VERDICTS = {"conformant": "pass", "non_conformant": "fail"}


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


def mapped(
    fields: Fields, source: str, id_of: Callable[[dict[str, Any]], str], own: frozenset[str]
) -> Draft:
    """The native event that an EPCIS event is. Its faults are noted in `fields`, and none raises.

    `id_of` says what it is called where it has no eventID; `own` are names of us, by which
    movements are booked.
    """
    draft = Draft({"source": source})
    draft.put("id", fields.text("eventID") or id_of(fields.event), "eventID")
    kind = fields.text("type", required=_ACCEPTED_TYPES)
    if kind is not None and kind not in EVENT_TYPES:
        fields.refuse(("type",), "type", "is not a known type of event.", _ACCEPTED_TYPES)
    elif kind is not None and fields.event.get("errorDeclaration") is not None:
        _error(fields, draft)
    elif kind is not None:
        _context(fields, draft)
        EVENT_TYPES[kind](fields, draft)
        if draft.native.get("type") == "observation":
            _observed(fields, draft, own)
    draft.native["attributes"] = {"epcis": fields.event}
    return draft


def _error(fields: Fields, draft: Draft) -> None:
    """That the event of this eventID did not happen so. Its correctives are events of their own."""
    draft.native["type"] = "void"
    declared = fields.record("errorDeclaration")
    if fields.refusals:
        return
    at = ("errorDeclaration", "declarationTime")
    time = fields.text(*at, within=declared, required=INSTANT)
    draft.put("occurred_at", _instant(fields, time, *at), *at)
    draft.put("voids", draft.native["id"], "eventID")
    draft.put("id", draft.native["id"] + ERROR_SUFFIX, "eventID")
    reason = fields.word("errorDeclaration", "reason", within=declared)
    draft.put("reason", reason or "no reason given", "errorDeclaration", "reason")


def correctives(event: dict[str, Any]) -> list[str]:
    """The eventIDs of what stands in place of an event that is declared to be wrong."""
    declared = event.get("errorDeclaration")
    named = declared.get("correctiveEventIDs") if isinstance(declared, dict) else None
    return [each for each in named if isinstance(each, str)] if isinstance(named, list) else []


def _instant(fields: Fields, time: str | None, *at: Any) -> str | None:
    if time is not None:
        try:
            Instant.parse(time)
        except ValueError as error:
            fields.refuse(at, "instant", f"{error}.", INSTANT)
    return time


def _context(fields: Fields, draft: Draft) -> None:
    """What any event says: when, where, by which documents."""
    time = fields.text("eventTime", required=INSTANT)
    draft.put("occurred_at", _instant(fields, time, "eventTime"), "eventTime")
    began = fields.text(STARTED)
    draft.put("started_at", _instant(fields, began, STARTED), STARTED)
    for name in ("readPoint", "bizLocation"):  # the second wins: it is where the items are now
        place = fields.text(name, "id", within=fields.record(name))
        draft.put("place", place and own_number(place), name, "id")
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
            named.append((index, kind, own_number(text)))
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


def _object(fields: Fields, draft: Draft) -> None:
    action = _action(fields)
    entries = instances(fields, "epcList") + classes(fields, "quantityList")
    step = fields.word("bizStep")
    if action == "ADD":
        _require(fields, entries, "epcList or quantityList")
        add_ilmd(fields, entries)
        draft.native["type"] = "production"
        draft.put_lines("outputs", entries)
    elif action == "OBSERVE":
        _looked_at(fields, draft, step, entries)
    elif action == "DELETE":
        _require(fields, entries, "epcList or quantityList")
        draft.native["type"] = "use" if step == "dispensing" else "scrap"
        draft.put("reason", step or action, "bizStep" if step else "action")
        draft.put_lines("items", entries)


def _looked_at(fields: Fields, draft: Draft, step: str | None, entries: list[Entry]) -> None:
    """Items that are there: looked at, blocked, let go, or only seen."""
    draft.put_lines("items", entries)
    lasting = fields.record("persistentDisposition")
    begun = _words(fields, lasting, "set") & BLOCKING
    ended = _words(fields, lasting, "unset") & BLOCKING
    if not entries:
        draft.native["type"] = "observation"
    elif begun or step == "holding":
        draft.native["type"] = "hold"
        draft.put("reason", ", ".join(sorted(begun)) or step, "persistentDisposition")
    elif ended:
        draft.native["type"] = "release"
        draft.put("reason", ", ".join(sorted(ended)), "persistentDisposition")
    elif step == "releasing":
        draft.native["type"] = "release"
    elif step == "inspecting":
        draft.native["type"] = "inspection"
        draft.put("verdict", _VERDICTS.get(fields.word("disposition") or ""), "disposition")
    else:
        draft.native["type"] = "observation"


def _words(fields: Fields, lasting: dict[str, Any], name: str) -> set[str]:
    values = lasting.get(name)
    if values is None:
        return set()
    if not isinstance(values, list):
        fields.refuse(("persistentDisposition", name), "list", "is no list.", "a list of words")
        return set()
    for index, value in enumerate(values):
        if not isinstance(value, str):
            at = ("persistentDisposition", name, index)
            fields.refuse(at, "text", f"is {kind_of(value)}.", "a disposition")
    return {bare_word(value) for value in values if isinstance(value, str)}


def _aggregation(fields: Fields, draft: Draft) -> None:
    action = _action(fields)
    entries = instances(fields, "childEPCs") + classes(fields, "childQuantityList")
    if action in {None, "OBSERVE"}:
        _with_parent(fields, draft, entries)
        return
    outer = fields.text("parentID", required="the URI of what the items were put into")
    if outer is not None:
        draft.put("container", parent(outer), "parentID")
    if action == "ADD":
        _require(fields, entries, "childEPCs or childQuantityList")
    draft.native["type"] = "pack" if action == "ADD" else "unpack"
    draft.put_lines("items", entries)


def _association(fields: Fields, draft: Draft) -> None:
    action = _action(fields)
    entries = instances(fields, "childEPCs") + classes(fields, "childQuantityList")
    outer = fields.text("parentID", required="the URI of what the items are associated with")
    if action == "ADD":
        _require(fields, entries, "childEPCs or childQuantityList")
    if outer is None or names_place(outer):
        draft.put("place", outer, "parentID")
        draft.native["type"] = "observation"
        draft.put_lines("items", entries)
        return
    built = instance(outer, ("parentID",))
    if action == "OBSERVE" or not entries:  # without children, which come off is not said
        draft.native["type"] = "observation"
        draft.put_lines("items", [built, *entries])
        return
    put_in = action == "ADD"
    draft.native["type"] = "assembly" if put_in else "disassembly"
    draft.put_lines("inputs" if put_in else "outputs", [*entries, built])
    draft.put_lines("outputs" if put_in else "inputs", [built])


def _with_parent(fields: Fields, draft: Draft, entries: list[Entry]) -> None:
    """Items seen with what holds them."""
    outer = fields.text("parentID")
    if outer is not None:
        entries.insert(0, Entry(outer, {"item": parent(outer)}, {"": ("parentID",)}))
    draft.native["type"] = "observation"
    draft.put_lines("items", entries)


def _transaction(fields: Fields, draft: Draft) -> None:
    _action(fields)
    accepted = "a list of business transactions, one at least"
    if not fields.event.get("bizTransactionList"):
        fields.refuse(("bizTransactionList",), "missing", "is missing or empty.", accepted)
    _with_parent(fields, draft, instances(fields, "epcList") + classes(fields, "quantityList"))


def _transformation(fields: Fields, draft: Draft) -> None:
    inputs = instances(fields, "inputEPCList") + classes(fields, "inputQuantityList")
    outputs = instances(fields, "outputEPCList") + classes(fields, "outputQuantityList")
    _require(fields, inputs + outputs, "inputs or outputs, in an EPC list or a quantity list")
    add_ilmd(fields, outputs)
    draft.native["type"] = "production"
    draft.put("run", fields.text("transformationID"), "transformationID")
    draft.put_lines("inputs", inputs)
    draft.put_lines("outputs", outputs)


def _observed(fields: Fields, draft: Draft, own: frozenset[str]) -> None:
    """A movement between us and another; else the step and the disposition of what was seen.

    Without items it was the place that was seen.
    """
    step, disposition = fields.word("bizStep"), fields.word("disposition")
    movement = booked(fields, step, disposition, own) if _can_move(fields, draft) else None
    if movement is not None:
        draft.native["type"] = movement.type
        draft.put("party", movement.party, *movement.origin)
        return
    draft.put("step", step, "bizStep")
    draft.put("disposition", disposition, "disposition")
    if "items" not in draft.native and "place" not in draft.native and not fields.refusals:
        accepted = "an item, or a readPoint or bizLocation"
        fields.refuse((), "no_items", "names no item and no place.", accepted)


def _can_move(fields: Fields, draft: Draft) -> bool:
    """Whether what an event names is what would move, each once.

    Aggregations, associations and transactions tell of movements that object events tell, too. A
    lot beside a container may be what is in it.
    """
    lines = draft.native.get("items", ())
    kinds = {line["item"].get("kind", "serial") for line in lines}
    is_object = fields.event.get("type") == "ObjectEvent"
    return bool(lines) and is_object and not {"container", "lot"} <= kinds


def _require(fields: Fields, entries: list[Entry], accepted: str) -> None:
    """Refuse an event about nothing, unless what it named was refused already."""
    if not entries and not fields.refusals:
        fields.refuse((), "no_items", "names no item.", f"at least one item in {accepted}")


EVENT_TYPES: dict[str, Callable[[Fields, Draft], None]] = {
    "ObjectEvent": _object,
    "AggregationEvent": _aggregation,
    "AssociationEvent": _association,
    "TransactionEvent": _transaction,
    "TransformationEvent": _transformation,
}
_ACCEPTED_TYPES = f"one of {', '.join(EVENT_TYPES)}"
