"""Histories of draws: what is taken out of lots and tanks, built in, mended and taken apart again.

Every expected value is derived by hand. Q is all that ever came into an item until a draw of q
leaves it, a..b the affected of that: the draw holds max(0, q - (Q - a))..min(q, b).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.test_worked_case import TODAY, affected, balance, sent, together, told, where
from tests.builders import Desk, Wire, at, line, lot, serial
from tests.contract.engines import Engine
from tracegraph.recall.answer import Scope


def some(product: str, number: str, quantity: int, unit: str = "each", **more: Any) -> Wire:
    return line(lot(product, number), str(quantity), unit, **more)


def one(product: str, number: str, of: str | None = None) -> Wire:
    return line(serial(product, number, of=of))


def bill(desk: Desk, product: str, *parts: str) -> Wire:
    """A record that a unit of a product takes one of each part."""
    takes = [{"product": part, "quantity": "1", "unit": "each"} for part in parts]
    return desk.product(product, bill_of_materials=takes)


def removed(scope: Scope) -> set[str | None]:
    return {item.number for item in scope.items if item.removed}


# -- a tank with time order


def poured(desk: Desk, milk: str, litres: int) -> Wire:
    into = [some("RAW", "T", litres, "L")]
    return desk.event(
        "merge", inputs=[some("MILK", milk, litres, "L")], outputs=into, place="DAIRY"
    )


def cheese(desk: Desk, number: str, litres: int, made: int) -> Wire:
    drawn, given = [some("RAW", "T", litres, "L")], [some("CHEESE", number, made)]
    return desk.event("production", inputs=drawn, outputs=given, place="DAIRY")


def sold(desk: Desk, party: str, litres: int) -> Wire:
    return desk.shipment(items=[some("RAW", "T", litres, "L")], party=party, place="DAIRY")


def tank() -> list[Wire]:
    desk = Desk()
    milk = [some("MILK", "M1", 1000, "L"), some("MILK", "M2", 500, "L"),
            some("MILK", "M3", 700, "L")]  # fmt: skip
    return [
        desk.receipt(items=milk, place="DAIRY"),
        poured(desk, "M1", 1000),
        cheese(desk, "K1", 400, made=80),
        sold(desk, "EARLY", 100),
        poured(desk, "M2", 500),
        cheese(desk, "K2", 600, made=120),
        poured(desk, "M3", 700),
        sold(desk, "LATE", 500),
    ]


def test_what_left_a_tank_before_the_bad_milk_came_is_not_affected(engine: Engine) -> None:
    """M2 is bad. Cheese K1 (400 L) and EARLY (100 L) were drawn before it came.

    From then on the tank is one mixture with some of M2 in it: all of K2, all 500 L that went to
    LATE, and all that is left: 1000 - 400 - 100 + 500 - 600 + 700 - 500 = 600 L. Of what was
    drawn for cheese, 400 + 600 L, the first 400 were good. Of the 2200 L that ever came into
    the tank all but 400 + 100 L are affected: 1700.
    """
    graph = told(engine, tank())

    scope = graph.scope("M2", as_of=TODAY)

    assert affected(scope) == {
        "M2": ("certain", "500", "500"),
        "T": ("certain", "1700", "1700"),
        "K2": ("certain", "120", "120"),
    }
    assert sent(scope) == {("LATE", "T"): ("500", "500", "500", "500")}
    assert where(scope, "T")["DAIRY", "available"] == ("600", "600", "600")
    assert where(scope, "T")["LATE", "in transit"] == ("500", "500", "500")
    assert where(scope, "T")["EARLY", "in transit"] == ("100", "0", "0")
    assert balance(scope, "T") == {
        "made": "2200", "on_hand": "600", "in_transit": "600", "consumed": "1000",
    }  # fmt: skip
    assert together(scope, "CHEESE") == ("120", "120")
    assert graph.explain("M2", "K1").reason == "time_order"


def test_milk_that_was_there_first_is_in_all_that_came_out(engine: Engine) -> None:
    """M1 was the first in the tank: both cheeses and both customers, and all 2200 L of it."""
    graph = told(engine, tank())

    scope = graph.scope("M1", as_of=TODAY)

    assert affected(scope) == {
        "M1": ("certain", "1000", "1000"),
        "T": ("certain", "2200", "2200"),
        "K1": ("certain", "80", "80"),
        "K2": ("certain", "120", "120"),
    }
    assert sent(scope) == {
        ("EARLY", "T"): ("100", "100", "100", "100"),
        ("LATE", "T"): ("500", "500", "500", "500"),
    }


# -- a shipment before the bad inflow


def refilled(**second: Any) -> list[Wire]:
    """A lot of counted parts is filled twice, and shipped from after each time."""
    desk = Desk()
    return [
        desk.receipt(items=[some("RM", "GOOD", 100), some("RM", "BAD", 50)], place="WH"),
        desk.event("production", inputs=[some("RM", "GOOD", 100)], outputs=[some("FG", "P", 100)],
                   place="WH"),
        desk.shipment(items=[some("FG", "P", 60)], party="K-1", place="WH"),
        desk.event("production", inputs=[some("RM", "BAD", 50)], outputs=[some("FG", "P", 50)],
                   place="WH", **second),
        desk.shipment(items=[some("FG", "P", 60)], party="K-2", place="WH"),
    ]  # fmt: skip


def test_a_shipment_before_the_bad_inflow_is_out(engine: Engine) -> None:
    """Until K-1's shipment Q = 100, none of it affected. At K-2's Q = 150 and a = b = 50.

    So K-2 has max(0, 60 - (150 - 50)) = 0 to min(60, 50) = 50: possible by the rule for draws.
    """
    graph = told(engine, refilled())

    scope = graph.scope("BAD", as_of=TODAY)

    assert affected(scope) == {"BAD": ("certain", "50", "50"), "P": ("certain", "50", "50")}
    assert sent(scope) == {("K-2", "P"): ("60", "60", "0", "50")}
    assert where(scope, "P")["K-1", "in transit"] == ("60", "0", "0")
    assert where(scope, "P")["WH", "available"] == ("30", "0", "30")
    assert balance(scope, "P") == {"made": "150", "on_hand": "30", "in_transit": "120"}


@pytest.mark.parametrize(
    ("second", "tolerance"),
    [
        ({}, "3600"),  # the clocks are an hour apart, so the shipment may have come after
        ({"occurred_at": at(180)}, "0"),  # at the same instant: equal counts both ways
        ({"started_at": at(150)}, "0"),  # it had begun before, so bad parts may have been there
    ],
    ids=["clock tolerance", "same instant", "begun before"],
)
def test_what_may_have_come_before_the_shipment_counts(
    engine: Engine, second: Wire, tolerance: str
) -> None:
    """Then K-1's shipment is a draw of 60 from Q = 150 with a = b = 50, too: 0..50.

    Where the bad parts may have been there at K-1, and surely were at K-2, either may have all.
    """
    graph = told(engine, refilled(**second))

    scope = graph.scope("BAD", clock_tolerance=tolerance, as_of=TODAY)

    assert sent(scope) == {
        ("K-1", "P"): ("60", "60", "0", "50"),
        ("K-2", "P"): ("60", "60", "0", "50"),
    }
    assert together(scope, "FG") == ("50", "50")


# -- serials drawn from a half-affected lot


def half_affected() -> list[Wire]:
    desk = Desk()
    return [
        bill(desk, "VALVE", "BODY"),
        bill(desk, "PUMP", "VALVE"),
        desk.receipt(items=[some("BODY", "A", 5), some("BODY", "B", 5)], place="L4"),
        desk.event("production", inputs=[some("BODY", "A", 5), some("BODY", "B", 5)],
                   outputs=[some("VALVE", "L", 10)], place="L4"),
        desk.event("assembly", inputs=[one("VALVE", "V1", "L")], outputs=[one("PUMP", "P1")],
                   place="L4"),
        desk.shipment(items=[one("VALVE", f"V{n}", "L") for n in range(2, 8)], party="K-1",
                      place="L4"),
        desk.shipment(items=[some("VALVE", "L", 3)], party="K-2", place="L4"),
    ]  # fmt: skip


def test_serials_of_a_half_affected_lot_are_possible_but_six_of_ten_are_not_all_good(
    engine: Engine,
) -> None:
    """Five of the ten valves of L hold a bad body: T = N = n = 10, a = b = 5, g = 5: 5..5.

    One serial is a draw of 1 from Q = 10: max(0, 1 - 5)..1, and so is the pump that took V1. Six
    serials in one shipment are a draw of 6: max(0, 6 - 5)..5, so K-1 surely has a bad one. Three
    without a number: 0..3. Where all are: 1 in the pump, 6 at K-1, 3 at K-2, and five of these
    are bad; K-1 has at least 5 - 1 - 3 = 1 of them.
    """
    graph = told(engine, half_affected())

    scope = graph.scope("A", as_of=TODAY)

    found = affected(scope)
    assert found.pop("A") == ("certain", "5", "5")
    assert found.pop("L") == ("certain", "5", "5")
    assert found == dict.fromkeys(["P1", *(f"V{n}" for n in range(1, 8))], ("possible", "0", "1"))
    assert where(scope, "L") == {
        (None, "consumed"): ("1", "0", "1"),
        ("K-1", "in transit"): ("6", "1", "5"),
        ("K-2", "in transit"): ("3", "0", "3"),
    }
    assert sent(scope) == {
        ("K-1", "L"): ("6", "6", "1", "5"),
        **{("K-1", f"V{n}"): ("1", "1", "0", "1") for n in range(2, 8)},
        ("K-2", "L"): ("3", "3", "0", "3"),
    }
    assert balance(scope, "L") == {"made": "10", "in_transit": "9", "consumed": "1"}


def test_serials_are_not_added_to_the_lot_that_counts_them(engine: Engine) -> None:
    """Ten valves were made and five are bad, however many of them are named."""
    graph = told(engine, half_affected())

    scope = graph.scope("A", as_of=TODAY)

    assert together(scope, "VALVE") == ("5", "5")
    assert together(scope, "PUMP") == ("0", "1")
    (valves,) = (own for own in scope.figures if own.product == "VALVE")
    assert (valves.items_certain, valves.in_transit, valves.consumed) == (1, "9", "1")
    (lot_key,) = (item.key for item in scope.items if item.number == "L")
    assert {item.lot for item in scope.items if item.number == "V3"} == {lot_key}


def test_a_serial_affected_on_its_own_adds_one_unit_to_its_lot_and_none_to_siblings(
    engine: Engine,
) -> None:
    """V7 is bad. Of its lot G (10) exactly one unit is; four without a number: 0..1.

    V8 has a number of its own, so it is not V7, nor is the pump that took it affected.
    """
    desk = Desk()
    graph = told(
        engine,
        [
            desk.event("production", outputs=[some("VALVE", "G", 10)], place="L4"),
            desk.event("inspection", items=[one("VALVE", "V7", "G")], verdict="fail"),
            desk.event("assembly", inputs=[one("VALVE", "V8", "G")], outputs=[one("PUMP", "P8")],
                       place="L4"),
            desk.shipment(items=[some("VALVE", "G", 4)], party="K-1", place="L4"),
        ],
    )  # fmt: skip

    scope = graph.scope("urn:tracegraph:serial:VALVE:V7", as_of=TODAY)

    assert affected(scope) == {"V7": ("certain", "1", "1"), "G": ("certain", "1", "1")}
    assert sent(scope) == {("K-1", "G"): ("4", "4", "0", "1")}
    assert together(scope, "VALVE") == ("1", "1")


# -- two levels of counted parts after a mixture


def levels() -> list[Wire]:
    desk = Desk()
    return [
        bill(desk, "VALVE", "BODY"),
        bill(desk, "SET", "VALVE"),
        desk.receipt(items=[some("RESIN", "A", 10, "kg"), some("BODY", "B2", 300),
                            some("VALVE", "V3", 200)]),
        desk.event("production", inputs=[some("RESIN", "A", 10, "kg")],
                   outputs=[some("BODY", "B1", 1000)]),
        desk.event("production", inputs=[some("BODY", "B1", 700), some("BODY", "B2", 300)],
                   outputs=[some("VALVE", "V1", 600), some("VALVE", "V2", 400)]),
        desk.event("production", inputs=[some("VALVE", "V1", 600), some("VALVE", "V3", 200)],
                   outputs=[some("SET", "S1", 500), some("SET", "S2", 300)]),
    ]  # fmt: skip


def test_counted_parts_lose_certainty_level_by_level_after_a_mixture(engine: Engine) -> None:
    """Resin A is in every body of B1 (1000 of 1000), so in all 700 that went into valves.

    Valves: T = N = 1000, a = b = 700, g = 300. V1 (600): 600 - 300 = 300..600; V2 (400):
    400 - 300 = 100..400; together 700. Sets: of V1 600 were drawn from Q = 600 with 300..600, so
    T = N = 800, a = 300, b = 600, g = 500. S1 (500): 0..500; S2 (300): 0..300; together
    800 - 500 = 300 to min(800, 600) = 600.
    """
    graph = told(engine, levels())

    scope = graph.scope("A", as_of=TODAY)

    assert affected(scope) == {
        "A": ("certain", "10", "10"),
        "B1": ("certain", "1000", "1000"),
        "V1": ("certain", "300", "600"),
        "V2": ("certain", "100", "400"),
        "S1": ("possible", "0", "500"),
        "S2": ("possible", "0", "300"),
    }
    assert together(scope, "VALVE") == ("700", "700")
    assert together(scope, "SET") == ("300", "600")
    assert {item.number: item.depth for item in scope.items} == {
        "A": 0, "B1": 1, "V1": 2, "V2": 2, "S1": 3, "S2": 3,
    }  # fmt: skip
    assert balance(scope, "B1") == {"made": "1000", "on_hand": "300", "consumed": "700"}
    # B1's 300 spare bodies and the 700 built in are all of resin A.
    assert {bounds[1:] for bounds in where(scope, "B1").values()} == {("300",) * 2, ("700",) * 2}


# -- a rework loop


def reworked(*, aside: bool, bad: int = 40) -> list[Wire]:
    """Ten of W's hundred units are mended, as a lot Z of their own or as W, and are W again."""
    desk = Desk()
    ten, stripped = some("FG-9", "W", 10), some("STRIPPED", "Z", 10)
    loop = [(ten, stripped), (stripped, ten)] if aside else [(ten, ten)]
    return [
        desk.receipt(items=[some("RM", "A", bad), some("RM", "B", 100 - bad)], place="L4"),
        desk.event("production", inputs=[some("RM", "A", bad), some("RM", "B", 100 - bad)],
                   outputs=[some("FG-9", "W", 100)], place="L4"),
        *(desk.event("rework", inputs=[taken], outputs=[given], place="L4")
          for taken, given in loop),
        desk.shipment(items=[some("FG-9", "W", 80)], party="K-1", place="L4"),
    ]  # fmt: skip


