"""The page that stores a scope: what that will do, what to call it, and whether it is a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import structlog

from api.pages import recall_page, signin_page
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.scopes_page import STATUSES, page_address
from api.pages.words import Words
from api.service import Service
from tracegraph.model.refusal import Refusal
from tracegraph.recall.answer import Scope, Snapshot
from tracegraph.recall.snapshot import UnknownSnapshot
from tracegraph.store.port import VersionConflict

PATH = "/recall/store"
MOST_NAME = 200

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in, and what is wrong with it."""

    name: str = ""
    status: str = ""
    wrong: tuple[Refusal, ...] = ()
    changed: bool = False  # since the form was made


def page(
    service: Service, question: RecallQuestion, words: Words, filled: Filled | None = None
) -> Page:
    """What will be stored, before it is. Nothing is stored by looking."""
    if not question.asked:
        return recall_page.page(service, question, words)
    try:
        scope = recall_page.ask(service, question)
    except recall_page.FAILED as error:
        return recall_page.failed(error, question, words)
    return _preview(service, scope, question, words, filled)


def store(
    service: Service, question: RecallQuestion, fields: dict[str, str], words: Words
) -> Page | str:
    """Store a scope as it was shown; gives the address of its page, or what is wrong."""
    try:
        scope = recall_page.ask(service, question)
    except recall_page.FAILED as error:
        return recall_page.failed(error, question, words)
    name, status = fields.get("name", "").strip(), fields.get("status", "")
    wrong = tuple(_wrong(name, status))
    if wrong:
        return _preview(service, scope, question, words, Filled(name, status, wrong))
    shown = fields.get("hash") == scope.hash
    kind: Literal["open", "closed"] = "open" if status == "open" else "closed"
    try:
        if shown:
            snapshot = service.graph.save_scope(scope, name=name or None, status=kind)
            log.info("scope.stored", scope=snapshot.id, status=kind)
            return page_address(snapshot.id)
    except VersionConflict:
        pass
    return _preview(service, scope, question, words, Filled(name, status, changed=True))


def _preview(
    service: Service,
    scope: Scope,
    question: RecallQuestion,
    words: Words,
    filled: Filled | None,
) -> Page:
    """The form over a scope; its address keeps to what was recorded by then."""
    pinned = question.at(scope.known_at).with_(**recall_page.FRESH)
    before = _stored(service, scope.hash)
    if filled is None:
        name, status = (before.name or "", before.status) if before else ("", "open")
        filled = Filled(name, status)
    address = pinned.address(PATH)
    said: dict[str, Any] = {
        "here": "recall",
        "asked": pinned,
        "scope": scope,
        "counts": recall_page.counts(scope),
        "before": before,
        "before_at": before and page_address(before.id),
        "filled": filled,
        "wrong": [refusal.pointer for refusal in filled.wrong],
        "statuses": STATUSES,
        "action": address,
        "signin_at": signin_page.address(address, question.lang),
        "scope_address": pinned.address(),
        "json": [(words("json_scope"), pinned.address("/recall/export", format="json"))],
    }
    code = 422 if filled.wrong else 409 if filled.changed else 200
    return Page("store.html", words, said, code, acts=True)


def _stored(service: Service, id: str) -> Snapshot | None:
    try:
        return service.graph.snapshot(id)
    except UnknownSnapshot:
        return None


def _wrong(name: str, status: str) -> list[Refusal]:
    wrong = []
    if len(name) > MOST_NAME or not name.isprintable():
        accepted = f"at most {MOST_NAME} printable characters"
        wrong.append(Refusal("/name", "name", "is none.", accepted))
    if status not in STATUSES:
        wrong.append(Refusal("/status", "status", "is none.", "open or closed"))
    return wrong
