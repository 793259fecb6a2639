"""POST /v1/gate: may these items go?"""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import example_scopes
from api.answers import JSON
from api.asked import gate_asked, in_body
from api.body import Body, content_type
from api.callers import Reader
from api.described import ASKED, answers, problems
from api.parsing import read_object
from api.problems import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    MALFORMED_JSON,
    REFUSED_BODY,
    UNSUPPORTED_MEDIA_TYPE,
)
from api.service import ServiceOf
from tracegraph.recall.answer import GateVerdict

router = APIRouter(tags=["recall"])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

_MAY_FAIL: tuple[Any, ...] = (
    *ASKED,
    MALFORMED_JSON,
    BAD_REQUEST,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    REFUSED_BODY,
)


@router.post(
    "/v1/gate",
    response_model=GateVerdict,
    responses={**problems(*_MAY_FAIL), **answers(example_scopes.VERDICT)},
    summary="May these items be shipped, consumed or used?",
    openapi_extra={"requestBody": example_scopes.GATING},
)
def gate(request: Request, service: ServiceOf, caller: Reader, body: Body) -> Response:
    """Whether items may go, here and in this quantity; every refusal says what would lift it.

    Both verdicts are 200: look at `allowed`. Items that no record names are refused, and so is
    whatever an open case reaches, surely or possibly. `seen` is the last seq that the caller knows
    of; a gate that is behind it refuses. Nothing is stored.
    """
    asked = gate_asked(read_object(body, content_type(request)))
    with in_body():
        verdict = service.graph.gate(
            asked.items,
            purpose=asked.purpose,
            place=asked.place,
            at=asked.at,
            seen=asked.seen,
            strict=asked.strict,
        )
    log.info("gate.asked", items=len(asked.items), allowed=verdict.allowed)
    return Response(orjson.dumps(verdict), media_type=JSON)
