"""The flow of an item's units, by hand: what is told apart, what is told in words."""

from __future__ import annotations

import pytest

from tests.builders import at, container, line, lot, serial
from tests.contract.engines import Engine
from tests.contract.posted import GOODS, ONE, RM, event, graph_of, received, shipped, some
from tracegraph.library import Tracegraph
from tracegraph.recall.streams import Stream
from tracegraph.trace.answer import UnknownItem

Told = list[tuple[str, str | None, tuple[str, ...], str]]


def told(streams: tuple[Stream, ...]) -> Told:
    """Kind, holder, the numbers of the items, and the amount of each stream."""
    return [
        (each.kind, each.holder, tuple(item.number or "" for item in each.items), each.quantity)
        for each in streams
    ]


def sides(graph: Tracegraph, item: str = RM, **cuts: str | int) -> tuple[Told, Told]:
    asked = {"transit_days": 36_500, **cuts}
    (measure,) = graph.flow(item, **asked).measures  # type: ignore[arg-type]  # by name
    return told(measure.sources), told(measure.ends)


def test_suppliers_makings_and_finds_are_sources(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received("10"), received("5", party="S"), received("7", party="T"),
        received("1", party="T"),
        event("production", items=None, outputs=some("3"), place="X"),
        event("production", items=None, outputs=some("2"), run="R"),
        event("production", items=None, outputs=some("2"), run="R"),
        event("adjustment", items=some("6")),
    )  # fmt: skip

    sources, ends = sides(graph)

    assert sources == [
        ("made", "W", (), "4"), ("made", "X", (), "3"),
        ("received", "S", (), "15"), ("received", "T", (), "8"),
        ("adjusted", None, (), "6"),
    ]  # fmt: skip
    assert ends == [("on_hand", "W", (), "33"), ("on_hand", "X", (), "3")]


def test_ends_are_told_apart_by_holder_state_and_what_was_made(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received("100"),
        shipped(party="C", items=some("9")), event("delivery", party="C", items=some("6")),
        shipped(party="D"), shipped(to="X", items=some("2")),
        event("hold", items=some("1")),
        event("production", items=None, inputs=some("20"), outputs=[line(lot("FG", "L"), "2")]),
        event("production", items=None, inputs=some("10"), outputs=[line(lot("FG", "L"), "1")]),
        event("split", items=None, inputs=some("8"),
              outputs=[line(lot("FG", "N"), "4"), line(lot("FG", "M"), "4")]),
        event("production", items=None, inputs=some("5"), run="R"),
        event("production", items=None, outputs=[line(lot("FG", "O"), "1")], run="R"),
        event("scrap", items=some("3")), event("use", items=some("2")),
        event("supplier_return", party="S", items=some("7")),
        event("adjustment", items=some("-1")),
    )  # fmt: skip

    sources, ends = sides(graph)

    assert sources == [("received", "S", (), "100")]
    assert ends == [
        ("on_hand", "W", (), "28"), ("on_hand", "W", (), "1"),
        ("in_transit", "D", (), "4"), ("in_transit", "C", (), "3"), ("in_transit", "X", (), "2"),
        ("at_customers", "C", (), "6"),
        ("consumed", None, ("L",), "30"), ("consumed", None, ("M", "N"), "8"),
        ("consumed", None, ("O",), "5"),
        ("destroyed", None, (), "3"), ("used", None, (), "2"),
        ("returned_to_supplier", "S", (), "7"), ("adjusted", None, (), "1"),
    ]  # fmt: skip


def test_what_was_taken_without_having_come_is_a_source(engine: Engine) -> None:
    graph = graph_of(engine, received("1"), shipped(party="C"), shipped(party="C", place="X"))

    assert sides(graph)[0] == [
        ("received", "S", (), "1"), ("overdrawn", "X", (), "4"), ("overdrawn", "W", (), "3"),
    ]  # fmt: skip


def test_goods_long_under_way_are_unaccounted_for(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received("10", occurred_at=at(0)),
        shipped(party="C", occurred_at=at(60)),
        event("inspection", items=[line(lot())], occurred_at=at(60 * 24 * 40)),
    )
    late = at(60 * 24 * 40)

    assert sides(graph, as_of=late, transit_days=30)[1][1:] == [("unaccounted", "C", (), "4")]
    assert sides(graph, as_of=late, transit_days=50)[1][1:] == [("in_transit", "C", (), "4")]


def test_serials_made_of_it_count_as_their_lot(engine: Engine) -> None:
    numbered = [line(serial("FG", str(n), of="L")) for n in range(3)]
    graph = graph_of(
        engine,
        received("10"),
        event("assembly", items=None, inputs=some("3"), outputs=numbered),
        event("assembly", items=None, inputs=some("1"), outputs=[line(serial("FG", "9"))]),
    )

    assert sides(graph)[1][1:] == [("consumed", None, ("L",), "3"), ("consumed", None, ("9",), "1")]


def test_a_serial_without_a_line_of_its_own_came_with_its_lot(engine: Engine) -> None:
    graph = graph_of(
        engine,
        event("receipt", items=[line(lot("FG", "L"), "5")], party="S"),
        shipped(party="C", items=[line(serial("FG", "1", of="L"))]),
    )

    assert sides(graph, ONE) == (
        [("received", None, ("L",), "1")], [("in_transit", "C", (), "1")],
    )  # fmt: skip
    assert sides(graph, GOODS)[1][1:] == [("in_transit", "C", (), "1")]


def test_what_came_of_it_later_is_not_yet_told(engine: Engine) -> None:
    graph = graph_of(
        engine,
        received("10", occurred_at=at(0)),
        event("production", items=None, inputs=some("5"), run="R", occurred_at=at(60)),
        event("production", items=None, outputs=[line(lot("FG", "O"), "1")], run="R",
              occurred_at=at(120)),
    )  # fmt: skip

    assert sides(graph)[1][1:] == [("consumed", None, ("O",), "5")]
    assert sides(graph, as_of=at(60))[1][1:] == [("consumed", None, (), "5")]
    assert sides(graph, known_at=2)[1][1:] == [("consumed", None, (), "5")]
    assert sides(graph, known_at=1)[1] == [("on_hand", "W", (), "10")]


def test_what_cannot_be_added_stands_apart(engine: Engine) -> None:
    graph = graph_of(
        engine, received("10"), received("2", items=some("2", "kg")),
        event("receipt", items=[line(lot())], party="T"),
    )  # fmt: skip

    flow = graph.flow(RM)

    assert [(m.unit, m.total) for m in flow.measures] == [("each", "10"), ("kg", "2")]
    (unknown,) = flow.unknown
    assert graph.event("mes", unknown.rpartition(":")[2]).event["party"] == "T"


def test_what_has_no_units_of_its_own_has_no_flow(engine: Engine) -> None:
    boxed = event("pack", container=container(), items=some("4"))
    graph = graph_of(engine, received("10"), boxed, event("receipt", items=[line(lot("N", "1"))]))

    sscc = container()["sscc"]
    assert (graph.flow(sscc).measures, graph.flow(sscc).unknown) == ((), ())
    assert graph.flow("urn:tracegraph:lot:N:1").measures == ()
    early = graph.flow(sscc, known_at=1)
    assert (early.measures, early.note) == ((), f"Not yet met at this cut: {sscc}.")
    with pytest.raises(UnknownItem):
        graph.flow("NOBODY")
