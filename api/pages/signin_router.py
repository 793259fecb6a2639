"""The routes of signing in and out, and what visitors see who may not do what they asked."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.pages import signin_page
from api.pages.visit import answer, path_as_sent, spoken, words_of
from api.pages.visitor import (
    Anyone,
    Turned,
    forget,
    remember,
    require_same_origin,
    sent,
)
from api.service import ServiceOf
from api.sessions import COOKIE as SESSION

FAILED_SECONDS = 0.5  # that a wrong key takes; a guess among 2^256 needs no more

router = APIRouter(include_in_schema=False)

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


@router.get("/signin")
async def form(request: Request, visitor: Anyone) -> Response:
    """The form to sign in with a key; whoever is signed in already is led on."""
    said = request.query_params
    target = said.get("next", "")
    if visitor.session is not None and target:
        return RedirectResponse(signin_page.here(target), status_code=303)
    page = signin_page.page(visitor, target, spoken(said.get("lang", "")), words_of(request))
    return answer(request, page)


@router.post("/signin")
async def sign_in(request: Request, service: ServiceOf, visitor: Anyone) -> Response:
    """Begin a session; whatever is wrong with a key, the answer is the same."""
    require_same_origin(request)
    fields = await sent(request, service, visitor)
    target = fields.get("next", "")
    standing = await run_in_threadpool(service.keys.ask, fields.get("key", "").strip() or None)
    if standing.key is None:
        await asyncio.sleep(FAILED_SECONDS)
        log.warning("session.refused")
        lang = spoken(request.query_params.get("lang", ""))
        return answer(
            request, signin_page.page(visitor, target, lang, words_of(request), refused=True)
        )
    if visitor.session is not None:
        service.sessions.end(request.cookies[SESSION])
    id = service.sessions.start(standing.key.id)
    log.info("session.started", caller=standing.key.id)
    response = RedirectResponse(signin_page.here(target), status_code=303)
    remember(response, request, SESSION, id)
    return response


@router.post("/signout")
async def sign_out(request: Request, service: ServiceOf, visitor: Anyone) -> Response:
    """End the session."""
    require_same_origin(request)
    if visitor.session is not None:
        await sent(request, service, visitor)
        service.sessions.end(request.cookies[SESSION])
        log.info("session.ended", caller=visitor.session.key)
    lang = spoken(request.query_params.get("lang", ""))
    response = RedirectResponse(signin_page.address("", lang), status_code=303)
    forget(response, request, SESSION)
    return response


async def turned(request: Request, error: Any) -> Response:
    """The form for whoever is not signed in, else a page that says why."""
    turning: Turned = error
    if turning.why == "unknown":
        return _led_to_form(request)
    log.warning("form.refused", why=turning.why)
    return answer(request, signin_page.turned_page(turning.why, words_of(request)))


def _led_to_form(request: Request) -> Response:
    """To the form, which leads back here.

    With a link from elsewhere no cookie comes, nor along redirects from there; a page of ours
    that leads on itself makes the browser send what it has.
    """
    target = path_as_sent(request)
    if request.url.query:
        target = f"{target}?{request.url.query}"
    address = signin_page.address(target, spoken(request.query_params.get("lang", "")))
    if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return answer(request, signin_page.leading_page(address, words_of(request)))
    response = RedirectResponse(address, status_code=303)
    if SESSION in request.cookies:
        forget(response, request, SESSION)
    return response
