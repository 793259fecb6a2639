"""Capturing: events in, an outcome for each of them out; nothing half stored, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from tracegraph.capture.drafting import Identifiers, draft
from tracegraph.capture.report import CaptureReport, Difference, EventOutcome
from tracegraph.model.event import Event
from tracegraph.model.parse import normalised, parse_event
from tracegraph.model.refusal import Refused, pointer
from tracegraph.store.appending import admit
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import Draft, Entry, GraphStore, Outcome


@uncollected()
def capture(
    store: GraphStore,
    events: Iterable[Mapping[str, Any]],
    *,
    source: str | None,
    caller: str | None,
    atomic: bool,
    identifiers: Identifiers,
    dry_run: bool = False,
) -> CaptureReport:
    """Append events as one batch.

    An atomic batch is stored whole or not at all; otherwise what is well formed and not in
    conflict is stored, in one step, and the rest is told. A dry run tells and stores nothing.
    """
    drafts: dict[int, Draft] = {}
    outcomes: dict[int, EventOutcome] = {}
    index = -1
    for index, document in enumerate(events):
        try:
            drafts[index] = draft(document, source=source, caller=caller, identifiers=identifiers)
        except Refused as error:
            outcomes[index] = _refused(index, document, source, error)
    if atomic and outcomes:
        outcomes |= {position: _skipped(position, given) for position, given in drafts.items()}
    elif drafts:
        given = list(drafts.values())
        settled = _foreseen(store, given, atomic) if dry_run else store.append(given, atomic=atomic)
        outcomes |= _explained(store, drafts, settled)
    told = tuple(outcomes[position] for position in range(index + 1))
    return CaptureReport(told, store.published().seq, dry_run)


def _foreseen(store: GraphStore, drafts: list[Draft], atomic: bool) -> list[Outcome]:
    """What would become of drafts if they were appended now; new ones have no seq yet."""
    last = store.published().seq
    entries = store.entries({(d.event.source, d.event.id) for d in drafts}, last)
    held = {key: (entry.seq, entry.hash) for key, entry in entries.items()}
    outcomes = admit(drafts, held, last, atomic=atomic).outcomes
    return [o if o.seq is None or o.seq <= last else Outcome(o.status, None) for o in outcomes]


def _explained(
    store: GraphStore, drafts: Mapping[int, Draft], settled: list[Outcome]
) -> dict[int, EventOutcome]:
    """Outcomes by position, conflicts with the differences to the content that holds the id."""
    found: dict[int, EventOutcome] = {}
    held = {o.seq for o in settled if o.status == "conflict" and o.seq is not None}
    entries = store.entries_by_seq(held, store.published().seq)
    first: dict[tuple[str, str], Draft] = {}
    for (index, given), outcome in zip(drafts.items(), settled, strict=True):
        key = (given.event.source, given.event.id)
        other = first.setdefault(key, given)
        differences: tuple[Difference, ...] = ()
        if outcome.status == "conflict":
            entry = entries.get(outcome.seq) if outcome.seq is not None else None
            stored = other.event if entry is None else _event(entry)
            differences = tuple(_differences(normalised(stored), normalised(given.event)))
        found[index] = EventOutcome(
            index, outcome.status, *key, seq=outcome.seq, differences=differences
        )
    return found


def _event(entry: Entry) -> Event:
    return parse_event(orjson.loads(entry.body), source=entry.source)


def _differences(stored: Any, sent: Any, path: tuple[Any, ...] = ()) -> Iterator[Difference]:
    """Where two JSON values differ, leaf by leaf; None stands for what is absent."""
    if isinstance(stored, dict) and isinstance(sent, dict):
        for name in sorted(stored.keys() | sent.keys()):
            yield from _differences(stored.get(name), sent.get(name), (*path, name))
    elif isinstance(stored, list) and isinstance(sent, list) and len(stored) == len(sent):
        for index, (before, after) in enumerate(zip(stored, sent, strict=True)):
            yield from _differences(before, after, (*path, index))
    elif stored != sent:
        yield Difference(pointer(path), stored, sent)


def _skipped(index: int, given: Draft) -> EventOutcome:
    return EventOutcome(index, "skipped", given.event.source, given.event.id)


def _refused(index: int, document: Any, source: str | None, error: Refused) -> EventOutcome:
    """What can be said of an event that could not be read."""
    named = document if isinstance(document, Mapping) else {}
    texts = [named.get("source", source), named.get("id")]
    said = [text if isinstance(text, str) else None for text in texts]
    return EventOutcome(index, "refused", said[0], said[1], refusals=error.refusals)
