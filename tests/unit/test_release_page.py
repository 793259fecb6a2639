"""Releasing from hold: one item, or what a stored scope held; shown first, done once."""

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
PATH = "/release?item=urn%3Atracegraph%3Alot%3AFG-9%3AC1"
Service = tuple["TestClient", "Tracegraph"]


@pytest.fixture
def service() -> Iterator[Service]:
    """C1 is on hold, and an inspection of it failed."""
    held = [
        event("i1", "inspection", "2026-04-01T08:00:00Z", verdict="fail", plan="IQC",
              items=[line("FG-9", "C1", None)]),
        event("h1", "hold", "2026-04-02T08:00:00Z", items=[line("FG-9", "C1", None)],
              reason="suspected"),
    ]  # fmt: skip
    with served([*recall_history(), *held]) as found:
        yield found


def filled(client: TestClient, path: str, reason: str = "cleared") -> dict[str, str]:
    return {**form_of(client.get(path).text, path.partition("?")[0]), "reason": reason}


def rules(graph: Tracegraph, item: str = C1) -> set[str]:
    return {each.rule for each in graph.gate([item], purpose="ship").refusals}


def test_the_hold_and_what_stays_are_shown_and_nothing_changes_by_looking(service: Service) -> None:
    client, graph = service
    assert PATH in addresses(client.get(f"/items/{C1}").text)
    before = graph.store.published().seq

    said = text_of(client.get(PATH).text)

    assert "The hold of each of these 1 items ends" in said
    assert "h1 mes" in said
    assert "is on hold: suspected." in said
    assert "inspection failed : Its last inspection failed." in said
    assert graph.store.published().seq == before


def test_released_once_and_held_again_released_again(service: Service) -> None:
    client, graph = service
    fields, before = filled(client, PATH), graph.store.published().seq

    for reason in ("cleared", "cleared", "another reason"):
        assert posted(client, PATH, {**fields, "reason": reason}).status_code == 303

    assert rules(graph) == {"inspection_failed"}
    assert graph.store.published().seq == before + 1
    last = graph.events(limit=1000).events[-1].event
    assert (last["type"], last["source"], last["reason"]) == ("release", SOURCE, "cleared")
    assert "No hold stands here" in text_of(client.get(PATH).text)
    assert PATH not in addresses(client.get(f"/items/{C1}").text)

    again = event("h2", "hold", "2099-04-02T08:00:00Z", items=[line("FG-9", "C1", None)])
    assert graph.capture([again]).ok
    assert "h2 mes" in text_of(client.get(PATH).text)


def test_what_a_scope_held_is_released_and_nothing_else(service: Service) -> None:
    client, graph = service
    scope = graph.save_scope(graph.scope(RESIN), status="closed")
    path = f"/recall/scopes/{scope.id}"
    posted(client, PATH, filled(client, PATH))  # h1 is not of the scope
    other = event("h3", "hold", "2026-04-02T08:00:00Z", items=[line("FG-9", "C2", None)])
    assert graph.capture([other]).ok
    posted(client, f"{path}/hold", filled(client, f"{path}/hold", "suspected"))
    assert "on_hold" in rules(graph)
    assert f"{path}/release" in addresses(client.get(f"{path}/hold").text)

    fields = filled(client, f"{path}/release", "ok")
    for _ in range(2):
        answer = posted(client, f"{path}/release", fields)
        assert (answer.status_code, answer.headers["location"]) == (303, path)

    assert "on_hold" not in rules(graph)
    assert "on_hold" in rules(graph, "urn:tracegraph:lot:FG-9:C2")


def test_what_others_held_since_the_scope_did_is_left_to_them(service: Service) -> None:
    client, graph = service
    posted(client, PATH, filled(client, PATH))
    path = f"/recall/scopes/{graph.save_scope(graph.scope(RESIN)).id}"
    posted(client, f"{path}/hold", filled(client, f"{path}/hold", "suspected"))
    assert f"C1 {C1} hold-" in text_of(client.get(f"{path}/release").text)

    later = event("h9", "hold", "2099-01-01T08:00:00Z", items=[line("FG-9", "C1", None)])
    assert graph.capture([later]).ok

    assert "No hold stands here" in text_of(client.get(f"{path}/release").text)


def test_a_hold_of_the_lot_is_not_that_of_its_serial(service: Service) -> None:
    client, graph = service
    serial = {
        "item": {"product": "FG-9", "serial": "7", "lot": "C9"},
        "quantity": "1",
        "unit": "each",
    }
    assert graph.capture([
        event("a1", "assembly", "2026-04-01T08:00:00Z", place="SZ1", outputs=[serial]),
        event("h4", "hold", "2026-04-02T08:00:00Z", items=[line("FG-9", "C9", None)]),
    ]).ok  # fmt: skip
    assert "on_hold" in rules(graph, "urn:tracegraph:serial:FG-9:7")

    page = client.get("/release?item=urn:tracegraph:serial:FG-9:7")

    assert "A hold that blocks it is not its own. Release it where it stands: C9" in text_of(
        page.text
    )
    link = "/release?item=urn%3Atracegraph%3Alot%3AFG-9%3AC9"
    assert link in addresses(page.text)
    assert "1 items" in text_of(client.get(link).text)


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "a\x00b"])
def test_it_takes_a_reason(service: Service, reason: str) -> None:
    client, graph = service

    answer = posted(client, PATH, filled(client, PATH, reason))

    assert answer.status_code == 422
    assert "on_hold" in rules(graph)


def test_a_reader_releases_nothing_and_a_writer_is_recorded(service: Service) -> None:
    client, graph = service
    signed_in(client, create_key(graph.store, name="r")[1])
    assert posted(client, PATH, filled(client, PATH)).status_code == 403
    assert "on_hold" in rules(graph)

    key, token = create_key(graph.store, name="w", role="writer")
    signed_in(client, token)
    posted(client, PATH, filled(client, PATH))

    assert graph.events(limit=1000).events[-1].caller == key.id


@pytest.mark.parametrize("path", ["/release?item=NOPE", "/recall/scopes/00000000/release"])
def test_what_is_unknown_is_a_404(service: Service, path: str) -> None:
    assert service[0].get(path).status_code == 404
