"""Where pages of EPCIS answers begin, as tokens in an address (EPCIS 2.0, 12.4.2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request

from api.problems import INVALID_PARAMETER, Problem
from tracegraph.formats.epcis.query import Position, in_calendar
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal
from tracegraph.store.projection.rows import STANDS

TOKEN, PER_PAGE = "nextPageToken", "perPage"
DEFAULT, MOST = 30, 1000


def per_page(request: Request) -> int:
    """How many a page may have. Raises Problem."""
    text = request.query_params.get(PER_PAGE)
    if text is None:
        return DEFAULT
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise _refused(PER_PAGE, "count", f"a whole number from 1 to {MOST}")
    return int(text)


def position(request: Request) -> Position | None:
    """Where a page of events begins. Raises Problem for a token that was not given here."""
    read = _token(request)
    if read is None:
        return None
    try:
        known, left, micros, rest, seq = read
        left_over = 1 if left is None else left
        whole = all(isinstance(n, int) for n in (known, micros, seq, left_over))
        if not (whole and isinstance(rest, str) and left_over > 0 and in_calendar(micros)):
            raise ValueError
        if not (0 <= known < STANDS and 0 <= seq < STANDS):
            raise ValueError
    except (TypeError, ValueError):
        raise _wrong_token() from None
    return Position(known, left, Instant(micros, rest), seq)


def last_value(request: Request) -> str:
    """The last value of the page of values before; empty for the first page. Raises Problem."""
    read = _token(request)
    if read is not None and not isinstance(read, str):
        raise _wrong_token()
    return read or ""


def next_link(request: Request, following: Position | str | None) -> dict[str, str]:
    """The header that leads to the following page; none after the last."""
    if following is None:
        return {}
    said: Any = following
    if isinstance(following, Position):
        said = [following.known, following.left, *following.time, following.seq]
    token = base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != TOKEN]
    return {"link": f'<{request.scope["path"]}?{urlencode([*kept, (TOKEN, token)])}>; rel="next"'}


def asked(request: Request) -> Mapping[str, tuple[str, ...]]:
    """The parameters of the query itself, each with its values in their order."""
    names = dict.fromkeys(name for name, _ in request.query_params.multi_items())
    return {
        name: tuple(request.query_params.getlist(name))
        for name in names
        if name not in {TOKEN, PER_PAGE}
    }


def _token(request: Request) -> Any:
    text = request.query_params.get(TOKEN)
    if text is None:
        return None
    try:
        return orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise _wrong_token() from None


def _wrong_token() -> Problem:
    return _refused(TOKEN, "token", "the token of a Link header, as it was given")


def _refused(name: str, rule: str, accepted: str) -> Problem:
    refusal = Refusal(f"/query/{name}", rule, "is not valid.", accepted)
    return Problem(INVALID_PARAMETER, f"{name} is not valid.", (refusal,))
