"""`tracegraph suspects`, and the page that explains it."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.command import Command, key, made
from tests.unit.test_library_page import run_examples

PAGE = Path(__file__).parents[2] / "docs" / "suspects.md"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    found = Command(tmp_path)
    found.load(
        *(made(f"p{n}{lot}", [f"RM:{lot}"], [f"FG:{lot}{n}"]) for n in (1, 2, 3) for lot in "AB")
    )
    return found


def test_help_teaches_with_an_example(command: Command) -> None:
    text = command("suspects", "--help").stdout

    assert re.search(r"Examples:\n\s+tracegraph suspects CMP-1031", text)
    assert "--control" in text


def test_a_table_names_the_suspects_and_what_they_come_to(command: Command) -> None:
    result = command("suspects", "A1", "A2", "A3", "--limit", "1")

    head, first = result.stdout.splitlines()
    assert head.split("\t")[:4] == ["kind", "name", "complaints", "descendants"]
    assert first.split("\t") == [
        "item", "RM A", "3", "3", "inf", "0.05", "", "", key("RM", "A"),
    ]  # fmt: skip
    assert "3 complaints among 6 comparable items" in result.stderr
    assert f"The fewest that explain all: item {key('RM', 'A')}" in result.stderr


def test_json_is_the_library_s_answer(command: Command) -> None:
    found = command.json("suspects", "A1", "--control", "A2", "--control", "B1")

    assert found["controls"] == [key("FG", "A2"), key("FG", "B1")]
    assert found["population"] == 3


def test_csv_has_every_column(command: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(command("suspects", "A1", "--format", "csv").stdout)))

    assert rows[0]["complaints_total"] == "1"
    assert {row["kind"] for row in rows} == {"item", "event"}


def test_what_nothing_explains_is_said(command: Command) -> None:
    command.load({"id": "s", "source": "wms", "type": "shipment", "party": "C",
                  "occurred_at": "2026-03-03T10:00:00Z",
                  "items": [{"item": {"product": "FG", "lot": "X"}}]})  # fmt: skip

    result = command("suspects", "X", "A1", "--control", "B1", "--control", "A2")

    assert f"Not explained: {key('FG', 'X')}" in result.stderr
    assert "No common cause" in result.stderr


def test_what_is_not_known_has_its_code(command: Command) -> None:
    assert "tracegraph find" in command("suspects", "nothing", exit_code=4).stderr
    command("suspects", exit_code=2)
    command("suspects", "A1", "--control", "A1", exit_code=2)


def test_statistics_are_loaded_only_when_they_are_needed() -> None:
    script = "import sys, tracegraph.cli, api.app; sys.exit('scipy' in sys.modules)"

    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_page_says_what_the_library_does() -> None:
    report: list[str] = []

    results = run_examples(PAGE.read_text(encoding="utf-8"), report)

    assert results.attempted > 8
    assert not results.failed, "".join(report)
