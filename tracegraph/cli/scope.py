"""`tracegraph scope` and `tracegraph why`: what is affected, and for what reason."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from tracegraph.cli import bad
from tracegraph.cli.bad import Bad, excluded
from tracegraph.cli.options import AnswerFormat, KnownAt, Store, cut, opened
from tracegraph.cli.output import Format, complain, counted, say, say_json, say_table, shown
from tracegraph.cli.progress import told_progress
from tracegraph.cli.scope_files import Form, Formed, Out, Rows, SheetName, form_of, write_scope
from tracegraph.cli.scope_view import say_scope
from tracegraph.recall.answer import Why


def scope(
    items: bad.Items = None,
    product: bad.Products = None,
    lot_from: bad.LotFrom = None,
    lot_to: bad.LotTo = None,
    made_from: bad.MadeFrom = None,
    made_to: bad.MadeTo = None,
    expires_from: bad.ExpiresFrom = None,
    expires_to: bad.ExpiresTo = None,
    supplier: bad.Suppliers = None,
    equipment: bad.Machines = None,
    place: bad.Places = None,
    order: bad.Orders = None,
    since: bad.Since = None,
    until: bad.Until = None,
    event: bad.Events = None,
    instrument: bad.Instruments = None,
    inspection: bad.Inspections = None,
    certificate: bad.Certificates = None,
    exclude: bad.Exclude = None,
    as_of: bad.AsOf = None,
    known_at: KnownAt = None,
    tolerance: bad.Tolerance = "0",
    transit_days: bad.TransitDays = 30,
    budget: bad.Budget = 1_000_000,
    save: Annotated[
        bool,
        typer.Option("--save", help="Store it as an open case: the gate refuses what it reaches."),
    ] = False,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the stored case is called.")
    ] = None,
    rows: Rows = 20,
    sheet: SheetName = None,
    out: Out = None,
    form: Formed = None,
    store: Store = None,
) -> None:
    """Show what is affected by something bad: which items, who has them, what is not known.

    Seeds are united. The answer is never cut short: it says certain, possible or unproven, and
    at least and at most how many units. Nothing is stored without --save.

    \b
    Examples:
      tracegraph scope urn:tracegraph:lot:RM-PVC:R-2417
      tracegraph scope --supplier SUP-03 --since 2024-09-01T00:00:00Z --exclude R-2501
      tracegraph scope --product RM-PVC --lot-from R-2410 --lot-to R-2419 --out recall.xlsx
      tracegraph scope R-2417 --save --name "Resin R-2417"
      tracegraph scope R-2417 --format letters --out letters.csv
    """
    chosen = form_of(form, out, sheet)
    if name is not None and not save:
        raise typer.BadParameter("belongs to --save.", param_hint="--name")
    asked = Bad(
        {
            "item": items, "product": product, "supplier": supplier, "equipment": equipment,
            "place": place, "order": order, "event": event, "instrument": instrument,
            "inspection": inspection, "certificate": certificate,
        },
        {"since": since, "until": until},
        {
            "lot_from": lot_from, "lot_to": lot_to, "made_from": made_from, "made_to": made_to,
            "expires_from": expires_from, "expires_to": expires_to,
        },
    ).seeds()  # fmt: skip
    with opened(store, migrate=False) as graph:
        with told_progress("reasoning", "items") as progress:
            found = graph.scope(
                asked,
                exclude=excluded(exclude),
                as_of=as_of,
                known_at=cut(known_at),
                clock_tolerance=tolerance,
                transit_days=transit_days,
                budget=budget,
            )
            progress(len(found.items))
        if chosen is Form.TABLE:
            say_scope(found, rows=rows)
        else:
            write_scope(graph, found, chosen, out, sheet)
        if found.note and chosen is not Form.TABLE:
            complain(shown(found.note))
        if save:
            snapshot = graph.save_scope(found, name=name)
            if snapshot.status == "open":
                complain(
                    f"Stored as {snapshot.id[:12]}, an open case: the gate refuses what it"
                    f" reaches until: tracegraph scopes close {snapshot.id[:12]}"
                )
            else:
                complain(f"Stored as {snapshot.id[:12]} before, and closed.")


def why(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME",
            help="What is bad, then the item that is asked about.",
            show_default=False,
        ),
    ],
    of: Annotated[
        str | None,
        typer.Option("--scope", metavar="ID", help="A stored scope, instead of seeds."),
    ] = None,
    product: bad.Products = None,
    lot_from: bad.LotFrom = None,
    lot_to: bad.LotTo = None,
    supplier: bad.Suppliers = None,
    equipment: bad.Machines = None,
    place: bad.Places = None,
    order: bad.Orders = None,
    since: bad.Since = None,
    until: bad.Until = None,
    event: bad.Events = None,
    exclude: bad.Exclude = None,
    as_of: bad.AsOf = None,
    known_at: KnownAt = None,
    tolerance: bad.Tolerance = "0",
    budget: bad.Budget = 1_000_000,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Tell why an item is in a scope, step by step with papers; or why it is out.

    \b
    Examples:
      tracegraph why R-2417 910100012
      tracegraph why --scope eb42539c 910300005
      tracegraph why --supplier SUP-03 910100012
    """
    *first, item = names
    asked = Bad(
        {
            "item": first, "product": product, "supplier": supplier, "equipment": equipment,
            "place": place, "order": order, "event": event,
        },
        {"since": since, "until": until},
        {"lot_from": lot_from, "lot_to": lot_to},
    ).seeds(needed=of is None)  # fmt: skip
    if of is not None and (asked or exclude or as_of or known_at):
        raise typer.BadParameter(
            "a stored scope has its own seeds and cuts; name only the item.", param_hint="--scope"
        )
    with opened(store, migrate=False) as graph, told_progress("reasoning", "items"):
        question: dict[str, Any] = {
            "seeds": asked,
            "exclude": excluded(exclude),
            "as_of": as_of,
            "known_at": cut(known_at),
            "clock_tolerance": tolerance,
            "budget": budget,
        }
        if of is not None:
            found = graph.snapshot(of)
            question = {
                "seeds": found.query.seeds,
                "exclude": found.query.exclude,
                "as_of": found.as_of,
                "known_at": found.known_at,
                "clock_tolerance": found.query.clock_tolerance,
                "transit_days": found.query.transit_days,
                "budget": found.query.budget,
            }
        said = graph.explain(item=item, **question)
    if format is Format.JSON:
        say_json(said)
        return
    _say_why(said)


def _say_why(said: Why) -> None:
    verdict = f"out ({said.reason})" if said.reason else said.verdict
    say(f"{shown(said.item)} is {verdict}. {shown(said.detail)}")
    if not said.steps:
        return
    say()
    say(f"How it came to it, in {counted(len(said.steps) - 1, 'step')}:")
    if not sys.stdout.isatty():
        columns = ("item", "through", "type", "occurred_at", "order", "documents")
        say_table(columns, (tuple(getattr(step, name) for name in columns) for step in said.steps))
        return
    for step in said.steps:
        if step.through is not None:
            papers = [step.type, step.occurred_at, step.order, *step.documents]
            say(f"    {shown(tuple(filter(None, papers)))}")
            say(f"    {shown(step.through)}")
        say(f"  {shown(step.item)}")
