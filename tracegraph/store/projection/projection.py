"""Appending to the projection: which stored events a new one changes, and how.

    append(event k): the stored events whose context k changes, and k, are projected again;
    rows that vanished end at k, new rows stand from k

On time, late, void and join are this one path. A `Projection` works on what an engine lends it
(`Tables`), in memory, event by event; the engine writes the `Changes` of a whole batch at once.
Loading is in bulk ahead of the batch (`prefetch`); what a late event needs beyond that is
loaded when it is met. So a batch gives the same rows as its events one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from tracegraph.identify.naming import Name
from tracegraph.model.key import KIND_OF, Kind
from tracegraph.store.projection.context import Context
from tracegraph.store.projection.facts import (
    Fact,
    claims,
    mentions,
    references,
    run_key,
)
from tracegraph.store.projection.identity import (
    Identity,
    key_of,
    unrecorded,
)
from tracegraph.store.projection.projector import (
    Projected,
    comprises,
    item_anomalies,
    project,
    tally,
)
from tracegraph.store.projection.rows import (
    STANDS,
    AnomalyRow,
    ComprisesRow,
    EventRow,
    ItemRow,
    ItemState,
    LineRow,
    Reference,
    Spoken,
)
from tracegraph.store.projection.terms import postings


@dataclass(slots=True)
class _Touched:
    """What one append has changed so far: events to project again, items to look at again."""

    events: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    serials: set[int] = field(default_factory=set)


class Projection(Context):
    """The projection while a batch is appended. Not for reading: engines read their own rows."""

    # -- appending -------------------------------------------------------------------------

    def append(self, new: Fact) -> None:
        """Project one more event of the journal, and again every event whose context it changes."""
        seq, touched = new.seq, _Touched()
        own = references(new)
        self._load_seqs([(r.source, r.id) for r in own])
        target = self._target(new)
        primary = [new] if target is None else [new, target]
        records = [changed for changed in primary if changed.event.type == "product"]
        before = self._identities_of(records) if records else {}
        self._admit(new, own, touched)
        if target is not None:
            self._void(target, seq)
        if records:
            self._rename(before, records, seq, touched)
        touched.events |= {r.seq for r in self._references[(new.event.source, new.event.id)]}
        touched.events |= {changed.seq for changed in primary}
        while touched.events:
            self._reproject(seq, touched)
        if touched.serials:
            flipped = self._join_serials(seq, touched)
            lines = self._lines_of(flipped)
            touched.events = {row.seq for row in lines if row.flow and not row.lot}
        while touched.events:
            self._reproject(seq, touched)
        self._flag_items(seq, touched)

    def _target(self, new: Fact) -> Fact | None:
        """The event that `new` makes void: stored, standing, and not itself a void."""
        if new.event.type != "void":
            return None
        reference = references(new)[0]
        seq = self._seqs[(reference.source, reference.id)]
        if seq is None:
            return None
        self._load_facts((seq,))
        target = self._facts[seq]
        return None if target.event.type == "void" or target.void != STANDS else target

    def _void(self, target: Fact, seq: int) -> None:
        target.void = seq
        self._events[target.seq] = self.event(target.seq)._replace(void=seq, voider=seq)
        self.changes.voided[target.seq] = seq

    def _admit(self, new: Fact, own: list[Reference], touched: _Touched) -> None:
        """Enter an event, its names, its `own` references and its claims."""
        seq, event = new.seq, new.event
        key = (event.source, event.id)
        self._load_references([key, *((r.source, r.id) for r in own)])
        self._seqs[key] = seq
        voids = [r.seq for r in self._references[key] if r.kind == "void"]
        voider = min(voids, default=0) if event.type != "void" else 0
        if voider:
            new.void = seq
        for reference in own:
            self._references[(reference.source, reference.id)].append(reference)
        self._facts[seq] = new
        self._hubs[seq] = self._enter_run(new)
        row = EventRow(
            seq,
            event.source,
            event.id,
            event.type,
            new.start,
            new.end,
            self._hubs[seq],
            new.void,
            voider,
        )
        self._events[seq] = row
        self._own_lines[seq] = {}
        self._anomalies[(seq, 0)] = {}
        entered = claims(new)
        for claim in entered:
            if claim.kind == "name":
                self._claims[claim.name].append(seq)
        for name in new.names:
            self._speak(name, seq, touched)
        self.changes.events.append(row)
        self.changes.mentions += mentions(new)
        self.changes.postings += postings(new.event, seq)
        self.changes.references += own
        self.changes.claims += entered

    def _enter_run(self, new: Fact) -> int:
        key = run_key(new.event)
        if key is None:
            return new.seq
        self._load_runs((key,))
        run = self._runs[key]
        if run is None:
            self.changes.counters.run += 1
            run = self.changes.counters.run
            self._runs[key] = run
            self.changes.runs.append((run, key))
        return -run

    def _speak(self, name: Name, seq: int, touched: _Touched) -> None:
        """Enter a name at its first sight, as the item it belongs to or as a new one."""
        if name.key not in self._spoken:
            self._load_spoken((name.key,))
        spoken = self._spoken[name.key]
        if spoken is None:
            keys = self._keys(name)
            self._load_spoken(keys)
            self.changes.counters.item += 1
            home = self.changes.counters.item
            item = min([home, *(met.item for key in keys if (met := self._spoken[key]))])
            spoken = Spoken(name.key, home, item, name.kind, name.product, name.number, seq)
            self._spoken[name.key] = spoken
            self.changes.spoken[home] = spoken
            self._enter_item(home)
            if item == home:
                self._set_item(home, self._item_row(spoken), seq)
        if name.product is None and name.stated:
            self._state_kind(spoken.item, name.kind, seq, touched)

    def _enter_item(self, home: int) -> None:
        self._states[home] = ItemState(home)
        self._items[home] = None
        self._item_lines[home] = {}
        self._comprises[home] = {}
        self._anomalies[(0, home)] = {}

    def _state_kind(self, item: int, kind: Kind, seq: int, touched: _Touched) -> None:
        """An opaque key is of the strongest kind that was ever stated of it."""
        self._load_items((item,))
        state, entry = self._states[item], self._items[item]
        assert entry is not None  # an opaque key is never joined to another name
        if not state.kinds >> kind & 1:
            state.kinds |= 1 << kind
            touched.items.add(item)
            self.changes.states[item] = state
            strongest = state.kinds.bit_length() - 1
            if strongest != entry[0].kind:
                self._set_item(item, entry[0]._replace(kind=strongest), seq)
                self._packings.clear()
                touched.events |= {row.seq for row in self._lines_of({item})}

    def _item_row(self, spoken: Spoken) -> ItemRow:
        identity = self.identity(spoken.product) if spoken.product else unrecorded("")
        kind = KIND_OF[spoken.kind]
        key = key_of(kind, spoken.product, spoken.number, spoken.key, identity)
        product = identity.product if spoken.product else None
        return ItemRow(spoken.item, key, kind, product, spoken.number)

    def _set_item(self, item: int, row: ItemRow | None, seq: int) -> None:
        """`row` stands for an item from `seq`; None: the item is now part of another."""
        self._load_items((item,))
        entry = self._items[item]
        if entry is not None and entry[0] == row:
            return
        if entry is not None:
            self.changes.items.close(entry[0], entry[1], seq)
        self._items[item] = None if row is None else (row, self.changes.items.open(row, seq))
        self.changes.states[item] = self._states[item]

    # -- product records -------------------------------------------------------------------

    def _identities_of(self, records: list[Fact]) -> dict[str, Identity]:
        """Every name that could mean something else once `records` come or are voided."""
        claimed = {c.name for record in records for c in claims(record) if c.kind == "name"}
        self._load_identities(claimed)
        names = claimed.union(*(self.identity(name).names for name in claimed))
        return {name: self.identity(name) for name in names}

    def _rename(
        self, before: dict[str, Identity], records: list[Fact], seq: int, touched: _Touched
    ) -> None:
        """Join or part the items of the products whose names changed."""
        for name in before:
            self._identities.pop(name, None)
        self._aliases.clear()
        self._named.clear()
        self._packings.clear()
        changed = {name for name, identity in before.items() if self.identity(name) != identity}
        if not changed:
            return
        own = {record.seq for record in records}
        touched.events |= {s for name in before for s in self._claims[name] if s not in own}
        family = [self._spoken.get(s.key) or s for s in self._tables.spoken_of(changed)]
        homes = {spoken.home for spoken in family}
        family += [
            s for s in self.changes.spoken.values() if s.product in changed and s.home not in homes
        ]
        groups: defaultdict[str, list[Spoken]] = defaultdict(list)
        for spoken in family:
            groups[self._item_row(spoken).key].append(spoken)
        rows: dict[int, ItemRow | None] = {spoken.item: None for spoken in family}
        moved = []
        for group in groups.values():
            item = min(spoken.home for spoken in group)
            first = min(group, key=lambda spoken: spoken.home)
            rows[item] = self._item_row(first)._replace(no=item)
            moved += [spoken._replace(item=item) for spoken in group if spoken.item != item]
        touched.events |= {row.seq for row in self._lines_of({s.item for s in family}, lots=True)}
        for spoken in moved:
            self._spoken[spoken.key] = spoken
            if spoken.home in self.changes.spoken:
                self.changes.spoken[spoken.home] = spoken
            else:
                self.changes.moved[spoken.home] = spoken.item
        self._load_items(rows)
        for item in sorted(rows):
            self._set_item(item, rows[item], seq)

    # -- lines -----------------------------------------------------------------------------

    def _users_of(self, packing: Fact) -> set[int]:
        """The events that named a container at or after the instant of a packing record."""
        assert packing.container is not None  # asked of packing records only
        item = self.item(packing.container.key)
        return {
            row.seq
            for row in self._lines_of({item})
            if row.role != "container" and row.at >= packing.end.micros
        }

    def _lines_of(self, items: Collection[int], *, lots: bool = False) -> list[LineRow]:
        """The standing lines of items (with `lots`, and those that name them as a lot)."""
        self._load_item_lines(items)
        found = {row for item in items for row in self._item_lines[item]}
        if lots and items:
            gone = self.changes.lines.closed
            stored = self._tables.lines_of_items(items, lots=True)
            found |= {row for row, rec in stored if (row, rec) not in gone}
            found |= {row for item in items for row in self._fresh_lots[item]}
        return list(found)

    def _reproject(self, seq: int, touched: _Touched) -> None:
        """Project the touched events again, and touch those that look into what changed.

        Packing records go first; where one changed, the events that named its container are
        touched in turn. What a container holds follows from packing records alone, so this ends.
        """
        seqs, touched.events = touched.events, set()
        self._load_facts(seqs)
        self._load_own_lines(seqs)
        self._load_anomalies(seqs, ())
        facts = [self._facts[number] for number in seqs]
        self._load_contents(self._load_names(facts))
        for given in sorted(facts, key=lambda f: (f.container is None, f.seq)):
            if self._project_again(given, seq, touched) and given.container is not None:
                touched.events |= self._users_of(given)

    def _project_again(self, given: Fact, seq: int, touched: _Touched) -> bool:
        """Replace the rows of an event by those it has now; whether its lines changed."""
        if given.void == STANDS:
            lines, anomalies = project(given, self)
        elif given.seq == seq:
            # Void on arrival: its lines never stand, but the history of an item shows them.
            dead = project(given, self).lines
            self.changes.lines.opened.update(((row, seq), seq) for row in dead)
            return False
        else:
            lines, anomalies = Projected([], [])
        self._replace_anomalies((given.seq, 0), anomalies, seq)
        return self._replace_lines(given, lines, seq, touched)

    def _replace_lines(self, fact: Fact, lines: list[LineRow], seq: int, touched: _Touched) -> bool:
        """Make `lines` those of an event; whether any changed."""
        own = self._own_lines[fact.seq]
        new = dict.fromkeys(lines)
        gone = [row for row in own if row not in new]
        come = [row for row in new if row not in own] if own else new
        for row in gone:
            self.changes.lines.close(row, own.pop(row), seq)
            self._lines_at(row.item).pop(row, None)
            self._fresh_lots[row.lot].pop(row, None)
            self._count(fact, row, -1, touched)
        for row in come:
            rec = own[row] = self.changes.lines.open(row, seq)
            self._lines_at(row.item)[row] = rec
            if row.lot:
                self._fresh_lots[row.lot][row] = rec
            self._count(fact, row, +1, touched)
        return bool(gone or come)

    def _lines_at(self, item: int) -> dict[LineRow, int]:
        """The standing lines of an item; of one whose lines are not loaded, the batch's own."""
        loaded = self._item_lines.get(item)
        return self._fresh_lines[item] if loaded is None else loaded

    def _count(self, fact: Fact, row: LineRow, sign: int, touched: _Touched) -> None:
        for item in (row.item, row.lot) if row.lot else (row.item,):
            state = self._state(item)
            if tally(state, row, fact, sign):
                self.changes.states[item] = state
                touched.items.add(item)
        if row.lot or (row.flow and self._state(row.item).lots):
            touched.serials.add(row.item)

    def _replace_anomalies(
        self, owner: tuple[int, int], rows: Collection[AnomalyRow], seq: int
    ) -> None:
        standing = self._anomalies[owner]
        if not standing and not rows:
            return
        new = set(rows)
        for row in [row for row in standing if row not in new]:
            self.changes.anomalies.close(row, standing.pop(row), seq)
        for row in new - standing.keys():
            standing[row] = self.changes.anomalies.open(row, seq)

    # -- items -----------------------------------------------------------------------------

    def _join_serials(self, seq: int, touched: _Touched) -> set[int]:
        """Set which lots the touched serials are of; the lots that gained or lost all serials."""
        self._load_item_lines(touched.serials)
        self._load_comprises(touched.serials)
        self._load_events(
            {r.seq for no in touched.serials for r in self._item_lines[no] if r.lot or r.flow}
        )
        had: dict[int, bool] = {}
        for serial in sorted(touched.serials):
            standing = self._comprises[serial]
            new = dict.fromkeys(comprises(serial, self._item_lines[serial], self))
            for row in [row for row in standing if row not in new]:
                self.changes.comprises.close(row, standing.pop(row), seq)
                self._count_join(row, -1, had, touched)
            for row in new:
                if row not in standing:
                    standing[row] = self.changes.comprises.open(row, seq)
                    self._count_join(row, +1, had, touched)
        return {lot for lot, before in had.items() if self.has_serials(lot) != before}

    def _count_join(
        self, row: ComprisesRow, sign: int, had: dict[int, bool], touched: _Touched
    ) -> None:
        self._load_items((row.lot, row.serial))
        had.setdefault(row.lot, self.has_serials(row.lot))
        self._states[row.lot].serials += sign
        self._states[row.serial].lots += sign
        for item in (row.lot, row.serial):
            self.changes.states[item] = self._states[item]
            touched.items.add(item)

    def _flag_items(self, seq: int, touched: _Touched) -> None:
        self._load_items(touched.items)
        self._load_anomalies((), touched.items)
        for item in sorted(touched.items):
            entry = self._items[item]
            rows = [] if entry is None else item_anomalies(self._states[item], self.kind(item))
            self._replace_anomalies((0, item), rows, seq)
