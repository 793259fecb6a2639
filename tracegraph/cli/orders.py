"""`tracegraph orders`: the states of orders, what fulfilled them, figures, and commands."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from tracegraph.cli.faults import DATA, fail
from tracegraph.cli.finding import tell_next
from tracegraph.cli.options import AnswerFormat, Cursor, KnownAt, Store, cut, limit, opened
from tracegraph.cli.output import Format, complain, say, say_fields, say_json, say_table
from tracegraph.model.refusal import pointer
from tracegraph.orders.answer import LineItem, OrderView
from tracegraph.orders.state import Action

app = typer.Typer(name="orders", rich_markup_mode=None, invoke_without_command=True)


class State(StrEnum):
    """The states of an order."""

    UNPLACED = "unplaced"
    DRAFT = "draft"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    IN_PROGRESS = "in progress"
    PARTLY_SHIPPED = "partly shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """The kinds of orders."""

    SALES = "sales"
    PURCHASE = "purchase"
    PRODUCTION = "production"
    TRANSFER = "transfer"
    RETURN = "return"
    SERVICE = "service"


LISTED = (
    "number", "kind", "state", "party", "placed_at", "completed_at", "lines", "anomalies",
)  # fmt: skip
LINES = (
    "line", "product", "quantity", "unit", "due", "promised", "shipped", "delivered", "returned",
    "on_time",
)  # fmt: skip

NUMBER = typer.Argument(metavar="NUMBER", help="The order's number.")
AsOf = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Count what occurred by then. [default: everything]"),
]
OfKind = Annotated[Kind | None, typer.Option(help="Of this kind.")]
Source = Annotated[str, typer.Option(metavar="S", help="The source of the event.")]
EventId = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help="The id of the event. [default: made up]"),
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="When it occurred. [default: now]")
]


@app.callback()
def orders(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="In this state.")] = None,
    kind: OfKind = None,
    party: Annotated[str | None, typer.Option(help="Of this party.")] = None,
    as_of: AsOf = None,
    number: Annotated[int, limit(50, "orders")] = 50,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """List orders, show one, or take a step with one.

    \b
    Examples:
      tracegraph orders --state released --kind sales
      tracegraph orders show SO-771
    """
    if context.invoked_subcommand is not None:
        _require_behind(context)
        return
    with opened(store, migrate=False) as graph:
        page = graph.orders(
            state=state.value if state else None,
            kind=kind.value if kind else None,
            party=party,
            as_of=as_of,
            cursor=cursor,
            limit=number,
            known_at=cut(known_at),
        )
    if format is Format.JSON:
        say_json(page)
        return
    say_table(LISTED, (tuple(getattr(o, name) for name in LISTED) for o in page.orders))
    tell_next(page.next)


@app.command("show")
def show(
    number: Annotated[str, NUMBER],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Show an order: its state, what became of each line, and by which items.

    \b
    Examples:
      tracegraph orders show SO-771
      tracegraph orders show SO-771 --as-of 2026-03-05T00:00:00Z --format json
    """
    with opened(store, migrate=False) as graph:
        found = graph.order(number, as_of=as_of, known_at=cut(known_at))
    if format is Format.JSON:
        say_json(found)
        return
    _say_order(found)


@app.command("figures")
def figures(
    kind: OfKind = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Placed from then on (RFC 3339).")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Placed up to then (RFC 3339).")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Tell key figures of the orders placed in a window, with what they were counted from.

    \b
    Example:
      tracegraph orders figures --kind sales --since 2026-01-01T00:00:00Z
    """
    with opened(store, migrate=False) as graph:
        found = graph.order_figures(
            kind=kind.value if kind else None,
            since=since,
            until=until,
            as_of=as_of,
            known_at=cut(known_at),
        )
    if format is Format.JSON:
        say_json(found)
        return
    took = found.time_to_fulfil
    rates = [("on time", found.on_time), ("cancelled", found.cancelled)]
    rates.append(("nonconforming", found.nonconforming))
    rows = [
        ("median seconds to fulfil", took.median_seconds, took.numerator, took.denominator),
        ("p90 seconds to fulfil", took.p90_seconds, took.numerator, took.denominator),
        *((name, rate.rate, rate.numerator, rate.denominator) for name, rate in rates),
    ]
    say_table(("figure", "value", "numerator", "denominator"), rows)


@app.command("confirm")
def confirm(
    number: Annotated[str, NUMBER],
    at: At = None,
    id: EventId = None,
    source: Source = "cli",
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Confirm an order.

    \b
    Example:
      tracegraph orders confirm SO-771
    """
    _act(number, "confirmed", at, id, source, store, format)


