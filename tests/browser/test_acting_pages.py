"""A coordinator in a real browser: from complaints to the suspect, and from a scope to its case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import tracegraph
from tests.browser.conftest import opened, served
from tests.unit.pages import recall_history
from tracegraph.keys import create_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a service with keys, and the key of a writer."""
    path = tmp_path_factory.mktemp("acting") / "acting.db"
    with tracegraph.connect(f"sqlite:///{path}") as graph:
        assert graph.capture(recall_history()).ok
        token = create_key(graph.store, name="Recall desk", role="writer")[1]
        with served(graph) as address:
            yield address, token


def test_signed_in_from_complaints_to_a_stored_case_without_javascript(
    browser: Browser, keyed: tuple[str, str]
) -> None:
    address, token = keyed
    wrong: list[str] = []
    page = opened(browser, wrong, address, java_script_enabled=False)

    page.goto(f"{address}/suspects")
    expect(page).to_have_url(f"{address}/signin?next=%2Fsuspects")
    page.get_by_label("Key").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{address}/suspects")
    page.get_by_label("Complaints").fill("C1\nC2\nNOPE")
    page.get_by_role("button", name="Find the common cause").click()
    expect(page.get_by_role("alert").first).to_contain_text("NOPE")
    row = page.get_by_role("row").filter(has_text="RM-110 A").last
    row.get_by_role("link", name="Recall from here").click()
    page.get_by_role("link", name="Store this scope").click()
    page.get_by_label("Name").fill("Case 7")
    page.get_by_role("button", name="Store").click()
    expect(page).to_have_url(re.compile("/recall/scopes/[0-9a-f]{64}$"))
    page.get_by_role("link", name="Stored scopes").click()
    expect(page.get_by_role("row").filter(has_text="Case 7")).to_contain_text("open")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{address}/signin")
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.context.close()
    assert wrong == []


def test_an_event_is_corrected_and_neither_back_nor_refresh_does_it_again(
    browser: Browser, keyed: tuple[str, str]
) -> None:
    address, token = keyed
    wrong: list[str] = []
    page = opened(browser, wrong, address, java_script_enabled=False)
    page.goto(f"{address}/signin?next=/events/mes/s2")
    page.get_by_label("Key").fill(token)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Correct it").click()
    page.get_by_label("Reason").fill("miscounted")
    whole = page.get_by_label("The event: put right what is wrong in it")
    whole.fill(whole.input_value().replace('"1500"', '"150"'))
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("row").filter(has_text="/items/0/quantity")).to_contain_text('"150"')
    page.get_by_role("button", name="Correct it").click()

    expect(page).to_have_url(re.compile("/events/mes/s2-corrected-[0-9a-f]{16}$"))
    corrected = page.url
    page.reload()
    page.go_back()
    page.get_by_role("button", name="Correct it").click()
    expect(page).to_have_url(corrected)
    page.get_by_role("contentinfo").get_by_role("link", name="event").click()
    expect(page.locator("body")).to_contain_text('"replaces":"s2"')
    page.goto(f"{address}/events/mes/s2")
    expect(page.get_by_role("alert")).to_contain_text("Reason: miscounted.")
    expect(page.get_by_role("link", name="Correct it")).to_have_count(0)
    page.goto(f"{address}/records")
    expect(page.get_by_role("row").filter(has_text="s2-corrected")).to_have_count(1)
    page.context.close()
    assert wrong == []


def test_a_link_in_a_mail_leads_there_once_signed_in(
    browser: Browser, keyed: tuple[str, str]
) -> None:
    """Cookies of this origin do not come along with it: the page must be asked for anew."""
    address, token = keyed
    wrong: list[str] = []
    page = opened(browser, wrong, address)
    mail = f"data:text/html,<a href='{address}/recall?item=A'>the case</a>"

    page.goto(mail)
    page.get_by_role("link", name="the case").click()
    page.get_by_label("Key").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{address}/recall?item=A")
    page.goto(mail)
    page.get_by_role("link", name="the case").click()
    expect(page).to_have_url(f"{address}/recall?item=A")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.context.close()
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_no_acting_page_is_wider_than_its_screen(
    browser: Browser, keyed: tuple[str, str], width: int
) -> None:
    address, token = keyed
    wrong: list[str] = []
    page = opened(browser, wrong, address, viewport={"width": width, "height": 800})
    page.goto(f"{address}/signin")
    page.get_by_label("Key").fill(token)
    page.get_by_role("button", name="Sign in").click()

    wide = []
    for path in ("/suspects?complaint=C1%0AC2", "/recall/store?item=C1", "/signin?lang=zh"):
        page.goto(f"{address}{path}")
        room, whole = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        wide += [path] if whole > room else []
    page.context.close()

    assert wide == []
    assert wrong == []
