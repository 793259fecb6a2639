"""What is asked of contenders, and what they answer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal[
    "closure", "trace", "scope", "gate", "search", "history", "empty", "ingest", "mixed", "cold"
]
Way = Literal["forward", "backward"]

ENGINES = ("sqlite", "neo4j")


class Reference(NamedTuple):
    """What a measure is a multiple of: the same seeds or another question, asked of a contender.

    Without a contender each contender's own measure of the question is meant.
    """

    kind: Kind
    label: str
    contender: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask. Questions of one kind and label are measured together.

    `numbers` and `keys` are the same items by number and by key; `text` is what a search is for.
    """

    kind: Kind
    label: str
    numbers: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    way: Way = "forward"
    text: str = ""
    against: Reference | None = None

    @property
    def name(self) -> tuple[Kind, str]:
        """What it is measured under."""
        return self.kind, self.label


class Answer(NamedTuple):
    """What is compared between contenders, and the bytes that the client received for it."""

    said: Collection[str]
    size: int | None = None

    def digest(self) -> str:
        """Equal for equal answers, whatever their order."""
        return hashlib.sha256("\n".join(sorted(self.said)).encode()).hexdigest()


class TimedOut(Exception):
    """A contender did not answer within the time that it was given."""
