"""Audit reports over HTTP: what they hold, at which addresses, and what there is without Pango."""

from __future__ import annotations

import io
import re
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from api import printer
from api.pages import report_page
from api.pages.words import LANGUAGES
from api.printer import RETRY_SECONDS, Printer, PrinterBusy, Stopping
from tests.unit.pages import HOSTILE, addresses, event, line, recall_history, served, text_of

KEY = "urn:tracegraph:lot:FG-9:C1"
REPORT = f"/reports/items/{quote(KEY, safe='')}"


def history() -> list[dict[str, Any]]:
    """The worked case, with a wrong receipt that was voided and an inspection."""
    return [
        *recall_history(),
        event("wrong", "receipt", "2026-03-01T10:00:00Z", place="SZ1", actor="ann",
              items=[line("RM-110", "A", "7")]),
        event("v", "void", "2026-03-01T11:00:00Z", voids="wrong", reason=HOSTILE, actor="bob"),
        event("i1", "inspection", "2026-03-02T10:00:00Z", plan="IPC-1", verdict="fail",
              equipment=["GAUGE-1"], items=[{"item": {"product": "FG-9", "lot": "C1"}}],
              results=[{"characteristic": "width", "value": "2.0", "low": "1.9", "high": "2.1"}]),
    ]  # fmt: skip


def section(page: str, id: str) -> str:
    """What a section of a report says."""
    return text_of(page.split(f'id="{id}"')[1].split("</section>", maxsplit=1)[0])


def test_a_report_of_an_item_has_every_record_with_its_hash() -> None:
    with served(history()) as (client, graph):
        page = client.get(REPORT)
        hashes = {id: graph.event("mes", id).hash for id in ("r1", "m1", "s1", "i1", "wrong")}
        digest = graph.dossier(graph.trace(KEY)).digest

    assert page.status_code == 200
    said = text_of(page.text)
    assert "Journal number 11" in said
    assert "tracegraph 0.1.0" in said
    assert "Printed with the key of no key: at this machine" in said
    assert all(hash_ in section(page.text, "events") for hash_ in hashes.values())
    assert digest in section(page.text, "proof")
    assert "tracegraph verify" in section(page.text, "proof")
    items = section(page.text, "items")
    assert "1 A RM-110 lot 600 each urn:tracegraph:lot:RM-110:A" in items
    assert "0 C1 FG-9 lot 500 each urn:tracegraph:lot:FG-9:C1" in items
    assert "inspection IPC-1 FAIL" in section(page.text, "quality")
    assert "width 2.0 (1.9 to 2.1)" in section(page.text, "events")
    assert "GAUGE-1" in section(page.text, "named")


def test_it_says_what_was_voided_by_whom_and_why_and_makes_no_markup_of_it() -> None:
    with served(history()) as (client, graph):
        page = client.get(REPORT)
        hash_ = graph.event("mes", "v").hash

    assert f"receipt wrong mes #9 v mes #10 {hash_} {HOSTILE} bob" in section(
        page.text, "corrections"
    )
    assert "VOID: no. 10 of 2026-03-01" in section(page.text, "events")
    assert "<script>alert" not in page.text


def test_it_says_what_is_not_recorded() -> None:
    with served(history()) as (client, _):
        proven = client.get("/reports/items/urn:tracegraph:lot:FG-8:E1")

    assert LANGUAGES["en"]["report_gaps_none"] not in proven.text
    assert "E1 m2 mes RM-110" in section(proven.text, "gaps")


def test_its_signatures_are_for_paper_and_nothing_is_claimed() -> None:
    with served(history()) as (client, _):
        page = client.get(REPORT)

    said = section(page.text, "signatures")
    assert "Prepared by Reviewed by Approved by" in said
    assert LANGUAGES["en"]["report_signatures_more"] in said
    assert "complian" not in text_of(page.text).lower()


def test_it_stays_at_the_journal_number_that_it_was_given_at() -> None:
    with served(history()) as (client, graph):
        first = client.get(REPORT)
        pdf = next(a for a in addresses(first.text) if "format=pdf" in a)
        more = event("s9", "shipment", "2026-03-11T08:00:00Z", items=[line("FG-9", "C1", "1")])
        assert graph.capture([more]).ok
        again = client.get(pdf.replace("format=pdf", "format=html"))
        now = client.get(REPORT)

    assert "known_at=11" in pdf
    assert section(again.text, "events") == section(first.text, "events")
    assert "s9" in section(now.text, "events")
    assert "s9" not in section(again.text, "events")


