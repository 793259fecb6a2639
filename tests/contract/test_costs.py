"""What typical questions cost each engine, pinned: a regression shows without a clock.

The pins are in costs.json. A count that grew fails; one that fell far fails too, so that what was
won is kept. `TRACEGRAPH_PIN_COSTS=1` writes them anew: look at the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.contract.costs import COUNTED, Costs
from tests.contract.engines import engine
from tracegraph.demo import STORY, history
from tracegraph.demo.plan import Size
from tracegraph.library import Tracegraph

__all__ = ["engine"]  # the engines' own closures, as nothing else is pinned

PINS = Path(__file__).with_name("costs.json")
ONE_WEEK = Size(weeks=1, sets=1, screws=1, units=(50, 80), batch=150, loose=20, pallet=1)
WHEN = "2025-06-01T00:00:00Z"
# What depends on the version of the engine may move a little; statements and rows may not.
ROOM = {"statements": 0.0, "rows": 0.0, "bytes": 0.02, "work": 0.1}
WON = 0.8  # a count below this share of its pin wants a new pin

Question = Callable[[Tracegraph], Any]
QUESTIONS: dict[str, Question] = {
    "closure of a lot": lambda graph: graph.trace(STORY.bad_resin_lot, direction="forward").items,
    "genealogy of a serial": lambda graph: graph.trace(STORY.affected_serials[0]).items,
    "gate for a serial": lambda graph: (
        graph.gate([STORY.good_serial], purpose="ship", at=WHEN).refusals
    ),
    "gate for three serials": lambda graph: (
        graph.gate(STORY.affected_serials, purpose="ship", at=WHEN).refusals
    ),
    "scope of a lot": lambda graph: graph.scope(STORY.bad_resin_lot).items,
    "history of a lot": lambda graph: graph.history(STORY.bad_resin_lot).entries,
    "search by a number": lambda graph: graph.find("R-2417").items,
}


def counted(engine: Any) -> dict[str, Costs]:
    """The costs of each question, asked by a process that has asked nothing before."""
    store = engine.graph()
    store.capture(history(ONE_WEEK, 1))
    engine.replan()
    found = {}
    for name, ask in QUESTIONS.items():
        with COUNTED[engine.name]() as counter:
            graph = Tracegraph(engine.again())
            counter.take()
            answer = ask(graph)
            found[name] = {**counter.take(), "items": len(answer)}
    return found


def faults(pinned: dict[str, Costs], found: dict[str, Costs]) -> list[str]:
    """What grew, and what fell so far that its pin says nothing any more."""
    told = []
    for name, costs in found.items():
        pins = pinned.get(name, {})
        for what, count in costs.items():
            pin = pins.get(what)
            if pin is None:
                told.append(f"{name}: {what} is not pinned")
            elif count > pin * (1 + ROOM.get(what, 0.0)):
                told.append(f"{name}: {what} grew from {pin:,} to {count:,}")
            elif count < pin * WON:
                told.append(f"{name}: {what} fell from {pin:,} to {count:,}; pin it")
    return told


def test_questions_cost_no_more_than_they_did(engine):
    found = counted(engine)

    pins = orjson.loads(PINS.read_bytes()) if PINS.exists() else {}
    if os.environ.get("TRACEGRAPH_PIN_COSTS") == "1":
        pins[engine.name] = found
        option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        PINS.write_bytes(orjson.dumps(pins, option=option))
    told = faults(pins.get(engine.name, {}), found)
    assert not told, "\n".join(told)


@pytest.mark.parametrize(("count", "wrong"), [(100, False), (101, True), (85, False), (79, True)])
def test_a_count_that_moves_is_seen(count, wrong):
    assert bool(faults({"q": {"rows": 100}}, {"q": {"rows": count}})) == wrong
