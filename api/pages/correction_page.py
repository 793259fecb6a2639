"""The pages that correct an event: it is made void, or made void and told anew.

A corrected event is of the same source as the one it replaces, so that everything in it means
what it meant there. Its id follows from what it says: told twice in the same way it is one event.
Of an event that is void already nothing more is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import orjson

from api.pages import event_page, signin_page
from api.pages.question import Question, given, with_query
from api.pages.recording import SOURCE, foreseen, name_of, now, record, wrong_reason
from api.pages.render import Page
from api.pages.resting import SHOWN, resting_on
from api.pages.words import Words
from api.raw_path import decoded
from api.service import Service
from tracegraph.capture.report import Difference
from tracegraph.model.refusal import Refusal
from tracegraph.trace.answer import StoredEvent, UnknownEvent

T = TypeVar("T")
Way = Literal["void", "replace"]
WAYS: tuple[Way, ...] = ("void", "replace")
# What the page says of a corrected event by itself.
GIVEN = ("id", "source", "replaces", "replaces_source")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in, what is wrong with it, and how a corrected event differs."""

    reason: str = ""
    text: str = ""
    wrong: tuple[Refusal, ...] = ()
    differences: tuple[Difference, ...] = ()
    changed: bool = False  # since the form was made


@dataclass(frozen=True, slots=True)
class Correcting:
    """A visitor who corrects: by whom, which event as its address names it, and in which way."""

    service: Service
    part: str
    way: Way
    lang: str
    words: Words
    caller: str

    def page(self, filled: Filled | None = None) -> Page:
        """What the correction will do. Nothing changes by looking. 404 for an unknown event."""
        return self._of_event(lambda stored: self._preview(stored, filled))

    def send(self, fields: Mapping[str, str]) -> Page | str:
        """Show or take the correction that a form asks for; gives where it shows, once taken."""
        reason = fields.get("reason", "").strip()
        if self.way == "void":
            return self._of_event(lambda stored: self._void(stored, reason))
        text, sure = fields.get("event", ""), fields.get("do") == "record"
        return self._of_event(lambda stored: self._replace(stored, reason, text, sure=sure))

    def _of_event(self, answer: Callable[[StoredEvent], T]) -> T | Page:
        source, _, id = self.part.partition("/")
        try:
            stored = self.service.graph.event(decoded(source), decoded(id))
        except UnknownEvent:
            return event_page.page(self.service.graph, self.part, self.lang, self.words)
        return answer(stored)

    def _preview(self, stored: StoredEvent, filled: Filled | None) -> Page:
        filled = filled or Filled(text=_text(stored))
        open_to = stored.status == "stands" and stored.type != "void"
        address = self._address(self.way, stored)
        said: dict[str, Any] = {
            "here": "records",
            "way": self.way,
            "stored": stored,
            "open_to": open_to,
            "filled": filled,
            "reasons": filled.wrong,
            "wrong": [refusal.pointer for refusal in filled.wrong],
            "resting": resting_on(self.service, stored) if open_to else None,
            "shown": SHOWN,
            "question": Question(lang=self.lang),
            "action": address,
            "signin_at": signin_page.address(address, self.lang),
            "other_way": self._address("replace" if self.way == "void" else "void", stored),
            "event_at": with_query(event_address(stored.source, stored.id), given(lang=self.lang)),
            "json": [
                (self.words("json_event"), f"/v1{event_address(stored.source, stored.id)}"),
            ],
            **event_page.said_of(stored),
        }
        status = 422 if filled.wrong else 409 if filled.changed else 200
        return Page("correction.html", self.words, said, status, acts=True)

    def _address(self, way: Way, stored: StoredEvent) -> str:
        return with_query(
            f"/{way}{event_address(stored.source, stored.id).removeprefix('/events')}",
            given(lang=self.lang),
        )

    def _void(self, stored: StoredEvent, reason: str) -> Page | str:
        here = event_address(stored.source, stored.id)
        if stored.status == "voided":
            return here
        if stored.type == "void":
            return self._preview(stored, None)
        if wrong := wrong_reason(reason):
            return self._preview(stored, Filled(reason, wrong=wrong))
        report = record(self.service, [_void_of(stored, reason)], self.caller)
        return here if not report.count("refused") else self._stale(stored)

    def _replace(self, stored: StoredEvent, reason: str, text: str, *, sure: bool) -> Page | str:
        if stored.type == "void":
            return self._preview(stored, None)
        corrected, wrong = _read(text)
        wrong = (*wrong_reason(reason), *wrong)
        differences: tuple[Difference, ...] = ()
        if corrected is not None:
            differences, faults = self._compared(stored, corrected)
            wrong = (*wrong, *faults)
        if wrong or corrected is None:
            return self._preview(stored, Filled(reason, text, wrong))
        anew = _anew(stored, corrected)
        there = event_address(stored.source, anew["id"])
        if stored.status == "voided":
            return there if self._is_stored(stored.source, anew["id"]) else self._stale(stored)
        if not sure:
            return self._preview(stored, Filled(reason, text, differences=differences))
        report = record(self.service, [_void_of(stored, reason), anew], self.caller, atomic=True)
        return there if report.ok else self._stale(stored)

    def _stale(self, stored: StoredEvent) -> Page:
        """It was corrected otherwise meanwhile: how it stands now."""
        again = self.service.graph.event(stored.source, stored.id)
        return self._preview(again, Filled(text=_text(again), changed=True))

    def _is_stored(self, source: str, id: str) -> bool:
        try:
            self.service.graph.event(source, id)
        except UnknownEvent:
            return False
        return True

    def _compared(
        self, stored: StoredEvent, corrected: dict[str, Any]
    ) -> tuple[tuple[Difference, ...], tuple[Refusal, ...]]:
        """How a corrected event differs from the stored one, and what is wrong with it."""
        kept = {name: stored.event[name] for name in GIVEN if name in stored.event}
        (outcome,) = foreseen(
            self.service, [{**corrected, **kept, "source": stored.source}], self.caller
        ).outcomes
        if outcome.status == "duplicate":
            said = "says the same as what is recorded."
            return (), (Refusal("/event", "same", said, "what was otherwise"),)
        faults = tuple(
            Refusal("/event", each.rule, f"{each.pointer} {each.detail}", each.accepted)
            for each in outcome.refusals
        )
        return outcome.differences, faults


