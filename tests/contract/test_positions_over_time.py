"""Positions of what is in containers, within an instant, after corrections and at cuts."""

from __future__ import annotations

import pytest

from tests.builders import Wire, at, container, line, lot, serial
from tests.contract.engines import Engine
from tests.contract.posted import (
    AWAY,
    DESK,
    GOODS,
    HERE,
    LEFT,
    ONE,
    RM,
    THERE,
    boxes,
    event,
    gone,
    graph_of,
    packed,
    party,
    place,
    received,
    rules,
    shipped,
    some,
    where,
)

# -- containers


def test_a_container_stands_for_what_it_holds(engine: Engine):
    graph = graph_of(engine, received(), packed(some()), shipped(items=boxes(1), party="C"))
    assert where(graph) == AWAY


def test_a_container_in_a_container(engine: Engine):
    graph = graph_of(
        engine,
        received(),
        packed(some("1")),
        packed([*boxes(1), *some("2")], box=2),
        packed(boxes(2), box=3),
        event("move", items=boxes(3), to="X"),
        event("unpack", container=container(2), items=boxes(1)),
        shipped(items=boxes(3), place="X", party="C"),
        event("scrap", items=boxes(1), place="X"),
    )
    assert where(graph) == {
        HERE: "7 each",
        party("C", "in transit"): "2 each",
        gone("destroyed"): "1 each",
    }


def test_a_container_holds_what_it_held_then(engine: Engine):
    graph = graph_of(
        engine,
        received(occurred_at=at(1)),
        packed(some("4"), occurred_at=at(2)),
        event("unpack", container=container(), items=some("1"), occurred_at=at(3)),
        shipped(items=boxes(1), party="C", occurred_at=at(3)),
        event("unpack", container=container(), items=None, occurred_at=at(4)),
        shipped(items=boxes(1), party="C", occurred_at=at(5)),
    )
    # Within an instant what is unpacked is out before anything is shipped.
    assert where(graph) == {HERE: "7 each", party("C", "in transit"): "3 each"}


@pytest.mark.parametrize(
    ("others", "type_", "expected"),
    [
        (["pack"], "move", "6"),
        (["pack", "unpack"], "move", "2"),
        (["pack", "unpack"], "receipt", "4"),
        (["pack", "unpack"], "delivery", "2"),
    ],
)
def test_the_order_within_an_instant(engine: Engine, others: list[str], type_: str, expected: str):
    """Receipt, unpack, pack, move … delivery: whatever ids and the order of arrival say."""
    now: Wire = {"occurred_at": at(5)}
    made = {
        "pack": packed(some("2"), id="a", **now),
        "unpack": event("unpack", container=container(), items=None, id="z", **now),
    }
    way = {"place": "X"} if type_ == "receipt" else {"to": "X"}
    asked = event(type_, items=boxes(1), id="m", **now, **way)
    before = packed(some("4"), occurred_at=at(1))
    graph = graph_of(engine, asked, *(made[name] for name in others), before)

    assert where(graph)[place("X")] == f"{expected} each"


def test_a_late_packing_record_derives_what_went_before(engine: Engine):
    graph = graph_of(
        engine,
        received(occurred_at=at(1)),
        shipped(items=boxes(1), party="C", occurred_at=at(3)),
        event("delivery", items=boxes(1), party="C", occurred_at=at(4)),
        packed(some("4"), occurred_at=at(2)),
        packed(some("2"), occurred_at=at(2)),
    )
    assert where(graph, known_at=3) == {HERE: "10 each"}
    assert where(graph, known_at=4) == THERE
    assert where(graph, as_of=at(3), known_at=4) == AWAY
    assert where(graph) == {HERE: "4 each", party("C", "delivered"): "6 each"}


def test_a_container_of_lots_and_their_serials(engine: Engine):
    inside = [
        line(lot("FG", "L"), "5"),
        line(serial("FG", "1", of="L")),
        line(serial("FG", "2", of="M")),
    ]
    graph = graph_of(engine, packed(inside), event("move", items=boxes(1), to="X"))

    assert where(graph, GOODS) == {HERE: "-5 each", place("X"): "5 each"}
    # A serial is drawn from its lot at its first line; of it alone nothing is missing.
    assert where(graph, ONE) == {place("X"): "1 each"}
    assert where(graph, "urn:tracegraph:lot:FG:M") == {HERE: "-1 each", place("X"): "1 each"}


