"""Where a trace starts: items, or what events, suppliers, equipment, places and orders name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.rows import Flow
from tracegraph.trace.answer import Seed, UnknownEvent, UnknownItem, event_key
from tracegraph.trace.instants import read_instant
from tracegraph.trace.lookup import Found, Identities, only, require_known, resolve

Starts = dict[int, Instant | None]

# Histories go by whole microseconds; among so many lines of one the exact instant is looked for.
_SAME_INSTANT = 1000

# What a seed of this kind is looked up as, and the only type of event that counts.
_MENTIONS = {
    "supplier": ("party", "receipt"),
    "equipment": ("equipment", None),
    "place": ("place", None),
    "order": ("order", None),
}


@dataclass(slots=True)
class Start:
    """Items to start from, each from (backward: up to) an instant; None is always.

    `note` says why there is nothing to start from.
    """

    forward: Starts = field(default_factory=dict)
    backward: Starts = field(default_factory=dict)
    note: str | None = None

    def add_forward(self, item: int, since: Instant | None) -> None:
        """What happens to an item from `since` on counts; named twice, the earlier holds."""
        before = self.forward.get(item, since)
        self.forward[item] = None if before is None or since is None else min(before, since)

    def add_backward(self, item: int, until: Instant | None) -> None:
        """What happened to an item up to `until` counts; named twice, the later holds."""
        before = self.backward.get(item, until)
        self.backward[item] = None if before is None or until is None else max(before, until)


def start(
    store: GraphStore,
    seeds: Iterable[str | Seed],
    *,
    known: int,
    as_of: Instant | None,
    identities: Identities | None = None,
) -> Start:
    """The items that seeds stand for at `known`, where `identities` are those of products.

    A container stands for what it ever held. Raises UnknownItem, UnknownEvent, AmbiguousItem,
    and Refused for a window that is not one.
    """
    found = Start()
    late: list[str] = []
    for seed in seeds:
        given = Seed("item", seed) if isinstance(seed, str) else seed
        if given.kind == "item":
            named = resolve(store, given.key, known, identities)
            _add_item(store, given, named, known, as_of, found, late)
        else:
            _add_events(store, given, known, as_of, found)
    if late and not found.forward and not found.backward:
        found.note = "Not yet met at this cut: " + ", ".join(late) + "."
    return found


def _add_item(
    store: GraphStore,
    seed: Seed,
    named: Sequence[Found],
    known: int,
    as_of: Instant | None,
    out: Start,
    late: list[str],
) -> None:
    if not named:
        late.append(require_known(store, seed.key))
        return
    item = only(named, seed.key)
    if as_of is not None and not _met(store, item, known, as_of):
        late.append(item.row.key)
        return
    for no in _with_contents(store, {item.row.no}, known, as_of):
        out.add_forward(no, None)
        out.add_backward(no, None)


def _met(store: GraphStore, item: Found, known: int, as_of: Instant) -> bool:
    """Whether anything of an item's history had occurred by `as_of`, or nothing names it at all."""
    first = store.history(item.homes, known=known, after=(-(2**58), 0, "", 0), limit=_SAME_INSTANT)
    if not first or first[0].at < as_of.micros:
        return True
    seqs = {touch.seq for touch in first if touch.at == as_of.micros}
    return any(_span(entry)[1] <= as_of for entry in store.entries_by_seq(seqs, known).values())


def _with_contents(
    store: GraphStore, items: set[int], known: int, as_of: Instant | None
) -> set[int]:
    """Items, and all that packing records say they held by `as_of`, nested."""
    found, waiting = set(items), items
    while waiting:
        waiting = set(store.held(waiting, known=known, as_of=as_of)) - found
        found |= waiting
    return found


def _span(entry: Entry) -> tuple[Instant, Instant]:
    sent = orjson.loads(entry.body)
    end = Instant.parse(sent["occurred_at"])
    return (Instant.parse(sent["started_at"]) if sent.get("started_at") else end, end)


def _add_events(
    store: GraphStore, seed: Seed, known: int, as_of: Instant | None, out: Start
) -> None:
    entries = _entries(store, seed, known)
    spans = {entry.seq: _span(entry) for entry in entries}
    seqs = [seq for seq, (_, end) in spans.items() if as_of is None or end <= as_of]
    lines = store.lines_of_events(seqs, known)
    walked = {seq for seq, flow in zip(lines.seq, lines.flow, strict=True) if flow != Flow.NONE}
    gives = {s for s, flow in zip(lines.seq, lines.flow, strict=True) if flow == Flow.OUT}
    takes = {s for s, flow in zip(lines.seq, lines.flow, strict=True) if flow == Flow.IN}
    forward: defaultdict[Instant | None, set[int]] = defaultdict(set)
    backward: defaultdict[Instant | None, set[int]] = defaultdict(set)
    for seq, flow, item, hub in zip(lines.seq, lines.flow, lines.item, lines.hub, strict=True):
        # In a run time excludes nothing, so its members start from no instant of their own.
        begin, end = (None, None) if hub < 0 else spans[seq]
        bare = seq not in walked
        if bare or flow == Flow.OUT or (flow == Flow.IN and seq not in gives):
            forward[begin].add(item)
        if bare or flow == Flow.IN or (flow == Flow.OUT and seq not in takes):
            backward[end].add(item)
    for begin, items in forward.items():
        for item in _with_contents(store, items, known, as_of):
            out.add_forward(item, begin)
    for end, items in backward.items():
        for item in _with_contents(store, items, known, as_of):
            out.add_backward(item, end)
    if not seqs:
        out.note = f"No standing event of {seed.kind} {seed.key} is seen at this cut."


def _entries(store: GraphStore, seed: Seed, known: int) -> list[Entry]:
    if seed.kind == "event":
        return [named_event(store, seed.key, known)]
    kind, only = _MENTIONS[seed.kind]
    seqs = store.mentioned(
        kind,
        seed.key,
        known=known,
        since=read_instant(seed.since, "since"),
        until=read_instant(seed.until, "until"),
    )
    if not seqs and not store.mentioned(kind, seed.key, known=known, since=None, until=None):
        raise UnknownItem(f"{seed.kind} {seed.key}")
    entries = store.entries_by_seq(seqs, known).values()
    return [entry for entry in entries if only is None or entry.type == only]


def event_entry(store: GraphStore, source: str, id: str, known: int) -> Entry:
    """The journal entry of an event. Raises UnknownEvent."""
    found = store.entries([(source, id)], known)
    if not found:
        raise UnknownEvent(f"{source}/{id}")
    return found[(source, id)]


def named_event(store: GraphStore, text: str, known: int) -> Entry:
    """The entry of an event, given its key or "source/id". Raises UnknownEvent, Refused."""
    found = store.entries(_ids(text), known)
    if not found:
        raise UnknownEvent(text)
    if len(found) > 1:
        accepted = "the event's key: one of " + ", ".join(sorted(event_key(*id_) for id_ in found))
        refusal = Refusal("/event", "ambiguous", f"{text!r} could be several events.", accepted)
        raise Refused((refusal,))
    return next(iter(found.values()))


def _ids(text: str) -> list[tuple[str, str]]:
    """Every source and id that a text can mean; sources and ids may hold slashes themselves."""
    prefix = event_key("", "")[:-1]
    if text.startswith(prefix):
        source, _, id_ = text[len(prefix) :].partition(":")
        return [(unquote(source), unquote(id_))]
    cuts = [index for index, letter in enumerate(text) if letter == "/"]
    return [(text[:cut], text[cut + 1 :]) for cut in cuts]
