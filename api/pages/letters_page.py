"""The page of letters of a stored scope: one to each consignee, to be printed and sent.

What a notice of a recall must say of the products is that of 21 CFR 7.49(c): which they are, with
lots or serials, that they are recalled, to stop using them, to pass it on, and to answer. What is
wrong with them no record says, so whoever sends the letters adds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from api.pages import recall_rows
from api.pages.question import given, with_query
from api.pages.recall_rows import ConsigneeRow
from api.pages.render import Page
from api.pages.scopes_page import failed, name_of, page_address
from api.pages.visit import page_number, spoken
from api.pages.words import Words
from api.scopes import address as twin
from api.service import Service
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import ConsigneeItem
from tracegraph.recall.snapshot import UnknownSnapshot

LETTERS = 100  # of a page
LISTED = 300  # items of a letter; the file has all of them
MOST = 2000  # characters of what is added
ADDED = ("wrong", "answer")


@dataclass(frozen=True, slots=True)
class Letter:
    """What one consignee is written: what it got in all, and the first of its items."""

    row: ConsigneeRow
    items: tuple[ConsigneeItem, ...]
    more: int


def page(service: Service, id: str, said: QueryParams, words: Words) -> Page:
    """The letters of a stored scope, with what its address adds to each. 404 for none."""
    try:
        snapshot = service.graph.snapshot(id)
        scope = service.scopes.read(service.graph, snapshot.id)
    except (UnknownSnapshot, Refused) as error:
        return failed(error, words)
    lang = spoken(said.get("lang", ""))
    added = {name: said.get(name, "").strip()[:MOST] for name in ADDED}
    rows = recall_rows.consignees(scope)
    last = max(1, -(-len(rows) // LETTERS))
    number = min(page_number(said.get("page", "")), last)
    first = (number - 1) * LETTERS
    path = f"{page_address(snapshot.id)}/letters"
    shown: dict[str, Any] = {
        "here": "scopes",
        "snapshot": snapshot,
        "name": name_of(snapshot),
        "letters": [_letter(row) for row in rows[first : first + LETTERS]],
        "total": len(rows),
        "page": number,
        "pages": last,
        "first": first + 1,
        "page_at": lambda page: with_query(path, given(**added, page=str(page), lang=lang)),
        "added": added,
        "most": MOST,
        "path": path,
        "own_lang": lang,
        "file": f"{page_address(snapshot.id)}/export?format=letters",
        "scope_address": with_query(page_address(snapshot.id), given(lang=lang)),
        "json": [(words("part_consignees"), twin(snapshot.id, "consignees"))],
    }
    return Page("letters.html", words, shown)


def _letter(row: ConsigneeRow) -> Letter:
    """A lot comes before the serials that it counts."""
    items = sorted(row.consignee.items, key=lambda item: (item.product or "", item.lot is not None))
    return Letter(row, tuple(items[:LISTED]), max(0, len(items) - LISTED))
