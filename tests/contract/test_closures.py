"""Bare closures, and what a reader that keeps the graph in memory follows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.builders import Desk, Wire, at, drafts, gtin, lot, package, serial
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tracegraph.proof.rebuilding import rebuild
from tracegraph.store.adjacency import Adjacency
from tracegraph.store.port import GraphStore
from tracegraph.store.walker import Closure, Edges

DESK = Desk()


def own(product: str, name: str, kind: str = "lot") -> str:
    return f"urn:tracegraph:{kind}:{product}:{name}"


def number(store: GraphStore, key: str) -> int:
    return store.spoken([key])[key].item


def closure(
    store: GraphStore, *seeds: int, way="forward", budget=10_000, known=None
) -> Closure | None:
    cut = store.published().seq if known is None else known
    return store.closure(seeds, way, known=cut, as_of=None, budget=budget)


def keys(store: GraphStore, key: str, **more) -> set[str]:
    found = closure(store, number(store, key), **more)
    assert found is not None
    assert len(found.item) == len(found.key) == len(set(found.item)), "an item is given once"
    return set(found.key)


def made(taken: str, given: str, **more) -> Wire:
    return DESK.production([lot("X", taken)], [lot("X", given)], **more)


def put(store: GraphStore, *events: Wire) -> None:
    for event in events:
        store.append(drafts([event]))


def some_history(engine: Engine) -> Iterator[tuple[GraphStore, dict[str, Any]]]:
    """A store of a random history, and what to ask of it: a dozen items, both ways, at two cuts."""
    store = engine.empty()
    append_all(store, splits(random_history(Random(3), 60), Random(3)))
    known = store.published().seq
    numbers = sorted({row.item for row in store.names()})
    for cut in (known, store.cut(known // 2)):
        for no in Random(cut).sample(numbers, 12):
            for way in ("forward", "backward"):
                yield store, {"seeds": [no], "direction": way, "known": cut, "as_of": None}


def test_the_items_of_the_subgraph_by_number_and_key(engine: Engine):
    for store, asked in some_history(engine):
        graph = store.subgraph(**asked, max_depth=None, budget=10_000)
        found = store.closure(**asked, budget=10_000)
        assert found is not None
        assert dict(zip(*found, strict=True)) == {
            item: graph.items[item].key for item in graph.reached
        }


def test_without_siblings_the_lines_are_those_on_what_is_reached(engine: Engine):
    left_out = 0
    for store, asked in some_history(engine):
        whole = store.subgraph(**asked, max_depth=None, budget=10_000)
        found = store.subgraph(**asked, max_depth=None, budget=10_000, siblings=False)
        reached = set(whole.reached)
        lines = {line for line in zip(*whole.lines, strict=True) if line[4] in reached}
        assert set(zip(*found.lines, strict=True)) == lines
        assert sorted(found.reached) == sorted(whole.reached)
        assert found.items.items() <= whole.items.items()
        assert {*found.reached, *found.lines.lot, *found.lines.via} - {0} == found.items.keys()
        assert sorted(found.events.seq) == sorted(whole.events.seq)
        left_out += len(whole.lines.seq) - len(lines)
    assert left_out


def test_many_seeds_are_one_closure(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"), made("2", "3"), made("7", "8"), made("8", "3"))
    seeds = [number(store, own("X", name)) for name in ("2", "7", "7")]
    found = closure(store, *seeds, 999_999)
    assert found is not None
    assert sorted(found.key) == [own("X", name) for name in ("2", "3", "7", "8")]


def test_more_than_the_budget_is_none(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"), made("2", "3"))
    first = number(store, own("X", "1"))
    assert closure(store, first, budget=2) is None
    assert closure(store, first, budget=3) is not None
    # The seeds are never too many.
    assert closure(store, number(store, own("X", "3")), budget=1) is not None


def test_of_nothing_nothing_is_reached(engine: Engine):
    store = engine.empty()
    assert closure(store) == closure(store, 12) == Closure([], [])


def test_what_is_recorded_is_reached_at_once_and_not_before(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"))
    assert keys(store, own("X", "1")) == {own("X", "1"), own("X", "2")}
    before = store.published().seq
    put(store, made("2", "3"))
    assert keys(store, own("X", "1")) == {own("X", n) for n in "123"}
    assert keys(store, own("X", "1"), known=before) == {own("X", "1"), own("X", "2")}


def test_what_is_voided_is_not_reached_and_was_before(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2", id="wrong"), made("2", "3"))
    before = store.published().seq
    assert keys(store, own("X", "1")) == {own("X", n) for n in "123"}
    put(store, DESK.void("wrong"))
    assert keys(store, own("X", "1")) == {own("X", "1")}
    assert keys(store, own("X", "3"), way="backward") == {own("X", "3"), own("X", "2")}
    assert keys(store, own("X", "1"), known=before) == {own("X", n) for n in "123"}


def test_of_two_lines_alike_one_may_end(engine: Engine):
    """The same lot twice among the inputs: two lines, one edge; a serial's draw goes by a pool."""
    store = engine.empty()
    put(store, made("1", "2", id="one", run="R"), made("1", "2", id="two", run="R"))
    put(store, DESK.void("one"))
    assert keys(store, own("X", "1")) == {own("X", "1"), own("X", "2")}
    put(store, DESK.void("two"))
    assert keys(store, own("X", "1")) == {own("X", "1")}


