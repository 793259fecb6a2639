"""Refusals: malformed input, said so that its sender can mend it.

TracegraphError                  everything this project raises on purpose
└── Refused                      input that is not well formed; carries every Refusal
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class TracegraphError(Exception):
    """Base of every error that tracegraph raises on purpose."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with an input.

    `pointer` is the JSON pointer (RFC 6901) of the field, `rule` a stable code, `detail` a
    sentence on what is wrong, `accepted` what would be accepted instead.
    """

    pointer: str
    rule: str
    detail: str
    accepted: str

    def as_json(self) -> dict[str, str]:
        """The refusal as the HTTP and command-line answers show it."""
        return {
            "pointer": self.pointer,
            "rule": self.rule,
            "detail": self.detail,
            "accepted": self.accepted,
        }


class Refused(TracegraphError, ValueError):
    """Input that is not well formed. Nothing of it was stored."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__(
            "; ".join(f"{r.pointer or '/'}: {r.detail} Accepted: {r.accepted}" for r in refusals)
        )


def json_type(value: Any) -> str:
    """What JSON calls a value, with its article.

    >>> json_type(1.5), json_type(None), json_type([])
    ('a number', 'null', 'a list')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "not JSON")


def pointer(path: tuple[Any, ...]) -> str:
    """The JSON pointer (RFC 6901) of a path of names and indexes.

    >>> pointer(("inputs", 0, "item", "a/b"))
    '/inputs/0/item/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
