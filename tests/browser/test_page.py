"""The page as a reader sees it: in a real browser, over a real store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

import tracegraph
from tests.browser.conftest import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

GTIN = "09506000134352"
SERIALS = 60
TIMES = "\N{MULTIPLICATION SIGN}"
# Violations of the policy are also console errors; the event names what was blocked.
WATCH = "addEventListener('securitypolicyviolation', e => console.error('BLOCKED', e.blockedURI))"
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('#figure .textpoint text')]
    .filter(text => text.textContent.trim())
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  for (const [i, [a, p]] of boxes.entries())
    for (const [b, q] of boxes.slice(i + 1))
      if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
          && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3) found.push([a, b]);
  return [boxes.length, found];
}"""


def line(product: str, number: str, quantity: str, unit: str = "each") -> dict[str, Any]:
    return {"item": {"product": product, "lot": number}, "quantity": quantity, "unit": unit}


def events() -> list[dict[str, Any]]:
    """Two suppliers' lots, a compound, a finished lot, its serials, and a receipt too many."""
    said = {"place": "P1"}
    serials = [
        {"item": {"product": GTIN, "serial": f"SN{n:06d}", "lot": "F-1"}, "quantity": "1",
         "unit": "each"}
        for n in range(SERIALS)
    ]  # fmt: skip
    return [
        {**said, "id": "r1", "source": "erp", "type": "receipt", "party": "S1",
         "occurred_at": "2026-01-02T08:00:00Z", "items": [line("RM-PVC", "R<b>1</b>", "50", "kg")]},
        {**said, "id": "r2", "source": "erp", "type": "receipt", "party": "S2",
         "occurred_at": "2026-01-02T09:00:00Z", "items": [line("RM-PLS", "P-1", "20", "kg")]},
        {**said, "id": "r3", "source": "erp", "type": "receipt", "party": "S2",
         "occurred_at": "2026-01-02T09:30:00Z", "items": [line("RM-PLS", "P-1", "20", "kg")]},
        {**said, "id": "v3", "source": "erp", "type": "void", "voids": "r3",
         "occurred_at": "2026-01-02T10:00:00Z", "reason": "entered twice"},
        {**said, "id": "p1", "source": "mes", "type": "production",
         "occurred_at": "2026-01-03T08:00:00Z", "outputs": [line("CP-PVC", "C-1", "70", "kg")],
         "inputs": [line("RM-PVC", "R<b>1</b>", "50", "kg"), line("RM-PLS", "P-1", "20", "kg")]},
        {**said, "id": "a1", "source": "mes", "type": "assembly",
         "occurred_at": "2026-01-04T08:00:00Z", "inputs": [line("CP-PVC", "C-1", "60", "kg")],
         "outputs": serials},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tracegraph.Tracegraph]:
    path = tmp_path_factory.mktemp("pages") / "pages.db"
    with tracegraph.connect(f"sqlite:///{path}") as graph:
        report = graph.capture(events())
        assert report.seq == len(events()), report
        yield graph


