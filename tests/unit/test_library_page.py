"""The library page says what the library does: its examples run, in order, as doctests."""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples_of(page: str) -> str:
    """Return the page with all but its examples blanked out, so that line numbers stay."""
    kept, after = "", 0
    for block in BLOCK.finditer(page):
        kept += "\n" * page.count("\n", after, block.start(1)) + block[1]
        after = block.end(1)
    return kept


def run_examples(page: str, report: list[str]) -> doctest.TestResults:
    """Run the examples of a page in order; what goes wrong is told in `report`."""
    parsed = doctest.DocTestParser().get_doctest(
        examples_of(page), {}, PAGE.name, str(PAGE), lineno=0
    )
    return doctest.DocTestRunner(verbose=False).run(parsed, out=report.append)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TRACEGRAPH_")]:
        monkeypatch.delenv(name)


def test_every_example_does_what_the_page_says() -> None:
    report: list[str] = []

    results = run_examples(PAGE.read_text(encoding="utf-8"), report)

    assert results.attempted > 50, "a page without examples would pass"
    assert not results.failed, "".join(report)


def test_a_false_example_is_seen() -> None:
    report: list[str] = []

    results = run_examples("# Page\n\n```pycon\n>>> 1 + 1\n3\n```\n", report)

    assert results.failed == 1, "a check that never fires guards nothing"
    assert "line 4" in "".join(report), "the fault is told where it stands"
