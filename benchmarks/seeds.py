"""What is asked about in a graph: items chosen by how far they reach, with a fixed seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.asked import Question, Reference, Way
from tracegraph.demo import STORY
from tracegraph.store.sqlite import SqliteStore

WANTED = (7_000, 57_000)  # items reached, as the published figures have it
SERIALS = 10
MANY = 500
EMPTY = "empty request"

Array = Any  # of numpy


class Reach:
    """How many items a closure has, by arrays of the standing edges."""

    def __init__(self, edges: Array) -> None:
        order = np.argsort(edges[:, 0], kind="stable")
        self._src, self._dst = edges[order, 0], edges[order, 1]
        top = int(edges.max()) + 2
        self._first = np.searchsorted(self._src, np.arange(top + 1))
        self._seen = np.zeros(top, dtype=bool)

    def forward(self, item: int) -> int:
        """The number of items reached from one, itself included."""
        seen = self._seen
        seen[:] = False
        frontier = np.array([4 * item, 4 * item + 1])
        frontier = frontier[frontier < len(seen)]
        seen[frontier] = True
        while len(frontier):
            low, high = self._first[frontier], self._first[frontier + 1]
            counts = high - low
            starts = np.repeat(low - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
            beyond = self._dst[starts + np.arange(counts.sum())]
            frontier = np.unique(beyond[~seen[beyond]])
            seen[frontier] = True
        nodes = np.flatnonzero(seen)
        return len(np.unique(nodes[nodes & 3 < 2] >> 2))


@dataclass(frozen=True, slots=True)
class Graph:
    """Facts of a graph, and what is asked in it."""

    edges: int
    items: int
    events: int
    reached: dict[str, int]
    questions: tuple[Question, ...]


def asked(store: SqliteStore) -> Graph:
    """The questions for a graph of the demonstration."""
    known = store.published().seq
    with store._connections.reading() as db:
        edges = np.array(
            db.execute("SELECT src, dst FROM edge WHERE void > ?", (known,)).fetchall()
        )
        rows = db.execute(
            "SELECT no, key, kind, product, number FROM item WHERE void > ? ORDER BY no", (known,)
        ).fetchall()
    keys = {row[0]: row[1] for row in rows}
    numbers = {key: no for no, key in keys.items()}
    lots = [row[0] for row in rows if row[2] == 1]
    serials = [row for row in rows if row[2] == 2]
    reach = Reach(edges)
    reached = {no: reach.forward(no) for no in lots if str(keys[no]).find("RM-") > 0}
    rare, common = numbers[STORY.bad_resin_lot], numbers[STORY.common_lot]
    chosen = {"rare lot": rare, "common lot": common}
    for wanted in WANTED:
        near = min(reached, key=lambda no: abs(reached[no] - wanted))
        if 0.5 < reached[near] / wanted < 2:
            chosen[f"{wanted:,} items"] = near
    chance = random.Random(1)
    back = chance.sample(serials, min(SERIALS, len(serials)))
    many = tuple(sorted(chance.sample(lots, min(MANY, len(lots)))))
    questions: list[Question] = []
    for label, no in chosen.items():
        questions += _both(f"forward, {label}", [(no,)], keys, "forward")
    questions += _both("backward, a serial", [(row[0],) for row in back], keys, "backward")
    questions.append(_closure(f"forward, {len(many)} seeds", many, keys, "forward"))
    questions.append(Question("empty", EMPTY))
    questions += _others(rows, keys, (rare, common), chance)
    return Graph(
        edges=len(edges),
        items=len(rows),
        events=known,
        reached={label: reach.forward(no) for label, no in chosen.items()},
        questions=tuple(questions),
    )


def _others(
    rows: list[Any], keys: dict[int, str], story: tuple[int, int], chance: random.Random
) -> list[Question]:
    """Scopes of the story's lots; the gate, histories and searches of items drawn by chance."""
    request = Reference("empty", EMPTY, "sqlite http")
    found = []
    for label, no in zip(("rare lot", "common lot"), story, strict=True):
        against = Reference("closure", f"forward, {label}", "sqlite")
        found.append(Question("scope", label, (no,), (keys[no],), against=against))
    for kind, word in ((1, "lot"), (2, "serial")):
        for row in chance.sample([row for row in rows if row[2] == kind], SERIALS):
            one, named, label = (row[0],), (row[1],), f"a {word}"
            found.append(Question("gate", label, one, named, against=request))
            found.append(Question("history", label, one, named, against=request))
            text = row[4][-5:]
            found.append(Question("search", label, one, named, text=text, against=request))
    return found


def _both(
    label: str, seeds: list[tuple[int, ...]], keys: dict[int, str], way: Way
) -> list[Question]:
    """The bare closure, and the whole answer with events and lines."""
    against = Reference("closure", label, "sqlite")
    found = []
    for numbers in seeds:
        found.append(_closure(label, numbers, keys, way))
        named = tuple(keys[no] for no in numbers)
        found.append(Question("trace", label, numbers, named, way, against=against))
    return found


def _closure(label: str, numbers: tuple[int, ...], keys: dict[int, str], way: Way) -> Question:
    named = tuple(keys[no] for no in numbers)
    against = Reference("closure", label, "postgres")
    return Question("closure", label, numbers, named, way, against=against)
