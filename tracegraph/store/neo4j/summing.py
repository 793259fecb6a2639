"""Reading events and what they took and gave, added up inside Neo4j."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tracegraph.model.key import Kind
from tracegraph.store.columns import EventColumns, SumColumns
from tracegraph.store.neo4j.connection import Connection, Work
from tracegraph.store.neo4j.writing import versions_of

_CHUNK = 2000


class Summing:
    """The part of `Neo4jStore` that adds lines up."""

    _connection: Connection

    def events(self, seqs: Collection[int], known: int) -> EventColumns:
        """Standing events."""
        rows = self._connection.read(
            "events",
            lambda tx: [row for part in _parts(seqs) for row in tx.rows("event_rows", seqs=part)],
        )
        return EventColumns.of([row for row in rows if row[0] <= known < row[9]])

    def events_of_runs(self, runs: Collection[int], known: int) -> list[int]:
        """Seqs of the standing events of runs."""
        nodes = [4 * run + 3 for run in set(runs)]
        rows = self._connection.read(
            "events_of_runs", lambda tx: tx.rows("events_of_runs", nodes=nodes, known=known)
        )
        return [row[0] for row in rows]

    def sums_of_events(self, seqs: Collection[int], known: int) -> SumColumns:
        """What events took and gave, added up."""

        def work(tx: Work) -> list[tuple[Any, ...]]:
            rows = [
                row
                for part in _parts(seqs)
                for row in tx.rows("sums_of_events", seqs=part, known=known)
            ]
            renamed = sorted({row[10] for row in rows if row[10]})
            named = {
                row[0]: row for part in _parts(renamed) for row in tx.rows("items", nodes=part)
            }
            return _added(rows, named, known)

        found = self._connection.read("sums_of_events", work)
        if not found:
            return SumColumns(*([] for _ in SumColumns._fields))
        return SumColumns(*map(list, zip(*found, strict=True)))


def _parts(numbers: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(set(numbers))
    return (ordered[first : first + _CHUNK] for first in range(0, len(ordered), _CHUNK))


def _added(rows: list[list[Any]], named: dict[int, list[Any]], known: int) -> list[tuple[Any, ...]]:
    """Sums by what the items were called at a cut; the server knows what they are called now."""
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for seq, hub, flow, now, of_lot, kind, unit, quantity, measured, lines, node in rows:
        product, what, lot = now, kind, of_lot
        if node:
            spells = versions_of(named[node])
            then = next((r for r, rec, void in spells if rec <= known < void), None)
            if then is None:
                continue
            product, what = then.product, then.kind
            if what == Kind.LOT:
                lot = then.no
        own = sums.setdefault((seq, hub, flow, product, lot, what, unit), [0, 0, 0])
        own[0] += quantity or 0
        own[1] += measured
        own[2] += lines
    return [
        (*key, total if measured == lines else None, lines)
        for key, (total, measured, lines) in sums.items()
    ]
