"""GET /v1/items, and /v1/resolve: items, by what is known of them or by what was scanned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import example_answers
from api.answers import answer
from api.callers import Reader
from api.described import ASKED, OF_ITEM, answers, problems
from api.item_keys import tried
from api.parameters import HistoryPage, ItemKey, Items, KnownAt, Scan
from api.problems import UNKNOWN_ITEM
from api.service import ServiceOf
from tracegraph.identify.label import Label, read_label
from tracegraph.trace.answer import History, ItemDetail, ItemPage, ItemSummary, UnknownItem

router = APIRouter(tags=["items"])


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a scan could be: `item` where it is one, and all `candidates`.

    `label` is what the scan itself says, where it is a label, a link or a number of an agency.
    """

    item: ItemSummary | None
    candidates: tuple[ItemSummary, ...]
    label: Label | None


@router.get(
    "/v1/items",
    response_model=ItemPage,
    responses={**problems(*ASKED), **answers(example_answers.ITEMS)},
    summary="Search items",
)
def list_items(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Items, Query()]
) -> Response:
    """Items by a fragment of their number or key, and by what their events name."""
    page = service.graph.find(**query.model_dump())
    more = None if page.next is None else {"cursor": page.next, "known_at": page.known_at}
    return answer(request, page, next_page=more)


@router.get(
    "/v1/resolve",
    response_model=Resolved,
    responses={**problems(*ASKED, UNKNOWN_ITEM), **answers(example_answers.RESOLVED)},
    summary="From a scan to an item",
)
def resolve(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[Scan, Query()]
) -> Response:
    """What a scan says of itself, and the item that it, a key or a number names.

    Where it could be several, `item` is null and `candidates` are all of them (50 at most). Of a
    label of what no record names both are empty; any other text that names nothing is 404.
    """
    found = service.graph.resolve(query.scan, known_at=query.known_at)
    label = read_label(query.scan)
    if label is None and not found:
        raise UnknownItem(query.scan)
    return answer(request, Resolved(found[0] if len(found) == 1 else None, found, label))


@router.get(
    "/v1/items/{key:path}/history",
    response_model=History,
    responses={**problems(*OF_ITEM), **answers(example_answers.HISTORY)},
    summary="What happened to an item",
)
def history(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    key: ItemKey,
    query: Annotated[HistoryPage, Query()],
) -> Response:
    """All events that touched an item, by when they occurred; corrections stay visible."""
    asked = query.model_dump()
    page = tried(key, lambda text: service.graph.history(text, **asked))
    more = None if page.next is None else {"cursor": page.next, "known_at": page.known_at}
    return answer(request, page, next_page=more)


def item(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    key: ItemKey,
    query: Annotated[KnownAt, Query()],
) -> Response:
    """An item with every name it goes by, its lots, and how many serials are of it."""
    found = tried(key, lambda text: service.graph.item(text, known_at=query.known_at))
    return answer(request, found)


# Matches every address below /v1/items, so it is added to the application after all others.
last = APIRouter(tags=["items"])
last.get(
    "/v1/items/{key:path}",
    response_model=ItemDetail,
    responses={**problems(*OF_ITEM), **answers(example_answers.DETAIL)},
    summary="One item",
)(item)
