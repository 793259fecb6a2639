"""The application: every command, under the name it is called by."""

from __future__ import annotations

from typing import Annotated

import typer

from tracegraph import __version__
from tracegraph.cli import (
    demonstrating,
    finding,
    gate,
    importing,
    journal,
    keys,
    orders,
    positions,
    schema,
    scope,
    scopes,
    serving,
    suspects,
    tracing,
    upkeep,
)

app = typer.Typer(
    name="tracegraph",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("import")(importing.import_events)
app.command("trace")(tracing.trace)
app.command("suspects")(suspects.suspects)
app.command("scope")(scope.scope)
app.command("why")(scope.why)
app.command("diff")(scopes.diff)
app.command("positions")(positions.positions)
app.command("origins")(positions.origins)
app.command("gate")(gate.gate)
app.command("find")(finding.find)
app.command("item")(finding.item)
app.command("resolve")(finding.resolve)
app.command("history")(finding.history)
app.command("events")(journal.events)
app.command("anomalies")(journal.anomalies)
app.command("serve")(serving.serve)
app.command("demo")(demonstrating.demo)
app.command("migrate")(upkeep.migrate)
app.command("rebuild")(upkeep.rebuild)
app.command("verify")(upkeep.verify)
app.command("copy")(upkeep.copy)
app.command("schema")(schema.schema)
app.add_typer(orders.app, name="orders")
app.add_typer(scopes.app, name="scopes")
app.add_typer(keys.app, name="keys")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tracegraph {__version__}")
        raise typer.Exit


@app.callback()
def tracegraph(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Where did this come from, where did it go, and how do you know?

    \b
    Try:
      tracegraph demo --scale small --serve
      tracegraph import events.ndjson
      tracegraph trace ITEM --direction forward
      tracegraph scope ITEM

    \b
    Exit codes:
      0  done
      1  something in the data was wrong: rejects, conflicts, a projection that differs,
         a step that an order does not allow
      2  the command was not used as it can be
      3  the store cannot be reached, or does not fit this version
      4  no record names the item, event, order, scope or key
      5  several items are called so
      6  the gate refuses
    """


def main() -> None:
    """Run the command."""
    app(prog_name="tracegraph")
