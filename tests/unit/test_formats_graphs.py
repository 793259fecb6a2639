"""GraphML and DOT: what is written is what a reader of the format finds."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from tests.unit.chains import AT, chain, event, genealogy, item
from tracegraph.formats import dot, graphml
from tracegraph.trace.answer import Edge, Genealogy, Truncation

NASTY = [
    "quote \" and apostrophe '",
    "back\\slash \\N \\",
    "<b>&amp;</b> ]]>",
    "line\nend",
    "control \x00 \x1b[31m \ufffe",
    "漢字 ü 🙂",
    "{a|b} -> c; // d",
]


def made(text: str = "A") -> Genealogy:
    return genealogy(
        [item("C", product="FG", number=text), item("a:" + text, 1, "C", through="e")],
        [event("e", id=text)],
        [Edge("input", "a:" + text, "e", "600", "each"), Edge("output", "e", "C", "1.5", text)],
    )


def as_graph(answer: Genealogy) -> Any:
    stream = StringIO()
    graphml.write(answer, stream)
    return nx.read_graphml(BytesIO(stream.getvalue().encode()))


def by_key(graph: Any) -> dict[str, dict[str, Any]]:
    return {data["key"]: data for _, data in graph.nodes(data=True)}


def test_networkx_reads_the_graph() -> None:
    graph = as_graph(made())

    assert graph.is_directed()
    nodes = by_key(graph)
    assert nodes["C"] == {
        "node_type": "item",
        "key": "C",
        "label": "FG A",
        "kind": "lot",
        "product": "FG",
        "number": "A",
        "depth": 0,
        "direction": "seed",
        "seed": True,
        "first_event": AT,
    }
    assert nodes["a:A"]["seed"] is False
    assert nodes["a:A"]["label"] == "a:A", "what has no number is called by its key"
    assert (nodes["e"]["node_type"], nodes["e"]["type"], nodes["e"]["id"]) == (
        "event", "production", "A",
    )  # fmt: skip
    names = {node: data["key"] for node, data in graph.nodes(data=True)}
    assert {
        (names[s], names[t]): (d["kind"], d["quantity"]) for s, t, d in graph.edges(data=True)
    } == {("a:A", "e"): ("input", "600"), ("e", "C"): ("output", "1.5")}
    assert graph.graph["known_at"] == 9
    assert graph.graph["truncated"] is False


@pytest.mark.parametrize("text", NASTY)
def test_any_text_survives_graphml(text: str) -> None:
    node = by_key(as_graph(made(text)))["C"]

    expected = re.sub("[\x00-\x08\x1b\ufffe]", "\ufffd", text)
    assert node["number"] == expected


def test_ids_are_such_as_the_standard_allows() -> None:
    stream = StringIO()
    graphml.write(made("<&>"), stream)

    root = ET.fromstring(stream.getvalue().encode())

    space = "{http://graphml.graphdrawing.org/xmlns}"
    ids = [node.get("id", "") for node in root.iter(f"{space}node")]
    assert len(ids) == len(set(ids)) == 3
    assert all(re.fullmatch(r"[\w.:-]+", each) for each in ids), "NMTOKEN"
    declared = {key.get("id") for key in root.iter(f"{space}key")}
    assert {data.get("key") for data in root.iter(f"{space}data")} <= declared


def test_the_events_of_a_run_are_one_node() -> None:
    later = "2026-01-03T08:00:00Z"
    answer = genealogy(
        [item("C")],
        [event("e1", node="run"), event("e2", node="run", started_at=later, occurred_at=later)],
        [Edge("output", "run", "C")],
    )

    run = by_key(as_graph(answer))["run"]

    assert (run["id"], run["type"], run["source"]) == ("e1, e2", "production", "mes")
    assert (run["started_at"], run["occurred_at"]) == (AT, later)


def test_an_item_both_ways_is_one_node_and_a_loose_edge_none() -> None:
    answer = genealogy(
        [item("s"), item("x", 1, "s"), item("x", 1, "s", direction="forward")],
        edges=[Edge("comprises", "s", "x"), Edge("comprises", "s", "gone")],
        direction="both",
    )

    graph = as_graph(answer)

    assert (len(graph.nodes), len(graph.edges)) == (2, 1)


def test_an_empty_answer_is_an_empty_graph() -> None:
    assert len(as_graph(genealogy([])).nodes) == 0
    assert statements(dotted(genealogy([]))) == []


def test_what_was_cut_says_so() -> None:
    cut = genealogy([item("s")], truncated=Truncation("budget", 0, 'more than "1"'))

    assert as_graph(cut).graph["truncated"] is True
    assert r'label="truncated: more than \"1\""' in dotted(cut)


def dotted(answer: Genealogy) -> str:
    stream = StringIO()
    dot.write(answer, stream)
    return stream.getvalue()


# One statement of the DOT language, as far as it is used: a node or an edge, with attributes.
QUOTED = r'"(?:[^"\\\n]|\\.)*"'
ATTRIBUTES = rf"\[(?:\w+={QUOTED}(?:, )?)*\]"
STATEMENT = re.compile(rf"  (graph|node|n\d+|n\d+ -> n\d+) {ATTRIBUTES};")


def statements(text: str) -> list[str]:
    """The statements about nodes and edges, every line being one."""
    first, *lines, last, end = text.split("\n")
    assert (first, last, end) == ("digraph genealogy {", "}", "")
    found = [STATEMENT.fullmatch(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return [match[1] for match in found if match and match[1] not in {"graph", "node"}]


def label(text: str, node: str) -> str:
    """The label of a node, as Graphviz shows it."""
    found = re.search(rf"^  {node} \[label=({QUOTED})", text, re.MULTILINE)
    assert found
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[1][1:-1])


@pytest.mark.parametrize("text", ["A", *NASTY])
def test_dot_is_well_formed_whatever_is_said(text: str) -> None:
    written = dotted(made(text))

    assert statements(written) == ["n0", "n1", "n2", "n1 -> n2", "n2 -> n0"]
    expected = re.sub(r"[\x00\x1b]", "\ufffd", text)
    assert label(written, "n0") == f"FG {expected}\nlot, depth 0"


def test_dot_shows_quantities_and_kinds_of_edges() -> None:
    answer = genealogy(
        [item("l"), item("s", 1, "l")],
        edges=[Edge("comprises", "l", "s"), Edge("pooled", "s", "l", "1", "each")],
    )

    written = dotted(answer)

    assert 'n0 -> n1 [style="dashed"];' in written
    assert 'n1 -> n0 [label="1 each", style="dotted"];' in written


def test_long_chains_are_written() -> None:
    assert len(as_graph(chain(5_000)).nodes) == 10_001
    assert len(statements(dotted(chain(5_000)))) == 10_001
