"""GS1-EPC-Format: a client chooses how identifiers are written; what is stored stays."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

HEADER = "GS1-EPC-Format"
LINKS, URNS, AS_CAME = "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"
SERIAL = (
    "urn:epc:id:sgtin:4012345.011111.9876",
    "https://id.gs1.org/01/04012345111118/21/9876",
)
OTHER = (
    "urn:epc:id:sgtin:4012345.011111.A%2FB",
    "https://id.gs1.org/01/04012345111118/21/A%2FB",
)
PLACE = ("urn:epc:id:sgln:4012345.00001.0", "https://id.gs1.org/414/4012345000016")
BOOK = "https://id.gs1.org/01/09781492053743/21/1"  # of no company prefix


@pytest.fixture
def client(empty: TestClient) -> TestClient:
    """A service with an event that has identifiers of both forms, and one of a single form."""
    common = {"type": "ObjectEvent", "action": "OBSERVE", "eventTimeZoneOffset": "+00:00"}
    mixed: dict[str, Any] = {
        **common,
        "eventID": "urn:uuid:1",
        "eventTime": "2026-03-02T09:14:00Z",
        "epcList": [SERIAL[0], OTHER[1], BOOK],
        "readPoint": {"id": PLACE[0]},
        "bizLocation": {"id": PLACE[1]},
        "bizStep": "inspecting",
    }
    single = {
        **common,
        "eventID": "urn:uuid:2",
        "eventTime": "2026-03-03T09:14:00Z",
        "epcList": [SERIAL[1]],
    }
    for event in (mixed, single):
        assert empty.post("/epcis/events", json=event).status_code == 201
    query = {"name": "all", "query": {"eventType": "ObjectEvent"}}
    assert empty.post("/epcis/queries", json=query).status_code == 201
    return empty


WRITTEN = {
    LINKS: (SERIAL[1], OTHER[1], BOOK, PLACE[1], PLACE[1]),
    URNS: (SERIAL[0], OTHER[0], BOOK, PLACE[0], PLACE[0]),
    AS_CAME: (SERIAL[0], OTHER[1], BOOK, PLACE[0], PLACE[1]),
}
ADDRESSES = [
    "/epcis/events",
    "/epcis/events/urn:uuid:1",
    "/epcis/queries/all/events",
    "/epcis/bizSteps/inspecting/events",
    *(f"/epcis/epcs/{quote(epc, safe='')}/events" for epc in OTHER),
    f"/epcis/bizLocations/{quote(PLACE[0], safe='')}/events",
]


def first_event(answer: Any) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    if "epcisBody" not in body:
        return body
    events = body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    found: list[dict[str, Any]] = [each for each in events if each["eventID"] == "urn:uuid:1"]
    return found[0]


def identifiers(event: dict[str, Any]) -> tuple[str, ...]:
    return (*event["epcList"], event["readPoint"]["id"], event["bizLocation"]["id"])


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("asked", "applied"),
    [
        ({HEADER: LINKS}, LINKS),
        ({HEADER: URNS}, URNS),
        ({HEADER: " always_epc_urn "}, URNS),
        ({HEADER: AS_CAME}, AS_CAME),
        ({HEADER: "No_Preference"}, AS_CAME),
        ({}, AS_CAME),
    ],
    ids=["links", "urns", "other-case", "never", "no-preference", "not-asked"],
)
def test_events_are_written_as_asked(
    client: TestClient, address: str, asked: dict[str, str], applied: str
) -> None:
    answer = client.get(address, headers=asked)

    assert answer.status_code == 200, answer.text
    assert identifiers(first_event(answer)) == WRITTEN[applied]
    assert answer.headers[HEADER] == applied


def test_the_stored_event_stays_as_it_came(client: TestClient) -> None:
    for asked in (LINKS, URNS):
        client.get("/epcis/events/urn:uuid:1", headers={HEADER: asked})

    answer = client.get("/epcis/events/urn:uuid:1")

    assert identifiers(first_event(answer)) == WRITTEN[AS_CAME]


@pytest.mark.parametrize(
    ("asked", "form", "applied"),
    [(LINKS, 1, LINKS), (URNS, 0, URNS), (AS_CAME, 1, LINKS), ("No_Preference", 1, LINKS)],
)
def test_members_are_links_unless_urns_are_asked_for(
    client: TestClient, asked: str, form: int, applied: str
) -> None:
    for collection, expected in [
        ("epcs", {SERIAL[form], OTHER[form], BOOK}),
        ("bizLocations", {PLACE[form]}),
        ("readPoints", {PLACE[form]}),
    ]:
        answer = client.get(f"/epcis/{collection}", headers={HEADER: asked})

        assert sorted(answer.json()["member"]) == sorted(expected)
        assert answer.headers[HEADER] == applied


def test_pages_of_urns_have_each_member_once(client: TestClient) -> None:
    seen: list[str] = []
    address = "/epcis/epcs?perPage=1"
    while address:
        answer = client.get(address, headers={HEADER: URNS})
        seen += answer.json()["member"]
        address = answer.headers.get("link", "").partition(">")[0].lstrip("<")

    assert sorted(seen) == sorted([SERIAL[0], OTHER[0], BOOK])


def test_words_are_no_identifiers(client: TestClient) -> None:
    answer = client.get("/epcis/bizSteps", headers={HEADER: URNS})

    assert answer.json()["member"] == ["inspecting"]
    assert answer.headers[HEADER] == "No_Preference", "nothing of them is said to be translated"


@pytest.mark.parametrize("address", [*ADDRESSES, "/epcis/epcs", "/epcis/readPoints"])
def test_another_value_is_refused(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={HEADER: "Always_Barcodes"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:ValidationException"
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/header/gs1-epc-format"
    assert LINKS in error["accepted"]


@pytest.mark.parametrize("address", ["/epcis", "/epcis/events", "/epcis/epcs", "/epcis/capture"])
def test_every_form_is_announced(client: TestClient, address: str) -> None:
    assert client.options(address).headers[HEADER] == "No_Preference"
