"""What became of events that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tracegraph.model.refusal import Refusal

Status = Literal["stored", "voided", "duplicate", "conflict", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the content that was sent differs from the content that holds the id."""

    pointer: str
    stored: Any
    sent: Any


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What became of one event.

    `stored`: it is in the journal at `seq`; `voided`: stored too, but a void that arrived earlier
    makes it void; `duplicate`: the same content was there at `seq`; `conflict`: other content
    holds its id at `seq`, and `differences` says where; `refused`: malformed, `refusals` says
    why; `skipped`: nothing wrong with it, but the atomic batch it came in was not stored.
    """

    index: int
    status: Status
    source: str | None = None
    id: str | None = None
    seq: int | None = None
    refusals: tuple[Refusal, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """What became of a batch. `seq` is the published seq after it; reading at it sees the batch."""

    outcomes: tuple[EventOutcome, ...]
    seq: int
    dry_run: bool = False

    def count(self, status: Status) -> int:
        """How many events came to `status`."""
        return sum(outcome.status == status for outcome in self.outcomes)

    @property
    def ok(self) -> bool:
        """Whether every event is now in the journal."""
        return all(o.status in {"stored", "voided", "duplicate"} for o in self.outcomes)
