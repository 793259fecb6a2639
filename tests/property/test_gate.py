"""The gate's verdicts on open cases: the same however they are come by, and those of the scope."""

from __future__ import annotations

import os
from random import Random

import orjson

from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tests.property.test_scopes import random_scope
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Scope
from tracegraph.recall.ledger import standing
from tracegraph.recall.tally import by_sums, own_records, whole_history
from tracegraph.store.port import Search
from tracegraph.store.sqlite import SqliteStore

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
ASKED_EVERY = {"sqlite": 1, "neo4j": 1 if PROVE else 3}  # batches
HISTORIES = {"sqlite": (2, 60), "neo4j": (1, 20)}
AT = "2026-03-02T06:00:00Z"

Said = dict[str, set[tuple[str, str | None]]]
WORDS = {"scope_certain": "affected", "scope_possible": "affected", "scope_unproven": "unproven"}


def said(graph: Tracegraph) -> Said:
    """Which items the gate refuses for which open case, and whether as affected or as unproven.

    How sure it is may differ: backward it knows no more than what is upstream.
    """
    known = graph.store.published().seq
    rows = graph.store.search(Search(), known=known, after=0, limit=500)
    found: Said = {}
    for row in rows:
        verdict = graph.gate([row.key], purpose="ship", at=AT)
        found[row.key] = {
            (WORDS[refusal.rule], refusal.scope)
            for refusal in verdict.refusals
            if refusal.rule in WORDS
        }
    return found


def affected_items(scope: Scope) -> set[str]:
    return {item.key for item in scope.items if item.kind != "container"}


def test_what_is_kept_of_cases_says_what_reasoning_says(engine: Engine) -> None:
    """Cases are opened and kept at one cut; whatever is recorded later, both ways agree.

    And with the scope itself, which reasons forward where the gate reasons backward.
    """
    asked = affected = 0
    for number in range(HISTORIES[engine.name][PROVE]):
        rng = Random(f"gate {number}")
        events = random_history(rng, 40)
        batches = splits(events, rng)
        half = len(batches) // 2
        store = engine.empty()
        ends = append_all(store, batches[:half])
        graph = Tracegraph(store)
        cases = {
            graph.save_scope(random_scope(graph, rng, events[: ends[-1]], ends)).id
            for _ in range(2)
        }
        assert graph.keep_cases()
        kept: Said = {}
        for left, batch in zip(reversed(range(len(batches) - half)), batches[half:], strict=True):
            append_all(store, [batch])
            if left % ASKED_EVERY[engine.name]:
                continue
            kept, anew = said(graph), said(Tracegraph(store))
            assert kept == anew
            asked += len(kept)
        for case in cases:
            scope = graph.ask(graph.snapshot(case).query)
            for key in affected_items(scope) & kept.keys():
                assert ("affected", case) in kept[key], key
                affected += 1
        again = Tracegraph(store)
        assert again.keep_cases()
        assert said(again) == kept
    assert asked * ASKED_EVERY[engine.name] > 100
    assert affected > HISTORIES[engine.name][PROVE]


def test_sums_say_what_the_whole_history_says(engine: Engine) -> None:
    """The gate adds up what serials of a lot went where; the ledger reads each of their lines."""
    summed = 0
    for number in range(HISTORIES[engine.name][PROVE]):
        rng = Random(f"tally {number}")
        store = engine.empty()
        graph = Tracegraph(store)
        for batch in splits(random_history(rng, 60), rng):
            append_all(store, [batch])
        known = store.published().seq
        sent = store.bodies(range(1, known + 1))
        every = {seq: orjson.loads(body) for seq, body in sent.items()}
        for row in store.search(Search(), known=known, after=0, limit=500):
            master = graph._masters.at(known)
            own = own_records(store, [row], master, known, {})[row.no]
            # And from what was sent of every event, read before, all is the same.
            again = own_records(store, [row], master, known, dict(every))[row.no]
            assert again.material == own.material
            assert again.journal.postings == own.journal.postings
            assert again.journal.flags == own.journal.flags
            sums = by_sums(store, own)
            if sums is not None:
                whole = standing(row.no, whole_history(store, own)).accounts
                # Whether a serial's unit was made or received stands with its lot.
                assert {a: q for a, q in sums.items() if q and not a.origin} == {
                    a: held.quantity for a, held in whole.items() if not a.origin
                }
                summed += bool(own.counts.seq)
    assert summed >= HISTORIES[engine.name][PROVE]


def test_nothing_is_kept_where_no_case_is_open() -> None:
    store = SqliteStore(":memory:")
    store.migrate()
    with Tracegraph(store) as graph:
        assert not graph.keep_cases()
