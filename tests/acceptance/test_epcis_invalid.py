"""EPCIS documents that are wrong: what is told of each, and what is stored beside it."""
# ruff: noqa: E501  # a table, a case a line

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

import tracegraph
from api.app import create_app
from tracegraph.settings import Settings

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
LOT = "urn:epc:class:lgtin:4012345.011111.4444"
PALLET = "urn:epc:id:sscc:0614141.1234567890"
DEVICE = "urn:epc:id:grai:4012345.55555.987"
GOOD = {
    "type": "ObjectEvent", "eventID": "urn:uuid:good", "action": "ADD", "epcList": [SERIAL],
    "eventTime": "2026-03-02T09:14:00Z", "eventTimeZoneOffset": "+00:00",
}  # fmt: skip
OBJECT: dict[str, Any] = {**GOOD, "eventID": "urn:uuid:bad", "action": "OBSERVE"}
AGGREGATION: dict[str, Any] = {
    **OBJECT, "type": "AggregationEvent", "action": "ADD", "parentID": PALLET,
    "childEPCs": [SERIAL], "epcList": None,
}  # fmt: skip
ASSOCIATION: dict[str, Any] = {**AGGREGATION, "type": "AssociationEvent", "parentID": DEVICE}
TRANSFORMATION: dict[str, Any] = {
    **OBJECT, "type": "TransformationEvent", "action": None, "epcList": None,
    "inputEPCList": [SERIAL], "outputQuantityList": [{"epcClass": LOT, "quantity": 1}],
}  # fmt: skip
TRANSACTION: dict[str, Any] = {
    **OBJECT, "type": "TransactionEvent", "action": "ADD",
    "bizTransactionList": [{"type": "po", "bizTransaction": "P1"}],
}  # fmt: skip
DECLARED: dict[str, Any] = {
    **OBJECT,
    "errorDeclaration": {"declarationTime": "2026-03-03T00:00:00Z", "reason": "incorrect_data"},
}
GONE = object()


