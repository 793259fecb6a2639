"""From errors raised anywhere to problems answered."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.answers import problem_answer
from api.problems import (
    BAD_REQUEST,
    INVALID_PARAMETER,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    Problem,
    problem_of,
)
from tracegraph.model.refusal import Refusal, TracegraphError, pointer
from tracegraph.store.port import StoreError

_ACCEPTED = {
    "missing": "this parameter; it is required",
    "extra_forbidden": "only the parameters that are documented",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "string_pattern_mismatch": "a text of the documented form",
    "too_long": "fewer of them",
}
_BOUNDS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
}

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(TracegraphError, _library_error)
    app.add_exception_handler(RequestValidationError, _parameter_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _problem(request: Request, error: Any) -> Response:
    return problem_answer(request, error)


async def _library_error(request: Request, error: Any) -> Response:
    if isinstance(error, StoreError):
        log.error("store.failed", error=type(error).__name__, said=str(error))
    return problem_answer(request, problem_of(error))


async def _parameter_error(request: Request, error: Any) -> Response:
    refusals = tuple(_refusal(fault) for fault in error.errors())
    names = ", ".join(dict.fromkeys(refusal.pointer for refusal in refusals))
    detail = f"See errors for {names}: each says what would be accepted."
    return problem_answer(request, Problem(INVALID_PARAMETER, detail, refusals))


async def _http_error(request: Request, error: Any) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == NOT_FOUND.status:
        problem = Problem(NOT_FOUND, "See /openapi.json for what there is.")
    elif error.status_code == METHOD_NOT_ALLOWED.status:
        allowed = headers.get("Allow", headers.get("allow", ""))
        problem = Problem(METHOD_NOT_ALLOWED, f"It takes {allowed}.", headers=headers)
    else:
        problem = Problem(BAD_REQUEST, str(error.detail), headers=headers)
    return problem_answer(request, problem)


def _refusal(fault: Any) -> Refusal:
    rule, context = fault["type"], fault.get("ctx", {})
    accepted = context.get("accepted") or _ACCEPTED.get(rule)
    if accepted is None and rule in _BOUNDS:
        accepted = _BOUNDS[rule].format(**context)
    if accepted is None:
        accepted = str(context.get("expected") or fault["msg"])
    detail = fault["msg"]
    return Refusal(
        pointer(tuple(fault["loc"])),
        rule,
        detail if detail.endswith(".") else f"{detail}.",
        accepted,
    )
