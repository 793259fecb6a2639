"""Tally: the records of one item alone, and where its units are by sums.

A lot of thousands of serials has as many lines at every step. To say where its units are it is
enough to know how many of its serials each event names: all of them go from one account to
another together, but for the few events that say a state line by line, and those are read whole.
What is told of an item here is what its whole history tells (see `ledger`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO
from tracegraph.model.unit import EACH
from tracegraph.recall.amount import Scale, Scales
from tracegraph.recall.bodies import Bodies
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
from tracegraph.store.batches import batches
from tracegraph.store.columns import Records, SerialCounts
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import Flow, ItemRow

Amounts = dict[Account, int]

AT_ONCE = 500  # items of one statement, which holds its whole answer in memory
_DATES = frozenset({"made_on", "expires_on"})
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


def own_records(
    store: GraphStore,
    rows: Collection[ItemRow],
    master: Master,
    known: int,
    bodies: Bodies,
    read: Iterable[Records] = (),
) -> dict[int, Own]:
    """The lines that name items themselves; of a serial's lot what concerns the serial.

    Left out is what is no record of the lot's quality, makes nothing of it and says no date.
    By number of item. `read` are the records of those that are read already; of the others one
    statement, or two, reads some hundreds. Uses and adds to `bodies`.
    """
    found: dict[int, Own] = {}
    waiting = {row.no: row for row in rows}
    for records in read:
        # A lot may be there for its serials only, without the counts of those.
        whole = records.items.keys() - set(records.members.lot)
        own = [row for no in whole if (row := waiting.pop(no, None)) is not None]
        found |= _owns(store, own, records, master, known, bodies)
    for some in batches(waiting.values(), AT_ONCE):
        records = store.records([row.no for row in some], known, bodies.keys())
        found |= _owns(store, some, records, master, known, bodies)
    return found


def _owns(
    store: GraphStore,
    rows: Sequence[ItemRow],
    records: Records,
    master: Master,
    known: int,
    bodies: Bodies,
) -> dict[int, Own]:
    apart = _Apart(records, bodies)
    materials = [(row, apart.material(row, master, known)) for row in rows]
    missing = {no for _, own in materials for no in _named(own)} - apart.items.keys()
    items = apart.items | (store.items(missing, known) if missing else {})
    found = {}
    for row, own in materials:
        own.items |= {no: items[no] for no in _named(own)}
        scales = Scales.of(own)
        counts = SerialCounts.of(apart.counts.get(row.no, ()))
        found[row.no] = Own(row, own, scales, journal(own, scales), counts, bodies)
    return found


class _Apart:
    """Records of several items, by item."""

    def __init__(self, records: Records, bodies: Bodies) -> None:
        self.items = records.items
        self.counts = _by(records.counts, 0)
        self._members = _by(records.members, 1)
        self._lines = _by(records.lines, 4)
        self._events = {row[0]: row for row in zip(*records.events, strict=True)}
        self._sent = records.bodies
        self._bodies = bodies

    def material(self, row: ItemRow, master: Master, known: int) -> Material:
        """The lines that name an item, and its lot where they matter to it, with their events."""
        found = Material(known, None, master, {row.no})
        if row.no in self.counts:
            found.serials[row.no] = []  # it has some; which, its own lines do not need to know
        found.items[row.no] = row
        add_members(found, self._members.get(row.no, ()))
        wanted = {row.no, *(member.lot for member in found.lots.get(row.no, ())[-1:])}
        lines = [Line._make(line) for no in sorted(wanted) for line in self._lines.get(no, ())]
        tell = {line.seq: self._body(line.seq) for line in lines if self._matters(row.no, line)}
        add_lines(found, [self._events[seq] for seq in tell], lines, tell)
        return found

    def _matters(self, item: int, line: Line) -> bool:
        event = self._events.get(line.seq)
        if event is None:
            return False
        own = line.item == item or line.flow == Flow.OUT or event[3] in QUALITY
        return own or self._dated(line.seq)

    def _dated(self, seq: int) -> bool:
        """Whether an event says dates of what it names, or may do."""
        text = self._sent.get(seq)
        if text is not None:
            return any(mark in text for mark in _DATED)
        lists = (value for value in self._bodies[seq].values() if isinstance(value, list))
        return any(
            not _DATES.isdisjoint(part)
            for lines in lists for part in lines if isinstance(part, dict)
        )  # fmt: skip

    def _body(self, seq: int) -> dict[str, Any]:
        if seq not in self._bodies:
            self._bodies[seq] = orjson.loads(self._sent[seq])
        return self._bodies[seq]


def _named(material: Material) -> set[int]:
    """The items that lines name, and the lots of serials."""
    lines = [line for own in material.lines.values() for line in own]
    lots = {member.lot for member in material.members}
    return lots.union(*((line.item, line.lot) for line in lines)) - {0}


def _by(columns: Iterable[Sequence[Any]], place: int) -> dict[int, list[tuple[Any, ...]]]:
    """Rows of parallel columns by the number in one of them."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in zip(*columns, strict=True):
        found.setdefault(row[place], []).append(row)
    return found


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
    add_lines(material, zip(*events, strict=True), (), {seq: bodies[seq] for seq in wanted})


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
    add_members(part, of_lot)
    add_lines(part, (), rows, {})
    return part
