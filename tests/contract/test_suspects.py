"""Suspects on every engine: descent, cuts, voids, windows, ties, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Desk, at, container, lines, lot, serial
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.recall import suspects as module
from tracegraph.recall.answer import Suspect, Suspects
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.trace.answer import AmbiguousItem, UnknownEvent, UnknownItem

RM, FG = "urn:tracegraph:lot:RM-1:", "urn:tracegraph:lot:FG-1:"


def fg(number: str) -> dict[str, Any]:
    return lot("FG-1", number)


def send(graph: Tracegraph, *events: dict[str, Any]) -> int:
    assert graph.capture(events).ok
    return graph.store.published().seq


def of(found: Suspects, kind: str, key: str) -> list[Suspect]:
    return [each for each in found.suspects if (each.kind, each.key) == (kind, key)]


def one(found: Suspects, kind: str, key: str) -> Suspect:
    (suspect,) = of(found, kind, key)
    return suspect


def table(suspect: Suspect) -> tuple[int, int]:
    return suspect.complaints, suspect.descendants


def two_lots(desk: Desk) -> list[dict[str, Any]]:
    """Lots A and B of material, each in three finished lots."""
    return [
        desk.receipt(lot("RM-1", "A"), party="S-A", actor="hand", place="DOCK"),
        desk.receipt(lot("RM-1", "B"), party="S-B", actor="hand", place="DOCK"),
        *(
            desk.production([lot("RM-1", name)], [fg(f"{name}{n}")], equipment=[f"M-{n}"])
            for n in (1, 2, 3)
            for name in ("A", "B")
        ),
    ]


def test_the_shared_lot_comes_first(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk))

    found = graph.suspects(["A1", "A2", FG + "A3"])

    first = found.suspects[0]
    assert (first.kind, first.key, first.name) == ("item", RM + "A", "RM-1 A")
    assert (first.complaints, first.complaints_total) == (3, 3)
    assert (first.descendants, first.descendants_complained) == (3, 3)
    assert (first.odds_ratio, first.p) == ("inf", "0.05"), "1 of 20 ways to pick 3 of 6"
    assert first.unexplained == ()
    assert found.population == 6
    assert found.cover == (first,)
    assert found.uncovered == ()
    assert found.complaints == tuple(FG + f"A{n}" for n in (1, 2, 3))
    supplier = one(found, "supplier", "S-A")
    assert table(supplier) == (3, 3)
    assert [table(s) for s in of(found, "place", "DOCK")] == [(3, 3), (3, 6)]
    assert [table(s) for s in of(found, "operator", "hand")] == [(3, 3), (3, 6)]
    assert table(one(found, "equipment", "M-1")) == (1, 2)


def test_a_single_unit_s_own_past_is_no_common_cause(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk))

    found = graph.suspects(["A1", "A2"])

    shared = [each.complaints for each in found.suspects]
    assert shared == sorted(shared, reverse=True), "p of one production alone is smaller"
    best = found.suspects[0]
    assert best.complaints == 2
    assert found.suspects[0].key == RM + "A"


def test_controls_stand_for_all_others(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk))

    found = graph.suspects(["A1"], controls=["A2", "B1"])

    assert found.population == 3
    assert found.controls == (FG + "A2", FG + "B1")
    assert table(one(found, "item", RM + "A")) == (1, 2)
    assert table(one(found, "equipment", "M-1")) == (1, 2)
    with pytest.raises(Refused, match="complaint too"):
        graph.suspects(["A1", "A2"], controls=["A2"])


def test_a_process_step_exposes_what_is_drawn_after_it(engine: Engine):
    graph, desk = engine.graph(), Desk()
    early = desk.production([lot("RM-1", "A")], [fg("1")])
    step = desk.process(lot("RM-1", "A"), equipment=["STER"], actor="op", place="ROOM")
    late = desk.production([lot("RM-1", "A")], [fg("2"), fg("3")])
    own = desk.process(fg("1"), equipment=["OVEN"])
    send(graph, early, step, late, own)

    found = graph.suspects(["2", "3"])
    other = graph.suspects(["1"])

    key = f"urn:tracegraph:event:mes:{step['id']}"
    for kind, name in (
        ("event", key),
        ("equipment", "STER"),
        ("operator", "op"),
        ("place", "ROOM"),
    ):
        assert table(one(found, kind, name)) == (2, 2)
        assert of(other, kind, name) == [], "it had left before"
    assert table(one(found, "item", RM + "A")) == (2, 3)
    assert found.suspects[0].kind == "equipment", "a machine comes before its one run"
    assert table(one(other, "equipment", "OVEN")) == (1, 1), "the item itself was treated"


def test_a_machine_that_was_wrong_for_a_day_is_found_by_its_window(engine: Engine):
    graph, desk = engine.graph(), Desk()
    names = [f"{n:02}" for n in range(24)]
    send(graph, *(desk.production([], [fg(n)], equipment=["M"], actor="op") for n in names))

    found = graph.suspects(names[10:14])

    first, *others = of(found, "equipment", "M")
    assert found.suspects[0] == first
    assert table(first) == (4, 4)
    assert (first.since, first.until) == (at(60 * 11), at(60 * 14))
    assert [(each.since, table(each)) for each in others] == [(None, (4, 24))]
    assert one(found, "event", "urn:tracegraph:event:mes:e00011").since == at(60 * 11)


def test_what_follows_a_complaint_is_no_cause(engine: Engine):
    graph, desk = engine.graph(), Desk()
    made = desk.production([], [fg("1"), fg("2")], place="LINE")
    complaint = desk.event("complaint", items=lines(fg("1")), number="CMP-1", party="C-1")
    moved = desk.move(fg("1"), to="LAB", actor="lab")
    opened = desk.process(fg("1"), equipment=["SAW"])
    measured = desk.event("inspection", items=lines(fg("2")), equipment=["GAUGE"], verdict="pass")
    send(graph, made, complaint, moved, opened, measured)

    for name in ("1", f"mes/{complaint['id']}", "CMP-1"):
        found = graph.suspects([name])
        assert found.complaints == (FG + "1",)
        keys = {each.key for each in found.suspects}
        assert keys == {"LINE", f"urn:tracegraph:event:mes:{made['id']}"}


def test_certificates_are_of_their_items_whenever_they_were_filed(engine: Engine):
    graph, desk = engine.graph(), Desk()
    events = two_lots(desk)
    send(graph, *events, desk.event("certificate", items=lines(lot("RM-1", "A")), number="COA-A"))

    found = graph.suspects(["A1", "A2", "B1"])

    assert table(one(found, "certificate", "COA-A")) == (2, 3)


def test_a_serial_inherits_what_its_lot_went_through(engine: Engine):
    graph, desk = engine.graph(), Desk()
    units = [serial("FG-1", str(n), of="L") for n in (1, 2, 3)]
    send(
        graph,
        desk.production([lot("RM-1", "A")], [*units], equipment=["M"]),
        desk.process(fg("L"), equipment=["STER"]),
        desk.process(serial("FG-1", "1"), equipment=["OVEN"]),
        desk.production([lot("RM-1", "B")], [serial("FG-1", "9", of="K")]),
    )

    found = graph.suspects(["urn:tracegraph:serial:FG-1:1"])

    assert found.population == 4, "serials are compared with serials"
    assert table(one(found, "item", RM + "A")) == (1, 3)
    assert table(one(found, "item", FG + "L")) == (1, 3)
    assert table(one(found, "equipment", "STER")) == (1, 3)
    assert table(one(found, "equipment", "OVEN")) == (1, 1)


def test_a_container_is_what_it_held(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk), desk.pack(container(), fg("A1"), fg("A2")))

    assert graph.suspects([container()["sscc"]]).complaints == (FG + "A1", FG + "A2")


def test_cuts_and_voids_are_heeded(engine: Engine):
    graph, desk = engine.graph(), Desk()
    events = two_lots(desk)
    known = send(graph, *events)
    before = graph.suspects(["A1", "A2"])
    extra = desk.production([lot("RM-1", "A")], [fg("A4")])
    send(graph, extra)
    after = graph.suspects(["A1", "A2"])
    wrong = next(e for e in events if e.get("outputs") == lines(fg("A3")))
    send(graph, desk.void(wrong))

    assert table(one(before, "item", RM + "A")) == (2, 3)
    assert table(one(after, "item", RM + "A")) == (2, 4)
    assert graph.suspects(["A1", "A2"], known_at=known) == before
    assert graph.suspects(["A1", "A2"], as_of=extra["occurred_at"]).population == 6
    assert table(one(graph.suspects(["A1", "A2"]), "item", RM + "A")) == (2, 3)
    early = graph.suspects(["A1", "A2"], as_of=wrong["occurred_at"])
    assert early.population == 4, "A3 was voided; A4 and B3 came later"
    none = graph.suspects(["A1"], known_at=1)
    assert (none.complaints, none.suspects) == ((), ())
    assert none.note == "Not yet met at this cut: A1."


def test_clocks_that_differ_are_tolerated(engine: Engine):
    """The draw is recorded two seconds before what it took came in, and so is what it went into."""
    graph, desk = engine.graph(), Desk()
    for number in (1, 2):
        send(
            graph,
            desk.production([lot("RM-1", f"A{number}")], [lot("SA-1", f"S{number}")],
                            occurred_at=f"2026-03-02T06:00:0{2 * number}Z", equipment=["M-1"]),
            desk.production([lot("SA-1", f"S{number}")], [fg(f"F{number}")],
                            occurred_at=f"2026-03-02T06:00:0{2 * number - 2}Z"),
        )  # fmt: skip

    exact = graph.suspects(["F1", "F2"], clock_tolerance="1.999")
    assert (of(exact, "equipment", "M-1"), exact.clock_tolerance) == ([], "1.999")
    found = graph.suspects(["F1", "F2"], clock_tolerance="2")
    assert table(one(found, "equipment", "M-1")) == (2, 2)
    assert of(found, "item", RM + "A1")
    with pytest.raises(Refused, match="clock_tolerance"):
        graph.suspects(["F1"], clock_tolerance="soon")


def test_what_a_lot_went_through_is_of_its_serials_within_the_tolerance(engine: Engine):
    """A serial left its lot a second before the lot was treated, by another clock."""
    graph, desk = engine.graph(), Desk()
    unit = {"product": "FG-1", "serial": "1"}
    send(
        graph,
        desk.receipt({**unit, "lot": "L"}, occurred_at="2026-03-02T06:00:00Z"),
        desk.event("observation", items=lines({**unit, "lot": "M"}),
                   occurred_at="2026-03-02T06:00:01Z"),
        desk.event("process", items=lines(fg("L")), equipment=["OVEN"],
                   occurred_at="2026-03-02T06:00:02Z"),
    )  # fmt: skip
    serial_key = "urn:tracegraph:serial:FG-1:1"

    assert of(graph.suspects([serial_key]), "equipment", "OVEN") == []
    assert of(graph.suspects([serial_key], clock_tolerance="1"), "equipment", "OVEN")


def test_cycles_end(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(
        graph,
        desk.production([lot("RM-1", "A")], [fg("1")]),
        desk.production([fg("1")], [lot("RM-1", "A")], type_="rework"),
        desk.production([lot("RM-1", "A")], [fg("1"), fg("2")]),
        desk.production([], [fg("3")]),
    )

    found = graph.suspects(["1", "2"])

    assert table(one(found, "item", RM + "A")) == (2, 2)
    assert table(one(found, "item", FG + "1")) == (1, 1), "no suspect of its own complaint"


def test_two_causes_make_a_cover_of_two(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *(
        desk.production([lot("RM-1", name)], [fg(f"{name}{n}")], place="LINE")
        for n in range(4) for name in "ABCDEF"
    ))  # fmt: skip

    found = graph.suspects([f"{name}{n}" for name in "AB" for n in range(4)])

    assert [each.key for each in found.cover] == [RM + "A", RM + "B"], "not the line of them all"
    assert found.uncovered == ()


def test_what_has_no_past_is_not_explained(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk), desk.shipment(fg("X")))

    found = graph.suspects(["A1", "X"])
    alone = graph.suspects(["X"])

    assert found.uncovered == (FG + "X",)
    assert found.note == "No common cause: nothing upstream is shared by two complaints."
    assert (alone.suspects, alone.note) == ((), "Nothing is recorded upstream of the complaints.")


def test_without_anything_to_compare_with_it_says_so(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, desk.production([lot("RM-1", "A")], [{"key": "urn:example:x"}, fg("1")]))

    assert "no product to be compared" in str(graph.suspects(["urn:example:x"]).note)
    only = graph.suspects(["1"])
    assert "no comparable item free of complaint" in str(only.note)
    assert (only.suspects[0].p, only.suspects[0].odds_ratio) == ("1", "1")


def test_what_cannot_be_asked_is_refused(engine: Engine):
    graph, desk = engine.graph(), Desk()
    events = two_lots(desk)
    send(graph, *events, desk.production([], [lot("FG-2", "A1")]))
    void = desk.void(events[-1])
    send(graph, void)

    with pytest.raises(UnknownItem):
        graph.suspects(["no such"])
    with pytest.raises(UnknownItem):
        graph.suspects(["A2"], controls=["no/such"])
    with pytest.raises(UnknownEvent, match="voided"):
        graph.suspects([f"mes/{events[-1]['id']}"])
    with pytest.raises(AmbiguousItem):
        graph.suspects(["A1"])
    with pytest.raises(ScopeTooLarge):
        graph.suspects(["A2"], budget=5)
    with pytest.raises(ScopeTooLarge):
        graph.suspects(["A2"], budget=7)
    refused: tuple[dict[str, Any], ...] = (
        {"complaints": []},
        {"complaints": ["A2"], "limit": 0},
        {"complaints": ["A2"] * 1001},
        {"complaints": ["A2"], "as_of": "now"},
    )
    for wrong in refused:
        with pytest.raises(Refused):
            graph.suspects(**wrong)


def test_long_answers_say_what_they_leave_out(engine: Engine):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk))

    whole, short = graph.suspects(["A1", "A2"]), graph.suspects(["A1", "A2"], limit=2)

    assert short.suspects == whole.suspects[:2]
    assert short.cover == whole.cover
    assert f"2 of {len(whole.suspects)} suspects are shown." in str(short.note)


def test_passes_over_a_large_population_add_up(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    graph, desk = engine.graph(), Desk()
    send(graph, *two_lots(desk))
    whole = graph.suspects(["A1"])

    monkeypatch.setattr(module, "_WIDTH", 1)

    assert graph.suspects(["A1"]) == whole


@pytest.mark.parametrize("seed", range(12))
def test_descent_is_that_of_a_trace(engine: Engine, seed: int):
    """Every item suspect has the descendants that tracing each item says it has."""
    graph = engine.graph()
    desk = Desk(seed=seed)
    rng = desk.random
    names = [lot("FG-1", str(n)) for n in range(6)] + [lot("RM-1", str(n)) for n in range(6)]
    for _ in range(25):
        some = [rng.choice(names) for _ in range(4)]
        start = rng.randrange(0, 600)
        times = {"started_at": at(start), "occurred_at": at(start + rng.randrange(90))}
        run = {"run": f"R{rng.randrange(3)}"} if rng.random() < 0.2 else {}
        send(graph, desk.production(some[:2], some[2:], **times, **run))
    met = [str(n) for n in range(6) if graph.resolve(FG + str(n))]
    bad = met[: max(1, len(met) // 2)]

    near = ("0", "1800", "3600.5")[seed % 3]
    found = graph.suspects([FG + n for n in bad], limit=10_000, clock_tolerance=near)

    above: dict[str, set[str]] = {}
    for name in met:
        for item in graph.trace(FG + name, clock_tolerance=near).items:
            if item.depth:
                above.setdefault(item.key, set()).add(FG + name)
    wanted = {
        key: (len({FG + n for n in bad} & below), len(below))
        for key, below in above.items()
        if {FG + n for n in bad} & below
    }
    assert {s.key: table(s) for s in found.suspects if s.kind == "item"} == wanted
