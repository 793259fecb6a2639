"""The page of an event: what was sent, what it is about, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from api.pages.question import Question, given, with_query
from api.pages.render import Page, moment, short
from api.pages.visit import spoken
from api.pages.words import Words
from api.raw_path import decoded
from tracegraph.identify.naming import name_item
from tracegraph.library import Tracegraph
from tracegraph.model.item import ItemRef
from tracegraph.model.parse import parse_event
from tracegraph.trace.answer import StoredEvent, UnknownEvent, event_key

LINES = 500
# What is shown of an event in this order; all of it is in what was sent.
FACTS = (
    "occurred_at", "started_at", "place", "to", "party", "order", "run", "actor", "equipment",
    "documents", "plan", "verdict", "status", "number", "reason", "description", "notes",
    "voids", "replaces",
)  # fmt: skip
INSTANTS = ("occurred_at", "started_at")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line: its role, the item by the key that it was sent under, and the quantity."""

    role: str
    key: str | None
    name: str
    quantity: str


def page(graph: Tracegraph, part: str, lang: str, words: Words) -> Page:
    """The page of the event that `source/id`, as it was sent in an address, names.

    404 where no such event was recorded.
    """
    source, _, id = part.partition("/")
    said: dict[str, Any] = {"here": "records", "question": Question(lang=spoken(lang))}
    try:
        stored = graph.event(decoded(source), decoded(id))
    except UnknownEvent:
        named = f"{decoded(source)} {decoded(id)}".strip()
        return Page("event_unknown.html", words, said | {"named": named}, 404)
    voiding = _from(graph, stored.voided_by)
    said |= {
        "stored": stored,
        "voider": voiding[0] if voiding else None,
        "replacer": next((each for each in voiding[1:] if _replaced(each) == stored.key), None),
        "replaced": _replaced(stored),
        "ways": [
            (way, with_query(f"/{way}/{source}/{id}", given(lang=spoken(lang))))
            for way in ("void", "replace")
        ],
        "sent": orjson.dumps(stored.event, option=orjson.OPT_INDENT_2).decode(),
        "json": [(words("json_event"), f"/v1/events/{source}/{id}")],
    }
    return Page("event.html", words, said | said_of(stored))


def said_of(stored: StoredEvent) -> dict[str, Any]:
    """What pages say of an event itself: its facts, and its first lines."""
    lines = list(_lines(stored))
    return {
        "facts": [
            (name, _said(name, stored.event[name])) for name in FACTS if stored.event.get(name)
        ],
        "lines": lines[:LINES],
        "more": max(0, len(lines) - LINES),
    }


def _from(graph: Tracegraph, seq: int | None) -> tuple[StoredEvent, ...]:
    """The event of a seq and the next one: what is told anew comes with its void."""
    return graph.events(after=seq - 1, limit=2).events if seq else ()


def _replaced(stored: StoredEvent) -> str | None:
    """The key of the event that one stands for."""
    id = stored.event.get("replaces")
    return event_key(stored.event.get("replaces_source") or stored.source, id) if id else None


def _lines(stored: StoredEvent) -> list[LineRow]:
    event = parse_event(stored.event)
    rows = []
    container = getattr(event, "container", None)
    if container is not None:
        rows.append(_row("container", container, ""))
    for field, _, line in event.item_lines():
        amount = f"{line.quantity} {line.unit}" if line.quantity is not None else ""
        rows.append(_row(event.ROLES[field], line.item, amount))
    return rows


def _row(role: str, item: ItemRef, quantity: str) -> LineRow:
    name = name_item(item)
    if name is None:
        return LineRow(role, None, item.product or "", quantity)
    return LineRow(role, name.key, name.number or short(name.key), quantity)


def _said(name: str, value: Any) -> str:
    """A fact as it was sent; an instant in UTC beside that, as all other pages tell it."""
    return f"{value} ({moment(value)} UTC)" if name in INSTANTS else _text(value)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
