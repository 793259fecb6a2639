"""The routes of the pages that change something: each shows first what it will do."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.pages import case_page, hold_page, store_page
from api.pages.correction_page import Correcting, Way
from api.pages.question import given, with_query
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.visit import after, answer, spoken, words_of
from api.pages.visitor import Acting, Reading
from api.service import Service, ServiceOf

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


def _after(request: Request, done: Page | str) -> Response:
    """The page of what was done, which can be loaded again; or what was wrong."""
    if isinstance(done, Page):
        return answer(request, done)
    lang = spoken(request.query_params.get("lang", ""))
    return RedirectResponse(with_query(done, given(lang=lang)), status_code=303)
