"""Small genealogies for tests of views and writers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracegraph.trace.answer import Edge, Genealogy, TracedEvent, TracedItem

AT = "2026-01-02T08:00:00Z"


def item(key: str, depth: int = 0, parent: str | None = None, **changes: Any) -> TracedItem:
    fields: dict[str, Any] = {
        "key": key,
        "kind": "lot",
        "product": None,
        "number": None,
        "depth": depth,
        "direction": "backward" if depth else "seed",
        "parent": parent,
        "through": f"e:{key}" if parent else None,
        "first_event": AT,
        "last_event": None,
    }
    return TracedItem(**(fields | changes))


def event(key: str, **changes: Any) -> TracedEvent:
    fields: dict[str, Any] = {
        "key": key,
        "node": key,
        "seq": 1,
        "source": "mes",
        "id": key,
        "type": "production",
        "started_at": AT,
        "occurred_at": AT,
        "lines": (),
    }
    return TracedEvent(**(fields | changes))


def genealogy(
    items: Iterable[TracedItem],
    events: Iterable[TracedEvent] = (),
    edges: Iterable[Edge] = (),
    **changes: Any,
) -> Genealogy:
    items = tuple(items)
    fields: dict[str, Any] = {
        "seeds": tuple(each.key for each in items if each.direction == "seed"),
        "direction": "backward",
        "as_of": None,
        "known_at": 9,
        "recorded_at": AT,
        "max_depth": None,
        "budget": 100_000,
        "clock_tolerance": "0",
        "items": items,
        "events": tuple(events),
        "edges": tuple(edges),
    }
    return Genealogy(**(fields | changes))


def chain(length: int) -> Genealogy:
    """A seed and so many items after each other."""
    items = [item("i0")] + [item(f"i{n}", n, f"i{n - 1}") for n in range(1, length + 1)]
    return genealogy(items, (event(f"e:i{n}") for n in range(1, length + 1)))
