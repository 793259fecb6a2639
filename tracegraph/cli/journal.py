"""`tracegraph events` and `anomalies`: the journal, and what in it contradicts itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import sleep
from typing import Annotated

import typer

from tracegraph.cli.finding import tell_next
from tracegraph.cli.options import AnswerFormat, Cursor, KnownAt, Store, cut, limit, opened
from tracegraph.cli.output import Format, json_text, say_json, say_table, shown
from tracegraph.library import Tracegraph
from tracegraph.trace.answer import StoredEvent

PAUSE = 1.0  # seconds between two looks at the journal
PAGE = 500
COLUMNS = ("seq", "recorded_at", "type", "source", "id", "status")


def events(
    after: Annotated[int, typer.Option(min=0, metavar="SEQ", help="Events after this seq.")] = 0,
    number: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="At most so many. [default: 100; with --follow, all]"),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with new events as they are recorded.")
    ] = False,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """List the journal: events in the order of recording.

    With --follow, json is one event a line; stop it with Ctrl-C.

    \b
    Examples:
      tracegraph events --after 1200 --limit 20
      tracegraph events --follow --format json
    """
    with opened(store, migrate=False) as graph:
        if follow:
            _follow(graph, after, number, format)
            return
        page = graph.events(after=after, limit=number or 100)
    if format is Format.JSON:
        say_json(page)
        return
    say_table(COLUMNS, map(_row, page.events))
    tell_next(page.next, "--after")


def anomalies(
    number: Annotated[int, limit(100, "anomalies")] = 100,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """List what contradicts the records.

    Or refers to what has not arrived.

    \b
    Example:
      tracegraph anomalies --limit 20
    """
    with opened(store, migrate=False) as graph:
        page = graph.anomalies(cursor=cursor, limit=number, known_at=cut(known_at))
    if format is Format.JSON:
        say_json(page)
        return
    columns = ("code", "detail", "item", "event", "pointer")
    say_table(columns, ((a.code, a.detail, a.item, a.event, a.pointer) for a in page.anomalies))
    tell_next(page.next)


def _follow(graph: Tracegraph, after: int, number: int | None, format: Format) -> None:
    if format is Format.TABLE:
        print("\t".join(COLUMNS), flush=True)
    try:
        for count, event in enumerate(_endless(graph, after), 1):
            if format is Format.JSON:
                sys.stdout.write(json_text(event, indent=False))
            else:
                sys.stdout.write("\t".join(map(shown, _row(event))) + "\n")
            sys.stdout.flush()
            if count == number:
                return
    except KeyboardInterrupt:
        return


def _endless(graph: Tracegraph, after: int) -> Iterator[StoredEvent]:
    while True:
        page = graph.events(after=after, limit=PAGE)
        for event in page.events:
            yield event
            after = event.seq
        if page.next is None:
            sleep(PAUSE)


def _row(event: StoredEvent) -> tuple[object, ...]:
    return (event.seq, event.recorded_at, event.type, event.source, event.id, event.status)
