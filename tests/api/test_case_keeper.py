"""Working open cases out in a process of its own: the same answer, and an end in any case."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracegraph
from api.case_keeper import WorkerEnded, work_out_aside
from api.examples import HISTORY
from tracegraph.library import Tracegraph


@pytest.fixture
def dsn(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def stored(dsn: str) -> Iterator[Tracegraph]:
    with tracegraph.connect(dsn) as graph:
        graph.capture(list(HISTORY))
        graph.save_scope(graph.scope("A"))
        yield graph


def test_it_finds_what_the_service_would_find(dsn: str, stored: Tracegraph) -> None:
    known = stored.store.published().seq
    cases = stored.snapshots()

    found = work_out_aside(dsn, cases, known, threading.Event())

    assert found == stored.work_out(cases, known)
    assert found[cases[0].id].affected
    # And the gate, which keeps it, says what it says without.
    before = stored.gate(["C1"], purpose="ship", at="2026-03-11T00:00:00Z")
    assert stored.keep_cases(lambda cases, known: found)
    assert stored.gate(["C1"], purpose="ship", at="2026-03-11T00:00:00Z") == before
    assert not before.allowed


def test_it_ends_when_the_service_does(dsn: str, stored: Tracegraph) -> None:
    stopping = threading.Event()
    stopping.set()

    with pytest.raises(WorkerEnded):
        work_out_aside(dsn, stored.snapshots(), stored.store.published().seq, stopping)


def test_a_process_that_fails_is_no_answer(tmp_path: Path, stored: Tracegraph) -> None:
    with pytest.raises(WorkerEnded):
        work_out_aside(f"sqlite:///{tmp_path}/none.db", stored.snapshots(), 1, threading.Event())
