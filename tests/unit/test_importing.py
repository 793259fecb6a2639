"""Importing in batches: what is counted, what is rejected, what stays out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from tracegraph.capture import importing
from tracegraph.capture.importing import Found, Importing, Reject, Tally
from tracegraph.capture.report import CaptureReport
from tracegraph.library import Tracegraph, connect
from tracegraph.model.refusal import Refusal
from tracegraph.store.port import BatchTooLarge


@pytest.fixture
def graph() -> Iterator[Tracegraph]:
    with connect("sqlite:///:memory:") as opened:
        yield opened


def place(id: int, **changes: Any) -> dict[str, Any]:
    at = "2026-01-01T00:00:00Z"
    return {
        "id": str(id), "source": "s", "type": "place", "number": "P", "occurred_at": at,
    } | changes  # fmt: skip


def found(events: Iterable[Mapping[str, Any]]) -> Iterator[Found]:
    for line, event in enumerate(events, 1):
        yield Found("in", line, "", "raw", event)


UNREADABLE = Found("in", 9, "", "raw", refusals=(Refusal("", "json", "is not JSON.", "JSON"),))


def run(
    graph: Tracegraph, given: Iterable[Found], **options: Any
) -> tuple[list[Tally], list[Reject]]:
    rejects: list[Reject] = []
    tallies = list(Importing(graph.capture, rejects.append, **options).run(given))
    return tallies, rejects


def test_batches_are_told_one_by_one(graph: Tracegraph) -> None:
    tallies, rejects = run(graph, found(map(place, range(7))), batch_size=3)

    assert [tally.stored for tally in tallies] == [3, 6, 7]
    assert [tally.seq for tally in tallies] == [3, 6, 7]
    assert not rejects


def test_only_one_batch_is_held(graph: Tracegraph) -> None:
    read = 0

    def counting() -> Iterator[Found]:
        nonlocal read
        for each in found(map(place, range(100))):
            read += 1
            yield each

    tallies = Importing(graph.capture, lambda reject: None, batch_size=10).run(counting())

    assert next(tallies).stored == 10
    assert read == 10


def pack(id: int, lines: int) -> dict[str, Any]:
    items = [{"item": {"product": "W", "serial": f"{id}-{n}"}} for n in range(lines)]
    return place(id, type="pack", number=None, container="C", items=items)


def test_a_batch_ends_at_so_many_lines(graph: Tracegraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written goes by the lines, and so does the memory that a transaction takes."""
    monkeypatch.setattr(importing, "BATCH_LINES", 5)
    events = [pack(1, 2), pack(2, 2), pack(3, 2), pack(4, 9), pack(5, 1)]

    tallies, _ = run(graph, found(events))
    (whole,), _ = run(graph, found(events), atomic=True)

    assert [tally.found for tally in tallies] == [3, 4, 5]
    assert whole.found == 5


class Narrow:
    """A capture of a store that holds only so many events at once."""

    def __init__(self, graph: Tracegraph, most: int) -> None:
        self.graph = graph
        self.most = most
        self.sizes: list[int] = []

    def __call__(self, events: Iterable[Mapping[str, Any]], **options: Any) -> CaptureReport:
        given = list(events)
        if len(given) > self.most:
            raise BatchTooLarge("It is more than the store holds.")
        self.sizes.append(len(given))
        return self.graph.capture(given, **options)


def test_what_is_too_large_is_stored_in_halves(graph: Tracegraph) -> None:
    """Everything is stored, and every reject is told once, whichever half it is in."""
    capture, rejects = Narrow(graph, 2), list[Reject]()
    bad = place(9, type="nothing")
    given = [UNREADABLE, *found([*map(place, range(6)), bad])]

    (tally,) = Importing(capture, rejects.append).run(given)

    assert capture.sizes == [1, 2, 2, 2]
    assert (tally.found, tally.stored, tally.refused, tally.seq) == (8, 6, 2, 6)
    assert [reject.refusal.rule for reject in rejects] == ["json", "type"]


