"""Where a trace starts, as options say it."""

from __future__ import annotations

from typing import Annotated

import typer

from tracegraph.trace.answer import Seed

Items = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ITEM",
        help="Items to start from, as a key, a scan or a number.",
        show_default=False,
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="KEY|SOURCE/ID", help="Start from what an event made."),
]
Suppliers = Annotated[
    list[str] | None,
    typer.Option("--supplier", metavar="PARTY", help="Start from what was received from it."),
]
Machines = Annotated[
    list[str] | None,
    typer.Option("--equipment", metavar="NUMBER", help="Start from what was made with it."),
]
Places = Annotated[
    list[str] | None,
    typer.Option("--place", metavar="PLACE", help="Start from what events there made or touched."),
]
Orders = Annotated[
    list[str] | None,
    typer.Option("--order", metavar="NUMBER", help="Start from what was made or sent for it."),
]
Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Events of these seeds from then on (RFC 3339)."),
]
Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="Events of these seeds up to then (RFC 3339).")
]


def seeds_of(
    items: list[str] | None,
    events: list[str] | None,
    *,
    suppliers: list[str] | None,
    machines: list[str] | None,
    places: list[str] | None,
    orders: list[str] | None,
    since: str | None,
    until: str | None,
) -> list[str | Seed]:
    """All seeds that were named; the window is that of suppliers, equipment, places and orders."""
    windowed: list[str | Seed] = [
        *(Seed("supplier", key, since, until) for key in suppliers or ()),
        *(Seed("equipment", key, since, until) for key in machines or ()),
        *(Seed("place", key, since, until) for key in places or ()),
        *(Seed("order", key, since, until) for key in orders or ()),
    ]
    if (since or until) and not windowed:
        raise typer.BadParameter(
            "belong to --supplier, --equipment, --place or --order; name one of them.",
            param_hint="--since and --until",
        )
    seeds = [*(items or ()), *(Seed("event", key) for key in events or ()), *windowed]
    if not seeds:
        raise typer.BadParameter(
            "name an item, or a seed such as --event or --supplier.", param_hint="ITEM"
        )
    return seeds
