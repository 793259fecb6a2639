"""Sheets: named tables of typed columns, which any format of tables can write.

Every cell is exact text or a whole number; `kind` says how its text reads. A writer that cannot
say a value exactly in the kind of its column writes the text as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

# quantity: decimal text; date: ISO 8601; time: RFC 3339 in UTC. A whole number, in a column of
# any kind, is a number; None is an empty cell.
Kind = Literal["text", "quantity", "integer", "date", "time"]
Cell = str | int | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what its cells are."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are made anew for each reader, so that none are kept.

    >>> rows = Rows(lambda: iter([("a", 1)]))
    >>> list(rows) == list(rows) == [("a", 1)]
    True
    """

    make: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        """The rows, from the first."""
        return self.make()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: each row has a cell for every column, in their order."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
