"""An event has one hash however it is written, and another as soon as it says something else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegraph.formats.epcis import event_list
from tracegraph.formats.epcis.context import Context, context_of
from tracegraph.formats.epcis.event_hash import event_hash, pre_hash

EXAMPLE = "https://ns.example.com/epcis/"
OTHER = "https://ns.example.org/"
CONTEXT = Context().within({"@context": [{"example": EXAMPLE}, {"other": OTHER}]})

SENSOR = {
    "sensorMetadata": {
        "time": "2026-03-02T09:00:00Z",
        "startTime": "2026-03-02T08:00:00Z",
        "endTime": "2026-03-02T09:00:00Z",
        "deviceID": "urn:epc:id:giai:4000001.111",
        "deviceMetadata": "https://example.com/devices/7",
        "rawData": "https://example.com/raw/7",
        "dataProcessingMethod": "https://example.com/methods/7",
        "bizRules": "https://example.com/rules/7",
        "example:room": "12",
    },
    "sensorReport": [
        {
            "type": "Temperature",
            "exception": "ALARM_CONDITION",
            "deviceID": "urn:epc:id:giai:4000001.222",
            "deviceMetadata": "https://example.com/devices/8",
            "rawData": "https://example.com/raw/8",
            "dataProcessingMethod": "https://example.com/methods/8",
            "time": "2026-03-02T08:30:00Z",
            "microorganism": "https://example.com/organisms/1",
            "chemicalSubstance": "https://example.com/substances/1",
            "value": 26.1,
            "component": "x",
            "stringValue": "warm",
            "booleanValue": True,
            "hexBinaryValue": "f0f0",
            "uriValue": "https://example.com/values/1",
            "minValue": 25,
            "maxValue": 27,
            "meanValue": 26,
            "sDev": 0.1,
            "percRank": 50,
            "percValue": 26.05,
            "uom": "CEL",
            "coordinateReferenceSystem": "https://example.com/crs/1",
            "example:probe": "left",
        },
        {"type": "AbsoluteHumidity", "value": 12.1, "uom": "A93"},
    ],
}

# No event has all of these, but each is a field that counts.
EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-02T09:14:00.1234567+08:00",
    "eventTimeZoneOffset": "+08:00",
    "certificationInfo": "https://example.com/certificates/7",
    "epcList": ["urn:epc:id:sgtin:4012345.011111.9876", "urn:epc:id:sgtin:4012345.011111.9877"],
    "parentID": "urn:epc:id:sscc:4012345.1112223334",
    "inputEPCList": ["urn:epc:id:sgtin:4012345.022222.1", "urn:epc:id:sgtin:4012345.022222.2"],
    "childEPCs": ["urn:epc:id:sgtin:4012345.033333.1", "urn:epc:id:sgtin:4012345.033333.2"],
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:4012345.011111.A", "quantity": 10, "uom": "KGM"},
        {"epcClass": "urn:epc:class:lgtin:4012345.011111.B", "quantity": 2.5},
    ],
    "childQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.C", "quantity": 1}],
    "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.D", "quantity": 1}],
    "outputEPCList": ["urn:epc:id:sgtin:4012345.044444.1", "urn:epc:id:sgtin:4012345.044444.2"],
    "outputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.E", "quantity": 1}],
    "action": "ADD",
    "transformationID": "urn:epc:id:gdti:4012345.55555.1234",
    "bizStep": "commissioning",
    "disposition": "active",
    "persistentDisposition": {"set": ["recalled", "damaged"], "unset": ["expired"]},
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00011.987", "example:gate": "north"},
    "bizLocation": {"id": "urn:epc:id:sgln:4012345.00011.0"},
    "sensorElementList": [SENSOR, {"sensorReport": [{"type": "Speed", "value": 3}]}],
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "https://example.com/orders/1"},
        {"type": "desadv", "bizTransaction": "https://example.com/notices/1"},
    ],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00000"}],
    "destinationList": [
        {"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00000"},
        {"type": "location", "destination": "urn:epc:id:sgln:4012345.00012.0"},
    ],
    "ilmd": {"cbvmda:lotNumber": "L7", "example:grade": ["A", "B"]},
    "example:fields": {"example:one": "1", "other:two": ["y", "x", {"example:three": "z"}]},
    "other:note": "kept cold",
}


def text(context: Context = CONTEXT, /, **fields: Any) -> str:
    """The canonical text of a small event, without what is the same in each."""
    return pre_hash({"type": "ObjectEvent", **fields}, context).removeprefix(
        "eventType=ObjectEvent"
    )


def with_leaves_changed(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """The value once for each text or number in it, with that one changed, and where it is."""
    if isinstance(value, dict):
        return [
            (at, {**value, name: changed})
            for name, each in value.items()
            for at, changed in with_leaves_changed(each, f"{path}/{name}")
        ]
    if isinstance(value, list):
        return [
            (at, [*value[:index], changed, *value[index + 1 :]])
            for index, each in enumerate(value)
            for at, changed in with_leaves_changed(each, f"{path}/{index}")
        ]
    if isinstance(value, bool):
        return [(path, not value)]
    if isinstance(value, int | float):
        return [(path, value + 1)]
    as_time = value.replace("2026", "2025") if path.lower().endswith("time") else None
    return [(path, as_time or f"{value}9")]


def without_each(value: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The object once for each of its fields, without that one."""
    return [(name, {k: v for k, v in value.items() if k != name}) for name in value]


