"""The canonical content of events: RFC 8785, also where a cheaper way leads to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785

from tracegraph.model.event import FREE, event_schema
from tracegraph.model.parse import content, normalised, parse_event


def objects(schema: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every object of a JSON Schema, with where it stands."""
    if isinstance(schema, dict):
        yield path, schema
    members = schema.items() if isinstance(schema, dict) else enumerate(schema)
    for name, value in members:
        if isinstance(value, dict | list):
            yield from objects(value, (*path, name))


def test_only_what_is_free_may_hold_what_is_not_plain() -> None:
    doubtful = [
        path
        for path, said in objects(event_schema())
        if said.get("$ref") == "#/$defs/JsonValue"
        or said.get("type") == "number"
        or (said.get("type") == "integer" and not said["maximum"] < 2**53)
    ]

    assert doubtful
    assert not [path for path in doubtful if not set(FREE) & set(path)]


@pytest.mark.parametrize(
    "free",
    [
        {},
        {"b": [1, True, None, {"z": "ü", "a": -1}], "a": ""},
        {"a": 1.0},
        {"a": [{"b": 2**53}]},
        {"\U0001f600": 1, "\uffff": 2},
    ],
)
def test_content_is_rfc_8785_whatever_is_free(free: dict[str, Any]) -> None:
    event = parse_event(
        {
            "id": "1", "source": "s", "type": "process", "occurred_at": "2026-01-01T00:00:00Z",
            "items": [{"item": {"product": "P", "lot": "ü"}, "quantity": "1.50", "unit": "kg"}],
            "attributes": free, "parameters": free,
        }
    )  # fmt: skip

    try:
        expected = rfc8785.dumps(normalised(event))
    except rfc8785.IntegerDomainError as error:
        with pytest.raises(ValueError, match=str(error)[:20]):
            content(event)
    else:
        assert content(event) == expected
