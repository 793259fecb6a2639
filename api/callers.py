"""Who is asking: keys as bearer tokens, or this machine as long as there are no keys.

A person who signed in on the pages reads with the session, so that links from pages to data lead
there. That is safe because of three things together: it only reads, with at most the role of a
reader; the cookie is SameSite=Strict, so no page of another site sends it; and the browser must
say that a page of this very origin asks, or the person who typed the address (Sec-Fetch-Site,
which no script can set). What is read no other origin can look at, as it is never shared with
one (CORS). Whatever changes something, and WebSockets, to which none of this applies, take a key.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from api.key_ring import Standing
from api.problems import FORBIDDEN, KEY_REQUIRED, UNAUTHENTICATED, Problem
from api.service import Service, ServiceOf
from api.sessions import COOKIE
from tracegraph.keys import ROLES, Role

LOOPBACK = "loopback"
CHALLENGE = 'Bearer realm="tracegraph"'  # browsers show no dialog of their own for it
_OF_PROGRAMS = ("/v1/", "/epcis/")
# Set by proxies: their client is elsewhere, though they speak from this machine.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

_scheme = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key of this service. Until the first one is made, only this machine may ask.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request. `id` is recorded on every event; `source` fills in events without one."""

    id: str
    source: str | None = None
    role: Role = "admin"

    def require(self, role: Role) -> None:
        """Raises Problem: 403 where this caller may not do what `role` may."""
        if ROLES.index(self.role) < ROLES.index(role):
            detail = f"It takes the role {role}; this key has the role {self.role}."
            raise Problem(FORBIDDEN, detail)


def needs(role: Role) -> Callable[..., Awaitable[Caller]]:
    """The dependency that lets callers of at least `role` pass.

    Raises Problem: 401 without a valid key, 403 with one that is not enough, and 403 for a
    caller elsewhere while no key exists.
    """

    async def caller(
        request: Request, service: ServiceOf, _: Annotated[Any, Depends(_scheme)] = None
    ) -> Caller:
        return await caller_of(request, service, role)

    return caller


async def caller_of(request: HTTPConnection, service: Service, role: Role) -> Caller:
    """Who asks, by a request or by a WebSocket. Raises Problem, as `needs` says."""
    token = _token(request)
    standing = service.keys.remembered(token)
    if standing is None:
        standing = await run_in_threadpool(service.keys.ask, token)
    signed_in = await _signed_in(request, service) if standing.locked and token is None else None
    found = signed_in or _identified(request, standing, token)
    found.require(role)
    structlog.contextvars.bind_contextvars(caller=found.id)
    request.state.caller = found.id
    return found


Reader = Annotated[Caller, Depends(needs("reader"))]
Writer = Annotated[Caller, Depends(needs("writer"))]


def is_loopback(host: str) -> bool:
    """Whether a host or an address is this machine itself.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.7")]
    [True, True, True, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


async def _signed_in(request: HTTPConnection, service: Service) -> Caller | None:
    """The reader of a session, where the browser says that its person, or our page, asks.

    Without the cookie nothing is looked up: programs have none.
    """
    id = request.cookies.get(COOKIE) if "cookie" in request.headers else None
    if id is None or request.scope["type"] != "http" or not _only_reads(request):
        return None
    if not request.scope["path"].startswith(_OF_PROGRAMS):
        return None
    session = service.sessions.find(id) if _asked_here(request) else None
    key = None if session is None else await run_in_threadpool(service.keys.of_id, session.key)
    return None if key is None else Caller(key.id, key.source, "reader")


def _asked_here(request: HTTPConnection) -> bool:
    return request.headers.get("sec-fetch-site") in {"same-origin", "none"}


def _identified(request: HTTPConnection, standing: Standing, token: str | None) -> Caller:
    if not standing.locked:
        if not _from_here(request):
            raise Problem(
                KEY_REQUIRED,
                "Make the first key on the machine of the service: tracegraph keys create.",
            )
        return Caller(LOOPBACK)
    key = standing.key
    if key is None:
        detail = "The key is unknown or revoked." if token else "The request carries no key."
        raise Problem(UNAUTHENTICATED, detail, headers={"www-authenticate": CHALLENGE})
    return Caller(key.id, key.source, key.role)


def _from_here(request: HTTPConnection) -> bool:
    """Whether a request comes from this machine and was meant for it.

    The Host is looked at as well: a foreign page whose name resolves to this machine would
    otherwise ask in the name of the person who looks at it.
    """
    if request.client is None or not is_loopback(request.client.host):
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return host is not None and is_loopback(host)


def _token(request: HTTPConnection) -> str | None:
    """The token of a request; what knows passwords alone sends it as that of Basic, to read."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() == "basic" and _only_reads(request):
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        return text.partition(":")[2] or None
    return None


def _only_reads(request: HTTPConnection) -> bool:
    return request.scope.get("method", "GET") in {"GET", "HEAD"}
