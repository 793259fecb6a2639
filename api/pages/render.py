"""From what a page knows to an HTML answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from typing import Any
from urllib.parse import quote, unquote

import orjson
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.pages.assets import assets, content_security_policy
from api.pages.question import given, with_query
from api.pages.visitor import Visitor
from api.pages.words import LANGUAGES, Words
from tracegraph.model.instant import Instant

# The key of an item in a sentence, without the stop or comma that may follow it.
_ITEM_KEY = re.compile(
    r"(?:urn:tracegraph:(?:lot|serial|container):|https://id\.gs1\.org/)[^\s,]*[^\s,.;:]"
)
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be: its template, what the template says, and its status.

    One that `acts` holds a form that changes something.
    """

    template: str
    words: Words
    said: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    acts: bool = False


def respond(
    page: Page, *, path: str, query: list[tuple[str, str]], visitor: Visitor | None
) -> HTMLResponse:
    """The HTML answer of a page; `path` is its address as it was sent, without the query."""
    words = page.words
    return HTMLResponse(
        html_of(page, path=path, query=query, visitor=visitor),
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


def html_of(page: Page, *, path: str, query: list[tuple[str, str]], visitor: Visitor | None) -> str:
    """The HTML of a page."""
    words = page.words
    other = "zh" if words.language == "en" else "en"
    kept = [(name, value) for name, value in query if name != "lang"]
    lang = next((value for name, value in query if name == "lang" and value in LANGUAGES), "")
    return (
        _environment()
        .get_template(page.template)
        .render(
            t=words,
            lang=words.tag,
            other=other,
            other_address=with_query(path, [*kept, ("lang", other)]),
            assets=assets(),
            spoken=lang,
            visitor=visitor,
            at=partial(_at, lang),
            **{"q": "", "here": "", **page.said},
        )
    )


def _at(lang: str, path: str, **parameters: str) -> str:
    """An address on these pages, in the language that the reader asked for."""
    return with_query(path, given(**parameters, lang=lang))


def amount(text: str | None) -> str:
    """A decimal text with its thousands set apart; nothing of nothing.

    >>> amount("28500.25"), amount("-1000"), amount(None)
    ('28,500.25', '-1,000', '')
    """
    if text is None:
        return ""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdecimal() else text


def percent(share: str) -> str:
    """A share as a percentage, as exact as it is.

    >>> percent("0.8804"), percent("1.0000")
    ('88.04 %', '100 %')
    """
    shown = f"{Decimal(share) * 100:f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} %"


def three_digits(text: str) -> str:
    """A number of statistics, as exact as it can be read.

    >>> three_digits("0.0170757"), three_digits("36.5056"), three_digits("7.04722e-05")
    ('0.0171', '36.5', '7.05e-05')
    """
    return f"{float(text):.3g}"


def short(key: str) -> str:
    """The last part of an item's key, as people call the item.

    >>> short("urn:tracegraph:lot:RM-PVC:R%2F1"), short("https://id.gs1.org/01/0950/10/C1")
    ('R/1', 'C1')
    """
    return unquote(key.rpartition(":" if key.startswith("urn:") else "/")[2]) or key


def called(text: str) -> str:
    """What an item's key is called; any other text as it is.

    >>> called("urn:tracegraph:lot:RM-PVC:R-1"), called("PO-1/7")
    ('R-1', 'PO-1/7')
    """
    return short(text) if text.startswith(("urn:tracegraph:", "https://")) else text


def keys_called(text: str) -> str:
    """A sentence with what items are called in place of their keys.

    >>> keys_called("urn:tracegraph:lot:RM:R-1 is on hold: urn:tracegraph:lot:RM:R-2, late.")
    'R-1 is on hold: R-2, late.'
    """
    return _ITEM_KEY.sub(lambda found: short(found[0]), text)


def brief(id: str) -> str:
    """An id that is too long to be read, by its head and its end.

    >>> brief("hold-1"), brief("hold-" + "5549cc28" * 8 + "-" + "dc617a16" * 8)
    ('hold-1', 'hold-5549cc28…dc617a16')
    """
    return id if len(id) <= _LONGEST_ID else f"{id[:13]}…{id[-8:]}"


@dataclass(frozen=True, slots=True)
class EventName:
    """How people call an event or a run, and the address of an event's page."""

    id: str
    source: str
    address: str | None


def event_name(key: str) -> EventName:
    """The name that the key of an event or run holds; the key itself where it holds none."""
    head, _, rest = key.partition(":event:")
    source, _, id = rest.partition(":")
    if head == "urn:tracegraph" and id:
        return EventName(unquote(id), unquote(source), f"/events/{source}/{id}")
    _, _, run = key.partition("urn:tracegraph:run:")
    source, _, id = run.partition(":")
    return EventName(unquote(id), unquote(source), None) if id else EventName(key, "", None)


def moment(text: str | None) -> str:
    """An instant for people, in UTC, to the second.

    >>> moment("2026-03-02T09:14:00.123+08:00")
    '2026-03-02 01:14:00'
    """
    return str(Instant.parse(text))[:19].replace("T", " ") if text else ""


def _json(value: object) -> str:
    """A value as it stands in an event; nothing of what is absent."""
    return "" if value is None else orjson.dumps(value).decode()


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
    environment.filters["day"] = lambda text: moment(text)[:10]
    environment.filters["amount"] = amount
    environment.filters["percent"] = percent
    environment.filters["three_digits"] = three_digits
    environment.filters["short"] = short
    environment.filters["called"] = called
    environment.filters["keys_called"] = keys_called
    environment.filters["brief"] = brief
    environment.filters["event"] = event_name
    environment.filters["order_path"] = lambda number: f"/orders/{quote(number, safe='')}"
    environment.filters["as_json"] = _json
    environment.filters["in_days"] = lambda seconds: f"{float(seconds) / 86_400:.1f}"
    environment.filters["grouped"] = lambda number: f"{number:,}"
    return environment
