"""GET /v1/arrivals: what became of the events that were sent to this service."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import answer
from api.arriving import Arrived
from api.callers import Reader
from api.described import COMMON, answers, problems
from api.service import ServiceOf

router = APIRouter(tags=["operation"])


@router.get(
    "/v1/arrivals",
    response_model=Arrived,
    responses={**problems(*COMMON), **answers(example_answers.ARRIVALS)},
    summary="What became of what was sent",
)
def arrivals(request: Request, service: ServiceOf, caller: Reader) -> Response:
    """Events by their outcome since the service was started, and the latest not stored."""
    return answer(request, service.arrivals.told())
