"""The Neo4j store: migrations, appending, the journal, names and documents."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from tracegraph.model.instant import Instant
from tracegraph.store.appending import Admission, admit, project_batch
from tracegraph.store.neo4j.connection import Connection, OutOfMemory, Row, Work
from tracegraph.store.neo4j.postings import Postings
from tracegraph.store.neo4j.reading import Reading, met_at, records_of
from tracegraph.store.neo4j.statements import Migration, migrations
from tracegraph.store.neo4j.summing import Summing
from tracegraph.store.neo4j.tables import Neo4jTables, uid
from tracegraph.store.neo4j.whole import mend, table_rows
from tracegraph.store.neo4j.writing import each, write
from tracegraph.store.port import (
    REBUILDS,
    BatchTooLarge,
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
from tracegraph.store.projection.rows import Spoken
from tracegraph.store.projection.tables import Changes, Counters

# A late product record can touch a hundred thousand events, and no fact may be impossible to store.
_APPEND_SECONDS = 1800.0
# A rebuild is one transaction, as large as what it mends.
_REBUILD_SECONDS = 3600.0


class Neo4jStore(Reading, Postings, Summing):
    """`GraphStore` on a Neo4j database. See the port for what each method means.

    Writers take the counter's lock before anything else, so they never deadlock and `seq` has
    no gaps. A committed counter can be seen before its batch is, so readers go by a *published*
    counter, which a second transaction raises after the commit.
    """

    engine = "neo4j"

    def __init__(self, dsn: str, *, timeout: float = 60.0) -> None:
        self._connection = Connection(dsn, timeout=timeout)

    def marks(self) -> tuple[str, ...]:
        """The bookmarks of what was written."""
        return self._connection.bookmarks()

    def heed(self, marks: Collection[str]) -> None:
        """Wait, when reading, until a server has caught up with these bookmarks."""
        self._connection.heed(marks)

    def close(self) -> None:
        """Release connections."""
        if self.walker is not None:
            self.walker.close()
        self._connection.close()

    # -- schema

    def migrate(self) -> list[int]:
        """Apply the migrations that are missing; let readers see what a crash left unpublished."""
        applied = self._applied()
        new = [migration for migration in migrations() if migration.no not in applied]
        for migration in new:
            for text in migration.statements:
                self._connection.run(text)
            self._connection.write("record_migration", partial(_record, migration))
        self._connection.write("publish", _set_out)
        set_out(self)
        return [migration.no for migration in new]

    def _applied(self) -> dict[int, str]:
        rows = self._connection.read("migrations", lambda tx: tx.rows("migrations"))
        applied: dict[int, str] = dict(rows)
        known = {migration.no: migration.checksum for migration in migrations()}
        for no, checksum in applied.items():
            if no not in known:
                raise StoreOutdated(f"Migration {no} of the store is newer than this program.")
            if known[no] != checksum:
                raise StoreOutdated(f"Migration {no} of the store is not the one of this program.")
        return applied

    def health(self) -> Health:
        """Ask the server how it is."""
        applied = self._applied()
        if len(applied) < len(migrations()):
            raise StoreOutdated("The store is older than this program; run `tracegraph migrate`.")
        projection = require(self)
        version = self._connection.read("server", lambda tx: tx.run("server")[0]["version"])
        counters = self._connection.read("published", _published)
        return Health(
            "neo4j",
            version,
            len(applied),
            projection,
            counters["seq"],
            counters["journal"],
            {"address": self._connection.address, "database": self._connection.database},
        )

    # -- writing

    def append(
        self, drafts: Sequence[Draft], *, atomic: bool = True, recorded_at: Instant | None = None
    ) -> list[Outcome]:
        """Append a batch in one transaction, then publish it."""
        if not drafts:
            return []
        try:
            admission, last = self._connection.write(
                "append",
                lambda tx: _append(tx, drafts, atomic=atomic, recorded_at=recorded_at),
                timeout=_APPEND_SECONDS,
            )
        except OutOfMemory as error:
            raise BatchTooLarge(
                f"What a batch of {len(drafts):,} changes is more than the server holds in one"
                f" transaction. {error}"
            ) from error
        self._connection.write("publish", lambda tx: tx.run("publish", seq=last))
        return admission.outcomes

    # -- the journal

    def published(self) -> Published:
        """The last published batch."""
        return _published_of(self._connection.read("published", _published))

    def opening(
        self, kind: str, names: Names, known: int | None = None, without: Collection[int] = ()
    ) -> Opening:
        """The last published batch, documents of a kind, what names were met as, its records."""
        row = self._records(
            known,
            names=[list(keys) for keys in names],
            prefix=uid(kind, ""),
            without=list(without),
        )
        cut = row["seq"] if known is None else known
        return Opening(
            _published_of(row),
            _documents(kind, row["documents"]),
            {
                keys: met_at(homes, item, cut)
                for keys, (homes, item) in zip(names, row["met"], strict=True)
            },
            records_of(row, cut),
        )

    def cut(self, known_at: int | Instant | None) -> int:
        """The end of the last batch at or before `known_at`."""
        if known_at is None:
            return self.published().seq
        if isinstance(known_at, Instant):
            micros = known_at.micros
            rows = self._connection.read(
                "cut_by_time", lambda tx: tx.run("cut_by_time", recorded=micros)
            )
        else:
            rows = self._connection.read(
                "cut_by_seq", lambda tx: tx.run("cut_by_seq", seq=known_at)
            )
        return int(rows[0]["seq"])

    def recorded(self, known: int) -> Instant | None:
        """When a batch was recorded."""
        rows = self._connection.read("recorded", lambda tx: tx.run("recorded", last=known))
        return Instant(rows[0]["recorded"]) if rows else None

    def journal(self, after: int, limit: int, known: int) -> list[Entry]:
        """A stretch of the journal."""
        return self._entries("journal", known, after=after, limit=limit)

    def entries(self, ids: Collection[tuple[str, str]], known: int) -> dict[tuple[str, str], Entry]:
        """Entries by (source, id)."""
        found = self._entries("entries", known, keys=[uid(*key) for key in set(ids)])
        return {(entry.source, entry.id): entry for entry in found}

    def entries_by_seq(self, seqs: Collection[int], known: int) -> dict[int, Entry]:
        """Entries by seq."""
        found = self._entries("entries_by_seq", known, keys=list(set(seqs)))
        return {entry.seq: entry for entry in found}

    def of_types(self, types: Collection[str], *, known: int, after: int = 0) -> list[Entry]:
        """Standing entries of types."""
        return self._entries("entries_of_types", known, types=listed(types), after=after)

    def _entries(self, name: str, known: int, **values: Any) -> list[Entry]:
        rows = self._connection.read(name, lambda tx: tx.rows(name, known=known, **values))
        return [
            Entry(
                seq, source, id_, type_, Instant(recorded), body.encode(), hash_, caller,
                voider if void <= known else None, batch,
            )
            for seq, source, id_, type_, recorded, body, hash_, caller, void, voider, batch in rows
        ]  # fmt: skip

    # -- names

    def spoken(self, keys: Collection[str]) -> Mapping[str, Spoken]:
        """Names by their key as spoken."""
        return self._connection.read("names", lambda tx: _tables(tx).spoken(set(keys)))

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""
        return self._connection.read(
            "names_of_products", lambda tx: _tables(tx).spoken_of(products)
        )

    def claims(self, names: Collection[str]) -> Mapping[str, list[int]]:
        """Seqs of the product records that claim a product name."""
        return self._connection.read("claims", lambda tx: _tables(tx).claims(names))

    # -- documents

    def document(self, kind: str, id: str) -> Document | None:
        """A document."""
        rows = self._connection.read("document", lambda tx: tx.run("document", uid=uid(kind, id)))
        if not rows:
            return None
        return Document(kind, id, rows[0]["version"], orjson.loads(rows[0]["body"]))

    def documents(self, kind: str) -> list[Document]:
        """All documents of a kind."""
        rows = self._connection.read(
            "documents", lambda tx: tx.rows("documents", prefix=uid(kind, ""))
        )
        return _documents(kind, rows)

    def put_document(self, document: Document) -> Document:
        """Write a document."""
        values: dict[str, Any] = {
            "uid": uid(document.kind, document.id),
            "body": orjson.dumps(document.body).decode(),
        }
        if document.version == 0:
            name = "create_document"
            values |= {"kind": document.kind, "id": document.id}
        else:
            name = "update_document"
            values |= {"version": document.version}
        rows = self._connection.write(name, lambda tx: tx.run(name, **values))
        if not rows or not rows[0]["written"]:
            raise VersionConflict(f"Document {document.kind}/{document.id} was changed meanwhile.")
        return document._replace(version=document.version + 1)

    def delete_document(self, kind: str, id: str) -> bool:
        """Remove a document."""
        rows = self._connection.write(
            "delete_document", lambda tx: tx.run("delete_document", uid=uid(kind, id))
        )
        return bool(rows[0]["deleted"])

    # -- the projection as a whole

    def rows(self, table: str, known: int) -> Iterator[tuple[Any, ...]]:
        """Rows of a projection table in canonical order."""
        yield from self._connection.read(
            "rows", lambda tx: list(table_rows(tx, table, known, _published(tx)))
        )

    def rebuild(self, source: GraphStore) -> int | None:
        """Mend every row that differs from `source`, in one transaction."""

        def work(tx: Work) -> int | None:
            last = tx.run("lock_journal")[0]
            if last["seq"] != source.published().seq:
                return None
            mended = mend(tx, source, last)
            if mended:
                kind, id_ = REBUILDS
                tx.run("count_rebuild", uid=uid(kind, id_), kind=kind, id=id_)
            return mended

        mended = self._connection.write("rebuild", work, timeout=_REBUILD_SECONDS)
        if mended and self.walker is not None:
            self.walker.forget()
        return mended

    def rebuilds(self) -> int:
        """How often a rebuild mended something."""
        found = self.document(*REBUILDS)
        return found.version if found else 0


def _append(
    tx: Work, drafts: Sequence[Draft], *, atomic: bool, recorded_at: Instant | None
) -> tuple[Admission, int]:
    """One batch, under the journal's lock; what became of it, and the last seq."""
    row = tx.run("lock_journal")[0]
    tables = Neo4jTables(tx, Counters(row["item"], row["run"]))
    held = tables.held({(d.event.source, d.event.id) for d in drafts})
    admission = admit(drafts, held, row["seq"], atomic=atomic)
    if not admission.new:
        return admission, row["seq"]
    now = time.time_ns() // 1000 if recorded_at is None else recorded_at.micros
    recorded = max(now, row["recorded"])
    last = admission.new[-1][0]
    changes = project_batch(admission, tables)
    _write_journal(tx, admission, changes, last, recorded)
    anomaly = write(tx, changes, row["anomaly"])
    _count(tx, changes, last, recorded, anomaly, row)
    return admission, last


