"""Context: what an append knows of the projection, loaded in bulk and kept in memory.

A `Context` is the `View` of the projector. It reads the engine's rows once each, and shows what
the batch has changed of them so far.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import orjson

from tracegraph.identify.naming import Name
from tracegraph.model.key import KIND_OF, Kind
from tracegraph.model.parse import parse_event
from tracegraph.store.projection.contents import Packing
from tracegraph.store.projection.facts import (
    Fact,
    Order,
    claims,
    fact,
    references,
    run_key,
)
from tracegraph.store.projection.identity import (
    Identity,
    identify_product,
    names_of,
    unrecorded,
)
from tracegraph.store.projection.projector import (
    line_contents,
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

# Packing records are read from the latest back, so many at a time, until one that empties.
_RECENT = 16


class Context:
    """The rows that a batch needs, as they stand after the events appended so far."""

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
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._named: set[int] = set()  # the events whose names are loaded, with all aliases
        self._packings: dict[int, Packing] = {}
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
        self._load_identities({claim.name for f in facts for claim in claims(f)})
        known = self._load_names(facts)
        self._load_contents(known)
        self._load_runs({key for f in facts if (key := run_key(f.event))})
        self._load_item_lines({no for no in known if self._lines_matter(no)})
        self._load_comprises(known)
        self._load_anomalies((), known)
        seqs = {line.seq for no in known for line in self._item_lines.get(no, ()) if line.lot}
        self._load_events(seqs)

    def _load_names(self, facts: Sequence[Fact]) -> set[int]:
        """Load the names that facts speak, under whatever they were met, and their items."""
        keys = {name.key for f in facts for name in f.names}
        if new := [f for f in facts if f.seq not in self._named]:
            names = {name.key: name for f in new for name in f.names}
            self._load_identities({name.product for name in names.values() if name.product})
            keys.update(key for name in names.values() for key in self._keys(name))
            self._load_spoken(keys)
            self._named.update(f.seq for f in new)
        items = {spoken.item for key in keys if (spoken := self._spoken[key]) is not None}
        self._load_items(items)
        return items

    def _load_contents(self, items: Collection[int]) -> None:
        """Load the packing records of items that hold others, and of what they hold, to the end."""
        done: set[int] = set()
        holders = {no for no in items if self._states[no].packings}
        while holders:
            self._load_item_lines(holders)
            seqs = {seq for no in holders for seq in self._packing_seqs(no)[-_RECENT:]}
            self._load_facts(seqs)
            inside = self._load_names([self._facts[seq] for seq in seqs])
            done |= holders
            holders = {no for no in inside if self._states[no].packings} - done

    def _packing_seqs(self, container: int) -> list[int]:
        """Seqs of the packing records of a container, by when they occurred."""
        lines = [row for row in self._item_lines[container] if row.role == "container"]
        return [row.seq for row in sorted(lines, key=lambda row: row.at)]

    def _lines_matter(self, item: int) -> bool:
        state = self._states[item]
        return state.packings > 0 or self.kind(item) is not Kind.LOT

    def _load_seqs(self, ids: Collection[tuple[str, str]]) -> None:
        if missing := [key for key in ids if key not in self._seqs]:
            found = self._tables.seqs(missing)
            self._seqs.update((key, found.get(key)) for key in missing)

    def _load_references(self, ids: Collection[tuple[str, str]]) -> None:
        if missing := [key for key in ids if key not in self._references]:
            found = self._tables.references(missing)
            self._references.update((key, list(found.get(key, ()))) for key in missing)

    def _load_spoken(self, keys: Collection[str]) -> None:
        if missing := [key for key in keys if key not in self._spoken]:
            found = self._tables.spoken(missing)
            self._spoken.update((key, found.get(key)) for key in missing)

    def _load_runs(self, keys: Collection[str]) -> None:
        if missing := [key for key in keys if key not in self._runs]:
            found = self._tables.runs(missing)
            self._runs.update((key, found.get(key)) for key in missing)

    def _load_items(self, numbers: Collection[int]) -> None:
        if missing := [no for no in numbers if no not in self._items]:
            rows, states = self._tables.items(missing), self._tables.states(missing)
            for no in missing:
                self._items[no] = rows.get(no)
                self._states[no] = states.get(no) or ItemState(no)

    def _load_facts(self, seqs: Iterable[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._facts]
        if not missing:
            return
        for seq, (event, body) in self._tables.stored(missing).items():
            parsed = parse_event(orjson.loads(body), source=event.source)
            void = self.changes.voided.get(seq, event.void)
            self._facts[seq] = fact(seq, parsed, void)
            self._events.setdefault(seq, event)
            self._hubs[seq] = event.hub

    def _load_events(self, seqs: Iterable[int]) -> None:
        if missing := [seq for seq in seqs if seq not in self._events]:
            self._events.update(self._tables.event_rows(missing))

    def _load_own_lines(self, seqs: Collection[int]) -> None:
        missing = [seq for seq in seqs if seq not in self._own_lines]
        if not missing:
            return
        self._own_lines.update((seq, {}) for seq in missing)
        for row, rec in self._tables.lines_of_events(missing):
            if (row, rec) not in self.changes.lines.closed:
                self._own_lines[row.seq][row] = rec

    def _load_item_lines(self, items: Collection[int]) -> None:
        missing = [no for no in items if no not in self._item_lines]
        if not missing:
            return
        self._item_lines.update((no, self._fresh_lines.pop(no, {})) for no in missing)
        for row, rec in self._tables.lines_of_items(missing, lots=False):
            if (row, rec) not in self.changes.lines.closed:
                self._item_lines[row.item][row] = rec

    def _load_comprises(self, serials: Collection[int]) -> None:
        missing = [no for no in serials if no not in self._comprises]
        if not missing:
            return
        self._comprises.update((no, {}) for no in missing)
        for row, rec in self._tables.comprises_of(missing):
            self._comprises[row.serial][row] = rec

    def _load_anomalies(self, seqs: Collection[int], items: Collection[int]) -> None:
        own = [seq for seq in seqs if (seq, 0) not in self._anomalies]
        of_items = [no for no in items if (0, no) not in self._anomalies]
        if not own and not of_items:
            return
        self._anomalies.update(((seq, 0), {}) for seq in own)
        self._anomalies.update(((0, no), {}) for no in of_items)
        for row, rec in self._tables.anomalies_of(own, of_items):
            self._anomalies[(row.seq, row.item)][row] = rec

    def _load_identities(self, names: Collection[str]) -> None:
        """Load the product records that claim `names`, and the names these claim, to the end."""
        wanted = set(names)
        while missing := [name for name in wanted if name not in self._claims]:
            found = self._tables.claims(missing)
            self._claims.update((name, list(found.get(name, ()))) for name in missing)
            seqs = {seq for name in missing for seq in self._claims[name]}
            self._load_facts(seqs)
            wanted = {
                claim.name
                for seq in seqs
                for claim in claims(self._facts[seq])
                if claim.kind == "name"
            }

    # -- the view of the projector ---------------------------------------------------------

    def item(self, key: str) -> int:
        """The item that a name now is."""
        spoken = self._spoken.get(key)
        if spoken is None:
            self._load_spoken((key,))
            spoken = self._spoken[key]
        assert spoken is not None  # names are admitted before their event is projected
        return spoken.item

    def kind(self, item: int) -> Kind:
        """What an item is."""
        return KIND_OF[self._standing(item).kind]

    def key(self, item: int) -> str:
        """What an item is called."""
        return self._standing(item).key

    def _standing(self, item: int) -> ItemRow:
        if item not in self._items:
            self._load_items((item,))
        entry = self._items[item]
        assert entry is not None  # an item that a name points at stands
        return entry[0]

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
        return self._state(lot).serials > 0

    def holds(self, item: int) -> bool:
        """Whether anything was ever packed into an item."""
        return self._state(item).packings > 0

    def _state(self, item: int) -> ItemState:
        if item not in self._states:
            self._load_items((item,))
        return self._states[item]

    def packings(self, container: int, before: Order) -> Sequence[Packing]:
        """The packing records of a container before `before`, from the last that emptied it."""
        if not self.holds(container):
            return ()
        self._load_item_lines((container,))
        times = {row.seq: row.at for row in self._item_lines[container]}
        seqs = [s for s in self._packing_seqs(container) if times[s] <= before.end.micros]
        found: list[Packing] = []
        while seqs and not any(packing.empties for packing in found):
            first = max(len(seqs) - _RECENT, 0)
            while first and times[seqs[first - 1]] == times[seqs[first]]:
                first -= 1  # what is of one instant stays together, for the order within it
            seqs, recent = seqs[:first], seqs[first:]
            self._load_facts(recent)
            self._load_names([self._facts[seq] for seq in recent])
            for seq in recent:
                packing = self._facts[seq]
                if packing.order("container") < before:
                    found.append(self._packing(packing))
        return sorted(found, key=lambda packing: packing.fact.order("container"))

    def _packing(self, fact: Fact) -> Packing:
        if fact.seq not in self._packings:
            self._packings[fact.seq] = Packing(fact, line_contents(fact, self))
        return self._packings[fact.seq]

    def hub(self, fact: Fact) -> int:
        """The genealogy node of an event."""
        return self._hubs[fact.seq]

    def seq_of(self, source: str, id: str) -> int | None:
        """The seq of an event, None where it has not arrived."""
        self._load_seqs(((source, id),))
        return self._seqs[(source, id)]

    def event(self, seq: int) -> EventRow:
        """An event that is in the journal."""
        if seq not in self._events:
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
        if name.key not in self._aliases:
            identity = self.identity(name.product) if name.product else unrecorded("")
            self._aliases[name.key] = names_of(name, identity)
        return self._aliases[name.key]
