"""Subscriptions to named queries: their routes, what is sent, and when it is sent again."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse

from api.app import create_app
from api.epcis.subscriptions import news, webhooks
from api.epcis.subscriptions import notifier as notifying
from api.epcis.subscriptions.notifier import Notifier
from api.epcis.subscriptions.subscription import KIND, Subscription, begun, read_subscription
from api.epcis.subscriptions.webhooks import Receipt, send, signature
from tests.api.conftest import client_of
from tracegraph.formats.epcis.query import Query, read_query
from tracegraph.keys import create_key, revoke_key
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings
from tracegraph.store.port import Document

SECONDS = 20.0
SOCKETS = "ws://127.0.0.1/epcis/queries"
HOOK = {"dest": "https://partner.example/hook", "stream": True, "signatureToken": "s3cret"}


class Hook:
    """Where messages go in the place of an address; `answers` are what comes back, in turn."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.answers: list[Receipt] = []

    def __call__(
        self, dest: str, secret: str | None, id: str, timestamp: int, body: bytes
    ) -> Receipt:
        assert (dest, secret) == ("https://partner.example/hook", "s3cret")
        results = json.loads(body)["epcisBody"]["queryResults"]
        assert id.startswith(results["subscriptionID"])
        ids = [event["eventID"] for event in results["resultsBody"]["eventList"]]
        self.sent.append((id, ids))
        return self.answers.pop(0) if self.answers else Receipt()

    def events(self, count: int) -> list[str]:
        """The ids of events, once so many have come."""
        wait_for(lambda: sum(len(ids) for _, ids in self.sent) >= count)
        return [id for _, ids in self.sent for id in ids]


def wait_for(met: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not met():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Hook:
    found = Hook()
    monkeypatch.setattr(notifying, "send", found)
    monkeypatch.setattr(notifying, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(notifying, "FIRST_RETRY_SECONDS", 0.05)
    return found


@pytest.fixture
def client(settings: Settings, graph: Tracegraph, hook: Hook) -> Iterator[TestClient]:
    with client_of(create_app(settings, graph)) as started:
        query = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}
        assert started.post("/epcis/queries", json=query).status_code == 201
        yield started


def event(number: int, step: str = "shipping") -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:x:{number}",
        "eventTime": "2026-03-02T09:14:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": step,
        "epcList": ["urn:epc:id:sgtin:4012345.011111.1"],
    }


def captured(client: TestClient, *numbers: int, step: str = "shipping") -> None:
    for number in numbers:
        assert client.post("/epcis/events", json=event(number, step)).status_code == 201


def subscribed(client: TestClient, **fields: Any) -> str:
    asked = {name: value for name, value in (HOOK | fields).items() if value is not None}
    answer = client.post("/epcis/queries/shipped/subscriptions", json=asked)
    assert answer.status_code == 201, answer.text
    location: str = answer.headers["location"]
    return location


def test_a_stream_is_sent_what_is_recorded_from_then_on(client, hook) -> None:
    captured(client, 1)
    location = subscribed(client)
    captured(client, 2, 3)
    captured(client, 4, step="receiving")
    captured(client, 5)

    assert hook.events(3) == ["urn:x:2", "urn:x:3", "urn:x:5"]
    wait_for(lambda: client.get(location).json()["lastNotifiedAt"] is not None)
    told = client.get(location).json()
    assert told["subscriptionID"] == location.rpartition("/")[2]
    assert (told["queryName"], told["stream"], told["dest"]) == ("shipped", True, HOOK["dest"])
    assert "s3cret" not in client.get(location).text, "the secret is never told"
    assert "failures" not in told


def test_it_may_begin_with_what_was_recorded_before(client, hook) -> None:
    captured(client, 1, 2)
    subscribed(client, initialRecordTime="2026-01-01T00:00:00Z")

    assert hook.events(2) == ["urn:x:1", "urn:x:2"]