@pytest.mark.parametrize("options", [{"atomic": True}, {"batch_size": 1}])
def test_what_cannot_be_halved_is_refused(graph: Tracegraph, options: dict[str, Any]) -> None:
    """Half of an atomic import is none, and neither is half of an event."""
    with pytest.raises(BatchTooLarge):
        list(Importing(Narrow(graph, 0), lambda reject: None, **options).run(found([place(1)] * 2)))

    assert graph.store.published().seq == 0


def test_nothing_is_a_tally_too(graph: Tracegraph) -> None:
    assert run(graph, []) == ([Tally()], [])


def test_the_same_again_changes_nothing(graph: Tracegraph) -> None:
    run(graph, found(map(place, range(5))))

    (tally,), rejects = run(graph, found(map(place, range(5))))

    assert (tally.stored, tally.duplicates, tally.seq) == (0, 5, 5)
    assert not rejects


def test_the_good_are_stored_and_the_bad_told(graph: Tracegraph) -> None:
    events = [place(1), place(2, type="nothing"), place(1, name="other"), place(3)]

    (tally,), rejects = run(graph, [*found(events), UNREADABLE])

    assert (tally.found, tally.stored, tally.refused, tally.conflicts) == (5, 2, 2, 1)
    assert tally.rejected == 3
    assert {(each.found.line, each.refusal.rule) for each in rejects} == {
        (9, "json"),
        (2, "type"),
        (3, "conflict"),
    }


def test_a_conflict_tells_its_differences(graph: Tracegraph) -> None:
    _, rejects = run(graph, found([place(1), place(1, name="other")]))

    (reject,) = (each.as_json() for each in rejects)
    assert reject["differences"] == [{"pointer": "/name", "stored": None, "sent": "other"}]
    assert reject["rule"] == "conflict"
    assert {"file", "line", "pointer", "detail", "accepted", "raw"} < set(reject)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(UNREADABLE, id="unreadable"),
        pytest.param(Found("in", 9, "", "raw", place(9, type="nothing")), id="refused"),
        pytest.param(Found("in", 9, "", "raw", place(1, name="other")), id="conflict"),
    ],
)
def test_atomic_stores_all_or_nothing(graph: Tracegraph, bad: Found) -> None:
    good = list(found(map(place, range(5))))

    (tally,), rejects = run(graph, [*good, bad], atomic=True, batch_size=2)

    assert (tally.stored, tally.rejected, tally.skipped) == (0, 1, 5)
    assert len(rejects) == 1
    assert graph.events().events == ()

    (tally,), rejects = run(graph, good, atomic=True, batch_size=2)

    assert (tally.stored, tally.rejected, tally.skipped) == (5, 0, 0)


def test_what_is_unreadable_does_not_hide_a_conflict(graph: Tracegraph) -> None:
    run(graph, found([place(1)]))

    (tally,), rejects = run(
        graph, [UNREADABLE, *found([place(1, name="other"), place(2)])], atomic=True
    )

    assert (tally.refused, tally.conflicts, tally.skipped) == (1, 1, 1)
    assert len(rejects) == 2


def test_a_dry_run_stores_nothing_and_tells_the_same(graph: Tracegraph) -> None:
    events = [*found([place(1), place(2), place(1, name="other")]), UNREADABLE]

    (dry,), dry_rejects = run(graph, events, dry_run=True)

    assert graph.events().events == ()
    (wet,), rejects = run(graph, events)
    assert (dry.stored, dry.conflicts, dry.refused) == (wet.stored, wet.conflicts, wet.refused)
    assert [r.refusal.rule for r in dry_rejects] == [r.refusal.rule for r in rejects]


def test_pointers_are_from_the_root_of_the_file(graph: Tracegraph) -> None:
    wrong = place(1, number=5)
    native = Found("in", None, "/3", wrong, wrong)
    converted = Found("in", None, "/epcisBody/eventList/0", {}, wrong, converted=True)

    _, rejects = run(graph, [native, converted])

    assert [each.refusal.pointer for each in rejects] == ["/3/number", "/epcisBody/eventList/0"]
    assert "/number" in rejects[1].refusal.detail


def test_the_source_fills_in(graph: Tracegraph) -> None:
    event = place(1)
    del event["source"]

    (without,), _ = run(graph, found([event]))
    (with_source,), _ = run(graph, found([event]), source="mes")

    assert without.refused == with_source.stored == 1
    assert graph.event("mes", "1").seq == 1
