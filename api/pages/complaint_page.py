"""The page that registers a complaint about an item: filled in, shown, then recorded.

What a complaint record must hold is that of 21 CFR 820.35(a): the device by name and by its unique
device identifier, the date it came, who complained, of what, the correction and the reply. Where
there is none yet, the record says so, and a later one of the same number tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.pages import signin_page
from api.pages.question import Question, from_day, given, with_query
from api.pages.recall_page import FAILED
from api.pages.recording import SOURCE, foreseen, name_of, record
from api.pages.render import Page
from api.pages.words import Words
from api.service import Service
from tracegraph.model.refusal import Refusal
from tracegraph.trace.answer import ItemDetail

PATH = "/complaint"
NOT_THERE = FAILED
CLAUSE = "21 CFR 820.35(a)"
FIELDS = ("number", "occurred_at", "party", "description", "correction", "reply")
LONG = frozenset({"description", "correction", "reply"})
STATUSES = ("open", "closed")
MOST = 5000


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in, what is wrong with it, and whether it was shown to be right."""

    fields: Mapping[str, str]
    wrong: tuple[Refusal, ...] = ()
    shown: bool = False


def page(
    service: Service, text: str, lang: str, words: Words, filled: Filled | None = None
) -> Page:
    """The form over an item. Nothing is recorded by looking. Raises one of NOT_THERE."""
    item = service.graph.item(text)
    filled = filled or Filled({"status": "open"})
    action = with_query(PATH, given(item=item.key, lang=lang))
    said: dict[str, Any] = {
        "item": item,
        "filled": filled,
        "reasons": filled.wrong,
        "wrong": [refusal.pointer for refusal in filled.wrong],
        "fields": FIELDS,
        "fields_group": "complaint",
        "long": LONG,
        "most": MOST,
        "statuses": STATUSES,
        "clause": CLAUSE,
        "action": action,
        "signin_at": signin_page.address(action, lang),
        "item_at": Question(lang=lang).address(item.key),
        "json": [(words("json_item"), with_query("/v1/items", given(text=item.key)))],
    }
    return Page("complaint.html", words, said, 422 if filled.wrong else 200, acts=True)


def send(
    service: Service, text: str, fields: Mapping[str, str], lang: str, words: Words, *, caller: str
) -> Page | str:
    """Show or record a complaint, as the form asks; gives its event's address once recorded.

    The same complaint is recorded once. Raises one of NOT_THERE.
    """
    item = service.graph.item(text)
    said = {name: fields.get(name, "") for name in (*FIELDS, "status")}
    typed = {name: text.replace("\r\n", "\n").strip() for name, text in said.items()}
    wrong = tuple(_missing(typed))
    event = _event(item, typed)
    if not wrong:
        (outcome,) = foreseen(service, [event], caller).outcomes
        wrong = tuple(
            Refusal(each.pointer.removeprefix("/attributes"), each.rule, each.detail, each.accepted)
            for each in outcome.refusals
        )
    if wrong or fields.get("do") != "record":
        return page(service, text, lang, words, Filled(typed, wrong, shown=not wrong))
    record(service, [event], caller)
    return f"/events/{SOURCE}/{event['id']}"


def _missing(typed: Mapping[str, str]) -> list[Refusal]:
    wrong = [
        Refusal(f"/{name}", "missing", f"is missing; {CLAUSE} asks for it.", "a text")
        for name in FIELDS
        if not typed[name]
    ]
    wrong += [
        Refusal(f"/{name}", "string_too_long", "is too long.", f"at most {MOST} characters")
        for name in FIELDS
        if len(typed[name]) > MOST
    ]
    if typed["status"] not in STATUSES:
        wrong.append(Refusal("/status", "status", "is none.", " or ".join(STATUSES)))
    return wrong


def _event(item: ItemDetail, typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": f"complaint-{name_of(item.key, *(typed[name] for name in (*FIELDS, 'status')))}",
        "source": SOURCE,
        "type": "complaint",
        "occurred_at": from_day(typed["occurred_at"]),
        "items": [{"item": {"key": item.key}}],
        "number": typed["number"],
        "status": typed["status"],
        "party": typed["party"],
        "description": typed["description"],
        "attributes": {"correction": typed["correction"], "reply": typed["reply"]},
    }
