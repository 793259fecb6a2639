"""Many writers and readers at once: whole batches only, no gaps, no errors."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from tests.builders import Desk, drafts
from tests.contract.engines import Engine
from tests.contract.writers import BATCH, SHARED, write, write_by_dsn
from tracegraph.model.instant import Instant
from tracegraph.proof.verifying import verify
from tracegraph.store.port import Document, GraphStore, VersionConflict

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
BATCHES = 60 if PROVE else 7
THREADS, PROCESSES = 4, 2


def read_once(store: GraphStore, before: int) -> int:
    """One consistent look: all that is published is whole, and all that is whole is seen."""
    published = store.published()
    known = published.seq
    assert known >= before, "published went back"
    assert store.cut(None) >= known
    entries = store.journal(0, 100_000, known)
    assert [entry.seq for entry in entries] == list(range(1, known + 1))
    assert all(count == BATCH for count in Counter(entry.batch for entry in entries).values())
    lines = store.lines_of_events(range(1, known + 1), known)
    assert Counter(lines.seq) == dict.fromkeys(range(1, known + 1), 2)
    keys = [f"urn:tracegraph:lot:RM:{number}" for number in range(7)]
    seeds = [name.item for name in store.spoken(keys).values()]
    graph = store.subgraph(seeds, "forward", known=known, as_of=None, max_depth=1, budget=100_000)
    assert len(graph.events.seq) == known, "an event is missing from the graph, or is too early"
    assert len(graph.lines.seq) == 2 * known
    return known


def read_until(store: GraphStore, done: Callable[[], bool]) -> int:
    """Look again and again; how often."""
    looks, known = 0, 0
    while not done():
        known = read_once(store, known)
        looks += 1
    read_once(store, known)
    return looks


def check_whole(store: GraphStore, writers: int) -> None:
    expected = BATCH * (SHARED + writers * (BATCHES - SHARED))
    assert store.published().seq == expected
    assert read_once(store, expected) == expected
    recorded = [entry.recorded_at for entry in store.journal(0, 100_000, expected)]
    assert recorded == sorted(recorded)
    report = verify(store, sample=20)
    assert report.ok, report.told


@pytest.mark.prove
def test_threads_on_one_store(engine: Engine):
    store = engine.empty()
    with ThreadPoolExecutor(THREADS + 2) as pool:
        writing = [pool.submit(write, store, f"w{n}", BATCHES) for n in range(THREADS)]
        reading = [
            pool.submit(read_until, store, lambda: all(w.done() for w in writing)) for _ in range(2)
        ]
        results(writing)
        assert all(looks > 0 for looks in results(reading))
    check_whole(store, THREADS)


@pytest.mark.prove
def test_processes_on_one_database(engine: Engine):
    store = engine.empty()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        writing = [
            pool.submit(write_by_dsn, engine.dsn, f"w{n}", BATCHES) for n in range(PROCESSES)
        ]
        assert read_until(store, lambda: all(w.done() for w in writing)) > 0
        results(writing)
    check_whole(store, PROCESSES)


def test_what_a_writer_wrote_it_reads(engine: Engine):
    store, other = engine.empty(), engine.again()
    for number in range(3, 6):
        write(store, f"one{number}", number)
        known, recorded = store.published()
        assert recorded is not None
        assert store.cut(Instant(recorded.micros + 1)) == known
        assert other.published().seq == known


def test_of_writers_of_one_document_one_wins(engine: Engine):
    store = engine.empty()
    store.put_document(Document("case", "1", 0, {"n": 0}))

    def raise_by_one(_: int) -> int:
        lost = 0
        while True:
            document = store.document("case", "1")
            assert document is not None
            try:
                store.put_document(document._replace(body={"n": document.body["n"] + 1}))
            except VersionConflict:
                lost += 1
            else:
                return lost

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(raise_by_one, range(16)))
    assert store.document("case", "1") == Document("case", "1", 17, {"n": 16})


def test_of_writers_of_one_new_document_one_wins(engine: Engine):
    store = engine.empty()

    def create(number: int) -> bool:
        try:
            store.put_document(Document("case", "new", 0, {"by": number}))
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(create, range(8)))
    assert won.count(True) == 1
    assert store.document("case", "new") == Document("case", "new", 1, {"by": won.index(True)})


def results(futures: list[Future]) -> list:
    return [future.result() for future in futures]


def test_who_heeds_the_marks_of_another_sees_what_it_wrote(engine: Engine):
    here, there, desk = engine.empty(), engine.again(), Desk()
    for turn in range(20):
        assert there.append(drafts([desk.receipt()]))[0].status == "stored"
        here.heed(there.marks())
        assert here.published() == there.published()
        # And what it wrote itself it still sees.
        here.put_document(Document("kind", str(turn), 0, {}))
        assert len(here.documents("kind")) == turn + 1
