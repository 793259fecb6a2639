"""Graphs of a chosen size, loaded into every contender.

The embedded store is loaded from the generator, events validated and projected. The others take
the rows of it: to project again what is projected would only take time.
"""

from __future__ import annotations

import sqlite3
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

import tracegraph
from benchmarks.neo4j_files import imported
from benchmarks.servers import Neo4j
from tracegraph.capture.importing import Found, Importing, Reject
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j.connection import Work
from tracegraph.store.neo4j.tables import uid
from tracegraph.store.neo4j.writing import MENTIONS, each, write_anomalies
from tracegraph.store.projection.rows import AnomalyRow
from tracegraph.store.sqlite import SqliteStore

Events = Iterable[Mapping[str, Any]]
_CHUNK = 10_000


def into_sqlite(path: Path, events: Events) -> str:
    """The DSN of a file that holds events; one that is there whole is only brought up to date."""
    if not path.exists():
        loading = path.with_suffix(".loading")
        for rest in path.parent.glob(loading.name + "*"):
            rest.unlink()
        rejected: list[Reject] = []
        with tracegraph.connect(f"sqlite:///{loading}") as graph:
            found = (Found("demo", None, "", event, event) for event in events)
            for _ in Importing(graph.capture, rejected.append).run(found):
                pass
            assert isinstance(graph.store, SqliteStore)
        assert not rejected, rejected[0]
        with sqlite3.connect(loading) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        loading.rename(path)
    with tracegraph.connect(f"sqlite:///{path}"):
        return f"sqlite:///{path}"


def into_neo4j(server: Neo4j, source: SqliteStore, told: Callable[[str], None]) -> None:
    """Put the journal and the projection of the embedded store into a server not yet started."""
    with tempfile.TemporaryDirectory(prefix="tracegraph-import-") as folder:
        imported(server.home, source, Path(folder) / "files")
    told("the importer is done, the server starts")
    server.start()
    told("the server is up, and builds its indexes")
    with tracegraph.connect(server.dsn) as graph, source._connections.reading(bounded=False) as db:
        store = graph.store
        assert isinstance(store, Neo4jStore)
        store._connection.run("CALL db.awaitIndexes(600)")  # plans made before would scan
        told("the indexes are there; what is small follows")
        _Rest(db, source, store).run()


class _Rest:
    """What the importer is not given: batches, postings, mentions, anomalies, claims, counters."""

    def __init__(self, db: sqlite3.Connection, source: SqliteStore, target: Neo4jStore) -> None:
        self._db = db
        self._source = source
        self._target = target
        self._known = source.published().seq

    def run(self) -> None:
        """Write it, and publish all."""
        batches = self._db.execute("SELECT last, recorded, nodes, items FROM batch").fetchall()

        def write_batches(tx: Work) -> None:
            for last, recorded, *touched in batches:
                nodes, items = (
                    None if noted is None else array("q", noted).tolist() for noted in touched
                )
                tx.run("create_batch", last=last, recorded=recorded, nodes=nodes, items=items)

        self._write(write_batches)
        self._each("create_claims", self._rows("claim"))
        self._each(
            "create_references",
            ((uid(source, id_), kind, seq) for source, id_, kind, seq in self._rows("reference")),
        )
        blocks = self._db.execute("SELECT field, value, block, offsets FROM posting")
        self._each("create_postings", ([*key, array("H", o).tolist()] for *key, o in blocks))
        groups: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for kind, key, seq in self._rows("mention"):
            groups[kind].append((key, seq))
        for kind, rows in groups.items():
            self._each(MENTIONS[kind], rows)
        anomalies = [(AnomalyRow(*r[:-2]), r[-2], r[-1]) for r in self._rows("anomaly")]
        last = self._write(lambda tx: write_anomalies(tx, anomalies, 0))
        materials = sorted({row[0] for row in self._rows("claim")})
        self._write(lambda tx: tx.run("label_components", products=materials))
        self._publish(last)

    def _publish(self, anomaly: int) -> None:
        ((recorded, item, run),) = self._db.execute(
            "SELECT (SELECT max(recorded) FROM batch), (SELECT max(home) FROM spoken),"
            " (SELECT ifnull(max(no), 0) FROM run)"
        )
        values = {"item": item, "run": run, "anomaly": anomaly, "recorded": recorded}
        known = self._known
        self._write(lambda tx: tx.run("set_counters", seq=known, published=known, **values))

    def _rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        return self._source.rows(table, self._known)

    def _each(self, name: str, rows: Iterable[Iterable[Any]]) -> None:
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            self._write(lambda tx, chunk=chunk: each(tx, name, chunk))  # type: ignore[misc]  # bound at once

    def _write(self, work: Callable[[Work], Any]) -> Any:
        return self._target._connection.write("copying", work, timeout=600)


def written(path: Path, events: Events) -> int:
    """Write events as NDJSON; how many there are."""
    count = 0
    with path.open("wb") as out:
        for event in events:
            out.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return count
