"""Differences of two scopes: items in, out, changed, moved, with the events that caused each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

import orjson

from tracegraph.model.parse import parse_event
from tracegraph.recall.answer import Cause, Change, ScopeDiff
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.facts import fact
from tracegraph.trace.answer import event_key
from tracegraph.trace.lookup import resolve

Told = Mapping[str, Any]  # a scope as JSON

_PAGE = 2000
_WEIGHED = ("certainty", "units_min", "units_max", "units", "removed")


def diff(store: GraphStore, before: Told, after: Told) -> ScopeDiff:
    """What changed between two scopes, given as JSON.

    Causes are the events recorded (or voided) between their cuts that name the item, or an item
    on the chain that led to it; where the queries or `as_of` differ there may be none. Linear in
    both scopes and in the journal between the cuts.
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
    causes = _causes(store, before["known_at"], after["known_at"], chains) if changed else {}
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
    fields = ("certainty", "units_min", "units_max", "units")
    return {**{field: item[field] for field in fields}, "positions": held}


def _chain(key: str, items: Mapping[str, Told]) -> list[str]:
    """An item and what led to it."""
    found: list[str] = []
    at: str | None = key
    while at is not None and at in items and at not in found:
        found.append(at)
        at = items[at]["parent"]
    return found or [key]


def _causes(
    store: GraphStore, first: int, last: int, chains: Mapping[str, Collection[str]]
) -> dict[str, list[Cause]]:
    low, high = sorted((first, last))
    named: defaultdict[int, list[Cause]] = defaultdict(list)
    for page in _between(store, low, high):
        for item, causes in _touched(store, page, high).items():
            named[item] += causes
    keys = {key for chain in chains.values() for key in chain}
    numbers = {key: no for key in keys if (no := _number(store, key, high)) is not None}
    found = {}
    for key, chain in chains.items():
        seen = {
            cause: None for at in chain if at in numbers for cause in named.get(numbers[at], ())
        }
        found[key] = sorted(seen, key=lambda cause: cause.seq)
    return found


def _number(store: GraphStore, key: str, known: int) -> int | None:
    found = resolve(store, key, known)
    return found[0].row.no if len(found) == 1 else None


def _between(store: GraphStore, low: int, high: int) -> Iterable[list[Entry]]:
    after = low
    while page := store.journal(after, _PAGE, high):
        yield page
        after = page[-1].seq


def _touched(store: GraphStore, page: list[Entry], known: int) -> dict[int, list[Cause]]:
    """By item, the events of a page as causes; a void touches what the voided event names."""
    bodies = {entry.seq: orjson.loads(entry.body) for entry in page}
    targets = {
        entry.seq: (
            bodies[entry.seq].get("voids_source") or entry.source,
            bodies[entry.seq]["voids"],
        )
        for entry in page
        if entry.type == "void"
    }
    dead = store.entries(list(targets.values()), known)
    names: dict[int, set[str]] = {}
    for entry in page:
        found = _names(entry.seq, bodies[entry.seq], entry.source)
        target = dead.get(targets[entry.seq]) if entry.seq in targets else None
        if target is not None:
            found |= _names(target.seq, orjson.loads(target.body), target.source)
        names[entry.seq] = found
    spoken = store.spoken(set().union(*names.values()))
    touched: defaultdict[int, list[Cause]] = defaultdict(list)
    for entry in page:
        target_key = targets.get(entry.seq)
        voids = None if target_key is None else event_key(*target_key)
        cause = Cause(event_key(entry.source, entry.id), entry.seq, entry.type, voids)
        for item in {spoken[name].item for name in names[entry.seq] if name in spoken}:
            touched[item].append(cause)
    return touched


def _names(seq: int, body: dict[str, Any], source: str) -> set[str]:
    return {name.key for name in fact(seq, parse_event(body, source=source)).names}
