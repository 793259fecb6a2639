"""A store knows which version of the projection made its rows, and an older one is refused."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from tests.builders import Desk, at, container, drafts, gtin, line, lot, package, serial
from tests.contract.engines import Engine
from tests.property.laws import all_rows
from tracegraph.library import connect
from tracegraph.proof.rebuilding import copy, rebuild
from tracegraph.store.port import (
    Document,
    GraphStore,
    ProjectionOutdated,
    StoreOutdated,
    VersionConflict,
)
from tracegraph.store.projected import ID, KIND, VERSION, made_by, require, settle

# The rows of `told` below, by the version that makes them. Where these differ and the change is
# meant, raise VERSION: stores of before must be rebuilt.
ROWS = {4: "27ebd951a02fad9c916b1946f90f58d84a09120621830b78b023b8a2d1405e38"}


def told(store: GraphStore) -> None:
    """What a projection makes something of: late records, containers, relabelled serials, voids."""
    desk, unit = Desk("mes"), gtin(1)
    came = {"epcis": {"type": "ObjectEvent", "epcList": ["urn:epc:id:sgtin:4012345.011111.9"]}}
    wrong = desk.receipt(lot("RM", "B"), occurred_at=at(1), attributes=came)
    scanned = {"item": {"scan": "+X999123ABC0/$AE"}, "supplier_lot": "NV-88213"}
    relabel = {
        "inputs": [line(serial("FG", "1"))],
        "outputs": [line(serial("FG", "1", of="M"))],
    }
    for event in (
        desk.receipt(lot("RM", "A"), lot("P", "2"), place="DOCK", occurred_at=at(1)),
        desk.production(
            [lot("RM", "A")], [serial("FG", "1", of="L"), lot(unit, "2")], occurred_at=at(2)
        ),
        desk.pack(container(), serial("FG", "1"), occurred_at=at(3)),
        desk.shipment(container(), lot("NEW", "1"), documents=["DN-1"], occurred_at=at(5)),
        desk.event("relabel", **relabel, occurred_at=at(4)),
        desk.product("P", package(unit), occurred_at=at(0)),
        desk.event("production", inputs=[{"item": {"product": "RM"}}],
                   outputs=[line(lot("SET", "1"), "2")], occurred_at=at(6)),
        desk.receipt(items=[scanned], occurred_at=at(6)),
        wrong,
        desk.void(wrong, occurred_at=at(7)),
    ):  # fmt: skip
        store.append(drafts([event]))


def older(store: GraphStore, version: int | None) -> None:
    """Let a store say that another version made its rows; None: nothing at all."""
    store.delete_document(KIND, ID)
    if version is not None:
        store.put_document(Document(KIND, ID, 0, {"version": version}))


def test_a_new_store_is_of_this_version(engine: Engine):
    store = engine.empty()
    assert made_by(store) == store.health().projection == VERSION
    told(store)
    assert engine.again().health().projection == VERSION
    connect(engine.dsn).close()
    connect(engine.dsn, migrate=False).close()


@pytest.mark.parametrize("said", [None, 0])
def test_a_store_of_an_older_projection_is_refused_until_it_is_rebuilt(
    engine: Engine, said: int | None
):
    store = engine.empty()
    told(store)
    before = all_rows(store)
    older(store, said)

    assert store.migrate() == []  # which does not make the rows anew
    for migrate in (True, False):
        with pytest.raises(ProjectionOutdated, match="tracegraph rebuild"):
            connect(engine.dsn, migrate=migrate)
    with pytest.raises(ProjectionOutdated):
        engine.again().health()
    with connect(engine.dsn, outdated=True) as graph:
        assert graph.rebuild() == 0
    assert require(store) == engine.again().health().projection == VERSION
    assert all_rows(store) == before
    connect(engine.dsn).close()


def test_a_store_of_a_newer_projection_is_refused(engine: Engine):
    """Not even rebuilding opens it: that would take it back."""
    store = engine.empty()
    told(store)
    older(store, VERSION + 1)
    for migrate, outdated in ((True, False), (False, False), (True, True)):
        with pytest.raises(StoreOutdated, match="newer"):
            connect(engine.dsn, migrate=migrate, outdated=outdated)


def test_a_store_without_events_needs_no_rebuild(engine: Engine):
    store = engine.empty()
    older(store, None)
    connect(engine.dsn).close()
    assert made_by(store) == VERSION


def test_an_older_store_is_copied_by_its_journal(engine: Engine):
    store, target = engine.empty(), engine.aside()
    told(store)
    older(store, None)
    with connect(engine.dsn, migrate=False, outdated=True) as graph:
        assert copy(graph.store, target) == 10
    assert made_by(target) == VERSION


def test_of_two_who_mark_a_store_both_are_content(engine: Engine, monkeypatch):
    store = engine.empty()
    older(store, None)
    monkeypatch.setattr(store, "document", lambda kind, id: None)
    other = engine.again()
    settle(other)
    monkeypatch.undo()
    assert made_by(store) == VERSION

    def late(document: Document) -> Document:
        raise VersionConflict("somebody came first")

    older(store, 0)
    monkeypatch.setattr(store, "put_document", late)
    with pytest.raises(ProjectionOutdated):  # whoever it was did not say what this one would
        settle(store)


def test_rows_change_with_the_version_alone(engine: Engine):
    store = engine.empty()
    told(store)
    assert rebuild(store) == 0
    rows = orjson.dumps(all_rows(store))
    assert hashlib.sha256(rows).hexdigest() == ROWS[VERSION]
