"""Canonical JSON (RFC 8785) of an answer, streamed: for answers too large to be built as one text.

The file of a recall scope is canonical as a whole, and holds everything in it, `hash` too. To check
it: read the file, take `hash` out of the object, write the rest in canonical form, and compare its
SHA-256 with what was taken out. `json_chunks(scope, without=("hash",))` gives the very bytes that
are hashed:

    content = json.loads(file)
    said = content.pop("hash")
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == said
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import orjson

from tracegraph.formats.chunks import gathered
from tracegraph.model.canonical import canonical

_BATCH = 256


def json_chunks(answer: Any, *, without: Collection[str] = ()) -> Iterator[bytes]:
    """An answer (a dataclass of values) as canonical JSON, in pieces; linear, no copy is held.

    `without` names fields of the answer itself to leave out. Names that begin with an underscore
    are not part of an answer.
    """
    return gathered(_object(answer, frozenset(without)))


def _object(value: Any, without: frozenset[str] = frozenset()) -> Iterator[bytes]:
    names = [name for name in _names(value) if name not in without]
    opening = b"{"
    for name in names:
        yield opening + canonical(name) + b":"
        yield from _value(getattr(value, name))
        opening = b","
    yield b"}" if names else b"{}"


def _value(value: Any) -> Iterator[bytes]:
    if not _large(value):
        yield canonical(orjson.loads(orjson.dumps(value)))
    elif is_dataclass(value):
        yield from _object(value)
    else:
        yield from _array(value)


def _array(values: Sequence[Any]) -> Iterator[bytes]:
    """A long array: small neighbours are written together, large elements in pieces."""
    opening = b"["
    batch: list[Any] = []
    for value in values:
        large = _large(value)
        if not large:
            batch.append(value)
        if batch and (large or len(batch) == _BATCH):
            yield opening + _bare(batch)
            batch, opening = [], b","
        if large:
            yield opening
            yield from _value(value)
            opening = b","
    if batch:
        yield opening + _bare(batch)
    yield b"]"


def _bare(batch: list[Any]) -> bytes:
    return canonical(orjson.loads(orjson.dumps(batch)))[1:-1]


def _large(value: Any) -> bool:
    """Whether a value is too large to be written at once: a long array, or one within."""
    if value is None or isinstance(value, str):
        return False
    if isinstance(value, (tuple, list)):
        return len(value) > _BATCH or any(map(_large, value))
    if is_dataclass(value):
        return any(_large(getattr(value, name)) for name in _names(value))
    return False


def _names(value: Any) -> tuple[str, ...]:
    return _names_of(value.__class__)


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    """Names of a dataclass's fields: ASCII, so their order as Python text is RFC 8785's."""
    return tuple(sorted(each.name for each in fields(kind) if not each.name.startswith("_")))
