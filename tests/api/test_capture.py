"""Sending events: statuses, outcomes, limits, and the answers that are kept."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.types import Message

from api.examples import HISTORY, PRODUCTION, RECEIPT, SHIPMENT
from tests.api.conftest import client_of
from tracegraph.keys import create_key

BAD = {**SHIPMENT, "id": "ship-89", "colour": "blue"}
OTHER = {**SHIPMENT, "party": "CUST-13"}


def test_one_event_is_stored_and_has_an_address(empty) -> None:
    answer = empty.post("/v1/events", json=SHIPMENT)

    assert answer.status_code == 201
    assert answer.json()["outcomes"][0]["seq"] == 1
    assert answer.headers["location"] == "/v1/events/wms-sz/ship-88"
    assert empty.get(answer.headers["location"]).json()["event"] == SHIPMENT


def test_an_id_with_a_slash_has_an_address(empty) -> None:
    answer = empty.post("/v1/events", json={**SHIPMENT, "source": "a/b", "id": "2026/03 é"})

    found = empty.get(answer.headers["location"])

    assert (found.json()["source"], found.json()["id"]) == ("a/b", "2026/03 é")


def test_lines_are_stored_as_one_batch(empty) -> None:
    body = "\n\n".join(json.dumps(event) for event in HISTORY) + "\n"

    answer = empty.post(
        "/v1/events", content=body, headers={"content-type": "application/x-ndjson; charset=utf-8"}
    )

    assert answer.status_code == 201
    assert answer.json()["stored"] == len(HISTORY)


def test_what_is_there_already_is_a_duplicate(client) -> None:
    answer = client.post("/v1/events", json=list(HISTORY))

    assert answer.status_code == 200
    assert answer.json()["duplicates"] == len(HISTORY)
    assert client.get("/v1/events").json()["published"] == len(HISTORY)


def test_a_batch_with_something_new_is_created(client) -> None:
    answer = client.post("/v1/events", json=[SHIPMENT, {**SHIPMENT, "id": "ship-90"}])

    assert answer.status_code == 201
    assert [o["status"] for o in answer.json()["outcomes"]] == ["duplicate", "stored"]


def test_other_content_under_an_id_is_a_conflict_and_says_where(client) -> None:
    answer = client.post("/v1/events", json=[{**SHIPMENT, "id": "ship-90"}, OTHER])

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/conflict"
    assert problem["errors"][0]["pointer"] == "/1/id"
    assert problem["conflicts"][0]["differences"] == [
        {"pointer": "/party", "stored": "CUST-12", "sent": "CUST-13"}
    ]
    assert client.get("/v1/events").json()["published"] == len(HISTORY), "nothing of it is stored"


def test_the_good_are_stored_where_that_is_asked_for(client) -> None:
    good = {**SHIPMENT, "id": "ship-90"}

    answer = client.post("/v1/events?on_error=store_good", json=[BAD, good, OTHER])

    assert answer.status_code == 207
    told = answer.json()
    assert [o["status"] for o in told["outcomes"]] == ["refused", "stored", "conflict"]
    assert told["outcomes"][0]["refusals"][0]["pointer"] == "/colour"
    assert (told["stored"], told["refused"], told["conflicts"]) == (1, 1, 1)


def test_where_none_is_good_nothing_is_stored(client) -> None:
    refused = client.post("/v1/events?on_error=store_good", json=[BAD])
    conflict = client.post("/v1/events?on_error=store_good", json=[OTHER])

    assert (refused.status_code, conflict.status_code) == (422, 409)
    assert client.get("/v1/events").json()["published"] == len(HISTORY)


def test_a_void_that_came_first_makes_its_event_void(empty) -> None:
    void = {
        "id": "v", "source": "wms-sz", "type": "void", "voids": "ship-88", "reason": "wrong",
        "occurred_at": "2026-03-10T08:00:00Z",
    }  # fmt: skip
    empty.post("/v1/events", json=void)

    answer = empty.post("/v1/events", json=SHIPMENT)

    assert answer.status_code == 201
    assert answer.json()["outcomes"][0]["status"] == "voided"


def test_a_dry_run_tells_and_stores_nothing(empty) -> None:
    answer = empty.post("/v1/events?dry_run=true", json=SHIPMENT, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 200
    assert answer.json()["outcomes"][0]["status"] == "stored"
    assert answer.json()["dry_run"] is True
    assert empty.get("/v1/events").json()["published"] == 0


def test_a_body_beyond_the_limit_is_refused(empty) -> None:
    answer = empty.post(
        "/v1/events", content=b" " * 20_001, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"
    assert answer.json()["errors"][0]["accepted"] == "at most 20000 bytes"


def test_a_body_without_length_is_not_read_beyond_the_limit(app) -> None:
    read = 0
    started: list[Message] = []

    async def receive() -> Message:
        nonlocal read
        read += 4096
        return {"type": "http.request", "body": b" " * 4096, "more_body": True}

    async def send(message: Message) -> None:
        started.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/events",
        "raw_path": b"/v1/events",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
    }

    asyncio.run(app(scope, receive, send))

    assert started[0]["status"] == 413
    assert read <= 24_576


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_too_many_events_are_refused(empty, kind: str) -> None:
    events = ["{}"] * 21
    body = f"[{','.join(events)}]" if kind == "application/json" else "\n".join(events)

    answer = empty.post("/v1/events", content=body, headers={"content-type": kind})

    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-many-events"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/csv"},
        {"content-type": ""},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_other_types_of_content_are_refused(empty, headers) -> None:
    answer = empty.post("/v1/events", content=b"{}", headers=headers)

    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-media-type"


def test_broken_json_is_found_by_line_and_column(empty) -> None:
    body = b'{"id": "a"}\n{"id": "b",\n'

    answer = empty.post(
        "/v1/events", content=body, headers={"content-type": "application/x-ndjson"}
    )

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/malformed-json"
    assert answer.json()["line"] == 2
    assert answer.json()["column"] >= 11


def test_a_key_sent_again_gives_the_same_answer(empty) -> None:
    headers = {"Idempotency-Key": "5f0c6a52"}
    first = empty.post("/v1/events", json=RECEIPT, headers=headers)

    again = empty.post("/v1/events", json=RECEIPT, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201), "without the key it would be 200"
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_refusal_is_kept_under_its_key_too(empty) -> None:
    headers = {"Idempotency-Key": "5f0c6a52"}
    first = empty.post("/v1/events", json=BAD, headers=headers)

    again = empty.post("/v1/events", json=BAD, headers=headers)

    assert (first.status_code, again.status_code) == (422, 422)
    assert first.json()["type"] == "/problems/refused-events"
    assert again.headers["content-type"] == "application/problem+json"
    assert again.content == first.content


@pytest.mark.parametrize("other", ["", "?on_error=store_good"])
def test_a_key_is_for_one_request(empty, other: str) -> None:
    headers = {"Idempotency-Key": "5f0c6a52"}
    empty.post("/v1/events", json=RECEIPT, headers=headers)

    body = RECEIPT if other else PRODUCTION
    answer = empty.post(f"/v1/events{other}", json=body, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"
    assert empty.get("/v1/events").json()["published"] == 1


def test_callers_do_not_share_keys(app, graph) -> None:
    tokens = [create_key(graph.store, name=name, role="writer")[1] for name in ("mes", "wms")]
    one, two = (client_of(app, authorization=f"Bearer {token}") for token in tokens)
    headers = {"Idempotency-Key": "1"}
    one.post("/v1/events", json=RECEIPT, headers=headers)

    answer = two.post("/v1/events", json=PRODUCTION, headers=headers)

    assert answer.status_code == 201


def test_a_malformed_key_is_refused(empty) -> None:
    answer = empty.post("/v1/events", json=RECEIPT, headers={"Idempotency-Key": "a b"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/idempotency-key"


def test_the_source_of_the_key_fills_in_and_the_key_is_recorded(app, graph) -> None:
    key, token = create_key(graph.store, name="mes", role="writer", source="mes-sz")
    caller = client_of(app, authorization=f"Bearer {token}")
    event = {name: value for name, value in PRODUCTION.items() if name != "source"}

    caller.post("/v1/events", json=event)

    stored = caller.get("/v1/events/mes-sz/prod-0117").json()
    assert stored["caller"] == key.id
    assert stored["event"]["source"] == "mes-sz"
