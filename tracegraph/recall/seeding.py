"""Seeding: from what a scope is asked about to units of items, and back out of the excluded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.amount import Scale, Scales
from tracegraph.recall.ledger import Journal, at_place, journal
from tracegraph.recall.master import Master
from tracegraph.recall.material import Happening, Line, Material, add_events, load
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.store.port import Entry, GraphStore, Search
from tracegraph.store.projection.rows import Flow, ItemRow
from tracegraph.trace.answer import UnknownItem, event_key
from tracegraph.trace.instants import read_instant
from tracegraph.trace.lookup import only, require_known, resolve
from tracegraph.trace.seeds import named_event

_PAGE = 5000


class Sown(NamedTuple):
    """Units of an item that are a seed.

    Without `seq` and `since`: all of it. With `seq`: what that event gave of it (`gave`), or had
    of it from then on. `quantity` is in base units; None is all, or with `part` some. `listed` are
    the amounts and units that records name together, to be said in base units (Seeds.measured).
    """

    item: int
    seq: int | None = None
    gave: bool = False
    quantity: int | None = None
    since: Instant | None = None
    sure: Instant | None = None
    part: bool = False
    listed: tuple[tuple[int | None, str | None], ...] = ()

    def measured(self, scale: Scale) -> Sown:
        """The same in base units of its item; what cannot be said exactly is some of it."""
        if not self.listed:
            return self
        total = 0
        for quantity, unit in self.listed:
            amount = scale.base(quantity, unit)
            if amount is None:
                return self._replace(quantity=None, part=True, listed=())
            total += abs(amount)  # of an adjustment downwards these units are meant, too
        return self._replace(quantity=total, listed=())


@dataclass(slots=True)
class Seeds:
    """What a query's seeds came to: each with the indexes of the seeds that named it.

    `excluded` are the items that an exclusion took out altogether; `late` the keys of items that
    had not been met at the cut, `voided` those of seed events that are void.
    """

    sown: dict[Sown, list[int]] = field(default_factory=dict)
    excluded: dict[int, ItemRow] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)

    @property
    def items(self) -> list[int]:
        """The numbers of all seed items."""
        return sorted({sown.item for sown in self.sown})

    def measured(self, scales: Scales) -> Seeds:
        """The same, each amount in base units of its item by the scales of a whole case."""
        found: dict[Sown, list[int]] = {}
        for sown, places in self.sown.items():
            found.setdefault(sown.measured(scales[sown.item]), []).extend(places)
        said = {sown: sorted(set(places)) for sown, places in found.items()}
        return replace(self, sown=said)


def seeds(
    store: GraphStore, query: ScopeQuery, master: Master, *, known: int, as_of: Instant | None
) -> Seeds:
    """The units that a query's seeds stand for, without those it excludes.

    Raises UnknownItem, UnknownEvent, AmbiguousItem and Refused, each with the seed's pointer.
    """
    sower = _Sower(store, master, known, as_of)
    found = Seeds()
    for place, seed in enumerate(query.seeds):
        for sown in sower.sow(seed, f"/seeds/{place}", found.late):
            found.sown.setdefault(sown, []).append(place)
    found.voided += sower.voided
    for place, seed in enumerate(query.exclude):
        _take_out(found, list(sower.sow(seed, f"/exclude/{place}", [])), store, known)
    return found


def _take_out(found: Seeds, out: list[Sown], store: GraphStore, known: int) -> None:
    whole = {sown.item for sown in out if sown.seq is None}
    events = {(sown.item, sown.seq) for sown in out if sown.seq is not None}
    _split(found, {sown.item: None for sown in out if sown.gave}, store, known)
    gone = [s for s in found.sown if s.item in whole or (s.item, s.seq) in events]
    for sown in gone:
        del found.sown[sown]
    left = {sown.item for sown in found.sown}
    numbers = {sown.item for sown in gone} - left
    found.excluded.update(store.items(numbers, known))


def _split(found: Seeds, items: Iterable[int], store: GraphStore, known: int) -> None:
    """Name the inflows of whole items of which some is excluded, that the rest may stay."""
    for item in items:
        places = found.sown.get(Sown(item))
        if places is None:
            continue
        events, lines = store.lines_of_items([item], known=known, as_of=None)
        received = {
            s for s, type_ in zip(events.seq, events.type, strict=True) if type_ == "receipt"
        }
        came = {
            seq
            for seq, flow in zip(lines.seq, lines.flow, strict=True)
            if flow == Flow.OUT or seq in received
        }
        del found.sown[Sown(item)]
        for seq in sorted(came):
            found.sown.setdefault(Sown(item, seq, gave=True), []).extend(places)


class _Sower:
    def __init__(
        self, store: GraphStore, master: Master, known: int, as_of: Instant | None
    ) -> None:
        self._store = store
        self._master = master
        self._known = known
        self._as_of = as_of
        self.voided: list[str] = []
        self._ways: dict[str, Callable[[ScopeSeed, str], Iterable[Sown]]] = {
            "product": self._product,
            "supplier": self._supplier,
            "event": self._event,
            "equipment": self._equipment,
            "place": self._place,
            "instrument": self._instrument,
            "inspection": self._inspection,
            "certificate": self._certificate,
            "order": self._order,
        }

    def sow(self, seed: ScopeSeed, pointer: str, late: list[str]) -> Iterable[Sown]:
        """The units one seed stands for."""
        if seed.kind == "item":
            return self._item(seed, late)
        way = self._ways.get(seed.kind)
        if way is None:
            accepted = "item, " + ", ".join(self._ways)
            reason = f"{seed.kind!r} is no kind of seed."
            raise Refused((Refusal(f"{pointer}/kind", "seed_kind", reason, accepted),))
        return way(seed, pointer)

    # -- items

    def _item(self, seed: ScopeSeed, late: list[str]) -> Iterable[Sown]:
        store, known = self._store, self._known
        named = resolve(store, seed.key, known)
        if not named:
            late.append(require_known(store, seed.key))
            return []
        row = only(named, seed.key).row
        if row.kind == Kind.CONTAINER:
            return self._contents(row.no, set())
        if self._as_of is not None and not self._met(row.no):
            late.append(row.key)
            return []
        return [Sown(row.no)]

    def _met(self, item: int) -> bool:
        """Whether anything on an item had occurred by the cut, or nothing is on it at all."""
        events, _ = self._store.lines_of_items([item], known=self._known, as_of=None)
        return not events.end or any(self._before_cut(end) for end in events.end)

    def _before_cut(self, end: Instant) -> bool:
        return self._as_of is None or end <= self._as_of

    def _contents(self, container: int, around: set[int]) -> list[Sown]:
        """What a container held: the units packed into it, from then on, nested."""
        material = self._material({container})
        packings = [
            event for event in material.events.values()
            if event.type == "pack"
            and any(line.role == "container" for line in material.lines.get(event.seq, ()))
            and any(line.item == container for line in material.lines[event.seq])
        ]  # fmt: skip
        whole = self._material_of_events([event.seq for event in packings])
        found = [Sown(container)]
        for event in packings:
            inside: defaultdict[int, list[Line]] = defaultdict(list)
            for line in whole.lines.get(event.seq, ()):
                if line.role == "container" or line.via or line.item in around | {container}:
                    continue
                if whole.kind(line.item) is Kind.CONTAINER:
                    found += self._contents(line.item, around | {container})
                else:
                    inside[line.item].append(line)
            for item, lines in inside.items():
                listed = _listed(lines, whole.kind(item))
                found.append(Sown(item, event.seq, since=event.end, listed=listed))
        return found

    def _product(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        product = self._master.product(seed.key)
        rows = self._items_of(product)
        if not rows and not self._master.knows(product):
            raise UnknownItem(f"product {seed.key}")
        wanted = [row for row in rows if _in_range(row.number, seed.lot_from, seed.lot_to)]
        dates = _Dates.read(seed, pointer)
        if dates.given:
            material = self._material({row.no for row in wanted})
            life = Lifetimes(material)
            wanted = [row for row in wanted if dates.hold(life, row.no)]
            # Of a lot that only its serials tell of, those within are meant, or all of it.
            held = {row.no for row in wanted}
            wanted = [row for row in wanted if held.issuperset(life.by_serials(row.no))]
        return [Sown(row.no) for row in wanted]

    def _items_of(self, product: str) -> list[ItemRow]:
        found: list[ItemRow] = []
        after = 0
        while True:
            query = Search(product=product)
            page = self._store.search(query, known=self._known, after=after, limit=_PAGE)
            found += page
            if len(page) < _PAGE:
                return found
            after = page[-1].no

    # -- events

    def _entries(
        self, kind: str, key: str, seed: ScopeSeed, pointer: str, *, required: bool = True
    ) -> list[Entry]:
        seqs = self._store.mentioned(
            kind,
            key,
            known=self._known,
            since=read_instant(seed.since, f"{pointer}/since"[1:]),
            until=read_instant(seed.until, f"{pointer}/until"[1:]),
        )
        if not seqs and required:
            every = self._store.mentioned(kind, key, known=self._known, since=None, until=None)
            if not every:
                raise UnknownItem(f"{kind} {key}")
        return list(self._store.entries_by_seq(seqs, self._known).values())

    def _supplier(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        entries = self._entries("party", seed.key, seed, pointer)
        return self._of_events([e.seq for e in entries if e.type == "receipt"], whole=False)

    def _event(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        return self._of_events([entry.seq for entry in self._named(seed)], whole=False)

    def _named(self, seed: ScopeSeed) -> list[Entry]:
        """The event that a seed names; none if it is void."""
        entry = named_event(self._store, seed.key, self._known)
        if entry.void is not None and entry.void <= self._known:
            self.voided.append(event_key(entry.source, entry.id))
            return []
        return [entry]

    def _equipment(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        entries = self._entries("equipment", seed.key, seed, pointer)
        return self._of_events([e.seq for e in entries if e.type != "equipment"], whole=False)

    def _inspection(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        return self._of_events([entry.seq for entry in self._named(seed)], whole=True)

    def _certificate(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        numbered = [
            entry.seq
            for entry in self._store.of_types(("certificate",), known=self._known)
            if orjson.loads(entry.body).get("number") == seed.key
        ]
        found = numbered or [entry.seq for entry in self._named(seed)]
        return self._of_events(self._with_named(found), whole=True)

    def _with_named(self, seqs: Iterable[int]) -> list[int]:
        """Events that had occurred by the cut, with those that they name as what they are about."""
        found: set[int] = set()
        waiting = set(seqs)
        while waiting:
            entries = self._store.entries_by_seq(waiting, self._known)
            found |= waiting
            named: set[tuple[str, str]] = set()
            for entry in entries.values():
                sent = orjson.loads(entry.body)
                if entry.void is None and self._before_cut(Instant.parse(sent["occurred_at"])):
                    named |= about(entry, sent)
            waiting = {each.seq for each in self._store.entries(named, self._known).values()}
            waiting -= found
        return sorted(found)

    def _order(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        entries = self._entries("order", seed.key, seed, pointer)
        return self._of_events([e.seq for e in entries if e.type != "order"], whole=True)

    def _instrument(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        since, until = self._calibration_window(seed, pointer)
        window = ScopeSeed(
            "instrument",
            seed.key,
            since=None if since is None else str(since),
            until=None if until is None else str(until),
        )
        entries = self._entries("equipment", seed.key, window, pointer)
        return self._of_events([e.seq for e in entries if e.type == "inspection"], whole=True)

    def _calibration_window(
        self, seed: ScopeSeed, pointer: str
    ) -> tuple[Instant | None, Instant | None]:
        """After the last passing calibration, up to the failing one (or the cut).

        A calibration on a day may have been at any hour of it, in any zone of the day's date.
        """
        limit = read_instant(seed.until, f"{pointer}/until"[1:])
        passed: list[Instant] = []
        failed: list[Instant] = []
        for record in self._master.records["equipment"].get(seed.key, ()):
            sent = record.sent
            day = sent.get("calibrated_on")
            if not sent.get("verdict") or not self._before_cut(record.at):
                continue
            if sent["verdict"] == "pass":
                passed.append(min(record.at, _day(day)) if day else record.at)
            else:
                failed.append(max(record.at, _day(day)) if day else record.at)
        if limit is not None:
            failed = [at for at in failed if at <= limit]
        until = max(failed, default=limit)
        begin = [at for at in passed if until is None or at < until]
        return max(begin, default=None), until

    def _place(self, seed: ScopeSeed, pointer: str) -> Iterable[Sown]:
        """Events there, and every unit that was there at any instant of the window."""
        places = self._master.inside(seed.key)
        entries: list[Entry] = []
        everything = ScopeSeed("place", seed.key, until=seed.until)
        before: list[Entry] = []
        for place in sorted(places):
            entries += self._entries("place", place, seed, pointer, required=len(places) == 1)
            before += self._entries("place", place, everything, pointer, required=False)
        seqs = [e.seq for e in entries if e.type not in {"place", "shipment", "move", "delivery"}]
        found = list(self._of_events(seqs, whole=False))
        named = self._store.lines_of_events([e.seq for e in before], self._known)
        material = self._material(set(named.item))
        scales = Scales.of(material)
        since = read_instant(seed.since, f"{pointer}/since"[1:])
        until = read_instant(seed.until, f"{pointer}/until"[1:])
        posted = journal(material, scales)
        for item in sorted(set(named.item)):
            for place in sorted(places):
                found += _stayed(posted, item, place, since, until)
        return found

    # -- lines of events

    def _of_events(self, seqs: list[int], *, whole: bool) -> list[Sown]:
        """The outputs of events, else their items' units from then on; or the items, `whole`."""
        material = self._material_of_events(seqs)
        found: dict[Sown, None] = {}
        for seq in sorted(seqs):
            event = material.events.get(seq)
            if event is None:
                continue
            lines = [line for line in material.lines.get(seq, ()) if line.role != "container"]
            gives = any(line.flow == Flow.OUT for line in lines)
            had: defaultdict[int, list[Line]] = defaultdict(list)
            for line in lines:
                if gives and line.flow != Flow.OUT:
                    continue
                if whole:
                    found[Sown(line.item)] = None
                    continue
                if line.flow == Flow.OUT or event.type == "receipt":
                    found[Sown(line.item, seq, gave=True)] = None
                elif material.kind(line.item) is not Kind.CONTAINER:
                    had[line.item].append(line)
            for item, own in had.items():
                listed = _listed(own, material.kind(item))
                found[Sown(item, seq, since=event.start, sure=event.end, listed=listed)] = None
        return list(found)

    def _material(self, items: set[int]) -> Material:
        found = Material(self._known, self._as_of, self._master, set(items))
        load(self._store, found, items)
        return found

    def _material_of_events(self, seqs: list[int]) -> Material:
        """Events with their own lines only."""
        found = Material(self._known, self._as_of, self._master, set())
        add_events(self._store, found, seqs)
        return found


