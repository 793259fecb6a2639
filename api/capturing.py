"""Capture beside the service: in a process of its own, so that who reads waits for no writer.

To check events and to say what they mean is computing, and an interpreter computes one thing at
a time: in a thread of the service every read of every answer would wait for it. One process is
enough, as the store takes one batch at a time.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import pickle
import signal
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Literal, Protocol, TypeVar

from api.parsing import read_events
from tracegraph.capture.report import CaptureReport
from tracegraph.library import Tracegraph, connect
from tracegraph.settings import Settings
from tracegraph.store.port import StoreUnavailable

GRACE_SECONDS = 5.0  # to end by itself, when nothing is sent any more

_ENDED = "Storing ended without an answer. The events may be stored or not: send them again."
_STOPPING = "The service is stopping; nothing was stored. Send the events again, later."

Captured = tuple[CaptureReport, bool]  # and whether it was one event alone
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)
_Told = tuple[Literal["captured"], Any, tuple[str, ...]] | tuple[Literal["raised"], Exception]


class Capture(Protocol[R_co]):
    """Something to be captured, which another process can be sent."""

    def into(self, graph: Tracegraph, *, most: int) -> R_co:
        """Capture it, `most` events at once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Events as a caller sent them: a body of some `kind` (JSON or NDJSON)."""

    kind: str
    body: bytes
    caller: str
    source: str | None
    atomic: bool
    dry_run: bool

    def into(self, graph: Tracegraph, *, most: int) -> Captured:
        """Capture what it holds. Raises Problem for a body that holds no events, or too many."""
        documents, single = read_events(self.body, self.kind, most=most)
        report = graph.capture(
            documents,
            source=self.source,
            atomic=self.atomic,
            caller=self.caller,
            dry_run=self.dry_run,
        )
        return report, single


class Capturing:
    """Captures for a service: in another process once it is started, until then in this one.

    `dsn` is how another process opens the store; None where none can, as it is in memory.
    """

    def __init__(self, graph: Tracegraph, settings: Settings, dsn: str | None) -> None:
        self._graph = graph
        self._settings = settings
        self._dsn = dsn
        self._lock = threading.Lock()
        self._process: tuple[SpawnProcess, Connection] | None = None
        self._started = self._stopped = False

    def start(self) -> None:
        """Start the process; another one will follow should it end by itself."""
        with self._lock:
            self._started = self._dsn is not None
            if self._started:
                self._process = self._begun()
                atexit.register(self.stop)

    def stop(self) -> None:
        """End the process, within twice the grace; what is sent later is refused.

        A batch that is not stored by then is not stored: an append is one transaction.
        """
        atexit.unregister(self.stop)
        self._stopped = True
        if not self._lock.acquire(timeout=GRACE_SECONDS):
            if (running := self._process) is not None:
                running[0].kill()
            self._lock.acquire()
        try:
            self._end(GRACE_SECONDS)
        finally:
            self._lock.release()

    def capture(self, sent: Capture[T]) -> T:
        """Capture what was sent, after what others have sent before.

        Raises what `sent.into` does, and StoreUnavailable where the process ended, or is to.
        """
        if self._started:
            with self._lock:
                if self._stopped:
                    raise StoreUnavailable(_STOPPING)
                found: T = self._captured(self._asked(sent))
                return found
        return sent.into(self._graph, most=self._settings.max_batch_events)

    def _asked(self, sent: Capture[Any]) -> _Told:
        try:
            self._process = _, connection = self._process or self._begun()
            connection.send(sent)
            told: _Told = connection.recv()
        except BaseException as error:
            self._end(0)  # what it tells later would be taken for the answer to another
            if isinstance(error, EOFError | OSError):
                raise StoreUnavailable(f"{_ENDED} ({type(error).__name__}: {error})") from error
            raise
        return told

    def _captured(self, told: _Told) -> Any:
        if told[0] == "raised":
            raise told[1]
        self._graph.store.heed(told[2])
        return told[1]

    def _begun(self) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(
            target=_work, args=(there, self._dsn, self._settings), name="capture", daemon=True
        )
        try:
            process.start()
        except BaseException:
            here.close()
            raise
        finally:
            there.close()  # so that the end of the process ends the wait for it
        return process, here

    def _end(self, seconds: float) -> None:
        if self._process is None:
            return
        process, connection = self._process
        self._process = None
        connection.close()
        process.join(seconds)
        process.kill()
        process.join()


def _work(connection: Connection, dsn: str, settings: Settings) -> None:
    """Capture what is sent, until who sends it closes the connection, or ends."""
    # They come to the whole group: the service finishes what it is at, and needs this for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with connect(dsn, migrate=False, identifiers=settings.identifiers) as graph:
        gc.collect()
        gc.freeze()  # what is loaded stays, and need not be walked again
        while True:
            try:
                sent: Capture[Any] = connection.recv()
            except EOFError:
                return
            connection.send(_told(graph, sent, settings.max_batch_events))


def _told(graph: Tracegraph, sent: Capture[Any], most: int) -> Any:
    try:
        captured = sent.into(graph, most=most)
    except Exception as error:
        return "raised", _portable(error)
    return "captured", captured, graph.store.marks()


def _portable(error: Exception) -> Exception:
    """An error that another process can raise; its trace is a note on it."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
