"""A store's rows as files for the server's own importer: a million edges in seconds.

What is large goes this way, before the server starts: items, pools, events, runs, what is drawn
between them, the journal and the names. The rest is written by statements, see `loading.py`.
"""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from tests.neo4j_server import find_java, libraries
from tracegraph.store.neo4j.tables import uid
from tracegraph.store.neo4j.writing import _line, item_columns
from tracegraph.store.projection.rows import EventRow, Flow, ItemRow, LineRow
from tracegraph.store.sqlite import SqliteStore

ITEM = (
    "node:ID(T)|key|kind:long|product|number|rec:long|void:long|was|search|kinds:long"
    "|inflows:long|draws:long|serials:long|lots:long|packings:long|suppliers|:LABEL"
)
EVENT = (
    "node:ID(T)|seq:long|source|id|type|start:long|start_rest|at:long|at_rest|hub:long|void:long"
    "|voider:long|occurred_at|:LABEL"
)
ENTRY = "seq:ID(E)|uid|source|id|type|body|hash|caller|batch:long"
NAME = "key|home:ID(N)|item:long|kind:long|product|number|rec:long"
ENDS = ":START_ID(T)|:END_ID(T)"
LINE = (
    f"{ENDS}|seq:long|pos|role|hub:long|at:long|lot:long|via:long|pooled:long|quantity:long|unit"
    "|rec:long|void:long"
)
SPELL = f"{ENDS}|at:long|rest|since|until|rec:long|void:long"
KINDS = {1: "Item;Traced;Lot", 2: "Item;Traced;Serial", 3: "Item;Traced;Container"}
TYPES = {
    "supplier_return": "SupplierReturn", "order": "OrderStep", "product": "Record",
    "party": "Record", "place": "Record", "equipment": "Record",
}  # fmt: skip
# Files: the argument that announces each, and its columns. Entries and names stand apart.
NODES = {
    "items": ("--nodes=", ITEM),
    "events": ("--nodes=", EVENT),
    "runs": ("--nodes=Run:Traced=", "node:ID(T)|key"),
    "pools": ("--nodes=Pool:Traced=", "node:ID(T)"),
    "entries": ("--nodes=Entry=", ENTRY),
    "names": ("--nodes=Name=", NAME),
}
DRAWN = {
    **{name: (f"--relationships={name}=", LINE) for name in ("INPUT", "OUTPUT", "CONCERNS")},
    **{name: (f"--relationships={name}=", SPELL) for name in ("COMPRISES", "POOLED")},
    **{name: (f"--relationships={name}=", ENDS) for name in ("POOL", "PART_OF", "VOIDS")},
}


def imported(home: Path, source: SqliteStore, folder: Path) -> None:
    """Write the files to a folder and have a server's home made of them."""
    folder.mkdir()
    _Files(folder, source).write()
    files = [
        f"{announced}{folder / name}.csv" for name, (announced, _) in {**NODES, **DRAWN}.items()
    ]
    environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    command = [
        str(find_java()), "-Xmx1g", "-cp", f"{libraries()}/*", "org.neo4j.cli.AdminTool",
        "database", "import", "full", "neo4j", "--id-type=integer", "--delimiter=|",
        "--multiline-fields=true", "--max-off-heap-memory=1G",
        f"--report-file={folder / 'report'}", *files,
    ]  # fmt: skip
    done = subprocess.run(
        command, env=environment, check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the importer failed:\n{done.stdout[-3000:]}")


class _Files:
    """Every file of one store. Empty texts are quoted, and so told from what is not there."""

    def __init__(self, folder: Path, source: SqliteStore) -> None:
        self._folder = folder
        self._source = source
        self._known = source.published().seq
        self._files: dict[str, TextIO] = {}

    def write(self) -> None:
        """Write them all."""
        with ExitStack() as stack:
            for name, (_, columns) in {**NODES, **DRAWN}.items():
                path = self._folder / f"{name}.csv"
                file = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                file.write(columns + "\n")
                self._files[name] = file
            self._items()
            self._events()
            pooled = self._lines() | self._comprises()
            self._put("pools", ([4 * lot + 1] for lot in sorted(pooled)))
            self._put("POOL", ([4 * lot, 4 * lot + 1] for lot in sorted(pooled)))
            self._put("names", self._rows("spoken"))

    def _rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        return self._source.rows(table, self._known)

    def _put(self, name: str, rows: Iterable[Iterable[Any]]) -> None:
        write = self._files[name].write
        for row in rows:
            write("|".join(map(_cell, row)) + "\n")

    def _items(self) -> None:
        states = {row[0]: row[1:] for row in self._rows("state")}
        versions: defaultdict[int, list[tuple[ItemRow, int, int]]] = defaultdict(list)
        for row in self._rows("item"):
            versions[row[0]].append((ItemRow(*row[:5]), row[5], row[6]))
        self._put(
            "items",
            (
                [*item_columns(no, named), *states[no], _labels(named)]
                for no, named in versions.items()
            ),
        )

    def _events(self) -> None:
        with self._source._connections.reading(bounded=False) as db:
            journal = db.execute(
                "SELECT seq, source, id, type, body, hash, caller, batch FROM journal ORDER BY seq"
            )
            self._put(
                "entries",
                ([r[0], uid(r[1], r[2]), *r[1:4], r[4].decode(), *r[5:]] for r in journal),
            )
            events = [
                EventRow.of(row)
                for row in db.execute(
                    "SELECT e.seq, j.source, j.id, j.type, e.start, e.start_rest, e.at, e.at_rest,"
                    " e.hub, e.void, e.voider FROM event e JOIN journal j ON j.seq = e.seq"
                )
            ]
        self._put(
            "events",
            (
                [
                    4 * e.seq + 2, *e[:4], *e.start, *e.end, e.hub, e.void, e.voider, str(e.end),
                    f"Event;Traced;{TYPES.get(e.type, e.type.capitalize())}",
                ]
                for e in events
            ),
        )  # fmt: skip
        self._put("runs", ([4 * no + 3, key] for no, key in self._rows("run")))
        self._put("PART_OF", ([4 * e.seq + 2, 3 - 4 * e.hub] for e in events if e.hub < 0))
        self._put("VOIDS", ([4 * e.voider + 2, 4 * e.seq + 2] for e in events if e.voider))

    def _lines(self) -> set[int]:
        """Lines, and the draws from pools; the lots whose pools were drawn from."""
        pooled = set()
        for row in self._rows("line"):
            line = LineRow(*row[:-2])
            item, hub, *told = _line(line, row[-2], row[-1])
            match Flow(line.flow):
                case Flow.IN:
                    self._put("INPUT", [[item, hub, *told]])
                case Flow.OUT:
                    self._put("OUTPUT", [[hub, item, *told]])
                case Flow.NONE:
                    self._put("CONCERNS", [[hub, item, *told]])
            if line.pooled:
                pooled.add(line.item)
                self._put("INPUT", [[item + 1, hub, *told]])
        return pooled

    def _comprises(self) -> set[int]:
        """Memberships; the lots that have serials."""
        lots = set()
        for lot, serial, *spell in self._rows("comprises"):
            lots.add(lot)
            self._put("COMPRISES", [[4 * lot, 4 * serial, *spell]])
            self._put("POOLED", [[4 * serial, 4 * lot + 1, *spell]])
        return lots


def _labels(versions: list[tuple[ItemRow, int, int]]) -> str:
    found = KINDS.get(versions[-1][0].kind, "Item;Traced")
    return f"{found};Renamed" if len(versions) > 1 else found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return str(value)
