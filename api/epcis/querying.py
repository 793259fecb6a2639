"""The query interface: events by parameters, and by what they have in common.

Source: EPCIS 2.0, sections 8.2.7 and 12.7 (REST binding).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response

from api.callers import Reader
from api.epcis import paging
from api.epcis.answers import query_document, respond
from api.epcis.headers import EPC_FORMAT, epc_format
from api.epcis.routing import epcis_router
from api.problems import ADDRESS_TOO_LONG, NOT_FOUND, NOT_OFFERED, QUERY_TOO_LARGE, Problem
from api.raw_path import decoded
from api.service import Service, ServiceOf
from tracegraph.formats.epcis import EVENT_TYPES, STANDARD_CONTEXT
from tracegraph.formats.epcis.query import (
    MOST_VALUE,
    Query,
    find,
    one_of,
    query_of,
    too_many,
)
from tracegraph.formats.epcis.translating import TRANSLATIONS, EpcFormat, applied, translated
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import STANDS
from tracegraph.store.projection.terms import EPC_PARTS, canonical, term

router = epcis_router()

SIMPLE = "SimpleEventQuery"
_LONGEST_ADDRESS = 8_000
# Each collection with the parts of events whose values are its members.
COLLECTIONS: dict[str, tuple[str, ...]] = {
    "eventTypes": ("type",),
    "epcs": EPC_PARTS,
    "bizSteps": ("bizStep",),
    "bizLocations": ("bizLocation",),
    "readPoints": ("readPoint",),
    "dispositions": ("disposition",),
}
_OF_IDENTIFIERS = frozenset({"epcs", "bizLocations", "readPoints"})


@router.get("/events")
def events(request: Request, service: ServiceOf, caller: Reader) -> Response:
    """The events that the parameters in the address ask for."""
    return found(request, service, _asked(request, service), SIMPLE)


@router.delete("/nextPageToken/{token}")
def forget_token(service: ServiceOf, caller: Reader, token: str) -> Response:
    """Tokens hold nothing here that could be given back."""
    raise Problem(NOT_OFFERED, "A token takes no room here; it is simply no longer asked for.")


# -- collections


@router.get("/{collection}")
def members(request: Request, service: ServiceOf, caller: Reader, collection: str) -> Response:
    """What the events of the store have in such a field, each once.

    Identifiers are kept as links, so that one in two forms is one member: links are what comes
    unless URNs are asked for.
    """
    parts, count = parts_of(collection), paging.per_page(request)
    if collection == "eventTypes":
        return _listed(service, list(EVENT_TYPES), {})
    field = term(parts[0], "").field
    last = paging.last_value(request)
    values = service.graph.store.term_values(field, after=last, until=MOST_VALUE, limit=count + 1)
    link = paging.next_link(request, values[count - 1] if len(values) > count else None)
    if collection not in _OF_IDENTIFIERS:
        return _listed(service, values[:count], link)
    urns = epc_format(request) == "Always_EPC_URN"
    shown: EpcFormat = "Always_EPC_URN" if urns else "Always_GS1_Digital_Link"
    written = [TRANSLATIONS[shown](value) for value in values[:count]]
    return _listed(service, written, {**link, EPC_FORMAT: shown})


@router.get("/{collection}/{value}")
def member(service: ServiceOf, caller: Reader, collection: str, value: str) -> Response:
    """What there is about one of them."""
    _known(service.graph.store, collection, decoded(value))
    return respond(service, {"@context": STANDARD_CONTEXT, "@set": ["events"]})


@router.get("/{collection}/{value}/events")
def events_of(
    request: Request, service: ServiceOf, caller: Reader, collection: str, value: str
) -> Response:
    """The events that have it, of those that the parameters ask for."""
    parts = _known(service.graph.store, collection, decoded(value))
    query = _asked(request, service)
    narrowed = replace(query, conditions=(*query.conditions, one_of(parts, [decoded(value)])))
    return found(request, service, narrowed, SIMPLE)


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of events that a collection is of. Raises Problem where there is none."""
    if name not in COLLECTIONS:
        raise Problem(NOT_FOUND, f"There are {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[name]


def _known(store: GraphStore, collection: str, value: str) -> tuple[str, ...]:
    parts = parts_of(collection)
    is_type = collection == "eventTypes" and value in EVENT_TYPES
    terms = {term(part, canonical(part, value)) for part in parts}
    if not is_type and not any(store.posting_blocks(terms, 0, STANDS).values()):
        raise Problem(NOT_FOUND, f"No event has it; GET /epcis/{collection} lists what they have.")
    return parts


# -- answers


def _asked(request: Request, service: Service) -> Query:
    if len(request.scope["query_string"]) > _LONGEST_ADDRESS:
        detail = f"Parameters may have {_LONGEST_ADDRESS} bytes; POST /epcis/queries takes more."
        raise Problem(ADDRESS_TOO_LONG, detail)
    return query_of(service.graph.store, paging.asked(request), at=())


def found(request: Request, service: Service, query: Query, name: str) -> Response:
    """A page of the events that a query asks for. Raises Problem."""
    store, after, asked = service.graph.store, paging.position(request), epc_format(request)
    if after is None and too_many(store, query):
        raise Problem(QUERY_TOO_LARGE, f"It has more than {query.most:,} events; narrow it.")
    page = find(store, query, count=paging.per_page(request), after=after)
    events = [translated(each.event, TRANSLATIONS[asked]) for each in page.events]
    headers = {**paging.next_link(request, page.following), EPC_FORMAT: applied(asked)}
    return respond(service, query_document(events, name), headers)


def _listed(service: Service, values: list[str], headers: Mapping[str, str]) -> Response:
    collection = {"@context": STANDARD_CONTEXT, "type": "Collection", "member": values}
    return respond(service, collection, headers)
