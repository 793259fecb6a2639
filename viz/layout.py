"""Where marks and edges stand, in px from the top left; a lane carries what passes a column.

Columns of cards and gaps of events alternate. An edge that spans several of them takes one lane
through each, shared by all edges of its source. Layers are ordered by time, then by barycentre
sweeps that keep the best order seen; heights are settled by isotonic regression.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viz.fold import Folded, FoldedEdge

CARD = (148.0, 40.0)
EVENT = 13.0
PITCH = 222.0  # from column to column
HEAD = 34.0
MARGIN = 24.0
ROW = {"card": 54.0, "event": 32.0, "lane": 12.0}
SWEEPS = 12
SETTLING = 16
_BEND = np.linspace(0.0, 1.0, 9)
_SMOOTH = _BEND * _BEND * _BEND * (_BEND * (_BEND * 6 - 15) + 10)

Shape = Literal["card", "event", "lane"]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """The line of an edge. `back` closes a cycle: it runs against the flow."""

    edge: FoldedEdge
    points: tuple[Point, ...]
    arrow: Literal["right", "left"] | None  # at an item; None at an event
    back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Middles of marks by id, routes of edges, left ends of columns, and the size of it all."""

    at: dict[str, Point]
    routes: tuple[Route, ...]
    columns: tuple[float, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Node:
    layer: int
    shape: Shape
    time: str
    name: str
    y: float = 0.0


def layout(folded: Folded) -> Layout:
    """Lay out a folded genealogy. The same answer always gives the same picture."""
    nodes, shown = _nodes(folded)
    onward = [e for e in folded.edges if nodes[e.source].layer < nodes[e.target].layer]
    links = _lanes(nodes, onward)
    layers = _ordered(nodes, links)
    _settle(nodes, layers, links)

    has_first_gap = any(mark.gap < 0 for mark in folded.events)
    left = MARGIN + (PITCH - CARD[0] if has_first_gap else 0.0)
    columns = tuple(left + PITCH * column for column in range(len(folded.columns)))
    has_last_gap = any(mark.gap == len(columns) - 1 for mark in folded.events)
    right = columns[-1] + CARD[0] if columns else left
    width = right + (PITCH - CARD[0] if has_last_gap else 0.0) + MARGIN

    tops = [node.y - ROW[node.shape] / 2 for node in nodes.values()]
    bottoms = [node.y + ROW[node.shape] / 2 for node in nodes.values()]
    shift = HEAD - min(tops, default=0.0)
    for node in nodes.values():
        node.y += shift
    floor = max(bottoms, default=0.0) + shift

    def x(node: _Node) -> float:
        middle = left + CARD[0] / 2
        if node.layer % 2:
            return middle + PITCH * (node.layer // 2)
        return middle + PITCH * (node.layer // 2 - 1) + PITCH / 2

    at = {name: (x(nodes[name]), nodes[name].y) for name in shown}
    routes = []
    under = 0
    for edge in folded.edges:
        source, target = nodes[edge.source], nodes[edge.target]
        if source.layer < target.layer:
            passed = [nodes[_lane(edge.source, n)] for n in range(source.layer + 1, target.layer)]
            routes.append(_onward_route(edge, source, passed, target, x))
        elif source.layer - target.layer <= (2 if source.shape == target.shape else 1):
            routes.append(_short_way_back(edge, source, target, x))
        else:
            under += 1
            routes.append(_long_way_back(edge, source, target, x, floor + 8.0 * min(under, 6)))
    height = floor + (8.0 * min(under, 6) + 8.0 if under else 0.0) + MARGIN / 2
    return Layout(at, tuple(routes), columns, max(width, 2 * MARGIN + CARD[0]), height)


def _nodes(folded: Folded) -> tuple[dict[str, _Node], list[str]]:
    """Every mark by id: gaps are even layers, columns odd ones."""
    nodes: dict[str, _Node] = {}
    for at, column in enumerate(folded.columns):
        for mark in column.marks:
            nodes[mark.id] = _Node(2 * at + 1, "card", mark.first_event, mark.id)
    for event in folded.events:
        nodes[event.id] = _Node(2 * event.gap + 2, "event", event.first_event, event.id)
    return nodes, list(nodes)


def _lane(source: str, layer: int) -> str:
    return f"{source}>{layer}"


def _lanes(nodes: dict[str, _Node], edges: list[FoldedEdge]) -> set[tuple[str, str]]:
    """Add the lanes that edges need; returns the links between neighbouring layers."""
    links: set[tuple[str, str]] = set()
    for edge in edges:
        source, target = nodes[edge.source], nodes[edge.target]
        last = edge.source
        for layer in range(source.layer + 1, target.layer):
            name = _lane(edge.source, layer)
            if name not in nodes:
                nodes[name] = _Node(layer, "lane", source.time, name)
            links.add((last, name))
            last = name
        links.add((last, edge.target))
    return links


def _ordered(nodes: dict[str, _Node], links: set[tuple[str, str]]) -> list[list[str]]:
    """The layers, each from top to bottom, with few crossings."""
    if not nodes:
        return []
    layers: list[list[str]] = [[] for _ in range(max(node.layer for node in nodes.values()) + 1)]
    for name in sorted(nodes, key=lambda name: nodes[name].time):
        layers[nodes[name].layer].append(name)
    place = {name: row for layer in layers for row, name in enumerate(layer)}
    pairs: list[list[tuple[str, str]]] = [[] for _ in layers]
    for source, target in sorted(links):
        pairs[nodes[source].layer].append((source, target))

    best, fewest = [list(layer) for layer in layers], _crossings(pairs, place)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        rightward = sweep % 2 == 0
        steps = range(1, len(layers)) if rightward else range(len(layers) - 2, -1, -1)
        for layer in steps:
            around: dict[str, list[int]] = defaultdict(list)
            for source, target in pairs[layer - 1] if rightward else pairs[layer]:
                if rightward:
                    around[target].append(place[source])
                else:
                    around[source].append(place[target])
            middles = {
                name: float(np.mean(around[name])) if around[name] else float(row)
                for row, name in enumerate(layers[layer])
            }
            layers[layer].sort(key=lambda name: middles[name])
            place |= {name: row for row, name in enumerate(layers[layer])}
        crossings = _crossings(pairs, place)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _crossings(pairs: list[list[tuple[str, str]]], place: dict[str, int]) -> int:
    total = 0
    for links in pairs:
        if len(links) < 2:
            continue
        a = np.array([place[source] for source, _ in links])
        b = np.array([place[target] for _, target in links])
        total += int(np.sum((a[:, None] < a[None, :]) & (b[:, None] > b[None, :])))
    return total


def _settle(nodes: dict[str, _Node], layers: list[list[str]], links: set[tuple[str, str]]) -> None:
    """Heights that keep edges straight, with room for every mark."""
    around: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for source, target in sorted(links):
        weight = 4.0 if "lane" in (nodes[source].shape, nodes[target].shape) else 1.0
        around[source].append((target, weight))
        around[target].append((source, weight))
    offsets = []
    for layer in layers:
        rows = np.array([ROW[nodes[name].shape] for name in layer])
        offset = np.cumsum(rows) - rows / 2
        offset -= rows.sum() / 2
        offsets.append(offset)
        for name, y in zip(layer, offset, strict=True):
            nodes[name].y = float(y)
    for sweep in range(SETTLING):
        order = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        for at in order:
            layer = layers[at]
            if not layer:
                continue
            wanted, weights = np.zeros(len(layer)), np.ones(len(layer))
            for row, name in enumerate(layer):
                near = around[name]
                weight = sum(w for _, w in near)
                wanted[row] = (
                    sum(nodes[other].y * w for other, w in near) / weight if near else nodes[name].y
                )
                weights[row] = weight or 0.1
            settled = _isotonic(wanted - offsets[at], weights) + offsets[at]
            for name, y in zip(layer, settled, strict=True):
                nodes[name].y = float(y)


def _isotonic(wanted: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest never-falling sequence, by pooling adjacent violators."""
    pools: list[list[float]] = []  # mean, weight, length
    for value, weight in zip(wanted, weights, strict=True):
        pools.append([float(value), float(weight), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, other, length = pools.pop()
            into = pools[-1]
            into[0] = (into[0] * into[1] + mean * other) / (into[1] + other)
            into[1] += other
            into[2] += length
    return np.concatenate([np.full(int(length), mean) for mean, _, length in pools])


def _half(node: _Node) -> float:
    return {"card": CARD[0] / 2, "event": EVENT / 2, "lane": 0.0}[node.shape]


def _bend(start: Point, end: Point) -> list[Point]:
    """A smooth step; straight lines get points too, since the pointer finds edges by them."""
    (x0, y0), (x1, y1) = start, end
    return [
        (round(x0 + (x1 - x0) * float(t), 1), round(y0 + (y1 - y0) * float(s), 1))
        for t, s in zip(_BEND, _SMOOTH, strict=True)
    ]


def _onward_route(
    edge: FoldedEdge, source: _Node, passed: list[_Node], target: _Node, x: Callable[[_Node], float]
) -> Route:
    points: list[Point] = []
    here = (x(source) + _half(source), source.y)
    for lane in passed:
        over_cards = lane.layer % 2 == 1
        half = CARD[0] / 2 if over_cards else 0.0
        points += _bend(here, (x(lane) - half, lane.y))
        here = (x(lane) + half, lane.y)
    tip = 7.0 if target.shape == "card" else 0.0
    points += _bend(here, (x(target) - _half(target) - tip, target.y))
    return Route(edge, tuple(points), "right" if target.shape == "card" else None, back=False)


def _short_way_back(
    edge: FoldedEdge, source: _Node, target: _Node, x: Callable[[_Node], float]
) -> Route:
    """To what stands just left of it, beside the way that led there."""
    lower = 10.0 if target.shape == "card" else 0.0
    start = (x(source) - _half(source), source.y + (10.0 if source.shape == "card" else 3.0))
    tip = 7.0 if target.shape == "card" else 0.0
    end = (x(target) + _half(target) + tip, target.y + lower)
    arrow: Literal["left"] | None = "left" if target.shape == "card" else None
    return Route(edge, tuple(_bend(start, end)), arrow, back=True)


def _long_way_back(
    edge: FoldedEdge, source: _Node, target: _Node, x: Callable[[_Node], float], floor: float
) -> Route:
    """Under everything, and up again before the target."""
    out = x(source) + _half(source)
    back = x(target) - _half(target) - (7.0 if target.shape == "card" else 0.0)
    turn = 14.0
    points = [
        (out, source.y), (out + turn * 0.7, source.y), (out + turn, source.y + 6),
        (out + turn, floor - 6), (out + turn * 0.7, floor),
        (back - turn * 0.7, floor), (back - turn, floor - 6), (back - turn, target.y + 6),
        (back - turn * 0.7, target.y), (back, target.y),
    ]  # fmt: skip
    return Route(edge, tuple(points), "right" if target.shape == "card" else None, back=True)
