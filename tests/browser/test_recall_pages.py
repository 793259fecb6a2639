"""A recall as its coordinator sees it: in a real browser, without JavaScript, on any screen."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import tracegraph
from tests.browser.conftest import opened, served
from tests.unit.pages import recall_history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SCOPE = "/recall?item=urn:tracegraph:lot:RM-110:A"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("recall") / "recall.db"
    with tracegraph.connect(f"sqlite:///{path}") as graph:
        assert graph.capture(recall_history()).ok
        graph.save_scope(graph.scope("urn:tracegraph:lot:RM-110:A"), name="Resin A")
        with served(graph) as address:
            yield address


def test_from_a_bad_lot_to_whom_to_call_without_javascript(browser: Browser, address: str) -> None:
    wrong: list[str] = []
    page = opened(browser, wrong, address, java_script_enabled=False)

    page.goto(f"{address}/")
    page.get_by_role("link", name="Recall").click()
    page.get_by_label("Lots, serials, containers").fill("urn:tracegraph:lot:RM-110:A")
    page.get_by_role("button", name="Show what is affected").click()

    consignees = page.get_by_role("region", name="Who has it")
    expect(consignees.get_by_role("row")).to_have_count(3)
    expect(consignees.get_by_role("row").nth(1)).to_contain_text("NO CONTACT")
    expect(consignees.get_by_role("link", name="+00 555 01")).to_have_attribute(
        "href", "tel:+0055501"
    )
    consignees.get_by_role("link", name="each item").nth(1).click()
    expect(page.get_by_role("status")).to_contain_text("Rows 1 to 1 of 1; 2 in all")
    expect(page.locator("tbody tr")).to_contain_text("120 each")
    page.get_by_role("link", name="The whole scope").click()
    page.get_by_role("link", name="why C1").click()
    expect(page.locator(".chain li")).to_have_count(2)
    expect(page.locator(".chain")).to_contain_text("production m1 mes")
    page.context.close()
    assert wrong == []


def test_a_large_scope_is_told_ahead_and_then_shown(
    browser: Browser, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.extent_page.LARGE", 1)
    wrong: list[str] = []
    page = opened(browser, wrong, address)
    plain = opened(browser, wrong, address, java_script_enabled=False)

    with page.expect_request("**/recall/whole?*"):
        page.goto(f"{address}{SCOPE}&transit_days=31#genealogy")
    expect(page.get_by_role("heading", name="Who has it")).to_be_visible()
    expect(page).to_have_url(re.compile("/recall[?].*&transit_days=31&known_at=8#genealogy$"))
    plain.goto(f"{address}{SCOPE}&transit_days=32")
    expect(plain.get_by_role("heading", name="At most 3 items are reached")).to_be_visible()
    plain.get_by_role("link", name="Show the whole answer").click()
    expect(plain.get_by_role("heading", name="How it spread")).to_be_visible()
    page.context.close()
    plain.context.close()
    assert wrong == []


def test_how_it_spread_is_drawn_and_leads_on_without_javascript(
    browser: Browser, address: str
) -> None:
    wrong: list[str] = []
    page = opened(browser, wrong, address, java_script_enabled=False, color_scheme="dark")

    page.goto(f"{address}{SCOPE}")
    drawing = page.get_by_role("figure", name="How it spread")
    expect(drawing).to_be_visible()
    expect(drawing.locator(".card.tint-certain").first).to_have_css("fill", "rgb(74, 36, 19)")
    shares = page.get_by_role("figure", name="Who has how much")
    expect(shares.get_by_role("link").filter(has_text="CUST-13")).to_be_visible()
    drawing.get_by_role("link").filter(has_text="C1").click()
    expect(page.locator("h1")).to_have_text("C1")
    page.context.close()
    assert wrong == []


def test_a_card_of_a_scope_shows_its_records_and_matches_are_stepped_through(
    browser: Browser, address: str
) -> None:
    wrong: list[str] = []
    page = opened(browser, wrong, address)

    page.goto(f"{address}{SCOPE}")
    box = page.get_by_label("Find in the figure")
    box.fill("fg-9")
    box.press("Enter")
    page.wait_for_url("**within=fg-9**")
    box.press("Enter")
    box.press("Enter")
    expect(page.locator("#within-said")).to_have_text("Match 2 of 2: C2 · lot FG-9")
    page.locator("#figure a", has_text="C2").click()
    panel = page.get_by_role("region", name="C2", exact=True)
    expect(panel).to_contain_text("certain · Why")
    assert "known_at=8" in str(panel.get_by_role("link", name="Why C2").get_attribute("href"))
    page.reload()
    panel.get_by_role("link", name="close").click()
    expect(panel).to_have_count(0)
    expect(page.locator("#figure a:focus")).to_have_attribute("data-hits", "1")
    page.context.close()
    assert not wrong


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_screen(browser: Browser, address: str, width: int) -> None:
    wrong: list[str] = []
    page = opened(browser, wrong, address, viewport={"width": width, "height": 800})
    paths = (
        SCOPE, f"{SCOPE}&part=balances&lang=zh", "/recall", "/recall/scopes", "/orders/SO-771",
        "/orders/figures", "/records", "/recall/why?item=urn:tracegraph:lot:RM-110:A&of=C1",
    )  # fmt: skip

    wide = []
    for path in paths:
        page.goto(f"{address}{path}")
        room, whole = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        wide += [path] if whole > room else []
        levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(h => +h.tagName[1])")
        assert levels[0] == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
    page.context.close()

    assert wide == []
    assert wrong == []
