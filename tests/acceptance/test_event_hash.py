"""The event hash against the golden files of the published algorithm, read from the shared data."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tracegraph.formats.epcis import event_list, read_xml
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

# The XML documents, each with how many events it has.
GOLDEN_XML = {
    "SensorDataExamples": 12,
    "epcisDocWith2DifferentTransformationEvents": 2,
    "epcisDocWithTransformationEventWithExtension": 1,
    "epcisDocWithTransformationEventWithMultipleExtensions": 1,
    "epcisXmlDocHavingEventWithIgnoreFields": 2,
    "epcisXmlQueryDocHavingEventWithIgnoreFields": 2,
}
# Golden texts that break the algorithm's own rules, by document and place: what stands in ours,
# and what in theirs.
WRONG = {
    # A text of 24 digits went through a double: two different texts would have one hash.
    ("SensorDataExamples", 6): ("111100001111000011110000", "111100001111000003641344"),
    # A field of one report stands behind the names of the lists that hold it, said once more.
    ("SensorDataExamples", 7): (
        "CELbizRules",
        "CELsensorElementListsensorElementsensorReportbizRules",
    ),
}


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


def test_every_golden_document_of_xml_is_listed(shared_data: Path) -> None:
    there = {path.stem for path in (shared_data / "event-hash").glob("*.xml")}

    assert there == set(GOLDEN_XML), "a document that is not listed would not be checked"


@pytest.mark.parametrize("name", GOLDEN_XML)
def test_every_hash_of_xml_is_the_golden_one_unless_that_is_wrong(
    name: str, shared_data: Path
) -> None:
    read = read_xml((shared_data / "event-hash" / f"{name}.xml").read_bytes())
    golden = lines(shared_data, name, "hashes")

    hashes = [event_hash(event, context_of(read)) for event in event_list(read)]

    assert len(hashes) == GOLDEN_XML[name]
    differ = {n for n, pair in enumerate(zip(hashes, golden, strict=True)) if len({*pair}) > 1}
    assert differ == {place for wrong, place in WRONG if wrong == name}


@pytest.mark.parametrize(("name", "place"), WRONG)
def test_what_is_called_wrong_differs_in_just_that(
    name: str, place: int, shared_data: Path
) -> None:
    read = read_xml((shared_data / "event-hash" / f"{name}.xml").read_bytes())
    golden = lines(shared_data, name, "prehashes")[place]
    ours, theirs = WRONG[(name, place)]

    text = pre_hash(event_list(read)[place], context_of(read))

    assert text.count(ours) == golden.count(theirs) == 1
    assert text.replace(ours, theirs) == golden