def test_a_serial_joins_its_lot_late(engine: Engine):
    store = engine.empty()
    put(store, DESK.production([lot("X", "1")], [serial("FG", "9")]))
    assert keys(store, own("X", "1")) == {own("X", "1"), own("FG", "9", "serial")}
    put(store, DESK.production([serial("FG", "9", of="L")], [lot("Z", "5")]))
    assert own("FG", "L") in keys(store, own("Z", "5"), way="backward")


def test_a_late_product_record_joins_names(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"), DESK.production([lot(gtin(1), "2")], [lot("Y", "3")]))
    before = store.published().seq
    assert own("Y", "3") not in keys(store, own("X", "1"))
    put(store, DESK.product("X", package(gtin(1))))
    after = keys(store, own("X", "1"))
    assert own("Y", "3") in after
    assert after != keys(store, own("X", "1"), known=before)
    assert own("X", "2") in keys(store, own("X", "1"), known=before)


def test_a_reader_elsewhere_follows(engine: Engine):
    """Another connection, with its own memory, sees what this one wrote."""
    store = engine.empty()
    put(store, made("1", "2"))
    other = engine.again()
    assert keys(other, own("X", "1")) == {own("X", "1"), own("X", "2")}
    put(store, made("2", "3"), made("3", "4"))
    assert keys(other, own("X", "1")) == {own("X", n) for n in "1234"}


def test_batches_say_what_they_touched(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2", id="a"), made("2", "3", id="b"), DESK.void("a"))
    first = store.touched(0, 1)
    assert first is not None
    assert first.nodes == [4 * 1 + 2]
    assert first.items == sorted(number(store, own("X", name)) for name in "12")
    last = store.touched(2, 3)
    assert last is not None
    assert (last.nodes, last.items) == ([4 * 1 + 2], [])
    assert store.touched(3, 3) == ([], [])


def test_all_edges_are_those_at_their_nodes(engine: Engine):
    store = engine.empty()
    append_all(store, splits(random_history(Random(5), 40), Random(5)))
    parts = [row for edges in store.edges() for row in rows(edges)]
    assert parts
    nodes = {node for src, dst, *_ in parts for node in (src, dst)}
    assert set(parts) == set(rows(store.edges_at(nodes)))
    one = parts[0][1]
    assert set(rows(store.edges_at([one]))) == {row for row in parts if one in row[:2]}
    assert rows(store.edges_at([])) == []


def rows(edges: Edges) -> list[tuple[int, ...]]:
    return [tuple(map(int, edge)) for edge in zip(*edges, strict=True)]


# What takes the inputs out of the graph that is walked.
DAMAGE = {
    "sqlite": "DELETE FROM line WHERE flow = 1",
    "neo4j": "MATCH ()-[r:INPUT]->() DELETE r",
}


def test_a_rebuild_that_mends_is_counted_and_seen_at_once(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"))
    assert rebuild(store) == 0
    assert store.rebuilds() == 0  # there was nothing to mend
    if engine.name == "sqlite":
        engine.run("DELETE FROM edge WHERE src & 3 = 0")
    engine.run(DAMAGE[engine.name])
    damaged = engine.again()
    assert keys(damaged, own("X", "1")) == {own("X", "1")}
    assert rebuild(damaged) > 0
    assert damaged.rebuilds() == 1
    assert keys(damaged, own("X", "1")) == {own("X", "1"), own("X", "2")}
    put(store, made("2", "3"))
    assert keys(damaged, own("X", "1")) == {own("X", n) for n in "123"}
    # A reader that held what was damaged has heard of it before it follows.
    assert own("X", "3") in keys(store, own("X", "2"))


def test_many_events_between_few_items_are_walked_to_the_end(engine: Engine):
    store = engine.empty()
    store.append(drafts([*(made("1", "2") for _ in range(1100)), made("2", "3")]))
    first = number(store, own("X", "1"))
    for way, start in (("forward", "1"), ("backward", "3")):
        found = closure(store, number(store, own("X", start)), way=way, budget=3)
        assert found is not None
        assert set(found.key) == {own("X", n) for n in "123"}
    assert closure(store, first, budget=2) is None


def test_many_seeds_without_an_edge(engine: Engine):
    store = engine.empty()
    put(store, DESK.receipt(*(lot("X", str(n)) for n in range(40))))
    numbers = [row.item for row in store.names()]
    found = closure(store, *numbers)
    assert found is not None
    assert len(found.item) == 40


@pytest.fixture
def followed(engine: Engine):
    """A store with a reader of its own, which looks for news only when it is asked."""
    store = engine.empty()
    put(store, made("1", "2"))
    adjacency = Adjacency(store, most_bytes=2**24, poll_seconds=600)
    adjacency.start()
    assert adjacency.wait(60)
    yield store, adjacency
    adjacency.close()


def test_a_reader_says_how_far_it_is(followed):
    store, adjacency = followed
    standing = adjacency.standing()
    assert (standing.state, standing.seq, standing.edges) == ("ready", 1, 2)
    assert 0 < standing.bytes < 2**24
    put(store, made("2", "3"))
    assert adjacency.standing().seq == 1  # nobody has asked for it
    found = adjacency.closure(
        [number(store, own("X", "1"))], "forward", known=2, as_of=None, budget=10
    )
    assert found is not None
    assert found[0] is not None
    assert len(found[0].key) == 3
    assert (adjacency.standing().seq, adjacency.standing().edges) == (2, 4)


def test_a_graph_too_large_is_left_to_the_engine(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2"))
    adjacency = Adjacency(store, most_bytes=100)
    adjacency.start()
    assert not adjacency.wait(60)
    assert adjacency.standing().state == "too_large"
    assert adjacency.closure([1], "forward", known=1, as_of=None, budget=10) is None
    assert adjacency.walk([1], "forward", known=1, as_of=None, max_depth=None, budget=10) is None
    adjacency.close()


def test_times_cut_what_is_reached(engine: Engine):
    store = engine.empty()
    put(store, made("1", "2", occurred_at=at(1)), made("2", "3", occurred_at=at(5)))
    from tracegraph.model.instant import Instant

    first = number(store, own("X", "1"))
    found = store.closure([first], "forward", known=2, as_of=Instant.parse(at(3)), budget=10)
    assert found is not None
    assert set(found.key) == {own("X", "1"), own("X", "2")}
