"""A genealogy as an EPCIS document: every standing event about its items, as they occurred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import orjson

from tracegraph.formats.epcis.writing import CONTEXT, Named, written
from tracegraph.model.instant import Instant
from tracegraph.model.key import KIND_OF, Kind
from tracegraph.store.batches import batches
from tracegraph.store.columns import EventColumns
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.projector import place
from tracegraph.store.projection.rows import ItemRow
from tracegraph.trace.answer import Genealogy
from tracegraph.trace.instants import read_instant
from tracegraph.trace.numbers import numbers_of

_AT_ONCE = 500  # events, whose bodies are in memory together


def epcis_chunks(store: GraphStore, found: Genealogy) -> Iterator[bytes]:
    """An EPCISDocument, in pieces. It imports into an empty store, where it traces the same.

    Events name all their items, so what lies beside the genealogy at its events is there, too.
    A few bulk reads, as many more as containers are nested, and one for every few hundred events.
    """
    known = found.known_at
    as_of = read_instant(found.as_of, "as_of")
    wanted = set(numbers_of(store, found).values())
    events = _events(store, wanted, known, as_of)
    order = sorted(zip(events.end, events.source, events.id, events.seq, strict=True))
    head = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": found.recorded_at or str(Instant(0)),
    }
    yield orjson.dumps(head)[:-1] + b',"epcisBody":{"eventList":['
    between = b"\n"
    for some in batches((seq for *_, seq in order), _AT_ONCE):
        for event in _written(store, some, known, as_of):
            yield between + event
            between = b",\n"
    yield b"\n]}}\n"


def _events(store: GraphStore, wanted: set[int], known: int, as_of: Instant | None) -> EventColumns:
    """The events of items, and of the containers by which they were in events, nested."""
    while True:
        events, _ = store.lines_of_items(wanted, known=known, as_of=as_of)
        lines = store.lines_of_events(events.seq, known)
        near = {*lines.item, *lines.via} - {0} - wanted
        rows = store.items(near, known)
        holders = {no for no, row in rows.items() if row.kind == Kind.CONTAINER}
        if not holders:
            return events
        wanted = wanted | holders


def _written(
    store: GraphStore, seqs: Collection[int], known: int, as_of: Instant | None
) -> Iterator[bytes]:
    entries = store.entries_by_seq(seqs, known)
    lines = store.lines_of_events(seqs, known)
    rows = store.items({*lines.item, *lines.lot} - {0}, known)
    serials = {no for no in lines.item if rows[no].kind == Kind.SERIAL}
    lots = _lots(store, serials, known, as_of)
    rows |= store.items(set(lots.values()) - rows.keys(), known)
    named: defaultdict[int, dict[str, Named]] = defaultdict(dict)
    for seq, pos, role, item, lot, via, quantity, unit in zip(
        lines.seq, lines.pos, lines.role, lines.item, lines.lot, lines.via, lines.quantity,
        lines.unit, strict=True,
    ):  # fmt: skip
        if not via:  # what a container held is said by its packing
            named[seq][pos] = _named(rows, role, item, lot or lots.get(item, 0), quantity, unit)
    for seq in seqs:
        entry = entries[seq]
        own = [named[seq][pos] for pos in sorted(named[seq], key=place)]
        body = orjson.loads(entry.body)
        event = written(entry.source, entry.id, body, str(entry.recorded_at), own)
        if event is not None:
            yield orjson.dumps(event)


def _named(
    rows: Mapping[int, ItemRow], role: str, item: int, lot: int, quantity: int | None,
    unit: str | None,
) -> Named:  # fmt: skip
    row = rows[item]
    of = rows[lot].key if lot and row.kind == Kind.SERIAL else None
    return Named(role, KIND_OF[row.kind], row.key, quantity, unit, of)


def _lots(
    store: GraphStore, serials: Collection[int], known: int, as_of: Instant | None
) -> dict[int, int]:
    """The lots of serials that were of one lot only: of any other, the lines say which."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    members = store.lots_of(serials, known=known, as_of=as_of)
    for lot, serial in zip(members.lot, members.serial, strict=True):
        found[serial].add(lot)
    return {serial: lots.pop() for serial, lots in found.items() if len(lots) == 1}
