"""/v1/orders: the state of orders, what fulfilled them, their figures, and commands on them."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import JSON, answer
from api.body import Body, content_type
from api.callers import Reader, Writer
from api.capture_answer import (
    CREATED,
    OK,
    Captured,
    captured,
    location_of,
    problem_in,
    status_of,
)
from api.described import ASKED, Responses, answers, problems
from api.examples import ORDER_ACTIONS
from api.parameters import OrderCut, OrderList, OrderWindow
from api.parsing import read_events
from api.problems import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    CONFLICT,
    ILLEGAL_STEP,
    MALFORMED_JSON,
    REFUSED_EVENTS,
    TOO_MANY_EVENTS,
    UNKNOWN_ORDER,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from api.raw_path import decoded
from api.service import ServiceOf
from tracegraph.model.refusal import Refusal, json_type
from tracegraph.orders.answer import OrderFigures, OrderPage, OrderView
from tracegraph.orders.state import ACTIONS

router = APIRouter(tags=["orders"])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

OrderNumber = Annotated[
    str,
    Path(
        description="The order's number, percent-encoded.",
        examples=["SO-771"],
        max_length=1000,
    ),
]

_FIELDS = ("id", "occurred_at", "source", "kind", "party", "lines", "documents", "actor", "notes")
_ACTION: dict[str, Any] = {
    "type": "object",
    "description": "An order event without its type and number; `kind` is needed for `created`.",
    "required": ["action", "id", "occurred_at"],
    "properties": {
        "action": {"type": "string", "enum": list(ACTIONS)},
        **{name: {} for name in _FIELDS},
    },
}
_REQUEST_BODY = {
    "required": True,
    "content": {JSON: {"schema": _ACTION, "examples": ORDER_ACTIONS}},
}


@router.get(
    "/v1/orders",
    response_model=OrderPage,
    responses={**problems(*ASKED), **answers(example_answers.ORDERS)},
    summary="Orders by state, kind and party",
)
def list_orders(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[OrderList, Query()]
) -> Response:
    """Orders that order events tell of, by when they were first recorded.

    A page may be short, or empty, and yet have a `next`: so many orders were looked at.
    """
    page = service.graph.orders(**query.model_dump())
    more = None if page.next is None else {"cursor": page.next, "known_at": page.known_at}
    return answer(request, page, next_page=more)


# Before the orders by number: an order of the number "figures" is had from the list only.
@router.get(
    "/v1/orders/figures",
    response_model=OrderFigures,
    responses={**problems(*ASKED), **answers(example_answers.ORDER_FIGURES)},
    summary="Key figures of orders",
)
def order_figures(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[OrderWindow, Query()]
) -> Response:
    """Time to fulfil, and the rates on time, cancelled and nonconforming, of a window's orders."""
    return answer(request, service.graph.order_figures(**query.model_dump()))


@router.get(
    "/v1/orders/{number}",
    response_model=OrderView,
    responses={**problems(*ASKED, UNKNOWN_ORDER), **answers(example_answers.ORDER)},
    summary="One order",
)
def order(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    number: OrderNumber,
    query: Annotated[OrderCut, Query()],
) -> Response:
    """An order's state, which items fulfilled which line, and what contradicts it.

    `legal` are the actions that its state allows. An order that only other events name is
    `unplaced`.
    """
    return answer(request, service.graph.order(decoded(number), **query.model_dump()))


def _responses() -> Responses:
    found = problems(
        *ASKED,
        MALFORMED_JSON,
        BAD_REQUEST,
        UNKNOWN_ORDER,
        CONFLICT,
        ILLEGAL_STEP,
        BODY_TOO_LARGE,
        TOO_MANY_EVENTS,
        UNSUPPORTED_MEDIA_TYPE,
        REFUSED_EVENTS,
    )
    for status, said in ((CREATED, "Stored."), (OK, "The event was in the journal already.")):
        good = answers(example_answers.CAPTURED, status=status)[status]
        found[status] = {**good, "model": Captured, "description": said}
    return found


@router.post(
    "/v1/orders/{number}/actions",
    status_code=CREATED,
    response_model=Captured,
    responses=_responses(),
    summary="Take a step with an order",
    openapi_extra={"requestBody": _REQUEST_BODY},
)
def act(
    request: Request, service: ServiceOf, caller: Writer, number: OrderNumber, body: Body
) -> Response:
    """Store an order event if the state of its order allows the step.

    Otherwise nothing is stored, and the problem says the state and what would be legal. An event
    that is there already with the same content is a duplicate, so a command can be repeated.
    """
    named = decoded(number)
    document = _document(read_events(body, content_type(request), most=1), named)
    action = document.pop("action")
    report = service.graph.order_command(
        named, action, document, source=caller.source, caller=caller.id
    )
    service.arrivals.note(report.outcomes, caller.id)
    log.info("order.commanded", action=action, stored=report.ok, seq=report.seq)
    problem = problem_in(report, single=True)
    if problem is not None:
        raise problem
    location = location_of(report)
    headers = {} if location is None else {"location": location}
    stored = orjson.dumps(captured(report))
    return Response(stored, status_code=status_of(report), media_type=JSON, headers=headers)


def _document(read: tuple[list[Any], bool], number: str) -> dict[str, Any]:
    """The fields of the event that a body gives. Raises Problem for what is no such body."""
    (document,), single = read
    if not single or not isinstance(document, dict):
        said = "a list" if not single else json_type(document)
        raise _refused("", "object", f"is {said}.", "one JSON object: an action with its event")
    fixed = {"type": "order", "number": number}
    for name, value in fixed.items():
        if document.get(name, value) != value:
            raise _refused(f"/{name}", name, "contradicts the address.", f"{value!r}, or nothing")
    if document.get("action") not in ACTIONS:
        detail = "is missing." if "action" not in document else "is no action."
        raise _refused("/action", "action", detail, "one of " + ", ".join(ACTIONS))
    return {name: value for name, value in document.items() if name not in fixed}


def _refused(at: str, rule: str, detail: str, accepted: str) -> Problem:
    refusal = Refusal(at, rule, detail, accepted)
    return Problem(REFUSED_EVENTS, "The command is malformed; nothing was stored.", (refusal,))
