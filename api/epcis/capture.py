"""The capture interface (EPCIS 2.0, section 12.6): documents, their jobs, and single events."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query, Request
from fastapi.responses import Response

from api.body import AnyBody
from api.callers import Reader, Writer
from api.epcis import documents
from api.epcis.answers import respond
from api.epcis.documents import SentDocument, kind_of, require_document, require_one
from api.epcis.headers import EPC_FORMAT, announced, behaviour, epc_format
from api.epcis.paging import DEFAULT, MOST, PER_PAGE, TOKEN
from api.epcis.routing import epcis_router
from api.problems import CONFLICT, NOT_FOUND, REFUSED_BODY, Problem
from api.raw_path import decoded
from api.service import ServiceOf
from tracegraph.formats.epcis import ERROR_SUFFIX, returned
from tracegraph.formats.epcis.translating import TRANSLATIONS, applied, translated
from tracegraph.trace.answer import UnknownEvent

router = epcis_router()

_ACCEPTED, _CREATED = 202, 201


@router.post("/capture", status_code=_ACCEPTED)
def capture(request: Request, service: ServiceOf, caller: Writer, body: AnyBody) -> Response:
    """Take a document; a job captures it. What is no document of events is refused at once."""
    kind = kind_of(request.headers.get("content-type", ""))
    asked = behaviour(request)
    require_document(body, kind, most=service.settings.max_batch_events)
    job = service.jobs.take(kind, body, caller.id, asked)
    headers = {**announced(service.settings), "GS1-Capture-Error-Behaviour": asked}
    headers["location"] = f"/epcis/capture/{job.id}"
    return Response(status_code=_ACCEPTED, headers=headers)


@router.get("/capture")
def captures(
    service: ServiceOf,
    caller: Reader,
    per_page: Annotated[int, Query(alias=PER_PAGE, ge=1, le=MOST)] = DEFAULT,
    token: Annotated[str | None, Query(alias=TOKEN, max_length=100)] = None,
) -> Response:
    """Capture jobs, the newest first."""
    found = service.jobs.jobs(token, per_page + 1)
    headers = {}
    if len(found) > per_page:
        last = found[per_page - 1].id
        following = urlencode({PER_PAGE: per_page, TOKEN: last})
        headers["link"] = f'</epcis/capture?{following}>; rel="next"'
    return respond(service, [job.as_json() for job in found[:per_page]], headers)


@router.get("/capture/{id}")
def capture_job(service: ServiceOf, caller: Reader, id: str) -> Response:
    """One capture job: whether it is running, and what was wrong."""
    job = service.jobs.job(id)
    if job is None:
        raise Problem(
            NOT_FOUND,
            "There is no such capture job, or none any more; GET /epcis/capture lists them.",
        )
    return respond(service, job.as_json(), {"GS1-Capture-Error-Behaviour": job.behaviour})


@router.post("/events", status_code=_CREATED)
def create_event(request: Request, service: ServiceOf, caller: Writer, body: AnyBody) -> Response:
    """Capture one event, at once."""
    kind = kind_of(request.headers.get("content-type", ""))
    require_one(body, kind)
    sent = SentDocument(kind, body, caller.id, atomic=True, own=service.own_parties)
    report = service.capturing.capture(sent)
    service.arrivals.note(report.outcomes, caller.id)
    if report.faults:
        fault = report.faults[0]
        refused = CONFLICT if fault.taken else REFUSED_BODY
        faults = tuple(each.refusal for each in report.faults)
        raise Problem(refused, "The event was not captured.", faults)
    if not report.fresh:
        raise Problem(
            CONFLICT, "This very event was captured before, so nothing is left to be done."
        )
    (id,) = report.ids
    location = f"/epcis/events/{quote(id.removesuffix(ERROR_SUFFIX), safe='')}"
    headers = {**announced(service.settings), "location": location}
    return Response(status_code=_CREATED, headers=headers)


@router.get("/events/{id:path}")
def one_event(request: Request, service: ServiceOf, caller: Reader, id: str) -> Response:
    """One event, by its eventID; that it was declared wrong is another event."""
    asked = epc_format(request)
    try:
        stored = service.graph.event(documents.SOURCE, decoded(id))
    except UnknownEvent:
        raise Problem(NOT_FOUND, "No event of this eventID was captured.") from None
    event = returned(stored.event, stored.recorded_at)
    if event is None:
        raise Problem(NOT_FOUND, "No event of this eventID was captured.")
    shown = translated(event, TRANSLATIONS[asked])
    return respond(service, shown, {EPC_FORMAT: applied(asked)})
