"""Origins: of what is upstream of an item, what it surely holds units of, and what perhaps.

The same reasoning as forward, asked of each item upstream: were all of it affected, would this
item be, in every world, in some, in none?
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.recall.amount import Scales
from tracegraph.recall.certainty import certainty
from tracegraph.recall.composition import clock_of, compose
from tracegraph.recall.flow import Affected
from tracegraph.recall.master import Master
from tracegraph.recall.material import closure
from tracegraph.store.port import GraphStore
from tracegraph.trace.lookup import resolve_one


@dataclass(frozen=True, slots=True)
class Origin:
    """An item upstream: `units_min` to `units_max` of the asked item hold units of it."""

    key: str
    kind: str
    product: str | None
    number: str | None
    certainty: Literal["certain", "possible"]
    units_min: str
    units_max: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Where an item comes from, certain origins first, then by key."""

    item: str
    as_of: str | None
    known_at: int
    origins: tuple[Origin, ...]


def origins(
    store: GraphStore,
    item: str,
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    tolerance: Decimal,
    budget: int,
) -> Origins:
    """Certain and possible origins of an item; what no world has in it is left out.

    O(V * (V + E)) in what is upstream: each item there is asked about on its own. Raises
    UnknownItem, AmbiguousItem, ScopeTooLarge.
    """
    row = resolve_one(store, item, known).row
    material = closure(
        store, [row.no], "backward", known=known, as_of=as_of, budget=budget, master=master
    )
    scales = Scales.of(material)
    clock = clock_of(material)
    flow = compose(material, scales, clock, clock.length(tolerance)).flow
    scale = scales[row.no]
    found = []
    for no in material.reached - {row.no}:
        bounds = certainty(flow, [Affected(no)]).items.get(row.no)
        if bounds is not None:
            origin = material.items[no]
            found.append(
                Origin(
                    origin.key,
                    Kind(origin.kind).word,
                    origin.product,
                    origin.number,
                    "certain" if bounds.certain else "possible",
                    scale.shown(bounds.low) or "0",
                    scale.shown(bounds.high, up=True),
                    scale.unit,
                )
            )
    found.sort(key=lambda origin: (origin.certainty, origin.key))
    return Origins(row.key, None if as_of is None else str(as_of), known, tuple(found))
