"""A real chain of 31 EPCIS events: wild and farmed tuna, commingled, processed, packed, sold.

The expected answers were read off the document by hand: the processor's lot was made from a
commingled lot, which was made from farmed tuna (fed with a feed mill's lot, hatched as fry) and
from a wild catch.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import orjson
from starlette.testclient import TestClient

from api.app import create_app
from tests.contract.engines import Engine
from tracegraph.formats.epcis import read_epcis
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings

LOT = "urn:gdst:example.org:product:lot:class:"
SOLD = f"{LOT}processor.2.v1-0122-2022"
COMMINGLED = f"{LOT}processor.10.commingle-01232022"
FARMED = f"{LOT}fishfarm.1.farmed-tuna-01192022"
CAUGHT = f"{LOT}fisherman01.tuna.v1-0122-2022"
HATCHED = f"{LOT}hatchery.1.tf12012021"
FEED = f"{LOT}feedmill.1.ff11252021"


def imported(engine: Engine, shared_data: Path) -> Tracegraph:
    """A graph that holds the chain."""
    document = orjson.loads((shared_data / "whole-chain/all_wholechain_events.jsonld").read_bytes())
    events = [e for converted in read_epcis(document, source="epcis") for e in converted.events]
    graph = engine.graph()
    report = graph.capture(events)
    assert report.count("stored") == 31
    return graph


def reached(graph: Tracegraph, seed: str, direction: str) -> dict[str, int]:
    """What a lot reaches, by the library and by HTTP, which must agree."""
    answer = graph.trace(seed, direction=direction)  # type: ignore[arg-type]  # one of two words
    found = {item.key: item.depth for item in answer.items if item.depth}
    app = create_app(Settings(), graph=graph)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        told = client.get(f"/v1/items/{quote(seed, safe='')}/genealogy?direction={direction}")
    assert told.status_code == 200
    assert {i["key"]: i["depth"] for i in told.json()["items"] if i["depth"]} == found
    return found


def test_backward_reaches_its_five_ancestors(engine: Engine, shared_data: Path) -> None:
    """Hatchery and feed lie three item steps back; nothing of the other chain is reached."""
    graph = imported(engine, shared_data)
    assert reached(graph, SOLD, "backward") == {
        COMMINGLED: 1,
        FARMED: 2,
        CAUGHT: 2,
        HATCHED: 3,
        FEED: 3,
    }


def test_forward_reaches_exactly_two_lots(engine: Engine, shared_data: Path) -> None:
    """The wild catch went into the commingled lot and the processor's."""
    graph = imported(engine, shared_data)
    assert reached(graph, CAUGHT, "forward") == {COMMINGLED: 1, SOLD: 2}


def test_the_short_sscc_is_kept_and_flagged(engine: Engine, shared_data: Path) -> None:
    """Fifteen digits are no SSCC: the URI stays as it came, and the flaw is told."""
    graph = imported(engine, shared_data)
    key = "urn:epc:id:sscc:08600031303.0003"
    assert graph.item(key).kind == "container"
    assert {a.code for a in graph.anomalies().anomalies} >= {"identifier"}
    held = {item.key for item in graph.trace(key, direction="backward").items}
    assert SOLD in held
