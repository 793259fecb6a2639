"""Named queries: stored under a name, and asked again by it.

Source: EPCIS 2.0, section 12.7 (REST binding).
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.body import AnyBody
from api.callers import Reader, Writer
from api.epcis import paging
from api.epcis.answers import respond
from api.epcis.querying import found
from api.epcis.routing import epcis_router
from api.epcis.stored_queries import KIND, stored_query
from api.epcis.subscriptions import subscription
from api.parsing import read_object
from api.problems import CONFLICT, REFUSED_BODY, UNKNOWN_QUERY, Problem
from api.raw_path import decoded
from api.service import Service, ServiceOf
from tracegraph.formats.epcis.query import query_of
from tracegraph.model.refusal import Refusal, Refused, json_type
from tracegraph.store.port import Document, GraphStore, VersionConflict

router = epcis_router()

_CREATED, _NO_CONTENT = 201, 204
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}")  # no dots alone: clients resolve them


@router.get("/queries")
def queries(request: Request, service: ServiceOf, caller: Reader) -> Response:
    """The stored queries, by name."""
    count, last = paging.per_page(request), paging.last_value(request)
    stored = [each for each in service.graph.store.documents(KIND) if each.id > last]
    link = paging.next_link(request, stored[count - 1].id if len(stored) > count else None)
    return respond(service, [_described(each) for each in stored[:count]], link)


@router.post("/queries", status_code=_CREATED)
def create(request: Request, service: ServiceOf, caller: Writer, body: AnyBody) -> Response:
    """Store a query under a name that is free."""
    sent = read_object(body, request.headers.get("content-type", "").partition(";")[0].strip())
    name, asked = _checked(service, sent)
    try:
        service.graph.store.put_document(Document(KIND, name, 0, asked))
    except VersionConflict:
        accepted = f"another name, or DELETE /epcis/queries/{name} first"
        refusal = Refusal("/name", "taken", "is the name of another query.", accepted)
        raise Problem(CONFLICT, "A query is stored under this name.", (refusal,)) from None
    return respond(service, sent, {"location": f"/epcis/queries/{name}"}, _CREATED)


@router.get("/queries/{name}")
def query(service: ServiceOf, caller: Reader, name: str) -> Response:
    """A stored query."""
    return respond(service, _described(named(service, name)))


@router.delete("/queries/{name}", status_code=_NO_CONTENT)
def delete(service: ServiceOf, caller: Writer, name: str) -> Response:
    """Forget a query, and the subscriptions to it."""
    store, stored = service.graph.store, named(service, name)
    _end_subscriptions(store, stored.id)  # first: another query of this name must not inherit them
    store.delete_document(KIND, stored.id)
    _end_subscriptions(store, stored.id)  # and those that were made meanwhile
    return Response(status_code=_NO_CONTENT)


@router.get("/queries/{name}/events")
def events(request: Request, service: ServiceOf, caller: Reader, name: str) -> Response:
    """The events that a stored query asks for."""
    stored = named(service, name)
    return found(request, service, query_of(service.graph.store, stored.body), stored.id)


def named(service: Service, name: str) -> Document:
    """A stored query. Raises Problem."""
    stored = stored_query(service.graph.store, decoded(name))
    if stored is None:
        raise Problem(UNKNOWN_QUERY, "GET /epcis/queries lists those there are.")
    return stored


def _end_subscriptions(store: GraphStore, name: str) -> None:
    for each in store.documents(subscription.KIND):
        if each.body["query"] == name:
            store.delete_document(subscription.KIND, each.id)


def _described(stored: Document) -> dict[str, Any]:
    return {"name": stored.id, "query": stored.body}


def _checked(service: Service, sent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the query of a body. Raises Problem."""
    faults = [
        Refusal(f"/{field}", "unknown", "is not a field.", "name and query")
        for field in sent.keys() - {"name", "query"}
    ]
    name, asked = sent.get("name"), sent.get("query")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        accepted = "1 to 100 of A to Z, a to z, 0 to 9 and . _ ~ -"
        faults.append(Refusal("/name", "name", f"is {json_type(name)}, or no name.", accepted))
    if not isinstance(asked, dict):
        accepted = "an object of query parameters"
        faults.append(Refusal("/query", "object", f"is {json_type(asked)}.", accepted))
    else:
        try:
            query_of(service.graph.store, asked)
        except Refused as error:
            faults += error.refusals
    if faults or not isinstance(name, str) or not isinstance(asked, dict):
        raise Problem(REFUSED_BODY, "It is no query.", tuple(faults))
    return name, asked
