"""Differences of two scopes: items in, out, changed, moved, with the events that caused each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.recall.answer import Cause, Change, ScopeDiff
from tracegraph.recall.master import TYPES, Master, packages
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.facts import fact
from tracegraph.trace.answer import event_key
from tracegraph.trace.lookup import resolve

Told = Mapping[str, Any]  # a scope as JSON

Subject = tuple[str, str]  # product, party, place or equipment, and its number

_PAGE = 2000
_PACKING = frozenset({"pack", "unpack"})
_OF_SEEDS = {"place": "place", "equipment": "equipment", "instrument": "equipment"}
_WEIGHED = ("certainty", "units_min", "units_max", "units", "unit", "removed", "expires_on")


def diff(store: GraphStore, before: Told, after: Told) -> ScopeDiff:
    """What changed between two scopes, given as JSON.

    Causes are the events recorded (or voided) between their cuts that name the item, or an item
    on the chain that led to it, a container that held one of these, or a serial of one; and the
    master records of what these are, of who holds it and of the seeds; where the queries or
    `as_of` differ there may be none. Linear in both scopes, in the journal between the cuts with
    what its containers held, and in what was said of containers that it packs or empties.
    """
    old, new = _by_key(before), _by_key(after)
    held_before, held_after = _positions(before), _positions(after)
    changed: list[tuple[str, Literal["in", "out", "changed", "moved"]]] = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            changed.append((key, "in"))
        elif key not in new:
            changed.append((key, "out"))
        elif any(old[key][field] != new[key][field] for field in _WEIGHED):
            changed.append((key, "changed"))
        elif held_before[key] != held_after[key]:
            changed.append((key, "moved"))
    chains = {key: _chain(key, new) + _chain(key, old) for key, _ in changed}
    causes: dict[str, list[Cause]] = {}
    if changed:
        about = _Subjects.of(before, after)
        causes = _causes(store, before["known_at"], after["known_at"], chains, about)
    return ScopeDiff(
        before["hash"],
        after["hash"],
        tuple(
            Change(
                key,
                kind,
                _state(old.get(key), held_before[key]),
                _state(new.get(key), held_after[key]),
                tuple(causes.get(key, ())),
            )
            for key, kind in changed
        ),
    )


def _by_key(told: Told) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in told["items"]}


def _positions(told: Told) -> defaultdict[str, list[list[str]]]:
    found: defaultdict[str, list[list[str]]] = defaultdict(list)
    for row in told["positions"]:
        found[row["item"]].append([row["holder"] or "", row["state"], row["quantity"]])
    return found


def _state(item: Told | None, held: list[list[str]]) -> dict[str, Any] | None:
    if item is None:
        return None
    fields = ("certainty", "units_min", "units_max", "units", "unit", "expires_on")
    return {**{field: item[field] for field in fields}, "positions": held}


def _chain(key: str, items: Mapping[str, Told]) -> list[str]:
    """An item and what led to it."""
    found: list[str] = []
    at: str | None = key
    while at is not None and at in items and at not in found:
        found.append(at)
        at = items[at]["parent"]
    return found or [key]


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What master records can be about, in two scopes: products, holders, and seeds."""

    products: Mapping[str, Collection[str]]  # by item
    holders: Mapping[str, Collection[Subject]]  # by item
    seeds: Collection[Subject]

    @classmethod
    def of(cls, *scopes: Told) -> _Subjects:
        products: defaultdict[str, set[str]] = defaultdict(set)
        holders: defaultdict[str, set[Subject]] = defaultdict(set)
        seeds: set[Subject] = set()
        for told in scopes:
            for item in told["items"]:
                if item["product"] is not None:
                    products[item["key"]].add(item["product"])
            for row in told["positions"]:
                if row["holder"] is not None:
                    holders[row["item"]].add((row["holder_kind"], row["holder"]))
            for seed in (*told["query"]["seeds"], *told["query"]["exclude"]):
                if seed["kind"] in _OF_SEEDS:
                    seeds.add((_OF_SEEDS[seed["kind"]], seed["key"]))
        return cls(products, holders, seeds)