def test_an_item_whose_key_ends_in_the_word_has_its_page_and_its_report() -> None:
    """Why the report is not at `/items/{key}/report`."""
    whole, tail = "https://id.gs1.org/01/09506000134352/10/AB", "report"
    lots = [{"item": {"product": "09506000134352", "lot": "AB"}},
            {"item": {"key": f"{whole}/{tail}", "kind": "lot"}}]  # fmt: skip
    with served([event("r", "receipt", "2026-03-01T08:00:00Z", items=lots)]) as (client, graph):
        keys = [item.key for item in graph.find(whole).items]
        assert f"{whole}/{tail}" in keys, keys
        pages = [client.get(f"/items/{whole}/{tail}"), client.get(f"/items/{whole}")]
        reports = [client.get(f"/reports/items/{quote(key, safe='')}") for key in keys]
        plain = client.get(f"/reports/items/{whole}/{tail}")

    assert [page.status_code for page in (*pages, *reports, plain)] == [200] * 5
    assert "Audit report" not in re.findall("<h1>(.*?)</h1>", pages[0].text)[0]
    for key, report in zip(keys, reports, strict=True):
        assert f'<dd class="key">{key}</dd>' in report.text
    assert f'<dd class="key">{whole}/{tail}</dd>' in plain.text


def test_the_item_and_the_scope_lead_to_their_reports() -> None:
    with served(history()) as (client, graph):
        id = graph.save_scope(graph.scope("urn:tracegraph:lot:RM-110:A")).id
        item = client.get(f"/items/{quote(KEY, safe='')}?as_of=2026-03-05&lang=zh")
        scope = client.get(f"/recall/scopes/{id}?lang=zh")

        assert f"{REPORT}?as_of=2026-03-05&lang=zh" in addresses(item.text)
        assert f"/recall/scopes/{id}/report?lang=zh" in addresses(scope.text)
        assert client.get(f"{REPORT}?as_of=2026-03-05&lang=zh").status_code == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("as_of=never", "as_of"), ("known_at=never", "known_at"), ("max_depth=-1", "max_depth"),
        ("direction=sideways", "direction"), ("asof=2026-03-05", "asof"),
        ("as_of=x&format=pdf", "as_of"),
    ],
)  # fmt: skip
def test_a_bad_question_is_refused_and_named(query: str, named: str) -> None:
    with served(history()) as (client, _):
        page = client.get(f"{REPORT}?{query}")

    assert page.status_code == 422
    assert f'id="e-{named}"' in page.text, "the error is tied to its field"


def test_what_is_not_there_is_not_found_as_a_page_and_as_a_pdf() -> None:
    with served(history()) as (client, _):
        item, scope = "/reports/items/nothing", f"/recall/scopes/{'0' * 64}/report"
        for path in (item, f"{item}?format=pdf", scope, f"{scope}.pdf"):
            assert client.get(path).status_code == 404, path


def test_a_report_of_a_scope_has_all_of_it_and_its_hash() -> None:
    with served(history()) as (client, graph):
        scope = graph.scope("urn:tracegraph:lot:RM-110:A")
        id = graph.save_scope(scope, name="Resin A", status="closed").id
        page = client.get(f"/recall/scopes/{id[:12]}/report")

    said = text_of(page.text)
    assert "Audit report of a recall scope: Resin A" in said
    assert scope.hash in section(page.text, "what")
    assert "closed: the gate does not ask it" in section(page.text, "what")
    assert "jq -cS" in section(page.text, "proof")
    assert "recall@example.com" in section(page.text, "part-consignees")
    assert "NO CONTACT" in section(page.text, "part-consignees")
    assert "E1 FG-8" in section(page.text, "part-unproven")
    assert "C1 FG-9 lot ● certain 100 to 500 each" in section(page.text, "part-items")
    assert "A, m1 mes" in section(page.text, "part-items")
    for part in ("where", "gaps", "balances", "orders", "sent"):
        assert f'id="part-{part}"' in page.text


def test_long_tables_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_page, "ROWS", 1)
    monkeypatch.setattr(report_page, "EVENTS", 2)
    with served(history()) as (client, graph):
        id = graph.save_scope(graph.scope("urn:tracegraph:lot:RM-110:A")).id
        item, scope = client.get(REPORT), client.get(f"/recall/scopes/{id}/report")

    assert "1 of 3 rows are printed here; the rest is in the data" in section(item.text, "items")
    assert "2 of 5 rows are printed here" in section(item.text, "events")
    assert "1 of 3 rows are printed here; the rest is in the XLSX" in section(
        scope.text, "part-items"
    )
    assert f"/recall/scopes/{id}/export?format=xlsx" in addresses(scope.text)


def test_in_chinese() -> None:
    with served(history()) as (client, graph):
        id = graph.save_scope(graph.scope(KEY)).id
        pages = [client.get(f"{REPORT}?lang=zh"), client.get(f"/recall/scopes/{id}/report?lang=zh")]

    for page in pages:
        assert '<html lang="zh-Hans">' in page.text
        assert LANGUAGES["zh"]["report_signatures_more"] in page.text


# -- as PDF


