"""The extent of a query: never less than its scope, the same on every engine, counted by groups."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

import tracegraph
from tests.builders import gtin, line, lot, serial
from tests.contract.engines import Engine
from tests.contract.posted import boxes, event, graph_of, packed, received, shipped
from tests.property.histories import random_history
from tests.property.laws import append_all
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import AffectedItem
from tracegraph.recall.asking import read_query
from tracegraph.recall.extent import Extent, Group
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.store.port import Search
from tracegraph.trace.answer import UnknownItem

RM, FG = lot("RM", "R"), lot("FG", "F")
GTIN = gtin(9)


def test_items_are_counted_by_kind_and_product(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received(items=[line(RM, "9")]),
        event("production", items=None, inputs=[line(RM, "9")], outputs=[
            line(FG, "5"), *(line(serial("FG", f"S{n}"), "1") for n in range(3)),
            line(serial(GTIN, "S0"), "1"), line({"key": "https://example.com/a:b/c"}, "1")]),
        packed([line(FG, "5")]),
        shipped(items=boxes(1)),
    )  # fmt: skip
    seed = graph.item("R").key

    assert graph.extent(read_query(seed)) == Extent(
        4,
        7,
        (
            Group("serial", "FG", 3), Group("", "", 1), Group("lot", "FG", 1),
            Group("lot", "RM", 1), Group("serial", GTIN, 1),
        ),
    )  # fmt: skip
    assert graph.extent(read_query(seed), known_at=1) == Extent(1, 1, (Group("lot", "RM", 1),))
    assert graph.extent(read_query(seed, budget=6)) is None
    with pytest.raises(ScopeTooLarge):
        graph.scope(seed, budget=6)
    with pytest.raises(UnknownItem):
        graph.extent(read_query("NOPE"))


@pytest.mark.parametrize("number", range(4))
def test_a_scope_holds_nothing_beyond_it(engine: Engine, number: int) -> None:
    rng = Random(f"extents {number}")
    events = random_history(rng, 40)
    graph = Tracegraph(engine.empty())
    ends = append_all(graph.store, [events])
    rows = graph.store.search(Search(), known=ends[-1], after=0, limit=100)
    with tracegraph.connect("sqlite:///:memory:") as embedded:
        append_all(embedded.store, [events])
        for row in rng.sample(rows, 6):
            as_of = rng.choice((None, rng.choice(events)["occurred_at"]))
            query = read_query(row.key)

            found = graph.extent(query, as_of=as_of)

            assert found == embedded.extent(query, as_of=as_of)
            assert found is not None
            assert found.items == sum(group.items for group in found.groups)
            within = Counter(group_of(item) for item in graph.ask(query, as_of=as_of).items)
            assert not within - Counter({(g.kind, g.product): g.items for g in found.groups})


def group_of(item: AffectedItem) -> tuple[str, str]:
    """Keys of other forms than ours tell nothing of kind and product."""
    ours = item.key.startswith(("urn:tracegraph:", "https://id.gs1.org/"))
    return (item.kind, item.product or "") if ours else ("", "")
