"""Finding EPCIS events by what they say, in Neo4j."""

from __future__ import annotations

from collections.abc import Collection

from tracegraph.store.neo4j.connection import Connection
from tracegraph.store.projection.rows import BLOCK
from tracegraph.store.projection.terms import Term


class Postings:
    """The part of `Neo4jStore` that knows the terms of events."""

    _connection: Connection

    def term_values(
        self, field: str, *, after: str, until: str, limit: int, backwards: bool = False
    ) -> list[str]:
        """Values of terms of a field."""
        name = "term_values_backwards" if backwards else "term_values"
        cuts = {"value": after, "until": until, "limit": limit}
        rows = self._connection.read(name, lambda tx: tx.run(name, field=field, **cuts))
        return [row["value"] for row in rows]

    def posting_blocks(
        self, terms: Collection[Term], first: int, last: int
    ) -> dict[Term, list[int]]:
        """In which blocks events have a term."""
        found: dict[Term, list[int]] = {each: [] for each in terms}
        asked = [list(each) for each in found]
        for field, value, block in self._connection.read(
            "posting_blocks",
            lambda tx: tx.rows("posting_blocks", terms=asked, first=first, last=last),
        ):
            found[Term(field, value)].append(block)
        return found

    def postings(
        self, terms: Collection[Term], blocks: Collection[int]
    ) -> dict[Term, dict[int, list[int]]]:
        """The seqs of the events that have a term, by block."""
        found: dict[Term, dict[int, list[int]]] = {each: {} for each in terms}
        asked = [list(each) for each in found]
        for field, value, block, offsets in self._connection.read(
            "postings", lambda tx: tx.rows("postings", terms=asked, blocks=list(set(blocks)))
        ):
            found[Term(field, value)][block] = [block * BLOCK + offset for offset in offsets]
        return found
