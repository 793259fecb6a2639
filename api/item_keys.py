"""Item keys in addresses: encoded as a whole, or written as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from api.raw_path import decoded
from tracegraph.trace.answer import UnknownItem

T = TypeVar("T")


def tried(part: str, ask: Callable[[str], T]) -> T:
    """What `ask` answers for the item that a part of an undecoded path names.

    The part is decoded once, as an address is. A key that was put there unencoded may hold
    escapes of its own (`…/10/C%2F1`): where the decoded text names nothing, the part is taken
    as it is. Raises UnknownItem, and what `ask` raises.
    """
    text = decoded(part)
    if text == part:
        return ask(text)
    try:
        return ask(text)
    except UnknownItem as unknown:
        try:
            return ask(part)
        except UnknownItem:
            raise unknown from None
