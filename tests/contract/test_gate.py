"""The gate: each rule refuses, says what would lift it, and is lifted by it."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Wire, at, container, drafts, line, lot, serial
from tests.contract.engines import Engine
from tests.contract.posted import (
    DESK,
    GOODS,
    ONE,
    RM,
    boxes,
    event,
    graph_of,
    packed,
    received,
    shipped,
    some,
)
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.recall import questions
from tracegraph.recall.answer import GATE_RULES, GateRefusal, GateVerdict
from tracegraph.recall.gate import GateItem
from tracegraph.recall.query import ScopeSeed

NOW = "2027-01-01T12:00:00Z"
BOX = f"https://id.gs1.org/00/{container()['sscc']}"


def ask(graph: Tracegraph, *items: str | GateItem, **more: Any) -> GateVerdict:
    """A verdict, after what must hold of every one."""
    given = {"purpose": "ship", "at": NOW, **more}
    verdict = graph.gate(list(items or (RM,)), **given)
    assert verdict.allowed is (not verdict.refusals)
    assert verdict.known_at == graph.store.published().seq
    assert (verdict.purpose, verdict.judged_at) == (given["purpose"], given["at"])
    for refusal in verdict.refusals:
        assert refusal.rule in GATE_RULES
        assert refusal.lift, "every refusal says what would lift it"
        assert refusal.detail
    return verdict


def rules(graph: Tracegraph, *items: str | GateItem, **more: Any) -> list[str]:
    return [refusal.rule for refusal in ask(graph, *items, **more).refusals]


def only(graph: Tracegraph, *items: str | GateItem, **more: Any) -> GateRefusal:
    (refusal,) = ask(graph, *items, **more).refusals
    return refusal


def add(graph: Tracegraph, *events: Wire) -> None:
    for each in events:
        graph.store.append(drafts([each]))


def of(item: str = RM, quantity: str = "4", unit: str = "each") -> GateItem:
    return GateItem(item, quantity, unit)


def goods(**fields: Any) -> Wire:
    """Ten of lot L, made of four of RM-1 A."""
    made = {"items": None, "inputs": some(), "outputs": [line(lot("FG", "L"), "10")]}
    return event("production", **{**made, **fields})


def open_case(graph: Tracegraph, *seeds: str | ScopeSeed, name: str | None = None) -> str:
    return graph.save_scope(graph.scope(list(seeds)), name=name).id


# -- nothing against it


@pytest.mark.parametrize("purpose", ["ship", "consume", "use"])
def test_what_nothing_speaks_against_may_go(engine: Engine, purpose: str):
    graph = graph_of(engine, received(), goods())

    assert ask(graph, RM, GOODS, purpose=purpose).allowed
    assert ask(graph, of(quantity="6"), place="W", purpose=purpose).allowed
    assert ask(graph, "A").allowed  # its number names it, too


@pytest.mark.parametrize(
    ("items", "more"), [([], {}), ([RM], {"purpose": "sell"}), ([GateItem(RM, "x", "each")], {})]
)
def test_what_is_no_question_is_refused(engine: Engine, items: list[str], more: dict[str, Any]):
    """It must not be answered with yes: nothing was asked that could be checked."""
    graph = graph_of(engine, received())
    with pytest.raises(Refused):
        ask(graph, *items, **more) if items else graph.gate([], purpose="ship")


# -- each rule, and what lifts it


def test_unknown_item(engine: Engine):
    graph = graph_of(engine, event("inspection", items=[line(lot("X", "1"))]))
    assert only(graph, RM).rule == "unknown_item"
    assert only(graph, RM).item == RM

    add(graph, received())
    assert ask(graph, RM).allowed


def test_a_number_that_is_of_several_items(engine: Engine):
    graph = graph_of(engine, received(), event("receipt", items=[line(lot("RM-2", "A"), "1")]))
    assert rules(graph, "A") == ["unknown_item"]
    assert ask(graph, RM).allowed


def test_scope_certain(engine: Engine):
    graph = graph_of(engine, received(), goods())
    case = open_case(graph, RM, name="needles")

    refused = only(graph, GOODS)
    assert (refused.rule, refused.scope, refused.item) == ("scope_certain", case, GOODS)
    assert "needles" in refused.detail
    assert rules(graph, RM) == ["scope_certain"]

    graph.set_case(case, "closed")
    assert ask(graph, GOODS, RM).allowed
    graph.set_case(case, "open")
    assert rules(graph, GOODS) == ["scope_certain"]


def test_scope_possible(engine: Engine):
    other = [line(lot("RM-1", "B"), "6")]
    graph = graph_of(
        engine,
        received(),
        event("receipt", items=[line(lot("RM-1", "B"), "7")]),
        goods(inputs=[*some("4"), *other], outputs=[line(lot("FG", "L"), "10")], id="run-1"),
        event(
            "production",
            items=None,
            inputs=[line(lot("FG", "L"), "3")],
            outputs=[line(lot("KIT", "K"), "3")],
        ),
    )
    case = open_case(graph, RM)

    assert rules(graph, GOODS) == ["scope_certain"]
    refused = only(graph, "urn:tracegraph:lot:KIT:K")
    assert (refused.rule, refused.scope) == ("scope_possible", case)
    assert ask(graph, "urn:tracegraph:lot:RM-1:B").allowed


BILL = [{"product": "RM-1", "quantity": "1", "unit": "each"}]


def test_scope_unproven(engine: Engine):
    record = DESK.product("FG", bill_of_materials=BILL, occurred_at=at())
    graph = graph_of(engine, record, received(), goods(inputs=[], id="bare"))
    case = open_case(graph, RM)

    refused = only(graph, GOODS)
    assert (refused.rule, refused.scope) == ("scope_unproven", case)
    assert refused.event == "urn:tracegraph:event:mes:bare"
    assert "RM-1" in refused.lift

    # What went in is told late, under the same run or as a correction; then it is no doubt.
    good = [line(lot("RM-1", "B"), "10")]
    add(
        graph,
        event("receipt", items=good, occurred_at=at(1)),
        DESK.void("bare"),
        goods(inputs=good, id="told"),
    )
    assert ask(graph, GOODS).allowed


def test_what_is_made_of_the_unproven_is_unproven(engine: Engine):
    record = DESK.product("FG", bill_of_materials=BILL, occurred_at=at())
    kit = event(
        "production",
        items=None,
        inputs=[line(lot("FG", "L"), "1")],
        outputs=[line(lot("KIT", "K"), "1")],
    )
    graph = graph_of(engine, record, received(), goods(inputs=[]), kit)
    case = open_case(graph, RM)

    assert rules(graph, "urn:tracegraph:lot:KIT:K") == ["scope_unproven"]
    graph.set_case(case, "closed")
    assert ask(graph, "urn:tracegraph:lot:KIT:K").allowed


def test_on_hold(engine: Engine):
    graph = graph_of(engine, received(), event("hold", items=[line(lot())], reason="dust", id="h"))
    refused = only(graph, RM)
    assert (refused.rule, refused.event) == ("on_hold", "urn:tracegraph:event:mes:h")
    assert "dust" in refused.detail

    add(graph, event("release", items=[line(lot())]))
    assert ask(graph, RM).allowed


def test_on_hold_by_a_quantity(engine: Engine):
    graph = graph_of(engine, received(), event("hold"))

    assert ask(graph, of(quantity="6")).allowed
    assert rules(graph, of(quantity="7")) == ["quantity"]
    add(graph, event("release", items=some("1")))
    assert ask(graph, of(quantity="7")).allowed


def test_a_serial_is_held_with_its_lot(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(serial("FG", "1", of="L")), line(serial("FG", "2", of="L"))]),
        event("hold", items=[line(lot("FG", "L"))]),
    )
    assert rules(graph, ONE) == ["on_hold"]
    add(graph, event("release", items=[line(lot("FG", "L"))]))
    assert ask(graph, ONE).allowed
    add(graph, event("hold", items=[line(serial("FG", "1"))]))
    assert rules(graph, ONE) == ["on_hold"]
    assert ask(graph, "urn:tracegraph:serial:FG:2").allowed  # and not with its sibling


def test_serials_on_hold_are_not_available_of_their_lot(engine: Engine):
    units = [line(serial("FG", "1", of="L")), line(serial("FG", "2", of="L"))]
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "2"), *units]),
        event("hold", items=units[1:], id="held"),
    )
    refused = only(graph, of(GOODS, "2"))
    assert refused.rule == "quantity"
    assert "urn:tracegraph:serial:FG:2" in refused.detail
    assert "elease" in refused.lift
    assert ask(graph, of(GOODS, "1")).allowed
    assert ask(graph, of(GOODS, "1"), place="W").allowed
    assert rules(graph, of(GOODS, "3")) == ["quantity"]

    add(graph, event("hold", items=units[:1]))
    assert rules(graph, of(GOODS, "1")) == ["on_hold"]
    assert rules(graph, GOODS) == ["on_hold"]
    add(graph, event("release", items=units))
    assert ask(graph, of(GOODS, "2")).allowed


BARRING: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an open nonconformance": ({"number": "N"}, {"status": "closed"}, "nonconformance_open"),
    "an inspection that failed": ({"plan": "P", "verdict": "fail"}, {"verdict": "pass"},
                                  "inspection_failed"),
    "an inspection without a verdict": ({"plan": "P"}, {"verdict": "pass"}, "inspection_missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", BARRING)
def test_serials_that_quality_bars_are_not_available_of_their_lot(engine: Engine, name: str):
    said, lifted, rule = BARRING[name]
    type_ = "inspection" if "plan" in said else "nonconformance"
    units = [line(serial("FG", "1", of="L")), line(serial("FG", "2", of="L"))]
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "2"), *units]),
        event(type_, items=units[1:], **said),
    )
    refused = only(graph, of(GOODS, "2"))
    assert refused.rule == "quantity"
    assert "urn:tracegraph:serial:FG:2" in refused.detail
    assert rules(graph, "urn:tracegraph:serial:FG:2") == [rule]
    assert ask(graph, of(GOODS, "1")).allowed
    assert ask(graph, "urn:tracegraph:serial:FG:1").allowed

    add(graph, event(type_, items=units[:1], **said))
    assert rules(graph, of(GOODS, "1")) == [rule]
    add(graph, event(type_, items=units, **{**said, **lifted}))
    assert ask(graph, of(GOODS, "2")).allowed


def test_an_inspection_of_the_lot_lifts_what_one_of_a_serial_said(engine: Engine):
    unit = [line(serial("FG", "1", of="L"))]
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "1"), *unit]),
        event("inspection", items=unit, plan="P", verdict="fail"),
    )
    assert rules(graph, of(GOODS, "1")) == ["inspection_failed"]
    add(graph, event("inspection", items=[line(lot("FG", "L"))], plan="P", verdict="pass"))
    assert ask(graph, of(GOODS, "1"), "urn:tracegraph:serial:FG:1").allowed


def test_an_open_record_that_names_the_event_of_a_serial(engine: Engine):
    units = [line(serial("FG", n, of="L")) for n in "12"]
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "2"), *units]),
        event("process", items=units[1:], id="p9"),
        event("deviation", items=None, events=[{"id": "p9"}], number="D9"),
    )
    refused = only(graph, of(GOODS, "2"))
    assert refused.rule == "quantity"
    assert "urn:tracegraph:serial:FG:2" in refused.detail
    assert ask(graph, of(GOODS, "1")).allowed
    add(graph, event("deviation", items=None, events=[{"id": "p9"}], number="D9", status="closed"))
    assert ask(graph, of(GOODS, "2")).allowed


def test_a_serial_on_hold_of_which_nobody_says_where_it_is(engine: Engine):
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "1")]),
        event("hold", items=[line(serial("FG", "3", of="L"))]),
    )
    assert rules(graph, of(GOODS, "1")) == ["on_hold"]
    add(graph, event("move", items=[line(lot("FG", "L"), "1")], to="X"))
    assert rules(graph, of(GOODS, "1"), place="X") == ["on_hold"]


def test_a_serial_on_hold_counts_where_it_stands(engine: Engine):
    unit = line(serial("FG", "1", of="L"))
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "3")]),
        event("receipt", items=[unit], place="X"),
        event("hold", items=[unit], place="X"),
    )
    assert ask(graph, of(GOODS, "3"), place="W").allowed
    assert rules(graph, of(GOODS, "1"), place="X") == ["on_hold"]
    assert rules(graph, of(GOODS, "4")) == ["quantity"]
    add(graph, shipped(items=[unit], party="C", place="X"))
    assert ask(graph, of(GOODS, "3")).allowed


def test_quantity(engine: Engine):
    graph = graph_of(engine, received(), shipped(party="C"))
    assert ask(graph, of(quantity="6")).allowed
    assert rules(graph, of(quantity="6.000001")) == ["quantity"]
    assert "6 each" in only(graph, of(quantity="7")).detail

    add(graph, received("1"))
    assert ask(graph, of(quantity="7")).allowed


def test_quantities_of_one_item_are_added(engine: Engine):
    graph = graph_of(engine, received())
    assert ask(graph, of(quantity="6"), of(quantity="4")).allowed
    assert rules(graph, of(quantity="6"), of(quantity="5")) == ["quantity"]


def test_quantities_in_several_units_are_added(engine: Engine):
    graph = graph_of(engine, received(items=some("1", "kg")))
    assert rules(graph, of(quantity="1", unit="kg"), of(quantity="500", unit="g")) == ["quantity"]


def test_quantity_in_another_unit(engine: Engine):
    graph = graph_of(engine, received(items=some("1", "kg")))
    assert ask(graph, of(quantity="1000", unit="g")).allowed
    assert rules(graph, of(quantity="1001", unit="g")) == ["quantity"]
    assert rules(graph, of(quantity="1", unit="each")) == ["quantity"]


def test_nothing_is_available_of_what_is_in_quarantine_or_under_way(engine: Engine):
    for more in ({"state": "quarantine"}, {"state": "rejected"}):
        graph = graph_of(engine, event("receipt", items=some(**more)))
        assert rules(graph, RM) == ["quantity"]
    graph = graph_of(engine, received("4"), shipped(to="X"))
    assert rules(graph, RM) == ["quantity"]
    add(graph, event("delivery", to="X"))
    assert ask(graph, of()).allowed


def test_serials_that_left_are_not_in_their_lot(engine: Engine):
    units = [serial("FG", "1", of="L"), serial("FG", "2", of="L")]
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "2"), *map(line, units)]),
        shipped(items=[line(serial("FG", "1")), line(serial("FG", "2"))], party="C"),
    )
    assert rules(graph, of(GOODS, "2")) == ["quantity"]


def test_a_serial_is_one_unit(engine: Engine):
    graph = graph_of(engine, event("receipt", items=[line(serial("FG", "1", of="L"))]))
    assert ask(graph, ONE).allowed
    add(graph, shipped(items=[line(serial("FG", "1"))], party="C"))
    assert rules(graph, ONE) == ["quantity"]


def test_a_balance_below_zero(engine: Engine):
    """Late paperwork refuses nothing, unless that is asked for."""
    graph = graph_of(
        engine,
        shipped(items=some("2"), place="X", party="C", occurred_at=at(1)),
        received(occurred_at=at(2)),
    )
    # What another place lacks may have been taken from here.
    assert ask(graph, of(quantity="8"), place="W").allowed
    assert rules(graph, of(quantity="9"), place="W") == ["quantity"]
    assert rules(graph, of(quantity="8"), place="W", strict=True) == ["quantity"]


def test_place(engine: Engine):
    graph = graph_of(engine, received())
    assert rules(graph, RM, place="X") == ["place"]
    assert rules(graph, of(), place="X") == ["place"]

    add(graph, event("move", to="X"))
    assert ask(graph, of(), place="X").allowed
    assert rules(graph, of(quantity="5"), place="X") == ["quantity"]


def test_a_place_stands_for_what_is_inside_it(engine: Engine):
    graph = graph_of(engine, received(place="BIN"))
    assert rules(graph, RM, place="HALL") == ["place"]
    add(graph, event("place", items=None, place=None, number="BIN", inside="HALL"))
    assert ask(graph, RM, place="HALL").allowed


def test_expired(engine: Engine):
    graph = graph_of(engine, event("receipt", items=some(expires_on="2026-12-31")))

    assert rules(graph, RM, at="2027-01-01T00:00:00Z") == ["expired"]
    assert ask(graph, RM, at="2026-12-31T23:59:59Z").allowed
    assert "2026-12-31" in only(graph, RM).detail


def test_a_lot_expires_with_its_serials(engine: Engine):
    """Dates stand beside the serials as they are made; the first that expires counts."""
    dated = [line(serial("FG", str(n), of="L"), "1", expires_on=f"2026-06-0{n}") for n in (1, 2)]
    graph = graph_of(
        engine, event("production", items=None, inputs=[], outputs=dated, occurred_at=at(1))
    )
    asked = GateItem("urn:tracegraph:lot:FG:L", "1", "each")
    assert rules(graph, asked, at="2026-05-31T00:00:00Z") == []
    assert rules(graph, asked, at="2026-06-02T00:00:00Z") == ["expired"]
    scope = graph.scope("urn:tracegraph:lot:FG:L")
    (found,) = [item for item in scope.items if item.number == "L"]
    assert (found.expires_on, found.made_on) == ("2026-06-01", "2026-03-02")


def test_dates_choose_lots_by_their_serials(engine: Engine):
    """Of a lot known by its serials those within are meant, or all of it where all are."""
    dated = [line(serial("FG", str(n), of="L"), "1", expires_on=f"2026-06-0{n}") for n in (1, 2)]
    graph = graph_of(
        engine, event("production", items=None, inputs=[], outputs=dated, occurred_at=at(1))
    )

    def seeds(**dates: str) -> set[str]:
        scope = graph.scope(ScopeSeed("product", "FG", **dates))
        return {seed.key.rsplit(":", 1)[1] for seed in scope.seeds}

    assert seeds(expires_from="2050-01-01") == set()
    assert seeds(expires_from="2026-06-02") == {"2"}
    assert seeds(expires_from="2026-01-01") == {"1", "2", "L"}


def test_expired_by_its_products_shelf_life(engine: Engine):
    record = DESK.product("FG", shelf_life_days=10, occurred_at=at())
    graph = graph_of(engine, record, received(), goods(occurred_at="2026-12-01T08:00:00Z"))

    assert rules(graph, GOODS, at="2026-12-12T00:00:00Z") == ["expired"]
    assert ask(graph, GOODS, at="2026-12-11T12:00:00Z").allowed


def inspected(verdict: str | None, plan: str | None = "IQ", **fields: Any) -> Wire:
    return event("inspection", items=[line(lot())], verdict=verdict, plan=plan, **fields)


def test_inspection_failed(engine: Engine):
    graph = graph_of(engine, received(), inspected("fail", id="bad"))
    assert only(graph).rule == "inspection_failed"
    assert only(graph).event == "urn:tracegraph:event:mes:bad"

    add(graph, inspected("pass", plan="OTHER"))
    assert rules(graph) == ["inspection_failed"]  # of another plan
    add(graph, inspected("pass", occurred_at=at(-60)))
    assert rules(graph) == ["inspection_failed"]  # before it failed
    add(graph, inspected("pass"))
    assert ask(graph).allowed


def needing(*plans: str, **fields: Any) -> Wire:
    return DESK.product("RM-1", inspections=list(plans), **{"occurred_at": at(), **fields})


def test_an_inspection_that_the_product_needs_is_missing(engine: Engine):
    graph = graph_of(engine, received(), needing("IQC", "Sterility", "IQC"))

    told = graph.gate([RM], purpose="ship", at=at(60)).refusals
    assert [(r.rule, "IQC" in r.detail, "IQC" in r.lift) for r in told] == [
        ("inspection_missing", True, True), ("inspection_missing", False, False),
    ]  # fmt: skip
    add(graph, inspected("pass", "IQC"))
    refusal = only(graph)
    assert (refusal.rule, "plan Sterility" in refusal.detail) == ("inspection_missing", True)
    add(graph, inspected("conditional", "Sterility"))
    assert rules(graph) == ["inspection_missing"]  # which is no pass
    wrong = inspected("pass", "Sterility")
    add(graph, wrong)
    assert rules(graph) == []
    add(graph, DESK.void(wrong))
    assert rules(graph) == ["inspection_missing"]


@pytest.mark.parametrize(
    ("verdict", "rule"), [("fail", "inspection_failed"), (None, "inspection_missing")]
)
def test_a_needed_inspection_is_told_once(engine: Engine, verdict: str | None, rule: str):
    graph = graph_of(engine, received(), needing("IQC"), inspected(verdict, "IQC"))
    refusal = only(graph)
    assert (refusal.rule, refusal.event is None) == (rule, False)


def test_inspections_are_needed_while_the_record_says_so(engine: Engine):
    """What is in force at the instant that is judged counts, not the latest record."""
    graph = graph_of(engine, received(), needing("IQC", occurred_at=at(100)))

    assert graph.gate([RM], purpose="ship", at=at(99)).allowed
    assert not graph.gate([RM], purpose="ship", at=at(100)).allowed
    add(graph, needing(occurred_at=at(200)))
    assert graph.gate([RM], purpose="ship", at=at(200)).allowed


def test_a_serial_goes_by_the_inspection_of_its_lot(engine: Engine):
    unit = serial("RM-1", "1", of="A")
    graph = graph_of(engine, event("receipt", items=[line(unit)]), needing("IQC"))
    one = "urn:tracegraph:serial:RM-1:1"

    assert [r.rule for r in graph.gate([one], purpose="ship", at=at(60)).refusals] == [
        "inspection_missing"
    ]
    add(graph, inspected("pass", "IQC"))
    assert graph.gate([one], purpose="ship", at=at(60)).allowed


def test_inspection_missing(engine: Engine):
    graph = graph_of(engine, received(), inspected(None))
    assert rules(graph) == ["inspection_missing"]
    add(graph, inspected("pass"))
    assert ask(graph).allowed


@pytest.mark.parametrize("type_", ["nonconformance", "deviation"])
def test_nonconformance_open(engine: Engine, type_: str):
    def told(status: str | None, number: str = "NC-1") -> Wire:
        return event(type_, items=[line(lot())], number=number, status=status)

    graph = graph_of(engine, received(), told("open"))
    assert rules(graph) == ["nonconformance_open"]
    assert "NC-1" in only(graph).detail

    add(graph, told("closed", number="NC-2"))
    assert rules(graph) == ["nonconformance_open"]
    add(graph, told("Closed"))
    assert ask(graph).allowed
    add(graph, told(None, number="NC-3"))
    assert rules(graph) == ["nonconformance_open"]  # one without a status is open


@pytest.mark.parametrize("type_", ["nonconformance", "deviation"])
def test_an_open_record_that_names_events(engine: Engine, type_: str):
    """It stands for what these made or, where they made nothing, name."""

    def told(status: str, *ids: str, source: str | None = None) -> Wire:
        named = [{"id": id, **({"source": source} if source else {})} for id in ids]
        return event(type_, items=None, events=named, number="D1", status=status)

    step = event("process", items=some(), id="p1")
    graph = graph_of(engine, received(), goods(id="run-1"), step)
    first = told("open", "p1")
    add(graph, first)
    assert rules(graph, RM) == ["nonconformance_open"]
    assert "D1" in only(graph, RM).detail
    assert ask(graph, GOODS).allowed
    add(graph, told("open", "run-1", source="mes"))
    assert rules(graph, GOODS) == ["nonconformance_open"]
    add(graph, told("closed", "run-1"))
    assert ask(graph, RM, GOODS).allowed  # the last record of the number decides

    again = told("open", "run-1")
    add(graph, again)
    assert ask(graph, of("urn:tracegraph:lot:FG:L", "1")).refusals
    add(graph, DESK.void(again))
    assert ask(graph, RM, GOODS).allowed


def test_a_record_names_an_event_that_is_void_or_unknown(engine: Engine):
    step = event("process", items=some(), id="p2")
    graph = graph_of(engine, received(), step)
    add(graph, event("deviation", items=None, events=[{"id": "p2"}, {"id": "none"}], number="D"))
    assert rules(graph, RM) == ["nonconformance_open"]
    add(graph, DESK.void(step))
    assert ask(graph, RM).allowed


def test_a_record_names_an_inspection_that_names_events(engine: Engine):
    graph = graph_of(engine, received(), event("process", items=some(), id="p3"))
    add(graph, event("certificate", items=None, events=[{"id": "p3"}], id="c3", number="C"))
    add(graph, event("deviation", items=None, events=[{"id": "c3"}], number="D"))
    assert rules(graph, RM) == ["nonconformance_open"]
    add(graph, event("deviation", items=some(), number="D", status="closed"))
    assert ask(graph, RM).allowed


def test_a_voided_record_speaks_against_nothing(engine: Engine):
    wrong = [
        event("hold", items=[line(lot())]),
        inspected("fail"),
        event("nonconformance", items=[line(lot())], number="N"),
        shipped(items=some("10"), party="C"),
    ]
    graph = graph_of(engine, received(), *wrong)
    assert set(rules(graph)) == {
        "on_hold", "inspection_failed", "nonconformance_open", "quantity",
    }  # fmt: skip
    add(graph, *(DESK.void(each) for each in wrong))
    assert ask(graph).allowed


def test_behind(engine: Engine):
    """A caller that has seen more than the gate must not be told by it."""
    graph = graph_of(engine, received())
    assert ask(graph, seen=1).allowed
    refused = only(graph, seen=2)
    assert (refused.rule, refused.item) == ("behind", RM)

    add(graph, inspected("pass"))
    assert ask(graph, seen=2).allowed


# -- containers


def test_a_container_is_its_contents(engine: Engine):
    graph = graph_of(engine, received(), packed(some()), packed(boxes(1), box=2))
    outer = f"https://id.gs1.org/00/{container(2)['sscc']}"
    assert ask(graph, BOX).allowed
    assert ask(graph, outer).allowed

    add(graph, event("hold", items=[line(lot())]))
    for asked in (BOX, outer):
        refused = only(graph, asked)
        assert (refused.rule, refused.item) == ("on_hold", RM)


def test_a_container_holds_so_much(engine: Engine):
    graph = graph_of(engine, received(), packed(some("7")), shipped(party="C"))
    refused = only(graph, BOX)
    assert (refused.rule, refused.item) == ("quantity", RM)

    add(graph, event("unpack", container=container(), items=some("1")))
    assert ask(graph, BOX).allowed
    # Beside as much as is in it there is nothing left to go.
    assert rules(graph, BOX, of(quantity="1")) == ["quantity"]


def test_a_container_on_hold_holds_its_units(engine: Engine):
    """Its units are not available; the others of their lot are."""
    graph = graph_of(engine, received(), packed(some()), event("hold", items=boxes(1)))
    assert ask(graph, of(quantity="6")).allowed
    assert rules(graph, of(quantity="7")) == ["quantity"]

    add(graph, event("release", items=boxes(1)))
    assert ask(graph, of(quantity="10")).allowed


def test_a_container_on_hold_stays(engine: Engine):
    graph = graph_of(engine, received(), packed(some()), packed(boxes(1), box=2))
    add(graph, event("hold", items=boxes(2)))
    for asked in (BOX, f"https://id.gs1.org/00/{container(2)['sscc']}"):
        assert set(rules(graph, asked)) == {"on_hold"}


def test_contents_unproven(engine: Engine):
    """Nobody knows what is in it: that is no reason to let it go."""
    graph = graph_of(engine, received(), event("move", items=boxes(1), to="X"))
    refused = only(graph, BOX)
    assert (refused.rule, refused.item) == ("contents_unproven", BOX)

    add(graph, packed(some()))
    assert ask(graph, BOX).allowed
    add(graph, event("unpack", container=container(), items=None))
    assert rules(graph, BOX) == ["contents_unproven"]


def test_a_container_in_an_open_case(engine: Engine):
    graph = graph_of(engine, received(), goods(), packed([line(lot("FG", "L"), "2")]))
    case = open_case(graph, RM)

    refused = only(graph, BOX)
    assert (refused.rule, refused.scope, refused.item) == ("scope_certain", case, GOODS)


# -- open cases, as they are now


def test_an_open_case_refuses_what_it_reaches_now(engine: Engine):
    """The query counts, not the snapshot: what was made since is refused."""
    graph = graph_of(engine, received(), received("1", occurred_at=at(1)))
    case = open_case(graph, RM)
    assert GOODS not in {item.key for item in graph.scope(RM).items}

    add(graph, goods())
    assert rules(graph, GOODS) == ["scope_certain"]
    assert only(graph, GOODS).scope == case
    graph.set_case(case, "closed")
    assert ask(graph, GOODS).allowed


def test_an_open_case_lets_go_what_it_no_longer_reaches(engine: Engine):
    made = goods()
    graph = graph_of(engine, received(), made)
    open_case(graph, RM)
    assert rules(graph, GOODS) == ["scope_certain"]

    other = [line(lot("RM-1", "B"), "4")]
    add(graph, event("receipt", items=other), DESK.void(made), goods(inputs=other))
    assert ask(graph, GOODS).allowed


def test_several_open_cases_each_refuse(engine: Engine):
    graph = graph_of(engine, received(), goods())
    cases = {open_case(graph, RM), open_case(graph, ScopeSeed("supplier", "S"))}

    found = ask(graph, GOODS).refusals
    assert {refusal.scope for refusal in found} == cases
    assert [refusal.rule for refusal in found] == ["scope_certain"] * 2
    graph.set_case(cases.pop(), "closed")
    assert {only(graph, GOODS).scope} == cases


def test_a_case_of_what_comes_after_it(engine: Engine):
    """What a supplier sends while its case is open is refused from its first line on."""
    graph = graph_of(engine, received())
    open_case(graph, ScopeSeed("supplier", "S"))
    new = event("receipt", items=[line(lot("RM-9", "Z"), "1")], party="S")
    key = "urn:tracegraph:lot:RM-9:Z"

    add(graph, new)
    assert rules(graph, key) == ["scope_certain"]
    add(graph, DESK.void(new))
    assert "scope_certain" not in rules(graph, key)


def test_a_case_whose_seed_was_voided_stops_nothing_else(engine: Engine):
    """A seed that is no fact any more reaches nothing; the gate must still answer."""
    wrong = event("receipt", items=[line(lot("RM-9", "Z"), "1")], id="wrong")
    graph = graph_of(engine, received(), wrong)
    open_case(graph, ScopeSeed("event", "mes/wrong"))
    add(graph, DESK.void(wrong))

    assert ask(graph, RM).allowed


def test_every_rule_has_a_case_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule for rule in GATE_RULES if f'"{rule}"' not in text] == []


# -- several at once


@pytest.mark.parametrize("at_once", [1, 500])
def test_what_is_asked_together_is_judged_as_it_is_apart(
    engine: Engine, at_once: int, monkeypatch: pytest.MonkeyPatch
):
    """A lot beside its serials: by its key, by its bare number, and in a box."""
    monkeypatch.setattr(questions, "AT_ONCE", at_once)
    made = [line(lot("FG", "L"), "3"), *(line(serial("FG", n, of="L"), "1") for n in "123")]
    graph = graph_of(
        engine,
        event("production", items=None, inputs=some(), outputs=made, place="W"),
        event("hold", items=[line(serial("FG", "1"))], reason="dust"),
        packed([line(lot("FG", "L"), "3")]),
    )
    units = [f"urn:tracegraph:serial:FG:{n}" for n in "12"]
    whole = of("urn:tracegraph:lot:FG:L", "3")
    asked: list[str | GateItem] = [*units, whole, of("L", "3"), BOX]

    apart = {each: rules(graph, each) for each in asked}

    assert [bool(found) for found in apart.values()] == [True, False, True, True, True]
    for one, other in permutations(asked, 2):
        assert {*apart[one], *apart[other]} <= set(rules(graph, one, other)), (one, other)
