"""Figures as PDF over HTTP: one page of the figure's size that says what it is and of when."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.api.test_reports import history, with_weasyprint
from tests.unit.pages import addresses, served, text_of

KEY = "urn:tracegraph:lot:FG-9:C1"
FIGURE = f"/figures/genealogy.pdf?key={KEY}"


def size_of(svg: str) -> tuple[int, int]:
    found = re.search(r'<svg [^>]*?width="(\d+)" height="(\d+)"', svg)
    assert found
    return int(found[1]), int(found[2])


def test_a_genealogy_is_one_page_as_large_as_its_figure() -> None:
    with served(history()) as (client, _):
        (address,) = [a for a in addresses(client.get(f"/items/{KEY}").text) if ".pdf?" in a]
        answer = client.get(address)
        svg = client.get(address.replace(".pdf", ".svg"))
        dated = client.get(f"{FIGURE}&as_of=2026-03-05&lang=zh")

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    name = 'filename="figure-urn-tracegraph-lot-FG-9-C1.pdf"'
    assert name in answer.headers["content-disposition"]
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    wide, high = size_of(svg.text)
    box = page.mediabox
    assert float(box.width) >= 0.75 * wide
    assert 0.75 * high < float(box.height) < 0.75 * high + 120
    said = " ".join(page.extract_text().split())
    assert f"Genealogy: {KEY}" in said
    assert re.search(r"Journal number 11; printed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", said)
    (chinese,) = PdfReader(io.BytesIO(dated.content)).pages
    assert "截至 2026-03-05T23:59:59.999999Z" in chinese.extract_text()


def test_a_scope_is_printed_asked_and_stored() -> None:
    with served(history()) as (client, graph):
        scope = graph.save_scope(graph.scope(KEY))
        for path in (f"/recall?item={KEY}", f"/recall/scopes/{scope.id}"):
            (address,) = [a for a in addresses(client.get(path).text) if "figure.pdf" in a]
            answer = client.get(address)

            assert answer.status_code == 200, answer.text
            (page,) = PdfReader(io.BytesIO(answer.content)).pages
            assert "Journal number 11" in " ".join(page.extract_text().split())
            assert f"figure-scope-{scope.id[:12]}.pdf" in answer.headers["content-disposition"]


def test_without_pango_it_leads_to_the_figure_as_svg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_weasyprint(tmp_path, monkeypatch, "raise OSError('cannot load library libpango-1.0-0')")
    with served(history()) as (client, _):
        answer = client.get(FIGURE)
        (svg,) = [a for a in addresses(answer.text) if "genealogy.svg" in a]
        instead = client.get(svg)

    assert answer.status_code == 501
    assert "There is no PDF of this figure" in text_of(answer.text)
    assert "libpango-1.0-0" in text_of(answer.text)
    assert instead.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/genealogy.pdf?key=NOPE", 404),
        (f"{FIGURE}&as_of=yesterday", 422),
        ("/recall/figure.pdf?item=NOPE", 404),
        ("/recall/scopes/00000000/figure.pdf", 404),
    ],
)
def test_what_is_not_there_is_not_printed(path: str, status: int) -> None:
    with served(history()) as (client, _):
        assert client.get(path).status_code == status
