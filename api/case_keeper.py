"""A thread that has open cases worked out beforehand, so that the gate answers at once.

Working a large case out takes seconds to minutes of pure computing. In a thread of the service
every answer would wait for the interpreter at each of its reads, so it is done in a process of
its own, which opens the store by itself and ends when it has told what it found.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import structlog

from api.service import Service
from tracegraph.library import connect
from tracegraph.recall.answer import Snapshot
from tracegraph.recall.membership import Kept

SECONDS = 1.0  # between looks
GRACE_SECONDS = 5.0  # to end what it is at, when the service stops
REST = 5  # how many times as long as it worked the thread rests, to leave the processor to others
NICE = 5  # how far the process steps back before those who answer

log = structlog.get_logger()


class WorkerEnded(RuntimeError):
    """The process that works cases out ended without an answer."""


def start(service: Service, dsn: str | None) -> threading.Thread:
    """Start the thread; it ends when the service is stopping.

    `dsn` is how another process opens the store; None where none can, as it is in memory.
    """
    thread = threading.Thread(target=_keep, args=(service, dsn), name="case-keeper", daemon=True)
    thread.start()
    return thread


def _keep(service: Service, dsn: str | None) -> None:
    def elsewhere(cases: Sequence[Snapshot], known: int) -> Kept:
        assert dsn is not None
        return work_out_aside(dsn, cases, known, service.stopping)

    pause = SECONDS
    while not service.stopping.wait(pause):
        began = time.monotonic()
        try:
            if service.graph.keep_cases(elsewhere if dsn is not None else None):
                log.info("cases.kept", seconds=round(time.monotonic() - began, 3))
        except Exception:  # the gate reasons by itself meanwhile, and the thread tries again
            if service.stopping.is_set():
                return
            log.exception("cases.not_kept")
        pause = max(SECONDS, REST * (time.monotonic() - began))


def work_out_aside(
    dsn: str, cases: Sequence[Snapshot], known: int, stopping: threading.Event
) -> Kept:
    """Work cases out in a process of its own. Raises WorkerEnded, also when it is `stopping`."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(there, dsn, cases, known), name="case-worker", daemon=True
    )
    process.start()
    there.close()  # so that the end of the process ends the wait for it
    try:
        while not here.poll(0.2):
            if stopping.is_set():
                raise WorkerEnded("The service is stopping.")
        found: Kept = here.recv()
    except EOFError:
        process.join()
        raise WorkerEnded(f"It ended with {process.exitcode}.") from None
    finally:
        process.terminate()
        process.join()
        here.close()
    return found


def _work(answer: Connection, dsn: str, cases: Sequence[Snapshot], known: int) -> None:
    os.nice(NICE)
    with connect(dsn, migrate=False) as graph:
        answer.send(graph.work_out(cases, known))
