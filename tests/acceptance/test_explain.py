"""Why an item is in a scope, with the papers that show it; and every reason why it is not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.acceptance.test_worked_case import told
from tests.builders import Desk, Wire, at, line, lot, serial
from tests.contract.engines import Engine
from tracegraph.recall.answer import WhyStep
from tracegraph.recall.query import ScopeSeed


def some(product: str, number: str, quantity: int = 10, unit: str = "each") -> Wire:
    return line(lot(product, number), str(quantity), unit)


def make(desk: Desk, taken: list[Wire], given: list[Wire], **more: object) -> Wire:
    return desk.event("production", inputs=taken, outputs=given, **more)


def key(product: str, number: str) -> str:
    return f"urn:tracegraph:lot:{product}:{number}"


# -- why


def test_the_chain_names_events_times_orders_and_documents(engine: Engine) -> None:
    """A went into kit F by valve V (two steps) and by X and Y (three): the shorter is told.

    All of A is bad and nothing else went in, so F is affected whole, and so is its serial F1,
    one more step away, by no event of its own.
    """
    desk = Desk()
    graph = told(
        engine,
        [
            desk.receipt(items=[some("BODY", "A", 20)], order="PO-1", documents=["INV-1"]),
            make(desk, [some("BODY", "A")], [some("VALVE", "V")], id="v", order="MO-1",
                 documents=["BR-1", "BR-2"], occurred_at="2026-03-02T16:30:00+08:00"),
            make(desk, [some("BODY", "A")], [some("AUX", "X")]),
            make(desk, [some("AUX", "X")], [some("AUX", "Y")]),
            make(desk, [some("VALVE", "V"), some("AUX", "Y")], [some("KIT", "F")], id="f",
                 order="MO-2", documents=["BR-3"]),
            desk.shipment(items=[line(serial("KIT", "F1", of="F"))]),
        ],
    )  # fmt: skip

    found = graph.explain("A", "urn:tracegraph:serial:KIT:F1")

    assert (found.verdict, found.reason) == ("certain", None)
    assert found.item == "urn:tracegraph:serial:KIT:F1"
    assert found.steps == (
        WhyStep(key("BODY", "A"), None, None, None, None, ()),
        WhyStep(key("VALVE", "V"), "urn:tracegraph:event:mes:v", "production",
                "2026-03-02T08:30:00Z", "MO-1", ("BR-1", "BR-2")),
        WhyStep(key("KIT", "F"), "urn:tracegraph:event:mes:f", "production",
                "2026-03-02T11:00:00Z", "MO-2", ("BR-3",)),
        WhyStep("urn:tracegraph:serial:KIT:F1", None, None, None, None, ()),
    )  # fmt: skip


def test_a_seed_is_its_own_reason(engine: Engine) -> None:
    graph = told(engine, [Desk().receipt(items=[some("BODY", "A")])])

    found = graph.explain("A", "A")

    assert found.verdict == "certain"
    assert [step.item for step in found.steps] == [key("BODY", "A")]


def test_what_only_some_worlds_affect_is_possible_with_its_chain(engine: Engine) -> None:
    """Four bad bodies of ten: five valves may do without (5 - 6 < 0), or hold all four."""
    desk = Desk()
    taken = [some("BODY", "A", 4), some("BODY", "B", 6)]
    graph = told(
        engine,
        [
            desk.receipt(items=taken),
            make(desk, taken, [some("VALVE", "V1", 5), some("VALVE", "V2", 5)]),
        ],
    )

    found = graph.explain("A", "V1")

    assert (found.verdict, found.reason) == ("possible", None)
    assert [step.item for step in found.steps] == [key("BODY", "A"), key("VALVE", "V1")]
    assert "At least 0 and at most 4 each" in found.detail


def test_what_the_records_lack_is_unproven(engine: Engine) -> None:
    """A valve takes a body, but of W's nobody recorded any, after A had come."""
    desk = Desk()
    takes = [{"product": "BODY", "quantity": "1", "unit": "each"}]
    graph = told(
        engine,
        [
            desk.product("VALVE", bill_of_materials=takes),
            desk.receipt(items=[some("BODY", "A"), some("RING", "R")]),
            make(desk, [some("BODY", "A")], [some("VALVE", "V")]),
            make(desk, [some("RING", "R")], [some("VALVE", "W")]),
        ],
    )

    found = graph.explain("A", "W")

    assert (found.verdict, found.reason) == ("unproven", None)
    assert "BODY" in found.detail


# -- why not


