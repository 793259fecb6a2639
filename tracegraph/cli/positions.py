"""`tracegraph positions` and `tracegraph origins`: where units are, and what they hold."""

from __future__ import annotations

from typing import Annotated

import typer

from tracegraph.cli.bad import AsOf, Tolerance
from tracegraph.cli.options import AnswerFormat, KnownAt, Store, cut, opened
from tracegraph.cli.output import Format, complain, say_json, say_table, shown
from tracegraph.cli.scope_view import span

_COLUMNS = ("item", "holder_kind", "holder", "state", "market", "quantity", "unit", "since")


def positions(
    item: Annotated[
        str | None,
        typer.Argument(metavar="[ITEM]", help="A key, a scan or a number.", show_default=False),
    ] = None,
    product: Annotated[str | None, typer.Option(help="All items of this product.")] = None,
    place: Annotated[str | None, typer.Option(help="What is there, or inside it.")] = None,
    party: Annotated[str | None, typer.Option(help="What it has, or what is on its way.")] = None,
    order: Annotated[str | None, typer.Option(help="The items of this order.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show where units are, and in what state: of an item, product, place, party or order.

    \b
    Examples:
      tracegraph positions urn:tracegraph:lot:FG-9:C1
      tracegraph positions --party CUST-12
      tracegraph positions --place SZ1 --as-of 2026-03-05T00:00:00Z
    """
    if sum(each is not None for each in (item, product, place, party, order)) != 1:
        raise typer.BadParameter(
            "name exactly one: an item, --product, --place, --party or --order.",
            param_hint="ITEM",
        )
    with opened(store, migrate=False) as graph:
        found = graph.positions(
            item,
            product=product,
            place=place,
            party=party,
            order=order,
            as_of=as_of,
            known_at=cut(known_at),
        )
    if format is Format.JSON:
        say_json(found)
        return
    say_table(_COLUMNS, (tuple(getattr(row, name) for name in _COLUMNS) for row in found.positions))
    for gap in found.anomalies:
        complain(shown(f"{gap.rule}  {gap.item or gap.event or ''}  {gap.detail} {gap.remedy}"))


def origins(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A key, a scan or a number.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    tolerance: Tolerance = "0",
    budget: Annotated[
        int, typer.Option(min=1, metavar="N", help="At most so many items upstream.")
    ] = 10_000,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show what an item surely holds of everything upstream, and what perhaps.

    Affected says of how many of its units, at least and at most.

    \b
    Example:
      tracegraph origins urn:tracegraph:lot:FG-9:C1
    """
    with opened(store, migrate=False) as graph:
        found = graph.origins(
            item,
            as_of=as_of,
            known_at=cut(known_at),
            clock_tolerance=tolerance,
            budget=budget,
        )
    if format is Format.JSON:
        say_json(found)
        return
    say_table(
        ("certainty", "units", "unit", "kind", "product", "number", "key"),
        (
            (
                o.certainty,
                span(o.units_min, o.units_max),
                o.unit,
                o.kind,
                o.product,
                o.number,
                o.key,
            )
            for o in found.origins
        ),
    )
