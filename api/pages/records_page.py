"""The page of the records themselves: how far the journal is, and what contradicts it."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams

from api.pages.question import Question, given, with_query
from api.pages.render import Page
from api.pages.visit import spoken
from api.pages.words import Words
from api.service import Service
from tracegraph.library import Tracegraph
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refused
from tracegraph.trace.answer import StoredEvent, event_key

ROWS = 100  # anomalies on a page
LATEST = 20  # events
LOOKED_AT = 1_000  # events, of the last, among which late ones are sought
LATE = 20  # of those, the latest ones
_HOUR, _DAY = 3600, 86_400  # seconds


def page(service: Service, said: QueryParams, words: Words) -> Page:
    """Where the journal stands, its anomalies a page at a time, what was recorded last and late,
    and what was sent and not stored.
    """
    graph = service.graph
    question = Question(
        known_at=said.get("known_at", "").strip(), lang=spoken(said.get("lang", ""))
    )
    cut = question.known_at_cut
    health = graph.store.health()
    shown: dict[str, Any] = {
        "here": "records",
        "question": question,
        "health": health,
        "walker": _walker(graph, health.published),
        "checked": graph.last_check(),
        "reasons": (),
        "found": None,
        "latest": (),
        "late": (),
        "event_key": event_key,
        "arrived": service.arrivals.told(),
        "delay": lambda row: delay(row.event["occurred_at"], row.recorded_at, words),
        "json": [
            (words("json_anomalies"), with_query("/v1/anomalies", _cut(question))),
            (words("json_arrivals"), "/v1/arrivals"),
        ],
    }
    try:
        found = graph.anomalies(cursor=said.get("cursor") or None, limit=ROWS, known_at=cut)
    except Refused as error:
        return Page("records.html", words, shown | {"reasons": error.refusals}, 422)
    after = max(0, found.known_at - LATEST)
    recent = graph.events(after=max(0, found.known_at - LOOKED_AT), limit=LOOKED_AT).events
    late = sorted((row for row in recent if _late(row) >= _DAY), key=_late, reverse=True)
    shown |= {
        "found": found,
        "latest": recent[: -LATEST - 1 : -1],
        "late": late[:LATE],
        "late_of": (len(late), len(recent)),
        "following": _following(found.next, found.known_at, question),
    }
    shown["json"].append((words("json_journal"), f"/v1/journal?after={after}&limit={LATEST}"))
    return Page("records.html", words, shown)


def delay(occurred_at: str, recorded_at: str, words: Words) -> str:
    """How long after it occurred an event was recorded, in the largest unit that fits."""
    seconds = seconds_late(occurred_at, recorded_at)
    if abs(seconds) >= _DAY:
        return words("delay_days", n=f"{seconds // _DAY:,}")
    if abs(seconds) >= _HOUR:
        return words("delay_hours", n=seconds // _HOUR)
    return words("delay_minutes", n=seconds // 60)


def _late(row: StoredEvent) -> int:
    return seconds_late(row.event["occurred_at"], row.recorded_at)


def seconds_late(occurred_at: str, recorded_at: str) -> int:
    """How many seconds after it occurred an event was recorded; before it, less than none."""
    return (Instant.parse(recorded_at).micros - Instant.parse(occurred_at).micros) // 1_000_000


def _walker(graph: Tracegraph, published: int) -> tuple[str, int] | None:
    """What the graph in memory is doing, and how many events it is behind."""
    if graph.store.walker is None:
        return None
    state, seq, _, _ = graph.store.walker.standing()
    return state, max(0, published - seq)


def _cut(question: Question) -> list[tuple[str, str]]:
    return [] if question.known_at_cut is None else [("known_at", str(question.known_at_cut))]


def _following(cursor: str | None, known_at: int, question: Question) -> str | None:
    if cursor is None:
        return None
    said = given(cursor=cursor, known_at=str(known_at), lang=question.lang)
    return with_query("/records", said)
