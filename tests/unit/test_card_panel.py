"""Within the figure of a genealogy: what is searched for, and the records of the chosen card."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from api.pages.card_panel import EVENTS
from tests.unit.pages import HOSTILE, addresses, event, line, recall_history, served, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

SERIALS, MOVES = 40, 30
RESIN = "urn:tracegraph:lot:RM:R-1"
ITEM = f"/items/{quote(RESIN, safe='')}?direction=forward"
CASE = "urn:tracegraph:lot:RM-110:A"


def history() -> list[dict[str, Any]]:
    """A lot that went into two lots and many serials, moved to and fro, one move voided."""
    serials = [
        {"item": {"product": "FG", "serial": f"S{n:03d}", "lot": "F1"}, "quantity": "1",
         "unit": "each"}
        for n in range(SERIALS)
    ]  # fmt: skip
    made = [line("CP", "C-7", "5"), line("CP", "c-70", "5")]
    return [
        event("r1", "receipt", "2026-03-01T08:00:00Z", place="W", items=[line("RM", "R-1", "90")]),
        event("p1", "production", "2026-03-02T08:00:00Z", place="W", outputs=made,
              inputs=[line("RM", "R-1", "9")]),
        event("a1", "assembly", "2026-03-03T08:00:00Z", place="W", outputs=serials,
              inputs=[line("RM", "R-1", "9")]),
        *(
            event(f"t{n}", "move", f"2026-04-{n + 1:02d}T08:00:00Z", place="WX"[n % 2],
                  to="XW"[n % 2], items=[line("RM", "R-1", "72")])
            for n in range(MOVES)
        ),
        event("v", "void", "2026-05-01T08:00:00Z", voids=f"t{MOVES - 1}", reason="twice"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, Tracegraph]]:
    with served(history()) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


def panel(page: str) -> str:
    """The panel of a page; "" where it has none."""
    found = re.findall(r'<section class="panel".*?</section>', page, re.DOTALL)
    return str(found[0]) if found else ""


def said_within(page: str) -> str:
    (found,) = re.findall(r'<span id="within-said"[^>]*>(.*?)</span>', page, re.DOTALL)
    return unescape(found)


# -- the search


def test_a_search_counts_what_is_drawn_and_what_is_folded(client: TestClient) -> None:
    page = client.get(f"{ITEM}&within=C-7").text
    folded = client.get(f"{ITEM}&within=s01").text

    assert said_within(page).startswith("2 of ")
    assert "folded" not in said_within(page)
    assert page.count('class="found"') == 2
    assert said_within(folded).endswith("; 10 more in 1 folded groups")
    assert "◆10 \N{MULTIPLICATION SIGN}40" in folded
    (opening,) = set(addresses(folded.split('id="within-hits"')[1].split("</ul>")[0]))
    assert "open=" in opening
    assert "within=s01" in opening
    opened = client.get(opening.partition("#")[0]).text
    assert opened.count('class="found"') >= 2, "stretches of serials instead of the group"


def test_a_search_that_finds_nothing_says_so_and_makes_no_markup(client: TestClient) -> None:
    page = client.get(f"{ITEM}&within={quote(HOSTILE)}&lang=zh").text

    assert said_within(page) == f"此图中没有含“{HOSTILE}”的物品。"
    assert HOSTILE not in page
    assert 'class="found"' not in page
    assert said_within(client.get(ITEM).text) == ""


def test_the_form_of_a_search_keeps_the_question(client: TestClient) -> None:
    page = client.get(f"{ITEM}&within=C-7&as_of=2026-03-05&card={RESIN}&lang=zh").text

    (form,) = re.findall(r'<form class="within".*?</form>', page, re.DOTALL)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert kept == {
        "direction": "forward", "as_of": "2026-03-05", "card": RESIN, "lang": "zh",
    }  # fmt: skip
    assert any("within" not in address for address in addresses(form))


def test_the_form_of_the_question_keeps_the_place(client: TestClient) -> None:
    page = client.get(f"{ITEM}&within=C-7&card={RESIN}&open=0123456789ab").text

    (form,) = re.findall(r'<form class="question".*?</form>', page, re.DOTALL)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert kept == {"open": "0123456789ab", "within": "C-7", "card": RESIN}


def test_the_figure_as_data_says_what_was_found_and_where_cards_are(client: TestClient) -> None:
    figure = client.get(f"/figures/genealogy.json?key={RESIN}&direction=forward&within=C-7").json()

    by_id = {card["id"]: card for card in figure["cards"]}
    assert figure["found"].startswith("2 of ")
    assert by_id[RESIN]["hits"] == 0
    assert sum(card["hits"] for card in by_id.values()) == 2
    assert {card["kind"] for card in by_id.values()} == {"item", "group"}
    (cards,) = [trace for trace in figure["data"] if trace["name"] == "cards"]
    assert [each[1] for each in cards["customdata"]] == list(by_id)
    assert [round(base) for base in cards["base"]] == [card["left"] for card in by_id.values()]


# -- the panel


def test_the_records_of_a_card_stand_beside_the_figure(client: TestClient) -> None:
    page = client.get(f"{ITEM}&card={RESIN}").text

    found = panel(page)
    said = text_of(found)
    assert "R-1 close R-1 lot RM" in said
    assert "X: available 72 each gone: consumed 18 each" in said
    assert "to be shipped: ✓ ALLOWED" in said
    assert f"The last {EVENTS} of {MOVES + 3}." in said
    times = re.findall(r'<time datetime="([^"]+)"', found)
    assert len(times) == EVENTS
    assert times == sorted(times, reverse=True)
    assert f'<s>move</s> <strong>voided</strong> <a href="/events/mes/t{MOVES - 1}"' in found
    assert f"/items/{quote(RESIN, safe='')}?direction=forward" in addresses(found)
    assert page.count('aria-current="true"') == 1
    assert client.get(ITEM).text.count('aria-current="true"') == 0


def test_a_card_leads_to_its_item_and_its_row_to_its_records(client: TestClient) -> None:
    page = client.get(ITEM).text
    key = "urn:tracegraph:lot:CP:C-7"

    assert f'<a href="/items/{quote(key, safe="")}?direction=forward" data-card="{key}"' in page
    (row,) = [a for a in addresses(page) if a.endswith("#card") and quote(key, safe="") in a]
    found = panel(client.get(row.partition("#")[0]).text)
    assert "C-7" in text_of(found)
    assert any(f"why={quote(key, safe='')}" in address for address in addresses(found))


def test_the_records_go_by_the_cut(client: TestClient) -> None:
    found = text_of(panel(client.get(f"{ITEM}&card={RESIN}&as_of=2026-03-01").text))

    assert "Where it is at the cut that was asked for W: available 90 each May it go?" in found


def test_the_panel_is_had_alone_and_is_the_same(client: TestClient) -> None:
    page = client.get(f"{ITEM}&card={RESIN}").text
    (address,) = re.findall(r'data-panel="([^"]+)"', page)

    alone = client.get(unescape(address) + quote(RESIN, safe=""))

    assert "<html" not in alone.text
    assert text_of(panel(alone.text)) == text_of(panel(page))
    assert "default-src 'none'" in alone.headers["content-security-policy"]
    assert client.get(unescape(address) + "nothing").status_code == 404


def test_a_card_that_no_record_names_is_said_and_makes_no_markup(client: TestClient) -> None:
    page = client.get(f"{ITEM}&card={quote(HOSTILE)}")

    assert page.status_code == 200
    assert f"No record names {HOSTILE} at this cut." in text_of(page.text)
    assert HOSTILE not in page.text


# -- on the page of a scope


def test_the_panel_of_a_scope_says_how_certain_and_why() -> None:
    with served(recall_history()) as (client, graph):
        id = graph.save_scope(graph.scope(CASE), name="Resin").id
        for path, mark in ((f"/recall?item={CASE}", "&"), (f"/recall/scopes/{id}", "?")):
            for key, certainty in (
                ("urn:tracegraph:lot:FG-9:C1", "● certain · Why"),
                ("urn:tracegraph:lot:FG-8:E1", "? unproven · Why"),
                ("urn:tracegraph:lot:RM-110:B", "○ out · Why"),
            ):
                page = client.get(f"{path}{mark}card={key}&within=C1").text
                found = panel(page)
                assert certainty in text_of(found)
                (why,) = [a for a in addresses(found) if "/why?" in a]
                assert client.get(why).status_code == 200
                (address,) = re.findall(r'data-panel="([^"]+)"', page)
                alone = client.get(unescape(address) + quote(key, safe=""))
                assert text_of(panel(alone.text)) == text_of(found)
                (close,) = re.findall(r'class="close" href="([^"]+)"', alone.text)
                assert "card=" not in close
                assert "within=C1" in close
                assert close.endswith("#genealogy")


def test_the_figure_of_a_scope_is_searched_too() -> None:
    with served(recall_history()) as (client, _):
        page = client.get(f"/recall?item={CASE}&within=c1").text
        part = client.get(f"/recall?item={CASE}&within=c1&part=items").text
        wrong = client.get("/recall/card?item=NOPE&card=x")
        unknown = client.get("/recall/scopes/00000000/card?card=x")

    assert said_within(page).startswith("1 of ")
    assert page.count('class="found"') == 1
    (file,) = {a for a in addresses(page) if "figure.svg" in a}
    assert "within=c1" in file
    assert 'class="found"' not in part
    assert wrong.status_code == unknown.status_code == 404
