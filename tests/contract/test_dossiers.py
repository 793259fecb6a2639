"""Dossiers: every record about the items of a genealogy, and what the records do not say."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from tests.builders import Desk, container, gtin, line, lot, package
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.trace import dossier as dossiers
from tracegraph.trace.dossier import Dossier

MADE = lot("FG", "C1")
KEY = "urn:tracegraph:lot:FG:C1"


def made(desk: Desk) -> list[dict]:
    """RM A and B into C1; of RM A also C2, which is beside the genealogy of C1."""
    return [
        desk.receipt(lot("RM", "A")),
        desk.receipt(lot("RM", "B")),
        desk.production([lot("RM", "A"), lot("RM", "B")], [MADE], id="make"),
        desk.production([lot("RM", "A")], [lot("FG", "C2")], id="other"),
        desk.event("inspection", items=[line(MADE)], verdict="pass", id="look"),
    ]


def graph_of(engine: Engine, events: list[dict]) -> Tracegraph:
    graph = engine.graph()
    for event in events:
        report = graph.capture([event])
        assert report.ok, report
    return graph


def noting(calls: list, inner: Callable) -> Callable:
    def noted(*args, **named):
        calls.append(inner)
        return inner(*args, **named)

    return noted


def ids(found: Dossier) -> list[str]:
    return [event.stored.id for event in found.events]


def test_it_has_every_record_of_its_items_and_counts_what_went_elsewhere(engine: Engine):
    graph = graph_of(engine, made(Desk()))

    found = graph.dossier(graph.trace(KEY))

    assert ids(found) == ["e00001", "e00002", "make", "look"]
    assert (found.total, found.elsewhere, found.whole) == (4, 1, True)
    assert [(line.role, line.item) for line in found.events[2].lines] == [
        ("input", "urn:tracegraph:lot:RM:A"), ("input", "urn:tracegraph:lot:RM:B"),
        ("output", KEY),
    ]  # fmt: skip
    hashes = "".join(f"{event.stored.hash}\n" for event in found.events)
    assert found.digest == sha256(hashes.encode()).hexdigest()


def test_forward_it_has_what_an_item_went_into(engine: Engine):
    graph = graph_of(engine, made(Desk()))

    found = graph.dossier(graph.trace("urn:tracegraph:lot:RM:B", direction="forward"))

    assert ids(found) == ["e00002", "make", "look"]
    assert found.elsewhere == 0


def test_what_was_voided_is_in_it_with_what_voided_and_what_replaced_it(engine: Engine):
    desk = Desk()
    wrong = desk.receipt(lot("RM", "B"), id="wrong", place="X")
    events = [
        *made(desk), wrong, desk.void(wrong, id="void"),
        desk.receipt(lot("RM", "B"), id="right", replaces="wrong"),
        desk.production([lot("RM", "Z")], [MADE], id="bad"), desk.void("bad", id="void2"),
        desk.production([lot("RM", "A")], [lot("FG", "C3")], id="gone"), desk.void("gone"),
    ]  # fmt: skip
    graph = graph_of(engine, events)

    found = {event.stored.id: event for event in graph.dossier(graph.trace(KEY)).events}

    assert found["wrong"].voider is not None
    assert (found["wrong"].voider.id, found["wrong"].stored.status) == ("void", "voided")
    assert found["wrong"].replaced_by == ("urn:tracegraph:event:mes:right",)
    assert found["right"].voider is None
    assert "bad" in found, "it would have made the item"
    assert "gone" not in found, "it would have made another"


def test_what_was_voided_under_a_name_that_was_joined_later_is_in_it(engine: Engine):
    base, case = gtin(1), gtin(2)
    desk = Desk()
    wrong = desk.receipt(lot(case, "A"), id="wrong")
    events = [
        desk.receipt(lot(base, "A"), id="right"), wrong, desk.void(wrong),
        desk.product("FG-1", package(base), package(case, 12)),
    ]  # fmt: skip
    graph = graph_of(engine, events)
    key = graph.resolve(f"urn:tracegraph:lot:{base}:A")[0].key

    found = graph.dossier(graph.trace(key))

    assert sorted(ids(found)) == ["right", "wrong"]


def test_records_of_quality_about_its_events_are_in_it_and_about_those(engine: Engine):
    desk = Desk()
    events = [
        *made(desk),
        desk.event("deviation", events=[{"id": "make"}], number="D-1", id="deviation"),
        desk.event("capa", events=[{"id": "deviation"}], id="capa"),
        desk.event("deviation", events=[{"id": "other"}], number="D-2", id="beside"),
    ]
    graph = graph_of(engine, events)

    assert ids(graph.dossier(graph.trace(KEY)))[-2:] == ["deviation", "capa"]


def test_it_keeps_to_the_cuts_of_its_genealogy(engine: Engine):
    desk = Desk()
    events = made(desk)
    graph = graph_of(engine, [*events, desk.void(events[0])])
    then = graph.trace(KEY, known_at=5)
    early = graph.trace(KEY, as_of=events[2]["occurred_at"])

    assert graph.dossier(then).events[0].voider is None
    assert graph.dossier(then).anomalies == ()
    assert ids(graph.dossier(early)) == ["e00001", "e00002", "make"]


def test_of_a_long_one_the_first_are_given_and_all_are_counted(engine: Engine):
    graph = graph_of(engine, made(Desk()))
    found = graph.trace(KEY)

    short = graph.dossier(found, limit=2)

    assert ids(short) == ["e00001", "e00002"]
    assert (short.total, short.digest) == (4, graph.dossier(found).digest)
    with pytest.raises(Refused):
        graph.dossier(found, limit=0)


def test_one_of_too_many_lines_says_that_it_is_not_whole(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dossiers, "MOST_TOUCHES", 3)
    graph = graph_of(engine, made(Desk()))

    assert not graph.dossier(graph.trace(KEY)).whole


def test_it_has_the_anomalies_of_its_items_and_events_and_no_others(engine: Engine):
    desk = Desk()
    events = [
        *made(desk),
        desk.receipt(lot("RM", "A"), id="late", replaces="never"),
        desk.receipt(lot("XX", "A"), id="beside", replaces="neither"),
    ]
    graph = graph_of(engine, events)
    every = graph.anomalies().anomalies

    found = graph.dossier(graph.trace(KEY)).anomalies

    assert {a.event for a in every} > {a.event for a in found}
    assert {a.event for a in found} == {"urn:tracegraph:event:mes:late"}
    assert set(found) <= set(every)


def test_what_refers_to_events_is_told_by_kind_as_known_then(engine: Engine):
    desk = Desk()
    graph = graph_of(engine, [desk.receipt(id="a"), desk.receipt(id="b", replaces="a")])
    store = graph.store

    now = store.referring([("mes", "a"), ("mes", "none")], 2)

    assert {key: [(r.kind, r.seq) for r in own] for key, own in now.items()} == {
        ("mes", "a"): [("replaces", 2)]
    }
    assert store.referring([("mes", "a")], 1) == {}
    assert store.anomalies_about([], [], 2) == []


def test_its_reads_do_not_grow_with_what_it_reads(engine: Engine):
    graph = graph_of(engine, made(desk := Desk()))
    store = graph.store
    reads: list[Callable] = []
    for name in ("history", "items", "entries_by_seq", "referring", "anomalies_about", "spoken"):
        setattr(store, name, noting(reads, getattr(store, name)))
    counts = []
    for more in (1, 40):
        assert graph.capture([desk.event("inspection", items=[line(MADE)]) for _ in range(more)]).ok
        reads.clear()
        counts.append((graph.dossier(graph.trace(KEY)).total, len(reads)))

    assert [total for total, _ in counts] == [5, 45]
    assert counts[0][1] == counts[1][1] < 20


def test_a_container_is_named_by_which_items_came(engine: Engine):
    desk = Desk()
    graph = graph_of(
        engine, [*made(desk), desk.pack(container(), MADE), desk.shipment(container(), id="ship")]
    )

    sent = graph.dossier(graph.trace(KEY)).events[-1]

    assert sent.stored.id == "ship"
    assert sent.lines[0].via == graph.resolve("000000000000000017")[0].key


def test_the_gaps_of_an_item_are_those_of_all_that_it_was_made_of(engine: Engine):
    desk = Desk()
    bill = [{"product": "RM", "quantity": "1", "unit": "each"},
            {"product": "GLUE", "quantity": "1", "unit": "each"}]  # fmt: skip
    events = [
        desk.product("SUB", bill_of_materials=bill),
        desk.receipt(place="P", items=[line(lot("RM", "A"), "5")]),
        desk.event("production", inputs=[line(lot("RM", "A"), "5")],
                   outputs=[line(lot("SUB", "S"), "5")], place="P"),
        desk.event("production", inputs=[line(lot("SUB", "S"), "5"), line(lot("NEW", "N"), "1")],
                   outputs=[line(MADE, "5")], place="P"),
    ]  # fmt: skip
    graph = graph_of(engine, events)

    found = graph.gaps(KEY)

    told = {(gap.rule, gap.item, gap.product) for gap in found}
    assert ("bill_missing", "urn:tracegraph:lot:SUB:S", "GLUE") in told
    assert ("no_origin", "urn:tracegraph:lot:NEW:N", None) in told
    forward = {gap.rule for gap in graph.gaps("urn:tracegraph:lot:NEW:N", direction="forward")}
    assert "bill_missing" not in forward, "the sub-assembly is beside it"
