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
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import orjson

from tracegraph.identify.naming import Name
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.store.projection.contents import Packing
from tracegraph.store.projection.facts import Fact, Order, claims, fact, mentions, references, run_key
from tracegraph.store.projection.identity import (
    Identity,
    identify_product,
    key_of,
    names_of,
    unrecorded,
)
from tracegraph.store.projection.projector import (
    comprises,
    item_anomalies,
    line_contents,
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
from tracegraph.store.projection.tables import Changes, Tables


@dataclass(slots=True)
class _Touched:
    """What one append has changed so far: events to project again, items to look at again."""

    events: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    serials: set[int] = field(default_factory=set)


class Projection:
    """The projection while a batch is appended. Not for reading: engines read their own rows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.changes = Changes(counters=tables.counters())
        self._facts: dict[int, Fact] = {}
        self._events: dict[int, EventRow] = {}
        self._seqs: dict[tuple[str, str], int | None] = {}
        self._references: dict[tuple[str, str], list[Reference]] = {}
        self._spoken: dict[str, Spoken | None] = {}
        self._items: dict[int, tuple[ItemRow, int] | None] = {}
        self._states: dict[int, ItemState] = {}
        self._claims: dict[str, list[int]] = {}
        self._identities: dict[str, Identity] = {}
        self._runs: dict[str, int | None] = {}
        self._hubs: dict[int, int] = {}
        self._own_lines: dict[int, dict[LineRow, int]] = {}
        self._item_lines: dict[int, dict[LineRow, int]] = {}
        self._fresh_lines: defaultdict[int, dict[LineRow, int]] = defaultdict(dict)
        self._fresh_lots: defaultdict[int, dict[LineRow, int]] = defaultdict(dict)
        self._comprises: dict[int, dict[ComprisesRow, int]] = {}
        self._anomalies: dict[tuple[int, int], dict[AnomalyRow, int]] = {}

    # -- loading ---------------------------------------------------------------------------

    def prefetch(self, facts: Sequence[Fact]) -> None:
        """Load in bulk what appending `facts` needs when nothing in them is late."""
        own = {(f.event.source, f.event.id) for f in facts}
        targets = {(r.source, r.id) for f in facts for r in references(f)}
        self._load_seqs(own | targets)
        self._load_references(own | targets)
        names = {name.key: name for f in facts for name in f.names()}
        products = {name.product for name in names.values() if name.product}
        self._load_identities(products | {claim.name for f in facts for claim in claims(f)})
        self._load_spoken({k for name in names.values() for k in self._keys(name)})
        self._load_runs({key for f in facts if (key := run_key(f.event))})
        known = {s.item for key in names if (s := self._spoken.get(key)) is not None}
        known |= {s.item for n in names.values() for k in self._keys(n) if (s := self._spoken.get(k))}
        self._load_items(known)
        self._load_item_lines({no for no in known if self._lines_matter(no)})
        self._load_comprises(known)
        self._load_anomalies((), known)
        seqs = {line.seq for no in known for line in self._item_lines.get(no, ()) if line.lot}
        self._load_events(seqs)

    def _lines_matter(self, item: int) -> bool:
        state = self._states[item]
        return state.packings > 0 or self.kind(item) is not Kind.LOT

    def _load_seqs(self, ids: Collection[tuple[str, str]]) -> None:
        missing = [key for key in ids if key not in self._seqs]
        found = self._tables.seqs(missing) if missing else {}
        self._seqs.update((key, found.get(key)) for key in missing)

    def _load_references(self, ids: Collection[tuple[str, str]]) -> None:
        missing = [key for key in ids if key not in self._references]
        found = self._tables.references(missing) if missing else {}
        self._references.update((key, list(found.get(key, ()))) for key in missing)

    def _load_spoken(self, keys: Collection[str]) -> None:
        missing = [key for key in keys if key not in self._spoken]
        found = self._tables.spoken(missing) if missing else {}
        self._spoken.update((key, found.get(key)) for key in missing)

    def _load_runs(self, keys: Collection[str]) -> None:
        missing = [key for key in keys if key not in self._runs]
        found = self._tables.runs(missing) if missing else {}
        self._runs.update((key, found.get(key)) for key in missing)

    def _load_items(self, numbers: Collection[int]) -> None:
        missing = [no for no in numbers if no not in self._items]
        if missing:
            rows, states = self._tables.items(missing), self._tables.states(missing)
            for no in missing:
                self._items[no] = rows.get(no)
                self._states[no] = states.get(no) or ItemState(no)

    def _load_facts(self, seqs: Iterable[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._facts]
        for seq, (event, body) in (self._tables.stored(missing) if missing else {}).items():
            parsed = parse_event(orjson.loads(body), source=event.source)
            void = self.changes.voided.get(seq, event.void)
            self._facts[seq] = fact(seq, parsed, void)
            self._events.setdefault(seq, event)
            self._hubs[seq] = event.hub

    def _load_events(self, seqs: Iterable[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._events]
        self._events.update(self._tables.event_rows(missing) if missing else {})

    def _load_own_lines(self, seqs: Collection[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._own_lines]
        self._own_lines.update((seq, {}) for seq in missing)
        for row, rec in self._tables.lines_of_events(missing) if missing else ():
            if (row, rec) not in self.changes.lines.closed:
                self._own_lines[row.seq][row] = rec

    def _load_item_lines(self, items: Collection[int]) -> None:
        missing = [no for no in items if no not in self._item_lines]
        self._item_lines.update((no, dict(self._fresh_lines[no])) for no in missing)
        for row, rec in self._tables.lines_of_items(missing, lots=False) if missing else ():
            if (row, rec) not in self.changes.lines.closed:
                self._item_lines[row.item][row] = rec

    def _load_comprises(self, serials: Collection[int]) -> None:
        missing = [no for no in serials if no not in self._comprises]
        self._comprises.update((no, {}) for no in missing)
        for row, rec in self._tables.comprises_of(missing) if missing else ():
            self._comprises[row.serial][row] = rec

    def _load_anomalies(self, seqs: Collection[int], items: Collection[int]) -> None:
        own = [seq for seq in seqs if (seq, 0) not in self._anomalies]
        of_items = [no for no in items if (0, no) not in self._anomalies]
        self._anomalies.update(((seq, 0), {}) for seq in own)
        self._anomalies.update(((0, no), {}) for no in of_items)
        for row, rec in self._tables.anomalies_of(own, of_items) if own or of_items else ():
            self._anomalies[(row.seq, row.item)][row] = rec

    def _load_identities(self, names: Collection[str]) -> None:
        """Load the product records that claim `names`, and the names these claim, to the end."""
        wanted = set(names)
        while missing := [name for name in wanted if name not in self._claims]:
            found = self._tables.claims(missing)
            self._claims.update((name, list(found.get(name, ()))) for name in missing)
            seqs = {seq for name in missing for seq in self._claims[name]}
            self._load_facts(seqs)
            wanted = {claim.name for seq in seqs for claim in claims(self._facts[seq]) if claim.kind == "name"}

    # -- the view of the projector ---------------------------------------------------------

    def item(self, key: str) -> int:
        """The item that a name now is."""
        if key not in self._spoken:
            self._load_spoken((key,))
        spoken = self._spoken[key]
        assert spoken is not None  # names are admitted before their event is projected
        return spoken.item

    def kind(self, item: int) -> Kind:
        """What an item is."""
        self._load_items((item,))
        entry = self._items[item]
        assert entry is not None  # an item that a name points at stands
        return Kind(entry[0].kind)

    def identity(self, product: str) -> Identity:
        """The product that a name names, by the records that stand."""
        if product not in self._identities:
            self._load_identities((product,))
            records = self._component(product)
            found = identify_product(records) if records else unrecorded(product)
            for name in found.names | {product}:
                self._identities[name] = found
        return self._identities[product]

    def has_serials(self, lot: int) -> bool:
        """Whether any serial is of this lot."""
        self._load_items((lot,))
        return self._states[lot].serials > 0

    def packings(self, container: int, before: Order) -> Sequence[Packing]:
        """The packing records of a container before `before`, from the last that emptied it."""
        self._load_items((container,))
        if not self._states[container].packings:
            return ()
        self._load_item_lines((container,))
        seqs = [
            line.seq
            for line in sorted(self._item_lines[container], key=lambda line: line.at)
            if line.role == "container" and line.at <= before.end.micros
        ]
        found: list[Packing] = []
        while seqs and not any(packing.empties for packing in found):
            seqs, recent = seqs[:-16], seqs[-16:]
            self._load_facts(recent)
            for seq in recent:
                packing = self._facts[seq]
                if packing.order("container") < before:
                    found.append(Packing(packing, line_contents(packing, self)))
        return sorted(found, key=lambda packing: packing.fact.order("container"))

    def hub(self, fact: Fact) -> int:
        """The genealogy node of an event."""
        return self._hubs[fact.seq]

    def seq_of(self, source: str, id: str) -> int | None:
        """The seq of an event, None where it has not arrived."""
        self._load_seqs(((source, id),))
        return self._seqs[(source, id)]

    def event(self, seq: int) -> EventRow:
        """An event that is in the journal."""
        self._load_events((seq,))
        return self._events[seq]

    def _component(self, product: str) -> list[Fact]:
        """The standing product records joined to a name by the names they claim."""
        names, records = {product}, dict[int, Fact]()
        waiting = [product]
        while waiting:
            name = waiting.pop()
            self._load_identities((name,))
            for seq in self._claims[name]:
                record = self._facts[seq]
                if record.void == STANDS and seq not in records:
                    records[seq] = record
                    more = {c.name for c in claims(record) if c.kind == "name"} - names
                    names |= more
                    waiting += more
        return list(records.values())

    def _keys(self, name: Name) -> tuple[str, ...]:
        identity = self.identity(name.product) if name.product else unrecorded("")
        return names_of(name, identity)

    # -- appending -------------------------------------------------------------------------

    def append(self, new: Fact) -> None:
        """Project one more event of the journal, and again every event whose context it changes."""
        seq, touched = new.seq, _Touched()
        self._load_seqs([(r.source, r.id) for r in references(new)])
        target = self._target(new)
        primary = [new] if target is None else [new, target]
        records = [changed for changed in primary if changed.event.type == "product"]
        before = self._identities_of(records)
        self._admit(new, touched)
        if target is not None:
            self._void(target, seq)
        self._rename(before, records, seq, touched)
        self._reproject(primary, seq, touched)
        for changed in primary:
            if changed.container is not None:
                touched.events |= self._users_of(changed)
        touched.events |= {r.seq for r in self._references[(new.event.source, new.event.id)]}
        self._reproject_touched(primary, seq, touched)
        flipped = self._join_serials(seq, touched)
        touched.events = {row.seq for row in self._lines_of(flipped) if row.flow and not row.lot}
        self._reproject_touched([], seq, touched)
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
        self._events[target.seq] = self.event(target.seq)._replace(void=seq)
        self.changes.voided[target.seq] = seq

    def _admit(self, new: Fact, touched: _Touched) -> None:
        """Enter an event, its names, its references and its claims."""
        seq, event = new.seq, new.event
        key = (event.source, event.id)
        own = references(new)
        self._load_references([key, *((r.source, r.id) for r in own)])
        self._seqs[key] = seq
        if event.type != "void" and any(r.kind == "void" for r in self._references[key]):
            new.void = seq
        for reference in own:
            self._references[(reference.source, reference.id)].append(reference)
        self._facts[seq] = new
        self._hubs[seq] = self._enter_run(new)
        row = EventRow(
            seq, event.source, event.id, event.type, new.start, new.end, self._hubs[seq], new.void
        )
        self._events[seq] = row
        self._own_lines[seq] = {}
        self._anomalies[(seq, 0)] = {}
        entered = claims(new)
        for claim in entered:
            if claim.kind == "name":
                self._claims[claim.name].append(seq)
        for name in new.names():
            self._speak(name, seq, touched)
        self.changes.events.append(row)
        self.changes.mentions += mentions(new)
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
                touched.events |= {row.seq for row in self._lines_of({item})}

    def _item_row(self, spoken: Spoken) -> ItemRow:
        identity = self.identity(spoken.product) if spoken.product else unrecorded("")
        kind = Kind(spoken.kind)
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
        if row is not None:
            self.changes.items.open(row, seq)
        self._items[item] = None if row is None else (row, seq)
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
        changed = {name for name, identity in before.items() if self.identity(name) != identity}
        if not changed:
            return
        own = {record.seq for record in records}
        touched.events |= {s for name in before for s in self._claims[name] if s not in own}
        family = [self._spoken.get(s.key) or s for s in self._tables.spoken_of(changed)]
        homes = {spoken.home for spoken in family}
        family += [s for s in self.changes.spoken.values() if s.product in changed and s.home not in homes]
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
        """The standing lines of items, those of this batch included."""
        if not items:
            return []
        gone = self.changes.lines.closed
        found = {
            row: rec
            for row, rec in self._tables.lines_of_items(items, lots=lots)
            if (row, rec) not in gone
        }
        for item in items:
            found.update(self._fresh_lines[item])
            if lots:
                found.update(self._fresh_lots[item])
        return list(found)

    def _reproject_touched(self, done: list[Fact], seq: int, touched: _Touched) -> None:
        """Project the touched events again; packing records first, as others look into them."""
        touched.events -= {fact.seq for fact in done}
        self._load_facts(touched.events)
        self._load_own_lines(touched.events)
        facts = [self._facts[number] for number in sorted(touched.events)]
        standing = [fact for fact in facts if fact.void == STANDS]
        standing.sort(key=lambda fact: fact.container is None)
        self._reproject(standing, seq, touched)
        touched.events = set()

    def _reproject(self, facts: Sequence[Fact], seq: int, touched: _Touched) -> None:
        seqs = [fact.seq for fact in facts]
        self._load_own_lines(seqs)
        self._load_anomalies(seqs, ())
        for fact in facts:
            stands = fact.void == STANDS
            if not stands and fact.seq != seq:
                lines, anomalies = [], []
            else:
                lines, anomalies = project(fact, self)
            if stands or fact.seq != seq:
                self._replace_lines(fact, lines, seq, touched)
                self._replace_anomalies((fact.seq, 0), anomalies, seq)
            else:
                # Void on arrival: its lines never stand, but the history of an item shows them.
                self.changes.lines.opened.update(((row, seq), seq) for row in lines)

    def _replace_lines(
        self, fact: Fact, lines: list[LineRow], seq: int, touched: _Touched
    ) -> None:
        own = self._own_lines[fact.seq]
        new = dict.fromkeys(lines)
        for row in [row for row in own if row not in new]:
            rec = own.pop(row)
            self.changes.lines.close(row, rec, seq)
            self._fresh_lines[row.item].pop(row, None)
            self._fresh_lots[row.lot].pop(row, None)
            self._item_lines.get(row.item, {}).pop(row, None)
            self._count(fact, row, -1, touched)
        for row in new:
            if row not in own:
                own[row] = seq
                self.changes.lines.open(row, seq)
                self._fresh_lines[row.item][row] = seq
                self._fresh_lots[row.lot][row] = seq
                if row.item in self._item_lines:
                    self._item_lines[row.item][row] = seq
                self._count(fact, row, +1, touched)

    def _count(self, fact: Fact, row: LineRow, sign: int, touched: _Touched) -> None:
        items = (row.item, row.lot) if row.lot else (row.item,)
        self._load_items(items)
        for item in items:
            state = self._states[item]
            tally(state, row, fact, sign)
            self.changes.states[item] = state
            touched.items.add(item)
        if row.lot:
            touched.serials.add(row.item)

    def _replace_anomalies(
        self, owner: tuple[int, int], rows: Iterable[AnomalyRow], seq: int
    ) -> None:
        standing, new = self._anomalies[owner], set(rows)
        for row in [row for row in standing if row not in new]:
            self.changes.anomalies.close(row, standing.pop(row), seq)
        for row in new - standing.keys():
            standing[row] = seq
            self.changes.anomalies.open(row, seq)

    # -- items -----------------------------------------------------------------------------

    def _join_serials(self, seq: int, touched: _Touched) -> set[int]:
        """Set which lots the touched serials are of; the lots that gained or lost all serials."""
        self._load_item_lines(touched.serials)
        self._load_comprises(touched.serials)
        self._load_events(
            {row.seq for no in touched.serials for row in self._item_lines[no] if row.lot}
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
                    standing[row] = seq
                    self.changes.comprises.open(row, seq)
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
            rows = [] if entry is None else item_anomalies(self._states[item], Kind(entry[0].kind))
            self._replace_anomalies((0, item), rows, seq)
