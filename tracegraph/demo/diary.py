"""What the systems report: events with ids, kept until they arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

from tracegraph.demo.calendar import CHINA, DAY, EUROPE, WORLD, code_of, stamp

Event = dict[str, Any]

ZONES = {"mes-sz": CHINA, "mes-su": CHINA, "wms-rt": EUROPE, "erp": WORLD, "lims": WORLD}
# Minutes from what happened to the arrival of its record.
_DELAY = {"mes-sz": 3, "mes-su": 4, "wms-rt": 6, "erp": 20, "lims": 45}
_PREFIX = {
    "production": "prod", "assembly": "asm", "disassembly": "dis", "process": "proc",
    "rework": "rwk", "relabel": "rlb", "shipment": "ship", "delivery": "dlv", "return": "ret",
    "receipt": "rcp", "supplier_return": "rts", "inspection": "insp", "certificate": "cert",
    "adjustment": "adj", "nonconformance": "ncr", "deviation": "dev", "complaint": "cmp",
    "order": "ord", "release": "rel", "equipment": "eqp",
}  # fmt: skip


class Diary:
    """Collects events in any order and gives them back in order of arrival.

    Memory is bounded by what has been told and has not yet arrived.
    """

    def __init__(self) -> None:
        self._pending: list[tuple[int, int, tuple[Event, ...]]] = []
        self._sent = 0
        self._gone = 0  # nothing may arrive before this minute any more
        self._ids: defaultdict[tuple[str, str, str], int] = defaultdict(int)

    def compose(
        self, source: str, kind: str, at: int, /, *, started: int | None = None, **said: Any
    ) -> Event:
        """An event with the next id of its source, kind and week; empty fields are left out."""
        code = code_of(at)
        series = (source, kind, code)
        self._ids[series] = number = self._ids[series] + 1
        event: Event = {
            "id": f"{_PREFIX.get(kind, kind)}-{code}-{number:04d}",
            "source": source,
            "type": kind,
        }
        zone = ZONES[source]
        if started is not None:
            event["started_at"] = stamp(started, zone)
        event["occurred_at"] = stamp(at, zone)
        for field, value in said.items():
            if value:
                event[field] = value
        return event

    def send(self, arrival: int, *events: Event) -> None:
        """Let events arrive together, one directly after the other."""
        if arrival < self._gone:
            raise ValueError(f"{events[0]['id']} would arrive before what has already arrived")
        self._sent += 1
        heappush(self._pending, (arrival, self._sent, events))

    def tell(self, source: str, kind: str, at: int, /, *, late: int = 0, **said: Any) -> Event:
        """Compose an event and let it arrive, `late` days after the usual delay."""
        event = self.compose(source, kind, at, **said)
        self.send(at + _DELAY[source] + late * DAY, event)
        return event

    def correct(self, wrong: Event, at: int, reason: str, **changed: Any) -> Event:
        """Void an event and put another in its place; both arrive in adjacent positions."""
        source = wrong["source"]
        void = self.compose(source, "void", at, voids=wrong["id"], reason=reason)
        kept = {k: v for k, v in wrong.items() if k not in {"id", "source", "type", "occurred_at"}}
        right = self.compose(source, wrong["type"], at, **{**kept, **changed})
        right["occurred_at"] = wrong["occurred_at"]
        if "started_at" in wrong:
            right["started_at"] = wrong["started_at"]
        right["replaces"] = wrong["id"]
        self.send(at + _DELAY[source], void, right)
        return right

    def until(self, minute: int) -> Iterator[Event]:
        """Everything that arrives before `minute`, in order; ties in the order they were told."""
        self._gone = minute
        while self._pending and self._pending[0][0] < minute:
            yield from heappop(self._pending)[2]

    def rest(self) -> Iterator[Event]:
        """Everything that has not arrived yet."""
        while self._pending:
            yield from heappop(self._pending)[2]
