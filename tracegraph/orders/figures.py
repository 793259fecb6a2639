"""Key figures of orders (domain, "Orders bound to lots"), each with what it was counted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TypedDict

import orjson

from tracegraph.model.event import Inspection, QualityRecord
from tracegraph.model.instant import Instant
from tracegraph.model.parse import parse_event
from tracegraph.orders.answer import Durations, MonthFigures, OrderFigures, Rate
from tracegraph.orders.asking import every_order, judged, require_one_of
from tracegraph.orders.folding import CHANNELS, Folded
from tracegraph.orders.state import KINDS
from tracegraph.orders.view import on_time
from tracegraph.store.port import GraphStore

_DIGITS = Decimal("0.0001")


@dataclass(slots=True)
class _Count:
    orders: int = 0
    cancelled: int = 0
    times: list[Fraction] = field(default_factory=list)
    said: int = 0
    punctual: int = 0
    items: list[frozenset[int]] = field(default_factory=list)

    def __add__(self, other: _Count) -> _Count:
        return _Count(
            self.orders + other.orders,
            self.cancelled + other.cancelled,
            self.times + other.times,
            self.said + other.said,
            self.punctual + other.punctual,
            self.items + other.items,
        )

    def figures(self, bad: set[int]) -> _Figures:
        """The figures, where `bad` are the items that do not conform."""
        with_items = [items for items in self.items if items]
        return _Figures(
            orders=self.orders,
            time_to_fulfil=_durations(self.times, self.orders - self.cancelled),
            on_time=_rate(self.punctual, self.said),
            cancelled=_rate(self.cancelled, self.orders),
            nonconforming=_rate(sum(not bad.isdisjoint(i) for i in with_items), len(with_items)),
        )


class _Figures(TypedDict):
    orders: int
    time_to_fulfil: Durations
    on_time: Rate
    cancelled: Rate
    nonconforming: Rate


def figures(
    store: GraphStore,
    *,
    since: Instant | None,
    until: Instant | None,
    kind: str | None,
    known: int,
    as_of: Instant | None,
) -> OrderFigures:
    """Figures of the orders placed from `since` until `until`, both included, and by month.

    Nothing depends on the clock on the wall: days have passed or not at `as_of`, else when
    `known` was recorded. Raises Refused for a kind that is none. Linear in all orders, and in all
    inspections and nonconformances.
    """
    require_one_of("kind", kind, KINDS)
    months: defaultdict[str, _Count] = defaultdict(_Count)
    at = judged(store, known, as_of)
    for _, _, folded in every_order(store, known, as_of):
        placed = folded.placed
        inside = placed is not None and (since is None or placed >= since)
        inside = inside and (until is None or (placed is not None and placed <= until))
        if inside and kind in {None, folded.kind}:
            _count(folded, at, months[str(placed)[:7]])
    count = sum(months.values(), _Count())
    bad = _nonconforming(store, known, as_of) if any(count.items) else set()
    if bad:  # what happened to a lot happened to its serials
        bad |= set(store.serials_of(bad, known=known, as_of=as_of).serial)
    asked = next((one for one in KINDS if one == kind), None)
    return OrderFigures(
        since=None if since is None else str(since),
        until=None if until is None else str(until),
        kind=asked,
        **count.figures(bad),
        months=tuple(
            MonthFigures(month, **own.figures(bad)) for month, own in sorted(months.items())
        ),
        as_of=None if as_of is None else str(as_of),
        known_at=known,
    )


def _count(folded: Folded, at: Instant | None, count: _Count) -> None:
    count.orders += 1
    draws = [draw for name in CHANNELS for draw in folded.draws[name]]
    count.items.append(frozenset(draw.item for draw in draws if draw.item))
    if folded.state == "cancelled":
        count.cancelled += 1
        return
    if folded.completed_at is not None and folded.placed is not None:
        took = folded.completed_at.micros - folded.placed.micros
        count.times.append(Fraction(took, 1_000_000))
    said = [on_time(folded, index, at) for index in range(len(folded.lines))]
    promised = [
        one for one, line in zip(said, folded.lines, strict=True) if line.promised or line.due
    ]
    if promised and (False in promised or None not in promised):
        count.said += 1
        count.punctual += all(promised)


def _nonconforming(store: GraphStore, known: int, as_of: Instant | None) -> set[int]:
    """Items with a standing nonconformance or a failed inspection.

    What a nonconformance says of events holds for the items of these events.
    """
    found: set[int] = set()
    seqs: set[int] = set()
    referred: set[tuple[str, str]] = set()
    for entry in store.of_types(("nonconformance", "inspection"), known=known):
        event = parse_event(orjson.loads(entry.body), source=entry.source)
        if as_of is not None and event.occurred_at > as_of:
            continue
        if isinstance(event, Inspection) and _fails(event):
            seqs.add(entry.seq)
        elif isinstance(event, QualityRecord):
            seqs.add(entry.seq)
            referred |= {(ref.source or event.source, ref.id) for ref in event.events}
    if referred:
        entries = store.entries(referred, known).values()
        seqs |= {entry.seq for entry in entries if entry.void is None}
    if seqs:
        found.update(store.lines_of_events(sorted(seqs), known).item)
    return found


def _fails(event: Inspection) -> bool:
    results = (result.verdict for result in event.results)
    return event.verdict == "fail" or (event.verdict is None and "fail" in results)


def _rate(numerator: int, denominator: int) -> Rate:
    return Rate(numerator, denominator, _decimal(numerator, denominator) if denominator else None)


def _decimal(numerator: int, denominator: int) -> str:
    """A rate to four digits.

    >>> _decimal(1, 3), _decimal(2, 2), _decimal(1, 2)
    ('0.3333', '1', '0.5')
    """
    found = (Decimal(numerator) / denominator).quantize(_DIGITS, ROUND_HALF_EVEN)
    return format(found.normalize(), "f")


def _durations(times: Iterable[Fraction], orders: int) -> Durations:
    ranked = sorted(times)
    if not ranked:
        return Durations(0, orders, None, None)
    return Durations(len(ranked), orders, _ranked(ranked, 50), _ranked(ranked, 90))


def _ranked(ranked: list[Fraction], percent: int) -> str:
    """A percentile by nearest rank, as a decimal text of seconds.

    >>> _ranked([Fraction(n) for n in range(1, 11)], 90), _ranked([Fraction(3, 2)], 50)
    ('9', '1.5')
    """
    rank = -(-len(ranked) * percent // 100)
    found = Decimal(ranked[rank - 1].numerator) / ranked[rank - 1].denominator
    return format(found.normalize(), "f")
