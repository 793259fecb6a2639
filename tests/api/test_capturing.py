"""Capture in a process of its own: the same answers, and none is lost where it ends."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from api.capturing import GRACE_SECONDS, Capturing, Sent
from api.examples import HISTORY
from api.parsing import JSON, NDJSON
from api.problems import BAD_REQUEST, REFUSED_EVENTS, Problem
from tests.api.conftest import client_of
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refusal
from tracegraph.settings import Settings
from tracegraph.store.port import BatchTooLarge, StoreError, StoreOutdated, StoreUnavailable


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=f"sqlite:///{tmp_path}/store.db", max_batch_events=20)


@pytest.fixture
def graph(settings: Settings) -> Iterator[Tracegraph]:
    with tracegraph.connect(settings.store) as opened:
        yield opened


@pytest.fixture
def capturing(graph: Tracegraph, settings: Settings) -> Iterator[Capturing]:
    capturing = Capturing(graph, settings, settings.store)
    capturing.start()
    yield capturing
    capturing.stop()


def sent(*events: object, kind: str = JSON, dry_run: bool = False) -> Sent:
    lines = b"\n".join(map(orjson.dumps, events))
    body = lines if kind == NDJSON else orjson.dumps(list(events))
    return Sent(kind, body, caller="caller", source=None, atomic=True, dry_run=dry_run)


def pid(capturing: Capturing) -> int:
    assert capturing._process is not None
    found = capturing._process[0].pid
    assert found is not None
    return found


def gone(process: int) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_what_it_stores_is_there_at_once(capturing: Capturing, graph: Tracegraph) -> None:
    report, single = capturing.capture(sent(*HISTORY))

    assert {outcome.status for outcome in report.outcomes} == {"stored"}
    assert not single
    assert graph.store.published().seq == report.seq == len(HISTORY)
    assert {event.caller for event in graph.events().events} == {"caller"}
    assert pid(capturing) != os.getpid()


def test_it_tells_what_capture_here_tells(
    capturing: Capturing, graph: Tracegraph, tmp_path: Path
) -> None:
    wrong = {"type": "receipt", "id": "x"}
    with tracegraph.connect(f"sqlite:///{tmp_path}/other.db") as other:
        for each in (
            sent(*HISTORY, dry_run=True),
            sent(HISTORY[0], wrong),
            sent(*HISTORY, kind=NDJSON),
            sent(*HISTORY),
        ):
            assert capturing.capture(each) == each.into(other, most=20)


@pytest.mark.parametrize("body", [b"[", b"[]", b'[{"id": 1, "id": 2}]', b"[" + b"1," * 20 + b"1]"])
def test_bodies_that_hold_no_events_are_the_same_problems(
    capturing: Capturing, graph: Tracegraph, body: bytes
) -> None:
    each = Sent(JSON, body, caller="caller", source=None, atomic=True, dry_run=False)

    with pytest.raises(Problem) as here:
        each.into(graph, most=20)
    with pytest.raises(Problem) as there:
        capturing.capture(each)

    assert vars(there.value) | {"__notes__": []} == vars(here.value) | {"__notes__": []}


@pytest.mark.parametrize(
    "error",
    [
        Problem(BAD_REQUEST, "told", (Refusal("/a", "rule", "detail", "accepted"),), {"a": "b"}),
        Problem(REFUSED_EVENTS, "told", extra={"more": 1}),
        StoreUnavailable("told"),
        BatchTooLarge("told"),
        StoreOutdated("told"),
    ],
)
def test_errors_of_capture_go_from_process_to_process(error: Problem | StoreError) -> None:
    found = pickle.loads(pickle.dumps(error))

    assert (type(found), vars(found), found.args) == (type(error), vars(error), error.args)


def test_where_it_ended_the_next_is_captured_by_another(
    capturing: Capturing, graph: Tracegraph
) -> None:
    first = pid(capturing)
    os.kill(first, signal.SIGKILL)

    with pytest.raises(StoreUnavailable, match="send them again"):
        capturing.capture(sent(*HISTORY))
    report, _ = capturing.capture(sent(*HISTORY))

    assert report.seq == graph.store.published().seq == len(HISTORY)
    assert pid(capturing) != first


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_does_not_end_it(
    capturing: Capturing, asked: signal.Signals
) -> None:
    """Requests under way may finish when the service is asked to stop."""
    first = pid(capturing)
    capturing.capture(sent(HISTORY[0]))
    os.kill(first, asked)

    capturing.capture(sent(HISTORY[1]))

    assert pid(capturing) == first


def test_it_ends_with_the_service(settings: Settings) -> None:
    with tracegraph.connect(settings.store):
        pass
    with client_of(create_app(settings)) as client:
        service = client.app.state.service  # type: ignore[attr-defined]
        process = pid(service.capturing)
        assert client.post("/v1/events", json=list(HISTORY)).status_code == 201
        assert client.post("/v1/events", json=list(HISTORY)).status_code == 200
        assert client.get("/v1/events").json()["published"] == len(HISTORY)
    assert gone(process)


def test_it_is_stopped_while_it_stores(capturing: Capturing, graph: Tracegraph) -> None:
    """Nobody waits for it without end; what was not stored is refused, and not stored later."""
    said: list[str] = []

    def sends(name: str) -> None:
        try:
            capturing.capture(sent({**HISTORY[0], "id": name}))
        except StoreUnavailable as error:
            said.append(str(error))

    with graph.store._connections.writing():  # type: ignore[attr-defined]  # this engine's own
        threads = [threading.Thread(target=sends, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        began = time.monotonic()
        capturing.stop()
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 3 * GRACE_SECONDS
    assert len(said) == 2
    assert graph.store.published().seq == 0
    with pytest.raises(StoreUnavailable, match="stopping"):
        capturing.capture(sent(*HISTORY))


def test_a_store_in_memory_is_written_by_the_service_itself(empty: TestClient) -> None:
    """No other process can open it."""
    with empty:
        service = empty.app.state.service  # type: ignore[attr-defined]
        assert service.capturing._process is None
        assert empty.post("/v1/events", json=list(HISTORY)).status_code == 201