@pytest.mark.parametrize("aside", [True, False], ids=["by a lot of its own", "in place"])
def test_a_rework_loop_counts_no_unit_twice_towards_certainty(engine: Engine, aside: bool) -> None:
    """Of W's 100 units 40 are bad. Ten are mended, 0..10 of them bad, and come back as W.

    Then Q = 110; these ten may be the same bad ones, so a = max(40, 0) = 40, and b = 40 + 10,
    which is below the 100 first made. A draw of 80: max(0, 80 - (110 - 40)) = 10..50. 20 are left.
    """
    graph = told(engine, reworked(aside=aside))

    scope = graph.scope("A", as_of=TODAY)

    found = affected(scope)
    assert found.pop("A") == ("certain", "40", "40")
    assert found.pop("W") == ("certain", "40", "50")
    assert found == ({"Z": ("possible", "0", "10")} if aside else {})
    assert sent(scope) == {("K-1", "W"): ("80", "80", "10", "50")}
    assert balance(scope, "W") == {
        "made": "110", "on_hand": "20", "in_transit": "80", "consumed": "10",
    }  # fmt: skip


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param(True, id="by a lot of its own"),
        pytest.param(False, id="in place"),
    ],
)
def test_after_a_rework_loop_the_units_at_the_customer_are_those_sent(
    engine: Engine, aside: bool
) -> None:
    """What K-1 has is that one draw, 10..50. The 20 left, and the ten consumed, may be any."""
    graph = told(engine, reworked(aside=aside))

    scope = graph.scope("A", as_of=TODAY)

    assert where(scope, "W") == {
        ("L4", "available"): ("20", "0", "20"),
        (None, "consumed"): ("10", "0", "10"),
        ("K-1", "in transit"): ("80", "10", "50"),
    }


