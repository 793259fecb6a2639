"""Reading an event: JSON in, a typed event or every reason against it out."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError

from tracegraph.model.canonical import canonical
from tracegraph.model.event import ADAPTER, TYPES, Base, Event
from tracegraph.model.refusal import Refusal, Refused, pointer

_ACCEPTED = {
    "missing": "this field; it is required",
    "extra_forbidden": "only the fields of the schema; free data goes into attributes",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "string_unicode": "text without lone surrogates",
    "string_pattern_mismatch": "text without control characters or blanks around it",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
    "tuple_type": "a list",
    "too_short": "at least one element",
    "too_long": "fewer elements",
    "date_type": "a date such as 2029-03-01",
    "date_parsing": "a date such as 2029-03-01",
    "date_from_datetime_parsing": "a date such as 2029-03-01",
}


def parse_event(document: Any, *, source: str | None = None) -> Event:
    """Read one event from parsed JSON; `source` fills in where the event names none.

    Raises Refused with every fault found. Linear in the document.
    """
    if not isinstance(document, dict):
        raise Refused(
            (Refusal("", "object", f"is a {type(document).__name__}.", "one JSON object an event"),)
        )
    if source is not None and "source" not in document:
        document = {**document, "source": source}
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
    """The canonical content that decides whether two events under one id are the same."""
    try:
        return canonical(normalised(event))
    except ValueError as error:
        raise Refused(
            (
                Refusal(
                    "/attributes", "json_number", f"{error}.", "numbers that a double holds exactly"
                ),
            )
        ) from error


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
    detail = fault["msg"]
    if rule in {"union_tag_not_found", "union_tag_invalid"}:
        path = (*path, "type")
        rule, detail = "type", "is missing or is not a known type of event."
        return Refusal(pointer(path), rule, detail, "one of " + ", ".join(sorted(TYPES)))
    accepted = context.get("accepted") or _ACCEPTED.get(rule)
    if accepted is None:
        accepted = str(context.get("expected") or fault["msg"])
    return Refusal(pointer(path), rule, detail if detail.endswith(".") else f"{detail}.", accepted)
