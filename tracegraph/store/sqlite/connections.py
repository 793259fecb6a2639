"""Connections to one SQLite file: one for writing at a time, one for reading in each thread."""

from __future__ import annotations

import math
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from tracegraph.store.port import StoreUnavailable

MEMORY = ":memory:"
_BUSY_SECONDS = 600.0  # as long as another process may write one batch
_STEPS = 100_000  # of SQLite's machine between two looks at the clock


class _Held:
    """A connection of one thread; closed when the thread ends, and with it what it held."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Connections:
    """Opens connections as threads need them. Every error of SQLite leaves as StoreUnavailable.

    `:memory:` is a file in a temporary folder, removed on close: only a file can be shared by
    threads with one writer and many readers.
    """

    def __init__(self, path: str, *, create: bool, timeout: float) -> None:
        self._timeout = timeout
        if path != MEMORY and not Path(path).parent.is_dir():
            raise StoreUnavailable(f"There is no folder {Path(path).parent}.")
        if not create and path != MEMORY and not Path(path).exists():
            raise StoreUnavailable(f"There is no file {path}; `tracegraph migrate` makes it.")
        self._folder = tempfile.TemporaryDirectory(prefix="tracegraph-") if path == MEMORY else None
        self._path = str(Path(self._folder.name) / "store.db") if self._folder else path
        self._durable = self._folder is None
        self._local = threading.local()
        self._open: WeakSet[_Held] = WeakSet()
        self._guard = threading.Lock()
        self._writing = threading.RLock()

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._guard:
            for held in list(self._open):
                held.connection.close()
            self._open.clear()
            self._local = threading.local()
        if self._folder:
            self._folder.cleanup()

    @contextmanager
    def reading(self, *, bounded: bool = True) -> Iterator[sqlite3.Connection]:
        """A consistent view of the file, for this thread; bounded by what a query may take."""
        connection = self._connection()
        if connection.in_transaction:  # a read within a read, or within a write, sees the same
            yield connection
            return
        with _translated():
            connection.execute("BEGIN")
            deadline = time.monotonic() + self._timeout if bounded else math.inf
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
            try:
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The one writer: committed at the end, rolled back on any error."""
        with self._writing, _translated():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            with _translated():
                held = self._local.held = _Held(self._connect())
            with self._guard:
                self._open.add(held)
        return held.connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA mmap_size = 1073741824")
        # What a closure reaches. Each read ends in a rollback, which empties it again.
        connection.execute("CREATE TEMP TABLE reached (n INTEGER PRIMARY KEY)")
        return connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise StoreUnavailable(f"SQLite: {error}.") from error
