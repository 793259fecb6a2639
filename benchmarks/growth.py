"""How cost grows with the graph while the answer stays the same, as an exponent.

Cost is fitted as a power of the number of edges, by least squares over the logarithms of the
medians. 0 is no growth, 1 is in proportion. The story's lot reaches the same items at every size,
and what a serial is made of has the same depth.

A machine may slow down between two graphs: a median counts as a multiple of the empty request's,
which was asked in the same rounds and knows nothing of a graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.measuring import Measure

SAME = {"forward, rare lot", "backward, a serial", "rare lot", "a serial", "a lot"}
CONTROL = ("empty", "sqlite http")


def fits(graphs: Sequence[Mapping[str, Any]], measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """An exponent for each contender and question whose answer does not grow."""
    edges = {graph["name"]: graph["edges"] for graph in graphs if graph["name"] != "shapes"}
    empty = {m.graph: m.p50 for m in measures if (m.kind, m.contender) == CONTROL}
    points: defaultdict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for measure in measures:
        if measure.graph in edges and measure.label in SAME and not measure.note:
            name = (measure.kind, measure.label, measure.contender)
            cost = measure.p50 / empty.get(measure.graph, 1.0)
            points[name].append((edges[measure.graph], cost))
    found = []
    for (kind, label, contender), each in points.items():
        if len(each) > 1:
            sizes, costs = np.log(np.array(each)).T
            exponent = float(np.polyfit(sizes, costs, 1)[0])
            found.append({
                "kind": kind, "label": label, "contender": contender,
                "exponent": round(exponent, 3), "points": each,
            })  # fmt: skip
    return found
