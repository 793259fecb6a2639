"""The page that opens, closes or reviews a stored scope: what that will do, and the button."""

from __future__ import annotations

from typing import Literal

import structlog

from api.pages import signin_page
from api.pages.question import given, with_query
from api.pages.recall_page import FAILED, recorded_since
from api.pages.render import Page
from api.pages.scopes_page import failed, name_of, page_address
from api.pages.words import Words
from api.scopes import address as twin
from api.service import Service
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.answer import Snapshot
from tracegraph.recall.snapshot import UnknownSnapshot
from tracegraph.store.port import VersionConflict

STEPS = ("open", "closed", "review")

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("tracegraph.api")


def page(
    service: Service, id: str, step: str, lang: str, words: Words, *, changed: bool = False
) -> Page:
    """What a step will do to a case, before it is taken. Nothing changes by looking."""
    try:
        snapshot = service.graph.snapshot(id)
        _require(step)
    except (UnknownSnapshot, Refused) as error:
        return failed(error, words)
    address = step_address(snapshot.id, step, lang)
    said = {
        "here": "scopes",
        "snapshot": snapshot,
        "name": name_of(snapshot),
        "step": step,
        "legal": _legal(snapshot, step),
        "since": recorded_since(service, snapshot.known_at),
        "changed": changed,
        "action": address,
        "signin_at": signin_page.address(address, lang),
        "scope_address": with_query(page_address(snapshot.id), given(lang=lang)),
        "json": [(words("json_summary"), twin(snapshot.id))],
    }
    return Page("case.html", words, said, 409 if changed else 200, acts=True)


def change(service: Service, id: str, step: str, lang: str, words: Words) -> Page | str:
    """Take a step on a case, where it still is one; gives where it shows.

    Taken twice it is taken once.
    """
    try:
        snapshot = service.graph.snapshot(id)
        _require(step)
        if snapshot.status == step:
            return page_address(snapshot.id)
        if not _legal(snapshot, step):
            return page(service, id, step, lang, words, changed=True)
        if step == "review":
            found = service.graph.review(snapshot.id)
            log.info("scope.reviewed", scope=found.id, changed=found.flag is not None)
        else:
            status: Literal["open", "closed"] = "open" if step == "open" else "closed"
            found = service.graph.set_case(snapshot.id, status)
            log.info("scope.changed", scope=found.id, status=status)
    except VersionConflict:
        return page(service, id, step, lang, words, changed=True)
    except (UnknownSnapshot, *FAILED) as error:
        return failed(error, words)
    return page_address(found.id)


def step_address(id: str, step: str, lang: str = "") -> str:
    """The address of the page of a step."""
    return with_query(f"{page_address(id)}/change", given(to=step, lang=lang))


def _legal(snapshot: Snapshot, step: str) -> bool:
    """Only what is open is reviewed, and nothing becomes what it is."""
    return snapshot.status == "open" if step == "review" else snapshot.status != step


def _require(step: str) -> None:
    if step not in STEPS:
        refusal = Refusal("/to", "to", f"{step[:40]!r} is no step.", ", ".join(STEPS))
        raise Refused((refusal,))
