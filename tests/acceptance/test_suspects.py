"""The demo's complaints lead to their cause, on every engine; so would complaints of its other."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from math import comb
from typing import Any

import pytest

from tests.contract.engines import Engine, long_on_neo4j
from tracegraph.demo import STORY, Scale, history
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Suspects
from tracegraph.recall.query import ScopeSeed
from tracegraph.trace.answer import UnknownItem

FILTERS = "urn:tracegraph:lot:RM-FLT:FL-1401"  # discs of the same two assemblies
PRODUCTS = ("FG-IS180", "FG-IS180U")


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    """The demo's events; it takes longer to make them than to ask."""
    return list(history(Scale.SMALL, 1))


@pytest.fixture
def demo(engine: Engine, told: list[dict[str, Any]], loaded: dict[str, int]) -> Tracegraph:
    """The demo, loaded again only where another case has written since."""
    long_on_neo4j(engine)
    if engine.name in loaded:
        graph = Tracegraph(engine.again())
        if graph.store.published().seq == loaded[engine.name]:
            return graph
    graph = engine.graph()
    for begin in range(0, len(told), 1000):
        graph.capture(told[begin : begin + 1000], atomic=False)
    loaded[engine.name] = graph.store.published().seq
    return graph


@pytest.fixture(scope="module")
def loaded() -> dict[str, int]:
    """Up to which seq each engine holds the demo."""
    return {}


def serials(graph: Tracegraph, lot: str, number: int) -> list[str]:
    """The first serials of a lot."""
    found = graph.trace(lot, direction="forward", max_depth=1).items
    return sorted(item.key for item in found if item.kind == "serial")[:number]


def ranks(found: Suspects) -> list[tuple[str, str]]:
    return [(each.kind, each.key) for each in found.suspects]


def test_the_story_s_complaints_lead_to_the_bad_resin(demo: Tracegraph) -> None:
    found = demo.suspects(list(STORY.complaints))

    comparable = {
        item.key for product in PRODUCTS
        for item in demo.find(product=product, kind="serial", limit=10_000).items
    }  # fmt: skip
    reached = demo.trace(STORY.bad_resin_lot, direction="forward").items
    descendants = comparable & {item.key for item in reached}
    n, d = len(comparable), len(descendants)
    by_hand = Fraction(comb(d, 3), comb(n, 3))  # all three among d of n
    first, second = found.suspects[:2]
    assert found.complaints == tuple(sorted(STORY.affected_serials[:3]))
    assert (first.kind, first.key) == ("item", STORY.bad_resin_lot)
    assert (first.complaints, first.descendants, found.population) == (3, d, n) == (3, 481, 2637)
    assert by_hand == Fraction(481 * 480 * 479, 2637 * 2636 * 2635)
    assert first.p == f"{float(by_hand):.6g}" == "0.0060379"
    assert first.odds_ratio == "inf"
    assert (second.kind, second.key) == ("supplier", STORY.supplier), "who sent that lot alone"
    rest = [each for each in found.suspects if each.p == first.p]
    assert ("item", FILTERS) in ranks(found), "the records cannot tell it from the resin"
    assert {each.descendants for each in rest} == {d}
    assert found.cover == (first,)
    assert found.uncovered == ()


def test_items_events_and_numbers_of_complaints_are_one_question(demo: Tracegraph) -> None:
    numbers = demo.suspects(list(STORY.complaints))
    entries = demo.store.of_types(("complaint",), known=demo.store.published().seq)
    events = [f"{e.source}/{e.id}" for e in entries]

    assert demo.suspects(list(STORY.affected_serials[:3])) == numbers
    assert demo.suspects(events[:3]).complaints == numbers.complaints


