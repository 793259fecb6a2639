"""The fields of one EPCIS event, read so that every fault is noted and none raises."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tracegraph.identify.cbv import bare_word
from tracegraph.model.refusal import Refusal, pointer

MAX_DEPTH = 100
MAX_WHOLE = 2**53 - 1

_KINDS = {
    dict: "an object", list: "a list", str: "a text", bool: "true or false",
    int: "a number", float: "a number", type(None): "null",
}  # fmt: skip


class Fields:
    """One EPCIS event, with its pointer in the document and the faults found so far.

    A field that is null or an empty text counts as absent: JSON-LD drops nulls, and writers of
    EPCIS leave "" where they have nothing to say.
    """

    def __init__(self, event: dict[str, Any], at: str) -> None:
        self.event = event
        self.at = at
        self.refusals: list[Refusal] = []

    def refuse(self, path: tuple[Any, ...], rule: str, detail: str, accepted: str) -> None:
        """Note a fault of the field at `path` within the event."""
        self.refusals.append(Refusal(self.at + pointer(path), rule, detail, accepted))

    def text(
        self, *path: Any, required: str | None = None, within: dict[str, Any] | None = None
    ) -> str | None:
        """The text at `path`, read from `within` where that is given; None where it is absent.

        `required` says what is accepted, and makes absence a fault.
        """
        value = (self.event if within is None else within).get(path[-1])
        accepted = required or "a text, or nothing"
        if isinstance(value, str) and value:
            return value
        if value is not None and not isinstance(value, str):
            self.refuse(path, "text", f"is {kind_of(value)}.", accepted)
        elif required:
            self.refuse(path, "missing", "is missing or empty.", accepted)
        return None

    def record(self, name: str) -> dict[str, Any]:
        """The object of this name; an empty one where it is absent."""
        value = self.event.get(name)
        if value is None or isinstance(value, dict):
            return value or {}
        self.refuse((name,), "object", f"is {kind_of(value)}.", "an object")
        return {}

    def members(self, name: str, kind: type) -> Iterator[tuple[int, Any]]:
        """Each member of a list with its index, those that are not of `kind` refused."""
        values = self.event.get(name)
        if values is None:
            return
        rule, accepted = ("text", "a text") if kind is str else ("object", "an object")
        if not isinstance(values, list):
            self.refuse(
                (name,), "list", f"is {kind_of(values)}.", f"a list, each member {accepted}"
            )
            return
        for index, value in enumerate(values):
            if isinstance(value, kind):
                yield index, value
            else:
                self.refuse((name, index), rule, f"is {kind_of(value)}.", accepted)

    def word(self, *path: Any, within: dict[str, Any] | None = None) -> str | None:
        """A word of the Core Business Vocabulary, bare; a word of another vocabulary as it is."""
        value = self.text(*path, within=within)
        return None if value is None else bare_word(value)

    def check_json(self) -> None:
        """Refuse what JSON cannot say exactly, wherever it stands: the event is kept whole."""
        for path, detail, accepted in _faults(self.event):
            self.refuse(path, "json", detail, accepted)


def kind_of(value: Any) -> str:
    """What a JSON value is, in words.

    >>> kind_of([1]), kind_of(2.5)
    ('a list', 'a number')
    """
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def _faults(root: Any) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """Each fault as path, detail and what is accepted. Iterative, linear in the document."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), root)]
    while waiting:
        path, value = waiting.pop()
        if fault := _fault(value):
            yield path, *fault
        elif isinstance(value, dict | list):
            if len(path) >= MAX_DEPTH:
                yield path, f"is nested more than {MAX_DEPTH} deep.", "a flatter event"
                continue
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, member in pairs:
                if isinstance(value, dict) and (not isinstance(name, str) or _broken(name)):
                    yield path, "has a name that is not Unicode text.", "names that are texts"
                else:
                    waiting.append(((*path, name), member))


def _fault(value: Any) -> tuple[str, str] | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a number.", "a finite number"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_WHOLE:
        return "is beyond 2^53, where a double is not exact.", "a smaller number, or a text"
    if isinstance(value, str) and _broken(value):
        return "has half of a surrogate pair.", "Unicode text"
    if not isinstance(value, dict | list | str | int | float | None):
        return f"is {kind_of(value)}.", "a JSON value"
    return None


def _broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
