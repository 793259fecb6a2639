"""Breadth-first search over rows of edges, at a cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tracegraph.store.adjacency.arrays import Longs, Rows, longs

_FEW = 24  # nodes, up to which one by one is faster than arrays
_SHORT = 48  # edges of such a node


class Cut(NamedTuple):
    """What is seen of the edges: what happened by `as_of`, as it was known at `known`."""

    known: int
    as_of: int


class Walked(NamedTuple):
    """The nodes reached, each once, and the last whole depth where something was left out."""

    nodes: Longs
    complete_depth: int | None


class Scratch:
    """Marks for every node there is, all blank between two searches; one search at a time.

    5 bytes a node. Blank marks cost what is as large as a small closure, so they are kept.
    """

    def __init__(self) -> None:
        self.seen = np.zeros(0, np.bool_)
        self.turn = np.zeros(0, np.int32)

    def fit(self, nodes: int) -> None:
        """Have marks for so many nodes."""
        if nodes > len(self.seen):
            self.seen = np.zeros(nodes + nodes // 8, np.bool_)
            self.turn = np.zeros(nodes + nodes // 8, np.int32)


def walk(
    rows: Sequence[Rows],
    seeds: Longs,
    cut: Cut,
    scratch: Scratch,
    *,
    max_depth: int | None,
    budget: int,
) -> Walked:
    """Every node that items reach, item step by item step; `seeds` are nodes of items.

    `rows` are searched together, as one set of edges. From an item to an event costs nothing;
    every way to another item is one step. Where more than `budget` items are reached (the seeds
    are never left out), or `max_depth` was, whole depths are left out from the far end.
    O(V + E) of what is reached.
    """
    search = _Search(rows, cut, seeds, scratch)
    found = _walked(search, seeds, max_depth, budget)
    search.forget()
    return found


def _walked(search: _Search, seeds: Longs, max_depth: int | None, budget: int) -> Walked:
    frontier = search.fresh(seeds)
    reached, depth = [frontier], 0
    items = _items(frontier)
    most = max(budget, items)
    while len(frontier):
        beside = search.step(frontier)
        is_hub = beside & 3 >= 2
        hubs = beside[is_hub]
        following = np.concatenate((beside[~is_hub], search.step(hubs)))
        if not len(following):
            reached.append(hubs)
            break
        items += len(following)
        if items > most:  # a lot and its pool are one item, so there may be fewer
            items = _items(np.concatenate((*reached, following)))
        if items > most or (max_depth is not None and depth + 1 > max_depth):
            return Walked(np.concatenate(reached), depth)
        reached += [hubs, following]
        frontier, depth = following, depth + 1
    return Walked(np.concatenate(reached), None)


def items_of(nodes: Longs) -> Longs:
    """The items among nodes, by number, each once; the nodes come once."""
    half = nodes & 3
    items = nodes[half == 0] >> 2
    pools = nodes[half == 1] >> 2  # of lots that may be there themselves
    return np.concatenate((items, pools[~np.isin(pools, items)]))


def _items(nodes: Longs) -> int:
    return len(items_of(nodes))


class _Search:
    def __init__(self, rows: Sequence[Rows], cut: Cut, seeds: Longs, scratch: Scratch) -> None:
        self._rows = [part for part in rows if len(part)]
        self._cut = cut
        highest = [int(seeds.max(initial=0)), *(part.highest for part in self._rows)]
        scratch.fit(max(highest) + 1)
        self._seen, self._turn = scratch.seen, scratch.turn
        self._mark = memoryview(self._seen)  # type: ignore[arg-type]  # arrays are buffers
        self._marked: list[Longs] = []

    def forget(self) -> None:
        """Leave the marks blank."""
        for nodes in self._marked:
            self._seen[nodes] = False

    def fresh(self, nodes: Longs) -> Longs:
        """Those of nodes that were not seen before, each once; from now on they are seen."""
        nodes = nodes[~self._seen[nodes]]
        if len(nodes) > 1:
            turns = np.arange(len(nodes), dtype=np.int32)
            self._turn[nodes] = turns  # of a node that comes twice, the last turn stays
            nodes = nodes[self._turn[nodes] == turns]
        self._seen[nodes] = True
        self._marked.append(nodes)
        return nodes

    def step(self, nodes: Longs) -> Longs:
        """What edges lead to from nodes, and was not seen before."""
        if len(nodes) <= _FEW or not self._rows:
            return self._one_by_one(nodes)
        return np.concatenate([self._at_once(part, nodes) for part in self._rows])

    def _at_once(self, part: Rows, nodes: Longs) -> Longs:
        known, as_of = self._cut
        places = _places(*part.index.of_nodes(nodes))
        stands = part.void[places] > known
        if part.last_rec > known:
            stands &= part.rec[places] <= known
        if part.last_at > as_of:
            stands &= part.at[places] <= as_of
        return self.fresh(part.dst[places[stands]].astype(np.int64))

    def _one_by_one(self, nodes: Longs) -> Longs:
        known, as_of = self._cut
        found: list[int] = []
        for part in self._rows if len(nodes) else ():
            starts, ends = part.index.of_nodes(nodes)
            for node, start, end in zip(nodes, starts.tolist(), ends.tolist(), strict=True):
                if end - start > _SHORT:
                    found += self._at_once(part, node[None]).tolist()
                    continue
                edges = slice(start, end)
                for dst, at, rec, void in zip(
                    part.dst[edges].tolist(), part.at[edges].tolist(), part.rec[edges].tolist(),
                    part.void[edges].tolist(), strict=True,
                ):  # fmt: skip
                    if void > known and rec <= known and at <= as_of and not self._mark[dst]:
                        self._mark[dst] = True
                        found.append(dst)
        nodes = longs(found)
        self._marked.append(nodes)
        return nodes


def _places(starts: Longs, ends: Longs) -> Longs:
    """All places from each start to its end."""
    counts = ends - starts
    last = np.cumsum(counts)
    places: Longs = np.arange(int(last[-1])) + np.repeat(starts - (last - counts), counts)
    return places
