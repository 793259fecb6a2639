"""Replaying a journal into another store: to rebuild a projection, and to copy a whole store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

import orjson

from tracegraph.model.parse import parse_event
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.opening import open_store
from tracegraph.store.port import Draft, Entry, GraphStore, StoreError
from tracegraph.store.projected import settle
from tracegraph.store.projection.facts import fact

Progress = Callable[[int, int | None], None]
_CHUNK = 5000


def entries(store: GraphStore, after: int = 0) -> Iterator[Entry]:
    """Every entry of a journal after a seq, in order."""
    known = store.published().seq
    while chunk := store.journal(after, _CHUNK, known):
        yield from chunk
        after = chunk[-1].seq


def replay(source: GraphStore, target: GraphStore, progress: Progress | None = None) -> int:
    """Append to `target` what it lacks of `source`, batch by batch, with its times.

    Both then have the same journal, seq for seq. Raises StoreError when they cannot.
    """
    done, total = target.published().seq, source.published().seq
    for _, batch in groupby(entries(source, done), key=lambda entry: entry.batch):
        members = list(batch)
        drafts = [
            Draft(
                fact(0, parse_event(orjson.loads(entry.body), source=entry.source)),
                entry.body,
                entry.hash,
                entry.caller,
            )
            for entry in members
        ]
        outcomes = target.append(drafts, recorded_at=members[0].recorded_at)
        if [outcome.seq for outcome in outcomes] != [entry.seq for entry in members]:
            raise StoreError("The other store holds another history; copy into an empty one.")
        done = members[-1].seq
        if progress is not None:
            progress(done, total)
    return done


def rebuild(store: GraphStore, progress: Progress | None = None) -> int:
    """Project the journal anew, aside, and mend every row of `store` that differs.

    Readers keep the old rows until all are mended; writers wait only for the mending.
    """
    scratch = open_store("sqlite:///:memory:")
    try:
        scratch.migrate()
        while True:
            replay(store, scratch, progress)
            mended = store.rebuild(scratch)
            if mended is not None:
                settle(store)
                return mended
    finally:
        scratch.close()


def copy(source: GraphStore, target: GraphStore, progress: Progress | None = None) -> int:
    """Copy a journal into an empty store, keeping seq, times and callers; the events copied."""
    if target.published().seq:
        refusal = Refusal("/to", "not_empty", "The store has events.", "a store without events")
        raise Refused((refusal,))
    return replay(source, target, progress)
