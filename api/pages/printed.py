"""A page as a PDF to keep, or the page that says why there is none."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from api.pages.question import with_query
from api.pages.render import Page, html_of
from api.pages.visit import answer, path_as_sent
from api.printer import RETRY_SECONDS, NotPrinted
from api.service import Service


def printed(request: Request, service: Service, page: Page, *, kind: str, instead: str) -> Response:
    """The PDF of a page that is called by its `name`, a file of a `kind`.

    Where it cannot be set, a page says why, and leads to what there is `instead`.
    """
    query = list(request.query_params.multi_items())
    html = html_of(page, path=path_as_sent(request), query=query, visitor=None)
    try:
        body = service.printer.pdf(html, service.stopping)
    except NotPrinted as error:
        return _not_printed(request, page, error, kind, instead)
    return Response(
        body,
        media_type="application/pdf",
        headers={
            "content-disposition": _attached(kind, page.said["name"]),
            "content-language": page.words.tag,
            "cache-control": "private, no-cache",
        },
    )


def svg_instead(request: Request) -> str:
    """The address of a figure as SVG, by that of its PDF."""
    query = list(request.query_params.multi_items())
    return with_query(path_as_sent(request).removesuffix(".pdf") + ".svg", query)


def _not_printed(
    request: Request, page: Page, error: NotPrinted, kind: str, instead: str
) -> Response:
    said = {"kind": kind, "reason": error.reason, "title": page.said["name"], "instead": instead}
    response = answer(request, Page("no_pdf.html", page.words, said, error.status))
    if error.status == 503:
        response.headers["retry-after"] = str(RETRY_SECONDS)
    return response


def _attached(kind: str, name: str) -> str:
    """The `Content-Disposition` of a file, by what it is of (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "item"
    whole = quote(f"{kind}-{name[:80]}.pdf", safe="")
    return f"attachment; filename=\"{kind}-{plain}.pdf\"; filename*=UTF-8''{whole}"
