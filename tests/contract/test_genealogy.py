"""The closure: direction, cuts, depth and budget; cycles, diamonds and busy lots."""

from __future__ import annotations

import time

import pytest

from tests.builders import Desk, at, container, diamond, drafts, lot, opaque, serial
from tests.contract.engines import Engine
from tracegraph.model.instant import Instant
from tracegraph.store.port import GraphStore, Subgraph


def number(store: GraphStore, key: str) -> int:
    return store.spoken([key])[key].item


def own(product: str, name: str, kind: str = "lot") -> str:
    return f"urn:tracegraph:{kind}:{product}:{name}"


def closure(store: GraphStore, seeds, direction="forward", **more) -> Subgraph:
    cuts = {
        "known": store.published().seq,
        "as_of": None,
        "max_depth": None,
        "budget": 10_000,
        **more,
    }
    return store.subgraph(seeds, direction, **cuts)


def keys(graph: Subgraph) -> set[str]:
    assert len(graph.reached) == len(set(graph.reached)), "an item is given once"
    return {graph.items[no].key for no in graph.reached}


@pytest.fixture
def chain(engine: Engine) -> GraphStore:
    """X:0 -> X:1 -> … -> X:5, a batch each, an hour apart; each with a lot of its own beside."""
    store, desk = engine.empty(), Desk()
    for step in range(5):
        event = desk.production(
            [lot("X", str(step)), lot("Y", str(step))], [lot("X", str(step + 1))]
        )
        store.append(drafts([event]))
    return store


def test_forward_and_backward(chain):
    assert keys(closure(chain, [number(chain, own("X", "3"))])) == {own("X", n) for n in "345"}
    backward = closure(chain, [number(chain, own("X", "2"))], "backward")
    assert keys(backward) == {own("X", n) for n in "012"} | {own("Y", n) for n in "01"}


def test_every_line_of_an_event_comes_with_its_items(chain):
    graph = closure(chain, [number(chain, own("X", "4"))])

    assert [*graph.events.seq] == [5]
    assert {graph.items[no].key for no in graph.lines.item} == {
        own("X", "4"),
        own("Y", "4"),
        own("X", "5"),
    }
    assert graph.complete_depth is None


def test_no_seeds_unknown_seeds_and_seeds_twice(chain):
    assert closure(chain, []).reached == closure(chain, [999, -1, 0]).reached == []
    no = number(chain, own("X", "4"))
    assert keys(closure(chain, [no, no, 999])) == {own("X", "4"), own("X", "5")}


@pytest.fixture
def long_chain(engine: Engine) -> GraphStore:
    """X:0 -> … -> X:90, with Z:5 made beside X:5 and joined in again at X:80; one batch."""
    store, desk = engine.empty(), Desk()
    events = []
    for step in range(90):
        taken, made = [lot("X", str(step))], [lot("X", str(step + 1))]
        taken += [lot("Z", "5")] if step == 80 else []
        made += [lot("Z", "5")] if step == 5 else []
        events.append(desk.production(taken, made))
    store.append(drafts(events))
    return store


def test_a_chain_that_parts_and_joins_is_walked_to_its_end(long_chain):
    first, last = number(long_chain, own("X", "0")), number(long_chain, own("X", "90"))
    every = {own("X", str(n)) for n in range(91)} | {own("Z", "5")}

    assert keys(closure(long_chain, [first])) == every
    assert keys(closure(long_chain, [last], "backward")) == every
    known = long_chain.published().seq
    found = long_chain.closure([first], "forward", known=known, as_of=None, budget=92)
    assert found is not None
    assert sorted(found.key) == sorted(every)
    assert dict(zip(found.item, found.key, strict=True))[last] == own("X", "90")


@pytest.mark.parametrize("budget", [5, 70, 91])
def test_a_long_chain_ends_at_the_budget(long_chain, budget):
    first, known = number(long_chain, own("X", "0")), long_chain.published().seq

    cut = closure(long_chain, [first], budget=budget)

    assert len(cut.reached) <= budget
    assert cut.complete_depth is not None
    assert long_chain.closure([first], "forward", known=known, as_of=None, budget=budget) is None


