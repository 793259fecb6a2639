"""The pages of orders: a list, one with what fulfilled it, and key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from api.pages import orders_page
from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

C1 = "urn:tracegraph:lot:FG-9:C1"
STRANGE = f"SO/{HOSTILE}"


def order(id: str, action: str, day: int, number: str, **fields: Any) -> dict[str, Any]:
    at = f"2026-03-{day:02}T09:00:00Z"
    return event(id, "order", at, number=number, action=action, **fields)


def placed(id: str, number: str, kind: str = "sales", party: str = "CUST-1") -> dict[str, Any]:
    lines = [{"line": "10", "product": "FG-9", "quantity": "120", "unit": "each",
              "promised": "2026-03-08"}]  # fmt: skip
    return order(id, "created", 1, number, kind=kind, party=party, lines=lines)


def history() -> list[dict[str, Any]]:
    return [
        placed("o1", "SO-1"),
        order("o2", "released", 2, "SO-1", kind="sales"),
        event("s1", "shipment", "2026-03-09T08:00:00Z", place="P", party="CUST-1", order="SO-1",
              documents=["DN-1"], items=[line("FG-9", "C1", "70")]),
        event("s2", "delivery", "2026-03-10T08:00:00Z", place="P", party="CUST-1", order="SO-1",
              items=[line("FG-9", "C1", "70")]),
        placed("o3", STRANGE, "transfer", "CUST-2"),
        event("s3", "shipment", "2026-03-09T08:00:00Z", place="P", party="CUST-2", order=STRANGE,
              items=[line("FG-9", "C1", "5")]),
        event("s4", "shipment", "2026-03-09T08:00:00Z", place="P", party="CUST-2", order="SO-9",
              items=[line("FG-9", "C1", "5")]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with served(history()) as (client, _):
        yield client


def test_the_list_tells_state_kind_and_party(client: TestClient) -> None:
    every, sales = client.get("/orders"), client.get("/orders?kind=sales&lang=zh")

    said = text_of(every.text)
    assert "SO-1 sales partly shipped CUST-1" in said
    assert "SO-1 销售 部分发运 CUST-1" in text_of(sales.text)
    assert STRANGE not in text_of(sales.text)
    assert "<script>alert" not in every.text
    for link in addresses(every.text):
        assert client.get(link).status_code == 200, link


def test_the_list_is_narrowed_and_says_when_nothing_is_like_that(client: TestClient) -> None:
    assert "SO-1" in client.get("/orders?party=CUST-1&state=partly+shipped").text
    assert "No order is like that." in client.get("/orders?state=settled").text


def test_a_state_that_is_none_is_a_422_that_says_what_is_accepted(client: TestClient) -> None:
    page = client.get("/orders?state=lost&as_of=")

    assert page.status_code == 422
    assert 'href="#f-state"' in page.text
    assert "partly shipped, shipped" in page.text
    assert client.get("/orders?known_at=soon").status_code == 422


def test_a_long_list_has_pages_of_one_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_page, "ROWS", 2)
    with served([placed(f"o{n}", f"SO-{n}") for n in range(3)]) as (client, graph):
        first = client.get("/orders?kind=sales")
        graph.capture([placed("o9", "SO-9")])
        (following,) = [link for link in addresses(first.text) if "cursor=" in link]
        second = client.get(following)

    assert "SO-2" not in text_of(first.text)
    assert "SO-2" in text_of(second.text)
    assert "SO-9" not in second.text, "it was recorded after the first page"


def test_an_order_shows_its_lines_with_what_fulfilled_them(client: TestClient) -> None:
    page = client.get("/orders/SO-1")

    said = text_of(page.text)
    assert "State partly shipped Kind sales Party CUST-1" in said
    assert "10 FG-9 120 each 70 70 0 not recorded promised 2026-03-08 late 70 each C1" in said
    assert "C1 FG-9 lot 70 each 70 each 0 each" in said
    assert "DN-1" in said
    assert "changed, closed" in said, "what a command may do"
    assert f"/items/{quote(C1, safe='')}" in addresses(page.text)
    assert "/recall?order=SO-1" in addresses(page.text)
    assert client.get("/recall?order=SO-1").status_code == 200


def test_a_step_that_was_not_allowed_stands_out(client: TestClient) -> None:
    page = client.get(f"/orders/{quote(STRANGE, safe='')}?lang=zh")

    assert page.status_code == 200
    assert "该状态下不允许" in page.text
    assert "步骤不允许" in page.text
    assert "<script>alert" not in page.text


def test_an_order_that_only_other_events_name_says_so(client: TestClient) -> None:
    page = client.get("/orders/SO-9")

    assert "No order event tells of it" in page.text
    assert "State unplaced" in text_of(page.text)


def test_an_order_is_shown_at_a_cut(client: TestClient) -> None:
    page = client.get("/orders/SO-1?as_of=2026-03-02")

    assert "State released" in text_of(page.text)
    assert "as_of=2026-03-02T23%3A59" in page.text, "its twin is asked at the same cut"


def test_an_unknown_order_is_a_404_and_a_bad_cut_a_422(client: TestClient) -> None:
    unknown = client.get(f"/orders/{quote(HOSTILE, safe='')}")

    assert unknown.status_code == 404
    assert "<script>alert" not in unknown.text
    assert client.get("/orders/SO-1?as_of=soon").status_code == 422


def test_many_items_of_an_order_have_pages(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders_page, "ITEMS", 1)
    lots = [line("FG-9", f"L{n}", "1") for n in range(3)]
    made = event("m", "production", "2026-03-03T09:00:00Z", place="P", order="MO-1", outputs=lots)
    papers = [
        placed("o", "MO-1", "production"),
        order("r", "released", 2, "MO-1", kind="production"),
    ]
    with served([*papers, made]) as (here, _):
        third = here.get("/orders/MO-1?page=3")
        beyond = here.get("/orders/MO-1?page=7")

    table = third.text.split('id="items"')[1].split('id="events"')[0]
    assert "L2" in table
    assert "L0" not in table
    assert "/orders/MO-1?page=2#items" in addresses(table)
    assert beyond.text.count("L2") == third.text.count("L2")


def test_figures_are_counted_when_they_are_asked_for(client: TestClient) -> None:
    form, counted = client.get("/orders/figures"), client.get("/orders/figures?since=2026-03-01")

    assert "Orders placed" not in form.text
    said = text_of(counted.text)
    assert "Orders placed 2" in said
    assert "Cancelled 0 %; 0 of 2" in said
    assert "Time to fulfil none to count" in said
    assert "2026-03: 2" in said, "a column says its month and its value"
    assert counted.text.count('<svg xmlns="http://www.w3.org/2000/svg" class="columns"') == 5
    assert client.get("/orders/figures?since=soon").status_code == 422


@pytest.mark.parametrize(
    "path", ["/orders?kind=sales", "/orders/SO-1?as_of=2026-03-05", "/orders/figures?kind=sales"]
)
def test_every_page_has_its_twin(client: TestClient, path: str) -> None:
    page = client.get(path)

    (twin,) = addresses(page.text.split("<footer>")[1])
    answer = client.get(twin)

    assert answer.status_code == 200
    assert answer.json()["known_at"] == len(history())
