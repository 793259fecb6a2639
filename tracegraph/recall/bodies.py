"""Bodies: what was sent of large events, kept between questions.

Who asks about a unit asks about those beside it, and what made them all may be the larger part of
all that is read for each. What was sent never changes.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

Bodies = MutableMapping[int, dict[str, Any]]  # what was sent, by seq; never to be changed

LARGE = 20  # lines
MOST_LINES = 20_000  # some 15 MB
MOST_EVENTS = 128  # an engine is told which are kept


@dataclass
class LargeBodies:
    """The bodies of the large events that were read last."""

    _lock: Lock = field(default_factory=Lock)
    _kept: dict[int, tuple[dict[str, Any], int]] = field(default_factory=dict)
    _lines: int = 0

    def known(self) -> dict[int, dict[str, Any]]:
        """What is kept, for a question that adds to it what it reads."""
        with self._lock:
            return {seq: sent for seq, (sent, _) in self._kept.items()}

    def keep(self, bodies: Bodies) -> None:
        """Keep the large ones of what a question has read, in place of what was read first."""
        with self._lock:
            for seq in bodies.keys() - self._kept.keys():
                if (lines := _lines(bodies[seq])) >= LARGE:
                    self._kept[seq] = bodies[seq], lines
                    self._lines += lines
            while len(self._kept) > MOST_EVENTS or self._lines > MOST_LINES:
                _, lines = self._kept.pop(next(iter(self._kept)))
                self._lines -= lines


def _lines(sent: dict[str, Any]) -> int:
    return sum(len(value) for value in sent.values() if isinstance(value, list))
