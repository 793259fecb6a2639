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

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from tracegraph.formats.chunks import gathered
from tracegraph.model.canonical import answer_fields, canonical, canonical_answer

_BATCH = 256


def json_chunks(answer: Any, *, without: Collection[str] = ()) -> Iterator[bytes]:
    """An answer (a dataclass, or JSON already) as canonical JSON, in pieces; no copy is held.

    `without` names fields of the answer itself to leave out. Names that begin with an underscore
    are not part of an answer.
    """
    return gathered(_object(answer, frozenset(without)))


def _object(value: Any, without: frozenset[str] = frozenset()) -> Iterator[bytes]:
    opening = b"{"
    for name, said in sorted(_fields(value).items()):
        if name not in without:
            yield opening + canonical(name) + b":"
            yield from _value(said)
            opening = b","
    yield b"{}" if opening == b"{" else b"}"


def _fields(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else answer_fields(value)


def _value(value: Any) -> Iterator[bytes]:
    if not _large(value):
        yield canonical_answer(value)
    elif is_dataclass(value) or isinstance(value, Mapping):
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
    return canonical_answer(batch)[1:-1]


def _large(value: Any) -> bool:
    """Whether a value is too large to be written at once: a long array, or one within."""
    if value is None or isinstance(value, str):
        return False
    if isinstance(value, (tuple, list)):
        return len(value) > _BATCH or any(map(_large, value))
    if isinstance(value, Mapping):
        return any(map(_large, value.values()))
    if is_dataclass(value):
        return any(map(_large, answer_fields(value).values()))
    return False
