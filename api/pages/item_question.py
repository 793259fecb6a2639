"""The question about an item, out of an address."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from api.pages.question import COLOURS, DIRECTIONS, LONGEST, MOST_OPEN, Question
from api.pages.visit import page_number, spoken
from tracegraph.trace.answer import Direction


def question_in(said: QueryParams) -> Question:
    """The question in an address; what it cannot mean is as if it were not there."""
    return Question(
        direction=_direction(said.get("direction", "")),
        as_of=said.get("as_of", "").strip(),
        known_at=said.get("known_at", "").strip(),
        max_depth=said.get("max_depth", "").strip(),
        opened=frozenset(said.getlist("open")[:MOST_OPEN]),
        page=page_number(said.get("page", "")),
        colour=colour if (colour := said.get("colour", "")) in COLOURS else "",
        was=said.get("was", ""),
        why=said.get("why", ""),
        within=said.get("within", "").strip()[:LONGEST],
        card=said.get("card", ""),
        after=said.get("after", ""),
        lang=spoken(said.get("lang", "")),
    )


def _direction(text: str) -> Direction:
    return next((direction for direction in DIRECTIONS if direction == text), "backward")
