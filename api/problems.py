"""Problems: every error the service answers with (RFC 9457), in one table.

Domain errors carry no HTTP status; `problem_of` gives them one. docs/http.md describes each type,
and a test keeps the two alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracegraph.formats.epcis.query import QueryTooComplex
from tracegraph.model.refusal import Refusal, Refused, TracegraphError
from tracegraph.orders.answer import IllegalStep, UnknownOrder
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.recall.snapshot import SnapshotDamaged, UnknownSnapshot
from tracegraph.store.port import (
    BatchTooLarge,
    ProjectionOutdated,
    StoreError,
    StoreOutdated,
    StoreUnavailable,
    VersionConflict,
)
from tracegraph.trace.answer import AmbiguousItem, UnknownEvent, UnknownItem

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name (the last part of `type`), its status, and its title."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI of the kind, relative to the service; stable, and it can be fetched."""
        return f"/problems/{self.name}"


MALFORMED_JSON = Kind("malformed-json", 400, "The body is not JSON")
BAD_REQUEST = Kind("bad-request", 400, "The request could not be read")
UNAUTHENTICATED = Kind("unauthenticated", 401, "A valid key is needed")
FORBIDDEN = Kind("forbidden", 403, "The key does not allow this")
KEY_REQUIRED = Kind("key-required", 403, "Only this machine may ask until a key exists")
NOT_FOUND = Kind("not-found", 404, "There is nothing at this address")
UNKNOWN_ITEM = Kind("unknown-item", 404, "No record names this item")
UNKNOWN_EVENT = Kind("unknown-event", 404, "No such event has been recorded")
UNKNOWN_ORDER = Kind("unknown-order", 404, "No event names this order")
UNKNOWN_SNAPSHOT = Kind("unknown-snapshot", 404, "No such scope is stored")
NOT_ACCEPTABLE = Kind("not-acceptable", 406, "This version is not spoken here")
UNKNOWN_QUERY = Kind("unknown-query", 404, "No query is stored under this name")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This address does not take this method")
CONFLICT = Kind("conflict", 409, "An id is taken by other content")
AMBIGUOUS_ITEM = Kind("ambiguous-item", 409, "Several items are called so")
ILLEGAL_STEP = Kind("illegal-step", 409, "The order's state does not allow this")
CHANGED = Kind("changed", 409, "Another writer came first")
BODY_TOO_LARGE = Kind("body-too-large", 413, "The body is too long")
TOO_MANY_EVENTS = Kind("too-many-events", 413, "The batch has too many events")
QUERY_TOO_LARGE = Kind("query-too-large", 413, "The answer has more events than were allowed")
QUERY_TOO_COMPLEX = Kind("query-too-complex", 413, "Too many events would have to be read")
ADDRESS_TOO_LONG = Kind("address-too-long", 414, "The address is too long")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", 415, "The body is of an unknown type")
REFUSED_EVENTS = Kind("refused-events", 422, "Events are malformed")
REFUSED_BODY = Kind("refused-body", 422, "The question is malformed")
INVALID_PARAMETER = Kind("invalid-parameter", 422, "A parameter is not valid")
KEY_REUSED = Kind("idempotency-key-reused", 422, "The idempotency key was used for another body")
SCOPE_TOO_LARGE = Kind("scope-too-large", 422, "More is reached than the budget allows")
SNAPSHOT_DAMAGED = Kind("snapshot-damaged", 500, "A stored scope no longer has its hash")
NOT_OFFERED = Kind("not-offered", 501, "This is not offered here")
INTERNAL = Kind("internal", 500, "Something went wrong here")
STORE_UNAVAILABLE = Kind("store-unavailable", 503, "The store does not answer")
STORE_OUTDATED = Kind("store-outdated", 503, "The store needs a migration or a rebuild")

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in list(globals().values()) if isinstance(kind, Kind)
}

# What the library raises, most special first. Refused is a parameter here: capture answers
# what is wrong with events by outcomes.
_OF_ERRORS: tuple[tuple[type[TracegraphError], Kind], ...] = (
    (UnknownItem, UNKNOWN_ITEM),
    (UnknownEvent, UNKNOWN_EVENT),
    (UnknownOrder, UNKNOWN_ORDER),
    (UnknownSnapshot, UNKNOWN_SNAPSHOT),
    (SnapshotDamaged, SNAPSHOT_DAMAGED),
    (ScopeTooLarge, SCOPE_TOO_LARGE),
    (QueryTooComplex, QUERY_TOO_COMPLEX),
    (IllegalStep, ILLEGAL_STEP),
    (AmbiguousItem, AMBIGUOUS_ITEM),
    (Refused, INVALID_PARAMETER),
    (BatchTooLarge, TOO_MANY_EVENTS),
    (StoreOutdated, STORE_OUTDATED),
    (VersionConflict, CHANGED),
    (StoreUnavailable, STORE_UNAVAILABLE),
    (StoreError, STORE_UNAVAILABLE),
)

# What is said where the store's own words stay in the log.
_OF_STORES: tuple[tuple[type[StoreError], str], ...] = (
    (ProjectionOutdated, "Older code derived what it holds; run tracegraph rebuild."),
    (StoreOutdated, "Its schema does not fit this program; run tracegraph migrate."),
    (BatchTooLarge, "What they change is more than the store holds at once; send fewer."),
)


@dataclass(eq=False)
class Problem(Exception):
    """A problem to be answered. `extra` holds members beyond those of RFC 9457 and `errors`."""

    kind: Kind
    detail: str
    errors: tuple[Refusal, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def document(self, request_id: str) -> dict[str, Any]:
        """The problem as it is answered; `instance` names the request in the logs."""
        found: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": f"urn:tracegraph:request:{request_id}",
        }
        if self.errors:
            found["errors"] = [refusal.as_json() for refusal in self.errors]
        return found | dict(self.extra)


def problem_of(error: TracegraphError) -> Problem:
    """The problem that an error of the library is answered with.

    What a store says of itself may name hosts and files, so it stays in the log.
    """
    kind = next((kind for type_, kind in _OF_ERRORS if isinstance(error, type_)), INTERNAL)
    if isinstance(error, AmbiguousItem):
        return Problem(kind, str(error), extra={"candidates": error.candidates})
    if isinstance(error, IllegalStep):
        state = {"state": error.state, "legal": error.legal, "breaks": error.breaks}
        return Problem(kind, str(error), extra=state)
    if isinstance(error, ScopeTooLarge):
        return Problem(kind, str(error), extra={"budget": error.budget})
    if isinstance(error, Refused):
        return Problem(kind, _sentence(error.refusals), tuple(map(_in_query, error.refusals)))
    said = next((said for type_, said in _OF_STORES if isinstance(error, type_)), None)
    if said is not None:
        return Problem(kind, said)
    if kind is STORE_UNAVAILABLE:
        headers = {"retry-after": str(RETRY_SECONDS)}
        return Problem(
            kind, "It is away or overloaded; the same request may succeed later.", (), headers
        )
    if kind is INTERNAL:
        return internal()
    return Problem(kind, str(error))


def internal() -> Problem:
    """A fault of the service: the log has what happened, under the request's id."""
    return Problem(INTERNAL, "The log of the service says what, under the id of this request.")


def _in_query(refusal: Refusal) -> Refusal:
    at = f"/query{refusal.pointer}"
    return Refusal(at, refusal.rule, refusal.detail, refusal.accepted)


def _sentence(refusals: tuple[Refusal, ...]) -> str:
    names = ", ".join(refusal.pointer.strip("/") for refusal in refusals)
    return f"See errors for {names}: each says what would be accepted."
