"""The schema of the embedded store, by numbered migrations.

A node of `edge` is an integer: 4 * item, 4 * lot + 1 for the pool of a lot that has serials
(what unnamed draws are taken from), 4 * seq + 2 for an event, 4 * run + 3 for a run.
"""

from __future__ import annotations

import hashlib
from string import punctuation

# The types that are read as a whole; receipts and the like are not. A query finds them by their
# index only if it says this word for word, beside what it asks; saying a part of it is no use.
# Part of a migration, so never edited: another type needs another index.
LISTED_TYPES = (
    "type IN ('product', 'party', 'place', 'equipment', 'order', 'void', 'hold', 'release',"
    " 'inspection', 'certificate', 'deviation', 'nonconformance', 'capa', 'complaint')"
)

# What is no letter and no digit and yet within a piece of a name, as in an SQL text within one; all
# but the semicolon, which parts statements. Part of a migration, too.
MARKS = punctuation.replace(";", " ").replace("'", "''''")

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE batch (
        last INTEGER PRIMARY KEY, recorded INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
        body BLOB NOT NULL, hash TEXT NOT NULL, caller TEXT, batch INTEGER NOT NULL,
        UNIQUE (source, id)
    ) STRICT;
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY, start INTEGER NOT NULL, start_rest TEXT NOT NULL,
        at INTEGER NOT NULL, at_rest TEXT NOT NULL, hub INTEGER NOT NULL, void INTEGER NOT NULL,
        voider INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX event_run ON event (hub) WHERE hub < 0;
    CREATE TABLE run (no INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE spoken (
        key TEXT PRIMARY KEY, home INTEGER NOT NULL UNIQUE, item INTEGER NOT NULL,
        kind INTEGER NOT NULL, product TEXT, number TEXT, rec INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX spoken_product ON spoken (product);
    CREATE TABLE item (
        no INTEGER NOT NULL, rec INTEGER NOT NULL, void INTEGER NOT NULL, key TEXT NOT NULL,
        kind INTEGER NOT NULL, product TEXT, number TEXT, PRIMARY KEY (no, rec)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX item_number ON item (number);
    CREATE INDEX item_product ON item (product, no);
    CREATE TABLE state (
        no INTEGER PRIMARY KEY, kinds INTEGER NOT NULL, inflows INTEGER NOT NULL,
        draws INTEGER NOT NULL, serials INTEGER NOT NULL, lots INTEGER NOT NULL,
        packings INTEGER NOT NULL, suppliers TEXT NOT NULL
    ) STRICT;
    CREATE TABLE line (
        seq INTEGER NOT NULL, pos TEXT NOT NULL, item INTEGER NOT NULL, via INTEGER NOT NULL,
        rec INTEGER NOT NULL, void INTEGER NOT NULL, role TEXT NOT NULL, flow INTEGER NOT NULL,
        hub INTEGER NOT NULL, at INTEGER NOT NULL, lot INTEGER NOT NULL, pooled INTEGER NOT NULL,
        quantity INTEGER, unit TEXT, PRIMARY KEY (seq, pos, item, via, rec)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX line_item ON line (item, at);
    CREATE INDEX line_lot ON line (lot) WHERE lot > 0;
    CREATE TABLE comprises (
        serial INTEGER NOT NULL, lot INTEGER NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL,
        rec INTEGER NOT NULL, void INTEGER NOT NULL, at INTEGER NOT NULL, rest TEXT NOT NULL,
        PRIMARY KEY (serial, lot, since, until, at, rest, rec)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX comprises_lot ON comprises (lot);
    CREATE TABLE edge (
        src INTEGER NOT NULL, dst INTEGER NOT NULL, at INTEGER NOT NULL, rec INTEGER NOT NULL,
        void INTEGER NOT NULL, PRIMARY KEY (src, dst, rec, at, void)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX edge_back ON edge (dst, src, at, rec, void);
    CREATE TABLE anomaly (
        no INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, item INTEGER NOT NULL,
        code TEXT NOT NULL, pointer TEXT NOT NULL, detail TEXT NOT NULL,
        rec INTEGER NOT NULL, void INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX anomaly_event ON anomaly (seq) WHERE seq > 0;
    CREATE INDEX anomaly_item ON anomaly (item) WHERE item > 0;
    CREATE TABLE mention (
        kind TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (kind, key, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reference (
        source TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (source, id, kind, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE claim (
        name TEXT NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (name, kind, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE document (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    """,
    f"CREATE INDEX journal_type ON journal (type, seq) WHERE {LISTED_TYPES};",
    # The nodes and items that a batch touched, as 8-byte integers; NULL: not noted.
    """
    ALTER TABLE batch ADD COLUMN nodes BLOB;
    ALTER TABLE batch ADD COLUMN items BLOB;
    """,
    # Where texts are looked for; see `texts`. Every item is entered with all it was ever called.
    f"""
    CREATE VIRTUAL TABLE name_text USING fts5 (
        text, content = '', columnsize = 0, detail = none, prefix = '1 2 3',
        tokenize = 'ascii tokenchars \'\'{MARKS}\'\''
    );
    CREATE VIRTUAL TABLE key_text USING fts5 (
        text, content = '', columnsize = 0, detail = none, tokenize = 'trigram'
    );
    INSERT INTO name_text (rowid, text) SELECT no, (
        WITH RECURSIVE start (n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM start WHERE n < length(name)
        )
        SELECT group_concat(substr(name, n, 6), char(10)) FROM start
    ) FROM (
        SELECT DISTINCT no, replace(ifnull(number, key), char(59), ',') AS name
        FROM item ORDER BY no
    );
    INSERT INTO key_text (rowid, text)
        SELECT no, group_concat(key || iif(number GLOB '*[:/]*', ' ' || number, ''), ' ')
        FROM item GROUP BY no;
    """,
    # How far in a block the seqs of events under a term are, as 2-byte integers, ascending.
    """
    CREATE TABLE posting (
        field TEXT NOT NULL, value TEXT NOT NULL, block INTEGER NOT NULL, offsets BLOB NOT NULL,
        PRIMARY KEY (field, value, block)
    ) STRICT, WITHOUT ROWID;
    """,
)


def checksum(migration: str) -> str:
    """What the store keeps of an applied migration, to tell when the code's differs."""
    return hashlib.sha256(" ".join(migration.split()).encode()).hexdigest()
