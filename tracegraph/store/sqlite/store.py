"""The embedded store: migrations, appending, the journal, names and documents."""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from tracegraph.model.instant import Instant
from tracegraph.store.appending import admit, project_batch
from tracegraph.store.port import (
    REBUILDS,
    Document,
    Draft,
    Entry,
    GraphStore,
    Health,
    Names,
    Opening,
    Outcome,
    Published,
    StoreOutdated,
    VersionConflict,
    listed,
)
from tracegraph.store.projected import require, set_out
from tracegraph.store.projection.rows import ItemRow, Spoken
from tracegraph.store.sqlite.connections import Connections
from tracegraph.store.sqlite.postings import Postings
from tracegraph.store.sqlite.reading import Reading
from tracegraph.store.sqlite.schema import LISTED_TYPES, MIGRATIONS, checksum
from tracegraph.store.sqlite.tables import SqliteTables, packed
from tracegraph.store.sqlite.texts import require_fts
from tracegraph.store.sqlite.whole import mend, table_rows

_ENTRY = (
    "j.seq, j.source, j.id, j.type, b.recorded, j.body, j.hash, j.caller,"
    " (SELECT e.void FROM event e WHERE e.seq = j.seq),"
    " (SELECT e.voider FROM event e WHERE e.seq = j.seq), j.batch"
)