def test_overlapping_seeds_give_each_item_once(chain):
    seeds = [number(chain, own("X", n)) for n in "0123"] + [
        number(chain, own("Y", n)) for n in "012"
    ]

    graph = closure(chain, seeds)

    assert keys(graph) == {own("X", n) for n in "012345"} | {own("Y", n) for n in "012"}
    assert sorted(graph.events.seq) == [1, 2, 3, 4, 5]
    assert len(graph.lines.seq) == 15


def test_known_hides_what_came_later(chain):
    no = number(chain, own("X", "0"))
    assert keys(closure(chain, [no], known=2)) == {own("X", n) for n in "012"}
    assert keys(closure(chain, [no], known=0)) == set()
    assert keys(closure(chain, [number(chain, own("X", "5"))], known=3)) == set()


def test_as_of_hides_what_happened_later(chain):
    no = number(chain, own("X", "0"))
    for minutes, last in ((0, 0), (59, 0), (60, 1), (120, 2), (179, 2), (10_000, 5)):
        graph = closure(chain, [no], as_of=Instant.parse(at(minutes)))
        assert keys(graph) == {own("X", str(n)) for n in range(last + 1)}


@pytest.mark.parametrize("depth", [0, 1, 2, 4, 5, 9])
def test_depth_counts_item_steps(chain, depth: int):
    graph = closure(chain, [number(chain, own("X", "0"))], max_depth=depth)

    assert keys(graph) == {own("X", str(n)) for n in range(min(depth, 5) + 1)}
    assert graph.complete_depth == (depth if depth < 5 else None)


@pytest.mark.parametrize("budget", range(1, 8))
def test_a_budget_leaves_out_whole_depths(chain, budget: int):
    graph = closure(chain, [number(chain, own("X", "0"))], budget=budget)

    assert keys(graph) == {own("X", str(n)) for n in range(min(budget, 6))}
    assert graph.complete_depth == (budget - 1 if budget < 6 else None)


def test_seeds_are_never_left_out(chain):
    seeds = [number(chain, own("X", str(n))) for n in range(3)]
    graph = closure(chain, seeds, budget=1)
    assert keys(graph) == {own("X", n) for n in "012"}
    assert graph.complete_depth == 0


