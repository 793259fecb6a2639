"""Storing a scope from its page: shown first, then stored as it was shown, by who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.pages import signin_router
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

RESIN = "/recall/store?item=urn%3Atracegraph%3Alot%3ARM-110%3AA"
PINNED = f"{RESIN}&known_at=8"
Service = tuple["TestClient", "Tracegraph"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(signin_router, "FAILED_SECONDS", 0.0)
    with served(recall_history()) as found:
        yield found


def filled(client: TestClient, address: str = RESIN, **fields: str) -> dict[str, str]:
    """The form of the page, as a person fills it in."""
    page = client.get(address)
    assert page.status_code == 200
    hidden = form_of(page.text, "/recall/store")
    return {**hidden, "name": "Case 7", "status": "open", **fields}


def test_the_page_of_a_recall_leads_to_storing_it_as_it_is_shown(service: Service) -> None:
    client, graph = service
    page = client.get(RESIN.replace("/store", ""))
    assert PINNED in addresses(page.text)

    shown = client.get(PINNED)

    assert "3 items affected, 1 unproven, 2 consignees" in text_of(shown.text)
    assert graph.snapshots() == ()


@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_scope_is_stored_as_it_was_shown(service: Service, status: str) -> None:
    client, graph = service
    fields = filled(client, status=status, name=HOSTILE)
    graph.capture([event("r9", "receipt", "2026-04-01T08:00:00Z", place="SZ1", party="SUP-1",
                         items=[line("RM-110", "A", "9")])])  # fmt: skip

    answer = posted(client, PINNED, fields)

    (snapshot,) = graph.snapshots()
    assert (snapshot.name, snapshot.status, snapshot.known_at) == (HOSTILE, status, 8)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/recall/scopes/{snapshot.id}"
    page = client.get(answer.headers["location"])
    assert HOSTILE in text_of(page.text)
    assert HOSTILE not in page.text


def test_storing_twice_stores_once_and_says_that_it_is_stored(service: Service) -> None:
    client, graph = service
    fields = filled(client)

    first, second = posted(client, PINNED, fields), posted(client, PINNED, fields)

    assert first.headers["location"] == second.headers["location"]
    assert len(graph.snapshots()) == 1
    assert "It is stored already" in text_of(client.get(PINNED).text)


def test_what_was_not_shown_is_not_stored(service: Service) -> None:
    client, graph = service

    answer = posted(client, PINNED, filled(client, hash="0" * 64))

    assert answer.status_code == 409
    assert "This has changed since" in text_of(answer.text)
    assert graph.snapshots() == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": "x" * 201}, "name"), ({"name": "a\x00b"}, "name"), ({"status": "maybe"}, "status")],
    ids=["long", "unprintable", "status"],
)
def test_bad_input_is_a_422_that_names_its_field(
    service: Service, fields: dict[str, str], field: str
) -> None:
    client, graph = service

    answer = posted(client, PINNED, filled(client, **fields))

    assert answer.status_code == 422
    assert f'<a href="#f-{field}">' in answer.text
    assert graph.snapshots() == ()


@pytest.mark.parametrize(
    ("query", "status"), [("item=NOPE", 404), ("item=A&asof=1", 422), ("", 200)]
)
def test_a_question_without_an_answer_is_not_stored(
    service: Service, query: str, status: int
) -> None:
    client, _ = service

    assert client.get(f"/recall/store?{query}").status_code == status


def test_without_keys_the_form_needs_its_cookie_and_its_origin(service: Service) -> None:
    client, graph = service
    fields = filled(client)

    assert posted(client, PINNED, fields, origin="https://evil.example").status_code == 403
    assert posted(client, PINNED, {**fields, "form": "A" * 43}).status_code == 403
    foreign = posted(client, PINNED, fields, host="evil.example", origin="http://evil.example")
    assert foreign.status_code == 403, "a name that leads here is not this machine"
    client.cookies.clear()
    assert posted(client, PINNED, fields).status_code == 403
    assert graph.snapshots() == ()


def test_a_reader_sees_what_it_takes_and_may_not_do_it(service: Service) -> None:
    client, graph = service
    signed_in(client, create_key(graph.store, name="k")[1])
    page = client.get(PINNED)
    assert "<button>Store" not in page.text
    assert "It takes the key of a writer" in text_of(page.text)

    answer = posted(client, PINNED, filled(client))

    assert answer.status_code == 403
    assert "It takes the key of a writer" in text_of(answer.text)
    assert graph.snapshots() == ()


def test_a_password_that_a_browser_keeps_only_reads(service: Service) -> None:
    client, graph = service
    token = create_key(graph.store, name="k", role="writer")[1]
    page = client.get(PINNED, auth=("any", token))
    assert "<button>Store" not in page.text
    form = form_of(page.text, "/recall/store") | {"name": "n", "status": "open"}
    sent: dict[str, Any] = {"origin": "http://127.0.0.1"}

    answer = client.post(PINNED, data=form, auth=("any", token), headers=sent)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/signin?next=%2Frecall%2Fstore")
    assert graph.snapshots() == ()


def test_a_writer_who_signed_in_stores(service: Service) -> None:
    client, graph = service
    signed_in(client, create_key(graph.store, name="k", role="writer")[1])

    answer = posted(client, f"{PINNED}&lang=zh", filled(client, f"{RESIN}&lang=zh"))

    (snapshot,) = graph.snapshots()
    assert answer.headers["location"] == f"/recall/scopes/{snapshot.id}?lang=zh"
    listed = client.get("/recall/scopes")
    assert "Case 7" in text_of(listed.text)
