"""The dossier of a genealogy: every record about its items, to be read from first to last.

A genealogy is what led to what. Its dossier is what an auditor reads beside it: receipts,
inspections, holds, movements, records of quality, and what was recorded wrongly and voided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson

from tracegraph.model.event import MAKES
from tracegraph.model.instant import Instant
from tracegraph.model.quantity import spelled
from tracegraph.store.port import Entry, GraphStore, TouchRow
from tracegraph.store.projection.rows import AnomalyRow
from tracegraph.trace.answer import Anomaly, Genealogy, HistoryLine, StoredEvent, event_key
from tracegraph.trace.instants import read_instant
from tracegraph.trace.lookup import Identities
from tracegraph.trace.numbers import homes_of
from tracegraph.trace.records import stored_event

MOST_TOUCHES = 200_000  # lines on the items; beyond, a dossier is not whole

_START = (-(2**58), 0, "", 0)
_WAYS = {"backward": {"output"}, "forward": {"input"}, "both": {"input", "output"}}


@dataclass(frozen=True, slots=True)
class DossierEvent:
    """An event of a dossier, with its lines on items of the genealogy.

    `voider` is the event that voids it, None for one that stands. `replaced_by` are the keys of
    events that say they replace it.
    """

    stored: StoredEvent
    lines: tuple[HistoryLine, ...]
    voider: StoredEvent | None
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Every event about the items of a genealogy, corrected ones too, by (occurred_at, seq).

    Of `total` events the first are in `events`. `elsewhere` counts the standing makings that took
    or gave the same items and are no part of the genealogy: they made other things. `digest` is
    the SHA-256 of the hashes of all `total` events in order, each followed by a newline. Not
    `whole`: there are more lines on the items than are read at once. `anomalies` are those of the
    items and of all these events.
    """

    events: tuple[DossierEvent, ...]
    total: int
    elsewhere: int
    digest: str
    whole: bool
    anomalies: tuple[Anomaly, ...]


def dossier(
    store: GraphStore, found: Genealogy, *, limit: int, identities: Identities | None = None
) -> Dossier:
    """The dossier of a genealogy, at its cuts. A dozen bulk reads, whatever its size.

    O(lines on its items) and, of the `limit` events that are given, their bodies.
    """
    known, as_of = found.known_at, read_instant(found.as_of, "as_of")
    homes = homes_of(store, found, identities)
    touches = store.history(homes, known=known, after=_START, limit=MOST_TOUCHES + 1)
    whole = len(touches) <= MOST_TOUCHES
    lines: defaultdict[int, list[TouchRow]] = defaultdict(list)
    for touch in touches[:MOST_TOUCHES]:
        lines[touch.seq].append(touch)
    entries = store.entries_by_seq(lines, known)
    own, elsewhere = _own(found, entries, lines)
    entries = {seq: entries[seq] for seq in own} | _about(store, own.values(), known)
    when = {seq: Instant.parse(orjson.loads(e.body)["occurred_at"]) for seq, e in entries.items()}
    order = sorted(
        (seq for seq in entries if as_of is None or when[seq] <= as_of),
        key=lambda seq: (when[seq], seq),
    )
    shown = [entries[seq] for seq in order[:limit]]
    return Dossier(
        events=tuple(_told(store, shown, lines, homes, known)),
        total=len(order),
        elsewhere=elsewhere,
        digest=_digest(entries[seq].hash for seq in order),
        whole=whole,
        anomalies=_anomalies(store, order, entries, homes, known),
    )


def _own(
    found: Genealogy, entries: Mapping[int, Entry], lines: Mapping[int, list[TouchRow]]
) -> tuple[dict[int, Entry], int]:
    """What is of the genealogy among the events of its items; how many makings are of others.

    A voided making is of it where it would have made one of the items, or been made of one.
    """
    inside = {event.seq for event in found.events}
    ways = _WAYS[found.direction]
    own, elsewhere = {}, 0
    for seq, entry in entries.items():
        makes = entry.type in MAKES and any(line.role != "item" for line in lines[seq])
        if not makes or seq in inside:
            own[seq] = entry
        elif entry.void is None:
            elsewhere += 1
        elif ways & {line.role for line in lines[seq]}:
            own[seq] = entry
    return own, elsewhere


def _about(store: GraphStore, entries: Iterable[Entry], known: int) -> dict[int, Entry]:
    """Records of quality that name these events, and those that name such records, and so on."""
    found: dict[int, Entry] = {}
    waiting = {(entry.source, entry.id) for entry in entries}
    while waiting:
        seqs = {
            reference.seq
            for own in store.referring(waiting, known).values()
            for reference in own
            if reference.kind == "about"
        }
        new = store.entries_by_seq(seqs - found.keys(), known)
        found |= new
        waiting = {(entry.source, entry.id) for entry in new.values()}
    return found


def _told(
    store: GraphStore,
    shown: Collection[Entry],
    lines: Mapping[int, list[TouchRow]],
    homes: Mapping[int, str],
    known: int,
) -> Iterable[DossierEvent]:
    voiders = store.entries_by_seq({entry.void for entry in shown if entry.void}, known)
    referring = store.referring({(entry.source, entry.id) for entry in shown}, known)
    replacing = {r.seq for own in referring.values() for r in own if r.kind == "replaces"}
    replacers = store.entries_by_seq(replacing, known)
    vias = {line.via for entry in shown for line in lines.get(entry.seq, ())} - homes.keys() - {0}
    keys = {**homes, **{no: row.key for no, row in store.items(vias, known).items()}}
    for entry in shown:
        voider = voiders.get(entry.void) if entry.void else None
        yield DossierEvent(
            stored=stored_event(entry),
            lines=tuple(_line(line, keys) for line in lines.get(entry.seq, ())),
            voider=None if voider is None else stored_event(voider),
            replaced_by=tuple(
                event_key(replacers[r.seq].source, replacers[r.seq].id)
                for r in referring.get((entry.source, entry.id), ())
                if r.seq in replacers
            ),
        )


def _line(line: TouchRow, keys: Mapping[int, str]) -> HistoryLine:
    return HistoryLine(
        pos=line.pos,
        role=line.role,
        item=keys[line.item],
        via=keys.get(line.via),
        quantity=None if line.quantity is None else spelled(line.quantity),
        unit=line.unit,
    )


def _digest(hashes: Iterable[str]) -> str:
    return sha256("".join(f"{hash_}\n" for hash_ in hashes).encode()).hexdigest()


def _anomalies(
    store: GraphStore,
    seqs: Collection[int],
    entries: Mapping[int, Entry],
    homes: Mapping[int, str],
    known: int,
) -> tuple[Anomaly, ...]:
    rows = store.anomalies_about(seqs, homes, known)
    # An anomaly of an item of the genealogy may be of an event that is not in the dossier.
    beside = {row.seq for row in rows if row.seq} - entries.keys()
    entries = {**entries, **store.entries_by_seq(beside, known)}
    others = {row.item for row in rows if row.item} - homes.keys()
    keys = {**homes, **{no: row.key for no, row in store.items(others, known).items()}}

    def told(row: AnomalyRow) -> Anomaly:
        entry = entries[row.seq] if row.seq else None
        return Anomaly(
            code=row.code,
            detail=row.detail,
            event=None if entry is None else event_key(entry.source, entry.id),
            item=keys[row.item] if row.item else None,
            pointer=row.pointer,
        )

    found = {told(row) for row in rows}
    return tuple(
        sorted(found, key=lambda a: (a.item or "", a.event or "", a.code, a.pointer, a.detail))
    )
