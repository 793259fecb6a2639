"""GET /v1/journal: a feed for those who follow what is recorded."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import example_answers
from api.answers import answer
from api.callers import Reader
from api.described import ASKED, answers, problems
from api.parameters import Journal
from api.parsing import NDJSON
from api.service import Service, ServiceOf
from tracegraph.trace.answer import EventPage, StoredEvent

router = APIRouter(tags=["events"])

LOOK_SECONDS = 0.2  # how often a waiting reader's journal is looked at


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A stretch of the journal. `next` is what to ask after, also when there is nothing new."""

    events: tuple[StoredEvent, ...]
    published: int
    next: int


def _both_forms() -> dict[int | str, dict[str, object]]:
    said = answers(example_answers.JOURNAL)[200]
    line = orjson.dumps(example_answers.STORED_EVENT).decode()
    said["content"][NDJSON] = {"schema": {"type": "string"}, "example": f"{line}\n"}
    return {**problems(*ASKED), 200: said}


@router.get(
    "/v1/journal",
    response_model=JournalPage,
    responses=_both_forms(),
    summary="Follow the journal",
)
async def follow(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Journal, Query()]
) -> Response:
    """The events recorded after a seq, in its order, without gaps.

    Ask after `next` to go on. With `wait` an answer that would be empty is held back until
    something is recorded or the time is over. With `Accept: application/x-ndjson` an event a line.
    """
    deadline = time.monotonic() + min(query.wait, service.settings.max_wait_seconds)
    while True:
        page = await run_in_threadpool(service.graph.events, after=query.after, limit=query.limit)
        left = deadline - time.monotonic()
        if page.events or left <= 0 or await _pointless(request, service):
            return await run_in_threadpool(_answer, request, page, query)
        await asyncio.sleep(min(LOOK_SECONDS, left))


async def _pointless(request: Request, service: Service) -> bool:
    return service.stopping.is_set() or await request.is_disconnected()


def _answer(request: Request, page: EventPage, query: Journal) -> Response:
    following = page.events[-1].seq if page.events else query.after
    more = {"after": following}
    if NDJSON in request.headers.get("accept", ""):
        lines = b"".join(orjson.dumps(event) + b"\n" for event in page.events)
        response = answer(request, lines, media_type=NDJSON, next_page=more)
    else:
        whole = JournalPage(page.events, page.published, following)
        response = answer(request, whole, next_page=more)
    response.headers["vary"] = "accept"
    return response
