"""The worked case of the domain: needles A and B go into a thousand syringes, cartons C1 and C2.

Every expected value is derived by hand beside it. T is the needles in the slot, a..b the affected
of them, N the syringes made, n those of the carton that is asked for, and g the needles that may
be good. The functions here that read an answer serve the other histories, too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.builders import Desk, Wire, at, line, lot
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Scope

NEEDLE, RESIN, SYRINGE = "RM-110", "RM-7", "FG-9"
TODAY = at(60 * 24)  # when the age of goods under way is judged: a day after dawn
CAME = ("made", "received", "overdrawn")
WENT = ("on_hand", "in_transit", "at_customers", "consumed", "destroyed", "used",
        "returned_to_supplier", "adjusted", "unaccounted")  # fmt: skip


def affected(scope: Scope) -> dict[str | None, tuple[str, str, str | None]]:
    """Certainty and bounds of every affected item, by its number."""
    return {item.number: (item.certainty, item.units_min, item.units_max) for item in scope.items}


def together(scope: Scope, product: str) -> tuple[str, str | None]:
    """The headline bounds of all units of a product."""
    (found,) = (own for own in scope.figures if own.product == product)
    return found.units_min, found.units_max


def where(scope: Scope, number: str) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """Positions of an item: (holder, state) -> (quantity, units_min, units_max)."""
    (key,) = (item.key for item in scope.items if item.number == number)
    return {
        (found.holder, found.state): (found.quantity, found.units_min or "", found.units_max or "")
        for found in scope.positions
        if found.item == key
    }


def sent(scope: Scope) -> dict[tuple[str, str | None], tuple[str | None, ...]]:
    """What consignees got: (party, item) -> (sent, still held, units_min, units_max)."""
    return {
        (who.party, got.number): (got.sent, got.held, got.units_min, got.units_max)
        for who in scope.consignees
        for got in who.items
    }


def balance(scope: Scope, number: str) -> dict[str, str]:
    """The terms of an item's mass balance that are not zero; its two sides must be equal."""
    (key,) = (item.key for item in scope.items if item.number == number)
    (found,) = (own for own in scope.balances if own.item == key)
    came = sum(Decimal(getattr(found, term)) for term in CAME)
    assert came == sum(Decimal(getattr(found, term)) for term in WENT)
    return {term: own for term in (*CAME, *WENT) if (own := getattr(found, term)) != "0"}


def told(engine: Engine, events: list[Wire]) -> Tracegraph:
    """A graph that was told some events, none of them refused."""
    graph = engine.graph()
    report = graph.capture(events)
    assert report.ok, report.outcomes
    return graph


def needle(number: str, quantity: int, **more: Any) -> Wire:
    return line(lot(NEEDLE, number), str(quantity), **more)


def carton(number: str, quantity: int = 500) -> Wire:
    return line(lot(SYRINGE, number), str(quantity))


def records(desk: Desk, *, needles: str | None = "1") -> list[Wire]:
    """Everything that is known beforehand: what a syringe takes, and who is who and where."""
    bill = [] if needles is None else [{"product": NEEDLE, "quantity": needles, "unit": "each"}]
    contact = {"name": "A. Kunz", "email": "kunz@klinik.example"}
    return [
        desk.product(NEEDLE),
        desk.product(SYRINGE, bill_of_materials=bill),
        desk.event("party", number="S-1", roles=["supplier"]),
        desk.event("party", number="K-1", roles=["customer"], contacts=[contact]),
        desk.event("place", number="L4"),
    ]


def run(desk: Desk, a: int, b: int, *, bill: str | None = "1") -> list[Wire]:
    """A and B are received, and go wholly into one run of both cartons."""
    return [
        *records(desk, needles=bill),
        desk.receipt(items=[needle("A", a), needle("B", b)], place="L4"),
        desk.event(
            "production",
            inputs=[needle("A", a), needle("B", b)],
            outputs=[carton("C1"), carton("C2")],
            place="L4",
        ),
    ]


def test_six_hundred_bad_needles_reach_both_cartons(engine: Engine) -> None:
    """A has 600 of T = 1000 needles, so g = 1000 - 600 = 400 may be good.

    A carton of n = 500 holds at least 500 - 400 = 100 bad ones, and at most min(500, 600) = 500.
    Both together hold n = N = 1000: at least 1000 - 400 = 600, at most 600, though the bounds of
    the two cartons add up to 200..1000.
    """
    graph = told(engine, run(Desk(), 600, 400))

    scope = graph.scope("A")

    assert affected(scope) == {
        "A": ("certain", "600", "600"),
        "C1": ("certain", "100", "500"),
        "C2": ("certain", "100", "500"),
    }
    assert together(scope, SYRINGE) == ("600", "600")
    assert where(scope, "C1") == {("L4", "available"): ("500", "100", "500")}
    assert where(scope, "A") == {(None, "consumed"): ("600", "600", "600")}
    assert balance(scope, "C1") == {"made": "500", "on_hand": "500"}
    assert balance(scope, "A") == {"received": "600", "consumed": "600"}
    assert {item.number: item.depth for item in scope.items} == {"A": 0, "C1": 1, "C2": 1}
    assert scope.gaps == ()
    assert {own.completeness for own in scope.figures} == {"1.0000"}


def test_four_hundred_bad_needles_may_all_be_in_one_carton(engine: Engine) -> None:
    """A has 400 of T = 1000, so g = 600, more than the n = 500 of a carton: either may be free.

    A carton holds 0..min(500, 400) = 400. Together: 1000 - 600 = 400 at least, 400 at most.
    """
    graph = told(engine, run(Desk(), 400, 600))

    scope = graph.scope("A")

    assert affected(scope) == {
        "A": ("certain", "400", "400"),
        "C1": ("possible", "0", "400"),
        "C2": ("possible", "0", "400"),
    }
    assert together(scope, SYRINGE) == ("400", "400")
    (syringes,) = (own for own in scope.figures if own.product == SYRINGE)
    assert (syringes.items_certain, syringes.items_possible) == (0, 2)


