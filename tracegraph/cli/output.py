"""How answers look: JSON for programs, tables for people, plain columns where nobody watches.

Without a terminal a table is tab-separated, a line each, under one line of column names: nothing
is wrapped, cut or coloured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, TextIO

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"


def say(text: str = "") -> None:
    """A line of the answer, on stdout."""
    typer.echo(text)


def complain(text: str) -> None:
    """A line beside the answer, on stderr."""
    typer.echo(text, err=True)


def say_json(answer: Any) -> None:
    """The answer as one indented JSON value."""
    typer.echo(json_text(answer), nl=False)


def json_text(answer: Any, *, indent: bool = True) -> str:
    """An answer as JSON, with a line end: indented, or as one line."""
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(answer, option=option).decode()


def say_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO | None = None
) -> None:
    """A table, on stdout or another stream: drawn on a terminal, tab-separated elsewhere."""
    stream = stream or sys.stdout
    if not stream.isatty():
        stream.write("\t".join(columns) + "\n")
        for row in rows:
            stream.write("\t".join(shown(value) for value in row) + "\n")
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(shown(value), overflow="fold") for value in row))
    Console(file=stream).print(table)


def say_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Names and values, a line each."""
    said = [(name, shown(value)) for name, value in fields]
    width = max((len(name) for name, _ in said), default=0)
    for name, value in said:
        say(f"{name:<{width}}  {value}".rstrip())


def shown(value: Any) -> str:
    """A value as text on one line; what could steer a terminal shows as U+FFFD.

    >>> shown(None), shown(("a", "b")), shown("red\\x1b[31m")
    ('', 'a, b', 'red�[31m')
    """
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return character if character.isprintable() or character == "\u00a0" else "\ufffd"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "event"), counted(31_000, "event")
    ('1 event', '31,000 events')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
