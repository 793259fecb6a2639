"""What became of the events that were sent, since the service was started.

The journal holds what was stored, and nothing of what was not: that is told to the sender, counted
here, and the latest of it remembered, so that who minds the records sees what keeps being refused.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, get_args

from api.capture_answer import taken
from api.metrics import Metrics
from tracegraph.capture.report import EventOutcome, Status
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal

MOST_LATEST = 100
MOST_REASONS = 5  # of one event


@dataclass(frozen=True, slots=True)
class Unstored:
    """An event that was not stored, why, and who sent it.

    `seq` is that of the event which holds its id, where it is a conflict.
    """

    at: str
    caller: str
    status: Literal["conflict", "refused"]
    source: str | None
    id: str | None
    seq: int | None
    reasons: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many events came to each outcome since an instant, and the latest that were not stored.

    `duplicate` had been stored already, with the same content; `skipped` had nothing wrong with
    them, but were in a batch that was refused as a whole. Dry runs do not count.
    """

    since: str
    events: dict[Status, int]
    latest: tuple[Unstored, ...]  # the last one first


class Arrivals:
    """Counts what arrives at one service. Thread-safe; holds the latest hundred alone."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._since = _now()
        self._lock = threading.Lock()
        self._events: Counter[Status] = Counter()
        self._latest: deque[Unstored] = deque(maxlen=MOST_LATEST)

    def note(self, outcomes: Sequence[EventOutcome], caller: str) -> None:
        """Count the events of a batch by what became of them."""
        counted = Counter(outcome.status for outcome in outcomes)
        at = _now()
        unstored = (one for outcome in outcomes if (one := _unstored(outcome, caller, at)))
        with self._lock:
            self._events.update(counted)
            self._latest.extendleft(islice(unstored, MOST_LATEST))
        self._metrics.captured(counted)

    def told(self) -> Arrived:
        """What was counted so far."""
        with self._lock:
            events = {status: self._events[status] for status in get_args(Status)}
            return Arrived(self._since, events, tuple(self._latest))


def _unstored(outcome: EventOutcome, caller: str, at: str) -> Unstored | None:
    if outcome.status == "conflict":
        reasons: tuple[Refusal, ...] = (taken(outcome),)
    elif outcome.status == "refused":
        reasons = outcome.refusals[:MOST_REASONS]
    else:
        return None
    return Unstored(at, caller, outcome.status, outcome.source, outcome.id, outcome.seq, reasons)


def _now() -> str:
    return str(Instant.of(datetime.now(UTC)))
