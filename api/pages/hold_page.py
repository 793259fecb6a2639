"""The page that holds what is on hand of a stored scope: each item listed first, then blocked.

An item is held as such, whatever there is of it and wherever: a quantity that was right when the
page was made may be wrong when its form is sent. An event's id is that of the scope and the item,
so what a scope has held once it does not hold again, however often the form is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog

from api.pages import signin_page
from api.pages.question import given, with_query
from api.pages.recall_page import FAILED
from api.pages.recording import foreseen, name_of, of_items, record, wrong_reason
from api.pages.render import Page
from api.pages.scopes_page import failed, page_address
from api.pages.scopes_page import name_of as scope_name
from api.pages.words import Words
from api.scopes import address as twin
from api.service import Service
from tracegraph.model.refusal import Refusal
from tracegraph.recall.answer import Position, Snapshot
from tracegraph.recall.ledger import HELD, TRANSIT
from tracegraph.recall.snapshot import SnapshotDamaged, UnknownSnapshot

SHOWN = 200

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


@dataclass(frozen=True, slots=True)
class OnHand:
    """An item of a scope that is on hand now, and what is where of it."""

    item: str
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class ToHold:
    """What is to be held, how many items it has held before, and what it leaves."""

    rows: tuple[OnHand, ...]
    before: int
    unproven: int  # items that may be affected, and are not held


def page(
    service: Service,
    id: str,
    lang: str,
    words: Words,
    *,
    caller: str,
    reason: str = "",
    wrong: tuple[Refusal, ...] = (),
) -> Page:
    """What will be held, before it is. Nothing is held by looking."""
    try:
        snapshot = service.graph.snapshot(id)
        found = _to_hold(service, snapshot, caller)
    except (UnknownSnapshot, *FAILED) as error:
        return failed(error, words)
    address = hold_address(snapshot.id, lang)
    most = service.settings.max_batch_events
    said: dict[str, Any] = {
        "here": "scopes",
        "snapshot": snapshot,
        "name": scope_name(snapshot),
        "rows": found.rows[:SHOWN],
        "total": len(found.rows),
        "before": found.before,
        "unproven": found.unproven,
        "most": most if len(found.rows) > most else None,
        "reason": reason,
        "reasons": wrong,
        "action": address,
        "release_at": with_query(f"{page_address(snapshot.id)}/release", given(lang=lang)),
        "signin_at": signin_page.address(address, lang),
        "scope_address": with_query(page_address(snapshot.id), given(lang=lang)),
        "json": [(words("json_positions"), twin(snapshot.id, "positions"))],
    }
    return Page("hold.html", words, said, 422 if wrong else 200, acts=True)


def hold(
    service: Service, id: str, reason: str, lang: str, words: Words, *, caller: str
) -> Page | str:
    """Hold it, for a reason; gives the address that then says what is left."""
    if wrong := wrong_reason(reason):
        return page(service, id, lang, words, caller=caller, reason=reason, wrong=wrong)
    try:
        snapshot = service.graph.snapshot(id)
        found = _to_hold(service, snapshot, caller)
    except (UnknownSnapshot, SnapshotDamaged, *FAILED) as error:
        return failed(error, words)
    if len(found.rows) > service.settings.max_batch_events:
        return page(service, id, lang, words, caller=caller, reason=reason)
    if found.rows:
        items = [row.item for row in found.rows]
        report = record(service, _events(snapshot.id, items, reason), caller)
        log.info("scope.held", scope=snapshot.id, events=report.count("stored"))
    return f"{page_address(snapshot.id)}/hold"


def hold_address(id: str, lang: str = "") -> str:
    """The address of the page."""
    return with_query(f"{page_address(id)}/hold", given(lang=lang))


def _to_hold(service: Service, snapshot: Snapshot, caller: str) -> ToHold:
    """What of a stored scope is on hand by now, and was not held by it before."""
    graph = service.graph
    scope = service.scopes.read(graph, snapshot.id)
    affected = {item.key for item in scope.items}
    known = graph.store.published().seq
    now = service.scopes.ask(graph, snapshot.query, snapshot.as_of, known)
    on_hand: dict[str, list[Position]] = {}
    for position in now.positions:
        if position.item in affected and _is_on_hand(position):
            on_hand.setdefault(position.item, []).append(position)
    items = sorted(on_hand)
    most = service.settings.max_batch_events
    fresh: list[str] = []
    for begin in range(0, len(items), most):
        part = items[begin : begin + most]
        report = foreseen(service, _events(snapshot.id, part, "-"), caller)
        fresh += [part[outcome.index] for outcome in report.outcomes if outcome.status == "stored"]
    rows = tuple(OnHand(item, tuple(on_hand[item])) for item in fresh)
    return ToHold(rows, len(items) - len(rows), len(scope.unproven))


def _is_on_hand(position: Position) -> bool:
    return (
        position.holder_kind == "place"
        and position.state not in (HELD, TRANSIT)
        and Decimal(position.quantity) > 0
    )


def event_id(scope: str, item: str) -> str:
    """The id of the event that holds an item of a scope."""
    return f"hold-{scope}-{name_of(item)}"


def _events(scope: str, items: Iterable[str], reason: str) -> list[dict[str, Any]]:
    return of_items("hold", {event_id(scope, item): item for item in items}, reason)
