"""The one box and the items of a party or a document: what a text may mean, and where it leads."""

from __future__ import annotations

from typing import Any

import pytest

from api.pages import items_page
from tests.unit.pages import HOSTILE, addresses, event, line, recall_history, served, text_of

NEXT = "/items?party=SUP-1&kind=lot&cursor="


def history() -> list[dict[str, Any]]:
    """A recall's history, and a machine, a product and a place that records describe."""
    return [
        *recall_history(),
        event("q1", "equipment", "2026-01-01T08:00:00Z", number="STER-02", name="Sterilizer"),
        event("q2", "product", "2026-01-01T08:00:00Z", number="FG-9", name="Infusion set",
              packages=[{"gtin": "09506000134352"}]),
        event("q3", "place", "2026-01-01T08:00:00Z", number="SZ1", name="深圳一厂"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("SO-771", "/orders/SO-771", id="order"),
        pytest.param("so771", "/?", id="orders-without-records-want-their-beginning"),
        pytest.param("so-77", "/orders/SO-771", id="beginning-in-small-letters"),
        pytest.param("DN-5520", "/items?document=DN-5520", id="document"),
        pytest.param("CUST-12", "/items?party=CUST-12", id="party"),
        pytest.param("cust12", "/items?party=CUST-12", id="party-as-it-is-said"),
        pytest.param("sterilizer", "/items?equipment=STER-02", id="equipment-by-name"),
        pytest.param("Infusion", "/items?product=FG-9", id="product-by-name"),
        pytest.param("9506000134352", "/items?product=FG-9", id="product-by-package"),
        pytest.param("深圳", "/items?place=SZ1", id="place-by-chinese-name"),
        pytest.param("A", "/items/urn%3Atracegraph%3Alot%3ARM-110%3AA", id="lot"),
    ],
)
def test_a_text_that_means_one_thing_leads_to_it(text: str, address: str) -> None:
    with served(history()) as (client, _):
        found = client.get("/", params={"q": text})

    if address == "/?":
        assert found.status_code == 404
        assert "Nothing is called" in found.text
    else:
        assert (found.status_code, found.headers["location"]) == (303, address)


def test_a_text_that_means_several_lists_them_by_kind_with_what_can_be_asked() -> None:
    with served(history()) as (client, _):
        found = client.get("/", params={"q": "CUST-1", "lang": "en"})

    said = text_of(found.text)
    assert "2 things could be meant by “CUST-1”" in said
    assert "Parties" in said
    assert HOSTILE in said
    assert "<script>alert" not in found.text
    links = addresses(found.text)
    for address in (
        "/items?party=CUST-13&lang=en",
        "/orders?party=CUST-13&lang=en",
        "/recall?supplier=CUST-13&lang=en",
    ):
        assert address in links, address  # fmt: skip


def test_suggestions_are_what_the_page_would_list_in_the_language_asked_for() -> None:
    with served(history()) as (client, _):
        chinese = client.get("/find.json", params={"q": "sz", "lang": "zh"}).json()
        short = client.get("/find.json", params={"q": "s"}).json()
        nothing = client.get("/find.json", params={"q": "zzz"}).json()
        item = client.get("/find.json", params={"q": "c1"}).json()

    assert chinese == [
        {"kind": "地点", "name": "SZ1", "detail": "深圳一厂", "address": "/items?place=SZ1&lang=zh"}
    ]
    assert short == nothing == []
    assert [(each["name"], each["detail"], each["kind"]) for each in item] == [
        ("C1", "FG-9", "lot")
    ]


def test_what_is_void_or_not_yet_recorded_is_not_listed() -> None:
    sent = history()
    wrong = event("x1", "receipt", "2026-03-01T08:00:00Z", place="WRONG", items=[line("RM", "A")])
    void = event("v1", "void", "2026-03-02T08:00:00Z", voids="x1", reason="wrong")
    with served([*sent, wrong]) as (client, graph):
        before = client.get("/find.json", params={"q": "WRON"}).json()
        graph.capture([void])
        after = client.get("/find.json", params={"q": "WRON"}).json()
        earlier = graph.directory("WRON", known_at=len(sent) + 1)

    assert [each["name"] for each in before] == ["WRONG"]
    assert after == []
    assert [each.number for each in earlier] == ["WRONG"]


def test_items_by_what_their_events_name_have_pages_of_one_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(items_page, "ROWS", 1)
    with served(history()) as (client, graph):
        first = client.get("/items?party=SUP-1&kind=lot")
        graph.capture([event("r9", "receipt", "2026-03-05T08:00:00Z", place="SZ1", party="SUP-1",
                             items=[line("RM-110", "LATE")])])  # fmt: skip
        (following,) = [
            link for link in addresses(first.text) if link.startswith(NEXT) and "lang=" not in link
        ]
        second = client.get(following)

    assert "RM-110" in text_of(first.text)
    assert "known_at=" in following
    assert "LATE" not in second.text
    assert 'rel="next"' not in second.text


def test_items_say_what_is_wrong_with_the_question_and_when_nothing_fits() -> None:
    with served(history()) as (client, _):
        alone = client.get("/items?lang=zh")
        wrong = client.get("/items?kind=pallet")
        none = client.get("/items?document=DN-0")

    assert alone.status_code == 200
    assert "单据" in alone.text
    assert wrong.status_code == 422
    assert 'href="#f-kind"' in wrong.text
    assert "No item fits." in none.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_page_says_where_to_begin(lang: str) -> None:
    with served([event("r1", "receipt", "2026-03-01T08:00:00Z", items=[line("RM", "A")])]) as (
        client,
        _,
    ):
        page = client.get(f"/?lang={lang}")

        begin = page.text.split("<main")[1]
        for path in ("/recall", "/suspects", "/recall/scopes"):
            assert f"{path}?lang={lang}" in addresses(begin)
            assert client.get(f"{path}?lang={lang}").status_code == 200
