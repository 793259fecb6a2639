"""What seeds stand for: histories whose answers were derived by hand, unit by unit.

Each history has its derivation beside it: "draw" and "slot" are the two rules of the domain's
page "Certainty, by possible worlds". A draw of q from Q units, a to b of them affected, holds
max(0, q - (Q - a)) to min(q, b) affected ones. A slot of T units, a to b affected, with one slot
unit in each of N output units, spares at most g = max(T, N) - a of them, so that n of the output
hold max(0, n - g) to min(n, b) affected ones.
"""

from __future__ import annotations

from dataclasses import asdict

from tests.builders import Desk, Wire, line, lot, serial
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Figures, Scope
from tracegraph.recall.query import ScopeSeed

END = "2026-03-31T00:00:00Z"
CONTACTS = [{"name": "Vigilance", "phone": "+41 31 000 00 00"}]


def march(day: int, hour: int = 8) -> str:
    """An hour of a day in March 2026."""
    return f"2026-03-{day:02}T{hour:02}:00:00Z"


def each(product: str, number: str, quantity: int, **more: str) -> Wire:
    """A line of so many pieces of a lot."""
    return line(lot(product, number), str(quantity), **more)


def material(product: str, quantity: str = "1", unit: str = "each", **more: list[str]) -> Wire:
    """A line of a bill of materials."""
    return {"product": product, "quantity": quantity, "unit": unit, **more}


class Plant(Desk):
    """A maker with one site, SZ1; every time is said."""

    def product(self, number: str = "FG-1", *packages: Wire, **fields: object) -> Wire:
        """A product's record, older than everything that happens in March."""
        return super().product(number, *packages, **{"occurred_at": march(1, 0), **fields})

    def customers(self, *numbers: str) -> list[Wire]:
        """Records of customers that can be reached."""
        return [
            self.event("party", number=number, contacts=CONTACTS, occurred_at=march(1, 0))
            for number in numbers
        ]

    def happens(self, type_: str, when: str, **fields: object) -> Wire:
        """An event at the site."""
        return self.event(type_, **{"occurred_at": when, "place": "SZ1", **fields})

    def receives(self, when: str, *lines: Wire, **fields: object) -> Wire:
        return self.happens("receipt", when, items=list(lines), **{"party": "S-1", **fields})

    def makes(self, when: str, inputs: list[Wire], outputs: list[Wire], **fields: object) -> Wire:
        return self.happens("production", when, inputs=inputs, outputs=outputs, **fields)

    def ships(self, when: str, party: str, *lines: Wire, **fields: object) -> Wire:
        return self.happens("shipment", when, party=party, items=list(lines), **fields)


def known(engine: Engine, *batches: list[Wire]) -> Tracegraph:
    """A graph that was told these batches, one after another."""
    graph = engine.graph()
    for batch in batches:
        report = graph.capture(batch)
        assert report.ok, report
    return graph


def units(scope: Scope) -> dict[str | None, tuple[str, str, str | None, str | None]]:
    """Affected items by number: certainty, fewest and most affected units, units there were."""
    return {i.number: (i.certainty, i.units_min, i.units_max, i.units) for i in scope.items}


def held(scope: Scope) -> dict[tuple[str, ...], tuple[str | None, ...]]:
    """(item, holder, state) -> quantity, fewest and most affected units there."""
    numbers = {item.key: item.number or item.key for item in scope.items}
    return {
        (numbers[p.item], p.holder or "-", p.state): (p.quantity, p.units_min, p.units_max)
        for p in scope.positions
    }


def sent(scope: Scope) -> dict[tuple[str, str | None], tuple[str | None, ...]]:
    """(consignee, item) -> quantity sent, fewest and most affected units of it."""
    return {
        (consignee.party, item.number): (item.sent, item.units_min, item.units_max)
        for consignee in scope.consignees
        for item in consignee.items
    }


def figures(scope: Scope) -> dict[str | None, Figures]:
    """Headline figures by product."""
    return {figure.product: figure for figure in scope.figures}


def balance(scope: Scope, number: str) -> dict[str, object]:
    """The mass balance of an item, without its zeros."""
    keys = [item.key for item in scope.items if item.number == number]
    [found] = [asdict(balance) for balance in scope.balances if balance.item in keys]
    return {name: term for name, term in found.items() if name != "item" and term != "0"}


