"""A thread that works open cases out beforehand, so that the gate answers at once."""

from __future__ import annotations

import threading
import time

import structlog

from api.service import Service

SECONDS = 1.0  # between looks
GRACE_SECONDS = 5.0  # to end what it is at, when the service stops
REST = 5  # how many times as long as it worked the thread rests, to leave the processor to others

log = structlog.get_logger()


def start(service: Service) -> threading.Thread:
    """Start the thread; it ends when the service is stopping."""
    thread = threading.Thread(target=_keep, args=(service,), name="case-keeper", daemon=True)
    thread.start()
    return thread


def _keep(service: Service) -> None:
    pause = SECONDS
    while not service.stopping.wait(pause):
        began = time.monotonic()
        try:
            if service.graph.keep_cases():
                log.info("cases.kept", seconds=round(time.monotonic() - began, 3))
        except Exception:  # the gate reasons by itself meanwhile, and the thread tries again
            if service.stopping.is_set():
                return
            log.exception("cases.not_kept")
        pause = max(SECONDS, REST * (time.monotonic() - began))
