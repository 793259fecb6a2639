"""Rebuilding, verifying and copying: the projection is what the journal says, anywhere."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest

from tests.builders import Desk, container, drafts, gtin, lot, package, serial
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import all_rows, answers, append_all
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.proof.rebuilding import copy, rebuild, replay
from tracegraph.proof.verifying import verify
from tracegraph.store.port import TABLES, GraphStore, StoreError


def fill(store: GraphStore) -> None:
    """A little of everything that a projection holds."""
    desk, unit = Desk(), gtin(1)
    came = {"epcis": {"type": "ObjectEvent", "action": "ADD", "eventTime": "2026-03-01T00:00:00Z"}}
    wrong = desk.receipt(lot("RM", "B"), attributes=came)
    events = [
        desk.receipt(lot("RM", "A"), lot("P", "2"), place="DOCK"),
        desk.production([lot("RM", "A")], [serial("FG", "1", of="L"), lot(unit, "2")], run="R"),
        desk.pack(container(), serial("FG", "1")),
        desk.production([lot("FG", "L"), container()], [lot("SET", "1")]),
        desk.shipment(container(), lot("NEW", "1"), documents=["DN-1"]),
        desk.product("P", package(unit)),
        wrong,
        desk.void(wrong),
    ]
    for event in events:
        store.append(drafts([event]))


class Spoil(NamedTuple):
    """A change behind the store's back, on each engine.

    `seen`: `verify` tells, as it compares with the oracle; the rest is told only by a rebuild.
    """

    seen: bool
    sqlite: str
    neo4j: str


SPOILS = {
    "line quantity": Spoil(
        True,
        "UPDATE line SET quantity = 77 WHERE seq = 3 AND role <> 'container'",
        "MATCH ()-[r:CONCERNS {seq: 3, role: 'item'}]-() SET r.quantity = 77",
    ),
    "lines lost": Spoil(
        True,
        "DELETE FROM line WHERE seq = 4",
        "MATCH ()-[r:INPUT|OUTPUT|CONCERNS {seq: 4}]-() DELETE r",
    ),
    "line doubled": Spoil(
        True,
        "INSERT INTO line SELECT seq, 'inputs/9', item, via, rec, void, role, flow, hub, "
        "at, lot, pooled, quantity, unit FROM line WHERE seq = 4 AND flow = 1 AND void > "
        "1000 LIMIT 1",
        "MATCH (i)-[r:INPUT {seq: 4}]->(e) WHERE r.void > 1000 WITH i, r, e LIMIT 1 "
        "CREATE (i)-[n:INPUT]->(e) SET n = properties(r), n.pos = 'inputs/9'",
    ),
    "line voided": Spoil(
        True,
        "UPDATE line SET void = 5 WHERE seq = 4",
        "MATCH ()-[r:INPUT {seq: 4}]->() SET r.void = 5",
    ),
    "item key": Spoil(
        True,
        "UPDATE item SET key = 'urn:wrong' WHERE no = 1 AND void > 1000",
        "MATCH (i:Item {node: 4}) SET i.key = 'urn:wrong'",
    ),
    "member lost": Spoil(
        True,
        "DELETE FROM comprises",
        "MATCH ()-[r:COMPRISES]->() DELETE r",
    ),
    "anomaly lost": Spoil(
        False,
        "DELETE FROM anomaly",
        "MATCH (a:Anomaly) DETACH DELETE a",
    ),
    "anomaly invented": Spoil(
        False,
        "INSERT INTO anomaly (seq, item, code, pointer, detail, rec, void) VALUES (1, 0, "
        "'x', '', '', 1, 34359738367)",
        "MATCH (e:Event {seq: 1}) CREATE (:Anomaly {no: 999, seq: 1, item: 0, code: 'x', "
        "pointer: '', detail: '', rec: 1, void: 34359738367})-[:ABOUT]->(e)",
    ),
    "state": Spoil(
        False,
        "UPDATE state SET inflows = 9",
        "MATCH (i:Item) SET i.inflows = 9",
    ),
    "name": Spoil(
        False,
        "UPDATE spoken SET item = 1 WHERE home = 6",
        "MATCH (n:Name {home: 6}) SET n.item = 1",
    ),
    "mention lost": Spoil(
        False,
        "DELETE FROM mention WHERE seq = 1",
        "MATCH (:Event {seq: 1})-[r:WITH|AT]->() DELETE r",
    ),
    "posting lost": Spoil(
        False,
        "DELETE FROM posting WHERE field = 'action'",
        "MATCH (p:Posting {field: 'action'}) DELETE p",
    ),
    "posting moved": Spoil(
        False,
        "UPDATE posting SET offsets = x'0200' WHERE field = 'day'",
        "MATCH (p:Posting {field: 'day'}) SET p.offsets = [2]",
    ),
    "posting twice": Spoil(
        False,
        "UPDATE posting SET offsets = CAST(offsets || offsets AS BLOB) WHERE field = 'type'",
        "MATCH (p:Posting {field: 'type'}) SET p.offsets = p.offsets + p.offsets",
    ),
    "event time": Spoil(
        False,
        "UPDATE event SET at = 5, start = 5 WHERE seq = 4",
        "MATCH (e:Event {seq: 4}) SET e.at = 5, e.start = 5",
    ),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_rebuild_mends_what_was_spoiled(engine: Engine, spoil: str):
    store = engine.empty()
    fill(store)
    before = all_rows(store)
    change = SPOILS[spoil]
    engine.run(getattr(change, engine.name))

    assert all_rows(store) != before, "nothing was spoiled"
    if change.seen:
        assert not verify(store, sample=20).ok
    assert rebuild(store) > 0
    assert all_rows(store) == before
    assert verify(store, sample=10).ok


def test_the_last_check_is_there_for_everyone(engine: Engine) -> None:
    graph = Tracegraph(engine.empty())
    fill(graph.store)
    assert graph.last_check() is None
    first = graph.verify(sample=3)
    again = graph.verify(sample=2)

    check = Tracegraph(engine.again()).last_check()

    assert check is not None
    assert (check.known_at, check.closures, check.differences) == (again.known_at, 2, 0)
    assert first.closures == 3, "the first one is no longer the last"


def test_a_rebuild_of_what_is_right_changes_nothing(engine: Engine):
    store = engine.empty()
    fill(store)
    before = all_rows(store)

    assert rebuild(store) == 0
    assert all_rows(store) == before
    assert {table for table, rows in before.items() if rows} == set(TABLES)


def test_rows_at_a_cut_are_those_of_then(engine: Engine):
    store, desk = engine.empty(), Desk()
    make = desk.production([lot("A", "1")], [lot("B", "1")])
    store.append(drafts([make]))
    then = {
        table: list(store.rows(table, 1))
        for table in ("event", "item", "line", "anomaly", "mention")
    }
    store.append(drafts([desk.void(make), desk.receipt(lot("A", "1"))]))

    assert {table: list(store.rows(table, 1)) for table in then} == then


def test_a_rebuild_from_less_is_not_done(engine: Engine):
    store, less = engine.empty(), engine.aside()
    fill(store)
    before = all_rows(store)

    assert store.rebuild(less) is None
    assert all_rows(store) == before


@pytest.mark.parametrize("way", ["into", "out of"])
def test_a_copy_keeps_seqs_times_and_rows(engine: Engine, way: str):
    """Between this engine and the embedded one, both ways."""
    store, aside = engine.empty(), engine.aside()
    source, target = (aside, store) if way == "into" else (store, aside)
    events = random_history(Random(5), 25)
    append_all(source, splits(events, Random(6)))

    assert copy(source, target) == len(events)

    known = source.published().seq
    assert target.published() == source.published()
    assert target.journal(0, 1000, known) == source.journal(0, 1000, known)
    assert all_rows(target) == all_rows(source)
    assert answers(Tracegraph(target), known) == answers(Tracegraph(source), known)


def test_a_copy_wants_an_empty_store(engine: Engine):
    store, aside = engine.empty(), engine.aside()
    fill(store)
    fill(aside)
    with pytest.raises(Refused):
        copy(aside, store)


def test_two_histories_cannot_be_one(engine: Engine):
    store, aside, desk = engine.empty(), engine.aside(), Desk()
    store.append(drafts([desk.receipt()]))
    aside.append(drafts([desk.receipt()]))
    aside.append(drafts([Desk().receipt()]))  # what the store has at seq 1, at seq 2

    with pytest.raises(StoreError):
        replay(aside, store)
