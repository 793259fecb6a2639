"""Running the service: health, figures, log lines, names of requests, headers, caching."""

from __future__ import annotations

import re

import pytest
import structlog
from structlog.testing import capture_logs

from api.examples import HISTORY, ITEM_KEYS, SHIPMENT
from tests.api.conftest import client_of
from tracegraph.store.port import StoreOutdated, StoreUnavailable
from tracegraph.store.projected import ID, KIND, VERSION

GETS = [
    "/v1/items", "/v1/events", "/v1/journal", "/v1/schema", "/v1/anomalies", "/v1/resolve?scan=C1",
    f"/v1/items/{ITEM_KEYS[0]}", f"/v1/items/{ITEM_KEYS[0]}/history",
    f"/v1/items/{ITEM_KEYS[0]}/genealogy?view=tree", "/v1/events/wms-sz/ship-88",
]  # fmt: skip


@pytest.mark.parametrize("address", GETS)
def test_an_answer_that_is_held_already_is_not_sent_again(client, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]

    again = client.get(address, headers={"if-none-match": f'"other", W/{tag}'})
    other = client.get(address, headers={"if-none-match": '"other"'})

    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert other.status_code == 200


def test_another_answer_has_another_tag(client) -> None:
    before = client.get("/v1/items").headers["etag"]
    line = {"item": {"product": "FG-9", "lot": "C9"}, "quantity": "1", "unit": "each"}
    client.post("/v1/events", json={**SHIPMENT, "id": "s-9", "items": [line]})

    answer = client.get("/v1/items", headers={"if-none-match": before})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0af7651916cd43dd", True),
        ("a.b_c-D9", True),
        ("a b", False),
        ("x" * 101, False),
        ("-x", False),
        ('"}\\n{', False),
    ],
)
def test_a_request_has_a_name(client, given: str, taken: bool) -> None:
    answer = client.get("/v1/items/nope", headers={"x-request-id": given})

    name = answer.headers["x-request-id"]
    assert (name == given) is taken
    assert answer.json()["instance"] == f"urn:tracegraph:request:{name}"


@pytest.mark.parametrize("address", ["/v1/items", "/v1/items/nope", "/nope", "/health"])
def test_answers_cannot_be_framed_or_mistaken(client, address: str) -> None:
    headers = client.get(address).headers

    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_errors_are_not_cached(client) -> None:
    assert client.get("/v1/items/nope").headers["cache-control"] == "no-store"


def test_the_log_tells_the_route_but_no_names_and_no_query(client) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        client.get(f"/v1/items/{ITEM_KEYS[0]}?known_at=4", headers={"x-request-id": "r-1"})
        client.post("/v1/events", json={**SHIPMENT, "id": "secret-17"})

    answered = [line for line in lines if line["event"] == "request.answered"]
    assert answered[0]["route"] == "/v1/items/{key:path}"
    assert answered[0]["status"] == 200
    assert answered[0]["request_id"] == "r-1"
    assert answered[0]["caller"] == "loopback"
    assert answered[0]["duration_ms"] >= 0
    told = [line for line in lines if line["log_level"] != "debug"]
    assert not [line for line in told if re.search("FG-9|known_at|secret-17", repr(line))]
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", line["event"]) for line in lines)


def test_figures_go_by_route_and_outcome(client) -> None:
    client.get(f"/v1/items/{ITEM_KEYS[0]}")
    client.get("/nope/at/all")

    figures = client.get("/metrics").text

    assert (
        'tracegraph_http_requests_total{method="GET",route="/v1/items/{key:path}",status="200"} 1.0'
        in figures
    )
    assert 'route="(none)",status="404"' in figures
    assert "nope" not in figures, "what clients send adds no series"
    assert 'tracegraph_events_total{outcome="stored"} 4.0' in figures
    assert f"tracegraph_published_seq {float(len(HISTORY))}" in figures


def test_a_live_service_may_not_be_ready(client, graph, monkeypatch) -> None:
    def away():
        raise StoreUnavailable("db-7.internal:7687 refused the connection")

    monkeypatch.setattr(graph.store, "health", away)

    assert client.get("/health").json()["status"] == "live"
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/store-unavailable"
    assert int(answer.headers["retry-after"]) > 0
    assert "db-7" not in answer.text


def test_a_store_that_is_not_migrated_is_not_ready(client, graph, monkeypatch) -> None:
    def old():
        raise StoreOutdated("schema 0")

    monkeypatch.setattr(graph.store, "health", old)

    assert client.get("/ready").json()["type"] == "/problems/store-outdated"


def test_a_store_that_older_code_projected_is_not_ready(client, graph) -> None:
    assert graph.store.delete_document(KIND, ID)

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/store-outdated"
    assert "tracegraph rebuild" in answer.json()["detail"]


def test_a_ready_service_says_what_it_stands_on(client) -> None:
    found = client.get("/ready").json()

    assert (found["status"], found["engine"]) == ("ready", "sqlite")
    assert found["projection"] == VERSION
    assert found["published"] == len(HISTORY)


def test_a_store_that_is_away_is_a_problem_that_may_pass(client, graph, monkeypatch) -> None:
    def away(**_):
        raise StoreUnavailable("busy")

    monkeypatch.setattr(graph, "events", away)

    answer = client.get("/v1/events")

    assert answer.status_code == 503
    assert "retry-after" in answer.headers


def test_a_fault_tells_the_log_and_not_the_caller(client, graph, monkeypatch) -> None:
    def broken(**_):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(graph, "events", broken)

    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = client.get("/v1/events", headers={"x-request-id": "r-7"})

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    assert answer.json()["instance"].endswith(":r-7")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["request_id"] == "r-7"
    assert failed["exc_info"]


def test_an_unknown_address_and_a_wrong_method_are_problems(client) -> None:
    nothing, wrong = client.get("/v1/nope"), client.delete("/v1/items")

    assert nothing.json()["type"] == "/problems/not-found"
    assert wrong.status_code == 405
    assert wrong.json()["type"] == "/problems/method-not-allowed"
    assert "GET" in wrong.headers["allow"]


def test_an_unknown_event_is_a_problem(client) -> None:
    assert client.get("/v1/events/wms-sz/nope").json()["type"] == "/problems/unknown-event"


def test_a_service_without_keys_says_so_when_it_starts(app) -> None:
    with capture_logs() as lines, client_of(app):
        pass

    assert [line["log_level"] for line in lines if line["event"] == "service.open"] == ["warning"]
    assert lines[-1]["event"] == "service.stopped"