@st.composite
def shuffled(draw: st.DrawFn, value: Any = EVENT) -> Any:
    """The value with the members of its lists and the keys of its objects in another order."""
    if isinstance(value, dict):
        names = draw(st.permutations(list(value)))
        return {name: draw(shuffled(value[name])) for name in names}
    if isinstance(value, list):
        return [draw(shuffled(each)) for each in draw(st.permutations(value))]
    return value


@given(shuffled())
def test_no_order_of_keys_or_members_changes_the_hash(event: dict[str, Any]) -> None:
    assert pre_hash(event, CONTEXT) == pre_hash(EVENT, CONTEXT)


@pytest.mark.parametrize(
    "changed", [pytest.param(event, id=at) for at, event in with_leaves_changed(EVENT)]
)
def test_any_other_value_is_another_hash(changed: dict[str, Any]) -> None:
    assert event_hash(changed, CONTEXT) != event_hash(EVENT, CONTEXT), "every value here counts"


@pytest.mark.parametrize(
    "less", [pytest.param(event, id=name) for name, event in without_each(EVENT)]
)
def test_a_field_fewer_is_another_hash(less: dict[str, Any]) -> None:
    assert event_hash(less, CONTEXT) != event_hash(EVENT, CONTEXT), "every field here counts"


def test_hashing_leaves_the_event_as_it_is() -> None:
    event = copy.deepcopy(EVENT)

    event_hash(event, CONTEXT)

    assert event == EVENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            {"eventTime": "2026-03-02T09:14:00+08:00"},
            {"eventTime": "2026-03-02T01:14:00.000Z"},
            id="time-zone",
        ),
        pytest.param(
            {"eventTime": "2026-03-02T01:14:00.1234567Z"},
            {"eventTime": "2026-03-02T01:14:00.123Z"},
            id="seven-digit-fraction",
        ),
        pytest.param(
            {"eventTime": "2026-12-31T23:59:59.9995Z"},
            {"eventTime": "2027-01-01T00:00:00Z"},
            id="rounded-into-the-next-year",
        ),
        pytest.param({"action": " ADD\n"}, {"action": "ADD"}, id="white-space"),
        pytest.param({"disposition": ""}, {}, id="empty-text-is-absent"),
        pytest.param({"disposition": None}, {}, id="null-is-absent"),
        pytest.param({"epcList": []}, {}, id="empty-list-is-absent"),
        pytest.param({"readPoint": {"id": ""}}, {}, id="empty-object-is-absent"),
        pytest.param({"example:a": None}, {}, id="extension-that-is-null"),
        pytest.param(
            {"epcList": ["urn:epc:id:sgtin:4012345.011111.9876"]},
            {"epcList": ["https://example.com/some/path/gtin/4012345111118/ser/9876?x=1"]},
            id="urn-or-digital-link",
        ),
        pytest.param(
            {"bizStep": "shipping"},
            {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"},
            id="bare-word-or-uri",
        ),
        pytest.param(
            {"bizStep": "shipping"},
            {"bizStep": "urn:epcglobal:cbv:bizstep:shipping"},
            id="bare-word-or-urn",
        ),
        pytest.param(
            {"bizStep": "shipping"}, {"bizStep": "cbv:BizStep-shipping"}, id="bare-word-or-compact"
        ),
        pytest.param(
            {"persistentDisposition": {"set": ["recalled"]}},
            {"persistentDisposition": {"set": ["urn:epcglobal:cbv:disp:recalled"]}},
            id="persistent-disposition",
        ),
        pytest.param(
            {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 2.0}]}]},
            {"sensorElementList": [{"sensorReport": [{"type": "gs1:Temperature", "value": 2}]}]},
            id="sensor-type",
        ),
        pytest.param(
            {"quantityList": [{"quantity": 10}]}, {"quantityList": [{"quantity": "10.00"}]},
            id="number-or-text",
        ),
        pytest.param({"example:a": ["x"]}, {"example:a": "x"}, id="list-of-one"),
        pytest.param({"example:a": [["x"], "y"]}, {"example:a": ["x", "y"]}, id="list-in-a-list"),
    ],
)  # fmt: skip
def test_what_says_the_same_has_one_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert text(**one) == text(**other)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        pytest.param(
            {"eventTime": "2026-03-02T01:14:00.1235Z"},
            {"eventTime": "2026-03-02T01:14:00.1234Z"},
            "the half of a millisecond is rounded up",
            id="rounding",
        ),
        pytest.param(
            {"eventTime": "2026-03-02T01:14:00"},
            {"eventTime": "2026-03-02T01:14:00Z"},
            "without its offset a time names no moment",
            id="no-offset",
        ),
        pytest.param(
            {"eventTime": "2026-03-02T01:14:00Z", "eventTimeZoneOffset": "+01:00"},
            {"eventTime": "2026-03-02T01:14:00Z", "eventTimeZoneOffset": "+02:00"},
            "the local time is part of what is said",
            id="time-zone-offset",
        ),
        pytest.param(
            {"disposition": "in_transit"},
            {"example:disposition": "in_transit"},
            "an extension is not the standard's field",
            id="extension",
        ),
        pytest.param(
            {"example:a": "1"},
            {"other:a": "1"},
            "a name is one of its namespace",
            id="namespace",
        ),
        pytest.param(
            {"epcList": ["https://example.com/things/1"]},
            {"epcList": ["https://example.com/things/1", "https://example.com/things/1"]},
            "the algorithm counts a repeated member",
            id="repeated",
        ),
        pytest.param(
            {"sourceList": [{"type": "owning_party", "source": "https://example.com/1"}]},
            {"destinationList": [{"type": "owning_party", "destination": "https://example.com/1"}]},
            "who gives is not who takes",
            id="direction",
        ),
        pytest.param(
            {"quantityList": [{"quantity": "1e999"}]},
            {"quantityList": [{"quantity": "1e9999"}]},
            "an exponent of four digits is no number here, and stays as it came",
            id="huge",
        ),
        pytest.param(
            {"example:sscc": "340123451111111111"},
            {"example:sscc": "340123451111111112"},
            "numbers are exact beyond what a double holds",
            id="long-number",
        ),
    ],
)
def test_what_says_something_else_has_another_hash(
    one: dict[str, Any], other: dict[str, Any], why: str
) -> None:
    assert text(**one) != text(**other), why


