"""Extent: how far the records lead from the seeds of a scope, before anything is reasoned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tracegraph.model.instant import Instant
from tracegraph.model.key import GS1, KIND_OF, OWN
from tracegraph.recall.master import Master
from tracegraph.recall.query import ScopeQuery
from tracegraph.recall.seeding import seeds
from tracegraph.store.port import GraphStore


@dataclass(frozen=True, slots=True)
class Group:
    """So many items of one kind and product; "" where they have none, or keys tell neither."""

    kind: str
    product: str
    items: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What is reached at a cut, as groups, the largest first.

    At least what the scope of the same query holds: time, recorded allocation and amounts are not
    looked at.
    """

    known_at: int
    items: int
    groups: tuple[Group, ...]


def extent(
    store: GraphStore, query: ScopeQuery, master: Master, *, known: int, as_of: Instant | None
) -> Extent | None:
    """The plain closure of a query's seeds, counted; None for more items than the query's budget.

    O(V + E) of the closure, of which only keys are read. Raises what `seeds` raises.
    """
    found = store.closure(
        seeds(store, query, master, known=known, as_of=as_of).items,
        "forward", known=known, as_of=as_of, budget=query.budget,
    )  # fmt: skip
    if found is None:
        return None
    stems = [_stem(key) for key in found.key]
    samples = dict(zip(stems, found.item, strict=True))  # what shares a stem shares its product
    rows = store.items([item for stem, item in samples.items() if stem], known)
    counted: Counter[tuple[str, str]] = Counter()
    for stem, items in Counter(stems).items():
        row = rows.get(samples[stem])
        shared = (KIND_OF[row.kind].word, row.product or "") if row and stem else ("", "")
        counted[shared] += items
    groups = (Group(*shared, items) for shared, items in counted.items())
    ordered = sorted(groups, key=lambda group: (-group.items, group.kind, group.product))
    return Extent(known, len(stems), tuple(ordered))


def _stem(key: str) -> str:
    """A key without the number of its item; "" for one of a form that is not ours.

    >>> _stem("urn:tracegraph:serial:FG-9:7"), _stem("https://id.gs1.org/00/1"), _stem("urn:x:1")
    ('urn:tracegraph:serial:FG-9', 'https://id.gs1.org/00', '')
    """
    if key.startswith(GS1):
        return key.rpartition("/")[0]
    return key.rpartition(":")[0] if key.startswith(OWN) else ""
