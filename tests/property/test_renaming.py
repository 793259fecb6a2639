"""Figures of lots that are split, merged, relabelled and reworked, against unit by unit.

The oracle follows single units through one world after another: each draw takes any of what is
there, each output has any of what went in. However many of them are affected at the end, under
whatever names, must be within the figures; where all agree and lots are whole, be the figure.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.builders import Desk, Wire, line, lot
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Figures
from tracegraph.recall.query import ScopeSeed
from tracegraph.store.sqlite import SqliteStore

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
HISTORIES, WORLDS = (6_000, 60) if PROVE else (80, 30)


@dataclass
class Step:
    """What an event takes of lots of P, how much of RM it needs, what it gives; losses follow."""

    type: str
    taken: dict[str, int]
    given: dict[str, int]
    material: int = 0


@dataclass
class History:
    """Receipts of P by lot, some of them bad; how much of RM is good, how much bad; then steps."""

    received: list[tuple[str, int, bool]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    materials: tuple[int, int] = (0, 0)


def random_history(rng: Random, *, odd: bool = True) -> History:
    """Some lots, and a few events that give what they took other names.

    `odd`: or that give it back to the lot that it was of, or more than they took.
    """
    history = History()
    stock: Counter[str] = Counter()
    for number in range(rng.randint(1, 3)):
        for _ in range(rng.choice((1, 1, 2))):
            bad = not history.received or rng.random() < 0.4
            history.received.append((f"L{number}", rng.randint(1, 8), bad))
            stock[f"L{number}"] += history.received[-1][1]
    history.materials = rng.randint(0, 6), rng.randint(0, 6)
    left = sum(history.materials)
    for number in range(rng.randint(1, 5)):
        names = [name for name, count in stock.items() if count]
        if not names:
            break
        type_ = rng.choice(("split", "merge", "relabel", "rework", "rework", "scrap"))
        sources = rng.sample(names, min(len(names), 2 if type_ == "merge" else 1))
        step = Step(type_, {name: rng.randint(1, stock[name]) for name in sources}, {})
        stock.subtract(step.taken)
        amount = sum(step.taken.values())
        if type_ == "rework":
            amount -= rng.choice((0, 0, rng.randint(0, amount)))
            if 0 < amount <= left and rng.random() < 0.5:
                step.material, left = amount, left - amount
        elif rng.random() < 0.2:
            amount += rng.randint(-amount, 2 if odd else 0)
        if type_ != "scrap" and amount:
            names = [f"{type_}{number}", f"{type_}{number}b"]
            if odd and type_ == "rework" and rng.random() < 0.3:
                names[0] = sources[0]
            first = rng.randint(1, amount) if type_ == "split" else amount
            step.given = {names[0]: first}
            if amount > first:
                step.given[names[1]] = amount - first
            stock.update(step.given)
        if step.given or type_ == "scrap":
            history.steps.append(step)
        else:
            stock.update(step.taken)
    return history


def told(history: History) -> tuple[list[Wire], list[str]]:
    """The history as events, and the ids of the bad receipts."""
    desk = Desk()
    events: list[Wire] = []
    bad: list[str] = []
    for number, (name, count, is_bad) in enumerate(history.received):
        event = desk.receipt(
            id=f"r{number}", items=[line(lot("P", name), str(count))], place="W", party="S"
        )
        events.append(event)
        bad += [f"mes/r{number}"] if is_bad else []
    for count, is_bad in zip(history.materials, (False, True), strict=True):
        if count:
            id_ = "bad" if is_bad else "good"
            items = [line(lot("RM", "M"), str(count))]
            events.append(desk.receipt(id=id_, items=items, place="W", party="S"))
            bad += [f"mes/{id_}"] if is_bad else []
    for step in history.steps:
        taken = [line(lot("P", name), str(count)) for name, count in step.taken.items()]
        if step.type == "scrap":
            events.append(desk.event("scrap", items=taken, place="W"))
            continue
        if step.material:
            taken.append(line(lot("RM", "M"), str(step.material)))
        given = [line(lot("P", name), str(count)) for name, count in step.given.items()]
        events.append(desk.event(step.type, inputs=taken, outputs=given, place="W"))
    return events, bad


def figures_of(history: History) -> Figures:
    """What is said of P, with the bad receipts as seeds."""
    events, bad = told(history)
    store = SqliteStore(":memory:")
    store.migrate()
    graph = Tracegraph(store)
    assert graph.capture(events).ok
    scope = graph.scope([ScopeSeed("event", id_) for id_ in bad])
    store.close()
    [said] = [figures for figures in scope.figures if figures.product == "P"]
    return said


def affected_units(history: History, rng: Random) -> int:
    """How many units of P are affected in one world."""
    stock: dict[str, list[int]] = {}
    count, bad = 0, set[int]()
    for name, amount, is_bad in history.received:
        units = list(range(count, count + amount))
        count += amount
        stock.setdefault(name, []).extend(units)
        bad.update(units if is_bad else ())
    material = [False] * history.materials[0] + [True] * history.materials[1]
    for step in history.steps:
        units = []
        for name, amount in step.taken.items():
            rng.shuffle(stock[name])
            units += [stock[name].pop() for _ in range(amount)]
        rng.shuffle(units)
        rng.shuffle(material)
        used = [material.pop() for _ in range(step.material)]
        if step.type == "scrap":
            continue
        more = sum(step.given.values()) - len(units)
        for _ in range(more):  # part of one that went in, or from nowhere
            count += 1
            bad.update([count] if bad.intersection(units) and rng.random() < 0.5 else ())
            units.append(count)
        rng.shuffle(units)
        for name, amount in step.given.items():
            for _ in range(amount):
                unit = units.pop()
                if used and used.pop():
                    bad.add(unit)
                stock.setdefault(name, []).append(unit)
    return len(bad)


def test_figures_count_each_unit_once() -> None:
    """No world has fewer affected units than the least, or more than the most."""
    exact = Counter[str]()
    for number in range(HISTORIES):
        rng = Random(f"renaming {number}")
        history = random_history(rng)
        said = figures_of(history)
        counts = [affected_units(history, rng) for _ in range(WORLDS)]
        low, high = int(said.units_min), int(said.units_max or "-1")
        assert low <= min(counts), (number, history, said, min(counts))
        assert max(counts) <= high, (number, history, said, max(counts))
        exact["least"] += low == min(counts)
        exact["most"] += high == max(counts)
    assert exact["least"] > 0.6 * HISTORIES, exact
    assert exact["most"] > 0.6 * HISTORIES, exact


def test_figures_of_whole_lots_are_exact() -> None:
    """Where every lot is bad, all units that ever came are, and what was lost was consumed.

    Not where rework gives a lot's units back to it: draws from such a lot are bounded widely. What
    is more than went in may hold part of any that did.
    """
    for number in range(HISTORIES // 2):
        history = random_history(Random(f"whole {number}"), odd=False)
        history.received = [(name, count, True) for name, count, _ in history.received]
        said = figures_of(history)
        total = sum(count for _, count, _ in history.received)
        lost = sum(
            max(0, sum(step.taken.values()) - sum(step.given.values()))
            for step in history.steps
            if step.type != "scrap"
        )
        assert (said.units_min, said.units_max) == (str(total), str(total)), (number, history)
        assert said.consumed == str(lost), (number, history)
