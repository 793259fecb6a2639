"""The projection as a whole: reading it row by row in canonical order, and mending it."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tracegraph.store.batches import batches
from tracegraph.store.comparing import Difference, difference
from tracegraph.store.port import TABLES, GraphStore
from tracegraph.store.projection.rows import (
    BLOCK,
    STANDS,
    ComprisesRow,
    ItemRow,
    LineRow,
    Posting,
)
from tracegraph.store.projection.tables import by_block
from tracegraph.store.sqlite.tables import comprises_edges, line_edges, write_postings
from tracegraph.store.sqlite.texts import enter

# Per table: its columns, the void among them or not, and the columns that order it.
_COLUMNS = {
    "event": ("seq", "start", "start_rest", "at", "at_rest", "hub", "voider", "void"),
    "item": ("no", "key", "kind", "product", "number", "rec", "void"),
    "line": (
        "seq", "pos", "role", "flow", "item", "hub", "at", "lot", "via", "pooled", "quantity",
        "unit", "rec", "void",
    ),
    "comprises": ("lot", "serial", "at", "rest", "since", "until", "rec", "void"),
    "anomaly": ("seq", "item", "code", "pointer", "detail", "rec", "void"),
    "spoken": ("key", "home", "item", "kind", "product", "number", "rec"),
    "state": ("no", "kinds", "inflows", "draws", "serials", "lots", "packings", "suppliers"),
    "mention": ("kind", "key", "seq"),
    "run": ("no", "key"),
    "reference": ("source", "id", "kind", "seq"),
    "claim": ("name", "kind", "seq"),
    "posting": ("field", "value", "seq"),
}  # fmt: skip
_ORDER = {
    "event": "seq", "item": "no, rec", "line": "seq, pos, item, via, rec",
    "comprises": "serial, lot, since, until, at, rest, rec",
    "anomaly": "seq, item, code, pointer, detail, rec", "spoken": "home", "state": "no",
    "mention": "seq, kind, key", "run": "no",
    "reference": "seq, kind, source, id", "claim": "seq, kind, name",
}  # fmt: skip
_CHUNK = 5000


def table_rows(db: sqlite3.Connection, table: str, known: int) -> Iterator[tuple[Any, ...]]:
    """Rows of a table, in canonical order, as they were at `known`."""
    if table == "posting":
        yield from _postings(db, known)
        return
    columns = _COLUMNS[table]
    seen = {
        "void": f"CASE WHEN void > :known THEN {STANDS} ELSE void END",
        "voider": "CASE WHEN void > :known THEN 0 ELSE voider END",
    }
    shown = [seen.get(name, name) for name in columns]
    born = "rec" if "rec" in columns else "seq" if "seq" in columns else None
    where = f"WHERE {born} <= :known" if born else ""
    cursor = db.execute(
        f"SELECT {', '.join(shown)} FROM {table} {where} ORDER BY {_ORDER[table]}", {"known": known}
    )
    while rows := cursor.fetchmany(_CHUNK):
        yield from rows


def _postings(db: sqlite3.Connection, known: int) -> Iterator[tuple[Any, ...]]:
    cursor = db.execute(
        "SELECT field, value, block, offsets FROM posting ORDER BY field, value, block"
    )
    while rows := cursor.fetchmany(_CHUNK):
        for field, value, block, offsets in rows:
            seqs = (block * BLOCK + offset for offset in array("H", offsets))
            yield from ((field, value, seq) for seq in seqs if seq <= known)


def mend(db: sqlite3.Connection, source: GraphStore) -> int:
    """Replace every row that is not as in `source`, which holds the same journal."""
    ((head,),) = db.execute("SELECT ifnull(max(seq), 0) FROM journal")
    mended = 0
    for table in TABLES:
        columns = _COLUMNS[table]
        changed = difference(list(table_rows(db, table, head)), source.rows(table, head))
        mended += len(changed.extra) + len(changed.missing)
        if table == "posting":
            _mend_postings(db, changed)
            continue
        match = " AND ".join(f"{name} IS ?" for name in columns)
        db.executemany(f"DELETE FROM {table} WHERE {match}", changed.extra)
        marks = ", ".join("?" * len(columns))
        db.executemany(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
            changed.missing,
        )
        if table == "item":
            enter(db, (ItemRow(*row[:5]) for row in changed.missing))
    return mended + _mend_edges(db)


def _mend_postings(db: sqlite3.Connection, changed: Difference) -> None:
    """Write anew each block in which something is too many or missing."""
    touched = by_block(Posting(*row) for row in (*changed.extra, *changed.missing))
    true = Counter(changed.missing)
    for field, value, block in touched:
        key = (field, value, block)
        for (offsets,) in db.execute(
            "SELECT offsets FROM posting WHERE field = ? AND value = ? AND block = ?", key
        ):
            true.update((field, value, block * BLOCK + offset) for offset in array("H", offsets))
        db.execute("DELETE FROM posting WHERE field = ? AND value = ? AND block = ?", key)
    rows = sorted((true - Counter(changed.extra)).elements())
    write_postings(db, (Posting(*row) for row in rows))


def _mend_edges(db: sqlite3.Connection) -> int:
    """Make the edges what the lines and the serials say."""
    db.execute("DROP TABLE IF EXISTS temp.wanted")
    db.execute(
        "CREATE TEMP TABLE wanted (src INTEGER, dst INTEGER, at INTEGER, rec INTEGER, void INTEGER,"
        " PRIMARY KEY (src, dst, rec, at, void)) WITHOUT ROWID"
    )
    for chunk in batches(_edges(db), _CHUNK):
        db.executemany("INSERT OR IGNORE INTO temp.wanted VALUES (?, ?, ?, ?, ?)", chunk)
    gone = db.execute(
        "DELETE FROM edge WHERE (src, dst, rec, at, void) NOT IN"
        " (SELECT src, dst, rec, at, void FROM temp.wanted)"
    ).rowcount
    new = db.execute("INSERT OR IGNORE INTO edge SELECT * FROM temp.wanted").rowcount
    return gone + new


def _edges(db: sqlite3.Connection) -> Iterator[tuple[int, int, int, int, int]]:
    lines, members = ", ".join(_COLUMNS["line"]), ", ".join(_COLUMNS["comprises"])
    for *columns, rec, void in db.execute(f"SELECT {lines} FROM line WHERE flow > 0"):
        line = LineRow(*columns)
        for pair in line_edges(line):
            yield (*pair, line.at, rec, void)
    for *columns, rec, void in db.execute(f"SELECT {members} FROM comprises"):
        row = ComprisesRow(*columns)
        for pair in comprises_edges(row):
            yield (*pair, row.at, rec, void)
