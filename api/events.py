"""GET /v1/events: facts, as they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import answer
from api.callers import Reader
from api.described import ASKED, answers, problems
from api.parameters import Events
from api.problems import INVALID_PARAMETER, UNKNOWN_EVENT, Problem
from api.raw_path import decoded
from api.service import ServiceOf
from tracegraph.model.refusal import Refusal
from tracegraph.trace.answer import StoredEvent
from tracegraph.trace.cursor import read_cursor, write_cursor

router = APIRouter(tags=["events"])


@dataclass(frozen=True, slots=True)
class EventList:
    """A page of events in the order of their seq; `next` is the cursor of the following page."""

    events: tuple[StoredEvent, ...]
    published: int
    next: str | None


@router.get(
    "/v1/events",
    response_model=EventList,
    responses={**problems(*ASKED), **answers(example_answers.EVENTS)},
    summary="List events",
)
def list_events(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Events, Query()]
) -> Response:
    """Every event, in the order in which it was recorded. To follow what comes, see the journal."""
    if query.cursor is not None and query.after is not None:
        refusal = Refusal("/query/after", "either_or", "is there beside cursor.", "one of the two")
        raise Problem(INVALID_PARAMETER, "It takes after or cursor, not both.", (refusal,))
    after: int = read_cursor(query.cursor, [query.after or 0])[0]
    page = service.graph.events(after=after, limit=query.limit)
    following = None if page.next is None else write_cursor([page.next])
    more = None if following is None else {"cursor": following, "limit": query.limit}
    if more is not None and query.after is not None:
        more = {"after": page.next, "limit": query.limit}
    return answer(request, EventList(page.events, page.published, following), next_page=more)


@router.get(
    "/v1/events/{source}/{id:path}",
    response_model=StoredEvent,
    responses={**problems(*ASKED, UNKNOWN_EVENT), **answers(example_answers.STORED_EVENT)},
    summary="One event",
)
def one_event(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    source: Annotated[str, Path(description="Percent-encoded.", examples=["wms-sz"])],
    id: Annotated[str, Path(description="Percent-encoded.", examples=["ship-88"])],
) -> Response:
    """An event as it was sent, with its place in the journal and whether it still stands."""
    return answer(request, service.graph.event(decoded(source), decoded(id)))
