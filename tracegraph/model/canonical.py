"""Canonical JSON (RFC 8785) and its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import fields
from functools import cache
from typing import Any

import orjson
import rfc8785

_ANSWER = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def canonical(value: Any) -> bytes:
    """`value` as RFC 8785 bytes. Raises ValueError for what JSON cannot say exactly.

    orjson writes the same bytes, faster, where there is no float, no integer beyond 2^53 and
    no key outside ASCII; only then is it used.
    """
    return canonical_plain(value) if is_plain(value) else rfc8785.dumps(value)


def canonical_plain(value: Any) -> bytes:
    """What is known to be plain as RFC 8785 bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def canonical_answer(value: Any, *, without: Collection[str] = ()) -> bytes:
    """An answer as RFC 8785 bytes; `without` leaves out fields of it.

    An answer is a dataclass (or list) of texts, truths, counts below 2^53 and further answers;
    mappings in it have ASCII keys. So orjson's order is RFC 8785's. Names that begin with an
    underscore are not part of an answer.
    """
    if without:
        value = {name: said for name, said in answer_fields(value).items() if name not in without}
    return orjson.dumps(value, default=answer_fields, option=_ANSWER)


def answer_fields(value: Any) -> dict[str, Any]:
    """The fields of an answer, by name. Raises TypeError for what is none."""
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if not each.name.startswith("_"))


def digest(value: Any) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def is_plain(value: Any) -> bool:
    """Whether orjson's bytes of a value are RFC 8785's."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    if isinstance(value, dict):
        return all(isinstance(k, str) and k.isascii() and is_plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return False
