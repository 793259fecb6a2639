"""Public EPCIS documents, captured and given back; and a chain of native and EPCIS events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from starlette.testclient import TestClient

from api.app import create_app
from tests.contract.engines import Engine, long_on_neo4j
from tracegraph.demo import STORY, history
from tracegraph.demo.plan import Size
from tracegraph.formats.epcis import read_epcis, read_xml
from tracegraph.identify.naming import name_key
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings
from tracegraph.trace.answer import Direction

SECONDS = 30.0
# What a repository says of an event, beside what came (EPCIS 2.0, 7.4.1).
OF_REPOSITORY = ("@context", "eventID", "recordTime")
# Public documents in XML that are wrong themselves: where, and by which rule.
WRONG_XML = {
    # declarationTime has no seconds, which xsd:dateTime asks for
    "xml-1.2/TransactionEvent_all_possible_fields.xml": [
        ("/epcisBody/eventList/0", "instant"),
    ],
}
LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


@contextmanager
def served(graph: Tracegraph) -> Iterator[TestClient]:
    app = create_app(Settings(), graph=graph)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


def captured(client: TestClient, document: dict[str, Any]) -> None:
    """Capture a document, or one event, whole."""
    if "epcisBody" not in document:
        answer = client.post("/epcis/events", json=document)
        assert answer.status_code == 201, answer.text
        return
    answer = client.post("/epcis/capture", json=document)
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + SECONDS
    while (job := client.get(answer.headers["location"]).json())["running"]:
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.005)
    assert job["success"], job["errors"]


def sent_events(document: dict[str, Any]) -> list[dict[str, Any]]:
    if "epcisBody" not in document:
        return [document]
    body = document["epcisBody"]
    results = body.get("queryResults", {}).get("resultsBody", body)
    events: list[dict[str, Any]] = results["eventList"]
    return events


def without(event: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


def named(event: dict[str, Any]) -> set[str]:
    """The items that an event is about, by its own words."""
    instances = {epc for name in LISTS for epc in event.get(name, ())}
    return instances | {each["epcClass"] for name in CLASSES for each in event.get(name, ())}


def queried(client: TestClient) -> list[dict[str, Any]]:
    """Every event of the store, by one query in the order of event times."""
    answer = client.get("/epcis/events?perPage=1000&orderBy=eventTime")
    assert answer.status_code == 200, answer.text
    results = answer.json()["epcisBody"]["queryResults"]["resultsBody"]
    return [without(event, OF_REPOSITORY) for event in results["eventList"]]


def check(graph: Tracegraph, document: dict[str, Any]) -> None:
    """Every event comes back as it came, by its id and by a query; its items are traced."""
    with served(graph) as client:
        captured(client, document)
        stored = {e["id"]: e for e in client.get("/v1/events?limit=1000").json()["events"]}
        sent = sent_events(document)
        assert len(stored) == len(sent)
        back = []
        for id in stored:
            answer = client.get(f"/epcis/events/{quote(id, safe='')}")
            assert answer.status_code == 200
            event = answer.json()
            assert event["eventID"] == id.removesuffix("#errorDeclaration")
            if "epcisBody" in document:
                around = document["@context"]
                assert event["@context"][: len(around)] == around
            back.append(without(event, OF_REPOSITORY))
        told = queried(client)
        assert len(told) == len(sent)
        for event in sent:
            assert without(event, OF_REPOSITORY) in back
            assert without(event, OF_REPOSITORY) in told
            for item in named(event) if "errorDeclaration" not in event else ():
                if name_key(item) is None:
                    continue  # a product alone, `idpat`: a gap, and no item
                (found,) = graph.resolve(item)
                assert found.key in {each.key for each in graph.trace(item).items}


def test_public_documents_come_back_as_they_came(engine: Engine, shared_data: Path) -> None:
    folder = shared_data / "epcis-documents"
    files = sorted([*folder.glob("Documents/*.json"), *folder.glob("Events/*.json")])
    assert len(files) == 43
    for file in files:
        check(engine.graph(), orjson.loads(file.read_bytes()))


def test_public_documents_in_xml_come_back_in_their_json_form(
    engine: Engine, shared_data: Path
) -> None:
    folder = shared_data / "epcis-documents"
    files = sorted([*folder.glob("xml-2.0/*.xml"), *folder.glob("xml-1.2/*.xml")])
    assert len(files) == 56
    refused = {}
    for file in files:
        document = read_xml(file.read_bytes())
        faults = [
            (one.pointer, refusal.rule)
            for one in read_epcis(document, source="epcis")
            for refusal in one.refusals
        ]
        if faults:
            refused[f"{file.parent.name}/{file.name}"] = faults
        else:
            check(engine.graph(), document)
    assert refused == WRONG_XML


def epcis(kind: str, time: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "eventTime": time,
        "eventTimeZoneOffset": "+00:00",
        "eventID": f"urn:uuid:{time}",
        **fields,
    }


def document(*events: dict[str, Any]) -> dict[str, Any]:
    body = {"eventList": list(events)}
    return {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": body}


RESIN = "urn:epc:class:lgtin:4012345.011111.R7"
PALLET = "urn:epc:id:sscc:4012345.0000000017"
GTIN = "04012345222227"
UNITS = [f"urn:epc:id:sgtin:4012345.022222.{n}" for n in (1, 2)]
KEYS = [f"https://id.gs1.org/01/{GTIN}/21/{n}" for n in (1, 2)]
SUPPLIER = [
    epcis(
        "ObjectEvent", "2026-01-01T00:00:00Z", action="ADD", bizStep="commissioning",
        quantityList=[{"epcClass": RESIN, "quantity": 50, "uom": "KGM"}],
    ),
]  # fmt: skip
MAKER: list[dict[str, Any]] = [
    {
        "id": "rcp-1", "source": "wms", "type": "receipt", "occurred_at": "2026-01-02T00:00:00Z",
        "place": "P1", "party": "RESINS",
        "items": [
            {"item": {"scan": "(01)04012345111118(10)R7"}, "quantity": "50", "unit": "kg"},
        ],
    },
    {
        "id": "mo-1", "source": "mes", "type": "production", "occurred_at": "2026-01-03T00:00:00Z",
        "place": "P1",
        "inputs": [
            {"item": {"product": "04012345111118", "lot": "R7"}, "quantity": "4", "unit": "kg"},
        ],
        "outputs": [
            {"item": {"product": GTIN, "serial": n, "lot": "C1"}, "quantity": "1", "unit": "each"}
            for n in ("1", "2")
        ],
    },
]  # fmt: skip
PACKED = [
    epcis(
        "AggregationEvent", "2026-01-04T00:00:00Z", action="ADD", bizStep="packing",
        parentID=PALLET, childEPCs=UNITS,
    ),
]  # fmt: skip
SENT: list[dict[str, Any]] = [
    {
        "id": "ship-1", "source": "wms", "type": "shipment", "occurred_at": "2026-01-05T00:00:00Z",
        "place": "P1", "party": "HOSPITAL", "items": [{"item": {"key": PALLET}}],
    },
]  # fmt: skip
HOSPITAL = [
    epcis(
        "AggregationEvent", "2026-01-06T00:00:00Z", action="DELETE", bizStep="unpacking",
        parentID=PALLET, childEPCs=UNITS, readPoint={"id": "urn:epc:id:sgln:4012345.00009.0"},
    ),
    epcis(
        "ObjectEvent", "2026-01-07T00:00:00Z", action="DELETE", bizStep="dispensing",
        epcList=[UNITS[0]], readPoint={"id": "urn:epc:id:sgln:4012345.00009.0"},
    ),
]  # fmt: skip


def test_a_chain_told_half_natively_half_by_epcis_traces_through(engine: Engine) -> None:
    """The resin is the supplier's by EPCIS and the maker's by a scan; so is every unit made."""
    graph = engine.graph()
    with served(graph) as client:
        captured(client, document(*HOSPITAL))  # the last first: order of arrival is no matter
        for native in (MAKER, SENT):
            assert client.post("/v1/events", json=native).status_code == 201
        captured(client, document(*SUPPLIER, *PACKED))

    (resin,) = graph.resolve(RESIN)
    assert resin.key == "https://id.gs1.org/01/04012345111118/10/R7"
    forward = {item.key for item in graph.trace(RESIN, direction="forward").items}
    assert forward >= {resin.key, *KEYS, f"https://id.gs1.org/01/{GTIN}/10/C1"}
    for unit in UNITS:
        backward = {item.key for item in graph.trace(unit).items}
        assert resin.key in backward
    kinds = [entry.type for entry in graph.history(UNITS[0]).entries]
    assert kinds == ["production", "pack", "shipment", "unpack", "use"]
    scope = graph.scope(RESIN)
    assert set(KEYS) <= {item.key for item in scope.items}
    assert [each.party for each in scope.consignees] == ["HOSPITAL"]


ONE_WEEK = Size(weeks=1, sets=1, screws=1, units=(50, 80), batch=150, loose=20, pallet=1)


def traced(graph: Tracegraph, seed: str, way: Direction) -> dict[str, int]:
    return {item.key: item.depth for item in graph.trace(seed, direction=way).items}


def test_a_genealogy_written_as_epcis_traces_the_same_elsewhere(engine: Engine) -> None:
    """In a store that knows neither the products nor their other names."""
    long_on_neo4j(engine)
    asked: list[tuple[str, Direction]] = [
        (STORY.bad_resin_lot, "forward"),
        (STORY.good_serial, "backward"),
    ]
    graph = engine.graph()
    assert graph.capture(history(ONE_WEEK, 1)).ok
    told = []
    for seed, way in asked:
        key = graph.resolve(seed)[0].key
        written = b"".join(graph.epcis(graph.trace(seed, direction=way)))
        told.append((key, way, traced(graph, seed, way), written))
    for key, way, same, written in told:
        assert len(same) > 5
        other = engine.graph()
        with served(other) as client:
            captured(client, orjson.loads(written))
        assert traced(other, key, way) == same
