"""EPCIS documents become native events, or are refused with a pointer and a reason."""

from __future__ import annotations

import copy
import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracegraph.formats.epcis import Converted, is_epcis, read_epcis
from tracegraph.identify.naming import name_item
from tracegraph.library import connect
from tracegraph.model.key import Kind
from tracegraph.model.parse import content, parse_event
from tracegraph.model.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
SERIAL_2 = "urn:epc:id:sgtin:4012345.011111.9877"
OTHER_PRODUCT = "urn:epc:id:sgtin:4012345.022222.1"
LOT = "urn:epc:class:lgtin:4012345.011111.4444"
PALLET = "urn:epc:id:sscc:0614141.1234567890"
GTIN = "04012345111118"

# How many events each public document has; all of them convert.
PUBLIC = {
    "Documents/AggregationEvent.json": 1,
    "Documents/AggregationEvent_all_possible_fields.json": 1,
    "Documents/AggregationEvent_with_digitalLink.json": 1,
    "Documents/AggregationEvent_with_persistentDisposition.json": 2,
    "Documents/AggregationEvent_with_sensorData.json": 1,
    "Documents/AggregationEvent_with_userExtensions.json": 1,
    "Documents/AssociationEvent.json": 2,
    "Documents/AssociationEvent_2.json": 1,
    "Documents/AssociationEvent_all_possible_fields.json": 1,
    "Documents/AssociationEvent_with_sensorData.json": 1,
    "Documents/AssociationEvent_with_userExtensions.json": 1,
    "Documents/Combination_of_different_event.json": 6,
    "Documents/CurieString_document.json": 1,
    "Documents/JumbledFieldsOrder.json": 1,
    "Documents/Namespaces_at_different_level.json": 5,
    "Documents/ObjectEvent.json": 2,
    "Documents/ObjectEvent_all_possible_fields.json": 1,
    "Documents/ObjectEvent_with_comment.json": 2,
    "Documents/ObjectEvent_with_custom_bizStep_uri.json": 1,
    "Documents/ObjectEvent_with_digitalLink.json": 1,
    "Documents/ObjectEvent_with_error_declaration.json": 2,
    "Documents/ObjectEvent_with_persistentDisposition.json": 2,
    "Documents/ObjectEvent_with_sensorData.json": 1,
    "Documents/ObjectEvent_with_userExtensions.json": 2,
    "Documents/SensorData_and_extension.json": 1,
    "Documents/SensorData_with_combined_events.json": 13,
    "Documents/TransactionEvent.json": 2,
    "Documents/TransactionEvent_all_possible_fields.json": 1,
    "Documents/TransactionEvent_with_sensorData.json": 1,
    "Documents/TransactionEvent_with_userExtensions.json": 1,
    "Documents/TransformationEvent.json": 1,
    "Documents/TransformationEvent_all_possible_fields.json": 1,
    "Documents/TransformationEvent_with_digitalLink.json": 1,
    "Documents/TransformationEvent_with_error_declaration.json": 2,
    "Documents/TransformationEvent_with_sensorData.json": 1,
    "Documents/TransformationEvent_with_userExtensions.json": 1,
    "Documents/epcisDocWithAllGS1Keys.json": 1,
    "Documents/epcisDocWithSensorComponent.json": 1,
    "Events/AggregationEvent.json": 1,
    "Events/AssociationEvent.json": 1,
    "Events/ObjectEvent.json": 1,
    "Events/TransactionEvent.json": 1,
    "Events/TransformationEvent.json": 1,
}


def epcis_event(kind: Any = "ObjectEvent", **fields: Any) -> dict[str, Any]:
    event = {
        "type": kind,
        "eventID": "urn:uuid:1",
        "eventTime": "2026-03-02T09:14:00.1234567+08:00",
        "eventTimeZoneOffset": "+08:00",
    }
    return {**event, **fields}


def object_event(action: Any = "OBSERVE", **fields: Any) -> dict[str, Any]:
    return epcis_event(**{"action": action, "epcList": [SERIAL], **fields})


def aggregation(action: Any = "ADD", **fields: Any) -> dict[str, Any]:
    lists = {"parentID": PALLET, "childEPCs": [SERIAL]}
    return epcis_event("AggregationEvent", **{"action": action, **lists, **fields})


