"""The projection's rows in Neo4j, as an append reads them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tracegraph.store.neo4j.connection import Work
from tracegraph.store.projection.rows import (
    STANDS,
    AnomalyRow,
    ComprisesRow,
    EventRow,
    ItemRow,
    ItemState,
    LineRow,
    Reference,
    Spoken,
)
from tracegraph.store.projection.tables import Counters, Stored

Id = tuple[str, str]


def uid(source: str, id: str) -> str:
    """Source and id of an event as one value; no control character can be in either."""
    return f"{source}\x1f{id}"


def line_row(row: list[Any]) -> LineRow:
    """A LineRow from [seq, pos, role, flow, item node, hub, at, lot, via, pooled, ...]."""
    seq, pos, role, flow, node, *rest = row
    return LineRow(seq, pos, role, flow, node >> 2, *rest)


class Neo4jTables:
    """`Tables` in an open transaction that holds the journal's lock."""

    def __init__(self, work: Work, counters: Counters) -> None:
        self._work = work
        self._counters = counters

    def counters(self) -> Counters:
        """The last numbers given."""
        return Counters(self._counters.item, self._counters.run)

    def held(self, ids: Collection[Id]) -> dict[Id, tuple[int, str]]:
        """Seq and content hash of events by (source, id)."""
        named = {uid(*key): key for key in ids}
        rows = self._work.rows("held_ids", uids=list(named))
        return {named[key]: (seq, hash_) for key, seq, hash_ in rows}

    def seqs(self, ids: Collection[Id]) -> dict[Id, int]:
        """Seqs of events by (source, id)."""
        return {key: seq for key, (seq, _) in self.held(ids).items()}

    def stored(self, seqs: Collection[int]) -> dict[int, Stored]:
        """Events by seq, with what was sent."""
        rows = self._work.rows("stored_events", seqs=list(seqs))
        return {row[0]: Stored(EventRow.of(row[:-1]), row[-1].encode()) for row in rows}

    def event_rows(self, seqs: Collection[int]) -> dict[int, EventRow]:
        """Events by seq."""
        return {row[0]: EventRow.of(row) for row in self._work.rows("event_rows", seqs=list(seqs))}

    def spoken(self, keys: Collection[str]) -> dict[str, Spoken]:
        """Names by their key as spoken."""
        return {row[0]: Spoken(*row) for row in self._work.rows("names", keys=list(keys))}

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""
        rows = self._work.rows("names_of_products", products=list(set(products)))
        return [Spoken(*row) for row in rows]

    def items(self, numbers: Collection[int]) -> dict[int, tuple[ItemRow, int]]:
        """Standing item rows, each with its rec."""
        return {
            row[0] >> 2: (ItemRow(row[0] >> 2, *row[1:5]), row[5])
            for row in self._states(numbers)
            if row[6] == STANDS
        }

    def states(self, items: Collection[int]) -> dict[int, ItemState]:
        """The states of items."""
        return {
            row[0] >> 2: ItemState.of((row[0] >> 2, *row[7:14]))
            for row in self._states(items)
            if row[7] is not None
        }

    def _states(self, numbers: Collection[int]) -> list[list[Any]]:
        return self._work.rows("item_states", nodes=[4 * no for no in set(numbers)])

    def claims(self, names: Collection[str]) -> dict[str, list[int]]:
        """Seqs of the product records that claim a name."""
        found: dict[str, list[int]] = {}
        for name, seq in self._work.rows("claims", names=list(set(names))):
            found.setdefault(name, []).append(seq)
        return found

    def references(self, ids: Collection[Id]) -> dict[Id, list[Reference]]:
        """References to an event."""
        named = {uid(*key): key for key in ids}
        found: dict[Id, list[Reference]] = {}
        for target, kind, seq in self._work.rows("references", uids=list(named)):
            key = named[target]
            found.setdefault(key, []).append(Reference(*key, kind, seq))
        return found

    def runs(self, keys: Collection[str]) -> dict[str, int]:
        """Numbers of runs by key."""
        return {key: node >> 2 for key, node in self._work.rows("runs", keys=list(keys))}

    def lines_of_events(self, seqs: Collection[int]) -> list[tuple[LineRow, int]]:
        """Standing lines of events, each with its rec."""
        rows = self._work.rows("standing_lines_of_events", seqs=list(set(seqs)), known=STANDS - 1)
        return [(line_row(row[:-2]), row[-2]) for row in rows]

    def lines_of_items(self, items: Collection[int], *, lots: bool) -> list[tuple[LineRow, int]]:
        """Standing lines whose item (with `lots`, or whose lot) is one of these."""
        nodes = [4 * no for no in set(items)]
        rows = self._work.rows("standing_lines_of_items", nodes=nodes, lots=lots, stands=STANDS)
        return [(line_row(row[:-1]), row[-1]) for row in rows]

    def comprises_of(self, serials: Collection[int]) -> list[tuple[ComprisesRow, int]]:
        """Standing rows of serials."""
        nodes = [4 * no for no in set(serials)]
        return [
            (ComprisesRow(lot >> 2, serial >> 2, at, rest, since, until), rec)
            for lot, serial, at, rest, since, until, rec in self._work.rows(
                "comprises_of", nodes=nodes, stands=STANDS
            )
        ]

    def anomalies_of(
        self, seqs: Collection[int], items: Collection[int], known: int = STANDS - 1
    ) -> list[tuple[AnomalyRow, int]]:
        """Anomalies of events and of items that stood at `known`; now, unless told."""
        rows = self._work.rows(
            "anomalies_of", seqs=list(set(seqs)), items=list(set(items)), known=known
        )
        return [(AnomalyRow(*row[:-1]), row[-1]) for row in rows]
