"""Laws of every history, on each engine: what is stored is what the journal means.

The default run is the same each time and modest; TRACEGRAPH_PROVE=1 searches at random, long.
A law on Neo4j runs on fewer and larger histories, because emptying a database takes a while.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import Wire
from tests.contract.engines import ENGINES, Engine
from tests.property.histories import histories, random_history, splits
from tests.property.laws import (
    all_rows,
    answers,
    append,
    append_all,
    assert_oracle_trace,
    assert_oracle_world,
    assert_why,
    assert_worlds_equal,
    bare_trace,
    instants_of,
    question,
    random_question,
    reached,
    standing_keys,
    told,
    world,
)
from tracegraph.library import Tracegraph
from tracegraph.proof.oracle import Oracle
from tracegraph.proof.rebuilding import rebuild
from tracegraph.proof.verifying import verify

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
Law = Callable[[Engine, list[Wire], Random], None]


def law_oracle(engine: Engine, events: list[Wire], rng: Random) -> None:
    """Items, lines, memberships and traces are those of the oracle, at any cut."""
    store = engine.empty()
    ends = append_all(store, splits(events, rng))
    for known in {rng.choice(ends), ends[-1]}:
        oracle = Oracle(told(events[:known]))
        assert_oracle_world(store, oracle, known)
        keys = sorted(oracle.items)
        for _ in range(8 if keys else 0):
            asked = random_question(rng, known, instants_of(events[:known]))
            key = rng.choice(keys)
            assert_oracle_trace(store, oracle, key, asked)
            assert_why(bare_trace(store, key, asked), asked)


def law_batches(engine: Engine, events: list[Wire], rng: Random) -> None:
    """A batch gives the same rows as its events one by one."""
    store = engine.empty()
    append_all(store, splits(events, rng))
    found = all_rows(store)
    alone = engine.aside()
    append_all(alone, [[event] for event in events])
    for table, rows in all_rows(alone).items():
        assert found[table] == rows, table


def law_arrival(engine: Engine, events: list[Wire], rng: Random) -> None:
    """Any order of arrival, in any batches, comes to the same."""
    store = engine.empty()
    append_all(store, splits(events, rng))
    known = store.published().seq
    mixed = rng.sample(events, len(events))
    other = engine.aside()
    append_all(other, splits(mixed, rng))
    assert_worlds_equal(world(store, known), world(other, known))


def law_inverse(engine: Engine, events: list[Wire], rng: Random) -> None:
    """B is forward of A where A is backward of B."""
    store = engine.empty()
    (known,) = append_all(store, [events])
    more = {
        "as_of": rng.choice((None, *instants_of(events))),
        "tolerance": random_question(rng, known, []).tolerance,
    }
    keys = standing_keys(store, known)
    forward, backward = (
        {
            (key, found)
            for key in keys
            for found in reached(bare_trace(store, key, question(way, known, **more)))
        }
        for way in ("forward", "backward")
    )
    assert forward == {(a, b) for b, a in backward}


def law_depth(engine: Engine, events: list[Wire], rng: Random) -> None:
    """Less depth is a prefix; so is less budget, up to the depth it says is complete."""
    store = engine.empty()
    (known,) = append_all(store, [events])
    for key in standing_keys(store, known):
        way = rng.choice(("forward", "backward"))
        whole = reached(bare_trace(store, key, question(way, known)))
        for depth in range(4):
            short = reached(bare_trace(store, key, question(way, known, max_depth=depth)))
            assert short == {item: d for item, d in whole.items() if d <= depth}
        for budget in range(1, len(whole) + 2):
            answer = bare_trace(store, key, question(way, known, budget=budget))
            if answer.truncated is None:
                assert reached(answer) == whole
            else:
                depth = answer.truncated.complete_depth
                assert reached(answer) == {item: d for item, d in whole.items() if d <= depth}
                assert depth == 0 or len(answer.items) <= budget


def law_twice(engine: Engine, events: list[Wire], rng: Random) -> None:
    """What is captured twice changes nothing, in whatever order it comes again."""
    store = engine.empty()
    append_all(store, splits(events, rng))
    before = all_rows(store)
    graph = Tracegraph(store)
    for batch in splits(rng.sample(events, len(events)), rng):
        report = graph.capture(batch)
        assert {outcome.status for outcome in report.outcomes} == {"duplicate"}
    assert all_rows(store) == before


def law_known(engine: Engine, events: list[Wire], rng: Random) -> None:
    """An answer at a cut never changes, whatever comes later."""
    store = engine.empty()
    graph = Tracegraph(store)
    batches = splits(events, rng)
    given_then = {}
    rows_then = {}
    for number, batch in enumerate(batches):
        append(store, batch, number)
        if number == len(batches) - 1 or rng.random() < 0.4:
            known = store.published().seq
            given_then[known] = answers(graph, known)
            rows_then[known] = world(store, known)
    for known, given_first in given_then.items():
        now = answers(graph, known)
        for name, answer in given_first.items():
            assert now.get(name) == answer, (known, name)
        # What a name is now and how often an item was used so far are said at the head only.
        for part in ("items", "lines", "members", "anomalies"):
            assert getattr(world(store, known), part) == getattr(rows_then[known], part), (
                known,
                part,
            )


def law_rebuild(engine: Engine, events: list[Wire], rng: Random) -> None:
    """A projection made anew is the same, row for row, and the store verifies."""
    store = engine.empty()
    append_all(store, splits(events, rng))
    before = all_rows(store)
    assert rebuild(store) == 0
    assert all_rows(store) == before
    report = verify(store, sample=10, seed=rng.randrange(100))
    assert report.ok, report.told


def law_engines(engine: Engine, events: list[Wire], rng: Random) -> None:
    """Every answer is the same, byte for byte, as on the embedded engine."""
    store, other = engine.empty(), engine.aside()
    batches = splits(events, rng)
    ends = append_all(store, batches)
    append_all(other, batches)
    for table, rows in all_rows(other).items():
        assert list(store.rows(table, ends[-1])) == rows, table
    for known in {rng.choice(ends), ends[-1]}:
        here, there = answers(Tracegraph(store), known), answers(Tracegraph(other), known)
        assert here.keys() == there.keys()
        for name, answer in there.items():
            assert here[name] == answer, (known, name)


LAWS: list[Law] = [
    law_oracle, law_batches, law_arrival, law_inverse, law_depth, law_twice, law_known, law_rebuild,
    law_engines,
]  # fmt: skip
# Examples in the default run, and in the long one.
EXAMPLES = dict.fromkeys(LAWS, (25, 10000)) | {
    law_oracle: (60, 20_000),
    law_arrival: (60, 20_000),
}
# What an engine can spoil; the other laws are the projection's, and Neo4j has them in the long run.
OF_ENGINES = {law_oracle, law_known, law_rebuild, law_engines}
RUNS = [
    pytest.param(law, *engine.values, id=f"{engine.id}-{law.__name__[4:]}", marks=engine.marks)
    for engine in ENGINES
    for law in LAWS
    if PROVE or engine.id == "sqlite" or law in OF_ENGINES
]
LENGTH = {"sqlite": (30, 30), "neo4j": (20, 30)}
LARGER = {"sqlite": (6, 2000), "neo4j": (1, 100)}


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__.removeprefix("law_"))
def test_holds_for_small_histories(law: Law, sqlite_engine: Engine) -> None:
    """Found and shrunk by hypothesis; on the embedded engine, where an example takes little."""

    @settings(
        max_examples=EXAMPLES[law][PROVE],
        derandomize=not PROVE,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(histories(), st.integers(0, 2**20))
    def holds(events: list[Wire], seed: int) -> None:
        law(sqlite_engine, events, Random(seed))

    holds()


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
@pytest.mark.parametrize(("law", "engine"), RUNS, indirect=["engine"])
def test_holds_for_larger_histories(law: Law, engine: Engine) -> None:
    """Larger, and the same on each engine; fewer where an example takes longer."""
    rng = Random() if PROVE else Random(f"{law.__name__}")
    length = LENGTH[engine.name][PROVE]
    for _ in range(LARGER[engine.name][PROVE]):
        seed = rng.randrange(2**32)
        try:
            law(engine, random_history(Random(seed), length), Random(seed))
        except Exception as error:
            error.add_note(f"random_history(Random({seed}), {length}) on {engine.name}")
            raise


def test_the_larger_histories_are_not_poor() -> None:
    """What the laws are tried on has joins, voids and packing in it: else they say little."""
    counts: Counter[str] = Counter()
    for seed in range(20):
        events = random_history(Random(seed), 30)
        assert len(events) >= 25
        oracle = Oracle(told(events))
        depths = [max(oracle.trace([key], "forward")[0].values()) for key in oracle.items]
        counts["nested"] += sum(line.via is not None for line in oracle.lines)
        counts["members"] += len(oracle.members)
        counts["voided"] += len(events) - len(oracle.standing)
        counts["deep"] += sum(depth > 2 for depth in depths)
    assert min(counts[name] for name in ("nested", "members", "voided", "deep")) >= 20, counts
