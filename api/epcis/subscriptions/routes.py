"""Subscriptions to named queries, by webhook (EPCIS 2.0, section 12.7.3)."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from api.body import AnyBody
from api.callers import Caller, Reader, needs
from api.epcis import paging
from api.epcis.answers import respond
from api.epcis.queries import named
from api.epcis.routing import epcis_router
from api.epcis.subscriptions.news import behind
from api.epcis.subscriptions.subscription import KIND, Subscription, begun, read_subscription
from api.parsing import read_object
from api.problems import NOT_FOUND, REFUSED_BODY, Problem
from api.service import Service, ServiceOf
from tracegraph.model.refusal import Refused
from tracegraph.store.port import Document

router = epcis_router()

# The service will call whatever address is given, inside the walls it stands in.
Admin = Annotated[Caller, Depends(needs("admin"))]
_CREATED, _NO_CONTENT = 201, 204


@router.post("/queries/{name}/subscriptions", status_code=_CREATED)
def subscribe(
    request: Request, service: ServiceOf, caller: Admin, name: str, body: AnyBody
) -> Response:
    """Subscribe to a query: what is recorded from now on is sent to an address."""
    store, query = service.graph.store, named(service, name)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        asked = read_subscription(read_object(body, kind))
    except Refused as error:
        raise Problem(REFUSED_BODY, "It is no subscription.", error.refusals) from error
    stored = store.put_document(begun(asked, query.id, behind(store, asked.initial), time.time()))
    location = f"/epcis/queries/{query.id}/subscriptions/{stored.id}"
    return respond(service, _told(stored), {"location": location}, _CREATED)


@router.get("/queries/{name}/subscriptions")
def subscriptions(request: Request, service: ServiceOf, caller: Reader, name: str) -> Response:
    """The subscriptions to a query, by id."""
    query = named(service, name)
    count, last = paging.per_page(request), paging.last_value(request)
    found = [
        each
        for each in service.graph.store.documents(KIND)
        if each.body["query"] == query.id and each.id > last
    ]
    link = paging.next_link(request, found[count - 1].id if len(found) > count else None)
    return respond(service, [_told(each) for each in found[:count]], link)


@router.get("/queries/{name}/subscriptions/{id}")
def one(service: ServiceOf, caller: Reader, name: str, id: str) -> Response:
    """A subscription, and how it is served."""
    return respond(service, _told(_found(service, name, id)))


@router.delete("/queries/{name}/subscriptions/{id}", status_code=_NO_CONTENT)
def unsubscribe(service: ServiceOf, caller: Admin, name: str, id: str) -> Response:
    """End a subscription."""
    service.graph.store.delete_document(KIND, _found(service, name, id).id)
    return Response(status_code=_NO_CONTENT)


def _found(service: Service, name: str, id: str) -> Document:
    query = named(service, name)
    found = service.graph.store.document(KIND, id)
    if found is None or found.body["query"] != query.id:
        detail = f"GET /epcis/queries/{query.id}/subscriptions lists those there are."
        raise Problem(NOT_FOUND, detail)
    return found


def _told(stored: Document) -> dict[str, object]:
    return Subscription.of(stored).as_json(stored.id)
