"""The orders of a scope: those its items were bought, made or sent under."""

from __future__ import annotations

from tests.builders import Desk, Wire, container, line, lot, serial
from tests.contract.engines import Engine
from tracegraph.recall.answer import Scope

FG = "urn:tracegraph:lot:FG-1:C1"


def unit(number: str, of: str = "C1") -> Wire:
    return line(serial("FG-1", number, of=of))


def made(desk: Desk) -> Wire:
    return desk.event("production", inputs=[line(lot("RM-1", "A"))],
                      outputs=[unit("1"), unit("2")], order="MO-1")  # fmt: skip


def asked(engine: Engine, *events: Wire, seed: str = "A") -> Scope:
    graph = engine.graph()
    assert graph.capture(events).ok
    return graph.scope(seed)


def orders(scope: Scope) -> dict[str, tuple[str, ...]]:
    return {item.key: item.orders for item in scope.items}


def test_a_lot_has_the_orders_of_its_serials(engine: Engine):
    """Two serials were made of A; one was sent as it is, one in a box."""
    desk = Desk()
    scope = asked(
        engine,
        made(desk),
        desk.shipment(serial("FG-1", "1"), order="SO-1"),
        desk.pack(container(1), serial("FG-1", "2")),
        desk.shipment(container(1), order="SO-2"),
    )

    assert orders(scope)[FG] == ("MO-1", "SO-1", "SO-2")
    items = {order.number: order.items for order in scope.orders}
    assert items["SO-1"] == (FG, "urn:tracegraph:serial:FG-1:1")
    assert FG in items["SO-2"]


def test_a_lot_has_orders_only_of_the_time_a_serial_is_of_it(engine: Engine):
    desk = Desk()
    scope = asked(
        engine,
        made(desk),
        desk.event("relabel", inputs=[line(serial("FG-1", "1"))], outputs=[unit("1", of="C2")],
                   order="MO-2"),
        desk.shipment(serial("FG-1", "1"), order="SO-1"),
    )  # fmt: skip

    found = orders(scope)
    assert found[FG] == ("MO-1", "MO-2")
    assert "SO-1" in found["urn:tracegraph:serial:FG-1:1"]
