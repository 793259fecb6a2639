"""Orders over HTTP: lists, one of them, figures, and commands that are refused or stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from api.examples import ORDER_ACTIONS

CREATED = ORDER_ACTIONS["placed"]["value"]
ADDRESS = "/v1/orders/SO-771/actions"


def act(client, action: str, minute: int, address: str = ADDRESS, **fields: Any):
    at = f"2026-03-01T10:{minute:02}:00Z"
    body = {"action": action, "id": f"{action}-{minute}", "source": "erp", "occurred_at": at}
    return client.post(address, json={**body, **fields})


@pytest.fixture
def placed(client):
    assert client.post(ADDRESS, json=CREATED).status_code == 201
    return client


def test_an_order_is_asked_for_by_its_number(placed) -> None:
    act(placed, "released", 1)

    answer = placed.get("/v1/orders/SO-771")

    found = answer.json()
    assert answer.status_code == 200
    assert (found["state"], found["legal"]) == ("shipped", ["closed", "settled"])
    assert found["lines"][0]["items"][0]["key"] == "urn:tracegraph:lot:FG-9:C1"
    again = placed.get("/v1/orders/SO-771", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_an_order_is_asked_for_at_a_cut(placed) -> None:
    def state(cut: str) -> str:
        return str(placed.get(f"/v1/orders/SO-771?{cut}").json()["state"])

    assert state("as_of=2026-03-02T00:00:00Z") == "draft"
    assert state("known_at=4") == "unplaced"


def test_a_number_with_a_slash_is_encoded(empty) -> None:
    address = f"/v1/orders/{quote('SO/7 ü', safe='')}"

    stored = empty.post(f"{address}/actions", json=CREATED)

    assert stored.status_code == 201
    assert stored.json()["stored"] == 1
    assert empty.get(stored.headers["location"]).json()["event"]["number"] == "SO/7 ü"
    assert empty.get(address).json()["number"] == "SO/7 ü"


def test_orders_are_listed_page_by_page(client) -> None:
    for number in ("A", "B", "C"):
        act(client, "created", 1, f"/v1/orders/{number}/actions", kind="sales", id=number)
    address, seen = "/v1/orders?limit=2&kind=sales", []

    while address:
        answer = client.get(address)
        seen += [order["number"] for order in answer.json()["orders"]]
        address = answer.links.get("next", {}).get("url")

    assert seen == ["A", "B", "C"]
    assert client.get("/v1/orders?state=released").json()["orders"] == []


def test_figures_are_not_taken_for_an_order(placed) -> None:
    found = placed.get("/v1/orders/figures?since=2026-01-01T00:00:00Z").json()

    assert found["orders"] == 1
    assert found["cancelled"] == {"numerator": 0, "denominator": 1, "rate": "0"}


def test_an_unknown_order_is_a_problem(client) -> None:
    for answer in (
        client.get("/v1/orders/SO-1"),
        act(client, "closed", 1, "/v1/orders/SO-1/actions"),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/unknown-order"


def test_an_illegal_step_is_refused_with_what_would_be_legal(placed) -> None:
    answer = act(placed, "settled", 1)

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/illegal-step"
    assert (problem["state"], problem["breaks"]) == ("draft", None)
    assert problem["legal"] == ["changed", "confirmed", "released", "cancelled"]
    assert "settled" in problem["detail"]
    assert placed.get("/v1/journal").json()["published"] == 5, "nothing was stored"


def test_a_command_that_was_stored_may_be_sent_again(placed) -> None:
    again = placed.post(ADDRESS, json=CREATED)

    assert again.status_code == 200
    assert again.json()["duplicates"] == 1


def test_an_id_that_is_taken_is_a_conflict(placed) -> None:
    answer = placed.post(ADDRESS, json={**CREATED, "action": "changed"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/conflict"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({}, "/action", id="no-action"),
        pytest.param({**CREATED, "action": "shipped"}, "/action", id="no-such-action"),
        pytest.param({**CREATED, "action": ["created"]}, "/action", id="no-word"),
        pytest.param({**CREATED, "number": "SO-2"}, "/number", id="another-number"),
        pytest.param({**CREATED, "type": "move"}, "/type", id="another-type"),
        pytest.param({**CREATED, "kind": "x"}, "/kind", id="no-such-kind"),
        pytest.param({**CREATED, "occurred_at": "today"}, "/occurred_at", id="no-time"),
        pytest.param([CREATED], "", id="a-list"),
        pytest.param(7, "", id="a-number"),
    ],
)
def test_a_malformed_command_says_where(client, body: Any, pointer: str) -> None:
    answer = client.post(ADDRESS, json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert client.get("/v1/journal").json()["published"] == 4
