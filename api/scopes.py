"""/v1/scopes: what is affected by something bad; asked, stored, reviewed and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import structlog
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from api import example_scopes
from api.answers import IMMUTABLE, JSON, REVALIDATED, answer, streamed
from api.asked import case_asked, in_body, scope_asked
from api.body import Body, content_type
from api.callers import Reader, Writer
from api.capture_answer import CREATED, OK
from api.described import ASKED, OF_ITEM, Responses, answers, problems
from api.parameters import Against, OfItem, ScopeList
from api.parsing import read_object
from api.problems import (
    AMBIGUOUS_ITEM,
    BAD_REQUEST,
    BODY_TOO_LARGE,
    CHANGED,
    INVALID_PARAMETER,
    MALFORMED_JSON,
    REFUSED_BODY,
    SCOPE_TOO_LARGE,
    SNAPSHOT_DAMAGED,
    UNKNOWN_EVENT,
    UNKNOWN_ITEM,
    UNKNOWN_SNAPSHOT,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from api.service import Service, ServiceOf
from tracegraph.formats.canonical_json import json_chunks
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.answer import Figures, Scope, ScopeDiff, Snapshot, Why
from tracegraph.recall.snapshot import UnknownSnapshot
from tracegraph.trace.cursor import read_cursor, write_cursor

router = APIRouter(tags=["recall"])

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")

_HASH_LENGTH = 64

ScopeId = Annotated[
    str,
    Path(
        description="The scope's hash, or its first eight digits or more.",
        examples=[example_scopes.ID],
        max_length=_HASH_LENGTH,
    ),
]
STORED = (*ASKED, UNKNOWN_SNAPSHOT)
READ = (*STORED, SNAPSHOT_DAMAGED)
_BODY = (
    MALFORMED_JSON,
    BAD_REQUEST,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    REFUSED_BODY,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each there are in a scope."""

    items: int
    certain: int
    possible: int
    unproven: int
    positions: int
    consignees: int
    balances: int
    gaps: int
    orders: int


@dataclass(frozen=True, slots=True)
class ScopeSummary:
    """A stored scope in short: how it was asked, its figures, and where the rest is."""

    snapshot: Snapshot
    recorded_at: str | None
    figures: tuple[Figures, ...]
    counts: Counts
    note: str | None
    links: dict[str, str]


@dataclass(frozen=True, slots=True)
class ScopePage:
    """Stored scopes, the newest first."""

    scopes: tuple[Snapshot, ...]
    next: str | None


_PARTS = ("items", "positions", "consignees", "balances", "gaps", "unproven", "orders")


def _created() -> Responses:
    found = problems(*OF_ITEM, UNKNOWN_EVENT, SCOPE_TOO_LARGE, CHANGED, SNAPSHOT_DAMAGED, *_BODY)
    stored = answers(example_scopes.SUMMARY, status=CREATED)[CREATED]
    found[CREATED] = {**stored, "model": ScopeSummary, "description": "Stored."}
    asked = answers(example_scopes.SCOPE)[OK]
    said = "The whole scope, with `save` false; its summary, where it was stored already."
    found[OK] = {**asked, "model": Scope | ScopeSummary, "description": said}
    return found


@router.post(
    "/v1/scopes",
    status_code=CREATED,
    response_model=ScopeSummary,
    responses=_created(),
    summary="Ask what is affected",
    openapi_extra={"requestBody": example_scopes.ASKING},
)
def create(request: Request, service: ServiceOf, caller: Reader, body: Body) -> Response:
    """Everything that seeds affect: items, where they are, who has them, and what is missing.

    It is stored, unless `save` is false, which takes the role of a writer: as an open case, which
    the gate enforces from now on, unless `status` is closed. The `ETag` is the scope's hash. What
    is stored already keeps its status unless one is given.
    """
    document = read_object(body, content_type(request))
    asked = scope_asked(document)
    if asked.save:
        caller.require("writer")
    with in_body(document):
        scope = service.graph.scope(**asked.question)
    log.info("scope.asked", items=len(scope.items), saved=asked.save)
    tag = f'"{scope.hash}"'
    if not asked.save:
        return StreamingResponse(json_chunks(scope), media_type=JSON, headers={"etag": tag})
    new = _is_new(service, scope.hash)
    snapshot = service.graph.save_scope(scope, name=asked.name, status=asked.status)
    headers = {"location": address(snapshot.id), "etag": tag}
    told = orjson.dumps(_summary(snapshot, scope))
    return Response(told, status_code=CREATED if new else OK, media_type=JSON, headers=headers)


