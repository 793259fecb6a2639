"""A genealogy as a graph, as a tree and as a list, each with the question it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tracegraph.model.value import value
from tracegraph.trace.answer import (
    Direction,
    Edge,
    Genealogy,
    TracedEvent,
    TracedItem,
    Truncation,
)
from tracegraph.trace.views import Row, flat, tree, walk

View = Literal["graph", "tree", "list"]


@value(frozen=True, slots=True)
class TreeRow:
    """An item in a tree that is written from the top: each comes before its children.

    `level` says how far it stands below its root, so that a chain of any length can be written;
    `children` how many stand right below it, `through` the event (or run) between.
    """

    level: int
    children: int
    key: str
    kind: str
    product: str | None
    number: str | None
    depth: int
    direction: str
    parent: str | None
    through: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    seeds: tuple[str, ...]
    direction: Direction
    as_of: str | None
    known_at: int
    recorded_at: str | None
    max_depth: int | None
    budget: int
    clock_tolerance: str
    truncated: Truncation | None
    note: str | None


@dataclass(frozen=True, slots=True)
class GenealogyGraph(_Asked):
    """A genealogy as it was found: items, events with their lines, and the edges between."""

    items: tuple[TracedItem, ...]
    events: tuple[TracedEvent, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class GenealogyTree(_Asked):
    """A genealogy as a tree; `tree` holds every item once, where a shortest chain reaches it."""

    tree: tuple[TreeRow, ...]


@dataclass(frozen=True, slots=True)
class GenealogyList(_Asked):
    """A genealogy as rows, by depth, then key."""

    list: tuple[Row, ...]


GenealogyAnswer = GenealogyGraph | GenealogyTree | GenealogyList


def seen_as(genealogy: Genealogy, view: View) -> GenealogyAnswer:
    """A genealogy in one of its views. Linear in the answer, but for sorting."""
    asked = {name: getattr(genealogy, name) for name in _Asked.__dataclass_fields__}
    if view == "graph":
        return GenealogyGraph(
            **asked, items=genealogy.items, events=genealogy.events, edges=genealogy.edges
        )
    if view == "list":
        return GenealogyList(**asked, list=flat(genealogy))
    rows = []
    for placed in walk(tree(genealogy)):
        item = placed.node.item
        rows.append(
            TreeRow(
                level=len(placed.lasts),
                children=len(placed.node.children),
                key=item.key,
                kind=item.kind,
                product=item.product,
                number=item.number,
                depth=item.depth,
                direction=item.direction,
                parent=item.parent,
                through=item.through,
            )
        )
    return GenealogyTree(**asked, tree=tuple(rows))