class SqliteStore(Reading, Postings):
    """`GraphStore` on one SQLite file (WAL). See the port for what each method means."""

    engine = "sqlite"

    def __init__(self, path: str, *, create: bool = True, timeout: float = 60.0) -> None:
        self._connections = Connections(path, create=create, timeout=timeout)
        self._path = path

    def marks(self) -> tuple[str, ...]:
        """None: what is committed is seen."""
        return ()

    def heed(self, marks: Collection[str]) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Release connections."""
        if self.walker is not None:
            self.walker.close()
        self._connections.close()

    # -- schema

    def migrate(self) -> list[int]:
        """Apply the migrations that are missing."""
        with self._connections.writing() as db:
            require_fts(db)
            db.execute(
                "CREATE TABLE IF NOT EXISTS migration ("
                " no INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT"
            )
            applied = dict(db.execute("SELECT no, checksum FROM migration"))
            self._check(applied)
            new = [no for no in range(1, len(MIGRATIONS) + 1) if no not in applied]
            for no in new:
                for statement in MIGRATIONS[no - 1].split(";"):
                    db.execute(statement)
                db.execute(
                    "INSERT INTO migration VALUES (?, ?)", (no, checksum(MIGRATIONS[no - 1]))
                )
        set_out(self)
        return new

    @staticmethod
    def _check(applied: Mapping[int, str]) -> None:
        for no, mark in applied.items():
            if no > len(MIGRATIONS):
                raise StoreOutdated(f"Migration {no} of the store is newer than this program.")
            if checksum(MIGRATIONS[no - 1]) != mark:
                raise StoreOutdated(f"Migration {no} of the store is not the one of this program.")

    def health(self) -> Health:
        """Ask the file how it is."""
        with self._connections.reading() as db:
            require_fts(db)
            try:
                applied = dict(db.execute("SELECT no, checksum FROM migration"))
            except sqlite3.OperationalError as error:
                raise StoreOutdated("The store is empty; run `tracegraph migrate`.") from error
            self._check(applied)
            if len(applied) < len(MIGRATIONS):
                raise StoreOutdated(
                    "The store is older than this program; run `tracegraph migrate`."
                )
            ((head,),) = db.execute("SELECT ifnull(max(seq), 0) FROM journal")
            projection = require(self)
        return Health(
            "sqlite",
            sqlite3.sqlite_version,
            len(applied),
            projection,
            head,
            head,
            {"path": self._path},
        )

    # -- writing

    def append(
        self, drafts: Sequence[Draft], *, atomic: bool = True, recorded_at: Instant | None = None
    ) -> list[Outcome]:
        """Append a batch in one transaction."""
        if not drafts:
            return []
        with self._connections.writing() as db:
            tables = SqliteTables(db)
            latest = db.execute("SELECT last, recorded FROM batch ORDER BY last DESC LIMIT 1")
            last, recorded = latest.fetchone() or (0, 0)
            held = tables.held({(d.event.source, d.event.id) for d in drafts})
            admission = admit(drafts, held, last, atomic=atomic)
            if admission.new:
                now = time.time_ns() // 1000 if recorded_at is None else recorded_at.micros
                changes = project_batch(admission, tables)
                end = admission.new[-1][0]
                nodes, items = (array("q", numbers).tobytes() for numbers in changes.touched())
                db.execute(
                    "INSERT INTO batch VALUES (?, ?, ?, ?)",
                    (end, max(now, recorded), nodes, items),
                )
                db.executemany(
                    "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        (
                            seq,
                            d.event.source,
                            d.event.id,
                            d.event.type,
                            d.body,
                            d.hash,
                            d.caller,
                            end,
                        )
                        for seq, d in admission.new
                    ),
                )
                tables.write(changes)
        return admission.outcomes

    # -- the journal

    def published(self) -> Published:
        """The last batch."""
        with self._connections.reading() as db:
            row = db.execute(
                "SELECT last, recorded FROM batch ORDER BY last DESC LIMIT 1"
            ).fetchone()
        return Published(row[0], Instant(row[1])) if row else Published(0, None)

    def opening(
        self, kind: str, names: Names, known: int | None = None, without: Collection[int] = ()
    ) -> Opening:
        """The last batch, documents of a kind, what names were met as, and its records."""
        with self._connections.reading():
            published = self.published()
            cut = published.seq if known is None else known
            met = {keys: self.met(keys, cut) for keys in names}
            items = {found[1].no for found in met.values() if found is not None}
            records = self.records(items, cut, without)
            return Opening(published, self.documents(kind), met, records)

    def cut(self, known_at: int | Instant | None) -> int:
        """The end of the last batch at or before `known_at`."""
        if known_at is None:
            return self.published().seq
        instant = isinstance(known_at, Instant)
        column = "recorded" if instant else "last"
        value = known_at.micros if isinstance(known_at, Instant) else known_at
        with self._connections.reading() as db:
            ((seq,),) = db.execute(
                f"SELECT ifnull(max(last), 0) FROM batch WHERE {column} <= ?", (value,)
            )
        return int(seq)

    def recorded(self, known: int) -> Instant | None:
        """When a batch was recorded."""
        with self._connections.reading() as db:
            row = db.execute("SELECT recorded FROM batch WHERE last = ?", (known,)).fetchone()
        return Instant(row[0]) if row else None

    def journal(self, after: int, limit: int, known: int) -> list[Entry]:
        """A stretch of the journal."""
        return self._entries(
            "FROM journal j JOIN batch b ON b.last = j.batch"
            " WHERE j.seq > ? AND j.seq <= ? ORDER BY j.seq LIMIT ?",
            (after, known, limit),
            known,
        )

    def entries(self, ids: Collection[tuple[str, str]], known: int) -> dict[tuple[str, str], Entry]:
        """Entries by (source, id)."""
        found = self._entries(
            "FROM json_each(?) v CROSS JOIN journal j"
            " ON j.source = v.value ->> 0 AND j.id = v.value ->> 1"
            " CROSS JOIN batch b ON b.last = j.batch WHERE j.seq <= ?",
            (packed(set(ids)), known),
            known,
        )
        return {(entry.source, entry.id): entry for entry in found}

    def entries_by_seq(self, seqs: Collection[int], known: int) -> dict[int, Entry]:
        """Entries by seq."""
        found = self._entries(
            "FROM json_each(?) v CROSS JOIN journal j ON j.seq = v.value"
            " CROSS JOIN batch b ON b.last = j.batch WHERE j.seq <= ?",
            (packed(set(seqs)), known),
            known,
        )
        return {entry.seq: entry for entry in found}

    def of_types(self, types: Collection[str], *, known: int, after: int = 0) -> list[Entry]:
        """Standing entries of types."""
        found = self._entries(
            "FROM json_each(?) v CROSS JOIN journal j ON j.type = v.value"
            " CROSS JOIN batch b ON b.last = j.batch"
            f" WHERE j.{LISTED_TYPES} AND j.seq > ? AND j.seq <= ? ORDER BY j.seq",
            (packed(listed(types)), after, known),
            known,
        )
        return [entry for entry in found if entry.void is None]

    def _entries(self, rest: str, values: tuple[Any, ...], known: int) -> list[Entry]:
        with self._connections.reading() as db:
            rows = db.execute(f"SELECT {_ENTRY} {rest}", values).fetchall()
        return [
            Entry(
                seq, source, id_, type_, Instant(recorded), body, hash_, caller,
                voider if void <= known else None, batch,
            )
            for seq, source, id_, type_, recorded, body, hash_, caller, void, voider, batch in rows
        ]  # fmt: skip

    # -- names

    def spoken(self, keys: Collection[str]) -> Mapping[str, Spoken]:
        """Names by their key as spoken."""
        with self._connections.reading() as db:
            return SqliteTables(db).spoken(set(keys))

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""
        with self._connections.reading() as db:
            return SqliteTables(db).spoken_of(products)

    def claims(self, names: Collection[str]) -> Mapping[str, list[int]]:
        """Seqs of the product records that claim a product name."""
        with self._connections.reading() as db:
            return SqliteTables(db).claims(names)

    def items_by_number(self, number: str, known: int, limit: int) -> list[ItemRow]:
        """Items whose own number is exactly `number`."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT no, key, kind, product, number FROM item"
                " WHERE number = ? AND rec <= ? AND void > ? ORDER BY key LIMIT ?",
                (number, known, known, limit),
            ).fetchall()
        return [ItemRow(*row) for row in rows]

    # -- documents

    def document(self, kind: str, id: str) -> Document | None:
        """A document."""
        with self._connections.reading() as db:
            row = db.execute(
                "SELECT version, body FROM document WHERE kind = ? AND id = ?", (kind, id)
            ).fetchone()
        return Document(kind, id, row[0], orjson.loads(row[1])) if row else None

    def documents(self, kind: str) -> list[Document]:
        """All documents of a kind."""
        with self._connections.reading() as db:
            rows = db.execute(
                "SELECT id, version, body FROM document WHERE kind = ? ORDER BY id", (kind,)
            ).fetchall()
        return [Document(kind, id_, version, orjson.loads(body)) for id_, version, body in rows]

    def put_document(self, document: Document) -> Document:
        """Write a document."""
        body = orjson.dumps(document.body).decode()
        new = document._replace(version=document.version + 1)
        with self._connections.writing() as db:
            if document.version == 0:
                done = db.execute(
                    "INSERT OR IGNORE INTO document VALUES (?, ?, 1, ?)",
                    (document.kind, document.id, body),
                )
            else:
                done = db.execute(
                    "UPDATE document SET version = ?, body = ?"
                    " WHERE kind = ? AND id = ? AND version = ?",
                    (new.version, body, document.kind, document.id, document.version),
                )
            if done.rowcount != 1:
                raise VersionConflict(
                    f"Document {document.kind}/{document.id} was changed meanwhile."
                )
        return new

    def delete_document(self, kind: str, id: str) -> bool:
        """Remove a document."""
        with self._connections.writing() as db:
            done = db.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, id))
            return done.rowcount > 0

    # -- the projection as a whole

    def rows(self, table: str, known: int) -> Iterator[tuple[Any, ...]]:
        """Rows of a projection table in canonical order."""
        with self._connections.reading(bounded=False) as db:
            yield from table_rows(db, table, known)

    def rebuild(self, source: GraphStore) -> int | None:
        """Mend every row that differs from `source`, in one transaction."""
        with self._connections.writing() as db:
            if self.published().seq != source.published().seq:
                return None
            mended = mend(db, source)
            if mended:
                db.execute(
                    "INSERT INTO document VALUES (?, ?, 1, '{}')"
                    " ON CONFLICT (kind, id) DO UPDATE SET version = version + 1",
                    REBUILDS,
                )
        if mended and self.walker is not None:
            self.walker.forget()
        return mended

    def rebuilds(self) -> int:
        """How often a rebuild mended something."""
        found = self.document(*REBUILDS)
        return found.version if found else 0
