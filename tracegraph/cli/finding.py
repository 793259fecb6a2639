"""`tracegraph find`, `item` and `history`: items, by name and in full."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from tracegraph.cli.options import AnswerFormat, Cursor, KnownAt, Store, cut, limit, opened
from tracegraph.cli.output import Format, complain, say_fields, say_json, say_table
from tracegraph.identify.label import read_label
from tracegraph.trace.answer import UnknownItem

ITEM = typer.Argument(metavar="ITEM", help="A key, a scan or a number.")


class Kind(StrEnum):
    """Kinds of items."""

    LOT = "lot"
    SERIAL = "serial"
    CONTAINER = "container"


def find(
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="A part of a number or key.", show_default=False),
    ] = None,
    product: Annotated[str | None, typer.Option(help="Of this product.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Of this kind.")] = None,
    order: Annotated[str | None, typer.Option(help="In events of this order.")] = None,
    party: Annotated[str | None, typer.Option(help="In events with this party.")] = None,
    place: Annotated[str | None, typer.Option(help="In events at this place.")] = None,
    document: Annotated[str | None, typer.Option(help="In events that cite this document.")] = None,
    equipment: Annotated[str | None, typer.Option(help="In events with this equipment.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="In events from then on (RFC 3339).")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="In events up to then (RFC 3339).")
    ] = None,
    number: Annotated[int, limit(50, "items")] = 50,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Find items by a part of their number or key.

    \b
    Examples:
      tracegraph find 9101
      tracegraph find --product FG-9 --party CUST-12 --since 2026-01-01T00:00:00Z
    """
    with opened(store, migrate=False) as graph:
        page = graph.find(
            text,
            product=product,
            kind=kind.value if kind else None,
            order=order,
            party=party,
            place=place,
            document=document,
            equipment=equipment,
            since=since,
            until=until,
            cursor=cursor,
            limit=number,
            known_at=cut(known_at),
        )
    if format is Format.JSON:
        say_json(page)
        return
    columns = ("kind", "product", "number", "key")
    say_table(columns, ((i.kind, i.product, i.number, i.key) for i in page.items))
    tell_next(page.next)


def item(
    text: Annotated[str, ITEM],
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show an item, with every name it goes by.

    \b
    Examples:
      tracegraph item "(01)09506000134352(10)C1"
      tracegraph item C1 --format json
    """
    with opened(store, migrate=False) as graph:
        found = graph.item(text, known_at=cut(known_at))
    if format is Format.JSON:
        say_json(found)
        return
    say_fields(
        [
            ("key", found.key),
            ("kind", found.kind),
            ("product", found.product),
            ("number", found.number),
            *(("alias", alias) for alias in found.aliases),
            *(("lot", lot.key) for lot in found.lots),
            ("serials", found.serials),
            ("known at", found.known_at),
        ]
    )


def resolve(
    text: Annotated[str, ITEM],
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show what a label says, and which items a scan, a key or a number could be.

    \b
    Examples:
      tracegraph resolve "+A99912345/$$52001510X3/16D20111212/S77DE1G45-"
      tracegraph resolve C1 --format json
    """
    label = read_label(text)
    with opened(store, migrate=False) as graph:
        found = graph.resolve(text, known_at=cut(known_at))
        if label is None and not found:
            raise UnknownItem(text)
    if format is Format.JSON:
        say_json({"label": label, "candidates": found})
        return
    said = asdict(label) if label is not None else {}
    flaws = [("flaw", flaw["detail"]) for flaw in said.pop("flaws", ())]
    named = [(name.replace("_", " "), value) for name, value in said.items() if value is not None]
    say_fields([*named, *flaws, *(("item", item.key) for item in found)])


def history(
    text: Annotated[str, ITEM],
    number: Annotated[int, limit(200, "events")] = 200,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show what happened to an item, in the order it happened.

    Corrected events stay, with their status; json gives each event as it was sent.

    \b
    Example:
      tracegraph history urn:tracegraph:lot:FG-9:C1
    """
    with opened(store, migrate=False) as graph:
        found = graph.history(text, known_at=cut(known_at), cursor=cursor, limit=number)
    if format is Format.JSON:
        say_json(found)
        return
    columns = ("occurred_at", "type", "source", "id", "role", "quantity", "unit", "via", "status")
    say_table(
        columns,
        (
            (
                entry.occurred_at, entry.type, entry.source, entry.id,
                line.role, line.quantity, line.unit, line.via, entry.status,
            )
            for entry in found.entries
            for line in entry.lines
        ),
    )  # fmt: skip
    tell_next(found.next)


def tell_next(cursor: str | int | None, option: str = "--cursor") -> None:
    """Say how to go on, where there is more."""
    if cursor is not None:
        complain(f"There is more; go on with {option} {cursor}")
