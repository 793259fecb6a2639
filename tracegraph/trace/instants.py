"""Reading the instants and cuts that a question is asked with."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from tracegraph.model.instant import ACCEPTED, Instant
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import GraphStore


def read_instant(text: str | None, name: str) -> Instant | None:
    """The instant a parameter gives. Raises Refused naming the parameter."""
    if text is None:
        return None
    try:
        return Instant.parse(text)
    except ValueError as error:
        raise Refused((Refusal(f"/{name}", "instant", f"{error}.", ACCEPTED),)) from error


def read_cut(store: GraphStore, known_at: int | str | None) -> int:
    """The seq up to which a question sees: now, a seq, or what was recorded by an instant."""
    if isinstance(known_at, str) and known_at.isascii() and known_at.isdigit():
        known_at = int(known_at)
    if isinstance(known_at, str):
        return store.cut(read_instant(known_at, "known_at"))
    if known_at is not None and known_at < 0:
        refusal = Refusal("/known_at", "cut", "is negative.", "a seq, or an RFC 3339 time")
        raise Refused((refusal,))
    return store.cut(known_at)


def read_seconds(text: str, name: str) -> Decimal:
    """A duration in seconds, as exact as it is written. Raises Refused naming the parameter."""
    accepted = 'seconds as a decimal, such as "0" or "2.5", at most a day'
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        seconds = Decimal(-1)
    if not (seconds.is_finite() and 0 <= seconds <= 86_400):
        raise Refused((Refusal(f"/{name}", "duration", f"{text!r} is no duration.", accepted),))
    return seconds


def require_range(name: str, value: int | None, low: int, high: int) -> None:
    """Refuse a whole number outside its range."""
    if value is not None and not low <= value <= high:
        accepted = f"a whole number from {low} to {high}"
        raise Refused((Refusal(f"/{name}", "range", f"{value} is out of range.", accepted),))
