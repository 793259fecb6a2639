"""The printer: the HTML of a report as a PDF, set by a process of its own, one at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from api import typeset

SECONDS = 180.0  # that setting one report may take
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


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints reports; what is asked for while it prints is refused, not queued."""

    _free: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )

    def pdf(self, html: str) -> bytes:
        """The PDF of a page of HTML. Raises one of NotPrinted; waits for a process to set it."""
        if not self._free.acquire(blocking=False):
            raise PrinterBusy
        try:
            return _set(html)
        finally:
            self._free.release()


def _set(html: str) -> bytes:
    # By its path, with nothing of the working directory to be imported.
    command = [sys.executable, "-P", str(Path(typeset.__file__))]
    try:
        done = subprocess.run(
            command, input=html.encode(), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        log.warning("report.slow", seconds=SECONDS)
        raise TookTooLong from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace")[-2_000:]
    if done.returncode == typeset.NO_PANGO:
        log.warning("report.no_pango", said=said)
        raise PangoMissing
    log.error("report.failed", code=done.returncode, said=said)
    raise NotPrinted
