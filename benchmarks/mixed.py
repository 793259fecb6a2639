"""Sixteen clients that read at a fixed pace while one writes, over HTTP, beside two controls.

Readers ask for the genealogy of a serial, each at its own pace, together a third of what the
service can do, which is measured first. Their waiting counts from when a request was due, so
that a service that stands still is seen. The controls are nobody beside them, and a process that
burns as much of the processor as the writer's may: what is lost to it is lost to the machine.
Any answer but 200 ends the run: no error of a lock may reach a client.
"""

from __future__ import annotations

import http.client
import multiprocessing
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from benchmarks.asked import Reference
from benchmarks.measuring import Measure, compared, percentiles
from benchmarks.servers import Service

CLIENTS = 16
SECONDS = 20.0
CAPACITY_SECONDS = 5.0
SHARE = 1 / 3
BATCH = 100
ALONE, BURNER, WRITER = "alone", "beside a burner", "beside a writer"


def measured(
    name: str, dsn: str, keys: Sequence[str], told: Callable[[str], None]
) -> list[Measure]:
    """The readers' figures in each company, for one store, which is written to."""
    with Service(dsn) as service:
        service.start()
        paths = [f"/v1/items/{quote(key, safe='')}/genealogy" for key in keys]
        capacity = _capacity(service.port, paths)
        pace = CLIENTS / (capacity * SHARE)  # seconds from one request of a client to its next
        told(f"mixed, {name}: {capacity:.0f} requests a second alone, a third of them asked")
        measures = []
        for company, beside in ((ALONE, _nobody), (BURNER, _burner), (WRITER, _writer)):
            told(f"mixed, {name}: {company}")
            with beside(service.port):
                times = _readers(service.port, paths, pace)
            p50, p95, p99 = percentiles(times)
            measures.append(Measure("mixed", "mixed", company, name, len(times), p50, p95, p99))
    at_95 = {measure.label: measure.p95 for measure in measures}
    told(f"mixed, {name}: p95 {at_95[WRITER] / at_95[BURNER]:.2f} of that beside a burner")
    reference = Reference("mixed", BURNER, None)
    return compared(measures, {("mixed", WRITER): reference, ("mixed", ALONE): reference})


def copied(dsn: str, place: Path) -> str:
    """A copy of a file that may be written to."""
    path = place / "mixed.db"
    for old in place.glob("mixed.db*"):
        old.unlink()
    shutil.copyfile(dsn.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


def _ask(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise AssertionError(f"{answer.status}: {content[:300]!r}")


def _capacity(port: int, paths: Sequence[str]) -> float:
    """Requests a second that sixteen clients get who ask without a pause."""
    done = [0] * CLIENTS
    until = time.monotonic() + CAPACITY_SECONDS

    def client(no: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for path in random.Random(no).choices(paths, k=1_000_000 // CLIENTS):
            if time.monotonic() > until:
                break
            _ask(connection, path)
            done[no] += 1
        connection.close()

    _together(client)
    return sum(done) / CAPACITY_SECONDS


def _readers(port: int, paths: Sequence[str], pace: float) -> list[float]:
    """Seconds from when each request was due until its answer was there."""
    times: list[list[float]] = [[] for _ in range(CLIENTS)]
    begin = time.monotonic() + 0.5

    def client(no: int) -> None:
        chance = random.Random(no)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for turn in count():
            due = begin + pace * (turn + no / CLIENTS)
            if due > begin + SECONDS:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            _ask(connection, chance.choice(paths))
            times[no].append(time.monotonic() - due)
        connection.close()

    _together(client)
    return [took for each in times for took in each]


def _together(client: Callable[[int], None]) -> None:
    faults: list[BaseException] = []

    def guarded(no: int) -> None:
        try:
            client(no)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(no,)) for no in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


@contextmanager
def _nobody(port: int) -> Iterator[None]:
    yield


@contextmanager
def _burner(port: int) -> Iterator[None]:
    with _process(_burn, ()):
        yield


@contextmanager
def _writer(port: int) -> Iterator[None]:
    with _process(_write, (port,)):
        yield


@contextmanager
def _process(work: Callable[..., None], values: tuple[Any, ...]) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=work, args=values, daemon=True)
    process.start()
    time.sleep(1)  # until it is at work
    try:
        yield
        if process.exitcode is not None:
            raise AssertionError("who was to stand beside the readers has ended")
    finally:
        process.kill()
        process.join()


def _burn() -> None:
    while True:
        pass


def _write(port: int) -> None:
    """Batches of new events, one after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.time_ns()
    for batch in count():
        events = [_event(f"{begun}-{batch}-{n}") for n in range(BATCH)]
        connection.request(
            "POST", "/v1/events", orjson.dumps(events), {"content-type": "application/json"}
        )
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 201, content[:300]


def _event(id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "source": "mixed",
        "type": "production",
        "occurred_at": "2026-01-05T08:00:00Z",
        "inputs": [
            {"item": {"product": "M-1", "lot": f"A-{id_}"}, "quantity": "2", "unit": "each"}
        ],
        "outputs": [
            {"item": {"product": "M-2", "lot": f"B-{id_}"}, "quantity": "1", "unit": "each"}
        ],
    }
