"""Barred: the serials of a lot that may not go, whatever may go of the lot."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from tracegraph.model.key import Kind
from tracegraph.recall.amount import Scales
from tracegraph.recall.concerns import Concerns
from tracegraph.recall.ledger import Account, journal
from tracegraph.recall.material import Material, load
from tracegraph.recall.quality import QUALITY, Objection, hold_of, objections
from tracegraph.recall.tally import Own, part_of_lot, summed
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import ItemRow


class BarredSerial(NamedTuple):
    """A serial that may not go; `account` is where it is, None for unknown."""

    row: ItemRow
    why: Objection
    account: Account | None


def barred_serials(store: GraphStore, own: Own, concerns: Concerns) -> list[BarredSerial]:
    """The serials that are of a lot now and barred as such, by key.

    By a hold without a release after it, an inspection, or what is open about them. Asked after
    `tally`. Reads nothing where no record of quality names any, else a fixed number of statements.
    """
    why = _by_records(store, own, concerns)
    for serial in _of_lot(store, own, concerns.numbers.keys() - why.keys()):
        found = next(objections(own.material, [serial], concerns), None)
        if found is not None:
            why[serial] = found
    if not why:
        return []
    whole = Material(own.material.known, None, own.material.master, set(why))
    load(store, whole, set(why))
    posted = journal(whole, Scales.of(whole))
    barred = []
    for serial, objection in why.items():
        if [member.lot for member in whole.lots.get(serial, ())[-1:]] == [own.row.no]:
            sums = summed(posted.postings.get(serial, ()))
            at = [account for account, amount in sums.items() if amount > 0]
            account = at[0] if len(at) == 1 else None
            barred.append(BarredSerial(whole.items[serial], objection, account))
    return sorted(barred, key=lambda serial: serial.row.key)


def _by_records(store: GraphStore, own: Own, concerns: Concerns) -> dict[int, Objection]:
    """What bars serials of a lot by the records that name them."""
    lot = own.row.no
    part = _records(store, own)
    if part is None:
        return {}
    flags = journal(part, Scales.of(part))
    found = {}
    for serial, lines in part.of_item.items():
        if part.kind(serial) is Kind.SERIAL:
            events = {part.events[line.seq].key for line in lines}
            # A later record of its lot may lift what one of the serial said, as for itself.
            said = (o for o in objections(part, [serial, lot], concerns) if o.event in events)
            objection = hold_of(part, flags, serial) or next(said, None)
            if objection is not None:
                found[serial] = objection
    return found


def _records(store: GraphStore, own: Own) -> Material | None:
    """The records of quality of a lot and of its serials; None where none names a serial."""
    lot, material = own.row.no, own.material
    if any(own.counts.spells):
        whole = Material(material.known, None, material.master, {lot})
        load(store, whole, {lot}, siblings=True, members=True)
        return whole
    events = material.events
    seqs = {s for s in own.counts.seq if s in events and events[s].type in QUALITY}
    if not seqs:
        return None
    seqs |= {line.seq for line in material.of_item.get(lot, ()) if events[line.seq].type in QUALITY}
    return part_of_lot(store, own, seqs)


def _of_lot(store: GraphStore, own: Own, items: Collection[int]) -> set[int]:
    """Those of some items that are, or were, serials of a lot."""
    if not items or not own.counts.seq:
        return set()
    members = store.lots_of(items, known=own.material.known, as_of=None)
    return {
        serial for lot, serial in zip(members.lot, members.serial, strict=True) if lot == own.row.no
    }