@dataclass(frozen=True)
class Out:
    """A history in which A is bad, and an item that is out of its scope for a reason."""

    reason: str
    events: list[Wire]
    item: str
    seeds: str | ScopeSeed = "A"
    exclude: tuple[str, ...] = field(default=())


def early_draw() -> list[Wire]:
    """K left the tank at 09:00, and A came into it at 10:00; D was made of K afterwards."""
    desk = Desk()
    litres = [some("MILK", "A", 100, "L"), some("MILK", "B", 100, "L")]
    return [
        desk.receipt(items=litres),
        desk.event("merge", inputs=litres[1:], outputs=[some("RAW", "T", 100, "L")]),
        make(desk, [some("RAW", "T", 50, "L")], [some("CHEESE", "K")]),
        desk.event("merge", inputs=litres[:1], outputs=[some("RAW", "T", 100, "L")]),
        make(desk, [some("RAW", "T", 50, "L")], [some("CHEESE", "LATER")]),
        make(desk, [some("CHEESE", "K")], [some("PIE", "D")]),
    ]


def early_serial() -> list[Wire]:
    """Serial P1 was drawn from lot P for pump U1 before A came into P."""
    desk = Desk()
    drawn = [line(serial("VALVE", "P1", of="P"))]
    return [
        desk.receipt(items=[some("BODY", "A"), some("BODY", "B")]),
        make(desk, [some("BODY", "B")], [some("VALVE", "P")]),
        make(desk, drawn, [line(serial("PUMP", "U1"))]),
        make(desk, [some("BODY", "A")], [some("VALVE", "P")]),
    ]


def by_carton() -> list[Wire]:
    """C1 was made of A and C2 of B, by the record; D of C2."""
    desk = Desk()
    return [
        desk.receipt(items=[some("BODY", "A"), some("BODY", "B")]),
        make(desk, [some("BODY", "A")], [some("VALVE", "C1")]),
        make(desk, [some("BODY", "B")], [some("VALVE", "C2")]),
        make(desk, [some("VALVE", "C2")], [some("KIT", "D")]),
    ]


def taken_apart() -> list[Wire]:
    """A and board S were built into U, taken out again, and built into others: A in P, S in Q."""
    desk = Desk()
    a, s = line(serial("MOTOR", "A")), line(serial("BOARD", "S"))
    u, p, q = (line(serial("PUMP", number)) for number in ("U", "P", "Q"))
    return [
        desk.receipt(items=[a, s]),
        desk.event("assembly", inputs=[a, s], outputs=[u]),
        desk.event("disassembly", inputs=[u], outputs=[a, s]),
        desk.event("assembly", inputs=[a], outputs=[p]),
        desk.event("assembly", inputs=[s], outputs=[q]),
    ]


def unused() -> list[Wire]:
    """A was received, moved and sent on as it was; valves were made of B alone."""
    desk = Desk()
    return [
        desk.receipt(items=[some("BODY", "A"), some("BODY", "B")], place="WH-1"),
        desk.event("move", items=[some("BODY", "A", 5)], place="WH-1", to="WH-2"),
        desk.shipment(items=[some("BODY", "A", 5)], place="WH-2"),
        make(desk, [some("BODY", "B")], [some("VALVE", "C2")]),
    ]


def voided() -> list[Wire]:
    """A was recorded into C, which is void. C was sent, and D was made of it, all the same."""
    desk = Desk()
    wrong = make(desk, [some("BODY", "A")], [some("VALVE", "C")])
    return [
        desk.receipt(items=[some("BODY", "A")], occurred_at=at(0)),
        wrong,
        make(desk, [some("VALVE", "C", 5)], [some("KIT", "D", 5)]),
        desk.shipment(items=[some("VALVE", "C", 5)]),
        desk.void(wrong),
    ]


def voided_later() -> list[Wire]:
    """A went into V, which stands; that V went into C is void. C was sent all the same."""
    desk = Desk()
    wrong = make(desk, [some("VALVE", "V")], [some("KIT", "C")], occurred_at=at(180))
    return [
        desk.receipt(items=[some("BODY", "A")], occurred_at=at(60)),
        make(desk, [some("BODY", "A")], [some("VALVE", "V")], occurred_at=at(120)),
        wrong,
        desk.shipment(items=[some("KIT", "C", 5)]),
        desk.void(wrong),
    ]


def apart() -> list[Wire]:
    """A went into C1; paper became a box, elsewhere."""
    desk = Desk()
    return [
        desk.receipt(items=[some("BODY", "A"), some("PAPER", "N")]),
        make(desk, [some("BODY", "A")], [some("VALVE", "C1")]),
        make(desk, [some("PAPER", "N")], [some("BOX", "X")]),
    ]


