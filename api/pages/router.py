"""The routes of the pages: finding, an item, its figure as data, and what browsers load."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

import orjson
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.answers import JSON
from api.pages import (
    acting_router,
    event_page,
    item_page,
    items_page,
    orders_page,
    recall_router,
    records_page,
    report_router,
    search_page,
    signin_router,
    suspects_page,
)
from api.pages.assets import assets
from api.pages.item_question import question_in
from api.pages.items_page import ItemsQuestion
from api.pages.orders_page import OrderQuestion
from api.pages.printed import printed, svg_instead
from api.pages.question import Question
from api.pages.render import Page
from api.pages.suspects_page import SuspectsQuestion
from api.pages.visit import after, answer, spoken, svg_file, words_of
from api.pages.visitor import Turned, reading
from api.pages.words import Words
from api.service import Service, ServiceOf
from tracegraph.library import Tracegraph
from viz.palette import Theme

Drawn = TypeVar("Drawn", bytes, str, Page)

YEAR = "public, max-age=31536000, immutable"


router = APIRouter(include_in_schema=False)
to_all = APIRouter(include_in_schema=False)  # what the form to sign in loads holds no records
router.include_router(acting_router.router)
router.include_router(recall_router.router)
router.include_router(report_router.router)


def include(routes: APIRouter) -> None:
    """Add the pages: signing in for everyone, all others for whoever may read."""
    routes.include_router(signin_router.router)
    routes.include_router(to_all)
    routes.include_router(router, dependencies=[Depends(reading)])


def install(app: FastAPI) -> None:
    """Lead whoever has to sign in to where that is done."""
    app.add_exception_handler(Turned, signin_router.turned)


@router.get("/")
def search(request: Request, service: ServiceOf, q: str = "", lang: str = "") -> Response:
    """Find an item."""
    found = search_page.page(service.graph, q.strip(), spoken(lang), words_of(request))
    return found if isinstance(found, RedirectResponse) else answer(request, found)


@router.get("/find.json")
def suggestions(
    request: Request, service: ServiceOf, q: Annotated[str, Query()] = "", lang: str = ""
) -> Response:
    """What a text that is still being typed may come to."""
    found = search_page.suggestions(service.graph, q.strip(), spoken(lang), words_of(request))
    return _compressed(request, orjson.dumps(found), JSON, "private, no-cache")


@router.get("/items")
def items(request: Request, service: ServiceOf) -> Response:
    """Items by what their events name."""
    question = ItemsQuestion.read(request.query_params)
    return answer(request, items_page.page(service.graph, question, words_of(request)))


@router.get("/items/{key:path}")
def item(request: Request, service: ServiceOf, key: str) -> Response:
    """The page of an item."""
    part = after(request, "/items/", key)
    question = question_in(request.query_params)
    return answer(request, item_page.page(service.graph, part, question, words_of(request)))


@router.get("/orders")
def orders(request: Request, service: ServiceOf) -> Response:
    """Orders."""
    question = OrderQuestion.read(request.query_params)
    return answer(request, orders_page.list_page(service.graph, question, words_of(request)))


# Before the orders by number, as in the interface for programs.
@router.get("/orders/figures")
def order_figures(request: Request, service: ServiceOf) -> Response:
    """Key figures of orders."""
    question = OrderQuestion.read(request.query_params)
    return answer(request, orders_page.figures_page(service.graph, question, words_of(request)))


@router.get("/orders/{number:path}")
def order(request: Request, service: ServiceOf, number: str) -> Response:
    """One order."""
    question = OrderQuestion.read(request.query_params)
    return answer(request, orders_page.one_page(service.graph, number, question, words_of(request)))


@router.get("/suspects")
def suspects(request: Request, service: ServiceOf) -> Response:
    """What complaints have in common."""
    question = SuspectsQuestion.read(request.query_params)
    return answer(request, suspects_page.page(service.graph, question, words_of(request)))


@router.get("/suspects.json")
def suspects_json(request: Request, service: ServiceOf) -> Response:
    """The same as data; a page that says so where there is none."""
    question = SuspectsQuestion.read(request.query_params)
    try:
        found = suspects_page.ask(service.graph, question)
    except suspects_page.FAILED as error:
        return answer(request, suspects_page.failed(error, question, words_of(request)))
    return Response(orjson.dumps(found), media_type=JSON)


@router.get("/events/{part:path}")
def event(request: Request, service: ServiceOf, part: str) -> Response:
    """An event."""
    lang = request.query_params.get("lang", "")
    named = after(request, "/events/", part)
    return answer(request, event_page.page(service.graph, named, lang, words_of(request)))


@router.get("/records")
def records(request: Request, service: ServiceOf) -> Response:
    """The state of the records."""
    return answer(request, records_page.page(service, request.query_params, words_of(request)))


@router.get("/figures/genealogy.json")
def figure(
    request: Request, service: ServiceOf, key: str, theme: Annotated[Theme, Query()] = "light"
) -> Response:
    """The figure of a genealogy, as data."""
    body = _figure(partial(item_page.figure_json, theme=theme), request, service, key)
    if isinstance(body, Response):
        return body
    return _compressed(request, body, JSON, "private, no-cache")


@router.get("/figures/card")
def card(request: Request, service: ServiceOf, key: str) -> Response:
    """The records of an item of a figure, to be put beside it."""
    question = question_in(request.query_params)
    return answer(request, item_page.panel_part(service.graph, key, question, words_of(request)))


@router.get("/figures/genealogy.svg")
def figure_file(
    request: Request, service: ServiceOf, key: str, theme: Annotated[Theme, Query()] = "light"
) -> Response:
    """The figure of a genealogy, as a file."""
    svg = _figure(partial(item_page.figure_svg, theme=theme), request, service, key)
    return svg if isinstance(svg, Response) else svg_file(svg, "genealogy.svg")


@router.get("/figures/genealogy.pdf")
def figure_printed(request: Request, service: ServiceOf, key: str) -> Response:
    """The figure of a genealogy, as a PDF; a page that says so where there is none."""
    page = _figure(item_page.figure_sheet, request, service, key)
    if isinstance(page, Response):
        return page
    return printed(request, service, page, kind="figure", instead=svg_instead(request))


def _figure(
    make: Callable[[Tracegraph, str, Question, Words], Drawn],
    request: Request,
    service: Service,
    key: str,
) -> Drawn | Response:
    """A figure as it is made; an empty answer where there is none, or it cannot be asked."""
    question, words = question_in(request.query_params), words_of(request)
    try:
        return make(service.graph, key, question, words)
    except LookupError:  # unknown or ambiguous
        return Response(status_code=404)
    except ValueError:  # refused
        return Response(status_code=422)


@to_all.get("/static/{digest}/{name}")
def static(request: Request, digest: str, name: str) -> Response:
    """What pages load."""
    asset = assets().get(name)
    if asset is None or asset.digest != digest:
        return Response(status_code=404)
    if _takes_gzip(request):
        headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
        body = asset.compressed
    else:
        headers, body = {"vary": "accept-encoding"}, asset.body
    headers |= {"cache-control": YEAR, "x-content-type-options": "nosniff"}
    return Response(body, media_type=asset.media_type, headers=headers)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _compressed(request: Request, body: bytes, media_type: str, caching: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": caching, "vary": "accept-encoding, accept-language"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if _takes_gzip(request):
        headers["content-encoding"] = "gzip"
        body = gzip.compress(body, 5, mtime=0)
    return Response(body, media_type=media_type, headers=headers)
