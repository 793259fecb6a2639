"""`tracegraph migrate`, `rebuild`, `verify` and `copy`: the store as a whole."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from tracegraph.cli.faults import DATA, told
from tracegraph.cli.options import AnswerFormat, Store, opened
from tracegraph.cli.output import Format, complain, counted, say, say_json, shown
from tracegraph.cli.progress import told_progress
from tracegraph.settings import Settings
from tracegraph.store.opening import open_store
from tracegraph.store.projected import VERSION, made_by


def migrate(store: Store = None, format: AnswerFormat = Format.TABLE) -> None:
    """Bring the store's schema up to this version; safe to repeat.

    \b
    Example:
      tracegraph migrate --store neo4j://neo4j:PASSWORD@localhost:7687/neo4j
    """
    with told(), closing(open_store(store or Settings().store)) as target:
        applied = target.migrate()
        outdated = made_by(target) < VERSION
    if format is Format.JSON:
        say_json({"applied": applied, "rebuild": outdated})
    elif applied:
        say(f"Applied {', '.join(map(str, applied))}.")
    else:
        say("The schema is up to date.")
    if outdated:
        complain("An older version derived what the store holds. Now run: tracegraph rebuild")


def rebuild(store: Store = None, format: AnswerFormat = Format.TABLE) -> None:
    """Derive everything anew from the journal.

    Readers see the old until the new is complete. Needed once where an older version wrote the
    store; stop what else writes to it meanwhile.

    \b
    Example:
      tracegraph rebuild
    """
    with opened(store, outdated=True) as graph, told_progress("rebuilding", "events") as progress:
        mended = graph.rebuild(progress)
    if format is Format.JSON:
        say_json({"mended": mended})
    elif mended:
        say(f"{counted(mended, 'row')} mended.")
    else:
        say("Nothing was to be mended.")


def verify(
    sample: Annotated[
        int, typer.Option(min=0, help="How many closures to recompute, beside all items and lines.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Another number, another sample.")] = 0,
    store: Store = None,
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Compare what is stored with what its journal says.

    \b
    Example:
      tracegraph verify --sample 100

    Exit code 1 when anything differs; tracegraph rebuild mends the projection.
    """
    with (
        opened(store, migrate=False, outdated=True) as graph,
        told_progress("verifying", "closures") as progress,
    ):
        found = graph.verify(sample=sample, seed=seed, progress=progress)
    if format is Format.JSON:
        say_json(found)
    else:
        say(
            f"{counted(found.events, 'event')}, {counted(found.items, 'item')},"
            f" {counted(found.lines, 'line')} and {counted(found.closures, 'closure')} compared:"
            f" {counted(found.differences, 'difference')}."
        )
        for difference in found.told:
            say(f"  {shown(difference)}")
    if not found.ok:
        complain("The store differs from its journal. Mend it with: tracegraph rebuild")
        raise typer.Exit(DATA)


def copy(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="The store to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The store to copy into.")],
    format: AnswerFormat = Format.TABLE,
) -> None:
    """Copy a journal into another, empty store.

    \b
    Example:
      tracegraph copy sqlite:///site.db neo4j://neo4j:PASSWORD@db:7687/neo4j
    """
    if origin == target:
        raise typer.BadParameter("is the store to copy; name another.", param_hint="TO")
    with (
        opened(origin, migrate=False, outdated=True) as source,
        opened(target) as other,
        told_progress("copying", "events") as progress,
    ):
        copied = source.copy_to(other, progress)
    if format is Format.JSON:
        say_json({"copied": copied})
    else:
        say(f"{counted(copied, 'event')} copied.")
