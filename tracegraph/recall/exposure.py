"""Exposure: which items of a population come from, or went through, what is upstream of them.

One graph holds every time-respecting path, so that many questions of descent are asked at once:

    item at a time ──> what had come into it by then ──> hub ──> its inputs, at the hub's time
         (prefix)            (prefix, event, hub)

What came into an item, and what was done to it, stands in order of time; a draw leads to the
prefix of that list which its time allows (domain, "Time respects cause"). Serials with the same
past share a list. A serial takes over its lot's list; an unnamed draw from a lot also takes what
only serials of it went through. Cycles are legal: their members are one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tracegraph.model.instant import Instant
from tracegraph.store.port import Subgraph
from tracegraph.store.projection.rows import Flow
from tracegraph.trace.reach import FOREVER, Clock

Pair = tuple[int, int]  # label (a time on the clock), node


class Member(NamedTuple):
    """A serial is of a lot within an interval, on the clock."""

    lot: int
    since: int
    until: int


@dataclass(slots=True)
class Past:
    """What came into an item, in order of time; node `first + k` stands for the first k + 1."""

    labels: list[int]
    pairs: list[Pair]
    first: int


@dataclass(slots=True)
class Web:
    """Nodes with the nodes upstream of each: of items, of hubs, of events that only touch."""

    edges: list[list[int]] = field(default_factory=list)
    costs: list[bool] = field(default_factory=list)  # whether a node is one item step further
    items: dict[int, int] = field(default_factory=dict)
    hubs: dict[int, int] = field(default_factory=dict)
    touches: dict[int, int] = field(default_factory=dict)
    drawn: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[int, int] = field(default_factory=dict)  # population item -> prefix of its past

    def node(self, further: bool = False) -> int:
        """A new node."""
        self.edges.append([])
        self.costs.append(further)
        return len(self.edges) - 1


class Touch(NamedTuple):
    """An event that does something to items and makes none of them; without `start`, for ever."""

    seq: int
    start: Instant | None
    items: tuple[int, ...]


def weave(
    graph: Subgraph,
    touches: Sequence[Touch],
    population: Collection[int],
    until: Mapping[int, Instant],
    as_of: Instant | None,
    tolerance: Decimal = Decimal(0),
) -> Web:
    """The web of a backward closure. What befell an item of the population after its `until`
    does not count for it. Instants within `tolerance` are equal: a path that needs it is one.
    O(E log E), where E counts a lot's past once for each past of a serial.
    """
    return _Weaver(graph, touches, until, as_of, tolerance).weave(population)


class _Weaver:
    def __init__(
        self,
        graph: Subgraph,
        touches: Sequence[Touch],
        until: Mapping[int, Instant],
        as_of: Instant | None,
        tolerance: Decimal,
    ) -> None:
        self._web = Web()
        self._graph = graph
        self._reached = set(graph.reached)
        self._clock = _clock(graph, touches, until)
        self._slack = self._clock.length(tolerance)
        self._until = until
        self._own: defaultdict[int, set[Pair]] = defaultdict(set)
        self._draws: defaultdict[int, set[Pair]] = defaultdict(set)  # hub -> (item, pooled)
        self._lots: defaultdict[int, list[Member]] = defaultdict(list)
        self._serials: defaultdict[int, list[tuple[int, Member]]] = defaultdict(list)
        self._leave: dict[int, int] = {}
        self._pasts: dict[tuple[frozenset[Pair], tuple[Member, ...]], Past] = {}
        self._past_of: dict[int, Past] = {}
        self._pools: dict[int, Past] = {}
        self._hubs(as_of)
        self._members(as_of)
        self._touch(touches)

    def weave(self, population: Collection[int]) -> Web:
        web = self._web
        for hub, draws in sorted(self._draws.items()):
            if hub not in web.hubs:
                continue
            into, at = web.edges[web.hubs[hub]], self._leave[hub]
            for item, pooled in sorted(draws):
                into.append(self._item(item))
                web.drawn[item].append(web.hubs[hub])
                self._lead(into, self._past(item), at)
                if pooled:
                    self._lead(into, self._pool(item), at)
        for item in sorted(population):
            end = self._until.get(item)
            past = self._past(item)
            last = FOREVER if end is None else self._clock.at(end) + self._slack
            count = bisect_right(past.labels, last)
            if count:
                web.ends[item] = past.first + count - 1
        return web

    def _item(self, item: int) -> int:
        web = self._web
        if item not in web.items:
            web.items[item] = web.node(further=True)
        return web.items[item]

    def _lead(self, into: list[int], past: Past, at: int) -> None:
        """An edge to what had come by a time. Through a step of its own: it is one item away."""
        count = bisect_right(past.labels, at + self._slack)
        if count:
            step = self._web.node(further=True)
            self._web.edges[step].append(past.first + count - 1)
            into.append(step)

    # -- what is recorded

    def _hubs(self, as_of: Instant | None) -> None:
        events, lines, web, at = self._graph.events, self._graph.lines, self._web, self._clock.at
        enter: dict[int, int] = {}
        seen = set()
        for seq, hub, start, end in zip(
            events.seq, events.hub, events.start, events.end, strict=True
        ):
            if as_of is None or end <= as_of:
                seen.add(seq)
                enter[hub] = min(enter.get(hub, FOREVER), at(start))
                self._leave[hub] = max(self._leave.get(hub, -FOREVER), at(end))
        columns = (lines.seq, lines.flow, lines.item, lines.hub, lines.pooled)
        for seq, flow, item, hub, pooled in zip(*columns, strict=True):
            if seq not in seen or item not in self._reached:
                continue
            if flow == Flow.IN:
                self._draws[hub].add((item, pooled))
            elif flow == Flow.OUT:
                if hub not in web.hubs:
                    web.hubs[hub] = web.node()
                self._own[item].add((enter[hub], web.hubs[hub]))

    def _members(self, as_of: Instant | None) -> None:
        at = self._clock.at
        for lot, serial, micros, rest, since, until in zip(*self._graph.comprises, strict=True):
            if as_of is None or Instant(micros, rest) <= as_of:
                low = at(Instant.parse(since)) if since else -FOREVER
                high = at(Instant.parse(until)) if until else FOREVER
                self._lots[serial].append(Member(lot, low, high))
                self._serials[lot].append((serial, Member(lot, low, high)))

    def _touch(self, touches: Sequence[Touch]) -> None:
        web, at = self._web, self._clock.at
        for touch in touches:
            web.touches[touch.seq] = node = web.node()
            for item in touch.items:
                self._own[item].add((-FOREVER if touch.start is None else at(touch.start), node))

    # -- pasts

    def _past(self, item: int) -> Past:
        if item not in self._past_of:
            self._past_of[item] = Past([], [], 0)  # what a cycle of lots and serials meets
            members = tuple(sorted(self._lots.get(item, ())))
            sign = (frozenset(self._own.get(item, ())), members)
            if sign not in self._pasts:
                self._pasts[sign] = self._chain(self._came(*sign))
            self._past_of[item] = self._pasts[sign]
        return self._past_of[item]

    def _came(self, own: Iterable[Pair], members: Iterable[Member]) -> Iterable[Pair]:
        yield from own
        for lot, since, until in members:
            yield since, self._item(lot)
            for label, node in self._past(lot).pairs:
                if label <= until + self._slack:
                    yield max(label, since), node

    def _pool(self, lot: int) -> Past:
        if lot not in self._pools:
            self._pools[lot] = self._chain(
                (max(label, member.since), node)
                for serial, member in self._serials.get(lot, ())
                for label, node in self._own.get(serial, ())
                if label <= member.until + self._slack
            )
        return self._pools[lot]

    def _chain(self, pairs: Iterable[Pair]) -> Past:
        """A list as nodes: each leads to the one before it and to what came with it."""
        earliest: dict[int, int] = {}
        for label, node in pairs:
            earliest[node] = min(label, earliest.get(node, label))
        order = sorted((label, node) for node, label in earliest.items())
        web, first = self._web, len(self._web.edges)
        for place, (_, node) in enumerate(order):
            edges = web.edges[web.node()]
            edges.append(node)
            if place:
                edges.append(first + place - 1)
        return Past([label for label, _ in order], order, first)


def _clock(graph: Subgraph, touches: Sequence[Touch], until: Mapping[int, Instant]) -> Clock:
    spans = {text for text in (*graph.comprises.since, *graph.comprises.until) if text}
    given = [touch.start for touch in touches if touch.start is not None]
    events = graph.events
    return Clock.of(
        [*events.start, *events.end, *given, *until.values(), *map(Instant.parse, spans)],
        "forward",
    )


@dataclass(slots=True)
class Descent:
    """Descent in a web, ready to be asked: cycles are one, and order is upstream first.

    `rank` gives the place of a node, None where no end leads to it.
    """

    rank: list[int | None]
    ups: list[tuple[int, ...]]

    @classmethod
    def of(cls, web: Web, ends: Iterable[int]) -> Descent:
        """Everything upstream of `ends`. O(V + E)."""
        rank = _components(web.edges, ends)
        count = max((place for place in rank if place is not None), default=-1) + 1
        ups: list[set[int]] = [set() for _ in range(count)]
        for node, place in enumerate(rank):
            if place is not None:
                ups[place].update(
                    up for other in web.edges[node] if (up := rank[other]) is not None
                )
        return cls(rank, [tuple(up - {place}) for place, up in enumerate(ups)])

    def descendants(self, bits: Iterable[Pair]) -> list[int]:
        """For each place the union of the bits of the nodes that come from it. (node, bit) in."""
        masks = [0] * len(self.ups)
        for node, bit in bits:
            place = self.rank[node]
            if place is not None:
                masks[place] |= bit
        for place in range(len(masks) - 1, -1, -1):
            mask = masks[place]
            if mask:
                for up in self.ups[place]:
                    masks[up] |= mask
        return masks


def depths(web: Web, ends: Iterable[int]) -> dict[int, int]:
    """The fewest item steps from some ends to each node. O(V + E)."""
    found = dict.fromkeys(ends, 0)
    frontier, depth = list(found), 0
    while frontier:
        following: list[int] = []
        while frontier:
            node = frontier.pop()
            if found[node] != depth:
                continue
            for other in web.edges[node]:
                step = depth + web.costs[other]
                if step < found.get(other, step + 1):
                    found[other] = step
                    (following if step > depth else frontier).append(other)
        frontier, depth = following, depth + 1
    return found


def _components(edges: Sequence[Sequence[int]], ends: Iterable[int]) -> list[int | None]:
    """The place of each node's strongly connected component, upstream first (Tarjan, 1972)."""
    place: list[int | None] = [None] * len(edges)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    count = 0
    for end in ends:
        if end in index:
            continue
        index[end] = low[end] = len(index)
        stack.append(end)
        work = [(end, iter(edges[end]))]
        while work:
            node, others = work[-1]
            deeper = None
            for other in others:
                if other not in index:
                    deeper = other
                    break
                if place[other] is None:
                    low[node] = min(low[node], index[other])
            if deeper is not None:
                index[deeper] = low[deeper] = len(index)
                stack.append(deeper)
                work.append((deeper, iter(edges[deeper])))
                continue
            work.pop()
            if work:
                before = work[-1][0]
                low[before] = min(low[before], low[node])
            if low[node] == index[node]:
                while True:
                    member = stack.pop()
                    place[member] = count
                    if member == node:
                        break
                count += 1
    return place