@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"eventID": "urn:uuid:1"}, id="event-id"),
        pytest.param({"recordTime": "2026-03-02T01:14:00Z"}, id="record-time"),
        pytest.param({"errorDeclaration": {"reason": "did_not_occur"}}, id="error-declaration"),
        pytest.param({"rdfs:comment": "see below"}, id="comment"),
        pytest.param({"@context": {"more": "https://example.com/"}}, id="context"),
    ],
)
def test_what_is_left_out_changes_nothing(field: dict[str, Any]) -> None:
    assert pre_hash({**EVENT, **field}, CONTEXT) == pre_hash(EVENT, CONTEXT)


def test_comments_are_left_out_wherever_they_stand() -> None:
    place = {"id": "https://example.com/places/1"}

    assert text(readPoint={**place, "rdfs:comment": "a"}) == text(readPoint=place)
    assert text(**{"example:a": {"comment": "b"}}) == text(**{"example:a": {}})


def test_error_fields_elsewhere_count() -> None:
    extension = {"example:a": {"eventID": "1"}}

    assert text(**extension).endswith("eventID=1"), "only the event's own fields are left out"


def test_the_order_is_the_standards_not_the_senders() -> None:
    said = text(disposition="active", action="ADD", eventTime="2026-03-02T01:14:00Z")

    assert said == (
        "eventTime=2026-03-02T01:14:00.000Zaction=ADDdisposition=https://ref.gs1.org/cbv/Disp-active"
    )


