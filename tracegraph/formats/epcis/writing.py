"""Native events written as EPCIS events, for partners who trace on from there.

| native | EPCIS |
|---|---|
| made of something | TransformationEvent; its `run` is the transformationID |
| made of nothing | ObjectEvent ADD |
| `pack`, `unpack` | AggregationEvent ADD, DELETE |
| `scrap`, `use` | ObjectEvent DELETE |
| any other about items | ObjectEvent OBSERVE, with the business step that is nearest |

What came as EPCIS goes as it came. Items are named by their keys, so that one thing has one name;
own numbers of places, parties, orders and documents become URNs, and are read back as numbers. An
instance carries no lot in EPCIS, and an event has one time: `tracegraph:lots` says of which lots
the serials of an event are, `tracegraph:startedAt` when it began.
Orders, master data, and records about events alone are no events of items and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracegraph.formats.epcis.lines import EXACT_DIGITS
from tracegraph.formats.epcis.returning import STANDARD_CONTEXT, returned
from tracegraph.formats.epcis.terms import (
    EPC,
    LIST,
    LOT,
    LOTS,
    NAMESPACE,
    PREFIX,
    STARTED,
    own_urn,
)
from tracegraph.model.event import MAKES
from tracegraph.model.key import OWN, Kind
from tracegraph.model.quantity import MICRO
from tracegraph.store.projection.facts import run_uri
from tracegraph.trace.answer import event_key

CONTEXT = [STANDARD_CONTEXT, {PREFIX: NAMESPACE}]

_ENDED = {"scrap": "destroying", "use": "dispensing"}
_PACKED = {"pack": ("ADD", "packing"), "unpack": ("DELETE", "unpacking")}
_STEPS = {
    "receipt": "receiving", "supplier_return": "shipping", "move": "storing",
    "shipment": "shipping", "delivery": "arriving", "return": "receiving",
    "adjustment": "cycle_counting", "inspection": "inspecting", "hold": "holding",
    "release": "releasing", "process": f"{OWN}:step:process",
}  # fmt: skip
_DISPOSITIONS = {
    "shipment": "in_transit", "return": "returned", "pass": "conformant",
    "fail": "non_conformant",
}  # fmt: skip
_CODES = {"g": "GRM", "kg": "KGM", "mL": "MLT", "L": "LTR", "m": "MTR"}
_OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}$")


@dataclass(frozen=True, slots=True)
class Named:
    """An item on a line of an event, by its key, with the lot that a serial is of."""

    role: str
    kind: Kind
    key: str
    quantity: int | None  # millionths of `unit`
    unit: str | None
    lot: str | None = None


def written(
    source: str, id: str, sent: Mapping[str, Any], recorded_at: str, lines: Iterable[Named]
) -> dict[str, Any] | None:
    """One event as EPCIS; None where it is none about items. Linear in its lines."""
    came = returned(sent, recorded_at)
    if came is not None:
        return None if sent["type"] == "void" else came
    named = list(lines)
    if not named:
        return None
    kind = sent["type"]
    event = {"type": "", "eventID": event_key(source, id), **_when(sent["occurred_at"])}
    event["recordTime"] = recorded_at
    if sent.get("started_at") is not None:
        event[STARTED] = sent["started_at"]
    made_of = [line for line in named if line.role == "input"]
    if kind in MAKES and (made_of or any(line.role == "output" for line in named)):
        event |= _made(event["eventID"], source, sent, named, made_of)
    elif kind in _PACKED:
        if kind == "pack" and len(named) == 1:
            return None  # of what was put in, no item is known
        event |= _packed(kind, named)
    else:
        event |= _object(kind, sent, named)
    event |= _around(sent)
    lots = [
        {LIST: _list_of(line, event["type"]), EPC: line.key, LOT: line.lot}
        for line in named
        if line.lot is not None
    ]
    return {**event, LOTS: lots} if lots else event


def _list_of(line: Named, type_: str) -> str:
    """The list of instances that a line is in: a serial may go in of one lot and out of another."""
    if type_ == "TransformationEvent":
        return f"{line.role}EPCList"
    return "childEPCs" if type_ == "AggregationEvent" else "epcList"


def _when(occurred_at: str) -> dict[str, str]:
    found = _OFFSET.search(occurred_at)
    offset = found[0] if found else "+00:00"
    return {"eventTime": occurred_at, "eventTimeZoneOffset": offset}


def _made(
    id: str,
    source: str,
    sent: Mapping[str, Any],
    named: list[Named],
    made_of: list[Named],
) -> dict[str, Any]:
    outputs = [line for line in named if line.role == "output"]
    run = sent.get("run")
    if not made_of and run is None:
        return {
            "type": "ObjectEvent",
            "action": "ADD",
            **_lists(outputs, "epcList", "quantityList"),
        }
    event = {
        "type": "TransformationEvent",
        **_lists(made_of, "inputEPCList", "inputQuantityList"),
        **_lists(outputs, "outputEPCList", "outputQuantityList"),
    }
    if run is not None:
        event["transformationID"] = run_uri(source, run)
    elif not outputs:
        event["transformationID"] = id  # a part of a transformation has to say of which one
    return event


def _packed(kind: str, named: list[Named]) -> dict[str, Any]:
    action, step = _PACKED[kind]
    event: dict[str, Any] = {"type": "AggregationEvent", "action": action, "bizStep": step}
    container = next(line.key for line in named if line.role == "container")
    inside = [line for line in named if line.role != "container"]
    return {**event, "parentID": container, **_lists(inside, "childEPCs", "childQuantityList")}


def _object(kind: str, sent: Mapping[str, Any], named: list[Named]) -> dict[str, Any]:
    ended = _ENDED.get(kind)
    event: dict[str, Any] = {"type": "ObjectEvent", "action": "DELETE" if ended else "OBSERVE"}
    step = ended or sent.get("step") or _STEPS.get(kind)
    if step is not None:
        event["bizStep"] = step
    said = sent.get("disposition") or _DISPOSITIONS.get(sent.get("verdict") or kind)
    if said is not None:
        event["disposition"] = said
    return event | _lists(named, "epcList", "quantityList")


def _around(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Where, for whom, and by which papers."""
    event: dict[str, Any] = {}
    if place := sent.get("place"):
        event["readPoint"] = {"id": own_urn("place", place)}
    if to := sent.get("to"):
        event["bizLocation"] = {"id": own_urn("place", to)}
    if party := sent.get("party"):
        name = "source" if sent["type"] in {"receipt", "return"} else "destination"
        party = own_urn("party", party)
        event[f"{name}List"] = [{"type": "possessing_party", name: party}]
    papers: list[dict[str, str]] = []
    if order := sent.get("order"):
        type_ = "prodorder" if sent["type"] in MAKES else "po"
        papers.append({"type": type_, "bizTransaction": own_urn("order", order)})
    papers += [{"bizTransaction": own_urn("document", each)} for each in sent.get("documents", ())]
    if papers:
        event["bizTransactionList"] = papers
    return event


def _lists(lines: Iterable[Named], instances: str, classes: str) -> dict[str, Any]:
    epcs: dict[str, None] = {}
    amounts = []
    for line in lines:
        if line.kind is Kind.LOT:
            amounts.append({"epcClass": line.key, **_amount(line)})
        else:
            epcs[line.key] = None
    found: dict[str, Any] = {instances: list(epcs)} if epcs else {}
    return found | ({classes: amounts} if amounts else {})


def _amount(line: Named) -> dict[str, Any]:
    """A quantity that a double holds exactly; any other is left out, which means it is unknown."""
    micro = line.quantity
    if micro is None or micro <= 0 or len(str(micro).rstrip("0")) > EXACT_DIGITS:
        return {}
    whole, rest = divmod(micro, MICRO)
    amount: dict[str, Any] = {"quantity": micro / MICRO if rest else whole}
    if line.unit not in {None, "each"}:
        amount["uom"] = _CODES.get(line.unit or "", line.unit)
    return amount
