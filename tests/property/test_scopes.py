"""Scopes of random histories: the same on every engine, and repeatable at their cuts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random

from tests.builders import Wire
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import TracegraphError
from tracegraph.recall.answer import Scope
from tracegraph.recall.query import ScopeSeed
from tracegraph.store.port import GraphStore, Search
from tracegraph.store.sqlite import SqliteStore

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
HISTORIES, SCOPES = (60, 20) if PROVE else (5, 20)
_FIELDS = {"supplier": "party", "place": "place", "order": "order"}


def random_seed(rng: Random, store: GraphStore, events: Sequence[Wire]) -> ScopeSeed:
    """A seed of some kind that may or may not name something."""
    kind = rng.choice(("item", "item", "item", "event", "supplier", "place", "order", "product"))
    if kind == "item":
        rows = store.search(Search(), known=store.published().seq, after=0, limit=100)
        return ScopeSeed("item", rng.choice(rows).key)
    if kind == "event":
        event = rng.choice(events)
        return ScopeSeed("event", f"{event['source']}/{event['id']}")
    if kind == "product":
        return ScopeSeed("product", rng.choice(("P", "Q")))
    named = [event[_FIELDS[kind]] for event in events if event.get(_FIELDS[kind])]
    return ScopeSeed(kind, rng.choice(named or ["nobody"]))  # type: ignore[arg-type]  # one of these


def random_scope(graph: Tracegraph, rng: Random, events: Sequence[Wire], ends: list[int]) -> Scope:
    """A scope of one or two seeds at some cut; what names nothing is asked again."""
    for _ in range(200):
        seeds = [random_seed(rng, graph.store, events) for _ in range(rng.choice((1, 1, 2)))]
        as_of = rng.choice((None, None, rng.choice(events)["occurred_at"]))
        tolerance = rng.choice(("0", "0", "60"))
        try:
            return graph.scope(
                seeds, known_at=rng.choice(ends), as_of=as_of, clock_tolerance=tolerance
            )
        except TracegraphError:
            continue
    raise AssertionError("no seed of this history names anything")


def test_the_same_hash_on_every_engine(engine: Engine) -> None:
    """A hundred scopes and more, at random cuts, are byte for byte those of the embedded engine."""
    compared = items = 0
    for number in range(HISTORIES):
        rng = Random(f"scopes {number}")
        events = random_history(rng, 40)
        batches = splits(events, rng)
        embedded = SqliteStore(":memory:")
        embedded.migrate()
        ends = append_all(embedded, batches)
        other = engine.empty()
        append_all(other, batches)
        for _ in range(SCOPES):
            state = rng.getstate()
            mine = random_scope(Tracegraph(embedded), rng, events, ends)
            rng.setstate(state)
            theirs = random_scope(Tracegraph(other), rng, events, ends)
            assert theirs == mine
            assert theirs.hash == mine.hash
            compared += 1
            items += len(mine.items)
        embedded.close()
    assert compared >= 100
    assert items > compared / 2  # most scopes say something


def test_a_stored_scope_is_computed_again_with_the_same_hash(engine: Engine) -> None:
    """Whatever was recorded since, at its cuts a query has the answer that was stored."""
    rng = Random("again")
    events = random_history(rng, 60)
    batches = splits(events, rng)
    half = len(batches) // 2
    store = engine.empty()
    graph = Tracegraph(store)
    ends = append_all(store, batches[:half])
    scopes = [random_scope(graph, rng, events[: ends[-1]], ends) for _ in range(10)]
    stored = [graph.save_scope(scope) for scope in scopes]
    append_all(store, batches[half:])
    for scope, snapshot in zip(scopes, stored, strict=True):
        assert graph.recompute(snapshot.id).hash == scope.hash == snapshot.hash
        assert graph.snapshot_content(snapshot.id)["hash"] == scope.hash
