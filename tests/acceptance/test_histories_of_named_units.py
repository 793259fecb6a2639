"""Lots whose units have numbers: histories whose answers were derived by hand."""

from __future__ import annotations

from tests.acceptance.test_histories_of_seeds import (
    END,
    Plant,
    each,
    figures,
    known,
    march,
    sent,
    units,
)
from tests.builders import Wire, line, serial
from tests.contract.engines import Engine


def one(product: str, number: str, of: str) -> Wire:
    return line(serial(product, number, of=of), "1")


def serial_key(product: str, number: str) -> str:
    return f"urn:tracegraph:serial:{product}:{number}"


def test_a_consignee_of_a_sibling_is_none(engine: Engine) -> None:
    """Of F, serial 1 went to C1 and serial 2 to C2; serial 1 is the seed.

    A serial that is affected on its own adds one unit to later *unnamed* draws of its lot, and
    nothing to its named siblings. Both shipments name what went: C1 has the one, C2 has none.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("F"),
            *plant.customers("C1", "C2"),
            plant.makes(march(2), [each("RM", "A", 2)], [one("F", "1", "L"), one("F", "2", "L")]),
            plant.ships(march(3), "C1", one("F", "1", "L")),
            plant.ships(march(4), "C2", one("F", "2", "L")),
        ],
    )

    scope = graph.scope(serial_key("F", "1"), as_of=END)

    assert sent(scope) == {("C1", "1"): ("1", "1", "1"), ("C1", "L"): ("1", "1", "1")}


def test_unnamed_units_of_a_shipment_may_be_the_affected_ones(engine: Engine) -> None:
    """Of F's 4 units, 2 have numbers; serial 1 is the seed, and 3 units go to C1, 2 named with it.

    Named: serial 1, affected, and serial 2, not. The third may be any unit of the lot, so one
    affected unit of two at least, and two at the most: 1 + 0 + (0 to 1).
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("F"),
            *plant.customers("C1"),
            plant.makes(
                march(2),
                [each("RM", "A", 4)],
                [each("F", "L", 4), one("F", "1", "L"), one("F", "2", "L")],
            ),
            plant.ships(march(3), "C1", each("F", "L", 3), one("F", "1", "L"), one("F", "2", "L")),
        ],
    )

    scope = graph.scope(serial_key("F", "1"), as_of=END)

    assert sent(scope)["C1", "1"] == ("1", "1", "1")
    low, high = sent(scope)["C1", "L"][1:]
    assert (low, high) in {("1", "1"), ("1", "2")}
    assert ("C1", "2") not in sent(scope)


def test_a_component_of_a_named_lot_comes_out_clean(engine: Engine) -> None:
    """Dressing d1 was built of pump a1 and hose h, and taken apart again: a1 is as it was.

    It is affected by its own history and by what was done to the whole, not by its siblings: of
    seed h, d1 is affected and removed, a1 and its lot are out, and so is C1, who got lot a.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("PU"),
            *plant.customers("C1"),
            plant.receives(
                march(1), one("PU", "a1", "a"), one("PU", "a2", "a"), each("HS", "h", 1)
            ),
            plant.happens(
                "assembly",
                march(2),
                inputs=[one("PU", "a1", "a"), each("HS", "h", 1)],
                outputs=[one("DR", "d1", "d")],
            ),
            plant.happens(
                "disassembly",
                march(3),
                inputs=[one("DR", "d1", "d")],
                outputs=[one("PU", "a1", "a")],
            ),
            plant.ships(march(4), "C1", each("PU", "a", 2)),
        ],
    )

    scope = graph.scope("urn:tracegraph:lot:HS:h", as_of=END)

    assert units(scope).keys() == {"h", "d", "d1"}
    assert sent(scope) == {}
    assert [item.number for item in scope.items if item.removed] == []


def test_a_figure_counts_no_unit_twice(engine: Engine) -> None:
    """3 FG of 3 bad RM; one goes into a kit and comes out again: there are 3 FG, all affected."""
    plant = Plant()
    three = [one("FG", str(n), "F") for n in (1, 2, 3)]
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(1), each("RM", "A", 3)),
            plant.makes(march(2), [each("RM", "A", 3)], three),
            plant.happens(
                "assembly",
                march(3),
                inputs=[one("FG", "1", "F")],
                outputs=[one("KT", "k1", "K")],
            ),
            plant.happens(
                "disassembly",
                march(4),
                inputs=[one("KT", "k1", "K")],
                outputs=[one("FG", "1", "F")],
            ),
        ],
    )

    scope = graph.scope("urn:tracegraph:lot:RM:A", as_of=END)

    assert figures(scope)["FG"].units_min == "3"
    assert units(scope)["F"][:2] == ("certain", "3")
