"""The flow of one item's units: where they came from, and where they are or went.

It is the mass balance of the item, with each term told apart: by supplier, by what made them, by
customer, place and state, and by what was made of them. Everything is in the item's own unit, for
what an event takes and what it gives are seldom measured alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.recall.amount import Scale, Scales
from tracegraph.recall.balances import TERMS, Term, overdue, term
from tracegraph.recall.ledger import (
    CONSUMED,
    Account,
    Journal,
    Posting,
    Stock,
    drawn,
    journal,
    lot_drawn,
    stocks,
)
from tracegraph.recall.master import Master
from tracegraph.recall.material import Material, add_members, load
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import Flow
from tracegraph.trace.answer import ItemSummary, UnknownItem
from tracegraph.trace.lookup import require_known, resolve_one, summary


@dataclass(frozen=True, slots=True)
class Stream:
    """So many units of an item that came one way, or are or went one way.

    `kind` is the term of the mass balance that it is part of (see `Balance`); of `adjusted`, what
    was found is a source and what was written off an end. `holder` is the supplier, the place of
    making, or who has them; `state` that of the account. `items` are what was made of them, lots
    and serials of none; of a serial that came with its lot, that lot. `events` brought it about.
    """

    kind: Term
    holder_kind: Literal["place", "party", "none"]
    holder: str | None
    state: str
    items: tuple[ItemSummary, ...]
    quantity: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """The units of an item that are measured alike: each side comes to `total`.

    By kind, in the order of the terms of a balance; of one kind the largest first.
    """

    unit: str
    total: str
    sources: tuple[Stream, ...]
    ends: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class ItemFlow:
    """Where the units of an item came from and went, at one cut.

    `measures` are in the item's own unit first, then in units that nothing converts into it; none
    where no amount is known. `unknown` are the events with lines whose amount nobody can say.
    `note` says why there is nothing.
    """

    item: str
    as_of: str | None
    known_at: int
    transit_days: int
    measures: tuple[Measure, ...]
    unknown: tuple[str, ...]
    note: str | None = None


def item_flow(
    store: GraphStore,
    item: str,
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    transit_days: int,
) -> ItemFlow:
    """The flow of an item's units at a cut. Raises UnknownItem, AmbiguousItem.

    A fixed number of bulk reads. O(n log n) in the lines of the item, of its lot and of its
    serials, and in what was made of it.
    """
    cut = None if as_of is None else str(as_of)
    try:
        row = resolve_one(store, item, known).row
    except UnknownItem:
        key = require_known(store, item)
        note = f"Not yet met at this cut: {key}."
        return ItemFlow(key, cut, known, transit_days, (), (), note)
    material = Material(known, as_of, master, {row.no})
    load(store, material, {row.no})
    scales = Scales.of(material)
    posted = journal(material, scales)
    measures: tuple[Measure, ...] = ()
    if material.kind(row.no) is not Kind.CONTAINER:
        found = [stock for stock in stocks(row.no, posted, scales) if stock.postings]
        judged = as_of or store.recorded(known)
        given = _given(store, material, _consuming(material, found))
        measures = tuple(_measure(material, s, given, judged, transit_days) for s in found)
    unknown = _unknown(material, posted, row.no)
    return ItemFlow(row.key, cut, known, transit_days, measures, unknown)


def _unknown(material: Material, posted: Journal, item: int) -> tuple[str, ...]:
    lines = posted.unsaid.get(item, ())
    return tuple(dict.fromkeys(material.events[ln.posting.seq].key for ln in lines if not ln.aside))


# -- what was made of it


def _consuming(material: Material, found: Iterable[Stock]) -> set[int]:
    """The hubs that took units of it."""
    return {
        material.events[posting.seq].hub
        for stock in found
        for posting in stock.postings
        if posting.target.state == CONSUMED
    }


def _given(store: GraphStore, material: Material, hubs: set[int]) -> dict[int, tuple[int, ...]]:
    """What each hub gave, in order of keys: lots, and serials that are of none."""
    known, as_of = material.known, material.as_of
    seqs = {hub for hub in hubs if hub > 0}
    seqs.update(store.events_of_runs([-hub for hub in hubs if hub < 0], known))
    events = store.events(seqs, known)
    ends = {
        seq: end
        for seq, end in zip(events.seq, events.end, strict=True)
        if as_of is None or end <= as_of
    }
    lines = store.lines_of_events(ends, known)
    out = [
        (hub, seq, item, lot)
        for hub, seq, flow, item, lot in zip(
            lines.hub, lines.seq, lines.flow, lines.item, lines.lot, strict=True
        )
        if flow == Flow.OUT and seq in ends
    ]
    unnamed = {item for _, _, item, lot in out if not lot}
    add_members(material, zip(*store.lots_of(unnamed, known=known, as_of=as_of), strict=True))
    found: defaultdict[int, set[int]] = defaultdict(set)
    for hub, seq, item, lot in out:
        found[hub].add(lot or material.lot_at(item, ends[seq]) or item)
    named = {item for items in found.values() for item in items}
    material.items.update(store.items(named - material.items.keys(), known))
    return {
        hub: tuple(sorted((i for i in items if material.kind(i) is not Kind.CONTAINER),
                          key=material.key))
        for hub, items in found.items()
    }  # fmt: skip


# -- the streams of one measure


class _Way(NamedTuple):
    """What streams are told apart by; `hub` made them."""

    kind: Term
    account: Account
    items: tuple[int, ...] = ()
    hub: int = 0


@dataclass(slots=True)
class _Side:
    """The streams of one side, in base units, with the seqs of their events."""

    amounts: defaultdict[_Way, int] = field(default_factory=lambda: defaultdict(int))
    seqs: defaultdict[_Way, dict[int, None]] = field(
        default_factory=lambda: defaultdict(dict[int, None])
    )

    def add(self, way: _Way, amount: int, postings: Iterable[Posting] = ()) -> None:
        """Add to a stream; nothing is none."""
        if amount:
            self.amounts[way] += amount
            self.seqs[way].update(dict.fromkeys(posting.seq for posting in postings))

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.amounts.values())

    def streams(self, material: Material, scale: Scale) -> Iterator[Stream]:
        """As answers tell them, in order."""
        told = [(_order(material, w, n, self.seqs[w]), w, n) for w, n in self.amounts.items()]
        for _, way, amount in sorted(told, key=lambda each: each[0]):
            yield Stream(
                kind=way.kind,
                holder_kind=way.account.kind,  # type: ignore[arg-type]  # it is one of these
                holder=way.account.holder,
                state=way.account.state,
                items=tuple(summary(material.items[item]) for item in way.items),
                quantity=scale.shown(amount) or "0",
                events=tuple(material.events[seq].key for seq in self.seqs[way]),
            )


def _order(material: Material, way: _Way, amount: int, seqs: Iterable[int]) -> tuple[object, ...]:
    kind, account = TERMS.index(way.kind), way.account
    items = tuple(material.key(item) for item in way.items)
    return kind, -amount, account.kind, account.holder or "", account.state, items, min(seqs)


def _measure(
    material: Material,
    stock: Stock,
    given: Mapping[int, tuple[int, ...]],
    judged: Instant | None,
    transit_days: int,
) -> Measure:
    sources, ends = _Side(), _Side()
    came: defaultdict[Account, list[Posting]] = defaultdict(list)
    went: defaultdict[Account, list[Posting]] = defaultdict(list)
    for posting in stock.postings:
        came[posting.target].append(posting)
        went[posting.source].append(posting)
    lot = lot_drawn(material, stock.postings[1:]) if drawn(stock.postings) else 0
    for account, held in stock.standing.accounts.items():
        kind, amount = term(account, held.quantity), held.quantity
        if account.origin:
            for posting in went[account]:
                of_lot = lot if posting is stock.postings[0] else 0
                sources.add(_origin(material, posting, of_lot), posting.quantity, [posting])
        elif kind == "consumed":
            for posting in came[account]:
                into = given.get(material.events[posting.seq].hub, ())
                ends.add(_Way(kind, account, into), posting.quantity, [posting])
        elif amount < 0:
            sources.add(_Way(kind, account), -amount, went[account])
        else:
            late = 0
            if kind == "in_transit":
                late = overdue(stock, account, judged, transit_days)
            ends.add(_Way("unaccounted", account), late, came[account])
            ends.add(_Way(kind, account), amount - late, came[account])
    return Measure(
        stock.scale.unit,
        stock.scale.shown(ends.total) or "0",
        tuple(sources.streams(material, stock.scale)),
        tuple(ends.streams(material, stock.scale)),
    )


def _origin(material: Material, posting: Posting, lot: int) -> _Way:
    """By what units came: their lot, their supplier, or what made them and where."""
    account, event = posting.source, material.events[posting.seq]
    kind = term(account, 0)
    if lot:
        return _Way(kind, account, (lot,))
    if kind == "received":
        party = event.sent.get("party")
        return _Way(kind, account._replace(kind="party", holder=party) if party else account)
    place = posting.target
    return _Way(kind, place._replace(state=account.state), hub=event.hub)
