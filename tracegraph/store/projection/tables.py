"""What an engine lends the projection during an append: its rows, in bulk, and a way to write.

Every reader takes many names and answers for those it has; what is not there is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tracegraph.store.projection.rows import (
    BLOCK,
    STANDS,
    AnomalyRow,
    Claim,
    ComprisesRow,
    EventRow,
    ItemRow,
    ItemState,
    LineRow,
    Mention,
    Posting,
    Reference,
    Spoken,
    Versions,
)


@dataclass(slots=True)
class Counters:
    """The last number given to an item and to a run."""

    item: int = 0
    run: int = 0


class Stored(NamedTuple):
    """An event's row and what was sent, as JSON text."""

    event: EventRow
    body: bytes


@dataclass(slots=True)
class Changes:
    """All that one append changes, gathered to be written in bulk."""

    events: list[EventRow] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    spoken: dict[int, Spoken] = field(default_factory=dict)
    runs: list[tuple[int, str]] = field(default_factory=list)
    voided: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    items: Versions[ItemRow] = field(default_factory=Versions)
    lines: Versions[LineRow] = field(default_factory=Versions)
    comprises: Versions[ComprisesRow] = field(default_factory=Versions)
    anomalies: Versions[AnomalyRow] = field(default_factory=Versions)
    states: dict[int, ItemState] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)

    def touched(self) -> tuple[list[int], list[int]]:
        """The nodes whose edges, and the items whose names this changes, each once."""
        lines = (self.lines.opened, self.lines.closed)
        members = (self.comprises.opened, self.comprises.closed)
        nodes = {hub_node(row.hub) for own in lines for row, _ in own if row.flow}
        nodes |= {4 * row.serial for own in members for row, _ in own}
        items = {row.no for own in (self.items.opened, self.items.closed) for row, _ in own}
        return sorted(nodes), sorted(items)


def by_block(postings: Iterable[Posting]) -> dict[tuple[str, str, int], list[int]]:
    """Postings as they are kept: by field, value and block, how far in it their seqs are."""
    found: defaultdict[tuple[str, str, int], list[int]] = defaultdict(list)
    for posting in postings:
        block, offset = divmod(posting.seq, BLOCK)
        found[(posting.field, posting.value, block)].append(offset)
    return found


def hub_node(hub: int) -> int:
    """The node of an event (its seq) or of a run (-run)."""
    return 4 * hub + 2 if hub > 0 else -4 * hub + 3


class Tables(Protocol):
    """The projection's rows as they stand, read inside the append's transaction."""

    def counters(self) -> Counters:
        """The last numbers given."""

    def seqs(self, ids: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """Seqs of events by (source, id)."""

    def stored(self, seqs: Collection[int]) -> Mapping[int, Stored]:
        """Events by seq, with what was sent."""

    def event_rows(self, seqs: Collection[int]) -> Mapping[int, EventRow]:
        """Events by seq."""

    def spoken(self, keys: Collection[str]) -> Mapping[str, Spoken]:
        """Names by their key as spoken."""

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""

    def items(self, numbers: Collection[int]) -> Mapping[int, tuple[ItemRow, int]]:
        """Standing item rows, each with its rec."""

    def states(self, items: Collection[int]) -> Mapping[int, ItemState]:
        """The states of items."""

    def claims(self, names: Collection[str]) -> Mapping[str, list[int]]:
        """Seqs of the product records that claim a name, voided ones included."""

    def references(
        self, ids: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], list[Reference]]:
        """References to an event."""

    def runs(self, keys: Collection[str]) -> Mapping[str, int]:
        """Numbers of runs by key."""

    def lines_of_events(self, seqs: Collection[int]) -> list[tuple[LineRow, int]]:
        """Standing lines of events, each with its rec."""

    def lines_of_items(self, items: Collection[int], *, lots: bool) -> list[tuple[LineRow, int]]:
        """Standing lines whose item (with `lots`, or whose lot) is one of these."""

    def comprises_of(self, serials: Collection[int]) -> list[tuple[ComprisesRow, int]]:
        """Standing rows of serials."""

    def anomalies_of(
        self, seqs: Collection[int], items: Collection[int], known: int = STANDS - 1
    ) -> list[tuple[AnomalyRow, int]]:
        """Anomalies of events and of items that stood at `known`; now, unless told."""
