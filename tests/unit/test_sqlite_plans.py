"""What SQLite makes of the statements that must not read the whole journal, or every item."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from tracegraph.store.port import LISTED, Search, StoreError
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite.texts import require_fts


def plan_of(ask: Callable[[SqliteStore], object], table: str) -> list[str]:
    """How SQLite answers the one statement that names a table."""
    store = SqliteStore(":memory:")
    store.migrate()
    said: list[str] = []
    with store._connections.reading() as db:  # a read within it uses the same connection
        db.set_trace_callback(said.append)
        ask(store)
        db.set_trace_callback(None)
        (statement,) = [text for text in said if f" {table}" in text and text[:2] != "--"]
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + statement)]
    store.close()
    return plan


def test_records_of_types_are_found_by_their_index() -> None:
    """A partial index is passed over where the query does not repeat its condition."""
    plan = plan_of(lambda store: store.of_types(sorted(LISTED), known=9, after=1), "journal")

    assert "SEARCH j USING INDEX journal_type (type=? AND seq>? AND seq<?)" in plan


@pytest.mark.parametrize(("text", "index"), [("R-2", "name_text"), ("10/R", "key_text")])
def test_items_are_found_by_their_text_in_their_order(text: str, index: str) -> None:
    """Nothing is sorted, so a full page ends the reading."""
    plan = plan_of(lambda store: store.search(Search(text=text), known=9, after=1, limit=9), index)

    assert [step.split(" INDEX")[0] for step in plan] == [
        "SCAN t VIRTUAL TABLE",
        "SEARCH i USING PRIMARY KEY (no=? AND rec<?)",
    ]


def test_an_sqlite_that_cannot_search_is_refused() -> None:
    class Bare(sqlite3.Connection):
        """One that was built without FTS5."""

        def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
            return super().execute(sql.replace("'fts5'", "'fts9'"), values)

    with pytest.raises(StoreError, match="without FTS5"):
        require_fts(sqlite3.connect(":memory:", factory=Bare))