def transformation(**fields: Any) -> dict[str, Any]:
    lists = {"inputEPCList": [OTHER_PRODUCT], "outputEPCList": [SERIAL, SERIAL_2]}
    return epcis_event("TransformationEvent", **{**lists, **fields})


def document(*events: Any) -> dict[str, Any]:
    return {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [*events]}}


def read(value: Any) -> list[Converted]:
    return list(read_epcis(value, source="dc-1"))


def native(event: dict[str, Any]) -> dict[str, Any]:
    [converted] = read(event)
    assert converted.refusals == ()
    [made] = converted.events
    return made


def refusals(event: Any) -> dict[str, str]:
    """Pointer to rule of everything refused in an event that stands second in a document."""
    _, converted = read(document(object_event(), event))
    assert converted.events == ()
    assert converted.pointer == "/epcisBody/eventList/1"
    assert all(refusal.detail.endswith((".", ")")) for refusal in converted.refusals)
    assert all(refusal.accepted for refusal in converted.refusals)
    assert all(refusal.pointer.startswith(converted.pointer) for refusal in converted.refusals)
    return {r.pointer.removeprefix(converted.pointer): r.rule for r in converted.refusals}


def test_a_chain_of_31_events_converts_whole(shared_data: Path) -> None:
    chain = json.loads((shared_data / "whole-chain/all_wholechain_events.jsonld").read_bytes())

    made = [event for converted in read(chain) for event in converted.events]

    assert Counter(event["type"] for event in made) == {
        "production": 13,
        "observation": 12,
        "pack": 3,
        "unpack": 3,
    }
    assert made[0]["occurred_at"] == "2021-10-05T11:10:00.0000000+00:00"
    assert made[0]["outputs"] == [
        {
            "item": {
                "key": "urn:gdst:example.org:product:lot:class:feedmill.1.ff11252021",
                "kind": "lot",
            },
            "quantity": "10000",
            "unit": "KGM",
            "expires_on": "2022-02-03",
        }
    ]
    assert not any("run" in event for event in made), "an empty transformationID joins nothing"


@pytest.mark.parametrize(("path", "count"), PUBLIC.items(), ids=list(PUBLIC))
def test_a_public_document_converts_whole(path: str, count: int, shared_data: Path) -> None:
    answers = read(json.loads((shared_data / "epcis-documents" / path).read_bytes()))

    assert [refusal for answer in answers for refusal in answer.refusals] == []
    assert [len(answer.events) for answer in answers] == [1] * count


def test_every_public_document_is_counted(shared_data: Path) -> None:
    folder = shared_data / "epcis-documents"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}

    assert files == set(PUBLIC)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        pytest.param(document(), True, id="document"),
        pytest.param({"type": "EPCISQueryDocument"}, True, id="query-document"),
        pytest.param(object_event(), True, id="bare-event"),
        pytest.param({"type": "AssociationEvent"}, True, id="event-without-anything"),
        pytest.param({"epcisBody": {}}, True, id="body-without-type"),
        pytest.param({"type": "production"}, False, id="native"),
        pytest.param({"type": ["ObjectEvent"]}, False, id="type-is-a-list"),
        pytest.param([object_event()], False, id="list"),
        pytest.param(None, False, id="null"),
    ],
)
def test_what_is_epcis(value: Any, meant: bool) -> None:
    assert is_epcis(value) is meant


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        pytest.param([], "", id="list"),
        pytest.param({"type": "production"}, "", id="native"),
        pytest.param({"epcisBody": {"eventList": []}}, "/type", id="no-type"),
        pytest.param({"type": 7, "epcisBody": {}}, "/type", id="type-is-a-number"),
        pytest.param({"type": "EPCISDocument"}, "/epcisBody", id="no-body"),
        pytest.param({"type": "EPCISDocument", "epcisBody": []}, "/epcisBody", id="body-a-list"),
        pytest.param(
            {"type": "EPCISDocument", "epcisBody": {"eventList": {}}},
            "/epcisBody/eventList",
            id="events-an-object",
        ),
        pytest.param(
            {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": {}}},
            "/epcisBody/queryResults/resultsBody",
            id="no-results",
        ),
    ],
)
def test_what_is_no_epcis_document_is_refused_at_once(value: Any, pointer: str) -> None:
    with pytest.raises(Refused) as caught:
        read_epcis(value, source="dc-1")

    [refusal] = caught.value.refusals
    assert refusal.pointer == pointer


