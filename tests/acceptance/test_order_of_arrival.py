"""The demonstration history: imported twice, shuffled, and split, it comes to the same graph."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.builders import Wire
from tests.contract.engines import Engine, engine, neo4j_engine, sqlite_engine
from tests.property.laws import all_rows, append, assert_worlds_equal, world
from tracegraph.demo import Scale, history
from tracegraph.proof.verifying import verify
from tracegraph.store.port import GraphStore

__all__ = ["engine", "neo4j_engine", "sqlite_engine"]

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
SLICE = 400  # events, where a whole history takes too long

pytestmark = [pytest.mark.prove, pytest.mark.timeout(36_000 if PROVE else 600)]


@pytest.fixture(scope="module")
def demo() -> list[Wire]:
    return list(history(Scale.SMALL, 1))


def split(events: list[Wire], rng: Random, most: int) -> Iterator[list[Wire]]:
    left = list(events)
    while left:
        size = rng.randint(1, most)
        yield left[:size]
        left = left[size:]


def fill(store: GraphStore, events: list[Wire], rng: Random, most: int) -> None:
    for number, batch in enumerate(split(events, rng, most)):
        append(store, batch, number)


def some(demo: list[Wire]) -> list[Wire]:
    """The beginning of the history: master data, and the first that is made of it."""
    return demo[:SLICE]


def test_imported_twice_nothing_changes(engine: Engine, demo: list[Wire]):
    graph = engine.graph()
    events = some(demo)
    for batch in split(events, Random(1), 200):
        assert {outcome.status for outcome in graph.capture(batch).outcomes} <= {"stored", "voided"}
    before = all_rows(graph.store)

    for batch in split(events, Random(2), 300):
        report = graph.capture(batch)
        assert {outcome.status for outcome in report.outcomes} == {"duplicate"}

    assert all_rows(graph.store) == before


def test_shuffled_and_split_it_is_the_same_graph(engine: Engine, demo: list[Wire]):
    rng, events = Random(3), some(demo)
    store, aside = engine.empty(), engine.aside()
    fill(aside, events, rng, 100)
    fill(store, rng.sample(events, len(events)), rng, 100)

    known = store.published().seq
    assert known == aside.published().seq == len(events)
    assert_worlds_equal(world(store, known), world(aside, known))


@pytest.mark.parametrize("seed", range(5 if PROVE else 1))
def test_the_whole_history_in_any_order(sqlite_engine: Engine, demo: list[Wire], seed: int):
    """The whole of it in the long form; else its first third."""
    rng, events = Random(seed), demo if PROVE else demo[: len(demo) // 3]
    store, aside = sqlite_engine.empty(), sqlite_engine.aside()
    fill(store, events, rng, 1000)
    fill(aside, rng.sample(events, len(events)), rng, 1000)

    known = len(events)
    assert_worlds_equal(world(store, known), world(aside, known))
    for checked in (store, aside):
        report = verify(checked, sample=100)
        assert report.ok, report.told
