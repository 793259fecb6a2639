"""Who looks at a page, and whether a form that was sent came from a page of ours.

A visitor has a session, or is a caller as of the interface for programs. A session acts on the
pages only; of the interface for programs it reads (`api.callers`). A form changes
something only where the browser says that a page of this origin sent it, and where it carries a
secret that no other origin can read: that of the session, else that of a cookie.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlsplit

import structlog
from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.body import read_any
from api.callers import Caller, caller_of
from api.problems import BAD_REQUEST, UNSUPPORTED_MEDIA_TYPE, Problem
from api.service import Service, ServiceOf
from api.sessions import COOKIE as SESSION
from api.sessions import SECONDS, Session
from tracegraph.keys import ROLES

FORM = "tracegraph_form"  # the cookie of who has no session
TOKEN = "form"  # the hidden field
ENCODED = "application/x-www-form-urlencoded"
_MOST_FIELDS = 5_000
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

Why = Literal["unknown", "origin", "form", "role"]


class Turned(Exception):
    """A visitor who may not do this, and why."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page. `form` is the secret that forms carry; `name` that of the key."""

    form: str
    session: Session | None = None
    name: str = ""
    caller: Caller | None = None
    locked: bool = False

    @property
    def id(self) -> str:
        """The id of the caller, as it is recorded on events."""
        return "" if self.caller is None else self.caller.id

    @property
    def writes(self) -> bool:
        """Whether the visitor has the role of a writer."""
        return self.caller is not None and ROLES.index(self.caller.role) >= ROLES.index("writer")

    @property
    def acts(self) -> bool:
        """Whether forms of the visitor are heeded: passwords that browsers keep only read."""
        return self.writes and (self.session is not None or not self.locked)


async def visiting(request: Request, service: ServiceOf) -> Visitor:
    """The visitor, whoever it is: with a session that stands, or unknown so far."""
    session = service.sessions.find(request.cookies.get(SESSION, ""))
    if session is not None:
        key = await run_in_threadpool(service.keys.of_id, session.key)
        if key is not None:
            caller = Caller(key.id, key.source, key.role)
            return _seen(request, Visitor(session.form, session, key.name, caller, locked=True))
        service.sessions.end(request.cookies[SESSION])
    kept = request.cookies.get(FORM, "")
    secret = kept if _SECRET.fullmatch(kept) else secrets.token_urlsafe(32)
    locked = await run_in_threadpool(service.keys.locked)
    return _seen(request, Visitor(secret, locked=locked))


async def reading(request: Request, service: ServiceOf) -> Visitor:
    """A visitor who may read; to act it takes a session, once there are keys.

    Raises Turned where a person is asked to sign in, else Problem as for callers.
    """
    visitor = await visiting(request, service)
    if visitor.caller is not None:
        return visitor
    acts = request.method not in {"GET", "HEAD"}
    if visitor.locked and (acts or _is_person(request)):
        raise Turned("unknown")
    caller = await caller_of(request, service, "reader")
    return _seen(request, Visitor(visitor.form, caller=caller, locked=visitor.locked))


Reading = Annotated[Visitor, Depends(reading)]


async def acting(request: Request, service: ServiceOf, visitor: Reading) -> Mapping[str, str]:
    """The fields of a form that changes something, of a writer.

    Raises Turned, and Problem where the form cannot be read.
    """
    require_same_origin(request)
    if not visitor.writes:
        raise Turned("role")
    return await sent(request, service, visitor)


Acting = Annotated[Mapping[str, str], Depends(acting)]
Anyone = Annotated[Visitor, Depends(visiting)]


def require_same_origin(request: Request) -> None:
    """Raises Turned where the browser does not say that a page of this origin asks.

    Browsers send Origin with every form that is posted, and Sec-Fetch-Site where they deem the
    connection safe; what sends neither is no browser, and has the interface for programs.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        raise Turned("origin")
    if site not in (None, "same-origin") or (origin is not None and not _is_here(origin, request)):
        raise Turned("origin")


async def sent(request: Request, service: Service, visitor: Visitor) -> Mapping[str, str]:
    """The fields of a form, each once. Raises Turned where the visitor's secret is not in it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != ENCODED:
        raise Problem(UNSUPPORTED_MEDIA_TYPE, f"Forms are sent as {ENCODED}.")
    body = await read_any(request, service)
    try:
        fields = dict(
            parse_qsl(
                body.decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MOST_FIELDS,
            )
        )
    except ValueError as error:
        raise Problem(BAD_REQUEST, "The form could not be read.") from error
    # Without a cookie the secret is a new one, which no form carries.
    if not hmac.compare_digest(fields.pop(TOKEN, "").encode(), visitor.form.encode()):
        raise Turned("form")
    return fields


def remember(response: Response, request: Request, name: str, value: str) -> None:
    """Set a cookie that only the pages of this origin send, and no script can read."""
    response.set_cookie(
        name, value, max_age=SECONDS, path="/", httponly=True, samesite="strict",
        secure=_is_secure(request),
    )  # fmt: skip


def forget(response: Response, request: Request, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        name, path="/", httponly=True, samesite="strict", secure=_is_secure(request)
    )


def _seen(request: Request, visitor: Visitor) -> Visitor:
    request.state.visitor = visitor
    if visitor.caller is not None:
        request.state.caller = visitor.caller.id
        structlog.contextvars.bind_contextvars(caller=visitor.caller.id)
    return visitor


def _is_person(request: Request) -> bool:
    """Whether a browser asks for a page to be looked at, and has not said who asks."""
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "authorization" not in request.headers


def _is_secure(request: Request) -> bool:
    """Whether the browser asked by https; a proxy in between says so.

    Were it a lie, its teller would be the one who is not signed in.
    """
    said = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return "https" in (request.url.scheme, said)


def _is_here(origin: str, request: Request) -> bool:
    """Whether an origin is the one that this request was sent to."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    schemes = ("https",) if _is_secure(request) else ("http", "https")
    if parts.scheme not in schemes:
        return False
    asked = request.headers.get("host", "")
    return _authority(parts.scheme, parts.netloc) == _authority(parts.scheme, asked)


def _authority(scheme: str, host: str) -> str:
    return host.lower().removesuffix({"http": ":80", "https": ":443"}[scheme])
