"""The routes of the pages of a recall: a scope, its files, and why something is in it or out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api.answers import JSON
from api.pages import card_panel, letters_page, recall_page, scope_figure, scopes_page
from api.pages.printed import printed, svg_instead
from api.pages.recall_question import RecallQuestion
from api.pages.visit import answer, svg_file, words_of
from api.scope_parts import MEDIA_TYPES, attached
from api.service import Service, ServiceOf
from tracegraph.library import Shape
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import Scope, Snapshot
from tracegraph.recall.snapshot import UnknownSnapshot

router = APIRouter(include_in_schema=False)


@router.get("/recall")
def recall(request: Request, service: ServiceOf) -> Response:
    """The form, and with a question in the address its scope."""
    question = RecallQuestion.read(request.query_params)
    return answer(request, recall_page.page(service, question, words_of(request)))


@router.get("/recall/whole")
def whole(request: Request, service: ServiceOf) -> Response:
    """Work out the scope of a question however large it is, then lead to its page."""

    def give(scope: Scope, question: RecallQuestion) -> Response:
        service.scopes.lineage(service.graph, scope)
        return RedirectResponse(question.at(scope.known_at).address(), status_code=303)

    return _asked(request, service, give)


@router.get("/recall/export")
def export(
    request: Request, service: ServiceOf, form: Annotated[Shape, Query(alias="format")] = "json"
) -> Response:
    """The scope of a question as a file; a page that says so where there is none."""
    return _asked(request, service, lambda scope, _: _file(service, scope, form))


def _asked(
    request: Request, service: Service, give: Callable[[Scope, RecallQuestion], Response]
) -> Response:
    """What `give` makes of the scope of a question; a page that says so where there is none."""
    question = RecallQuestion.read(request.query_params)
    try:
        scope = recall_page.ask(service, question)
    except recall_page.FAILED as error:
        return answer(request, recall_page.failed(error, question, words_of(request)))
    return give(scope, question)


def _stored(
    request: Request, service: Service, id: str, give: Callable[[Snapshot, Scope], Response]
) -> Response:
    """What `give` makes of a stored scope; a page that says so where there is none."""
    try:
        snapshot = service.graph.snapshot(id)
        scope = service.scopes.read(service.graph, snapshot.id)
    except (UnknownSnapshot, Refused) as error:
        return answer(request, scopes_page.failed(error, words_of(request)))
    return give(snapshot, scope)


def _file(service: Service, scope: Scope, form: Shape) -> Response:
    return StreamingResponse(
        service.graph.scope_file(scope, form),
        media_type=MEDIA_TYPES[form][0],
        headers={
            "content-disposition": attached(scope.hash, form),
            "etag": f'"{scope.hash}-{form}"',
        },
    )


@router.get("/recall/figure.svg")
def figure(request: Request, service: ServiceOf) -> Response:
    """How what a question is about spread, as a file; a page that says so where there is none."""
    return _asked(request, service, partial(_drawn, request, service))


@router.get("/recall/figure.pdf")
def figure_printed(request: Request, service: ServiceOf) -> Response:
    """The same as a PDF."""
    return _asked(request, service, partial(_printed, request, service))


def _printed(request: Request, service: Service, scope: Scope, view: RecallQuestion) -> Response:
    lineage = service.scopes.lineage(service.graph, scope)
    name = f"scope {scope.hash[:12]}"
    page = scope_figure.figure_sheet(scope, lineage, view, words_of(request), name)
    return printed(request, service, page, kind="figure", instead=svg_instead(request))


def _drawn(request: Request, service: Service, scope: Scope, view: RecallQuestion) -> Response:
    lineage = service.scopes.lineage(service.graph, scope)
    svg = scope_figure.svg(scope, lineage, view, words_of(request))
    return svg_file(svg, f"scope-{scope.hash[:12]}.svg")


@router.get("/recall/card")
def card(request: Request, service: ServiceOf) -> Response:
    """The records of an item of the figure, to be put beside it."""

    def give(scope: Scope, question: RecallQuestion) -> Response:
        found = recall_page.panel(service, scope, question)
        return answer(request, card_panel.part(found, words_of(request)))

    return _asked(request, service, give)


@router.get("/recall/why")
def why(request: Request, service: ServiceOf, of: str = "") -> Response:
    """Why an item is in the scope of a question, or out of it."""
    question = RecallQuestion.read(request.query_params)
    return answer(request, recall_page.why_page(service, question, of.strip(), words_of(request)))


@router.get("/recall/why.json")
def why_json(request: Request, service: ServiceOf, of: str = "") -> Response:
    """The same as data; a page that says so where there is none."""
    question = RecallQuestion.read(request.query_params)
    try:
        found = recall_page.explain(service, question, of.strip())
    except recall_page.FAILED as error:
        page = recall_page.failed(error, question, words_of(request), of.strip())
        return answer(request, page)
    return Response(orjson.dumps(found), media_type=JSON)


@router.get("/recall/scopes")
def scopes(request: Request, service: ServiceOf, status: str = "") -> Response:
    """Stored scopes."""
    view = RecallQuestion.read(request.query_params)
    return answer(request, scopes_page.list_page(service, status, view, words_of(request)))


@router.get("/recall/scopes/{id}")
def stored(request: Request, service: ServiceOf, id: str) -> Response:
    """One stored scope."""
    view = RecallQuestion.read(request.query_params)
    return answer(request, scopes_page.one_page(service, id, view, words_of(request)))


@router.get("/recall/scopes/{id}/export")
def stored_export(
    request: Request,
    service: ServiceOf,
    id: str,
    form: Annotated[Shape, Query(alias="format")] = "json",
) -> Response:
    """One stored scope as a file; a page that says so where there is none."""
    return _stored(request, service, id, lambda _, scope: _file(service, scope, form))


@router.get("/recall/scopes/{id}/figure.svg")
def stored_figure(request: Request, service: ServiceOf, id: str) -> Response:
    """How a stored scope spread, as a file; a page that says so where there is none."""
    view = RecallQuestion.read(request.query_params)
    return _stored(request, service, id, lambda _, scope: _drawn(request, service, scope, view))


@router.get("/recall/scopes/{id}/figure.pdf")
def stored_figure_printed(request: Request, service: ServiceOf, id: str) -> Response:
    """The same as a PDF."""
    view = RecallQuestion.read(request.query_params)
    return _stored(request, service, id, lambda _, scope: _printed(request, service, scope, view))


@router.get("/recall/scopes/{id}/card")
def stored_card(request: Request, service: ServiceOf, id: str) -> Response:
    """The records of an item of the figure of a stored scope, to be put beside it."""
    view = RecallQuestion.read(request.query_params)

    def give(snapshot: Snapshot, scope: Scope) -> Response:
        found = scopes_page.panel(service, snapshot, scope, view)
        return answer(request, card_panel.part(found, words_of(request)))

    return _stored(request, service, id, give)


@router.get("/recall/scopes/{id}/letters")
def letters(request: Request, service: ServiceOf, id: str) -> Response:
    """The letters to the consignees of a stored scope."""
    return answer(request, letters_page.page(service, id, request.query_params, words_of(request)))


@router.get("/recall/scopes/{id}/why")
def stored_why(request: Request, service: ServiceOf, id: str, of: str = "") -> Response:
    """Why an item is in a stored scope, or out of it."""
    view = RecallQuestion.read(request.query_params)
    page = scopes_page.why_page(service, id, of.strip(), view, words_of(request))
    return answer(request, page)


@router.get("/recall/scopes/{id}/diff")
def diff(request: Request, service: ServiceOf, id: str, against: str = "") -> Response:
    """What changed since a scope was stored."""
    view = RecallQuestion.read(request.query_params)
    page = scopes_page.diff_page(service, id, against.strip(), view, words_of(request))
    return answer(request, page)
