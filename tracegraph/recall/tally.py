"""Tally: the records of one item alone, and where its units are by sums.

A lot of thousands of serials has as many lines at every step. To say where its units are it is
enough to know how many of its serials each event names: all of them go from one account to
another together, but for the few events that say a state line by line, and those are read whole.
What is told of an item here is what its whole history tells (see `ledger`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import orjson

from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO
from tracegraph.model.unit import EACH
from tracegraph.recall.amount import Scale, Scales
from tracegraph.recall.ledger import (
    Account,
    Journal,
    Posting,
    accounts_of,
    alike,
    journal,
    lines_by_accounts,
    may_post,
    standing,
)
from tracegraph.recall.master import Master
from tracegraph.recall.material import Line, Material, add_lines, add_members, load
from tracegraph.recall.quality import QUALITY
from tracegraph.store.port import (
    ComprisesColumns,
    EventColumns,
    GraphStore,
    LineColumns,
    Records,
    SerialCounts,
)
from tracegraph.store.projection.rows import Flow, ItemRow

Bodies = MutableMapping[int, dict[str, Any]]  # what was sent, by seq; it never changes
Amounts = dict[Account, int]

_NO_COUNTS = SerialCounts([], [], [], [], [])
# A name may also be written with escapes.
_DATED = (b'"made_on"', b'"expires_on"', b"\\u")


@dataclass(slots=True)
class Own:
    """The records of one item alone. `counts` are of its serials, where it is a lot."""

    row: ItemRow
    material: Material
    scales: Scales
    journal: Journal
    counts: SerialCounts
    bodies: Bodies


def own_records(store: GraphStore, row: ItemRow, master: Master, known: int, bodies: Bodies) -> Own:
    """The lines that name an item itself; of a serial's lot what concerns the serial.

    Left out is what is no record of the lot's quality, makes nothing of it and says no date.
    Reads one statement, of a lot two, and uses and adds to `bodies`.
    """
    found = Material(known, None, master, {row.no})
    found.items[row.no] = row
    counts = store.serial_counts([row.no], known) if row.kind == Kind.LOT else _NO_COUNTS
    if counts.seq:
        found.serials[row.no] = []  # it has some; which, its own lines do not need to know
    records = store.records([row.no], known, bodies.keys())
    add_members(found, records.members)
    found.items.update(records.items)
    wanted = {row.no, *(member.lot for member in found.lots.get(row.no, ())[-1:])}
    lines = _on(wanted, records.lines)
    tell = _telling(row.no, records, lines, bodies)
    add_lines(found, records.events, lines, {seq: bodies[seq] for seq in tell})
    named = {line.lot for own in found.lines.values() for line in own if line.lot}
    if missing := named - found.items.keys():
        found.items.update(store.items(missing, known))
    scales = Scales.of(found)
    return Own(row, found, scales, journal(found, scales), counts, bodies)


def _on(items: set[int], lines: LineColumns) -> LineColumns:
    named = [item in items for item in lines.item]
    return LineColumns._make(list(compress(column, named)) for column in lines)


def _telling(item: int, records: Records, lines: LineColumns, bodies: Bodies) -> set[int]:
    """The events of lines that matter; what was sent of them is in `bodies` then."""
    named = set(lines.seq)
    own = {seq for seq, no in zip(lines.seq, lines.item, strict=True) if no == item}
    made = {seq for seq, flow in zip(lines.seq, lines.flow, strict=True) if flow == Flow.OUT}
    standing = dict(zip(records.events.seq, records.events.type, strict=True))
    tell = {
        seq for seq in named & standing.keys()
        if seq in own or seq in made or standing[seq] in QUALITY
    }  # fmt: skip
    for seq, body in records.bodies.items():
        if seq in named and (seq in tell or any(mark in body for mark in _DATED)):
            tell.add(seq)
            bodies[seq] = orjson.loads(body)
    return tell | (named & standing.keys() & bodies.keys())


def arrivals(store: GraphStore, own: Own) -> Material | None:
    """The events by which the serials of a lot came, with its and their lines; None for none.

    A few reads, of as many lines as came with them.
    """
    named: dict[int, dict[str, int]] = {}
    for seq, role in zip(own.counts.seq, own.counts.role, strict=True):
        named.setdefault(seq, {})[role] = 1
    if not named:
        return None
    _add_events(store, own.material, named, own.bodies)
    events = own.material.events
    came = {
        seq
        for seq, roles in named.items()
        if seq in events and ("output" in roles or events[seq].type == "receipt")
    }
    return part_of_lot(store, own, came) if came else None


def tally(store: GraphStore, own: Own) -> Amounts:
    """What of an item is in which account, as its whole history says."""
    found = by_sums(store, own)
    return summed(whole_history(store, own)) if found is None else found


def overdrawn(store: GraphStore, own: Own) -> bool:
    """Whether some account of an item ever fell below zero. Reads its whole history."""
    return bool(standing(own.row.no, whole_history(store, own)).overdrafts)


def whole_history(store: GraphStore, own: Own) -> Iterable[Posting]:
    """All that an item posts, from every line of it and, of a lot, of its serials."""
    material = Material(own.material.known, None, own.material.master, {own.row.no})
    lot = own.row.kind == Kind.LOT
    load(store, material, {own.row.no}, siblings=lot, members=lot)
    return journal(material, Scales.of(material)).postings.get(own.row.no, ())


def by_sums(store: GraphStore, own: Own) -> Amounts | None:
    """The same from `own` and few rows more; None where sums cannot say it.

    Two reads more for a lot with serials, of a row for each event, and three where some say a
    state line by line.
    """
    item, material = own.row.no, own.material
    if any(own.counts.spells):
        return None
    named: defaultdict[int, dict[str, int]] = defaultdict(dict)
    columns = own.counts.seq, own.counts.role, own.counts.serials
    for seq, role, serials in zip(*columns, strict=True):
        named[seq][role] = serials
    if named:
        _add_events(store, material, named, own.bodies)
    together, apart = {}, set()
    for seq, roles in named.items():
        event = material.events.get(seq)
        if event is not None and any(may_post(event.type, role) for role in roles):
            if alike(event):
                together[seq] = roles
            else:
                apart.add(seq)
    found = summed(
        posting
        for posting in own.journal.postings.get(item, ())
        if posting.seq not in together and posting.seq not in apart
    )
    for seq, roles in together.items():
        if not _add_together(found, material, seq, item, roles, own.scales[item]):
            return None
    if apart:
        for account, amount in _line_by_line(store, own, apart).items():
            found[account] = found.get(account, 0) + amount
    return found


def summed(postings: Iterable[Posting]) -> Amounts:
    """What postings leave in each account."""
    found: defaultdict[Account, int] = defaultdict(int)
    for posting in postings:
        found[posting.source] -= posting.quantity
        found[posting.target] += posting.quantity
    return dict(found)


def _add_events(
    store: GraphStore, material: Material, named: Mapping[int, dict[str, int]], bodies: Bodies
) -> None:
    """The events that name serials only, where they may post or say something of quality."""
    events = store.events(named.keys() - material.events.keys(), material.known)
    wanted = {
        seq
        for seq, type_ in zip(events.seq, events.type, strict=True)
        if type_ in QUALITY or any(may_post(type_, role) for role in named[seq])
    }
    for seq, body in store.bodies(wanted - bodies.keys()).items():
        bodies[seq] = orjson.loads(body)
    nothing = LineColumns(*([] for _ in LineColumns._fields))
    add_lines(material, events, nothing, {seq: bodies[seq] for seq in wanted})


def _add_together(
    found: Amounts, material: Material, seq: int, item: int, roles: dict[str, int], scale: Scale
) -> bool:
    """Add what an event posts of a lot: its own lines include those of its serials.

    False where an amount is not known, and nothing is added.
    """
    lines = lines_by_accounts(material, seq, item)
    counts: dict[tuple[Account, Account], int] = {}
    for role, count in roles.items():
        accounts = accounts_of(material.events[seq], role)
        if accounts is not None:
            counts[accounts] = counts.get(accounts, 0) + count
    each = scale.base(MICRO, EACH)
    amounts: dict[tuple[Account, Account], int] = {}
    for accounts in lines.keys() | counts.keys():
        total = _total(lines.get(accounts, ()), scale)
        if total is None or each is None:
            return False
        amounts[accounts] = total if total < 0 else max(total, counts.get(accounts, 0) * each)
    for (source, target), amount in amounts.items():
        found[source] = found.get(source, 0) - amount
        found[target] = found.get(target, 0) + amount
    return True


def _total(lines: Iterable[Line], scale: Scale) -> int | None:
    total = 0
    for line in lines:
        amount = scale.base(line.quantity, line.unit)
        if amount is None:
            return None
        total += amount
    return total


def _line_by_line(store: GraphStore, own: Own, seqs: set[int]) -> Amounts:
    """What some events post of a lot, from its own lines and those of its serials."""
    part = part_of_lot(store, own, seqs)
    return summed(journal(part, own.scales).postings.get(own.row.no, ()))


def part_of_lot(store: GraphStore, own: Own, seqs: set[int]) -> Material:
    """Some events, that are loaded, with the lines of a lot and of its serials."""
    lot, known = own.row.no, own.material.known
    lines = store.lines_of_events(seqs, known)
    members = zip(*store.lots_of(set(lines.item), known=known, as_of=None), strict=True)
    of_lot = [row for row in members if row[0] == lot]
    serials = {row[1] for row in of_lot}
    rows = [
        row
        for row in map(Line._make, zip(*lines, strict=True))
        if row.item == lot or (row.item in serials and row.lot in (0, lot))
    ]
    part = Material(known, None, own.material.master, {lot})
    part.events.update({seq: own.material.events[seq] for seq in seqs})
    part.items.update(store.items({row.item for row in rows} | {lot}, known))
    add_members(part, ComprisesColumns(*map(list, zip(*of_lot, strict=True))))
    add_lines(part, EventColumns.of(()), LineColumns(*map(list, zip(*rows, strict=True))), {})
    return part
