"""Time-respecting reach on a subgraph: what a path that respects cause can get to.

Through an item, a path from event e to event f counts if e's start is not after f's end (domain,
"Time respects cause"); a run is one event over the hull of its members. Only the last event of a
path decides how it may go on, so each item keeps one label, the earliest start among the reached
events that put something into it, and every event is entered once. A level-synchronous search
over item steps thus finds all that is reached, at its least depth, in O(E log E); cycles end.

Backward is the same search on mirrored time. A lot that has serials is two nodes: what was made,
from which its serials come, and the pool of its units, from which unnamed draws are taken and to
which each serial adds itself. So a serial affected on its own reaches later unnamed draws of its
lot, but not its siblings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tracegraph.model.instant import Instant
from tracegraph.model.value import value
from tracegraph.store.port import Subgraph
from tracegraph.store.projection.rows import Flow
from tracegraph.store.walker import Direction

FOREVER = 2**200  # beyond every scaled instant


@value(frozen=True, slots=True)
class Link:
    """The last step of a path: the item it came to, through which hub, and what came before.

    `hub` is None for a seed and for the step between a lot and a serial of it.
    """

    item: int
    hub: int | None
    before: Link | None


@dataclass(slots=True)
class Reach:
    """What is reached: least depth and one shortest path of each item, and depth of each hub."""

    depth: dict[int, int] = field(default_factory=dict)
    path: dict[int, Link] = field(default_factory=dict)
    hubs: dict[int, int] = field(default_factory=dict)
    pools: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Clock:
    """Instants as whole numbers fine enough for every digit that occurs; sign mirrors time."""

    digits: int
    sign: int

    @classmethod
    def of(cls, instants: list[Instant], direction: Direction) -> Clock:
        """A clock on which all `instants` are exact."""
        digits = max((len(instant.rest) for instant in instants), default=0)
        return cls(digits, 1 if direction == "forward" else -1)

    def at(self, instant: Instant) -> int:
        """An instant as a number that grows in the direction of the search."""
        micros, rest = instant
        if not self.digits:
            return self.sign * micros
        scaled: int = micros * 10**self.digits + int(rest.ljust(self.digits, "0"))
        return self.sign * scaled

    def length(self, seconds: Decimal) -> int:
        """A duration, rounded down to what the clock can tell apart."""
        return int(seconds * 10 ** (6 + self.digits))


@dataclass(slots=True)
class _Graph:
    """The subgraph as the search walks it. Nodes are 2 * item, and 2 * lot + 1 for pools."""

    enter: dict[int, int] = field(default_factory=dict)  # hub -> what it hands to its items
    leave: dict[int, int] = field(default_factory=dict)  # hub -> the latest label it takes
    out_of: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    into: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    same: defaultdict[int, list[tuple[int, int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def reach(
    graph: Subgraph,
    seeds: Mapping[int, Instant | None],
    direction: Direction,
    *,
    as_of: Instant | None = None,
    tolerance: Decimal = Decimal(0),
    item_order: Mapping[int, str],
    hub_order: Mapping[int, str],
) -> Reach:
    """What `seeds` reach, each from its instant on (backward: up to it; None is always).

    The orders give the keys of items and hubs: among equally short paths the one whose items
    and events come first by key is taken. Events after `as_of` are not seen.
    """
    clock = _clock(graph, seeds, direction)
    walk = _prepare(graph, direction, clock, as_of, hub_order)
    slack = clock.length(tolerance)
    done = Reach()
    labels: dict[int, tuple[int, Link]] = {}
    taken: dict[int, int] = {}  # node -> how many of its hubs, latest first, were entered

    def arrive(node: int, depth: int, at: int, link: Link, following: set[int]) -> None:
        if node in labels and labels[node][0] <= at:
            return
        if link.item not in done.depth:
            done.depth[link.item], done.path[link.item] = depth, link
        if node & 1:
            done.pools.add(link.item)
        labels[node] = (at, link)
        following.add(node)

    frontier: set[int] = set()
    for item, instant in seeds.items():
        done.depth[item], done.path[item] = 0, Link(item, None, None)
        for node in (2 * item, 2 * item + 1):
            labels[node] = (-FOREVER if instant is None else clock.at(instant), done.path[item])
            frontier.add(node)
    depth = 0
    while frontier:
        order = sorted(frontier, key=lambda node: (item_order[node >> 1], node & 1))
        here = [(node, *labels[node]) for node in order]
        entered: list[tuple[int, Link]] = []
        for node, label, link in here:
            hubs, count = walk.out_of.get(node, ()), taken.get(node, 0)
            while count < len(hubs) and label <= walk.leave[hubs[count]] + slack:
                if hubs[count] not in done.hubs:
                    done.hubs[hubs[count]] = depth
                    entered.append((hubs[count], link))
                count += 1
            taken[node] = count
        following: set[int] = set()
        for node, label, link in here:
            for other, since, until in walk.same.get(node, ()):
                if label <= until + slack:
                    step = Link(other >> 1, None, link)
                    arrive(other, depth + 1, max(label, since), step, following)
        for hub, link in entered:
            for node in walk.into.get(hub, ()):
                arrive(node, depth + 1, walk.enter[hub], Link(node >> 1, hub, link), following)
        frontier, depth = following, depth + 1
    return done


def _clock(graph: Subgraph, seeds: Mapping[int, Instant | None], direction: Direction) -> Clock:
    spans = {text for text in (*graph.comprises.since, *graph.comprises.until) if text}
    given = [instant for instant in seeds.values() if instant is not None]
    instants = [*graph.events.start, *graph.events.end, *given, *map(Instant.parse, spans)]
    return Clock.of(instants, direction)


def _prepare(
    graph: Subgraph,
    direction: Direction,
    clock: Clock,
    as_of: Instant | None,
    hub_order: Mapping[int, str],
) -> _Graph:
    walk, forward = _Graph(), direction == "forward"
    enter, leave, events = walk.enter, walk.leave, graph.events
    seen = set()
    for seq, hub, start, end in zip(events.seq, events.hub, events.start, events.end, strict=True):
        if as_of is not None and end > as_of:
            continue
        seen.add(seq)
        first, final = clock.at(start), clock.at(end)
        if not forward:
            first, final = final, first
        if hub in enter:  # a run
            first, final = min(enter[hub], first), max(leave[hub], final)
        enter[hub], leave[hub] = first, final
    _connect(graph, walk, seen, hub_order, forward=forward)
    _join(graph, walk, clock, as_of, forward=forward)
    return walk


def _connect(
    graph: Subgraph, walk: _Graph, seen: set[int], hub_order: Mapping[int, str], *, forward: bool
) -> None:
    """Which hubs each node is drawn into, latest first, and which nodes each hub gives."""
    lines, leave = graph.lines, walk.leave
    none, source = int(Flow.NONE), int(Flow.IN if forward else Flow.OUT)
    drawn: defaultdict[int, set[int]] = defaultdict(set)
    given: defaultdict[int, set[int]] = defaultdict(set)
    for seq, flow, item, hub, pooled in zip(
        lines.seq, lines.flow, lines.item, lines.hub, lines.pooled, strict=True
    ):
        if flow == none or seq not in seen:
            continue
        if flow == source:
            drawn[2 * item].add(hub)
            if pooled:
                drawn[2 * item + 1].add(hub)
        else:
            given[hub].add(2 * item)
            if pooled:
                given[hub].add(2 * item + 1)
    for node, hubs in drawn.items():
        walk.out_of[node] = sorted(hubs, key=lambda hub: (-leave[hub], hub_order[hub]))
    for hub, targets in given.items():
        walk.into[hub] = sorted(targets)


def _join(
    graph: Subgraph, walk: _Graph, clock: Clock, as_of: Instant | None, *, forward: bool
) -> None:
    """Lot to serial, and serial to the pool of its lot, with the interval in which they hold."""
    columns = graph.comprises
    for lot, serial, at, rest, since, until in zip(*columns, strict=True):
        if as_of is not None and Instant(at, rest) > as_of:
            continue
        low = clock.at(Instant.parse(since)) if since else -FOREVER * clock.sign
        high = clock.at(Instant.parse(until)) if until else FOREVER * clock.sign
        span = (low, high) if forward else (high, low)
        pairs = [(2 * lot, 2 * serial), (2 * serial, 2 * lot + 1)]
        for source, target in pairs if forward else [(b, a) for a, b in pairs]:
            walk.same[source].append((target, *span))
