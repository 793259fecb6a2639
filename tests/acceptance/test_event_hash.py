"""The event hash against the golden files of the published algorithm, read from the shared data."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tracegraph.formats.epcis import event_list
from tracegraph.formats.epcis.context import context_of
from tracegraph.formats.epcis.event_hash import event_hash, pre_hash

# How many events each document has.
GOLDEN = {
    "CertificationInfoAndSensorReportWithCRS": 1,
    "ReferenceEventHashAlgorithm": 1,
    "ReferenceEventHashAlgorithm2": 1,
    "ReferenceEventHashAlgorithm3": 1,
    "TimeStampRoundOff": 3,
    "epcisDocHavingEventWithComment": 1,
    "epcisDocHavingEventWithIgnoreFields": 2,
    "epcisDocWithAllGS1Keys": 1,
    "epcisDocWithCustomSchemaInContext": 2,
    "epcisDocWithDefaultSchemaInContext": 2,
    "epcisDocWithSensorComponent": 1,
    "epcisDocWithSensorDataObjectEvent": 1,
    "epcisDocWithShippingAndTransportingEvent": 2,
    "epcisDocWithSingleEvent": 1,
    "epcisDocWithVariousEventTypes": 13,
    "epcisDocWithXMLstartTagAndErrorDeclaration": 1,
    "epcisEventWithCURIEs": 1,
    "epcisQueryDocHavingEventWithIgnoreFields": 2,
    "epcisQueryDocument": 2,
    "epclist_normalisation": 1,
    "persistentDisposition": 2,
    "ralfsChaosExample": 1,
}

# Golden texts whose own SHA-256 is not the golden hash beside them, by document and place: they
# are garbled, or belong to another event. The hash is what counts.
GARBLED = {
    ("epcisDocWithAllGS1Keys", 0),
    ("epcisDocWithCustomSchemaInContext", 1),
    ("epcisDocWithDefaultSchemaInContext", 1),
}
# Documents that have golden hashes only.
WITHOUT_TEXT = {"epcisDocHavingEventWithComment"}


def document(shared_data: Path, name: str) -> dict[str, Any]:
    read = json.loads((shared_data / "event-hash" / f"{name}.jsonld").read_bytes())
    assert isinstance(read, dict)
    return read


def lines(shared_data: Path, name: str, kind: str) -> list[str]:
    text = (shared_data / "event-hash" / f"{name}.{kind}").read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line]


def test_every_golden_document_is_listed(shared_data: Path) -> None:
    there = {path.stem for path in (shared_data / "event-hash").glob("*.jsonld")}

    assert there == set(GOLDEN), "a document that is not listed would not be checked"


@pytest.mark.parametrize("name", GOLDEN)
def test_every_hash_is_the_golden_one(name: str, shared_data: Path) -> None:
    read = document(shared_data, name)

    hashes = [event_hash(event, context_of(read)) for event in event_list(read)]

    assert len(hashes) == GOLDEN[name]
    assert hashes == lines(shared_data, name, "hashes")


@pytest.mark.parametrize("name", sorted(GOLDEN.keys() - WITHOUT_TEXT))
def test_every_text_is_the_golden_one_unless_that_is_garbled(name: str, shared_data: Path) -> None:
    read = document(shared_data, name)
    golden = lines(shared_data, name, "prehashes")

    texts = [pre_hash(event, context_of(read)) for event in event_list(read)]

    differ = {
        place for place, pair in enumerate(zip(texts, golden, strict=True)) if len({*pair}) > 1
    }
    assert differ == {place for garbled, place in GARBLED if garbled == name}


def test_what_is_called_garbled_contradicts_its_own_hash(shared_data: Path) -> None:
    for name, place in GARBLED:
        text = lines(shared_data, name, "prehashes")[place]
        digest = hashlib.sha256(text.encode()).hexdigest()

        assert digest not in lines(shared_data, name, "hashes")[place], "else the fault is ours"
