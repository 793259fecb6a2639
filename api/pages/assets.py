"""What pages load: a style sheet, modules, and plotly.js as the installed wheel has it.

Everything comes from here, under addresses that name its content, compressed once.
"""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from viz.svg import style_sheet

_STYLE = 'document.createElement("style")'


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for browsers, and the same compressed."""

    name: str
    media_type: str
    body: bytes
    compressed: bytes
    digest: str

    @property
    def address(self) -> str:
        """Where it is served; another content has another address."""
        return f"/static/{self.digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """All assets by name. Compressing plotly.js takes about a third of a second, once."""
    static = files("api.pages") / "static"
    return {
        name: _asset(name, media_type, body)
        for name, media_type, body in (
            ("page.css", "text/css; charset=utf-8",
             style_sheet().encode() + (static / "page.css").read_bytes()),
            ("find.js", "text/javascript; charset=utf-8", (static / "find.js").read_bytes()),
            ("figure.js", "text/javascript; charset=utf-8", (static / "figure.js").read_bytes()),
            ("whole.js", "text/javascript; charset=utf-8", (static / "whole.js").read_bytes()),
            ("report.css", "text/css; charset=utf-8", (static / "report.css").read_bytes()),
            ("page.js", "text/javascript; charset=utf-8", (static / "page.js").read_bytes()),
            ("plotly.min.js", "text/javascript; charset=utf-8", _plotly()),
        )
    }  # fmt: skip


def print_style() -> str:
    """The style of a report that is set on its own, without the style of pages."""
    return assets()["report.css"].body.decode()


def _asset(name: str, media_type: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:16]
    return Asset(name, media_type, body, gzip.compress(body, 9, mtime=0), digest)


@cache
def content_security_policy() -> str:
    """The policy of every page: nothing from elsewhere, no inline script or style of ours.

    plotly.js inserts style elements; the hashes of exactly those are let through.
    """
    hashes = " ".join(f"'sha256-{_sha256(style)}'" for style in plotly_styles())
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {hashes}",
            "img-src 'self' blob: data:",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


@cache
def plotly_styles() -> tuple[str, ...]:
    """The texts of the style elements that plotly.js inserts into a page.

    One is empty when it is inserted and filled by rules afterwards. The other holds the style
    of maps, written as one JavaScript string. Raises RuntimeError where a new plotly.js does
    this in another way: then the policy must be looked at again.
    """
    script = _plotly().decode("utf-8")
    styles = []
    at = script.find(_STYLE)
    while at >= 0:
        window = script[at : at + 400]
        if 'createTextNode("")' in window:
            styles.append("")
        elif ".textContent=" in window:
            styles.append(_javascript_string(script, script.index(".textContent=", at) + 13))
        else:
            raise RuntimeError("plotly.js inserts a style element of an unknown form")
        at = script.find(_STYLE, at + 1)
    return tuple(styles)


def _javascript_string(script: str, at: int) -> str:
    """The value of the string literal that starts at `at`."""
    quote, text, position = script[at], [], at + 1
    while script[position] != quote:
        if script[position] != "\\":
            text.append(script[position])
            position += 1
            continue
        escaped = script[position + 1]
        if escaped in "ux" or escaped.isdigit():
            raise RuntimeError("plotly.js escapes its style in an unknown way")
        text.append({"n": "\n", "t": "\t", "\n": ""}.get(escaped, escaped))
        position += 2
    return "".join(text)


def _sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _plotly() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
