"""Lacking: which makings need not be held against their bills of materials again.

Nearly all makings lack nothing, however many there are. Which those are is found once for all
products that have a bill, and kept in the process as long as master data stays; every other one,
and so whatever was recorded since, is looked at whenever it is asked about. A making that is kept
as clean is looked at again from when an event of it, a record of its run, or a packing record of
a container that it names was recorded or voided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import orjson

from tracegraph.model.key import Kind
from tracegraph.recall.making import heads, lacks, makings
from tracegraph.recall.master import Clean, Master
from tracegraph.store.port import GraphStore

MOST_EVENTS = 5_000  # recorded since, beyond which all makings are looked at anew
PART = 1_000  # makings that are held against their bills at once
ASKED = 2  # finding the clean ones is worth its while from the second question on


def unclear(store: GraphStore, seqs: Collection[int], master: Master, known: int) -> set[int]:
    """Events that may be of a making that lacks something, as recorded up to `known`.

    For questions without `as_of`: before all events of a run occurred, it may lack what it got.
    """
    clean = master.clean
    with clean.lock:
        clean.asked += 1
        if known < clean.known or (clean.asked < ASKED and not clean.known):
            return set(seqs)
        if not clean.known or known - clean.known > MOST_EVENTS:
            clean.seqs = _clean(store, master, known)
        elif known > clean.known:
            clean.seqs -= _changed(store, clean, known)
        clean.known = known
        return set(seqs) - clean.seqs


def _naming(store: GraphStore, products: Collection[str], master: Master, known: int) -> set[int]:
    """Standing events that name one of the products, by any name of it."""
    return {
        seq
        for product in products
        for name in master.names(product)
        for seq in store.mentioned("product", name, known=known, since=None, until=None)
    }


def _clean(store: GraphStore, master: Master, known: int) -> set[int]:
    """Every event of a making of a product with a bill that lacks nothing."""
    billed = {
        number
        for number, records in master.records["product"].items()
        if any(record.sent.get("bill_of_materials") for record in records)
    }
    seqs = _naming(store, billed, master, known)
    events = store.events(seqs, known)
    single = [seq for seq, hub in zip(events.seq, events.hub, strict=True) if hub > 0]
    runs = sorted({-hub for hub in events.hub if hub < 0})
    parts = [*_parts(single), *(store.events_of_runs(part, known) for part in _parts(runs))]
    return {seq for part in parts for seq in _lacking_nothing(store, part, master, known)}


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + PART] for at in range(0, len(numbers), PART))


def _lacking_nothing(
    store: GraphStore, seqs: Collection[int], master: Master, known: int
) -> Iterator[int]:
    """Of whole makings the events of those that lack nothing."""
    found = makings(store, seqs, heads(store, seqs, known, None), known)
    for making in found.values():
        if not any(True for _ in lacks(making, master)):
            yield from making.seqs


def _changed(store: GraphStore, clean: Clean, known: int) -> set[int]:
    """Events whose makings are told otherwise than before, by what was recorded since."""
    cuts = (clean.known, known)
    new = store.entries_by_seq(range(clean.known + 1, known + 1), known)
    targets = []
    for entry in new.values():
        if entry.type == "void":
            sent = orjson.loads(entry.body)
            targets.append((sent.get("voids_source") or entry.source, sent["voids"]))
    found = {*new, *(entry.seq for entry in store.entries(targets, known).values())}
    items: set[int] = set()
    for cut in cuts:
        lines = store.lines_of_events(found, cut)
        items.update(lines.item, lines.via)
    boxes = [no for no, row in store.items(items, known).items() if row.kind == Kind.CONTAINER]
    for cut in cuts:
        found.update(store.lines_of_items(boxes, known=cut, as_of=None, members=False)[0].seq)
    runs = {-hub for cut in cuts for hub in store.lines_of_events(found, cut).hub if hub < 0}
    return found.union(store.events_of_runs(runs, known))
