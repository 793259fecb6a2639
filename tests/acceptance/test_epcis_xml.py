"""Public EPCIS documents in XML say what their twins in JSON say, where they mean the same event.

Compared are values: names by the namespace behind their prefix, times as instants. Every difference
that is left stands in a table, with its reason; a row that tells no difference fails.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tracegraph.formats.epcis import read_epcis
from tracegraph.formats.epcis.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_ID = "the JSON document has a name of its own, for which XML has no place"
NO_HEADER = "the XML document has no header, which would name its addressees"
ADDRESSED = {"sender": NO_HEADER, "receiver": NO_HEADER, "instanceIdentifier": NO_HEADER}
WORD_IN_FULL = "the JSON document spells a word of the vocabulary in full, unlike all its others"
OTHER_KEY = "the JSON document names another thing, or this one as a Digital Link"
OTHER_SAMPLE = "the XML document was written with another value"
ONLY_IN_XML = "the XML document has more"
ONLY_IN_JSON = "the XML document lacks it"
FLATTER = "in the JSON document the objects of extensions are nested once more"
OF_FIELDS = {
    "0/certificationInfo": ONLY_IN_JSON,
    "0/errorDeclaration": OTHER_SAMPLE,
    "0/eventID": OTHER_SAMPLE,
}
WITH_UNIT = "the XML document gives the unit of a weight, as an attribute"
OTHER_NAMESPACE = "in the JSON document the prefix cbvmda stands for another namespace"
OF_CBV = [
    "countryOfExport",
    "countryOfOrigin",
    "drainedWeight",
    "grossWeight",
    "lotNumber",
    "netWeight",
]
OF_EXTENSION = ["array", "boolean", "default", "float", "int", "object", "string", "time"]

# Each XML document that has a twin: what differs, by field of the document, or by index and path
# of local names in an event. What lies below differs with it.
TWINS: dict[str, dict[str, str]] = {
    "xml-2.0/AggregationEvent": {"id": NO_ID},
    "xml-2.0/AggregationEvent_all_possible_fields": ADDRESSED,
    "xml-2.0/AggregationEvent_with_digitalLink": {"id": NO_ID},
    "xml-2.0/AggregationEvent_with_persistentDisposition": {},
    "xml-2.0/AggregationEvent_with_sensorData": {"id": NO_ID},
    "xml-2.0/AggregationEvent_with_userExtensions": {},
    "xml-2.0/AssociationEvent": {},
    "xml-2.0/AssociationEvent_2": {"id": NO_ID},
    "xml-2.0/AssociationEvent_all_possible_fields": {},
    "xml-2.0/AssociationEvent_with_sensorData": {"id": NO_ID},
    "xml-2.0/AssociationEvent_with_userExtensions": {},
    "xml-2.0/Combination_of_different_event": {
        "0/bizStep": WORD_IN_FULL,
        "4/errorDeclaration/declarationTime": "one says 14:00 at +01:00, the other 14:00 at Z",
    },
    "xml-2.0/CurieString_document": {},
    "xml-2.0/JumbledFieldsOrder": {},
    "xml-2.0/Namespaces_at_different_level": {},
    "xml-2.0/ObjectEvent": {"id": NO_ID},
    "xml-2.0/ObjectEvent_all_possible_fields": ADDRESSED,
    "xml-2.0/ObjectEvent_with_comment": {
        "id": NO_ID,
        "0/comment": "the comment is one of XML, which says nothing",
    },
    "xml-2.0/ObjectEvent_with_custom_bizStep_uri": {},
    "xml-2.0/ObjectEvent_with_digitalLink": {"id": NO_ID},
    "xml-2.0/ObjectEvent_with_error_declaration": {"id": NO_ID},
    "xml-2.0/ObjectEvent_with_sensorData": {"id": NO_ID},
    "xml-2.0/ObjectEvent_with_userExtensions": {},
    "xml-2.0/SensorData_and_extension": {"id": NO_ID},
    "xml-2.0/SensorData_with_combined_events": {"12/bizStep": WORD_IN_FULL},
    "xml-2.0/TransactionEvent": {},
    "xml-2.0/TransactionEvent_all_possible_fields": ADDRESSED,
    "xml-2.0/TransactionEvent_with_sensorData": {},
    "xml-2.0/TransactionEvent_with_userExtensions": {},
    "xml-2.0/TransformationEvent": {"id": NO_ID},
    "xml-2.0/TransformationEvent_all_possible_fields": ADDRESSED,
    "xml-2.0/TransformationEvent_with_errorDeclaration": {"id": NO_ID},
    "xml-2.0/TransformationEvent_with_sensorData": {},
    "xml-2.0/TransformationEvent_with_userExtensions": {},
    "xml-2.0/epcisDocWithAllGS1Keys": {"0/epcList/2": OTHER_KEY},
    "xml-2.0/epcisDocWithSensorComponent": {
        "0/epcList/0": OTHER_KEY,
        "0/readPoint/id": OTHER_KEY,
        "0/sensorElementList/0/sensorReport/0/type": WORD_IN_FULL,
        "0/sensorElementList/0/sensorReport/1/type": WORD_IN_FULL,
    },
    "xml-1.2/AggregationEvent_all_possible_fields": {
        **OF_FIELDS,
        **ADDRESSED,
        "0/persistentDisposition": ONLY_IN_XML,
        "0/sensorElementList/0/array/5/object": FLATTER,
        "0/sensorElementList/0/object/object": FLATTER,
        "0/array/5/object": FLATTER,
        "0/object/object": FLATTER,
    },
    "xml-1.2/AssociationEvent_all_possible_fields": {
        "0/errorDeclaration": ONLY_IN_XML,
        "0/persistentDisposition": ONLY_IN_XML,
        "0/sourceList": ONLY_IN_JSON,
        "0/destinationList": ONLY_IN_JSON,
    },
    "xml-1.2/ObjectEvent": {
        "id": NO_ID,
        "0/eventID": ONLY_IN_JSON,
        "0/myField": "the namespace of the extension ends with a slash in one of them",
    },
    "xml-1.2/ObjectEvent_all_possible_fields": {
        **OF_FIELDS,
        **ADDRESSED,
        "0/action": OTHER_SAMPLE,
        "0/certificationInfo": OTHER_SAMPLE,
        "0/ilmd/drainedWeight": WITH_UNIT,
        "0/ilmd/grossWeight": WITH_UNIT,
        "0/ilmd/netWeight": WITH_UNIT,
        "0/ilmd/array/5/object": FLATTER,
        "0/ilmd/object/object": FLATTER,
        "0/sensorElementList/0/array": ONLY_IN_JSON,
        "0/sensorElementList/0/float": ONLY_IN_JSON,
        "0/sensorElementList/0/int": ONLY_IN_JSON,
        "0/sensorElementList/0/time": ONLY_IN_JSON,
        "0/sensorElementList/0/object/array": "the XML document has only the first member",
        "0/sensorElementList/0/object/object": FLATTER,
        "0/array": ONLY_IN_JSON,
        "0/object/object": FLATTER,
    },
    "xml-1.2/ObjectEvent_with_sensorData": {
        "id": NO_ID,
        "creationDate": OTHER_SAMPLE,
        "0/eventID": ONLY_IN_JSON,
    },
    "xml-1.2/TransactionEvent": {
        "0/vehicle/1/vehicleMasterGIAI": "the XML document has an empty element where JSON has none"
    },
    "xml-1.2/TransactionEvent_all_possible_fields": {
        **ADDRESSED,
        **{f"0/{name}": ONLY_IN_JSON for name in OF_EXTENSION},
    },
    "xml-1.2/TransformationEvent_all_possible_fields": {
        **OF_FIELDS,
        **ADDRESSED,
        **{f"0/ilmd/{name}": OTHER_NAMESPACE for name in OF_CBV},
        "0/ilmd/array/5/object": FLATTER,
        "0/ilmd/object/object": FLATTER,
        "0/sensorElementList/0/array/5/object": FLATTER,
        "0/sensorElementList/0/object/object": FLATTER,
        "0/array": ONLY_IN_JSON,
        "0/object/object": FLATTER,
    },
}
OTHERWISE_NAMED = {
    "TransformationEvent_with_errorDeclaration": "TransformationEvent_with_error_declaration"
}
# The one event of these is the second of its twin, which has two.
SECOND_OF_TWO = {"xml-1.2/ObjectEvent", "xml-1.2/TransactionEvent"}

# The others have no twin, or one of the same name that is about another event. For each the types
# of its events, by their initials: O(bject), A(ggregation),
# T(ransaction), F (transformation), S (association).
ALONE: dict[str, str] = {
    "xml-1.2/AggregationEvent": "A",
    "xml-1.2/All_eventTypes_in_single_document": "OATFSS",
    "xml-1.2/AssociationEvent": "S",
    "xml-1.2/Document_with_namespace": "O",
    "xml-1.2/EPCISDocument_with_comment": "OOAAAOAO",
    "xml-1.2/GS1_US_Pharma_Example_2_2_1_1": "OOAAAOAO",
    "xml-1.2/Jumbled_attributes_order": "O",
    "xml-1.2/ObjectEvent_with_baseExtension_errorDeclaration": "OOO",
    "xml-1.2/Single_event": "T",
    "xml-1.2/Single_event_with_namespace": "O",
    "xml-1.2/TransformationEvent": "F",
    "xml-2.0/Namespace_document": "O",
}
INITIALS = {
    "O": "ObjectEvent",
    "A": "AggregationEvent",
    "T": "TransactionEvent",
    "F": "TransformationEvent",
    "S": "AssociationEvent",
}

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*(?:Z|[+-]\d\d:\d\d)")
ABSENT = object()


@pytest.mark.parametrize("name", TWINS)
def test_a_document_says_what_its_twin_says(name: str, shared_data: Path) -> None:
    converted, twin = read(shared_data, name), twin_of(shared_data, name)

    found = set(differences(compared(converted), compared(twin)))

    rows = TWINS[name]
    unexplained = {at for at in found if not any(covers(row, at) for row in rows)}
    assert not unexplained, "the two mean the same event, so that each difference has a reason"
    stale = {row for row in rows if not any(covers(row, at) for at in found)}
    assert not stale, "a row that tells no difference hides the next one"


@pytest.mark.parametrize("name", [name for name in TWINS if name.startswith("xml-2.0/")])
def test_a_document_becomes_the_events_that_its_twin_becomes(name: str, shared_data: Path) -> None:
    assert outcomes(read(shared_data, name)) == outcomes(twin_of(shared_data, name))


@pytest.mark.parametrize("name", ALONE)
def test_a_document_without_a_twin_is_read(name: str, shared_data: Path) -> None:
    document = read(shared_data, name)

    assert [event["type"] for event in events(document)] == [INITIALS[each] for each in ALONE[name]]
    assert None not in outcomes(document)


def test_every_public_document_is_accounted_for(shared_data: Path) -> None:
    folder = shared_data / "epcis-documents"
    files = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.xml")}

    assert files == TWINS.keys() | ALONE.keys()


def test_the_same_document_gives_the_same_text(shared_data: Path) -> None:
    """Byte for byte, not only after sorting."""
    for path in sorted((shared_data / "epcis-documents").rglob("*.xml")):
        texts = {json.dumps(read_xml(path.read_bytes())) for _ in range(2)}
        assert len(texts) == 1, path


def test_every_prefix_in_a_name_is_declared(shared_data: Path) -> None:
    """JSON-LD drops a field whose prefix it does not know."""
    standard = {"cbvmda"}
    for path in sorted(shared_data.rglob("*.xml")):
        document = read_xml(path.read_bytes())
        prefixes = {key.partition(":")[0] for key in keys(events(document)) if ":" in key}
        assert prefixes <= standard | names_of(document).keys(), path


def test_the_wrappers_of_1_2_leave_no_trace(shared_data: Path) -> None:
    """What came with EPCIS 1.1, 1.2 and 2.0 stands beside what was there in 1.0."""
    for path in sorted((shared_data / "epcis-documents/xml-1.2").glob("*.xml")):
        assert not {"extension", "baseExtension"} & set(keys(events(read_xml(path.read_bytes()))))


def test_all_kinds_of_events_of_1_2(shared_data: Path) -> None:
    document = read(shared_data, "xml-1.2/All_eventTypes_in_single_document")

    seen, unpacked, transaction, made, voided, taken_apart = events(document)
    [element] = seen["sensorElementList"]
    assert element["sensorMetadata"] == {"time": "2021-05-27T13:50:00.000+01:00"}
    assert [report["value"] for report in element["sensorReport"]] == [-477979.89, 2477583.57]
    assert {report["type"] for report in element["sensorReport"]} == {"Length"}
    disposed = {"unset": ["completeness_inferred"], "set": ["completeness_verified"]}
    assert unpacked["persistentDisposition"] == made["persistentDisposition"] == disposed
    assert transaction["bizTransactionList"] == [
        {"bizTransaction": "urn:epc:id:gdti:95252084.0001.0003555480001000"}
    ]
    assert [each["quantity"] for each in made["inputQuantityList"]] == [10, 30, 220]
    assert made["ext1:int"] == "10"
    assert voided["errorDeclaration"]["reason"] == "incorrect_data"
    assert "childEPCs" not in voided
    assert taken_apart["childEPCs"] == [f"urn:epc:id:giai:4000001.1234{each}" for each in (5, 6)]


def test_a_sale_of_medicine_is_read_down_to_its_lots(shared_data: Path) -> None:
    """Header, master data and comments between the events say nothing of the events."""
    name = "xml-1.2/GS1_US_Pharma_Example_2_2_1_1"
    document = read(shared_data, name)

    made, *_, sold = [event for each in read_epcis(document, source="x") for event in each.events]

    assert len(made["outputs"]) == 12
    assert made["outputs"][0]["item"] == {
        "product": "00300010123455",
        "serial": "11",
        "lot": "A123",
    }
    assert {line["expires_on"] for line in made["outputs"]} == {"2025-03-27"}
    assert sold["attributes"]["epcis"]["gs1ushc:dropShipment"] == "false"
    assert names_of(document) == {"gs1ushc": "http://epcis.gs1us.org/hc/ns"}
    assert read(shared_data, "xml-1.2/EPCISDocument_with_comment") == document


def test_names_in_a_namespace_of_epcis_are_its_own(shared_data: Path) -> None:
    """The standard leaves them unqualified; some senders do not."""
    place = {"id": "urn:epc:id:sgln:479602638.000.0"}
    lot = {"epcClass": "urn:epc:class:lgtin:479602638.0024.018o1", "quantity": 29, "uom": "KGM"}
    common = {
        "type": "ObjectEvent",
        "eventTime": "2022-04-13T12:35:29.017069617Z",
        "recordTime": "2022-12-28T10:17:28.647Z",
        "eventTimeZoneOffset": "+02:00",
        "eventID": "urn:uuid:bf602366-6657-49fb-a729-9610ccef086e",
        "action": "ADD",
        "bizStep": "commissioning",
        "readPoint": place,
        "bizLocation": place,
        "bizTransactionList": [
            {"type": "po", "bizTransaction": "http://transaction.acme.com/po/12345679"}
        ],
        "quantityList": [lot],
    }

    [mixed] = events(read(shared_data, "xml-1.2/Document_with_namespace"))
    [qualified] = events(read(shared_data, "xml-2.0/Namespace_document"))
    bare = read(shared_data, "xml-1.2/Single_event_with_namespace")

    assert mixed == common
    assert qualified == common | {"epcList": ["urn:epc:id:sgtin:0614141.107346.2018"]}
    extensions = {"ext1:default", "ext1:int", "ext1:float", "ext1:time", "ext1:boolean"}
    assert bare.keys() - common.keys() == {"@context", "ext1:string", "ext1:object", *extensions}
    assert bare["ext1:object"]["ext2:array"] == ["11", "21", "stringInArrayInObject"]


def test_the_order_of_fields_is_of_no_meaning(shared_data: Path) -> None:
    [event] = events(read(shared_data, "xml-1.2/Jumbled_attributes_order"))

    assert next(iter(event)) == "type"
    assert event["eventTime"] == "2005-04-04T20:33:31.116-06:00"
    assert event["readPoint"] == {"id": "urn:epc:id:sgln:0012345.11111.400"}
    assert [each["type"] for each in event["bizTransactionList"]] == ["po", "desadv"]
    assert event["example:myField"] == "Example of a vendor/user extension"


def test_an_error_declaration_stands_in_the_base_extension(shared_data: Path) -> None:
    name = "xml-1.2/ObjectEvent_with_baseExtension_errorDeclaration"

    first, void, correction = events(read(shared_data, name))

    correcting = "urn:uuid:6926712e-599f-4c4e-b6e9-8dd888c906bd"
    assert void["errorDeclaration"] == {
        "declarationTime": "2023-07-17T13:00:00.000-04:00",
        "reason": "incorrect_data",
        "correctiveEventIDs": [correcting],
    }
    assert correction["eventID"] == correcting
    assert {name: said for name, said in void.items() if name != "errorDeclaration"} == first


def test_events_of_1_2_that_differ_from_their_namesakes(shared_data: Path) -> None:
    [packed] = events(read(shared_data, "xml-1.2/AggregationEvent"))
    [installed] = events(read(shared_data, "xml-1.2/AssociationEvent"))
    [made] = events(read(shared_data, "xml-1.2/TransformationEvent"))

    assert packed["parentID"] == "urn:epc:id:sgtin:952001.1012345.22222223333"
    assert packed["sourceList"] == [
        {"type": "owning_party", "source": "urn:epc:id:pgln:9520001.11111"}
    ]
    assert packed["destinationList"] == [
        {"type": "owning_party", "destination": "urn:epc:id:pgln:9520999.99999"}
    ]
    assert installed["bizStep"] == "installing"
    [report] = installed["sensorElementList"][0]["sensorReport"]
    assert report == {
        "type": "AbsoluteHumidity",
        "minValue": 12.1,
        "maxValue": 12.2,
        "uom": "A93",
    }
    assert made["inputQuantityList"] == [
        {"epcClass": "urn:epc:class:lgtin:4012345.022222.87545GHGH"}
    ], "a quantity that is nil is none"
    assert made["errorDeclaration"]["example:vendorExtension"] == "Test1"


def test_a_single_event_needs_no_document(shared_data: Path) -> None:
    event = read(shared_data, "xml-1.2/Single_event")

    assert event["type"] == "TransactionEvent"
    assert event["bizStep"] == "http://epcis.example.org/hc/bizstep/summarising_discharge"
    assert event["epcList"] == ["urn:epc:id:gsrn:95252084.000000001"]


def test_the_documents_of_the_event_hash_have_as_many_events_as_hashes(shared_data: Path) -> None:
    paths = sorted((shared_data / "event-hash").glob("*.xml"))

    found = {path.stem: len(events(read_xml(path.read_bytes()))) for path in paths}

    assert len(found) == 6
    for path in paths:
        hashes = path.with_suffix(".prehashes").read_text(encoding="utf-8").split("\n")
        assert found[path.stem] == len(list(filter(None, hashes))), path.stem


def test_extensions_of_the_event_hash_are_kept_whole(shared_data: Path) -> None:
    """A field of EPCIS within an extension is the extension's: no number, but what was written."""
    [event] = hashed(shared_data, "epcisDocWithTransformationEventWithMultipleExtensions")

    element = event["c4l:resourceList"]["c4l:quantityElement"]
    copper = "http://circ4life.eecc.info/material/copper"
    assert element == {"epcClass": copper, "quantity": "0.5", "uom": "KGM"}
    assert event["c4l:wasteList"]["c4l:wasteElement"]["c4l:amount"] == {
        "c4l:quantity": "0.5",
        "c4l:uom": "KGM",
    }


