"""Who may do what: this machine while there are no keys, then keys by their roles."""

from __future__ import annotations

import base64

import pytest

from api.examples import SHIPMENT
from tests.api.conftest import client_of
from tracegraph.keys import (
    KIND,
    UnknownKey,
    authenticate,
    create_key,
    list_keys,
    revoke_key,
)
from tracegraph.model.refusal import Refused

OPEN = ["/health", "/ready", "/openapi.json", "/problems/conflict"]
READING = [
    "/v1/items", "/v1/events", "/v1/journal", "/v1/schema", "/v1/anomalies", "/metrics",
    "/v1/items/urn:tracegraph:lot:FG-9:C1", "/v1/items/C1/history", "/v1/items/C1/genealogy",
    "/v1/genealogy?item=C1", "/v1/resolve?scan=C1", "/v1/events/wms-sz/ship-88",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_what_is_open_takes_no_key(app, graph, address: str) -> None:
    create_key(graph.store, name="mes")

    assert client_of(app, host="10.0.0.7").get(address).status_code == 200


@pytest.mark.parametrize("address", READING)
def test_without_keys_only_this_machine_may_ask(app, client, address: str) -> None:
    there = client_of(app, host="10.0.0.7").get(address)

    assert client.get(address).status_code == 200
    assert there.status_code == 403
    assert there.json()["type"] == "/problems/key-required"
    assert "tracegraph keys create" in there.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "[broken"},
        {"x-forwarded-for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
    ],
)
def test_without_keys_a_request_for_another_host_is_not_from_this_machine(empty, headers) -> None:
    answer = empty.get("/v1/items", headers=headers)

    assert answer.status_code == 403, "a page whose name leads here would ask for its reader"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_this_machine(app, host: str) -> None:
    assert client_of(app, host=host).get("/v1/items").status_code == 200


@pytest.mark.parametrize("address", READING)
@pytest.mark.parametrize(
    ("role", "status"), [("reader", 200), ("writer", 200), ("admin", 200), (None, 401)]
)
def test_every_role_may_read(app, client, graph, address: str, role, status: int) -> None:
    token = create_key(graph.store, name="k", role=role or "reader")[1]
    headers = {"authorization": f"Bearer {token}"} if role else {}

    answer = client_of(app, **headers).get(address)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("role", "status"), [("reader", 403), ("writer", 201), ("admin", 201), (None, 401)]
)
def test_writing_takes_a_writer(app, graph, role, status: int) -> None:
    token = create_key(graph.store, name="k", role=role or "reader")[1]
    headers = {"authorization": f"Bearer {token}"} if role else {}

    answer = client_of(app, **headers).post("/v1/events", json=SHIPMENT)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "/problems/forbidden"


@pytest.mark.parametrize(
    "authorization",
    ["Bearer tg_unknown", "Bearer ", "Basic eDp0Z191bmtub3du", "Basic !", "Digest x", "tg_x"],
)
def test_a_key_that_is_none_is_refused_with_a_challenge(app, graph, authorization: str) -> None:
    create_key(graph.store, name="k")

    answer = client_of(app, authorization=authorization).get("/v1/items")

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_who_is_refused_is_not_listened_to(app, graph) -> None:
    create_key(graph.store, name="k")

    answer = client_of(app).post("/v1/events", content=b"x" * 30_000)

    assert answer.status_code == 401, "the body is not looked at before the caller"


def test_a_revoked_key_is_refused(app, graph) -> None:
    key, token = create_key(graph.store, name="k")
    caller = client_of(app, authorization=f"Bearer {token}")
    assert caller.get("/v1/items").status_code == 200

    revoke_key(graph.store, key.id)

    assert caller.get("/v1/items").status_code == 401
    assert client_of(app).get("/v1/items").status_code == 401, "and it does not open the service"


def test_browsers_may_read_by_password_but_not_write(app, graph) -> None:
    token = create_key(graph.store, name="k", role="admin")[1]
    password = base64.b64encode(f"any:{token}".encode()).decode()
    caller = client_of(app, authorization=f"Basic {password}")

    assert caller.get("/v1/items").status_code == 200
    assert caller.post("/v1/events", json=SHIPMENT).status_code == 401


def test_a_found_key_counts_for_some_seconds(graph) -> None:
    from api.key_ring import KeyRing

    ring = KeyRing(graph.store, seconds=60)
    key, token = create_key(graph.store, name="k")
    assert ring.remembered(token) is None
    assert ring.ask(token) == (True, key)

    revoke_key(graph.store, key.id)

    assert ring.remembered(token) == (True, key)
    assert ring.ask(token) == (True, None)
    assert ring.remembered(token) is None  # or a revoked key would count on


def test_that_no_key_is_there_counts_for_some_seconds_but_not_for_a_caller_who_has_one(
    graph,
) -> None:
    from api.key_ring import KeyRing

    ring = KeyRing(graph.store, seconds=60)
    assert ring.remembered(None) is None
    assert ring.ask(None) == (False, None)

    key, token = create_key(graph.store, name="k")

    assert ring.remembered(None) == (False, None)
    assert ring.remembered(token) is None
    assert ring.ask(token) == (True, key)
    assert ring.remembered(None) == (True, None)


def test_a_token_is_long_and_not_stored(graph) -> None:
    key, token = create_key(graph.store, name="mes", role="writer", source="mes-sz")

    assert token.startswith("tg_")
    assert len(base64.urlsafe_b64decode(token[3:] + "=")) == 32
    (document,) = graph.store.documents(KIND)
    assert token not in repr(document)
    assert token[3:] not in repr(document)
    assert len(document.body["hash"]) == 64
    assert authenticate(graph.store, token) == key
    assert list_keys(graph.store) == (key,)


def test_a_token_that_shares_its_head_with_a_key_is_refused(graph) -> None:
    key, token = create_key(graph.store, name="k")
    document = graph.store.document(KIND, key.id)
    other = document.body["hash"][:-1] + ("0" if document.body["hash"][-1] != "0" else "1")
    graph.store.put_document(document._replace(body={**document.body, "hash": other}))

    assert authenticate(graph.store, token) is None


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"name": "k", "role": "owner"}, "/role"),
        ({"name": "k", "source": " "}, "/source"),
    ],
)
def test_a_malformed_key_is_not_made(graph, given, pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        create_key(graph.store, **given)

    assert [refusal.pointer for refusal in refused.value.refusals] == [pointer]
    assert list_keys(graph.store) == ()


def test_revoking_what_is_not_there_says_so(graph) -> None:
    with pytest.raises(UnknownKey):
        revoke_key(graph.store, "key-0")


def test_revoking_twice_keeps_the_first_time(graph) -> None:
    key, _ = create_key(graph.store, name="k")

    first = revoke_key(graph.store, key.id)

    assert first.revoked_at is not None
    assert revoke_key(graph.store, key.id) == first
