"""Queries on EPCIS events give what an oracle gives that looks at every event, page by page."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracegraph
from tests.contract.engines import Neo4jEngine
from tests.property.epcis_events import INSIDE, Asked, Event, any_query, batches
from tests.property.epcis_oracle import Told, answer
from tracegraph.formats.epcis import read_epcis
from tracegraph.formats.epcis.query import (
    Page,
    Query,
    QueryTooComplex,
    find,
    finding,
    too_many,
)
from tracegraph.formats.epcis.query import query_of as read_asked
from tracegraph.library import Tracegraph
from tracegraph.store.port import GraphStore

LONG = os.environ.get("TRACEGRAPH_PROVE") == "1"
PER_PAGE = (1, 2, 7)
# So small that few events walk days and hours, end pages for want of reading, and fill blocks.
SMALL: dict[str, Any] = {
    "FEW": 2,
    "MOST_READ": 3,
    "_AT_ONCE": 2,
    "_MOST_BLOCKS": 2,
    "_MOST_DAYS": 3,
}
BLOCKED = (
    "tracegraph.formats.epcis.query.finding.BLOCK",
    "tracegraph.store.projection.tables.BLOCK",
    "tracegraph.store.sqlite.postings.BLOCK",
    "tracegraph.store.neo4j.postings.BLOCK",
)
SOURCE = "partner"
Sent = tuple[list[Any], list[Event]]


def proved(examples: int) -> settings:
    return settings(
        max_examples=examples * 30 if LONG else examples,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def small_sizes() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.multiple(finding, **SMALL))
        for name in BLOCKED:
            stack.enter_context(patch(name, 4))
        yield


class World(NamedTuple):
    """A store, and all that was sent to it."""

    graph: Tracegraph
    sent: list[Sent]

    @property
    def store(self) -> GraphStore:
        return self.graph.store

    def capture(self, batch: Sent) -> None:
        context, events = batch
        body = {"eventList": events}
        document = {"type": "EPCISDocument", "@context": context, "epcisBody": body}
        read = list(read_epcis(document, source=SOURCE))
        assert [refusal for one in read for refusal in one.refusals] == []
        assert self.graph.capture([event for one in read for event in one.events]).ok
        self.sent.append(batch)

    def told(self) -> list[Told]:
        """What was sent, with what the journal says of when it came."""
        by_id = {
            event["eventID"] + ("#errorDeclaration" if "errorDeclaration" in event else ""):
            (context, event)
            for context, events in self.sent
            for event in events
        }  # fmt: skip
        entries = self.store.journal(0, 1000, self.store.published().seq)
        return [
            Told(
                e.seq, str(e.recorded_at), prefixes(*by_id[e.id]), by_id[e.id][1], fallback(e.body)
            )
            for e in entries
            if e.id in by_id
        ]


def prefixes(around: list[Any], event: Event) -> dict[str, str]:
    own = event.get("@context") or []
    found = {}
    for each in [*around, *(own if isinstance(own, list) else [own])]:
        for prefix, meaning in each.items() if isinstance(each, dict) else ():
            found[prefix] = meaning["@id"] if isinstance(meaning, dict) else meaning
    return found


def fallback(body: bytes) -> str:
    native: dict[str, str] = orjson.loads(body)
    return native["occurred_at"]


def master_data(graph: Tracegraph) -> None:
    """The places, of which the master data have the numbers as they like."""
    spelled = {"urn:tracegraph:place:SITE%2F1": "SITE/1"}
    places = [
        {
            "id": f"place-{n}", "source": "erp", "type": "place", "number": inner,
            "inside": spelled.get(outer, outer), "occurred_at": "2026-01-01T00:00:00Z",
        }
        for n, (inner, outer) in enumerate(INSIDE.items())
    ]  # fmt: skip
    assert graph.capture(places).ok


@contextmanager
def world(sent: Sequence[Sent]) -> Iterator[World]:
    with tracegraph.connect("sqlite:///:memory:") as graph:
        master_data(graph)
        found = World(graph, [])
        for batch in sent:
            found.capture(batch)
        yield found


def query_of(store: GraphStore, asked: Asked, *, address: bool) -> Query:
    """A query as it is read from an address, or from JSON."""
    said: dict[str, Any] = {
        name: tuple(values) if address else values for name, values in asked.items()
    }
    if not address:
        said |= {name: values[0] for name, values in asked.items() if len(values) == 1}
    return read_asked(store, said)


def pages(store: GraphStore, query: Query, count: int) -> Iterator[Page]:
    """Every page, of which there cannot be many more than events."""
    after = None
    for _ in range(200):
        page = find(store, query, count=count, after=after)
        assert len(page.events) <= count
        yield page
        if (after := page.following) is None:
            return
    pytest.fail("the pages do not end")


def seqs(store: GraphStore, query: Query, count: int) -> list[int]:
    return [found.seq for page in pages(store, query, count) for found in page.events]


@st.composite
def asking(draw: st.DrawFn) -> Any:
    """What makes a query once record times are known."""

    def pick(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(options))

    # Record times stand for what they will be: the first and the last, just so and just after.
    return any_query(pick, ("first", "last", "after"))


def timed(asked: Asked, told: list[Told]) -> Asked:
    """A query whose record times are those of the world."""
    known = {"first": told[0].recorded, "last": told[-1].recorded}
    known["after"] = later(told[-1].recorded)
    return {
        name: [known.get(each, each) for each in values] if "recordTime" in name else values
        for name, values in asked.items()
    }


def later(text: str) -> str:
    """A time less than a microsecond after another one."""
    whole, _, digits = text.removesuffix("Z").partition(".")
    return f"{whole}.{digits.ljust(6, '0')}1Z"


queries = st.lists(asking(), min_size=10, max_size=10)


def check(found: World, told: list[Told], asked: Asked) -> None:
    asked = timed(asked, told)
    right = answer(told, asked)
    has_comma = any("," in each for values in asked.values() for each in values)
    for count in PER_PAGE:
        query = query_of(found.store, asked, address=count != 2 and not has_comma)
        assert seqs(found.store, query, count) == right, (asked, count)


@proved(32)
@given(batches(), queries)
def test_pages_together_are_what_the_oracle_gives(sent: list[Sent], asked: list[Asked]) -> None:
    with world(sent) as found:
        told = found.told()
        for one in asked:
            check(found, told, one)


@proved(32)
@given(batches(), queries)
def test_so_they_are_where_days_are_walked_and_pages_end_early(
    sent: list[Sent], asked: list[Asked]
) -> None:
    with small_sizes(), world(sent) as found:
        told = found.told()
        for one in asked:
            check(found, told, one)


@proved(7)
@given(batches(), batches(most=2, least=1), queries, st.sampled_from(PER_PAGE[:2]))
def test_pages_are_of_the_cut_at_which_the_first_was_asked_for(
    sent: list[Sent], more: list[Sent], asked: list[Asked], count: int
) -> None:
    """What is captured between two pages is in none of them."""
    with small_sizes(), world(sent) as found:
        told = found.told()
        asked = [timed(one, told) for one in asked]
        read = [query_of(found.store, one, address=False) for one in asked]
        begun = [pages(found.store, query, count) for query in read]
        first = [next(each) for each in begun]
        for batch in more:
            found.capture(renamed(batch))
        for one, page, rest in zip(asked, first, begun, strict=True):
            seen = [each.seq for made in (page, *rest) for each in made.events]
            assert seen == answer(told, one), one


def renamed(batch: Sent) -> Sent:
    """The same events once more, as others."""
    context, events = batch
    return context, [{**event, "eventID": f"{event['eventID']}-again"} for event in events]


@proved(7)
@given(batches(), queries)
def test_too_many_are_more_than_were_allowed(sent: list[Sent], asked: list[Asked]) -> None:
    with world(sent) as found:
        told = found.told()
        for each in asked:
            one = {k: v for k, v in timed(each, told).items() if k != "eventCountLimit"}
            there = len(answer(told, one))
            for most in range(max(1, there - 1), there + 2):
                limited = one | {"maxEventCount": [str(most)]}
                query = query_of(found.store, limited, address=False)
                assert too_many(found.store, query) == (there > most), limited
                with patch.object(finding, "MOST_COUNTED", 0):
                    assert counted(found.store, query) in {None, there > most}


def counted(store: GraphStore, query: Query) -> bool | None:
    """Whether there are too many; None where that would take too long to tell."""
    try:
        return too_many(store, query)
    except QueryTooComplex:
        return None


@proved(1)
@given(batches(most=3), st.lists(asking(), min_size=15, max_size=15))
def test_both_engines_give_the_same(
    neo4j_engine: Neo4jEngine, sent: list[Sent], asked: list[Asked]
) -> None:
    with small_sizes(), world([]) as one:
        graph = neo4j_engine.graph()
        master_data(graph)
        other = World(graph, [])
        for batch in sent:
            one.capture(batch)
            other.capture(batch)
        told = [each.told() for each in (one, other)]
        for each in asked:
            right = answer(told[0], timed(each, told[0]))
            said = query_of(other.store, timed(each, told[1]), address=False)
            assert seqs(other.store, said, 2) == right, each
