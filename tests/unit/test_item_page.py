"""The page of an item: where it is, what the gate says of it, and its story."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from api.pages.item_colours import GONE, PARTY, REST, SEVERAL, by_place, by_state
from api.pages.item_cuts import cuts
from api.pages.item_standing import days, standing
from api.pages.question import Question
from api.pages.words import Words
from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of
from tests.unit.scopes import position
from tracegraph.recall.answer import Position

KEY = "urn:tracegraph:lot:FG-9:C1"
PAGE = f"/items/{quote(KEY, safe='')}"


def history(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event("m1", "production", "2026-03-02T23:30:00Z", place="SZ1", order="MO-1",
              outputs=[line("FG-9", "C1", "500")]),
        event("i1", "inspection", "2026-03-03T00:30:00Z", place="SZ1", plan="IPC-1", sample="5",
              items=[{"item": {"product": "FG-9", "lot": "C1"}}], verdict="pass",
              results=[{"characteristic": "width", "value": "2.0", "low": "1.9", "high": "2.1"}]),
        event("s1", "shipment", "2026-03-04T08:00:00Z", place="SZ1", party="CUST-1",
              documents=["DN-1"], items=[line("FG-9", "C1", "120")]),
        *more,
    ]  # fmt: skip


HOLD = event(
    "h1", "hold", "2026-03-05T08:00:00Z", place="SZ1", reason=HOSTILE,
    items=[{"item": {"product": "FG-9", "lot": "C1"}}],
)  # fmt: skip


def test_the_page_says_where_it_is_and_leads_on() -> None:
    with served(history()) as (client, _):
        page = client.get(PAGE)

        said = text_of(page.text)
        assert "SZ1 available 380 each 2026-03-02 23:30:00" in said
        assert "CUST-1 in transit 120 each" in said
        for link in (f"/recall?item={quote(KEY, safe='')}", f"{PAGE}?direction=forward#genealogy"):
            assert link in addresses(page.text)
            assert client.get(link).status_code == 200


def test_the_gate_allows_and_nothing_speaks_against_it() -> None:
    with served(history()) as (client, _):
        said = text_of(client.get(PAGE).text)
        chinese = text_of(client.get(f"{PAGE}?lang=zh").text)

    assert "to be shipped: ✓ ALLOWED" in said
    assert "to be consumed: ✓ ALLOWED" in said
    assert "no hold, no expiry" in said
    assert "用于发运: ✓ 允许" in chinese


def test_a_hold_is_a_reason_with_what_lifts_it_and_makes_no_markup() -> None:
    with served(history(HOLD)) as (client, _):
        page = client.get(PAGE)

    said = text_of(page.text)
    assert "to be shipped: ✕ REFUSED" in said
    assert "on hold : C1 is on hold: " + HOSTILE in said
    assert "to be shipped, to be consumed Release it. Release from hold" in said
    assert "SZ1 available, on hold 380 each" in said
    assert f"/release?item={quote(KEY, safe='')}" in addresses(page.text)
    assert "no hold, no expiry" not in said
    assert "<script>alert" not in page.text


def test_an_open_case_is_named_and_led_to() -> None:
    with served(history()) as (client, graph):
        case = graph.save_scope(graph.scope(KEY))
        page = client.get(PAGE)

        assert f"/recall/scopes/{case.id}" in addresses(page.text)
        assert "affected in an open case" in page.text


def test_positions_go_by_the_cut_and_say_so() -> None:
    with served(history()) as (client, _):
        early = text_of(client.get(f"{PAGE}?as_of=2026-03-03").text)

    assert "SZ1 available 500 each" in early
    assert "at the cut that was asked for" in early
    assert "CUST-1 in transit" not in early


def test_nothing_anywhere_is_said() -> None:
    unknown = event("r", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("A", "1", None)])
    with served([unknown]) as (client, _):
        said = text_of(client.get("/items/urn:tracegraph:lot:A:1").text)

    assert "No units of it are anywhere, by the records." in said
    assert "quantity unknown" in said


def test_what_is_all_gone_is_not_lifted_by_a_release() -> None:
    used = event("u1", "shipment", "2026-03-05T08:00:00Z", place="SZ1", party="CUST-1",
                 items=[line("FG-9", "C1", "380")])  # fmt: skip
    with served(history(used)) as (client, _):
        said = text_of(client.get(PAGE).text)

    assert "Nothing: none of it is left on hand" in said


def test_where_nothing_lies_behind_the_page_leads_the_other_way() -> None:
    with served(history()) as (client, _):
        page = client.get(PAGE)

    assert "No record says what it was made of. Show the other direction: Where it went" in text_of(
        page.text
    )
    assert f"{PAGE}?direction=forward#genealogy" in addresses(page.text)


def test_the_story_tells_what_the_supplier_calls_the_lot() -> None:
    bought = {**line("RM", "R-1", "500"), "supplier_lot": "NV-88213"}
    receipt = event("r1", "receipt", "2026-03-01T08:00:00Z", place="SZ1", items=[bought])
    with served([receipt]) as (client, _):
        said = text_of(client.get("/items/urn:tracegraph:lot:RM:R-1").text)

    assert "receipt : 500 each at SZ1 supplier's lot NV-88213" in said


def test_the_story_goes_by_day_and_tells_what_happened() -> None:
    with served(history()) as (client, _):
        page = client.get(PAGE)

    story = page.text.split('id="history"')[1].split('id="items"')[0]
    assert re.findall(r"<h3[^>]*><time[^>]*>([^<]*)", story) == [
        "2026-03-02", "2026-03-03", "2026-03-04",
    ]  # fmt: skip
    said = text_of(story)
    assert "23:30 production : came out 500 each at SZ1 Order MO-1" in said
    assert "plan IPC-1 verdict PASS sample 5 at SZ1" in said
    assert "width 2.0 (1.9 to 2.1)" in said
    assert "/events/mes/i1" in addresses(story)


def test_what_was_voided_is_struck_through_and_said_to_be() -> None:
    void = event("v", "void", "2026-03-06T08:00:00Z", voids="s1", reason="wrong customer")
    with served(history(void)) as (client, _):
        page = client.get(f"{PAGE}?lang=zh")

    (struck,) = re.findall(r"<strong>([^<]*)</strong> <s>(.*?)</s>", page.text, re.DOTALL)
    assert struck[0] == "已被第 4 号作废"
    assert "CUST-1" in struck[1]


@pytest.mark.parametrize("purposes", [("ship", "consume")])
def test_a_reason_against_both_is_told_once(purposes: tuple[str, ...]) -> None:
    with served(history(HOLD)) as (_, graph):
        stands = standing(graph, KEY, Question())
        entries = graph.history(KEY).entries

    assert [(each.refusal.rule, each.purposes) for each in stands.reasons] == [
        ("on_hold", purposes)
    ]
    assert stands.quality == stands.reasons
    assert [len(of_day) for _, of_day in days(entries)] == [1, 1, 1, 1]


# -- colours


def held(item: str, holder: str | None, state: str = "available", kind: Any = "place") -> Position:
    return position(item, holder=holder, state=state, holder_kind=kind)


def test_an_item_takes_the_gravest_state_of_its_units() -> None:
    found = by_state(
        [held("x", "W"), held("x", "W", "on hold"), held("x", "C", "delivered", "party"),
         held("y", None, "used", "none"), held("z", "W", "unheard of"), held("z", "W", "adjusted")],
        Words("en"),
    )  # fmt: skip

    assert found.of == {"x": "on hold", "y": "used", "z": "adjusted"}
    assert {tint.name for tint in found.tints} >= {"on hold", "used"}


def test_an_item_is_where_all_that_is_left_of_it_is() -> None:
    rows = [held("one", "W"), held("one", "W", "on hold"), held("one", None, "used", "none"),
            held("two", "W"), held("two", "X"), held("away", "C", "delivered", "party"),
            held("both", "W"), held("both", "C", "delivered", "party"),
            held("gone", None, "used", "none")]  # fmt: skip

    found = by_place(rows, Words("en"))

    assert found.of == {
        "one": "W", "two": SEVERAL, "away": PARTY, "both": SEVERAL, "gone": GONE,
    }  # fmt: skip


def test_places_beyond_the_colours_share_one() -> None:
    rows = [held(f"i{n}", f"P{n}") for n in range(9)] + [held("j", "P8")]

    found = by_place(rows, Words("en"))

    own = [tint for tint in found.tints if tint.colour != "other"]
    assert [tint.name for tint in own] == ["P8", "P0", "P1", "P2", "P3", "P4"]
    assert sorted(i for i, place in found.of.items() if place == REST) == ["i5", "i6", "i7"]
    assert next(tint.label for tint in found.tints if tint.name == REST) == "3 other places"


def test_the_genealogy_is_coloured_as_the_address_says() -> None:
    held_back = event("h2", "hold", "2026-03-05T08:00:00Z", place="SZ1",
                      items=[line("FG-9", "C1", "80")])  # fmt: skip
    with served(history(held_back)) as (client, _):
        plain = client.get(PAGE).text
        page = client.get(f"{PAGE}?colour=state").text
        at_cut = client.get(f"{PAGE}?colour=state&as_of=2026-03-03").text
        place = client.get(f"{PAGE}?colour=place&lang=zh").text
        unknown = client.get(f"{PAGE}?colour=taste").text

        (figure,) = re.findall(r'data-figure="([^"]+)"', page)
        drawn = client.get(unescape(figure)).json()
        (details,) = [t["text"] for t in drawn["data"] if t["name"] == "details"]
        assert "‖ lot FG-9" in details

    assert "‖ on hold: 1" in text_of(page)
    assert "✓ available: 1" in text_of(at_cut)
    assert "* 在多个地点: 1" in text_of(place)
    assert 'class="tints"' not in plain
    assert 'class="tints"' not in unknown


def test_too_many_items_keep_the_colours_of_their_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("item_page", "item_colours"):
        monkeypatch.setattr(f"api.pages.{module}.MOST", 0)
    with served(history()) as (client, _):
        page = client.get(f"{PAGE}?colour=place").text

    assert "Too many items to colour" in page
    assert 'class="tints"' not in page


def test_the_genealogy_is_a_file_too() -> None:
    with served(history()) as (client, _):
        page = client.get(f"{PAGE}?colour=state").text
        (address,) = {a for a in addresses(page) if a.startswith("/figures/genealogy.svg")}
        file = client.get(address)
        dark = client.get(f"{address}&theme=dark")

        assert "✓ lot FG-9" in file.text or "→ lot FG-9" in file.text
        assert file.text != dark.text
        assert client.get("/figures/genealogy.svg?key=nothing").status_code == 404
        assert client.get(f"/figures/genealogy.svg?key={KEY}&as_of=never").status_code == 422
        assert client.get(f"/figures/genealogy.svg?key={KEY}&max_depth=x").status_code == 422


# -- cuts in time


def test_the_page_says_what_changed_since_the_cut_before() -> None:
    void = event("v", "void", "2026-03-06T08:00:00Z", voids="m2", reason="twice")
    more = event("m2", "production", "2026-03-03T08:00:00Z", outputs=[line("KIT", "K", "1")],
                 inputs=[line("FG-9", "C1", "1")])  # fmt: skip
    ask = f"{PAGE}?direction=forward"
    with served(history(more)) as (client, graph):
        before = graph.store.published().seq
        at_first = client.get(f"{ask}&as_of=2026-03-02").text
        later = text_of(client.get(f"{ask}&was=2026-03-02,").text)
        same = text_of(client.get(f"{ask}&was=,&lang=zh").text)
        unmet = text_of(client.get(f"{ask}&was=,1").text)
        assert graph.capture([void]).ok
        voided = client.get(f"{ask}&was=,{before}").text
        wrong = client.get(f"{ask}&was=never,")
        figure = client.get(
            f"/figures/genealogy.json?key={KEY}&direction=forward&was=2026-03-02,"
        ).json()

    assert "appeared" not in text_of(at_first)
    assert "1 items appeared, 0 went;" in later
    assert "+ appeared: 1" in later
    assert "没有变化" in same
    assert "2 items appeared" in unmet
    assert "0 items appeared, 1 went; 0 events appeared, 1 no longer count" in text_of(voided)
    assert "/items/urn%3Atracegraph%3Alot%3AKIT%3AK?direction=forward" in addresses(voided)
    assert wrong.status_code == 422
    assert figure["said"].startswith("Against the cut before")


def test_cuts_are_the_instants_of_the_history_each_once() -> None:
    with served(history()) as (client, graph):
        found = cuts(graph.history(KEY).entries)
        page = client.get(f"{PAGE}?known_at=99").text

    assert found.as_of == (
        "2026-03-02T23:30:00Z", "2026-03-03T00:30:00Z", "2026-03-04T08:00:00Z",
    )  # fmt: skip
    assert len(found.known_at) == 1
    assert page.count("data-steps='[&#34;2026") + page.count("data-steps='[\"2026") == 2
