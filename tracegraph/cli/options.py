"""Options that several commands share, and the store they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from tracegraph.cli.faults import told
from tracegraph.cli.output import Format
from tracegraph.library import Cut, Tracegraph, connect

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="TRACEGRAPH_STORE",
        metavar="DSN",
        help="The store: sqlite:///FILE or neo4j://USER:PASSWORD@HOST:7687/DATABASE."
        " [default: sqlite:///tracegraph.db]",
    ),
]
AnswerFormat = Annotated[
    Format, typer.Option("--format", help="A table for people, json for programs.")
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="SEQ|TIME",
        help="Answer from what was recorded by then: a seq, or an RFC 3339 time. [default: now]",
    ),
]
Cursor = Annotated[
    str | None, typer.Option(metavar="CURSOR", help="Continue an answer from its `next`.")
]


def limit(default: int, noun: str) -> typer.models.OptionInfo:
    """The option --limit, as commands that page have it."""
    option: typer.models.OptionInfo = typer.Option(
        "--limit", min=1, help=f"At most so many {noun}."
    )
    return option


def cut(text: str | None) -> Cut:
    """What --known-at names: a seq where it is a number, else an instant.

    >>> cut("17"), cut("2026-03-02T09:14:00Z"), cut(None)
    (17, '2026-03-02T09:14:00Z', None)
    """
    return int(text) if text is not None and text.isdecimal() else text


@contextmanager
def opened(
    store: str | None, *, migrate: bool = True, outdated: bool = False
) -> Iterator[Tracegraph]:
    """The library on a store, closed at the end; its errors become exit codes.

    What only reads does not `migrate`: it says so when the schema is not the one it needs. What
    goes by the journal alone also opens a store whose rows are `outdated`.
    """
    with told(), connect(store, migrate=migrate, outdated=outdated) as graph:
        yield graph
