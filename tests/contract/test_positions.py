"""Positions after each type of event, by the posting table of the domain; each case by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders import Wire, at, container, gtin, line, lot, package, serial
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
    Where,
    event,
    gone,
    graph_of,
    party,
    place,
    received,
    rules,
    shipped,
    some,
    told,
    where,
)
from tracegraph.model.refusal import Refused
from tracegraph.recall.query import ScopeSeed
from tracegraph.trace.answer import UnknownItem

# What stands in the table, row by row: ten are received at W, then four are in the event.
TABLE: dict[str, tuple[list[Wire], Where]] = {
    "receipt": ([], {HERE: "10 each"}),
    "receipt into quarantine": (
        [event("receipt", items=some(state="quarantine"), party="S")],
        {HERE: "10 each", place("W", "quarantine"): "4 each"},
    ),
    **{
        f"{type_} takes": (
            [event(type_, items=None, inputs=some(), outputs=[line(lot("X", "1"), "1")])],
            LEFT | {gone("consumed"): "4 each"},
        )
        for type_ in ("production", "assembly", "disassembly", "rework", "split", "merge",
                      "relabel", "process")
    },
    **{
        f"{type_} gives": (
            [event(type_, items=None, outputs=some(), place="X")],
            {HERE: "10 each", place("X"): "4 each"},
        )
        for type_ in ("production", "assembly", "disassembly", "rework", "split", "merge",
                      "relabel", "process")
    },
    "an issue without a receipt": (
        [event("production", items=None, inputs=some(), run="R")],
        LEFT | {gone("consumed"): "4 each"},
    ),
    "rework into itself": (
        [event("rework", items=None, inputs=some(), outputs=some("3"))],
        {HERE: "9 each", gone("consumed"): "4 each"},
    ),
    "move": ([event("move", to="X")], LEFT | {place("X"): "4 each"}),
    "move of a state": (
        [event("receipt", items=some(state="quarantine"), party="S"),
         event("move", items=some("1", state="quarantine"), to="X")],
        {HERE: "10 each", place("W", "quarantine"): "3 each", place("X", "quarantine"): "1 each"},
    ),
    "shipment to a party": ([shipped(party="C")], AWAY),
    "shipment to a place of ours": ([shipped(to="X")], LEFT | {place("X", "in transit"): "4 each"}),
    "delivery to a party": ([shipped(party="C"), event("delivery", party="C")], THERE),
    "delivery of a part": (
        [shipped(party="C"), event("delivery", party="C", items=some("1"))],
        LEFT | {party("C", "in transit"): "3 each", party("C", "delivered"): "1 each"},
    ),
    "delivery to a place of ours": (
        [shipped(to="X"), event("delivery", to="X")], LEFT | {place("X"): "4 each"},
    ),
    "delivery where it is recorded": (
        [shipped(to="X"), event("delivery", place="X")], LEFT | {place("X"): "4 each"},
    ),
    "return": (
        [shipped(party="C"), event("delivery", party="C"),
         event("return", party="C", items=some("1"))],
        LEFT | {party("C", "delivered"): "3 each", place("W", "quarantine"): "1 each"},
    ),
    "return as available": (
        [shipped(party="C"), event("delivery", party="C"),
         event("return", party="C", items=some("1", state="available"))],
        {HERE: "7 each", party("C", "delivered"): "3 each"},
    ),
    "supplier_return": (
        [event("supplier_return", party="S")], LEFT | {party("S", "returned"): "4 each"},
    ),
    "scrap": ([event("scrap", reason="cracked")], LEFT | {gone("destroyed"): "4 each"}),
    "scrap at a customer": (
        [shipped(party="C"), event("delivery", party="C"),
         event("scrap", party="C", items=some("1"), place=None)],
        LEFT | {party("C", "delivered"): "3 each", gone("destroyed"): "1 each"},
    ),
    "use": ([event("use")], LEFT | {gone("used"): "4 each"}),
    "use at a customer": (
        [shipped(party="C"), event("delivery", party="C"), event("use", party="C")],
        LEFT | {gone("used"): "4 each"},
    ),
    "adjustment upwards": (
        [event("adjustment")], {HERE: "14 each", gone("adjusted"): "-4 each"},
    ),
    "hold of a quantity": ([event("hold")], LEFT | {place("W", "on hold"): "4 each"}),
    "hold of what is in quarantine": (
        [event("receipt", items=some(state="quarantine"), party="S"),
         event("hold", items=some("1", state="quarantine"))],
        {HERE: "10 each", place("W", "quarantine"): "3 each", place("W", "on hold"): "1 each"},
    ),
    "release of a quantity": (
        [event("hold"), event("release", items=some("1"))],
        {HERE: "7 each", place("W", "on hold"): "3 each"},
    ),
    "hold without a quantity": ([event("hold", items=[line(lot())])], {HERE: "10 each"}),
    "release without a quantity": (
        [event("hold"), event("release", items=[line(lot())])],
        LEFT | {place("W", "on hold"): "4 each"},
    ),
    "shipped from hold": (
        [event("hold"), shipped(party="C", items=some("1", state="hold"))],
        LEFT | {place("W", "on hold"): "3 each", party("C", "in transit"): "1 each"},
    ),
    "process without outputs": ([event("process")], {HERE: "10 each"}),
    "pack": ([event("pack", container=container())], {HERE: "10 each"}),
    "unpack": (
        [event("pack", container=container()), event("unpack", container=container())],
        {HERE: "10 each"},
    ),
    **{
        type_: ([event(type_)], {HERE: "10 each"})
        for type_ in ("inspection", "observation", "certificate", "deviation", "nonconformance",
                      "capa", "complaint")
    },
    "an unknown quantity": ([shipped(party="C", items=[line(lot())])], {HERE: "10 each"}),
    "more than there is": (
        [shipped(party="C", items=some("12"))],
        {HERE: "-2 each", party("C", "in transit"): "12 each"},
    ),
    "nobody says where": (
        [shipped(place=None)], {HERE: "10 each", place(None): "-4 each",
                                party(None, "in transit"): "4 each"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_table(engine: Engine, name: str):
    events, expected = TABLE[name]
    assert where(graph_of(engine, received(), *events)) == expected


def test_adjustment_downwards(engine: Engine):
    graph = graph_of(engine, received(), event("adjustment", items=some("-4")))
    assert where(graph) == LEFT | {gone("adjusted"): "4 each"}


def test_a_process_that_only_takes(engine: Engine):
    graph = graph_of(engine, received(), event("process", items=None, inputs=some()))
    assert where(graph) == {HERE: "10 each"}


# -- lots and their serials


def test_a_serial_is_a_unit_of_its_lot(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "10"), line(serial("FG", "1", of="L"))]),
        shipped(items=[line(serial("FG", "1"))], party="C"),
    )
    # It posts to both; nothing is added that is told twice.
    assert where(graph, GOODS) == {HERE: "9 each", party("C", "in transit"): "1 each"}
    assert where(graph, ONE) == {party("C", "in transit"): "1 each"}
    product = graph.positions(product="FG").positions
    assert {(p.item, p.holder) for p in product} == {(GOODS, "W"), (GOODS, "C"), (ONE, "C")}


def test_serials_beyond_their_lots_line_count(engine: Engine):
    units = [line(serial("FG", str(n), of="L")) for n in range(3)]
    graph = graph_of(engine, event("receipt", items=[line(lot("FG", "L"), "2"), *units]))
    assert where(graph, GOODS) == {HERE: "3 each"}


def test_a_serial_leaves_its_lot_for_another(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(serial("FG", "1", of="L"))], occurred_at=at(1)),
        event(
            "relabel",
            items=None,
            inputs=[line(serial("FG", "1", of="L"))],
            outputs=[line(serial("FG", "1", of="M"))],
            occurred_at=at(2),
        ),
        shipped(items=[line(serial("FG", "1"))], party="C", occurred_at=at(3)),
    )
    assert where(graph, GOODS) == {gone("consumed"): "1 each"}
    assert where(graph, "urn:tracegraph:lot:FG:M") == {party("C", "in transit"): "1 each"}
    assert where(graph, ONE) == {
        gone("consumed"): "1 each",
        party("C", "in transit"): "1 each",
    }


def test_a_serial_that_is_relabelled_unnamed_leaves_the_lot_of_before(engine: Engine):
    """Its input names no lot, and the event gives it under another: it was of the first."""
    graph = graph_of(
        engine,
        shipped(items=[line(serial("FG", "1"))], party="C", occurred_at=at(3)),
        event(
            "relabel",
            items=None,
            inputs=[line(serial("FG", "1"))],
            outputs=[line(serial("FG", "1", of="M"))],
            occurred_at=at(2),
        ),
        event("receipt", items=[line(serial("FG", "1", of="L"))], occurred_at=at(1)),
    )
    assert where(graph, GOODS) == {gone("consumed"): "1 each"}
    assert where(graph, "urn:tracegraph:lot:FG:M") == {party("C", "in transit"): "1 each"}


def test_a_serial_first_named_where_it_is_relabelled_came_from_its_lot(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "10")], occurred_at=at(1)),
        event(
            "relabel",
            items=None,
            inputs=[line(serial("FG", "1", of="L"))],
            outputs=[line(serial("FG", "1", of="M"))],
            occurred_at=at(2),
        ),
    )
    assert where(graph, GOODS) == {HERE: "9 each", gone("consumed"): "1 each"}
    assert where(graph, ONE) == {HERE: "1 each", gone("consumed"): "1 each"}
    assert [of.number for of in graph.item(ONE).lots] == ["L", "M"]
    scope = graph.scope(GOODS)
    assert {(i.key[-4:], i.certainty, i.units_min, i.units_max) for i in scope.items} == {
        ("FG:L", "certain", "10", "10"),
        ("FG:M", "certain", "1", "1"),
        ("FG:1", "certain", "1", "1"),
    }


def test_a_run_that_gives_a_serial_again_takes_it_before(engine: Engine):
    """What was taken is reported a minute later than what was given."""
    graph = graph_of(
        engine,
        event("receipt", items=[line(serial("FG", "1", of="L"))], occurred_at=at(1)),
        event("relabel", items=None, run="R", outputs=[line(serial("FG", "1", of="M"))],
              occurred_at=at(2)),
        event("relabel", items=None, run="R", inputs=[line(serial("FG", "1"))],
              occurred_at=at(3)),
        event("relabel", items=None, run="S", outputs=[line(serial("FG", "1", of="N"))],
              occurred_at=at(4)),
        event("relabel", items=None, run="S", inputs=[line(serial("FG", "1", of="M"))],
              occurred_at=at(5)),
        shipped(items=[line(serial("FG", "1"))], party="C", occurred_at=at(6)),
    )  # fmt: skip
    gone_on = {gone("consumed"): "1 each"}
    assert where(graph, GOODS) == where(graph, "urn:tracegraph:lot:FG:M") == gone_on
    assert where(graph, "urn:tracegraph:lot:FG:N") == {party("C", "in transit"): "1 each"}


def test_a_serial_is_one_unit_whatever_its_sign(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(serial("FG", "1", of="L"))]),
        event("adjustment", items=[line(serial("FG", "1"), "-1")]),
    )
    assert where(graph, ONE) == where(graph, GOODS) == {gone("adjusted"): "1 each"}


def test_a_serial_in_an_adjustment_of_its_lot(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "10"), line(serial("FG", "1", of="L"))]),
        event("adjustment", items=[line(lot("FG", "L"), "-5"), line(serial("FG", "1"), "-1")]),
    )
    assert where(graph, GOODS) == {HERE: "5 each", gone("adjusted"): "5 each"}


def test_a_serial_of_a_lot_in_mass(engine: Engine):
    """Nobody says what a unit weighs: it has an account of its own."""
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "2", "kg")]),
        shipped(items=[line(serial("FG", "1", of="L"))], party="C"),
    )
    rows = {(r.holder, r.quantity, r.unit) for r in graph.positions(GOODS).positions}
    assert {("W", "2", "kg"), ("C", "1", "each")} <= rows


def test_a_lot_is_where_its_serials_went(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(serial("FG", "1", of="L"))]),
        event("move", items=[line(serial("FG", "1"))], to="X"),
        shipped(items=[line(serial("FG", "1"))], place="X", party="C"),
        event("receipt", items=[line(serial("FG", "2", of="L"))], place="Y"),
        event("move", items=[line(serial("FG", "2"))], place="Y", to="Z"),
    )
    for asked in ({"place": "Z"}, {"party": "C"}):
        rows = graph.positions(**asked).positions
        assert GOODS in {row.item for row in rows}, asked


# -- amounts that are not known, or of several units


def test_an_unknown_quantity_is_a_gap(engine: Engine):
    graph = graph_of(engine, received(), shipped(items=[line(lot())], party="C", id="vague"))

    (gap,) = graph.positions(RM).anomalies
    assert (gap.rule, gap.event) == ("quantity_unknown", "urn:tracegraph:event:mes:vague")


def test_an_unknown_quantity_takes_no_other_line_with_it(engine: Engine):
    graph = graph_of(engine, event("receipt", items=[*some("10"), line(lot())]))

    assert where(graph) == {HERE: "10 each"}
    assert rules(graph) == ["quantity_unknown"]


def test_serials_beside_an_unknown_quantity_count(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L")), line(serial("FG", "1", of="L"))]),
        event("move", items=[line(serial("FG", "1"))], to="X"),
    )
    assert where(graph, GOODS) == {place("X"): "1 each"}


def test_units_convert_within_their_dimension(engine: Engine):
    graph = graph_of(
        engine,
        received(items=some("2", "kg")),
        event("move", items=some("500", "g"), to="X"),
        event("scrap", items=some("250000", "MGM")),
    )
    assert where(graph) == {HERE: "1250 g", place("X"): "500 g", gone("destroyed"): "250 g"}


def test_one_unit_is_kept(engine: Engine):
    graph = graph_of(
        engine, received(items=some("2", "kg")), event("scrap", items=some("1", "KGM"))
    )
    assert where(graph).keys() == {HERE, gone("destroyed")}
    alone = graph_of(engine, received(items=some("3", "PR")))
    assert where(alone) == {HERE: "3 PR"}


@pytest.mark.parametrize("unit", ["ONZ", "GLL"])
def test_one_of_any_unit_is_posted(engine: Engine, unit: str):
    assert where(graph_of(engine, received(items=some("1", unit)))) == {HERE: f"1 {unit}"}


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((("8", "ONZ"), ("0.000001", "ONZ")), "8.000001 ONZ"),  # kept in the one unit
        ((("500", "g"), ("8", "ONZ")), "726.796185 g"),
        ((("500", "g"), ("1", "ONZ")), "528349.523125 MGM"),  # no whole millionth of a gram
        ((("0.000001", "LBR"), ("0.000001", "ONZ")), "0.000017 ONZ"),
        ((("0.0001", "mL"),), "0.0001 mL"),
        ((("1", "L"), ("0.0001", "mL")), "1000.0001 mL"),
        ((("1", "INH"), ("2", "FOT"), ("1", "MMT")), "0.636 m"),
    ],
)
def test_units_are_brought_together_where_all_amounts_are_exact(
    engine: Engine, amounts: tuple[tuple[str, str], ...], expected: str
):
    graph = graph_of(engine, *(received(items=some(*amount)) for amount in amounts))
    assert where(graph) == {HERE: expected}
    assert rules(graph) == []
    balance = next(b for b in graph.scope(RM).balances if b.item == RM)
    assert f"{balance.received} {balance.unit}" == f"{balance.on_hand} {balance.unit}" == expected


def test_what_no_unit_says_exactly_has_an_account_aside(engine: Engine):
    """A millionth of an ounce is no whole number of millionths of anything metric."""
    graph = graph_of(
        engine, received(items=some("500", "g")), received(items=some("0.000001", "ONZ"))
    )
    rows = [(row.holder, f"{row.quantity} {row.unit}") for row in graph.positions(RM).positions]
    assert rows == [("W", "0.000001 ONZ"), ("W", "500 g")]
    assert rules(graph) == ["unit_inconvertible"]


def test_what_a_factor_does_not_say_exactly_has_an_account_aside(engine: Engine):
    """Three grams each: a gram is no decimal number of pieces, and six grams are two."""
    graph = graph_of(
        engine, received(), received(items=some("1", "g")), factor("3"), received(items=some("2"))
    )
    rows = [(row.holder, f"{row.quantity} {row.unit}") for row in graph.positions(RM).positions]
    assert rows == [("W", "12 each"), ("W", "1 g")]
    assert rules(graph) == ["unit_inconvertible"]
    whole = graph_of(engine, received(), received(items=some("6", "g")), factor("3"))
    assert where(whole) == {HERE: "12 each"}
    assert rules(whole) == []


def test_figures_add_up_lots_of_ounces(engine: Engine):
    """One lot is whole millionths of a gram and one is not; both are ounces."""
    other = [line(lot("RM-1", "B"), "1", "ONZ")]
    graph = graph_of(engine, received(items=some("8", "ONZ")), received(items=other))
    (figures,) = graph.scope([ScopeSeed("product", "RM-1")]).figures
    assert (figures.on_hand, figures.units_max, figures.unit) == ("9", "9", "ONZ")


def test_a_bill_in_ounces(engine: Engine):
    """An ounce each of a discrete material, two lots of it: so much of one makes so many."""
    bill = [{"product": "RM-1", "quantity": "1", "unit": "ONZ", "mixing": "discrete"}]
    graph = graph_of(
        engine,
        DESK.product("FG", bill_of_materials=bill, occurred_at=at(0)),
        received(items=[line(lot("RM-1", "A"), "6", "ONZ"), line(lot("RM-1", "B"), "4", "ONZ")],
                 occurred_at=at(1)),
        event("production", items=None, occurred_at=at(2),
              inputs=[line(lot("RM-1", "A"), "6", "ONZ"), line(lot("RM-1", "B"), "4", "ONZ")],
              outputs=[line(lot("FG", "C1"), "5"), line(lot("FG", "C2"), "5")]),
    )  # fmt: skip
    made = {i.key[-2:]: (i.units_min, i.units_max) for i in graph.scope("A").items}
    assert made == {":A": ("6", "6"), "C1": ("1", "5"), "C2": ("1", "5")}


def test_a_unit_of_a_dozen_is_not_lost(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "1", "DZN")]),
        shipped(items=[line(serial("FG", "1", of="L"))], party="C"),
    )
    assert where(graph, GOODS) == {HERE: "11 each", party("C", "in transit"): "1 each"}


def factor(amount: str = "250") -> Wire:
    return DESK.product(
        "RM-1", factors=[{"unit": "each", "equals": amount, "of": "g"}], occurred_at=at()
    )


def test_a_product_converts_by_its_factor(engine: Engine):
    graph = graph_of(engine, received(), shipped(items=some("1", "kg"), party="C"), factor())

    assert where(graph) == AWAY
    assert rules(graph) == []
    assert rules(graph, known_at=2) == ["unit_inconvertible"]


def test_dimensions_have_an_account_each(engine: Engine):
    graph = graph_of(engine, received(), received(items=some("2", "kg")))

    rows = [(row.holder, f"{row.quantity} {row.unit}") for row in graph.positions(RM).positions]
    assert rows == [("W", "10 each"), ("W", "2 kg")]
    assert rules(graph) == ["unit_inconvertible"]


def test_a_balance_in_dozens_balances(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "1", "DZN")]),
        event("use", items=[line(serial("FG", "1", of="L"))]),
    )
    (balance,) = (b for b in graph.scope(GOODS).balances if b.item == GOODS)
    assert Decimal(balance.received) == Decimal(balance.on_hand) + Decimal(balance.used)


def test_a_seed_in_another_unit(engine: Engine):
    """Of a hundred a kilogram was handled, which is four."""
    came = received("100")
    handled = event("move", items=some("1", "kg"), to="X", id="handled")
    graph = graph_of(engine, factor(), came, handled)

    (item,) = graph.scope([ScopeSeed("event", "mes/handled")]).items
    assert (item.units_min, item.units_max) == ("4", "4")


def test_package_levels_are_multiplied_out(engine: Engine):
    unit, case = gtin(1), gtin(2)
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot(case, "A"), "2")]),
        DESK.product("RM-1", package(unit), package(case, 12)),
        shipped(items=[line(lot(unit, "A"), "5")], party="C"),
    )
    assert where(graph, f"https://id.gs1.org/01/{case}/10/A", known_at=1) == {HERE: "2 each"}
    for name in (f"https://id.gs1.org/01/{unit}/10/A", RM):
        assert where(graph, name) == {HERE: "19 each", party("C", "in transit"): "5 each"}


# -- what is asked


def test_a_place_stands_for_what_is_inside_it(engine: Engine):
    graph = graph_of(
        engine,
        received(place="BIN-1"),
        received(place="BIN-2"),
        shipped(place="BIN-1", to="SITE"),
        event("place", items=None, place=None, number="BIN-1", inside="HALL"),
        event("place", items=None, place=None, number="HALL", inside="SITE", market="DE"),
    )
    rows = graph.positions(place="SITE").positions
    assert told(rows) == {place("BIN-1"): "6 each", place("SITE", "in transit"): "4 each"}
    assert {row.market for row in rows if row.holder == "BIN-1"} == {"DE"}
    assert told(graph.positions(place="BIN-2").positions) == {place("BIN-2"): "10 each"}


def test_party_product_and_order(engine: Engine):
    graph = graph_of(
        engine,
        received(order="PO-1"),
        event("receipt", items=[line(lot("RM-2", "Z"), "1")], order="PO-2"),
        shipped(party="C", order="SO-1"),
        shipped(party="D", items=some("1")),
    )
    assert told(graph.positions(party="C").positions) == {party("C", "in transit"): "4 each"}
    everything = {
        HERE: "5 each", party("C", "in transit"): "4 each", party("D", "in transit"): "1 each",
    }  # fmt: skip
    assert told(graph.positions(product="RM-1").positions) == everything
    assert told(graph.positions(order="SO-1").positions) == everything
    assert told(graph.positions(order="PO-2").positions) == {HERE: "1 each"}


@pytest.mark.parametrize("asked", [{}, {"item": RM, "place": "W"}])
def test_positions_are_of_one_thing(engine: Engine, asked: dict[str, str]):
    """Two subjects could be meant as both or as either, and none would be the whole store."""
    with pytest.raises(Refused):
        graph_of(engine, received()).positions(**asked)


@pytest.mark.parametrize("kind", ["item", "product", "place", "party", "order"])
def test_positions_of_what_nobody_recorded(engine: Engine, kind: str):
    """An empty answer would say that nothing is there; nothing is known of it at all."""
    with pytest.raises(UnknownItem):
        graph_of(engine, received()).positions(**{kind: "nothing"})


def test_positions_of_many_items_are_those_of_each(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received(),
        event("production", items=None, inputs=some(), outputs=[line(lot("FG", "L"), "9")]),
        shipped(items=[line(lot("FG", "L"), "2")], party="C"),
    )

    for known, accounts in ((3, 4), (2, 3), (1, 1)):
        together = graph.positions_of([GOODS, RM, "urn:nothing"], known_at=known)
        each = [
            row for key in (GOODS, RM) for row in graph.positions(key, known_at=known).positions
        ]
        assert sorted(together, key=repr) == sorted(each, key=repr)
        assert len(together) == accounts
    assert graph.positions_of([]) == ()