def test_a_query_document_of_the_event_hash(shared_data: Path) -> None:
    name = "epcisXmlQueryDocHavingEventWithIgnoreFields"
    document = read_xml((shared_data / f"event-hash/{name}.xml").read_bytes())

    results = document["epcisBody"]["queryResults"]

    assert document["type"] == "EPCISQueryDocument"
    assert results["queryName"] == "SimpleEventQuery"
    first, second = results["resultsBody"]["eventList"]
    assert (first["epcList"], first["example:testField4"]) == ([], "ABC")
    assert second["quantityList"][0]["quantity"] == 150
    assert [len(answer.events) for answer in read_epcis(document, source="x")] == [1, 1]


def test_sensor_data_of_the_event_hash(shared_data: Path) -> None:
    measured = hashed(shared_data, "SensorDataExamples")

    [report, *_] = measured[0]["sensorElementList"][0]["sensorReport"]
    assert report == {"type": "MT-Temperature", "uom": "CEL", "value": 26}
    assert measured[2]["epcList"] == [], "conditions of a place are about no item"


def read(shared_data: Path, name: str) -> dict[str, Any]:
    return read_xml((shared_data / "epcis-documents" / f"{name}.xml").read_bytes())


def hashed(shared_data: Path, name: str) -> list[dict[str, Any]]:
    return events(read_xml((shared_data / "event-hash" / f"{name}.xml").read_bytes()))