def pages_of(body: bytes) -> tuple[PdfReader, list[str]]:
    reader = PdfReader(io.BytesIO(body))
    return reader, [page.extract_text() for page in reader.pages]


def test_a_pdf_is_tagged_and_titled_and_every_page_says_what_and_which_it_is() -> None:
    with served(history()) as (client, graph):
        answer = client.get(f"{REPORT}?format=pdf")
        hash_ = graph.event("mes", "m1").hash

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="report-FG-9-C1.pdf"' in answer.headers["content-disposition"]
    reader, pages = pages_of(answer.content)
    assert reader.metadata is not None
    assert reader.metadata.title == "Audit report of an item: FG-9 C1"
    root: Any = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "FG-9 C1" in page
        assert "Journal number 11" in page
    assert hash_ in "".join(pages).replace("\n", "")


def with_weasyprint(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Let the process that sets PDF find this in the place of WeasyPrint."""
    package = folder / "weasyprint"
    package.mkdir()
    (package / "__init__.py").write_text(source)
    (package / "urls.py").write_text("class URLFetcher:\n    def __init__(self, **named): pass\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_without_pango_it_says_what_to_install_and_leads_to_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_weasyprint(tmp_path, monkeypatch, "raise OSError('cannot load library libpango-1.0-0')")
    with served(history()) as (client, _):
        answer = client.get(f"{REPORT}?format=pdf&as_of=2026-03-05")
        *_, page = (a for a in addresses(answer.text) if a.startswith("/reports/"))
        printable = client.get(page)

    assert answer.status_code == 501
    assert "libpango-1.0-0" in text_of(answer.text)
    assert "Traceback" not in answer.text
    assert page == f"{REPORT}?as_of=2026-03-05"
    assert printable.status_code == 200


def test_one_that_fails_or_takes_too_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "class HTML:\n    def __init__(self, **named): raise RuntimeError('inner')"
    with_weasyprint(tmp_path, monkeypatch, broken)
    with served(history()) as (client, graph):
        id = graph.save_scope(graph.scope(KEY)).id
        failed = client.get(f"/recall/scopes/{id}/report.pdf")
        monkeypatch.setattr(printer, "SECONDS", 0.0)
        monkeypatch.setattr(printer, "LOOK_SECONDS", 0.01)
        slow = client.get(f"/recall/scopes/{id}/report.pdf")

    assert failed.status_code == 500
    assert "inner" not in failed.text
    assert f"/recall/scopes/{id}/report" in addresses(failed.text)
    assert slow.status_code == 503
    assert LANGUAGES["en"]["no_pdf_slow"] in slow.text


def test_a_long_one_is_taken_whole_by_a_process_that_is_slow_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
import time

class HTML:
    def __init__(self, string, **named): time.sleep(0.5); self.string = string
    def write_pdf(self, out, **named): out.write(str(len(self.string)).encode())

time.sleep(0.5)
"""
    with_weasyprint(tmp_path, monkeypatch, source)
    monkeypatch.setattr(printer, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(printer, "SECONDS", 20.0)

    assert Printer().pdf("x" * 1_000_000, threading.Event()) == b"1000000"


def test_while_one_is_set_another_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def setting(html: str, stopping: threading.Event) -> bytes:
        begun.set()
        assert ended.wait(20)
        return b"%PDF"

    monkeypatch.setattr(printer, "_set", setting)
    with served(history()) as (client, _):
        first = threading.Thread(target=lambda: client.get(f"{REPORT}?format=pdf"))
        first.start()
        assert begun.wait(20)
        busy = client.get(f"{REPORT}?format=pdf")
        ended.set()
        first.join(20)
        after = client.get(f"{REPORT}?format=pdf")

    assert busy.status_code == 503
    assert busy.headers["retry-after"] == str(RETRY_SECONDS)
    assert (after.status_code, after.content) == (200, b"%PDF")


def test_nothing_is_fetched_while_it_is_set(tmp_path: Path) -> None:
    """Neither over the network nor from this machine's files."""
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    link = f'<link rel="attachment" href="{secret.as_uri()}">'
    html = f'<html lang="en"><head><title>t</title>{link}</head><body><h1>x</h1></body></html>'

    body = Printer().pdf(html, threading.Event())

    assert PdfReader(io.BytesIO(body)).attachments == {}


def test_a_printer_that_was_busy_prints_again() -> None:
    own = Printer()
    assert own._free.acquire(blocking=False)
    with pytest.raises(PrinterBusy):
        own.pdf("", threading.Event())
    own._free.release()
    assert own._free.acquire(blocking=False)


def test_a_service_that_stops_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_weasyprint(tmp_path, monkeypatch, "import time\ntime.sleep(60)")
    stopping = threading.Event()
    stopping.set()
    begun = time.monotonic()

    with pytest.raises(Stopping):
        Printer().pdf("", stopping)

    assert time.monotonic() - begun < 30