def _causes(
    store: GraphStore,
    first: int,
    last: int,
    chains: Mapping[str, Collection[str]],
    about: _Subjects,
) -> dict[str, list[Cause]]:
    low, high = sorted((first, last))
    named: defaultdict[int, list[Cause]] = defaultdict(list)
    recorded: defaultdict[Subject, list[Cause]] = defaultdict(list)
    for page in _between(store, low, high):
        items, subjects = _touched(store, page, low, high)
        for item, causes in items.items():
            named[item] += causes
        for subject, causes in subjects.items():
            recorded[subject] += causes
    keys = {key for chain in chains.values() for key in chain}
    numbers = {key: no for key in keys if (no := _number(store, key, high)) is not None}
    told = _Told(store, low, high, recorded) if recorded else None
    found = {}
    for key, chain in chains.items():
        seen = {
            cause: None for at in chain if at in numbers for cause in named.get(numbers[at], ())
        }
        if told is not None:
            seen.update(dict.fromkeys(told.of(key, chain, about)))
        found[key] = sorted(seen, key=lambda cause: cause.seq)
    return found


class _Told:
    """Master records between two cuts, by what they are about as either cut has it."""

    def __init__(
        self, store: GraphStore, low: int, high: int, recorded: Mapping[Subject, list[Cause]]
    ) -> None:
        self._masters = [Master.of(store.of_types(TYPES, known=cut), cut) for cut in (low, high)]
        self._recorded = recorded
        self._products: defaultdict[str, set[Cause]] = defaultdict(set)
        for (type_, number), causes in recorded.items():
            if type_ == "product":
                for master in self._masters:
                    self._products[master.product(number)].update(causes)
        self._around: dict[Subject, set[Cause]] = {}

    def of(self, key: str, chain: Iterable[str], about: _Subjects) -> Iterator[Cause]:
        """The records that can have changed an item."""
        for at in chain:
            for product in about.products.get(at, ()):
                for master in self._masters:
                    yield from self._products.get(master.product(product), ())
        for subject in (*about.holders.get(key, ()), *about.seeds):
            yield from self._near(subject)

    def _near(self, subject: Subject) -> set[Cause]:
        """Records of a party, place or machine; of a place also those of what is inside of it."""
        if subject not in self._around:
            type_, key = subject
            same = {key}
            if type_ == "place":
                same = set().union(*(master.inside(key) for master in self._masters))
            self._around[subject] = {
                cause for name in same for cause in self._recorded.get((type_, name), ())
            }
        return self._around[subject]


def _number(store: GraphStore, key: str, known: int) -> int | None:
    found = resolve(store, key, known)
    return found[0].row.no if len(found) == 1 else None


def _between(store: GraphStore, low: int, high: int) -> Iterable[list[Entry]]:
    after = low
    while page := store.journal(after, _PAGE, high):
        yield page
        after = page[-1].seq


