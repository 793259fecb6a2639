"""Whoever signed in on the pages reads under /v1 and /epcis; nobody else does, nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from starlette.testclient import WebSocketDenialResponse

from api.examples import SHIPMENT
from api.sessions import COOKIE
from tests.api.conftest import client_of
from tracegraph.keys import create_key, revoke_key

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tracegraph.keys import Key
    from tracegraph.library import Tracegraph

READ = ["/v1/items", "/v1/items/C1/genealogy", "/v1/journal", "/epcis/events"]
OURS = {"sec-fetch-site": "same-origin"}


class SignedIn(NamedTuple):
    """A browser with the cookie of a writer's session, and what stands behind it."""

    browser: TestClient
    key: Key
    id: str


@pytest.fixture
def signed_in(app: FastAPI, client: TestClient, graph: Tracegraph) -> SignedIn:
    key, _ = create_key(graph.store, name="Recall desk", role="writer")
    id = app.state.service.sessions.start(key.id)
    return SignedIn(client_of(app, host="10.0.0.7", cookie=f"{COOKIE}={id}"), key, id)


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize("address", READ)
def test_our_pages_and_typed_addresses_read(signed_in: SignedIn, address: str, site: str) -> None:
    answer = signed_in.browser.get(address, headers={"sec-fetch-site": site})

    assert answer.status_code == 200


@pytest.mark.parametrize("headers", [
    {}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": ""},
])  # fmt: skip
@pytest.mark.parametrize("address", READ)
def test_what_the_browser_does_not_vouch_for_is_not_read(
    signed_in: SignedIn, address: str, headers: dict[str, str]
) -> None:
    answer = signed_in.browser.get(address, headers=headers)

    assert answer.status_code == 401, "a page of another port or site would read as its reader"


@pytest.mark.parametrize(("method", "address"), [
    ("POST", "/v1/events"), ("POST", "/v1/scopes"), ("POST", "/v1/suspects"), ("POST", "/v1/gate"),
    ("PATCH", "/v1/scopes/00000000"), ("POST", "/epcis/capture"), ("DELETE", "/epcis/queries/q"),
])  # fmt: skip
def test_nothing_but_reading_is_done_with_a_session(
    signed_in: SignedIn, graph: Tracegraph, method: str, address: str
) -> None:
    before = graph.store.published().seq

    answer = signed_in.browser.request(
        method,
        address,
        headers={**OURS, "GS1-EPCIS-Version": "2.0.0"},
        json={**SHIPMENT, "id": "n"},
    )

    assert answer.status_code == 401
    assert graph.store.published().seq == before


def test_only_under_v1_and_epcis(signed_in: SignedIn) -> None:
    assert signed_in.browser.get("/metrics", headers=OURS).status_code == 401


def test_a_session_that_ended_reads_nothing(app: FastAPI, signed_in: SignedIn) -> None:
    app.state.service.sessions.end(signed_in.id)

    assert signed_in.browser.get("/v1/items", headers=OURS).status_code == 401


def test_a_session_of_a_revoked_key_reads_nothing(signed_in: SignedIn, graph: Tracegraph) -> None:
    assert signed_in.browser.get("/v1/items", headers=OURS).status_code == 200

    revoke_key(graph.store, signed_in.key.id)

    assert signed_in.browser.get("/v1/items", headers=OURS).status_code == 401


def test_while_no_key_exists_a_cookie_opens_nothing(app: FastAPI, client: TestClient) -> None:
    id = app.state.service.sessions.start("any")
    there = client_of(app, host="10.0.0.7", cookie=f"{COOKIE}={id}")

    assert there.get("/v1/items", headers=OURS).status_code == 403


def test_without_the_cookie_no_session_is_looked_up(
    app: FastAPI, signed_in: SignedIn, graph: Tracegraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = create_key(graph.store, name="erp")[1]

    def fail(id: str) -> None:
        raise AssertionError("looked up")

    monkeypatch.setattr(app.state.service.sessions, "find", fail)
    program = client_of(app, authorization=f"Bearer {token}")

    assert program.get("/v1/items").status_code == 200
    assert client_of(app).get("/v1/items", headers=OURS).status_code == 401


def test_a_socket_takes_a_key(signed_in: SignedIn) -> None:
    """A page of any site can open a socket to any other, and its cookies would go along."""
    address = "ws://127.0.0.1/epcis/queries/q/events"
    headers = {**OURS, "GS1-EPCIS-Version": "2.0.0"}

    with pytest.raises(WebSocketDenialResponse) as denied:  # noqa: SIM117  # it is the inner one
        with signed_in.browser.websocket_connect(address, headers=headers):
            pass

    assert denied.value.status_code == 401