def test_pointers_tell_where_each_event_stands() -> None:
    results = {"queryResults": {"resultsBody": {"eventList": [object_event(), object_event()]}}}
    query = {"type": "EPCISQueryDocument", "epcisBody": results}

    pointers = [answer.pointer for answer in read(query)]

    assert pointers == [f"/epcisBody/queryResults/resultsBody/eventList/{i}" for i in (0, 1)]
    assert [answer.pointer for answer in read(object_event())] == [""]


def test_one_bad_event_leaves_its_neighbours_alone() -> None:
    answers = read(document(object_event(), 7, object_event()))

    assert [len(answer.events) for answer in answers] == [1, 0, 1]
    assert [refusal.rule for refusal in answers[1].refusals] == ["object"]


def test_what_every_event_says() -> None:
    sent = object_event(
        readPoint={"id": "urn:epc:id:sgln:4012345.00001.0"},
        bizLocation={"id": "urn:epc:id:sgln:4012345.00002.0"},
        bizStep="https://ref.gs1.org/cbv/BizStep-storing",
        disposition="urn:epcglobal:cbv:disp:in_progress",
        **{"example:extension": {"a": [1, 2.5]}},
    )

    made = native(sent)

    assert made == {
        "id": "urn:uuid:1",
        "source": "dc-1",
        "type": "observation",
        "occurred_at": "2026-03-02T09:14:00.1234567+08:00",
        "place": "urn:epc:id:sgln:4012345.00002.0",
        "step": "storing",
        "disposition": "in_progress",
        "items": [{"item": {"key": SERIAL, "kind": "serial"}, "quantity": "1", "unit": "each"}],
        "attributes": {"epcis": sent},
    }


def test_the_read_point_is_the_place_where_there_is_no_location() -> None:
    assert native(object_event(readPoint={"id": "geo:0,0"}))["place"] == "geo:0,0"


def test_an_event_without_an_id_gets_the_same_one_each_time() -> None:
    event = object_event(eventID=None, recordTime="2026-03-02T00:00:00Z")
    again = dict(reversed(event.items())) | {
        "recordTime": "2027-01-01T00:00:00Z",
        "eventTime": "2026-03-02T01:14:00.123Z",
    }
    other = event | {"action": "DELETE"}

    ids = [native(each)["id"] for each in (event, again, other)]

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("ni:///sha-256;")
    assert ids[0].endswith("?ver=CBV2.0")


@pytest.mark.parametrize(
    ("step", "kind", "reason"),
    [
        ("destroying", "scrap", "destroying"),
        ("decommissioning", "scrap", "decommissioning"),
        ("urn:epcglobal:cbv:bizstep:dispensing", "use", "dispensing"),
        ("urn:example:lost", "scrap", "urn:example:lost"),
        (None, "scrap", "DELETE"),
    ],
)
def test_the_end_of_a_life(step: str | None, kind: str, reason: str) -> None:
    made = native(object_event("DELETE", bizStep=step))

    assert (made["type"], made["reason"]) == (kind, reason)


def test_instances_and_classes_are_lines() -> None:
    made = native(
        object_event(
            epcList=[SERIAL, PALLET, "https://example.com/00/006141412345678908", SERIAL],
            quantityList=[
                {"epcClass": LOT, "quantity": 200.5, "uom": "KGM"},
                {"epcClass": "urn:epc:idpat:sgtin:4012345.098765.*", "quantity": 10},
                {"epcClass": "urn:own:lot:7"},
            ],
        )
    )

    assert made["items"] == [
        {"item": {"key": SERIAL, "kind": "serial"}, "quantity": "1", "unit": "each"},
        {"item": {"key": PALLET, "kind": "container"}},
        {"item": {"key": "https://example.com/00/006141412345678908", "kind": "container"}},
        {"item": {"key": LOT, "kind": "lot"}, "quantity": "200.5", "unit": "KGM"},
        {
            "item": {"key": "urn:epc:idpat:sgtin:4012345.098765.*", "kind": "lot"},
            "quantity": "10",
            "unit": "each",
        },
        {"item": {"key": "urn:own:lot:7", "kind": "lot"}},
    ]


