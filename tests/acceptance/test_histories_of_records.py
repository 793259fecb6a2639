"""What records say, late or not at all: histories whose answers were derived by hand.

The rules of draws and slots are beside the histories of seeds.
"""

from __future__ import annotations

from tests.acceptance.test_histories_of_seeds import (
    END,
    Plant,
    balance,
    each,
    figures,
    held,
    known,
    march,
    material,
    rules,
    sent,
    units,
)
from tests.builders import Wire, gtin, line, lot, package, serial
from tests.contract.engines import Engine


def lot_key(product: str, number: str) -> str:
    return f"urn:tracegraph:lot:{product}:{number}"


def serial_key(product: str, number: str) -> str:
    return f"urn:tracegraph:serial:{product}:{number}"


# -- a run whose issue was recorded after its receipt


def test_14_a_run_over_two_days_with_a_late_issue(engine: Engine) -> None:
    """What a run took concerns all that it gave, though it was written down afterwards.

    Run RUN-7 gave C1 on 3 March (shipped that evening) and C2 on 4 March; B was issued on 3 March,
    A backflushed on 4 March, in a later batch. Bill: one RM in each FG.

    Before that batch the run took B's 200 for 500 units: 300 are missing. RM is A's product, so
    C1 and C2 are unproven, all 500 FG, and none of them is free of gaps: 0 / 500.

    After it the run is one event over both days, in which time excludes nothing:
    - slot T = 300 + 200 = 500, a = b = 300, N = 500, so g = 200;
    - C1 and C2, n = 250 each: 250 - 200 = 50 to 250; together, n = N: 300 to 300;
    - HOSP has all of C1, so 50 to 250, though it left before A was issued;
    - A: 400 received, 300 consumed, 100 on hand.
    """
    plant = Plant()

    def reports(when: str, **fields: object) -> Wire:
        return plant.happens("production", when, run="RUN-7", **fields)

    graph = known(
        engine,
        [
            plant.product("RM"),
            plant.product("FG", bill_of_materials=[material("RM")]),
            *plant.customers("HOSP"),
            plant.receives(march(1), each("RM", "A", 400), each("RM", "B", 200)),
            reports(march(3, 9), inputs=[each("RM", "B", 200)], id="issue-b"),
            reports(march(3, 12), outputs=[each("FG", "C1", 250)], id="gave-c1"),
            plant.ships(march(3, 20), "HOSP", each("FG", "C1", 250), documents=["DN-7"]),
            reports(march(4, 18), outputs=[each("FG", "C2", 250)], id="gave-c2"),
        ],
        [reports(march(4, 17), inputs=[each("RM", "A", 300)], id="issue-a")],
    )
    before = graph.store.published().seq - 1

    early = graph.scope(lot_key("RM", "A"), as_of=END, known_at=before)
    late = graph.scope(lot_key("RM", "A"), as_of=END)

    assert units(early) == {"A": ("certain", "400", "400", "400")}
    assert [(u.number, u.material, u.units, u.parent) for u in early.unproven] == [
        ("C1", "RM", "250", None),
        ("C2", "RM", "250", None),
    ]
    assert figures(early)["FG"].items_unproven == 2
    assert figures(early)["FG"].completeness == "0.0000"
    assert units(late) == {
        "A": ("certain", "400", "400", "400"),
        "C1": ("certain", "50", "250", "250"),
        "C2": ("certain", "50", "250", "250"),
    }
    assert (figures(late)["FG"].units_min, figures(late)["FG"].units_max) == ("300", "300")
    assert figures(late)["FG"].completeness == "1.0000"
    assert sent(late) == {("HOSP", "C1"): ("250", "50", "250")}
    assert [item.documents for item in late.consignees[0].items] == [("DN-7",)]
    assert balance(late, "A") == {
        "unit": "each", "received": "400", "on_hand": "100", "consumed": "300", "explained": True,
    }  # fmt: skip
    assert (late.gaps, late.unproven) == ((), ())