def twin_of(shared_data: Path, name: str) -> dict[str, Any]:
    stem = name.partition("/")[2]
    path = shared_data / "epcis-documents/Documents" / f"{OTHERWISE_NAMED.get(stem, stem)}.json"
    document: dict[str, Any] = json.loads(path.read_bytes())
    if name in SECOND_OF_TWO:
        del document["epcisBody"]["eventList"][0]
    return document


def events(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a document; itself where it is a bare one."""
    body: dict[str, Any] = document.get("epcisBody", {"eventList": [document]})
    body = body.get("queryResults", {}).get("resultsBody", body)
    found: list[dict[str, Any]] = body["eventList"]
    return found


def outcomes(document: dict[str, Any]) -> list[str | None]:
    """The native type that each event becomes; None where it is refused."""
    answers = list(read_epcis(document, source="x"))
    return [answer.events[0]["type"] if answer.events else None for answer in answers]


def compared(document: dict[str, Any]) -> dict[str, Any]:
    """A document as fields by name and events by index, in which the same has one spelling."""
    names = names_of(document)
    fields = {name: said for name, said in document.items() if name != "epcisBody"}
    listed = {str(index): event for index, event in enumerate(events(document))}
    canonical: dict[str, Any] = spelt({**fields, **listed}, names)
    return canonical


def names_of(value: dict[str, Any]) -> dict[str, str]:
    """The namespaces that an object declares, by prefix."""
    declared = value.get("@context", [])
    return {
        prefix: uri for part in declared if isinstance(part, dict) for prefix, uri in part.items()
    }


def spelt(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        known = names | names_of(value)
        said = ((name, each) for name, each in value.items() if name != "@context")
        return {spelt_name(name, known): spelt(each, known) for name, each in said}
    if isinstance(value, list):
        return [spelt(each, names) for each in value]
    if isinstance(value, str) and TIME.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def spelt_name(name: str, names: dict[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{names[prefix]}}}{local}" if colon and prefix in names else name


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """The paths of local names at which two values differ. Numbers differ from texts."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            local = re.sub(r"\{.*\}|\w+:", "", name)
            below = f"{at}/{local}" if at else local
            yield from differences(one.get(name, ABSENT), other.get(name, ABSENT), below)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{at}/{index}")
    elif isinstance(one, bool) != isinstance(other, bool) or one != other:
        yield at


def covers(row: str, at: str) -> bool:
    return at == row or at.startswith(f"{row}/")


def keys(value: Any) -> Iterator[str]:
    """Each name in a value."""
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from keys(each)
