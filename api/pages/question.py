"""What a reader asks of an item, as it stands in the address of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from tracegraph.trace.answer import Direction

COLOURS = ("state", "place")  # what the figure may be coloured by
DIRECTIONS: tuple[Direction, ...] = ("backward", "forward", "both")
MOST_OPEN = 64  # groups of a figure
LONGEST = 200  # characters of a search within a figure
# A question without how its answer is looked at.
ALONE: dict[str, Any] = {
    "opened": frozenset(), "within": "", "card": "", "page": 1, "after": "",
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """The form of an item's page, as it was filled in; `lang` only where the address says it."""

    direction: Direction = "backward"
    as_of: str = ""
    known_at: str = ""
    max_depth: str = ""
    opened: frozenset[str] = frozenset()
    page: int = 1
    colour: str = ""
    was: str = ""  # the cuts that were looked at before: as_of, a comma, known_at
    why: str = ""  # an item, the way to which is shown
    within: str = ""  # what is searched for in the figure
    card: str = ""  # an item of the figure, the records of which are beside it
    after: str = ""  # cursor of the history
    lang: str = ""

    @property
    def as_of_instant(self) -> str | None:
        """`as_of` for the library: a day means all of it, in UTC."""
        return whole_day(self.as_of)

    @property
    def known_at_cut(self) -> int | str | None:
        """`known_at` for the library: a journal number or an instant."""
        number = self.known_at.isdecimal() and self.known_at.isascii()
        return int(self.known_at) if number else whole_day(self.known_at)

    @property
    def depth(self) -> int | None:
        """`max_depth` as a number. Raises ValueError where it is none."""
        if not self.max_depth:
            return None
        if not _NUMBER.fullmatch(self.max_depth):
            raise ValueError("not a number of steps")
        return int(self.max_depth)

    def with_(self, **changes: Any) -> Question:
        """The same question but for some fields."""
        return replace(self, **changes)

    def opening(self, group: str) -> Question:
        """With one more group opened."""
        return replace(self, opened=self.opened | {group})

    def closing(self, group: str) -> Question:
        """With one group closed again."""
        return replace(self, opened=self.opened - {group})

    def turned(self, direction: Direction) -> Question:
        """The other way from the same item, at the same cuts, looked at anew."""
        return self.with_(**ALONE, was="", why="", direction=direction)

    @property
    def plain(self) -> Question:
        """Nothing asked, in the same language."""
        return Question(lang=self.lang)

    def parameters(self) -> list[tuple[str, str]]:
        """What the address says; nothing of what goes without saying."""
        pairs = [
            ("direction", self.direction if self.direction != "backward" else ""),
            ("as_of", self.as_of),
            ("known_at", self.known_at),
            ("max_depth", self.max_depth),
            ("colour", self.colour),
            ("was", self.was),
            ("why", self.why),
            ("within", self.within),
            ("card", self.card),
            *(("open", group) for group in sorted(self.opened)),
            ("page", str(self.page) if self.page > 1 else ""),
            ("after", self.after),
            ("lang", self.lang),
        ]
        return given(*pairs)

    def address(self, key: str) -> str:
        """The address of the item's page under this question."""
        return with_query(f"/items/{quote(key, safe='')}", self.parameters())

    def report_address(self, key: str, **more: str) -> str:
        """The address of the item's report under this question.

        Not under the item's own: any text may follow `/items/`, also one with a suffix.
        """
        asked = self.with_(**ALONE).parameters()
        return with_query(f"/reports/items/{quote(key, safe='')}", [*asked, *more.items()])

    def from_here(self, key: str) -> str:
        """The address of another item's page: the same cuts, nothing opened, first page."""
        return self.with_(**ALONE, was="", why="").address(key)


def given(*pairs: tuple[str, str], **named: str) -> list[tuple[str, str]]:
    """The parameters that say something."""
    return [(name, text) for name, text in (*pairs, *named.items()) if text]


def with_query(path: str, parameters: list[tuple[str, str]]) -> str:
    """A path with its query, if it has one."""
    return f"{path}?{urlencode(parameters)}" if parameters else path


def whole_day(text: str) -> str | None:
    """A day as its last instant, in UTC, and any other text as it is; None of nothing."""
    return f"{text}T23:59:59.999999Z" if _DAY.fullmatch(text) else text or None


def from_day(text: str) -> str | None:
    """A day as its first instant, in UTC, and any other text as it is; None of nothing."""
    return f"{text}T00:00:00Z" if _DAY.fullmatch(text) else text or None
