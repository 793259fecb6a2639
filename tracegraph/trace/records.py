"""Histories, searches, items and events: the records behind a genealogy."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import orjson

from tracegraph.identify.naming import name_key
from tracegraph.model.instant import Instant
from tracegraph.model.key import KIND_OF, KINDS
from tracegraph.model.quantity import spelled
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import Entry, GraphStore, Search, TouchRow
from tracegraph.store.projection.identity import names_of
from tracegraph.trace.answer import (
    Anomaly,
    AnomalyPage,
    EventPage,
    History,
    HistoryEntry,
    HistoryLine,
    ItemDetail,
    ItemPage,
    StoredEvent,
    event_key,
)
from tracegraph.trace.cursor import read_cursor, write_cursor
from tracegraph.trace.lookup import Found, identity_at, summary

_START = [-(2**58), 0, "", 0]


def describe(store: GraphStore, found: Found, known: int) -> ItemDetail:
    """An item with every name it goes by, and its lots or how many serials it has."""
    row = found.row
    name = name_key(row.key, KIND_OF[row.kind])
    aliases: set[str] = set()
    if name is not None and name.product is not None:
        aliases = set(names_of(name, identity_at(store, name.product, known))) - {row.key}
    lots, serials = store.membership(row.no, known)
    return ItemDetail(
        key=row.key,
        kind=KIND_OF[row.kind].word,
        product=row.product,
        number=row.number,
        aliases=tuple(sorted(aliases)),
        lots=tuple(summary(lot) for lot in store.items(lots, known).values()),
        serials=serials,
        known_at=known,
    )


def history(
    store: GraphStore, found: Found, known: int, *, cursor: str | None, limit: int
) -> History:
    """What happened to an item, in the order it happened, corrected events included."""
    after = read_cursor(cursor, _START)
    touches = store.history(found.homes, known=known, after=tuple(after), limit=limit + 1)
    page, more = touches[:limit], len(touches) > limit
    entries = store.entries_by_seq({touch.seq for touch in page}, known)
    numbers = {touch.item for touch in page} | {touch.via for touch in page}
    keys = {no: row.key for no, row in store.items(numbers, known).items()}
    last = page[-1] if more else None
    return History(
        item=summary(found.row),
        known_at=known,
        entries=tuple(
            _entry(entries[seq], list(lines), keys, found.row.key)
            for seq, lines in groupby(page, key=lambda touch: touch.seq)
        ),
        next=None if last is None else write_cursor([last.at, last.seq, last.pos, last.via]),
    )


def _entry(entry: Entry, lines: list[TouchRow], keys: dict[int, str], key: str) -> HistoryEntry:
    sent = orjson.loads(entry.body)
    return HistoryEntry(
        key=event_key(entry.source, entry.id),
        seq=entry.seq,
        source=entry.source,
        id=entry.id,
        type=entry.type,
        occurred_at=str(Instant.parse(sent["occurred_at"])),
        recorded_at=str(entry.recorded_at),
        status="stands" if entry.void is None else "voided",
        voided_by=entry.void,
        lines=tuple(
            HistoryLine(
                pos=line.pos,
                role=line.role,
                item=keys.get(line.item, key),
                via=keys.get(line.via) if line.via else None,
                quantity=None if line.quantity is None else spelled(line.quantity),
                unit=line.unit,
            )
            for line in lines
        ),
        event=sent,
    )


def find(
    store: GraphStore, query: Search, known: int, *, cursor: str | None, limit: int
) -> ItemPage:
    """Items that match, by the order in which they were first met."""
    (after,) = read_cursor(cursor, [0])
    rows = store.search(query, known=known, after=after, limit=limit + 1)
    more = len(rows) > limit
    return ItemPage(
        items=tuple(summary(row) for row in rows[:limit]),
        known_at=known,
        next=write_cursor([rows[limit - 1].no]) if more else None,
    )


def read_kind(word: str | None) -> int | None:
    """The kind a parameter names. Raises Refused."""
    if word is None:
        return None
    if word not in KINDS:
        accepted = "one of " + ", ".join(KINDS)
        raise Refused((Refusal("/kind", "kind", f"{word!r} is no kind of item.", accepted),))
    return int(KINDS[word])


def stored_event(entry: Entry) -> StoredEvent:
    """An event of the journal as answers show it."""
    sent: dict[str, Any] = orjson.loads(entry.body)
    return StoredEvent(
        key=event_key(entry.source, entry.id),
        seq=entry.seq,
        source=entry.source,
        id=entry.id,
        type=entry.type,
        recorded_at=str(entry.recorded_at),
        caller=entry.caller,
        hash=entry.hash,
        status="stands" if entry.void is None else "voided",
        voided_by=entry.void,
        event=sent,
    )


def journal(store: GraphStore, *, after: int, limit: int) -> EventPage:
    """A stretch of the journal after a seq; the whole of it is had by following `next`."""
    published = store.published().seq
    entries = store.journal(after, limit, published)
    more = bool(entries) and entries[-1].seq < published
    return EventPage(
        events=tuple(map(stored_event, entries)),
        published=published,
        next=entries[-1].seq if more else None,
    )


def anomalies(store: GraphStore, known: int, *, cursor: str | None, limit: int) -> AnomalyPage:
    """Anomalies that stand, in the order in which they were found."""
    (after,) = read_cursor(cursor, [0])
    found = store.anomalies(known=known, after=after, limit=limit + 1)
    page = found[:limit]
    entries = store.entries_by_seq({row.seq for _, row in page if row.seq}, known)
    items = store.items({row.item for _, row in page if row.item}, known)
    return AnomalyPage(
        anomalies=tuple(
            Anomaly(
                code=row.code,
                detail=row.detail,
                event=event_key(entries[row.seq].source, entries[row.seq].id) if row.seq else None,
                item=items[row.item].key if row.item else None,
                pointer=row.pointer,
            )
            for _, row in page
        ),
        known_at=known,
        next=write_cursor([page[-1][0]]) if len(found) > limit else None,
    )
