"""What is shown ahead of a large scope: how far it can reach, at once, and the way to the rest."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.unit.pages import addresses, event, line, recall_history, served, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

RESIN = "/recall?item=urn:tracegraph:lot:RM-110:A"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, Tracegraph]]:
    monkeypatch.setattr("api.pages.extent_page.LARGE", 2)
    with served(recall_history()) as found:
        yield found


@pytest.fixture
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


def whole_of(page: str) -> str:
    (found,) = (address for address in addresses(page) if address.startswith("/recall/whole?"))
    return found


def test_a_large_scope_is_told_by_kind_and_product_and_leads_to_the_whole(
    client: TestClient,
) -> None:
    ahead = client.get(RESIN)
    said = text_of(ahead.text)

    assert ahead.status_code == 200
    assert "At most 3 items are reached" in said
    assert re.search(r"lot FG-9 2\b.*lot RM-110 1\b", said)
    assert "Who has it" not in said
    led = client.get(whole_of(ahead.text))
    assert led.status_code == 303
    (then,) = re.findall(r'data-then="([^"]+)"', ahead.text)
    assert led.headers["location"] == unescape(then)
    assert "Who has it" in text_of(client.get(led.headers["location"]).text)


def test_what_is_at_hand_is_shown_whole_until_something_is_recorded(
    service: tuple[TestClient, Tracegraph],
) -> None:
    client, graph = service
    client.get(whole_of(client.get(RESIN).text))

    assert "Who has it" in text_of(client.get(RESIN).text)
    graph.capture([event("x", "receipt", "2026-03-01T08:00:00Z", place="P",
                         items=[line("RM-110", "A")])])  # fmt: skip
    assert "At most 3 items" in text_of(client.get(RESIN).text)


def test_a_small_scope_and_what_has_no_answer_are_told_at_once(client: TestClient) -> None:
    assert "Who has it" in text_of(client.get("/recall?item=E1").text)
    assert client.get("/recall?item=NOPE").status_code == 404
    refused = client.get("/recall?item=A&as_of=soon")
    assert refused.status_code == 422
    assert 'href="#f-as_of"' in refused.text
    assert client.get("/recall/whole?item=NOPE").status_code == 404


def test_the_view_and_the_language_are_kept(client: TestClient) -> None:
    ahead = client.get(f"{RESIN}&part=items&certainty=possible&lang=zh")

    assert "最多涉及 3 个物品" in text_of(ahead.text)
    led = client.get(whole_of(ahead.text)).headers["location"]
    for said in ("part=items", "certainty=possible", "lang=zh", "known_at="):
        assert said in led


def test_files_and_data_are_never_short(client: TestClient) -> None:
    exported = client.get("/recall/export?item=urn:tracegraph:lot:RM-110:A&format=json")

    assert len(exported.json()["items"]) == 3
