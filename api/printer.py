"""The printer: the HTML of a report as a PDF, set by a process of its own, one at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import structlog

from api import typeset

SECONDS = 240.0  # that setting one report may take
LOOK_SECONDS = 0.5  # between looks whether it is to go on
AT_ONCE = 1  # reports that are set at a time; each takes a processor
RETRY_SECONDS = 15

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


class NotPrinted(Exception):
    """There is no PDF, and why: the name of a reason that pages have words for."""

    reason = "failed"
    status = 500


class PangoMissing(NotPrinted):
    """What sets text is not installed on this machine."""

    reason = "pango"
    status = 501


class PrinterBusy(NotPrinted):
    """Another report is being set; the same request may succeed later."""

    reason = "busy"
    status = 503


class TookTooLong(NotPrinted):
    """The report was not set in time."""

    reason = "slow"
    status = 503


class Stopping(NotPrinted):
    """The service is stopping."""

    reason = "busy"
    status = 503


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints reports; what is asked for while it prints is refused, not queued."""

    _free: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )

    def pdf(self, html: str, stopping: threading.Event) -> bytes:
        """The PDF of a page of HTML; waits for the process that sets it.

        Raises one of NotPrinted, also when the service is `stopping`.
        """
        if not self._free.acquire(blocking=False):
            raise PrinterBusy
        try:
            return _set(html, stopping)
        finally:
            self._free.release()


def _set(html: str, stopping: threading.Event) -> bytes:
    # By its path, with nothing of the working directory to be imported.
    command = [sys.executable, "-P", str(Path(typeset.__file__))]
    # From a file: a pipe that is waited for in steps is not written on.
    with TemporaryFile() as given:
        given.write(html.encode())
        given.seek(0)
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            try:
                body, said = _awaited(process, stopping)
            except NotPrinted:
                process.kill()
                raise
    if process.returncode == 0:
        return body
    if process.returncode == typeset.NO_PANGO:
        log.warning("report.no_pango", said=said)
        raise PangoMissing
    log.error("report.failed", code=process.returncode, said=said)
    raise NotPrinted


def _awaited(process: subprocess.Popen[bytes], stopping: threading.Event) -> tuple[bytes, str]:
    """What a process gives, and the end of what it says."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            body, said = process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if stopping.is_set():
                raise Stopping from None
            if time.monotonic() > deadline:
                log.warning("report.slow", seconds=SECONDS)
                raise TookTooLong from None
        else:
            return body, said.decode("utf-8", "replace")[-2_000:]
