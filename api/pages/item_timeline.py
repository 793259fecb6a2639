"""The story of an item as a timeline, in lanes by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from api.pages.question import Question, given, with_query
from api.pages.render import event_name, moment
from api.pages.words import Words
from tracegraph.trace.answer import HistoryEntry
from viz.swimlane import MARKS, Moment, Stop, stops, swimlane_svg


def timeline(
    entries: Sequence[HistoryEntry], name: str, question: Question, words: Words
) -> dict[str, Any] | None:
    """What the page says of the timeline; None where nothing happened."""
    if not entries:
        return None
    folded = len(entries) > MARKS
    found = [_moment(entry, question, words, folded=folded) for entry in entries]
    shown: list[Stop] = stops(found, words("lane_others"))
    label = words("timeline_label", name=name, n=f"{len(entries):,}")
    return {
        "svg": Markup(swimlane_svg(shown, label=label, nowhere=words("lane_none"))),
        "label": label,
        "folded": len(shown) < len(entries),
    }


def _moment(entry: HistoryEntry, question: Question, words: Words, *, folded: bool) -> Moment:
    """An entry in the lane of its place, else of its party; folded ones lead to their day."""
    event = entry.event
    at, voided = moment(entry.occurred_at), entry.status == "voided"
    what, to = words.name(entry.type), event.get("to")
    said = [f"{what} {entry.id} · {entry.source}", f"{at} UTC"]
    if isinstance(to, str):
        said.append(f"{words.of('fact', 'to')} {to}")
    if voided:
        said.append(words("voided_now"))
    path = event_name(entry.key).address
    page = with_query(path, given(lang=question.lang)) if path else None
    return Moment(
        at=at,
        lane=_lane(event, words),
        label=what,
        voided=voided,
        href=f"#day-{at[:10]}" if folded else page,
        hover=tuple(said),
    )


def _lane(event: dict[str, Any], words: Words) -> str:
    for name in ("place", "party"):
        if isinstance(event.get(name), str):
            return str(event[name])
    return words("lane_none")
