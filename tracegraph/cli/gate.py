"""`tracegraph gate`: may these items go?"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

import typer

from tracegraph.cli.faults import REFUSED, fail
from tracegraph.cli.options import AnswerFormat, Store, opened
from tracegraph.cli.output import Format, counted, say, say_json, shown
from tracegraph.library import Tracegraph
from tracegraph.recall.gate import GateItem
from tracegraph.trace.lookup import resolve

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([^\W\d_]\S*)?")

_NUMERIC = re.compile(r"[-+.,]?[0-9]")


class Purpose(StrEnum):
    """What items are to be let go for."""

    SHIP = "ship"
    CONSUME = "consume"
    USE = "use"


def gate(
    items: Annotated[
        list[str],
        typer.Argument(
            metavar="ITEM[=QTY]",
            help="Items by key, scan or number, each with how much of it: 120, or 2.5kg.",
            show_default=False,
        ),
    ],
    purpose: Annotated[Purpose, typer.Option(help="What it is for.")],
    place: Annotated[
        str | None, typer.Option(help="From where; what is inside of it counts.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When expiry is judged. [default: now]")
    ] = None,
    seen: Annotated[
        int | None, typer.Option(metavar="SEQ", help="Refuse if this is not yet seen.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse also where a balance is below zero.")
    ] = False,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Ask whether items may be shipped, consumed or used. Stores nothing.

    Refused is whatever an open case reaches, surely or possibly; what is unknown, on hold,
    expired, failed or not there in that quantity. Each refusal says what would lift it.

    \b
    Examples:
      tracegraph gate --purpose ship urn:tracegraph:lot:FG-9:C1=120
      tracegraph gate --purpose consume --place SZ1 RM-110-A=2.5kg && echo go

    Exit code 0 when all may go, 6 when anything is refused.
    """
    with opened(store, migrate=False) as graph:
        found = graph.gate(
            [_asked(graph, text) for text in items],
            purpose=purpose.value,
            place=place,
            at=at,
            seen=seen,
            strict=strict,
        )
    if format is Format.JSON:
        say_json(found)
    elif found.allowed:
        say(f"ALLOWED to {purpose.value}: {counted(len(items), 'item')}, judged {found.judged_at}.")
    else:
        say(f"REFUSED to {purpose.value}: {counted(len(found.refusals), 'reason')}.")
        for refusal in found.refusals:
            say(f"  {shown(refusal.item)}  {refusal.rule}")
            say(f"    {shown(refusal.detail)}")
            say(f"    To lift it: {shown(refusal.lift)}")
    if not found.allowed:
        raise typer.Exit(REFUSED)


def _asked(graph: Tracegraph, text: str) -> GateItem:
    """As `item_of`; what nobody knows, but for what follows its `=`, has a malformed quantity."""
    found = item_of(text)
    name, _, amount = text.rpartition("=")
    if found.quantity is not None or not name:
        return found
    known = graph.store.published().seq
    if not resolve(graph.store, text, known) and (
        _NUMERIC.match(amount) or resolve(graph.store, name, known)
    ):
        fail(
            f"{amount!r} is no quantity of {name}. Write a positive decimal with at most six"
            " digits after the point, and its unit if it has one: 120, or 2.5kg."
        )
    return found


def item_of(text: str) -> GateItem:
    """An item with how much of it; what follows `=` and is no quantity is of the name.

    >>> item_of("C1=2.5kg")
    GateItem(item='C1', quantity='2.5', unit='kg')
    >>> item_of("https://example.com/?lot=C").quantity is None
    True
    """
    name, _, amount = text.rpartition("=")
    match = _QUANTITY.fullmatch(amount)
    if not name or match is None:
        return GateItem(text)
    return GateItem(name, match[1], match[2] or "each")
