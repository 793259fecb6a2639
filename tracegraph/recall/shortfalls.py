"""Shortfalls: what the records do not say in the genealogy of one item.

The same rules as those of a scope's gaps, asked of everything upstream (or downstream) of it, as
if all of that were affected. ISO 13485 7.5.9.2 and the Chinese GMP (81, 90) want every input of
an item to be on record; a required material that no record says went in is such a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tracegraph.model.instant import Instant
from tracegraph.recall.answer import Gap
from tracegraph.recall.case import judge, posted
from tracegraph.recall.gaps import gaps, ordered
from tracegraph.recall.master import Master
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.recall.seeding import Seeds
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import GraphStore
from tracegraph.store.walker import Direction as Way
from tracegraph.trace.lookup import resolve_one


def shortfalls(
    store: GraphStore,
    item: str,
    ways: Iterable[Way],
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    budget: int,
) -> tuple[Gap, ...]:
    """The gaps in the histories of an item and of all that its genealogy reaches, each once.

    O(n log n) in the closure and the lines on its items. Raises UnknownItem, AmbiguousItem, and
    ScopeTooLarge for a closure of more than `budget` items.
    """
    row = resolve_one(store, item, known).row
    query = ScopeQuery((ScopeSeed("item", row.key),), budget=budget)
    tolerance = Decimal(query.clock_tolerance)
    found: set[Gap] = set()
    with uncollected():
        for way in ways:
            case = judge(
                store, query, master, Seeds(), [row.no], way, known, as_of, tolerance, every=True
            )
            found.update(gaps(store, posted(case), ()).found)
    return ordered(found)