def about(entry: Entry | Happening, sent: dict[str, Any]) -> set[tuple[str, str]]:
    """The events that a record of quality names as what it is about, by source and id."""
    return {(each.get("source") or entry.source, each["id"]) for each in sent.get("events", ())}


def _listed(lines: list[Line], kind: Kind) -> tuple[tuple[int | None, str | None], ...]:
    """What lines of one item say, to be added up; a serial is one, however many name it."""
    said = lines[:1] if kind is Kind.SERIAL else lines
    return tuple((line.quantity, line.unit) for line in said)


def _stayed(
    posted: Journal, item: int, place: str, since: Instant | None, until: Instant | None
) -> Iterable[Sown]:
    """How many units of an item were at a place at some instant of a window, and from when."""
    most = came = balance = 0
    begin: Instant | None = None
    peak: Instant | None = None
    seq: int | None = None
    for order, change, posting_seq in at_place(posted.postings.get(item, ()), place):
        if until is not None and order.end > until:
            break
        balance += change
        if since is not None and order.end < since:
            most = came = max(0, balance)
            begin = peak = since
            seq = posting_seq
            continue
        came += max(0, change)
        if begin is None or not most:
            begin, seq = order.end, posting_seq
        if balance > most:
            most, peak = balance, order.end
    vague = _vague(posted, item, place, until)
    if vague is not None:
        vague = vague if since is None else max(vague, since)
        begin = vague if begin is None or not most else min(begin, vague)
    if most > 0 or vague is not None:
        # So many were there at once; if others had left by then, nobody knows how many in all.
        more = came > most or vague is not None
        yield Sown(item, seq, quantity=most or None, since=begin, sure=peak, part=more)


