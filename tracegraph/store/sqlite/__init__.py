"""The embedded engine: one SQLite file, durable, safe across threads and processes."""

from tracegraph.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
