"""Ingest: from NDJSON on disk to committed, validation included, beside bare inserts of its rows.

In order, shuffled, and with every event twice; a new store each time, in turn, with durable
commits. Bare are `executemany` into the same tables and indexes, and batched CREATE of the same
nodes and relationships, of rows that are there already, with as many commits. Figures are
milliseconds for 1,000 different events.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import neo4j
import orjson

import tracegraph
from benchmarks.asked import Reference
from benchmarks.measuring import Measure, compared, percentiles
from benchmarks.servers import Neo4j
from tests.contract.engines import Neo4jEngine
from tracegraph.capture.importing import BATCH_SIZE, Importing, Reject
from tracegraph.demo import history, sized
from tracegraph.formats.event_file import EventFile
from tracegraph.store.neo4j.statements import statement
from tracegraph.store.neo4j.tables import uid
from tracegraph.store.neo4j.writing import MENTIONS, _line, comprises_row, item_columns
from tracegraph.store.projection.rows import ComprisesRow, EventRow, Flow, ItemRow, LineRow
from tracegraph.store.sqlite import SqliteStore

EVENTS = 5_000
ROUNDS = 3
EDGES = 1e5
TABLES = (
    "batch", "journal", "event", "run", "spoken", "item", "state", "line", "comprises", "edge",
    "anomaly", "mention", "reference", "claim",
)  # fmt: skip
CREATE = {Flow.IN: "create_inputs", Flow.OUT: "create_outputs", Flow.NONE: "create_concerns"}
Told = Callable[[str], None]


class Engine(Protocol):
    """Where events go: a new store each time, and the bare way to put its rows there."""

    def empty(self) -> str:
        """The DSN of a store without events."""

    def bare(self, source: SqliteStore) -> float:
        """Seconds that the rows of `source` take without tracegraph."""


def measured(
    place: Path, told: Told, *, engines: Sequence[str], rounds: int = ROUNDS
) -> list[Measure]:
    """Every way of ingest on the engines, in turn."""
    ways = _files(place)
    source = _loaded(place / "ingest-source.db", ways["in order"])
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with Neo4j() as server:
        made: dict[str, Engine] = {}
        if "sqlite" in engines:
            made["sqlite"] = _Sqlite(place / "ingest.db")
        if "neo4j" in engines:
            server.start()
            made["neo4j"] = _Neo4j(server.dsn, source)
        for round_ in range(rounds):
            for way in (*ways, "bare"):
                told(f"ingest, round {round_ + 1} of {rounds}: {way}")
                for name, engine in made.items():
                    if way == "bare":
                        took = engine.bare(source)
                    else:
                        took = _import(engine.empty(), ways[way])
                    times[way, name].append(took)
    source.close()
    measures = []
    for (way, name), each in times.items():
        p50, p95, p99 = percentiles([took * 1000 / EVENTS for took in each])
        measures.append(Measure("ingest", "ingest", way, name, len(each), p50, p95, p99))
    return compared(measures, {("ingest", way): Reference("ingest", "bare", None) for way in ways})


class _Sqlite:
    """A new file each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def empty(self) -> str:
        return f"sqlite:///{_fresh(self._path)}"

    def bare(self, source: SqliteStore) -> float:
        return _executemany(source, _fresh(self._path))


class _Neo4j:
    """One server, emptied each time."""

    def __init__(self, dsn: str, source: SqliteStore) -> None:
        self._dsn = dsn
        self._engine = Neo4jEngine(dsn)
        self._created = list(_created(source))

    def empty(self) -> str:
        self._engine.empty()
        self._engine.close()
        return self._dsn

    def bare(self, source: SqliteStore) -> float:
        self.empty()
        return _create(self._engine._driver, self._created)


def _files(place: Path) -> dict[str, Path]:
    """The same events three ways, a line each."""
    events = [
        orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)
        for event in islice(history(sized(EDGES), 1), EVENTS)
    ]
    chance = random.Random(1)
    ways = {
        "in order": events,
        "shuffled": chance.sample(events, len(events)),
        "duplicated": [event for event in events for _ in range(2)],
    }
    found = {}
    for way, lines in ways.items():
        found[way] = place / f"ingest {way}.ndjson"
        found[way].write_bytes(b"".join(lines))
    return found


def _fresh(path: Path) -> Path:
    for old in path.parent.glob(path.name + "*"):
        old.unlink()
    return path