def _vague(posted: Journal, item: int, place: str, until: Instant | None) -> Instant | None:
    """When units first came to a place of which no record says how many."""
    times = [
        line.posting.order.end
        for line in posted.unsaid.get(item, ())
        if line.posting.target.at(place) and (until is None or line.posting.order.end <= until)
    ]
    return min(times, default=None)


@dataclass(frozen=True, slots=True)
class _Dates:
    made_from: date | None
    made_to: date | None
    expires_from: date | None
    expires_to: date | None

    @classmethod
    def read(cls, seed: ScopeSeed, pointer: str) -> _Dates:
        names = ("made_from", "made_to", "expires_from", "expires_to")
        return cls(*(_date(getattr(seed, name), f"{pointer}/{name}") for name in names))

    @property
    def given(self) -> bool:
        """Whether any date narrows."""
        return any((self.made_from, self.made_to, self.expires_from, self.expires_to))

    def hold(self, life: Lifetimes, item: int) -> bool:
        """Whether an item may be within the dates; one whose date is unknown may."""
        return _within(life.made_on(item), self.made_from, self.made_to) and _within(
            life.expires_on(item), self.expires_from, self.expires_to
        )


def _within(day: str | None, first: date | None, last: date | None) -> bool:
    if day is None or (first is None and last is None):
        return True
    value = date.fromisoformat(day)
    return (first is None or first <= value) and (last is None or value <= last)


