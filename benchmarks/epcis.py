"""Capture of EPCIS documents beside the same events told natively, in one run.

    python -m benchmarks.epcis sqlite:///new.db
    python -m benchmarks.epcis neo4j://user:password@host/database

The store is empty, and is left with the events. Rounds of the two ways take turns; each document
and each batch of native lines is parsed, checked and captured. Printed are events a second, and
how many times as long EPCIS takes.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import orjson

import tracegraph
from api.capturing import Sent
from api.epcis.documents import SentDocument
from api.parsing import NDJSON
from tracegraph.formats.epcis import read_epcis
from tracegraph.library import Tracegraph

ROUNDS = 10
DAYS = 60  # of one document: a hundred and eighty events
JSON = "application/json"
UNITS = 8


def main(dsn: str) -> None:
    """Capture both ways in turn, and print."""
    times: dict[str, list[float]] = {"EPCIS": [], "native": []}
    with tracegraph.connect(dsn) as graph:
        assert not graph.store.published().seq, "the store is to be empty"
        for round_ in range(ROUNDS + 1):
            document = {
                "type": "EPCISDocument",
                "schemaVersion": "2.0",
                "epcisBody": {"eventList": list(events(2 * round_))},
            }
            other = {**document, "epcisBody": {"eventList": list(events(2 * round_ + 1))}}
            natives = b"\n".join(map(orjson.dumps, natively(other)))
            took = {
                "EPCIS": seconds(graph, SentDocument(JSON, orjson.dumps(document), "b", True)),
                "native": seconds(graph, Sent(NDJSON, natives, "b", "epcis", True, False)),
            }
            if round_:  # the first warms up
                for way, each in took.items():
                    times[way].append(each)
    count = 3 * DAYS
    for way, all_ in times.items():
        print(f"{way:<8}{count / statistics.median(all_):>10,.0f} events a second")
    ratios = [a / b for a, b in zip(times["EPCIS"], times["native"], strict=True)]
    print(f"EPCIS takes {statistics.median(ratios):.2f} times as long")


def seconds(graph: Tracegraph, sent: SentDocument | Sent) -> float:
    """How long a capture takes."""
    begin = time.perf_counter()
    sent.into(graph, most=10_000)
    return time.perf_counter() - begin


def events(series: int) -> Iterator[dict[str, Any]]:
    """Days on which units are made, packed, and sent."""
    for day in range(DAYS):
        batch = series * DAYS + day
        units = [f"urn:epc:id:sgtin:4012345.011111.{batch}-{n}" for n in range(UNITS)]
        pallet = f"urn:epc:id:sscc:4012345.{batch:010}"
        made = {"lotNumber": f"L{batch}", "cbvmda:itemExpirationDate": "2029-01-31"}
        yield event(batch, "ObjectEvent", 8, action="ADD", epcList=units, ilmd=made)
        yield event(batch, "AggregationEvent", 9, action="ADD", parentID=pallet, childEPCs=units)
        yield event(
            batch, "ObjectEvent", 10, action="OBSERVE", bizStep="shipping", epcList=[pallet]
        )


def event(batch: int, kind: str, hour: int, **fields: Any) -> dict[str, Any]:
    """An event of a day."""
    return {
        "type": kind,
        "eventID": f"urn:uuid:{batch}-{hour}",
        "eventTime": f"2026-03-02T{hour:02}:00:00.{batch:06}Z",
        "eventTimeZoneOffset": "+00:00",
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
        **fields,
    }


def natively(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same events as a sender of native ones would tell them."""
    for converted in read_epcis(document, source="epcis"):
        for made in converted.events:
            yield {name: value for name, value in made.items() if name != "attributes"}


if __name__ == "__main__":
    main(*sys.argv[1:])
