"""What the pages record: events of their own, through the same capture as everything else.

The id of such an event is made of what it is about, so that a form that is sent again, by a second
click or by going back, records nothing again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from api.answers import JSON
from api.capturing import Sent
from api.service import Service
from tracegraph.capture.report import CaptureReport
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal

SOURCE = "tracegraph-pages"
MOST_REASON = 500

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


def foreseen(
    service: Service, events: Sequence[Mapping[str, Any]], caller: str, *, atomic: bool = False
) -> CaptureReport:
    """What would become of events; nothing is stored."""
    return _captured(service, events, caller, atomic, dry_run=True)


def record(
    service: Service, events: Sequence[Mapping[str, Any]], caller: str, *, atomic: bool = False
) -> CaptureReport:
    """Store what is not stored; what has an id already is left as it is."""
    report = _captured(service, events, caller, atomic, dry_run=False)
    service.arrivals.note(report.outcomes, caller)
    log.info("page.recorded", events=len(report.outcomes), stored=report.count("stored"))
    return report


def of_items(type_: str, items: Mapping[str, str], reason: str) -> list[dict[str, Any]]:
    """An event for each of the items, by its id: of all there is of the item, now, for a reason."""
    at = now()
    return [
        {
            "id": id,
            "source": SOURCE,
            "type": type_,
            "occurred_at": at,
            "items": [{"item": {"key": item}}],
            "reason": reason,
        }
        for id, item in items.items()
    ]


def name_of(*parts: str) -> str:
    """The same short text of the same parts, in this order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def now() -> str:
    """The instant at which a form is sent."""
    return str(Instant.of(datetime.now(UTC)))


def wrong_reason(reason: str) -> tuple[Refusal, ...]:
    """What is wrong with a reason that was typed."""
    if reason and len(reason) <= MOST_REASON and reason.isprintable():
        return ()
    accepted = f"1 to {MOST_REASON} printable characters"
    return (Refusal("/reason", "reason", "is missing or none.", accepted),)


def _captured(
    service: Service,
    events: Sequence[Mapping[str, Any]],
    caller: str,
    atomic: bool,
    *,
    dry_run: bool,
) -> CaptureReport:
    sent = Sent(JSON, orjson.dumps(events), caller, None, atomic=atomic, dry_run=dry_run)
    report, _ = service.capturing.capture(sent)
    return report
