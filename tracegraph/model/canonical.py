"""Canonical JSON (RFC 8785) and its SHA-256."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import rfc8785


def canonical(value: Any) -> bytes:
    """`value` as RFC 8785 bytes. Raises ValueError for what JSON cannot say exactly.

    orjson writes the same bytes, faster, where there is no float, no integer beyond 2^53 and
    no key outside ASCII; only then is it used.
    """
    if _plain(value):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> bool:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    if isinstance(value, dict):
        return all(isinstance(k, str) and k.isascii() and _plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return False
