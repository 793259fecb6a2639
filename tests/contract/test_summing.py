"""Events in columns, the events of runs, and what events took and gave, added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from random import Random
from typing import Any

import pytest

from tests.builders import Desk, Wire, at, container, drafts, gtin, line, lot, package, serial
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.store.columns import EventColumns, SumColumns
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import STANDS, Flow

IN, OUT = int(Flow.IN), int(Flow.OUT)
LOT, SERIAL = int(Kind.LOT), int(Kind.SERIAL)
MICRO = 1_000_000
UNKNOWN = (0, -1, -7, 99, 10**6)
NO_EVENTS = EventColumns(*([] for _ in EventColumns._fields))
NO_SUMS = SumColumns(*([] for _ in SumColumns._fields))


def own(product: str, name: str, kind: str = "lot") -> str:
    return f"urn:tracegraph:{kind}:{product}:{name}"


def number(store: GraphStore, key: str) -> int:
    return store.spoken([key])[key].item


def put(store: GraphStore, *events: Wire) -> int:
    """Append each event as a batch of its own; the seq of the last."""
    for event in events:
        store.append(drafts([event]))
    return store.published().seq


def sums(
    store: GraphStore, seqs: Collection[int], known: int | None = None
) -> Counter[tuple[Any, ...]]:
    """Sums as rows, after what must hold of every answer."""
    known = store.published().seq if known is None else known
    found = store.sums_of_events(seqs, known)
    rows = list(zip(*found, strict=True))
    keys = [row[:7] for row in rows]
    assert len(keys) == len(set(keys)), "an event, way, product, lot and unit are told once"
    assert set(found.seq) <= set(seqs)
    return Counter(rows)


def made(store: GraphStore, *seqs: int, known: int | None = None) -> set[tuple[Any, ...]]:
    """What events gave, as (seq, product, unit, quantity, lines)."""
    rows = sums(store, seqs, known)
    return {(r[0], r[3], r[6], r[7], r[8]) for r in rows if r[2] == OUT}


def event_rows(store: GraphStore, seqs: Collection[int], known: int) -> dict[int, tuple[Any, ...]]:
    found = list(zip(*store.events(seqs, known), strict=True))
    assert len({row[0] for row in found}) == len(found), "an event is given once"
    return {row[0]: row for row in found}


@pytest.fixture
def plant(engine: Engine) -> GraphStore:
    """A run of two events and a third that was corrected, and a receipt. Seqs 1 to 5."""
    store, desk = engine.empty(), Desk()
    wrong = desk.production([], [lot("FG", "L")], run="R", occurred_at=at(30))
    put(
        store,
        desk.production([lot("RM", "A")], run="R", started_at=at(5), occurred_at=at(10)),
        desk.production([], [lot("FG", "L")], run="R", occurred_at=at(20, fraction="0000001")),
        wrong,
        desk.receipt(lot("RM", "A"), occurred_at=at(1)),
        desk.void(wrong, occurred_at=at(50)),
    )
    return store


# -- events


def test_an_event_is_whole(plant: GraphStore):
    found = event_rows(plant, [1, 2, 4], 5)

    hub, late = found[1][6], Instant.parse(at(20, fraction="0000001"))
    assert hub < 0
    assert found == {
        1: (1, "mes", "e00002", "production", Instant.parse(at(5)), Instant.parse(at(10)), hub),
        2: (2, "mes", "e00003", "production", late, late, hub),
        4: (4, "mes", "e00004", "receipt", *[Instant.parse(at(1))] * 2, 4),
    }  # fmt: skip


def test_events_of_nothing_and_of_the_unknown(plant: GraphStore):
    assert plant.events([], 5) == plant.events(UNKNOWN, 5) == NO_EVENTS
    assert plant.events([1, 2], 0) == NO_EVENTS


def test_events_named_twice_are_given_once(plant: GraphStore):
    assert event_rows(plant, [2, 1, 2, *UNKNOWN, 1], 5).keys() == {1, 2}


def test_a_corrected_event_stands_until_its_void(plant: GraphStore):
    every = range(1, 6)
    assert event_rows(plant, every, 4).keys() == {1, 2, 3, 4}
    assert event_rows(plant, every, 5).keys() == {1, 2, 4, 5}
    for known in range(6):
        assert max(event_rows(plant, every, known), default=0) <= known


def test_an_event_whose_void_came_first_never_stands(engine: Engine):
    store, desk = engine.empty(), Desk()
    late = desk.production([lot("RM", "A")], [lot("FG", "L")], run="R")
    put(store, desk.void(late), late)

    assert event_rows(store, [1, 2], 2).keys() == {1}
    assert sums(store, [1, 2]) == Counter()
    assert store.events_of_runs(range(-3, 4), 2) == []


# -- events of runs


def run_of(store: GraphStore, seq: int) -> int:
    (hub,) = store.events([seq], store.published().seq).hub
    assert hub < 0
    return -hub


def test_events_of_a_run(plant: GraphStore):
    run = run_of(plant, 1)

    assert plant.events_of_runs([run], 4) == [1, 2, 3]
    assert plant.events_of_runs([run], 5) == [1, 2]
    assert plant.events_of_runs([run], 1) == [1]
    assert plant.events_of_runs([run], 0) == []
    assert plant.events_of_runs([run, run, 999, 0, -run, -1], 5) == [1, 2]
    assert plant.events_of_runs([], 5) == plant.events_of_runs(UNKNOWN, 5) == []


def test_events_of_several_runs_are_ascending(engine: Engine):
    store = engine.empty()
    one, other = Desk("one"), Desk("other")
    # A run is its source's own, unless it is an absolute URI.
    put(
        store,
        one.production([lot("RM", "A")], run="R"),
        other.production([lot("RM", "A")], run="R"),
        one.production([lot("RM", "A")], run="urn:run:1"),
        other.production([], [lot("FG", "1")], run="urn:run:1"),
        other.production([], [lot("FG", "2")], run="R"),
        one.production([], [lot("FG", "3")], run="R"),
    )
    first, second, shared = (run_of(store, seq) for seq in (1, 2, 3))

    assert len({first, second, shared}) == 3
    assert store.events_of_runs([second, shared, first], 6) == [1, 2, 3, 4, 5, 6]
    assert store.events_of_runs([first], 6) == [1, 6]
    assert store.events_of_runs([second], 6) == [2, 5]
    assert store.events_of_runs([shared], 6) == [3, 4]
    assert store.events_of_runs([first, second], 5) == [1, 2, 5]


# -- sums of events


def test_sums_of_nothing_and_of_the_unknown(plant: GraphStore):
    assert plant.sums_of_events([], 5) == plant.sums_of_events(UNKNOWN, 5) == NO_SUMS
    assert plant.sums_of_events([1, 2], 0) == NO_SUMS
    # What is neither taken nor given is not walked.
    assert plant.sums_of_events([4, 5], 5) == NO_SUMS


def test_a_run_is_told_event_by_event(plant: GraphStore):
    run, material = -run_of(plant, 1), number(plant, own("RM", "A"))
    goods = number(plant, own("FG", "L"))

    expected = {
        (1, run, IN, "RM", material, LOT, None, None, 1): 1,
        (2, run, OUT, "FG", goods, LOT, None, None, 1): 1,
    }
    assert sums(plant, [1, 2]) == sums(plant, [2, 1, 1, 99, -1, 2]) == Counter(expected)
    assert {row[0] for row in sums(plant, [1, 2, 3], 4)} == {1, 2, 3}
    assert {row[0] for row in sums(plant, [1, 2, 3], 5)} == {1, 2}
    assert {row[0] for row in sums(plant, [1, 2, 3], 2)} == {1, 2}


def test_lines_that_are_alike_are_added(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.event(
            "production",
            inputs=[
                line(lot("RM", "A"), "600"),
                line(lot("RM", "A"), "0.000001"),
                line(lot("RM", "B"), "400"),
                line(lot("RM", "B")),
            ],
            outputs=[line(lot("RM", "A"), "2"), line(lot("RM", "A"), "3")],
        ),
        desk.event("production", inputs=[line(lot("RM", "A"), "7")]),
    )
    a, b = number(store, own("RM", "A")), number(store, own("RM", "B"))

    assert sums(store, [1, 2]) == Counter(
        {
            (1, 1, IN, "RM", a, LOT, "each", 600_000_001, 2): 1,
            (1, 1, IN, "RM", b, LOT, "each", 400 * MICRO, 1): 1,
            (1, 1, IN, "RM", b, LOT, None, None, 1): 1,
            (1, 1, OUT, "RM", a, LOT, "each", 5 * MICRO, 2): 1,
            (2, 2, IN, "RM", a, LOT, "each", 7 * MICRO, 1): 1,
        }
    )


def test_units_are_kept_apart(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.event(
            "production",
            outputs=[
                line(lot("RM", "A"), "2", "kg"),
                line(lot("RM", "A"), "500", "g"),
                line(lot("RM", "A"), "1", "kg"),
                line(lot("RM", "A"), "4", "KGM"),
            ],
        ),
    )

    assert made(store, 1) == {
        (1, "RM", "kg", 3 * MICRO, 2),
        (1, "RM", "g", 500 * MICRO, 1),
        (1, "RM", "KGM", 4 * MICRO, 1),
    }


def test_package_levels_are_multiplied_out_from_their_record_on(engine: Engine):
    store, desk = engine.empty(), Desk()
    unit, case = gtin(1), gtin(2)
    put(
        store,
        desk.event("production", outputs=[line(lot(case, "A"), "2"), line(lot(unit, "A"), "5")]),
        desk.product("P", package(unit), package(case, 12)),
    )

    assert made(store, 1, known=1) == {
        (1, case, "each", 2 * MICRO, 1),
        (1, unit, "each", 5 * MICRO, 1),
    }
    assert made(store, 1, known=2) == {(1, "P", "each", 29 * MICRO, 2)}
    (row,) = sums(store, [1])
    assert store.items([row[4]], 2)[row[4]].key == f"https://id.gs1.org/01/{unit}/10/A"


def test_serials_are_told_under_the_lot_that_is_named_beside_them(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.production(
            [serial("FG", "9")],
            [
                lot("FG", "L"),
                serial("FG", "1", of="L"),
                serial("FG", "2", of="L"),
                serial("FG", "3", of="M"),
                serial("FG", "4"),
            ],
        ),
        desk.production([serial("FG", "1"), serial("FG", "2", of="L")], []),
    )
    of, other = number(store, own("FG", "L")), number(store, own("FG", "M"))

    assert sums(store, [1, 2]) == Counter(
        {
            (1, 1, IN, "FG", 0, SERIAL, "each", MICRO, 1): 1,
            (1, 1, OUT, "FG", of, LOT, None, None, 1): 1,
            (1, 1, OUT, "FG", of, SERIAL, "each", 2 * MICRO, 2): 1,
            (1, 1, OUT, "FG", other, SERIAL, "each", MICRO, 1): 1,
            (1, 1, OUT, "FG", 0, SERIAL, "each", MICRO, 1): 1,
            (2, 2, IN, "FG", 0, SERIAL, "each", MICRO, 1): 1,
            (2, 2, IN, "FG", of, SERIAL, "each", MICRO, 1): 1,
        }
    )


def test_contents_count_as_lines_of_their_own(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.production([container()], occurred_at=at(20)),
        desk.pack(container(), items=[line(lot("RM", "A"), "5")], occurred_at=at(10)),
    )

    (row,) = sums(store, [1], 1)
    assert row[3:] == (None, 0, int(Kind.CONTAINER), None, None, 1)
    told = {row[3:] for row in sums(store, [1], 2)}
    a = number(store, own("RM", "A"))
    assert ("RM", a, LOT, "each", 5 * MICRO, 1) in told
    assert sum(row[8] for row in sums(store, [1], 2)) == 2


def test_a_process_without_inputs_and_outputs_takes_and_gives_nothing(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(store, desk.process(lot("FG", "L")), desk.pack(container(), lot("FG", "L")))

    assert store.sums_of_events([1, 2], 2) == NO_SUMS


def test_more_than_one_statement_can_carry(engine: Engine):
    """Neo4j is asked in chunks: the seams must neither lose nor repeat."""
    store, desk = engine.empty(), Desk()
    count = 2500
    store.append(
        drafts(
            desk.production([lot("RM", str(n % 7))], [lot("FG", str(n))], run=f"R{n % 3}")
            for n in range(count)
        )
    )
    every = range(-5, count + 50)

    assert event_rows(store, every, count).keys() == set(range(1, count + 1))
    assert sum(sums(store, every).values()) == 2 * count
    runs = {-hub for hub in store.events(every, count).hub}
    assert len(runs) == 3
    assert store.events_of_runs(runs, count) == list(range(1, count + 1))


def naive_sums(store: GraphStore, seqs: Collection[int], known: int) -> Counter[tuple[Any, ...]]:
    """The same from the rows of the projection, one by one."""
    items = {row[0]: row for row in store.rows("item", known) if row[-1] == STANDS}
    standing = {row[0] for row in store.rows("event", known) if row[-1] == STANDS}
    found: defaultdict[tuple[Any, ...], list[int | None]] = defaultdict(list)
    for seq, _, _, flow, no, hub, _, named, _, _, quantity, unit, _, void in store.rows(
        "line", known
    ):
        if void == STANDS and flow and seq in standing and seq in seqs:
            _, _, kind, product, *_ = items[no]
            of = no if kind == LOT else named
            found[seq, hub, flow, product, of, kind, unit].append(quantity)
    return Counter(
        (*key, None if None in amounts else sum(a or 0 for a in amounts), len(amounts))
        for key, amounts in found.items()
    )


@pytest.mark.parametrize("seed", range(6))
def test_answers_are_what_the_rows_say(engine: Engine, seed: int):
    """Every method against the rows of the projection, at ends of batches."""
    rng = Random(f"sums {seed}")
    store = engine.empty()
    ends = append_all(store, splits(random_history(rng, 50), rng))
    for known in {*rng.sample(ends, min(4, len(ends))), ends[-1]}:
        rows = {row[0]: row for row in store.rows("event", known) if row[-1] == STANDS}
        wanted = {seq for seq in range(ends[-1] + 3) if rng.random() < 0.6}
        assert sums(store, wanted, known) == naive_sums(store, wanted, known)
        found = event_rows(store, wanted, known)
        assert found.keys() == wanted & rows.keys()
        for seq, row in found.items():
            _, begin, begin_rest, end, end_rest, hub, _, _ = rows[seq]
            assert row[4:] == (Instant(begin, begin_rest), Instant(end, end_rest), hub)
        runs = {row[0] for row in store.rows("run", known)}
        some = {run for run in runs if rng.random() < 0.7}
        members = sorted(seq for seq, row in rows.items() if -row[5] in some)
        assert store.events_of_runs([*some, *some, 0, -1], known) == members
