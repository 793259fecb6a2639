"""Every rule of gaps: the history that has just that gap, and the nearest one without it.

All are variations of one sound history: material A is received, made into F by its bill, and part
of F is shipped to a customer who can be reached.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.builders import Desk, Wire, container, line, lot, sscc
from tests.contract.engines import Engine
from tracegraph.recall.answer import GAP_RULES, Gap, Scope
from tracegraph.recall.material import ScopeTooLarge

A, F = "urn:tracegraph:lot:RM:A", "urn:tracegraph:lot:FG:F"
PALLET = f"https://id.gs1.org/00/{sscc(1)}"
CONTACTS = [{"email": "vigilance@example.org"}]
END = "2026-03-31T00:00:00Z"


def march(day: int) -> str:
    return f"2026-03-{day:02}T08:00:00Z"


def each(product: str, number: str, quantity: int | None) -> Wire:
    return line(lot(product, number), None if quantity is None else str(quantity))


def told(id_: str, type_: str, day: int, **fields: Any) -> Wire:
    """An event at our site; a field given as None is left out."""
    fields = {"place": "SZ1", **fields}
    return Desk("mes").event(type_, id=id_, occurred_at=march(day), **fields)


def product(number: str, *materials: str, **fields: Any) -> Wire:
    bill = [{"product": name, "quantity": "1", "unit": "each"} for name in materials]
    return told(f"record-{number}", "product", 1, number=number, bill_of_materials=bill, **fields)


def receipt(*lines: Wire, **fields: Any) -> Wire:
    return told("receipt", "receipt", 2, party="S-1", items=list(lines), **fields)


def making(inputs: list[Wire], outputs: list[Wire], **fields: Any) -> Wire:
    return told(fields.pop("id_", "making"), "production", 3, **fields, inputs=inputs,
                outputs=outputs)  # fmt: skip


def shipment(*lines: Wire, day: int = 4, **fields: Any) -> Wire:
    return told("shipment", "shipment", day, items=list(lines), **{"party": "C-1", **fields})


def customer(contacts: list[dict[str, str]] = CONTACTS) -> Wire:
    return told("record-C-1", "party", 1, number="C-1", contacts=contacts)


SOUND: dict[str, Wire] = {
    "rm": product("RM"),
    "fg": product("FG", "RM"),
    "customer": customer(),
    "receipt": receipt(each("RM", "A", 100)),
    "making": making([each("RM", "A", 100)], [each("FG", "F", 100)]),
    "shipment": shipment(each("FG", "F", 40)),
}


def history(**changes: Wire | None) -> list[Wire]:
    """The sound history with events changed, added, or (None) left out."""
    return [event for event in {**SOUND, **changes}.values() if event is not None]


def only(**events: Wire) -> list[Wire]:
    """The records of the sound history with other events."""
    return history(**{"receipt": None, "making": None, "shipment": None, **events})


def event_key(id_: str) -> str:
    return f"urn:tracegraph:event:mes:{id_}"


# What would close the gap: a remedy must say so.
CLOSED_BY = {
    "no_origin": "receipt or production",
    "no_inputs": "what the production took",
    "bill_missing": "lots or serials of this material",
    "bill_short": "rest of this material",
    "quantity_unknown": "quantity and unit",
    "balance_negative": "what came in before",
    "order_unproven": "times of the events",
    "adjusted": "Explain the adjustment",
    "consumed_without_outputs": "what was made of it",
    "origin_voided": "replaces the voided one",
    "unlocated": "where it is",
    "consignee_unknown": "party",
    "consignee_without_contact": "contact",
    "contents_unproven": "packing record",
    "product_unknown": "product's record",
    "unit_inconvertible": "factor between the units",
    "unaccounted": "Confirm the delivery",
    "untraced": "lot or serial",
}


class Flaw(NamedTuple):
    """A rule, the gap that a history has by it, and the nearest history that has none.

    `item`, `event`, `product`, `party`, `quantity` are the gap's; `beside` are rules that cannot
    but hold with it. `end` is until when events count.
    """

    rule: str
    flawed: list[Wire]
    sound: list[Wire]
    item: str | None = None
    event: str | None = None
    product: str | None = None
    party: str | None = None
    quantity: str | None = None
    seed: str = A
    beside: frozenset[str] = frozenset()
    end: str = END
    sound_end: str = END


def void(target: str) -> Wire:
    return told("void", "void", 5, place=None, voids=target, reason="wrong lot")


def glued(item: Wire) -> Wire:
    return making([each("RM", "A", 100), line(item, "1", "kg")], [each("FG", "F", 100)])


def moved() -> Wire:
    return told("move", "move", 3, to="SZ1", items=[each("RM", "A", 10)])


FLAWS: dict[str, Flaw] = {
    # Moved within the site: its balance is never below zero, so nothing but its origin lacks.
    "never received": Flaw(
        "no_origin",
        only(move=moved()),
        only(receipt=receipt(each("RM", "A", 10)), move=moved()),
        item=A,
    ),
    "made of nothing": Flaw(
        "no_inputs",
        history(making=making([], [each("FG", "F", 100)])),
        history(),
        item=F,
        event="making",
        seed=F,
    ),
    # Each FG takes one RM and one CAP; of the caps nothing was said.
    "a line of the bill without input": Flaw(
        "bill_missing",
        history(fg=product("FG", "RM", "CAP")),
        history(
            fg=product("FG", "RM", "CAP"),
            receipt=receipt(each("RM", "A", 100), each("CAP", "K", 100)),
            making=making(
                [each("RM", "A", 100), each("CAP", "K", 100)], [each("FG", "F", 100)]
            ),
        ),
        item=F,
        event="making",
        product="CAP",
    ),
    # 120 FG take 120 RM: 120 - 100 = 20 are not recorded.
    "less went in than the bill says": Flaw(
        "bill_short",
        history(making=making([each("RM", "A", 100)], [each("FG", "F", 120)])),
        history(),
        item=F,
        event="making",
        product="RM",
        quantity="20",
    ),
    "shipped in unknown quantity": Flaw(
        "quantity_unknown",
        history(shipment=shipment(each("FG", "F", None))),
        history(),
        item=F,
        event="shipment",
    ),
    # 120 of 100 were shipped.
    "more shipped than made": Flaw(
        "balance_negative",
        history(shipment=shipment(each("FG", "F", 120))),
        history(shipment=shipment(each("FG", "F", 100))),
        item=F,
        event="shipment",
        quantity="20",
    ),
    # Shipped on 2 March, made on 3 March: the 100 that were made met a balance of -40, which is a
    # gap of its own.
    "shipped before it was made": Flaw(
        "order_unproven",
        history(shipment=shipment(each("FG", "F", 40), day=2)),
        history(),
        item=F,
        event="making",
        quantity="100",
        beside=frozenset({"balance_negative"}),
    ),
    "written off": Flaw(
        "adjusted",
        history(count=told("count", "adjustment", 5, items=[each("FG", "F", -5)])),
        history(count=told("count", "scrap", 5, items=[each("FG", "F", 5)], reason="bent")),
        item=F,
        event="count",
        quantity="5",
    ),
    "found": Flaw(
        "adjusted",
        history(count=told("count", "adjustment", 5, items=[each("FG", "F", 5)])),
        history(),
        item=F,
        event="count",
        quantity="5",
    ),
    "consumed for nothing": Flaw(
        "consumed_without_outputs",
        only(
            receipt=receipt(each("RM", "A", 100)), making=making([each("RM", "A", 100)], [])
        ),
        history(),
        item=A,
        event="making",
    ),
    "its origin is voided, and it was shipped": Flaw(
        "origin_voided",
        history(void=void("making")),
        history(
            void=void("making"),
            again=making(
                [each("RM", "A", 100)], [each("FG", "F", 100)], id_="again", replaces="making"
            ),
        ),
        item=F,
        event="making",
    ),
    "its origin is voided, and nothing else is told of it": Flaw(
        "origin_voided",
        history(void=void("making")),
        history(void=void("making"), shipment=None),
        item=F,
        event="making",
    ),
    "received at no place": Flaw(
        "unlocated",
        only(receipt=receipt(each("RM", "A", 100), place=None)),
        only(receipt=receipt(each("RM", "A", 100))),
        item=A,
        quantity="100",
    ),
    "shipped to nobody": Flaw(
        "consignee_unknown",
        history(shipment=shipment(each("FG", "F", 40), party=None)),
        history(),
        item=F,
        event="shipment",
    ),
    "shipped to somebody without a record": Flaw(
        "consignee_unknown", history(customer=None), history(), party="C-1"
    ),
    "shipped to somebody without a contact": Flaw(
        "consignee_without_contact", history(customer=customer([])), history(), party="C-1"
    ),
    "a pallet whose contents nobody recorded": Flaw(
        "contents_unproven",
        history(shipment=shipment(line(container(1)))),
        history(
            packing=told(
                "pack", "pack", 3, container=container(1), items=[each("FG", "F", 40)]
            ),
            shipment=shipment(line(container(1))),
        ),
        item=PALLET,
        event="shipment",
        seed=PALLET,
    ),
    "a product without a record": Flaw(
        "product_unknown", history(rm=None), history(), product="RM"
    ),
    # Counted, and scrapped by weight: with 20 g apiece 0.2 kg are 10 pieces of A.
    "counted and weighed": Flaw(
        "unit_inconvertible",
        only(
            receipt=receipt(each("RM", "A", 100)),
            waste=told("waste", "scrap", 3, items=[line(lot("RM", "A"), "0.2", "kg")]),
        ),
        only(
            rm=product("RM", factors=[{"unit": "each", "equals": "20", "of": "g"}]),
            receipt=receipt(each("RM", "A", 100)),
            waste=told("waste", "scrap", 3, items=[line(lot("RM", "A"), "0.2", "kg")]),
        ),
        item=A,
        event="waste",
    ),
    # Shipped at 08:00 on 4 March: at that hour of 3 April 30 days have passed, and not more.
    "under way for more than thirty days": Flaw(
        "unaccounted",
        history(),
        history(),
        item=F,
        quantity="40",
        end="2026-04-03T08:00:01Z",
        sound_end="2026-04-03T08:00:00Z",
    ),
    "under way for more than thirty days, or arrived": Flaw(
        "unaccounted",
        history(),
        history(
            arrival=told("arrival", "delivery", 6, party="C-1", items=[each("FG", "F", 40)])
        ),
        item=F,
        quantity="40",
        end="2026-05-31T00:00:00Z",
        sound_end="2026-05-31T00:00:00Z",
    ),
    "an input without a lot": Flaw(
        "untraced",
        history(making=glued({"product": "GLUE"})),
        history(
            receipt=receipt(each("RM", "A", 100), line(lot("GLUE", "G"), "1", "kg")),
            making=glued(lot("GLUE", "G")),
        ),
        item=F,
        event="making",
        product="GLUE",
    ),
}  # fmt: skip


def asked(engine: Engine, events: list[Wire], flaw: Flaw, end: str) -> Scope:
    graph = engine.graph()
    assert graph.capture(events).ok
    return graph.scope(flaw.seed, as_of=end)


def test_every_rule_has_its_history() -> None:
    assert {flaw.rule for flaw in FLAWS.values()} == set(GAP_RULES) == set(CLOSED_BY)


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_a_gap_is_told_with_its_remedy(engine: Engine, flaw: Flaw) -> None:
    scope = asked(engine, flaw.flawed, flaw, flaw.end)

    assert {gap.rule for gap in scope.gaps} == {flaw.rule} | flaw.beside
    [gap] = [gap for gap in scope.gaps if gap.rule == flaw.rule]
    unit = None if flaw.quantity is None else "each"
    event = None if flaw.event is None else event_key(flaw.event)
    assert gap == Gap(
        flaw.rule,
        flaw.item,
        event,
        flaw.product,
        flaw.party,
        flaw.quantity,
        unit,
        gap.detail,
        gap.remedy,
    )
    assert gap.detail
    assert CLOSED_BY[flaw.rule] in gap.remedy


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_the_nearest_history_has_no_gap(engine: Engine, flaw: Flaw) -> None:
    assert asked(engine, flaw.sound, flaw, flaw.sound_end).gaps == ()


def test_what_is_too_large_is_no_scope_at_all(engine: Engine) -> None:
    """The rule "truncated": two items, A and F, are a scope with a budget of two, not of one."""
    graph = engine.graph()
    assert graph.capture(history()).ok

    with pytest.raises(ScopeTooLarge, match="larger budget"):
        graph.scope(A, as_of=END, budget=1)
    whole = graph.scope(A, as_of=END, budget=2)

    assert ({item.key for item in whole.items}, whole.gaps) == ({A, F}, ())


def test_an_output_without_a_lot_is_a_gap(engine: Engine) -> None:
    """Of 100 FG 60 are lot F, and of 40 nobody knows the lot: they are bad, and not to be found."""
    graph = engine.graph()
    nameless = line({"product": "FG"}, "40")
    made = making([each("RM", "A", 100)], [each("FG", "F", 60), nameless])
    assert graph.capture(history(making=made)).ok

    scope = graph.scope(A, as_of=END)

    assert [(gap.rule, gap.event, gap.product) for gap in scope.gaps] == [
        ("untraced", event_key("making"), "FG")
    ]


@pytest.mark.parametrize(
    "shipped",
    [line(lot("FG", "F")), line(lot("FG", "F"), "2", "kg")],
    ids=["no quantity", "kg of what is counted"],
)
def test_who_got_an_amount_that_nobody_knows_is_a_consignee(engine: Engine, shipped: Wire) -> None:
    """All of F is bad: whatever C-1 got of it is affected, however much that was."""
    graph = engine.graph()
    assert graph.capture(history(shipment=shipment(shipped))).ok

    scope = graph.scope(A, as_of=END)

    assert [(c.party, c.contacts, [i.item for i in c.items]) for c in scope.consignees] == [
        ("C-1", tuple(CONTACTS), [F])
    ]


def test_what_cannot_be_converted_has_an_account_of_its_own(engine: Engine) -> None:
    """Without a factor the ledger keeps an account in each unit: -0.2 kg here, 0.2 kg destroyed."""
    graph = engine.graph()
    assert graph.capture(FLAWS["counted and weighed"].flawed).ok

    scope = graph.scope(A, as_of=END)

    assert {(p.holder, p.state, p.quantity, p.unit) for p in scope.positions} == {
        ("SZ1", "available", "100", "each"),
        ("SZ1", "available", "-0.2", "kg"),
        (None, "destroyed", "0.2", "kg"),
    }
