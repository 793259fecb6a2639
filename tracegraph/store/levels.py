"""Closures item step by item step, for what must end at a depth or at a budget.

An event or run costs nothing; every way to another item is one step (`GraphStore.subgraph`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

Neighbours = Callable[[Collection[int]], Collection[int]]


def walk_levels(
    neighbours: Neighbours, starts: Collection[int], *, max_depth: int | None, budget: int
) -> tuple[set[int], int | None]:
    """The nodes that items reach, and the last whole depth if more was left out.

    `neighbours` gives every node that an edge leads to from some nodes. Two questions a step.
    """
    frontier = seed_nodes(starts)
    reached, items, depth = set(frontier), set(starts), 0
    while True:
        beside = set(neighbours(frontier)) - reached
        hubs = {node for node in beside if node & 3 >= 2}
        following = beside - hubs
        if hubs:
            following |= set(neighbours(hubs)) - reached
        if not following:
            return reached | hubs, None
        beyond = max_depth is not None and depth + 1 > max_depth
        items |= {node >> 2 for node in following}
        if beyond or len(items) > max(budget, len(starts)):
            return reached, depth
        reached |= hubs | following
        frontier, depth = following, depth + 1


def seed_nodes(items: Collection[int]) -> set[int]:
    """Where a closure of items begins: at each of them, and at what is drawn from it unnamed."""
    return {4 * no + half for no in items for half in (0, 1)}


def items_of(nodes: Collection[int]) -> set[int]:
    """The items among nodes."""
    return {node >> 2 for node in nodes if node & 3 < 2}