def rules(scope: Scope) -> set[str]:
    return {gap.rule for gap in scope.gaps}


# -- an instrument that failed its calibration


def gauge(plant: Plant) -> list[Wire]:
    """Needle lots, inspected with a gauge that was good in February and bad on 20 March.

    The certificate of the good calibration of 2 March came a day later, and says so. After the
    failure the gauge was mended, and calibrated again.
    """

    def inspects(when: str, number: str, equipment: str = "GAUGE-7") -> Wire:
        return plant.happens(
            "inspection", when, items=[line(lot("NDL", number))], sample="5", verdict="pass",
            equipment=[equipment],
        )  # fmt: skip

    def calibrated(when: str, verdict: str, **fields: str) -> Wire:
        return plant.event(
            "equipment", number="GAUGE-7", verdict=verdict, occurred_at=when, **fields
        )

    return [
        plant.product("NDL"),
        plant.product("SYR", bill_of_materials=[material("NDL")]),
        *plant.customers("HOSP"),
        plant.receives(
            march(1),
            each("NDL", "N1", 100), each("NDL", "N2", 100), each("NDL", "N3", 200),
            each("NDL", "N4", 50), each("NDL", "N5", 100), each("NDL", "N6", 100),
        ),
        calibrated("2026-02-01T08:00:00Z", "pass"),
        inspects(march(1, 10), "N1"),
        inspects(march(2, 17), "N2"),
        calibrated(march(3), "pass", calibrated_on="2026-03-02"),
        inspects(march(12), "N3"),
        inspects(march(12), "N4", equipment="GAUGE-8"),
        calibrated(march(20), "fail"),
        inspects(march(21), "N5"),
        calibrated(march(22), "pass"),
        inspects(march(23), "N6"),
        plant.makes(
            march(14),
            [each("NDL", "N3", 200), each("NDL", "N5", 100)],
            [each("SYR", "S1", 300)],
        ),
        plant.ships(march(16), "HOSP", each("SYR", "S1", 150), documents=["DN-1"]),
    ]  # fmt: skip


def test_10_what_a_bad_instrument_passed(engine: Engine) -> None:
    """Whatever it looked at since it was last known to be good is in doubt, whole.

    - The last good calibration before the bad one was on 2 March, at an hour nobody said: N2,
      inspected at 17:00 of that day, may have been after it. N3 was. N1 was inspected before
      that day, N5 after the failure was found, N6 after the mending, N4 with another gauge.
    - Five pieces were looked at; the lots are affected whole: N2 100 of 100, N3 200 of 200.
    - S1: a slot of T = 300 needles, a = b = 200 affected; N = n = 300, so g = 100 units are
      spared at most: 300 - 100 = 200 to min(300, 200) = 200.
    - HOSP: a draw of 150 from Q = 300 with 200 affected: 150 - 100 = 50 to 150. So is the rest.
    """
    graph = known(engine, gauge(Plant()))

    scope = graph.scope(ScopeSeed("instrument", "GAUGE-7"), as_of=END)

    assert {seed.key[-2:]: (seed.units, seed.through) for seed in scope.seeds} == {
        "N2": (None, None),
        "N3": (None, None),
    }
    assert units(scope) == {
        "N2": ("certain", "100", "100", "100"),
        "N3": ("certain", "200", "200", "200"),
        "S1": ("certain", "200", "200", "300"),
    }
    assert sent(scope) == {("HOSP", "S1"): ("150", "50", "150")}
    assert held(scope) == {
        ("N2", "SZ1", "available"): ("100", "100", "100"),
        ("N3", "-", "consumed"): ("200", "200", "200"),
        ("S1", "SZ1", "available"): ("150", "50", "150"),
        ("S1", "HOSP", "in transit"): ("150", "50", "150"),
    }
    needles, syringes = figures(scope)["NDL"], figures(scope)["SYR"]
    assert (needles.items_certain, needles.units_min, needles.on_hand) == (2, "300", "100")
    assert (syringes.units_min, syringes.units_max) == ("200", "200")
    assert (syringes.on_hand, syringes.in_transit) == ("150", "150")
    assert scope.gaps == ()
    assert {figure.completeness for figure in scope.figures} == {"1.0000"}


# -- a sterilizer that ran cold for a while


