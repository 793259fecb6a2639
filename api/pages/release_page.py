"""The pages that release items from their holds: one item, or what a stored scope has held.

Released is an item whose own hold stands, by the gate. The id of the event is that of the item and
the hold, so that a hold is released once, and the next hold of the item is another matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from api.pages import hold_page, signin_page
from api.pages.question import Question, given, with_query
from api.pages.recall_page import FAILED
from api.pages.recording import SOURCE, name_of, of_items, record, wrong_reason
from api.pages.render import Page
from api.pages.scopes_page import name_of as scope_name
from api.pages.scopes_page import page_address
from api.pages.words import Words
from api.service import Service
from tracegraph.identify.naming import name_item
from tracegraph.model.parse import parse_event
from tracegraph.model.refusal import Refusal
from tracegraph.recall.answer import GateRefusal
from tracegraph.recall.snapshot import SnapshotDamaged, UnknownSnapshot
from tracegraph.trace.answer import event_key
from tracegraph.trace.seeds import named_event

PATH = "/release"
NOT_THERE = (UnknownSnapshot, SnapshotDamaged, *FAILED)
SHOWN = 200
ELSEWHERE = 10
AT_ONCE = 1000  # items that the gate is asked about at once


@dataclass(frozen=True, slots=True)
class Held:
    """An item on hold: the hold, and for what else the gate would refuse it."""

    item: str
    hold: GateRefusal
    others: tuple[GateRefusal, ...]

    @property
    def id(self) -> str:
        """The id of the event that releases it from this hold."""
        return f"release-{name_of(self.item, self.hold.event or '')}"


@dataclass(frozen=True, slots=True)
class Releasing:
    """What is to be released, and the addresses of the page and of where it leads back."""

    held: tuple[Held, ...]
    action: str
    back: str
    called: str
    json: str
    here: str
    elsewhere: tuple[str, ...] = ()  # what else the holds against it name


def of_item(service: Service, text: str, lang: str) -> Releasing:
    """Of one item. Raises UnknownItem, AmbiguousItem."""
    item = service.graph.item(text)
    names = {item.key, *item.aliases}
    against = [(each, _named(service, each.hold)) for each in _held(service, [item.key])]
    held = [each for each, named in against if names & named]
    elsewhere = {name for _, named in against if not names & named for name in named}
    lots = [lot.key for lot in item.lots if lot.key in elsewhere]
    return Releasing(
        tuple(held),
        with_query(PATH, given(item=item.key, lang=lang)),
        Question(lang=lang).address(item.key),
        item.number or item.key,
        with_query("/v1/positions", given(item=item.key)),
        "",
        tuple(lots or sorted(elsewhere)[:ELSEWHERE]),
    )


def of_scope(service: Service, id: str, lang: str) -> Releasing:
    """Of what a stored scope has held. Raises UnknownSnapshot, SnapshotDamaged."""
    snapshot = service.graph.snapshot(id)
    items = [item.key for item in service.scopes.read(service.graph, snapshot.id).items]
    ids = {(SOURCE, hold_page.event_id(snapshot.id, item)): item for item in items}
    stored = service.graph.store.entries(list(ids), service.graph.store.published().seq)
    holds = {event_key(*id): ids[id] for id, entry in stored.items() if entry.void is None}
    held = [
        each
        for each in _held(service, sorted(holds.values()))
        if holds.get(each.hold.event or "") == each.item
    ]
    path = page_address(snapshot.id)
    return Releasing(
        tuple(held),
        with_query(f"{path}/release", given(lang=lang)),
        with_query(path, given(lang=lang)),
        scope_name(snapshot),
        f"/v1/scopes/{snapshot.id}/positions",
        "scopes",
    )


def page(
    releasing: Releasing,
    lang: str,
    words: Words,
    *,
    reason: str = "",
    wrong: tuple[Refusal, ...] = (),
) -> Page:
    """What will be released, before it is. Nothing changes by looking."""
    said: dict[str, Any] = {
        "here": releasing.here,
        "releasing": releasing,
        "rows": releasing.held[:SHOWN],
        "question": Question(lang=lang),
        "reason": reason,
        "reasons": wrong,
        "wrong": [refusal.pointer for refusal in wrong],
        "signin_at": signin_page.address(releasing.action, lang),
        "json": [(words("json_positions"), releasing.json)],
    }
    return Page("release.html", words, said, 422 if wrong else 200, acts=True)


def release(
    service: Service, releasing: Releasing, reason: str, lang: str, words: Words, *, caller: str
) -> Page | str:
    """Release it, for a reason; gives the address that shows how it stands then."""
    if wrong := wrong_reason(reason):
        return page(releasing, lang, words, reason=reason, wrong=wrong)
    most = service.settings.max_batch_events
    for begin in range(0, len(releasing.held), most):
        some = {each.id: each.item for each in releasing.held[begin : begin + most]}
        record(service, of_items("release", some, reason), caller)
    return releasing.back.partition("?")[0]


def _held(service: Service, items: Sequence[str]) -> Iterator[Held]:
    """Each hold against each of the items, with what else the gate has against it."""
    for begin in range(0, len(items), AT_ONCE):
        verdict = service.graph.gate(items[begin : begin + AT_ONCE], purpose="ship")
        against: dict[str, list[GateRefusal]] = {}
        for refusal in verdict.refusals:
            against.setdefault(refusal.item, []).append(refusal)
        for item, refusals in against.items():
            for hold in refusals:
                if hold.rule == "on_hold":
                    yield Held(item, hold, tuple(each for each in refusals if each is not hold))


def _named(service: Service, hold: GateRefusal) -> set[str]:
    """The items that a hold names itself: not those of a lot or a container that it names."""
    entry = named_event(service.graph.store, hold.event or "", service.graph.store.published().seq)
    lines = parse_event(orjson.loads(entry.body), source=entry.source).item_lines()
    found = (name_item(each.item) for *_, each in lines)
    return {name.key for name in found if name is not None}
