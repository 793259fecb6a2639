"""GET /v1/genealogy, and that of an item: where it came from, where it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import answer
from api.callers import Reader
from api.described import OF_ITEM, Responses, answers, problems
from api.genealogy_views import GenealogyAnswer, seen_as
from api.item_keys import tried
from api.parameters import ItemKey, Seeds, Trace
from api.problems import INVALID_PARAMETER, UNKNOWN_EVENT, Problem
from api.service import Service, ServiceOf
from tracegraph.model.refusal import Refusal
from tracegraph.trace.answer import Genealogy, Seed

router = APIRouter(tags=["genealogy"])

WINDOWED = ("supplier", "equipment", "place", "order")

_RESPONSES: Responses = {
    **problems(*OF_ITEM, UNKNOWN_EVENT),
    **answers(example_answers.GENEALOGY),
}


@router.get(
    "/v1/items/{key:path}/genealogy",
    response_model=GenealogyAnswer,
    responses=_RESPONSES,
    summary="The genealogy of an item",
)
def of_item(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    key: ItemKey,
    query: Annotated[Trace, Query()],
) -> Response:
    """What an item is made of (backward), what it went into (forward), or both.

    The answer names the `known_at` it was given at; asked with that, it is the same for ever.
    """
    found = tried(key, lambda text: _traced(service, [Seed("item", text)], query))
    return answer(request, seen_as(found, query.view))


@router.get(
    "/v1/genealogy",
    response_model=GenealogyAnswer,
    responses=_RESPONSES,
    summary="The genealogy of many seeds",
)
def of_seeds(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Seeds, Query()]
) -> Response:
    """One genealogy from any number of items, events, suppliers, equipment, places and orders."""
    return answer(request, seen_as(_traced(service, _seeds(query), query), query.view))


def _seeds(query: Seeds) -> list[Seed]:
    """The seeds asked for. Raises Problem for none, and for a window that bounds nothing."""
    seeds = [
        *(Seed("item", key) for key in query.item),
        *(Seed("event", key) for key in query.event),
    ]
    window = {"since": query.since, "until": query.until}
    windowed = [
        *(Seed("supplier", key, **window) for key in query.supplier),
        *(Seed("equipment", key, **window) for key in query.equipment),
        *(Seed("place", key, **window) for key in query.place),
        *(Seed("order", key, **window) for key in query.order),
    ]
    if not seeds and not windowed:
        refusal = Refusal("/query", "missing", "There is no seed.", "one of item, event, " + _WORDS)
        raise Problem(INVALID_PARAMETER, "It takes a seed to start from.", (refusal,))
    if not windowed and (query.since or query.until):
        name = "since" if query.since else "until"
        refusal = Refusal(
            f"/query/{name}", "window", "It bounds no seed.", f"beside one of {_WORDS}"
        )
        raise Problem(INVALID_PARAMETER, "Items and events have no window; as_of cuts.", (refusal,))
    return [*seeds, *windowed]


_WORDS = ", ".join(WINDOWED)


def _traced(service: Service, seeds: Sequence[Seed], query: Trace) -> Genealogy:
    most = service.settings.max_trace_items
    if query.budget is not None and query.budget > most:
        refusal = Refusal("/query/budget", "less_than_equal", "It is too large.", f"{most} or less")
        raise Problem(INVALID_PARAMETER, "The settings bound the budget.", (refusal,))
    return service.graph.trace(
        seeds,
        direction=query.direction,
        as_of=query.as_of,
        known_at=query.known_at,
        max_depth=query.max_depth,
        budget=query.budget or most,
        clock_tolerance=query.clock_tolerance,
    )