# -- a lot of which some units have names


def numbered(plant: Plant) -> list[Wire]:
    """Ten pumps of lot C1: three went to HOSP by their numbers, then five without to CLINIC."""
    return [
        plant.product("RM"),
        plant.product("PMP", bill_of_materials=[material("RM")]),
        *plant.customers("HOSP", "CLINIC"),
        plant.receives(march(1), each("RM", "A", 6), each("RM", "B", 4)),
        plant.makes(
            march(2), [each("RM", "A", 6), each("RM", "B", 4)], [each("PMP", "C1", 10)]
        ),
        plant.ships(
            march(3), "HOSP", *(line(serial("PMP", f"P{number}", of="C1")) for number in (1, 2, 3))
        ),
        plant.ships(march(4), "CLINIC", each("PMP", "C1", 5)),
    ]  # fmt: skip


def test_15_a_lot_shipped_by_its_serials(engine: Engine) -> None:
    """Named units are units of their lot, counted there and never added to it.

    - C1: slot T = 10, a = b = 6, N = n = 10, g = 4: 6 to 6 of 10.
    - Each serial is a draw of 1 from 10: 1 - 4 < 0, so 0 to 1, possible.
    - HOSP: a draw of 3: 3 - 4 < 0, so 0 to 3 of C1; CLINIC: a draw of 5: 5 - 4 = 1 to 5. On hand
      are 2: 0 to 2.
    - Figures of PMP: one certain item, C1, with 6 to 6 units; 8 in transit, 2 on hand.
    """
    graph = known(engine, numbered(Plant()))

    scope = graph.scope(lot_key("RM", "A"), as_of=END)

    named = {f"P{number}": ("possible", "0", "1") for number in (1, 2, 3)}
    assert {number: found[:3] for number, found in units(scope).items()} == {
        "A": ("certain", "6", "6"),
        "C1": ("certain", "6", "6"),
        **named,
    }
    counted_in = {item.number: item.lot for item in scope.items}
    assert counted_in == {
        "A": None, "C1": None, **dict.fromkeys(named, lot_key("PMP", "C1")),
    }  # fmt: skip
    assert sent(scope) == {
        ("HOSP", "C1"): ("3", "0", "3"),
        **{("HOSP", number): ("1", "0", "1") for number in named},
        ("CLINIC", "C1"): ("5", "1", "5"),
    }
    assert held(scope)["C1", "SZ1", "available"] == ("2", "0", "2")
    pumps = figures(scope)["PMP"]
    assert (pumps.items_certain, pumps.items_possible) == (1, 0)
    assert (pumps.units_min, pumps.units_max) == ("6", "6")
    assert (pumps.in_transit, pumps.on_hand) == ("8", "2")
    assert balance(scope, "C1") == {
        "unit": "each", "made": "10", "in_transit": "8", "on_hand": "2", "explained": True,
    }  # fmt: skip


def test_15_one_serial_is_bad(engine: Engine) -> None:
    """A bad serial is one bad unit of its lot, and nothing to its named siblings.

    - P2: 1 of 1, at HOSP. P1 and P3 are other units: out.
    - C1 has that one affected unit: 1 to 1 of 10, certain.
    - Of C1 HOSP has P2, so at most 1 of its 3 is affected; CLINIC's unnamed draw of 5 came later:
      max(0, 5 - 9) = 0 to 1.
    """
    graph = known(engine, numbered(Plant()))

    scope = graph.scope(serial_key("PMP", "P2"), as_of=END)

    assert {number: found[:3] for number, found in units(scope).items()} == {
        "P2": ("certain", "1", "1"),
        "C1": ("certain", "1", "1"),
    }
    there = sent(scope)
    assert there["HOSP", "P2"] == ("1", "1", "1")
    assert there["HOSP", "C1"][2] == "1"
    assert there["CLINIC", "C1"] == ("5", "0", "1")
    assert figures(scope)["PMP"].units_min == figures(scope)["PMP"].units_max == "1"


