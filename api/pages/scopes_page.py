"""The pages of stored scopes: the list, one of them with its parts, and what changed since."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from api.pages import recall_rows
from api.pages.card_panel import Leads, Panel
from api.pages.question import given, with_query
from api.pages.recall_page import (
    EXPORTS,
    FAILED,
    FRESH,
    ROWS,
    figures,
    item_addresses,
    panel_of,
    recorded_since,
    scope_said,
)
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.words import Words
from api.scopes import address as twin
from api.service import Service
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import Scope, Snapshot, Why
from tracegraph.recall.snapshot import UnknownSnapshot

STATUSES = ("open", "closed")
KINDS = ("in", "out", "changed", "moved")
NOW = "now"
LIST = "/recall/scopes"


def list_page(service: Service, status: str, view: RecallQuestion, words: Words) -> Page:
    """Stored scopes, the newest first; only the open or the closed ones where that is asked."""
    every = service.graph.snapshots()
    wanted = status if status in STATUSES else ""
    found = [each for each in every if wanted in ("", each.status)]
    said = {
        "here": "scopes",
        "wanted": wanted,
        "statuses": Counter(each.status for each in every),
        "page_at": lambda page: with_query(
            LIST, given(status=wanted, page=str(page), lang=view.lang)
        ),
        "json": [(words("json_scopes"), with_query("/v1/scopes", given(status=wanted)))],
    }
    return Page("scopes.html", words, said | _stretch(found, view.page))


def one_page(service: Service, id: str, view: RecallQuestion, words: Words) -> Page:
    """A stored scope as it was; what has been recorded since is said, and led to."""
    try:
        snapshot = service.graph.snapshot(id)
        scope = service.scopes.read(service.graph, snapshot.id)
    except (UnknownSnapshot, Refused) as error:
        return failed(error, words)
    cut = cut_of(snapshot, view)
    path = page_address(snapshot.id)
    view = view.with_(part=view.part if view.part in recall_rows.PARTS else "")
    drawn = [*view.figure(), *given(lang=view.lang)]

    def at(**more: Any) -> str:
        return _part_address(path, view.with_(**FRESH | more))

    said = (
        scope_said(scope, cut)
        | figures(service, scope, cut, words, at)
        | {
            "here": "scopes",
            "snapshot": snapshot,
            "name": name_of(snapshot),
            "since": recorded_since(service, snapshot.known_at),
            "asked_view": view,
            "diff_at": lambda against: with_query(
                f"{path}/diff", given(against=against, lang=view.lang)
            ),
            "part_at": at,
            "part_fields": given(lang=view.lang),
            "step_at": lambda step: with_query(f"{path}/change", given(to=step, lang=view.lang)),
            "hold_address": with_query(f"{path}/hold", given(lang=view.lang)),
            "report_address": with_query(f"{path}/report", given(lang=view.lang)),
            "letters_address": with_query(f"{path}/letters", given(lang=view.lang)),
            "part_path": path,
            "svg_address": with_query(f"{path}/figure.svg", drawn),
            "pdf_address": with_query(f"{path}/figure.pdf", drawn),
            "panel": panel(service, snapshot, scope, view),
            "panel_address": with_query(f"{path}/card", [*drawn, ("card", "")]),
            "why_at": lambda key: with_query(f"{path}/why", given(of=key, lang=view.lang)),
            "why_fields": given(lang=view.lang),
            "why_path": f"{path}/why",
            "exports": [(form, f"{path}/export?format={form}") for form in EXPORTS],
            "json": [
                (words("json_summary"), twin(snapshot.id)),
                (words("json_scope"), twin(snapshot.id, "content")),
            ],
        }
    )
    return Page("stored_scope.html", words, said)


def panel(service: Service, snapshot: Snapshot, scope: Scope, view: RecallQuestion) -> Panel | None:
    """The records of the item of the figure that the address names, if it names one."""
    path = page_address(snapshot.id)
    close = _part_address(path, view.with_(card="")) + "#genealogy"
    why = with_query(f"{path}/why", given(of=view.card, lang=view.lang))
    return panel_of(service, scope, cut_of(snapshot, view), Leads(close, why=why))


def why_page(service: Service, id: str, of: str, view: RecallQuestion, words: Words) -> Page:
    """Why an item is in a stored scope, or out of it; at its cuts."""
    try:
        snapshot = service.graph.snapshot(id)
        found = _explained(service, snapshot, of)
    except (UnknownSnapshot, *FAILED) as error:
        return failed(error, words)
    said = {
        "here": "scopes",
        "why": found,
        "item_at": item_addresses(cut_of(snapshot, view)),
        "scope_address": with_query(page_address(snapshot.id), given(lang=view.lang)),
        "json": [(words("json_why"), with_query(twin(snapshot.id, "why"), [("item", found.item)]))],
    }
    return Page("why.html", words, said)


def diff_page(service: Service, id: str, against: str, view: RecallQuestion, words: Words) -> Page:
    """What changed from a stored scope to what its query gives now, or to another stored one."""
    against = against or NOW
    try:
        before = service.graph.snapshot(id)
        after = None if against == NOW else service.graph.snapshot(against)
        found = service.graph.diff(before.id, None if after is None else after.id)
    except (UnknownSnapshot, *FAILED) as error:
        return failed(error, words)
    path = page_address(before.id)
    kinds = Counter[str](change.kind for change in found.changes)
    said = {
        "here": "scopes",
        "name": name_of(before),
        "before": before,
        "after": after,
        "recorded_at": lambda seq: _recorded_at(service.graph, seq),
        "scope_address": with_query(path, given(lang=view.lang)),
        "kinds": [(kind, kinds[kind]) for kind in KINDS],
        "item_at": item_addresses(RecallQuestion(lang=view.lang)),
        "page_at": lambda page: with_query(
            f"{path}/diff", given(against=against, page=str(page), lang=view.lang)
        ),
        "json": [(words("json_diff"), with_query(twin(before.id, "diff"), [("against", against)]))],
    }
    return Page("scope_diff.html", words, said | _stretch(found.changes, view.page))


def _recorded_at(graph: Tracegraph, seq: int) -> str | None:
    """When the last event of a cut was recorded; None of the cut before all of them."""
    last = graph.events(after=max(0, seq - 1), limit=1).events
    return last[0].recorded_at if last and seq else None


def page_address(id: str) -> str:
    """The address of the page of a stored scope."""
    return f"{LIST}/{quote(id, safe='')}"


def _explained(service: Service, snapshot: Snapshot, of: str) -> Why:
    query = snapshot.query
    return service.graph.explain(
        query.seeds, of, exclude=query.exclude, as_of=snapshot.as_of, known_at=snapshot.known_at,
        clock_tolerance=query.clock_tolerance, transit_days=query.transit_days,
        budget=query.budget,
    )  # fmt: skip


def failed(error: Exception, words: Words) -> Page:
    """404 for what is not stored, or not named by any record; 422 for what cannot be asked."""
    refusals = error.refusals if isinstance(error, Refused) else ()
    status = 404 if isinstance(error, LookupError) else 422
    said = {"here": "scopes", "detail": str(error), "refusals": refusals, "status": status}
    return Page("scope_refused.html", words, said, status)


def cut_of(snapshot: Snapshot, view: RecallQuestion) -> RecallQuestion:
    """The view of a stored scope, with the cuts that it was asked at."""
    return view.with_(limits=dict(given(as_of=snapshot.as_of or ""))).at(snapshot.known_at)


def name_of(snapshot: Snapshot) -> str:
    """What a stored scope is called: its name, else the head of its hash."""
    return snapshot.name or snapshot.id[:12]


def _part_address(path: str, view: RecallQuestion) -> str:
    return with_query(path, [*view.view(), *given(lang=view.lang)])


def _stretch(rows: Any, number: int) -> dict[str, Any]:
    """A page of a list; the last one where a later one is asked for."""
    last = max(1, -(-len(rows) // ROWS))
    page = min(number, last)
    return {
        "rows": rows[(page - 1) * ROWS : page * ROWS],
        "page": page,
        "pages": last,
        "first": (page - 1) * ROWS + 1,
        "total": len(rows),
    }
