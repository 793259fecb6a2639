"""Every page with an answer leads to the same as data, for people and for programs."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.unit.pages import recall_history, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

ITEM = "urn:tracegraph:lot:RM-110:A"
WITH_DATA = [
    "/?q=C1", f"/items/{ITEM}", f"/recall?item={ITEM}", f"/recall/why?item={ITEM}&of=C1",
    f"/recall/store?item={ITEM}", "/recall/scopes", "{scope}", "{scope}/why?of=C1", "{scope}/diff",
    "{scope}/change?to=review", "{scope}/hold", "{scope}/letters", "{scope}/release",
    "/suspects?complaint=C1", "/events/mes/m1",
    "/orders", "/orders/SO-771", "/orders/figures", "/records",
]  # fmt: skip
FORMS = ["/recall", "/suspects", "/signin"]


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, str]]:
    with served(recall_history()) as (client, graph):
        snapshot = graph.save_scope(graph.scope(ITEM), name="Resin A")
        yield client, f"/recall/scopes/{snapshot.id}"


def alternates(page: str) -> list[str]:
    return [
        unescape(found)
        for found in re.findall(
            r'<link rel="alternate" type="application/json"[^>]*href="([^"]+)"', page
        )
    ]


@pytest.mark.parametrize("path", WITH_DATA)
def test_a_page_leads_to_the_same_as_data(service: tuple[TestClient, str], path: str) -> None:
    client, scope = service
    page = client.get(path.format(scope=scope), follow_redirects=True)
    assert page.status_code == 200

    shown = re.findall(r'<a href="([^"]+)" type="application/json"', page.text)

    assert alternates(page.text) == [unescape(each) for each in shown] != []
    for address in alternates(page.text):
        data = client.get(address)
        assert data.status_code == 200, address
        assert data.json() is not None


@pytest.mark.parametrize("path", FORMS)
def test_a_form_alone_has_no_data(service: tuple[TestClient, str], path: str) -> None:
    assert alternates(service[0].get(path).text) == []
