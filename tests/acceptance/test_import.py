"""A public supply chain, imported from its EPCIS document and traced both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from tracegraph.capture.importing import Found, Importing
from tracegraph.cli import app
from tracegraph.formats.event_file import EventFile
from tracegraph.library import Tracegraph, connect
from tracegraph.trace.answer import Genealogy

CLASS = "urn:gdst:example.org:product:lot:class:"
SOLD = f"{CLASS}processor.2.v1-0122-2022"
MIXED = f"{CLASS}processor.10.commingle-01232022"
CAUGHT = f"{CLASS}fisherman01.tuna.v1-0122-2022"
FARMED = f"{CLASS}fishfarm.1.farmed-tuna-01192022"
HATCHED = f"{CLASS}hatchery.1.tf12012021"
FEED = f"{CLASS}feedmill.1.ff11252021"
BAD_SSCC = "urn:epc:id:sscc:08600031303.0003"  # two digits short of an SSCC


@pytest.fixture
def chain(shared_data: Path) -> Path:
    return shared_data / "whole-chain" / "all_wholechain_events.jsonld"


@pytest.fixture
def graph() -> Iterator[Tracegraph]:
    with connect("sqlite:///:memory:") as opened:
        yield opened


def depths(answer: Genealogy) -> dict[str, int]:
    """Every item but the seed, with its depth."""
    return {item.key: item.depth for item in answer.items if item.direction != "seed"}


def assert_known_chain(graph: Tracegraph) -> None:
    assert depths(graph.trace(SOLD)) == {MIXED: 1, CAUGHT: 2, FARMED: 2, HATCHED: 3, FEED: 3}
    assert depths(graph.trace(CAUGHT, direction="forward")) == {MIXED: 1, SOLD: 2}


def test_the_chain_is_imported_and_traced(chain: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'chain.db'}"
    runner = CliRunner()

    imported = runner.invoke(app, ["import", str(chain), "--store", store, "--format", "json"])

    assert imported.exit_code == 0, imported.stderr
    said = json.loads(imported.stdout)
    assert (said["stored"], said["refused"], said["conflicts"]) == (31, 0, 0)
    traced = runner.invoke(app, ["trace", SOLD, "--store", store, "--format", "json"])
    items = json.loads(traced.stdout)["items"]
    assert {item["key"]: item["depth"] for item in items} == {
        SOLD: 0, MIXED: 1, CAUGHT: 2, FARMED: 2, HATCHED: 3, FEED: 3,
    }  # fmt: skip
    with connect(store) as graph:
        assert_known_chain(graph)


def test_a_container_with_a_bad_number_is_kept_and_flagged(chain: Path, graph: Tracegraph) -> None:
    load(graph, read(chain))

    found = graph.item(BAD_SSCC)

    assert (found.key, found.kind) == (BAD_SSCC, "container")
    flagged = [each for each in graph.anomalies().anomalies if each.code == "identifier"]
    assert flagged
    assert all("15" in each.detail for each in flagged)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_and_the_batches_do_not_matter(chain: Path, graph: Tracegraph, seed: int) -> None:
    events = read(chain)
    random = Random(seed)
    random.shuffle(events)

    while events:
        size = random.randint(1, len(events))
        load(graph, events[:size], batch_size=random.randint(1, size))
        events = events[size:]

    assert graph.events(limit=1).published == 31
    assert_known_chain(graph)


def test_a_document_split_in_many_is_the_same(
    chain: Path, graph: Tracegraph, tmp_path: Path
) -> None:
    document: dict[str, Any] = json.loads(chain.read_bytes())
    events = document["epcisBody"]["queryResults"]["resultsBody"].pop("eventList")
    for number, start in enumerate(range(0, len(events), 4)):
        part = {"type": "EPCISDocument", "epcisBody": {"eventList": events[start : start + 4]}}
        path = tmp_path / f"part-{number}.jsonld"
        path.write_text(json.dumps(document | part), encoding="utf-8")
        load(graph, read(path))

    assert graph.events(limit=1).published == 31
    assert_known_chain(graph)


def read(path: Path) -> list[Found]:
    with path.open("rb") as stream:
        return list(EventFile(path.name, stream).read())


def load(graph: Tracegraph, found: list[Found], batch_size: int = 1000) -> None:
    def refuse(reject: object) -> None:
        pytest.fail(f"{reject}")

    list(Importing(graph.capture, refuse, batch_size=batch_size).run(found))
