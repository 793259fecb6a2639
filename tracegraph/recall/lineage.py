"""Lineage: the genealogy of a scope, with nothing in it that the scope leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from tracegraph.recall.answer import AffectedItem, Scope
from tracegraph.recall.master import Master
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import GraphStore
from tracegraph.trace.answer import Edge, Genealogy, TracedItem
from tracegraph.trace.genealogy import Question, trace
from tracegraph.trace.instants import read_instant, read_seconds
from tracegraph.trace.lookup import rows_of
from tracegraph.trace.seeds import Start

_BUDGET = 10_000_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who or what had a part in events, given by their keys."""

    number: str
    kind: Literal["party", "operator", "equipment"]
    name: str | None
    events: tuple[str, ...]


@uncollected()
def lineage(store: GraphStore, scope: Scope) -> Genealogy:
    """The affected items of a scope with the events and edges between them.

    Events that gave only what is not affected are left out, and so are edges to it. Depth and
    parent are those of the scope. Linear in the closure of the seeds.
    """
    affected = {item.key: item for item in scope.items}
    seeds = {seed.key for seed in scope.seeds}
    found = _traced(store, scope, seeds)
    beyond = affected.keys() - {item.key for item in found.items}
    if beyond:  # reached by what the plain order of time leaves out, so that order is let go
        found = _traced(store, scope, seeds | affected.keys())
    edges = tuple(edge for edge in found.edges if _kept(edge, affected))
    nodes = {edge.source for edge in edges} | {edge.target for edge in edges}
    giving = {edge.source for edge in found.edges if edge.kind == "output"}
    given = {edge.source for edge in edges if edge.kind == "output"}
    nodes -= giving - given
    first = {item.key: item for item in reversed(found.items)}
    return replace(
        found,
        seeds=tuple(sorted(seeds)),
        items=tuple(_item(item, first.get(item.key), item.key in seeds) for item in scope.items),
        events=tuple(event for event in found.events if event.node in nodes),
        edges=tuple(
            edge
            for edge in edges
            if (edge.source in affected or edge.source in nodes)
            and (edge.target in affected or edge.target in nodes)
        ),
        note=scope.note,
    )


def bounds(scope: Scope) -> dict[str, dict[str, str]]:
    """What a drawing says of each affected item beside its name."""
    return {
        item.key: {
            "certainty": item.certainty,
            "units_min": item.units_min,
            **({} if item.units_max is None else {"units_max": item.units_max}),
        }
        for item in scope.items
    }


def actors(store: GraphStore, genealogy: Genealogy, master: Master) -> list[Actor]:
    """Parties, operators and equipment of the events of a genealogy, by kind and number."""
    keys = {event.seq: event.key for event in genealogy.events}
    events: defaultdict[tuple[Literal["party", "operator", "equipment"], str], list[str]]
    events = defaultdict(list)
    for seq, body in sorted(store.bodies(list(keys)).items()):
        sent: dict[str, Any] = orjson.loads(body)
        for number in _texts(sent.get("party")):
            events["party", number].append(keys[seq])
        for number in _texts(sent.get("actor")):
            events["operator", number].append(keys[seq])
        for number in _texts(sent.get("equipment")):
            events["equipment", number].append(keys[seq])
    return [
        Actor(number, kind, _name(master, kind, number), tuple(named))
        for (kind, number), named in sorted(events.items())
    ]


def _texts(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else value or ()


def _name(master: Master, kind: str, number: str) -> str | None:
    record = None if kind == "operator" else master.latest(kind, number)
    return None if record is None else record.get("name")


def _traced(store: GraphStore, scope: Scope, keys: Iterable[str]) -> Genealogy:
    begin = Start()
    for row in rows_of(store, sorted(keys), scope.known_at):
        begin.add_forward(row.no, None)
    question = Question(
        direction="forward",
        as_of=read_instant(scope.as_of, "as_of"),
        known=scope.known_at,
        max_depth=None,
        budget=_BUDGET,
        tolerance=read_seconds(scope.query.clock_tolerance, "clock_tolerance"),
    )
    return trace(store, begin, question)


def _kept(edge: Edge, affected: dict[str, AffectedItem]) -> bool:
    """Whether the items at an edge's ends are affected; which events stay is settled after."""
    ends = {
        "input": (edge.source,),
        "output": (edge.target,),
        "comprises": (edge.source, edge.target),
        "pooled": (edge.source, edge.target),
    }
    return all(key in affected for key in ends[edge.kind])


def _item(item: AffectedItem, traced: TracedItem | None, is_seed: bool) -> TracedItem:
    return TracedItem(
        key=item.key,
        kind=item.kind,
        product=item.product,
        number=item.number,
        depth=item.depth,
        direction="seed" if is_seed else "forward",
        parent=item.parent,
        through=item.through,
        first_event=None if traced is None else traced.first_event,
        last_event=None if traced is None else traced.last_event,
    )