@router.get(
    "/v1/scopes",
    response_model=ScopePage,
    responses={**problems(*ASKED), **answers(example_scopes.SCOPES)},
    summary="Stored scopes",
)
def list_scopes(
    request: Request, service: ServiceOf, caller: Reader, query: Annotated[ScopeList, Query()]
) -> Response:
    """Scopes that were stored, the newest first; the gate enforces the open ones.

    `flag` is the hash of a newer answer, where a review found that the scope has changed.
    """
    found = [each for each in service.graph.snapshots() if query.status in (None, each.status)]
    last = read_cursor(query.cursor, ["", ""])
    if query.cursor is not None:
        found = [each for each in found if [each.created_at, each.id] < last]
    page = found[: query.limit]
    more = len(found) > len(page)
    after = write_cursor([page[-1].created_at, page[-1].id]) if more else None
    following = None if after is None else {"cursor": after}
    return answer(request, ScopePage(tuple(page), after), next_page=following)


@router.get(
    "/v1/scopes/{id}",
    response_model=ScopeSummary,
    responses={**problems(*READ), **answers(example_scopes.SUMMARY)},
    summary="One stored scope, in short",
)
def scope(request: Request, service: ServiceOf, caller: Reader, id: ScopeId) -> Response:
    """How it was asked, its status and figures, and where its parts are."""
    snapshot, found = stored(service, id)
    return answer(request, _summary(snapshot, found))


@router.patch(
    "/v1/scopes/{id}",
    response_model=Snapshot,
    responses={
        **problems(*READ, CHANGED, *_BODY),
        **answers(example_scopes.SNAPSHOT),
    },
    summary="Open, close or name a scope",
    openapi_extra={"requestBody": example_scopes.CHANGING},
)
def change(
    request: Request, service: ServiceOf, caller: Writer, id: ScopeId, body: Body
) -> Response:
    """Open a scope as a case, which the gate enforces, or close it; or give it a name."""
    name, status = case_asked(read_object(body, content_type(request)))
    found = _snapshot(service, id)
    if name is not None and name != found.name:
        found = service.graph.name_case(found.id, name)
    if status is not None and status != found.status:
        found = service.graph.set_case(found.id, status)
        log.info("scope.changed", scope=found.id, status=status)
    return Response(orjson.dumps(found), media_type=JSON)


@router.post(
    "/v1/scopes/{id}/review",
    response_model=Snapshot,
    responses={
        **problems(*READ, UNKNOWN_ITEM, AMBIGUOUS_ITEM, UNKNOWN_EVENT, SCOPE_TOO_LARGE, CHANGED),
        **answers(example_scopes.SNAPSHOT),
    },
    summary="Compare an open scope with what is known now",
)
def review(request: Request, service: ServiceOf, caller: Writer, id: ScopeId) -> Response:
    """Ask an open scope's query again, and flag it where the answer has changed.

    The newer answer is then stored under the hash in `flag`, closed; `diff` says what changed.
    Costs nothing while nothing was recorded since the last review.
    """
    found = service.graph.review(_snapshot(service, id).id)
    log.info("scope.reviewed", scope=found.id, changed=found.flag is not None)
    return Response(orjson.dumps(found), media_type=JSON)


