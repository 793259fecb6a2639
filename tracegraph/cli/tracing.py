"""`tracegraph trace`: where items came from, and where they went."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from tracegraph.cli import seeds
from tracegraph.cli.faults import fail
from tracegraph.cli.options import KnownAt, Store, cut, opened
from tracegraph.cli.output import complain, json_text, say_table, shown
from tracegraph.cli.tree import drawn
from tracegraph.formats import dot, graphml
from tracegraph.trace.answer import Genealogy
from tracegraph.trace.views import flat


class Direction(StrEnum):
    """Which way a trace goes."""

    BACKWARD = "backward"
    FORWARD = "forward"
    BOTH = "both"


class Shape(StrEnum):
    """How a genealogy is written."""

    TREE = "tree"
    LIST = "list"
    JSON = "json"
    GRAPHML = "graphml"
    DOT = "dot"
    EPCIS = "epcis"


COLUMNS = (
    "depth",
    "direction",
    "kind",
    "product",
    "number",
    "key",
    "parent",
    "event",
    "occurred_at",
)


def trace(
    items: seeds.Items = None,
    events: seeds.Events = None,
    suppliers: seeds.Suppliers = None,
    machines: seeds.Machines = None,
    places: seeds.Places = None,
    orders: seeds.Orders = None,
    since: seeds.Since = None,
    until: seeds.Until = None,
    direction: Annotated[
        Direction,
        typer.Option(help="backward: where from; forward: where to; both: the two together."),
    ] = Direction.BACKWARD,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Count what occurred by then. [default: everything]"),
    ] = None,
    known_at: KnownAt = None,
    max_depth: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="At most so many steps from a seed.")
    ] = None,
    budget: Annotated[
        int, typer.Option(min=1, metavar="N", help="At most so many items; more are truncated.")
    ] = 100_000,
    clock_tolerance: Annotated[
        str,
        typer.Option(metavar="SECONDS", help="Times so near to each other count as the same."),
    ] = "0",
    shape: Annotated[
        Shape | None,
        typer.Option(
            "--format", help="How the answer is written. [default: tree, or as --output ends]"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the answer there, not to stdout.")
    ] = None,
    store: Store = None,
) -> None:
    """Trace items backward to their origins, or forward.

    An item is named by its key, by what a scanner reads, or by its number. Seeds may also be
    events, or everything that came from a supplier, a machine, a place or an order, in a window
    of time. An answer that a budget or a depth cut short says TRUNCATED; it is no recall scope.

    \b
    Examples:
      tracegraph trace urn:tracegraph:lot:FG-9:C1
      tracegraph trace --direction forward --supplier SUP-03 --since 2024-10-01T00:00:00Z
      tracegraph trace C1 --direction both --output c1.graphml
      tracegraph trace C1 --output c1.epcis.json
    """
    chosen = shape or _by_suffix(output)
    asked = seeds.seeds_of(
        items, events, suppliers=suppliers, machines=machines, places=places, orders=orders,
        since=since, until=until,
    )  # fmt: skip
    with opened(store, migrate=False) as graph:
        answer = graph.trace(
            asked,
            direction=direction.value,
            as_of=as_of,
            known_at=cut(known_at),
            max_depth=max_depth,
            budget=budget,
            clock_tolerance=clock_tolerance,
        )
        with ExitStack() as stack:
            stream: TextIO = sys.stdout
            if output is not None:
                try:
                    stream = stack.enter_context(output.open("w", encoding="utf-8", newline="\n"))
                except OSError as error:
                    said = f"Cannot write {output}: {error.strerror}."
                    fail(f"{said} Name another file with --output.")
            if chosen is Shape.EPCIS:
                stream.writelines(piece.decode() for piece in graph.epcis(answer))
            else:
                write(answer, chosen, stream)
    if answer.note:
        complain(shown(answer.note))
    if answer.truncated is not None:
        complain(truncation(answer))


def write(answer: Genealogy, shape: Shape, stream: TextIO) -> None:
    """Write an answer in one of its shapes."""
    if shape is Shape.JSON:
        stream.write(json_text(answer))
    elif shape is Shape.GRAPHML:
        graphml.write(answer, stream)
    elif shape is Shape.DOT:
        dot.write(answer, stream)
    elif shape is Shape.LIST:
        rows = (tuple(getattr(row, name) for name in COLUMNS) for row in flat(answer))
        say_table(COLUMNS, rows, stream)
    else:
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower()
        for line in drawn(answer, unicode=encoding.startswith("utf")):
            stream.write(f"{line}\n")
        if answer.truncated is not None and stream is not sys.stdout:
            stream.write(f"{truncation(answer)}\n")


def truncation(answer: Genealogy) -> str:
    """What a truncated answer is not."""
    if answer.truncated is None:
        return ""
    cause = answer.truncated.reason.replace("_", "-")
    return (
        f"TRUNCATED by --{cause}: complete to depth {answer.truncated.complete_depth} only, "
        f"not a recall scope. {shown(answer.truncated.detail)}"
    )


def _by_suffix(output: Path | None) -> Shape:
    if output is not None and output.name.lower().endswith(".epcis.json"):
        return Shape.EPCIS
    suffix = output.suffix.lower().lstrip(".") if output is not None else ""
    return Shape(suffix) if suffix in {"json", "graphml", "dot"} else Shape.TREE
