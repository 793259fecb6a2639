"""Addresses as they were sent, so that an encoded slash in a name is not a separator.

Servers decode a path before it is routed; then `…/10%2Fhistory` and `…/10/history` are one. Under
/v1 and /epcis routes match the path as it was sent, and path functions decode the names they get.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

PREFIXES = (b"/v1/", b"/epcis/")


class RawPath:
    """Middleware that routes /v1 and /epcis by the undecoded path (RFC 3986, 2.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its path replaced."""
        sent: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and sent.startswith(PREFIXES):
            scope = {**scope, "path": sent.decode("ascii", "replace")}
        await self.app(scope, receive, send)


def decoded(part: str) -> str:
    """A part of an undecoded path as its sender meant it.

    >>> decoded("https%3A%2F%2Fid.gs1.org%2F01%2F09506000134352%2F10%2FC%252F1")
    'https://id.gs1.org/01/09506000134352/10/C%2F1'
    """
    return unquote(part)