def test_an_sscc_of_the_wrong_length_stays_a_container() -> None:
    short = "urn:epc:id:sscc:08600031303.0003"

    [line] = parse_event(native(object_event(epcList=[short]))).item_lines()

    named = name_item(line[2].item)
    assert named is not None
    assert (named.kind, named.key) == (Kind.CONTAINER, short)


def test_a_transformation_is_a_production_and_its_id_is_the_run() -> None:
    made = native(
        transformation(
            transformationID="urn:epc:id:gdti:0614141.12345.400",
            inputQuantityList=[{"epcClass": LOT, "quantity": 30}],
        )
    )

    assert (made["type"], made["run"]) == ("production", "urn:epc:id:gdti:0614141.12345.400")
    assert [line["item"]["key"] for line in made["inputs"]] == [OTHER_PRODUCT, LOT]
    assert [line["item"]["key"] for line in made["outputs"]] == [SERIAL, SERIAL_2]


def test_issue_and_receipt_may_come_apart() -> None:
    made = native(transformation(outputEPCList=[], transformationID="urn:run:1"))

    assert "outputs" not in made


@pytest.mark.parametrize(
    "name", ["cbvmda:lotNumber", "urn:epcglobal:cbv:mda#lotNumber", "m:lotNumber"]
)
def test_serials_of_one_product_are_of_the_lot_that_ilmd_names(name: str) -> None:
    made = native(
        transformation(
            outputEPCList=[SERIAL, f"https://example.com/01/{GTIN}/21/B%2F2", PALLET],
            ilmd={name: "L 1", "cbvmda:itemExpirationDate": "2029-03-01T23:00:00.0000000-05:00"},
        )
    )

    assert made["outputs"] == [
        {
            "item": {"product": GTIN, "serial": serial, "lot": "L 1"},
            "quantity": "1",
            "unit": "each",
            "expires_on": "2029-03-01",
        }
        for serial in ("9876", "B/2")
    ] + [{"item": {"key": PALLET, "kind": "container"}}]


@pytest.mark.parametrize(
    "outputs",
    [
        pytest.param([SERIAL, OTHER_PRODUCT], id="two-products"),
        pytest.param([SERIAL, "urn:own:7"], id="a-product-that-cannot-be-told"),
        pytest.param(["urn:epc:id:sgtin:4012345.9.1"], id="not-a-gtin"),
        pytest.param([f"https://id.gs1.org/01/{GTIN}/10/M/21/1"], id="has-a-lot-already"),
    ],
)
def test_a_lot_number_that_may_be_anothers_is_only_kept(outputs: list[str]) -> None:
    made = native(object_event("ADD", epcList=outputs, ilmd={"cbvmda:lotNumber": "L1"}))

    assert [line["item"]["key"] for line in made["outputs"]] == outputs
    assert made["attributes"]["epcis"]["ilmd"] == {"cbvmda:lotNumber": "L1"}


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-02-28", "2026-02-28"),
        ("2026-02-28Z", "2026-02-28"),
        ("2026-02-28+08:00", "2026-02-28"),
        ("2026-02-28T23:59:00+08:00", "2026-02-28"),
        ("2026-02-30", None),
        ("February", None),
        ("20260228", None),
        (20260228, None),
    ],
)
def test_a_production_date_is_read_where_it_parses(said: Any, day: str | None) -> None:
    made = native(object_event("ADD", ilmd={"cbvmda:productionDate": said}))

    assert made["outputs"][0].get("made_on") == day


def test_packing_and_unpacking() -> None:
    container = {"key": PALLET, "kind": "container"}

    packed, unpacked = native(aggregation()), native(aggregation("DELETE"))
    emptied = native(aggregation("DELETE", childEPCs=[]))
    seen = native(aggregation("OBSERVE", bizStep="receiving"))

    assert (packed["type"], packed["container"]) == ("pack", container)
    assert (unpacked["type"], len(unpacked["items"])) == ("unpack", 1)
    assert "items" not in emptied, "no children named means all of them"
    assert (seen["type"], seen["step"]) == ("observation", "receiving")
    assert [line["item"]["key"] for line in seen["items"]] == [PALLET, SERIAL]


