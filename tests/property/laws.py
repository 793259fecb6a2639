"""What must be equal, as values that can be compared: worlds by key, answers as bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import orjson

from tests.builders import Wire
from tracegraph.capture.drafting import draft
from tracegraph.library import Tracegraph
from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.proof.oracle import Oracle, Told, TrueItem, TrueLine, TrueMember, exact
from tracegraph.store.port import TABLES, GraphStore
from tracegraph.store.projection.rows import STANDS
from tracegraph.trace.answer import Genealogy
from tracegraph.trace.genealogy import Question, trace
from tracegraph.trace.seeds import Start, start

BUDGET = 1_000_000
CLOCK = Instant.parse("2026-04-01T00:00:00Z")


def append(store: GraphStore, batch: Sequence[Wire], number: int = 0) -> None:
    """Append a batch, recorded at a time that only its number decides."""
    drafts = [draft(event, source=None, caller=None) for event in batch]
    outcomes = store.append(drafts, recorded_at=Instant(CLOCK.micros + number * 1_000_000))
    assert {outcome.status for outcome in outcomes} <= {"stored", "voided"}, outcomes


def append_all(store: GraphStore, batches: Iterable[Sequence[Wire]]) -> list[int]:
    """Append batches; the seqs at which they ended."""
    ends = []
    for number, batch in enumerate(batches):
        append(store, batch, number)
        ends.append(store.published().seq)
    return ends


def told(events: Sequence[Wire]) -> list[Told]:
    """Events as the oracle reads them, numbered from 1."""
    return [Told(seq, parse_event(event)) for seq, event in enumerate(events, 1)]


def all_rows(store: GraphStore, known: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    known = store.published().seq if known is None else known
    return {table: list(store.rows(table, known)) for table in TABLES}


@dataclass(frozen=True)
class World:
    """What stands at a cut, by key: it does not depend on the order of arrival."""

    items: Counter[TrueItem]
    lines: Counter[TrueLine]
    members: Counter[TrueMember]
    anomalies: Counter[tuple[Any, ...]]
    states: Counter[tuple[Any, ...]]
    spoken: Counter[tuple[str, str | None]]  # as at the head, like the states


def world(store: GraphStore, known: int) -> World:
    """The rows that stand at a cut, said in keys."""
    rows = {table: list(store.rows(table, known)) for table in TABLES}
    standing = {
        t: [row for row in rows[t] if row[-1] == STANDS]
        for t in ("item", "line", "comprises", "anomaly")
    }
    items = {
        no: TrueItem(key, Kind(kind), product, number)
        for no, key, kind, product, number, *_ in standing["item"]
    }
    keys = {no: item.key for no, item in items.items()}
    ids = {entry.seq: (entry.source, entry.id) for entry in store.journal(0, 10**6, known)}
    lines = []
    for seq, pos, role, flow, item, _, _, lot, via, _, quantity, unit, _, _ in standing["line"]:
        amount = None if quantity is None else Fraction(quantity, 10**6)
        flows = ("", "in", "out")
        lines.append(
            TrueLine(
                ids[seq],
                pos,
                role,
                flows[flow],
                keys[item],
                keys.get(lot),
                keys.get(via),
                amount,
                unit,
            )
        )
    members = []
    for lot, serial, micros, rest, since, until, _, _ in standing["comprises"]:
        spell = [Instant.parse(text) if text else None for text in (since, until)]
        members.append(TrueMember(keys[lot], keys[serial], Instant(micros, rest), *spell))
    return World(
        Counter(items.values()),
        Counter(lines),
        Counter(members),
        Counter((ids.get(row[0]), keys.get(row[1]), *row[2:5]) for row in standing["anomaly"]),
        Counter((keys[row[0]], *row[1:]) for row in rows["state"] if row[0] in keys),
        Counter((row[0], keys.get(row[2])) for row in rows["spoken"]),
    )


def assert_worlds_equal(here: World, there: World) -> None:
    for name in World.__dataclass_fields__:
        assert_same(name, getattr(here, name), getattr(there, name))


def assert_oracle_world(store: GraphStore, oracle: Oracle, known: int) -> None:
    """Items, lines and memberships at a cut are those of the oracle."""
    found = world(store, known)
    # Spells of no length may repeat where lots change to and fro within an instant.
    members = Counter(set(oracle.members))
    assert_same(f"items at {known}", found.items, Counter(oracle.items.values()))
    assert_same(f"lines at {known}", found.lines, Counter(oracle.lines))
    assert_same(f"members at {known}", found.members, members)


def assert_same(what: str, here: Counter[Any], there: Counter[Any]) -> None:
    extra, missing = here - there, there - here
    assert (extra, missing) == (Counter(), Counter()), what


def question(way: Any, known: int, **more: Any) -> Question:
    given = {"as_of": None, "max_depth": None, "budget": BUDGET, "tolerance": Decimal(0), **more}
    return Question(direction=way, known=known, **given)


def bare_trace(store: GraphStore, key: str, asked: Question) -> Genealogy:
    """A trace from one item alone: a container does not stand for its contents here."""
    seeds = start(store, [key], known=asked.known, as_of=None)
    (number,) = [
        no for no, row in store.items(seeds.forward, asked.known).items() if row.key == key
    ]
    only: dict[int, Instant | None] = {number: None}
    return trace(store, Start(only, only), asked)


def reached(answer: Genealogy) -> dict[str, int]:
    return {item.key: item.depth for item in answer.items}


def passed(answer: Genealogy) -> set[tuple[str, str]]:
    return {(event.source, event.id) for event in answer.events}


def assert_oracle_trace(store: GraphStore, oracle: Oracle, key: str, asked: Question) -> None:
    answer = trace(store, start(store, [key], known=asked.known, as_of=None), asked)
    depths, events = oracle.trace(
        oracle.seeds(key),
        asked.direction,
        as_of=asked.as_of,
        max_depth=asked.max_depth,
        tolerance=asked.tolerance,
    )
    assert reached(answer) == depths, (key, asked)
    assert passed(answer) == events, (key, asked)


def random_question(rng: Random, known: int, instants: Sequence[Instant]) -> Question:
    return question(
        rng.choice(("backward", "forward")),
        known,
        as_of=rng.choice((None, None, *instants)),
        max_depth=rng.choice((None, None, None, 0, 1, 2, 3)),
        tolerance=Decimal(rng.choice(("0", "0", "0.0000001", "60", "120", "59.9999999"))),
    )


def instants_of(events: Iterable[Wire]) -> list[Instant]:
    return sorted({Instant.parse(event["occurred_at"]) for event in events})


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def answers(graph: Tracegraph, known: int) -> dict[str, bytes]:
    """Every answer about every item at a cut, as bytes."""
    store = graph.store
    found: dict[str, bytes] = {}
    for _, key, *_ in _items(store, known):
        for way in ("backward", "forward", "both"):
            found[f"trace {way} {key}"] = dumps(
                public(graph.trace(key, direction=way, known_at=known))
            )
        found[f"history {key}"] = dumps(graph.history(key, known_at=known))
        found[f"item {key}"] = dumps(graph.item(key, known_at=known))
    found["find"] = dumps(graph.find(known_at=known, limit=1000))
    found["page"] = dumps(graph.find(known_at=known, limit=2))
    found["fragment"] = dumps(graph.find("a", known_at=known))
    flaws = graph.anomalies(known_at=known, limit=10_000).anomalies
    found["anomalies"] = b"".join(sorted(map(dumps, flaws)))
    return found


def public(answer: Genealogy) -> dict[str, Any]:
    """An answer without the chains that it keeps for `why`."""
    names = [name for name in answer.__dataclass_fields__ if not name.startswith("_")]
    return {name: getattr(answer, name) for name in names}


def _items(store: GraphStore, known: int) -> Iterator[tuple[Any, ...]]:
    return (row for row in store.rows("item", known) if row[-1] == STANDS)


def standing_keys(store: GraphStore, known: int) -> list[str]:
    return sorted(row[1] for row in _items(store, known))


def assert_why(answer: Genealogy, asked: Question) -> None:
    """Every chain is as long as its depth, walks edges of the answer, and respects time."""
    forward = asked.direction == "forward"
    edges = {(edge.source, edge.target) for edge in answer.edges}
    slack = Fraction(asked.tolerance)
    spans = _spans(answer)
    depths = reached(answer)
    for item in answer.items:
        chain = answer.why(item.key)
        assert len(chain) == item.depth + 1
        assert chain[-1].item == item.key
        assert depths[chain[0].item] == 0
        assert chain[0].through is None
        passed_hubs = []
        for before, step in pairwise(chain):
            here, there = (before.item, step.item) if forward else (step.item, before.item)
            if step.through is None:
                assert (here, there) in edges or (there, here) in edges, step
            else:
                assert {(here, step.through), (step.through, there)} <= edges, step
                passed_hubs.append(spans[step.through])
        for first, second in pairwise(passed_hubs):
            early, late = (first, second) if forward else (second, first)
            assert early[0] <= late[1] + slack, (item.key, chain)


def _spans(answer: Genealogy) -> dict[str, tuple[Fraction, Fraction]]:
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for event in answer.events:
        begin, end = exact(Instant.parse(event.started_at)), exact(Instant.parse(event.occurred_at))
        low, high = found.get(event.node, (begin, end))
        found[event.node] = (min(low, begin), max(high, end))
    return found
