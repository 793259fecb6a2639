"""What the description of the interface (OpenAPI) says of answers: their schemas and examples."""

from __future__ import annotations

from typing import Any

from api.answers import JSON, PROBLEM_JSON
from api.problems import (
    AMBIGUOUS_ITEM,
    FORBIDDEN,
    INTERNAL,
    INVALID_PARAMETER,
    KEY_REQUIRED,
    KINDS,
    STORE_OUTDATED,
    STORE_UNAVAILABLE,
    UNAUTHENTICATED,
    UNKNOWN_ITEM,
    Kind,
)

Responses = dict[int | str, dict[str, Any]]

COMMON = (
    UNAUTHENTICATED,
    FORBIDDEN,
    KEY_REQUIRED,
    INTERNAL,
    STORE_UNAVAILABLE,
    STORE_OUTDATED,
)
ASKED = (*COMMON, INVALID_PARAMETER)
OF_ITEM = (*ASKED, UNKNOWN_ITEM, AMBIGUOUS_ITEM)

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A problem (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "enum": [kind.type for kind in KINDS.values()]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "names the request, as X-Request-ID does"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "rule", "detail", "accepted"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901)"},
                    "rule": {"type": "string"},
                    "detail": {"type": "string"},
                    "accepted": {"type": "string", "description": "what would be accepted instead"},
                },
            },
        },
    },
}


def answers(
    example: Any, *, media_type: str = JSON, schema: Any = None, status: int = 200
) -> Responses:
    """What an operation answers when all is well; the schema comes from its response model."""
    content: dict[str, Any] = {"example": _guarded(example)}
    if schema is not None:
        content["schema"] = schema
    return {status: {"description": "The answer.", "content": {media_type: content}}}


def restored(value: Any) -> Any:
    """A part of the finished description, with the nulls of examples where they were."""
    if isinstance(value, dict):
        return {name: restored(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(restored, value))
    return None if value == _NULL else value


def _guarded(value: Any) -> Any:
    """An example whose nulls outlast the framework, which drops every null it meets."""
    if isinstance(value, dict):
        return {name: _guarded(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(_guarded, value))
    return _NULL if value is None else value


_NULL = "\x00null"


def problems(*kinds: Kind) -> Responses:
    """The problems an operation may answer with, by status."""
    found: Responses = {}
    for status in sorted({kind.status for kind in kinds}):
        of_status = [kind for kind in KINDS.values() if kind in kinds and kind.status == status]
        examples = {
            kind.name: {
                "value": {
                    "type": kind.type,
                    "title": kind.title,
                    "status": kind.status,
                    "detail": f"{kind.title}.",
                    "instance": "urn:tracegraph:request:8c2f0d1e",
                }
            }
            for kind in of_status
        }
        found[status] = {
            "description": "; ".join(kind.title for kind in of_status) + ".",
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": examples,
                }
            },
        }
    return found