def _write_journal(
    tx: Work, admission: Admission, changes: Changes, last: int, recorded: int
) -> None:
    rows = [
        [
            seq, uid(d.event.source, d.event.id), d.event.source, d.event.id, d.event.type,
            d.body.decode(), d.hash, d.caller,
        ]
        for seq, d in admission.new
    ]  # fmt: skip
    nodes, items = changes.touched()
    tx.run("create_batch", last=last, recorded=recorded, nodes=nodes, items=items)
    each(tx, "create_entries", ([*row, last] for row in rows))


def _count(tx: Work, changes: Changes, last: int, recorded: int, anomaly: int, before: Row) -> None:
    tx.run(
        "set_counters",
        seq=last,
        item=changes.counters.item,
        run=changes.counters.run,
        anomaly=anomaly,
        recorded=recorded,
        published=before["seq"],  # its batch was committed before this one could take the lock
    )


def _record(migration: Migration, tx: Work) -> None:
    tx.run(
        "record_migration",
        no=migration.no,
        name=migration.name,
        checksum=migration.checksum,
    )


def _set_out(tx: Work) -> None:
    """Make the counter where there is none; publish what a crash left unpublished."""
    tx.run("create_counter")
    tx.run("publish", seq=tx.run("lock_journal")[0]["seq"])


def _published(tx: Work) -> Row:
    return tx.run("published")[0]


def _published_of(row: Row) -> Published:
    return Published(row["seq"], Instant(row["recorded"]) if row["seq"] else None)


def _documents(kind: str, rows: list[list[Any]]) -> list[Document]:
    return [Document(kind, id_, version, orjson.loads(body)) for id_, version, body in rows]


def _tables(tx: Work) -> Neo4jTables:
    return Neo4jTables(tx, Counters())
