"""Rounds: what can come back to where it was (rework, tanks, returns into a lot)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tracegraph.recall.flow import Flow

_Node = tuple[str, int]


def in_rounds(flow: Flow) -> dict[tuple[int, int], int]:
    """Outputs, as (hub, item), whose item can reach the hub again, with the number of the round.

    What can reach each other is in one round. Linear (Tarjan, 1972).

    Time is not looked at, so this may name more than there are, never fewer.
    """
    after: defaultdict[_Node, list[_Node]] = defaultdict(list)
    for hub in flow.hubs:
        node = ("hub", hub.no)
        for taken in hub.inputs:
            after["item", taken.item].append(node)
        for output in hub.outputs:
            after[node].append(("item" if output.apart else "stock", output.item))
    for item in flow.things:
        after["stock", item].append(("item", item))
    # What only lines of its serials tell of a lot is no part of what its other serials share.
    for member in flow.memberships:
        after["stock", member.lot].append(("item", member.serial))
    part = _components(after)
    found: dict[tuple[int, int], int] = {}
    for hub in flow.hubs:
        number = part.get(("hub", hub.no), -1)
        for output in hub.outputs:
            name = "item" if output.apart else "stock"
            if number == part.get((name, output.item), -2):
                found[hub.no, output.item] = number
        for output in hub.outputs:  # what only a serial tells of its lot goes round with it
            if output.lot and (hub.no, output.item) in found:
                found.setdefault((hub.no, output.lot), number)
    return found


def _components(after: dict[_Node, list[_Node]]) -> dict[_Node, int]:
    """The strongly connected component of each node, by number."""
    index: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    part: dict[_Node, int] = {}
    stack: list[_Node] = []
    for root in list(after):
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        work: list[tuple[_Node, Iterator[_Node]]] = [(root, iter(after.get(root, ())))]
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(after.get(other, ()))))
                    break
                if other not in part:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        part[member] = index[node]
                        if member == node:
                            break
    return part
