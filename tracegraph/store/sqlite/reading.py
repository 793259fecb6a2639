"""Reading the genealogy out of the embedded store: closures, histories, searches."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from tracegraph.model.instant import Instant
from tracegraph.store.columns import (
    ComprisesColumns,
    EventColumns,
    LineColumns,
    Records,
    SerialCounts,
    SumColumns,
)
from tracegraph.store.levels import items_of
from tracegraph.store.port import Search, Subgraph, TouchRow, names_key
from tracegraph.store.projection.rows import AnomalyRow, ItemRow, Reference, up_to
from tracegraph.store.sqlite.connections import Connections
from tracegraph.store.sqlite.tables import SqliteTables, packed
from tracegraph.store.sqlite.texts import index_for, pieces
from tracegraph.store.sqlite.walking import Walk, keys
from tracegraph.store.walker import Closure, Direction, Edges, NameRow, Touched, Walker

_NEVER = 2**62  # later than any instant, in microseconds
_FEW = 1_000  # items of a product that are sooner looked at than asked for by their text
_STRETCH = 50_000  # nodes or names at a time, where all are read
_LINE = "l.seq, l.pos, l.role, l.flow, l.item, l.hub, l.lot, l.via, l.pooled, l.quantity, l.unit"


class Reading:
    """The reading half of `SqliteStore`."""

    _connections: Connections
    walker: Walker | None = None

    def subgraph(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        max_depth: int | None,
        budget: int,
        siblings: bool = True,
    ) -> Subgraph:
        """The plain closure with its events, lines and serials."""
        cuts = {"known": known, "as_of": _NEVER if as_of is None else as_of.micros}
        with self._connections.reading() as db:
            db.execute("DELETE FROM temp.reached")  # a read within a read finds what that one left
            starts = list(self._items(db, set(seeds), known))
            walked = self.walker and self.walker.walk(
                starts, direction, known=known, as_of=as_of, max_depth=max_depth, budget=budget
            )
            nodes, cut = walked or Walk(db, direction, cuts).to(starts, max_depth, budget)
            into = "INSERT INTO temp.reached SELECT value FROM json_each(?)"
            db.execute(into, (packed(sorted(nodes)),))
            return self._read(db, cuts, cut, siblings=siblings)

    def closure(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        budget: int,
    ) -> Closure | None:
        """The items of the plain closure."""
        cuts = {"known": known, "as_of": _NEVER if as_of is None else as_of.micros}
        with self._connections.reading() as db:
            starts = list(self._items(db, set(seeds), known))
            answered = self.walker and self.walker.closure(
                starts, direction, known=known, as_of=as_of, budget=budget
            )
            if answered:
                return answered[0]
            nodes = Walk(db, direction, cuts).whole(starts, budget)
            if nodes is None:
                return None
            return Closure(*keys(db, items_of(nodes), known))

    def edges(self) -> Iterator[Edges]:
        """All edges, a stretch of nodes at a time, each column as one text."""
        with self._connections.reading(bounded=False) as db:
            ((last,),) = db.execute("SELECT ifnull(max(src), 0) FROM edge")
            for low in range(0, last + 1, _STRETCH):
                texts = db.execute(
                    "SELECT group_concat(src), group_concat(dst), group_concat(at),"
                    " group_concat(rec), group_concat(void) FROM edge WHERE src >= ? AND src < ?",
                    (low, low + _STRETCH),
                ).fetchone()
                if texts[0] is not None:
                    yield Edges(*(np.fromstring(text, np.int64, sep=",") for text in texts))

    def edges_at(self, nodes: Collection[int]) -> Edges:
        """All edges of nodes."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT e.src, e.dst, e.at, e.rec, e.void FROM json_each(:nodes) v"
                " CROSS JOIN edge e ON e.src = v.value"
                " UNION SELECT e.src, e.dst, e.at, e.rec, e.void FROM json_each(:nodes) v"
                " CROSS JOIN edge e ON e.dst = v.value",
                {"nodes": packed(set(nodes))},
            ).fetchall()
        return Edges(*_columns(rows, 5))

    def names(self, items: Collection[int] | None = None) -> Iterator[NameRow]:
        """All names of items."""
        columns = "SELECT i.no, i.rec, i.void, i.key"
        given = f"{columns} FROM json_each(?) v CROSS JOIN item i ON i.no = v.value"
        with self._connections.reading(bounded=items is not None) as db:
            cursor = (
                db.execute(f"{columns} FROM item i")
                if items is None
                else db.execute(given, (packed(set(items)),))
            )
            while rows := cursor.fetchmany(_STRETCH):
                yield from map(NameRow._make, rows)

    def touched(self, after: int, until: int) -> Touched | None:
        """What batches changed."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT nodes, items FROM batch WHERE last > ? AND last <= ?", (after, until)
            ).fetchall()
        if any(nodes is None for nodes, _ in rows):
            return None
        numbers = ({n for row in rows for n in array("q", row[column])} for column in (0, 1))
        return Touched(*map(sorted, numbers))

    def _read(
        self, db: sqlite3.Connection, cuts: dict[str, int], cut: int | None, *, siblings: bool
    ) -> Subgraph:
        reached = [
            row[0] for row in db.execute("SELECT DISTINCT n >> 2 FROM temp.reached WHERE n & 3 < 2")
        ]
        events = db.execute(
            "SELECT e.seq, j.source, j.id, j.type, e.start, e.start_rest, e.at, e.at_rest, e.hub"
            " FROM (SELECT n >> 2 AS seq FROM temp.reached WHERE n & 3 = 2"
            "  UNION ALL SELECT e.seq FROM temp.reached r CROSS JOIN event e"
            "  ON e.hub = -(r.n >> 2) AND e.hub < 0 WHERE r.n & 3 = 3) h"
            " CROSS JOIN event e ON e.seq = h.seq CROSS JOIN journal j ON j.seq = e.seq"
            " WHERE e.seq <= :known AND e.void > :known AND e.at <= :as_of",
            cuts,
        ).fetchall()
        among = None if siblings else reached
        lines = _lines(db, [row[0] for row in events], cuts["known"], among)
        comprises = db.execute(
            "SELECT DISTINCT c.lot, c.serial, c.at, c.rest, c.since, c.until FROM temp.reached r"
            " CROSS JOIN comprises c ON c.serial = r.n >> 2"
            " WHERE r.n & 3 = 0 AND c.rec <= :known AND c.void > :known AND c.at <= :as_of"
            " AND EXISTS (SELECT 1 FROM temp.reached o WHERE o.n IN (4 * c.lot, 4 * c.lot + 1))",
            cuts,
        ).fetchall()
        named = set(reached).union(lines.item, lines.lot, lines.via) - {0}
        return Subgraph(
            reached,
            self._items(db, named, cuts["known"]),
            dict(
                db.execute(
                    "SELECT n.no, n.key FROM temp.reached r CROSS JOIN run n"
                    " ON n.no = r.n >> 2 WHERE r.n & 3 = 3"
                )
            ),
            EventColumns.of(events),
            lines,
            ComprisesColumns(*_columns(comprises, 6)),
            cut,
        )

    @staticmethod
    def _items(db: sqlite3.Connection, numbers: Collection[int], known: int) -> dict[int, ItemRow]:
        rows = db.execute(
            "SELECT i.no, i.key, i.kind, i.product, i.number FROM json_each(?) v"
            " CROSS JOIN item i ON i.no = v.value WHERE i.rec <= ? AND i.void > ?",
            (packed(numbers), known, known),
        )
        return {row[0]: ItemRow(*row) for row in rows}

    def items(self, numbers: Collection[int], known: int) -> dict[int, ItemRow]:
        """Items by number."""
        with self._connections.reading() as db:
            return self._items(db, set(numbers), known)

    def met(self, keys: Collection[str], known: int) -> tuple[list[int], ItemRow] | None:
        """Under which numbers names were met, and the item."""
        with self._connections.reading() as db:
            spoken = SqliteTables(db).spoken(set(keys)).values()
            homes = sorted({name.home for name in spoken if name.rec <= known})
            found = self.items(homes[:1], known)
            return (homes, found[homes[0]]) if found else None

    def mentioned(
        self, kind: str, key: str, *, known: int, since: Instant | None, until: Instant | None
    ) -> list[int]:
        """Seqs of standing events that name something, within a window."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT e.seq, e.start, e.start_rest, e.at, e.at_rest FROM mention m"
                " CROSS JOIN event e ON e.seq = m.seq WHERE m.kind = ? AND m.key = ?"
                " AND m.seq <= ? AND e.void > ? ORDER BY e.seq",
                (kind, key, known, known),
            ).fetchall()
        return [
            row[0]
            for row in rows
            if (until is None or Instant(row[1], row[2]) <= until)
            and (since is None or Instant(row[3], row[4]) >= since)
        ]

    def completions(
        self, prefix: str, kinds: Sequence[str], *, known: int, limit: int
    ) -> list[tuple[str, str]]:
        """What standing events name and begins with a text."""
        with self._connections.reading() as db:
            return [
                (kind, key)
                for kind in kinds
                for key in islice(_beginning(db, kind, prefix, known), limit)
            ]

    def lines_of_events(self, seqs: Collection[int], known: int) -> LineColumns:
        """The standing lines of events."""
        with self._connections.reading() as db:
            return _lines(db, seqs, known)

    def lines_of_items(
        self, items: Collection[int], *, known: int, as_of: Instant | None, members: bool = True
    ) -> tuple[EventColumns, LineColumns]:
        """Every standing line on items, with its event."""
        values = {
            "items": packed(set(items)),
            "known": known,
            "as_of": _NEVER if as_of is None else as_of.micros,
        }
        stands = "l.rec <= :known AND l.void > :known AND l.at <= :as_of"
        own = (
            f"SELECT {_LINE} FROM json_each(:items) v CROSS JOIN line l ON l.item = v.value"
            f" WHERE {stands}"
        )
        of_lots = (
            f" UNION ALL SELECT {_LINE} FROM json_each(:items) v CROSS JOIN line l"
            f" ON l.lot = v.value AND l.lot > 0 WHERE {stands}"
            " AND l.item NOT IN (SELECT value FROM json_each(:items))"
        )
        with self._connections.reading() as db:
            lines = db.execute(own + of_lots if members else own, values).fetchall()
            events = _events(db, {row[0] for row in lines}, known)
        return events, LineColumns(*_columns(lines, 11))

    def records(self, items: Collection[int], known: int, without: Collection[int]) -> Records:
        """What names items and their lots."""
        with self._connections.reading():
            members = self.lots_of(items, known=known, as_of=None)
            wanted = {*items, *members.lot}
            events, lines = self.lines_of_items(wanted, known=known, as_of=None, members=False)
            bodies = self.bodies(set(events.seq).difference(without))
            counts = self._serial_counts(items, known)
            return Records(self.items(wanted, known), members, events, lines, bodies, counts)

    def events(self, seqs: Collection[int], known: int) -> EventColumns:
        """Standing events."""
        with self._connections.reading() as db:
            return _events(db, seqs, known)

    def events_of_runs(self, runs: Collection[int], known: int) -> list[int]:
        """Seqs of the standing events of runs."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT e.seq FROM json_each(?) v CROSS JOIN event e ON e.hub = -v.value"
                " AND e.hub < 0 WHERE e.seq <= ? AND e.void > ? ORDER BY e.seq",
                (packed(set(runs)), known, known),
            ).fetchall()
        return [row[0] for row in rows]

    def sums_of_events(self, seqs: Collection[int], known: int) -> SumColumns:
        """What events took and gave, added up."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT l.seq, l.hub, l.flow, i.product,"
                " CASE WHEN i.kind = 1 THEN l.item ELSE l.lot END AS of_lot, i.kind, l.unit,"
                " CASE WHEN count(l.quantity) = count(*) THEN sum(l.quantity) END, count(*)"
                " FROM json_each(:seqs) v CROSS JOIN line l ON l.seq = v.value AND l.flow > 0"
                " CROSS JOIN item i ON i.no = l.item AND i.rec <= :known AND i.void > :known"
                " CROSS JOIN event e ON e.seq = l.seq AND e.void > :known"
                " WHERE l.rec <= :known AND l.void > :known"
                " GROUP BY l.seq, l.hub, l.flow, i.product, of_lot, i.kind, l.unit",
                {"seqs": packed(set(seqs)), "known": known},
            ).fetchall()
        return SumColumns(*_columns(rows, 9))

    def _serial_counts(self, lots: Collection[int], known: int) -> SerialCounts:
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT c.lot, l.seq, l.role, count(DISTINCT l.item),"
                " max(c.since <> '' OR c.until <> '')"
                " FROM json_each(:lots) v CROSS JOIN comprises c ON c.lot = v.value"
                " CROSS JOIN line l ON l.item = c.serial"
                " WHERE c.rec <= :known AND c.void > :known AND l.rec <= :known AND l.void > :known"
                " AND (l.lot = 0 OR l.lot = c.lot) GROUP BY c.lot, l.seq, l.role",
                {"lots": packed(set(lots)), "known": known},
            ).fetchall()
        return SerialCounts.of(rows)

    def serials_of(
        self, lots: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """The serials of lots."""
        return self._comprises("lot", lots, known, as_of)

    def lots_of(
        self, serials: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """The lots of serials."""
        return self._comprises("serial", serials, known, as_of)

    def _comprises(
        self, side: str, items: Collection[int], known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT c.lot, c.serial, c.at, c.rest, c.since, c.until FROM json_each(?) v"
                f" CROSS JOIN comprises c ON c.{side} = v.value"
                " WHERE c.rec <= ? AND c.void > ? AND c.at <= ?",
                (packed(set(items)), known, known, _NEVER if as_of is None else as_of.micros),
            ).fetchall()
        return ComprisesColumns(*_columns(rows, 6))

    def bodies(self, seqs: Collection[int]) -> dict[int, bytes]:
        """What was sent."""
        with self._connections.reading() as db:
            return dict(
                db.execute(
                    "SELECT j.seq, j.body FROM json_each(?) v CROSS JOIN journal j"
                    " ON j.seq = v.value",
                    (packed(set(seqs)),),
                )
            )

    def held(self, containers: Collection[int], *, known: int, as_of: Instant | None) -> list[int]:
        """Every item that was ever packed into containers, or taken out."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT i.item FROM json_each(:containers) v"
                " CROSS JOIN line c ON c.item = v.value AND c.role = 'container'"
                " CROSS JOIN line i ON i.seq = c.seq AND i.role <> 'container'"
                " WHERE c.at <= :as_of AND c.rec <= :known AND c.void > :known"
                " AND i.rec <= :known AND i.void > :known ORDER BY i.item",
                {
                    "containers": packed(set(containers)),
                    "known": known,
                    "as_of": _NEVER if as_of is None else as_of.micros,
                },
            ).fetchall()
        return [row[0] for row in rows]

    def membership(self, item: int, known: int) -> tuple[list[int], int]:
        """Lots of a serial, and the number of serials of a lot."""
        stands = "rec <= :known AND void > :known"
        lots_of = f"SELECT DISTINCT lot FROM comprises WHERE serial = :item AND {stands} ORDER BY 1"
        with self._connections.reading() as db:
            values = {"item": item, "known": known}
            lots = db.execute(lots_of, values).fetchall()
            ((serials,),) = db.execute(
                f"SELECT count(DISTINCT serial) FROM comprises WHERE lot = :item AND {stands}",
                values,
            )
        return [row[0] for row in lots], serials

    def history(
        self, homes: Collection[int], *, known: int, after: tuple[int, int, str, int], limit: int
    ) -> list[TouchRow]:
        """Lines on items, those of voided events included."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT l.seq, l.pos, l.role, l.item, l.via, l.quantity, l.unit, l.at"
                " FROM json_each(:homes) v CROSS JOIN line l ON l.item = v.value"
                " CROSS JOIN event e ON e.seq = l.seq WHERE l.rec <= :known"
                " AND (l.void > :known OR l.void = e.void)"
                " AND (l.at, l.seq, l.pos, l.via) > (:at, :seq, :pos, :via)"
                " ORDER BY l.at, l.seq, l.pos, l.via LIMIT :limit",
                {
                    "homes": packed(set(homes)), "known": known, "limit": limit,
                    "at": after[0], "seq": after[1], "pos": after[2], "via": after[3],
                },
            ).fetchall()  # fmt: skip
        return [TouchRow(*row) for row in rows]

    def search(self, query: Search, *, known: int, after: int, limit: int) -> list[ItemRow]:
        """Items that match, by number: of candidates by their text, or of all, until enough do."""
        if "\0" in (query.text or ""):  # no name holds it, and LIKE would read no further
            return []
        where, values = _conditions(query)
        values |= {"after": after, "known": known, "limit": limit}
        with self._connections.reading() as db:
            source, no = "item i", "i.no"
            if query.text is not None and _by_text(db, query):
                values["pieces"] = pieces(query.text)
                source = f"{index_for(query.text)}(:pieces) t CROSS JOIN item i ON i.no = t.rowid"
                no = "t.rowid"
            rows = db.execute(
                f"SELECT i.no, i.key, i.kind, i.product, i.number FROM {source}"
                f" WHERE {no} > :after AND i.rec <= :known AND i.void > :known {where}"
                f" ORDER BY {no} LIMIT :limit",
                values,
            )
            return [ItemRow(*row) for row in rows]

    def anomalies(self, *, known: int, after: int, limit: int) -> list[tuple[int, AnomalyRow]]:
        """Standing anomalies, by cursor."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT no, seq, item, code, pointer, detail FROM anomaly"
                " WHERE no > ? AND rec <= ? AND void > ? ORDER BY no LIMIT ?",
                (after, known, known, limit),
            ).fetchall()
        return [(row[0], AnomalyRow(*row[1:])) for row in rows]

    def anomalies_about(
        self, seqs: Collection[int], items: Collection[int], known: int
    ) -> list[AnomalyRow]:
        """Standing anomalies of events and of items, each once."""
        with self._connections.reading() as db:
            found = SqliteTables(db).anomalies_of(set(seqs), set(items), known)
        return list(dict.fromkeys(row for row, _ in found))

    def referring(
        self, ids: Collection[tuple[str, str]], known: int
    ) -> dict[tuple[str, str], list[Reference]]:
        """What refers to events."""
        with self._connections.reading() as db:
            return up_to(known, SqliteTables(db).references(ids))


def _beginning(db: sqlite3.Connection, kind: str, prefix: str, known: int) -> Iterator[str]:
    """What standing events name of a kind, from a text on as long as it begins with it.

    A seek for each, however many events name it.
    """
    query = (
        "SELECT m.key FROM mention m CROSS JOIN event e ON e.seq = m.seq"
        " WHERE m.kind = ? AND m.key {} ? AND m.seq <= ? AND e.void > ?"
        " ORDER BY m.key, m.seq LIMIT 1"
    )
    row = db.execute(query.format(">="), (kind, prefix, known, known)).fetchone()
    while row is not None and row[0].startswith(prefix):
        yield row[0]
        row = db.execute(query.format(">"), (kind, row[0], known, known)).fetchone()


def _events(db: sqlite3.Connection, seqs: Collection[int], known: int) -> EventColumns:
    rows = db.execute(
        "SELECT e.seq, j.source, j.id, j.type, e.start, e.start_rest, e.at, e.at_rest,"
        " e.hub FROM json_each(?) v CROSS JOIN event e ON e.seq = v.value"
        " CROSS JOIN journal j ON j.seq = e.seq WHERE e.seq <= ? AND e.void > ?",
        (packed(set(seqs)), known, known),
    ).fetchall()
    return EventColumns.of(rows)


def _lines(
    db: sqlite3.Connection, seqs: Collection[int], known: int, among: Collection[int] | None = None
) -> LineColumns:
    """The standing lines of events; `among` some items, of which SQLite makes a tree of its own."""
    text = (
        f"SELECT {_LINE} FROM json_each(:seqs) v CROSS JOIN line l ON l.seq = v.value"
        " WHERE l.rec <= :known AND l.void > :known"
    )
    values = {"seqs": packed(set(seqs)), "known": known}
    if among is not None:
        text += " AND l.item IN (SELECT value FROM json_each(:among))"
        values["among"] = packed(among)
    rows = db.execute(text, values).fetchall()
    return LineColumns(*_columns(rows, 11))


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )


def _by_text(db: sqlite3.Connection, query: Search) -> bool:
    """Whether the text leads to the items; else what events name does, the product, or nothing.

    A piece of a key that is too short for the index is in so many that a page is soon full.
    """
    if query.mentions or not pieces(query.text or ""):
        return False
    if query.product is None:
        return True
    many = "SELECT 1 FROM item WHERE product = ? LIMIT 1 OFFSET ?"
    return db.execute(many, (query.product, _FEW)).fetchone() is not None


def _conditions(query: Search) -> tuple[str, dict[str, Any]]:
    """What must hold of an item `i` that was met by `:known`, each with its AND, and the values."""
    where, values = "", dict[str, Any]()
    if query.text is not None:
        where += (
            " AND (i.number LIKE :text ESCAPE '\\'"
            " OR ((i.number IS NULL OR :uri) AND i.key LIKE :text ESCAPE '\\'))"
        )
        values |= {"uri": names_key(query.text), "text": f"%{_escaped(query.text)}%"}
    if query.product is not None:
        where += " AND i.product = :product"
        values["product"] = query.product
    if query.kind is not None:
        where += " AND i.kind = :kind"
        values["kind"] = query.kind
    for index, (kind, key) in enumerate(query.mentions):
        where += (
            f" AND i.no IN (SELECT l.item FROM mention m CROSS JOIN line l ON l.seq = m.seq"
            f" WHERE m.kind = :kind{index} AND m.key = :key{index}"
            f" AND l.rec <= :known AND l.void > :known)"
        )
        values |= {f"kind{index}": kind, f"key{index}": key}
    if query.since is not None or query.until is not None:
        where += (
            " AND EXISTS (SELECT 1 FROM line l WHERE l.item = i.no"
            " AND l.at BETWEEN :since AND :until AND l.rec <= :known AND l.void > :known)"
        )
        values["since"] = -_NEVER if query.since is None else query.since.micros
        values["until"] = _NEVER if query.until is None else query.until.micros
    return where, values


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
