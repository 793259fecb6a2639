"""The routes of the audit reports: of an item and of a stored scope, as a page and as a PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from api.callers import LOOPBACK
from api.pages import item_page, report_page, scope_report_page
from api.pages.item_question import question_in
from api.pages.printed import printed
from api.pages.question import DIRECTIONS, with_query
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.report_page import Printing
from api.pages.visit import after, answer, path_as_sent, words_of
from api.pages.visitor import Visitor
from api.service import Service, ServiceOf
from tracegraph.model.refusal import Refusal

ASKED = ("direction", "as_of", "known_at", "max_depth", "lang", "format")

router = APIRouter(include_in_schema=False)


@router.get("/reports/items/{key:path}")
def item_report(
    request: Request, service: ServiceOf, key: str, format: Literal["html", "pdf"] = "html"
) -> Response:
    """The report of an item. What the address asks is what the item's page asks."""
    part = after(request, "/reports/items/", key)
    question, words = question_in(request.query_params), words_of(request)
    wrong = _wrong(request.query_params)

    def page(printing: Printing) -> Page:
        if wrong:
            said = item_page.asked(part, question) | {"reasons": wrong}
            return Page("refused.html", words, said, 422)
        return report_page.page(service.graph, part, question, words, printing)

    return _printed(request, service, page) if format == "pdf" else _shown(request, page)


@router.get("/recall/scopes/{id}/report")
def scope_report(request: Request, service: ServiceOf, id: str) -> Response:
    """The report of a stored scope."""
    return _shown(request, _of_scope(request, service, id))


@router.get("/recall/scopes/{id}/report.pdf")
def scope_report_pdf(request: Request, service: ServiceOf, id: str) -> Response:
    """The same as a PDF."""
    return _printed(request, service, _of_scope(request, service, id))


def _wrong(said: QueryParams) -> list[Refusal]:
    """What an address says that a report cannot mean: passed over, it would answer another."""
    known = f"one of {', '.join(ASKED)}"
    found = [
        Refusal(f"/{name}", "unknown", "is no parameter of a report.", known)
        for name in said
        if name not in ASKED
    ]
    direction = said.get("direction")
    if direction is not None and direction not in DIRECTIONS:
        accepted = f"one of {', '.join(DIRECTIONS)}"
        found.append(Refusal("/direction", "enum", "is no direction.", accepted))
    return found


def _of_scope(request: Request, service: Service, id: str) -> Callable[[Printing], Page]:
    view = RecallQuestion.read(request.query_params)
    return lambda printing: scope_report_page.page(service, id, view, words_of(request), printing)


def _shown(request: Request, page: Callable[[Printing], Page]) -> Response:
    return answer(request, page(Printing(by=_name(request))))


def _printed(request: Request, service: Service, page: Callable[[Printing], Page]) -> Response:
    """The PDF of a report; the page that says why there is none."""
    found = page(Printing(by=_name(request), pdf=True))
    if found.status != 200:
        return answer(request, found)
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "format"]
    html_address = with_query(path_as_sent(request).removesuffix(".pdf"), query)
    return printed(request, service, found, kind="report", instead=html_address)


def _name(request: Request) -> str:
    """What the key of who asks is called, and its id; nothing where no key was used."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None or visitor.id == LOOPBACK:
        return ""
    return f"{visitor.name} ({visitor.id})" if visitor.name else visitor.id
