"""The scope of a recall: everything a coordinator must know, whole, with its hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from tracegraph.model.canonical import canonical_answer
from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.recall.answer import (
    RULE,
    AffectedItem,
    Scope,
    ScopeOrder,
    SeedItem,
    Unproven,
)
from tracegraph.recall.balances import balances
from tracegraph.recall.case import Case, posted, reason
from tracegraph.recall.consignees import consignees
from tracegraph.recall.figures import figures
from tracegraph.recall.gaps import gaps, ordered
from tracegraph.recall.master import Master
from tracegraph.recall.material import Line
from tracegraph.recall.positions import positions, sent_units
from tracegraph.recall.query import ScopeQuery
from tracegraph.recall.unproven import Doubt, Doubts, doubts
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.rows import Flow

FEW_ORDERS = 100


def scope(
    store: GraphStore,
    query: ScopeQuery,
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    tolerance: Decimal,
) -> Scope:
    """Answer a query at a cut, whole. O(n log n) in the closure and the lines on its items.

    Raises ScopeTooLarge, and UnknownItem, UnknownEvent, AmbiguousItem or Refused for a seed.
    """
    with uncollected():
        case = reason(store, query, master, known=known, as_of=as_of, tolerance=tolerance)
        return told(store, posted(case))


def told(store: GraphStore, case: Case) -> Scope:
    """A case as the answer that is sent, printed and stored."""
    sent = sent_units(case)
    parties = sorted({party for (_, party, _), went in sent.items() if party and went.bounds.some})
    unsure = doubts(store, case)
    lacking = gaps(store, case, parties)
    lots = [no for no in case.verdicts.items if case.material.kind(no) is not Kind.CONTAINER]
    found = Scope(
        query=case.query,
        as_of=None if case.as_of is None else str(case.as_of),
        known_at=case.known,
        recorded_at=None if case.recorded is None else str(case.recorded),
        rule=RULE,
        seeds=_seeds(case),
        figures=figures(case, unsure, lacking.items),
        items=tuple(sorted(_items(case), key=lambda item: (item.depth, item.key))),
        positions=tuple(positions(case, lots, sent)),
        consignees=tuple(consignees(case, sent)),
        balances=tuple(
            sorted(
                (found for no in lots for found in balances(case, no)),
                key=lambda found: (found.item, found.unit),
            )
        ),
        gaps=ordered(lacking.found),
        unproven=_unproven(unsure),
        orders=_orders(store, case),
        note=_note(case),
    )
    return replace(found, hash=scope_hash(found))


def scope_hash(found: Scope) -> str:
    """The SHA-256 of the canonical JSON (RFC 8785) of everything in a scope but its hash."""
    return sha256(canonical_answer(found, without=("hash",))).hexdigest()


def _note(case: Case) -> str | None:
    said = []
    if case.seeds.late:
        said.append("Not yet met at this cut: " + ", ".join(sorted(case.seeds.late)) + ".")
    if case.seeds.voided:
        said.append("Voided: " + ", ".join(sorted(case.seeds.voided)) + ".")
    if not case.verdicts.items and case.seeds.excluded:
        said.append("Every seed is excluded.")
    elif not case.verdicts.items and not said:
        said.append("The seeds name no item at this cut.")
    return " ".join(said) or None


def _seeds(case: Case) -> tuple[SeedItem, ...]:
    found = []
    for sown, places in case.seeds.sown.items():
        if sown.item not in case.material.items:
            continue
        scale = case.scales[sown.item]
        event = case.material.events.get(sown.seq) if sown.seq is not None else None
        units = sown.quantity
        if sown.gave and sown.seq is not None:
            units = _gave(case, sown.seq, sown.item)
        found.append(
            SeedItem(
                key=case.material.key(sown.item),
                units=scale.shown(units),
                unit=scale.unit if units is not None else None,
                since=None if sown.since is None else str(sown.since),
                through=None if event is None else event.key,
                seeds=tuple(places),
            )
        )
    return tuple(sorted(found, key=_seed_order))


def _gave(case: Case, seq: int, item: int) -> int | None:
    for key, place in case.composition.receipts.items():
        if place == (seq, item):
            return case.composition.flow.inflows[key - 1].quantity
    return case.composition.given.get((seq, item))


def _seed_order(seed: SeedItem) -> tuple[Any, ...]:
    return (seed.key, seed.through or "", seed.since or "", seed.units or "", seed.seeds)


def _items(case: Case) -> Iterable[AffectedItem]:
    life, judged = case.lifetimes, case.judged
    removed = _removed(case)
    deepest = max((step.depth for step in case.steps.values()), default=0)
    for item, bounds in case.verdicts.items.items():
        row, scale = case.material.items[item], case.scales[item]
        step = case.steps.get(item)
        before = None if step is None else step.before
        through = None if step is None else step.hub
        lot = case.counting_lot(item)
        expires = life.expires_on(item)
        low, high = case.affected(item)
        yield AffectedItem(
            key=row.key,
            kind=Kind(row.kind).word,
            product=row.product,
            number=row.number,
            lot=case.material.key(lot) if lot else None,
            certainty="certain" if bounds.certain else "possible",
            units_min=scale.shown(low) or "0",
            units_max=scale.shown(high, up=True),
            units=scale.shown(case.units(item)),
            unit=scale.unit,
            depth=deepest + 1 if step is None else step.depth,
            parent=None if before is None else case.material.key(before.item),
            through=None if through is None else case.material.node(through),
            made_on=life.made_on(item),
            expires_on=expires,
            expired=expires is not None and judged is not None and expires < str(judged)[:10],
            removed=item in removed,
            orders=_orders_of(case, item),
        )


def _orders_of(case: Case, item: int) -> tuple[str, ...]:
    orders = {case.material.events[line.seq].sent.get("order") for line in _lines_of(case, item)}
    return tuple(sorted(order for order in orders if order))


def _lines_of(case: Case, item: int) -> Iterable[Line]:
    """The lines of an item; of a lot also those of its affected serials while they are of it."""
    material = case.material
    yield from material.of_item.get(item, ())
    for serial in {member.serial for member in material.serials.get(item, ())}:
        if serial in case.verdicts.items:
            for line in material.of_item.get(serial, ()):
                lot = line.lot or material.lot_of(serial, line.seq, taken=line.flow == Flow.IN)
                if lot == item:
                    yield line


def _removed(case: Case) -> set[int]:
    """Items that were taken apart, and gave back an affected part."""
    found: set[int] = set()
    for hub in case.composition.flow.hubs:
        if hub.disassembly and any(
            output.back and output.item in case.verdicts.items for output in hub.outputs
        ):
            found |= {taken.item for taken in hub.inputs} & case.verdicts.items.keys()
    return found


def _orders(store: GraphStore, case: Case) -> tuple[ScopeOrder, ...]:
    items: defaultdict[str, set[str]] = defaultdict(set)
    parties: dict[str, str | None] = {}
    for item in case.verdicts.items:
        for line in _lines_of(case, item):
            sent = case.material.events[line.seq].sent
            order = sent.get("order")
            if order:
                items[order].add(case.material.key(item))
    kinds: dict[str, str] = {}
    if items:
        for entry in _order_records(store, items, case.known):
            sent = orjson.loads(entry.body)
            number = sent["number"]
            if number in items:
                kinds[number] = sent["kind"]
                parties[number] = sent.get("party") or parties.get(number)
    return tuple(
        ScopeOrder(number, kinds.get(number), parties.get(number), tuple(sorted(items[number])))
        for number in sorted(items)
    )


def _order_records(store: GraphStore, numbers: Collection[str], known: int) -> list[Entry]:
    """The standing records of orders, ascending: of few by name, else all there are."""
    if len(numbers) > FEW_ORDERS:
        return store.of_types(("order",), known=known)
    seqs = {
        seq
        for number in numbers
        for seq in store.mentioned("order", number, known=known, since=None, until=None)
    }
    entries = store.entries_by_seq(seqs, known)
    return [entries[seq] for seq in sorted(entries) if entries[seq].type == "order"]


def _unproven(unsure: Doubts) -> tuple[Unproven, ...]:
    return tuple(
        sorted(
            (_doubt(unsure, doubt) for doubt in unsure.found.values()),
            key=lambda found: found.key,
        )
    )


def _doubt(unsure: Doubts, doubt: Doubt) -> Unproven:
    row, scale = unsure.material.items[doubt.item], unsure.scales[doubt.item]
    had, lot = unsure.had.get(doubt.item), unsure.counting_lot(doubt.item)
    return Unproven(
        key=row.key,
        kind=Kind(row.kind).word,
        product=row.product,
        number=row.number,
        lot=unsure.material.key(lot) if lot else None,
        material=None if doubt.lack is None else doubt.lack.material.products[0],
        event=doubt.node,
        parent=None if doubt.parent is None else unsure.material.key(doubt.parent),
        units=None if had is None else scale.shown(had.units),
        unit=scale.unit,
    )
