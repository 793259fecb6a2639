"""What came of an item is what became of it: flows against positions, balances and the oracle.

The default run is the same each time; TRACEGRAPH_PROVE=1 searches at random, long.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from random import Random

import pytest

from tests.builders import Wire
from tests.contract.engines import Engine, long_on_neo4j
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tests.property.test_ledger import SIDES, random_ledger
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Balance
from tracegraph.recall.streams import ItemFlow, Measure, Stream
from tracegraph.store.port import Search

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
ROUNDS = {"sqlite": (14, 400), "neo4j": (1, 20)}
MAKERS = (random_ledger, random_history)

Account = tuple[str, str | None, str, str]  # kind, holder, state, unit


def total(streams: Iterable[Stream]) -> Decimal:
    return sum((Decimal(stream.quantity) for stream in streams), Decimal(0))


def by_kind(streams: Iterable[Stream]) -> dict[str, Decimal]:
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for stream in streams:
        found[stream.kind] += Decimal(stream.quantity)
    return found


def assert_even(measure: Measure) -> None:
    """Both sides come to the total, and no stream is nothing or less."""
    assert total(measure.sources) == total(measure.ends) == Decimal(measure.total), measure
    for stream in (*measure.sources, *measure.ends):
        assert Decimal(stream.quantity) > 0, stream
        assert stream.events, stream
    alike = Counter((s.kind, s.holder, s.state, s.items, s.events) for s in measure.ends)
    assert max(alike.values(), default=1) == 1, "a stream is told once"


def assert_balanced(measure: Measure, balance: Balance) -> None:
    """Each term is the sum of its streams; what was found counts against what was written off."""
    sources, ends = by_kind(measure.sources), by_kind(measure.ends)
    for name in SIDES[0]:
        assert sources[name] == Decimal(getattr(balance, name)), (name, measure, balance)
    for name in SIDES[1]:
        found = sources["adjusted"] if name == "adjusted" else 0
        assert ends[name] - found == Decimal(getattr(balance, name)), (name, measure, balance)


def accounts(flow: ItemFlow) -> dict[Account, Decimal]:
    """What the streams say stands in each account; origins are none."""
    found: defaultdict[Account, Decimal] = defaultdict(Decimal)
    for measure in flow.measures:
        signed = [*((s, -1) for s in measure.sources), *((s, 1) for s in measure.ends)]
        for stream, sign in signed:
            if stream.kind not in {"made", "received"}:
                account = stream.holder_kind, stream.holder, stream.state, measure.unit
                found[account] += sign * Decimal(stream.quantity)
    return dict(found)


def compared(graph: Tracegraph, as_of: str | None, known: int, days: int) -> Counter[str]:
    """Every item's flow at a cut against its positions and its balance; the kinds that occurred."""
    kinds: Counter[str] = Counter()
    for row in graph.store.search(Search(), known=known, after=0, limit=1000):
        flow = graph.flow(row.key, as_of=as_of, known_at=known, transit_days=days)
        positions = graph.positions(row.key, as_of=as_of, known_at=known).positions
        where = {(p.holder_kind, p.holder, p.state, p.unit): Decimal(p.quantity) for p in positions}
        assert accounts(flow) == where, row.key
        scope = graph.scope(row.key, as_of=as_of, known_at=known, transit_days=days)
        balances = {b.unit: b for b in scope.balances if b.item == row.key}
        for measure in flow.measures:
            assert_even(measure)
            if balances:  # none where nothing of it had happened yet
                assert_balanced(measure, balances.pop(measure.unit))
                kinds["balanced"] += 1
            kinds.update(f"from {stream.kind}" for stream in measure.sources)
            kinds.update(f"to {stream.kind}" for stream in measure.ends)
        assert all(b.made == b.received == b.overdrawn == "0" for b in balances.values()), row.key
        kinds["aside"] += len(flow.measures) > 1
    return kinds


def cuts_of(events: list[Wire], ends: list[int], rng: Random) -> list[tuple[str | None, int]]:
    times = sorted({event["occurred_at"] for event in events})
    return [(None, ends[-1]), (rng.choice(times), rng.choice(ends))]


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
def test_both_sides_are_the_balance_at_every_cut(engine: Engine) -> None:
    long_on_neo4j(engine)
    kinds: Counter[str] = Counter()
    rng = Random() if PROVE else Random("flows")
    for n in range(ROUNDS[engine.name][PROVE]):
        seed = rng.randrange(2**32)
        try:
            events = MAKERS[n % 2](Random(seed), 40)
            graph = Tracegraph(engine.empty())
            ends = append_all(graph.store, splits(events, Random(seed)))
            for as_of, known in cuts_of(events, ends, Random(seed)):
                kinds += compared(graph, as_of, known, rng.choice((0, 30, 36_500)))
        except Exception as error:
            error.add_note(f"{MAKERS[n % 2].__name__}(Random({seed}), 40) on {engine.name}")
            raise
    wanted = {
        "balanced", "aside", "from made", "from received", "from overdrawn", "from adjusted",
        "to on_hand", "to in_transit", "to at_customers", "to consumed", "to destroyed", "to used",
        "to returned_to_supplier", "to adjusted", "to unaccounted",
    }  # fmt: skip
    assert engine.name == "neo4j" or min(kinds[name] for name in wanted) >= 3, kinds
