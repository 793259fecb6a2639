"""The audit report of a stored scope: what it says, and how to prove it, to be signed."""

from __future__ import annotations

from typing import Any

from api.pages import recall_rows
from api.pages.question import given, with_query
from api.pages.recall_page import counts, item_addresses
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.report_page import Printing
from api.pages.scopes_page import cut_of, failed, name_of, page_address
from api.pages.words import Words
from api.scopes import address as twin
from api.service import Service
from tracegraph.model.refusal import Refused
from tracegraph.recall.snapshot import UnknownSnapshot

# Every list of a scope, in the order of the report; gaps come with what closes them.
PARTS = ("consignees", "sent", "where", "gaps", "balances", "items", "unproven", "orders")


def page(service: Service, id: str, view: RecallQuestion, words: Words, printing: Printing) -> Page:
    """The report of a stored scope, checked against its hash; 404 where there is none."""
    try:
        snapshot = service.graph.snapshot(id)
        scope = service.scopes.read(service.graph, snapshot.id)
    except (UnknownSnapshot, Refused) as error:
        return failed(error, words)
    path = page_address(snapshot.id)
    lang = given(lang=view.lang)
    rows = {name: recall_rows.PARTS[name].rows(scope) for name in PARTS}
    said: dict[str, Any] = {
        "here": "scopes",
        "snapshot": snapshot,
        "scope": scope,
        "name": name_of(snapshot),
        "counts": counts(scope),
        "parts": {name: (own[: printing.rows], len(own)) for name, own in rows.items()},
        "known_at": scope.known_at,
        "recorded_at": scope.recorded_at,
        "asked_view": view,
        "reached": {name for item in scope.items for name in (item.key, item.number)},
        "item_at": item_addresses(cut_of(snapshot, view)),
        "part_at": lambda **more: with_query(
            path, given(*((name, str(text)) for name, text in more.items()), *lang)
        ),
        "why_at": lambda key: with_query(f"{path}/why", [("of", key), *lang]),
        "xlsx": f"{path}/export?format=xlsx",
        "content": twin(snapshot.id, "content"),
        "scope_address": with_query(path, lang),
        "pdf_address": with_query(f"{path}/report.pdf", lang),
    }
    return Page("report_scope.html", words, said | printing.said())
