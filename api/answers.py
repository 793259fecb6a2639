"""Answers: values as JSON, with their hash as ETag, and problems as problem+json."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from api.epcis.exceptions import exception, is_epcis
from api.problems import Problem

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
# May be kept by the client that asked, who asks whether it still holds (RFC 9111, 5.2.2.4).
REVALIDATED = "private, no-cache"
# Never changes at its address (RFC 8246).
IMMUTABLE = "private, max-age=31536000, immutable"


def answer(
    request: Request,
    value: Any,
    *,
    media_type: str = JSON,
    next_page: Mapping[str, Any] | None = None,
    kept: str = REVALIDATED,
) -> Response:
    """A value as the answer to a GET; dataclasses are written field by field.

    `next_page` holds the parameters that differ in the address of the following page; `kept`
    says how long the client may keep the answer.
    """
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    headers = {"cache-control": kept, "etag": etag(body)}
    if next_page is not None:
        headers["link"] = f'<{_address(request, next_page)}>; rel="next"'
    if _held(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def streamed(
    request: Request,
    chunks: Callable[[], Iterable[bytes]],
    *,
    tag: str,
    media_type: str = JSON,
    kept: str = REVALIDATED,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A long answer to a GET, in pieces; none are made for a client that holds it already.

    `tag` names these very bytes.
    """
    said = {"cache-control": kept, "etag": f'"{tag}"'}
    if _held(request, said["etag"]):
        return Response(status_code=304, headers=said)
    return StreamingResponse(chunks(), media_type=media_type, headers={**said, **(headers or {})})


def etag(body: bytes) -> str:
    """The strong entity tag of an answer: equal bytes, equal tag (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def problem_answer(request: Request, problem: Problem) -> Response:
    """A problem as its answer; the request's id is in it."""
    request_id = request.scope.get("state", {}).get("request_id", "unknown")
    document = problem.document(request_id)
    if is_epcis(request.scope["path"]):
        document = exception(document)
    return Response(
        orjson.dumps(document),
        status_code=document["status"],
        media_type=PROBLEM_JSON,
        headers=dict(problem.headers),
    )


def _held(request: Request, tag: str) -> bool:
    """Whether the client holds this answer already (RFC 9110, 13.1.2: weak comparison)."""
    given = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return tag in tags or "*" in tags


def _address(request: Request, changed: Mapping[str, Any]) -> str:
    """The address asked for, with some of its parameters changed."""
    kept = [
        (name, text) for name, text in request.query_params.multi_items() if name not in changed
    ]
    return f"{request.scope['path']}?{urlencode([*kept, *changed.items()])}"
