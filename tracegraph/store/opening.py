"""Opening a store by its DSN."""

from __future__ import annotations

from urllib.parse import urlsplit

from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import GraphStore

ACCEPTED = (
    "sqlite:///PATH, sqlite:///:memory:, or neo4j://user:password@host:7687/database"
    " (also neo4j+s, bolt, bolt+s; user and password percent-encoded)"
)
_BOLT = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})


def open_store(
    dsn: str, *, timeout: float = 60.0, create: bool = True, adjacency_bytes: int = 0
) -> GraphStore:
    """The store a DSN names; `timeout` bounds each query, in seconds.

    A file that does not exist is made only with `create`. With `adjacency_bytes` closures are
    answered from memory of at most that size, once `store.walker.start()` has been called.

    Engines are imported when they are asked for. Raises Refused for a DSN that is none.
    """
    store = _open(dsn, timeout, create)
    if adjacency_bytes:
        from tracegraph.store.adjacency import Adjacency

        store.walker = Adjacency(store, most_bytes=adjacency_bytes)
    return store


def _open(dsn: str, timeout: float, create: bool) -> GraphStore:
    scheme, separator, rest = dsn.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from tracegraph.store.sqlite import SqliteStore

        return SqliteStore(rest[1:], create=create, timeout=timeout)
    if separator and scheme in _BOLT and _has_host(dsn):
        from tracegraph.store.neo4j import Neo4jStore

        return Neo4jStore(dsn, timeout=timeout)
    # A DSN can hold a password, so nothing of it but the scheme is told.
    detail = f"The DSN that begins with {scheme!r} names no store." if separator else "is no DSN."
    raise Refused((Refusal("/store", "dsn", detail, ACCEPTED),))


def _has_host(dsn: str) -> bool:
    try:
        parts = urlsplit(dsn)
        return bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
