"""`tracegraph scopes` and `tracegraph diff`: stored scopes, as cases that are opened and closed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import typer

from tracegraph.cli.options import AnswerFormat, Store, opened
from tracegraph.cli.output import Format, counted, say, say_fields, say_json, say_table, shown
from tracegraph.cli.progress import told_progress
from tracegraph.cli.scope_files import Form, Formed, Out, Rows, SheetName, form_of, write_scope
from tracegraph.cli.scope_view import say_scope, span
from tracegraph.recall.answer import Change, Snapshot

app = typer.Typer(name="scopes", rich_markup_mode=None, invoke_without_command=True)


class Status(StrEnum):
    """Whether a scope is a case."""

    OPEN = "open"
    CLOSED = "closed"


ID = typer.Argument(metavar="ID", help="The scope's hash, or its first eight digits or more.")
_LISTED = ("id", "status", "name", "items", "known_at", "as_of", "created_at", "changed")


@app.callback()
def scopes(
    context: typer.Context,
    status: Annotated[Status | None, typer.Option(help="Only these.")] = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """List stored scopes, show one, open or close it. The gate enforces the open ones.

    \b
    Examples:
      tracegraph scopes --status open
      tracegraph scopes show eb42539c
      tracegraph scopes close eb42539c
    """
    if context.invoked_subcommand is not None:
        return
    with opened(store, migrate=False) as graph:
        found = [s for s in graph.snapshots() if status is None or s.status == status.value]
    if format is Format.JSON:
        say_json({"scopes": found})
        return
    say_table(
        _LISTED,
        (
            (
                s.id[:12], s.status, s.name, s.items, s.known_at, s.as_of, f"{s.created_at[:19]}Z",
                s.flag[:12] if s.flag else None,
            )
            for s in found
        ),
    )  # fmt: skip


@app.command("show")
def show(
    id: Annotated[str, ID],
    rows: Rows = 20,
    sheet: SheetName = None,
    out: Out = None,
    form: Formed = None,
    store: Store = None,
) -> None:
    """Show a stored scope as it was, or write it to a file.

    \b
    Examples:
      tracegraph scopes show eb42539c
      tracegraph scopes show eb42539c --out recall.xlsx
      tracegraph scopes show eb42539c --format csv --sheet consignees
    """
    chosen = form_of(form, out, sheet)
    with opened(store, migrate=False) as graph:
        snapshot = graph.snapshot(id)
        found = graph.stored_scope(snapshot.id)
        if chosen is not Form.TABLE:
            write_scope(graph, found, chosen, out, sheet)
            return
    say_fields(
        [
            ("name", snapshot.name),
            ("status", snapshot.status),
            ("stored at", snapshot.created_at),
            ("as of", snapshot.as_of),
            *([("changed to", snapshot.flag)] if snapshot.flag else []),
        ]
    )
    say()
    say_scope(found, rows=rows)


@app.command("open")
def open_(id: Annotated[str, ID], store: Store = None, format: AnswerFormat = Format.TABLE) -> None:
    """Open a stored scope as a case: the gate refuses what its question reaches.

    \b
    Example:
      tracegraph scopes open eb42539c
    """
    _set(id, "open", store, format)


@app.command("close")
def close(id: Annotated[str, ID], store: Store = None, format: AnswerFormat = Format.TABLE) -> None:
    """Close a case: the gate no longer heeds it.

    \b
    Example:
      tracegraph scopes close eb42539c
    """
    _set(id, "closed", store, format)


@app.command("review")
def review(
    id: Annotated[str, ID], store: Store = None, format: AnswerFormat = Format.TABLE
) -> None:
    """Ask an open case's question again, and flag it where the answer has changed.

    \b
    Example:
      tracegraph scopes review eb42539c
    """
    with opened(store, migrate=False) as graph, told_progress("reviewing", "items"):
        found = graph.review(id)
    if format is Format.JSON:
        say_json(found)
    elif found.status == "closed":
        say(f"{_named(found)} is closed, so it is not reviewed.")
    elif found.flag is None:
        say(f"{_named(found)} has not changed.")
    else:
        new = found.flag[:12]
        say(f"{_named(found)} has changed; see: tracegraph diff {found.id[:12]} {new}")


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A stored scope.")],
    after: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="Another one. [default: its question asked now]"),
    ] = None,
    rows: Rows = 50,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Tell what changed from one scope to another: in, out, changed, moved, and by which events.

    \b
    Examples:
      tracegraph diff eb42539c
      tracegraph diff eb42539c 0d1f77aa --format json
    """
    with opened(store, migrate=False) as graph, told_progress("comparing", "items"):
        found = graph.diff(before, after)
    if format is Format.JSON:
        say_json(found)
        return
    counts = {
        kind: sum(change.kind == kind for change in found.changes)
        for kind in ("in", "out", "changed", "moved")
    }
    if not found.changes:
        say("Nothing has changed.")
        return
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    differ = "differs" if len(found.changes) == 1 else "differ"
    say(f"{counted(len(found.changes), 'item')} {differ}: {told}.")
    say()
    ranked = sorted(found.changes, key=lambda change: list(counts).index(change.kind))
    listed = ranked[:rows] if rows else ranked
    say_table(("change", "item", "before", "after", "because of"), map(_change, listed))
    if len(listed) < len(ranked):
        say(f"… and {len(ranked) - len(listed):,} more; --rows 0 shows all")


_CAUSES = 3


def _change(change: Change) -> tuple[str, ...]:
    causes = [
        f"{cause.type} {cause.event}" + (f" of {cause.voids}" if cause.voids else "")
        for cause in change.causes
    ]
    more = [f"and {len(causes) - _CAUSES} more"] if len(causes) > _CAUSES else []
    moved = change.kind == "moved"
    return (
        change.kind, change.item, _state(change.before, moved=moved),
        _state(change.after, moved=moved), "; ".join([*causes[:_CAUSES], *more]),
    )  # fmt: skip


def _state(state: dict[str, Any] | None, *, moved: bool) -> str:
    if state is None:
        return ""
    if moved:
        return "; ".join(
            f"{quantity} {holder} {kept}".strip() for holder, kept, quantity in state["positions"]
        )
    return f"{state['certainty']}, {span(state['units_min'], state['units_max'])}"


def _set(id: str, status: Literal["open", "closed"], store: str | None, format: Format) -> None:
    with opened(store, migrate=False) as graph:
        found = graph.set_case(id, status)
    if format is Format.JSON:
        say_json(found)
        return
    heeded = "the gate refuses what it reaches" if status == "open" else "the gate lets it pass"
    say(f"{_named(found)} is {status}: {heeded}.")


def _named(found: Snapshot) -> str:
    return f"{found.id[:12]} ({shown(found.name)})" if found.name else found.id[:12]
