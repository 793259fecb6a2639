"""One log line and one measurement for each request, and a plain answer when it fails.

A line tells the route's template, never the address: names and queries stay out of the log.
"""

from __future__ import annotations

import time

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import problem_answer
from api.metrics import Metrics
from api.problems import internal

NO_ROUTE = "(none)"

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


class Access:
    """Middleware that logs, measures, and answers 500 for what nothing else handled."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_seen)
        except Exception:
            log.exception("request.failed", route=_route(scope))
            if status:  # the answer is under way: cut it, so that nobody takes it for whole
                raise
            await problem_answer(Request(scope), internal())(scope, receive, send_seen)
        finally:
            self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self.metrics.request(scope["method"], route, status, seconds)
        log.info(
            "request.answered",
            method=scope["method"],
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            caller=scope["state"].get("caller"),
        )


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", NO_ROUTE)
