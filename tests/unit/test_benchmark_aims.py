"""What is aimed at, out of the results of a run."""

from __future__ import annotations

from typing import Any

from benchmarks.aims import aimed


def measure(graph: str, kind: str, label: str, contender: str, p50: float) -> dict[str, Any]:
    return {
        "graph": graph, "kind": kind, "label": label, "contender": contender,
        "p50": p50, "p95": 2 * p50, "p99": 3 * p50, "note": "",
    }  # fmt: skip


CLOSURE = ("closure", "forward, 7,000 items")
RESULTS = {
    "measures": [
        measure("1e5", *CLOSURE, "postgres", 50.0),
        measure("1e5", *CLOSURE, "sqlite", 25.0),
        measure("1e5", *CLOSURE, "neo4j", 60.0),
        measure("1e6", "trace", "backward, a serial", "sqlite http", 7.0),
        measure("1e6", "empty", "empty request", "sqlite http", 2.0),
        {**measure("1e6", *CLOSURE, "postgres", 1.0), "note": "timed out"},
        measure("1e6", *CLOSURE, "sqlite", 25.0),
    ],
    "fits": [
        {"contender": "sqlite", "exponent": 0.1},
        {"contender": "sqlite", "exponent": 0.05},
        {"contender": "neo4j", "exponent": 0.2},
    ],
}


def rows() -> dict[str, tuple[str, ...]]:
    return {row[0]: tuple(row[1:]) for row in aimed(RESULTS)}


def test_a_figure_beyond_its_limit_is_in_bold() -> None:
    assert rows()["closure of 7,000 items, sqlite of postgres"] == ("0.6", "0.50", "", "")
    assert rows()["closure of 7,000 items, neo4j of postgres"] == ("0.6", "**1.20**", "", "")


def test_the_slowest_of_a_hundred_is_held_against_the_median_of_an_empty_request() -> None:
    said = "genealogy of a serial, p99, sqlite http, of an empty request"
    assert rows()[said] == ("10", "", "**10.50**", "")


def test_growth_is_that_of_the_question_that_grows_most() -> None:
    said = "exponent of the question that grows most, "
    assert rows()[said + "sqlite"] == ("0.15", "", "", "0.10")
    assert rows()[said + "neo4j"] == ("0.15", "", "", "**0.20**")


def test_what_was_not_measured_has_no_row_and_what_timed_out_is_no_figure() -> None:
    assert not [said for said in rows() if "ingest" in said or "57,000" in said]
    assert rows()["at most"] == ("limit", "1e5", "1e6", "growth")
