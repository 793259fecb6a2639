"""Every page for everyone: axe-core finds nothing against any, in either language and scheme.

Each page in one look; in the long form (TRACEGRAPH_PROVE=1) in every language, scheme and width.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import tracegraph
from tests.browser.conftest import opened, served
from tests.unit.pages import event, line, recall_history
from tracegraph.keys import create_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => (await axe.run({
  runOnly: { type: 'tag', values: tags },
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'], preload: false,
})).violations.flatMap(rule => rule.nodes.map(
  node => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 300)}`))"""

RESIN = "urn:tracegraph:lot:RM-110:A"
GTIN = "09506000134352"


SERIALS = 18  # more than stand in a column of the figure


def item(key: str) -> str:
    return f"/items/{quote(key, safe='')}"


def history() -> list[dict[str, Any]]:
    """A recall, with what pages say of it: flags, a hold, a void, orders, many serials."""
    serials = [
        {"item": {"product": GTIN, "serial": f"SN{n:04}", "lot": "F-1"}, "quantity": "1",
         "unit": "each"}
        for n in range(SERIALS)
    ]  # fmt: skip
    said = {"place": "SZ1"}
    return [
        *recall_history(),
        event("n1", "assembly", "2026-03-04T09:00:00Z", **said, equipment=["EQ-7"], actor="op-7",
              notes="as planned", inputs=[line("RM-110", "A", "1"), line("RM-9", "Q", "7")],
              outputs=serials),
        event("i1", "inspection", "2026-03-05T09:00:00Z", items=[line("FG-9", "C1", None)],
              verdict="fail", plan="IQC-1", results=[
                  {"characteristic": "force", "value": "9", "unit": "NEW", "low": "10"}]),
        event("h1", "hold", "2026-03-05T10:00:00Z", items=[line("FG-9", "C1", None)],
              reason="fails"),
        event("x1", "receipt", "2026-03-01T08:00:00Z", **said, party="S", documents=["DN-1"],
              items=[line("P", "TWICE"), line("Q", "TWICE")]),
        event("x2", "receipt", "2026-03-01T08:00:00Z", **said, party="S", items=[line("P", "G")]),
        event("v2", "void", "2026-03-02T08:00:00Z", voids="x2", reason="entered twice"),
        event("o1", "order", "2026-03-01T09:00:00Z", number="SO-771", kind="sales",
              action="created", party="CUST-12", lines=[
                  {"line": "10", "product": "FG-9", "quantity": "120", "unit": "each",
                   "promised": "2026-03-08"}]),
        event("c1", "complaint", "2026-03-19T08:00:00Z", number="CMP-1", party="CUST-12",
              description="leaks", items=[line("FG-9", "C1", None)]),
    ]  # fmt: skip


class Service(NamedTuple):
    """A service with keys: its address, the key of a writer, the ids of two stored scopes."""

    address: str
    token: str
    scopes: list[str]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    path = tmp_path_factory.mktemp("accessible") / "accessible.db"
    with tracegraph.connect(f"sqlite:///{path}") as graph:
        assert graph.capture(history()).ok
        scopes = [
            graph.save_scope(
                graph.scope(RESIN, exclude=["urn:tracegraph:lot:RM-110:B"]), name="Resin A"
            ).id,
            graph.save_scope(graph.scope(RESIN, known_at=8), status="closed").id,
        ]
        token = create_key(graph.store, name="Recall desk", role="writer")[1]
        with served(graph) as address:
            yield Service(address, token, scopes)