@pytest.mark.parametrize(
    ("listed", "order", "documents"),
    [
        pytest.param([("po", "P1"), ("inv", "I1"), (None, "X")], "P1", ["I1", "X"], id="one"),
        pytest.param([("cbv:BTT-prodorder", "M1")], "M1", None, id="production-order"),
        pytest.param(
            [("po", "P1"), ("prodorder", "M1")], None, ["P1", "M1"], id="two-are-documents"
        ),
        pytest.param([("inv", "A"), ("inv", "B"), ("bol", "A")], None, ["A", "B"], id="repeated"),
    ],
)
def test_business_transactions(
    listed: list[tuple[str | None, str]], order: str | None, documents: list[str] | None
) -> None:
    entries = [{"type": kind, "bizTransaction": text} for kind, text in listed]

    made = native(object_event(bizTransactionList=entries))

    assert (made.get("order"), made.get("documents")) == (order, documents)


DEVICE = "urn:epc:id:grai:4012345.55555.987"
PART = "urn:epc:id:giai:4000001.12345"
ROOM = "urn:epc:id:sgln:4012345.00001.0"


def association(action: Any = "ADD", **fields: Any) -> dict[str, Any]:
    lists = {"parentID": DEVICE, "childEPCs": [PART]}
    return epcis_event("AssociationEvent", **{"action": action, **lists, **fields})


def transaction(action: Any = "ADD", **fields: Any) -> dict[str, Any]:
    bound = {"bizTransactionList": [{"type": "po", "bizTransaction": "P1"}], "epcList": [SERIAL]}
    return epcis_event("TransactionEvent", **{"action": action, **bound, **fields})


def keys(event: dict[str, Any], field: str) -> list[str]:
    return [line["item"]["key"] for line in event.get(field, ())]


def test_what_is_associated_with_a_device_is_built_into_it_and_comes_out_again() -> None:
    lot = [{"epcClass": LOT, "quantity": 4}]

    put_in, taken_out = native(association(childQuantityList=lot)), native(association("DELETE"))
    seen = native(association("OBSERVE", bizStep="inspecting"))

    assert (put_in["type"], taken_out["type"]) == ("assembly", "disassembly")
    assert (keys(put_in, "inputs"), keys(put_in, "outputs")) == ([PART, LOT, DEVICE], [DEVICE])
    assert [line["quantity"] for line in put_in["inputs"]] == ["1", "4", "1"]
    assert (keys(taken_out, "inputs"), keys(taken_out, "outputs")) == ([DEVICE], [PART, DEVICE])
    assert (seen["type"], keys(seen, "items")) == ("observation", [DEVICE, PART])


def test_what_comes_off_unnamed_stays_on_record() -> None:
    made = native(association("DELETE", childEPCs=[]))

    assert (made["type"], keys(made, "items")) == ("observation", [DEVICE])


@pytest.mark.parametrize("room", [ROOM, "https://id.gs1.org/414/4012345000016/254/1"])
def test_what_is_associated_with_a_place_is_seen_there(room: str) -> None:
    made = native(association(parentID=room))

    assert (made["type"], made["place"], keys(made, "items")) == ("observation", room, [PART])


def test_a_transaction_binds_items_to_an_order() -> None:
    made = native(transaction(parentID=PALLET))

    assert (made["type"], made["order"]) == ("observation", "P1")
    assert keys(made, "items") == [PALLET, SERIAL]


def test_a_report_about_no_item_is_about_its_place() -> None:
    made = native(object_event(epcList=[], readPoint={"id": ROOM}, bizStep="sensor_reporting"))

    assert (made["type"], made["place"], made["step"]) == ("observation", ROOM, "sensor_reporting")
    assert "items" not in made


