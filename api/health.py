"""/health, /ready and /metrics: for those who keep the service running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api import example_answers
from api.answers import JSON
from api.callers import Reader
from api.described import COMMON, answers, problems
from api.problems import STORE_OUTDATED, STORE_UNAVAILABLE
from api.service import ServiceOf
from tracegraph import __version__

router = APIRouter(tags=["operation"])

PLAIN = "text/plain"


@dataclass(frozen=True, slots=True)
class Live:
    """The process answers."""

    status: Literal["live"]
    version: str


@dataclass(frozen=True, slots=True)
class InMemory:
    """The graph in the memory of this process, `behind` events behind what is published."""

    state: Literal["loading", "ready", "too_large", "failed"]
    seq: int
    behind: int
    edges: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The store answers and has the schema of this program."""

    status: Literal["ready"]
    engine: str
    version: str
    schema: int
    projection: int
    published: int
    adjacency: InMemory | None


@router.get(
    "/health",
    response_model=Live,
    responses=answers(example_answers.LIVE),
    summary="Is the process alive?",
)
async def health() -> Response:
    """Answers as long as the process does; looks at nothing else, and takes no key."""
    return Response(orjson.dumps(Live("live", __version__)), media_type=JSON)


@router.get(
    "/ready",
    response_model=Ready,
    responses={**problems(STORE_UNAVAILABLE, STORE_OUTDATED), **answers(example_answers.READY)},
    summary="Can it work?",
)
def ready(service: ServiceOf) -> Response:
    """Whether the store answers, is migrated and of this projection; takes no key."""
    found = service.graph.store.health()
    walker = service.graph.store.walker
    held = None
    if walker is not None:
        state, seq, edges, bytes_ = walker.standing()
        held = InMemory(state, seq, max(0, found.published - seq), edges, bytes_)
    told = Ready(
        "ready", found.engine, found.version, found.schema, found.projection, found.published, held
    )
    return Response(orjson.dumps(told), media_type=JSON)


@router.get(
    "/metrics",
    responses={
        **problems(*COMMON),
        **answers(example_answers.METRICS, media_type=PLAIN, schema={"type": "string"}),
    },
    response_class=Response,
    summary="Figures for Prometheus",
)
def metrics(service: ServiceOf, caller: Reader) -> Response:
    """Requests by route and status, events by outcome, and the published seq."""
    figures = service.metrics.written(service.graph.store.published().seq)
    return Response(figures, media_type=CONTENT_TYPE_LATEST)
