"""Tracing: from seeds to the genealogy around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal

from tracegraph.model.instant import Instant
from tracegraph.model.key import KIND_OF
from tracegraph.model.quantity import spelled
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.model.value import value
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import GraphStore, Subgraph
from tracegraph.store.projection.projector import place
from tracegraph.store.projection.rows import Flow
from tracegraph.store.walker import Direction as Way
from tracegraph.trace.answer import (
    Direction,
    Edge,
    EdgeKind,
    Genealogy,
    Step,
    TracedEvent,
    TracedItem,
    TracedLine,
    Truncation,
    event_key,
)
from tracegraph.trace.reach import Link, Reach, reach
from tracegraph.trace.seeds import Start

WAYS: dict[Direction, tuple[Way, ...]] = {
    "backward": ("backward",),
    "forward": ("forward",),
    "both": ("backward", "forward"),
}


def read_ways(direction: Direction) -> tuple[Way, ...]:
    """The ways that a parameter names. Raises Refused."""
    if direction not in WAYS:
        accepted = "one of " + ", ".join(WAYS)
        raise Refused((Refusal("/direction", "direction", f"{direction!r} is none.", accepted),))
    return WAYS[direction]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a trace, in values: cuts, depth, budget (in items), tolerance (seconds)."""

    direction: Direction
    as_of: Instant | None
    known: int
    max_depth: int | None
    budget: int
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class _Side:
    """One direction of an answer: what the engine gave, and what of it counts."""

    way: Way
    graph: Subgraph
    found: Reach
    keys: dict[int, str]  # of items
    nodes: dict[int, str]


# An edge as source, target, kind, quantity and unit, "" for none: in the order of the answer.
_EdgeText = tuple[str, str, EdgeKind, str, str]


@value(frozen=True, slots=True)
class _Path:
    """A path of a side, said in keys when it is asked for."""

    side: _Side
    link: Link

    def steps(self) -> tuple[Step, ...]:
        steps, link = [], self.link
        while True:
            through = None if link.hub is None else self.side.nodes[link.hub]
            steps.append(Step(self.side.keys[link.item], through))
            if link.before is None:
                return tuple(reversed(steps))
            link = link.before


@uncollected()
def trace(store: GraphStore, start: Start, question: Question) -> Genealogy:
    """The genealogy of `start`. The engine's closure is a superset; time order is settled here."""
    sides = [_side(store, start, way, question) for way in WAYS[question.direction]]
    return _assemble(store, start, sides, question)


def _side(store: GraphStore, start: Start, way: Way, question: Question) -> _Side:
    seeds = start.backward if way == "backward" else start.forward
    graph = store.subgraph(
        list(seeds),
        way,
        known=question.known,
        as_of=question.as_of,
        max_depth=question.max_depth,
        budget=question.budget,
        siblings=False,
    )
    nodes = _nodes(graph)
    keys = {no: row.key for no, row in graph.items.items()}
    found = reach(
        graph,
        {item: instant for item, instant in seeds.items() if item in graph.items},
        way,
        as_of=question.as_of,
        tolerance=question.tolerance,
        item_order=keys,
        hub_order=nodes,
    )
    depths = [d for d in (graph.complete_depth, question.max_depth) if d is not None]
    if depths:
        found = _cut(found, min(depths))
    return _Side(way, graph, found, keys, nodes)


def _nodes(graph: Subgraph) -> dict[int, str]:
    """The key of each hub: of its event, or of its run."""
    events = graph.events
    return {
        hub: graph.runs[-hub] if hub < 0 else event_key(source, id_)
        for hub, source, id_ in zip(events.hub, events.source, events.id, strict=True)
    }


def _cut(found: Reach, depth: int) -> Reach:
    """What lies within a depth: its items, and the events that lead from one to another."""
    items = {item: d for item, d in found.depth.items() if d <= depth}
    return Reach(
        items,
        {item: found.path[item] for item in items},
        {hub: d for hub, d in found.hubs.items() if d < depth},
        found.pools & items.keys(),
    )


def _assemble(
    store: GraphStore, start: Start, sides: Sequence[_Side], question: Question
) -> Genealogy:
    events: dict[int, TracedEvent] = {}
    edges: set[_EdgeText] = set()
    spans: defaultdict[str, list[Instant]] = defaultdict(list)
    for side in sides:
        own = _events(side, question.as_of, spans)
        for seq, event in own.items():
            events[seq] = _joined(events[seq], event) if seq in events else event
        edges.update(_edges(side, own.keys(), question.as_of))
    items, paths = _items(sides, spans)
    recorded = store.recorded(question.known)
    return Genealogy(
        seeds=tuple(item.key for item in items if item.depth == 0),
        direction=question.direction,
        as_of=None if question.as_of is None else str(question.as_of),
        known_at=question.known,
        recorded_at=None if recorded is None else str(recorded),
        max_depth=question.max_depth,
        budget=question.budget,
        clock_tolerance=str(question.tolerance),
        items=tuple(items),
        events=tuple(sorted(events.values(), key=lambda e: (e.occurred_at, e.source, e.id))),
        edges=tuple(
            Edge(kind, source, target, amount or None, unit or None)
            for source, target, kind, amount, unit in sorted(edges)
        ),
        truncated=_truncation(sides, question),
        note=start.note,
        _paths=paths,
    )


