"""Bodies of requests, read within bounds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.parsing import JSON, NDJSON
from api.problems import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from api.service import ServiceOf
from tracegraph.model.refusal import Refusal


async def read_body(request: Request, service: ServiceOf) -> bytes:
    """The body of a request. Raises Problem for its type, its coding and its length."""
    content_type(request)
    return await read_any(request, service)


async def read_any(request: Request, service: ServiceOf) -> bytes:
    """The body of a request, of whatever type. Raises Problem for its length.

    Reading stops at the limit, whatever the header says of the length.
    """
    limit = service.settings.max_body_bytes
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said) > limit:
        raise _too_large(limit)
    chunks, length = [], 0
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit:
                raise _too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise Problem(BAD_REQUEST, "The connection ended before the body did.") from error
    return b"".join(chunks)


Body = Annotated[bytes, Depends(read_body)]
AnyBody = Annotated[bytes, Depends(read_any)]


def content_type(request: Request) -> str:
    """JSON or NDJSON, as the header says. Raises Problem for anything else."""
    sent, _, rest = request.headers.get("content-type", "").partition(";")
    name, _, value = rest.strip().partition("=")
    charset = value.strip('"').lower() if name.strip().lower() == "charset" else "utf-8"
    coding = request.headers.get("content-encoding", "identity").lower()
    if sent.strip().lower() not in {JSON, NDJSON} or charset not in {"utf-8", "utf8"}:
        detail = (
            f"Send {JSON} (an event, or an array of them) or {NDJSON} (an event a line), in UTF-8."
        )
        raise Problem(UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-post": f"{JSON}, {NDJSON}"})
    if coding != "identity":
        detail = f"The content coding {coding[:40]!r} is not understood; send the body as it is."
        raise Problem(UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-encoding": "identity"})
    return sent.strip().lower()


def _too_large(limit: int) -> Problem:
    refusal = Refusal("", "body_length", "The body is too long.", f"at most {limit} bytes")
    detail = f"A body may have {limit} bytes; send the events in several requests."
    return Problem(BODY_TOO_LARGE, detail, (refusal,), {"connection": "close"})
