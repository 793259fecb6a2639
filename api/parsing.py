"""Bodies parsed, with the place of every fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from api.problems import (
    MALFORMED_JSON,
    REFUSED_BODY,
    REFUSED_EVENTS,
    TOO_MANY_EVENTS,
    UNSUPPORTED_MEDIA_TYPE,
    Kind,
    Problem,
)
from tracegraph.model.refusal import Refusal, json_type, pointer

JSON = "application/json"
NDJSON = "application/x-ndjson"


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that a name that is there twice is seen."""


def read_events(body: bytes, kind: str, *, most: int) -> tuple[list[Any], bool]:
    """The events in a body, and whether it was one event alone.

    Raises Problem: 400 with line and column for what is not JSON, 413 for more than `most`, 422
    for an empty batch and for a name that an object has twice (RFC 8259, 4, leaves open which
    one counts, so neither does).
    """
    if kind == NDJSON:
        documents, single = [*_lines(body, most)], False
    else:
        value = _parsed(body)
        _require_single_names(body, ())
        documents, single = (value, False) if isinstance(value, list) else ([value], True)
    if len(documents) > most:
        raise _too_many(most)
    if not documents:
        refusal = Refusal("", "empty", "There is no event.", "one event or more")
        raise Problem(REFUSED_EVENTS, "The batch is empty.", (refusal,))
    return documents, single


def read_object(body: bytes, kind: str) -> dict[str, Any]:
    """The one JSON object that a body is. Raises Problem, as `read_events` does."""
    if kind != JSON:
        raise Problem(UNSUPPORTED_MEDIA_TYPE, f"Send {JSON}.", headers={"accept-post": JSON})
    value = _parsed(body)
    _require_single_names(body, (), REFUSED_BODY)
    if not isinstance(value, dict):
        refusal = Refusal("", "object", f"is {json_type(value)}.", "one JSON object")
        raise Problem(REFUSED_BODY, "It takes one JSON object.", (refusal,))
    return value


def _lines(body: bytes, most: int) -> Iterator[Any]:
    count = 0
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        count += 1
        if count > most:
            raise _too_many(most)
        value = _parsed(line, first_line=number)
        _require_single_names(line, (count - 1,))
        yield value


def _parsed(text: bytes, *, first_line: int = 1) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        line, column = error.lineno + first_line - 1, error.colno
        accepted = "JSON (RFC 8259) in UTF-8"
        refusal = Refusal("", "json", f"Line {line}, column {column}: {error.msg}.", accepted)
        raise Problem(
            MALFORMED_JSON,
            f"It cannot be read at line {line}, column {column}.",
            (refusal,),
            extra={"line": line, "column": column},
        ) from error


def _require_single_names(
    text: bytes, path: tuple[Any, ...], refused: Kind = REFUSED_EVENTS
) -> None:
    """Refuse an object that has a name twice. Linear; the place is sought only on a fault."""
    twice = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len({name for name, _ in pairs}) < len(pairs)

    try:
        json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    except RecursionError as error:
        refusal = Refusal("", "json", "It is nested too deeply.", "JSON of fewer levels")
        raise Problem(MALFORMED_JSON, "It is nested too deeply.", (refusal,)) from error
    if not twice:
        return
    places = _doubles(json.loads(text, object_pairs_hook=_Pairs, parse_int=str), path)
    refusals = tuple(
        Refusal(pointer(place), "duplicate_name", "is there twice.", "each name once in an object")
        for place in places
    )
    raise Problem(refused, "Names are there twice; nothing was stored.", refusals)


def _doubles(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, part in value:
            if name in seen:
                yield (*path, name)
            seen.add(name)
            yield from _doubles(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _doubles(part, (*path, index))


def _too_many(limit: int) -> Problem:
    refusal = Refusal("", "batch_length", "There are too many events.", f"at most {limit} events")
    detail = f"A batch may have {limit} events; send them in several requests."
    return Problem(TOO_MANY_EVENTS, detail, (refusal,))
