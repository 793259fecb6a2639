"""What SQLite makes of the statements that must not read the whole journal."""

from __future__ import annotations

from tracegraph.store.port import LISTED
from tracegraph.store.sqlite import SqliteStore


def test_records_of_types_are_found_by_their_index() -> None:
    """A partial index is passed over where the query does not repeat its condition."""
    store = SqliteStore(":memory:")
    store.migrate()
    said: list[str] = []
    with store._connections.reading() as db:  # a read within it uses the same connection
        db.set_trace_callback(said.append)
        store.of_types(sorted(LISTED), known=9, after=1)
        db.set_trace_callback(None)
        (statement,) = [text for text in said if "journal" in text]
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + statement)]
    store.close()

    assert "SEARCH j USING INDEX journal_type (type=? AND seq>? AND seq<?)" in plan
