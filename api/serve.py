"""Serving: the application on an address, until it is asked to stop."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.callers import is_loopback
from api.logs import configure
from api.service import Service
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.settings import Settings

SWITCH_SECONDS = 0.0005

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


def serve(
    settings: Settings | None = None,
    *,
    store: str | None = None,
    host: str | None = None,
    port: int | None = None,
) -> None:
    """Serve until a signal stops it; requests under way may finish.

    What is given beside the settings overrides them. Raises Refused for an address that others
    can reach while no key exists, StoreUnavailable, StoreOutdated.
    """
    given = {"store": store, "host": host, "port": port}
    overrides: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    settings = (settings or Settings()).model_copy(update=overrides)
    configure(settings)
    app = create_app(settings)
    service: Service = app.state.service
    try:
        require_key(service, settings.host)
    except BaseException:
        service.graph.close()
        raise
    lie_low()
    log.info("service.listening", host=settings.host, port=settings.port)
    with suppress(KeyboardInterrupt):
        server_of(app, settings).run()


def lie_low() -> None:
    """Keep the interpreter from holding answers up; for a process that does nothing but serve.

    All that is loaded stays, so Python's collector need not walk it again (fifty milliseconds
    each time). And a thread that computes gives way ten times sooner than by default: the others
    wait for it after every read.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def require_key(service: Service, host: str) -> None:
    """Refuse to listen where others can reach it before the first key was made."""
    if is_loopback(host) or service.keys.locked():
        return
    raise Refused(
        (
            Refusal(
                "/host",
                "key_required",
                f"{host} can be reached from elsewhere, and no key was ever made.",
                "127.0.0.1, or make a key first: tracegraph keys create",
            ),
        )
    )


class StoppingServer(uvicorn.Server):
    """A server that tells the service at once when it is asked to stop.

    Readers that wait for news are then answered, so that they do not use up the grace.
    """

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note that it is to stop."""
        self._service.stopping.set()
        super().handle_exit(sig, frame)


def server_of(app: FastAPI, settings: Settings) -> StoppingServer:
    """A server for the application, not yet running."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a caller's address is what the connection says (api/callers.py)
        timeout_graceful_shutdown=settings.shutdown_grace_seconds,
        lifespan="on",
    )
    return StoppingServer(config, app.state.service)
