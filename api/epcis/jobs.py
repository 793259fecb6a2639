"""Capture jobs: a document that was taken is captured, also when the service ends in between.

Two documents of the store hold a job: what was sent, until it is captured, and what is told of it.
A 202 is answered once both are written. What is found at the start of a service was taken before
it ended, and is captured then; that it may have been captured already does no harm.
"""

from __future__ import annotations

import base64
import queue
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from api.arriving import Arrivals
from api.capturing import Capturing
from api.epcis.documents import DocumentReport, Fault, SentDocument
from api.epcis.headers import Behaviour
from tracegraph.model.instant import Instant
from tracegraph.store.port import Document, GraphStore, StoreUnavailable, VersionConflict

KIND, SENT = "epcis_capture", "epcis_sent"
MOST_KEPT = 1_000  # jobs that have ended
AGAIN_SECONDS = 1.0  # until a store that was away is asked again
_SHOWN = 100  # faults of one job
_SWEEP = 50  # jobs, after which those that nobody will ask for are removed

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


@dataclass(frozen=True, slots=True)
class Job:
    """What is told of a capture job (EPCIS 2.0, 12.6.1, the table of its states)."""

    id: str
    created_at: str
    finished_at: str | None
    success: bool
    behaviour: Behaviour
    errors: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """By the names of the standard."""
        return {
            "captureID": self.id,
            "createdAt": self.created_at,
            "finishedAt": self.finished_at,
            "running": self.finished_at is None,
            "success": self.success,
            "captureErrorBehaviour": self.behaviour,
            "errors": self.errors,
        }


class CaptureJobs:
    """The jobs of one service. A thread captures them, one after another, as they came."""

    def __init__(
        self,
        store: GraphStore,
        capturing: Capturing,
        arrivals: Arrivals,
        own: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._arrivals = arrivals
        self._own = own
        self._capturing = capturing
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._ended = 0

    def start(self) -> None:
        """Take up what was left, and begin."""
        for left in self._store.documents(SENT):
            if self._store.document(KIND, left.id) is None:
                self._store.delete_document(SENT, left.id)  # nobody was told that it is taken
            else:
                self._waiting.put(left.id)
        self._thread = threading.Thread(target=self._work, name="epcis-capture", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End once the job under way is done; the others are for the next service."""
        self._stopping.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def take(self, kind: str, body: bytes, caller: str, behaviour: Behaviour) -> Job:
        """Take a document. When this returns it will be captured, whatever happens."""
        created = str(Instant.of(datetime.now(UTC)))
        id = f"{time.time_ns():020d}-{secrets.token_hex(6)}"  # by id is by time
        sent = {"kind": kind, "body": base64.b64encode(body).decode(), "caller": caller}
        self._store.put_document(Document(SENT, id, 0, sent))
        told: dict[str, Any] = {
            "created_at": created, "finished_at": None, "success": True, "behaviour": behaviour,
            "errors": [],
        }  # fmt: skip
        job = self._store.put_document(Document(KIND, id, 0, told))
        self._waiting.put(id)
        return _job(job)

    def job(self, id: str) -> Job | None:
        """A job; None where there is none of this id, or none any more."""
        found = self._store.document(KIND, id)
        return None if found is None else _job(found)

    def jobs(self, before: str | None, limit: int) -> list[Job]:
        """Jobs, the newest first, older than one of an id."""
        found = [d for d in self._store.documents(KIND) if before is None or d.id < before]
        return [_job(document) for document in reversed(found[-limit:])]

    def _work(self) -> None:
        while not self._stopping.is_set():
            id = self._waiting.get()
            while id is not None and not self._done(id):
                if self._stopping.wait(AGAIN_SECONDS):
                    return

    def _done(self, id: str) -> bool:
        """Capture a job; False where the store is away and it is to be tried again."""
        try:
            sent, told = self._store.document(SENT, id), self._store.document(KIND, id)
            if sent is not None and told is not None:  # or another service has done it
                self._end(id, self._errors(sent, told))
        except StoreUnavailable:
            log.warning("epcis.store_away", capture=id)
            return False
        return True

    def _errors(self, sent: Document, told: Document) -> list[dict[str, Any]]:
        """Capture what was sent; what is wrong with it."""
        try:
            return self._captured(sent, told)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("epcis.capture_failed", capture=sent.id)
            detail = (
                f"{type(error).__name__}: the log of the service says more. Send the document"
                " again; what was captured of it already stays as it is."
            )
            return [
                {
                    "type": "epcisException:ImplementationException",
                    "title": "It failed here",
                    "status": 500,
                    "detail": detail,
                }
            ]

    def _captured(self, sent: Document, told: Document) -> list[dict[str, Any]]:
        report = self._capturing.capture(
            SentDocument(
                sent.body["kind"],
                base64.b64decode(sent.body["body"]),
                sent.body["caller"],
                told.body["behaviour"] == "rollback",
                self._own,
            )
        )
        self._arrivals.note(report.outcomes, sent.body["caller"])
        counts = {"events": len(report.ids), "faults": len(report.faults)}
        log.info("epcis.captured", capture=sent.id, **counts)
        return errors_of(report)

    def _end(self, id: str, errors: list[dict[str, Any]]) -> None:
        told = self._store.document(KIND, id)
        if told is not None and told.body["finished_at"] is None:
            finished = str(Instant.of(datetime.now(UTC)))
            ended = {**told.body, "finished_at": finished, "success": not errors, "errors": errors}
            with suppress(VersionConflict):  # another service came first, with the same to say
                self._store.put_document(told._replace(body=ended))
        self._store.delete_document(SENT, id)
        self._ended += 1
        if self._ended % _SWEEP == 0:
            self._sweep()

    def _sweep(self) -> None:
        ended = [d for d in self._store.documents(KIND) if d.body["finished_at"] is not None]
        for document in ended[:-MOST_KEPT]:
            self._store.delete_document(KIND, document.id)


def errors_of(report: DocumentReport) -> list[dict[str, Any]]:
    """The faults of a document as the standard tells them; beyond a hundred, how many more."""
    found = [_error(fault) for fault in report.faults[:_SHOWN]]
    if (more := len(report.faults) - _SHOWN) > 0:
        found.append({**found[-1], "detail": f"And {more} more.", "errors": []})
    return found


def _error(fault: Fault) -> dict[str, Any]:
    name, status = ("ResourceAlreadyExists", 409) if fault.taken else ("Validation", 400)
    return {
        "type": f"epcisException:{name}Exception",
        "title": "An eventID is taken" if fault.taken else "An event is not valid",
        "status": status,
        "detail": f"{fault.refusal.pointer} {fault.refusal.detail}",
        "errors": [fault.refusal.as_json()],
    }


def _job(document: Document) -> Job:
    return Job(document.id, **document.body)
