"""Differences of two scopes: which events caused them, master data among them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Desk, Wire, at, line, lot, serial
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Change
from tracegraph.recall.query import ScopeSeed

RM, FG = "urn:tracegraph:lot:RM-1:A", "urn:tracegraph:lot:FG-1:C1"
DESK = Desk()


def send(graph: Tracegraph, *events: Wire) -> None:
    assert graph.capture(events).ok


def made() -> list[Wire]:
    """Material in kilograms and in pieces, made into a lot that went to a customer."""
    return [
        DESK.event("receipt", items=[line(lot("RM-1", "A"), "10")], party="S", place="W",
                   occurred_at=at(1)),
        DESK.event("receipt", items=[line(lot("RM-1", "B"), "10")], party="S", place="W",
                   occurred_at=at(1)),
        DESK.event("production", inputs=[line(lot("RM-1", "A"), "6"), line(lot("RM-1", "B"), "4")],
                   outputs=[line(lot("FG-1", "C1"), "5"), line(lot("FG-1", "C2"), "5")],
                   place="W", occurred_at=at(2)),
        DESK.event("shipment", items=[line(lot("FG-1", "C1"), "2")], party="C", place="W",
                   occurred_at=at(3)),
    ]  # fmt: skip


def changes(graph: Tracegraph, seed: str | ScopeSeed, *late: Wire) -> dict[str, Change]:
    """What late records change, by item."""
    before = graph.save_scope(graph.scope(seed))
    send(graph, *late)
    return {change.item: change for change in graph.diff(before.id).changes}


def causes(change: Change) -> list[tuple[str, str | None]]:
    return [(cause.event.rsplit(":", 1)[-1], cause.voids) for cause in change.causes]


def record(type_: str, number: str, **fields: Any) -> Wire:
    return DESK.event(type_, number=number, occurred_at=at(0), **fields)


def test_a_late_bill_is_a_cause(engine: Engine):
    graph = engine.graph()
    send(graph, *made())
    bill = DESK.product("FG-1", occurred_at=at(0), bill_of_materials=[
        {"product": "RM-1", "quantity": "2", "unit": "each"}])  # fmt: skip
    other = DESK.product("XX-1", occurred_at=at(0))

    found = changes(graph, "A", other, bill)

    assert found.keys() == {FG, FG[:-1] + "2"}
    for change in found.values():
        assert causes(change) == [(bill["id"], None)], change


def test_a_late_factor_is_a_cause_downstream_too(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), DESK.event("scrap", items=[line(lot("RM-1", "A"), "1", "kg")],
                                    place="W", occurred_at=at(3)))  # fmt: skip
    factor = DESK.product("RM-1", occurred_at=at(0),
                          factors=[{"unit": "each", "equals": "500", "of": "g"}])  # fmt: skip

    found = changes(graph, "A", factor)

    assert (found[RM].kind, causes(found[RM])) == ("moved", [(factor["id"], None)])


def test_a_late_shelf_life_and_its_void_are_causes(engine: Engine):
    graph = engine.graph()
    send(graph, *made())
    life = DESK.product("FG-1", occurred_at=at(0), shelf_life_days=30)

    change = changes(graph, "A", life)[FG]

    assert (change.kind, causes(change)) == ("changed", [(life["id"], None)])
    assert change.before is not None
    assert change.after is not None
    assert (change.before["expires_on"], change.after["expires_on"]) == (None, "2026-04-01")
    void = DESK.void(life)
    again = changes(graph, "A", void)[FG]
    assert causes(again) == [(void["id"], f"urn:tracegraph:event:mes:{life['id']}")]


def test_records_of_who_holds_an_item_are_causes(engine: Engine):
    graph = engine.graph()
    send(graph, *made())
    party, place = record("party", "C", name="Clinic"), record("place", "W", market="DE")
    other = record("party", "D")
    moved = DESK.event("shipment", items=[line(lot("FG-1", "C1"), "1")], party="C", place="W",
                       occurred_at=at(4))  # fmt: skip

    change = changes(graph, "A", party, place, other, moved)[FG]

    assert causes(change) == [(each["id"], None) for each in (party, place, moved)]


def test_a_place_that_is_put_into_a_seed_is_a_cause(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), record("place", "HALL"))
    inside = record("place", "W", inside="HALL")

    found = changes(graph, ScopeSeed("place", "HALL"), inside)

    assert found[RM].kind == "in"
    assert causes(found[RM]) == [(inside["id"], None)]


def test_a_late_calibration_is_a_cause(engine: Engine):
    graph = engine.graph()
    unit = serial("FG-1", "1")
    looked = DESK.event("inspection", items=[line(unit)], equipment=["G-1"], verdict="pass",
                        occurred_at=at(5))  # fmt: skip
    fine = DESK.event("equipment", number="G-1", calibrated_on="2026-03-01", verdict="pass",
                      occurred_at=at(1))  # fmt: skip
    send(graph, DESK.event("receipt", items=[line(unit)], place="W", occurred_at=at(1)), fine,
         looked)  # fmt: skip
    again = DESK.event("equipment", number="G-1", calibrated_on="2026-03-03", verdict="pass",
                       occurred_at=at(9))  # fmt: skip

    found = changes(graph, ScopeSeed("instrument", "G-1"), again)

    assert [(change.kind, causes(change)) for change in found.values()] == [
        ("out", [(again["id"], None)])
    ]


@pytest.mark.parametrize("records", ["product", "party", "place", "equipment"])
def test_what_concerns_nothing_here_is_no_cause(engine: Engine, records: str):
    graph = engine.graph()
    send(graph, *made())
    used = DESK.event("use", items=[line(lot("FG-1", "C1"), "1")], place="W", occurred_at=at(4))

    change = changes(graph, "A", record(records, "OTHER"), used)[FG]

    assert causes(change) == [(used["id"], None)]