def but(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {name: value for name, value in {**event, **changed}.items() if value is not GONE}


def classes(*elements: Any) -> dict[str, Any]:
    return but(OBJECT, epcList=GONE, quantityList=list(elements))


# What is wrong, the event, where in it, and by which rule.
INVALID: list[tuple[str, Any, str, str]] = [
    ("no event at all", "text", "", "object"),
    ("nothing", None, "", "object"),
    ("a list of events in a list", [OBJECT], "", "object"),
    ("no type", but(OBJECT, type=GONE), "/type", "missing"),
    ("an empty type", but(OBJECT, type=""), "/type", "missing"),
    ("a type that is a number", but(OBJECT, type=5), "/type", "text"),
    ("an unknown type", but(OBJECT, type="QuantityEvent"), "/type", "type"),
    ("a type in small letters", but(OBJECT, type="objectEvent"), "/type", "type"),
    ("no time", but(OBJECT, eventTime=GONE), "/eventTime", "missing"),
    ("a time without an offset", but(OBJECT, eventTime="2026-03-02T09:14:00"), "/eventTime", "instant"),
    ("a day", but(OBJECT, eventTime="2026-03-02"), "/eventTime", "instant"),
    ("no such day", but(OBJECT, eventTime="2026-02-30T00:00:00Z"), "/eventTime", "instant"),
    ("no such hour", but(OBJECT, eventTime="2026-03-02T25:00:00Z"), "/eventTime", "instant"),
    ("a time in seconds", but(OBJECT, eventTime=1772442840), "/eventTime", "text"),
    ("no action", but(OBJECT, action=GONE), "/action", "missing"),
    ("an unknown action", but(OBJECT, action="SMASH"), "/action", "action"),
    ("an action in small letters", but(OBJECT, action="add"), "/action", "action"),
    ("an action that is a list", but(OBJECT, action=["ADD"]), "/action", "text"),
    ("an eventID that is a number", but(OBJECT, eventID=7), "/eventID", "text"),
    ("items that are a text", but(OBJECT, epcList=SERIAL), "/epcList", "list"),
    ("an item that is an object", but(OBJECT, epcList=[{"id": SERIAL}]), "/epcList/0", "text"),
    ("an item that is null", but(OBJECT, epcList=[SERIAL, None]), "/epcList/1", "text"),
    ("an item that is no URI", but(OBJECT, epcList=["4711"]), "/epcList/0", "string_pattern_mismatch"),
    ("an item that is empty", but(OBJECT, epcList=[""]), "/epcList/0", "string_pattern_mismatch"),
    ("an item with a space", but(OBJECT, epcList=["urn:x: 1"]), "/epcList/0", "string_pattern_mismatch"),
    ("no items, no place", but(OBJECT, epcList=[]), "", "no_items"),
    ("nothing created", but(OBJECT, action="ADD", epcList=[]), "", "no_items"),
    ("nothing destroyed", but(OBJECT, action="DELETE", epcList=GONE), "", "no_items"),
    ("quantities that are an object", but(OBJECT, quantityList={"epcClass": LOT}), "/quantityList", "list"),
    ("a quantity that is a text", classes(LOT), "/quantityList/0", "object"),
    ("a quantity of nothing", classes({"quantity": 1}), "/quantityList/0/epcClass", "missing"),
    ("a class that is no URI", classes({"epcClass": "L1", "quantity": 1}), "/quantityList/0/epcClass", "string_pattern_mismatch"),
    ("an amount that is a text", classes({"epcClass": LOT, "quantity": "1"}), "/quantityList/0/quantity", "quantity"),
    ("an amount of true", classes({"epcClass": LOT, "quantity": True}), "/quantityList/0/quantity", "quantity"),
    ("an amount of zero", classes({"epcClass": LOT, "quantity": 0}), "/quantityList/0/quantity", "quantity_sign"),
    ("an amount below zero", classes({"epcClass": LOT, "quantity": -2}), "/quantityList/0/quantity", "quantity_sign"),
    ("an amount of too many digits", classes({"epcClass": LOT, "quantity": 0.00000001}), "/quantityList/0/quantity", "quantity"),
    ("an amount beyond all stock", classes({"epcClass": LOT, "quantity": 1e300}), "/quantityList/0/quantity", "quantity"),
    ("a unit that is a number", classes({"epcClass": LOT, "quantity": 1, "uom": 5}), "/quantityList/0/uom", "text"),
    ("an unknown unit", classes({"epcClass": LOT, "quantity": 1, "uom": "barrels"}), "/quantityList/0/uom", "unit"),
    ("a place that is a text", but(OBJECT, readPoint="P1"), "/readPoint", "object"),
    ("a place whose id is a number", but(OBJECT, bizLocation={"id": 1}), "/bizLocation/id", "text"),
    ("a step that is a list", but(OBJECT, bizStep=["packing"]), "/bizStep", "text"),
    ("a disposition that is a number", but(OBJECT, disposition=1), "/disposition", "text"),
    ("transactions that are an object", but(OBJECT, bizTransactionList={}), "/bizTransactionList", "list"),
    ("a transaction that is a text", but(OBJECT, bizTransactionList=["P1"]), "/bizTransactionList/0", "object"),
    ("a transaction without a name", but(OBJECT, bizTransactionList=[{"type": "po"}]), "/bizTransactionList/0/bizTransaction", "missing"),
    ("a transaction whose type is a number", but(OBJECT, bizTransactionList=[{"type": 1, "bizTransaction": "P"}]), "/bizTransactionList/0/type", "text"),
    ("lasting dispositions that are a list", but(OBJECT, persistentDisposition=[]), "/persistentDisposition", "object"),
    ("a lasting disposition that is a text", but(OBJECT, persistentDisposition={"set": "recalled"}), "/persistentDisposition/set", "list"),
    ("a lasting disposition that is a number", but(OBJECT, persistentDisposition={"unset": [1]}), "/persistentDisposition/unset/0", "text"),
    ("master data that are a list", but(OBJECT, action="ADD", ilmd=[1]), "/ilmd", "object"),
    ("packing into nothing", but(AGGREGATION, parentID=GONE), "/parentID", "missing"),
    ("packing into a number", but(AGGREGATION, parentID=7), "/parentID", "text"),
    ("packing into no URI", but(AGGREGATION, parentID="pallet"), "/parentID", "string_pattern_mismatch"),
    ("packing nothing", but(AGGREGATION, childEPCs=[]), "", "no_items"),
    ("packing a pallet into itself", but(AGGREGATION, childEPCs=[PALLET]), "", "container_inside_itself"),
    ("building into nothing", but(ASSOCIATION, parentID=GONE), "/parentID", "missing"),
    ("building nothing in", but(ASSOCIATION, childEPCs=GONE), "", "no_items"),
    ("children that are a text", but(ASSOCIATION, childEPCs=SERIAL), "/childEPCs", "list"),
    ("making nothing of nothing", but(TRANSFORMATION, inputEPCList=[], outputQuantityList=[]), "", "no_items"),
    ("inputs that are an object", but(TRANSFORMATION, inputEPCList={}), "/inputEPCList", "list"),
    ("an output below zero", but(TRANSFORMATION, outputQuantityList=[{"epcClass": LOT, "quantity": -1}]), "/outputQuantityList/0/quantity", "quantity_sign"),
    ("a transformation of a numbered run", but(TRANSFORMATION, transformationID=1), "/transformationID", "text"),
    ("a transaction without an action", but(TRANSACTION, action=GONE), "/action", "missing"),
    ("a transaction about no transaction", but(TRANSACTION, bizTransactionList=GONE), "/bizTransactionList", "missing"),
    ("an error declared by a text", but(DECLARED, errorDeclaration="wrong"), "/errorDeclaration", "object"),
    ("an error declared at no time", but(DECLARED, errorDeclaration={}), "/errorDeclaration/declarationTime", "missing"),
    ("an error declared on a day", but(DECLARED, errorDeclaration={"declarationTime": "2026-03-03"}), "/errorDeclaration/declarationTime", "instant"),
    ("an error for a numbered reason", but(DECLARED, errorDeclaration={"declarationTime": "2026-03-03T00:00:00Z", "reason": 4}), "/errorDeclaration/reason", "text"),
    ("a number that no double holds", but(OBJECT, **{"ex:a": 2**60}), "/ex:a", "json"),
]  # fmt: skip


def job_of(client: TestClient, event: Any, behaviour: str) -> dict[str, Any]:
    """The job of a document in which a good event stands before the bad one, and one behind."""
    behind = but(GOOD, eventID="urn:uuid:behind", epcList=[SERIAL + "7"])
    body = {"eventList": [GOOD, event, behind]}
    sent = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": body}
    answer = client.post(
        "/epcis/capture", json=sent, headers={"GS1-Capture-Error-Behaviour": behaviour}
    )
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 20
    while (job := client.get(answer.headers["location"]).json())["running"]:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    found: dict[str, Any] = job
    return found


@pytest.mark.parametrize(
    ("event", "pointer", "rule"),
    [pytest.param(*rest, id=why) for why, *rest in INVALID],
)
def test_an_invalid_event_is_told_and_the_rest_is_as_asked(
    event: Any, pointer: str, rule: str
) -> None:
    with tracegraph.connect("sqlite:///:memory:") as graph:
        app = create_app(Settings(), graph=graph)
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
            rolled_back = job_of(client, event, "rollback")
            stored_then = graph.store.published().seq
            went_on = job_of(client, event, "proceed")
        assert stored_then == 0
        assert [e.id for e in graph.events().events] == ["urn:uuid:good", "urn:uuid:behind"]
    for job in (rolled_back, went_on):
        assert job["success"] is False
        assert {error["type"] for error in job["errors"]} == {"epcisException:ValidationException"}
        told = {
            (each["pointer"], each["rule"]) for error in job["errors"] for each in error["errors"]
        }
        assert told == {(f"/epcisBody/eventList/1{pointer}", rule)}
        assert all(each["accepted"] for error in job["errors"] for each in error["errors"])


def test_there_are_sixty_of_them_each_of_its_own() -> None:
    assert len({why for why, *_ in INVALID}) == len(INVALID) >= 60
