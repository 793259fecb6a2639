"""A scope of a million rows written as JSON, CSV, letters and XLSX: time, size and memory.

    python -m benchmarks.exports [rows] [folder]

Half of the rows are items (serials of a thousand lots), half are positions; two hundred
consignees each got their share of the items. Each format is written by a process of its own, forked
with the scope in memory, whose resident set is sampled every 10 ms: memory is the most of it above
what it was at first, with the heap trimmed, so that nothing freed before hides what is taken.
Files go to `folder`.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from tracegraph.formats.canonical_json import json_chunks
from tracegraph.formats.sheet_csv import write_csv
from tracegraph.formats.xlsx import write_xlsx
from tracegraph.recall.answer import AffectedItem, Consignee, ConsigneeItem, Position, Scope
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.recall.sheets import letters, sheets

CONSIGNEES = 200
PER_LOT = 500
PAGE = 4096
AT = "2026-03-09T08:00:00Z"


def serial(n: int) -> str:
    return f"https://id.gs1.org/01/06141411234525/21/{n:09d}"


def lot(n: int) -> str:
    return f"https://id.gs1.org/01/06141411234525/10/C{n // PER_LOT:05d}"


def items(count: int) -> Iterator[AffectedItem]:
    for n in range(count):
        yield AffectedItem(
            serial(n), "serial", "FG-9", f"{n:09d}", lot(n), "possible", "0", "1", "1", "each",
            2 + n % 3, lot(n), f"urn:tracegraph:event:mes-sz:prod-{n // PER_LOT}", "2026-03-02",
            "2029-03-01", False, False, (f"SO-{n // 100}",),
        )  # fmt: skip


def positions(count: int) -> Iterator[Position]:
    for n in range(count):
        yield Position(
            serial(n), "party", f"CUST-{n % CONSIGNEES:03d}", "delivered", "DE", "1", "each", "0",
            "1", f"2026-03-{n % 28 + 1:02d}T08:{n % 60:02d}:00Z",
        )  # fmt: skip


def consignees(count: int) -> Iterator[Consignee]:
    contact = {"name": "A. Li", "role": "quality", "email": "li@example.com", "phone": "+49 1"}
    for party in range(CONSIGNEES):
        got = tuple(
            ConsigneeItem(
                serial(n), "FG-9", f"{n:09d}", lot(n), "1", "1", "each", "0", "1", AT, AT,
                (f"SO-{n // 100}",), (f"DN-{n // 100}",),
                (f"urn:tracegraph:event:wms-sz:ship-{n // 100}",),
            )
            for n in range(party, count, CONSIGNEES)
        )  # fmt: skip
        yield Consignee(f"CUST-{party:03d}", f"Klinik {party}", "DE", (contact,), got)


def scope(rows: int) -> Scope:
    half = rows // 2
    made = Scope(
        query=ScopeQuery((ScopeSeed("item", "urn:tracegraph:lot:RM-110:A"),)),
        as_of=None, known_at=rows, recorded_at=AT, rule="1", seeds=(), figures=(),
        items=tuple(items(half)), positions=tuple(positions(rows - half)),
        consignees=tuple(consignees(half)), balances=(), gaps=(), unproven=(), orders=(),
        note=None,
    )  # fmt: skip
    hashed = hashlib.sha256()
    for chunk in json_chunks(made, without=("hash",)):
        hashed.update(chunk)
    return replace(made, hash=hashed.hexdigest())


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


class Sampled:
    """The most that was resident while a block ran, above what was before it."""

    def __init__(self) -> None:
        self.peak = 0
        self._before = resident()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Sampled:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            self.peak = max(self.peak, resident() - self._before)


def measure(name: str, rows: int, path: Path, write: Callable[[Path], None]) -> None:
    """Write in a child, and say what it took."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"{name}: status {status}")
        return
    try:
        measured(name, rows, path, write)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def measured(name: str, rows: int, path: Path, write: Callable[[Path], None]) -> None:
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    with Sampled() as sampled:
        begin = time.perf_counter()
        write(path)
        took = time.perf_counter() - begin
    size = path.stat().st_size
    path.unlink()
    print(
        f"{name:<22}{rows:>10,} rows {took:>7.1f} s {rows / took:>9,.0f} rows/s"
        f" {size / 1e6:>8.1f} MB  +{sampled.peak / 1e6:.1f} MB resident",
        flush=True,
    )


def main(rows: int, folder: str) -> None:
    """Build, write each format, print a line each."""
    begin, before = time.perf_counter(), resident()
    answer = scope(rows)
    gc.collect()
    gc.freeze()
    held = (resident() - before) / 1e6
    print(f"scope of {rows:,} rows: {time.perf_counter() - begin:.1f} s, {held:,.0f} MB")
    made = {sheet.name: sheet for sheet in sheets(answer)}

    def json(path: Path) -> None:
        with path.open("wb") as out:
            out.writelines(json_chunks(answer))

    def csv(*names: str) -> Callable[[Path], None]:
        def write(path: Path) -> None:
            with path.open("wb") as out:
                for name in names:
                    write_csv(made[name], out)

        return write

    def xlsx(*names: str) -> Callable[[Path], None]:
        def write(path: Path) -> None:
            with path.open("wb") as out:
                chosen = [sheet for sheet in made.values() if sheet.name in names]
                write_xlsx(chosen, out, created=answer.recorded_at, folder=folder)

        return write

    got = sum(len(consignee.items) for consignee in answer.consignees)
    written = sum(1 for _ in letters(answer).rows)
    path = Path(folder) / "export"
    measure("JSON, whole", rows + got, path, json)
    measure("CSV, items+positions", rows, path, csv("items", "positions"))
    measure("CSV, consignees", got, path, csv("consignees"))
    measure(f"letters ({CONSIGNEES})", written, path, csv("letters"))
    measure("XLSX, items+positions", rows, path, xlsx("items", "positions"))
    measure("XLSX, all sheets", rows + got + written, path, xlsx(*made))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        arguments = sys.argv[1:]
        main(
            int(arguments[0]) if arguments else 1_000_000,
            arguments[1] if arguments[1:] else scratch,
        )
