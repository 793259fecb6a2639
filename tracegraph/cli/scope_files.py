"""A scope as a file, or as a folder of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_args

import typer

from tracegraph.cli.faults import fail
from tracegraph.cli.output import complain
from tracegraph.library import Shape, Tracegraph
from tracegraph.recall.answer import Scope
from tracegraph.recall.sheets import sheets


class Form(StrEnum):
    """How a scope is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    GRAPHML = "graphml"
    PROV = "prov"
    EPCIS = "epcis"
    LETTERS = "letters"


Formed = Annotated[
    Form | None,
    typer.Option(
        "--format",
        help="A table for people, json for programs, a file. [default: table, or as --out ends]",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "--output",
        metavar="FILE|DIR",
        help="Write the answer there; csv into a folder is a file for each sheet.",
    ),
]
SheetName = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="Which sheet is written as csv. [default: items]"),
]
Rows = Annotated[
    int, typer.Option("--rows", min=0, metavar="N", help="Rows of each table; 0 shows all.")
]

_NAMED = {".prov.json": Form.PROV, ".epcis.json": Form.EPCIS}
_ENDINGS = {
    ".json": Form.JSON,
    ".csv": Form.CSV,
    ".xlsx": Form.XLSX,
    ".graphml": Form.GRAPHML,
    ".provjson": Form.PROV,
}


def form_of(form: Form | None, out: Path | None, sheet: str | None) -> Form:
    """What to write, of what was asked for; refuses what does not go together."""
    if form is None:
        suffix = "" if out is None else out.suffix.lower()
        named = next((each for end, each in _NAMED.items() if str(out).endswith(end)), None)
        form = named or _ENDINGS.get(suffix, Form.TABLE)
    if sheet is not None and form is not Form.CSV:
        raise typer.BadParameter("belongs to --format csv.", param_hint="--sheet")
    if form is Form.TABLE and out is not None:
        raise typer.BadParameter(
            "tables are for the screen; add --format json, csv, xlsx, graphml, prov, epcis or"
            " letters.",
            param_hint="--out",
        )
    if form is Form.XLSX and out is None and sys.stdout.isatty():
        raise typer.BadParameter("a workbook needs --out FILE.xlsx.", param_hint="--format")
    return form


def write_scope(
    graph: Tracegraph, scope: Scope, form: Form, out: Path | None, sheet: str | None
) -> None:
    """Write a scope to a file, a folder or stdout."""
    shape = next(each for each in get_args(Shape) if each == form.value)
    if out is None:
        for piece in graph.scope_file(scope, shape, sheet=sheet or "items"):
            sys.stdout.buffer.write(piece)
        if form is not Form.XLSX and sys.stdout.isatty():
            sys.stdout.buffer.write(b"\n")  # beside the file, whose bytes are proven by its hash
        sys.stdout.flush()
        return
    if out.is_dir() and form is Form.CSV and sheet is None:
        for each in sheets(scope):
            _write(out / f"{each.name}.csv", graph.scope_file(scope, "csv", sheet=each.name))
        return
    path = out / f"scope-{scope.hash[:12]}{_ending(form, sheet)}" if out.is_dir() else out
    _write(path, graph.scope_file(scope, shape, sheet=sheet or "items"))


def _ending(form: Form, sheet: str | None) -> str:
    if form is Form.LETTERS:
        return "-letters.csv"
    if form in {Form.PROV, Form.EPCIS}:
        return f".{form.value}.json"
    return f"-{sheet}.csv" if sheet else f".{form.value}"


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    try:
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        fail(f"Cannot write {path}: {error.strerror}. Name another file with --out.")
    complain(f"Written: {path}")