def test_a_container_itself_is_nowhere(engine: Engine):
    graph = graph_of(engine, packed(some()), event("move", items=boxes(1), to="X"))
    box = next(row.key for row in graph.find(kind="container").items)
    assert graph.positions(box).positions == ()


def test_contents_in_several_units(engine: Engine):
    graph = graph_of(
        engine,
        packed(some("1", "kg")),
        packed(some("500", "g")),
        event("receipt", items=boxes(1), party="S"),
    )
    assert where(graph) == {HERE: "1500 g"}


def test_a_hold_of_a_container_is_of_what_it_holds(engine: Engine):
    graph = graph_of(engine, received(), packed(some()), event("hold", items=boxes(1)))
    assert where(graph) == LEFT | {place("W", "on hold"): "4 each"}


# -- corrections and cuts


def test_a_void_takes_its_postings_back(engine: Engine):
    wrong = shipped(party="C")
    graph = graph_of(engine, received(), wrong, DESK.void(wrong, occurred_at=at(9000)))

    assert where(graph, known_at=2) == AWAY
    assert where(graph) == {HERE: "10 each"}
    assert where(graph, as_of=at(60 * DESK.written)) == {HERE: "10 each"}  # at every instant


def test_a_void_that_came_first(engine: Engine):
    wrong = shipped(party="C")
    graph = graph_of(engine, received(), DESK.void(wrong), wrong)
    assert where(graph) == where(graph, known_at=2) == {HERE: "10 each"}


def test_a_voided_packing_record(engine: Engine):
    wrong = packed(some("1"))
    graph = graph_of(
        engine,
        received(),
        packed(some("3")),
        wrong,
        shipped(items=boxes(1), party="C"),
        DESK.void(wrong),
    )
    assert where(graph, known_at=4) == AWAY
    assert where(graph) == {HERE: "7 each", party("C", "in transit"): "3 each"}


def test_as_of_looks_at_when_it_occurred(engine: Engine):
    graph = graph_of(
        engine,
        shipped(party="C", occurred_at=at(3)),
        received(occurred_at=at(1)),
        event("delivery", party="C", occurred_at=at(4)),
    )
    assert where(graph, as_of=at(0)) == {}
    assert where(graph, as_of=at(1)) == where(graph, as_of=at(2)) == {HERE: "10 each"}
    assert where(graph, as_of=at(3)) == AWAY
    assert where(graph, as_of=at(3), known_at=1) == {
        HERE: "-4 each",
        party("C", "in transit"): "4 each",
    }
    assert where(graph, as_of=at(4)) == where(graph) == THERE


def test_a_balance_below_zero_is_an_anomaly(engine: Engine):
    graph = graph_of(
        engine,
        shipped(items=some("12"), party="C", occurred_at=at(1), id="first"),
        received(occurred_at=at(2)),
    )
    (gap,) = graph.positions(RM, as_of=at(1)).anomalies
    assert (gap.rule, gap.event, gap.quantity) == (
        "balance_negative", "urn:tracegraph:event:mes:first", "12",
    )  # fmt: skip
    assert where(graph) == {HERE: "-2 each", party("C", "in transit"): "12 each"}
    # Late paperwork is told as long as the record says that more went than was there.
    assert rules(graph) == ["balance_negative"]


@pytest.mark.parametrize("type_", ["shipment", "move", "use", "production"])
def test_what_is_taken_from_hold_is_an_anomaly(engine: Engine, type_: str):
    lines = some("1", state="hold")
    fields = {"items": None, "inputs": lines} if type_ == "production" else {"items": lines}
    more = {"shipment": {"party": "C"}, "move": {"to": "X"}}.get(type_, {})
    before = [received(), event("hold")]
    taken = event(type_, **fields, **more, id=f"taken-{type_}")
    graph = graph_of(engine, *before, taken)

    (gap,) = graph.positions(RM).anomalies
    assert gap.event == f"urn:tracegraph:event:mes:taken-{type_}"
    assert "hold" in gap.rule


def test_a_release_takes_nothing_from_hold(engine: Engine):
    graph = graph_of(engine, received(), event("hold"), event("release", items=some("3")))
    assert rules(graph) == []
    assert where(graph) == {HERE: "9 each", place("W", "on hold"): "1 each"}


def test_a_second_hold_takes_nothing_from_hold(engine: Engine):
    again = event("hold", items=some("1", state="hold"), occurred_at=at(10**6))
    graph = graph_of(engine, received(), event("hold"), again)
    assert where(graph) == LEFT | {place("W", "on hold"): "4 each"}
    assert rules(graph) == []