def _touched(
    store: GraphStore, page: list[Entry], low: int, high: int
) -> tuple[dict[int, list[Cause]], dict[Subject, list[Cause]]]:
    """The events of a page as causes, by item, and master records by what they are about.

    A void touches what the voided event does.
    """
    bodies = {entry.seq: orjson.loads(entry.body) for entry in page}
    targets = {
        entry.seq: (
            bodies[entry.seq].get("voids_source") or entry.source,
            bodies[entry.seq]["voids"],
        )
        for entry in page
        if entry.type == "void"
    }
    dead = store.entries(list(targets.values()), high)
    names: dict[int, set[str]] = {}
    subjects: dict[int, set[Subject]] = {}
    for entry in page:
        found = _names(entry.seq, bodies[entry.seq], entry.source)
        about = _about(entry.type, bodies[entry.seq])
        target = dead.get(targets[entry.seq]) if entry.seq in targets else None
        if target is not None:
            body = orjson.loads(target.body)
            found |= _names(target.seq, body, target.source)
            about |= _about(target.type, body)
        names[entry.seq], subjects[entry.seq] = found, about
    spoken = store.spoken(set().union(*names.values()))
    stood = {entry.seq: entry.type for entry in (*page, *dead.values())}
    inside = _inside(store, stood, (low, high))
    items: dict[int, set[int]] = {}
    for entry in page:
        target = dead.get(targets[entry.seq]) if entry.seq in targets else None
        items[entry.seq] = {spoken[name].item for name in names[entry.seq] if name in spoken}
        for seq in (entry.seq, *(() if target is None else (target.seq,))):
            items[entry.seq] |= inside.get(seq, set())
    lots = _lots(store, set().union(*items.values()), (low, high))
    touched: defaultdict[int, list[Cause]] = defaultdict(list)
    recorded: defaultdict[Subject, list[Cause]] = defaultdict(list)
    for entry in page:
        target_key = targets.get(entry.seq)
        voids = None if target_key is None else event_key(*target_key)
        cause = Cause(event_key(entry.source, entry.id), entry.seq, entry.type, voids)
        own = items[entry.seq]
        for item in own.union(*(lots.get(item, ()) for item in own)):
            touched[item].append(cause)
        for subject in subjects[entry.seq]:
            recorded[subject].append(cause)
    return touched, recorded


def _inside(
    store: GraphStore, types: Mapping[int, str], cuts: Sequence[int]
) -> dict[int, set[int]]:
    """What the containers held that events name, by event, as the cuts have it.

    Of a container itself a packing record changes only what it lists, or empties all of it. What
    it packs or empties may have been filled later, and sent then: all that was ever in it counts.
    """
    found: defaultdict[int, set[int]] = defaultdict(set)
    boxes: defaultdict[int, set[int]] = defaultdict(set)
    for cut in cuts:
        lines = store.lines_of_events(types, cut)
        rows = list(zip(lines.seq, lines.role, lines.item, lines.via, strict=True))
        listing = {seq for seq, role, _, _ in rows if role != "container"}
        for seq, role, item, via in rows:
            packing = types[seq] in _PACKING
            if packing and role == "container" and (types[seq] == "pack" or seq in listing):
                continue
            if via:
                found[seq].add(item)
            elif packing:
                boxes[seq].add(item)
    for cut in cuts:
        held = _held(store, set().union(*boxes.values()), cut)
        for seq, named in boxes.items():
            found[seq] |= _within(named, held)
    return found


def _held(store: GraphStore, items: set[int], cut: int) -> dict[int, set[int]]:
    """What lines say that containers held, whenever; of containers among items and in these."""
    kinds = store.items(items, cut)
    boxes = {no for no, row in kinds.items() if row.kind == Kind.CONTAINER}
    if not boxes:
        return {}
    events, _ = store.lines_of_items(boxes, known=cut, as_of=None, members=False)
    lines = store.lines_of_events(events.seq, cut)
    held: defaultdict[int, set[int]] = defaultdict(set)
    for item, via in zip(lines.item, lines.via, strict=True):
        if via:
            held[via].add(item)
    return held


def _within(boxes: Iterable[int], held: Mapping[int, set[int]]) -> set[int]:
    """All that is in some containers, nested."""
    found: set[int] = set()
    waiting = list(boxes)
    while waiting:
        new = held.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _lots(store: GraphStore, items: set[int], cuts: Iterable[int]) -> dict[int, set[int]]:
    """The lots that serials among items are or were of, by serial."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for cut in cuts:
        rows = store.lots_of(items, known=cut, as_of=None)
        for lot, serial in zip(rows.lot, rows.serial, strict=True):
            found[serial].add(lot)
    return found


def _about(type_: str, body: dict[str, Any]) -> set[Subject]:
    """What a master record is about: its number, and of a product the names of its packages."""
    if type_ not in TYPES:
        return set()
    return {(type_, number) for number in (body["number"], *packages(body))}


def _names(seq: int, body: dict[str, Any], source: str) -> set[str]:
    return {name.key for name in fact(seq, parse_event(body, source=source)).names}
