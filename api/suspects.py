"""POST /v1/suspects: what upstream of complaints explains them best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.answers import JSON
from api.asked import in_body, malformed
from api.body import Body, content_type
from api.callers import Reader
from api.described import OF_ITEM, answers, problems
from api.example_answers import C1, PRODUCTION_KEY
from api.parsing import read_object
from api.problems import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    MALFORMED_JSON,
    REFUSED_BODY,
    SCOPE_TOO_LARGE,
    UNKNOWN_EVENT,
    UNSUPPORTED_MEDIA_TYPE,
)
from api.service import ServiceOf
from tracegraph.model.refusal import Refusal, json_type
from tracegraph.recall.answer import Suspects

router = APIRouter(tags=["recall"])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

_MAY_FAIL: tuple[Any, ...] = (
    *OF_ITEM,
    UNKNOWN_EVENT,
    MALFORMED_JSON,
    BAD_REQUEST,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    REFUSED_BODY,
    SCOPE_TOO_LARGE,
)
_NAMES = {"type": "array", "items": {"type": "string"}}
_FORMS: dict[str, tuple[tuple[type, ...], str]] = {
    "complaints": ((list,), "a list of texts that name items or events"),
    "controls": ((list,), "a list of texts that name items or events"),
    "as_of": ((str,), "a text"),
    "known_at": ((str, int), "a text or a whole number"),
    "clock_tolerance": ((str,), "a text"),
    "limit": ((int,), "a whole number"),
    "budget": ((int,), "a whole number"),
}
_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "description": "Complaints, and where they are known items free of complaint; each "
                "is an item by any name, an event, or the number of a complaint.",
                "required": ["complaints"],
                "properties": {
                    "complaints": {**_NAMES, "minItems": 1},
                    "controls": {**_NAMES, "default": []},
                    "as_of": {"type": "string", "description": "count what occurred by then"},
                    "known_at": {
                        "type": ["string", "integer"],
                        "description": "answer from what was recorded by then: a seq or a time",
                    },
                    "clock_tolerance": {
                        "type": "string",
                        "default": "0",
                        "description": "times so many seconds apart count as the same",
                    },
                    "limit": {"type": "integer", "default": 50},
                    "budget": {"type": "integer", "default": 1_000_000},
                },
                "additionalProperties": False,
            },
            "examples": {
                "complaints": {
                    "summary": "One lot, against all others of its product",
                    "value": {"complaints": ["C1"], "limit": 1},
                },
                "controls": {
                    "summary": "One lot, against another",
                    "value": {"complaints": [C1], "controls": ["C2"], "known_at": 4},
                },
            },
        }
    },
}
_EXAMPLE = {
    "complaints": [C1],
    "controls": [],
    "as_of": None,
    "known_at": 4,
    "clock_tolerance": "0",
    "population": 24,
    "suspects": [
        {
            "kind": "event",
            "key": PRODUCTION_KEY,
            "name": "production",
            "complaints": 1,
            "complaints_total": 1,
            "descendants": 2,
            "descendants_complained": 1,
            "odds_ratio": "inf",
            "p": "0.0833333",
            "since": "2026-03-01T22:00:00Z",
            "until": "2026-03-02T01:14:00Z",
            "unexplained": [],
        }
    ],
    "cover": [],
    "uncovered": [],
    "note": "Nothing stands out: chance alone does as well with p = 0.0833333.",
}


@router.post(
    "/v1/suspects",
    response_model=Suspects,
    responses={**problems(*_MAY_FAIL), **answers(_EXAMPLE)},
    summary="What do complaints have in common?",
    openapi_extra={"requestBody": _REQUEST_BODY},
)
def suspects(request: Request, service: ServiceOf, caller: Reader, body: Body) -> Response:
    """What upstream of complaints explains them, the most telling first; nothing is stored.

    Items, suppliers, equipment, places, operators, process events and certificates, each with how
    many comparable items descend from it and how many of those complained, and the fewest of them
    that explain all. A suspect with `since` and `until` is one only within that window.
    """
    question = _asked(read_object(body, content_type(request)))
    with in_body():
        found = service.graph.suspects(question.pop("complaints"), **question)
    log.info("suspects.asked", complaints=len(found.complaints), suspects=len(found.suspects))
    return Response(orjson.dumps(found), media_type=JSON)


def _asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The question in a body; null is as if left out. Raises Problem with all that is wrong."""
    wrong = [
        Refusal(
            f"/{name.replace('~', '~0').replace('/', '~1')}",
            "unknown_field", "is no field.", ", ".join(_FORMS),
        )
        for name in body.keys() - _FORMS.keys()
    ]  # fmt: skip
    if body.get("complaints") is None:
        refusal = Refusal("/complaints", "missing", "is missing.", "complaints; it is required")
        wrong.append(refusal)
    for name, (types, accepted) in _FORMS.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, types) or isinstance(value, bool):
            wrong.append(Refusal(f"/{name}", "type", f"is {json_type(value)}.", accepted))
        elif isinstance(value, list):
            wrong += [
                Refusal(f"/{name}/{place}", "type", f"is {json_type(each)}.", "a text")
                for place, each in enumerate(value)
                if not isinstance(each, str)
            ]
    if wrong:
        raise malformed(*sorted(wrong, key=lambda refusal: refusal.pointer))
    return {name: body[name] for name in _FORMS if body.get(name) is not None}