def test_15_a_serial_drawn_from_its_lot_lacks_nothing(engine: Engine) -> None:
    """A serial is a draw of 1 from its lot at its first line: its unit was made with the lot.

    Ten were made and eight have left, three of them by number. Nothing was overdrawn, nothing is
    missing, and each of the three is one unit, at HOSP.
    """
    graph = known(engine, numbered(Plant()))

    scope = graph.scope(lot_key("RM", "A"), as_of=END)

    assert scope.gaps == ()
    assert all(balance.explained for balance in scope.balances)
    assert {key: found for key, found in held(scope).items() if key[0] == "P2"} == {
        ("P2", "HOSP", "in transit"): ("1", "0", "1"),
    }
    assert units(scope)["P2"] == ("possible", "0", "1", "1")


# -- items that are unproven, beside the closure


def test_16_what_may_hold_the_resin_though_nobody_wrote_it(engine: Engine) -> None:
    """Where the record of a material is missing, what it was made of may be the bad one.

    Bills: a cap CAP takes 10 g of resin RS; a jar JAR takes one CAP and one GLS; a box BOX takes
    one JAR. Resin X, received on 2 March, is bad. It made the caps A.

    - A: a homogeneous input, so 200 of 200. J1 took 100 of A: T = 100, all affected: 100 of 100.
    - J2 was made on 6 March without any record of caps: CAP uses RS, so J2 is unproven; so is the
      box lot B2, made of J2.
    - J3 took 60 caps of the good lot B for 100 jars: 40 are missing, unproven.
    - J4 took 100 of B: by the record it is out. J5 lacks its glass, which has nothing to do with
      resin: out. J0 lacks its caps, but was made before X came: out.
    - JAR: free of gaps are J1's 100 of the 100 + 100 (J2) + 100 (J3) units: 100 / 300 = 0.3333.
    - BOX: none of the 50 units: 0.
    """
    plant = Plant()

    def jars(day: int, number: str, caps: list[Wire], glasses: int = 100) -> Wire:
        glass = [each("GLS", "G", glasses)] if glasses else []
        return plant.makes(
            march(day), [*caps, *glass], [each("JAR", number, 100)], id=f"make-{number}"
        )

    graph = known(
        engine,
        [
            plant.product("RS"),
            plant.product("GLS"),
            plant.product("CAP", bill_of_materials=[material("RS", "10", "g")]),
            plant.product("JAR", bill_of_materials=[material("CAP"), material("GLS")]),
            plant.product("BOX", bill_of_materials=[material("JAR")]),
            plant.receives(march(1), line(lot("RS", "W"), "3", "kg"), each("GLS", "G", 1000)),
            jars(1, "J0", []),
            plant.receives(march(2), line(lot("RS", "X"), "2", "kg")),
            plant.makes(
                march(3), [line(lot("RS", "X"), "2", "kg")], [each("CAP", "A", 200)]
            ),
            plant.makes(
                march(3), [line(lot("RS", "W"), "3", "kg")], [each("CAP", "B", 300)]
            ),
            jars(5, "J1", [each("CAP", "A", 100)]),
            jars(6, "J2", []),
            jars(6, "J3", [each("CAP", "B", 60)]),
            jars(7, "J4", [each("CAP", "B", 100)]),
            jars(7, "J5", [each("CAP", "B", 100)], glasses=0),
            plant.makes(march(8), [each("JAR", "J2", 50)], [each("BOX", "B2", 50)]),
        ],
    )  # fmt: skip
    seed = lot_key("RS", "X")

    scope = graph.scope(seed, as_of=END)

    assert units(scope) == {
        "X": ("certain", "2", "2", "2"),
        "A": ("certain", "200", "200", "200"),
        "J1": ("certain", "100", "100", "100"),
    }
    made = "urn:tracegraph:event:mes:make-"
    assert {u.number: (u.material, u.event, u.parent, u.units) for u in scope.unproven} == {
        "J2": ("CAP", f"{made}J2", None, "100"),
        "J3": ("CAP", f"{made}J3", None, "100"),
        "B2": (None, None, lot_key("JAR", "J2"), "50"),
    }
    jar, box = figures(scope)["JAR"], figures(scope)["BOX"]
    assert (jar.items_certain, jar.items_possible, jar.items_unproven) == (1, 0, 2)
    assert (jar.units_min, jar.units_max, jar.completeness) == ("100", "100", "0.3333")
    assert (box.items_certain, box.items_unproven, box.completeness) == (0, 1, "0.0000")
    assert figures(scope)["CAP"].completeness == "1.0000"
    assert scope.gaps == ()
    assert graph.explain(seed, lot_key("JAR", "J2"), as_of=END).verdict == "unproven"
    assert graph.explain(seed, lot_key("JAR", "J0"), as_of=END).verdict == "out"


