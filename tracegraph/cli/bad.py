"""What is bad, or suspected, as options say it: the seeds of a scope and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, get_args

import typer

from tracegraph.recall.query import ScopeSeed, SeedKind

KINDS: tuple[SeedKind, ...] = get_args(SeedKind)

Items = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SEED",
        help="Items that are bad, as a key, a scan or a number.",
        show_default=False,
    ),
]
Products = Annotated[
    list[str] | None,
    typer.Option("--product", metavar="PRODUCT", help="Its lots and serials, see --lot-from."),
]
Suppliers = Annotated[
    list[str] | None,
    typer.Option("--supplier", metavar="PARTY", help="What was received from it, see --since."),
]
Machines = Annotated[
    list[str] | None,
    typer.Option("--equipment", metavar="NUMBER", help="What was made with it, see --since."),
]
Places = Annotated[
    list[str] | None,
    typer.Option("--place", metavar="PLACE", help="What was made or was there, see --since."),
]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="KEY|SOURCE/ID", help="What an event made or touched."),
]
Orders = Annotated[
    list[str] | None, typer.Option("--order", metavar="NUMBER", help="The items of its lines.")
]
Instruments = Annotated[
    list[str] | None,
    typer.Option("--instrument", metavar="NUMBER", help="What it passed since it last was good."),
]
Inspections = Annotated[
    list[str] | None,
    typer.Option("--inspection", metavar="KEY|SOURCE/ID", help="The items of an inspection."),
]
Certificates = Annotated[
    list[str] | None,
    typer.Option("--certificate", metavar="NUMBER", help="The items of a certificate."),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Of supplier, equipment, place and order: from then on (RFC 3339)."
    ),
]
Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="As --since, and of instrument: up to then.")
]
LotFrom = Annotated[
    str | None, typer.Option(metavar="LOT", help="Of the product: lots from this number on.")
]
LotTo = Annotated[str | None, typer.Option(metavar="LOT", help="Of the product: up to this one.")]
MadeFrom = Annotated[
    str | None, typer.Option(metavar="DATE", help="Of the product: made that day or later.")
]
MadeTo = Annotated[
    str | None, typer.Option(metavar="DATE", help="Of the product: made that day or before.")
]
ExpiresFrom = Annotated[
    str | None, typer.Option(metavar="DATE", help="Of the product: expiring that day or later.")
]
ExpiresTo = Annotated[
    str | None, typer.Option(metavar="DATE", help="Of the product: expiring that day or before.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ITEM|KIND=KEY", help="What is no seed: an item, or such as supplier=SUP-03."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Count what occurred by then. [default: everything]"),
]
Tolerance = Annotated[
    str,
    typer.Option(
        "--tolerance",
        "--clock-tolerance",
        metavar="SECONDS",
        help="Times so near to each other count as the same.",
    ),
]
TransitDays = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Under way for longer than this is unaccounted for."),
]
Budget = Annotated[
    int,
    typer.Option(min=1, metavar="N", help="At most so many items; more are refused, never cut."),
]


@dataclass(frozen=True, slots=True)
class Bad:
    """Seeds by kind, as options named them, with what narrows them."""

    named: dict[SeedKind, list[str] | None]
    window: dict[str, str | None] = field(default_factory=dict)
    range: dict[str, str | None] = field(default_factory=dict)

    def seeds(self, *, needed: bool = True) -> list[ScopeSeed]:
        """Every seed. A limit that limits nothing is refused, and so is no seed at all."""
        found = [
            ScopeSeed(kind, key, **self._limits(kind))
            for kind, keys in self.named.items()
            for key in keys or ()
        ]
        kinds = {seed.kind for seed in found}
        if self._given(self.range) and "product" not in kinds:
            name = next(iter(self._given(self.range))).replace("_", "-")
            raise typer.BadParameter("belongs to --product; name one.", param_hint=f"--{name}")
        if self._given(self.window) and not kinds & {*_WINDOWED, "instrument"}:
            raise typer.BadParameter(
                "belong to --supplier, --equipment, --place or --order; name one of them.",
                param_hint="--since and --until",
            )
        if needed and not found:
            raise typer.BadParameter(
                "name an item, or a seed such as --supplier or --product.", param_hint="SEED"
            )
        return found

    def _limits(self, kind: SeedKind) -> dict[str, Any]:
        if kind == "product":
            return self._given(self.range)
        if kind == "instrument":
            return {name: at for name, at in self._given(self.window).items() if name == "until"}
        return self._given(self.window) if kind in _WINDOWED else {}

    def _given(self, limits: dict[str, str | None]) -> dict[str, str]:
        return {name: value for name, value in limits.items() if value is not None}


_WINDOWED = frozenset({"supplier", "equipment", "place", "order"})


def excluded(texts: list[str] | None) -> list[str | ScopeSeed]:
    """What --exclude names: items, or KIND=KEY.

    >>> excluded(["C1", "supplier=SUP-03"])[1].kind
    'supplier'
    """
    found: list[str | ScopeSeed] = []
    for text in texts or ():
        before, equals, key = text.partition("=")
        kind = next((kind for kind in KINDS if kind == before), None)
        found.append(ScopeSeed(kind, key) if equals and kind is not None else text)
    return found
