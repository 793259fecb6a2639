"""A subscription by webhook: what was asked for, and how far it has been served.

Source: EPCIS 2.0, sections 8.2.5 and 12.7.3.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from api.epcis.subscriptions.schedule import NEVER, Schedule, read_schedule
from tracegraph.model.instant import ACCEPTED as INSTANT
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused, json_type
from tracegraph.store.port import Document

KIND = "epcis_subscription"
SECRET_PREFIX = "whsec_"  # how Standard Webhooks marks a secret, not one itself
_FIELDS = ("dest", "signatureToken", "stream", "schedule", "reportIfEmpty", "initialRecordTime")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks for; either `stream`, or a `schedule`."""

    dest: str
    stream: bool
    schedule: dict[str, Any] | None
    report_if_empty: bool
    initial: Instant | None
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is stored.

    All up to `after` was delivered. What is being delivered goes up to `upto`, whoever delivers
    it until `leased` is the only one to do so, and `due` is when it is tried next. Times are
    seconds since 1970.
    """

    query: str
    dest: str
    stream: bool
    schedule: dict[str, Any] | None
    report_if_empty: bool
    initial: str | None
    secret: str | None = field(repr=False)
    created_at: str
    after: int
    due: float
    upto: int | None = None
    leased: float = 0.0
    failures: int = 0
    last_notified_at: str | None = None
    last_error: str | None = None
    ended: bool = False

    @classmethod
    def of(cls, document: Document) -> Subscription:
        """As it was stored; what another version of this program had to say of it is not read."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in document.body.items() if name in known})

    def stored(self, document: Document) -> Document:
        """To be stored in the place of a document."""
        return document._replace(body=asdict(self))

    def next_run(self, now: float) -> float:
        """When a schedule comes next; now for a stream."""
        read = None if self.schedule is None else read_schedule(self.schedule)
        return read.due(now) if isinstance(read, Schedule) else now

    def as_json(self, id: str) -> dict[str, Any]:
        """By the names of the standard; the secret is never told."""
        said: dict[str, Any] = {
            "subscriptionID": id,
            "queryName": self.query,
            "dest": self.dest,
            "createdAt": self.created_at,
            "lastNotifiedAt": self.last_notified_at,
            "reportIfEmpty": self.report_if_empty,
        }
        said |= {"stream": True} if self.stream else {"schedule": self.schedule}
        if self.initial is not None:
            said["initialRecordTime"] = self.initial
        if self.failures or self.ended:
            said |= {"failures": self.failures, "lastError": self.last_error}
        if self.ended:
            said["ended"] = True
        return said


def begun(asked: Asked, query: str, after: int, now: float) -> Document:
    """A new subscription, which begins behind a seq."""
    initial = None if asked.initial is None else str(asked.initial)
    fresh = Subscription(
        query, asked.dest, asked.stream, asked.schedule, asked.report_if_empty, initial,
        asked.secret, str(Instant(round(now * 1_000_000))), after, now,
    )  # fmt: skip
    fresh = replace(fresh, due=fresh.next_run(now))
    return fresh.stored(Document(KIND, str(uuid.uuid4()), 0, {}))


def read_subscription(sent: Mapping[str, Any]) -> Asked:
    """Read a body. Raises Refused with every fault."""
    faults = [
        Refusal(f"/{name}", "unknown", "is not a field.", ", ".join(_FIELDS))
        for name in sent
        if name not in _FIELDS
    ]
    dest, secret = sent.get("dest"), sent.get("signatureToken")
    if not isinstance(dest, str) or not _is_address(dest):
        accepted = "the http or https address of the receiver, without user and fragment"
        faults.append(Refusal("/dest", "address", f"is {json_type(dest)}, or none.", accepted))
    if secret is not None and not (isinstance(secret, str) and 0 < len(secret) <= _LONGEST):
        detail = f"is {json_type(secret)}, or empty."
        faults.append(Refusal("/signatureToken", "text", detail, "a text"))
    stream, schedule = _flag(sent, "stream", faults), sent.get("schedule")
    if stream == (schedule is not None):
        detail = "One of stream and schedule is needed, and not both."
        faults.append(Refusal("", "when", detail, '"stream": true, or a schedule'))
    elif schedule is not None:
        faults += _of_schedule(schedule)
    empty, initial = _flag(sent, "reportIfEmpty", faults), _instant(sent, faults)
    if faults:
        raise Refused(tuple(faults))
    return Asked(str(dest), stream, schedule, empty, initial, secret)


def _of_schedule(sent: Any) -> list[Refusal]:
    read = read_schedule(sent, ("schedule",))
    if not isinstance(read, Schedule):
        return read
    if read.due(time.time()) == NEVER:
        return [Refusal("/schedule", "never", "names no moment.", "a day that some year has")]
    return []


def _flag(sent: Mapping[str, Any], name: str, faults: list[Refusal]) -> bool:
    value = sent.get(name)
    if value is not None and not isinstance(value, bool):
        faults.append(Refusal(f"/{name}", "flag", f"is {json_type(value)}.", "true or false"))
    return value is True


def _instant(sent: Mapping[str, Any], faults: list[Refusal]) -> Instant | None:
    value = sent.get("initialRecordTime")
    return None if value is None else read_past(value, "/initialRecordTime", faults)


def read_past(value: Any, at: str, faults: list[Refusal]) -> Instant | None:
    """An instant that is not to come; else a fault is noted."""
    try:
        found = Instant.parse(value if isinstance(value, str) else "")
    except ValueError as error:
        faults.append(Refusal(at, "instant", f"{error}.", INSTANT))
        return None
    if found > Instant.of(datetime.now(UTC)):
        faults.append(Refusal(at, "future", "is still to come.", "a time in the past, or nothing"))
    return found


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= _LONGEST
    named = parts.hostname and parts.username is None and not parts.fragment
    return bool(plain and port_is_sound and named and parts.scheme in {"http", "https"})