def test_what_is_not_taken_is_sent_again_the_same(client, hook) -> None:
    hook.answers = [Receipt("It was answered 503."), Receipt("It was answered 503.")]
    location = subscribed(client)
    captured(client, 1)
    wait_for(lambda: len(hook.sent) == 1)
    captured(client, 2)

    hook.events(4)
    wait_for(lambda: "failures" not in client.get(location).json())
    first, again, third, later = hook.sent
    assert first == again == third, "the same message, by the same id, though more has come"
    assert first[1] == ["urn:x:1"]
    assert later[1] == ["urn:x:2"]


def test_a_failure_is_told(client, hook, monkeypatch) -> None:
    monkeypatch.setattr(notifying, "FIRST_RETRY_SECONDS", 60.0)
    hook.answers = [Receipt("It was answered 500.")]
    location = subscribed(client)
    captured(client, 1)

    wait_for(lambda: client.get(location).json().get("failures") == 1)
    assert client.get(location).json()["lastError"] == "It was answered 500."


def test_a_receiver_that_fails_for_months_is_tried_every_hour() -> None:
    """Doubled each time, the wait would be no number any more after a thousand failures."""
    asked = read_subscription(HOOK)
    subscription = Subscription.of(begun(asked, "shipped", 0, time.time()))
    failed = replace(subscription, failures=5_000, upto=1)

    later = notifying._after(failed, Receipt("It was answered 503."), done=True)

    assert later.failures == 5_001
    assert 3_500 < later.due - time.time() <= 3_600
    assert later.upto == 1, "the same message is sent again"


def test_a_receiver_that_is_gone_is_not_called_again(client, hook) -> None:
    hook.answers = [Receipt("It was answered 410.", gone=True)]
    location = subscribed(client)
    captured(client, 1)
    wait_for(lambda: client.get(location).json().get("ended"))
    captured(client, 2)
    time.sleep(0.3)

    assert len(hook.sent) == 1


def test_many_events_are_several_messages_each_event_in_one(client, hook, monkeypatch) -> None:
    monkeypatch.setattr(news, "AT_ONCE", 2)
    captured(client, 1, 2, 3, 4, 5)
    subscribed(client, initialRecordTime="2026-01-01T00:00:00Z")

    assert hook.events(5) == [f"urn:x:{number}" for number in range(1, 6)]
    assert [len(ids) for _, ids in hook.sent] == [2, 2, 1]
    assert len({id for id, _ in hook.sent}) == 3


def test_a_schedule_is_kept_and_tells_of_nothing_only_where_that_is_asked(client, hook) -> None:
    every_second = {"second": "[0-59]"}
    subscribed(client, stream=None, schedule=every_second, reportIfEmpty=True)
    wait_for(lambda: len(hook.sent) >= 2)
    assert hook.events(0) == [], "nothing was recorded, and that is told"
    hook.sent.clear()
    captured(client, 1)

    assert hook.events(1) == ["urn:x:1"]


def test_a_schedule_without_news_says_nothing(client, hook) -> None:
    location = subscribed(client, stream=None, schedule={"second": "[0-59]"})
    time.sleep(1.5)

    assert hook.sent == []
    assert client.get(location).json()["schedule"] == {"second": "[0-59]"}


def test_a_stream_with_nothing_for_it_writes_nothing(client, hook, graph) -> None:
    """A write a look and a subscriber would slow down what is captured."""
    subscribed(client)
    captured(client, 1, 2, 3, step="receiving")
    time.sleep(0.3)

    (stored,) = graph.store.documents(KIND)
    assert stored.version == 1


def test_of_two_services_one_sends(client, hook, graph) -> None:
    def ask(name: str) -> Query:
        return read_query({"EQ_bizStep": ["shipping"]}, within=set)

    other = Notifier(graph.store, ask)
    other.start()
    try:
        subscribed(client)
        captured(client, 1, 2, 3)
        hook.events(3)
        time.sleep(0.3)
    finally:
        other.stop()

    assert sorted(id for _, ids in hook.sent for id in ids) == ["urn:x:1", "urn:x:2", "urn:x:3"]


