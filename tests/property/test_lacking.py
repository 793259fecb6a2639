"""Unproven items are the same whether clean makings are kept or everything is looked at."""

from __future__ import annotations

import os
from contextlib import suppress
from random import Random

from tests.builders import Desk, Wire
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import TracegraphError
from tracegraph.recall.lacking import unclear
from tracegraph.recall.making import heads, lacks, makings
from tracegraph.recall.query import ScopeSeed

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
HISTORIES = 100 if PROVE else 2  # each asks after every batch
DESK = Desk("master")


def history(rng: Random, count: int) -> list[Wire]:
    """A random history in which P is made of Q, by every record of it."""
    bill = [{"product": "Q", "quantity": rng.choice(("1", "0.001")), "unit": "each"}]
    events = [
        {**event, "bill_of_materials": bill}
        if event["type"] == "product" and event["number"] == "P"
        else event
        for event in random_history(rng, count)
    ]
    record = DESK.product("P", bill_of_materials=bill, occurred_at="2020-01-01T00:00:00Z")
    return [record, *events]


def lacking(graph: Tracegraph, known: int) -> set[int]:
    """Events of makings that lack something, looked at one by one."""
    store, master = graph.store, graph._masters.at(known)
    seqs = range(1, known + 1)
    found = makings(store, seqs, heads(store, seqs, known, None), known)
    return {seq for m in found.values() if any(lacks(m, master)) for seq in m.seqs}


def test_what_is_kept_as_clean_lacks_nothing(engine: Engine) -> None:
    """Whatever is recorded later: voids, runs that go on, boxes that are packed late."""
    clean = lacks_some = 0
    for number in range(HISTORIES):
        rng = Random(f"lacking {number}")
        store = engine.empty()
        graph = Tracegraph(store)
        for batch in splits(history(rng, 60), rng):
            append_all(store, [batch])
            known = store.published().seq
            every, master = range(1, known + 1), graph._masters.at(known)
            unclear(store, every, master, known)
            asked = unclear(store, every, master, known)
            bad = lacking(graph, known)
            assert bad <= asked
            clean += len(set(every) - asked)
            lacks_some += len(bad)
    assert clean > HISTORIES
    assert lacks_some > HISTORIES


def test_scopes_are_the_same_with_and_without(engine: Engine) -> None:
    unproven = 0
    for number in range(HISTORIES):
        rng = Random(f"unproven {number}")
        store = engine.empty()
        graph = Tracegraph(store)
        for batch in splits(history(rng, 40), rng):
            append_all(store, [batch])
            seed = ScopeSeed("product", "Q")
            with suppress(TracegraphError):  # none of it was met yet
                kept = graph.scope([seed])
                assert Tracegraph(store).scope([seed]) == kept
                unproven += len(kept.unproven)
    assert unproven or HISTORIES < 3