class Lifetimes:
    """When items were made and when they expire, from their lines and their products.

    Of a lot also from the lines by which its serials came.
    """

    def __init__(self, material: Material) -> None:
        self._material = material
        self._made: dict[int, str | None] = {}

    def made_on(self, item: int) -> str | None:
        """The date on a line, else the day of the first event that made it; None is unknown."""
        if item not in self._made:
            self._made[item] = self._first_made(item)
        return self._made[item]

    def _first_made(self, item: int) -> str | None:
        said, made = [], []
        for line, sent, event in self._lines(item):
            if sent.get("made_on"):
                said.append(sent["made_on"])
            if line.flow == Flow.OUT:
                made.append(event.end)
        if said:
            return str(min(said))
        return str(min(made))[:10] if made else None

    def expires_on(self, item: int) -> str | None:
        """The earliest date on a line, else what the product's shelf life says."""
        said = [sent["expires_on"] for _, sent, _ in self._lines(item) if sent.get("expires_on")]
        if said:
            return str(min(said))
        made = self.made_on(item)
        row = self._material.items[item]
        if made is None or row.product is None:
            return None
        moment = Instant.parse(f"{made}T23:59:59Z")
        record = self._material.master.product_at(row.product, moment)
        days = None if record is None else record.get("shelf_life_days")
        if days is None:
            return None
        return str(date.fromisoformat(made) + timedelta(days=days))

    def by_serials(self, item: int) -> list[int]:
        """The serials that alone tell of a lot: no line of its own says that any of it came."""
        if any(_came(line, event) for line, _, event in self._own(item)):
            return []
        return sorted({member.serial for member in self._material.serials.get(item, ())})

    def _lines(self, item: int) -> Iterator[tuple[Line, dict[str, Any], Happening]]:
        yield from self._own(item)
        for serial in {member.serial for member in self._material.serials.get(item, ())}:
            for line, sent, event in self._own(serial):
                if _came(line, event) and line.lot in {0, item}:
                    yield line, sent, event

    def _own(self, item: int) -> Iterator[tuple[Line, dict[str, Any], Happening]]:
        material = self._material
        for line in material.of_item.get(item, ()):
            event = material.events[line.seq]
            if line.role != "container" and not line.via:
                yield line, event.line(line.pos), event


def _came(line: Line, event: Happening) -> bool:
    return line.flow == Flow.OUT or event.type == "receipt"


def _day(text: str) -> Instant:
    return Instant.parse(f"{text}T00:00:00Z")


def _date(text: str | None, pointer: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        refusal = Refusal(pointer, "date", f"{text!r} is no date.", "an ISO 8601 date: 2026-03-01")
        raise Refused((refusal,)) from error


_DIGITS = re.compile(r"(\d+)")


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """The order people expect of lot numbers: digits by value.

    >>> natural("L9") < natural("L10")
    True
    """
    parts = (part for part in _DIGITS.split(text) if part)
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts)


def _in_range(number: str | None, first: str | None, last: str | None) -> bool:
    if first is None and last is None:
        return True
    if number is None:
        return False
    value = natural(number)
    return (first is None or natural(first) <= value) and (last is None or value <= natural(last))
