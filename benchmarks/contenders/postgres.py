"""Postgres with a recursive common table expression: what an ERP would do.

The same edges and items, an index each way that answers by itself, and the same predicates on
both times and on voids. What is loaded comes out of the embedded store.
"""

from __future__ import annotations

from typing import Any

import psycopg

from benchmarks.asked import Answer, Kind, Question
from benchmarks.contenders import Setting
from tracegraph.store.sqlite import SqliteStore

NEVER = 2**62

TABLES = """
CREATE TABLE edge (
    src bigint NOT NULL, dst bigint NOT NULL, at bigint NOT NULL, rec bigint NOT NULL,
    void bigint NOT NULL
);
CREATE TABLE item (
    no bigint NOT NULL, rec bigint NOT NULL, void bigint NOT NULL, key text NOT NULL
);
"""
INDEXES = """
CREATE INDEX edge_forward ON edge (src, dst, at, rec, void);
CREATE INDEX edge_backward ON edge (dst, src, at, rec, void);
ALTER TABLE item ADD PRIMARY KEY (no, rec);
"""
CLOSURE = """
WITH RECURSIVE r (n) AS (
    SELECT unnest(%(seeds)s::bigint[])
    UNION
    SELECT e.{there} FROM r JOIN edge e ON e.{here} = r.n
    AND e.at <= %(as_of)s AND e.rec <= %(known)s AND e.void > %(known)s
)
SELECT i.key FROM (SELECT DISTINCT n >> 2 AS no FROM r WHERE n & 3 < 2) reached
JOIN item i ON i.no = reached.no AND i.rec <= %(known)s AND i.void > %(known)s
"""


class Postgres:
    """One connection; statements are prepared."""

    kinds: frozenset[Kind] = frozenset({"closure"})

    def __init__(self, setting: Setting) -> None:
        assert setting.postgres is not None
        self._known = setting.known
        self._db = psycopg.connect(setting.postgres, autocommit=True)
        self._texts = {
            "forward": CLOSURE.format(here="src", there="dst").encode(),
            "backward": CLOSURE.format(here="dst", there="src").encode(),
        }

    def ready(self) -> None:
        """Nothing is to be done."""

    def ask(self, question: Question) -> Answer:
        """The keys of all that the recursion reaches."""
        seeds = [4 * no + half for no in question.numbers for half in (0, 1)]
        values = {"seeds": seeds, "as_of": NEVER, "known": self._known}
        text = self._texts[question.way]
        rows = self._db.execute(text, values, prepare=True).fetchall()
        return Answer([row[0] for row in rows])

    def stored(self) -> int | None:
        """Both tables with their indexes."""
        ((size,),) = self._db.execute(
            "SELECT pg_total_relation_size('edge') + pg_total_relation_size('item')"
        ).fetchall()
        return int(size)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def load(dsn: str, source: SqliteStore) -> None:
    """Copy edges and items into an empty database, and index them."""
    with psycopg.connect(dsn, autocommit=True) as db, source._connections.reading() as store:
        db.execute(TABLES)
        _copy(db, store, "edge", "src, dst, at, rec, void")
        _copy(db, store, "item", "no, rec, void, key")
        db.execute(INDEXES)
        db.execute("VACUUM (FREEZE, ANALYZE) edge")
        db.execute("VACUUM (FREEZE, ANALYZE) item")


def _copy(db: psycopg.Connection[Any], store: Any, table: str, columns: str) -> None:
    with db.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        for row in store.execute(f"SELECT {columns} FROM {table}"):
            copy.write_row(row)