def test_lists_without_an_order_of_their_own_come_after_sensors_with_the_type_first() -> None:
    said = text(
        sourceList=[{"source": "s", "type": "location"}],
        ilmd={"cbvmda:lotNumber": "L"},
        destinationList=[{"destination": "d", "type": "location"}],
        bizTransactionList=[{"bizTransaction": "b", "type": "po"}, {"bizTransaction": "a"}],
        sensorElementList=[{"sensorReport": [{"value": 1}]}],
    )

    assert said == (
        "sensorElementListsensorElementsensorReportvalue=1"
        "bizTransactionListbizTransaction=atype=https://ref.gs1.org/cbv/BTT-pobizTransaction=b"
        "destinationListtype=https://ref.gs1.org/cbv/SDT-locationdestination=d"
        "ilmd{urn:epcglobal:cbv:mda}lotNumber=L"
        "sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=s"
    )


def test_extensions_follow_sorted_by_their_full_names() -> None:
    context = Context().within({"@context": {"z": "https://a.example/", "a": "https://z.example/"}})

    said = text(context, **{"a:x": "1", "z:y": {"a:n": "2", "z:m": ["4", "3"]}, "z:empty": ""})

    assert said == (
        "{https://a.example/}empty"
        "{https://a.example/}y{https://a.example/}m=3{https://a.example/}m=4{https://z.example/}n=2"
        "{https://z.example/}x=1"
    )


def test_extensions_of_standard_fields_stand_at_the_end_of_these() -> None:
    said = text(
        readPoint={"example:gate": "north", "id": "https://example.com/places/1"}, action="ADD"
    )

    assert said == f"action=ADDreadPointid=https://example.com/places/1{{{EXAMPLE}}}gate=north"


def test_the_name_of_a_prefix_does_not_matter() -> None:
    renamed = Context().within({"@context": [{"ex": EXAMPLE}]})

    assert text(renamed, **{"ex:a": "1"}) == text(**{"example:a": "1"})


def test_an_event_may_declare_prefixes_of_its_own() -> None:
    own = {"@context": [{"example": OTHER}], "example:a": "1"}

    assert text(**own) == text(**{"other:a": "1"}), "the nearest declaration counts"


def test_a_word_of_the_senders_own_stays_compact() -> None:
    """As in the golden files of XML, whose values know no prefixes."""
    assert text(bizStep="example:waiting") == "bizStep=example:waiting"


def test_a_prefix_that_nobody_declared_stays() -> None:
    assert text(**{"unknown:a": "unknown:b"}) == "unknown:a=unknown:b", "nothing is fetched"


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(None, id="none"),
        pytest.param(
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", id="address"
        ),
        pytest.param([7, {"a": 7, "@vocab": "https://example.com/"}, [], None], id="no-prefixes"),
    ],
)
def test_a_context_without_prefixes_adds_none(declared: Any) -> None:
    assert dict(context_of({"@context": declared}).prefixes) == dict(Context().prefixes)


def test_a_term_may_be_declared_as_an_object() -> None:
    context = context_of({"@context": {"ex": {"@id": EXAMPLE, "@prefix": True}}})

    assert context.name("ex:a") == f"{{{EXAMPLE}}}a"


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda listed: listed, id="at-the-top"),
        pytest.param(lambda listed: {"epcisBody": {"queryResults": listed}}, id="by-the-results"),
    ],
)
def test_fields_that_the_sender_ignores_are_left_out(place: Any) -> None:
    listed = {"example:ignoreFields": ["example:hash", 7, "action"]}
    context = context_of({"@context": [{"example": EXAMPLE}], **place(listed)})

    said = text(context, **{"example:hash": "1", "action": "ADD"})

    assert said == "action=ADD", "a standard field cannot be ignored, or hashes would collide"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="empty"),
        pytest.param({"type": ["ObjectEvent"], "eventTime": 7}, id="wrong-kinds"),
        pytest.param({"epcList": {"a": [1]}, "readPoint": "x", "quantityList": "y"}, id="forms"),
        pytest.param({"bizTransactionList": ["x", None, {"type": {}}]}, id="transactions"),
        pytest.param({"eventTime": "9999-12-31T23:59:59.9999Z"}, id="end-of-the-calendar"),
        pytest.param({"example:a": "\ud800"}, id="half-a-surrogate-pair"),
    ],
)
def test_a_malformed_event_has_a_hash_too(event: dict[str, Any]) -> None:
    assert event_hash(event, CONTEXT).startswith("ni:///sha-256;"), "to judge is for the reader"


def test_every_event_of_a_public_chain_has_a_hash_of_its_own(shared_data: Path) -> None:
    chain = json.loads((shared_data / "whole-chain/all_wholechain_events.jsonld").read_bytes())

    hashes = {event_hash(event, context_of(chain)) for event in event_list(chain)}

    assert len(hashes) == 31, "no two events of the chain say the same"
