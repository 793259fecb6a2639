"""From what a page knows to an HTML answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.pages.assets import assets, content_security_policy
from api.pages.question import with_query
from api.pages.words import Words
from tracegraph.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be: its template, what the template says, and its status."""

    template: str
    words: Words
    said: dict[str, Any] = field(default_factory=dict)
    status: int = 200


def respond(page: Page, *, path: str, query: list[tuple[str, str]]) -> HTMLResponse:
    """The HTML answer of a page; `path` is its address as it was sent, without the query."""
    words = page.words
    other = "zh" if words.language == "en" else "en"
    kept = [(name, value) for name, value in query if name != "lang"]
    html = (
        _environment()
        .get_template(page.template)
        .render(
            t=words,
            lang=words.tag,
            other=other,
            other_address=with_query(path, [*kept, ("lang", other)]),
            assets=assets(),
            **page.said,
        )
    )
    return HTMLResponse(
        html,
        status_code=page.status,
        headers={
            "content-security-policy": content_security_policy(),
            "content-language": words.tag,
            "vary": "accept-language",
            "cache-control": "private, no-cache",
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        },
    )


def moment(text: str | None) -> str:
    """An instant for people, in UTC, to the second.

    >>> moment("2026-03-02T09:14:00.123+08:00")
    '2026-03-02 01:14:00'
    """
    return str(Instant.parse(text))[:19].replace("T", " ") if text else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = moment
    environment.filters["grouped"] = lambda number: f"{number:,}"
    return environment
