"""A visit: what a request to a page says beside its question: its language and its address."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from api.pages.render import Page, respond
from api.pages.visitor import FORM, Visitor, remember
from api.pages.words import LANGUAGES, Words, preferred


def answer(request: Request, page: Page) -> Response:
    """The HTML of a page as the answer to a request."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    query = list(request.query_params.multi_items())
    response = respond(page, path=path_as_sent(request), query=query, visitor=visitor)
    if page.acts and visitor is not None and visitor.session is None:
        remember(response, request, FORM, visitor.form)
    return response


def svg_file(svg: str, name: str) -> Response:
    """A figure as a file to keep; where a browser shows it all the same, nothing runs in it."""
    return Response(
        svg,
        media_type="image/svg+xml",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-cache",
        },
    )


def after(request: Request, prefix: str, otherwise: str) -> str:
    """What follows `prefix` in the address as it was sent: what is encoded in it stays so."""
    return path_as_sent(request).partition(prefix)[2] or otherwise


def path_as_sent(request: Request) -> str:
    """The path of the address, undecoded."""
    sent: bytes | None = request.scope.get("raw_path")
    return quote(request.scope["path"]) if sent is None else sent.decode("ascii", "replace")


def words_of(request: Request) -> Words:
    """The words of the language that a request asks for, else accepts."""
    asked = request.query_params.get("lang", "")
    return Words(preferred(asked, request.headers.get("accept-language", "")))


def spoken(lang: str) -> str:
    """A language that an address names, as far as it is spoken here."""
    return lang if lang in LANGUAGES else ""


def page_number(text: str) -> int:
    """The number of a page of a list; the first where the text is none."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
