"""A genealogy as a drawing needs it: numbered nodes, and edges between their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracegraph.trace.answer import Edge, Genealogy, TracedEvent, TracedItem


@dataclass(frozen=True, slots=True)
class EventNode:
    """An event, or all events of a run, which are one node of the genealogy."""

    key: str
    events: tuple[TracedEvent, ...]

    @property
    def started_at(self) -> str:
        """When the first of them started."""
        return min(event.started_at for event in self.events)

    @property
    def occurred_at(self) -> str:
        """When the last of them occurred."""
        return max(event.occurred_at for event in self.events)

    @property
    def type(self) -> str:
        """Their types, each once."""
        return ", ".join(dict.fromkeys(event.type for event in self.events))

    @property
    def id(self) -> str:
        """Their ids."""
        return ", ".join(event.id for event in self.events)

    @property
    def source(self) -> str:
        """Their sources, each once."""
        return ", ".join(dict.fromkeys(event.source for event in self.events))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes in the order of the answer, items first; a node's number is its place."""

    items: tuple[TracedItem, ...]
    events: tuple[EventNode, ...]
    _edges: tuple[Edge, ...]

    @classmethod
    def of(cls, genealogy: Genealogy) -> Drawing:
        """The drawing of an answer. An item that lies both ways of a seed is one node."""
        items: dict[str, TracedItem] = {}
        for item in genealogy.items:
            items.setdefault(item.key, item)
        events: dict[str, list[TracedEvent]] = {}
        for event in genealogy.events:
            events.setdefault(event.node, []).append(event)
        nodes = tuple(EventNode(key, tuple(each)) for key, each in events.items())
        return cls(tuple(items.values()), nodes, genealogy.edges)

    def edges(self) -> Iterator[tuple[str, str, Edge]]:
        """Edges with the names of their ends; one whose end was left out is left out too."""
        keys = [item.key for item in self.items] + [node.key for node in self.events]
        names = {key: f"n{number}" for number, key in enumerate(keys)}
        for edge in self._edges:
            source, target = names.get(edge.source), names.get(edge.target)
            if source is not None and target is not None:
                yield source, target, edge


def item_label(item: TracedItem) -> str:
    """How a drawing calls an item: product and number, else its key.

    >>> item_label(TracedItem("urn:x", "lot", "FG-9", "C1", 0, "seed", None, None, None, None))
    'FG-9 C1'
    """
    return " ".join(filter(None, (item.product, item.number))) or item.key