@pytest.fixture(scope="module")
def address(store: tracegraph.Tracegraph) -> Iterator[str]:
    with served(store) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens pages; the test fails for any request elsewhere, any error, any blocked content."""
    wrong: list[str] = []
    contexts = []

    def note_request(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            wrong.append(f"asked for {url}")

    def open_page(path: str = "/", *, width: int = 1440, **options: Any) -> Page:
        options = {"locale": "en-GB", "color_scheme": "light", **options}
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.add_init_script(WATCH)
        page.on("request", lambda request: note_request(request.url))
        page.on("pageerror", lambda error: wrong.append(f"error {error}"))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None,
        )
        page.goto(f"{address}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def serial(number: int = 7) -> str:
    return f"/items/https%3A%2F%2Fid.gs1.org%2F01%2F{GTIN}%2F21%2FSN{number:06d}"


def drawn(page: Page) -> Locator:
    """The figure, when Plotly has painted it."""
    expect(page.locator("#figure[data-ready]")).to_be_attached()
    return page.locator("#figure")


def texts(page: Page) -> list[str]:
    return drawn(page).locator("svg text").all_text_contents()


def choose(page: Page, text: str) -> None:
    """Choose the card that bears a text: it is hit wherever the pointer is on it."""
    whole = re.compile(f"^{re.escape(text)}$")
    card = drawn(page).locator("svg text", has_text=whole).first
    card.evaluate("text => text.scrollIntoView({block: 'center', inline: 'nearest'})")
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"], box["y"] + 20)
    expect(page.locator("#figure.leads")).to_be_attached()
    page.mouse.down()
    page.mouse.up()


def test_the_page_of_a_serial_shows_where_it_came_from(visit: Callable[..., Page]) -> None:
    page = visit(serial())

    shown = texts(page)
    assert {"★ SN000007", "C-1", "P-1", "R<b>1</b>", "assembly", "production"} <= set(shown)
    expect(page.locator("h1")).to_have_text("SN000007")
    expect(page.get_by_role("figure").first).to_have_attribute("aria-label", re.compile("5 items"))
    rows = page.locator("section[aria-labelledby=items] tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("SN000007")
    history = page.locator("section[aria-labelledby=history] li")
    expect(history).to_have_count(1)
    expect(history).to_contain_text("came out 1 each")


def test_no_text_of_the_figure_touches_another(visit: Callable[..., Page]) -> None:
    for path in (serial(), "/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward"):
        page = visit(path)
        drawn(page)

        count, overlaps = page.evaluate(OVERLAPS)

        assert count > 8
        assert overlaps == []


def test_from_search_to_genealogy_to_supplier_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/")

    page.keyboard.type("SN000007")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/items/"))
    drawn(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "P-1":
            break
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("P-1")
    expect(page.locator("s").first).to_contain_text("receipt")
    expect(page.locator("li.voided")).to_contain_text("voided by no. 4")


def test_a_card_shows_its_records_and_a_fold_opens(visit: Callable[..., Page]) -> None:
    page = visit("/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward")

    choose(page, f"\N{MULTIPLICATION SIGN}{SERIALS}")
    page.wait_for_url(re.compile(r"[?&]open=[0-9a-f]{12}"))
    expect(page.locator(".groups li").first).to_contain_text("close")
    badges = [text for text in texts(page) if text.startswith("\N{MULTIPLICATION SIGN}")]
    assert len(badges) > 3, "stretches of serials stand instead of the group"

    choose(page, "C-1")
    panel = page.get_by_role("region", name="C-1", exact=True)
    expect(panel.get_by_role("heading", name="C-1", exact=True)).to_be_focused()
    panel.get_by_role("link", name="Its page").click()
    page.wait_for_url(re.compile("/items/[^?]*CP-PVC"))
    expect(page.locator("h1")).to_have_text("C-1")


def test_the_timeline_leads_to_events_and_strikes_out_what_was_corrected(
    visit: Callable[..., Page],
) -> None:
    page = visit("/items/urn:tracegraph:lot:RM-PLS:P-1", width=360)
    timeline = page.get_by_role("figure", name=re.compile("Timeline of RM-PLS P-1"))

    expect(timeline.locator(".stop.voided")).to_have_count(1)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    timeline.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/events/erp/r2"))
    expect(page.locator("h1")).to_contain_text("r2")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_bands_of_a_flow_are_in_proportion_and_lead_on(
    visit: Callable[..., Page], width: int
) -> None:
    page = visit("/items/urn:tracegraph:lot:CP-PVC:C-1", width=width)
    flow = page.get_by_role("figure", name="Where the 70 kg of CP-PVC C-1 came from and went")

    bars = flow.locator(".bar").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect().height)"
    )
    assert [round(7 * bar / max(bars)) for bar in bars] == [7, 1, 6]
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    flow.get_by_role("link", name="F-1: 60 kg, consumed into").click()
    page.wait_for_url(re.compile("/items/https.*F-1"))


def test_the_way_to_an_item_is_shown_with_and_without_javascript(
    visit: Callable[..., Page],
) -> None:
    page = visit(serial(), java_script_enabled=False)

    page.get_by_role("link", name="show the way P-1").click()
    expect(page.locator(".chain li")).to_have_count(3)
    expect(page.locator(".chain li").last).to_contain_text("P-1")
    expect(page.locator("#figure .card.way")).to_have_count(3)
    expect(page.locator("#figure .edge.way").first).to_have_css("stroke", "rgb(11, 92, 173)")
    scripted = visit(page.url.removeprefix(f"{page.url.partition('/items')[0]}"))
    expect(drawn(scripted).locator("path[style*='rgb(11, 92, 173)']").first).to_be_attached()
    page.get_by_role("link", name="close").click()
    expect(page.locator(".chain")).to_have_count(0)


def test_sliders_step_through_time_and_say_what_changed(visit: Callable[..., Page]) -> None:
    page = visit("/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward", width=360)
    drawn(page)
    slider = page.get_by_role("slider", name="As of")
    said = page.locator("#changed")

    slider.press("Home")
    expect(said).to_contain_text(f"0 items appeared, {SERIALS + 2} went; 0 events appeared, 2 no")
    assert slider.get_attribute("aria-valuetext") == "2026-01-02 09:00:00"
    expect(page.get_by_label("As of what")).to_have_value("2026-01-02T09:00:00Z")
    assert texts(page).count("C-1") == 0
    slider.press("End")
    expect(said).to_contain_text(f"{SERIALS + 2} items appeared, 0 went; 2 events appeared")
    expect(said).to_contain_text("are of the cut before")
    assert "+ lot CP-PVC" in texts(page)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    page.reload()
    expect(said).to_contain_text(f"{SERIALS + 2} items appeared")


def test_a_search_marks_counts_and_leads_from_match_to_match(visit: Callable[..., Page]) -> None:
    page = visit("/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward", width=360)
    drawn(page)
    box = page.get_by_label("Find in the figure")
    said = page.locator("#within-said")

    box.press_sequentially("c-1")
    expect(said).to_have_text("1 of 3 drawn")
    box.fill("sn00002")
    expect(said).to_have_text("0 of 3 drawn; 10 more in 1 folded groups")
    box.press("Enter")
    expect(said).to_contain_text("Match 1 of 1: ")
    group = page.locator("#cards a.at")
    expect(group).to_be_in_viewport()
    expect(box).to_be_focused()
    assert f"◆10 {TIMES}{SERIALS}" in texts(page)
    page.reload()
    expect(box).to_have_value("sn00002")
    expect(said).to_have_text("0 of 3 drawn; 10 more in 1 folded groups")


def test_records_open_and_close_by_keyboard_and_the_focus_returns(
    visit: Callable[..., Page],
) -> None:
    page = visit(serial())
    drawn(page)

    page.get_by_role("figure").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#cards a:focus")).to_have_attribute("aria-label", re.compile("^SN000007"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#cards a:focus")).to_have_attribute("aria-label", re.compile("^F-1;"))
    page.keyboard.press("ArrowUp")
    expect(page.locator("#cards a:focus")).to_have_attribute("aria-label", re.compile("^C-1;"))
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="C-1", exact=True)
    expect(panel.get_by_role("heading", name="C-1", exact=True)).to_be_focused()
    expect(panel.get_by_role("link", name="a1")).to_have_attribute("href", "/events/mes/a1")
    assert "card=" in page.url
    expect(page.locator("#cards a[aria-current]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#cards a:focus")).to_have_attribute("aria-label", re.compile("^C-1;"))
    expect(panel).to_have_count(0)
    assert "card=" not in page.url


def test_the_reader_keeps_the_place_in_a_figure_that_is_asked_anew(
    visit: Callable[..., Page],
) -> None:
    key = "urn%3Atracegraph%3Alot%3ACP-PVC%3AC-1"
    page = visit(f"/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward&card={key}", width=360)
    drawn(page)
    figure = page.get_by_role("figure").first

    def place() -> list[float]:
        top, left = figure.evaluate("box => [box.getBoundingClientRect().top, box.scrollLeft]")
        return [round(top), round(left)]

    figure.evaluate("box => { box.scrollIntoView({block: 'center'}); box.scrollLeft = 150; }")
    before = place()
    page.locator("#cards a[data-keeps]").first.evaluate("link => link.click()")
    page.wait_for_url(re.compile("open="))
    drawn(page)
    assert place() == pytest.approx(before, abs=2)
    expect(page.get_by_role("region", name="C-1", exact=True)).to_be_visible()

    page.get_by_label("state").check()
    figure.evaluate("box => { box.scrollLeft = 200; }")
    before = place()
    page.get_by_role("button", name="Show", exact=True).evaluate("button => button.click()")
    page.wait_for_url(re.compile("colour=state"))
    drawn(page)
    assert place() == pytest.approx(before, abs=2)
    assert f"card={key}" in page.url
    expect(page.locator("#cards a[aria-current]")).to_have_attribute(
        "aria-label", re.compile("^C-1;")
    )


def test_records_and_matches_are_there_without_javascript(visit: Callable[..., Page]) -> None:
    page = visit(
        "/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward", java_script_enabled=False
    )

    page.get_by_label("Find in the figure").fill("c-1")
    page.keyboard.press("Enter")
    expect(page.locator("#within-said")).to_have_text("1 of 3 drawn")
    expect(page.locator("#figure .found")).to_have_count(1)
    page.get_by_role("link", name="records C-1").click()
    panel = page.get_by_role("region", name="C-1", exact=True)
    expect(panel).to_be_in_viewport()
    expect(page.locator("#figure a[aria-current]")).to_have_count(1)
    expect(page.locator("#figure .found")).to_have_count(1)
    panel.get_by_role("link", name="close").click()
    expect(panel).to_have_count(0)
    page.locator("#figure svg a", has_text="C-1").click()
    expect(page.locator("h1")).to_have_text("C-1")


def test_the_figure_is_kept_as_png_and_as_svg(visit: Callable[..., Page]) -> None:
    page = visit(serial())
    drawn(page)

    for role, name, begin in (
        ("button", "As PNG", b"\x89PNG"),
        ("link", "This figure as SVG", b"<?xml"),
    ):
        with page.expect_download() as kept:
            page.get_by_role(role, name=name).click()  # type: ignore[arg-type]  # roles are literals
        assert kept.value.path().read_bytes().startswith(begin)


@pytest.mark.parametrize("path", [serial(), "/items/urn:tracegraph:lot:RM-PLS:P-1?direction=both"])
def test_everything_is_there_without_javascript(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, java_script_enabled=False)

    expect(page.locator("#figure svg.genealogy")).to_be_visible()
    cards = page.locator("#figure svg a")
    assert cards.count() >= 4
    page.get_by_label("Where it went").check()
    page.get_by_role("button", name="Show").click()
    assert "direction=forward" in page.url
    page.get_by_role("searchbox", name="Find", exact=True).fill("C-1")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("h1")).to_have_text("C-1")
    page.locator("#figure svg a", has_text="P-1").click()
    expect(page.locator("h1")).to_have_text("P-1")


def test_the_plain_drawing_and_the_figure_say_the_same(visit: Callable[..., Page]) -> None:
    path = "/items/urn:tracegraph:lot:RM-PLS:P-1?direction=forward"
    plain = visit(path, java_script_enabled=False).locator("#figure svg.genealogy text")

    assert sorted(plain.all_text_contents()) == sorted(filter(None, texts(visit(path))))


def test_a_phone_scrolls_the_figure_not_the_page(visit: Callable[..., Page]) -> None:
    page = visit(serial(), width=360)
    drawn(page)

    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room
    inner, outer = page.locator(".figure").first.evaluate(
        "box => [box.scrollWidth, box.clientWidth]"
    )
    assert inner > outer
    label = page.locator("section[aria-labelledby=items] td").nth(1)
    before = label.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert before == '"Number"', "on a narrow screen every cell says what it is"


def test_chinese_and_back(visit: Callable[..., Page]) -> None:
    page = visit(serial(), locale="zh-CN")

    assert "查询对象" in texts(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("h2#genealogy")).to_have_text("谱系")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "Asked for" in texts(page)
    page.locator("section[aria-labelledby=items]").get_by_role(
        "link", name="C-1", exact=True
    ).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_dark_is_dark_and_follows_the_reader(visit: Callable[..., Page]) -> None:
    page = visit(serial(), color_scheme="dark")
    drawn(page)

    ground = page.locator("#figure .main-svg").first
    expect(ground).to_have_css("background-color", "rgb(20, 24, 29)")
    page.emulate_media(color_scheme="light")
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")


def test_the_box_suggests_and_the_arrows_choose(visit: Callable[..., Page]) -> None:
    page = visit("/items/urn:tracegraph:lot:RM-PLS:P-1")

    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Find")
    expect(box).to_be_focused()
    box.press_sequentially("SN00001")
    options = page.get_by_role("option")
    expect(options).to_have_count(8)
    expect(page.get_by_role("status").first).to_have_text("8 suggestions")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("SN000011"))

    page.keyboard.press("/")
    page.get_by_role("combobox").fill("s1")
    expect(page.get_by_role("option", name="S1 Party")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.get_by_role("combobox").press_sequentially(" ")
    page.get_by_role("option", name="S1 Party").click()
    page.wait_for_url(re.compile(r"/items\?party=S1"))
    expect(page.locator("tbody tr")).to_contain_text(["R<b>1</b>"])
