"""The projection's tables in SQLite: what an append reads and writes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable
from typing import Any

import orjson

from tracegraph.store.projection.rows import (
    STANDS,
    AnomalyRow,
    ComprisesRow,
    EventRow,
    ItemRow,
    ItemState,
    LineRow,
    Posting,
    Reference,
    Spoken,
)
from tracegraph.store.projection.tables import Changes, Counters, Stored, by_block, hub_node
from tracegraph.store.sqlite.texts import enter

LINE = (
    "l.seq, l.pos, l.role, l.flow, l.item, l.hub, l.at, l.lot, l.via, l.pooled, l.quantity, l.unit"
)
_EVENT = (
    "e.seq, j.source, j.id, j.type, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.void, e.voider"
)


def packed(values: Iterable[Any]) -> str:
    """A collection as one parameter, for json_each."""
    return orjson.dumps(list(values)).decode()


class SqliteTables:
    """`Tables` on an open transaction of one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, values).fetchall()

    def counters(self) -> Counters:
        """The last numbers given."""
        ((item, run),) = self._all(
            "SELECT ifnull((SELECT max(home) FROM spoken), 0), ifnull((SELECT max(no) FROM run), 0)"
        )
        return Counters(item, run)

    def held(self, ids: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
        """Seq and content hash of events by (source, id)."""
        rows = self._all(
            "SELECT j.source, j.id, j.seq, j.hash FROM json_each(?) v CROSS JOIN journal j"
            " ON j.source = v.value ->> 0 AND j.id = v.value ->> 1",
            packed(ids),
        )
        return {(source, id_): (seq, hash_) for source, id_, seq, hash_ in rows}

    def seqs(self, ids: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Seqs of projected events by (source, id)."""
        rows = self._all(
            "SELECT j.source, j.id, j.seq FROM json_each(?) v CROSS JOIN journal j"
            " ON j.source = v.value ->> 0 AND j.id = v.value ->> 1",
            packed(ids),
        )
        return {(source, id_): seq for source, id_, seq in rows}

    def stored(self, seqs: Collection[int]) -> dict[int, Stored]:
        """Events by seq, with what was sent."""
        rows = self._all(
            f"SELECT {_EVENT}, j.body FROM json_each(?) v CROSS JOIN event e ON e.seq = v.value"
            " CROSS JOIN journal j ON j.seq = e.seq",
            packed(seqs),
        )
        return {row[0]: Stored(EventRow.of(row[:-1]), row[-1]) for row in rows}

    def event_rows(self, seqs: Collection[int]) -> dict[int, EventRow]:
        """Events by seq."""
        rows = self._all(
            f"SELECT {_EVENT} FROM json_each(?) v CROSS JOIN event e ON e.seq = v.value"
            " CROSS JOIN journal j ON j.seq = e.seq",
            packed(seqs),
        )
        return {row[0]: EventRow.of(row) for row in rows}

    def spoken(self, keys: Collection[str]) -> dict[str, Spoken]:
        """Names by their key as spoken."""
        rows = self._all(
            "SELECT s.key, s.home, s.item, s.kind, s.product, s.number, s.rec"
            " FROM json_each(?) v CROSS JOIN spoken s ON s.key = v.value",
            packed(keys),
        )
        return {row[0]: Spoken(*row) for row in rows}

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""
        rows = self._all(
            "SELECT s.key, s.home, s.item, s.kind, s.product, s.number, s.rec"
            " FROM json_each(?) v CROSS JOIN spoken s ON s.product = v.value",
            packed(set(products)),
        )
        return [Spoken(*row) for row in rows]

    def items(self, numbers: Collection[int]) -> dict[int, tuple[ItemRow, int]]:
        """Standing item rows, each with its rec."""
        rows = self._all(
            "SELECT i.no, i.key, i.kind, i.product, i.number, i.rec FROM json_each(?) v"
            f" CROSS JOIN item i ON i.no = v.value AND i.void = {STANDS}",
            packed(numbers),
        )
        return {row[0]: (ItemRow(*row[:5]), row[5]) for row in rows}

    def states(self, items: Collection[int]) -> dict[int, ItemState]:
        """The states of items."""
        rows = self._all(
            "SELECT s.* FROM json_each(?) v CROSS JOIN state s ON s.no = v.value", packed(items)
        )
        return {row[0]: ItemState.of(row) for row in rows}

    def claims(self, names: Collection[str]) -> dict[str, list[int]]:
        """Seqs of the product records that claim a name."""
        found: dict[str, list[int]] = {}
        for name, seq in self._all(
            "SELECT c.name, c.seq FROM json_each(?) v CROSS JOIN claim c"
            " ON c.name = v.value AND c.kind = 'name' ORDER BY c.seq",
            packed(set(names)),
        ):
            found.setdefault(name, []).append(seq)
        return found

    def references(
        self, ids: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], list[Reference]]:
        """References to an event."""
        found: dict[tuple[str, str], list[Reference]] = {}
        for row in self._all(
            "SELECT r.source, r.id, r.kind, r.seq FROM json_each(?) v CROSS JOIN reference r"
            " ON r.source = v.value ->> 0 AND r.id = v.value ->> 1 ORDER BY r.seq",
            packed(set(ids)),
        ):
            found.setdefault(row[:2], []).append(Reference(*row))
        return found

    def runs(self, keys: Collection[str]) -> dict[str, int]:
        """Numbers of runs by key."""
        return dict(
            self._all(
                "SELECT r.key, r.no FROM json_each(?) v CROSS JOIN run r ON r.key = v.value",
                packed(keys),
            )
        )

    def lines_of_events(self, seqs: Collection[int]) -> list[tuple[LineRow, int]]:
        """Standing lines of events, each with its rec."""
        return self._lines("l.seq = v.value", seqs)

    def lines_of_items(self, items: Collection[int], *, lots: bool) -> list[tuple[LineRow, int]]:
        """Standing lines whose item (with `lots`, or whose lot) is one of these."""
        found = self._lines("l.item = v.value", items)
        return found + (self._lines("l.lot = v.value AND l.lot > 0", items) if lots else [])

    def _lines(self, condition: str, values: Collection[int]) -> list[tuple[LineRow, int]]:
        rows = self._all(
            f"SELECT {LINE}, l.rec FROM json_each(?) v"
            f" CROSS JOIN line l ON {condition} WHERE l.void = {STANDS}",
            packed(values),
        )
        return [(LineRow(*row[:-1]), row[-1]) for row in rows]

    def comprises_of(self, serials: Collection[int]) -> list[tuple[ComprisesRow, int]]:
        """Standing rows of serials."""
        rows = self._all(
            "SELECT c.lot, c.serial, c.at, c.rest, c.since, c.until, c.rec FROM json_each(?) v"
            f" CROSS JOIN comprises c ON c.serial = v.value WHERE c.void = {STANDS}",
            packed(serials),
        )
        return [(ComprisesRow(*row[:-1]), row[-1]) for row in rows]

    def anomalies_of(
        self, seqs: Collection[int], items: Collection[int], known: int = STANDS - 1
    ) -> list[tuple[AnomalyRow, int]]:
        """Anomalies of events and of items that stood at `known`; now, unless told."""
        found: list[tuple[AnomalyRow, int]] = []
        for column, values in (("seq", seqs), ("item", items)):
            rows = self._all(
                "SELECT a.seq, a.item, a.code, a.pointer, a.detail, a.rec FROM json_each(?) v"
                f" CROSS JOIN anomaly a ON a.{column} = v.value AND a.{column} > 0"
                f" WHERE a.rec <= {known:d} AND a.void > {known:d}",
                packed(values),
            )
            found += [(AnomalyRow(*row[:-1]), row[-1]) for row in rows]
        return found

    # -- writing

    def write(self, changes: Changes) -> None:
        """Write everything that an append changed."""
        many = self._db.executemany
        many(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((e.seq, *e.start, *e.end, e.hub, e.void, e.voider) for e in changes.events),
        )
        many("UPDATE event SET void = ?2, voider = ?2 WHERE seq = ?1", changes.voided.items())
        many("INSERT INTO mention VALUES (?, ?, ?)", changes.mentions)
        write_postings(self._db, changes.postings)
        many("INSERT INTO reference VALUES (?, ?, ?, ?)", changes.references)
        many("INSERT INTO claim VALUES (?, ?, ?)", changes.claims)
        many("INSERT INTO run VALUES (?, ?)", changes.runs)
        many("INSERT INTO spoken VALUES (?, ?, ?, ?, ?, ?, ?)", changes.spoken.values())
        many("UPDATE spoken SET item = ?2 WHERE home = ?1", changes.moved.items())
        many(
            "INSERT INTO item VALUES (?1, ?6, ?7, ?2, ?3, ?4, ?5)",
            ((*row, rec, void) for (row, rec), void in changes.items.opened.items()),
        )
        opened = sorted(changes.items.opened, key=lambda entry: (entry[1], entry[0].no))
        enter(self._db, (row for row, _ in opened))
        many(
            "UPDATE item SET void = ?3 WHERE no = ?1 AND rec = ?2",
            ((row.no, rec, void) for (row, rec), void in changes.items.closed.items()),
        )
        many(
            "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (no) DO UPDATE SET"
            " kinds = excluded.kinds, inflows = excluded.inflows, draws = excluded.draws,"
            " serials = excluded.serials, lots = excluded.lots, packings = excluded.packings,"
            " suppliers = excluded.suppliers",
            (state.columns() for state in changes.states.values()),
        )
        many(
            "INSERT INTO anomaly (seq, item, code, pointer, detail, rec, void)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            sorted((*row, rec, void) for (row, rec), void in changes.anomalies.opened.items()),
        )
        many(
            "UPDATE anomaly SET void = ?7 WHERE seq = ?1 AND item = ?2 AND code = ?3"
            " AND pointer = ?4 AND detail = ?5 AND rec = ?6",
            ((*row, rec, void) for (row, rec), void in changes.anomalies.closed.items()),
        )
        self._write_lines(changes)
        self._write_comprises(changes)

    def _write_lines(self, changes: Changes) -> None:
        many, lines = self._db.executemany, changes.lines
        many(
            "INSERT INTO line (seq, pos, role, flow, item, hub, at, lot, via, pooled, quantity,"
            " unit, rec, void) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row, rec, void) for (row, rec), void in lines.opened.items()),
        )
        many(
            "UPDATE line SET void = ?6"
            " WHERE seq = ?1 AND pos = ?2 AND item = ?3 AND via = ?4 AND rec = ?5",
            (
                (row.seq, row.pos, row.item, row.via, rec, void)
                for (row, rec), void in lines.closed.items()
            ),
        )
        many(
            "INSERT OR IGNORE INTO edge VALUES (?, ?, ?, ?, ?)",
            (
                (*pair, row.at, rec, void)
                for (row, rec), void in lines.opened.items()
                if row.flow
                for pair in line_edges(row)
            ),
        )
        stale = {row.hub for row, _ in lines.closed if row.flow}
        for hub in stale:
            self._edges_again(hub)

    def _edges_again(self, hub: int) -> None:
        """Derive the edges of a hub anew: two lines can share one, and only one of them ended."""
        node = hub_node(hub)
        self._db.execute("DELETE FROM edge WHERE src = ?", (node,))
        self._db.execute("DELETE FROM edge WHERE dst = ?", (node,))
        seqs = "SELECT seq FROM event WHERE " + ("hub = ?1 AND hub < 0" if hub < 0 else "seq = ?1")
        rows = self._all(f"SELECT {LINE}, l.rec, l.void FROM line l WHERE l.seq IN ({seqs})", hub)
        self._db.executemany(
            "INSERT OR IGNORE INTO edge VALUES (?, ?, ?, ?, ?)",
            (
                (*pair, line.at, rec, void)
                for *columns, rec, void in rows
                if (line := LineRow(*columns)).flow
                for pair in line_edges(line)
            ),
        )

    def _write_comprises(self, changes: Changes) -> None:
        many, rows = self._db.executemany, changes.comprises
        many(
            "INSERT INTO comprises (lot, serial, at, rest, since, until, rec, void)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row, rec, void) for (row, rec), void in rows.opened.items()),
        )
        many(
            "UPDATE comprises SET void = ?8 WHERE lot = ?1 AND serial = ?2 AND at = ?3"
            " AND rest = ?4 AND since = ?5 AND until = ?6 AND rec = ?7",
            ((*row, rec, void) for (row, rec), void in rows.closed.items()),
        )
        many(
            "INSERT OR IGNORE INTO edge VALUES (?, ?, ?, ?, ?)",
            (
                (*pair, row.at, rec, void)
                for (row, rec), void in rows.opened.items()
                for pair in comprises_edges(row)
            ),
        )
        for row, rec in rows.closed:
            for src, dst in comprises_edges(row):
                self._db.execute(
                    "DELETE FROM edge WHERE src = ? AND dst = ? AND rec = ?", (src, dst, rec)
                )
                self._db.execute(
                    "INSERT OR IGNORE INTO edge SELECT ?3, ?4, at, rec, void FROM comprises"
                    " WHERE lot = ?1 AND serial = ?2 AND rec = ?5",
                    (row.lot, row.serial, src, dst, rec),
                )


def write_postings(db: sqlite3.Connection, postings: Iterable[Posting]) -> None:
    """Add events to what is under their terms; those there are already are not looked for."""
    db.executemany(
        "INSERT INTO posting VALUES (?, ?, ?, ?) ON CONFLICT (field, value, block)"
        " DO UPDATE SET offsets = CAST(offsets || excluded.offsets AS BLOB)",
        ((*key, array("H", own).tobytes()) for key, own in by_block(postings).items()),
    )


def line_edges(line: LineRow) -> list[tuple[int, int]]:
    """The edges that a walked line draws."""
    hub, item = hub_node(line.hub), 4 * line.item
    if line.flow == 2:
        return [(hub, item)]
    return [(item, hub), (item + 1, hub)] if line.pooled else [(item, hub)]


def comprises_edges(row: ComprisesRow) -> list[tuple[int, int]]:
    """Lot to serial, and serial to what unnamed draws from the lot are taken from."""
    return [(4 * row.lot, 4 * row.serial), (4 * row.serial, 4 * row.lot + 1)]