@router.get(
    "/v1/scopes/{id}/content",
    response_model=Scope,
    responses={**problems(*READ), **answers(example_scopes.SCOPE)},
    summary="A stored scope, whole",
)
def content(request: Request, service: ServiceOf, caller: Reader, id: ScopeId) -> Response:
    """The scope as canonical JSON (RFC 8785), which never changes; the `ETag` is its hash.

    To check it take `hash` out, and compare it with the SHA-256 of the rest in canonical form.
    """
    snapshot = _snapshot(service, id)
    found: dict[str, Any] = {}

    def chunks() -> Any:
        found.update(service.graph.snapshot_content(snapshot.id))
        return json_chunks(found)

    return streamed(request, chunks, tag=snapshot.hash, kept=kept(id))


@router.get(
    "/v1/scopes/{id}/diff",
    response_model=ScopeDiff,
    responses={
        **problems(*READ, UNKNOWN_ITEM, AMBIGUOUS_ITEM, UNKNOWN_EVENT, SCOPE_TOO_LARGE),
        **answers(example_scopes.DIFF),
    },
    summary="What changed since",
)
def diff(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    id: ScopeId,
    query: Annotated[Against, Query()],
) -> Response:
    """Items in, out, changed and moved since a scope was asked, each with the events behind it."""
    before = _snapshot(service, id).id
    after = None
    if query.against != "now":
        after = _snapshot(service, query.against, "/query/against").id
    return answer(request, service.graph.diff(before, after))


@router.get(
    "/v1/scopes/{id}/why",
    response_model=Why,
    responses={
        **problems(*STORED, UNKNOWN_ITEM, AMBIGUOUS_ITEM, UNKNOWN_EVENT, SCOPE_TOO_LARGE),
        **answers(example_scopes.WHY),
    },
    summary="Why an item is in a scope, or out",
)
def why(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    id: ScopeId,
    query: Annotated[OfItem, Query()],
) -> Response:
    """The chain of events that leads to an item, or the reason why none does; at its cuts."""
    found = _snapshot(service, id)
    asked = found.query
    said = service.graph.explain(
        asked.seeds,
        query.item,
        exclude=asked.exclude,
        as_of=found.as_of,
        known_at=found.known_at,
        clock_tolerance=asked.clock_tolerance,
        transit_days=asked.transit_days,
        budget=asked.budget,
    )
    return answer(request, said)


def stored(service: Service, id: str) -> tuple[Snapshot, Scope]:
    """A stored scope, with what it says. Raises UnknownSnapshot, SnapshotDamaged, Problem."""
    snapshot = _snapshot(service, id)
    return snapshot, service.scopes.read(service.graph, snapshot.id)


def kept(id: str) -> str:
    """How long what is under an id may be kept: digits of a hash may come to begin several."""
    return IMMUTABLE if len(id) == _HASH_LENGTH else REVALIDATED


def address(id: str, part: str = "") -> str:
    """The address of a stored scope, or of a part of it."""
    return f"/v1/scopes/{id}" + (f"/{part}" if part else "")


def _is_new(service: Service, id: str) -> bool:
    try:
        service.graph.snapshot(id)
    except UnknownSnapshot:
        return True
    return False


def _snapshot(service: Service, id: str, at: str = "/path/id") -> Snapshot:
    try:
        return service.graph.snapshot(id)
    except Refused as error:  # digits that begin several hashes
        refusals = tuple(Refusal(at, r.rule, r.detail, r.accepted) for r in error.refusals)
        detail = "See errors: each says what would be accepted."
        raise Problem(INVALID_PARAMETER, detail, refusals) from error


def _summary(snapshot: Snapshot, scope: Scope) -> ScopeSummary:
    certain = sum(item.certainty == "certain" for item in scope.items)
    return ScopeSummary(
        snapshot=snapshot,
        recorded_at=scope.recorded_at,
        figures=scope.figures,
        counts=Counts(
            items=len(scope.items),
            certain=certain,
            possible=len(scope.items) - certain,
            unproven=len(scope.unproven),
            positions=len(scope.positions),
            consignees=len(scope.consignees),
            balances=len(scope.balances),
            gaps=len(scope.gaps),
            orders=len(scope.orders),
        ),
        note=scope.note,
        links={name: address(snapshot.id, name) for name in ("content", "diff", "export", *_PARTS)},
    )
