"""Orders on every engine: folds, cuts, voids, listing, commands and figures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Desk, at, container, gtin, line, lot, package, serial
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.orders import asking
from tracegraph.orders.answer import IllegalStep, OrderView, UnknownOrder

UNIT, CASE = gtin(1), gtin(2)


def ordered(quantity: str = "10", product: str = "FG-1", number: str = "10", **more: Any):
    return {"line": number, "product": product, "quantity": quantity, "unit": "each", **more}


class Office(Desk):
    """A desk that writes the papers of one order, a step an hour."""

    def __init__(self, number: str = "SO-1", kind: str = "sales") -> None:
        super().__init__("erp-" + number)
        self.number, self.kind = number, kind

    def paper(self, action: str, *lines, **fields):
        said = {"number": self.number, "kind": self.kind, "action": action, "lines": list(lines)}
        return self.event("order", **{**said, **fields})

    def papers(self, *lines, until: str = "released"):
        actions = ("created", "confirmed", "released")
        wanted = actions[: actions.index(until) + 1]
        return [self.paper(a, *(lines if a == "created" else ())) for a in wanted]

    def goods(self, type_: str, *lines, **fields):
        return self.event(type_, **{"order": self.number, "items": list(lines), **fields})


def send(graph: Tracegraph, *events) -> int:
    """Each event as a batch of its own; the seq of the last."""
    for event in events:
        assert graph.capture([event]).ok
    return graph.store.published().seq


def codes(found: OrderView) -> list[str]:
    return [anomaly.code for anomaly in found.anomalies]


def units(graph: Tracegraph, number: str = "SO-1") -> list[tuple[str, str | None, str, str]]:
    return [
        (each.fulfilled, each.shipped, each.delivered, each.returned)
        for each in graph.order(number).lines
    ]


def test_an_order_from_its_creation_to_its_settlement(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, *office.papers(ordered()))
    steps = [
        (office.goods("pack", line(lot("FG-1", "A"), "4"), container=container()), "in progress"),
        (
            office.goods("shipment", line(lot("FG-1", "A"), "4"), documents=["D-1"]),
            "partly shipped",
        ),
        (office.goods("shipment", line(lot("FG-1", "B"), "6"), documents=["D-2"]), "shipped"),
        (office.goods("delivery", line(lot("FG-1", "A"), "4")), "shipped"),
        (office.goods("delivery", line(lot("FG-1", "B"), "6")), "delivered"),
        (office.goods("return", line(lot("FG-1", "B"), "1")), "delivered"),
        (office.goods("shipment", line(lot("FG-1", "C"), "1")), "delivered"),
        (office.paper("settled"), "settled"),
    ]

    for event, state in steps:
        send(graph, event)
        assert graph.order("SO-1").state == state

    found = graph.order("SO-1")
    assert codes(found) == []
    assert [e.step for e in found.events][-2] == "replacement"
    assert found.documents == ("D-1", "D-2")
    assert units(graph) == [("11", "11", "10", "1")]
    assert found.completed_at == steps[4][0]["occurred_at"]
    key = "urn:tracegraph:lot:FG-1:"
    assert [(i.key, i.quantity) for i in found.lines[0].items] == [
        (f"{key}A", "4"), (f"{key}B", "6"), (f"{key}C", "1"),
    ]  # fmt: skip
    assert [(i.number, i.shipped, i.delivered, i.returned) for i in found.items] == [
        ("A", "4", "4", "0"), ("B", "6", "6", "1"), ("C", "1", "0", "0"),
    ]  # fmt: skip


def test_the_order_of_arrival_does_not_matter(engine: Engine):
    office = Office()
    events = [
        *office.papers(ordered()),
        office.goods("shipment", line(lot("FG-1", "A"), "10")),
        office.goods("delivery", line(lot("FG-1", "A"), "10")),
    ]
    forth = engine.graph()
    send(forth, *events)
    first = forth.order("SO-1")
    back = engine.graph()
    send(back, *reversed(events))

    assert back.order("SO-1") == first
    assert first.state == "delivered"


def test_an_illegal_fact_is_flagged_counts_and_is_caught_up_with(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, *office.papers(ordered(), until="created"))
    shipment = office.goods("shipment", line(lot("FG-1", "A"), "10"))
    seq = send(graph, shipment)

    found = graph.order("SO-1")
    assert (found.state, units(graph)) == ("draft", [("10", "10", "0", "0")])
    (anomaly,) = found.anomalies
    assert anomaly.code == "illegal_step"
    assert anomaly.event == f"urn:tracegraph:event:{shipment['source']}:{shipment['id']}"
    assert anomaly.legal == ("changed", "confirmed", "released", "cancelled")

    send(graph, office.paper("released"))
    assert graph.order("SO-1").state == "shipped"
    assert codes(graph.order("SO-1")) == ["illegal_step"], "the record still contradicts itself"
    assert graph.order("SO-1", known_at=seq) == found


def test_cuts_voids_and_corrections_fold_anew(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, *office.papers(ordered()))
    wrong = office.goods("shipment", line(lot("FG-1", "A"), "10"))
    before = send(graph, wrong)
    send(graph, office.void(wrong))

    assert graph.order("SO-1").state == "released"
    assert units(graph) == [("0", "0", "0", "0")]
    assert graph.order("SO-1", known_at=before).state == "shipped"
    assert graph.order("SO-1", as_of=at(90)).state == "draft"
    early = graph.order("SO-1", as_of=at(0))
    assert (early.state, early.events, early.legal) == ("unplaced", (), ("created",))
    assert early.note
    assert graph.order("SO-1", known_at=0).note
    with pytest.raises(UnknownOrder, match="SO-2"):
        graph.order("SO-2")


def test_package_levels_containers_and_serials_count_once(engine: Engine):
    graph, office, desk = engine.graph(), Office(), Desk()
    box = container()
    send(
        graph,
        desk.product("FG-1", package(UNIT), package(CASE, 12)),
        desk.event(
            "pack",
            container=box,
            items=[line(lot(UNIT, "A"), "5"), line(serial("FG-1", "1", of="B"))],
            occurred_at=at(1),
        ),
        desk.receipt(serial("FG-1", "8", of="D"), occurred_at=at(2)),
        *office.papers(ordered("3", CASE)),
        office.goods(
            "shipment",
            line(box),
            line(lot(CASE, "C"), "1"),
            line(lot("FG-1", "D"), "10"),
            line(serial("FG-1", "7", of="D")),
            line(serial("FG-1", "8")),
            line({"product": UNIT}, "8"),
        ),
    )  # fmt: skip

    found = graph.order("SO-1")
    assert (found.state, codes(found)) == ("shipped", [])
    assert units(graph) == [("3", "3", "0", "0")], "5 + 1 + 12 + 10 + 8 are three dozen"
    items = [(i.key and i.key.rpartition("/")[2], i.within) for i in found.lines[0].items]
    assert len(items) == 7
    assert (None, None) in items, "what is untraced fulfils as well"
    assert [(i.number, i.shipped, i.within) for i in found.items if i.within] == [
        ("7", "1", f"https://id.gs1.org/01/{UNIT}/10/D"),
        ("8", "1", f"https://id.gs1.org/01/{UNIT}/10/D"),
    ], "serials of a lot beside it, said here or before, are in its ten"


def test_a_serial_counts_once_and_a_boxed_lot_does_not_hide_it(engine: Engine):
    graph, office, desk = engine.graph(), Office(), Desk()
    box = container()
    inside = [line(lot("FG-1", "D"), "3"), line(serial("FG-1", "2"))]
    send(graph, desk.event("pack", container=box, items=inside, occurred_at=at(1)))
    loose = [
        line(serial("FG-1", "1", of="D")),
        line(serial("FG-1", "2")),
        line(serial("FG-1", "3")),
    ]
    send(graph, *office.papers(ordered("6")), office.goods("shipment", line(box), *loose))

    assert units(graph) == [("6", "6", "0", "0")], "3 in the box and serials 1, 2 and 3"
    assert [i.within for i in graph.order("SO-1").items] == [None] * 4


def test_lines_by_name_by_product_and_what_was_not_ordered(engine: Engine):
    graph, office = engine.graph(), Office()
    lines = [
        ordered("5", due="2026-05-02"),
        ordered("5", number="20", due="2026-05-01"),
        ordered("1", "KG", number="30"),
    ]
    send(graph, *office.papers(*lines))
    send(
        graph,
        office.goods(
            "shipment",
            line(lot("FG-1", "A"), "7"),
            line(lot("FG-1", "B"), "2", order_line="10"),
            line(lot("X", "C"), "3"),
            line(lot("KG", "D"), "3", "kg"),
            line(lot("FG-1", "E")),
            line(lot("FG-1", "F"), "2", order_line="99"),
            line(lot("Y", "G"), "1", order_line="30"),
        ),
    )

    found = graph.order("SO-1")
    assert units(graph) == [("6", "6", "0", "0"), ("5", "5", "0", "0"), ("1", "1", "0", "0")]
    assert [(i.product, i.quantity, i.unit) for i in found.unordered] == [
        ("X", "3", "each"), ("KG", "3", "kg"),
    ]  # fmt: skip
    assert sorted(codes(found)) == [
        "inconvertible", "more_than_ordered", "not_ordered", "other_product", "unknown_line",
        "unknown_quantity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "type_", "states"),
    [
        pytest.param("purchase", "receipt", ["in progress", "delivered"], id="purchase"),
        pytest.param("return", "return", ["in progress", "delivered"], id="return"),
        pytest.param("production", "production", ["in progress", "delivered"], id="production"),
        pytest.param("transfer", "shipment", ["partly shipped", "shipped"], id="transfer"),
    ],
)
def test_every_kind_has_its_own_goods(engine: Engine, kind: str, type_: str, states: list[str]):
    graph, office = engine.graph(), Office(kind=kind)
    send(graph, *office.papers(ordered()))

    for quantity, state in zip(("4", "6"), states, strict=True):
        made = [line(lot("FG-1", "A"), quantity)]
        field = "outputs" if kind == "production" else "items"
        send(graph, office.event(type_, order="SO-1", **{field: made}))
        assert graph.order("SO-1").state == state

    assert codes(graph.order("SO-1")) == []
    assert units(graph)[0][0] == "10"


def test_within_one_instant_papers_open_before_goods_and_end_after(engine: Engine):
    graph, office = engine.graph(), Office()
    names = ["created", "changed", "confirmed", "released", "shipment", "delivery", "settled"]
    events = [
        office.goods(name, line(lot("FG-1", "A"), "10"))
        if name in {"shipment", "delivery"}
        else office.paper(name, *([ordered()] if name == "created" else []))
        for name in names
    ]
    same = [
        {**event, "id": f"{9 - place}", "occurred_at": at(0)} for place, event in enumerate(events)
    ]
    send(graph, *same)

    found = graph.order("SO-1")
    assert (found.state, codes(found)) == ("settled", [])
    assert [event.action or event.type for event in found.events] == names


def test_changed_lines_are_filled_with_what_came_before(engine: Engine):
    graph, office = engine.graph(), Office()
    created = office.paper("created", ordered(), party="C-1")
    send(graph, created, office.paper("released"))
    goods = [line(lot("FG-1", "A"), "4")]
    send(graph, office.goods("shipment", *goods), office.goods("delivery", *goods))
    assert graph.order("SO-1").state == "partly shipped"

    send(graph, office.paper("changed", ordered("4", number="11")))

    found = graph.order("SO-1")
    assert (found.state, found.party, codes(found)) == ("delivered", "C-1", [])
    assert units(graph) == [("4", "4", "4", "0")]
    assert found.lines[0].completed_at == at(4 * 60)


def test_a_serial_of_a_case_is_what_a_case_holds(engine: Engine):
    graph, office, desk = engine.graph(), Office(), Desk()
    send(graph, desk.product("FG-1", package(UNIT), package(CASE, 12)))
    send(graph, *office.papers(ordered("12")))
    send(graph, office.goods("shipment", line(serial(CASE, "1"))))

    assert graph.order("SO-1").state == "shipped"
    assert units(graph) == [("12", "12", "0", "0")]


def test_papers_that_contradict_each_other_are_told(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, office.paper("created", ordered(), ordered(), kind="purchase"))
    send(graph, office.paper("released"))

    found = graph.order("SO-1")
    assert (found.kind, found.state) == ("sales", "released")
    assert codes(found) == ["kind_changed", "line_twice"]


def test_closing_short_asks_for_what_was_shipped_only(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, *office.papers(ordered()))
    send(graph, office.goods("shipment", line(lot("FG-1", "A"), "4")), office.paper("closed"))
    assert graph.order("SO-1").state == "shipped"

    send(graph, office.goods("delivery", line(lot("FG-1", "A"), "4")))

    found = graph.order("SO-1")
    assert (found.state, found.closed, codes(found)) == ("delivered", True, [])
    assert found.completed_at is None, "it was not delivered in full"


def test_orders_are_listed_by_what_is_asked_page_by_page(engine: Engine, monkeypatch):
    monkeypatch.setattr(asking, "_STRETCH", 2)
    monkeypatch.setattr(asking, "_TOGETHER", 2)
    graph = engine.graph()
    offices = [Office(f"SO-{n}", "purchase" if n == 3 else "sales") for n in range(5)]
    papers = [o.paper("created", party="C-1" if o.number == "SO-4" else None) for o in offices]
    batch = [*papers, offices[1].paper("released")]
    assert graph.capture(batch).ok
    send(graph, offices[2].void(papers[2]), offices[0].paper("confirmed"))
    send(graph, Office("SO-9").goods("shipment", line(lot("FG-1", "A"), "1")))

    def numbers(**asked) -> list[str]:
        return [each.number for each in graph.orders(**asked).orders]

    assert numbers() == ["SO-0", "SO-1", "SO-3", "SO-4"], "neither voided nor only named"
    assert numbers(as_of=at(60)) == ["SO-0", "SO-1", "SO-3", "SO-4"]
    assert numbers(state="draft") == ["SO-3", "SO-4"]
    assert numbers(kind="purchase") == ["SO-3"]
    assert numbers(party="C-1") == ["SO-4"]
    assert numbers(known_at=6) == ["SO-0", "SO-1", "SO-2", "SO-3", "SO-4"]
    assert numbers(as_of=at(0)) == []
    for limit in (1, 2, 3):
        pages: list[str] = []
        cursor = None
        while not pages or cursor:
            page = graph.orders(limit=limit, cursor=cursor)
            pages += [each.number for each in page.orders]
            cursor = page.next
        assert pages == numbers()
    with pytest.raises(Refused, match="/state"):
        graph.orders(state="gone")


def test_an_order_is_listed_once_whatever_was_voided(engine: Engine, monkeypatch):
    monkeypatch.setattr(asking, "_STRETCH", 2)
    graph, offices = engine.graph(), [Office("SO-1"), Office("SO-2"), Office("SO-3")]
    papers = [office.paper("created") for office in offices]
    later = [office.paper("released") for office in offices]
    send(graph, papers[0], later[0], papers[1], papers[2], later[1], later[2])
    assert [o.number for o in graph.orders().orders] == ["SO-1", "SO-2", "SO-3"]

    send(graph, offices[0].void(papers[0]), offices[1].void(papers[1]))

    assert [o.number for o in graph.orders().orders] == ["SO-1", "SO-3", "SO-2"]


def test_a_page_ends_where_enough_was_looked_at(engine: Engine, monkeypatch):
    monkeypatch.setattr(asking, "MOST_LOOKED_AT", 2)
    graph = engine.graph()
    send(graph, *(Office(f"SO-{n}").paper("created") for n in range(5)))
    send(graph, Office("SO-5", "purchase").paper("created"))

    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        page = graph.orders(kind="purchase", cursor=cursor)
        pages.append([each.number for each in page.orders])
        cursor = page.next

    assert pages == [[], [], ["SO-5"]]


def command(graph: Tracegraph, action: str, minutes: float, number: str = "SO-1", **fields):
    event = {"id": f"{action}-{minutes}", "occurred_at": at(minutes), **fields}
    return graph.order_command(number, action, event, source="shop", caller="key-1")


def test_a_command_is_stored_where_it_is_legal(engine: Engine):
    graph = engine.graph()

    assert command(graph, "created", 0, kind="sales", lines=[ordered()]).ok
    first = command(graph, "released", 10)

    assert graph.order("SO-1").state == "released"
    assert graph.event("shop", "released-10").caller == "key-1"
    again = command(graph, "released", 10)
    assert again.count("duplicate") == 1
    assert again.seq == first.seq


def test_an_illegal_command_is_refused_before_there_is_a_fact(engine: Engine):
    graph, office = engine.graph(), Office()
    send(graph, *office.papers(ordered()))
    send(graph, Office("SO-3").goods("receipt", line(lot("FG-1", "A"), "10")))
    seq = send(graph, office.goods("shipment", line(lot("FG-1", "A"), "10")))

    with pytest.raises(IllegalStep, match="is shipped, so it cannot be cancelled") as late:
        command(graph, "cancelled", 600)
    with pytest.raises(IllegalStep, match="would make") as backdated:
        command(graph, "cancelled", 200)
    with pytest.raises(UnknownOrder):
        command(graph, "released", 0, number="SO-2")
    with pytest.raises(IllegalStep, match="is unplaced, so it cannot be released; legal: created"):
        command(graph, "released", 0, number="SO-3")
    with pytest.raises(Refused, match="/action"):
        command(graph, "shipped", 0)
    malformed = command(graph, "closed", 600, party=7)

    assert (late.value.state, late.value.legal) == ("shipped", ("closed", "settled"))
    assert late.value.breaks is None
    assert backdated.value.state == "released"
    assert backdated.value.breaks == graph.order("SO-1").events[-1].key
    assert malformed.count("refused") == 1
    assert graph.store.published().seq == seq, "nothing was stored"


def test_figures_tell_what_they_were_counted_from(engine: Engine):
    graph, desk = engine.graph(), Desk()
    ends = {"SO-1": ("A", "2026-03-02"), "SO-2": ("B", "2026-03-01"), "SO-3": ("C", None)}
    for number, (name, day) in ends.items():
        office = Office(number)
        send(graph, *office.papers(ordered("1", due=day) if day else ordered("1")))
        send(graph, office.goods("delivery", line(lot("FG-1", name), "1")))
    late, gone = Office("SO-4"), Office("SO-5", "purchase")
    send(graph, *late.papers(ordered("1", promised="2026-03-02")))
    send(graph, gone.paper("created"), gone.paper("cancelled"))
    send(
        graph,
        desk.event("inspection", items=[line(lot("FG-1", "A"))], verdict="fail"),
        desk.event("inspection", items=[line(lot("FG-1", "B"))], verdict="pass"),
    )

    found = graph.order_figures(as_of=at(60 * 48))

    assert found.orders == 5
    took = found.time_to_fulfil
    assert (took.numerator, took.denominator, took.median_seconds) == (3, 4, "10800")
    assert (found.on_time.numerator, found.on_time.denominator) == (1, 3)
    assert found.on_time.rate == "0.3333"
    assert (found.cancelled.numerator, found.cancelled.denominator) == (1, 5)
    assert (found.nonconforming.numerator, found.nonconforming.denominator) == (1, 3)
    today = graph.order_figures(as_of=at(60 * 6))
    assert today.on_time.denominator == 2, "the day of SO-4 has not passed"
    none = graph.order_figures(since=at(60 * 48), kind="sales")
    assert (none.orders, none.cancelled.rate, none.time_to_fulfil.median_seconds) == (0, None, None)
    assert none.months == ()


def test_figures_of_months_are_those_of_a_window_of_each(engine: Engine):
    graph, desk = engine.graph(), Desk()
    placed = {"SO-1": "2026-03-31T23:59:59Z", "SO-2": "2026-04-01T01:30:00+02:00",
              "SO-3": "2026-04-01T00:00:00Z", "SO-4": "2026-06-10T08:00:00Z"}  # fmt: skip
    for number, moment in placed.items():
        order = {"number": number, "kind": "sales", "action": "created", "lines": [ordered("1")]}
        send(graph, desk.event("order", occurred_at=moment, **order))
    gone = {"number": "SO-3", "kind": "sales", "action": "cancelled"}
    send(graph, desk.event("order", occurred_at=at(60 * 24 * 60), **gone))

    found = graph.order_figures()

    assert [(one.month, one.orders) for one in found.months] == [
        ("2026-03", 2),  # SO-2 too, by UTC
        ("2026-04", 1),
        ("2026-06", 1),
    ]
    for one in found.months:
        alone = graph.order_figures(
            since=f"{one.month}-01T00:00:00Z", until=f"{one.month}-30T23:59:59.9Z"
        )
        if one.month != "2026-03":  # that has a day more
            assert alone.orders == one.orders
        assert (alone.on_time, alone.cancelled.numerator) == (one.on_time, one.cancelled.numerator)


def test_a_serial_of_a_lot_that_does_not_conform_counts(engine: Engine):
    graph, desk, office = engine.graph(), Desk(), Office()
    send(graph, *office.papers(ordered("1")))
    send(graph, office.goods("shipment", line(serial("FG-1", "7", of="A"))))
    wrong = desk.event("nonconformance", items=[line(lot("FG-1", "A"))])
    send(graph, wrong)
    assert graph.order_figures().nonconforming.numerator == 1

    send(graph, desk.void(wrong))

    assert graph.order_figures().nonconforming.numerator == 0


@pytest.mark.parametrize(
    "found_out",
    [
        pytest.param({"type_": "nonconformance", "events": True}, id="by-event"),
        pytest.param({"type_": "inspection", "results": ["pass", "fail"]}, id="by-result"),
        pytest.param({"type_": "inspection", "verdict": "fail", "results": []}, id="by-verdict"),
    ],
)
def test_what_makes_an_order_nonconforming(engine: Engine, found_out: dict[str, Any]):
    graph, desk, office = engine.graph(), Desk(), Office()
    shipment = office.goods("shipment", line(lot("FG-1", "A"), "1"))
    send(graph, *office.papers(ordered("1")), shipment)
    fields: dict[str, Any] = {"items": [line(lot("FG-1", "A"))]}
    if "events" in found_out:
        fields = {"events": [{"id": shipment["id"], "source": shipment["source"]}]}
    else:
        results = [
            {"characteristic": "x", "value": "1", "verdict": each} for each in found_out["results"]
        ]
        fields |= {"results": results, "verdict": found_out.get("verdict")}
    send(graph, desk.event(found_out["type_"], occurred_at=at(600), **fields))

    assert graph.order_figures().nonconforming.numerator == 1
    assert graph.order_figures(as_of=at(599)).nonconforming.numerator == 0
