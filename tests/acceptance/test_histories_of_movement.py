"""Histories of movement: what is packed, sent, sent back, sent again, and what was sent by mistake.

In each of them lot L has 100 syringes, and 50 of them hold a bad needle of A: T = N = n = 100 and
a = b = 50, so g = 50 and L holds 100 - 50 = 50..50. A draw of q from Q = 100 holds
max(0, q - 50)..min(q, 50).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.test_worked_case import (
    TODAY,
    affected,
    balance,
    needle,
    sent,
    together,
    told,
    where,
)
from tests.builders import Desk, Wire, at, container, line, lot
from tests.contract.engines import Engine

SYRINGE = "FG-9"
INNER, OTHER, PALLET = container(1), container(2), container(3)


def units(quantity: int, **more: Any) -> Wire:
    return line(lot(SYRINGE, "L"), str(quantity), **more)


def made(desk: Desk) -> list[Wire]:
    """Needles A and B, and the hundred syringes of L made of them, at 08:00."""
    takes = [{"product": "RM-110", "quantity": "1", "unit": "each"}]
    both = [needle("A", 50), needle("B", 50)]
    return [
        desk.product(SYRINGE, bill_of_materials=takes, occurred_at=at(0)),
        desk.receipt(items=both, place="WH"),
        desk.event("production", inputs=both, outputs=[units(100)], place="WH"),
    ]


def ship(desk: Desk, party: str, *items: Wire, **more: Any) -> Wire:
    return desk.shipment(items=list(items), party=party, place="WH", **more)


def gaps(scope: Any, rule: str) -> list[str | None]:
    return [gap.item for gap in scope.gaps if gap.rule == rule]


# -- a container that is split over two customers, with a late packing record


def test_a_pallet_split_over_two_customers_with_a_late_packing_record(engine: Engine) -> None:
    """Carton 1 holds 60 of L and goes to K-1; that carton 2 holds 40 was recorded days later.

    Before: K-1 has 60 - 50 = 10..50, nothing is known of K-2, and 40 are still at WH, 0..40. After:
    the 40 are at K-2, 0..40, and none are left. Of the 50 bad ones 60 - 50 = 10 are surely at K-1.
    """
    desk = Desk()
    early = [
        *made(desk),
        desk.event("pack", container=INNER, items=[units(60)], place="WH"),
        desk.pack(PALLET, INNER, OTHER, place="WH"),
        desk.unpack(PALLET, INNER, OTHER, place="WH"),
        ship(desk, "K-1", line(INNER)),
        ship(desk, "K-2", line(OTHER)),
        desk.event("delivery", items=[line(INNER)], party="K-1"),
    ]
    late = desk.event("pack", container=OTHER, items=[units(40)], place="WH", occurred_at=at(200))
    graph = told(engine, early)
    known = graph.store.published().seq
    before = graph.scope("A", as_of=TODAY)

    assert graph.capture([late]).ok
    after = graph.scope("A", as_of=TODAY)

    lots = {"A": ("certain", "50", "50"), "L": ("certain", "50", "50")}
    assert affected(before) == affected(after) == lots
    assert sent(before) == {("K-1", "L"): ("60", "60", "10", "50")}
    assert where(before, "L") == {
        ("WH", "available"): ("40", "0", "40"),
        ("K-1", "delivered"): ("60", "10", "50"),
    }
    assert balance(before, "L") == {"made": "100", "on_hand": "40", "at_customers": "60"}
    assert sent(after) == {
        ("K-1", "L"): ("60", "60", "10", "50"),
        ("K-2", "L"): ("40", "40", "0", "40"),
    }
    assert where(after, "L") == {
        ("K-1", "delivered"): ("60", "10", "50"),
        ("K-2", "in transit"): ("40", "0", "40"),
    }
    assert balance(after, "L") == {"made": "100", "in_transit": "40", "at_customers": "60"}
    # What was known then is still told as it was known then.
    assert graph.scope("A", as_of=TODAY, known_at=known) == before
    assert graph.scope("A", as_of=at(60 * 6 + 30)).consignees == ()


def test_what_a_late_record_took_off_a_pallet_never_went_with_it(engine: Engine) -> None:
    """The pallet with L went to K-1, and 40 loose ones to K-2: 140 of 100, so 40 are overdrawn.

    Before: the 40 that never came in may be good, so K-1's 100 hold max(0, 100 - (140 - 50)) = 10
    to 50, and K-2's 40 hold 0..40. Then a record comes: 40 had been taken off before.
    After: K-1 got 60 (10..50), K-2 40 (0..40), and the balance is even.
    """
    desk = Desk()
    early = [
        *made(desk),
        desk.event("pack", container=PALLET, items=[units(100)], place="WH"),
        ship(desk, "K-1", line(PALLET), occurred_at=at(360)),
        ship(desk, "K-2", units(40), occurred_at=at(420)),
    ]
    late = desk.event("unpack", container=PALLET, items=[units(40)], place="WH",
                      occurred_at=at(300))  # fmt: skip
    graph = told(engine, early)
    before = graph.scope("A", as_of=TODAY)

    assert graph.capture([late]).ok
    after = graph.scope("A", as_of=TODAY)

    assert sent(before) == {
        ("K-1", "L"): ("100", "100", "10", "50"),
        ("K-2", "L"): ("40", "40", "0", "40"),
    }
    assert balance(before, "L") == {"made": "100", "overdrawn": "40", "in_transit": "140"}
    (own,) = (own for own in before.balances if own.item.endswith(":L"))
    assert not own.explained
    assert gaps(before, "balance_negative") == ["urn:tracegraph:lot:FG-9:L"]
    assert sent(after) == {
        ("K-1", "L"): ("60", "60", "10", "50"),
        ("K-2", "L"): ("40", "40", "0", "40"),
    }
    assert balance(after, "L") == {"made": "100", "in_transit": "100"}
    assert gaps(after, "balance_negative") == []


# -- return and reshipment


def returned(desk: Desk) -> list[Wire]:
    """K-1 gets 60 and sends 20 back, which are released; K-2 then gets 30 from the shelf."""
    back = units(20, state="quarantine")
    return [
        *made(desk),
        ship(desk, "K-1", units(60), order="SO-1", documents=["DN-1"]),
        desk.event("delivery", items=[units(60)], party="K-1"),
        desk.event("return", items=[units(20)], party="K-1", place="WH"),
        desk.event("hold", items=[back], place="WH", reason="inspect"),
        desk.event("release", items=[units(20)], place="WH", reason="passed"),
        ship(desk, "K-2", units(30), order="SO-2", documents=["DN-2"]),
    ]


def test_what_came_back_can_be_sent_again(engine: Engine) -> None:
    """60 to K-1 hold 10..50, of which 40 are still there: 0..40. K-2's 30 hold 0..30.

    Q stays 100: what comes back is no new inflow. 100 - 60 + 20 - 30 = 30 are at WH, 0..30. Of
    the 40 + 30 + 30 units fifty are bad, wherever they are.
    """
    graph = told(engine, returned(Desk()))

    scope = graph.scope("A", as_of=TODAY)

    assert affected(scope) == {"A": ("certain", "50", "50"), "L": ("certain", "50", "50")}
    assert together(scope, SYRINGE) == ("50", "50")
    assert sent(scope) == {
        ("K-1", "L"): ("60", "40", "10", "50"),
        ("K-2", "L"): ("30", "30", "0", "30"),
    }
    assert where(scope, "L") == {
        ("K-1", "delivered"): ("40", "0", "40"),
        ("K-2", "in transit"): ("30", "0", "30"),
        ("WH", "available"): ("30", "0", "30"),
    }
    assert balance(scope, "L") == {
        "made": "100", "on_hand": "30", "in_transit": "30", "at_customers": "40",
    }  # fmt: skip
    assert [who.items[0].documents for who in scope.consignees] == [("DN-1",), ("DN-2",)]
    assert {order.number for order in scope.orders} == {"SO-1", "SO-2"}


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        # hour of the return (60 - 20 at K-1), of the hold, of the release
        (6, {("K-1", "delivered"): "40", ("WH", "quarantine"): "20", ("WH", "available"): "40"}),
        (7, {("K-1", "delivered"): "40", ("WH", "on hold"): "20", ("WH", "available"): "40"}),
        (8, {("K-1", "delivered"): "40", ("WH", "available"): "60"}),
    ],
    ids=["returned", "on hold", "released"],
)
def test_on_its_way_back_it_is_where_it_is(
    engine: Engine, hour: int, expected: dict[tuple[str, str], str]
) -> None:
    """Nothing moves but the 20: as of each instant they are in one account, with 0..20 bad."""
    graph = told(engine, returned(Desk()))

    scope = graph.scope("A", as_of=at(60 * hour))

    found = where(scope, "L")
    assert {account: quantity for account, (quantity, _, _) in found.items()} == expected
    twenty = [bounds for quantity, *bounds in found.values() if quantity == "20"]
    assert twenty == [["0", "20"]] * (hour < 8)


@pytest.mark.parametrize(
    ("quantity", "least", "twice"),
    # Both shipments may hold the same ten bad ones, or the same fifty: 10, not 20; 50, not 100.
    [(60, "10", "120"), (100, "50", "200")],
)
def test_what_may_have_been_drawn_twice_is_not_added(
    engine: Engine, quantity: int, least: str, twice: str
) -> None:
    """K-1 gets q of L, sends them back and gets q again: each time q - 50 to 50 bad ones."""
    desk = Desk()
    some = units(quantity)
    graph = told(
        engine,
        [
            *made(desk),
            ship(desk, "K-1", some),
            desk.event("delivery", items=[some], party="K-1"),
            desk.event("return", items=[{**some, "state": "available"}], party="K-1", place="WH"),
            ship(desk, "K-1", some),
        ],
    )

    scope = graph.scope("A", as_of=TODAY)

    assert sent(scope) == {("K-1", "L"): (twice, str(quantity), least, "50")}
    assert where(scope, "L")["K-1", "in transit"] == (str(quantity), least, "50")


# -- a voided shipment


def test_a_voided_shipment_never_went_there(engine: Engine) -> None:
    """Recorded as sent to K-1, corrected in one batch: it went to K-2.

    A void acts at every as_of, also before it; only what was known before still says K-1.
    """
    desk = Desk()
    early = made(desk)
    wrong = ship(desk, "K-1", units(60), id="ship-88")
    right = ship(desk, "K-2", units(60), id="ship-89", replaces="ship-88",
                 occurred_at=wrong["occurred_at"])  # fmt: skip
    graph = told(engine, [*early, wrong])
    known = graph.store.published().seq
    voiding = desk.void(wrong, occurred_at=at(60 * 12))
    assert graph.capture([voiding, right]).ok

    now = graph.scope("A", as_of=TODAY)
    earlier = graph.scope("A", as_of=at(60 * 6))
    then = graph.scope("A", as_of=TODAY, known_at=known)

    assert sent(now) == sent(earlier) == {("K-2", "L"): ("60", "60", "10", "50")}
    assert sent(then) == {("K-1", "L"): ("60", "60", "10", "50")}
    assert balance(now, "L") == {"made": "100", "on_hand": "40", "in_transit": "60"}


@pytest.mark.parametrize("void_first", [False, True], ids=["void after", "void before"])
def test_a_shipment_voided_for_good_left_all_at_home(engine: Engine, void_first: bool) -> None:
    """Nothing replaces it: the hundred are at WH with all fifty bad ones, and nobody got any.

    In whatever order the two arrive.
    """
    desk = Desk()
    early = made(desk)
    wrong = ship(desk, "K-1", units(60))
    pair = [wrong, desk.void(wrong)]
    graph = told(engine, [*early, *(reversed(pair) if void_first else pair)])

    scope = graph.scope("A", as_of=TODAY)

    assert scope.consignees == ()
    assert where(scope, "L") == {("WH", "available"): ("100", "50", "50")}
    assert balance(scope, "L") == {"made": "100", "on_hand": "100"}


# -- goods under way


@pytest.mark.parametrize(
    ("days", "account"), [(30, "in_transit"), (31, "unaccounted")], ids=["recent", "overdue"]
)
def test_what_never_arrives_is_unaccounted_for(engine: Engine, days: int, account: str) -> None:
    """Sent on the first day, judged 30 and 31 days later: more than thirty need an explanation."""
    desk = Desk()
    event = ship(desk, "K-1", units(60), occurred_at=at(600))
    graph = told(engine, [*made(desk), event])

    scope = graph.scope("A", as_of=at(600 + days * 24 * 60))

    assert balance(scope, "L") == {"made": "100", "on_hand": "40", account: "60"}
    (own,) = (own for own in scope.balances if own.item.endswith(":L"))
    assert own.explained is (account == "in_transit")
