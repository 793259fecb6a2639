"""The EPCIS interface: documents are taken, captured, and given back as they came."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from api.arriving import Arrivals
from api.capturing import Capturing
from api.epcis import jobs
from api.epcis.jobs import KIND, SENT, CaptureJobs
from api.metrics import Metrics
from tests.api.conftest import client_of
from tracegraph.keys import create_key
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings
from tracegraph.store.port import Document, StoreUnavailable

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    {"example": "http://ns.example.com/epcis/"},
]
SECONDS = 20.0


def event(id: str | None = "urn:uuid:1", **fields: Any) -> dict[str, Any]:
    named = {} if id is None else {"eventID": id}
    return {
        **named,
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "epcList": [SERIAL],
        "eventTime": "2026-03-02T09:14:00.123+08:00",
        "eventTimeZoneOffset": "+08:00",
        "example:myField": {"example:deep": [1, "ä"]},
        **fields,
    }


def document(*events: Any, **fields: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T09:15:00Z",
        "epcisBody": {"eventList": [*events]},
        **fields,
    }


WRONG = event("urn:uuid:wrong", action="SMASH")


@pytest.fixture
def client(settings: Settings, graph: Tracegraph) -> Iterator[TestClient]:
    """A service that is started, with its thread of jobs."""
    with client_of(create_app(settings, graph)) as started:
        yield started


def ended(client: TestClient, location: str) -> dict[str, Any]:
    """A capture job once it has ended."""
    deadline = time.monotonic() + SECONDS
    while True:
        job: dict[str, Any] = client.get(location).json()
        if not job["running"]:
            return job
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.01)


def captured(client: TestClient, sent: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = client.post("/epcis/capture", json=sent, headers=headers)
    assert answer.status_code == 202, answer.text
    return ended(client, answer.headers["location"])


def events_of(client: TestClient) -> list[str]:
    """The ids in the journal."""
    return [each["id"] for each in client.get("/v1/events").json()["events"]]


def test_a_document_is_captured_and_its_events_come_back_as_they_came(client) -> None:
    sent = event()

    job = captured(client, document(sent))
    answer = client.get(f"/epcis/events/{quote('urn:uuid:1', safe='')}")

    assert (job["success"], job["errors"]) == (True, [])
    assert job["captureErrorBehaviour"] == "rollback"
    assert job["createdAt"] <= job["finishedAt"]
    found = answer.json()
    assert found.pop("recordTime") >= job["createdAt"]
    assert found.pop("@context") == CONTEXT
    assert found == sent


def test_what_is_captured_is_in_the_graph(client) -> None:
    captured(client, document(event()))

    key = client.get("/v1/resolve", params={"scan": SERIAL}).json()["item"]["key"]
    assert key == "https://id.gs1.org/01/04012345111118/21/9876"
    history = client.get(f"/v1/items/{quote(key, safe='')}/history").json()
    assert [entry["id"] for entry in history["entries"]] == ["urn:uuid:1"]


def test_nothing_is_stored_of_a_document_with_a_bad_event(client) -> None:
    job = captured(client, document(event(), WRONG))

    assert job["success"] is False
    (error,) = job["errors"]
    assert error["type"] == "epcisException:ValidationException"
    assert error["errors"][0]["pointer"] == "/epcisBody/eventList/1/action"
    assert events_of(client) == []


def test_with_proceed_exactly_the_good_events_are_stored(client) -> None:
    sent = document(event(), WRONG, event("urn:uuid:2", epcList=[SERIAL + "7"]))
    job = captured(client, sent, **{"GS1-Capture-Error-Behaviour": "proceed"})

    assert (job["success"], job["captureErrorBehaviour"]) == (False, "proceed")
    assert events_of(client) == ["urn:uuid:1", "urn:uuid:2"]


def test_an_id_that_is_taken_by_other_content_is_an_error(client) -> None:
    captured(client, document(event()))

    job = captured(client, document(event(bizStep="packing")))

    assert [error["type"] for error in job["errors"]] == [
        "epcisException:ResourceAlreadyExistsException"
    ]
    assert job["errors"][0]["errors"][0]["pointer"] == "/epcisBody/eventList/0/eventID"


def test_the_same_document_again_changes_nothing(client) -> None:
    first, second = (captured(client, document(event(None))) for _ in range(2))

    assert first["success"]
    assert second["success"]
    assert len(events_of(client)) == 1


def test_an_error_declaration_voids_and_both_stay_to_be_read(client) -> None:
    told = {"declarationTime": "2026-03-05T00:00:00Z", "reason": "incorrect_data"}
    captured(client, document(event()))
    job = captured(client, document(event(errorDeclaration=told)))

    assert job["success"], job
    assert events_of(client) == ["urn:uuid:1", "urn:uuid:1#errorDeclaration"]
    stored = client.get("/v1/events/epcis/urn:uuid:1").json()
    assert stored["status"] == "voided"
    assert client.get("/epcis/events/urn:uuid:1").json()["eventID"] == "urn:uuid:1"
    declared = client.get(f"/epcis/events/{quote('urn:uuid:1#errorDeclaration', safe='')}").json()
    assert (declared["eventID"], declared["errorDeclaration"]) == ("urn:uuid:1", told)


def test_one_event_is_captured_at_once(client) -> None:
    answer = client.post("/epcis/events", json={"@context": CONTEXT, **event()})

    assert answer.status_code == 201
    found = client.get(answer.headers["location"]).json()
    assert found["eventID"] == "urn:uuid:1"
    assert found["@context"] == CONTEXT


def test_the_context_of_an_event_stands_behind_that_of_its_document(client) -> None:
    inner = {"inner": "http://ns.example.com/inner/"}
    captured(client, document({**event(), "@context": [inner], "inner:a": 1}))

    assert client.get("/epcis/events/urn:uuid:1").json()["@context"] == [*CONTEXT, inner]


@pytest.mark.parametrize("second", [event(), event(bizStep="packing")])
def test_an_event_twice_is_a_conflict(client, second: dict[str, Any]) -> None:
    client.post("/epcis/events", json=event())

    answer = client.post("/epcis/events", json=second)

    assert answer.status_code == 409
    assert answer.json()["type"] == "epcisException:ResourceAlreadyExistsException"


def test_an_event_without_an_id_is_given_one(client) -> None:
    answer = client.post("/epcis/events", json=event(None))

    found = client.get(answer.headers["location"]).json()
    assert found["eventID"].startswith("ni:///sha-256;")
    assert answer.headers["location"] == f"/epcis/events/{quote(found['eventID'], safe='')}"


@pytest.mark.parametrize(
    ("path", "sent", "status", "exception"),
    [
        ("capture", event(), 400, "Validation"),
        ("capture", document(), 202, None),
        ("capture", {**document(), "type": "Order"}, 400, "Validation"),
        ("capture", {"type": "EPCISDocument"}, 400, "Validation"),
        ("capture", {**document(), "epcisBody": {"eventList": {}}}, 400, "Validation"),
        ("capture", [document()], 400, "Validation"),
        ("capture", document(*(event(str(n)) for n in range(21))), 413, "CaptureLimitExceeded"),
        ("capture", {**document(), "type": []}, 400, "Validation"),
        ("events", document(event()), 400, "Validation"),
        ("events", {**event(), "type": {}}, 400, "Validation"),
        ("events", WRONG, 400, "Validation"),
        ("events", event(epcList=[]), 400, "Validation"),
        ("events", {"type": "production"}, 400, "Validation"),
    ],
)
def test_what_is_no_document_is_told_at_once(
    client, path: str, sent: Any, status: int, exception: str | None
) -> None:
    answer = client.post(f"/epcis/{path}", json=sent)

    assert answer.status_code == status
    if exception is not None:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"epcisException:{exception}Exception"
        assert answer.json()["status"] == status
        assert events_of(client) == []


@pytest.mark.parametrize(
    ("body", "headers", "status", "exception"),
    [
        (b"{", {}, 400, "Validation"),
        (b'{"a": 1, "a": 2}', {}, 400, "Validation"),
        (b"x" * 20_001, {}, 413, "CaptureLimitExceeded"),
        (b"{}", {"content-type": "text/csv"}, 415, "UnsupportedMediaType"),
        (b"{}", {"GS1-Capture-Error-Behaviour": "guess"}, 400, "Validation"),
        (b"{}", {"GS1-EPCIS-Min": "3.0.0"}, 406, "NotAcceptable"),
        (b"{}", {"GS1-EPCIS-Max": "1.2"}, 406, "NotAcceptable"),
        (b"{}", {"GS1-CBV-Version": "3"}, 406, "NotAcceptable"),
        (b"{}", {"GS1-EPCIS-Version": "two"}, 400, "Validation"),
    ],
)
def test_requests_that_cannot_be_met(
    client, body: bytes, headers: dict[str, str], status: int, exception: str
) -> None:
    answer = client.post(
        "/epcis/capture", content=body, headers={"content-type": "application/ld+json", **headers}
    )

    assert (answer.status_code, answer.json()["type"]) == (
        status,
        f"epcisException:{exception}Exception",
    )


@pytest.mark.parametrize("path", ["capture/none", "events/none", "nothing"])
def test_what_is_not_there_is_told_in_the_words_of_the_standard(client, path: str) -> None:
    answer = client.get(f"/epcis/{path}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "epcisException:NoSuchResourceException"


def test_a_native_event_is_no_epcis_event(client) -> None:
    line = {"item": {"product": "FG", "lot": "C1"}, "quantity": "1", "unit": "each"}
    native = {"id": "n-1", "source": "epcis", "type": "scrap", "items": [line]}
    sent = client.post("/v1/events", json={**native, "occurred_at": "2026-03-02T00:00:00Z"})
    assert sent.status_code == 201

    assert client.get("/epcis/events/n-1").status_code == 404


def test_jobs_are_listed_the_newest_first_page_by_page(client) -> None:
    made = [captured(client, document(event(f"urn:uuid:{n}")))["captureID"] for n in range(5)]

    seen, address = [], "/epcis/capture?perPage=2"
    while address:
        answer = client.get(address)
        seen.append([job["captureID"] for job in answer.json()])
        link = answer.headers.get("link", "")
        address = link.partition(">")[0].lstrip("<")

    assert [len(page) for page in seen] == [2, 2, 1]
    assert [id for page in seen for id in page] == made[::-1]


def test_versions_and_limits_are_announced(client, settings: Settings) -> None:
    for path, allowed in [
        ("/epcis", "GET, OPTIONS"),
        ("/epcis/capture", "GET, OPTIONS, POST"),
        ("/epcis/events", "GET, OPTIONS, POST"),
        ("/epcis/events/urn:uuid:1", "GET, OPTIONS"),
        ("/epcis/bizSteps", "GET, OPTIONS"),
        ("/epcis/queries", "GET, OPTIONS, POST"),
        ("/epcis/queries/one", "DELETE, GET, OPTIONS"),
    ]:
        answer = client.options(path)

        assert (answer.status_code, answer.headers["allow"]) == (204, allowed)
        assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
        assert answer.headers["GS1-EPCIS-Capture-Limit"] == str(settings.max_batch_events)
        assert answer.headers["GS1-EPCIS-Capture-File-Size-Limit"] == str(settings.max_body_bytes)
    assert client.options("/epcis/nothing").status_code == 404


def test_callers_need_their_roles(client, graph: Tracegraph) -> None:
    _, token = create_key(graph.store, name="r", role="reader")
    reader = {"authorization": f"Bearer {token}"}

    refused = client.post("/epcis/capture", json=document(event()), headers=reader)
    unknown = client.get("/epcis/capture", headers={"authorization": "Bearer no"})

    assert client.get("/epcis/capture", headers=reader).status_code == 200
    assert (refused.status_code, unknown.status_code) == (403, 401)
    assert {each.json()["type"] for each in (refused, unknown)} == {
        "epcisException:SecurityException"
    }


XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="http://ns.example.com/epcis/"
    schemaVersion="2.0" creationDate="2026-03-02T09:15:00Z">
  <EPCISBody><EventList><ObjectEvent>
    <eventTime>2026-03-02T09:14:00Z</eventTime>
    <eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
    <eventID>urn:uuid:x</eventID>
    <epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList>
    <action>ADD</action>
    <ex:myField>7</ex:myField>
  </ObjectEvent></EventList></EPCISBody>
</epcis:EPCISDocument>"""


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=utf-8"])
def test_xml_is_captured_as_its_json_form(client, kind: str) -> None:
    answer = client.post("/epcis/capture", content=XML, headers={"content-type": kind})

    assert ended(client, answer.headers["location"])["success"]
    found = client.get("/epcis/events/urn:uuid:x").json()
    assert (found["epcList"], found["ex:myField"]) == ([SERIAL], "7")
    assert found["@context"] == [CONTEXT[0], {"ex": "http://ns.example.com/epcis/"}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (XML[:-40], "line"),
        (XML.replace(b"<epcis:EPCISDocument", b"<!DOCTYPE a><epcis:EPCISDocument", 1), "DOCTYPE"),
        (b"<order/>", "EPCISDocument"),
    ],
)
def test_what_is_no_document_in_xml_is_told_at_once(client, body: bytes, said: str) -> None:
    answer = client.post(
        "/epcis/capture", content=body, headers={"content-type": "application/xml"}
    )

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:ValidationException"
    assert said in str(answer.json()["errors"])


