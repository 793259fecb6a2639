"""`tracegraph import`: events from files into the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from tracegraph.capture.importing import BATCH_SIZE, Found, Importing, Tally
from tracegraph.cli.faults import DATA
from tracegraph.cli.options import AnswerFormat, Store, opened
from tracegraph.cli.output import Format, complain, counted, say, say_json
from tracegraph.cli.progress import Told, rate, told_progress
from tracegraph.cli.rejects import STDIN, Rejects, check_path
from tracegraph.formats.epcis import own_parties
from tracegraph.formats.event_file import EventFile
from tracegraph.settings import Settings


def import_events(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Files to import; - is standard input.")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            help="The source of events that name none; of all in EPCIS. [default in EPCIS: epcis]"
        ),
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, max=100_000, help="The most events stored in one transaction.")
    ] = BATCH_SIZE,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Where rejects go. [default: FILE.rejects.ndjson]"),
    ] = None,
    atomic: Annotated[
        bool, typer.Option("--atomic", help="Store everything in one batch, or nothing.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be stored and rejected; store nothing."),
    ] = False,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Import events from files.

    What a file holds shows in its content: NDJSON (one event a line), a JSON array, one event,
    an EPCIS document or query document (JSON, XML). NDJSON is read in constant memory.

    Good events are stored. What is malformed, or in conflict with an event that is stored, goes
    to a rejects file, a JSON object a line: file, line, pointer, rule, detail, accepted, raw (and
    the differences of a conflict). Importing a file again changes nothing, so an import that was
    cut short is simply repeated. With --dry-run, events that contradict each other are seen
    within a batch; with --atomic too, within everything.

    \b
    Examples:
      tracegraph import june.ndjson
      zcat june.ndjson.gz | tracegraph import - --source mes-sz
      tracegraph import --atomic --dry-run shipment.jsonld

    Exit code 1 when anything was rejected.
    """
    check_path(rejects, _readable(files))
    with (
        opened(store) as graph,
        Rejects(files, rejects) as sink,
        told_progress("importing", "events") as progress,
    ):
        importing = Importing(
            graph.capture, sink.write, source, batch_size, atomic=atomic, dry_run=dry_run
        )
        tally = Tally()
        with _found(files, source) as found:
            size = Sizes(files)
            for tally in importing.run(found):
                _show(progress, size, tally)
        seconds = progress.seconds
    summary = _summary(tally, seconds, atomic=atomic, dry_run=dry_run)
    if format is Format.JSON:
        say_json(summary | {"rejects": [str(path) for path in sink.written]})
    else:
        say(_sentence(tally, seconds, dry_run=dry_run))
        for path in sink.written:
            complain(f"What was rejected, and why, is in {path}; mend it and import it again.")
    if tally.skipped:
        complain("Nothing was stored, for --atomic stores everything or nothing.")
    if tally.rejected:
        raise typer.Exit(DATA)


class Sizes:
    """How far into all files together a place in one of them is, in bytes."""

    def __init__(self, files: list[str]) -> None:
        self._before: dict[str, int] = {}
        self.total: int | None = 0
        for file in files:
            if file == STDIN or self.total is None or not Path(file).is_file():
                self.total = None
                continue
            self._before.setdefault(file, self.total)
            self.total += Path(file).stat().st_size

    def done(self, tally: Tally) -> int | None:
        """Bytes read when the tally was taken; None where that is not known."""
        if self.total is None or tally.file is None or tally.end is None:
            return None
        return self._before[tally.file] + tally.end


def _show(progress: Told, sizes: Sizes, tally: Tally) -> None:
    done = sizes.done(tally)
    progress.partly(done or 0, None if done is None else sizes.total, tally.found)


def _readable(files: list[str]) -> list[Path]:
    """The files, all of which are there: nothing is imported before that is known."""
    paths = [Path(file) for file in files if file != STDIN]
    for path in paths:
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise typer.BadParameter(
                f"cannot read {path}: {error.strerror}.", param_hint="FILE"
            ) from error
    if files.count(STDIN) > 1:
        raise typer.BadParameter("standard input can be read once.", param_hint="FILE")
    return paths


@contextmanager
def _found(files: list[str], source: str | None) -> Iterator[Iterator[Found]]:
    """Everything found in all files, one after the other."""
    own = own_parties(Settings().own_parties)
    with ExitStack() as stack:

        def each() -> Iterator[Found]:
            for file in files:
                stream: IO[bytes] = sys.stdin.buffer
                if file != STDIN:
                    stream = stack.enter_context(Path(file).open("rb"))
                yield from EventFile(file, stream, source, own).read()

        yield each()


def _summary(tally: Tally, seconds: float, *, atomic: bool, dry_run: bool) -> dict[str, Any]:
    return {
        "found": tally.found,
        "stored": tally.stored,
        "voided": tally.voided,
        "duplicates": tally.duplicates,
        "conflicts": tally.conflicts,
        "refused": tally.refused,
        "skipped": tally.skipped,
        "seq": tally.seq,
        "seconds": round(seconds, 3),
        "per_second": round(rate(tally.found, seconds), 1),
        "atomic": atomic,
        "dry_run": dry_run,
    }


def _sentence(tally: Tally, seconds: float, *, dry_run: bool) -> str:
    said = "would be stored" if dry_run else "stored"
    parts = [
        f"{counted(tally.stored, 'event')} {said}",
        f"{tally.voided:,} {said} as voided",
        counted(tally.duplicates, "duplicate"),
        counted(tally.conflicts, "conflict"),
        f"{tally.refused:,} refused",
    ]
    if tally.skipped:
        parts.append(f"{tally.skipped:,} kept out")
    speed = f"{tally.found:,} read in {seconds:,.1f} s, {rate(tally.found, seconds):,.0f}/s"
    return f"{', '.join(parts)} ({speed})."