def sterilizer(plant: Plant) -> list[Wire]:
    """STER-02 ran cold from 09:00 on 5 March to 09:00 on 6 March."""

    def cycle(begin: str, end: str, number: str, quantity: int, by: str = "STER-02") -> Wire:
        return plant.happens(
            "process", end, started_at=begin, equipment=[by], items=[each("SYR", number, quantity)]
        )

    return [
        plant.product("SYR"),
        plant.product("KIT", bill_of_materials=[material("SYR")]),
        *plant.customers("EARLY", "LATE"),
        plant.receives(
            march(2),
            each("SYR", "C1", 300), each("SYR", "C2", 200),
            each("SYR", "C3", 100), each("SYR", "C4", 100),
        ),
        plant.ships(march(4), "EARLY", each("SYR", "C1", 120)),
        cycle(march(5, 6), march(5, 10), "C1", 100),
        cycle(march(6, 9), march(6, 12), "C2", 200),
        cycle(march(6, 10), march(6, 12), "C3", 100),
        cycle(march(5, 10), march(5, 12), "C4", 100, by="STER-01"),
        plant.ships(march(7), "LATE", each("SYR", "C1", 30)),
        plant.makes(march(8), [each("SYR", "C1", 40)], [each("KIT", "K1", 40)]),
    ]  # fmt: skip


def test_11_what_a_sterilizer_treated_in_a_window(engine: Engine) -> None:
    """A cycle counts if its interval meets the window; it concerns the units it lists, from then.

    - C1's cycle began before the window and ended in it; C2's began on its last instant: both
      meet it. C3's began an hour after it, C4's was elsewhere.
    - C1: 100 of its 300 units, from 5 March on. EARLY got its 120 the day before: none of them.
    - LATE: a draw of 30 from Q = 300 with a = b = 100: 30 - 200 < 0, so 0 to 30.
    - The kits drew 40: 0 to 40. Their slot T = 40 has a = 0, so K1 is possible, 0 to 40.
    - On hand are 300 - 120 - 30 - 40 = 110. At most 30 + 40 of the 100 are elsewhere, so at least
      30 are here, at most 100.
    """
    graph = known(engine, sterilizer(Plant()))
    window = ScopeSeed("equipment", "STER-02", since=march(5, 9), until=march(6, 9))

    scope = graph.scope(window, as_of=END)

    assert [(s.key[-2:], s.units, s.since) for s in scope.seeds] == [
        ("C1", "100", march(5, 6)),
        ("C2", "200", march(6, 9)),
    ]
    assert units(scope) == {
        "C1": ("certain", "100", "100", "300"),
        "C2": ("certain", "200", "200", "200"),
        "K1": ("possible", "0", "40", "40"),
    }
    assert sent(scope) == {("LATE", "C1"): ("30", "0", "30")}
    assert held(scope) == {
        ("C1", "SZ1", "available"): ("110", "30", "100"),
        ("C1", "EARLY", "in transit"): ("120", "0", "0"),
        ("C1", "LATE", "in transit"): ("30", "0", "30"),
        ("C1", "-", "consumed"): ("40", "0", "40"),
        ("C2", "SZ1", "available"): ("200", "200", "200"),
        ("K1", "SZ1", "available"): ("40", "0", "40"),
    }
    assert figures(scope)["SYR"].units_min == figures(scope)["SYR"].units_max == "300"
    assert (figures(scope)["KIT"].items_certain, figures(scope)["KIT"].items_possible) == (0, 1)
    assert scope.gaps == ()


# -- what the records keep apart


