"""The rows that the journal projects to.

Each row stands from the seq that opened it (`rec`) until the seq that closed it (`void`); both
are kept beside the row, not in it, so that two rows are equal when they say the same.

    event ──LineRow──> item         every line of every event; flow says whether it is walked
    lot ──ComprisesRow──> serial    over the interval in which the serial is of the lot
    event|item ──AnomalyRow         what contradicts the records, or refers to what has not come
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from tracegraph.model.instant import Instant

# A row that stands. Larger than any seq, and small enough for one Neo4j property record.
STANDS = 2**35 - 1


class Flow(IntEnum):
    """How a line takes part in the genealogy."""

    NONE = 0
    IN = 1
    OUT = 2


class ItemRow(NamedTuple):
    """What an item is called: `no` is its node, the rest follows from what is known."""

    no: int
    key: str
    kind: int
    product: str | None
    number: str | None


class LineRow(NamedTuple):
    """One item at one event.

    `pos` is the line's place in the event ("inputs/0"); `hub` the genealogy node the line hangs
    on: the event's seq, or -run. `lot` is the lot named beside a serial, `via` the container
    that a content came in (0: none). `pooled` marks an unnamed draw from a lot that has serials.
    `quantity` is in millionths of `unit`, package levels multiplied out; None is unknown. `at`
    is when the event occurred, in microseconds.
    """

    seq: int
    pos: str
    role: str
    flow: int
    item: int
    hub: int
    at: int
    lot: int = 0
    via: int = 0
    pooled: int = 0
    quantity: int | None = None
    unit: str | None = None


class ComprisesRow(NamedTuple):
    """A serial is of a lot, from `since` until `until` (texts of instants; "" is open).

    `at` and `rest` are the instant of the line that joined them: microseconds and digits beyond.
    """

    lot: int
    serial: int
    at: int
    rest: str
    since: str
    until: str


class AnomalyRow(NamedTuple):
    """Something the records contradict; of an event (`seq`) or of an item (`item`), else 0."""

    seq: int
    item: int
    code: str
    pointer: str
    detail: str


class Spoken(NamedTuple):
    """A name under which an item was met: its own number `home`, and the item it now is."""

    key: str
    home: int
    item: int
    kind: int
    product: str | None
    number: str | None
    rec: int


@dataclass(slots=True)
class ItemState:
    """What the projection must know of an item to flag it and to split its lot."""

    no: int
    kinds: int = 0  # bit k is set where Kind(k) was stated of an opaque key
    inflows: int = 0
    draws: int = 0
    serials: int = 0  # standing ComprisesRows in which it is the lot
    lots: int = 0  # standing ComprisesRows in which it is the serial
    packings: int = 0  # standing lines in which it is the container
    suppliers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Sequence[Any]) -> ItemState:
        """A state from what `columns` gave."""
        return cls(*(*columns[:-1], orjson.loads(columns[-1])))

    def columns(self) -> tuple[Any, ...]:
        """The state as engines store it, the suppliers as JSON."""
        suppliers = orjson.dumps(self.suppliers, option=orjson.OPT_SORT_KEYS).decode()
        return (
            self.no, self.kinds, self.inflows, self.draws, self.serials, self.lots,
            self.packings, suppliers,
        )  # fmt: skip


class EventRow(NamedTuple):
    """An event as the projection keeps it.

    It stands until `void`; `voider` is the seq of the event that voided it, 0 for none. One whose
    void came first never stood: its `void` is its own seq.
    """

    seq: int
    source: str
    id: str
    type: str
    start: Instant
    end: Instant
    hub: int
    void: int
    voider: int = 0

    @classmethod
    def of(cls, columns: Sequence[Any]) -> EventRow:
        """A row from engine columns: each instant as microseconds and digits beyond."""
        seq, source, id_, type_, start, start_rest, at, at_rest, *rest = columns
        begin, end = Instant(start, start_rest), Instant(at, at_rest)
        return cls(seq, source, id_, type_, begin, end, *rest)


def line_sent(event: Mapping[str, Any], pos: str) -> dict[str, Any]:
    """The line of an event at a position, as it was sent; none of a packing record's container."""
    name, _, index = pos.partition("/")
    return event[name][int(index)] if index else {}


class Mention(NamedTuple):
    """A party, place, order, piece of equipment, document or person that an event names."""

    kind: str
    key: str
    seq: int


# The events under a term are kept together by stretches of the journal, of so many seqs each.
BLOCK = 1024


class Posting(NamedTuple):
    """An EPCIS event under something that it says; it stays, whatever becomes of the event."""

    field: str
    value: str
    seq: int


class Reference(NamedTuple):
    """An event that refers to another one: kind is void, replaces or about."""

    source: str
    id: str
    kind: str
    seq: int


def up_to(
    known: int, found: Mapping[tuple[str, str], list[Reference]]
) -> dict[tuple[str, str], list[Reference]]:
    """Those references, by the event that they are to, that were recorded by `known`."""
    kept = {key: [one for one in own if one.seq <= known] for key, own in found.items()}
    return {key: own for key, own in kept.items() if own}


class Claim(NamedTuple):
    """A product record (its seq) that claims a product name; `kind` is name or material."""

    name: str
    kind: str
    seq: int


Row = TypeVar("Row")


@dataclass(slots=True)
class Versions(Generic[Row]):
    """New rows, each with its interval, and standing rows that end: ((row, rec), void)."""

    opened: dict[tuple[Row, int], int] = field(default_factory=dict)
    closed: dict[tuple[Row, int], int] = field(default_factory=dict)
    _ended: dict[tuple[Row, int], int] = field(default_factory=dict)

    def open(self, row: Row, seq: int) -> int:
        """`row` stands from `seq`, or goes on if it had only just ended; since when it stands."""
        rec = self._ended.pop((row, seq), None) if self._ended else None
        if rec is None:
            self.opened[(row, seq)] = STANDS
            return seq
        if (row, rec) in self.opened:
            self.opened[(row, rec)] = STANDS
        else:
            del self.closed[(row, rec)]
        return rec

    def close(self, row: Row, rec: int, seq: int) -> None:
        """`row`, which stood from `rec`, ends at `seq`; if it never stood it leaves no trace."""
        if rec == seq:
            del self.opened[(row, rec)]
            return
        self._ended[(row, seq)] = rec
        if (row, rec) in self.opened:
            self.opened[(row, rec)] = seq
        else:
            self.closed[(row, rec)] = seq
