"""`tracegraph orders`: lists, one order, figures and commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.command import Command, event, line
from tests.unit.test_library_page import run_examples
from tracegraph.cli.orders import Kind, State, app
from tracegraph.orders.state import KINDS, STATES

ROOT = Path(__file__).parents[2]
COMMANDS = ["", *sorted(each.name for each in app.registered_commands if each.name)]
CREATED = event(
    "so-1", type="order", number="SO-1", kind="sales", action="created", party="C-1",
    lines=[{"line": "10", "product": "FG", "quantity": "5", "unit": "each"}],
)  # fmt: skip


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    found = Command(tmp_path)
    found.load(CREATED)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches_with_an_example(command: Command, name: str) -> None:
    text = command("orders", *name.split(), "--help").stdout

    assert re.search(rf"Examples?:\n\s+tracegraph orders {name}", text), text
    assert "--store" in text


def test_every_command_is_on_its_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    row = next(text for text in page.splitlines() if "tracegraph orders confirm" in text)

    assert {*COMMANDS} == {
        "", "show", "figures", "confirm", *re.findall(r"`(\w+)`", row.split("|")[1]),
    }  # fmt: skip
    assert "`tracegraph orders show" in page
    assert "`tracegraph orders figures`" in page


def test_the_words_are_those_of_the_states_and_kinds() -> None:
    assert [state.value for state in State] == list(STATES)
    assert [kind.value for kind in Kind] == list(KINDS)


def test_orders_are_listed(command: Command) -> None:
    table = command("orders").stdout.splitlines()
    listed = command.json("orders", "--state", "draft", "--kind", "sales", "--party", "C-1")

    assert table[0].split("\t")[:3] == ["number", "kind", "state"]
    assert table[1].split("\t")[:4] == ["SO-1", "sales", "draft", "C-1"]
    assert [order["number"] for order in listed["orders"]] == ["SO-1"]
    assert command("orders", "--state", "settled").stdout.splitlines() == table[:1]


def test_an_order_is_taken_from_step_to_step(command: Command) -> None:
    at = ["--at", "2026-03-02T10:00:00Z", "--source", "shop"]

    said = command("orders", "release", "SO-1", *at, "--id", "x1").stdout
    again = command("orders", "release", "SO-1", *at, "--id", "x1").stdout
    command.load(
        event("s1", type="shipment", order="SO-1", items=[line("FG", "C", "5")],
              occurred_at="2026-03-03T10:00:00Z", documents=["DN-1"])
    )  # fmt: skip
    closed = command.json("orders", "close", "SO-1")

    assert said == "SO-1: released was stored; it is released.\n"
    assert "is in the journal already" in again
    assert closed["outcomes"][0]["status"] == "stored"
    shown = command("orders", "show", "SO-1").stdout
    assert re.search(r"^state +shipped$", shown, re.MULTILINE)
    assert "10\t5\teach\turn:tracegraph:lot:FG:C" in shown
    assert command.json("orders", "show", "SO-1")["documents"] == ["DN-1"]
    assert command("orders", "settle", "SO-1").exit_code == 0


def test_a_step_that_is_illegal_has_its_code(command: Command) -> None:
    result = command("orders", "settle", "SO-1", exit_code=1)

    assert "is draft, so it cannot be settled; legal: changed, confirmed" in result.stderr
    assert command.json("orders", "show", "SO-1")["state"] == "draft"


def test_an_unknown_order_has_its_code(command: Command) -> None:
    assert "tracegraph orders" in command("orders", "show", "SO-2", exit_code=4).stderr
    command("orders", "confirm", "SO-2", exit_code=4)


def test_what_is_malformed_is_told(command: Command) -> None:
    result = command("orders", "cancel", "SO-1", "--at", "today", exit_code=1)

    assert "/occurred_at" in result.stderr
    assert "was not stored: refused" in result.stderr


def test_options_of_the_list_do_not_get_lost_before_a_subcommand(command: Command) -> None:
    result = command("orders", "--known-at", "1", "show", "SO-1", exit_code=2)

    assert "Write --known-at behind show." in result.stderr


def test_anomalies_are_told_beside_the_answer(command: Command) -> None:
    command.load(event("s1", type="shipment", order="SO-1", items=[line("FG", "C", "7")]))

    result = command("orders", "show", "SO-1")

    assert "illegal_step" in result.stderr
    assert "more_than_ordered" in result.stderr


def test_figures(command: Command) -> None:
    command("orders", "cancel", "SO-1")

    table = command("orders", "figures", "--kind", "sales").stdout

    assert "cancelled\t1\t1\t1\n" in table
    assert command.json("orders", "figures")["orders"] == 1


def test_the_page_says_what_the_library_does() -> None:
    report: list[str] = []

    results = run_examples((ROOT / "docs" / "orders.md").read_text(encoding="utf-8"), report)

    assert results.attempted > 10
    assert not results.failed, "".join(report)
