"""`tracegraph trace`: seeds, shapes and what an answer that was cut short says."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import networkx as nx
import pytest

from tests.unit.chains import chain
from tests.unit.command import CHAIN, Command, key, made
from tracegraph.cli.tree import DEEPEST, drawn

A, B, C = key("RM", "A"), key("SA", "B"), key("FG", "C")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    command = Command(tmp_path)
    command.load(*CHAIN)
    return command


def keys(command: Command, *words: str) -> list[str]:
    return [item["key"] for item in command.json("trace", *words)["items"]]


def test_a_tree_shows_the_way(command: Command) -> None:
    lines = command("trace", "C").stdout.splitlines()

    assert lines == [
        f"FG C  (lot, depth 0)  {C}",
        f"└─ SA B  (lot, depth 1)  production mes/p2 2026-03-02T09:14:00Z  {B}",
        f"   └─ RM A  (lot, depth 2)  production mes/p1 2026-03-02T09:14:00Z  {A}",
    ]


def test_directions(command: Command) -> None:
    assert keys(command, B) == [B, A]
    assert keys(command, B, "--direction", "forward") == [B, C]
    assert sorted(keys(command, B, "--direction", "both")) == sorted([A, B, C])
    both = command("trace", B, "--direction", "both").stdout
    assert "forward)" in both
    assert "backward)" in both


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["--event", "mes/p1"], [B, C], id="event"),
        pytest.param(["--event", "urn:tracegraph:event:mes:p2"], [C], id="event-key"),
        pytest.param(["--supplier", "SUP-1"], [A, B, C], id="supplier"),
        pytest.param(["--equipment", "M-1"], [B, C], id="equipment"),
        pytest.param(["--order", "MO-1"], [B, C], id="order"),
        pytest.param(["--place", "L2"], [C], id="place"),
        pytest.param(["C", "--event", "mes/p1"], [C, B], id="several"),
    ],
)
def test_seeds(command: Command, words: list[str], expected: list[str]) -> None:
    assert set(keys(command, *words, "--direction", "forward")) == set(expected)


def test_a_window_narrows_seeds(command: Command) -> None:
    words = ["--supplier", "SUP-1", "--direction", "forward"]

    assert keys(command, *words, "--since", "2026-01-01T00:00:00Z") == [A, B, C]
    assert keys(command, *words, "--until", "2026-01-01T00:00:00Z") == []


def test_times_and_cuts(command: Command) -> None:
    assert keys(command, "C", "--max-depth", "1") == [C, B]
    assert keys(command, "C", "--known-at", "3") == [C, B, A]
    assert keys(command, B, "--known-at", "0") == []
    result = command("trace", "C", "--as-of", "2026-01-01T00:00:00Z", "--clock-tolerance", "1.5")
    assert B not in result.stdout


def test_an_empty_answer_says_why(command: Command) -> None:
    answer = command("trace", B, "--known-at", "0")

    assert answer.stdout == ""
    assert answer.stderr.strip()


@pytest.mark.parametrize("shape", ["tree", "list", "json", "graphml", "dot"])
def test_a_cut_answer_says_so_loudly(command: Command, shape: str) -> None:
    result = command("trace", "C", "--budget", "1", "--format", shape)

    assert "TRUNCATED by --budget" in result.stderr
    assert "not a recall scope" in result.stderr


def test_a_list_is_for_other_programs(command: Command) -> None:
    head, *rows = command("trace", "C", "--format", "list").stdout.splitlines()

    assert head.split("\t")[:6] == ["depth", "direction", "kind", "product", "number", "key"]
    assert [row.split("\t")[5] for row in rows] == [C, B, A]


def test_json_is_the_whole_answer(command: Command) -> None:
    answer = command.json("trace", "C")

    assert {"seeds", "known_at", "items", "events", "edges", "truncated", "note"} <= set(answer)
    assert len(answer["edges"]) >= 4


def test_graphs_are_written_to_files(command: Command) -> None:
    for name in ("c.graphml", "c.dot", "c.json", "c.epcis.json", "c.txt"):
        result = command("trace", "C", "--output", str(command.folder / name))
        assert result.stdout == ""

    graph = nx.read_graphml(BytesIO((command.folder / "c.graphml").read_bytes()))
    assert {d["key"] for _, d in graph.nodes(data=True) if d["node_type"] == "item"} == {A, B, C}
    assert (command.folder / "c.dot").read_text().startswith("digraph")
    assert json.loads((command.folder / "c.json").read_text())["seeds"] == [C]
    assert json.loads((command.folder / "c.epcis.json").read_text())["type"] == "EPCISDocument"
    assert "└─ SA B" in (command.folder / "c.txt").read_text()


def test_a_cut_tree_in_a_file_says_so_there(command: Command) -> None:
    path = command.folder / "c.txt"
    command("trace", "C", "--budget", "1", "--output", str(path))

    assert "TRUNCATED" in path.read_text()


def test_a_file_that_cannot_be_written_is_said(command: Command) -> None:
    result = command("trace", "C", "--output", "no/such/folder/c.json", exit_code=2)

    assert "--output" in result.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        pytest.param(["nothing"], 4, "tracegraph find", id="unknown-item"),
        pytest.param(["--event", "mes/none"], 4, "tracegraph events", id="unknown-event"),
        pytest.param(["X"], 5, "by its key", id="ambiguous"),
        pytest.param([], 2, "name an item", id="no-seed"),
        pytest.param(["C", "--since", "2026-01-01T00:00:00Z"], 2, "--since", id="no-window"),
        pytest.param(["C", "--as-of", "yesterday"], 2, "--as-of", id="no-time"),
        pytest.param(["C", "--clock-tolerance", "x"], 2, "--clock-tolerance", id="no-seconds"),
        pytest.param(["C", "--known-at", "x"], 2, "--known-at", id="no-cut"),
        pytest.param(["C", "--budget", "0"], 2, "--budget", id="no-budget"),
        pytest.param(["C", "--direction", "up"], 2, "--direction", id="no-direction"),
    ],
)
def test_faults_have_codes_and_remedies(
    command: Command, words: list[str], exit_code: int, said: str
) -> None:
    command.load(made("x", [], ["F1:X", "F2:X"]))

    result = command("trace", *words, exit_code=exit_code)

    assert said in result.stderr
    assert result.stdout == ""


def test_ambiguity_names_the_candidates(command: Command) -> None:
    command.load(made("x", [], ["F1:X", "F2:X"]))

    result = command("trace", "X", exit_code=5)

    assert key("F1", "X") in result.stderr
    assert key("F2", "X") in result.stderr


def test_deep_trees_are_drawn_to_a_width() -> None:
    lines = list(drawn(chain(5_000)))

    assert len(lines) == 5_001
    assert "depth 5000" in lines[-1]
    assert max(map(len, lines)) < DEEPEST * 3 + 120


def test_trees_can_do_without_unicode() -> None:
    assert all(line.isascii() for line in drawn(chain(60), unicode=False))
