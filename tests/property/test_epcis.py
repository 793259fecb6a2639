"""What is written as EPCIS traces the same in a store that knows nothing else.

Left out are product records, for names that only a record joins are no longer joined there, and
keys that say nothing of what they name: EPCIS cannot say of those whether they are containers.
"""

from __future__ import annotations

import os

import orjson
from hypothesis import HealthCheck, given, settings

import tracegraph
from tests.builders import Wire
from tests.property.histories import histories
from tracegraph.formats.epcis import read_epcis
from tracegraph.library import Tracegraph
from tracegraph.trace.answer import Direction

LONG = os.environ.get("TRACEGRAPH_PROVE") == "1"
WAYS: tuple[Direction, ...] = ("forward", "backward")


def said(history: list[Wire]) -> list[Wire]:
    """What EPCIS can say of a history."""
    return [e for e in history if e["type"] != "product" and "urn:example" not in str(e)]


def traced(graph: Tracegraph, key: str, way: Direction) -> dict[str, int]:
    return {item.key: item.depth for item in graph.trace(key, direction=way).items}


def elsewhere(written: bytes) -> Tracegraph:
    """Another store, into which a document was imported."""
    graph = tracegraph.connect("sqlite:///:memory:")
    converted = list(read_epcis(orjson.loads(written), source="partner"))
    assert [refusal for one in converted for refusal in one.refusals] == []
    assert graph.capture([event for one in converted for event in one.events]).ok
    return graph


@settings(
    max_examples=1500 if LONG else 60,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(histories(12).map(said))
def test_a_genealogy_written_as_epcis_traces_the_same(history: list[Wire]) -> None:
    with tracegraph.connect("sqlite:///:memory:") as graph:
        graph.capture(history, atomic=False)
        for item in graph.find(limit=3).items:
            for way in WAYS:
                same = traced(graph, item.key, way)
                if len(same) < 2:
                    continue  # what no standing event names cannot be written
                found = graph.trace(item.key, direction=way)
                with elsewhere(b"".join(graph.epcis(found))) as other:
                    assert traced(other, item.key, way) == same