def test_complaints_of_the_sterilizer_s_lots_lead_to_it(demo: Tracegraph) -> None:
    """Its fault has no complaints in the story; two for each lot that it spoilt show it."""
    bad = [key for lot in STORY.sterilizer_lots for key in serials(demo, lot, 2)]

    found = demo.suspects(bad)

    first = found.suspects[0]
    assert (first.kind, first.key) == ("equipment", STORY.sterilizer)
    assert (first.complaints, first.descendants) == (6, 210 + 100 + 80)
    assert first.p == f"{comb(390, 6) / comb(found.population, 6):.6g}"
    times = (STORY.fault_from, first.since, first.until, STORY.fault_until)
    moments = [datetime.fromisoformat(str(time)) for time in times]
    assert moments == sorted(moments), "within the fault"
    assert found.cover == (first,)
    whole = next(s for s in found.suspects if s.key == STORY.sterilizer and s.since is None)
    assert whole.descendants > 2 * first.descendants, "diluted by its good runs"
    seed = ScopeSeed("equipment", first.key, first.since, first.until)
    affected = {item.key for item in demo.scope([seed]).items}
    assert {*STORY.sterilizer_lots, *bad} <= affected


def test_three_complaints_lead_to_the_sterilizer(demo: Tracegraph) -> None:
    """One of each lot that it spoilt, against a sound unit of every other lot of these products.

    Units of one lot share their fate, so one of each is a fair witness. Of 45 units three are
    of its faulty runs, and these complained: p = 1 / C(45, 3).
    """
    bad = [key for lot in STORY.sterilizer_lots for key in serials(demo, lot, 1)]
    products = ("FG-IS180", "BS-4540", "BS-3530")
    lots = [item.key for p in products for item in demo.find(product=p, kind="lot").items]
    others = [lot for lot in lots if lot not in STORY.sterilizer_lots]
    good = [key for lot in others for key in serials(demo, lot, 1)]

    found = demo.suspects(bad, controls=good)

    first = found.suspects[0]
    assert (first.kind, first.key) == ("equipment", STORY.sterilizer)
    assert (first.complaints, first.descendants, len(found.controls)) == (3, 3, 42)
    assert first.p == f"{1 / comb(45, 3):.6g}" == "7.04722e-05"
    assert found.cover == (first,)


def test_controls_narrow_the_question(demo: Tracegraph) -> None:
    controls = [STORY.good_serial, *serials(demo, STORY.good_lot, 20)]

    found = demo.suspects(list(STORY.complaints), controls=controls)

    assert found.population == 3 + len(found.controls)
    first = found.suspects[0]
    assert (first.kind, first.key, first.complaints) == ("item", STORY.bad_resin_lot, 3)
    assert first.descendants == 3, "no control holds it"
    assert first.p == f"{1 / comb(found.population, 3):.6g}"


def test_no_common_cause_is_said(demo: Tracegraph) -> None:
    lots = [item.key for item in demo.find(product="FG-IS180", kind="lot").items]
    one_of_each = [key for lot in lots for key in serials(demo, lot, 1)]

    found = demo.suspects(one_of_each)

    assert len(one_of_each) > 10
    assert "Nothing stands out" in str(found.note)
    assert min(float(each.p) for each in found.suspects if each.since is None) > 0.05


def test_answers_can_be_had_again(demo: Tracegraph) -> None:
    known = demo.suspects(["CMP-1031"]).known_at
    before = demo.suspects(list(STORY.complaints), known_at=known)
    entry = demo.store.of_types(("complaint",), known=known)[0]
    demo.capture([{
        "id": "v-1", "source": "lims", "type": "void", "occurred_at": "2025-09-01T00:00:00Z",
        "voids": entry.id, "voids_source": entry.source, "reason": "test",
    }])  # fmt: skip

    assert demo.suspects(list(STORY.complaints), known_at=known) == before
    early = demo.suspects(list(STORY.affected_serials[:3]), as_of="2024-11-06T00:00:00+01:00")
    assert early.population < before.population


def test_an_empty_history_knows_nothing(engine: Engine) -> None:
    graph = engine.graph()

    with pytest.raises(UnknownItem):
        graph.suspects([STORY.complaints[0]])
