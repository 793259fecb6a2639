"""GS1 Digital Links of items: from what a phone scans to the page about it.

Sources: GS1 Digital Link Standard: URI Syntax, 1.2; GS1-Conformant Resolver Standard, 1.1, and
RFC 9264 for linksets. The links say where one would ask; nothing is looked up to give them.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.answers import JSON
from api.problems import BAD_REQUEST, NOT_FOUND, Problem
from tracegraph.identify.label import Label, read_label

router = APIRouter(include_in_schema=False)

LINKSET = "application/linkset+json"
HTML = "text/html"
_VOCABULARY = "https://ref.gs1.org/voc"
_PREFIX = "gs1:"
_DEFAULT, _TRACEABILITY = "defaultLink", "traceability"
_WHOLE = frozenset({"all", "linkset"})
_TEMPORARY = 307
_WELL_KNOWN = {
    "name": "tracegraph",
    "resolverRoot": "/",
    "supportedPrimaryKeys": ["01", "00"],
    "linkTypeDefaultCanBeLinkset": False,
}


@router.get("/.well-known/gs1resolver")
async def described() -> Response:
    """What this resolver takes."""
    return Response(orjson.dumps(_WELL_KNOWN), media_type=JSON)


@router.get("/01/{rest:path}")
@router.get("/00/{rest:path}")
@router.head("/01/{rest:path}")
@router.head("/00/{rest:path}")
async def resolve(
    request: Request, link_type: Annotated[str | None, Query(alias="linkType")] = None
) -> Response:
    """Where to look: a redirect to the page, or to the answer that `linkType` or Accept asks for.

    `linkType=linkset`, or Accept: application/linkset+json, gives all links.
    """
    label = _label(request)
    links = _links(label)
    accepted = request.headers.get("accept", "")
    headers = {"link": _header(links), "vary": "accept", "access-control-allow-origin": "*"}
    if link_type in _WHOLE or (link_type is None and LINKSET in accepted):
        body = orjson.dumps({"linkset": [_linkset(label, links)]})
        return Response(body, media_type=LINKSET, headers=headers)
    wanted = _local(link_type) if link_type else _DEFAULT
    offered = links.get(wanted)
    if offered is None:
        detail = f"There is no link of the type {link_type!r}; there are " + ", ".join(
            _PREFIX + name for name in links
        )
        raise Problem(NOT_FOUND, detail)
    as_json = JSON in accepted and HTML not in accepted
    chosen = next((link for link in offered if (link["type"] == JSON) == as_json), offered[0])
    return RedirectResponse(chosen["href"], status_code=_TEMPORARY, headers=headers)


def _label(request: Request) -> Label:
    sent = request.scope["raw_path"].decode("ascii", "replace")
    query = request.scope["query_string"].decode("ascii", "replace")
    label = read_label(f"https://id.gs1.org{sent}" + (f"?{query}" if query else ""))
    if label is None:
        raise Problem(
            NOT_FOUND,
            "The path is no GS1 Digital Link of an item or a product, such as /01/{gtin}/10/{lot}.",
        )
    if label.flaws:
        raise Problem(BAD_REQUEST, " ".join(flaw.detail for flaw in label.flaws))
    return label


def _links(label: Label) -> dict[str, list[dict[str, str]]]:
    if label.key is None:
        product = quote(label.device_identifier or "", safe="")
        found = f"/v1/items?product={product}"
        return {_DEFAULT: [_link(f"/?q={product}", HTML), _link(found, JSON)]}
    key = quote(label.key, safe="")
    return {
        _DEFAULT: [_link(f"/items/{key}", HTML), _link(f"/v1/items/{key}", JSON)],
        _TRACEABILITY: [
            _link(f"/v1/items/{key}/genealogy", JSON),
            _link(f"/v1/items/{key}/history", JSON),
        ],
    }


def _link(href: str, media_type: str) -> dict[str, str]:
    return {"href": href, "type": media_type}


def _local(link_type: str) -> str:
    """The word of a link type, however it is written.

    >>> _local("gs1:traceability"), _local("https://gs1.org/voc/traceability")
    ('traceability', 'traceability')
    """
    return link_type.rpartition("/")[2].removeprefix(_PREFIX)


def _linkset(label: Label, links: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    anchor = label.key or f"https://id.gs1.org/01/{label.device_identifier}"
    return {"anchor": anchor, **{f"{_VOCABULARY}/{name}": own for name, own in links.items()}}


def _header(links: dict[str, list[dict[str, str]]]) -> str:
    return ", ".join(
        f'<{link["href"]}>; rel="{_PREFIX}{name}"; type="{link["type"]}"'
        for name, own in links.items()
        for link in own
    )
