"""`tracegraph keys`: who may use the HTTP interface."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from tracegraph.cli.options import AnswerFormat, Store, opened
from tracegraph.cli.output import Format, complain, say, say_json, say_table
from tracegraph.keys import create_key, list_keys, revoke_key

app = typer.Typer(
    name="keys",
    help="Create, list and revoke keys to the HTTP interface.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


class Role(StrEnum):
    """What a key allows; each role allows what the one before it does."""

    READER = "reader"
    WRITER = "writer"
    ADMIN = "admin"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")],
    role: Annotated[
        Role, typer.Option(help="reader: ask; writer: send events too; admin: everything.")
    ] = Role.READER,
    source: Annotated[
        str | None, typer.Option(help="The source of events it sends that name none.")
    ] = None,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Create a key and show its token, this once.

    \b
    Example:
      tracegraph keys create "MES Shenzhen" --role writer --source mes-sz
    """
    with opened(store) as graph:
        key, token = create_key(graph.store, name=name, role=role.value, source=source)
    if format is Format.JSON:
        say_json(asdict(key) | {"token": token})
        return
    say(token)
    complain(f"This is the token of {key.id}; keep it, for it is not shown again.")


@app.command("list")
def list_(store: Store = None, format: AnswerFormat = Format.TABLE) -> None:
    """List all keys, revoked ones too, without their tokens.

    \b
    Example:
      tracegraph keys list
    """
    with opened(store, migrate=False) as graph:
        keys = list_keys(graph.store)
    if format is Format.JSON:
        say_json({"keys": keys})
        return
    columns = ("id", "name", "role", "source", "created_at", "revoked_at")
    say_table(columns, (tuple(getattr(key, column) for column in columns) for key in keys))


@app.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The id that keys list shows.")],
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Make a key's token worthless; the key stays listed.

    \b
    Example:
      tracegraph keys revoke key-0a1b2c3d4e5f6071
    """
    with opened(store, migrate=False) as graph:
        key = revoke_key(graph.store, id)
    if format is Format.JSON:
        say_json(key)
    else:
        say(f"{key.id} is revoked since {key.revoked_at}.")
