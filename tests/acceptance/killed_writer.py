"""The process that is killed: it appends the batches of a history, from where the store stands."""

from __future__ import annotations

from multiprocessing.connection import Connection
from random import Random

from tests.builders import Wire, drafts
from tests.property.histories import random_history
from tracegraph.store.opening import open_store
from tracegraph.store.port import GraphStore

BATCH = 4


def batches(seed: int, length: int = 160) -> list[list[Wire]]:
    """A history full of late events, in batches of four."""
    events = random_history(Random(seed), length)
    return [events[low : low + BATCH] for low in range(0, len(events), BATCH)]


def done(history: list[list[Wire]], seq: int) -> int:
    """How many whole batches a journal of `seq` events holds. Raises ValueError when not whole."""
    ends = [0]
    for batch in history:
        ends.append(ends[-1] + len(batch))
    return ends.index(seq)


def append_on(store: GraphStore, history: list[list[Wire]]) -> None:
    """Append what is missing, batch by batch."""
    for batch in history[done(history, store.published().seq) :]:
        store.append(drafts(batch))


def run(dsn: str, seed: int, ready: Connection) -> None:
    """Append until the end, or until killed."""
    history = batches(seed)
    store = open_store(dsn)
    ready.send(True)
    append_on(store, history)
    store.close()
