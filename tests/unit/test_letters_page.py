"""Letters of a stored scope: one to each consignee, with what it got and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from api.pages import letters_page
from tests.unit.pages import HOSTILE, addresses, recall_history, served, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

RESIN = "urn:tracegraph:lot:RM-110:A"


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, str]]:
    with served(recall_history()) as (client, graph):
        snapshot = graph.save_scope(graph.scope(RESIN), name="Resin A")
        yield client, f"/recall/scopes/{snapshot.id}"


def letters(page: str) -> list[str]:
    return [
        text_of(each)
        for each in re.findall(r'<section class="letter".*?</section>', page, re.DOTALL)
    ]


def test_each_consignee_has_a_letter_with_what_it_got(service: tuple[TestClient, str]) -> None:
    client, scope = service
    assert f"{scope}/letters" in addresses(client.get(scope).text)

    page = client.get(f"{scope}/letters")

    unreached, reached = letters(page.text)
    assert HOSTILE not in page.text
    assert "CUST-13 NO CONTACT" in unreached
    assert "FG-9 C2 1,500 each" in unreached
    assert "Recall desk" in reached
    assert "+00 555 01" in reached
    assert "FG-9 C1 120 each" in reached
    assert "2026-03-09 SO-771, DN-5520" in reached
    assert "CUST-13" not in reached, "nobody is told who else got it"


def test_what_is_added_stands_in_each_letter(service: tuple[TestClient, str]) -> None:
    client, scope = service

    page = client.get(f"{scope}/letters", params={"wrong": f"It leaks {HOSTILE}", "answer": "QA"})

    assert HOSTILE not in page.text
    for letter in letters(page.text):
        assert f"It leaks {HOSTILE}" in letter
        assert "Answer to : QA" in letter or "Answer to: QA" in letter


def test_long_lists_go_on_elsewhere_and_say_so(
    service: tuple[TestClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, scope = service
    monkeypatch.setattr(letters_page, "LETTERS", 1)
    monkeypatch.setattr(letters_page, "LISTED", 0)

    first = client.get(f"{scope}/letters?wrong=x").text
    (following,) = (each for each in addresses(first) if "page=2" in each)
    second = client.get(following).text

    assert "and 1 more · the enclosed list has all of them" in text_of(first)
    assert ["CUST-13" in first, "CUST-13" in second] == [True, False]
    assert "x" in letters(second)[0]


def test_in_chinese(service: tuple[TestClient, str]) -> None:
    client, scope = service

    assert "产品召回" in text_of(client.get(f"{scope}/letters?lang=zh").text)


def test_an_unknown_scope_is_a_404(service: tuple[TestClient, str]) -> None:
    assert service[0].get("/recall/scopes/00000000/letters").status_code == 404