def event_address(source: str, id: str) -> str:
    """The address of the page of an event."""
    return f"/events/{quote(source, safe='')}/{quote(id, safe='')}"


def _text(stored: StoredEvent) -> str:
    """An event as it is put before whoever corrects it."""
    said = {name: value for name, value in stored.event.items() if name not in GIVEN}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def _read(text: str) -> tuple[dict[str, Any] | None, tuple[Refusal, ...]]:
    """The object that was typed, or what is wrong with it."""
    accepted = "one JSON object: the event as it was"
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return None, (Refusal("/event", "json", f"is not JSON: {error}.", accepted),)
    if not isinstance(found, dict):
        return None, (Refusal("/event", "object", "is no object.", accepted),)
    typed = [name for name in GIVEN if name in found]
    if typed:
        detail = f"names {', '.join(typed)}."
        return None, (
            Refusal("/event", "given", detail, "none of them: they follow by themselves"),
        )
    return found, ()


def _void_of(stored: StoredEvent, reason: str) -> dict[str, Any]:
    return {
        "id": f"void-{name_of(stored.source, stored.id)}",
        "source": SOURCE,
        "type": "void",
        "occurred_at": now(),
        "voids": stored.id,
        "voids_source": stored.source,
        "reason": reason,
    }


def _anew(stored: StoredEvent, corrected: dict[str, Any]) -> dict[str, Any]:
    said = orjson.dumps(corrected, option=orjson.OPT_SORT_KEYS).decode()
    id = f"{stored.id[:150]}-corrected-{name_of(stored.source, stored.id, said)[:16]}"
    return {**corrected, "id": id, "source": stored.source, "replaces": stored.id}
