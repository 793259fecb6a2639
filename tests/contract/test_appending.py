"""Appending: outcomes, batches, seq, times and cuts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import Desk, container, copied, drafts, gtin, line, lot, opaque, package
from tests.contract.engines import Engine
from tracegraph.model.instant import Instant
from tracegraph.store.port import TABLES, Outcome, Published

NOON = Instant.parse("2026-05-01T12:00:00Z")


def later(seconds: int) -> Instant:
    return Instant(NOON.micros + seconds * 1_000_000)


def test_an_empty_store_has_published_nothing(engine: Engine):
    store = engine.empty()

    assert store.published() == Published(0, None)
    assert store.cut(None) == store.cut(7) == store.cut(NOON) == 0
    assert store.recorded(0) is None
    assert store.journal(0, 10, 0) == []
    assert store.append([]) == []


def test_new_events_get_the_next_seqs(engine: Engine):
    store, desk = engine.empty(), Desk()

    first = store.append(drafts([desk.receipt(), desk.receipt()]))
    second = store.append(drafts([desk.receipt()]))

    assert first == [Outcome("stored", 1), Outcome("stored", 2)]
    assert second == [Outcome("stored", 3)]
    assert store.published().seq == 3


def test_the_same_content_again_is_a_duplicate_and_changes_nothing(engine: Engine):
    store, event = engine.empty(), Desk().receipt(occurred_at="2026-03-02T08:00:00+08:00")
    store.append(drafts([event]), recorded_at=NOON)

    # Another offset, another text of the same quantity: still the same content.
    again = store.append(drafts([copied(event, occurred_at="2026-03-02T00:00:00.000Z")]))

    assert again == [Outcome("duplicate", 1)]
    assert store.published() == Published(1, NOON)


@pytest.mark.parametrize("atomic", [True, False])
def test_a_draft_twice_in_one_batch_is_stored_once(engine: Engine, atomic: bool):
    store, desk = engine.empty(), Desk()
    event, other = desk.receipt(), desk.receipt()

    outcomes = store.append(drafts([event, other, event]), atomic=atomic)

    assert outcomes == [Outcome("stored", 1), Outcome("stored", 2), Outcome("duplicate", 1)]
    assert [entry.seq for entry in store.journal(0, 10, 2)] == [1, 2]


def test_a_conflict_keeps_an_atomic_batch_out(engine: Engine):
    store, desk = engine.empty(), Desk()
    held = desk.receipt()
    store.append(drafts([held]))

    outcomes = store.append(
        drafts([desk.receipt(), held, copied(held, party="S-2"), desk.receipt()])
    )

    assert outcomes == [
        Outcome("skipped", None),
        Outcome("duplicate", 1),
        Outcome("conflict", 1),
        Outcome("skipped", None),
    ]
    assert store.published().seq == 1
    # Nothing of it left a trace: not even the seqs are used up.
    assert store.append(drafts([desk.receipt()])) == [Outcome("stored", 2)]


def test_a_conflict_keeps_only_itself_out_otherwise(engine: Engine):
    store, desk = engine.empty(), Desk()
    held = desk.receipt()
    store.append(drafts([held]))

    outcomes = store.append(
        drafts([desk.receipt(), copied(held, party="S-2"), desk.receipt()]), atomic=False
    )

    assert outcomes == [Outcome("stored", 2), Outcome("conflict", 1), Outcome("stored", 3)]


@pytest.mark.parametrize(
    ("atomic", "expected"),
    [
        (True, [Outcome("skipped", None), Outcome("conflict", None)]),
        (False, [Outcome("stored", 1), Outcome("conflict", 1)]),
    ],
)
def test_two_contents_of_one_id_in_a_batch_are_in_conflict(engine: Engine, atomic, expected):
    store, event = engine.empty(), Desk().receipt()

    outcomes = store.append(drafts([event, copied(event, party="S-2")]), atomic=atomic)

    assert outcomes == expected
    assert store.published().seq == (0 if atomic else 1)


def test_one_id_of_two_sources_is_two_events(engine: Engine):
    store, event = engine.empty(), Desk().receipt()

    outcomes = store.append(drafts([event, copied(event, source="erp", party="S-2")]))

    assert outcomes == [Outcome("stored", 1), Outcome("stored", 2)]
    ids = {("mes", event["id"]), ("erp", event["id"])}
    assert store.entries([*ids, ("no", "one")], 2).keys() == ids


def test_a_target_that_comes_after_its_void_is_void(engine: Engine):
    store, desk = engine.empty(), Desk()
    target = desk.receipt()
    store.append(drafts([desk.void(target)]))

    assert store.append(drafts([target])) == [Outcome("voided", 2)]
    assert store.entries_by_seq([2], 2)[2].void == 1
    assert store.lines_of_events([2], 2).seq == []


def test_a_void_and_its_target_in_one_batch(engine: Engine):
    store, desk = engine.empty(), Desk()
    first, second = desk.receipt(), desk.receipt()

    outcomes = store.append(drafts([desk.void(first), first, second, desk.void(second)]))

    assert [outcome.status for outcome in outcomes] == ["stored", "voided", "stored", "stored"]
    entries = store.entries_by_seq([1, 2, 3, 4], 4)
    assert {seq: entry.void for seq, entry in entries.items()} == {1: None, 2: 1, 3: 4, 4: None}


def test_a_voided_id_stays_spent(engine: Engine):
    store, desk = engine.empty(), Desk()
    event = desk.receipt()
    store.append(drafts([event, desk.void(event)]))

    outcomes = store.append(drafts([event, copied(event, party="S-2")]), atomic=False)

    assert outcomes == [Outcome("duplicate", 1), Outcome("conflict", 1)]


def test_recorded_at_never_decreases(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(drafts([desk.receipt()]), recorded_at=later(10))
    store.append(drafts([desk.receipt()]), recorded_at=later(5))  # a clock that went back
    store.append(drafts([desk.receipt()]), recorded_at=later(20))

    assert [store.recorded(seq) for seq in (1, 2, 3)] == [later(10), later(10), later(20)]
    assert [entry.recorded_at for entry in store.journal(0, 9, 3)] == [
        later(10),
        later(10),
        later(20),
    ]
    assert store.published() == Published(3, later(20))


def test_without_a_time_given_it_is_now(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(drafts([desk.receipt()]))
    first = store.published().recorded_at
    store.append(drafts([desk.receipt()]))

    second = store.published().recorded_at
    assert first is not None
    assert second is not None
    assert Instant.of(datetime.now(UTC)) >= second >= first > Instant.parse("2025-01-01T00:00:00Z")


def test_cuts_are_ends_of_batches(engine: Engine):
    store, desk = engine.empty(), Desk()
    for size, seconds in ((3, 0), (1, 10), (2, 10), (4, 30)):
        batch = drafts([desk.receipt() for _ in range(size)])
        store.append(batch, recorded_at=later(seconds))

    by_seq = {known: store.cut(known) for known in (0, 1, 2, 3, 4, 5, 6, 9, 10, 99)}
    assert by_seq == {0: 0, 1: 0, 2: 0, 3: 3, 4: 4, 5: 4, 6: 6, 9: 6, 10: 10, 99: 10}
    by_time = {seconds: store.cut(later(seconds)) for seconds in (-1, 0, 9, 10, 29, 30, 99)}
    assert by_time == {-1: 0, 0: 3, 9: 3, 10: 6, 29: 6, 30: 10, 99: 10}
    # An instant between two microseconds is after the one and before the other.
    assert store.cut(Instant(later(10).micros, "5")) == 6
    assert store.cut(Instant(later(10).micros - 1, "9")) == 3
    assert store.cut(None) == 10
    assert {entry.seq: entry.batch for entry in store.journal(0, 99, 10)} == {
        1: 3, 2: 3, 3: 3, 4: 4, 5: 6, 6: 6, 7: 10, 8: 10, 9: 10, 10: 10,
    }  # fmt: skip


def test_an_event_of_many_lines_and_a_batch_of_many_events(engine: Engine):
    store, desk = engine.empty(), Desk()
    wide = desk.production(
        [lot("RM", str(n)) for n in range(300)], [lot("FG", str(n)) for n in range(400)]
    )

    store.append(drafts([wide, *(desk.receipt(lot("RM", str(n))) for n in range(300))]))

    assert store.published().seq == 301
    assert len(store.lines_of_events(range(1, 302), 301).seq) == 1000


def test_a_batch_that_changes_what_a_container_holds_gives_the_rows_of_its_events(engine: Engine):
    desk, box, label = Desk(), container(), gtin(1)
    events = [
        desk.pack(box, lot("FG-1", "A"), opaque("x")),
        desk.event("pack", container=box, items=[line(lot(label, "B"), "2")]),
        desk.shipment(box),
        desk.product("FG-1", package(gtin(2)), package(label, 12)),
        desk.shipment(box),
        desk.receipt(opaque("x", "serial")),
        desk.shipment(box),
        desk.product("FG-1", package(gtin(2)), package(label, 10)),
        desk.shipment(box),
    ]

    def rows(size: int) -> dict[str, list[tuple[Any, ...]]]:
        store = engine.empty()
        for first in range(0, len(events), size):
            store.append(drafts(events[first : first + size]))
        return {table: list(store.rows(table, len(events))) for table in TABLES}

    assert rows(len(events)) == rows(1)
