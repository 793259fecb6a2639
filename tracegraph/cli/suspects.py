"""`tracegraph suspects`: what complaints have in common."""

from __future__ import annotations

import sys
from dataclasses import fields
from enum import StrEnum
from operator import attrgetter
from typing import Annotated

import typer

from tracegraph.cli.bad import Tolerance
from tracegraph.cli.options import KnownAt, Store, cut, limit, opened
from tracegraph.cli.output import complain, say_json, say_table
from tracegraph.formats.sheet_csv import csv_chunks
from tracegraph.model.sheet import Column, Sheet
from tracegraph.recall.answer import Suspect, Suspects

COLUMNS = tuple(field.name for field in fields(Suspect) if field.name != "unexplained")
SHOWN = (
    "kind", "name", "complaints", "descendants", "odds_ratio", "p", "since", "until", "key",
)  # fmt: skip


class SuspectFormat(StrEnum):
    """How suspects are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def suspects(
    items: Annotated[
        list[str],
        typer.Argument(
            metavar="ITEM...",
            help="What was complained of: a key, a scan or a number; SOURCE/ID of an event; or the"
            " number of a complaint.",
            show_default=False,
        ),
    ],
    controls: Annotated[
        list[str] | None,
        typer.Option(
            "--control",
            metavar="ITEM",
            help="An item free of complaint to compare with. [default: all of the same products]",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Count what occurred by then. [default: everything]"),
    ] = None,
    tolerance: Tolerance = "0",
    number: Annotated[int, limit(20, "suspects")] = 20,
    budget: Annotated[
        int, typer.Option(metavar="N", min=1, help="Refuse where more items are reached.")
    ] = 1_000_000,
    known_at: KnownAt = None,
    store: Store = None,
    format: Annotated[
        SuspectFormat,
        typer.Option("--format", help="A table for people, json for programs, csv for sheets."),
    ] = SuspectFormat.TABLE,
) -> None:
    """Find what complaints have in common upstream: the most telling first.

    Each suspect has how many complaints it explains, how many comparable items descend from it,
    the odds ratio and Fisher's exact p. One with since and until is suspect within that window.

    \b
    Examples:
      tracegraph suspects CMP-1031 CMP-1034 CMP-1037
      tracegraph suspects 910100012 910200063 --control 910300005 --format csv
    """
    with opened(store, migrate=False) as graph:
        found = graph.suspects(
            items,
            controls=controls or (),
            as_of=as_of,
            known_at=cut(known_at),
            clock_tolerance=tolerance,
            limit=number,
            budget=budget,
        )
    if format is SuspectFormat.JSON:
        say_json(found)
        return
    if format is SuspectFormat.CSV:
        columns = tuple(
            Column(name, "time" if name in {"since", "until"} else "text") for name in COLUMNS
        )
        sheet = Sheet("suspects", columns, map(attrgetter(*COLUMNS), found.suspects))
        for chunk in csv_chunks(sheet):
            sys.stdout.buffer.write(chunk)
        sys.stdout.flush()
    else:
        say_table(SHOWN, (tuple(getattr(s, name) for name in SHOWN) for s in found.suspects))
    _tell(found)


def _tell(found: Suspects) -> None:
    """Say beside the answer how it was come by, and what it comes to."""
    complain(
        f"{len(found.complaints)} complaints among {found.population} comparable items, known at"
        f" {found.known_at}."
    )
    if found.uncovered:
        complain(f"Not explained: {', '.join(found.uncovered)}")
    if found.cover:
        named = ", ".join(f"{each.kind} {each.key}" for each in found.cover)
        complain(f"The fewest that explain {'the rest' if found.uncovered else 'all'}: {named}")
    if found.note:
        complain(found.note)
