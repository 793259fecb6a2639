"""Opening a store by its DSN."""

from __future__ import annotations

from urllib.parse import urlsplit

from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import GraphStore

ACCEPTED = (
    "sqlite:///PATH, sqlite:///:memory:, or neo4j://user:password@host:7687/database"
    " (also neo4j+s, bolt, bolt+s)"
)
_BOLT = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})


def open_store(dsn: str, *, timeout: float = 60.0, create: bool = True) -> GraphStore:
    """The store a DSN names; `timeout` bounds each query, in seconds.

    A file that does not exist is made only with `create`.

    Engines are imported when they are asked for. Raises Refused for a DSN that is none.
    """
    scheme, separator, rest = dsn.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from tracegraph.store.sqlite import SqliteStore

        return SqliteStore(rest[1:], create=create, timeout=timeout)
    if separator and scheme in _BOLT and urlsplit(dsn).hostname:
        from tracegraph.store.neo4j import Neo4jStore

        return Neo4jStore(dsn, timeout=timeout)
    raise Refused((Refusal("/store", "dsn", f"{_hidden(dsn)!r} names no store.", ACCEPTED),))


def _hidden(dsn: str) -> str:
    """A DSN without its password."""
    head, at, tail = dsn.rpartition("@")
    user, colon, _ = head.rpartition(":")
    return f"{user}:***@{tail}" if at and colon else dsn