@pytest.mark.parametrize("aside", [True, False], ids=["by a lot of its own", "in place"])
def test_a_rework_loop_adds_no_minimum_to_another(engine: Engine, aside: bool) -> None:
    """95 of W's 100 are bad, so 10 - 5 = 5..10 of those mended are, and were among the 95 before.

    Q = 110, a = max(95, 5) = 95 and b = min(95 + 10, 100). A draw of 80: 80 - (110 - 95) = 65..80.
    """
    graph = told(engine, reworked(aside=aside, bad=95))

    scope = graph.scope("A", as_of=TODAY)

    found = affected(scope)
    assert found["W"][:2] == ("certain", "95")
    assert found.get("Z") == (("certain", "5", "10") if aside else None)
    assert sent(scope) == {("K-1", "W"): ("80", "80", "65", "80")}


@pytest.mark.parametrize("aside", [True, False], ids=["by a lot of its own", "in place"])
def test_no_more_are_bad_than_were_first_made(engine: Engine, aside: bool) -> None:
    """Only a hundred units were ever first made, whatever came again: b = min(95 + 10, 100)."""
    graph = told(engine, reworked(aside=aside, bad=95))

    scope = graph.scope("A", as_of=TODAY)

    assert affected(scope)["W"] == ("certain", "95", "100")