def test_recorded_by_carton_the_other_one_is_out(engine: Engine) -> None:
    """A went into C1 only: T = N = n = 500, a = b = 400, g = 100: 400..400. C2 took B alone."""
    desk = Desk()
    graph = told(
        engine,
        [
            *records(desk),
            desk.receipt(items=[needle("A", 400), needle("B", 600)]),
            desk.event(
                "production", inputs=[needle("A", 400), needle("B", 100)], outputs=[carton("C1")]
            ),
            desk.event("production", inputs=[needle("B", 500)], outputs=[carton("C2")]),
        ],
    )

    scope = graph.scope("A")

    assert affected(scope) == {"A": ("certain", "400", "400"), "C1": ("certain", "400", "400")}
    assert together(scope, SYRINGE) == ("400", "400")
    why = graph.explain("A", "C2")
    assert (why.verdict, why.reason) == ("out", "recorded_allocation")


def test_of_bulk_resin_both_cartons_are_wholly_affected(engine: Engine) -> None:
    """Six kilograms of A are mixed with four of B, and some of A is in every syringe.

    Had the line said that A is discrete, whichever syringe A went to would be an open question.
    """
    desk = Desk()
    resin = [line(lot(RESIN, "A"), "6", "kg"), line(lot(RESIN, "B"), "4", "kg")]
    graph = told(
        engine,
        [
            desk.receipt(items=resin),
            desk.event("production", inputs=resin, outputs=[carton("C1"), carton("C2")]),
        ],
    )

    scope = graph.scope("A")

    assert affected(scope) == {
        "A": ("certain", "6", "6"),
        "C1": ("certain", "500", "500"),
        "C2": ("certain", "500", "500"),
    }
    assert together(scope, SYRINGE) == ("1000", "1000")


def test_with_waste_and_a_silent_bill_even_six_hundred_are_only_possible(engine: Engine) -> None:
    """T = 2000 needles for N = 1000 syringes: g = max(2000, 1000) - 600 = 1400 may be good.

    All 600 may be among the thousand that were wasted, so no carton is certain; C1 holds
    0..min(500, 600), and both together 0..min(1000, 600).
    """
    graph = told(engine, run(Desk(), 600, 1400, bill=None))

    scope = graph.scope("A")

    assert affected(scope) == {
        "A": ("certain", "600", "600"),
        "C1": ("possible", "0", "500"),
        "C2": ("possible", "0", "500"),
    }
    assert together(scope, SYRINGE) == ("0", "600")


def test_had_a_syringe_two_needles_at_least_half_as_many_are_affected(engine: Engine) -> None:
    """The bill says c = 2: nothing is wasted, and g = 1400 good needles spare 1400 / 2 = 700.

    C1 may be among the spared, or hold min(500, 600). Together: 1000 - 700 = 300 (all bad ones
    in pairs) to 600 (each beside a good one).
    """
    graph = told(engine, run(Desk(), 600, 1400, bill="2"))

    scope = graph.scope("A")

    assert affected(scope)["C1"] == ("possible", "0", "500")
    assert together(scope, SYRINGE) == ("300", "600")


@pytest.mark.parametrize(
    ("shipped", "least", "most", "left"),
    [
        # A draw of q from Q = 500 with 100..500 bad: max(0, q - 400)..min(q, 500).
        (120, "0", "120", ("380", "0", "380")),
        (450, "50", "450", ("50", "0", "50")),
        (500, "100", "500", None),
    ],
)
def test_what_a_customer_got_of_a_carton(
    engine: Engine, shipped: int, least: str, most: str, left: tuple[str, ...] | None
) -> None:
    """What is left of it holds from 100 - (all that the customer may have) up."""
    desk = Desk()
    graph = told(
        engine,
        [
            *run(desk, 600, 400),
            desk.shipment(
                items=[carton("C1", shipped)], party="K-1", place="L4", order="SO-771",
                documents=["DN-5520"], id="ship-88",
            ),
        ],
    )  # fmt: skip

    scope = graph.scope("A", as_of=TODAY)

    assert sent(scope) == {("K-1", "C1"): (str(shipped), str(shipped), least, most)}
    expected = {("K-1", "in transit"): (str(shipped), least, most)}
    assert where(scope, "C1") == expected | ({} if left is None else {("L4", "available"): left})
    (customer,) = scope.consignees
    assert customer.contacts[0]["email"] == "kunz@klinik.example"
    (got,) = customer.items
    assert got.orders == ("SO-771",)
    assert got.documents == ("DN-5520",)
    assert got.events == ("urn:tracegraph:event:mes:ship-88",)
    assert got.first == got.last == "2026-03-02T14:00:00Z"
    assert together(scope, SYRINGE) == ("600", "600")


@pytest.mark.parametrize(
    ("a", "b", "certain", "possible"),
    [
        # 500 syringes cannot do without 500 - 400 needles of A, but may without any of B.
        (600, 400, "A", "B"),
        (400, 600, "B", "A"),
    ],
)
def test_backward_the_same_reasoning_gives_the_origins(
    engine: Engine, a: int, b: int, certain: str, possible: str
) -> None:
    graph = told(engine, run(Desk(), a, b))

    found = {origin.number: origin.certainty for origin in graph.origins("C1").origins}

    assert found == {certain: "certain", possible: "possible"}