def _items(
    sides: Sequence[_Side], spans: Mapping[str, list[Instant]]
) -> tuple[list[TracedItem], dict[str, _Path]]:
    """Items by (depth, key), each with the path that reached it in fewer steps."""
    best: dict[str, TracedItem] = {}
    paths: dict[str, _Path] = {}
    for side in sides:
        for no, depth in side.found.depth.items():
            row, link = side.graph.items[no], side.found.path[no]
            before = best.get(row.key)
            if before is not None and before.depth <= depth:
                if before.depth:
                    best[row.key] = replace(before, direction="both")
                continue
            times = spans.get(row.key)
            paths[row.key] = _Path(side, link)
            best[row.key] = TracedItem(
                key=row.key,
                kind=KIND_OF[row.kind].word,
                product=row.product,
                number=row.number,
                depth=depth,
                direction=("both" if before else side.way) if depth else "seed",
                parent=None if link.before is None else side.keys[link.before.item],
                through=None if link.hub is None else side.nodes[link.hub],
                first_event=str(min(times)) if times else None,
                last_event=str(max(times)) if times else None,
            )
    return sorted(best.values(), key=lambda item: (item.depth, item.key)), paths


def _events(
    side: _Side, as_of: Instant | None, spans: defaultdict[str, list[Instant]]
) -> dict[int, TracedEvent]:
    """The reached events with the lines on what is reached; notes in `spans` when each was."""
    columns, found = side.graph.events, {}
    lines = _lines_by_event(side)
    for seq, source, id_, type_, start, end, hub in zip(*columns, strict=True):
        if hub not in side.found.hubs or (as_of is not None and end > as_of):
            continue
        own = tuple(lines[seq])
        for line in own:
            spans[line.item].append(end)
        found[seq] = TracedEvent(
            key=event_key(source, id_),
            node=side.nodes[hub],
            seq=seq,
            source=source,
            id=id_,
            type=type_,
            started_at=str(start),
            occurred_at=str(end),
            lines=own,
        )
    return found


def _joined(one: TracedEvent, other: TracedEvent) -> TracedEvent:
    """An event that is on both sides of the seeds."""
    return replace(one, lines=tuple(sorted({*one.lines, *other.lines}, key=_line_order)))


def _lines_by_event(side: _Side) -> dict[int, list[TracedLine]]:
    keys, reached = side.keys, side.found.depth
    lines: defaultdict[int, list[TracedLine]] = defaultdict(list)
    for seq, pos, role, _, item, _, lot, via, _, amount, unit in zip(
        *side.graph.lines, strict=True
    ):
        if item in reached:
            lines[seq].append(
                TracedLine(
                    pos,
                    role,
                    keys[item],
                    keys[lot] if lot else None,
                    keys[via] if via else None,
                    None if amount is None else spelled(amount),
                    unit,
                )
            )
    for own in lines.values():
        own.sort(key=_line_order)
    return lines


def _line_order(line: TracedLine) -> tuple[tuple[str, int], str, str]:
    return place(line.pos), line.item, line.via or ""


def _edges(side: _Side, seqs: Set[int], as_of: Instant | None) -> Iterator[_EdgeText]:
    """The edges among what is reached, of the reached events. Lines of one item at one are one."""
    graph, keys, nodes, reached = side.graph, side.keys, side.nodes, side.found.depth
    none, into = int(Flow.NONE), int(Flow.IN)
    sums: dict[tuple[int, int, int, str | None], int | None] = {}
    for seq, _, _, flow, item, hub, _, _, _, quantity, unit in zip(*graph.lines, strict=True):
        if flow != none and seq in seqs and item in reached:
            place = (flow, item, hub, unit)
            before = sums.get(place, 0)
            sums[place] = None if before is None or quantity is None else before + quantity
    for (flow, item, hub, unit), amount in sums.items():
        text = "" if amount is None else spelled(amount)
        if flow == into:
            yield keys[item], nodes[hub], "input", text, unit or ""
        else:
            yield nodes[hub], keys[item], "output", text, unit or ""
    for lot, serial, at, rest, *_ in zip(*graph.comprises, strict=True):
        if as_of is not None and Instant(at, rest) > as_of:
            continue
        if lot in reached and serial in reached:
            if lot in side.found.pools:
                yield keys[serial], keys[lot], "pooled", "", ""
            else:
                yield keys[lot], keys[serial], "comprises", "", ""


def _truncation(sides: Sequence[_Side], question: Question) -> Truncation | None:
    cuts = [side.graph.complete_depth for side in sides if side.graph.complete_depth is not None]
    if not cuts:
        return None
    depth = min(cuts)
    if depth == question.max_depth:
        detail = f"There is more beyond {depth} item steps, which is as far as was asked for."
        return Truncation("max_depth", depth, detail)
    detail = (
        f"More than {question.budget} items are reached; the answer is whole up to {depth} item"
        " steps from the seeds, and everything further is left out."
    )
    return Truncation("budget", depth, detail)
