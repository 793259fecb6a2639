"""How cost grows with the graph."""

from __future__ import annotations

import pytest

from benchmarks.growth import fits
from benchmarks.measuring import Measure

GRAPHS = [{"name": "1e5", "edges": 100_000}, {"name": "1e6", "edges": 1_000_000}]


def measure(graph: str, kind: str, label: str, contender: str, p50: float) -> Measure:
    return Measure(graph, kind, label, contender, 80, p50, p50, p50)  # type: ignore[arg-type]  # a kind as text


def test_what_takes_as_long_in_a_graph_ten_times_as_large_does_not_grow() -> None:
    asked = [measure(each["name"], "gate", "a lot", "sqlite", 3.0) for each in GRAPHS]  # type: ignore[arg-type]  # a name is a text
    assert [fit["exponent"] for fit in fits(GRAPHS, asked)] == [0.0]


@pytest.mark.parametrize(("later", "exponent"), [(6.0, 0.0), (60.0, 1.0)])
def test_a_machine_that_slowed_down_is_not_taken_for_growth(later: float, exponent: float) -> None:
    asked = [
        measure("1e5", "gate", "a lot", "sqlite", 3.0),
        measure("1e5", "empty", "empty request", "sqlite http", 1.0),
        measure("1e6", "gate", "a lot", "sqlite", later),
        measure("1e6", "empty", "empty request", "sqlite http", 2.0),
    ]
    assert [fit["exponent"] for fit in fits(GRAPHS, asked)] == [exponent]
