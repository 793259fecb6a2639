"""What rests on an event: what was made of its items later, and the open cases that reach them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.service import Service
from tracegraph.recall.answer import Snapshot
from tracegraph.trace.answer import Seed, StoredEvent, TracedItem

MOST = 10_000  # items that are followed
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Resting:
    """The items of an event and what was made of them, in how many `events`, and whether in more.

    `cases` are open, each with how many of its items are among those, or went into the event.
    """

    items: tuple[TracedItem, ...]
    events: int
    more: bool
    cases: tuple[tuple[Snapshot, int], ...]


def resting_on(service: Service, stored: StoredEvent) -> Resting:
    """What rests on a stored event now. One walk forward, and the scopes of open cases."""
    seed = Seed("event", stored.key)
    after = service.graph.trace(seed, direction="forward", budget=MOST)
    into = service.graph.trace(seed, direction="backward", max_depth=0, budget=MOST)
    touched = {item.key for found in (after, into) for item in found.items}
    return Resting(
        after.items,
        sum(event.key != stored.key for event in after.events),
        after.truncated is not None,
        tuple(_cases(service, touched)),
    )


def _cases(service: Service, touched: set[str]) -> Iterator[tuple[Snapshot, int]]:
    for snapshot in service.graph.snapshots():
        if snapshot.status == "open":
            scope = service.scopes.read(service.graph, snapshot.id)
            if common := sum(item.key in touched for item in scope.items):
                yield snapshot, common
