"""The engines under test, behind one fixture: an engine gives empty stores, one at a time.

    def test_something(engine):
        store = engine.empty()          # migrated; what was there before is gone
        other = engine.again()          # the same data by another connection

A case asks the engine, never what it is. Only the fixture may skip, and only where no Neo4j can
be had.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from neo4j import Driver, GraphDatabase, Query

from tracegraph.library import Tracegraph
from tracegraph.store.adjacency import Adjacency
from tracegraph.store.opening import open_store
from tracegraph.store.port import GraphStore

ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("neo4j", id="neo4j", marks=pytest.mark.neo4j),
]
WITH_ADJACENCY = [
    pytest.param("sqlite_adjacency", id="sqlite-adjacency"),
    pytest.param("neo4j_adjacency", id="neo4j-adjacency", marks=pytest.mark.neo4j),
]
ADJACENCY_BYTES = 2**28
REPLAN = "CALL db.prepareForReplanning(60)"  # seconds to sample the indexes in
WIPE = "MATCH (n) WHERE NOT n:Migration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


class Engine:
    """One engine; `dsn` is of the data of the latest empty store."""

    name: str
    dsn: str

    def __init__(self, *, adjacency: bool = False) -> None:
        self._open: list[GraphStore] = []
        self._adjacency = adjacency

    def empty(self) -> GraphStore:
        """A migrated store without events; earlier stores of this engine lose their data."""
        self.close()
        self._wipe()
        store = self.again(start=False)
        store.migrate()
        started(store)
        return store

    def graph(self) -> Tracegraph:
        """The library on an empty store."""
        return Tracegraph(self.empty())

    def again(self, *, start: bool = True) -> GraphStore:
        """Another store on the same data; not to be started before it is migrated."""
        store = open_store(self.dsn, adjacency_bytes=ADJACENCY_BYTES if self._adjacency else 0)
        self._open.append(store)
        return started(store) if start else store

    def aside(self) -> GraphStore:
        """An empty store that does not touch this engine's data; on SQLite, whatever the engine."""
        store = open_store("sqlite:///:memory:")
        self._open.append(store)
        store.migrate()
        return store

    def run(self, statement: str) -> None:
        """One statement of the engine's own language, behind the store's back."""
        raise NotImplementedError

    def replan(self) -> None:
        """Let what is asked next be planned for the data that is there."""

    def close(self) -> None:
        """Close every store that was opened."""
        while self._open:
            self._open.pop().close()

    def _wipe(self) -> None:
        raise NotImplementedError


def started(store: GraphStore) -> GraphStore:
    """A store whose adjacency, if it has one, answers."""
    if isinstance(store.walker, Adjacency):
        store.walker.start()
        assert store.walker.wait(60)
    return store


class SqliteEngine(Engine):
    """A new file for each empty store, without waiting for the disk."""

    name = "sqlite"

    def __init__(self, folder: Path, *, adjacency: bool = False) -> None:
        super().__init__(adjacency=adjacency)
        self._folder = folder
        self._count = 0

    def _wipe(self) -> None:
        for old in self._folder.glob("*.db*"):
            old.unlink(missing_ok=True)  # the log goes with the last connection of a thread
        self._count += 1
        self.dsn = f"sqlite:///{self._folder / f'{self._count}.db'}"

    def run(self, statement: str) -> None:
        """One statement on the file itself."""
        connection = sqlite3.connect(self.dsn.removeprefix("sqlite:///"))
        with connection:
            connection.execute(statement)
        connection.close()


class Neo4jEngine(Engine):
    """The server's one database, wiped between cases; its schema stays."""

    name = "neo4j"

    def __init__(self, dsn: str, *, adjacency: bool = False) -> None:
        super().__init__(adjacency=adjacency)
        self.dsn = dsn
        address = urlsplit(dsn)
        self._database = address.path.strip("/") or "neo4j"
        login = (unquote(address.username or "neo4j"), unquote(address.password or ""))
        where = f"{address.scheme}://{address.hostname}:{address.port or 7687}"
        self._driver: Driver = GraphDatabase.driver(where, auth=login)
        self._blank: list[dict[str, Any]] | None = None

    def _wipe(self) -> None:
        with self._driver.session(database=self._database) as session:
            if self._blank is None:
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
                store = open_store(self.dsn)
                store.migrate()
                store.close()
                found = session.run(
                    "MATCH (n) WHERE NOT n:Migration"
                    " RETURN labels(n) AS labels, properties(n) AS values"
                )
                self._blank = [record.data() for record in found]
            session.run(WIPE).consume()
            for node in self._blank:
                session.run(Query("CREATE (n:$($labels)) SET n = $values"), node).consume()

    def run(self, statement: str) -> None:
        """One statement on the database itself."""
        with self._driver.session(database=self._database) as session:
            session.run(Query(statement)).consume()

    def replan(self) -> None:
        """Sample the indexes, and forget every plan."""
        self.run(REPLAN)

    def shut(self) -> None:
        """Close what is open, the driver too."""
        self.close()
        self._driver.close()


def long_on_neo4j(engine: Engine) -> None:
    """Skip what takes Neo4j long and says of the engine no more than the contract does.

    `make prove` runs it there, too.
    """
    if engine.name == "neo4j" and os.environ.get("TRACEGRAPH_PROVE") != "1":
        pytest.skip("on Neo4j in the long form only: make prove")


@pytest.fixture(scope="session")
def sqlite_engine() -> Iterator[SqliteEngine]:
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        engine = SqliteEngine(Path(folder))
        yield engine
        engine.close()


@pytest.fixture(scope="session")
def sqlite_adjacency_engine() -> Iterator[SqliteEngine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = SqliteEngine(Path(folder), adjacency=True)
        yield engine
        engine.close()


@pytest.fixture(scope="session")
def neo4j_adjacency_engine(neo4j_dsn: str) -> Iterator[Neo4jEngine]:
    engine = Neo4jEngine(neo4j_dsn, adjacency=True)
    yield engine
    engine.shut()


@pytest.fixture(scope="session")
def neo4j_engine(neo4j_dsn: str) -> Iterator[Neo4jEngine]:
    engine = Neo4jEngine(neo4j_dsn)
    yield engine
    engine.shut()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    yield found
    found.close()
