"""`tracegraph demo`: a made-up history of a device maker, to try things with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tracegraph import __version__
from tracegraph.capture.importing import BATCH_SIZE, Found, Importing, Reject, Tally
from tracegraph.cli.faults import DATA, fail
from tracegraph.cli.options import Store, opened
from tracegraph.cli.output import counted, json_text, say, shown
from tracegraph.cli.progress import told_progress
from tracegraph.cli.serving import Host, Port, run_service
from tracegraph.demo import STORY, Scale, history
from tracegraph.library import Tracegraph
from tracegraph.store.port import Document

DOCUMENT = "demo"  # the kind of document that says which demo a store holds
DEFAULT_STORE = "sqlite:///tracegraph.db"


def demo(
    scale: Annotated[Scale, typer.Option(help="How much: thousands of items to a million.")] = (
        Scale.SMALL
    ),
    seed: Annotated[int, typer.Option(help="Another number, another history.")] = 1,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the pages when it is loaded.")] = (
        False
    ),
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the events to a file (NDJSON); load nothing."),
    ] = None,
    mix: Annotated[
        bool, typer.Option("--mix", help="Load it also where other events are; they stay together.")
    ] = False,
    host: Host = None,
    port: Port = None,
    store: Store = None,
) -> None:
    """Load a made-up history of a maker of devices.

    The same scale and seed give the same events everywhere. A journal forgets nothing, so a
    store with other events in it is left alone unless --mix says otherwise.

    \b
    Examples:
      tracegraph demo --scale small --serve
      tracegraph demo --scale medium --seed 7 --write medium.ndjson
    """
    if write is not None:
        if serve:
            raise typer.BadParameter("loads nothing that --serve could show.", param_hint="--write")
        _write(write, scale, seed)
        return
    with opened(store) as graph:
        _load(graph, scale, seed, mix=mix)
    _next(store)
    if serve:
        run_service(store, host, port)


def _write(path: Path, scale: Scale, seed: int) -> None:
    try:
        stream = path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        fail(f"Cannot write {path}: {error.strerror}. Name another file with --write.")
    count = 0
    with stream, told_progress("writing", "events") as progress:
        for event in history(scale, seed):
            stream.write(json_text(event, indent=False))
            count += 1
            if count % BATCH_SIZE == 0:
                progress(count)
    say(f"{counted(count, 'event')} written to {path}.")


def _load(graph: Tracegraph, scale: Scale, seed: int, *, mix: bool) -> None:
    name = f"{scale.value}-{seed}"
    mark = graph.store.document(DOCUMENT, name)
    if mark is not None and mark.body == _body("loaded"):
        say(f"The store already holds the {scale.value} demo of seed {seed}.")
        return
    if mark is None and not mix and graph.store.published().seq > 0:
        fail(
            "The store holds other events. Name an empty one, such as"
            " --store sqlite:///demo.db, or load the demo beside them with --mix."
        )
    # Marked before and after: a load that was cut short is taken up again.
    mark = mark or Document(DOCUMENT, name, 0, {})
    mark = graph.store.put_document(mark._replace(body=_body("loading")))
    rejected: list[Reject] = []
    importing = Importing(graph.capture, rejected.append)
    tally = Tally()
    with told_progress("loading", "events") as progress:
        for tally in importing.run(_found(scale, seed)):
            progress(tally.found)
        seconds = progress.seconds
    if rejected:
        first = rejected[0].refusal
        fail(
            f"{counted(tally.rejected, 'event')} of the demo cannot be stored, the first for"
            f" {shown(first.detail)} Name an empty store, such as --store sqlite:///demo.db.",
            DATA,
        )
    graph.store.put_document(mark._replace(body=_body("loaded")))
    known = f", {counted(tally.duplicates, 'event')} known already" if tally.duplicates else ""
    say(f"{counted(tally.stored + tally.voided, 'event')} loaded in {seconds:,.1f} s{known}.")


def _body(state: str) -> dict[str, Any]:
    return {"state": state, "version": __version__}


def _found(scale: Scale, seed: int) -> Iterator[Found]:
    return (Found("demo", None, "", event, event) for event in history(scale, seed))


def _next(store: str | None) -> None:
    chosen = "" if store in {None, DEFAULT_STORE} or store is None else f" --store {store}"
    say("Try next:")
    say("  Which lots and serials hold the bad resin?")
    say(f"    tracegraph trace --direction forward '{STORY.bad_resin_lot}'{chosen}")
    say("  So what is affected, who has it, and what is not known?")
    say(f"    tracegraph scope '{STORY.bad_resin_lot}'{chosen}")
    say("  What was the set of the first complaint made of?")
    say(f"    tracegraph trace '{STORY.affected_serials[0]}'{chosen}")