def test_unsubscribing_ends_it(client, hook) -> None:
    location = subscribed(client)
    assert client.delete(location).status_code == 204
    captured(client, 1)
    time.sleep(0.2)

    assert hook.sent == []
    assert client.get(location).status_code == 404
    assert client.delete(location).status_code == 404


def test_a_query_that_is_deleted_takes_its_subscriptions_along(client, hook, graph) -> None:
    subscribed(client)
    assert client.delete("/epcis/queries/shipped").status_code == 204

    assert graph.store.documents(KIND) == []
    assert client.get("/epcis/queries/shipped/subscriptions").status_code == 404


def test_subscriptions_are_listed_in_pages(client, hook) -> None:
    made = sorted(subscribed(client).rpartition("/")[2] for _ in range(3))

    first = client.get("/epcis/queries/shipped/subscriptions?perPage=2")
    second = client.get(first.headers["link"].partition("<")[2].partition(">")[0])

    assert [each["subscriptionID"] for each in first.json() + second.json()] == made
    assert "link" not in second.headers


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"dest": None}, "/dest"),
        ({"dest": "ftp://partner.example"}, "/dest"),
        ({"dest": "https://user:secret@partner.example"}, "/dest"),
        ({"dest": "https://partner.example:port/"}, "/dest"),
        ({"dest": 5}, "/dest"),
        ({"signatureToken": ""}, "/signatureToken"),
        ({"stream": None}, ""),
        ({"stream": False}, ""),
        ({"stream": "yes"}, "/stream"),
        ({"schedule": {"hour": "1"}}, ""),
        ({"stream": None, "schedule": {"hour": "25"}}, "/schedule/hour"),
        ({"stream": None, "schedule": {"dayOfMonth": "31", "month": "4"}}, "/schedule"),
        ({"reportIfEmpty": 1}, "/reportIfEmpty"),
        ({"initialRecordTime": "yesterday"}, "/initialRecordTime"),
        ({"initialRecordTime": "2999-01-01T00:00:00Z"}, "/initialRecordTime"),
        ({"method": "PUT"}, "/method"),
    ],
)
def test_what_is_no_subscription_is_refused(client, change: dict[str, Any], at: str) -> None:
    asked = {name: value for name, value in (HOOK | change).items() if value is not None}

    answer = client.post("/epcis/queries/shipped/subscriptions", json=asked)

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:ValidationException"
    assert at in [error["pointer"] for error in answer.json()["errors"]]


def test_an_unknown_query_has_no_subscriptions(client) -> None:
    answer = client.post("/epcis/queries/other/subscriptions", json=HOOK)

    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "epcisException:NoSuchNameException",
    )


def test_only_an_administrator_lets_the_service_call_addresses(client, graph) -> None:
    """It stands inside walls that who asks may stand outside of."""
    for role, status in (("reader", 403), ("writer", 403), ("admin", 201)):
        _, token = create_key(graph.store, name=role, role=role)
        answer = client.post(
            "/epcis/queries/shipped/subscriptions",
            json=HOOK,
            headers={"authorization": f"Bearer {token}"},
        )
        assert answer.status_code == status


def test_a_message_is_signed() -> None:
    """The example of Standard Webhooks, and a secret that is base64 by its looks only."""
    body = b'{"test": 2432232314}'
    message = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    said = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", *message)
    plain = signature("whsec_not base64", *message)
    assert signature("whsec_é", *message), "whatever was taken as a secret can sign"

    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert plain != said


