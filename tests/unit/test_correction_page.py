"""Correcting an event from its page: shown first, done once, by who may; void or told anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from api.pages.recording import SOURCE
from tests.unit.pages import (
    HOSTILE,
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
VOID, REPLACE, EVENT = "/void/mes/s1", "/replace/mes/s1", "/events/mes/s1"
Service = tuple["TestClient", "Tracegraph"]


@pytest.fixture
def service() -> Iterator[Service]:
    with served(recall_history()) as found:
        yield found


def form(client: TestClient, path: str, **fields: str) -> dict[str, str]:
    return {**form_of(client.get(path).text, path), "reason": "wrong customer", **fields}


def anew(**changes: Any) -> str:
    """The shipment s1 as it was, but for some fields."""
    (sent,) = (each for each in recall_history() if each["id"] == "s1")
    said = {name: value for name, value in sent.items() if name not in {"id", "source"}}
    return json.dumps({**said, **changes})


def newest(graph: Tracegraph, count: int) -> list[dict[str, Any]]:
    return [each.event for each in graph.events(limit=1000).events[-count:]]


def journal(graph: Tracegraph) -> int:
    return graph.store.published().seq


def test_what_rests_on_an_event_is_shown_and_nothing_changes_by_looking(service: Service) -> None:
    client, graph = service
    case = graph.save_scope(graph.scope(RESIN), name="Resin A")
    before = journal(graph)
    assert {"/void/mes/r1", "/replace/mes/r1"} <= set(addresses(client.get("/events/mes/r1").text))

    said = text_of(client.get("/void/mes/r1").text)

    assert "Lines that no longer count: 2." in said
    assert "4 items are on it or were made of those, in 1 later makings" in said
    assert "3 items of an open case" in said
    assert f"/recall/scopes/{case.id}" in addresses(client.get("/void/mes/r1").text)
    assert journal(graph) == before


def test_voided_once_however_often_it_is_sent(service: Service) -> None:
    client, graph = service
    fields, before = form(client, VOID), journal(graph)

    for reason in ("wrong customer", "wrong customer", "another reason"):
        answer = posted(client, VOID, {**fields, "reason": reason})
        assert (answer.status_code, answer.headers["location"]) == (303, EVENT)

    assert journal(graph) == before + 1
    (void,) = newest(graph, 1)
    assert (void["type"], void["voids"], void["voids_source"]) == ("void", "s1", "mes")
    assert (void["source"], void["reason"]) == (SOURCE, "wrong customer")
    page = client.get(EVENT).text
    assert "<s>shipment s1</s>" in page
    assert "Reason: wrong customer. Key of the sender: loopback" in text_of(page)
    assert VOID not in addresses(page)
    assert "void already" in text_of(client.get(VOID).text)
    assert [each.quantity for each in graph.positions(C1).positions] == ["500"]


def test_told_anew_is_shown_with_what_differs_and_then_recorded_once(service: Service) -> None:
    client, graph = service
    right = anew(party="CUST-14", items=[line("FG-9", "C1", "100")])
    fields, before = form(client, REPLACE, event=right), journal(graph)

    shown = posted(client, REPLACE, {**fields, "do": "show"})

    assert shown.status_code == 200
    assert '/party "CUST-12" "CUST-14"' in text_of(shown.text)
    assert '/items/0/quantity "120" "100"' in text_of(shown.text)
    assert journal(graph) == before
    answers = [posted(client, REPLACE, {**fields, "do": "record"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    there = f"/events/mes/{newest(graph, 1)[0]['id']}"
    assert {each.headers["location"] for each in answers} == {there}
    assert journal(graph) == before + 2
    void, told = newest(graph, 2)
    assert (void["type"], void["voids"]) == ("void", "s1")
    assert (told["source"], told["replaces"], told["party"]) == ("mes", "s1", "CUST-14")
    assert f"Replaced by {told['id']}" in text_of(client.get(EVENT).text)
    assert "Replaces s1 mes" in text_of(client.get(there).text)


def test_who_corrects_otherwise_meanwhile_is_told(service: Service) -> None:
    client, graph = service
    fields = form(client, REPLACE, event=anew(party="CUST-14"), do="record")
    posted(client, VOID, form(client, VOID))
    before = journal(graph)

    answer = posted(client, REPLACE, fields)

    assert answer.status_code == 409
    assert journal(graph) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is no object"),
        (anew(occurred_at="yesterday"), "/occurred_at"),
        (anew(items=[line("FG-9", "C1", "-1")]), "/items/0/quantity"),
        (anew(id="mine", replaces="m1"), "names id, replaces"),
        (anew(), "says the same"),
        (json.dumps({"type": HOSTILE}), "is no known type"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_nothing_recorded(
    service: Service, text: str, said: str
) -> None:
    client, graph = service
    fields, before = form(client, REPLACE, event=text, do="record"), journal(graph)

    answer = posted(client, REPLACE, fields)

    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert '<a href="#f-event">' in answer.text
    assert HOSTILE not in answer.text
    assert journal(graph) == before


@pytest.mark.parametrize("path", [VOID, REPLACE])
def test_it_takes_a_reason(service: Service, path: str) -> None:
    client, graph = service
    fields = form(client, path, reason=" ", event=anew(party="X"), do="record")
    before = journal(graph)

    answer = posted(client, path, fields)

    assert answer.status_code == 422
    assert '<a href="#f-reason">' in answer.text
    assert journal(graph) == before


def test_a_void_is_not_corrected(service: Service) -> None:
    client, graph = service
    fields = form(client, VOID)
    posted(client, VOID, fields)
    (void,), before = newest(graph, 1), journal(graph)

    for way in ("void", "replace"):
        path = f"/{way}/{SOURCE}/{void['id']}"
        assert "cannot be corrected" in text_of(client.get(path).text)
        posted(client, path, {**fields, "event": anew(), "do": "record"})

    assert journal(graph) == before
    assert not any(
        "/void/" in each for each in addresses(client.get(f"/events/{SOURCE}/{void['id']}").text)
    )


def test_a_reader_corrects_nothing_and_a_writer_is_recorded(service: Service) -> None:
    client, graph = service
    signed_in(client, create_key(graph.store, name="r")[1])
    before = journal(graph)
    assert posted(client, VOID, form(client, VOID)).status_code == 403
    assert journal(graph) == before

    key, token = create_key(graph.store, name="w", role="writer")
    signed_in(client, token)
    fields = form(client, REPLACE, event=anew(party="CUST-14"), do="record")
    assert posted(client, REPLACE, fields, origin="https://evil.example").status_code == 403
    assert posted(client, REPLACE, fields).status_code == 303

    assert [each.caller for each in graph.events(limit=1000).events[-2:]] == [key.id, key.id]


def test_any_id_is_corrected_at_its_address(service: Service) -> None:
    client, graph = service
    id = "a/b%2F ü?" + "x" * 190
    assert graph.capture([event(id, "receipt", "2026-03-01T08:00:00Z", items=[line("A", "B")])]).ok
    (there,) = {
        each for each in addresses(client.get("/records").text) if "ü" in each or "%C3%BC" in each
    }

    path = there.replace("/events/", "/replace/", 1)
    said = {"type": "receipt", "occurred_at": "2026-03-01T08:00:00Z", "items": [line("A", "C")]}
    answer = posted(client, path, form(client, path, event=json.dumps(said), do="record"))

    assert answer.status_code == 303
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("way", ["void", "replace"])
def test_an_unknown_event_is_a_404(service: Service, way: str) -> None:
    assert service[0].get(f"/{way}/mes/nope").status_code == 404
