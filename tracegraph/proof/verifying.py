"""Verifying a store: its items, its lines and a sample of its closures against the oracle."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.parse import content, parse_event
from tracegraph.model.quantity import MICRO
from tracegraph.proof.oracle import Id, Oracle, Told, TrueItem, TrueLine, TrueMember
from tracegraph.proof.rebuilding import entries
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.rows import STANDS
from tracegraph.trace.answer import Direction, Genealogy
from tracegraph.trace.genealogy import Question, trace
from tracegraph.trace.seeds import start

Progress = Callable[[int, int | None], None]
_MOST_SHOWN = 20
_BUDGET = 100_000_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was recomputed, and every difference found (the first twenty are told)."""

    known_at: int
    events: int
    items: int
    lines: int
    members: int
    closures: int
    differences: int
    told: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the store says exactly what its journal says."""
        return not self.differences


def verify(
    store: GraphStore, *, sample: int = 1000, seed: int = 0, progress: Progress | None = None
) -> Verification:
    """Recompute everything from the journal, and `sample` closures, and compare.

    The journal itself is checked too: no gap in seq, and the content of each event still has the
    hash that was stored with it. Holds the whole journal in memory.
    """
    known = store.published().seq
    journal = [entry for entry in entries(store) if entry.seq <= known]
    found = list(_check_journal(journal, known))
    oracle = Oracle(_told(journal))
    items = _items(store, known)
    keys = {no: item.key for no, item in items.items()}
    ids = {entry.seq: (entry.source, entry.id) for entry in journal}
    lines = list(_lines(store, known, keys, ids))
    members = list(_members(store, known, keys))
    void = {told.seq for told in oracle.events} - {told.seq for told in oracle.standing}
    found += _compare("voided event", _voided(store, known), void)
    found += _compare("item", items.values(), oracle.items.values())
    found += _compare("line", lines, oracle.lines)
    found += _compare("membership", members, oracle.members)
    closures = 0
    for closures, difference in enumerate(_closures(store, oracle, known, sample, seed), 1):
        found += difference
        if progress is not None:
            progress(closures, sample)
    told = tuple(found[:_MOST_SHOWN])
    return Verification(
        known, len(journal), len(items), len(lines), len(members), closures, len(found), told
    )


def _told(journal: Iterable[Entry]) -> Iterable[Told]:
    for entry in journal:
        yield Told(entry.seq, parse_event(orjson.loads(entry.body), source=entry.source))


def _check_journal(journal: list[Entry], known: int) -> Iterable[str]:
    if [entry.seq for entry in journal] != list(range(1, known + 1)):
        yield f"The journal has gaps: {len(journal)} events up to seq {known}."
    for entry in journal:
        event = parse_event(orjson.loads(entry.body), source=entry.source)
        if hashlib.sha256(content(event)).hexdigest() != entry.hash:
            yield f"Event {entry.source}/{entry.id} (seq {entry.seq}) is not what was stored."


def _voided(store: GraphStore, known: int) -> Iterable[int]:
    return (row[0] for row in store.rows("event", known) if row[-1] != STANDS)


def _items(store: GraphStore, known: int) -> dict[int, TrueItem]:
    return {
        no: TrueItem(key, Kind(kind), product, number)
        for no, key, kind, product, number, _, void in store.rows("item", known)
        if void == STANDS
    }


def _lines(
    store: GraphStore, known: int, keys: dict[int, str], ids: dict[int, Id]
) -> Iterable[TrueLine]:
    for row in store.rows("line", known):
        seq, pos, role, flow, item, _, _, lot, via, _, quantity, unit, _, void = row
        if void == STANDS:
            amount = None if quantity is None else Fraction(quantity, MICRO)
            way = ("", "in", "out")[flow]
            places = (keys[item], keys.get(lot), keys.get(via))
            yield TrueLine(ids[seq], pos, role, way, *places, amount, unit)


def _members(store: GraphStore, known: int, keys: dict[int, str]) -> Iterable[TrueMember]:
    for lot, serial, at, rest, since, until, _, void in store.rows("comprises", known):
        if void == STANDS:
            spell = [Instant.parse(text) if text else None for text in (since, until)]
            yield TrueMember(keys[lot], keys[serial], Instant(at, rest), *spell)


def _compare(what: str, stored: Iterable[Any], true: Iterable[Any]) -> Iterable[str]:
    here, there = Counter(stored), Counter(true)
    for row in (here - there).elements():
        yield f"The store has a {what} that the journal does not give: {row}."
    for row in (there - here).elements():
        yield f"The store lacks a {what} that the journal gives: {row}."


def _closures(
    store: GraphStore, oracle: Oracle, known: int, sample: int, seed: int
) -> Iterable[list[str]]:
    """The differences of each sampled closure: which items, at which depth, by which events."""
    keys = sorted(oracle.items)
    chance = random.Random(seed)
    for _ in range(sample if keys else 0):
        key = chance.choice(keys)
        way: Direction = chance.choice(("backward", "forward"))
        question = Question(way, None, known, None, _BUDGET, Decimal(0))
        try:
            answer = trace(store, start(store, [key], known=known, as_of=None), question)
        except LookupError as error:
            yield [f"The store cannot trace {key}: {error}"]
            continue
        depths, events = oracle.trace(oracle.seeds(key), way)
        yield [
            *_compare(f"step {way} from {key}", _steps(answer), depths.items()),
            *_compare(f"event {way} from {key}", _passed(answer), events),
        ]


def _steps(answer: Genealogy) -> Iterable[tuple[str, int]]:
    return ((item.key, item.depth) for item in answer.items)


def _passed(answer: Genealogy) -> Iterable[Id]:
    return ((event.source, event.id) for event in answer.events)
