"""The routes of the EPCIS interface, and what each address takes (EPCIS 2.0, section 12)."""

from __future__ import annotations

from collections import defaultdict

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from api.epcis import capture, queries, querying
from api.epcis.answers import respond
from api.epcis.headers import announced
from api.epcis.routing import epcis_router
from api.epcis.subscriptions import routes, sockets
from api.service import ServiceOf

_NO_CONTENT = 204
_RESOURCES = ("capture", "events", *querying.COLLECTIONS, "queries")

_entry = epcis_router()


@_entry.get("")
async def entry(service: ServiceOf) -> Response:
    """What there is."""
    links = ", ".join(f'</epcis/{name}>; rel="{name}"' for name in _RESOURCES)
    return respond(service, list(_RESOURCES), {"link": links})


# Names before what any name could be in their place.
routers = (
    _entry, capture.router, queries.router, routes.router, sockets.router, querying.router
)  # fmt: skip

_methods: defaultdict[str, set[str]] = defaultdict(lambda: {"OPTIONS"})
for _router in routers:
    for _route in _router.routes:
        if isinstance(_route, APIRoute):
            _methods[_route.path] |= _route.methods or set()


async def options(request: Request, service: ServiceOf) -> Response:
    """The versions, the limits, and the methods that an address takes."""
    if (collection := request.path_params.get("collection")) is not None:
        querying.parts_of(collection)
    allowed = ", ".join(sorted(_methods[request.scope["route"].path]))
    return Response(
        status_code=_NO_CONTENT, headers={**announced(service.settings), "allow": allowed}
    )


for _router in routers:
    # In their order: what any name could be in the place of stays behind that name.
    _paths = dict.fromkeys(route.path for route in _router.routes if isinstance(route, APIRoute))
    for _path in _paths:
        _router.add_api_route(_path.removeprefix("/epcis"), options, methods=["OPTIONS"])
