"""The query interface of EPCIS: events by parameters, collections, named queries, pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from api.epcis import querying
from tests.api.conftest import MEMORY, client_of
from tracegraph.formats.epcis.query import finding
from tracegraph.keys import create_key
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
LINK = "https://id.gs1.org/01/04012345111118/21/9876"
LOT = "urn:epc:class:lgtin:4012345.011111.L7"
PLACE = "urn:epc:id:sgln:4012345.00005.0"
PLACE_LINK = "https://id.gs1.org/414/4012345000054"
OUTER = "urn:epc:id:sgln:4012345.00009.0"
ODD = "https://example.com/things/a,b/%2F?a=1&b=2#c"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    {"ex": "http://ns.example.com/epcis/"},
]
FIRST = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:1",
    "eventTime": "2026-03-02T09:14:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "bizStep": "commissioning",
    "disposition": "active",
    "persistentDisposition": {"set": ["completeness_verified"], "unset": ["partially_dispensed"]},
    "readPoint": {"id": PLACE},
    "bizLocation": {"id": PLACE},
    "epcList": [SERIAL, ODD],
    "quantityList": [{"epcClass": LOT, "quantity": 5, "uom": "KGM"}],
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:example:po:1"}],
    "sourceList": [{"type": "owning_party", "source": "urn:example:party:1"}],
    "destinationList": [{"type": "location", "destination": PLACE}],
    "ilmd": {"ex:grade": "A", "ex:of": {"ex:deep": 7}},
    "sensorElementList": [
        {
            "sensorMetadata": {"deviceID": "urn:example:device", "ex:room": 4},
            "sensorReport": [
                {
                    "type": "Temperature", "time": "2026-03-02T01:00:00Z",
                    "startTime": "2026-03-02T00:00:00Z", "endTime": "2026-03-02T02:00:00Z",
                    "value": 20.5, "minValue": 19, "maxValue": 22, "meanValue": 20, "sDev": 0.5,
                    "uom": "CEL", "microorganism": "https://example.com/o",
                    "chemicalSubstance": "https://example.com/c", "bizRules": "urn:example:rules",
                    "dataProcessingMethod": "urn:example:method", "stringValue": "warm",
                    "booleanValue": True, "hexBinaryValue": "F0", "uriValue": "urn:example:u",
                    "ex:probe": 3,
                },
                {"percRank": 50, "percValue": 21, "uom": "CEL"},
            ],
            "ex:rack": 2,
        }
    ],
    "ex:weight": 12.5,
    "ex:checked": "2026-03-02T00:00:00Z",
    "ex:open": True,
}  # fmt: skip
MADE = {
    "type": "TransformationEvent",
    "eventID": "urn:uuid:2",
    "eventTime": "2026-03-03T00:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "transformationID": "urn:example:run:1",
    "inputEPCList": [SERIAL],
    "inputQuantityList": [{"epcClass": LOT}],
    "outputEPCList": ["urn:example:out:1"],
    "outputQuantityList": [{"epcClass": "urn:example:class:1", "quantity": 9}],
    "bizStep": "https://ref.gs1.org/cbv/BizStep-assembling",
    "readPoint": {"id": OUTER},
}
PACKED = {
    "type": "AggregationEvent",
    "eventID": "urn:uuid:3",
    "eventTime": "2026-03-04T00:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "action": "ADD",
    "parentID": "urn:epc:id:sscc:4012345.0000000017",
    "childEPCs": ["urn:example:out:1"],
    "childQuantityList": [{"epcClass": "urn:example:class:2", "quantity": 2}],
}
WRONG = {
    **PACKED,
    "errorDeclaration": {
        "declarationTime": "2026-03-05T00:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:4"],
        "ex:by": "QA",
    },
}
EVENTS = (FIRST, MADE, PACKED, WRONG)
WITHIN = {
    "id": "place", "source": "erp", "type": "place", "number": PLACE, "inside": OUTER,
    "occurred_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


def filled(client: TestClient) -> TestClient:
    """A service whose store has the four events, in their order, and where a place lies."""
    assert client.post("/v1/events", json=WITHIN).status_code == 201
    for event in EVENTS:
        answer = client.post("/epcis/events", json={"@context": CONTEXT, **event})
        assert answer.status_code == 201, answer.text
    return client


@pytest.fixture
def client(settings: Settings, graph: Tracegraph) -> Iterator[TestClient]:
    with client_of(create_app(settings, graph)) as started:
        yield filled(started)


@pytest.fixture(scope="module")
def asked() -> Iterator[TestClient]:
    """The same, for tests that leave nothing behind."""
    with (
        tracegraph.connect(MEMORY) as graph,
        client_of(create_app(Settings(store=MEMORY), graph)) as started,
    ):
        yield filled(started)


def encoded(text: str) -> str:
    return quote(text, safe="")


def listed(answer: Any) -> list[dict[str, Any]]:
    """The events of an answer, which is a query document."""
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["type"], document["schemaVersion"]) == ("EPCISQueryDocument", "2.0")
    events: list[dict[str, Any]] = document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return events


def numbers(answer: Any) -> list[int]:
    """Which of the four an answer has; the last, which declares the third wrong, is 4."""
    return [
        4 if "errorDeclaration" in event else int(event["eventID"].removeprefix("urn:uuid:"))
        for event in listed(answer)
    ]


def following(answer: Any) -> str:
    """The address of the next page; empty after the last."""
    link = answer.headers.get("link", "")
    assert not link or link.endswith('>; rel="next"')
    return str(link.partition(">")[0].lstrip("<"))


def told(answer: Any, status: int, exception: str) -> dict[str, Any]:
    """A problem of this status and this type of the standard."""
    problem: dict[str, Any] = answer.json()
    said = (answer.status_code, problem["status"], problem["type"])
    assert said == (status, status, f"epcisException:{exception}Exception"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return problem


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


# -- parameters

FOUND: list[tuple[str, str, list[int]]] = [
    ("eventType", "TransformationEvent", [2]),
    ("eventType", "TransformationEvent,ObjectEvent", [1, 2]),
    ("GE_eventTime", "2026-03-03T00:00:00Z", [2, 3, 4]),
    ("LT_eventTime", "2026-03-03T00:00:00Z", [1]),
    ("GE_recordTime", "2100-01-01T00:00:00Z", []),
    ("GE_recordTime", "0001-01-01T00:00:00Z", [1, 2, 3, 4]),
    ("LT_recordTime", "2100-01-01T00:00:00Z", [1, 2, 3, 4]),
    ("EQ_action", "ADD", [1, 3, 4]),
    ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:assembling", [2]),
    ("EQ_disposition", "https://ref.gs1.org/cbv/Disp-active", [1]),
    ("EQ_persistentDisposition_set", "completeness_verified", [1]),
    ("EQ_persistentDisposition_unset", "partially_dispensed", [1]),
    ("EQ_readPoint", PLACE_LINK, [1]),
    ("EQ_readPoint", OUTER, [2]),
    ("WD_readPoint", OUTER, [1, 2]),
    ("EQ_bizLocation", PLACE, [1]),
    ("WD_bizLocation", OUTER, [1]),
    ("EQ_transformationID", "urn:example:run:1", [2]),
    ("MATCH_epc", LINK, [1]),
    ("MATCH_epc", "urn:epc:idpat:sgtin:4012345.011111.*", [1]),
    ("MATCH_epc", "urn:example:out:1", [3, 4]),
    ("MATCH_parentID", "https://id.gs1.org/00/040123450000000177", [3, 4]),
    ("MATCH_inputEPC", SERIAL, [2]),
    ("MATCH_outputEPC", "urn:example:out:1", [2]),
    ("MATCH_anyEPC", f"{SERIAL},urn:example:out:1", [1, 2, 3, 4]),
    ("MATCH_epcClass", "https://id.gs1.org/01/04012345111118/10/L7", [1]),
    ("MATCH_epcClass", "urn:example:class:2", [3, 4]),
    ("MATCH_inputEPCClass", LOT, [2]),
    ("MATCH_outputEPCClass", "urn:example:class:1", [2]),
    ("MATCH_anyEPCClass", "urn:epc:idpat:sgtin:4012345.011111.*", [1, 2]),
    ("EQ_quantity", "5.0", [1]),
    ("GT_quantity", "5", [2]),
    ("GE_quantity", "5", [1, 2]),
    ("LT_quantity", "5", [3, 4]),
    ("LE_quantity", "5", [1, 3, 4]),
    ("GE_quantity_KGM", "1", [1]),
    ("GE_quantity_GRM", "1", []),
    ("EQ_bizTransaction_po", "urn:example:po:1", [1]),
    ("EQ_bizTransaction_urn:epcglobal:cbv:btt:po", "urn:example:po:1", [1]),
    ("EQ_bizTransaction_inv", "urn:example:po:1", []),
    ("EQ_source_owning_party", "urn:example:party:1", [1]),
    ("EQ_destination_location", PLACE_LINK, [1]),
    ("EQ_eventID", "urn:uuid:3", [3, 4]),
    ("EXISTS_errorDeclaration", "", [4]),
    ("EXISTS_errorDeclaration", "false", [1, 2, 3, 4]),
    ("GE_errorDeclarationTime", "2026-03-05T00:00:00Z", [4]),
    ("GE_errorDeclaration_Time", "2026-03-05T00:00:00.001Z", []),
    ("LT_errorDeclarationTime", "2026-03-05T00:00:00Z", []),
    ("LT_errorDeclaration_Time", "2026-03-06T00:00:00Z", [4]),
    ("EQ_errorReason", "urn:epcglobal:cbv:er:incorrect_data", [4]),
    ("EQ_correctiveEventID", "urn:uuid:4", [4]),
    ("EXISTS_sensorElementList", "true", [1]),
    ("EQ_type", "Temperature", [1]),
    ("EQ_deviceID", "urn:example:device", [1]),
    ("EQ_dataProcessingMethod", "urn:example:method", [1]),
    ("EQ_microorganism", "https://example.com/o", [1]),
    ("EQ_chemicalSubstance", "https://example.com/c", [1]),
    ("EQ_bizRules", "urn:example:rules", [1]),
    ("EQ_stringValue", "warm", [1]),
    ("EQ_booleanValue", "true", [1]),
    ("EQ_booleanValue", "false", []),
    ("EQ_hexBinaryValue", "F0", [1]),
    ("EQ_uriValue", "urn:example:u", [1]),
    ("GE_time", "2026-03-02T01:00:00Z", [1]),
    ("LT_time", "2026-03-02T01:00:00Z", []),
    ("GE_startTime", "2026-03-02T00:00:00.1Z", []),
    ("LT_endTime", "2026-03-02T02:00:00.1Z", [1]),
    ("EQ_value_CEL", "20.50", [1]),
    ("GT_value_CEL", "20.5", []),
    ("GE_value_CEL", "20.5", [1]),
    ("LT_value_FAH", "100", []),
    ("LE_minValue_CEL", "19", [1]),
    ("GE_maxValue_CEL", "22", [1]),
    ("EQ_meanValue_CEL", "20", [1]),
    ("LT_sDev_CEL", "0.6", [1]),
    ("EQ_percValue_CEL", "21", [1]),
    ("EQ_percRank", "50", [1]),
    ("EQ_ex:weight", "12.50", [1]),
    ("GT_ex:weight", "12.5", []),
    ("GE_http://ns.example.com/epcis/weight", "12.5", [1]),
    ("LE_http://ns.example.com/epcis/#weight", "12.5", [1]),
    ("LT_ex:checked", "2026-03-02T00:00:00.1Z", [1]),
    ("EQ_ex:open", "true", [1]),
    ("EXISTS_ex:open", "", [1]),
    ("EQ_ILMD_ex:grade", "A", [1]),
    ("EXISTS_ILMD_ex:deep", "", []),
    ("EQ_INNER_ILMD_ex:deep", "7", [1]),
    ("EQ_INNER_ex:deep", "7", [1]),
    ("EXISTS_INNER_ex:weight", "", []),
    ("EQ_ERROR_DECLARATION_ex:by", "QA", [4]),
    ("EXISTS_INNER_ERROR_DECLARATION_ex:by", "", []),
    ("EQ_SENSORELEMENT_ex:rack", "2", [1]),
    ("EQ_SENSORMETADATA_ex:room", "4", [1]),
    ("GT_SENSORREPORT_ex:probe", "2", [1]),
    ("EXISTS_INNER_SENSORELEMENT_ex:probe", "", [1]),
    ("orderBy", "recordTime", [4, 3, 2, 1]),
    ("orderBy", "eventTime", [4, 3, 2, 1]),
]


@pytest.mark.parametrize(("name", "value", "expected"), FOUND)
def test_a_parameter_finds_what_meets_it(asked, name: str, value: str, expected: list[int]) -> None:
    assert numbers(asked.get("/epcis/events", params={name: value})) == expected


@pytest.mark.parametrize(("name", "value", "expected"), FOUND)
def test_a_named_query_finds_the_same(asked, name: str, value: str, expected: list[int]) -> None:
    said = value.split(",") if "," in value else value
    asked.post("/epcis/queries", json={"name": "one", "query": {name: said or True}})

    answer = asked.get("/epcis/queries/one/events")
    asked.delete("/epcis/queries/one")

    assert numbers(answer) == expected
    assert answer.json()["epcisBody"]["queryResults"]["queryName"] == "one"


def test_parameters_are_met_all_at_once(asked) -> None:
    said = {"EQ_action": "ADD", "EQ_bizStep": ["commissioning", "assembling"]}
    assert numbers(asked.get("/epcis/events", params=said)) == [1]


def test_orders_go_both_ways_and_end_where_they_are_told(asked) -> None:
    said = {"orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": 3, "perPage": 2}
    first = asked.get("/epcis/events", params=said)

    assert numbers(first) == [1, 2]
    last = asked.get(following(first))
    assert (numbers(last), following(last)) == ([3], "")


def test_events_come_as_they_were_sent_with_what_a_repository_says(asked) -> None:
    answer = asked.get("/epcis/events", params={"EQ_eventID": "urn:uuid:1"})

    assert answer.json()["@context"] == CONTEXT
    (event,) = listed(answer)
    assert event.pop("recordTime") <= answer.json()["creationDate"]
    assert event == FIRST
    assert answer.json()["epcisBody"]["queryResults"]["queryName"] == "SimpleEventQuery"


def test_events_of_several_contexts_have_each_their_own(client) -> None:
    other = {**FIRST, "eventID": "urn:uuid:5", "@context": {"ex": "http://other.example.com/"}}
    assert client.post("/epcis/events", json=other).status_code == 201

    events = listed(
        client.get("/epcis/events", params={"EQ_eventID": ["urn:uuid:1", "urn:uuid:5"]})
    )

    assert [event["@context"][-1]["ex"] for event in events] == [
        "http://ns.example.com/epcis/",
        "http://other.example.com/",
    ]


# -- what is refused


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("EQ_colour=red", ["/query/EQ_colour"]),
        ("HASATTR_ex:f=a", ["/query/HASATTR_ex:f"]),
        ("eventType=Event", ["/query/eventType"]),
        ("EQ_action=SMASH", ["/query/EQ_action"]),
        ("EQ_bizStep=", ["/query/EQ_bizStep"]),
        ("EQ_bizStep=a,,b", ["/query/EQ_bizStep"]),
        ("EQ_bizStep=" + ",".join("x" * 1_001), ["/query/EQ_bizStep"]),
        ("GE_eventTime=yesterday", ["/query/GE_eventTime"]),
        ("GE_eventTime=2026-03-02T00:00:00+01:00", ["/query/GE_eventTime"]),
        ("LT_recordTime=2026-03-02", ["/query/LT_recordTime"]),
        ("LT_eventTime=2026-03-02T00:00:00Z&LT_eventTime=x", ["/query/LT_eventTime"]),
        ("EQ_quantity=many", ["/query/EQ_quantity"]),
        ("GT_quantity=NaN", ["/query/GT_quantity"]),
        ("GT_ex:f=big", ["/query/GT_ex:f"]),
        ("EXISTS_errorDeclaration=maybe", ["/query/EXISTS_errorDeclaration"]),
        ("MATCH_epc=urn:epc:idpat:sgtin:4012345.*.*", ["/query/MATCH_epc"]),
        ("MATCH_epc=urn:epc:idpat:sgtin:4012345.011111.7", ["/query/MATCH_epc"]),
        ("orderBy=size", ["/query/orderBy"]),
        ("orderDirection=UP", ["/query/orderDirection"]),
        ("eventCountLimit=3", ["/query/eventCountLimit"]),
        ("orderBy=eventTime&eventCountLimit=0", ["/query/eventCountLimit"]),
        ("maxEventCount=-1", ["/query/maxEventCount"]),
        ("orderBy=eventTime&eventCountLimit=1&maxEventCount=1", ["/query/maxEventCount"]),
        ("perPage=0", ["/query/perPage"]),
        ("perPage=1001", ["/query/perPage"]),
        ("perPage=x", ["/query/perPage"]),
        ("EQ_action=a&EQ_colour=red", ["/query/EQ_action", "/query/EQ_colour"]),
    ],
)
def test_a_parameter_that_is_none_is_told_by_its_name(asked, query: str, at: list[str]) -> None:
    problem = told(asked.get(f"/epcis/events?{query}"), 400, "QueryParameter")
    assert pointers(problem) == at


def test_an_address_may_only_be_so_long(asked) -> None:
    fits = "x" * (8_000 - len("EQ_bizStep="))

    assert numbers(asked.get(f"/epcis/events?EQ_bizStep={fits}")) == []
    told(asked.get(f"/epcis/events?EQ_bizStep={fits}x"), 414, "URITooLong")


def test_an_answer_with_more_events_than_were_allowed_is_refused_whole(asked) -> None:
    assert numbers(asked.get("/epcis/events?maxEventCount=4&perPage=2")) == [1, 2]
    told(asked.get("/epcis/events?maxEventCount=3"), 413, "QueryTooLarge")


def test_what_would_take_too_long_to_count_is_refused(asked, monkeypatch) -> None:
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)

    answer = asked.get("/epcis/events?maxEventCount=3&GT_quantity=1000")

    told(answer, 413, "QueryTooComplex")


# -- pages


@pytest.mark.parametrize("order", ["", "&orderBy=eventTime", "&orderBy=recordTime"])
def test_links_lead_through_all_pages(asked, order: str) -> None:
    seen, address = [], f"/epcis/events?perPage=1{order}"
    while address:
        answer = asked.get(address)
        seen += numbers(answer)
        address = following(answer)
        assert len(seen) <= 4

    assert seen == ([4, 3, 2, 1] if order else [1, 2, 3, 4])


def test_pages_stay_those_of_their_first_while_events_come(client) -> None:
    first = client.get("/epcis/events?perPage=3")
    client.post("/epcis/events", json={**FIRST, "eventID": "urn:uuid:5"})

    last = client.get(following(first))

    assert (numbers(last), following(last)) == ([4], "")


def token(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "x", "é", "%00", "e30", token("a"), token(1), token([]), token([4, None, 0, ""]),
        token([4, None, 0, 0, 0]), token([4, None, "0", "", 0]), token([-1, None, 0, "", 0]),
        token([4, 1.5, 0, "", 0]), token([4, 0, 0, "", 0]), token([4, -1, 0, "", 0]),
        token([4, None, 2**62, "", 0]), token([4, None, -(2**62), "", 0]),
        token([2**64 - 1, None, 0, "", 0]), token([4, None, 0, "", 2**64 - 1]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", ["", "&orderBy=eventTime"])
def test_a_token_that_was_not_given_here_is_refused(
    asked, monkeypatch, text: str, order: str
) -> None:
    monkeypatch.setattr(finding, "FEW", 1)

    answer = asked.get(f"/epcis/events?nextPageToken={encoded(text)}{order}")

    assert pointers(told(answer, 400, "QueryParameter")) == ["/query/nextPageToken"]


@pytest.mark.parametrize("path", ["bizSteps", "queries"])
def test_a_token_of_events_is_none_of_values(asked, path: str) -> None:
    given = token([4, None, 0, "", 1])

    answer = asked.get(f"/epcis/{path}?nextPageToken={given}")

    assert pointers(told(answer, 400, "QueryParameter")) == ["/query/nextPageToken"]


def test_tokens_are_not_forgotten_as_they_hold_nothing(asked) -> None:
    told(asked.delete("/epcis/nextPageToken/x"), 501, "Implementation")


# -- collections

MEMBERS = {
    "eventTypes": [
        "ObjectEvent", "AggregationEvent", "AssociationEvent", "TransactionEvent",
        "TransformationEvent",
    ],
    "epcs": sorted(
        [LINK, ODD, "https://id.gs1.org/00/040123450000000177", "urn:example:out:1"]
    ),
    "bizSteps": ["assembling", "commissioning"],
    "bizLocations": [PLACE_LINK],
    "readPoints": [PLACE_LINK, "https://id.gs1.org/414/4012345000092"],
    "dispositions": ["active"],
}  # fmt: skip
OF: list[tuple[str, str, list[int]]] = [
    ("eventTypes", "AggregationEvent", [3, 4]),
    ("epcs", LINK, [1, 2]),
    ("epcs", SERIAL, [1, 2]),
    ("epcs", ODD, [1]),
    ("bizSteps", "commissioning", [1]),
    ("bizSteps", "urn:epcglobal:cbv:bizstep:assembling", [2]),
    ("bizLocations", PLACE, [1]),
    ("readPoints", PLACE_LINK, [1]),
    ("dispositions", "https://ref.gs1.org/cbv/Disp-active", [1]),
]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_collection_lists_what_events_have(asked, name: str) -> None:
    answer = asked.get(f"/epcis/{name}")

    assert answer.json()["member"] == MEMBERS[name]
    assert answer.json()["type"] == "Collection"
    assert following(answer) == ""


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "eventTypes"])
def test_a_collection_is_listed_page_by_page(asked, name: str) -> None:
    seen, address = [], f"/epcis/{name}?perPage=1"
    while address:
        answer = asked.get(address)
        assert len(answer.json()["member"]) == 1
        seen += answer.json()["member"]
        address = following(answer)

    assert seen == MEMBERS[name]


@pytest.mark.parametrize(("name", "value", "expected"), OF)
def test_a_member_leads_to_its_events(asked, name: str, value: str, expected: list[int]) -> None:
    about = asked.get(f"/epcis/{name}/{encoded(value)}")
    assert (about.status_code, about.json()["@set"]) == (200, ["events"])

    address, seen = f"/epcis/{name}/{encoded(value)}/events?perPage=1", []
    while address:
        answer = asked.get(address)
        seen += numbers(answer)
        address = following(answer)
    assert seen == expected


def test_the_events_of_a_member_are_narrowed_by_parameters(asked) -> None:
    address = f"/epcis/epcs/{encoded(LINK)}/events"

    assert numbers(asked.get(address, params={"eventType": "ObjectEvent"})) == [1]
    told(asked.get(address, params={"EQ_colour": "red"}), 400, "QueryParameter")


@pytest.mark.parametrize("path", ["epcs/none", "epcs/none/events", "eventTypes/Event", "colours"])
def test_what_no_event_has_is_not_there(asked, path: str) -> None:
    told(asked.get(f"/epcis/{path}"), 404, "NoSuchResource")


# -- named queries

QUERY = {"name": "steps", "query": {"EQ_bizStep": ["commissioning", "assembling"]}}


def test_a_query_is_stored_and_listed_and_asked_and_forgotten(client) -> None:
    made = client.post("/epcis/queries", json=QUERY)

    assert (made.status_code, made.headers["location"]) == (201, "/epcis/queries/steps")
    assert client.get("/epcis/queries/steps").json() == QUERY
    assert client.get("/epcis/queries").json() == [QUERY]
    first = client.get("/epcis/queries/steps/events?perPage=1")
    assert (numbers(first), numbers(client.get(following(first)))) == ([1], [2])
    assert client.delete("/epcis/queries/steps").status_code == 204
    for answer in (client.get("/epcis/queries/steps"), client.delete("/epcis/queries/steps"),
                   client.get("/epcis/queries/steps/events")):  # fmt: skip
        told(answer, 404, "NoSuchName")


def test_the_name_of_a_query_is_taken_until_it_is_forgotten(client) -> None:
    client.post("/epcis/queries", json=QUERY)

    again = client.post("/epcis/queries", json={**QUERY, "query": {}})

    assert pointers(told(again, 409, "ResourceAlreadyExists")) == ["/name"]
    assert client.get("/epcis/queries/steps").json() == QUERY


def test_queries_are_listed_page_by_page(client) -> None:
    for name in "cab":
        client.post("/epcis/queries", json={"name": name, "query": {}})

    first = client.get("/epcis/queries?perPage=2")

    assert [each["name"] for each in first.json()] == ["a", "b"]
    last = client.get(following(first))
    assert ([each["name"] for each in last.json()], following(last)) == (["c"], "")


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ({}, ["/name", "/query"]),
        ({"name": "a b", "query": {}}, ["/name"]),
        ({"name": "..", "query": {}}, ["/name"]),
        ({"name": "a" * 101, "query": {}}, ["/name"]),
        ({"name": "a", "query": []}, ["/query"]),
        ({"name": "a", "query": {}, "more": 1}, ["/more"]),
        ({"name": "a", "query": {"EQ_bizStep": [[]]}}, ["/query/EQ_bizStep"]),
        ({"name": "a", "query": {"EQ_bizStep": None}}, ["/query/EQ_bizStep"]),
        ({"name": "a", "query": {"GE_eventTime": ["a", "b"]}}, ["/query/GE_eventTime"]),
        ({"name": "a", "query": {"GE_ex:f": {}}}, ["/query/GE_ex:f"]),
        ({"name": "a", "query": {"perPage": 5}}, ["/query/perPage"]),
    ],
)
def test_what_is_no_query_is_told(client, sent: dict[str, Any], at: list[str]) -> None:
    answer = client.post("/epcis/queries", json=sent)

    assert answer.status_code == 400
    assert sorted(set(pointers(answer.json()))) == at
    assert client.get("/epcis/queries").json() == []


def test_a_query_of_json_keeps_commas_in_its_values(client) -> None:
    client.post("/epcis/queries", json={"name": "one", "query": {"MATCH_epc": [ODD]}})

    assert numbers(client.get("/epcis/queries/one/events")) == [1]


def test_a_named_query_allows_only_so_many_events(client) -> None:
    client.post("/epcis/queries", json={"name": "few", "query": {"maxEventCount": 3}})

    told(client.get("/epcis/queries/few/events"), 413, "QueryTooLarge")


# -- callers and methods


def test_a_reader_asks_and_does_not_store(client, graph: Tracegraph) -> None:
    client.post("/epcis/queries", json=QUERY)
    _, key = create_key(graph.store, name="r", role="reader")
    reader = {"authorization": f"Bearer {key}"}

    for path in ("events", "epcs", "bizSteps/commissioning", "bizSteps/commissioning/events",
                 "queries", "queries/steps", "queries/steps/events"):  # fmt: skip
        assert client.get(f"/epcis/{path}", headers=reader).status_code == 200, path
        unknown = client.get(f"/epcis/{path}", headers={"authorization": "Bearer no"})
        told(unknown, 401, "Security")
    told(client.post("/epcis/queries", json=QUERY, headers=reader), 403, "Security")
    told(client.delete("/epcis/queries/steps", headers=reader), 403, "Security")
    assert client.get("/epcis/queries/steps", headers=reader).json() == QUERY


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((name, "GET, OPTIONS") for name in querying.COLLECTIONS),
        *((f"{name}/x", "GET, OPTIONS") for name in querying.COLLECTIONS),
        *((f"{name}/x/events", "GET, OPTIONS") for name in querying.COLLECTIONS),
        ("queries/x/events", "GET, OPTIONS"),
        ("nextPageToken/x", "DELETE, OPTIONS"),
    ],
)
def test_each_address_says_what_it_takes(asked, path: str, allowed: str) -> None:
    answer = asked.options(f"/epcis/{path}")

    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"


def test_the_entry_names_every_resource(asked) -> None:
    answer = asked.get("/epcis")

    assert answer.json() == ["capture", "events", *querying.COLLECTIONS, "queries"]
    assert '</epcis/epcs>; rel="epcs"' in answer.headers["link"]


def test_versions_are_announced_and_asked_for_by_queries_too(asked) -> None:
    answer = asked.get("/epcis/events")

    assert answer.headers["GS1-EPCIS-Version"] == answer.headers["GS1-CBV-Max"] == "2.0.0"
    told(asked.get("/epcis/events", headers={"GS1-EPCIS-Min": "3"}), 406, "NotAcceptable")
