"""Lineage and files of a scope: everything affected is in them, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

import orjson
import pytest

import tracegraph
from tests.unit.command import CHAIN, event, key, line, made
from tests.unit.scopes import affected, scope
from tracegraph.formats.canonical_json import json_chunks
from tracegraph.formats.chunks import CHUNK, spooled
from tracegraph.library import SHAPES, Tracegraph
from tracegraph.model.refusal import Refused
from tracegraph.recall.lineage import actors, bounds, lineage
from tracegraph.recall.reading import read_scope
from tracegraph.recall.snapshot import SnapshotDamaged

A = key("RM", "A")


@pytest.fixture
def graph() -> Iterator[Tracegraph]:
    with tracegraph.connect("sqlite:///:memory:") as opened:
        assert opened.capture(CHAIN).ok
        yield opened


def test_lineage_has_the_items_of_the_scope_in_its_order(graph: Tracegraph) -> None:
    found = graph.scope(A)

    drawn = lineage(graph.store, found)

    assert [item.key for item in drawn.items] == [item.key for item in found.items]
    assert [item.direction for item in drawn.items] == ["seed", "forward", "forward"]
    assert [(e.kind, e.source, e.target) for e in drawn.edges if e.kind == "output"] == [
        ("output", "urn:tracegraph:event:mes:p1", key("SA", "B")),
        ("output", "urn:tracegraph:event:mes:p2", key("FG", "C")),
    ]


def test_what_is_not_affected_is_not_drawn(graph: Tracegraph) -> None:
    # Made of the lot before what is bad came into it, and of another lot in the same event.
    graph.capture(
        [
            made("good", ["RM:G"], ["SA:B"], occurred_at="2026-02-01T00:00:00Z"),
            made("early", ["SA:B"], ["FG:EARLY"], occurred_at="2026-02-02T00:00:00Z"),
            made("beside", ["SA:B", "SA:X"], ["FG:D"], occurred_at="2026-03-04T00:00:00Z"),
        ]
    )
    found = graph.scope(A)

    drawn = lineage(graph.store, found)

    keys = {item.key for item in drawn.items}
    ends = {edge.source for edge in drawn.edges} | {edge.target for edge in drawn.edges}
    nodes = {each.node for each in drawn.events}
    assert keys == {item.key for item in found.items}
    assert key("FG", "EARLY") not in keys | ends
    assert key("SA", "X") not in ends
    assert ends <= keys | nodes
    assert "urn:tracegraph:event:mes:early" not in nodes, "it gave only what is not affected"


def test_what_time_does_not_show_is_drawn_too(graph: Tracegraph) -> None:
    """The order of a negative balance is unproven, so a scope reaches what a trace leaves out."""
    graph.capture(
        [
            made("out", ["SA:T"], ["FG:E"], occurred_at="2026-03-02T00:00:00Z"),
            made("in", ["RM:A"], ["SA:T"], occurred_at="2026-03-03T00:00:00Z"),
        ]
    )
    found = graph.scope(A)
    plain = {item.key for item in graph.trace(A, direction="forward").items}
    assert key("FG", "E") in {item.key for item in found.items} - plain

    drawn = lineage(graph.store, found)

    assert [item.key for item in drawn.items] == [item.key for item in found.items]
    assert key("FG", "E") in {edge.target for edge in drawn.edges}


def test_who_had_a_part_is_named(graph: Tracegraph) -> None:
    graph.capture(
        [
            event("m", type="equipment", number="M-1", name="Press"),
            made("p3", ["FG:C"], ["KT:K"], actor="op-1", equipment=["M-1"]),
        ]
    )
    found = graph.scope(A)

    named = actors(graph.store, lineage(graph.store, found), graph._masters.at(found.known_at))

    assert [(each.kind, each.number, each.name, len(each.events)) for each in named] == [
        ("equipment", "M-1", "Press", 2),
        ("operator", "op-1", None, 1),
    ]


def test_bounds_leave_out_what_nobody_knows() -> None:
    said = bounds(scope(items=(affected("a"), affected("b", units_max=None))))

    assert said["a"] == {"certainty": "certain", "units_min": "100", "units_max": "500"}
    assert "units_max" not in said["b"]


def test_a_scope_is_read_back_as_it_was(graph: Tracegraph) -> None:
    for found in (scope(), graph.scope(A)):
        told = orjson.loads(orjson.dumps(found))

        assert read_scope(told) == found
        assert b"".join(json_chunks(told)) == b"".join(json_chunks(found))


def test_what_is_no_scope_is_refused() -> None:
    told = orjson.loads(orjson.dumps(scope()))
    del told["items"][0]["certainty"]

    with pytest.raises(SnapshotDamaged, match="cannot read"):
        read_scope(told)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stored_scope_writes_the_same_files(graph: Tracegraph, shape) -> None:
    found = graph.scope(A)
    stored = graph.stored_scope(graph.save_scope(found).id)

    assert b"".join(graph.scope_file(stored, shape)) == b"".join(graph.scope_file(found, shape))


def test_a_file_of_no_such_form_is_refused_at_once(graph: Tracegraph) -> None:
    with pytest.raises(Refused, match="/sheet"):
        graph.scope_file(scope(), "csv", sheet="none")
    with pytest.raises(Refused, match="/format"):
        graph.scope_file(scope(), "pdf")  # type: ignore[arg-type]  # that is the point


def test_saving_again_keeps_the_status_unless_one_is_given(graph: Tracegraph) -> None:
    found = graph.scope(A)
    snapshot = graph.save_scope(found, name="case")
    graph.set_case(snapshot.id, "closed")

    assert graph.save_scope(found).status == "closed"
    assert graph.save_scope(found).name == "case"
    assert graph.save_scope(found, status="open").status == "open"
    assert graph.name_case(snapshot.id, "other").name == "other"
    assert graph.snapshot(snapshot.id).status == "open"


def test_a_review_leaves_what_is_stored_already_alone(graph: Tracegraph) -> None:
    first = graph.save_scope(graph.scope(A), name="first")
    graph.capture([event("m", type="move", place="L2", to="W", items=[line("FG", "C")])])
    second = graph.save_scope(graph.scope(A), name="second")

    assert graph.review(first.id).flag == second.id
    assert graph.snapshot(second.id) == second, "still open, under its own name"


def test_spooled_is_in_pieces_and_fails_at_once() -> None:
    def fail(out: BinaryIO) -> None:
        out.write(b"x")
        raise RuntimeError("stopped")

    pieces = list(spooled(lambda out: out.writelines([b"x" * CHUNK, b"y"])))

    assert [len(piece) for piece in pieces] == [CHUNK, 1]
    with pytest.raises(RuntimeError, match="stopped"):
        spooled(fail)


def test_the_hash_is_that_of_the_file(graph: Tracegraph) -> None:
    found = graph.scope(A)

    assert json.loads(b"".join(graph.scope_file(found)))["hash"] == found.hash
