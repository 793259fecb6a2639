"""Reading an event: JSON in, a typed event or every reason against it out."""

from __future__ import annotations

import math
from typing import Any

import orjson
from pydantic import ValidationError

from tracegraph.model.canonical import canonical, canonical_plain, is_plain
from tracegraph.model.event import ADAPTER, DECIMAL, FREE, GTIN, TYPES, Base, Event
from tracegraph.model.item import TEXT, URI
from tracegraph.model.refusal import Refusal, Refused, json_type, pointer

# What is wrong, and what would be accepted, for the rules that pydantic checks by itself.
_RULES = {
    "missing": ("is missing.", "this field; it is required"),
    "extra_forbidden": (
        "is not a field of this object.",
        "only the fields of the schema; free data goes into attributes",
    ),
    "string_type": ("is not a text.", "a text"),
    "string_too_short": ("is empty.", "a text that is not empty"),
    "string_too_long": ("is too long.", "a shorter text"),
    "string_unicode": ("holds half of a character.", "text without lone surrogates"),
    "int_type": ("is not a whole number.", "a whole number"),
    "bool_type": ("is not true or false.", "true or false"),
    "model_type": ("is not an object.", "an object"),
    "model_attributes_type": ("is not an object.", "an object"),
    "dict_type": ("is not an object.", "an object"),
    "tuple_type": ("is not a list.", "a list"),
    "too_short": ("has no element.", "at least one element"),
    "too_long": ("has too many elements.", "fewer elements"),
    "date_type": ("is not a date.", "a date such as 2029-03-01"),
    "date_parsing": ("is not a date.", "a date such as 2029-03-01"),
    "date_from_datetime_parsing": ("is not a date.", "a date such as 2029-03-01"),
}
_PATTERNS = {
    TEXT: "text without control characters or blanks around it",
    URI: "an absolute URI, such as urn:example:lot:17",
    GTIN: "8, 12, 13 or 14 digits",
    DECIMAL: "a decimal, such as -0.25",
}


def parse_event(document: Any, *, source: str | None = None) -> Event:
    """Read one event from parsed JSON; `source` fills in where the event names none.

    Raises Refused with every fault found. Linear in the document.
    """
    if not isinstance(document, dict):
        raise Refused(
            (Refusal("", "object", f"is {json_type(document)}.", "one JSON object an event"),)
        )
    if source is not None and "source" not in document:
        document = {**document, "source": source}
    for field in FREE:
        if _unsayable(document.get(field)):
            detail, accepted = "holds a number that JSON cannot write.", "finite numbers"
            raise Refused((Refusal(f"/{field}", "json_number", detail, accepted),))
    try:
        return ADAPTER.validate_json(orjson.dumps(document))
    except ValidationError as error:
        raise Refused(_refusals(error)) from error
    except (TypeError, RecursionError) as error:
        # What orjson cannot write: integers beyond 64 bits, endless depth, lone surrogates.
        raise Refused(
            (Refusal("", "json", f"cannot be written as JSON: {error}.", "RFC 8259 JSON"),)
        ) from error


def normalised(event: Base) -> dict[str, Any]:
    """The event's content with quantities and instants in one form, absent fields left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def content(event: Base) -> bytes:
    """The canonical content that decides whether two events under one id are the same.

    But for the fields that are free, an event is plain by its schema.
    """
    said = normalised(event)
    if is_plain([said.get(field) for field in FREE]):
        return canonical_plain(said)
    try:
        return canonical(said)
    except ValueError as error:
        raise Refused(
            (
                Refusal(
                    "/attributes", "json_number", f"{error}.", "numbers that a double holds exactly"
                ),
            )
        ) from error


def _unsayable(value: Any) -> bool:
    """Whether a value holds an infinity or NaN, which would be written as null."""
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(map(_unsayable, value.values()))
    return isinstance(value, list) and any(map(_unsayable, value))


def _refusals(error: ValidationError) -> tuple[Refusal, ...]:
    """Every fault; a list that is too short only because its members were refused is none."""
    found = [_refusal(fault) for fault in error.errors(include_url=False)]
    pointers = [refusal.pointer for refusal in found]
    return tuple(
        refusal
        for refusal in found
        if refusal.rule != "too_short"
        or not any(other.startswith(refusal.pointer + "/") for other in pointers)
    )


def _refusal(fault: Any) -> Refusal:
    rule = fault["type"]
    context = fault.get("ctx", {})
    path = fault["loc"]
    if path and path[0] in TYPES:
        path = path[1:]
    if rule in {"union_tag_not_found", "union_tag_invalid"}:
        known = "one of " + ", ".join(sorted(TYPES))
        return Refusal(pointer((*path, "type")), "type", "is no known type of event.", known)
    place = pointer(path) + context.get("at", "")
    if rule == "string_pattern_mismatch":
        accepted = _PATTERNS.get(context["pattern"], "a text of another form")
        return Refusal(place, rule, "does not have the form that is asked for.", accepted)
    detail, accepted = _RULES.get(rule, (fault["msg"], str(context.get("expected", ""))))
    if rule == "literal_error":
        detail = "is not one of the words that are known."
    return Refusal(place, rule, detail, context.get("accepted") or accepted or detail)