@pytest.mark.parametrize(
    ("fields", "type_", "more"),
    [
        pytest.param(
            {"bizStep": "inspecting", "disposition": "conformant"},
            "inspection", {"verdict": "pass"}, id="passed",
        ),
        pytest.param(
            {"bizStep": "inspecting", "disposition": "non_conformant"},
            "inspection", {"verdict": "fail"}, id="failed",
        ),
        pytest.param({"bizStep": "inspecting"}, "inspection", {}, id="no-verdict"),
        pytest.param({"bizStep": "holding"}, "hold", {"reason": "holding"}, id="held"),
        pytest.param(
            {"persistentDisposition": {"set": ["recalled"]}},
            "hold", {"reason": "recalled"}, id="recalled",
        ),
        pytest.param(
            {"persistentDisposition": {"unset": ["https://ref.gs1.org/cbv/Disp-recalled"]}},
            "release", {"reason": "recalled"}, id="recall-ended",
        ),
        pytest.param(
            {"persistentDisposition": {"set": ["damaged"], "unset": ["recalled"]}},
            "hold", {"reason": "damaged"}, id="another-block-goes-on",
        ),
        pytest.param(
            {"persistentDisposition": {"set": ["completeness_verified"]}},
            "observation", {}, id="blocks-nothing",
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_the_quality_of_items(
    fields: dict[str, Any], type_: str, more: dict[str, str]
) -> None:
    made = native(object_event(**fields))

    assert made["type"] == type_
    assert {name: made.get(name) for name in ("verdict", "reason") if name in made} == more


def declared(event: dict[str, Any], *correctives: str) -> dict[str, Any]:
    told = {"declarationTime": "2026-03-05T00:00:00Z", "reason": "incorrect_data"}
    return {**event, "errorDeclaration": {**told, "correctiveEventIDs": list(correctives)}}


def test_an_error_declaration_voids_the_event_whose_id_it_repeats() -> None:
    wrong = object_event()

    made = native(declared(wrong))

    assert made["type"] == "void"
    assert (made["voids"], made["id"]) == (wrong["eventID"], "urn:uuid:1#errorDeclaration")
    assert (made["reason"], made["occurred_at"]) == ("incorrect_data", "2026-03-05T00:00:00Z")
    assert made["attributes"]["epcis"] == declared(wrong)


def test_an_error_declaration_without_an_id_means_the_event_of_the_same_content() -> None:
    wrong = object_event()
    del wrong["eventID"]

    assert (
        native(declared({**wrong, "recordTime": "2026-03-04T00:00:00Z"}))["voids"]
        == (native(wrong)["id"])
    )


def test_a_declaration_that_cannot_be_read_is_refused_and_the_rest_is_read() -> None:
    """It has no eventID, and what it would be called follows from what no double holds."""
    wrong = {**declared(object_event(), "urn:uuid:2"), "ex:a": 2**60}
    del wrong["eventID"]
    right = object_event(eventID="urn:uuid:2")

    refused, kept = read(document(wrong, right))

    assert [refusal.rule for refusal in refused.refusals] == ["json"]
    assert "replaces" not in kept.events[0]


def test_a_corrective_event_replaces_what_was_wrong() -> None:
    right = object_event(eventID="urn:uuid:2")
    answers = read(document(object_event(), declared(object_event(), "urn:uuid:2"), right))

    first, void, corrected = (event for answer in answers for event in answer.events)
    assert "replaces" not in first
    assert "replaces" not in void
    assert corrected["replaces"] == "urn:uuid:1"


def test_a_device_that_was_opened_and_its_parts_are_traced(tmp_path: Path) -> None:
    """A part that went in and came out again is upstream of the device, whichever it is in now."""
    events = [
        native(object_event("ADD", eventID="urn:uuid:1", epcList=[PART])),
        native(object_event("ADD", eventID="urn:uuid:2", epcList=[DEVICE])),
        native(association(eventID="urn:uuid:3", eventTime="2026-03-03T00:00:00Z")),
        native(association("DELETE", eventID="urn:uuid:4", eventTime="2026-03-04T00:00:00Z")),
    ]
    with connect(f"sqlite:///{tmp_path}/a.db") as graph:
        assert graph.capture(events).ok
        assert PART in {item.key for item in graph.trace(DEVICE).items}
        assert DEVICE in {item.key for item in graph.trace(PART, direction="forward").items}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param("text", {"": "object"}, id="not-an-object"),
        pytest.param({}, {"/type": "missing"}, id="empty"),
        pytest.param(epcis_event("Other"), {"/type": "type"}, id="unknown-type"),
        pytest.param({"type": ["ObjectEvent"]}, {"/type": "text"}, id="type-is-a-list"),
        pytest.param(object_event(eventTime=None), {"/eventTime": "missing"}, id="no-time"),
        pytest.param(object_event(eventTime=7), {"/eventTime": "text"}, id="time-a-number"),
        pytest.param(
            object_event(eventTime="2026-03-02T09:14:00"), {"/eventTime": "instant"}, id="no-offset"
        ),
        pytest.param(object_event("add"), {"/action": "action"}, id="unknown-action"),
        pytest.param(object_event(action=None), {"/action": "missing"}, id="no-action"),
        pytest.param(object_event(epcList=[]), {"": "no_items"}, id="about-nothing"),
        pytest.param(aggregation(childEPCs=[]), {"": "no_items"}, id="packs-nothing"),
        pytest.param(aggregation(parentID=""), {"/parentID": "missing"}, id="no-parent"),
        pytest.param(object_event(epcList=SERIAL), {"/epcList": "list"}, id="epcs-a-text"),
        pytest.param(object_event(epcList=[SERIAL, 7]), {"/epcList/1": "text"}, id="epc-a-number"),
        pytest.param(
            object_event(epcList=[SERIAL, "not a uri"]),
            {"/epcList/1": "string_pattern_mismatch"},
            id="epc-no-uri",
        ),
        pytest.param(
            object_event(epcList=[""]), {"/epcList/0": "string_pattern_mismatch"}, id="epc-empty"
        ),
        pytest.param(
            object_event(quantityList=[LOT]), {"/quantityList/0": "object"}, id="class-a-text"
        ),
        pytest.param(
            object_event(quantityList=[{"quantity": 1}]),
            {"/quantityList/0/epcClass": "missing"},
            id="no-class",
        ),
        pytest.param(
            object_event(quantityList=[{"epcClass": LOT, "quantity": 1, "uom": "bottles"}]),
            {"/quantityList/0/uom": "unit"},
            id="unknown-unit",
        ),
        pytest.param(
            object_event(bizLocation="plant"), {"/bizLocation": "object"}, id="location-a-text"
        ),
        pytest.param(
            object_event(readPoint={"id": 7}), {"/readPoint/id": "text"}, id="read-point-a-number"
        ),
        pytest.param(object_event(eventID=" 1"), {"/eventID": "string_pattern_mismatch"}, id="id"),
        pytest.param(
            object_event(bizTransactionList=[{"type": "inv", "bizTransaction": "i\n"}]),
            {"/bizTransactionList/0/bizTransaction": "string_pattern_mismatch"},
            id="document-number",
        ),
        pytest.param(
            object_event("ADD", ilmd={"cbvmda:lotNumber": "L1 "}),
            {"/ilmd/cbvmda:lotNumber": "string_pattern_mismatch"},
            id="lot-with-a-blank",
        ),
        pytest.param(
            object_event("ADD", ilmd={"cbvmda:lotNumber": 7}),
            {"/ilmd/cbvmda:lotNumber": "text"},
            id="lot-a-number",
        ),
        pytest.param(
            object_event(**{"ex:a/b": [float("inf")]}), {"/ex:a~1b/0": "json"}, id="infinity"
        ),
        pytest.param(object_event(**{"ex:a": 2**53}), {"/ex:a": "json"}, id="integer-too-big"),
        pytest.param(object_event(**{"ex:a": "\ud800"}), {"/ex:a": "json"}, id="half-a-pair"),
        pytest.param(
            object_event("ADD", epcList=[7], bizLocation=[], bizStep={}, eventTime=""),
            {
                "/eventTime": "missing",
                "/bizLocation": "object",
                "/epcList/0": "text",
                "/bizStep": "text",
            },
            id="every-fault-is-told",
        ),
    ],
)
def test_a_malformed_event_is_refused_with_pointers(event: Any, expected: dict[str, str]) -> None:
    assert refusals(event) == expected


def test_a_native_fault_names_the_native_field() -> None:
    [answer] = read(object_event(epcList=["no uri"]))

    assert len(answer.refusals) == 1, "that no line is left is not another fault"
    assert "/items/0/item/key" in answer.refusals[0].detail


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        pytest.param("10", "quantity", id="text"),
        pytest.param(True, "quantity", id="boolean"),
        pytest.param([1], "quantity", id="list"),
        pytest.param(0, "quantity_sign", id="zero"),
        pytest.param(-0.0, "quantity_sign", id="minus-zero"),
        pytest.param(-4, "quantity_sign", id="negative"),
        pytest.param(0.1234567, "quantity", id="seven-fractional-digits"),
        pytest.param(10**12, "quantity", id="thirteen-digits"),
        pytest.param(1e300, "quantity", id="huge"),
        # The text may have been 123456789012.123456: the double cannot tell.
        pytest.param(123456789012.12346, "quantity", id="beyond-a-double"),
    ],
)
def test_a_quantity_that_is_not_exact_is_refused(number: Any, rule: str) -> None:
    event = object_event(quantityList=[{"epcClass": LOT, "quantity": number}])

    assert refusals(event) == {"/quantityList/0/quantity": rule}