def test_what_went_bad_in_rework_reaches_only_what_left_after_it(engine: Engine) -> None:
    """Solvent S (homogeneous) is in all ten reworked units, and K-0's 80 had left before.

    Q = 110 with a = b = 10. K-1's draw of 15: max(0, 15 - 100)..min(15, 10).
    """
    desk = Desk()
    graph = told(
        engine,
        [
            desk.receipt(items=[some("SOLVENT", "S", 2, "L")], place="L4"),
            desk.event("production", outputs=[some("FG-9", "W", 100)], place="L4"),
            desk.shipment(items=[some("FG-9", "W", 80)], party="K-0", place="L4"),
            desk.event("rework", inputs=[some("FG-9", "W", 10), some("SOLVENT", "S", 1, "L")],
                       outputs=[some("FG-9", "W", 10)], place="L4"),
            desk.shipment(items=[some("FG-9", "W", 15)], party="K-1", place="L4"),
        ],
    )  # fmt: skip

    scope = graph.scope("S", as_of=TODAY)

    assert affected(scope) == {"S": ("certain", "2", "2"), "W": ("certain", "10", "10")}
    assert sent(scope) == {("K-1", "W"): ("15", "15", "0", "10")}
    assert balance(scope, "W") == {
        "made": "110", "on_hand": "5", "in_transit": "95", "consumed": "10",
    }  # fmt: skip


