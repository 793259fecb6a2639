"""Reading the instants and cuts that a question is asked with."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from tracegraph.model.instant import ACCEPTED, Instant
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import GraphStore

_MOST_DIGITS = 15  # of a seq: more than any journal will have


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
        known_at = int(known_at) if len(known_at) <= _MOST_DIGITS else -1
    if isinstance(known_at, str):
        return store.cut(read_instant(known_at, "known_at"))
    if known_at is not None and not 0 <= known_at < 10**_MOST_DIGITS:
        refusal = Refusal("/known_at", "cut", "is no seq.", "a seq, or an RFC 3339 time")
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


def require_text(name: str, value: str | None, most: int = 1000) -> None:
    """Refuse a text that is too long, or that holds half of a character."""
    if value is not None and (len(value) > most or (not value.isprintable() and _broken(value))):
        accepted = f"a text of at most {most} characters"
        raise Refused((Refusal(f"/{name}", "text", "cannot be looked for.", accepted),))


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