def _loaded(path: Path, events: Path) -> SqliteStore:
    _import(f"sqlite:///{_fresh(path)}", events)
    return SqliteStore(str(path))


def _import(dsn: str, path: Path) -> float:
    """Seconds from the first byte read to the last commit, as `tracegraph import` does it."""
    rejected: list[Reject] = []
    with tracegraph.connect(dsn) as graph, path.open("rb") as stream:
        begin = time.perf_counter()
        for _ in Importing(graph.capture, rejected.append).run(
            EventFile(path.name, stream, None).read()
        ):
            pass
        took = time.perf_counter() - begin
        assert graph.store.published().seq == EVENTS
    assert not rejected, rejected[0]
    return took


def _executemany(source: SqliteStore, target: Path) -> float:
    """The rows of every table, into the same tables, with a commit for each batch of events."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with source._connections.reading(bounded=False) as db:
        for table in TABLES:
            rows[table] = db.execute(f"SELECT * FROM {table}").fetchall()
    store = SqliteStore(str(target))
    store.migrate()
    commits = EVENTS // BATCH_SIZE
    begin = time.perf_counter()
    for part in range(commits):
        with store._connections.writing() as db:
            for table, each in rows.items():
                share = each[len(each) * part // commits : len(each) * (part + 1) // commits]
                _insert(db, table, share)
    took = time.perf_counter() - begin
    store.close()
    return took


def _insert(db: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _create(driver: neo4j.Driver, created: list[tuple[str, list[list[Any]]]]) -> float:
    """Nodes, then what is drawn between them, a few thousand rows a transaction."""
    begin = time.perf_counter()
    with driver.session(database="neo4j") as session:
        for name, rows in created:
            text = statement(name)
            for first in range(0, len(rows), 5_000):
                session.run(neo4j.Query(text), rows=rows[first : first + 5_000]).consume()
    return time.perf_counter() - begin


def _created(source: SqliteStore) -> Iterator[tuple[str, list[list[Any]]]]:
    """Every row of the store as the statement that creates it takes it."""
    known = source.published().seq

    def rows(table: str) -> list[tuple[Any, ...]]:
        return list(source.rows(table, known))

    with source._connections.reading(bounded=False) as db:
        journal = db.execute("SELECT seq, source, id, type, body, hash, caller, batch FROM journal")
        entries = [[r[0], uid(r[1], r[2]), *r[1:4], r[4].decode(), *r[5:]] for r in journal]
        events = [
            EventRow.of(row)
            for row in db.execute(
                "SELECT e.seq, j.source, j.id, j.type, e.start, e.start_rest, e.at, e.at_rest,"
                " e.hub, e.void, e.voider FROM event e JOIN journal j ON j.seq = e.seq"
            )
        ]
    yield "create_entries", entries
    yield (
        "create_events",
        [[*e[:4], *e.start, *e.end, e.hub, e.void, e.voider, str(e.end)] for e in events],
    )
    yield "create_runs", [[4 * no + 3, key] for no, key in rows("run")]
    yield "create_names", [list(row) for row in rows("spoken")]
    states = {row[0]: row[1:] for row in rows("state")}
    versions: defaultdict[int, list[tuple[ItemRow, int, int]]] = defaultdict(list)
    for row in rows("item"):
        versions[row[0]].append((ItemRow(*row[:5]), row[5], row[6]))
    yield (
        "create_items",
        [[*item_columns(no, named), *states[no]] for no, named in versions.items()],
    )
    yield "create_claims", [list(row) for row in rows("claim")]
    yield (
        "create_references",
        [[uid(source_, id_), kind, seq] for source_, id_, kind, seq in rows("reference")],
    )
    yield "join_runs", [[e.seq, 3 - 4 * e.hub] for e in events if e.hub < 0]
    mentions: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for kind, key, seq in rows("mention"):
        mentions[MENTIONS[kind]].append([key, seq])
    yield from mentions.items()
    drawn: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in rows("line"):
        line = LineRow(*row[:-2])
        told = _line(line, row[-2], row[-1])
        drawn[CREATE[Flow(line.flow)]].append(told)
        if line.pooled:
            drawn["create_draws"].append(told)
    yield from drawn.items()
    yield (
        "create_comprises",
        [comprises_row(ComprisesRow(*row[:-2]), *row[-2:]) for row in rows("comprises")],
    )
    yield (
        "create_anomalies",
        [[no, *row] for no, row in enumerate(rows("anomaly"), 1)],
    )
