"""Writers that run beside others: in threads, and in processes of their own."""

from __future__ import annotations

from random import Random

from tests.builders import Desk, Wire, drafts, lot
from tracegraph.store.opening import open_store
from tracegraph.store.port import GraphStore

BATCH = 5
SHARED = 3  # batches that every writer sends
POOL = 7  # lots that all writers use


def batch(writer: str, number: int) -> list[Wire]:
    """A batch of five events with two lines each, on few lots; a shared one is the same for all."""
    name = "all" if number < SHARED else writer
    rng = Random(f"{name} {number}")
    desk = Desk("shared" if name == "all" else writer)
    return [
        desk.production(
            [lot("RM", str(rng.randrange(POOL)))],
            [
                lot(
                    "FG",
                    f"{name}-{number}-{index}" if rng.random() < 0.7 else str(rng.randrange(POOL)),
                )
            ],
            id=f"{number}-{index}",
        )
        for index in range(BATCH)
    ]


def write(store: GraphStore, writer: str, batches: int) -> None:
    """Append batches in an order of this writer's own, some of them twice."""
    rng = Random(writer)
    numbers = [*range(batches), *range(0, batches, 3)]
    rng.shuffle(numbers)
    for number in numbers:
        outcomes = store.append(drafts(batch(writer, number)))
        assert {outcome.status for outcome in outcomes} in ({"stored"}, {"duplicate"}), outcomes


def write_by_dsn(dsn: str, writer: str, batches: int) -> None:
    """The same in a process of its own."""
    store = open_store(dsn)
    try:
        write(store, writer, batches)
    finally:
        store.close()
