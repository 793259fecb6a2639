"""Unproven items: beside the closure, they may hold a seed's product, and no record says.

An item is unproven if its bill of materials, at any depth, uses a seed's product, it was made
after the seed's first inflow, and that line is missing or short; so is what was made of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from tracegraph.model.instant import Instant
from tracegraph.recall.account import ALWAYS
from tracegraph.recall.amount import Scales
from tracegraph.recall.case import Case
from tracegraph.recall.certainty import Had, certainty
from tracegraph.recall.composition import clock_of, compose
from tracegraph.recall.flow import Affected
from tracegraph.recall.lacking import unclear
from tracegraph.recall.making import Lack, Making, heads, lacks, makings
from tracegraph.recall.master import Master
from tracegraph.recall.material import Material, closure
from tracegraph.recall.paths import shortest
from tracegraph.store.columns import LineColumns
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import Flow

Seen = dict[str, Instant | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an item is unproven: a bill's line at a hub, or (`parent`) what it was made of."""

    item: int
    node: str | None
    lack: Lack | None
    parent: int | None


@dataclass(slots=True)
class Doubts:
    """All unproven items, with the material that names and measures them."""

    found: dict[int, Doubt]
    material: Material
    scales: Scales
    had: dict[int, Had] = field(default_factory=dict)

    def counting_lot(self, item: int) -> int:
        """The unproven lot that counts a serial's unit, 0 for none."""
        lots = (member.lot for member in reversed(self.material.lots.get(item, ())))
        return next((lot for lot in lots if lot in self.found), 0)


def seed_products(case: Case) -> Seen:
    """Each seed's product, and when the first of its seeds came in (None: before everything)."""
    first: Seen = {}
    for sown in case.seeds.sown:
        row = case.material.items.get(sown.item)
        if row is None or row.product is None:
            continue
        came = [
            case.material.events[line.seq].start
            for line in case.material.of_item.get(sown.item, ())
            if line.flow == Flow.OUT or case.material.events[line.seq].type == "receipt"
        ]
        at = min(came, default=None)
        before = first.get(row.product, at)
        first[row.product] = None if at is None or before is None else min(at, before)
    return first


class Doubting:
    """Tells which missing or short lines of a bill lead to a seed's product."""

    def __init__(self, master: Master, seeds: Seen) -> None:
        self._master = master
        self._seeds = seeds
        self._leads = {seed: {seed} | master.using([seed]) for seed in seeds}

    @property
    def products(self) -> set[str]:
        """Every product whose bill uses a seed's product, at any depth."""
        return set().union(*self._leads.values()) if self._leads else set()

    @property
    def since(self) -> Instant | None:
        """When the first of the seeds came in; None is before everything."""
        times = list(self._seeds.values())
        return None if None in times else min((t for t in times if t is not None), default=None)

    def lack(self, making: Making) -> Lack | None:
        """The first line of its bill that leads to a seed's product and is missing or short."""
        for lack in lacks(making, self._master):
            for seed, since in self._seeds.items():
                late = since is None or (making.end is not None and making.end >= since)
                if late and self._leads[seed] & set(lack.material.products):
                    return lack
        return None


def makings_of(
    store: GraphStore,
    products: Collection[str],
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    since: Instant | None,
) -> dict[int, Making]:
    """The makings of products from an instant on, but for such as lack nothing (see `lacking`).

    Three reads, whatever there is.
    """
    seqs: set[int] = set()
    for product in sorted(products):
        for name in master.names(product):
            seqs.update(store.mentioned("product", name, known=known, since=since, until=None))
    if as_of is None:
        seqs = unclear(store, seqs, master, known)
    if not seqs:
        return {}
    # What a run took may be told by events that gave nothing.
    runs = {-hub for hub in store.events(seqs, known).hub if hub < 0}
    if runs:
        seqs.update(store.events_of_runs(runs, known))
    return makings(store, seqs, heads(store, seqs, known, as_of), known)


def makings_of_lines(store: GraphStore, lines: LineColumns, known: int) -> dict[int, Making]:
    """The makings that lines of a closure tell of; a closure holds runs whole."""
    seqs = {seq for seq, flow in zip(lines.seq, lines.flow, strict=True) if flow != Flow.NONE}
    return makings(store, seqs, heads(store, seqs, known, None), known)


def doubts(store: GraphStore, case: Case) -> Doubts:
    """Unproven items of a case: bills held against every making of a product in question."""
    doubting = Doubting(case.master, seed_products(case))
    outside = Doubts({}, Material(case.known, case.as_of, case.master, set()), case.scales)
    found = makings_of(
        store, doubting.products, case.master, known=case.known, as_of=case.as_of,
        since=doubting.since,
    )  # fmt: skip
    lacking = {hub: lack for hub, making in found.items() if (lack := doubting.lack(making))}
    if not lacking:
        return outside
    seqs = {seq for hub in lacking for seq in found[hub].seqs}
    lines = store.lines_of_events(seqs, case.known)
    rows = store.items(set(lines.item), case.known)
    direct: dict[int, tuple[str, Lack]] = {}
    for flow, item, hub in zip(lines.flow, lines.item, lines.hub, strict=True):
        if flow == Flow.OUT and hub in lacking and item not in case.verdicts.items:
            row = rows[item]
            if (row.product or row.key) == lacking[hub].product:
                direct.setdefault(item, (found[hub].node, lacking[hub]))
    return _onward(store, case, direct) if direct else outside


def _onward(store: GraphStore, case: Case, direct: dict[int, tuple[str, Lack]]) -> Doubts:
    """Unproven items with what was made of them, in time order."""
    material = closure(
        store, list(direct), "forward", known=case.known, as_of=case.as_of,
        budget=case.query.budget, master=case.master,
    )  # fmt: skip
    own = Scales.of(material)
    clock = clock_of(material)
    flow = compose(material, own, clock, case.composition.flow.tolerance).flow
    verdicts = certainty(flow, [Affected(item) for item in direct])
    steps = shortest(
        flow,
        verdicts,
        dict.fromkeys(direct, ALWAYS),
        item_order={no: row.key for no, row in material.items.items()},
        hub_order={hub.no: material.node(hub.no) for hub in flow.hubs},
    )
    found = {item: Doubt(item, node, lack, None) for item, (node, lack) in direct.items()}
    for item, step in steps.items():
        if item not in found and item not in case.verdicts.items and step.before is not None:
            found[item] = Doubt(item, None, None, step.before.item)
    return Doubts(found, material, own, verdicts.had)
