"""From the JSON of a scope back to its values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tracegraph.recall.answer import Scope
from tracegraph.recall.snapshot import SnapshotDamaged


def read_scope(told: Mapping[str, Any]) -> Scope:
    """The scope that a snapshot's content says. Raises SnapshotDamaged for what is no scope."""
    try:
        return _reader().validate_python(told)
    except ValidationError as error:
        message = f"Snapshot {told.get('hash')} is of a form that this version cannot read."
        raise SnapshotDamaged(message) from error


@cache
def _reader() -> TypeAdapter[Scope]:
    return TypeAdapter(Scope)