def test_12_out_by_what_was_recorded_by_carton(engine: Engine) -> None:
    """The worked case of the domain, had needles been recorded by carton.

    - A went into C1 alone: T = 500, a = b = 500, g = 0, so all 500 of C1 are affected.
    - C2 took B. Nothing leads from A to it: it is out, and the record of B is the reason.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("NDL"),
            plant.product("SYR", bill_of_materials=[material("NDL")]),
            plant.receives(march(2), each("NDL", "A", 600), each("NDL", "B", 500)),
            plant.makes(march(3), [each("NDL", "A", 500)], [each("SYR", "C1", 500)]),
            plant.makes(march(3), [each("NDL", "B", 500)], [each("SYR", "C2", 500)]),
        ],
    )

    scope = graph.scope("urn:tracegraph:lot:NDL:A", as_of=END)
    why = graph.explain("urn:tracegraph:lot:NDL:A", "urn:tracegraph:lot:SYR:C2", as_of=END)

    assert units(scope) == {
        "A": ("certain", "600", "600", "600"),
        "C1": ("certain", "500", "500", "500"),
    }
    assert balance(scope, "A") == {
        "unit": "each", "received": "600", "on_hand": "100", "consumed": "500", "explained": True,
    }  # fmt: skip
    assert (scope.gaps, scope.unproven) == ((), ())
    assert (why.verdict, why.reason, why.steps) == ("out", "recorded_allocation", ())
    assert "urn:tracegraph:lot:NDL:B" in why.detail


def test_12_out_though_the_plain_graph_reaches_it(engine: Engine) -> None:
    """A good board that sat beside a bad battery in a pump, and was taken out again.

    - Battery B1 is bad: 1 of 1. The pump P1 took one battery (T = 1, a = b = 1, g = 0): 1 of 1.
    - Taken apart, the pump gave back its board D1. By the plain graph it comes from the pump;
      but it is the component that was built in, and a bad sibling does nothing to it: out.
    - The shell S1 was not recorded as built in: it comes from the pump as a whole, 1 of 1.
    - The battery stayed in no pump: the pump itself was consumed, and is in scope. What was taken
      out of it is not what was affected, so it is not marked removed.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            *(plant.product(number) for number in ("BAT", "BRD", "PMP", "SHL")),
            plant.receives(march(2), line(serial("BAT", "B1")), line(serial("BRD", "D1"))),
            plant.makes(
                march(3),
                [line(serial("BAT", "B1")), line(serial("BRD", "D1"))],
                [line(serial("PMP", "P1"))],
            ),
            plant.happens(
                "disassembly",
                march(9),
                inputs=[line(serial("PMP", "P1"))],
                outputs=[line(serial("BRD", "D1")), line(serial("SHL", "S1"))],
            ),
        ],
    )
    seed, board = "urn:tracegraph:serial:BAT:B1", "urn:tracegraph:serial:BRD:D1"

    scope = graph.scope(seed, as_of=END)
    why = graph.explain(seed, board, as_of=END)

    assert board in {item.key for item in graph.trace(seed, direction="forward").items}
    assert units(scope) == {
        "B1": ("certain", "1", "1", "1"),
        "P1": ("certain", "1", "1", "1"),
        "S1": ("certain", "1", "1", "1"),
    }
    assert not any(item.removed for item in scope.items)
    assert scope.gaps == ()
    assert (why.verdict, why.reason) == ("out", "recorded_allocation")


# -- seeds that overlap


def test_13_two_seeds_name_some_of_the_same_units(engine: Engine) -> None:
    """Seeds are united, not added: a receipt named twice is bad once.

    - By its event the first receipt is bad: 400 of the 600 units of A. The run drew 500 of them:
      500 - 200 = 300 to 400. Its slot T = 500 has a = 300, b = 400, so g = 200: F is 300 to 400.
    - The supplier's window of 2 March says the same units again: nothing changes.
    - The window of 4 March adds the other 200, and B: A is 600 of 600, so the draw and F are
      500 of 500.
    - The lot named whole holds the receipt: 600, not 1,000.
    """
    plant = Plant()
    first = plant.receives(march(2), each("RM", "A", 400), id="first")
    second = plant.receives(march(4), each("RM", "A", 200), each("RM", "B", 100), id="second")
    graph = known(
        engine,
        [
            plant.product("RM"),
            plant.product("FG", bill_of_materials=[material("RM")]),
            first,
            second,
            plant.makes(march(5), [each("RM", "A", 500)], [each("FG", "F", 500)]),
        ],
    )
    event = ScopeSeed("event", "mes/first")
    same = ScopeSeed("supplier", "S-1", since=march(2), until=march(3))
    other = ScopeSeed("supplier", "S-1", since=march(3), until=march(5))

    some = {"A": ("certain", "400", "400", "600"), "F": ("certain", "300", "400", "500")}
    assert units(graph.scope(event, as_of=END)) == some
    assert units(graph.scope([event, same], as_of=END)) == some
    both = graph.scope([event, same, other], as_of=END)
    assert units(both) == {
        "A": ("certain", "600", "600", "600"),
        "B": ("certain", "100", "100", "100"),
        "F": ("certain", "500", "500", "500"),
    }
    assert [(s.key[-1], s.units, s.through, s.seeds) for s in both.seeds] == [
        ("A", "400", "urn:tracegraph:event:mes:first", (0, 1)),
        ("A", "200", "urn:tracegraph:event:mes:second", (2,)),
        ("B", "100", "urn:tracegraph:event:mes:second", (2,)),
    ]
    whole = graph.scope(["urn:tracegraph:lot:RM:A", event], as_of=END)
    assert units(whole) == {
        "A": ("certain", "600", "600", "600"),
        "F": ("certain", "500", "500", "500"),
    }
    assert both.gaps == whole.gaps == ()


