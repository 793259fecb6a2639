"""Opening, closing and reviewing a stored scope: shown first, done once, by who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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

RESIN = "urn:tracegraph:lot:RM-110:A"
Service = tuple["TestClient", "Tracegraph", str]


@pytest.fixture
def service() -> Iterator[Service]:
    with served(recall_history()) as (client, graph):
        snapshot = graph.save_scope(graph.scope(RESIN), name="Resin A")
        yield client, graph, f"/recall/scopes/{snapshot.id}"


def step(client: TestClient, path: str, to: str, **fields: str) -> dict[str, str]:
    page = client.get(f"{path}/change?to={to}")
    assert page.status_code == 200
    return {**form_of(page.text, f"{path}/change"), **fields}


def status(graph: Tracegraph) -> str:
    return graph.snapshots()[-1].status


def test_a_case_is_closed_and_opened_again(service: Service) -> None:
    client, graph, path = service
    assert f"{path}/change?to=closed" in addresses(client.get(path).text)
    shown = client.get(f"{path}/change?to=closed")
    assert "The gate will no longer refuse its items (3 when it was stored)" in text_of(shown.text)
    assert status(graph) == "open", "looking changes nothing"

    closed = posted(client, f"{path}/change?to=closed", step(client, path, "closed"))
    assert closed.headers["location"] == path
    assert status(graph) == "closed"

    assert f"{path}/change?to=open" in addresses(client.get(path).text)
    posted(client, f"{path}/change?to=open", step(client, path, "open"))
    assert status(graph) == "open"


def test_a_step_taken_twice_is_taken_once(service: Service) -> None:
    client, graph, path = service
    fields = step(client, path, "closed")

    answers = [posted(client, f"{path}/change?to=closed", fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert status(graph) == "closed"
    assert "There is nothing to do" in text_of(client.get(f"{path}/change?to=closed").text)


def test_a_review_says_what_has_changed(service: Service) -> None:
    client, graph, path = service
    used = {"inputs": [line("FG-9", "C1", "10")], "outputs": [line("KIT", "K1")]}
    graph.capture([event("m9", "production", "2026-04-01T08:00:00Z", place="SZ1", **used)])

    answer = posted(client, f"{path}/change?to=review", step(client, path, "review"))

    assert answer.status_code == 303
    flag = graph.snapshot(path.rpartition("/")[2]).flag
    assert f"{path}/diff?against={flag}" in addresses(client.get(path).text)


def test_a_page_of_before_someone_else_acted_does_nothing(service: Service) -> None:
    client, graph, path = service
    fields = step(client, path, "review")
    graph.set_case(path.rpartition("/")[2], "closed")

    answer = posted(client, f"{path}/change?to=review", fields)

    assert answer.status_code == 409
    assert "This has changed since" in text_of(answer.text)
    assert len(graph.snapshots()) == 1


@pytest.mark.parametrize(
    ("end", "code"),
    [("/change?to=burnt", 422), ("/change", 422), ("0/change?to=open", 404)],
    ids=["no-step", "none", "unknown"],
)
def test_what_cannot_be_done_has_no_form(service: Service, end: str, code: int) -> None:
    client, _, path = service

    page = client.get(f"{path}{end}")

    assert page.status_code == code
    assert "<form class" in page.text
    assert 'method="post"' not in page.text


@pytest.mark.parametrize("role", ["reader", None])
def test_who_may_not_act_changes_nothing(service: Service, role: str | None) -> None:
    client, graph, path = service
    token = create_key(graph.store, name="k", role=role or "reader")[1]
    if role:
        signed_in(client, token)
    fields = step(client, path, "closed") if role else {"form": "A" * 43}

    answer = posted(client, f"{path}/change?to=closed", fields)

    assert answer.status_code == (403 if role else 303)
    assert status(graph) == "open"