@given(st.integers(1, 10**15 - 1), st.integers(0, 6))
def test_a_quantity_of_fifteen_digits_is_exact(digits: int, places: int) -> None:
    written = str(Decimal(digits).scaleb(-places))
    number = json.loads(written)
    if Decimal(written) >= 10**12:
        return

    [line] = native(object_event(epcList=[], quantityList=[{"epcClass": LOT, "quantity": number}]))[
        "items"
    ]

    assert Decimal(line["quantity"]) == Decimal(written)


def test_deep_nesting_is_refused_not_followed() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]

    assert set(refusals(object_event(**{"ex:a": deep})).values()) == {"json"}


SOUND = document(
    object_event("ADD", quantityList=[{"epcClass": LOT, "quantity": 1.5, "uom": "KGM"}]),
    object_event("DELETE", readPoint={"id": "geo:0,0"}, bizLocation={"id": "urn:x:1"}),
    aggregation(childQuantityList=[{"epcClass": LOT, "quantity": 2}]),
    aggregation("OBSERVE", bizTransactionList=[{"type": "po", "bizTransaction": "P1"}]),
    transformation(transformationID="urn:run:1", ilmd={"cbvmda:lotNumber": "L1"}),
    association(childQuantityList=[{"epcClass": LOT, "quantity": 2}]),
    association("DELETE", parentID=ROOM),
    transaction(parentID=PALLET),
    object_event(bizStep="inspecting", persistentDisposition={"set": ["recalled"], "unset": []}),
    declared(object_event(), "urn:uuid:2"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from([SERIAL, LOT, "ADD", "ObjectEvent", "\ud800", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3) | st.sampled_from(["id", "epcClass"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    members: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    return [path, *(each for name, member in members for each in paths(member, (*path, name)))]


def mutated(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The document with another value at one place."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    target = changed
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = new
    return changed


def check_total(value: Any) -> None:
    """Every answer is events that the model accepts, or refusals that point into the document."""
    try:
        answers = read(value)
    except Refused:
        return  # the whole document was refused, with reasons
    for answer in answers:
        assert bool(answer.events) != bool(answer.refusals)
        for event in answer.events:
            assert content(parse_event(event))
        for refusal in answer.refusals:
            assert refusal.pointer.startswith(answer.pointer)
            assert refusal.rule
            assert refusal.accepted


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_garbage_crashes_the_reader(data: st.DataObject) -> None:
    value: Any = SOUND
    for _ in range(data.draw(st.integers(1, 3))):
        places = paths(value) if isinstance(value, dict | list) else [()]
        value = mutated(value, data.draw(st.sampled_from(places)), data.draw(JSON))

    check_total(value)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_public_document_crashes_the_reader(
    data: st.DataObject, shared_data: Path
) -> None:
    name = data.draw(st.sampled_from(sorted(PUBLIC)))
    value = json.loads((shared_data / "epcis-documents" / name).read_bytes())

    check_total(mutated(value, data.draw(st.sampled_from(paths(value))), data.draw(JSON)))
