"""Holding what is on hand of a stored scope: listed first, held once, by who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.pages.recording import SOURCE
from tests.unit.pages import (
    addresses,
    event,
    form_of,
    line,
    posted,
    recall_history,
    served,
    signed_in,
    text_of,
)
from tracegraph.keys import create_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

RESIN, C1 = "urn:tracegraph:lot:RM-110:A", "urn:tracegraph:lot:FG-9:C1"
Service = tuple["TestClient", "Tracegraph", str]


@pytest.fixture
def service() -> Iterator[Service]:
    """Of the scope 380 of C1 are on hand; C2 and the resin are gone."""
    with served(recall_history()) as (client, graph):
        snapshot = graph.save_scope(graph.scope(RESIN), name="Resin A", status="closed")
        yield client, graph, f"/recall/scopes/{snapshot.id}/hold"


def filled(client: TestClient, path: str, reason: str = "suspected") -> dict[str, str]:
    return {**form_of(client.get(path).text, path), "reason": reason}


def holds(graph: Tracegraph) -> list[tuple[str, str]]:
    """What was held, and why."""
    events = [row.event for row in graph.events(limit=1000).events]
    return [
        (each["items"][0]["item"]["key"], each["reason"])
        for each in events
        if each["type"] == "hold" and each["source"] == SOURCE
    ]


def test_what_is_on_hand_is_listed_and_nothing_is_held_by_looking(service: Service) -> None:
    client, graph, path = service
    assert path in addresses(client.get(path.removesuffix("/hold")).text)

    page = client.get(path)

    assert "Each of these 1 items is blocked" in text_of(page.text)
    assert "unproven items are not held here, nor does the gate refuse" in text_of(page.text)
    assert f"C1 {C1} SZ1: 380 each, available" in text_of(page.text)
    assert holds(graph) == []


def test_what_is_listed_is_held_and_the_gate_refuses_it(service: Service) -> None:
    client, graph, path = service
    assert graph.gate([C1], purpose="ship").allowed

    answer = posted(client, path, filled(client, path))

    assert answer.status_code == 303
    assert holds(graph) == [(C1, "suspected")]
    refusals = graph.gate([C1], purpose="ship").refusals
    assert [each.rule for each in refusals] == ["on_hold"]


def test_a_second_click_holds_nothing_twice(service: Service) -> None:
    client, graph, path = service
    fields = filled(client, path)

    for reason in ("suspected", "suspected", "another reason"):
        assert posted(client, path, {**fields, "reason": reason}).status_code == 303

    assert holds(graph) == [(C1, "suspected")]
    page = client.get(path)
    assert "1 items on hand have been held from this scope" in text_of(page.text)
    assert "<button>Hold" not in page.text


def test_what_came_later_is_held_too(service: Service) -> None:
    client, graph, path = service
    posted(client, path, filled(client, path))
    back = event("ret", "return", "2026-05-01T08:00:00Z", party="CUST-13", place="SZ1",
                 items=[line("FG-9", "C2", "7")])  # fmt: skip
    assert graph.capture([back]).ok

    posted(client, path, filled(client, path, "came back"))

    assert [key.rpartition(":")[2] for key, _ in holds(graph)] == ["C1", "C2"]


@pytest.mark.parametrize(
    "said",
    [
        {"type": "hold", "place": "SZ1"},
        {"type": "shipment", "place": "SZ1", "to": "SZ2"},
    ],
    ids=["on-hold", "under-way"],
)
def test_what_is_on_hold_or_under_way_is_not_on_hand(
    service: Service, said: dict[str, str]
) -> None:
    client, graph, path = service
    rest = {"id": "x", "source": "wms", "occurred_at": "2026-05-01T08:00:00Z"}
    assert graph.capture([{**rest, **said, "items": [line("FG-9", "C1", "380")]}]).ok

    assert "nothing else of it is on hand" in text_of(client.get(path).text)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
def test_it_takes_a_reason(service: Service, reason: str) -> None:
    client, graph, path = service

    answer = posted(client, path, filled(client, path, reason))

    assert answer.status_code == 422
    assert '<a href="#f-reason">' in answer.text
    assert holds(graph) == []


def test_a_reader_holds_nothing_and_a_writer_is_recorded(service: Service) -> None:
    client, graph, path = service
    signed_in(client, create_key(graph.store, name="r")[1])
    assert posted(client, path, filled(client, path)).status_code == 403
    assert holds(graph) == []

    key, token = create_key(graph.store, name="w", role="writer")
    signed_in(client, token)
    posted(client, path, filled(client, path))

    last = graph.events(limit=1000).events[-1]
    assert (last.event["type"], last.caller) == ("hold", key.id)


def test_an_unknown_scope_is_a_404(service: Service) -> None:
    client, _, _ = service

    assert client.get("/recall/scopes/00000000/hold").status_code == 404
