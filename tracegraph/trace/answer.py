"""The answers of tracing, as values: what programs and pages receive.

Times are RFC 3339 texts in UTC, quantities decimal texts, items are named by their keys and
events by `urn:tracegraph:event:{source}:{id}`. orjson writes every class here as it stands.

    TracegraphError
    ├── UnknownItem       no record names it
    └── AmbiguousItem     several items are called so; carries them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol
from urllib.parse import quote

from tracegraph.model.refusal import TracegraphError
from tracegraph.model.value import value

Direction = Literal["backward", "forward", "both"]
EdgeKind = Literal["input", "output", "comprises", "pooled"]


@lru_cache(maxsize=65_536)
def event_key(source: str, id: str) -> str:
    """The URI that names an event in answers.

    >>> event_key("mes-sz", "prod/17")
    'urn:tracegraph:event:mes-sz:prod%2F17'
    """
    return f"urn:tracegraph:event:{quote(source, safe='')}:{quote(id, safe='')}"


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """An item, briefly. `kind` is lot, serial or container."""

    key: str
    kind: str
    product: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with every name it goes by; `aliases` are keys that resolve to it."""

    key: str
    kind: str
    product: str | None
    number: str | None
    aliases: tuple[str, ...]
    lots: tuple[ItemSummary, ...]  # of a serial: the lots it is or was of
    serials: int  # of a lot: how many serials are of it
    known_at: int


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a trace starts.

    kind `item`: `key` is any text that names one (key, scan, number); `event`: its outputs, or
    backward its inputs, else its items, `key` an event key or "source/id"; `supplier`: the lines
    of receipts from it; `equipment`, `place`, `order`: as of an event, of all that name it. `since`
    and `until` (RFC 3339) keep events whose interval meets that window; not for items, events.
    """

    kind: Literal["item", "event", "supplier", "equipment", "place", "order"]
    key: str
    since: str | None = None
    until: str | None = None


@value(frozen=True, slots=True)
class TracedItem:
    """An item in a genealogy.

    `depth` is the fewest item steps from a seed (negative never; 0 is a seed). `parent` is the
    item before it on one shortest chain from a seed and `through` the event (or run) between
    them; `through` is None where the step is from a lot to a serial of it. `first_event` and
    `last_event` are when the first and last event of this answer that names it occurred.
    """

    key: str
    kind: str
    product: str | None
    number: str | None
    depth: int
    direction: str  # "seed", "backward", "forward", or "both" where it was reached both ways
    parent: str | None
    through: str | None
    first_event: str | None
    last_event: str | None


@value(frozen=True, slots=True)
class TracedLine:
    """A line of an event in a genealogy; `via` is the container its item came in."""

    pos: str
    role: str
    item: str
    lot: str | None
    via: str | None
    quantity: str | None
    unit: str | None


@value(frozen=True, slots=True)
class TracedEvent:
    """An event in a genealogy, with its lines on items of the genealogy.

    `node` is its key, or the key of its run. All its lines are in the event itself.
    """

    key: str
    node: str
    seq: int
    source: str
    id: str
    type: str
    started_at: str
    occurred_at: str
    lines: tuple[TracedLine, ...]


@value(frozen=True, slots=True)
class Edge:
    """One edge of a genealogy, always pointing with the flow of material.

    kind `input`: item -> event node; `output`: event node -> item; `comprises`: lot -> serial;
    `pooled`: serial -> lot, where an unnamed draw from the lot may have taken the serial.
    """

    kind: EdgeKind
    source: str
    target: str
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Truncation:
    """Why an answer is short: what was complete, and what was left out."""

    reason: Literal["budget", "max_depth"]
    complete_depth: int
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a why chain: an item, and the event (or run) through which it was reached.

    `through` is None for the seed, and for the step between a lot and a serial of it.
    """

    item: str
    through: str | None


class Path(Protocol):
    """Something that can say the chain that led to an item."""

    def steps(self) -> tuple[Step, ...]:
        """The chain, the seed first."""


@dataclass(frozen=True, slots=True)
class Genealogy:
    """The answer of a trace.

    `items` go by (depth, key), `events` by (occurred_at, source, id). A `truncated` answer is
    complete up to a depth and is never a recall scope. `note` says why an answer is empty.
    """

    seeds: tuple[str, ...]
    direction: Direction
    as_of: str | None
    known_at: int
    recorded_at: str | None
    max_depth: int | None
    budget: int
    clock_tolerance: str
    items: tuple[TracedItem, ...]
    events: tuple[TracedEvent, ...]
    edges: tuple[Edge, ...]
    truncated: Truncation | None = None
    note: str | None = None
    _paths: Mapping[str, Path] = field(default_factory=dict, repr=False, compare=False)

    def why(self, key: str) -> tuple[Step, ...]:
        """One shortest chain from a seed to an item of this answer, the seed first.

        Every step respects time. Following `parent` from item to item gives a chain too, but
        where an item was reached both early and late its parts may not fit together in time.
        Raises UnknownItem when the item is not in the answer.
        """
        if key not in self._paths:
            raise UnknownItem(key)
        return self._paths[key].steps()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """How an item took part in an event."""

    pos: str
    role: str
    item: str  # the key under which it stands now
    via: str | None
    quantity: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An event that touched an item. `status` is "stands" or "voided"; corrections stay visible."""

    key: str
    seq: int
    source: str
    id: str
    type: str
    occurred_at: str
    recorded_at: str
    status: Literal["stands", "voided"]
    voided_by: int | None
    lines: tuple[HistoryLine, ...]
    event: dict[str, Any]  # as it was sent


@dataclass(frozen=True, slots=True)
class History:
    """What happened to an item, in the order it happened; `next` continues a long one."""

    item: ItemSummary
    known_at: int
    entries: tuple[HistoryEntry, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Items that were searched for; `next` is the cursor of the following page."""

    items: tuple[ItemSummary, ...]
    known_at: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event in the journal."""

    key: str
    seq: int
    source: str
    id: str
    type: str
    recorded_at: str
    caller: str | None
    hash: str
    status: Literal["stands", "voided"]
    voided_by: int | None
    event: dict[str, Any]  # as it was sent


@dataclass(frozen=True, slots=True)
class EventPage:
    """A stretch of the journal; `next` is the seq to ask after, None at the end."""

    events: tuple[StoredEvent, ...]
    published: int
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that contradicts the records, or refers to what has not arrived."""

    code: str
    detail: str
    event: str | None  # event key
    item: str | None  # item key
    pointer: str


@dataclass(frozen=True, slots=True)
class AnomalyPage:
    """Anomalies that stand; `next` is the cursor of the following page."""

    anomalies: tuple[Anomaly, ...]
    known_at: int
    next: str | None = None


class UnknownItem(TracegraphError, LookupError):
    """No record names this item."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"No record names {text!r}.")


class UnknownEvent(TracegraphError, LookupError):
    """No such event has been recorded."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"No event {text!r} has been recorded.")


@dataclass(eq=False)
class AmbiguousItem(TracegraphError, LookupError):
    """Several items are called so. `candidates` are all of them, by key (at most 50)."""

    text: str
    candidates: tuple[ItemSummary, ...] = field(default=())

    def __str__(self) -> str:
        """One sentence that names the candidates."""
        return f"{self.text!r} could be " + ", ".join(c.key for c in self.candidates) + "."