def test_a_budget_cuts_a_wide_depth_as_a_whole(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(drafts([desk.production([lot("A", "1")], [lot("B", str(n)) for n in range(10)])]))
    seed = number(store, own("A", "1"))

    assert len(closure(store, [seed], budget=11).reached) == 11
    short = closure(store, [seed], budget=10)
    assert (len(short.reached), short.complete_depth) == (1, 0)


def test_cycles_end(engine: Engine):
    store, desk = engine.empty(), Desk()
    ring = [
        desk.production([lot("X", str(n))], [lot("X", str((n + 1) % 4))], type_="rework")
        for n in range(4)
    ]
    self_made = desk.production([lot("X", "0")], [lot("X", "0")], type_="rework")
    store.append(drafts([*ring, self_made]))

    for way in ("forward", "backward"):
        for name in "0123":
            assert keys(closure(store, [number(store, own("X", name))], way)) == {
                own("X", n) for n in "0123"
            }


def test_a_lot_used_by_two_thousand_events(engine: Engine):
    store, desk = engine.empty(), Desk()
    uses = [desk.production([lot("H2O", "1")], [lot("FG", str(n))]) for n in range(2000)]
    for low in range(0, 2000, 1000):
        store.append(drafts(uses[low : low + 1000]))

    seed = number(store, own("H2O", "1"))
    assert len(closure(store, [seed]).reached) == 2001
    assert closure(store, [seed], budget=2000).reached == [seed]
    assert len(closure(store, [number(store, own("FG", "7"))], "backward").reached) == 2


@pytest.mark.timeout(60)
def test_a_diamond_of_forty_layers_is_walked_by_nodes_not_by_paths(engine: Engine):
    store = engine.empty()
    store.append(drafts(diamond(40)))  # 80 nodes, 2^39 paths
    top = [number(store, own("D", name)) for name in ("1a", "1b")]
    bottom = number(store, own("D", "40a"))
    begun = time.monotonic()

    assert len(closure(store, top).reached) == 80
    assert len(closure(store, top[:1]).reached) == 79
    assert len(closure(store, [bottom], "backward").reached) == 79
    assert len(closure(store, top, max_depth=38).reached) == 78
    assert len(closure(store, top, budget=50).reached) == 50
    assert time.monotonic() - begun < 20


def test_a_long_chain_is_walked_to_its_end(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(
        drafts([desk.production([lot("X", str(n))], [lot("X", str(n + 1))]) for n in range(400)])
    )
    assert len(closure(store, [number(store, own("X", "0"))]).reached) == 401


def test_a_void_takes_an_event_out_from_its_seq_on(engine: Engine):
    store, desk = engine.empty(), Desk()
    make = desk.production([lot("A", "1")], [lot("B", "1")])
    store.append(drafts([make]))
    store.append(drafts([desk.void(make)]))
    seed = number(store, own("A", "1"))

    assert keys(closure(store, [seed], known=1)) == {own("A", "1"), own("B", "1")}
    graph = closure(store, [seed], known=2)
    assert keys(graph) == {own("A", "1")}
    assert graph.events.seq == graph.lines.seq == []


def test_members_of_a_run_are_one_node(engine: Engine):
    store, desk = engine.empty(), Desk()
    events = [
        desk.production([lot("A", "1")], run="R1"),
        desk.production([lot("A", "2")], run="R2"),
        desk.production([], [lot("B", "1")], run="R1"),
        desk.production([lot("A", "3")], run="R1", source="erp"),  # another system's R1
    ]
    store.append(drafts(events))

    graph = closure(store, [number(store, own("A", "1"))])
    assert keys(graph) == {own("A", "1"), own("B", "1")}
    assert sorted(graph.events.seq) == [1, 3]
    assert len(set(graph.events.hub)) == len(graph.runs) == 1
    assert {-hub for hub in graph.events.hub} == graph.runs.keys()


def test_a_lot_reaches_its_serials_and_a_serial_the_pool_but_not_its_siblings(engine: Engine):
    store, desk = engine.empty(), Desk()
    events = [
        desk.production([lot("RM", "bad")], [serial("FG", "1", of="L")]),
        desk.production([lot("RM", "good")], [serial("FG", "2", of="L")]),
        desk.production([lot("FG", "L")], [lot("KIT", "unnamed")]),
        desk.production([serial("FG", "2")], [lot("KIT", "named")]),
    ]
    store.append(drafts(events))

    affected = keys(closure(store, [number(store, own("RM", "bad"))]))
    assert affected >= {own("FG", "1", "serial"), own("FG", "L"), own("KIT", "unnamed")}
    assert not affected & {own("FG", "2", "serial"), own("KIT", "named")}
    whole = keys(closure(store, [number(store, own("FG", "L"))]))
    assert whole >= {own("FG", "1", "serial"), own("FG", "2", "serial"), own("KIT", "named")}
    lots, serials = store.membership(number(store, own("FG", "L")), 4)
    assert (lots, serials) == ([], 2)
    assert store.membership(number(store, own("FG", "1", "serial")), 4) == (
        [number(store, own("FG", "L"))],
        0,
    )


def test_what_a_container_held_goes_where_the_container_goes(engine: Engine):
    store, desk = engine.empty(), Desk()
    box, pallet = container(1), container(2)
    events = [
        desk.pack(box, lot("FG", "1")),
        desk.pack(pallet, box, lot("FG", "2")),
        desk.production([pallet], [lot("SET", "1")]),
        desk.unpack(box),
        desk.pack(box, lot("FG", "3")),
        desk.production([pallet], [lot("SET", "2")]),
    ]
    store.append(drafts(events))

    def made_of(name: str) -> set[str]:
        return {
            key
            for key in keys(closure(store, [number(store, own("SET", name))], "backward"))
            if "FG" in key
        }

    assert made_of("1") == {own("FG", "1"), own("FG", "2")}
    assert made_of("2") == {own("FG", "2"), own("FG", "3")}
    box_no = next(iter(store.spoken([f"https://id.gs1.org/00/{box['sscc']}"]).values())).item
    held = store.held([box_no], known=6, as_of=None)
    assert {row.key for row in store.items(held, 6).values()} == {own("FG", "1"), own("FG", "3")}
    assert store.held([999], known=6, as_of=None) == []


def test_an_opaque_key_is_an_item_as_any_other(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(drafts([desk.production([opaque("a")], [opaque("b", "serial")])]))
    assert keys(closure(store, [number(store, "urn:example:a")])) == {
        "urn:example:a",
        "urn:example:b",
    }