@app.command("release")
def release(
    number: Annotated[str, NUMBER],
    at: At = None,
    id: EventId = None,
    source: Source = "cli",
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Release an order, so that it may be worked on and shipped.

    \b
    Example:
      tracegraph orders release SO-771
    """
    _act(number, "released", at, id, source, store, format)


@app.command("cancel")
def cancel(
    number: Annotated[str, NUMBER],
    at: At = None,
    id: EventId = None,
    source: Source = "cli",
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Cancel an order of which nothing was shipped, received or made.

    \b
    Example:
      tracegraph orders cancel SO-771 --at 2026-03-02T09:00:00+08:00
    """
    _act(number, "cancelled", at, id, source, store, format)


@app.command("close")
def close(
    number: Annotated[str, NUMBER],
    at: At = None,
    id: EventId = None,
    source: Source = "cli",
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Close an order: no more is to come of it.

    \b
    Example:
      tracegraph orders close SO-771
    """
    _act(number, "closed", at, id, source, store, format)


@app.command("settle")
def settle(
    number: Annotated[str, NUMBER],
    at: At = None,
    id: EventId = None,
    source: Source = "cli",
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Settle an order: it is paid and done.

    \b
    Example:
      tracegraph orders settle SO-771
    """
    _act(number, "settled", at, id, source, store, format)


def _require_behind(context: typer.Context) -> None:
    """Refuse options before a subcommand: they would be those of the list, and not be heeded."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            fail(f"Write --{name.replace('_', '-')} behind {context.invoked_subcommand}.")


def _act(
    number: str,
    action: Action,
    at: str | None,
    id: str | None,
    source: str,
    store: str | None,
    format: Format,
) -> None:
    event = {
        "id": id or f"order-{uuid.uuid4().hex}",
        "occurred_at": at or datetime.now(UTC).isoformat(),
    }
    with opened(store, migrate=False) as graph:
        report = graph.order_command(number, action, event, source=source)
        state = graph.order(number, known_at=report.seq).state
    if format is Format.JSON:
        say_json(report)
    for outcome in report.outcomes:
        for refusal in outcome.refusals:
            complain(f"{refusal.pointer} {refusal.detail} Accepted: {refusal.accepted}.")
    if not report.ok:
        where = pointer((source, event["id"]))
        fail(f"The event {where} was not stored: {report.outcomes[0].status}.", DATA)
    if format is Format.TABLE:
        done = "is in the journal already" if report.count("duplicate") else "was stored"
        say(f"{number}: {action} {done}; it is {state}.")


def _say_order(found: OrderView) -> None:
    say_fields(
        [
            ("number", found.number),
            ("kind", found.kind),
            ("state", found.state),
            ("closed", "yes" if found.closed else None),
            ("party", found.party),
            ("placed at", found.placed_at),
            ("completed at", found.completed_at),
            ("documents", found.documents),
            ("legal", found.legal),
            ("known at", found.known_at),
            *([("note", found.note)] if found.note else []),
        ]
    )
    say()
    say_table(LINES, (tuple(getattr(line, name) for name in LINES) for line in found.lines))
    items: list[tuple[str | None, LineItem]] = [
        (line.line, item) for line in found.lines for item in line.items
    ]
    items += [(None, item) for item in found.unordered]
    say()
    say_table(
        ("line", "quantity", "unit", "item", "within"),
        (
            (line, item.quantity, item.unit, item.key or item.product, item.within)
            for line, item in items
        ),
    )
    say()
    say_table(
        ("occurred_at", "type", "step", "state", "legal", "event"),
        (
            (e.occurred_at, e.type, e.step, e.state, "yes" if e.legal else "no", e.key)
            for e in found.events
        ),
    )
    if found.anomalies:
        complain(f"Anomalies: {len(found.anomalies)}")
        for anomaly in found.anomalies:
            complain(f"  {anomaly.code}  {anomaly.detail}  {anomaly.event or ''}".rstrip())
