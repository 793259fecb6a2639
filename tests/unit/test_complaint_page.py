"""Registering a complaint: what the regulation asks for, shown first, recorded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.pages.complaint_page import FIELDS
from api.pages.recording import SOURCE
from tests.unit.pages import (
    HOSTILE,
    addresses,
    form_of,
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

C1 = "urn:tracegraph:lot:FG-9:C1"
PATH = "/complaint?item=urn%3Atracegraph%3Alot%3AFG-9%3AC1"
RIGHT = {
    "number": "CMP-9", "occurred_at": "2026-04-01", "party": "CUST-12",
    "description": f"leaks {HOSTILE}", "correction": "replaced", "reply": "none yet",
    "status": "open",
}  # fmt: skip
Service = tuple["TestClient", "Tracegraph"]


@pytest.fixture
def service() -> Iterator[Service]:
    with served(recall_history()) as found:
        yield found


def form(client: TestClient, **fields: str) -> dict[str, str]:
    return {**form_of(client.get(PATH).text, "/complaint"), **RIGHT, **fields}


def test_it_is_shown_then_recorded_once_and_found_among_suspects(service: Service) -> None:
    client, graph = service
    assert PATH in addresses(client.get(f"/items/{C1}").text)
    fields, before = form(client), graph.store.published().seq

    shown = posted(client, PATH, {**fields, "do": "show"})

    assert shown.status_code == 200
    assert "Number of the complaint CMP-9" in text_of(shown.text)
    assert HOSTILE not in shown.text
    assert graph.store.published().seq == before
    answers = [posted(client, PATH, {**fields, "do": "record"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert graph.store.published().seq == before + 1
    said = graph.events(limit=1000).events[-1].event
    assert said == {
        "id": said["id"], "source": SOURCE, "type": "complaint",
        "occurred_at": "2026-04-01T00:00:00Z", "items": [{"item": {"key": C1}}],
        "number": "CMP-9", "status": "open", "party": "CUST-12",
        "description": f"leaks {HOSTILE}",
        "attributes": {"correction": "replaced", "reply": "none yet"},
    }  # fmt: skip
    assert client.get(answers[0].headers["location"]).status_code == 200
    assert graph.suspects(["CMP-9"]).complaints == (C1,)


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_missing_is_named_with_the_clause(service: Service, name: str) -> None:
    client, graph = service
    before = graph.store.published().seq

    answer = posted(client, PATH, form(client, do="record", **{name: "  "}))

    assert answer.status_code == 422
    assert f'<a href="#f-{name}">' in answer.text
    assert "21 CFR 820.35(a)" in text_of(answer.text)
    assert graph.store.published().seq == before


@pytest.mark.parametrize(
    ("name", "text"),
    [("occurred_at", "yesterday"), ("party", "x" * 201), ("number", "a\tb"), ("status", "lost"),
     ("reply", "x" * 5001)],
)  # fmt: skip
def test_what_is_wrong_is_named(service: Service, name: str, text: str) -> None:
    client, graph = service
    before = graph.store.published().seq

    answer = posted(client, PATH, form(client, do="record", **{name: text}))

    assert answer.status_code == 422
    assert f'<a href="#f-{name}">' in answer.text
    assert graph.store.published().seq == before


def test_a_reader_registers_nothing_and_a_writer_is_recorded(service: Service) -> None:
    client, graph = service
    signed_in(client, create_key(graph.store, name="r")[1])
    before = graph.store.published().seq
    assert posted(client, PATH, form(client, do="record")).status_code == 403
    assert graph.store.published().seq == before

    key, token = create_key(graph.store, name="w", role="writer")
    signed_in(client, token)
    posted(client, PATH, form(client, do="record"))

    assert graph.events(limit=1000).events[-1].caller == key.id


def test_an_unknown_item_is_a_404(service: Service) -> None:
    assert service[0].get("/complaint?item=NOPE").status_code == 404
