"""Shortfalls: what the records do not say in the genealogy of one item.

The same rules as those of a scope's gaps, asked of everything upstream (or downstream) of it, as
if all of that were affected. ISO 13485 7.5.9.2 and the Chinese GMP (81, 90) want every input of
an item to be on record; a required material that no record says went in is such a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tracegraph.model.instant import Instant
from tracegraph.recall.amount import Scales
from tracegraph.recall.answer import Gap
from tracegraph.recall.case import NO_JOURNAL, Case, posted
from tracegraph.recall.certainty import certainty
from tracegraph.recall.composition import clock_of, compose
from tracegraph.recall.flow import Affected
from tracegraph.recall.gaps import gaps, ordered
from tracegraph.recall.master import Master
from tracegraph.recall.material import closure
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
    found: set[Gap] = set()
    with uncollected():
        for way in ways:
            case = _case(store, query, row.no, way, master, known, as_of)
            found.update(gaps(store, case, ()).found)
    return ordered(found)


def _case(
    store: GraphStore,
    query: ScopeQuery,
    item: int,
    way: Way,
    master: Master,
    known: int,
    as_of: Instant | None,
) -> Case:
    """A case in which everything that is reached is affected."""
    material = closure(
        store, [item], way, known=known, as_of=as_of, budget=query.budget, master=master,
        siblings=way == "forward",
    )  # fmt: skip
    scales = Scales.of(material)
    clock = clock_of(material)
    composition = compose(material, scales, clock, clock.length(Decimal(query.clock_tolerance)))
    every = certainty(composition.flow, [Affected(no) for no in sorted(material.reached)])
    case = Case(
        query, known, as_of, store.recorded(known), master, Seeds(), material, scales,
        composition, every, NO_JOURNAL,
    )  # fmt: skip
    return posted(case)
