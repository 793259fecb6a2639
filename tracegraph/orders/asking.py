"""Asking for one order, or for many."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.orders.answer import OrderPage, OrderSummary, OrderView, UnknownOrder
from tracegraph.orders.folding import Folded, fold
from tracegraph.orders.reading import OrderFacts, Reader
from tracegraph.orders.state import KINDS, STATES
from tracegraph.orders.view import summary, view
from tracegraph.store.port import GraphStore
from tracegraph.trace.cursor import read_cursor, write_cursor
from tracegraph.trace.instants import require_text

MOST_LOOKED_AT = 2000  # orders, for one page
_STRETCH = 5000  # seqs that are looked through at once
_TOGETHER = 200  # orders that are read at once


def order(store: GraphStore, number: str, known: int, as_of: Instant | None) -> OrderView:
    """An order at a cut: its state, what fulfilled each line, and what contradicts it.

    An order first named after the cut gives an empty answer that says so. Raises UnknownOrder.
    Linear in its events and their lines.
    """
    require_text("number", number)
    reader = Reader(store, known, as_of)
    facts = reader.read([number])[number]
    note = None
    if not facts.told:
        published = store.published().seq
        if not store.mentioned("order", number, known=published, since=None, until=None):
            raise UnknownOrder(number)
        note = "No standing event of this order is seen at this cut."
    return view(facts, fold(facts, reader.identity), reader, judged(store, known, as_of), note)


def orders(
    store: GraphStore,
    *,
    state: str | None,
    kind: str | None,
    party: str | None,
    cursor: str | None,
    limit: int,
    known: int,
    as_of: Instant | None = None,
) -> OrderPage:
    """Orders that order events tell of, by the seq of the first that stands.

    Orders that only other events name are not listed. Raises Refused for a state or kind that is
    none. Looks at 2,000 orders at most; linear in these and their events.
    """
    require_one_of("state", state, STATES)
    require_one_of("kind", kind, KINDS)
    (after,) = read_cursor(cursor, [0])
    found: list[OrderSummary] = []
    more = None
    for looked, (seq, facts, folded) in enumerate(every_order(store, known, as_of, after)):
        if len(found) == limit or looked == MOST_LOOKED_AT:
            more = write_cursor([after])
            break
        after = seq
        wanted = ((state, folded.state), (kind, folded.kind), (party, folded.party))
        if all(asked is None or asked == is_ for asked, is_ in wanted):
            found.append(summary(facts, folded))
    return OrderPage(tuple(found), None if as_of is None else str(as_of), known, more)


def every_order(
    store: GraphStore, known: int, as_of: Instant | None, after: int = 0
) -> Iterator[tuple[int, OrderFacts, Folded]]:
    """Orders whose first standing order event has a seq above `after`, by that seq, folded.

    An order that no order event had told of by `as_of` is left out. Holds 200 orders at a time.
    """
    while after < known:
        end = _stretch(store, after, known)
        firsts = _told_of(store, after, end, known)
        numbers = sorted(firsts, key=firsts.__getitem__)
        for start in range(0, len(numbers), _TOGETHER):
            reader = Reader(store, known, as_of)
            for number, facts in reader.read(numbers[start : start + _TOGETHER]).items():
                if facts.first == firsts[number] and facts.placed:
                    yield firsts[number], facts, fold(facts, reader.identity)
        after = end


def _stretch(store: GraphStore, after: int, known: int) -> int:
    """The end of a batch some way after a seq, or `known`."""
    length = _STRETCH
    while after + length < known:
        end = store.cut(after + length)
        if end > after:
            return end
        length *= 2
    return known


def _told_of(store: GraphStore, after: int, end: int, known: int) -> dict[str, int]:
    """The numbers that standing order events of a stretch of seqs tell of, with the first seq."""
    seqs = [entry.seq for entry in store.of_types(("order",), known=end, after=after)]
    entries = store.entries_by_seq(seqs, known)
    found: dict[str, int] = {}
    for seq in sorted(entries):
        if entries[seq].void is None:
            found.setdefault(orjson.loads(entries[seq].body)["number"], seq)
    return found


def judged(store: GraphStore, known: int, as_of: Instant | None) -> Instant | None:
    """The instant at which days have passed or not: never the clock on the wall."""
    return as_of if as_of is not None else store.recorded(known)


def require_one_of(name: str, value: str | None, accepted: tuple[str, ...]) -> None:
    """Refuse a word that is none of those accepted."""
    if value is not None and value not in accepted:
        said = "one of " + ", ".join(accepted)
        raise Refused((Refusal(f"/{name}", name, f"{value!r} is no {name} of orders.", said),))
