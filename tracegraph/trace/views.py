"""Views of a genealogy: as a tree, as rows, and as the chain to one item.

All follow the `parent` pointers, so each item stands where a shortest chain reaches it. None
recurses: a chain may be thousands of steps long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tracegraph.model.value import value
from tracegraph.trace.answer import Genealogy, TracedEvent, TracedItem

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Node:
    """An item in a tree, and the events (several, in a run) through which it was reached."""

    item: TracedItem
    events: tuple[TracedEvent, ...] = ()
    children: list[Node] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node where a walk meets it: `lasts` says of it and each of its ancestors below the root
    whether it is the last child, which is what drawing the branches takes.
    """

    node: Node
    lasts: tuple[bool, ...]


@value(frozen=True, slots=True)
class Row:
    """An item in a list; `event` is the key of the event (or run) that it was reached through."""

    depth: int
    direction: str
    kind: str
    product: str | None
    number: str | None
    key: str
    parent: str | None
    event: str | None
    event_type: str | None
    event_id: str | None
    occurred_at: str | None


def tree(genealogy: Genealogy) -> tuple[Node, ...]:
    """The items as nested nodes, the seeds (and items whose parent was left out) outermost.

    Siblings go by depth, then key. Linear in the answer, but for the sorting.
    """
    events = _events_by_node(genealogy)
    ordered = sorted(genealogy.items, key=_order)
    nodes = {
        (item.key, item.direction): Node(item, events.get(item.through or "", ()))
        for item in ordered
    }
    roots: list[Node] = []
    for item in ordered:
        node = nodes[item.key, item.direction]
        parent = _parent(item, nodes)
        (roots if parent is None or parent is node else parent.children).append(node)
    return tuple(roots)


def walk(roots: Iterable[Node]) -> Iterator[Placed]:
    """Every node of a tree, each before its children."""
    ahead = [Placed(root, ()) for root in roots][::-1]
    while ahead:
        placed = ahead.pop()
        yield placed
        children = placed.node.children
        for index in range(len(children) - 1, -1, -1):
            last = index == len(children) - 1
            ahead.append(Placed(children[index], (*placed.lasts, last)))


def flat(genealogy: Genealogy) -> tuple[Row, ...]:
    """The items as rows, by depth, then key. Linear in the answer, but for the sorting."""
    events = _events_by_node(genealogy)
    rows = []
    for item in sorted(genealogy.items, key=_order):
        event = next(iter(events.get(item.through or "", ())), None)
        rows.append(
            Row(
                depth=item.depth,
                direction=item.direction,
                kind=item.kind,
                product=item.product,
                number=item.number,
                key=item.key,
                parent=item.parent,
                event=item.through,
                event_type=event.type if event else None,
                event_id=event.id if event else None,
                occurred_at=event.occurred_at if event else None,
            )
        )
    return tuple(rows)


def _order(item: TracedItem) -> tuple[int, str, str]:
    return (item.depth, item.key, item.direction)


def _parent(item: TracedItem, by_place: Mapping[tuple[str, str], T]) -> T | None:
    """What stands for the item's parent, on the same side of the seed."""
    if item.parent is None:
        return None
    sides = (item.direction, "both", "backward", "forward", "seed")
    places = [(item.parent, side) for side in sides]
    return next((by_place[place] for place in places if place in by_place), None)


def _events_by_node(genealogy: Genealogy) -> dict[str, tuple[TracedEvent, ...]]:
    found: dict[str, list[TracedEvent]] = {}
    for event in genealogy.events:
        found.setdefault(event.node, []).append(event)
    return {node: tuple(events) for node, events in found.items()}
