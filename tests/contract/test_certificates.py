"""Certificates as seeds: of the items that they name, and of the events that they name."""

from __future__ import annotations

import pytest

from tests.builders import Desk, Wire, at, line, lot
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.recall.query import ScopeSeed

CERTIFICATE = ScopeSeed("certificate", "COC-1")
DESK = Desk()


def send(graph: Tracegraph, *events: Wire) -> None:
    assert graph.capture(events).ok


def chain() -> list[Wire]:
    """Materials A and B come in, A becomes C1 and C2, and C1 is inspected and shipped."""
    return [
        DESK.event("receipt", id="in", items=[line(lot("RM-1", "A"), "4")], place="W",
                   occurred_at=at(1)),
        DESK.event("receipt", id="other", items=[line(lot("RM-1", "B"), "4")], place="W",
                   occurred_at=at(1)),
        DESK.event("production", id="made", inputs=[line(lot("RM-1", "A"), "4")], place="W",
                   outputs=[line(lot("FG-1", "C1"), "2"), line(lot("FG-1", "C2"), "2")],
                   occurred_at=at(2)),
        DESK.event("inspection", id="looked", items=[line(lot("FG-1", "C1"), "1")],
                   verdict="pass", occurred_at=at(3)),
        DESK.event("use", id="used", items=[line(lot("RM-1", "B"), "1")], place="W",
                   occurred_at=at(3)),
    ]  # fmt: skip


def certified(*ids: str, **fields: object) -> Wire:
    said = {"number": "COC-1", "occurred_at": at(5), "events": [{"id": id_} for id_ in ids]}
    return DESK.event("certificate", **{**said, **fields})


def affected(graph: Tracegraph, as_of: str | None = None) -> set[str]:
    return {item.key.rsplit(":", 1)[-1] for item in graph.scope(CERTIFICATE, as_of=as_of).items}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (("made",), {"C1", "C2"}),  # what it made, not of what
        (("in",), {"A", "C1", "C2"}),
        (("looked",), {"C1"}),
        (("looked", "used"), {"C1", "B"}),
        (("used", "never came"), {"B"}),
    ],
)
def test_a_certificate_of_events_is_of_their_items(
    engine: Engine, ids: tuple[str, ...], expected: set[str]
):
    graph = engine.graph()
    send(graph, *chain(), certified(*ids))
    assert affected(graph) == expected


def test_events_are_of_the_source_that_is_named_and_items_count_too(engine: Engine):
    graph = engine.graph()
    items = [line(lot("RM-1", "B"))]
    lab = certified("looked", source="lab", id="c-1", items=items)
    there = certified(source="lab", id="c-2", events=[{"id": "looked", "source": "mes"}])
    send(graph, *chain(), lab)
    assert affected(graph) == {"B"}  # the lab has no event of that id
    send(graph, there)
    assert affected(graph) == {"B", "C1"}


def test_a_certificate_of_a_certificate(engine: Engine):
    """Each names the other; that ends."""
    graph = engine.graph()
    send(graph, *chain(), certified("second", id="first"),
         certified("first", "looked", id="second", number="COC-2"))  # fmt: skip
    assert affected(graph) == {"C1"}


def test_cuts_and_voids_are_heeded(engine: Engine):
    graph = engine.graph()
    looked = chain()[3]
    send(graph, *chain(), certified("looked", "used"))

    assert affected(graph, as_of=at(4)) == set()  # it was filed at 5
    send(graph, DESK.void(looked))
    assert affected(graph) == {"B"}
    assert affected(graph, as_of=at(5)) == {"B"}


def test_a_late_certificate_is_of_a_kept_case(engine: Engine):
    """What is worked out for the gate beforehand hears of the certificate's events.

    The case seeks the same product as before, made at the same time.
    """
    graph = engine.graph()
    second = DESK.event("inspection", id="second", items=[line(lot("FG-1", "C2"), "1")],
                        verdict="pass", occurred_at=at(3))  # fmt: skip
    send(graph, *chain(), second, certified("looked"))
    graph.save_scope(graph.scope(CERTIFICATE))
    assert graph.keep_cases()
    one = "urn:tracegraph:lot:FG-1:C2"
    assert graph.gate([one], purpose="ship", at=at(60)).allowed

    late = certified("second")
    send(graph, late)
    (refusal,) = graph.gate([one], purpose="ship", at=at(60)).refusals
    assert refusal.rule == "scope_certain"
    send(graph, DESK.void(late))
    assert graph.gate([one], purpose="ship", at=at(60)).allowed
