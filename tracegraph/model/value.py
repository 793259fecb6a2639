"""Values that are made by the hundred thousand: frozen to the type checker, quick to Python.

A frozen dataclass sets each of its fields through a call, which takes four times as long as to
set it; a genealogy of 100 events is a thousand of them, and a fifth of the time (see ADR 26).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, **options: Any) -> Any:
        """`dataclasses.dataclass`, whose `frozen` only the type checker holds to."""
        return dataclass(**options, unsafe_hash=frozen)


__all__ = ["value"]
