"""GET /v1/schema: what an event is."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.answers import answer
from api.callers import Reader
from api.described import ASKED, answers, problems
from api.parameters import SchemaVersion
from tracegraph.model.event import event_schema

router = APIRouter(tags=["events"])

SCHEMA_JSON = "application/schema+json"
_EXAMPLE = {"$schema": "https://json-schema.org/draft/2020-12/schema", "oneOf": [], "$defs": {}}


@router.get(
    "/v1/schema",
    responses={
        **problems(*ASKED),
        **answers(_EXAMPLE, media_type=SCHEMA_JSON, schema={"type": "object"}),
    },
    response_class=Response,
    summary="The JSON Schema of an event",
)
def schema(request: Request, caller: Reader, query: Annotated[SchemaVersion, Query()]) -> Response:
    """The JSON Schema (2020-12) of an event as it is sent; a version never changes its meaning."""
    return answer(request, _written(query.version), media_type=SCHEMA_JSON)


@cache
def _written(version: str) -> bytes:
    document: dict[str, Any] = {"$id": f"/v1/schema?version={version}", **event_schema()}
    return orjson.dumps(document)
