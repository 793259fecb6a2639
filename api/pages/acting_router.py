"""The routes of the pages that change something: each shows first what it will do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.pages import case_page, complaint_page, hold_page, release_page, store_page
from api.pages.correction_page import Correcting, Way
from api.pages.item_page import not_one
from api.pages.question import Question, given, with_query
from api.pages.recall_question import RecallQuestion
from api.pages.release_page import Releasing
from api.pages.render import Page
from api.pages.scopes_page import failed
from api.pages.visit import after, answer, spoken, words_of
from api.pages.visitor import Acting, Reading
from api.service import Service, ServiceOf
from tracegraph.model.refusal import TracegraphError
from tracegraph.trace.answer import AmbiguousItem, UnknownItem

router = APIRouter(include_in_schema=False)


@router.get("/recall/store")
def store_form(request: Request, service: ServiceOf) -> Response:
    """What will be stored."""
    question = RecallQuestion.read(request.query_params)
    return answer(request, store_page.page(service, question, words_of(request)))


@router.post("/recall/store")
async def store(request: Request, service: ServiceOf, fields: Acting) -> Response:
    """Store a scope."""
    question = RecallQuestion.read(request.query_params)
    done = await run_in_threadpool(
        store_page.store, service, question, dict(fields), words_of(request)
    )
    return _after(request, done)


@router.get("/recall/scopes/{id}/change")
def change_form(request: Request, service: ServiceOf, id: str, to: str = "") -> Response:
    """What a step will do to a case."""
    lang = spoken(request.query_params.get("lang", ""))
    return answer(request, case_page.page(service, id, to, lang, words_of(request)))


@router.post("/recall/scopes/{id}/change")
async def change(
    request: Request, service: ServiceOf, fields: Acting, id: str, to: str = ""
) -> Response:
    """Open, close or review a case."""
    lang = spoken(request.query_params.get("lang", ""))
    done = await run_in_threadpool(case_page.change, service, id, to, lang, words_of(request))
    return _after(request, done)


@router.get("/recall/scopes/{id}/hold")
def hold_form(request: Request, service: ServiceOf, visitor: Reading, id: str) -> Response:
    """What will be held of a stored scope."""
    lang = spoken(request.query_params.get("lang", ""))
    page = hold_page.page(service, id, lang, words_of(request), caller=visitor.id)
    return answer(request, page)


@router.post("/recall/scopes/{id}/hold")
async def hold(
    request: Request, service: ServiceOf, fields: Acting, visitor: Reading, id: str
) -> Response:
    """Hold what is on hand of a stored scope."""
    lang = spoken(request.query_params.get("lang", ""))
    words, reason = words_of(request), fields.get("reason", "").strip()
    work = partial(hold_page.hold, service, id, reason, lang, words, caller=visitor.id)
    return _after(request, await run_in_threadpool(work))


@router.get("/release")
def release_form(request: Request, service: ServiceOf, item: str = "") -> Response:
    """What releasing an item will do."""
    return _release_form(request, partial(release_page.of_item, service, item))


@router.post("/release")
async def release(
    request: Request, service: ServiceOf, fields: Acting, visitor: Reading, item: str = ""
) -> Response:
    """Release an item from its hold."""
    of = partial(release_page.of_item, service, item)
    return await run_in_threadpool(_release, request, service, of, fields, visitor.id)


@router.get("/recall/scopes/{id}/release")
def scope_release_form(request: Request, service: ServiceOf, id: str) -> Response:
    """What will be released of what a stored scope has held."""
    return _release_form(request, partial(release_page.of_scope, service, id))


@router.post("/recall/scopes/{id}/release")
async def scope_release(
    request: Request, service: ServiceOf, fields: Acting, visitor: Reading, id: str
) -> Response:
    """Release what a stored scope has held."""
    of = partial(release_page.of_scope, service, id)
    return await run_in_threadpool(_release, request, service, of, fields, visitor.id)


def _release_form(request: Request, of: Callable[[str], Releasing]) -> Response:
    lang, words = spoken(request.query_params.get("lang", "")), words_of(request)
    try:
        return answer(request, release_page.page(of(lang), lang, words))
    except release_page.NOT_THERE as error:
        return _not_there(request, error)


def _release(
    request: Request,
    service: Service,
    of: Callable[[str], Releasing],
    fields: Mapping[str, str],
    caller: str,
) -> Response:
    lang, words = spoken(request.query_params.get("lang", "")), words_of(request)
    reason = fields.get("reason", "").strip()
    try:
        done = release_page.release(service, of(lang), reason, lang, words, caller=caller)
    except release_page.NOT_THERE as error:
        return _not_there(request, error)
    return _after(request, done)


@router.get("/complaint")
def complaint_form(request: Request, service: ServiceOf, item: str = "") -> Response:
    """The form that registers a complaint about an item."""
    lang, words = spoken(request.query_params.get("lang", "")), words_of(request)
    try:
        return answer(request, complaint_page.page(service, item, lang, words))
    except complaint_page.NOT_THERE as error:
        return _not_there(request, error)


@router.post("/complaint")
async def complain(
    request: Request, service: ServiceOf, fields: Acting, visitor: Reading, item: str = ""
) -> Response:
    """Register a complaint."""
    lang, words = spoken(request.query_params.get("lang", "")), words_of(request)
    work = partial(complaint_page.send, service, item, fields, lang, words, caller=visitor.id)
    try:
        return _after(request, await run_in_threadpool(work))
    except complaint_page.NOT_THERE as error:
        return _not_there(request, error)


@router.get("/void/{part:path}")
@router.get("/replace/{part:path}")
def correction_form(request: Request, service: ServiceOf, visitor: Reading, part: str) -> Response:
    """What correcting an event will do."""
    return answer(request, _correcting(request, service, visitor.id, part).page())


@router.post("/void/{part:path}")
@router.post("/replace/{part:path}")
async def correct(
    request: Request, service: ServiceOf, fields: Acting, visitor: Reading, part: str
) -> Response:
    """Make an event void, or tell it anew."""
    correcting = _correcting(request, service, visitor.id, part)
    return _after(request, await run_in_threadpool(correcting.send, fields))


def _correcting(request: Request, service: Service, caller: str, part: str) -> Correcting:
    way: Way = "void" if request.url.path.startswith("/void/") else "replace"
    named = after(request, f"/{way}/", part)
    lang = spoken(request.query_params.get("lang", ""))
    return Correcting(service, named, way, lang, words_of(request), caller)


def _not_there(request: Request, error: TracegraphError) -> Response:
    """The page for what is none: an item that no record names, or several, or a scope."""
    words = words_of(request)
    if isinstance(error, UnknownItem | AmbiguousItem):
        question = Question(lang=spoken(request.query_params.get("lang", "")))
        return answer(request, not_one(error, error.text, question, words))
    return answer(request, failed(error, words))


def _after(request: Request, done: Page | str) -> Response:
    """The page of what was done, which can be loaded again; or what was wrong."""
    if isinstance(done, Page):
        return answer(request, done)
    lang = spoken(request.query_params.get("lang", ""))
    return RedirectResponse(with_query(done, given(lang=lang)), status_code=303)
