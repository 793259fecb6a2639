"""What is new for a subscription: the events of its query behind a seq."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from tracegraph.formats.epcis.query import Page, Position, Query, find, recorded_before
from tracegraph.model.instant import Instant
from tracegraph.store.port import GraphStore

AT_ONCE = 500  # events of one message
MOST_BYTES = 4 * 1024 * 1024  # of the events of one message, unless one alone has more


class News(NamedTuple):
    """Events in the order in which they were recorded, all there are up to a seq."""

    events: list[dict[str, Any]]
    upto: int


def news(store: GraphStore, query: Query, after: int, upto: int) -> News:
    """What a query asks for with `after` < seq <= `upto`, or as much of it as one message takes.

    A short answer, even an empty one, may go less far than `upto`; ask on behind its own.
    """
    if upto <= after:
        return News([], after)
    page = _page(store, query, after, upto)
    events: list[dict[str, Any]] = []
    size, reached = 0, after
    for found in page.events:
        size += len(orjson.dumps(found.event))
        if events and size > MOST_BYTES:
            return News(events, reached)
        events.append(found.event)
        reached = found.seq
    return News(events, upto if page.following is None else page.following.seq)


def told_before(store: GraphStore, query: Query, after: int, upto: int) -> News:
    """All that a query asks for with `after` < seq <= `upto`: a message that was settled."""
    events: list[dict[str, Any]] = []
    while after < upto:
        page = _page(store, query, after, upto)
        events += [found.event for found in page.events]
        after = upto if page.following is None else page.following.seq
    return News(events, upto)


def behind(store: GraphStore, initial: Instant | None) -> int:
    """The seq behind which news begin: what is recorded from now on, or from an instant on."""
    return store.published().seq if initial is None else recorded_before(store, initial)


def _page(store: GraphStore, query: Query, after: int, upto: int) -> Page:
    plain = replace(query, order=None, limit=None, most=None)
    return find(store, plain, count=AT_ONCE, after=Position(upto, None, Instant(0), after))
