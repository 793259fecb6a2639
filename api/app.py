"""The application: routers by feature, and what lies around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import case_keeper, faults
from api.access import Access
from api.arriving import Arrivals
from api.capturing import Capturing
from api.described import PROBLEM_SCHEMA, restored
from api.epcis.jobs import CaptureJobs
from api.epcis.stored_queries import query_named
from api.epcis.subscriptions.notifier import Notifier
from api.example_scopes import SEED_SCHEMA
from api.key_ring import KeyRing
from api.metrics import Metrics
from api.raw_path import RawPath
from api.request_id import RequestId
from api.routes import operation_id, pages, routes
from api.security_headers import SecurityHeaders
from api.service import Service
from tracegraph import __version__
from tracegraph.formats.epcis import own_parties
from tracegraph.library import Tracegraph, connect
from tracegraph.settings import Settings

MEMORY = ":memory:"

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

DESCRIPTION = """Where did this come from, where did it go, and how do you know?

Events are sent to `/v1/events`; items, their histories and their genealogies are read from
`/v1/items`. Every error is a problem (RFC 9457) that says what would be accepted. Answers to GET
carry an `ETag`; lists carry `next` and a `Link` to the following page."""

TAGS = [
    {"name": "events", "description": "Facts: sent once, kept as they were sent."},
    {"name": "items", "description": "Lots, serials and containers."},
    {"name": "genealogy", "description": "What items are made of, and what they went into."},
    {"name": "orders", "description": "Their states, the items bound to them, and commands."},
    {"name": "recall", "description": "What is affected, who has it, and what may go."},
    {"name": "operation", "description": "For those who keep the service running."},
]


def create_app(settings: Settings | None = None, graph: Tracegraph | None = None) -> FastAPI:
    """The service over a graph; without one it opens, and at the end closes, that of the settings.

    Raises StoreUnavailable and StoreOutdated when there is no such graph to be had.
    """
    settings = settings or Settings()
    opened = None
    if graph is None:
        graph = opened = connect(
            settings.store,
            identifiers=settings.identifiers,
            adjacency_mebibytes=settings.adjacency_mebibytes,
        )
    # By what name another process can open the store: by none, where it is in memory or lent.
    shared = settings.store if opened is not None and MEMORY not in settings.store else None
    keys = KeyRing(graph.store, seconds=settings.key_cache_seconds)
    capturing = Capturing(graph, settings, shared)
    own = own_parties(settings.own_parties)
    metrics = Metrics()
    arrivals = Arrivals(metrics)
    jobs = CaptureJobs(graph.store, capturing, arrivals, own)
    notifier = Notifier(graph.store, partial(query_named, graph.store))
    service = Service(graph, capturing, jobs, settings, keys, metrics, arrivals, own)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not await run_in_threadpool(keys.locked):
            log.warning("service.open", said="no key was ever made: only this machine may ask")
        log.info("service.started", engine=service.graph.store.engine, version=__version__)
        await run_in_threadpool(capturing.start)
        await run_in_threadpool(jobs.start)
        await run_in_threadpool(notifier.start)
        keeper = case_keeper.start(service, shared)
        yield
        service.stopping.set()
        await run_in_threadpool(notifier.stop)
        await run_in_threadpool(jobs.stop)
        await run_in_threadpool(capturing.stop)
        await run_in_threadpool(keeper.join, case_keeper.GRACE_SECONDS)
        if opened is not None:
            await run_in_threadpool(opened.close)
        log.info("service.stopped")

    app = FastAPI(
        title="tracegraph",
        summary="Traceability of lots and serials as a graph.",
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=TAGS,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
    )
    app.state.service = service
    app.router.routes.extend(routes())
    if pages() is not None:
        pages().install(app)
    _describe_problems(app)
    faults.install(app)
    # The last that is added is the first that sees a request.
    app.add_middleware(Access, metrics=service.metrics)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestId)
    app.add_middleware(RawPath)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of problems, which operations refer to, into the description."""
    described = app.openapi
    finished: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if finished:
            return finished[0]
        document: dict[str, Any] = restored(described())
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", PROBLEM_SCHEMA)
        schemas.setdefault("Seed", SEED_SCHEMA)
        for path in document["paths"].values():
            for operation in path.values():
                _without_default_validation(operation)
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        finished.append(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _without_default_validation(operation: dict[str, Any]) -> None:
    """Drop the framework's own description of 422: this service answers problems."""
    found = operation["responses"].get("422", {}).get("content", {})
    if (
        found.get("application/json", {})
        .get("schema", {})
        .get("$ref", "")
        .endswith("ValidationError")
    ):
        found.pop("application/json")
        if not found:
            operation["responses"].pop("422")
