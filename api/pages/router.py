"""The routes of the pages: search, an item, its figure as data, and what browsers load."""

from __future__ import annotations

import gzip
import hashlib
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.pages import item_page, search_page
from api.pages.assets import assets
from api.pages.question import DIRECTIONS, Question
from api.pages.render import Page, respond
from api.pages.words import Words, preferred
from tracegraph.library import Tracegraph
from tracegraph.trace.answer import Direction
from viz.palette import Theme

YEAR = "public, max-age=31536000, immutable"


def build_router(graph: Tracegraph) -> APIRouter:
    """The pages over a graph, to be included at the root of the application."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def search(request: Request, q: str = "", lang: str = "") -> Response:
        words = _words(request, lang)
        found = search_page.page(graph, q.strip(), _spoken(lang), words)
        return found if isinstance(found, RedirectResponse) else _answer(request, found)

    @router.get("/items/{key:path}")
    def item(request: Request, key: str) -> Response:
        question = _question(request)
        words = _words(request, question.lang)
        return _answer(request, item_page.page(graph, _as_sent(request, key), question, words))

    @router.get("/figures/genealogy.json")
    def figure(request: Request, key: str, theme: Annotated[Theme, Query()] = "light") -> Response:
        question = _question(request)
        words = _words(request, question.lang)
        try:
            body = item_page.figure_json(graph, key, question, words, theme)
        except LookupError:  # unknown or ambiguous
            return Response(status_code=404)
        except ValueError:  # refused
            return Response(status_code=422)
        return _compressed(request, body, "application/json", "private, no-cache")

    @router.get("/static/{digest}/{name}")
    def static(request: Request, digest: str, name: str) -> Response:
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

    return router


def _answer(request: Request, page: Page) -> Response:
    return respond(
        page, path=_path_as_sent(request), query=list(request.query_params.multi_items())
    )


def _as_sent(request: Request, key: str) -> str:
    """The key in the address of an item's page as it was sent: what is encoded in it stays so."""
    return _path_as_sent(request).partition("/items/")[2] or key


def _path_as_sent(request: Request) -> str:
    sent: bytes | None = request.scope.get("raw_path")
    return quote(request.scope["path"]) if sent is None else sent.decode("ascii", "replace")


def _words(request: Request, lang: str) -> Words:
    return Words(preferred(lang, request.headers.get("accept-language", "")))


def _spoken(lang: str) -> str:
    return lang if lang in {"en", "zh"} else ""


def _question(request: Request) -> Question:
    """The question in an address; what it cannot mean is as if it were not there."""
    said = request.query_params
    page = said.get("page", "")
    return Question(
        direction=_direction(said.get("direction", "")),
        as_of=said.get("as_of", "").strip(),
        known_at=said.get("known_at", "").strip(),
        max_depth=said.get("max_depth", "").strip(),
        opened=frozenset(said.getlist("open")[:64]),
        page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        after=said.get("after", ""),
        lang=_spoken(said.get("lang", "")),
    )


def _direction(text: str) -> Direction:
    return next((direction for direction in DIRECTIONS if direction == text), "backward")


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
