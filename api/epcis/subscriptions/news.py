"""What is new for a subscription: the events of its query behind a seq."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from tracegraph.formats.epcis.query import Position, Query, find
from tracegraph.model.instant import Instant
from tracegraph.store.port import GraphStore

AT_ONCE = 500  # events of one message


class News(NamedTuple):
    """Events in the order in which they were recorded, all there are up to a seq."""

    events: list[dict[str, Any]]
    upto: int


def news(store: GraphStore, query: Query, after: int, upto: int) -> News:
    """What a query asks for with `after` < seq <= `upto`, or the first few hundred of it.

    A short answer, even an empty one, may go less far than `upto`; ask on behind its own.
    """
    plain = replace(query, order=None, limit=None, most=None)
    page = find(store, plain, count=AT_ONCE, after=Position(upto, None, Instant(0), after))
    reached = upto if page.following is None else page.following.seq
    return News([found.event for found in page.events], reached)


def behind(store: GraphStore, initial: Instant | None) -> int:
    """The seq behind which news begin: what is recorded from now on, or from an instant on."""
    if initial is None:
        return store.published().seq
    return store.cut(Instant(initial.micros - (0 if initial.rest else 1)))