def test_13_two_seeds_that_may_be_the_same_units(engine: Engine) -> None:
    """Two ovens each treated some of a lot; nobody said whether the same pieces.

    - 150 of 300 by one, 200 by the other: at least max(150, 200) = 200 (the 150 are among them),
      at most min(300, 150 + 200) = 300.
    - C-1 got 120 afterwards: a draw from Q = 300 with a = 200, b = 300: 120 - 100 = 20 to 120.
    """
    plant = Plant()
    ovens = [
        plant.happens("process", march(3), equipment=["OVEN-1"], items=[each("RM", "A", 150)]),
        plant.happens("process", march(4), equipment=["OVEN-2"], items=[each("RM", "A", 200)]),
    ]
    graph = known(
        engine,
        [
            plant.product("RM"),
            *plant.customers("C-1"),
            plant.receives(march(2), each("RM", "A", 300)),
            *ovens,
            plant.ships(march(5), "C-1", each("RM", "A", 120)),
        ],
    )

    scope = graph.scope([ScopeSeed("equipment", f"OVEN-{n}") for n in (1, 2)], as_of=END)

    assert units(scope) == {"A": ("certain", "200", "300", "300")}
    assert sent(scope) == {("C-1", "A"): ("120", "20", "120")}
    assert scope.gaps == ()


def test_14_a_lot_of_which_more_left_than_ever_came(engine: Engine) -> None:
    """A seed is every unit of its lot, also those that no record says to have come.

    - A: 100 were received and 600 used; all 600 were of A, the seed: 600 of 600, exactly.
    - FG-1 A1 was made of nothing but A: 300 of 300.
    - Asked of FG-1 A1 alone, where 120 were made and 200 shipped: all 200 that are at C-1 are of
      it. What a lot further down is short of has an origin that nobody knows and may be good: it
      is not counted.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("RM"),
            plant.receives(march(2), each("RM", "A", 100)),
            plant.makes(march(3), [each("RM", "A", 600)], [each("FG-1", "A1", 300)]),
            plant.ships(march(4), "C-1", each("FG-1", "A1", 320)),
        ],
    )

    of_material, of_product = graph.scope("A", as_of=END), graph.scope("A1", as_of=END)

    assert units(of_material) == {
        "A": ("certain", "600", "600", "600"),
        "A1": ("certain", "300", "300", "300"),
    }
    assert units(of_product) == {"A1": ("certain", "320", "320", "320")}
    assert [(f.product, f.units_min, f.units_max) for f in of_product.figures] == [
        ("FG-1", "320", "320")
    ]


def test_15_a_lot_whose_origin_nobody_recorded(engine: Engine) -> None:
    """Nobody knows how many units there were: at least those that left, and no most.

    - B: nothing came, 120 were shipped: 120 or more, of an unknown number.
    - C: it was only looked at: 0 or more.
    - Serial 7 is one unit, whatever lacks.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.ships(march(4), "C-1", each("FG-1", "B", 120)),
            plant.happens(
                "inspection", march(4), verdict="fail", items=[line(lot("FG-1", "C"), None)]
            ),
            plant.ships(march(4), "C-1", line(serial("FG-1", "7"), "1")),
        ],
    )

    scopes = {name: graph.scope(name, as_of=END) for name in ("B", "C", "7")}

    assert units(scopes["B"]) == {"B": ("certain", "120", None, None)}
    assert sent(scopes["B"]) == {("C-1", "B"): ("120", "120", "120")}
    assert units(scopes["C"]) == {"C": ("certain", "0", None, None)}
    assert units(scopes["7"]) == {"7": ("certain", "1", "1", "1")}
    for scope in scopes.values():
        assert "no_origin" in {gap.rule for gap in scope.gaps}