# -- what was taken is captured, whatever happens


def test_a_job_that_was_taken_before_the_service_ended_is_captured_by_the_next(
    settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"store": f"sqlite:///{tmp_path}/a.db"})
    with tracegraph.connect(settings.store) as graph:
        taken = CaptureJobs(
            graph.store, Capturing(graph, settings, None), Arrivals(Metrics())
        ).take("application/json", json.dumps(document(event())).encode(), "caller", "rollback")
        assert graph.store.published().seq == 0

    with client_of(create_app(settings)) as client:
        job = ended(client, f"/epcis/capture/{taken.id}")
        assert job["success"]
        assert events_of(client) == ["urn:uuid:1"]
    with tracegraph.connect(settings.store) as graph:
        assert graph.store.documents(SENT) == []


def test_what_was_not_told_as_taken_is_not_captured(settings: Settings, graph) -> None:
    body = {"kind": "application/json", "body": "e30=", "caller": "c"}
    graph.store.put_document(Document(SENT, "1", 0, body))

    with client_of(create_app(settings, graph)):
        assert graph.store.documents(SENT) == []


def test_a_store_that_is_away_is_asked_again(
    settings: Settings, graph: Tracegraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AGAIN_SECONDS", 0.01)
    away = iter([StoreUnavailable("away"), StoreUnavailable("away")])
    capture = graph.capture

    def failing(*args: Any, **named: Any) -> Any:
        for error in away:
            raise error
        return capture(*args, **named)

    monkeypatch.setattr(graph, "capture", failing)
    with client_of(create_app(settings, graph)) as client:
        job = captured(client, document(event()))

    assert job["success"]
    assert graph.store.published().seq == 1


def test_a_fault_of_the_service_ends_the_job_and_not_the_others(
    settings: Settings, graph: Tracegraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = graph.capture
    faults = iter([RuntimeError("bug")])

    def failing(*args: Any, **named: Any) -> Any:
        for error in faults:
            raise error
        return capture(*args, **named)

    monkeypatch.setattr(graph, "capture", failing)
    with client_of(create_app(settings, graph)) as client:
        first, second = (captured(client, document(event())) for _ in range(2))

    assert [error["type"] for error in first["errors"]] == [
        "epcisException:ImplementationException"
    ]
    assert second["success"]


def test_jobs_that_ended_long_ago_are_forgotten(
    settings: Settings, graph: Tracegraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_KEPT", 2)
    monkeypatch.setattr(jobs, "_SWEEP", 1)
    with client_of(create_app(settings, graph)) as client:
        made = [captured(client, document(event(f"urn:uuid:{n}"))) for n in range(4)]

    assert [each.id for each in graph.store.documents(KIND)] == [
        each["captureID"] for each in made[2:]
    ]
