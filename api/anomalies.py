"""GET /v1/anomalies: what contradicts the records."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import answer
from api.callers import Reader
from api.described import ASKED, answers, problems
from api.parameters import AnomalyList
from api.service import ServiceOf
from tracegraph.trace.answer import AnomalyPage

router = APIRouter(tags=["items"])


@router.get(
    "/v1/anomalies",
    response_model=AnomalyPage,
    responses={**problems(*ASKED), **answers(example_answers.ANOMALIES)},
    summary="List anomalies",
)
def list_anomalies(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[AnomalyList, Query()]
) -> Response:
    """What contradicts the records, or refers to what has not arrived, as it stands."""
    page = service.graph.anomalies(**query.model_dump())
    more = None if page.next is None else {"cursor": page.next, "known_at": page.known_at}
    return answer(request, page, next_page=more)
