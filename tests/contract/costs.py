"""What a question costs an engine, in counts that do not depend on the machine.

Statements, the rows they give, the bytes of the values in those rows, and the engine's own work:
SQLite's machine steps in hundreds, Neo4j's database hits. They are taken where the store meets
the driver, so that nothing of the product knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest

from tracegraph.store.neo4j import connection as neo4j_connection
from tracegraph.store.sqlite import connections as sqlite_connections

Costs = dict[str, int]
Run = Callable[[str, dict[str, Any]], Any]
STEPS = 100  # of SQLite's machine between two counts


class Counter:
    """Counts, added up until they are taken."""

    def __init__(self) -> None:
        self.costs: Costs = {}
        self.take()

    def take(self) -> Costs:
        """What was counted since the last time."""
        found, self.costs = self.costs, {"statements": 0, "rows": 0, "bytes": 0, "work": 0}
        return found

    def row(self, values: Any) -> None:
        """A row that left the engine."""
        self.costs["rows"] += 1
        self.costs["bytes"] += len(orjson.dumps(values, default=bytes.decode))


@contextmanager
def counted_sqlite() -> Iterator[Counter]:
    """Count on every connection that is opened within; what FTS5 asks of itself is work only."""
    counter = Counter()
    connect = sqlite_connections.Connections._connect

    def counting(connections: sqlite_connections.Connections) -> Any:
        opened = connect(connections)

        def say(text: str) -> None:
            if not text.startswith(("BEGIN", "ROLLBACK", "COMMIT", "PRAGMA", "--")):
                counter.costs["statements"] += 1

        def row(cursor: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
            counter.row(values)
            return values

        opened.set_trace_callback(say)
        opened.row_factory = row
        return opened

    class Clock:
        """Asked for the time each STEPS; it never runs out."""

        @staticmethod
        def monotonic() -> float:
            counter.costs["work"] += 1
            return 0.0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_connections.Connections, "_connect", counting)
        patch.setattr(sqlite_connections, "_STEPS", STEPS)
        patch.setattr(sqlite_connections, "time", Clock)
        yield counter


class _Result:
    """The records of a statement, read whole."""

    def __init__(self, records: list[Any]) -> None:
        self._records = records

    def keys(self) -> list[str]:
        return self._records[0].keys() if self._records else []

    def values(self, *columns: str) -> list[list[Any]]:
        return [record.values(*columns) for record in self._records]

    def value(self, column: str) -> list[Any]:
        return [record[column] for record in self._records]


def _profiled(run: Run, counter: Counter) -> Run:
    """The same, every statement profiled."""

    def profiled(text: str, values: dict[str, Any]) -> _Result:
        result = run("PROFILE " + text, values)
        records = list(result)
        counter.costs["statements"] += 1
        for record in records:
            counter.row(record.values())
        counter.costs["work"] += _hits(result.consume().profile)
        return _Result(records)

    return profiled


def _hits(plan: dict[str, Any]) -> int:
    return int(plan.get("dbHits", 0)) + sum(map(_hits, plan.get("children", ())))


@contextmanager
def counted_neo4j() -> Iterator[Counter]:
    """Count every statement that runs within."""
    counter = Counter()
    begin: Callable[..., None] = neo4j_connection.Work.__init__

    def counting(work: neo4j_connection.Work, run: Run) -> None:
        begin(work, _profiled(run, counter))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neo4j_connection.Work, "__init__", counting)
        yield counter


COUNTED = {"sqlite": counted_sqlite, "neo4j": counted_neo4j}
