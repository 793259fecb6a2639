"""Lots of one product that are the same units under other names: each unit counts once.

Each history has its derivation beside it; "draw" and "slot" as in `test_histories_of_seeds`. The
figures of a product are the units that bear, under any name, what is bad: those of its lots, less
those that an event took under one name and gave under another.
"""

from __future__ import annotations

from tests.acceptance.test_histories_of_named_units import one
from tests.acceptance.test_histories_of_seeds import (
    END,
    Plant,
    each,
    figures,
    known,
    march,
    units,
)
from tests.builders import Wire, line, lot
from tests.contract.engines import Engine
from tracegraph.recall.answer import Figures, Scope
from tracegraph.recall.query import ScopeSeed


def grams(product: str, number: str, quantity: int) -> Wire:
    return line(lot(product, number), str(quantity), unit="g")


def headline(scope: Scope, product: str) -> tuple[str, str | None, str, str, str | None]:
    """Least and most affected units, on hand, consumed, and the share that is free of gaps."""
    found: Figures = figures(scope)[product]
    least, most = found.units_min, found.units_max
    return least, most, found.on_hand, found.consumed, found.completeness


def test_19_a_lot_that_is_split_is_as_many_as_before(engine: Engine) -> None:
    """100 of A become 60 of B and 40 of C: there are 100, all on hand, none consumed."""
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "A", 100)),
            plant.happens(
                "split", march(3), inputs=[each("FG", "A", 100)],
                outputs=[each("FG", "B", 60), each("FG", "C", 40)],
            ),
        ],
    )  # fmt: skip

    scope = graph.scope("urn:tracegraph:lot:FG:A", as_of=END)

    assert units(scope) == {
        "A": ("certain", "100", "100", "100"),
        "B": ("certain", "60", "60", "60"),
        "C": ("certain", "40", "40", "40"),
    }
    assert headline(scope, "FG") == ("100", "100", "100", "0", "1.0000")


def test_20_of_a_lot_that_is_split_twenty_are_bad_wherever_they_went(engine: Engine) -> None:
    """20 of A's 100 are bad; A became B (60) and C (40), and B became D (60).

    B holds 0 to 20 of them, C 0 to 20, and D what B had: 0 to 20. Neither the split nor the new
    label can have made others bad: 20 are, as at the beginning.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "A", 20), id="bad"),
            plant.receives(march(2, 9), each("FG", "A", 80)),
            plant.happens(
                "split", march(3), inputs=[each("FG", "A", 100)],
                outputs=[each("FG", "B", 60), each("FG", "C", 40)],
            ),
            plant.happens(
                "relabel", march(4), inputs=[each("FG", "B", 60)], outputs=[each("FG", "D", 60)]
            ),
        ],
    )  # fmt: skip

    scope = graph.scope(ScopeSeed("event", "mes/bad"), as_of=END)

    assert {number: found[:3] for number, found in units(scope).items()} == {
        "A": ("certain", "20", "20"),
        "B": ("possible", "0", "20"),
        "C": ("possible", "0", "20"),
        "D": ("possible", "0", "20"),
    }
    assert headline(scope, "FG")[:4] == ("20", "20", "100", "0")


def test_21_what_rework_lost_was_consumed(engine: Engine) -> None:
    """10 of A's 100 are mended with glue, 8 come out as R: 100 in all, of which 2 were consumed."""
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "A", 100), each("GL", "G", 50)),
            plant.happens(
                "rework", march(3), inputs=[each("FG", "A", 10), each("GL", "G", 10)],
                outputs=[each("FG", "R", 8)],
            ),
        ],
    )  # fmt: skip

    scope = graph.scope("urn:tracegraph:lot:FG:A", as_of=END)

    assert headline(scope, "FG") == ("100", "100", "98", "2", "1.0000")


def test_22_what_was_blended_into_a_new_batch_may_be_in_it_or_lost(engine: Engine) -> None:
    """100 g of bad P1 go with 900 g of resin into 950 g of P2, all of which are affected.

    50 g were lost, of P1 or of resin, and a batch that is made is no new label: P1's 100 and P2's
    950 are at most 1,050; at least 950, if all of P1 is in there. The records do not say which of
    P1 came out, so that all 100 g count as consumed.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("P"),
            plant.receives(march(2), grams("P", "P1", 100), grams("RS", "R", 900)),
            plant.makes(
                march(3), [grams("P", "P1", 100), grams("RS", "R", 900)], [grams("P", "P2", 950)]
            ),
        ],
    )

    scope = graph.scope("urn:tracegraph:lot:P:P1", as_of=END)

    assert headline(scope, "P")[:4] == ("950", "1050", "950", "100")


def test_22_what_is_made_of_its_own_product_may_be_new_units(engine: Engine) -> None:
    """2 of A's 10 are bad; 10 of A and 10 clean parts are made into 8 of N: new ones, or the old.

    N holds 0 to 2 bad ones (a slot of 10 with 2 bad, one each: 10 - 2 = 8 may be good). They are
    the two of A, or two made of these: 2 to 4 in all. All of A was consumed.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "A", 2), id="bad"),
            plant.receives(march(2, 9), each("FG", "A", 8), each("PT", "T", 10)),
            plant.makes(march(3), [each("FG", "A", 10), each("PT", "T", 10)], [each("FG", "N", 8)]),
        ],
    )

    scope = graph.scope(ScopeSeed("event", "mes/bad"), as_of=END)

    assert units(scope)["N"] == ("possible", "0", "2", "8")
    assert headline(scope, "FG")[:4] == ("2", "4", "8", "10")


def test_23_a_merger_adds_no_bad_units(engine: Engine) -> None:
    """10 of A are bad, 30 of U are good; merged into M, 10 of its 40 are bad: 10 in all.

    Of M 10 are affected (a slot of 40 with 10 bad, one each). M's units are 40, A's 10 among them.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "A", 10), each("FG", "U", 30)),
            plant.happens(
                "merge", march(3), inputs=[each("FG", "A", 10), each("FG", "U", 30)],
                outputs=[each("FG", "M", 40)],
            ),
        ],
    )  # fmt: skip

    scope = graph.scope("urn:tracegraph:lot:FG:A", as_of=END)

    assert units(scope)["M"] == ("certain", "10", "10", "40")
    assert headline(scope, "FG") == ("10", "10", "40", "0", "1.0000")


def test_24_a_serial_that_moves_to_another_lot_is_one_unit(engine: Engine) -> None:
    """S1 of lot A gets a new label, of lot B: A's three units are three, two in A and one in B."""
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(
                march(2), *(one("FG", f"S{n}", "A") for n in (1, 2, 3))
            ),
            plant.happens(
                "relabel", march(3), inputs=[one("FG", "S1", "A")],
                outputs=[one("FG", "T1", "B")],
            ),
        ],
    )  # fmt: skip

    scope = graph.scope("urn:tracegraph:lot:FG:A", as_of=END)

    assert headline(scope, "FG")[:4] == ("3", "3", "3", "0")


def test_25_rework_in_place_consumes_nothing(engine: Engine) -> None:
    """10 of W's 100 are mended and are W again: 100 units of it, none consumed."""
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("FG"),
            plant.receives(march(2), each("FG", "W", 100)),
            plant.happens(
                "rework", march(3), inputs=[each("FG", "W", 10)], outputs=[each("FG", "W", 10)]
            ),
        ],
    )

    scope = graph.scope("urn:tracegraph:lot:FG:W", as_of=END)

    assert headline(scope, "FG")[:4] == ("100", "100", "100", "0")