def signed_in(browser: Browser, service: Service, **options: Any) -> Page:
    page = opened(browser, [], service.address, **options)
    page.goto(f"{service.address}/signin?lang=en")
    page.get_by_label("Key").fill(service.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    lang: str
    scheme: Literal["light", "dark"]
    width: int


# Each language, scheme and width once; in the long form all of them together.
LOOKS = [
    Look(lang, scheme, width)
    for lang, scheme, width in product(("en", "zh"), SCHEMES, (1280, 360))
    if PROVE or (lang, scheme, width) in {("en", "light", 1280), ("zh", "dark", 360)}
]


@pytest.fixture(scope="module")
def looked(
    request: pytest.FixtureRequest, browser: Browser, service: Service
) -> Iterator[Callable[[str], Page]]:
    """Opens addresses as a writer who is signed in."""
    look: Look = request.param
    page = signed_in(
        browser, service, bypass_csp=True, color_scheme=look.scheme,
        viewport={"width": look.width, "height": 800},
    )  # fmt: skip
    page.add_init_script(AXE)
    page.route("**/recall/whole?*", lambda _: None)  # what is shown ahead of it stays

    def look_at(path: str) -> Page:
        path = path.format(*service.scopes)
        page.goto(f"{service.address}{path}{'&' if '?' in path else '?'}lang={look.lang}")
        return page

    yield look_at
    page.context.close()


SCOPE = f"/recall?item={RESIN}"
PAGES = {
    "start": "/",
    "several found": "/?q=TWICE",
    "none found": "/?q=NOPE",
    "item": item("urn:tracegraph:lot:FG-9:C1"),
    "item, large": item(RESIN) + "?direction=forward",
    "item, searched": item(RESIN) + "?direction=forward&within=SN00",
    "item, records of a card": item(RESIN) + f"?direction=forward&card={RESIN}",
    "item, no records of a card": item(RESIN) + "?within=NOPE&card=NOPE",
    "item, at a cut": item(RESIN) + "?direction=both&as_of=2026-03-04&known_at=9&max_depth=3",
    "item, release": "/release?item=urn:tracegraph:lot:FG-9:C1",
    "item, complaint": "/complaint?item=urn:tracegraph:lot:FG-9:C1",
    "item, unknown": "/items/NOPE",
    "item, several": "/items/TWICE",
    "item, refused": item(RESIN) + "?max_depth=many",
    "recall, form": "/recall",
    "recall": SCOPE,
    "recall, searched": f"{SCOPE}&within=SN00&card={RESIN}",
    "recall, at a cut": f"{SCOPE}&known_at=8&exclude=urn:tracegraph:lot:RM-110:B",
    **{
        f"recall, {part}": f"{SCOPE}&part={part}"  # whose tables are not on the page of all
        for part in ("sent", "positions", "gaps", "items")
    },
    "recall, unknown": "/recall?item=NOPE",
    "recall, several": "/recall?item=TWICE",
    "recall, refused": "/recall?item=A&as_of=yesterday&made_from=2026-01-01",
    "why": f"/recall/why?item={RESIN}&of=C1",
    "why not": f"/recall/why?item={RESIN}&of=urn:tracegraph:lot:RM-110:B",
    "store": f"/recall/store?item={RESIN}&known_at=9",
    "store, again": f"/recall/store?item={RESIN}&known_at=8",
    "scopes": "/recall/scopes",
    "scope": "/recall/scopes/{0}",
    "scope, records of a card": "/recall/scopes/{0}?within=C1&card=urn:tracegraph:lot:FG-9:C1",
    "scope, part": "/recall/scopes/{0}?part=items&find=C1",
    "scope, why": "/recall/scopes/{0}/why?of=C1",
    "scope, what changed": "/recall/scopes/{1}/diff",
    "scope, review": "/recall/scopes/{0}/change?to=review",
    "scope, close": "/recall/scopes/{0}/change?to=closed",
    "scope, closed already": "/recall/scopes/{1}/change?to=closed",
    "scope, hold": "/recall/scopes/{0}/hold",
    "scope, letters": "/recall/scopes/{0}/letters?wrong=It%20leaks",
    "scope, release": "/recall/scopes/{0}/release",
    "scope, unknown": "/recall/scopes/00000000",
    "suspects, form": "/suspects",
    "suspects": "/suspects?complaint=C1%0AC2%0ANOPE",
    "suspects, refused": "/suspects?complaint=C1&clock_tolerance=long",
    "orders": "/orders",
    "orders, refused": "/orders?kind=odd&as_of=yesterday",
    "order": "/orders/SO-771",
    "order, unknown": "/orders/NOPE",
    "figures": "/orders/figures",
    "figures, counted": "/orders/figures?since=2026-01-01",
    "items": "/items",
    "items, found": "/items?party=CUST-12",
    "items, refused": "/items?kind=odd",
    "item, report": "/reports/items/urn:tracegraph:lot:FG-9:C1",
    "scope, report": "/recall/scopes/{0}/report",
    "records": "/records",
    "records, refused": "/records?known_at=yesterday",
    "event": "/events/mes/m1",
    "event, void": "/events/mes/x2",
    "event, that voids": "/events/mes/v2",
    "event, to void": "/void/mes/r1",
    "event, to correct": "/replace/mes/m1",
    "event, void already": "/void/mes/x2",
    "event, unknown": "/events/mes/nope",
    "sign in": "/signin",
}  # fmt: skip


# In the short form each page is looked at once, one after another in another look.
VISITS = [
    pytest.param(look, path, id=f"{look.lang}-{look.scheme}-{look.width}-{name}")
    for (nth, look), (at, (name, path)) in product(enumerate(LOOKS), enumerate(PAGES.items()))
    if PROVE or nth == at % len(LOOKS)
]


@pytest.mark.parametrize(("looked", "path"), VISITS, indirect=["looked"])
def test_nothing_keeps_anyone_out(looked: Callable[[str], Page], path: str) -> None:
    require_open(looked(path))


@pytest.mark.parametrize("looked", LOOKS, indirect=True, ids=str)
def test_what_is_shown_ahead_of_a_large_scope_keeps_nobody_out(
    looked: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.extent_page.LARGE", 1)
    page = looked(f"{SCOPE}&transit_days=31")

    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("img")).to_have_count(1)
    require_open(page)


def require_open(page: Page) -> None:
    assert page.evaluate(RUN, TAGS) == []
    room, whole = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert whole <= room
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels


def test_what_is_wrong_has_the_focus_and_leads_to_its_field(
    browser: Browser, service: Service
) -> None:
    page = signed_in(browser, service)
    page.goto(f"{service.address}/orders?as_of=yesterday")

    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.get_by_label("As of")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("RFC 3339 time"))
    page.context.close()


def test_on_a_phone_the_focus_goes_down_the_header(browser: Browser, service: Service) -> None:
    page = signed_in(browser, service, viewport={"width": 360, "height": 800})
    page.goto(f"{service.address}/records")

    tops = page.locator("header :is(a, input:not([type=hidden]), button)").evaluate_all(
        "all => all.map(each => Math.round(each.getBoundingClientRect().top / 20))"
    )
    assert tops == sorted(tops)
    page.context.close()
