"""Reading the journal back, and the documents beside it."""

from __future__ import annotations

import orjson
import pytest

from tests.builders import Desk, drafts, line, lot
from tests.contract.engines import Engine
from tracegraph.capture.drafting import draft
from tracegraph.store.port import Document, VersionConflict


@pytest.fixture
def filled(engine: Engine):
    """Seven events in batches of 3, 1 and 3; the fifth voids the second."""
    store, desk = engine.empty(), Desk()
    events = [desk.receipt() for _ in range(4)]
    events += [desk.void(events[1]), desk.receipt(), desk.receipt()]
    for low, high in ((0, 3), (3, 4), (4, 7)):
        store.append(drafts(events[low:high]))
    return store, events


def test_pages_follow_one_another(filled):
    store, _ = filled

    pages, after = [], 0
    while page := store.journal(after, 3, 7):
        pages.append([entry.seq for entry in page])
        after = page[-1].seq

    assert pages == [[1, 2, 3], [4, 5, 6], [7]]
    assert [entry.seq for entry in store.journal(2, 100, 4)] == [3, 4]
    assert store.journal(7, 10, 7) == store.journal(0, 0, 7) == []


def test_entries_hold_what_was_sent(engine: Engine):
    store = engine.empty()
    sent = Desk().receipt(items=[line(lot("RM-1", "Ä/1"), "1.50", "kg")], notes="naïve \u2603 ☂")
    given = draft(sent, source=None, caller="key-7")
    store.append([given])

    (entry,) = store.journal(0, 10, 1)
    assert orjson.loads(entry.body) == sent
    assert (entry.source, entry.id, entry.type) == ("mes", sent["id"], "receipt")
    assert (entry.hash, entry.caller, entry.void, entry.batch) == (given.hash, "key-7", None, 1)
    assert entry.recorded_at == store.published().recorded_at


def test_a_void_is_seen_from_its_own_seq_on(filled):
    store, events = filled

    assert store.entries_by_seq([2], 4)[2].void is None
    assert store.entries_by_seq([2], 7)[2].void == 5
    assert store.entries([("mes", events[1]["id"])], 7)[("mes", events[1]["id"])].void == 5
    assert store.journal(1, 1, 4)[0].void is None


def test_unknown_and_repeated_members_are_ignored(filled):
    store, events = filled
    key = ("mes", events[0]["id"])

    assert store.entries([key, key, ("mes", "nobody")], 7).keys() == {key}
    assert store.entries_by_seq([1, 1, 99, 0, -4], 7).keys() == {1}
    assert store.entries([], 7) == store.entries_by_seq([], 7) == {}
    # Not yet there at the cut.
    assert store.entries_by_seq([3, 4], 3).keys() == {3}


def test_documents_have_versions(engine: Engine):
    store = engine.empty()

    first = store.put_document(
        Document("key", "k1", 0, {"role": "reader", "deep": {"a": [1, None]}})
    )
    second = store.put_document(first._replace(body={"role": "owner"}))

    assert (first.version, second.version) == (1, 2)
    assert store.document("key", "k1") == Document("key", "k1", 2, {"role": "owner"})
    assert store.document("key", "nobody") is None
    assert store.document("case", "k1") is None


def test_documents_of_a_kind_go_by_id(engine: Engine):
    store = engine.empty()
    for kind, id_ in (("key", "b"), ("key", "a"), ("case", "c"), ("key", "Z")):
        store.put_document(Document(kind, id_, 0, {}))

    assert [document.id for document in store.documents("key")] == ["Z", "a", "b"]
    assert store.documents("nothing") == []


@pytest.mark.parametrize("version", [0, 1, 3, 99])
def test_a_writer_who_comes_second_is_told(engine: Engine, version: int):
    store = engine.empty()
    old = store.put_document(Document("key", "k", 0, {"n": 1}))
    store.put_document(old._replace(body={"n": 2}))

    with pytest.raises(VersionConflict):
        store.put_document(Document("key", "k", version, {"n": 3}))
    assert store.document("key", "k") == Document("key", "k", 2, {"n": 2})


def test_a_document_that_is_not_there_cannot_be_changed(engine: Engine):
    store = engine.empty()

    with pytest.raises(VersionConflict):
        store.put_document(Document("key", "k", 1, {}))
    assert store.document("key", "k") is None


def test_health_says_how_far_it_is(filled, engine: Engine):
    store, _ = filled

    health = store.health()

    assert (health.engine, health.published, health.journal) == (engine.name, 7, 7)
    assert health.schema >= 1


def test_migrating_again_does_nothing(engine: Engine):
    store = engine.empty()
    assert store.migrate() == []
    assert engine.again().migrate() == []
