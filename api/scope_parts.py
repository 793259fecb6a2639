"""Parts of a stored scope: its lists page by page, and the whole of it as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import example_scopes
from api.answers import JSON, answer, streamed
from api.callers import Reader
from api.described import Responses, answers, problems
from api.parameters import Export, ScopeRows
from api.problems import INVALID_PARAMETER, Problem
from api.scopes import READ, ScopeId, kept, stored
from api.service import ServiceOf
from tracegraph import __version__
from tracegraph.library import Shape
from tracegraph.model.refusal import Refusal
from tracegraph.recall.answer import (
    AffectedItem,
    Balance,
    Consignee,
    Gap,
    Position,
    ScopeOrder,
    Unproven,
)
from tracegraph.trace.cursor import read_cursor, write_cursor

router = APIRouter(tags=["recall"])


@dataclass(frozen=True, slots=True)
class _Page:
    """A stretch of a list. `scope` is the id, `total` counts the whole list."""

    scope: str
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class ScopeItems(_Page):
    """Affected items, by depth, then key."""

    items: tuple[AffectedItem, ...]


@dataclass(frozen=True, slots=True)
class ScopePositions(_Page):
    """Where affected items are."""

    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class ScopeConsignees(_Page):
    """Who got affected items."""

    consignees: tuple[Consignee, ...]


@dataclass(frozen=True, slots=True)
class ScopeBalances(_Page):
    """What became of each affected item."""

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class ScopeGaps(_Page):
    """What the records do not say."""

    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class ScopeUnproven(_Page):
    """Items beside the scope that may hold what is bad: the record of it is missing."""

    unproven: tuple[Unproven, ...]


@dataclass(frozen=True, slots=True)
class ScopeOrders(_Page):
    """Orders that affected items were bought, made or sent under."""

    orders: tuple[ScopeOrder, ...]


_PAGES: tuple[tuple[str, type[Any], str], ...] = (
    ("items", ScopeItems, "What is affected"),
    ("positions", ScopePositions, "Where it is"),
    ("consignees", ScopeConsignees, "Who has it"),
    ("balances", ScopeBalances, "What became of it"),
    ("gaps", ScopeGaps, "What the records do not say"),
    ("unproven", ScopeUnproven, "What may hold it, beside the scope"),
    ("orders", ScopeOrders, "Under which orders"),
)


def _lister(name: str, page_of: type[Any]) -> Callable[..., Response]:
    def listed(
        request: Request,
        service: ServiceOf,
        caller: Reader,
        id: ScopeId,
        query: Annotated[ScopeRows, Query()],
    ) -> Response:
        snapshot, scope = stored(service, id)
        rows = getattr(scope, name)
        (at,) = read_cursor(query.cursor, [0])
        end = max(at, 0) + query.limit
        after = write_cursor([end]) if end < len(rows) else None
        page = page_of(snapshot.id, len(rows), after, rows[max(at, 0) : end])
        more = None if after is None else {"cursor": after}
        return answer(request, page, next_page=more, kept=kept(id))

    listed.__name__ = f"scope_{name}"
    listed.__doc__ = f"{page_of.__doc__} Of a stored scope, which never changes."
    return listed


for _name, _page, _said in _PAGES:
    router.get(
        f"/v1/scopes/{{id}}/{_name}",
        response_model=_page,
        responses={**problems(*READ), **answers(example_scopes.part(_name))},
        summary=_said,
    )(_lister(_name, _page))


_CSV = "text/csv"
MEDIA_TYPES: dict[Shape, tuple[str, str]] = {
    "json": (JSON, "json"),
    "csv": (_CSV, "csv"),
    "letters": (_CSV, "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "graphml": ("application/graphml+xml", "graphml"),
    "prov": ("application/provenance+json", "prov.json"),
    "epcis": ("application/ld+json", "epcis.json"),
}


def _files() -> Responses:
    said = answers(example_scopes.SCOPE, schema={"type": "object"})[200]
    for media_type, _ in dict.fromkeys(MEDIA_TYPES.values()):
        form = {"type": "object"} if "json" in media_type else {"type": "string"}
        example: Any = example_scopes.FILES.get(media_type)
        if example is not None:
            said["content"][media_type] = {"schema": form, "example": example}
    return {**problems(*READ), 200: said}


@router.get(
    "/v1/scopes/{id}/export",
    responses=_files(),
    response_class=Response,
    summary="A stored scope as a file",
)
def export(
    request: Request,
    service: ServiceOf,
    caller: Reader,
    id: ScopeId,
    query: Annotated[Export, Query()],
) -> Response:
    """The scope as canonical JSON, sheets, a graph or letters, to be filed, sent or looked at."""
    if query.sheet is not None and query.format != "csv":
        refusal = Refusal("/query/sheet", "sheet", "belongs to format csv.", "format=csv, or none")
        raise Problem(INVALID_PARAMETER, "Only a CSV is of one sheet.", (refusal,))
    snapshot, scope = stored(service, id)
    media_type, _ = MEDIA_TYPES[query.format]
    sheet = query.sheet or "items"
    part = _part_named(query.format, sheet)
    return streamed(
        request,
        lambda: service.graph.scope_file(scope, query.format, sheet=sheet),
        tag=f"{snapshot.id}-{query.format}{part}-{__version__}",
        media_type=media_type,
        headers={"content-disposition": attached(snapshot.id, query.format, sheet)},
    )


def attached(hash: str, form: Shape, sheet: str = "items") -> str:
    """The `Content-Disposition` of a scope's file: its name has the hash, the form and sheet."""
    file = f"scope-{hash[:12]}{_part_named(form, sheet)}.{MEDIA_TYPES[form][1]}"
    return f'attachment; filename="{file}"'


def _part_named(form: Shape, sheet: str) -> str:
    return {"csv": f"-{sheet}", "letters": "-letters"}.get(form, "")
