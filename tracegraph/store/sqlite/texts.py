"""Where texts are looked for: items by pieces of what they were ever called.

Two FTS5 indexes, rowid = item, that keep no text of their own (docs/adr/0020):

    name_text   the number, or the key of an item that has none: from each character on, six, which
                are found by as many of them as the text has
    key_text    the key, and a number that could be taken for a piece of one (see `names_key`):
                every three characters

They give candidates, by number: whoever asks looks whether the text is really there. For what an
item is no longer called stays in them, FTS5 folds more letters than A to Z, and the pieces of a
text may lie apart. So nothing is ever taken out, and nothing is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tracegraph.store.port import StoreError, names_key
from tracegraph.store.projection.rows import ItemRow

_MOST = 5  # of the pieces of a text, those at its end, where numbers differ most
# What parts the pieces of a name, and the semicolon, which parts the statements of a migration.
_PLAIN = dict.fromkeys([*range(32), 127, ord(";")], ",")


def require_fts(db: sqlite3.Connection) -> None:
    """Raises StoreError where SQLite was built without what the indexes are made of."""
    if not db.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone():
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} of this Python was built without FTS5,"
            " which tracegraph searches by. Use a Python whose SQLite has it, or Neo4j."
        )


def enter(db: sqlite3.Connection, rows: Iterable[ItemRow]) -> None:
    """Index what items are called, beside what they were called before. O(characters).

    Best by ascending number: before each that is not above the last, FTS5 writes out what it
    gathered. Not by a trigger, where it would do so before every row.
    """
    rows = list(rows)
    db.executemany(
        "INSERT INTO name_text (rowid, text) VALUES (?, ?)",
        ((row.no, _sixes(row.key if row.number is None else row.number)) for row in rows),
    )
    db.executemany(
        "INSERT INTO key_text (rowid, text) VALUES (?, ?)", ((row.no, _key(row)) for row in rows)
    )


def _sixes(name: str) -> str:
    plain = name.translate(_PLAIN)
    return "\n".join([plain[start : start + 6] for start in range(len(plain))])


def _key(row: ItemRow) -> str:
    return f"{row.key} {row.number}" if row.number and names_key(row.number) else row.key


def index_for(text: str) -> str:
    """The index that has every item in whose number or key a text is looked for."""
    return "key_text" if names_key(text) else "name_text"


def pieces(text: str) -> str:
    """What FTS5 is asked for in the index for a text; empty where that has no pieces so short.

    >>> pieces("R-24178")
    '"R-2417" AND "-24178"'
    >>> pieces("R-24")
    '"R-24"*'
    >>> pieces("10/R")
    '"10/" AND "0/R"'
    """
    if names_key(text):
        return _all_of(text, 3, "")
    plain = text.translate(_PLAIN)
    return _all_of(plain, 6, "") if len(plain) >= 6 else _all_of(plain, len(plain), "*")


def _all_of(text: str, size: int, end: str) -> str:
    found = dict.fromkeys(text[start : start + size] for start in range(len(text) - size + 1))
    quoted = ('"' + piece.replace('"', '""') + '"' + end for piece in found if piece)
    return " AND ".join(list(quoted)[-_MOST:])