def siblings(*more: Wire) -> list[Wire]:
    """Two serials of one lot; and what else is told."""
    units = [line(serial("VALVE", number, of="C1")) for number in ("S1", "S2")]
    return [Desk("sap").receipt(items=units), *more]


def built() -> list[Wire]:
    """One of two serials of a lot was built into a kit."""
    taken = [line(serial("VALVE", "S1"))]
    return siblings(make(Desk(), taken, [some("KIT", "K", 1)], occurred_at=at(600)))


BODIES = ScopeSeed("product", "BODY")
CASES = {
    "drawn before it came": Out("time_order", early_draw(), "K"),
    "made of what was drawn before": Out("time_order", early_draw(), "D"),
    "a serial drawn before it came": Out("time_order", early_serial(), "P1"),
    "made of a serial drawn before": Out("time_order", early_serial(), "U1"),
    "another lot was taken": Out("recorded_allocation", by_carton(), "C2"),
    "made of what took another lot": Out("recorded_allocation", by_carton(), "D"),
    "stood beside it in a whole": Out("recorded_allocation", taken_apart(), "S"),
    "made of what stood beside it": Out("recorded_allocation", taken_apart(), "Q"),
    "another serial of the lot": Out("recorded_allocation", siblings(), "S2", "S1"),
    "another serial, of one that was built in": Out("recorded_allocation", built(), "S2", "S1"),
    "nothing was made of it": Out("never_used", unused(), "C2"),
    "only a voided event links them": Out("voided_record", voided(), "C"),
    "made of what a voided event gave": Out("voided_record", voided(), "D"),
    "a voided event further on": Out("voided_record", voided_later(), "C"),
    "an excluded seed": Out("seed_excluded", by_carton(), "B", BODIES, ("B",)),
    "made of an excluded seed": Out("seed_excluded", by_carton(), "C2", BODIES, ("B",)),
    "two steps from an excluded seed": Out("seed_excluded", by_carton(), "D", BODIES, ("B",)),
    "no record, and an excluded seed": Out("unrelated", apart(), "X", BODIES, ("C1",)),
    "no record links them": Out("unrelated", apart(), "X"),
    "nor what it was made of": Out("unrelated", apart(), "N"),
}


@pytest.mark.parametrize("name", CASES)
def test_why_not(engine: Engine, name: str) -> None:
    case = CASES[name]
    graph = told(engine, case.events)

    found = graph.explain(case.seeds, case.item, exclude=case.exclude)
    scope = graph.scope(case.seeds, exclude=case.exclude)

    assert (found.verdict, found.reason) == ("out", case.reason)
    assert found.steps == ()
    assert found.detail
    assert found.item not in {item.key for item in scope.items}
    assert scope.items  # something is in it: a reason why not says nothing of an empty scope


def test_what_was_left_out_of_the_seeds_may_still_be_reached(engine: Engine) -> None:
    """C1 is no seed, but A is, and C1 was made of A: it is in, whatever is excluded."""
    graph = told(engine, by_carton())

    found = graph.explain(BODIES, "C1", exclude="C1")

    assert found.verdict == "certain"
    assert [step.item for step in found.steps] == [key("BODY", "A"), key("VALVE", "C1")]


def test_before_the_void_was_known_the_item_was_in(engine: Engine) -> None:
    """The reason is that of a cut: until the void, C was made of A, and D of C."""
    *early, void = voided()
    graph = told(engine, early)
    known = graph.store.published().seq

    assert graph.capture([void]).ok

    assert graph.explain("A", "C").verdict == "out"
    found = graph.explain("A", "D", known_at=known)
    assert found.verdict == "certain"
    assert [step.item for step in found.steps] == [
        key("BODY", "A"), key("VALVE", "C"), key("KIT", "D"),
    ]  # fmt: skip


def test_a_sibling_of_a_seed_is_said_to_be_another_unit(engine: Engine) -> None:
    graph = told(engine, siblings())

    assert graph.explain("S1", "S2").detail == (
        "By the records it is another unit of urn:tracegraph:lot:VALVE:C1 than the seed"
        " urn:tracegraph:serial:VALVE:S1."
    )


def test_of_one_unit_one_is_affected(engine: Engine) -> None:
    graph = told(engine, built())

    assert "at most 1 each of it is affected" in graph.explain("S1", "S1").detail
    assert "at most 1 each of it is affected" in graph.explain("S1", "K").detail
