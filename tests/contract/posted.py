"""What events post, in few words: events of ten and four units, and where units are after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.builders import Desk, Wire, container, drafts, line, lot
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Position

RM = "urn:tracegraph:lot:RM-1:A"
GOODS = "urn:tracegraph:lot:FG:L"
ONE = "urn:tracegraph:serial:FG:1"

DESK = Desk()
Where = dict[tuple[str, str | None, str], str]


def where(graph: Tracegraph, item: str = RM, **cuts: Any) -> Where:
    """Amount with unit by (kind, holder, state)."""
    return told(graph.positions(item, **cuts).positions)


def told(rows: Sequence[Position]) -> Where:
    found: Where = {
        (row.holder_kind, row.holder, row.state): f"{row.quantity} {row.unit}" for row in rows
    }
    assert len(found) == len(rows), "an account is told once"
    return found


def rules(graph: Tracegraph, item: str = RM, **cuts: Any) -> list[str]:
    return [gap.rule for gap in graph.positions(item, **cuts).anomalies]


def graph_of(engine: Engine, *events: Wire) -> Tracegraph:
    """A graph of events, each a batch of its own."""
    store = engine.empty()
    for event in events:
        store.append(drafts([event]))
    return Tracegraph(store)


def some(amount: str = "4", unit: str = "each", **more: Any) -> list[Wire]:
    return [line(lot(), amount, unit, **more)]


def event(type_: str, **fields: Any) -> Wire:
    return DESK.event(type_, **{"items": some(), "place": "W", **fields})


def received(amount: str = "10", **fields: Any) -> Wire:
    return event("receipt", **{"items": some(amount), "party": "S", **fields})


def shipped(**fields: Any) -> Wire:
    return event("shipment", **fields)


def place(holder: str | None, state: str = "available") -> tuple[str, str | None, str]:
    return ("place", holder, state)


def party(holder: str | None, state: str) -> tuple[str, str | None, str]:
    return ("party", holder, state)


def gone(state: str) -> tuple[str, str | None, str]:
    return ("none", None, state)


def packed(inside: list[Wire], box: int = 1, **fields: Any) -> Wire:
    return event("pack", container=container(box), items=inside, **fields)


def boxes(*numbers: int) -> list[Wire]:
    return [line(container(number)) for number in numbers]


HERE = place("W")
LEFT = {HERE: "6 each"}
AWAY = {HERE: "6 each", party("C", "in transit"): "4 each"}
THERE = {HERE: "6 each", party("C", "delivered"): "4 each"}
