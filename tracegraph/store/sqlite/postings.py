"""Finding EPCIS events by what they say, in the embedded store."""

from __future__ import annotations

from array import array
from collections.abc import Collection

from tracegraph.store.projection.rows import BLOCK
from tracegraph.store.projection.terms import Term
from tracegraph.store.sqlite.connections import Connections
from tracegraph.store.sqlite.tables import packed


class Postings:
    """The part of `SqliteStore` that knows the terms of events."""

    _connections: Connections

    def term_values(
        self, field: str, *, after: str, until: str, limit: int, backwards: bool = False
    ) -> list[str]:
        """Values of terms of a field."""
        order = "DESC" if backwards else "ASC"
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT value FROM posting WHERE field = ? AND value > ? AND value < ?"
                f" ORDER BY value {order} LIMIT ?",
                (field, after, until, limit),
            ).fetchall()
        return [value for (value,) in rows]

    def posting_blocks(
        self, terms: Collection[Term], first: int, last: int
    ) -> dict[Term, list[int]]:
        """In which blocks events have a term."""
        found: dict[Term, list[int]] = {each: [] for each in terms}
        with self._connections.reading() as db:
            for field, value, block in db.execute(
                "SELECT p.field, p.value, p.block FROM json_each(?) v CROSS JOIN posting p"
                " ON p.field = v.value ->> 0 AND p.value = v.value ->> 1"
                " AND p.block BETWEEN ? AND ? ORDER BY p.block",
                (packed(map(list, found)), first, last),
            ):
                found[Term(field, value)].append(block)
        return found

    def postings(
        self, terms: Collection[Term], blocks: Collection[int]
    ) -> dict[Term, dict[int, list[int]]]:
        """The seqs of the events that have a term, by block."""
        found: dict[Term, dict[int, list[int]]] = {each: {} for each in terms}
        with self._connections.reading() as db:
            for field, value, block, offsets in db.execute(
                "SELECT p.field, p.value, p.block, p.offsets FROM json_each(?) v"
                " CROSS JOIN json_each(?) b CROSS JOIN posting p ON p.field = v.value ->> 0"
                " AND p.value = v.value ->> 1 AND p.block = b.value",
                (packed(map(list, found)), packed(set(blocks))),
            ):
                found[Term(field, value)][block] = [
                    block * BLOCK + offset for offset in array("H", offsets)
                ]
        return found