def test_a_receiver_that_dribbles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else eight of them would keep everybody else waiting, and the service from stopping."""
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def dribble() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                for _ in range(50):
                    line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    time.sleep(0.1)

        thread = threading.Thread(target=dribble)
        thread.start()
        began = time.monotonic()
        receipt = send(f"http://127.0.0.1:{server.getsockname()[1]}/", None, "id", 0, b"{}")
        took = time.monotonic() - began
        thread.join()

    assert receipt.error is not None
    assert took < 2.0


def test_secrets_are_not_shown_where_values_are() -> None:
    asked = read_subscription(HOOK)

    assert "s3cret" not in repr(asked) + repr(Subscription.of(begun(asked, "q", 0, 0.0)))


def test_of_a_backlog_all_is_sent_though_the_first_message_failed(
    client, hook, monkeypatch
) -> None:
    """By a schedule the rest would wait for its next run: a year, at worst."""
    monkeypatch.setattr(news, "AT_ONCE", 2)
    captured(client, 1, 2, 3, 4, 5)
    hook.answers = [Receipt("It was answered 503.")]
    now = datetime.now(UTC) + timedelta(seconds=2)
    once = {"month": now.month, "dayOfMonth": now.day, "hour": now.hour}
    schedule = {**once, "minute": now.minute, "second": now.second}
    fields = {name: str(value) for name, value in schedule.items()}
    subscribed(client, stream=None, schedule=fields, initialRecordTime="2026-01-01T00:00:00Z")

    assert hook.events(7) == [f"urn:x:{number}" for number in (1, 2, 1, 2, 3, 4, 5)]
    assert hook.sent[0][0] == hook.sent[1][0]


def test_a_message_is_the_same_though_more_would_fit_by_now(client, hook, monkeypatch) -> None:
    """A receiver that keeps ids would take what is split otherwise for something new."""
    monkeypatch.setattr(notifying, "FIRST_RETRY_SECONDS", 0.3)
    hook.answers = [Receipt("It was answered 503.")]
    captured(client, 1, 2, 3)
    subscribed(client, initialRecordTime="2026-01-01T00:00:00Z")
    wait_for(lambda: len(hook.sent) == 1)
    monkeypatch.setattr(news, "AT_ONCE", 1)

    hook.events(6)
    assert hook.sent[0] == hook.sent[1]


def test_large_events_are_several_messages(client, hook, monkeypatch) -> None:
    monkeypatch.setattr(news, "MOST_BYTES", 100)
    captured(client, 1, 2)
    subscribed(client, initialRecordTime="2026-01-01T00:00:00Z")

    assert hook.events(2) == ["urn:x:1", "urn:x:2"]
    assert [len(ids) for _, ids in hook.sent] == [1, 1]


def test_one_that_cannot_be_read_keeps_no_other_from_being_served(client, hook, graph) -> None:
    graph.store.put_document(Document(KIND, "0", 0, {"query": "shipped"}))
    subscribed(client)
    captured(client, 1)

    assert hook.events(1) == ["urn:x:1"]


def test_a_success_counts_though_another_leased_it(client, hook, graph, monkeypatch) -> None:
    def lease(*args: Any) -> Receipt:
        (stored,) = graph.store.documents(KIND)
        graph.store.put_document(stored)  # another service, with the same range
        return Receipt()

    monkeypatch.setattr(notifying, "send", lease)
    location = subscribed(client)
    captured(client, 1)

    wait_for(lambda: client.get(location).json()["lastNotifiedAt"] is not None)


def test_an_address_that_nobody_answers_is_an_error_in_words() -> None:
    receipt = send("http://127.0.0.1:1/", None, "id", 0, b"{}")

    assert receipt.error is not None
    assert not receipt.gone


# -- by WebSocket


def next_events(socket: Any, count: int) -> tuple[list[str], int]:
    found: list[str] = []
    behind = 0
    while len(found) < count:
        results = json.loads(socket.receive_text())["epcisBody"]["queryResults"]
        found += [each["eventID"] for each in results["resultsBody"]["eventList"]]
        behind = results["tracegraph:next"]
    return found, behind


def test_a_socket_is_sent_what_is_recorded_from_then_on(client) -> None:
    captured(client, 1)
    with client.websocket_connect(f"{SOCKETS}/shipped/events?stream=true") as socket:
        captured(client, 2, 3)
        captured(client, 4, step="receiving")
        captured(client, 5)
        assert next_events(socket, 3)[0] == ["urn:x:2", "urn:x:3", "urn:x:5"]


def test_a_socket_goes_on_behind_what_was_seen(client) -> None:
    with client.websocket_connect(f"{SOCKETS}/shipped/events?stream=true") as socket:
        captured(client, 1)
        _, behind = next_events(socket, 1)
    captured(client, 2)
    address = f"{SOCKETS}/shipped/events?stream=true&after={behind}"
    with client.websocket_connect(address) as socket:
        captured(client, 3)
        assert next_events(socket, 2)[0] == ["urn:x:2", "urn:x:3"]


def test_a_socket_may_begin_with_what_was_recorded_before(client) -> None:
    captured(client, 1)
    address = f"{SOCKETS}/shipped/events?stream=true&minRecordTime=2026-01-01T00:00:00Z"
    with client.websocket_connect(address) as socket:
        assert next_events(socket, 1)[0] == ["urn:x:1"]


def test_a_socket_by_schedule_tells_of_nothing_where_that_is_asked(client) -> None:
    address = f"{SOCKETS}/shipped/events?second=%5B0-59%5D&reportIfEmpty=true"
    with client.websocket_connect(address) as socket:
        results = json.loads(socket.receive_text())["epcisBody"]["queryResults"]
        assert results["resultsBody"]["eventList"] == []


def test_a_socket_ends_with_its_query(client) -> None:
    with client.websocket_connect(f"{SOCKETS}/shipped/events?stream=true") as socket:
        client.delete("/epcis/queries/shipped")
        captured(client, 1)
        assert socket.receive()["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("other/events?stream=true", 404, "NoSuchNameException"),
        ("shipped/events", 400, "QueryParameterException"),
        ("shipped/events?stream=true&hour=1", 400, "QueryParameterException"),
        ("shipped/events?hour=25", 400, "QueryParameterException"),
        ("shipped/events?stream=true&after=x", 400, "QueryParameterException"),
        ("shipped/events?stream=true&minRecordTime=x", 400, "QueryParameterException"),
        (
            "shipped/events?stream=true&minRecordTime=2999-01-01T00:00:00Z",
            400,
            "QueryParameterException",
        ),
        ("shipped/events?stream=perhaps", 400, "QueryParameterException"),
        ("shipped/events?stream=true&filter=1", 400, "QueryParameterException"),
    ],
)
def test_a_handshake_that_asks_for_nothing_is_answered(
    client, path: str, status: int, name: str
) -> None:
    with pytest.raises(WebSocketDenialResponse) as denied:  # noqa: SIM117  # it is the inner one
        with client.websocket_connect(f"{SOCKETS}/{path}"):
            pass

    assert denied.value.status_code == status
    assert denied.value.json()["type"] == f"epcisException:{name}"


def test_a_revoked_key_ends_its_socket(client, graph) -> None:
    key, token = create_key(graph.store, name="k")
    headers = {"authorization": f"Bearer {token}"}
    with client.websocket_connect(
        f"{SOCKETS}/shipped/events?stream=true", headers=headers
    ) as socket:
        revoke_key(graph.store, key.id)
        assert socket.receive() == {"type": "websocket.close", "code": 1008, "reason": ""}


def test_a_page_of_elsewhere_gets_no_socket(client) -> None:
    """A browser would open it in the name of who looks at that page."""
    address = f"{SOCKETS}/shipped/events?stream=true"
    with pytest.raises(WebSocketDenialResponse) as denied:  # noqa: SIM117  # the inner one
        with client.websocket_connect(address, headers={"origin": "https://elsewhere.example"}):
            pass
    assert denied.value.status_code == 403
    with client.websocket_connect(address, headers={"origin": "http://127.0.0.1"}):
        pass


def test_a_socket_needs_a_key_and_a_version(client, graph) -> None:
    create_key(graph.store, name="k")
    address = f"{SOCKETS}/shipped/events?stream=true"
    for headers, status in (({}, 401), ({"GS1-EPCIS-Min": "3.0"}, 406)):
        with pytest.raises(WebSocketDenialResponse) as denied:  # noqa: SIM117  # the inner one
            with client.websocket_connect(address, headers=headers):
                pass
        assert denied.value.status_code == status
