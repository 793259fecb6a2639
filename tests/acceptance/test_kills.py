"""Processes and servers that are killed in the middle of an append: all of a batch, or none.

Thirty kills of a writer on a file and a few on a server in the default run; with
TRACEGRAPH_PROVE=1 far more, and the server is killed as well.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.killed_writer import append_on, batches, done, run
from tests.builders import drafts
from tests.conftest import cannot_run
from tests.contract.engines import Neo4jEngine
from tests.neo4j_server import KEPT_PLANS, Neo4jServer, Neo4jUnavailable
from tests.property.laws import all_rows
from tracegraph.proof.verifying import verify
from tracegraph.store.opening import open_store
from tracegraph.store.port import GraphStore, StoreUnavailable

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
PATIENCE = 180.0  # seconds that a server may take to come back

pytestmark = [pytest.mark.prove, pytest.mark.timeout(36_000 if PROVE else 600)]


def kill_once(dsn: str, seed: int, after: float) -> bool:
    """Start a writer, kill it `after` seconds of writing; whether it still ran then."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.acceptance.killed_writer", "tracegraph.store.sqlite", "tracegraph.store.neo4j"]
    )
    ready, there = context.Pipe(duplex=False)
    writer = context.Process(target=run, args=(dsn, seed, there))
    writer.start()
    there.close()
    assert ready.recv() is True
    time.sleep(after)
    running = writer.is_alive()
    writer.kill()
    writer.join()
    ready.close()
    assert writer.exitcode in ({-9, 0} if running else {0}), "the writer failed by itself"
    writer.close()
    return running


def check(store: GraphStore, seed: int, *, deep: bool) -> None:
    """The journal is a whole number of batches, without gaps, and the projection is theirs."""
    store.migrate()  # what opens a store also publishes what a crash had left unpublished
    history = batches(seed)
    known = store.published().seq
    whole = done(history, known)
    entries = store.journal(0, 10_000, known + 100)
    expected = [event for batch in history[:whole] for event in batch]
    assert [entry.seq for entry in entries] == list(range(1, known + 1))
    assert [(entry.source, entry.id) for entry in entries] == [
        (event["source"], event["id"]) for event in expected
    ]
    if deep:
        clean = open_store("sqlite:///:memory:")
        clean.migrate()
        for batch in history[:whole]:
            clean.append(drafts(batch))
        assert all_rows(store) == all_rows(clean)
        clean.close()
        report = verify(store, sample=10)
        assert report.ok, report.told


@pytest.mark.parametrize("seed", range(40 if PROVE else 3))
def test_a_writer_on_a_file_is_killed(tmp_path: Path, seed: int):
    rng, dsn = Random(seed), f"sqlite:///{tmp_path / 'killed.db'}"
    store = open_store(dsn)
    store.migrate()
    struck = 0
    for kill in range(10):
        struck += kill_once(dsn, seed, rng.uniform(0, 0.04))
        check(store, seed, deep=kill % 5 == 4)
    append_on(store, batches(seed))
    check(store, seed, deep=True)
    store.close()
    assert struck >= 3, (
        "the writer was mostly done before it was killed: write more, or kill sooner"
    )


def test_a_writer_on_a_server_is_killed(neo4j_dsn: str):
    engine, rng = Neo4jEngine(neo4j_dsn), Random(1)
    store = engine.empty()
    struck = 0
    for _ in range(100 if PROVE else 4):
        if done(batches(1), store.published().seq) > 30:
            store = engine.empty()
        struck += kill_once(neo4j_dsn, 1, rng.uniform(0, 0.5))
        settle(store)
        check(store, 1, deep=False)
    check(store, 1, deep=True)
    engine.shut()
    assert struck >= 2


def settle(store: GraphStore) -> None:
    """Wait until the server has noticed that a client is gone: its transaction holds the lock."""
    before = -1
    while (now := store.published().seq) != before:
        store.migrate()
        before = now
        time.sleep(0.2)


@pytest.fixture
def server() -> Iterator[Neo4jServer]:
    """A server of its own, for it is killed."""
    own = Neo4jServer(more=KEPT_PLANS, brief=True)
    try:
        try:
            own.start()
        except Neo4jUnavailable as error:
            cannot_run("Neo4j", str(error))
        yield own
    finally:
        own.close()


@pytest.mark.neo4j
@pytest.mark.skipif(not PROVE, reason="a server that is killed and recovers: make prove runs it")
def test_the_server_is_killed(server: Neo4jServer):
    rng, history = Random(2), batches(2, 160)
    store = open_store(server.dsn)
    store.migrate()
    stop, outages = threading.Event(), []

    def write() -> None:
        deadline = time.monotonic() + PATIENCE
        while not stop.is_set() and time.monotonic() < deadline:
            try:
                append_on(store, history)
            except StoreUnavailable as error:
                outages.append(error)
                time.sleep(0.2)
            else:
                return

    for _ in range(20):
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(rng.uniform(0.1, 1.5))
        server.kill()
        server.restart()  # the writer waits, or tries again
        stop.set()
        writer.join()
        stop.clear()
        other = open_store(server.dsn)
        other.migrate()
        known = other.published().seq
        done(history, known)
        assert [entry.seq for entry in other.journal(0, 10_000, known)] == list(range(1, known + 1))
        other.close()
    append_on(store, history)
    clean = open_store("sqlite:///:memory:")
    clean.migrate()
    append_on(clean, history)
    assert all_rows(store) == all_rows(clean)
    assert verify(store, sample=10).ok
    clean.close()
    store.close()
