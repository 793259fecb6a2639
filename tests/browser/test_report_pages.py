"""An auditor in a real browser: from the scan of a label to the whole of a serial as a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

import tracegraph
from api.pages.words import LANGUAGES
from tests.browser.conftest import opened, served
from tracegraph.demo import Scale, history

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

SCAN = "010952123400180521910100012"  # of the demonstration: a set that was complained about
KEY = "https://id.gs1.org/01/09521234001805/21/910100012"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The address of a service over the demonstration, and the hashes of the serial's records."""
    path = tmp_path_factory.mktemp("audit") / "demo.db"
    with tracegraph.connect(f"sqlite:///{path}") as graph:
        assert graph.capture(history(Scale.SMALL, seed=1)).ok
        graph.save_scope(graph.scope("urn:tracegraph:lot:RM-PVC:R-2417"), name="Resin")
        events = graph.dossier(graph.trace(KEY)).events
        with served(graph) as address:
            yield address, tuple(event.stored.hash for event in events)


def test_from_the_scan_of_a_serial_to_its_report_as_a_pdf_without_javascript(
    browser: Browser, audited: tuple[str, tuple[str, ...]], tmp_path: Path
) -> None:
    address, hashes = audited
    wrong: list[str] = []
    page = opened(browser, wrong, address, java_script_enabled=False)

    page.goto(f"{address}/?lang=zh")
    page.get_by_role("searchbox").fill(SCAN)
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="审计报告").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("物品审计报告: FG-IS180 910100012")
    shown = page.content()
    assert [hash_ for hash_ in hashes if shown.count(hash_) != 1] == []
    page.set_default_timeout(240_000)  # it is set beside whatever else this machine does
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF 文件").click()
    download.value.save_as(tmp_path / "report.pdf")
    page.context.close()

    assert wrong == []
    pages = [each.extract_text() for each in PdfReader(tmp_path / "report.pdf").pages]
    said, chinese = "".join(pages).replace("\n", ""), LANGUAGES["zh"]
    assert len(pages) > 5
    for number, text in enumerate(pages, 1):
        assert f"{chinese['report_page']}{number}{chinese['report_page_of']}{len(pages)}" in text
        assert "910100012" in text
    assert KEY in said
    assert [hash_ for hash_ in hashes if hash_ not in said] == []
    for name in ("signatures", "items", "events", "corrections", "proof"):
        assert chinese[f"report_{name}"] in said, name


@pytest.mark.parametrize("width", [360, 1280])
def test_no_report_is_wider_than_its_screen(
    browser: Browser, audited: tuple[str, tuple[str, ...]], width: int
) -> None:
    address, _ = audited
    wrong: list[str] = []
    page = opened(browser, wrong, address, viewport={"width": width, "height": 800})
    page.goto(f"{address}/recall/scopes")
    scope = page.get_by_role("link", name="Resin").get_attribute("href")

    wide = []
    for path in (f"/reports/items/{KEY}", f"{scope}/report?lang=zh"):
        page.goto(f"{address}{path}")
        room, whole = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        wide += [path] if whole > room else []
    page.context.close()

    assert wide == []
    assert wrong == []