# -- disassembly and re-use


def taken_apart(gassed: str = "never") -> list[Wire]:
    """Pump U1, of motor M1 and board B1, is taken apart, and both are built in again.

    Gas G is let in while it is assembled, in a step of its own, or never.
    """
    desk = Desk()
    gas = some("GAS", "G", 1, "kg")
    step = desk.event("process", inputs=[one("PUMP", "U1"), gas], outputs=[one("PUMP", "U1")],
                      place="L4", occurred_at=at(210))  # fmt: skip
    parts = [one("MOTOR", "M1"), one("BOARD", "B1")]
    return [
        bill(desk, "PUMP", "MOTOR", "BOARD"),
        desk.receipt(items=[*parts, one("MOTOR", "M2"), one("BOARD", "B2"), gas], place="L4",
                     occurred_at=at(150)),
        desk.event("assembly", inputs=[*parts, gas] if gassed == "assembled" else parts,
                   outputs=[one("PUMP", "U1")], place="L4", occurred_at=at(180)),
        *([step] if gassed == "on its own" else []),
        desk.event("disassembly", inputs=[one("PUMP", "U1")],
                   outputs=[*parts, one("SEAL", "X1")], place="L4"),
        desk.event("assembly", inputs=[one("MOTOR", "M1"), one("BOARD", "B2")],
                   outputs=[one("PUMP", "U2")], place="L4"),
        desk.event("assembly", inputs=[one("MOTOR", "M2"), one("BOARD", "B1")],
                   outputs=[one("PUMP", "U3")], place="L4"),
        desk.shipment(items=[one("PUMP", "U2")], party="K-2", place="L4"),
        desk.shipment(items=[one("PUMP", "U3")], party="K-3", place="L4"),
    ]  # fmt: skip


