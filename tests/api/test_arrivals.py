"""What became of what was sent: counted by outcome, the latest that was not stored remembered."""

from __future__ import annotations

import time
from typing import Any

import pytest

from api.arriving import MOST_LATEST, Arrivals
from api.examples import SHIPMENT
from api.metrics import Metrics
from tests.api.conftest import client_of
from tracegraph.capture.report import EventOutcome
from tracegraph.keys import create_key

MALFORMED = {**SHIPMENT, "id": "bad", "occurred_at": "soon"}
EPCIS = {"GS1-EPCIS-Version": "2.0.0"}


def sent(n: int, **more: Any) -> dict[str, Any]:
    return {**SHIPMENT, "id": f"a-{n}", **more}


def arrived(client) -> dict[str, Any]:
    answer = client.get("/v1/arrivals")
    assert answer.status_code == 200
    return dict(answer.json())


def test_each_outcome_is_counted_and_what_was_not_stored_is_named(client) -> None:
    before = arrived(client)["events"]
    client.post("/v1/events", json=[sent(1), sent(2)])
    client.post("/v1/events", json=[sent(1), sent(2, party="CUST-99")])
    client.post("/v1/events?on_error=store_good", json=[sent(1), MALFORMED, sent(3)])
    client.post("/v1/events?dry_run=true", json=[MALFORMED])

    found = arrived(client)

    grown = {status: n - before[status] for status, n in found["events"].items()}
    assert grown == {
        "stored": 3, "voided": 0, "duplicate": 2, "conflict": 1, "refused": 1, "skipped": 0
    }  # fmt: skip
    malformed, conflict = found["latest"]
    assert (malformed["status"], malformed["id"]) == ("refused", "bad")
    assert malformed["reasons"][0]["pointer"] == "/occurred_at"
    assert (conflict["status"], conflict["id"]) == ("conflict", "a-2")
    assert conflict["seq"] == client.get("/v1/events/wms-sz/a-2").json()["seq"]
    assert "differ at /party" in conflict["reasons"][0]["detail"]
    assert conflict["caller"] == "loopback"


def test_events_of_epcis_count_too(client) -> None:
    event = {
        "type": "ObjectEvent", "eventID": "urn:uuid:1", "action": "OBSERVE", "bizStep": "shipping",
        "eventTime": "2026-03-09T08:00:00Z", "eventTimeZoneOffset": "+00:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
    }  # fmt: skip
    before = arrived(client)["events"]
    client.post("/epcis/events", json=event, headers=EPCIS)
    client.post("/epcis/events", json=event, headers=EPCIS)
    client.post("/epcis/events", json={**event, "eventTime": "soon"}, headers=EPCIS)
    document = {
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-09T08:00:00Z",
        "epcisBody": {"eventList": [event, {**event, "bizStep": "packing"}]},
    }  # fmt: skip
    with client:
        job = client.post("/epcis/capture", json=document, headers=EPCIS).headers["location"]
        deadline = time.monotonic() + 20
        while client.get(job, headers=EPCIS).json()["running"] and time.monotonic() < deadline:
            time.sleep(0.02)

    grown = {status: n - before[status] for status, n in arrived(client)["events"].items()}

    assert grown == {
        "stored": 1, "voided": 0, "duplicate": 2, "conflict": 1, "refused": 1, "skipped": 0
    }  # fmt: skip


@pytest.mark.parametrize("most", [MOST_LATEST])
def test_only_the_latest_are_remembered(most: int) -> None:
    arrivals = Arrivals(Metrics())
    for batch in range(3):
        arrivals.note(
            [EventOutcome(n, "conflict", "s", f"{batch}-{n}", n) for n in range(most - 1)], "k"
        )

    told = arrivals.told()

    assert told.events["conflict"] == 3 * (most - 1)
    assert len(told.latest) == most
    assert [each.id for each in told.latest[:2]] == [f"2-{most - 2}", f"2-{most - 3}"]


def test_a_reader_may_look_and_a_stranger_may_not(app, graph) -> None:
    token = create_key(graph.store, name="k")[1]

    assert client_of(app, authorization=f"Bearer {token}").get("/v1/arrivals").status_code == 200
    assert client_of(app).get("/v1/arrivals").status_code == 401
