"""Commands on orders: refused before there is a fact, where the state does not allow the step.

A fact is never refused; a command is. The proposed event is folded in at its time: it must be
legal there, and no step that occurred later and was legal may become illegal by it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracegraph.capture.capturing import capture
from tracegraph.capture.drafting import Identifiers, draft
from tracegraph.capture.report import CaptureReport
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.orders.answer import IllegalStep, UnknownOrder
from tracegraph.orders.folding import Folded, fold
from tracegraph.orders.reading import OrderFacts, Reader, read_told
from tracegraph.orders.state import ACTIONS, Action, State, legal_actions
from tracegraph.store.port import Draft, GraphStore
from tracegraph.trace.answer import event_key

# One command at a time in this process, so that none is checked against what another changes.
_TURN = threading.Lock()
_PROPOSED = 2**62  # a seq that no stored event has


def command(
    store: GraphStore,
    number: str,
    action: str,
    fields: Mapping[str, Any],
    *,
    source: str | None,
    caller: str | None,
    identifiers: Identifiers,
) -> CaptureReport:
    """Append an order event, if its order allows it; what became of the event.

    `fields` are those of the event but `type`, `number` and `action`; `kind` is that of the order
    unless given. An event that is malformed is told in the report, as capture does; one that was
    stored before is not checked again, so a command can be repeated. Raises Refused for an action
    that is none, UnknownOrder (unless it is created) and IllegalStep, with nothing stored. Two
    processes that command one order at the same moment may both be allowed; the fold then shows
    the second as an anomaly, as any fact. Linear in the order's events.
    """
    if action not in ACTIONS:
        accepted = "one of " + ", ".join(ACTIONS)
        raise Refused((Refusal("/action", "action", f"{action!r} is no action.", accepted),))
    with _TURN:
        reader = Reader(store, store.published().seq)
        facts = reader.read([number])[number]
        if not facts.told and action != "created":
            raise UnknownOrder(number)
        folded = fold(facts, reader.identity)
        if not facts.placed and action != "created":
            raise IllegalStep(number, action, folded.state, legal_actions(None, folded.state))
        document = {"type": "order", "number": number, "action": action, **fields}
        if "kind" not in document and folded.kind is not None:
            document["kind"] = folded.kind
        proposed = _drafted(document, source, caller, identifiers)
        if proposed is not None and not _stored(store, proposed, reader.known):
            _require_legal(facts, folded, proposed, action, reader)
        return capture(
            store, [document], source=source, caller=caller, atomic=True, identifiers=identifiers
        )


def _drafted(
    document: Mapping[str, Any], source: str | None, caller: str | None, identifiers: Identifiers
) -> Draft | None:
    """The event, None where it is malformed: capture tells why."""
    try:
        return draft(document, source=source, caller=caller, identifiers=identifiers)
    except Refused:
        return None


def _stored(store: GraphStore, proposed: Draft, known: int) -> bool:
    key = (proposed.event.source, proposed.event.id)
    return key in store.entries([key], known)


def _require_legal(
    facts: OrderFacts, before: Folded, proposed: Draft, action: Action, reader: Reader
) -> None:
    """Raises IllegalStep where folding the event in shows that it does not fit."""
    told = read_told(_PROPOSED, proposed.body, proposed.event.source)
    events = sorted((*facts.told, told), key=lambda one: one.place)
    index = events.index(told)
    earlier = fold(replace(facts, told=tuple(events[:index])), reader.identity)
    state: State = earlier.state
    legal = legal_actions(before.kind, state)
    together = fold(replace(facts, told=tuple(events)), reader.identity)
    if not together.events[index].legal:
        raise IllegalStep(facts.number, action, state, legal)
    was = {event.key for event in before.events if event.legal}
    key = event_key(proposed.event.source, proposed.event.id)
    for event in together.events[index:]:
        if event.key in was and not event.legal and event.key != key:
            raise IllegalStep(facts.number, action, state, legal, event.key)
