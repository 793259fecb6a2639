"""Finding the EPCIS events that a query asks for, page by page.

    terms ──blocks──> stretches of the journal ──postings──> candidates ──bodies──> what holds

The order is that of the journal, which is the order of record times, unless event times are asked
for: then days are walked, and the hours of days with many events, so that a page is found without
all of them being read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple

import orjson

from tracegraph.formats.epcis.query.parameters import Query
from tracegraph.formats.epcis.returning import returned
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import TracegraphError
from tracegraph.store.batches import batches
from tracegraph.store.port import Entry, GraphStore
from tracegraph.store.projection.rows import BLOCK
from tracegraph.store.projection.terms import EVERY, Term, event_time

FEW = 1_000  # candidates that are sooner read and sorted than found in their order
MOST_READ = 20_000  # events of one page; one that ends here is short, and another follows
MOST_COUNTED = 200_000  # events that are read to see whether an answer is too large
_AT_ONCE = 200  # events whose bodies are in memory together
_MOST_BLOCKS = 64
_MOST_DAYS = 400  # of which a window of event times narrows the search
MOST_VALUE = "\U0010ffff"
"""Behind every value of a term."""
_DAY, _HOUR = len("2026-03-01"), len("2026-03-01T09")
_FIRST, _LAST = map(Instant.parse, ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"))
_MOST_REST = "~"  # behind all digits that an instant may have beyond its microseconds

Group = Collection[Term]  # one of which an event must have


class QueryTooComplex(TracegraphError):
    """Too many events would have to be read to tell whether an answer is too large."""


class Position(NamedTuple):
    """After which event a page begins: by its time (in an order of event times) and its seq.

    `known` is the cut at which the first page was asked for, and `left` how many events the
    answer may still have.
    """

    known: int
    left: int | None
    time: Instant
    seq: int


class Found(NamedTuple):
    """An event as it came, with its seq and its time."""

    time: Instant
    seq: int
    event: dict[str, Any]


class Page(NamedTuple):
    """Events in their order, and where the next page begins; None after the last."""

    events: list[Found]
    following: Position | None


def find(store: GraphStore, query: Query, *, count: int, after: Position | None = None) -> Page:
    """At most `count` events. A page may be short, even empty, and yet another follow.

    O(blocks with candidates + events read), of which MOST_READ at most.
    """
    search = _Search.of(store, query, store.published().seq if after is None else after.known)
    left = query.limit if after is None else after.left
    count = count if left is None else min(count, left)
    ordered = search.by_time if query.order == "eventTime" else search.by_seq
    events, last = ordered(after, count)
    left = None if left is None else left - len(events)
    if last is None or left == 0:
        return Page(events, None)
    return Page(events, Position(search.high_known, left, *last))


def too_many(store: GraphStore, query: Query) -> bool:
    """Whether an answer has more events than it may. Raises QueryTooComplex."""
    if query.most is None:
        return False
    search = _Search.of(store, query, store.published().seq)
    candidates = read = found = 0
    for seqs in search.candidates(search.groups, descending=False):
        candidates += len(seqs)
        if candidates > query.most:
            break
    else:
        return False
    for seqs in search.candidates(search.groups, descending=False):
        for some in batches(seqs, _AT_ONCE):
            found += len(search.holding(some))
            read += len(some)
            if found > query.most:
                return True
            if read > MOST_COUNTED:
                raise QueryTooComplex(f"More than {MOST_COUNTED:,} events would have to be read.")
    return False


@dataclass(frozen=True, slots=True)
class _Search:
    """A query on a store, as of a cut; `low` < seq <= `high` are looked at."""

    store: GraphStore
    query: Query
    groups: tuple[Group, ...]
    high_known: int
    low: int
    high: int

    @classmethod
    def of(cls, store: GraphStore, query: Query, known: int) -> _Search:
        since, until = (
            None if bound is None else recorded_before(store, bound) for bound in query.recorded
        )
        groups: list[Group] = [each.terms for each in query.conditions if each.terms]
        groups += _days(store, query)
        high = known if until is None else min(known, until)
        return cls(store, query, tuple(groups) or ((EVERY,),), known, since or 0, high)

    # -- in the order of the journal

    def by_seq(
        self, after: Position | None, count: int
    ) -> tuple[list[Found], tuple[Instant, int] | None]:
        down = self.query.order is not None and self.query.descending
        events: list[Found] = []
        read = 0
        low, high = self.low, self.high
        if after is not None:
            low, high = (low, min(high, after.seq - 1)) if down else (max(low, after.seq), high)
        for seqs in self.candidates(self.groups, descending=down, low=low, high=high):
            for some in batches(seqs, _AT_ONCE):
                for each in self.holding(some):
                    if len(events) == count:
                        return events, events[-1][:2]
                    events.append(each)
                read += len(some)
                if read >= MOST_READ:
                    return events, (Instant(0), some[-1])
        return events, None

    # -- in the order of event times

    def by_time(
        self, after: Position | None, count: int
    ) -> tuple[list[Found], tuple[Instant, int] | None]:
        down = self.query.descending
        events: list[Found] = []
        read = 0
        for bucket, seqs in self._buckets(after):
            held = chain.from_iterable(self.holding(some) for some in batches(seqs, _AT_ONCE))
            for each in sorted(held, key=_place, reverse=down):
                if after is not None and not _beyond(each, after, down):
                    continue
                if len(events) == count:
                    return events, events[-1][:2]
                events.append(each)
            read += len(seqs)
            if read >= MOST_READ and bucket is not None:
                return events, _edge(bucket, down)
        return events, None

    def _buckets(self, after: Position | None) -> Iterator[tuple[str | None, list[int]]]:
        """Candidates by day or hour, in their order; all at once (None) where they are few."""
        seqs: list[int] = []
        for some in self.candidates(self.groups, descending=False):
            seqs += some
            if len(seqs) > FEW:
                break
        else:
            yield None, seqs
            return
        size = 1
        days = self._values("day", *self._window(after, _DAY))
        while stretch := list(islice(days, size)):
            yield from self._of_days(stretch, after)
            size = min(2 * size, _MOST_BLOCKS)

    def _of_days(
        self, days: list[str], after: Position | None
    ) -> Iterator[tuple[str | None, list[int]]]:
        """Candidates of days that follow one another; apart, by hours at last, where many."""
        seqs = self._all((*self.groups, [Term("day", day) for day in days]))
        if len(seqs) <= FEW:
            yield days[-1], seqs
        elif len(days) > 1:
            for day in days:
                yield from self._of_days([day], after)
        else:
            (day,), (first, last) = days, self._window(after, _HOUR)
            for hour in self._values("hour", max(first, day), min(last, day + MOST_VALUE)):
                yield hour, self._all((*self.groups, [Term("hour", hour)]))

    def _all(self, groups: tuple[Group, ...]) -> list[int]:
        return list(chain.from_iterable(self.candidates(groups, descending=False)))

    def _window(self, after: Position | None, length: int) -> tuple[str, str]:
        """Between which texts days, or hours, lie whose events are still to come."""
        since, until = self.query.occurred
        if after is not None and self.query.descending:
            until = after.time if until is None else min(until, after.time)
        elif after is not None:
            since = after.time if since is None else max(since, after.time)
        first = "" if since is None else _before(str(since)[:length])
        return first, MOST_VALUE if until is None else str(until)[:length] + MOST_VALUE

    def _values(self, field: str, low: str, high: str) -> Iterator[str]:
        down = self.query.descending
        while True:
            found = self.store.term_values(
                field, after=low, until=high, limit=_MOST_BLOCKS, backwards=down
            )
            yield from found
            if len(found) < _MOST_BLOCKS:
                return
            low, high = (low, found[-1]) if down else (found[-1], high)

    # -- what may be meant, and what is

    def candidates(
        self, groups: tuple[Group, ...], *, descending: bool, low: int = 0, high: int | None = None
    ) -> Iterator[list[int]]:
        """Seqs of the events with a term of each group, in order, a stretch at a time."""
        low, high = max(low, self.low), self.high if high is None else min(high, self.high)
        terms = {term for group in groups for term in group}
        where = self.store.posting_blocks(terms, low // BLOCK, high // BLOCK)
        common = set.intersection(*({b for term in group for b in where[term]} for group in groups))
        blocks = sorted(common, reverse=descending)
        start, size = 0, 1
        while start < len(blocks):
            stretch = blocks[start : start + size]
            found = self.store.postings(terms, stretch)
            for block in stretch:
                seqs = set.intersection(
                    *({s for term in group for s in found[term].get(block, ())} for group in groups)
                )
                within = sorted((s for s in seqs if low < s <= high), reverse=descending)
                if within:
                    yield within
            start, size = start + size, min(2 * size, _MOST_BLOCKS)

    def holding(self, seqs: Collection[int]) -> list[Found]:
        """Those of some events that the query asks for, in the order given."""
        entries = self.store.entries_by_seq(seqs, self.high_known)
        found = (_found(entries[seq]) for seq in seqs if seq in entries)
        return [each for each in found if each is not None and self._holds(each.event)]

    def _holds(self, event: dict[str, Any]) -> bool:
        since, until = self.query.occurred
        if since is not None or until is not None:
            time = event_time(event)
            if time is None or (since and time < since) or (until and time >= until):
                return False
        return all(condition.holds(event) for condition in self.query.conditions)


def _found(entry: Entry) -> Found | None:
    native = orjson.loads(entry.body)
    event = returned(native, str(entry.recorded_at))
    if event is None:
        return None
    return Found(event_time(event) or Instant.parse(native["occurred_at"]), entry.seq, event)


def _place(found: Found) -> tuple[Instant, int]:
    return found.time, found.seq


def _beyond(found: Found, after: Position, down: bool) -> bool:
    here, there = (found.time, found.seq), (after.time, after.seq)
    return here < there if down else here > there


def _before(text: str) -> str:
    """A text before this one, and behind all of its length that are before it."""
    return text[:-1] + chr(ord(text[-1]) - 1) + MOST_VALUE


def in_calendar(micros: int) -> bool:
    """Whether an instant has a spelling."""
    return _FIRST.micros <= micros <= _LAST.micros


def _edge(bucket: str, down: bool) -> tuple[Instant, int] | None:
    """Behind all events of a day or an hour, and in the next; None where the calendar ends."""
    is_hour = "T" in bucket
    begin = Instant.parse(f"{bucket}:00:00Z" if is_hour else f"{bucket}T00:00:00Z")
    seconds = 3_600 if is_hour else 86_400
    # Downwards, where this one begins would still be in it: it would be read again, for ever.
    after = begin.micros + seconds * 1_000_000
    edge = Instant(begin.micros - 1, _MOST_REST) if down else Instant(after)
    return (edge, 0) if in_calendar(edge.micros) else None


def recorded_before(store: GraphStore, bound: Instant) -> int:
    """The last seq that was recorded before an instant."""
    return store.cut(Instant(bound.micros - (0 if bound.rest else 1)))


def _days(store: GraphStore, query: Query) -> list[Group]:
    """The days of the window of event times, where it has both ends and is not long."""
    since, until = query.occurred
    if since is None or until is None:
        return []
    first, last = _before(str(since)[:_DAY]), str(until)[:_DAY] + MOST_VALUE
    days = store.term_values("day", after=first, until=last, limit=_MOST_DAYS)
    return [] if len(days) == _MOST_DAYS else [[Term("day", day) for day in days]]
