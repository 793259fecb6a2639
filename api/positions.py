"""/v1/positions, and of an item its flow and its origins: where units are, and what they hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import example_scopes
from api.answers import answer
from api.callers import Reader
from api.described import OF_ITEM, answers, problems
from api.item_keys import tried
from api.parameters import ItemKey, Throughput, Upstream, Whereabouts
from api.problems import SCOPE_TOO_LARGE
from api.service import ServiceOf
from tracegraph.recall.answer import Positions
from tracegraph.recall.origins import Origins
from tracegraph.recall.streams import ItemFlow

router = APIRouter(tags=["recall"])


@router.get(
    "/v1/positions",
    response_model=Positions,
    responses={**problems(*OF_ITEM), **answers(example_scopes.POSITIONS)},
    summary="Where units are",
)
def positions(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Whereabouts, Query()]
) -> Response:
    """Where the units of an item, product, place, party or order are, and in what state.

    A place stands for what is inside it, too. `anomalies` are balances below zero and amounts
    that nobody knows.
    """
    return answer(request, service.graph.positions(**query.model_dump()))


@router.get(
    "/v1/items/{key:path}/flow",
    response_model=ItemFlow,
    responses={**problems(*OF_ITEM), **answers(example_scopes.FLOW)},
    summary="Where an item's units came from and went",
)
def flow(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    key: ItemKey,
    query: Annotated[Throughput, Query()],
) -> Response:
    """The two sides of an item's mass balance, told apart, in the item's own unit.

    Sources are by supplier, making and place; ends by holder, state and what was made of it. Both
    come to `total`. Amounts in units that nothing converts are a measure of their own; `unknown`
    are the events with lines whose amount nobody can say.
    """
    asked = query.model_dump()
    return answer(request, tried(key, lambda text: service.graph.flow(text, **asked)))


@router.get(
    "/v1/items/{key:path}/origins",
    response_model=Origins,
    responses={**problems(*OF_ITEM, SCOPE_TOO_LARGE), **answers(example_scopes.ORIGINS)},
    summary="What an item surely holds, and what perhaps",
)
def origins(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    key: ItemKey,
    query: Annotated[Upstream, Query()],
) -> Response:
    """Of everything upstream of an item: how many of its units hold some of it, at least, at most.

    What no reading of the records puts into it is left out.
    """
    asked = query.model_dump()
    return answer(request, tried(key, lambda text: service.graph.origins(text, **asked)))
