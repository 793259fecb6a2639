"""Differences of two scopes: which events caused them, master data among them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Desk, Wire, at, container, line, lot, serial
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


def packed(*, boxed: bool = False, minute: float = 3) -> Wire:
    """Two of the lot, in a box; or that box, on a pallet."""
    inside = line(container(1)) if boxed else line(lot("FG-1", "C1"), "2")
    return DESK.event("pack", container=container(2 if boxed else 1), items=[inside], place="W",
                      occurred_at=at(minute))  # fmt: skip


def sent(number: int, minute: float = 5) -> Wire:
    return DESK.event("shipment", items=[line(container(number))], party="C", place="W",
                      occurred_at=at(minute))  # fmt: skip


def test_what_happens_to_a_container_is_a_cause_for_what_it_holds(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), packed())
    shipment, other = sent(1), sent(9)

    change = changes(graph, "A", other, shipment)[FG]

    assert (change.kind, causes(change)) == ("moved", [(shipment["id"], None)])
    void = DESK.void(shipment)
    again = changes(graph, "A", void)[FG]
    assert causes(again) == [(void["id"], f"urn:tracegraph:event:mes:{shipment['id']}")]


def test_what_happens_to_a_pallet_is_a_cause_for_what_its_boxes_hold(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), packed(), packed(boxed=True, minute=4))
    shipment = sent(2)

    assert causes(changes(graph, "A", shipment)[FG]) == [(shipment["id"], None)]


@pytest.mark.parametrize("minute", [2.5, 4])
def test_a_late_record_of_a_box_on_a_pallet_is_a_cause(engine: Engine, minute: float):
    """Even of a box that was filled on the pallet: the pallet was sent with what it held then."""
    graph = engine.graph()
    send(graph, *made(), packed(), sent(2))
    onto = packed(boxed=True, minute=minute)

    change = changes(graph, "A", onto)[FG]

    assert (change.kind, causes(change)) == ("moved", [(onto["id"], None)])


def test_a_late_record_that_a_container_was_emptied_is_a_cause(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), packed(), sent(1))
    emptied = DESK.event("unpack", container=container(1), place="W", occurred_at=at(4))

    change = changes(graph, "A", emptied)[FG]

    assert (change.kind, causes(change)) == ("moved", [(emptied["id"], None)])


def test_packing_beside_an_item_is_no_cause(engine: Engine):
    graph = engine.graph()
    send(graph, *made(), packed())
    beside = DESK.event("pack", container=container(1), items=[line(lot("XX-1", "N"), "1")],
                        place="W", occurred_at=at(4))  # fmt: skip
    shipment = sent(1)

    assert causes(changes(graph, "A", beside, shipment)[FG]) == [(shipment["id"], None)]


@pytest.mark.parametrize("boxed", [False, True])
def test_what_happens_to_a_serial_is_a_cause_for_its_lot(engine: Engine, boxed: bool):
    graph = engine.graph()
    unit = serial("FG-1", "7")
    send(graph, *made(), DESK.event("process", items=[line(serial("FG-1", "7", of="C1"))],
                                    place="W", occurred_at=at(3)),
         DESK.event("pack", container=container(1), items=[line(unit)], place="W",
                    occurred_at=at(4)))  # fmt: skip
    shipment = sent(1)
    if not boxed:
        shipment["items"] = [line(unit)]

    change = changes(graph, "A", shipment)[FG]

    assert (change.kind, causes(change)) == ("moved", [(shipment["id"], None)])
