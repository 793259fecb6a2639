"""The connection to Neo4j: sessions, managed transactions, timeouts, and errors translated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DriverError,
    Neo4jError,
)

from tracegraph.store.neo4j.statements import statement
from tracegraph.store.port import StoreUnavailable

Row = dict[str, Any]
T = TypeVar("T")

# A statement that ran out of time or of memory may do better later; these are not the caller's.
_LATER = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    "Neo.ClientError.Database.DatabaseNotFound",
)
# Of all transactions together (dbms.memory.transaction.total.max, 70 % of the heap), of one
# (db.memory.transaction.max). Of the first the driver has tried again, should others have used it.
_MEMORY = ("MemoryPoolOutOfMemoryError", "TransactionOutOfMemoryError")


class OutOfMemory(StoreUnavailable):
    """What a transaction reads or writes is more than the server gives to transactions."""


class Work:
    """A transaction, or several that only read, in which statements are run by name."""

    def __init__(self, run: Callable[[str, Row], neo4j.Result]) -> None:
        self._run = run

    def run(self, name: str, /, **values: Any) -> list[Row]:
        """Run a statement; its rows as dicts."""
        # Not by `data()`: that rebuilds every list within, twelve times the work of receiving it.
        result = self._run(statement(name), values)
        names = result.keys()
        return [dict(zip(names, row, strict=True)) for row in result.values()]

    def rows(self, name: str, /, **values: Any) -> list[list[Any]]:
        """Run a statement that returns rows in batches."""
        return self._batched("rows", name, values)

    def nodes(self, name: str, /, **values: Any) -> list[int]:
        """Run a statement that returns numbers in batches."""
        return self._batched("nodes", name, values)

    def columns(self, name: str, /, *columns: str, **values: Any) -> tuple[list[Any], ...]:
        """Run a statement that returns several columns in batches; each column as one list."""
        batches = self._run(statement(name), values).values(*columns)
        return tuple([one for batch in batches for one in batch[n]] for n in range(len(columns)))

    def _batched(self, column: str, name: str, values: dict[str, Any]) -> list[Any]:
        batches = self._run(statement(name), values).value(column)
        return [one for batch in batches for one in batch]


class Connection:
    """A driver for one database. Safe for many threads; reads see what this process wrote."""

    def __init__(self, dsn: str, *, timeout: float) -> None:
        parts = urlsplit(dsn)
        address = f"{parts.scheme}://{parts.hostname}:{parts.port or 7687}"
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self.timeout = timeout
        self.database = parts.path.strip("/") or "neo4j"
        self.address = address
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self._heeded: tuple[str, ...] = ()
        with translated():
            self._driver = neo4j.GraphDatabase.driver(
                address,
                auth=auth,
                user_agent="tracegraph",
                notifications_min_severity="OFF",
                telemetry_disabled=True,  # it is a message more to each statement
                connection_timeout=5.0,
                connection_acquisition_timeout=15.0,
                max_transaction_retry_time=15.0,
            )

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def bookmarks(self) -> tuple[str, ...]:
        """What reads wait for: that a server has caught up with these."""
        return tuple(self._bookmarks.get_bookmarks())

    def heed(self, bookmarks: Collection[str]) -> None:
        """Wait for these bookmarks of another process, too, in place of those it gave before."""
        if bookmarks:
            self._bookmarks.update_bookmarks(self._heeded, bookmarks)
            self._heeded = tuple(bookmarks)

    def read(self, name: str, work: Callable[[Work], T]) -> T:
        """Run `work`, which only reads; again, in one transaction, when the server asks for it.

        A statement is a transaction of its own, which costs one exchange with the server where a
        transaction around it costs three. It sees no less: transactions of Neo4j read what is
        committed at each statement, and answers do not depend on what comes after their cut.
        """
        with self._session(neo4j.READ_ACCESS) as session:

            def run(text: str, values: Row) -> neo4j.Result:
                query = neo4j.Query(text, metadata=_metadata(name), timeout=self.timeout)
                return session.run(query, values)

            try:
                return work(Work(run))
            except (DriverError, Neo4jError) as error:
                if not error.is_retryable():
                    raise
        with self._session() as session:
            return session.execute_read(self._unit(name, work, self.timeout))

    def write(self, name: str, work: Callable[[Work], T], *, timeout: float | None = None) -> T:
        """Run `work` in a write transaction, again when the server asks for it.

        The driver runs it again for errors that it knows to be passing: deadlocks, leader
        switches, outdated transactions, lost connections.
        """
        with self._session() as session:
            return session.execute_write(self._unit(name, work, timeout or self.timeout))

    def run(self, text: str) -> None:
        """Run a statement of the schema, which takes a transaction of its own."""
        with self._session() as session:
            session.run(neo4j.Query(text, timeout=self.timeout)).consume()

    @contextmanager
    def _session(self, mode: str = neo4j.WRITE_ACCESS) -> Iterator[neo4j.Session]:
        with (
            translated(),
            self._driver.session(
                database=self.database, bookmark_manager=self._bookmarks, default_access_mode=mode
            ) as session,
        ):
            yield session

    @staticmethod
    def _unit(
        name: str, work: Callable[[Work], T], timeout: float
    ) -> Callable[[neo4j.ManagedTransaction], T]:
        @neo4j.unit_of_work(metadata=_metadata(name), timeout=timeout)
        def unit(transaction: neo4j.ManagedTransaction) -> T:
            return work(Work(transaction.run))

        return unit


def _metadata(name: str) -> dict[str, str]:
    return {"app": "tracegraph", "query": name}


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver and of the server that may pass leave as StoreUnavailable."""
    try:
        yield
    except Neo4jError as error:
        if (error.code or "").endswith(_MEMORY):
            raise OutOfMemory(f"Neo4j: {error.message}") from error
        if isinstance(error, ClientError) and not isinstance(error, AuthError):
            if error.code in _LATER:
                raise StoreUnavailable(f"Neo4j: {error.message}") from error
            raise
        raise StoreUnavailable(f"Neo4j: {error}") from error
    except (DriverError, OSError) as error:
        raise StoreUnavailable(f"Neo4j: {error}") from error
