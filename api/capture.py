"""POST /v1/events: facts arrive."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import JSON, PROBLEM_JSON, problem_answer
from api.body import Body, content_type
from api.callers import Writer
from api.capture_answer import (
    CREATED,
    OK,
    PARTLY,
    Captured,
    captured,
    location_of,
    problem_in,
    status_of,
)
from api.capturing import Sent
from api.described import ASKED, Responses, answers, problems
from api.examples import BODIES, PRODUCTION, RECEIPT
from api.idempotency import REPLAYED, Kept, Reservation, request_hash
from api.parameters import Capture
from api.parsing import NDJSON
from api.problems import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    CONFLICT,
    KEY_REUSED,
    MALFORMED_JSON,
    REFUSED_EVENTS,
    TOO_MANY_EVENTS,
    UNSUPPORTED_MEDIA_TYPE,
)
from api.service import ServiceOf
from tracegraph.capture.report import CaptureReport

router = APIRouter(tags=["events"])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

_EVENT = {"$ref": "/v1/schema?version=1"}
_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "minItems": 1}]},
            "examples": BODIES,
        },
        NDJSON: {
            "schema": {"type": "string", "description": "one event a line"},
            "examples": {
                "a file of events": {
                    "summary": "One event a line",
                    "value": "\n".join(
                        orjson.dumps(event).decode() for event in (RECEIPT, PRODUCTION)
                    ),
                }
            },
        },
    },
}

_STORED = "Stored; `outcomes` tells each event's seq."
_SAME = "All of it was in the journal already, with the same content (or the run was dry)."
_PARTLY = "With `on_error=store_good`: what could be stored was, and `outcomes` tells the rest."


def _responses() -> Responses:
    found = problems(
        *ASKED,
        MALFORMED_JSON,
        BAD_REQUEST,
        CONFLICT,
        BODY_TOO_LARGE,
        TOO_MANY_EVENTS,
        UNSUPPORTED_MEDIA_TYPE,
        REFUSED_EVENTS,
        KEY_REUSED,
    )
    for status, said in ((CREATED, _STORED), (OK, _SAME), (PARTLY, _PARTLY)):
        good = answers(example_answers.CAPTURED, status=status)[status]
        found[status] = {**good, "model": Captured, "description": said}
    return found


@router.post(
    "/v1/events",
    status_code=CREATED,
    response_model=Captured,
    responses=_responses(),
    summary="Store events",
    openapi_extra={"requestBody": _REQUEST_BODY},
)
def store_events(
    request: Request,
    service: ServiceOf,
    caller: Writer,
    query: Annotated[Capture, Query()],
    body: Body,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Sent again with the same body, the first answer is given again.",
            examples=["5f0c6a52-7d0e-4a53-9a6b-1f1f0c3f7a10"],
        ),
    ] = None,
) -> Response:
    """Append one event, or a batch of them as one step.

    Nothing of a batch is stored when any of it is malformed (422) or contradicts what is stored
    under its id (409), unless `on_error=store_good` asks for what can be stored. An event that is
    there already with the same content is a duplicate, so a batch can be sent again at no risk.
    """
    kind = content_type(request)
    if idempotency_key is None or query.dry_run:  # a dry run leaves nothing, so no key either
        answer = _answer(_capture(service, caller.id, caller.source, query, kind, body), request)
        return _response(answer)
    asked = request_hash("POST /v1/events", query.model_dump_json(), kind, body)
    reservation = Reservation(service.graph.store, caller.id, idempotency_key, asked)
    kept = reservation.kept()
    if kept is not None:
        response = _response(kept)
        response.headers[REPLAYED] = "true"
        return response
    answer = _answer(_capture(service, caller.id, caller.source, query, kind, body), request)
    reservation.keep(answer)
    return _response(answer)


def _capture(
    service: ServiceOf, caller: str, source: str | None, query: Capture, kind: str, body: bytes
) -> tuple[CaptureReport, bool]:
    """Capture what a body holds. Raises Problem for a body that holds no events."""
    atomic = query.on_error == "refuse_all"
    sent = Sent(kind, body, caller, source, atomic, query.dry_run)
    report, single = service.capturing.capture(sent)
    if not query.dry_run:
        service.arrivals.note(report.outcomes, caller)
    log.info(
        "batch.captured",
        events=len(report.outcomes),
        stored=report.count("stored") + report.count("voided"),
        refused=report.count("refused"),
        conflicts=report.count("conflict"),
        dry_run=report.dry_run,
        seq=report.seq,
    )
    return report, single


def _answer(found: tuple[CaptureReport, bool], request: Request) -> Kept:
    report, single = found
    problem = problem_in(report, single=single)
    if problem is not None:
        refusal = problem_answer(request, problem)
        return Kept(
            refusal.status_code, {"content-type": PROBLEM_JSON}, bytes(refusal.body).decode()
        )
    headers = {"content-type": JSON}
    location = location_of(report)
    if location is not None:
        headers["location"] = location
    return Kept(status_of(report), headers, orjson.dumps(captured(report)).decode())


def _response(kept: Kept) -> Response:
    return Response(kept.body, status_code=kept.status, headers=kept.headers)