BAD = ("certain", "1", "1")


def test_a_part_taken_out_again_is_itself_and_does_not_tell_on_its_siblings(engine: Engine) -> None:
    """Motor M1 is bad: U1 held it and stays in scope, marked; U2 holds it now.

    Board B1 stood beside it and is good, and so is U3. Seal X1 was not recorded as built in, so
    it inherits from U1. M1 came twice (received, taken out) and was built in twice.
    """
    graph = told(engine, taken_apart())

    scope = graph.scope("M1", as_of=TODAY)

    assert affected(scope) == {"M1": BAD, "U1": BAD, "U2": BAD, "X1": BAD}
    assert removed(scope) == {"U1"}
    assert sent(scope) == {("K-2", "U2"): ("1", "1", "1", "1")}
    assert balance(scope, "M1") == {"made": "1", "received": "1", "consumed": "2"}
    why = graph.explain("M1", "U3")
    assert (why.verdict, why.reason) == ("out", "recorded_allocation")


@pytest.mark.parametrize(
    ("seed", "gassed"),
    [
        pytest.param("U1", "never", id="the whole itself"),
        pytest.param("G", "assembled", id="gas while it was assembled"),
        pytest.param(
            "G",
            "on its own",
            id="gas in a step of its own",
        ),
    ],
)
def test_what_was_done_to_the_whole_was_done_to_its_parts(
    engine: Engine, seed: str, gassed: str
) -> None:
    """A bad gas (homogeneous) is in all of U1, as is whatever makes U1 itself a seed.

    Both parts were in it then, so both are affected, and both pumps that they were built into.
    """
    graph = told(engine, taken_apart(gassed))

    scope = graph.scope(seed, as_of=TODAY)

    found = affected(scope)
    assert found.pop("G", BAD) == BAD
    assert found == dict.fromkeys(("U1", "M1", "B1", "X1", "U2", "U3"), BAD)
    assert sent(scope) == {
        ("K-2", "U2"): ("1", "1", "1", "1"),
        ("K-3", "U3"): ("1", "1", "1", "1"),
    }


def test_what_was_done_to_the_whole_is_never_left_out_of_its_parts(engine: Engine) -> None:
    """However sure: of the gas in a step of its own, too, every part and pump is in scope."""
    graph = told(engine, taken_apart("on its own"))

    scope = graph.scope("G", as_of=TODAY)

    assert affected(scope).keys() == {"G", "U1", "M1", "B1", "X1", "U2", "U3"}
    assert set(sent(scope)) == {("K-2", "U2"), ("K-3", "U3")}
