"""Scopes beside the read that they reason from and the bare closure, in one run.

    python -m benchmarks.scopes sqlite:///large.db [neo4j://…]

Each store holds the demo; two of them hold the same journal (`tracegraph copy`). For the story's
common and bad lot every engine answers, in turn, once a round:

- closure: the numbers of the items reached forward, and nothing else;
- read: the subgraph, every line on the items reached, and what was sent of their events;
- scope: the whole answer, with its hash.

Every engine and measure has a process of its own, warm after the round that is not counted. Its
resident set is sampled: memory is the most of it above what it was before the answer, in any
round. CPU is of that process, so the server of an engine is in the wall time only. Printed are
medians, and their ratios to the read and the closure. The scopes of all engines must
have one hash, but for the instant at which the journal was recorded.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import tracegraph
from benchmarks.exports import Sampled
from tracegraph.demo import STORY
from tracegraph.library import Tracegraph
from tracegraph.recall.scope import scope_hash
from tracegraph.store.levels import items_of
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j import reading as neo4j_reading
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite.walking import Walk
from tracegraph.trace.lookup import resolve_one

ROUNDS = 3
BUDGET = 1_000_000
NEVER = 2**62
SEEDS = {"common lot": STORY.common_lot, "bad lot": STORY.bad_resin_lot}
MEASURES = ("closure", "read", "scope")


class Took(NamedTuple):
    """What one answer took: seconds, bytes and, of a scope, its hash."""

    wall: float
    cpu: float
    peak: int
    size: str
    hash: str


# -- what is measured: each answers with its size, and a scope with itself


def closure(graph: Tracegraph, key: str) -> tuple[str, Any]:
    """The numbers of the items reached, by the engine's own search."""
    store = graph.store
    known = store.published().seq
    item = resolve_one(store, key, known).row.no
    if isinstance(store, SqliteStore):
        cuts = {"known": known, "as_of": NEVER}
        with store._connections.reading() as db:
            walked = Walk(db, "forward", cuts).whole([item], BUDGET)
        reached = items_of(walked or ())
    else:
        assert isinstance(store, Neo4jStore)

        def work(tx: Any) -> list[int] | None:
            cuts = neo4j_reading._cuts(known, None)
            return neo4j_reading._walk_all(tx, [item], "forward", cuts, BUDGET)

        nodes = store._connection.read("benchmark", work)
        reached = items_of(nodes or ())
    return f"{len(reached):,} items", None


def read(graph: Tracegraph, key: str) -> tuple[str, Any]:
    """Everything that a scope of the item reasons from, as columns."""
    store = graph.store
    known = store.published().seq
    found = store.subgraph(
        [resolve_one(store, key, known).row.no], "forward", known=known, as_of=None,
        max_depth=None, budget=BUDGET,
    )  # fmt: skip
    assert found.complete_depth is None
    events, lines = store.lines_of_items(found.reached, known=known, as_of=None)
    bodies = store.bodies({*found.events.seq, *events.seq})
    return f"{len(bodies):,} events, {len(lines.seq):,} lines", None


def scope(graph: Tracegraph, key: str) -> tuple[str, Any]:
    """The whole answer."""
    found = graph.scope(key, budget=BUDGET)
    return f"{len(found.items):,} affected", found


ANSWERS: dict[str, Callable[[Tracegraph, str], tuple[str, Any]]] = {
    "closure": closure,
    "read": read,
    "scope": scope,
}


# -- measuring


def measured(graph: Tracegraph, measure: str, key: str) -> Took:
    """Answer once, and say what it took."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    with Sampled() as sampled:
        wall, cpu = time.perf_counter(), time.process_time()
        size, answer = ANSWERS[measure](graph, key)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    # Journals that were loaded one by one were recorded at other instants.
    said = "" if answer is None else scope_hash(replace(answer, recorded_at=None))
    return Took(wall, cpu, sampled.peak, size, said)


def serve(dsn: str, measure: str, asked: Connection) -> None:
    """Answer one measure on one engine, key by key, until there is none."""
    with tracegraph.connect(dsn, migrate=False) as graph:
        asked.send((graph.store.engine, graph.store.published().seq))
        while (key := asked.recv()) is not None:
            asked.send(measured(graph, measure, key))


def main(*dsns: str, rounds: int = ROUNDS) -> None:
    """Run every measure, and print it."""
    context = multiprocessing.get_context("spawn")
    workers: dict[tuple[str, str], Connection] = {}
    processes = []
    for dsn in dsns:
        for measure in MEASURES:
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(dsn, measure, there), daemon=True)
            process.start()
            there.close()  # so that the end of a worker ends the wait for it
            processes.append(process)
            engine, events = here.recv()
            workers[(engine, measure)] = here
            if measure == MEASURES[0]:
                print(f"{engine}: {events:,} events", flush=True)
    took: dict[tuple[str, str, str], list[Took]] = {}
    for _ in range(rounds + 1):
        for name, key in SEEDS.items():
            for (engine, measure), worker in workers.items():
                worker.send(key)
                took.setdefault((name, engine, measure), []).append(worker.recv())
    for worker in workers.values():
        worker.send(None)
    for process in processes:
        process.join()
    report(took)


def medians(each: list[Took]) -> tuple[float, float]:
    """Wall and CPU seconds, without the first round."""
    counted = each[1:]
    return (
        statistics.median(one.wall for one in counted),
        statistics.median(one.cpu for one in counted),
    )


def report(took: dict[tuple[str, str, str], list[Took]]) -> None:
    """A line for each seed, engine and measure; then whether the engines agree."""
    head = f"{'':<28}{'wall s':>9}{'of read':>9}{'of closure':>12}{'CPU s':>9}{'of read':>9}"
    print(f"{head}{'MB':>8}  size")
    for (name, engine, measure), each in took.items():
        wall, cpu = medians(each)
        read_wall, read_cpu = medians(took[(name, engine, "read")])
        closure_wall, _ = medians(took[(name, engine, "closure")])
        peak = max(one.peak for one in each) / 1e6
        print(
            f"{name:<11} {engine:<8}{measure:<8}{wall:>9.3f}{wall / read_wall:>9.2f}"
            f"{wall / closure_wall:>12.1f}{cpu:>9.3f}{cpu / read_cpu:>9.2f}"
            f"{peak:>8.0f}  {each[0].size}"
        )
    for name in SEEDS:
        hashes = {one.hash for (seed, *_), each in took.items() for one in each if seed == name}
        hashes.discard("")
        told = ", ".join(sorted(hash_[:16] for hash_ in hashes))
        print(f"{name}: {'one hash' if len(hashes) == 1 else 'DIFFERENT HASHES'}: {told}")
        if len(hashes) != 1:
            raise SystemExit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
