"""Cursors: where a page ended, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from tracegraph.model.refusal import Refusal, Refused


def write_cursor(place: list[Any]) -> str:
    """A place in an order, as text that fits into an address.

    >>> read_cursor(write_cursor([7, "a"]), [0, ""])
    [7, 'a']
    """
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(text: str | None, start: list[Any]) -> list[Any]:
    """The place that a cursor holds; `start` where there is none. Raises Refused."""
    if text is None:
        return start
    try:
        place = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        place = None
    fits = isinstance(place, list) and len(place) == len(start)
    if not fits or not all(map(_fits, place, start)):
        accepted = "the cursor of the page before, as it was given"
        raise Refused((Refusal("/cursor", "cursor", "is not a cursor of this list.", accepted),))
    return list(place)


def _fits(value: Any, example: Any) -> bool:
    return type(value) is type(example) and (isinstance(value, str) or abs(value) <= 2**58)
