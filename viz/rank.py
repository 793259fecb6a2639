"""Which column a thing stands in: material flows from left to right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from tracegraph.trace.answer import Edge, Genealogy, TracedItem

REACH = 16  # columns on either side of the seeds; what lies beyond stands in the last


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks of items (even, 0 for a seed) and of events (odd), by key and by node.

    `clipped` are the ranks in which also everything beyond them stands.
    """

    items: dict[str, int]
    events: dict[str, int]
    clipped: frozenset[int]


def ranks(genealogy: Genealogy) -> Ranks:
    """Rank items and events so that edges point right, but for those that close a cycle.

    What lies before the seeds stands as late as it can, what lies after as early as it can, so
    that an edge is short at the end that the reader came from. Items with the same neighbours, as
    the serials of a lot are in their thousands, are ranked as one. O((V + E) log V).
    """
    like = _twins(genealogy)
    found = _ranks(
        replace(
            genealogy,
            items=tuple(item for item in genealogy.items if item.key not in like),
            edges=tuple(
                e for e in genealogy.edges if e.source not in like and e.target not in like
            ),
        )
    )
    twins = {key: found.items[one] for key, one in like.items()}
    return Ranks(found.items | twins, found.events, found.clipped)


def _twins(genealogy: Genealogy) -> dict[str, str]:
    """Items that have all neighbours, depth and first event of an earlier one, with that one."""
    after: dict[str, list[str]] = {item.key: [] for item in genealogy.items}
    before: dict[str, list[str]] = {item.key: [] for item in genealogy.items}
    for edge in genealogy.edges:
        if edge.source in after:
            after[edge.source].append(edge.target)
        if edge.target in before:
            before[edge.target].append(edge.source)
    first: dict[tuple[object, ...], str] = {}
    like: dict[str, str] = {}
    for item in genealogy.items:
        key = item.key
        around = (item.direction, item.depth, item.first_event, *before[key], None, *after[key])
        one = first.setdefault(around, key)
        if one != key:
            like[key] = one
    return like


def _ranks(genealogy: Genealogy) -> Ranks:
    items = {item.key: item for item in genealogy.items}
    nodes = {event.node for event in genealogy.events}
    lots = {(edge.source, edge.target) for edge in genealogy.edges if edge.kind == "comprises"}
    edges = [
        edge
        for edge in genealogy.edges
        # A lot stands before its serials, also where one went back into its pool.
        if not (edge.kind == "pooled" and (edge.target, edge.source) in lots)
        and (edge.source in items or edge.source in nodes)
        and (edge.target in items or edge.target in nodes)
    ]
    order = _flow_order(genealogy, edges)
    place = {name: at for at, name in enumerate(order)}
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if place[edge.source] < place[edge.target]:
            after[edge.source].append(edge.target)
            before[edge.target].append(edge.source)
    onward = _onward(genealogy, items, before)
    rank: dict[str, int] = {}
    for name in reversed(order):
        if name in onward:
            continue
        limits = [
            rank[other] - _step(name in items and other in items)
            for other in after[name]
            if other not in onward
        ]
        rank[name] = min(limits) if limits else _alone(items.get(name), -1)
    for name in order:
        if name not in onward:
            continue
        limits = [rank[other] + _step(name in items and other in items) for other in before[name]]
        rank[name] = max(limits) if limits else _alone(items.get(name), 1)
    return _clipped(rank, items)


def _clipped(rank: dict[str, int], items: dict[str, TracedItem]) -> Ranks:
    end = 2 * REACH
    beyond = {at for name, at in rank.items() if name in items and abs(at) > end}
    clipped = {-end for at in beyond if at < 0} | {end for at in beyond if at > 0}
    of_items = {key: max(-end, min(end, rank[key])) for key in items}
    of_events = {
        name: max(1 - end, min(end - 1, at)) if abs(at) > end else at
        for name, at in rank.items()
        if name not in items
    }
    return Ranks(of_items, of_events, frozenset(clipped))


def _step(between_items: bool) -> int:
    return 2 if between_items else 1


def _alone(item: TracedItem | None, sign: int) -> int:
    """The rank of what has no neighbour on the side that it hangs from."""
    return sign if item is None else 2 * sign * item.depth


def _onward(
    genealogy: Genealogy, items: dict[str, TracedItem], before: dict[str, list[str]]
) -> set[str]:
    """Items and events after the seeds; a seed is never one."""
    onward = {item.key for item in genealogy.items if item.direction == "forward"}
    if not onward:
        return onward
    sources = onward | {item.key for item in genealogy.items if item.direction == "seed"}
    for event in genealogy.events:
        if event.node not in onward and not sources.isdisjoint(before[event.node]):
            onward.add(event.node)
    return onward


def _flow_order(genealogy: Genealogy, edges: list[Edge]) -> list[str]:
    """Everything in the order of flow; where cycles leave none, what happened first is first."""
    times: dict[str, tuple[str, int, str]] = {}
    for event in genealogy.events:
        start = (event.started_at, 0, event.node)
        times[event.node] = min(times.get(event.node, start), start)
    ends = {event.node: event.occurred_at for event in genealogy.events}
    made: dict[str, str] = {}
    for edge in edges:
        if edge.kind == "output":
            made[edge.target] = min(made.get(edge.target, "~"), ends[edge.source])
    for item in genealogy.items:
        first = item.first_event or "~"
        made_here = made.get(item.key, "~") <= first  # else it was there before its first event
        times[item.key] = (first, 1 if made_here else -1, item.key)
    waiting = dict.fromkeys(times, 0)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        after[edge.source].append(edge.target)
        waiting[edge.target] += 1
    by_time = iter(sorted(times, key=times.__getitem__))
    ready = [name for name in reversed(times) if not waiting[name]]
    done: set[str] = set()
    order: list[str] = []
    while len(order) < len(times):
        # With nothing ready only cycles are left, and what hangs on them.
        name = ready.pop() if ready else next(name for name in by_time if name not in done)
        if name in done:
            continue
        done.add(name)
        order.append(name)
        for other in after[name]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return order
