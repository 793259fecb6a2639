"""Closures in SQLite: level by level, as one array in and one out of each statement.

A recursion in SQLite keeps two B-trees for what it has met; where a level is wide, sets in this
process are three times as fast. For few nodes, and for many narrow levels, the recursion is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

import numpy as np
import orjson

from tracegraph.store.levels import items_of, seed_nodes, walk_levels
from tracegraph.store.sqlite.tables import packed
from tracegraph.store.walker import Direction

_SMALL = 300  # nodes; fewer are a recursion at once
_ROUNDS = 64  # levels, before what is left is a recursion, too
_STRETCH = 50_000  # items of one statement, whose keys are one text

# A step along the flow of material is src -> dst; backward it is walked the other way.
_WALK = {"forward": ("src", "dst"), "backward": ("dst", "src")}
_STANDS = "e.at <= :as_of AND e.rec <= :known AND e.void > :known"


class Walk:
    """Walks in one direction, at one cut, on one connection."""

    def __init__(self, db: sqlite3.Connection, direction: Direction, cuts: dict[str, int]) -> None:
        self._db = db
        self._cuts = cuts
        self._here, self._there = _WALK[direction]

    def whole(self, starts: Collection[int], budget: int) -> set[int] | None:
        """Every node that is reached; None for more items than the budget. O(V + E)."""
        most = max(budget, len(starts))
        frontier = seed_nodes(starts)
        reached = set(self._recursion(frontier, _SMALL))
        if len(reached) < _SMALL:
            return reached if _fits(reached, most) else None
        reached = set(frontier)
        for _ in range(_ROUNDS):
            frontier = set(self._neighbours(frontier)) - reached
            reached |= frontier
            if not frontier or not _fits(reached, most):
                break
        if frontier and _fits(reached, most):
            reached.update(self._recursion(frontier, 4 * most + 1000))
        return reached if _fits(reached, most) else None

    def to(
        self, starts: Collection[int], max_depth: int | None, budget: int
    ) -> tuple[set[int], int | None]:
        """What is reached, and the last whole depth where something was left out."""
        whole = None if max_depth is not None else self.whole(starts, budget)
        if whole is not None:
            return whole, None
        return walk_levels(self._neighbours, starts, max_depth=max_depth, budget=budget)

    def _neighbours(self, nodes: Collection[int]) -> list[int]:
        # In order of the index, or each look into it begins anew.
        return self._array(
            f"SELECT json_group_array(e.{self._there}) FROM json_each(:nodes) v"
            f" CROSS JOIN edge e ON e.{self._here} = v.value AND {_STANDS}",
            nodes=packed(sorted(nodes)),
        )

    def _recursion(self, nodes: Collection[int], limit: int) -> list[int]:
        return self._array(
            "WITH RECURSIVE r (n) AS (SELECT value FROM json_each(:nodes)"
            f" UNION SELECT e.{self._there} FROM r CROSS JOIN edge e ON e.{self._here} = r.n"
            f" AND {_STANDS} LIMIT :limit) SELECT json_group_array(n) FROM r",
            nodes=packed(nodes),
            limit=limit,
        )

    def _array(self, text: str, **values: str | int) -> list[int]:
        row = self._db.execute(text, {**self._cuts, **values}).fetchone()
        found: list[int] = orjson.loads(row[0])
        return found


def _fits(nodes: Collection[int], most: int) -> bool:
    return len(nodes) <= most or len(items_of(nodes)) <= most


def keys(db: sqlite3.Connection, items: Collection[int], known: int) -> tuple[list[int], list[str]]:
    """Items by number, and what they were called at a cut; one not yet met is left out.

    Items that came together have numbers in a row, and such a row is read in one go.
    """
    numbers: list[int] = []
    called: list[str] = []
    for runs in _runs(items):
        found = db.execute(
            "SELECT json_group_array(i.no), json_group_array(i.key) FROM json_each(?) v"
            " CROSS JOIN item i ON i.no BETWEEN v.value ->> 0 AND v.value ->> 1"
            " AND i.rec <= ? AND i.void > ?",
            (runs, known, known),
        ).fetchone()
        numbers += orjson.loads(found[0])
        called += orjson.loads(found[1])
    return numbers, called


def _runs(numbers: Collection[int]) -> Iterator[str]:
    """Numbers as [first, last] of those in a row, some thousands of numbers at a time."""
    ordered = np.sort(np.fromiter(numbers, np.int64, len(numbers)))
    for low in range(0, len(ordered), _STRETCH):
        part = ordered[low : low + _STRETCH]
        gaps = np.flatnonzero(np.diff(part) > 1)
        first = part[np.concatenate(([0], gaps + 1))]
        last = part[np.concatenate((gaps, [len(part) - 1]))]
        yield packed(np.stack((first, last), axis=1).tolist())
