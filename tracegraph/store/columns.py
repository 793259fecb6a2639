"""Columns: rows of a store as parallel lists, as engines give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tracegraph.model.instant import Instant
from tracegraph.store.projection.rows import ItemRow


class LineColumns(NamedTuple):
    """Lines as parallel lists; the fields are those of LineRow."""

    seq: list[int]
    pos: list[str]
    role: list[str]
    flow: list[int]
    item: list[int]
    hub: list[int]
    lot: list[int]
    via: list[int]
    pooled: list[int]
    quantity: list[int | None]
    unit: list[str | None]


class ComprisesColumns(NamedTuple):
    """Lot to serial, as parallel lists; the fields are those of ComprisesRow."""

    lot: list[int]
    serial: list[int]
    at: list[int]
    rest: list[str]
    since: list[str]
    until: list[str]


class EventColumns(NamedTuple):
    """Events as parallel lists. `start` and `end` are exact; `hub` is the seq, or -run."""

    seq: list[int]
    source: list[str]
    id: list[str]
    type: list[str]
    start: list[Instant]
    end: list[Instant]
    hub: list[int]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> EventColumns:
        """Columns from rows of an engine: each instant as microseconds and digits beyond."""
        return cls(
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            [row[3] for row in rows],
            [Instant(row[4], row[5]) for row in rows],
            [Instant(row[6], row[7]) for row in rows],
            [row[8] for row in rows],
        )


class SumColumns(NamedTuple):
    """Lines of events added up, as parallel lists; see `sums_of_events`.

    `lot` is the lot itself, or the lot named beside serials, 0 for none; `kind` is that of the
    items. `quantity` is the sum, None where one of them is unknown; `lines` how many there are.
    """

    seq: list[int]
    hub: list[int]
    flow: list[int]
    product: list[str | None]
    lot: list[int]
    kind: list[int]
    unit: list[str | None]
    quantity: list[int | None]
    lines: list[int]


class SerialCounts(NamedTuple):
    """How many serials of a lot an event names in a role, as parallel lists.

    Each counts once, by lines that name this lot beside it, or none: where they name another it
    was not of this one then. `spells`: whether one of them is, or was, of it for a while only.
    """

    lot: list[int]
    seq: list[int]
    role: list[str]
    serials: list[int]
    spells: list[bool]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> SerialCounts:
        """Columns from rows of an engine."""
        lot, seq, role, serials, spells = zip(*rows, strict=True) if rows else ((),) * 5
        return cls(list(lot), list(seq), list(role), list(serials), [bool(s) for s in spells])


class Records(NamedTuple):
    """What names items themselves; see `records`. `bodies` is what was sent, by seq."""

    items: dict[int, ItemRow]
    members: ComprisesColumns
    events: EventColumns
    lines: LineColumns
    bodies: dict[int, bytes]
    counts: SerialCounts