# -- one part, two routes


def test_17_a_part_that_is_affected_by_two_routes(engine: Engine) -> None:
    """Bad rubber reaches the pumps in their bodies, and in their seals by way of blanks.

    Bills: one RM in a body BD, one RM in a blank SB, one SB in a seal SL, one BD and one SL in a
    pump. Of the run's 100 bodies 60 are bad (B1), of its 100 seals 70 (L1).

    - P1, n = 60. Bodies: T = N = 100, a = b = 60, g = 40: 20 to 60. Seals: a = b = 70, g = 30:
      30 to 60. Together the larger minimum, and the sum of the maxima, capped: 30 to 60.
    - P2, n = 40. Bodies: 40 - 40 = 0 to 40. Seals: 40 - 30 = 10 to 40. Together: 10 to 40.
    - Both, n = N = 100: 60 to 60 and 70 to 70, so 70 to min(100, 130) = 100.
    - The shortest way is by the body: RM, BD, PMP are two steps. By the seal it is three.
    - A: 200 received, 60 + 70 = 130 consumed, 70 on hand.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("RM"),
            plant.product("BD", bill_of_materials=[material("RM")]),
            plant.product("SB", bill_of_materials=[material("RM")]),
            plant.product("SL", bill_of_materials=[material("SB")]),
            plant.product("PMP", bill_of_materials=[material("BD"), material("SL")]),
            plant.receives(
                march(1), each("RM", "A", 200), each("BD", "B0", 40), each("SL", "L0", 30)
            ),
            plant.makes(march(2), [each("RM", "A", 60)], [each("BD", "B1", 60)], id="bodies"),
            plant.makes(march(2), [each("RM", "A", 70)], [each("SB", "K1", 70)], id="blanks"),
            plant.makes(march(3), [each("SB", "K1", 70)], [each("SL", "L1", 70)], id="seals"),
            plant.makes(
                march(4),
                [
                    each("BD", "B1", 60), each("BD", "B0", 40),
                    each("SL", "L1", 70), each("SL", "L0", 30),
                ],
                [each("PMP", "P1", 60), each("PMP", "P2", 40)],
                id="pumps",
            ),
        ],
    )  # fmt: skip
    seed = lot_key("RM", "A")

    scope = graph.scope(seed, as_of=END)
    why = graph.explain(seed, lot_key("PMP", "P1"), as_of=END)

    assert units(scope) == {
        "A": ("certain", "200", "200", "200"),
        "B1": ("certain", "60", "60", "60"),
        "K1": ("certain", "70", "70", "70"),
        "L1": ("certain", "70", "70", "70"),
        "P1": ("certain", "30", "60", "60"),
        "P2": ("certain", "10", "40", "40"),
    }
    pumps = figures(scope)["PMP"]
    assert (pumps.items_certain, pumps.units_min, pumps.units_max) == (2, "70", "100")
    steps = {item.number: (item.depth, item.parent) for item in scope.items}
    assert steps == {
        "A": (0, None),
        "B1": (1, seed),
        "K1": (1, seed),
        "L1": (2, lot_key("SB", "K1")),
        "P1": (2, lot_key("BD", "B1")),
        "P2": (2, lot_key("BD", "B1")),
    }
    made = "urn:tracegraph:event:mes:"
    assert [(step.item, step.through) for step in why.steps] == [
        (seed, None),
        (lot_key("BD", "B1"), f"{made}bodies"),
        (lot_key("PMP", "P1"), f"{made}pumps"),
    ]
    assert balance(scope, "A") == {
        "unit": "each", "received": "200", "on_hand": "70", "consumed": "130", "explained": True,
    }  # fmt: skip
    assert (scope.gaps, scope.unproven) == ((), ())


# -- cases and units of one lot, joined by a late record

UNIT, CASE = gtin(950600013435), gtin(1950600013435)
BY_UNIT, BY_CASE = (f"https://id.gs1.org/01/{number}/10/L" for number in (UNIT, CASE))


def test_18_cases_and_units_of_one_lot(engine: Engine) -> None:
    """Ten cases came, two left as cases, 60 units were used; that a case is 12 units came later.

    Before the product's record the cases and the units are two items, under GTINs that nobody
    knows:
    - the cases: 10 received, 2 under way, 8 on hand; nothing was made of them;
    - the units: 60 consumed that never came, so their origin and their balance are gaps.

    From the record's seq on they are one item, its key by the base unit's GTIN, the case's an
    alias: 10 * 12 = 120 received, 2 * 12 = 24 under way, 60 consumed, 36 on hand. The kits took
    60 units, all affected: 60 of 60.
    """
    plant = Plant()
    graph = known(
        engine,
        [
            plant.product("KIT", bill_of_materials=[material(UNIT)]),
            *plant.customers("HOSP"),
            plant.receives(march(2), each(CASE, "L", 10)),
            plant.makes(march(4), [each(UNIT, "L", 60)], [each("KIT", "K1", 60)], id="kits"),
            plant.ships(march(5), "HOSP", each(CASE, "L", 2)),
        ],
        [plant.product("NDL-30", package(UNIT), package(CASE, 12))],
    )
    before = graph.store.published().seq - 1

    cases = graph.scope(BY_CASE, as_of=END, known_at=before)
    pieces = graph.scope(BY_UNIT, as_of=END, known_at=before)

    assert {item.key: item.units_max for item in cases.items} == {BY_CASE: "10"}
    assert held(cases) == {
        ("L", "SZ1", "available"): ("8", "8", "8"),
        ("L", "HOSP", "in transit"): ("2", "2", "2"),
    }
    assert [(gap.rule, gap.product) for gap in cases.gaps] == [("product_unknown", CASE)]
    assert units(pieces)["K1"] == ("certain", "60", "60", "60")
    assert rules(pieces) == {"balance_negative", "no_origin", "product_unknown"}
    assert balance(pieces, "L") == {
        "unit": "each", "overdrawn": "60", "consumed": "60", "explained": False,
    }  # fmt: skip

    whole = graph.scope(BY_CASE, as_of=END)

    assert {item.key: (item.product, item.units_min, item.units) for item in whole.items} == {
        BY_UNIT: ("NDL-30", "120", "120"),
        lot_key("KIT", "K1"): ("KIT", "60", "60"),
    }
    assert sent(whole) == {("HOSP", "L"): ("24", "24", "24")}
    assert held(whole) == {
        ("L", "SZ1", "available"): ("36", "36", "36"),
        ("L", "HOSP", "in transit"): ("24", "24", "24"),
        ("L", "-", "consumed"): ("60", "60", "60"),
        ("K1", "SZ1", "available"): ("60", "60", "60"),
    }
    assert balance(whole, "L") == {
        "unit": "each", "received": "120", "on_hand": "36", "in_transit": "24", "consumed": "60",
        "explained": True,
    }  # fmt: skip
    assert whole.gaps == ()
    assert units(graph.scope(BY_UNIT, as_of=END)) == units(whole)
    assert graph.scope(BY_CASE, as_of=END, known_at=before).hash == cases.hash
