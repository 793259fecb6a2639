"""Each rule by which EPCIS in XML becomes its JSON form, on small documents of our own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracegraph.formats.epcis import read_epcis
from tracegraph.formats.epcis.fields import MAX_DEPTH
from tracegraph.formats.epcis.returning import STANDARD_CONTEXT as CONTEXT
from tracegraph.formats.epcis.xml import read_xml
from tracegraph.model.refusal import Refusal, Refused

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
SERIAL_2 = "urn:epc:id:sgtin:4012345.011111.9877"
LOT = "urn:epc:class:lgtin:4012345.011111.4444"
EX = 'xmlns:ex="https://example.com/"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def xml_document(
    *listed: str, namespace: str = "urn:epcglobal:epcis:xsd:2", version: str = "2.0", more: str = ""
) -> bytes:
    return (
        f'<epcis:EPCISDocument xmlns:epcis="{namespace}" schemaVersion="{version}" '
        f'creationDate="2026-03-02T09:14:00Z" {more}>'
        f"<EPCISBody><EventList>{''.join(listed)}</EventList></EPCISBody>"
        "</epcis:EPCISDocument>"
    ).encode()


def object_event(inner: str = "", attributes: str = "") -> str:
    return f"<ObjectEvent {attributes}>{inner}</ObjectEvent>"


def events(data: bytes) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = read_xml(data)["epcisBody"]["eventList"]
    return listed


def fields(inner: str, attributes: str = "") -> dict[str, Any]:
    """What an ObjectEvent holds besides its type."""
    [event] = events(xml_document(object_event(inner, attributes)))
    assert event.pop("type") == "ObjectEvent"
    return event


def names(data: bytes) -> dict[str, str]:
    """The namespaces that a document's context declares."""
    first, *others = read_xml(data)["@context"]
    assert first == CONTEXT
    return others[0] if others else {}


def quantity(said: str) -> Any:
    element = f"<quantityElement><quantity>{said}</quantity></quantityElement>"
    return fields(f"<quantityList>{element}</quantityList>")["quantityList"][0]["quantity"]


def refusal(data: bytes) -> Refusal:
    with pytest.raises(Refused) as caught:
        read_xml(data)
    [found] = caught.value.refusals
    assert found.pointer == "", "XML has no JSON pointers"
    assert found.detail.endswith(".")
    assert found.accepted
    return found


def test_a_document_and_its_events() -> None:
    made = read_xml(xml_document("<ObjectEvent/>", "<AssociationEvent/>"))

    assert made == {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T09:14:00Z",
        "epcisBody": {"eventList": [{"type": "ObjectEvent"}, {"type": "AssociationEvent"}]},
    }


def test_what_is_read_becomes_native_events() -> None:
    inner = (
        "<eventTime>2026-03-02T09:14:00Z</eventTime><action>ADD</action>"
        f"<epcList><epc>{SERIAL}</epc></epcList><extension><ilmd>"
        '<m:lotNumber xmlns:m="urn:epcglobal:cbv:mda">L1</m:lotNumber></ilmd></extension>'
    )

    [answer] = read_epcis(read_xml(xml_document(object_event(inner))), source="dc-1")

    [made] = answer.events
    assert made["outputs"][0]["item"]["lot"] == "L1"


def test_lists_of_items() -> None:
    made = fields(
        f"<epcList><epc>{SERIAL}</epc><epc> {SERIAL_2}\n</epc></epcList>"
        f"<childEPCs><epc>{SERIAL}</epc></childEPCs>"
        f"<inputEPCList><epc>{SERIAL}</epc></inputEPCList>"
        f"<outputEPCList><epc>{SERIAL}</epc></outputEPCList>"
    )

    assert made == {
        "epcList": [SERIAL, SERIAL_2],
        "childEPCs": [SERIAL],
        "inputEPCList": [SERIAL],
        "outputEPCList": [SERIAL],
    }


@pytest.mark.parametrize(
    "name", ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"]
)
def test_lists_of_quantities(name: str) -> None:
    element = (
        f"<quantityElement><epcClass>{LOT}</epcClass>"
        "<quantity>200.50</quantity><uom>KGM</uom></quantityElement>"
    )

    made = fields(f"<{name}>{element}</{name}>")

    assert made == {name: [{"epcClass": LOT, "quantity": 200.5, "uom": "KGM"}]}


def test_empty_lists_are_lists() -> None:
    made = fields(
        "<epcList/><quantityList></quantityList><sensorElementList>\n</sensorElementList>"
    )

    assert made == {"epcList": [], "quantityList": [], "sensorElementList": []}


@pytest.mark.parametrize(
    ("listed", "member"),
    [
        ("bizTransactionList", "bizTransaction"),
        ("sourceList", "source"),
        ("destinationList", "destination"),
    ],
)
def test_lists_of_texts_with_a_type(listed: str, member: str) -> None:
    made = fields(
        f'<{listed}><{member} type="urn:example:own">\n urn:x:1 </{member}>'
        f"<{member}>urn:x:2</{member}></{listed}>"
    )

    assert made == {listed: [{"type": "urn:example:own", member: "urn:x:1"}, {member: "urn:x:2"}]}


def test_places_keep_their_extensions() -> None:
    made = fields(
        "<readPoint><id>urn:x:1</id></readPoint>"
        f"<bizLocation {EX}><id>urn:x:2</id><ex:floor>3</ex:floor></bizLocation>"
    )

    assert made == {
        "readPoint": {"id": "urn:x:1"},
        "bizLocation": {"id": "urn:x:2", "ex:floor": "3"},
    }


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("https://ns.gs1.org/cbv/BizStep-void_shipping", "void_shipping"),
        ("cbv:BizStep-shipping", "shipping"),
        ("shipping", "shipping"),
        ("https://example.com/bizStep/shipping", "https://example.com/bizStep/shipping"),
        ("cbv:mine", "cbv:mine"),
    ],
)
def test_a_step_is_bare_where_it_is_of_the_vocabulary(said: str, word: str) -> None:
    assert fields(f"<bizStep>{said}</bizStep>") == {"bizStep": word}


def test_the_other_vocabularies_are_bare_too() -> None:
    made = fields(
        "<disposition>urn:epcglobal:cbv:disp:in_transit</disposition>"
        "<persistentDisposition><unset>urn:epcglobal:cbv:disp:recalled</unset>"
        "<set>urn:epcglobal:cbv:disp:active</set><set>cbv:Disp-damaged</set></persistentDisposition>"
        '<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">1</bizTransaction>'
        '</bizTransactionList><sourceList><source type="urn:epcglobal:cbv:sdt:location">2</source>'
        '</sourceList><destinationList><destination type="cbv:SDT-owning_party">3</destination>'
        "</destinationList><errorDeclaration><reason>urn:epcglobal:cbv:er:did_not_occur</reason>"
        "</errorDeclaration>"
    )

    assert made == {
        "disposition": "in_transit",
        "persistentDisposition": {"unset": ["recalled"], "set": ["active", "damaged"]},
        "bizTransactionList": [{"type": "po", "bizTransaction": "1"}],
        "sourceList": [{"type": "location", "source": "2"}],
        "destinationList": [{"type": "owning_party", "destination": "3"}],
        "errorDeclaration": {"reason": "did_not_occur"},
    }


def test_an_error_declaration() -> None:
    made = fields(
        f"<errorDeclaration {EX}><declarationTime>2026-03-02T00:00:00Z</declarationTime>"
        "<correctiveEventIDs><correctiveEventID>urn:uuid:2</correctiveEventID></correctiveEventIDs>"
        "<ex:by>QA</ex:by></errorDeclaration>"
    )

    assert made["errorDeclaration"] == {
        "declarationTime": "2026-03-02T00:00:00Z",
        "correctiveEventIDs": ["urn:uuid:2"],
        "ex:by": "QA",
    }


def test_sensor_data_have_their_types() -> None:
    made = fields(
        f"<sensorElementList {EX}><sensorElement>"
        '<sensorMetadata time="2026-03-02T09:14:00Z" bizRules="urn:x:1" ex:more="1"/>'
        '<sensorReport type="gs1:Temperature" value="26.0" minValue="-1.5e1" maxValue=".5" '
        'meanValue="+2" sDev="0.1" percRank="50" percValue="12.7" stringValue="26" '
        'hexBinaryValue="f0" component="cbv:Comp-easting" exception="gs1:ALARM_CONDITION" '
        'uom="CEL" ex:cv="123"/>'
        "<ex:also>7</ex:also></sensorElement></sensorElementList>"
    )

    assert made["sensorElementList"] == [
        {
            "sensorMetadata": {
                "time": "2026-03-02T09:14:00Z",
                "bizRules": "urn:x:1",
                "ex:more": "1",
            },
            "sensorReport": [
                {
                    "type": "Temperature",
                    "value": 26,
                    "minValue": -15,
                    "maxValue": 0.5,
                    "meanValue": 2,
                    "sDev": 0.1,
                    "percRank": 50,
                    "percValue": 12.7,
                    "stringValue": "26",
                    "hexBinaryValue": "f0",
                    "component": "cbv:Comp-easting",
                    "exception": "gs1:ALARM_CONDITION",
                    "uom": "CEL",
                    "ex:cv": "123",
                }
            ],
            "ex:also": "7",
        }
    ]


@pytest.mark.parametrize(
    ("said", "value"),
    [("true", True), ("1", True), ("false", False), ("0", False), ("yes", "yes")],
)
def test_a_truth_of_a_sensor(said: str, value: bool | str) -> None:
    report = f'<sensorReport booleanValue="{said}"/>'

    made = fields(f"<sensorElementList><sensorElement>{report}</sensorElement></sensorElementList>")

    assert made["sensorElementList"][0]["sensorReport"] == [{"booleanValue": value}]
    assert type(made["sensorElementList"][0]["sensorReport"][0]["booleanValue"]) is type(value)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("https://gs1.org/voc/Temperature", "Temperature"),
        ("https://ref.gs1.org/voc/Temperature", "Temperature"),
        ("gs1:Molar_concentration", "Molar_concentration"),
        ("example:Taste", "example:Taste"),
    ],
)
def test_what_a_sensor_measures(said: str, word: str) -> None:
    report = f'<sensorReport type="{said}"/>'

    made = fields(f"<sensorElementList><sensorElement>{report}</sensorElement></sensorElementList>")

    assert made["sensorElementList"][0]["sensorReport"] == [{"type": word}]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("10", 10),
        ("200.0", 200),
        ("0.1", 0.1),
        (" 7\n", 7),
        ("-3", -3),
        ("9007199254740991", 2**53 - 1),
    ],
)
def test_a_quantity_is_a_number(said: str, value: float) -> None:
    made = quantity(said)

    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("ten", id="a-word"),
        pytest.param("1,5", id="a-comma"),
        pytest.param("1e3", id="an-exponent-which-no-decimal-has"),
        pytest.param("0x10", id="hexadecimal"),
        pytest.param("1_000", id="as-python-writes-it"),
        pytest.param("\u0661", id="a-digit-of-another-script"),
        pytest.param("NaN", id="not-a-number"),
        pytest.param("INF", id="infinite"),
        pytest.param("1" * 500, id="beyond-any-double"),
        pytest.param("0.30000000000000000001", id="more-digits-than-a-double-has"),
        pytest.param("123456789012345678", id="a-whole-number-that-is-not-exact"),
    ],
)
def test_what_is_no_number_stays_a_text_and_is_refused_in_its_event(said: str) -> None:
    """A number that JSON cannot say exactly would be another one, and nobody would be told."""
    listed = (
        "<quantityList><quantityElement>"
        f"<epcClass>{LOT}</epcClass><quantity>{said}</quantity>"
        "</quantityElement></quantityList>"
    )
    common = "<eventTime>2026-03-02T09:14:00Z</eventTime><action>OBSERVE</action>"
    good = object_event(f"{common}<epcList><epc>{SERIAL}</epc></epcList>")
    document = read_xml(xml_document(object_event(common + listed), good))

    refused, read = read_epcis(document, source="dc-1")

    assert quantity(said) == said
    assert [fault.pointer for fault in refused.refusals] == [
        "/epcisBody/eventList/0/quantityList/0/quantity"
    ]
    assert read.events, "one bad event leaves its neighbours alone"


def test_a_measured_value_is_a_double_however_many_digits_it_has() -> None:
    """Of a measurement the standard says that it is a double; of a quantity, a decimal."""
    report = '<sensorReport value="0.30000000000000000001" minValue="INF" maxValue="1e999"/>'

    made = fields(f"<sensorElementList><sensorElement>{report}</sensorElement></sensorElementList>")

    assert made["sensorElementList"][0]["sensorReport"] == [
        {"value": 0.3, "minValue": "INF", "maxValue": "1e999"}
    ]


@pytest.mark.parametrize("said", ["<quantity/>", f'<quantity xsi:nil="true" {XSI}/>'])
def test_an_empty_number_is_absent(said: str) -> None:
    made = fields(f"<quantityList><quantityElement>{said}</quantityElement></quantityList>")

    assert made == {"quantityList": [{}]}


def test_extensions_are_texts_and_objects_of_texts() -> None:
    made = fields(
        "<ex:number>10</ex:number><ex:empty/><ex:list>1</ex:list><ex:list><ex:a>2</ex:a></ex:list>"
        "<ex:object><ex:a>1</ex:a><plain><extension>kept</extension></plain></ex:object>"
        f'<ex:typed xsi:type="xsd:integer" {XSI}>5</ex:typed>',
        EX,
    )

    assert made == {
        "ex:number": "10",
        "ex:empty": "",
        "ex:list": ["1", {"ex:a": "2"}],
        "ex:object": {"ex:a": "1", "plain": {"extension": "kept"}},
        "ex:typed": "5",
    }


def test_attributes_of_extensions_are_fields() -> None:
    made = fields('<ex:weight ex:unit="KGM" scale="2">3.5</ex:weight><ex:mark ex:a="1"/>', EX)

    assert made == {
        "ex:weight": {"ex:unit": "KGM", "scale": "2", "#text": "3.5"},
        "ex:mark": {"ex:a": "1"},
    }


def test_texts_between_elements_are_kept() -> None:
    assert fields("<ex:a>one<ex:b>two</ex:b> three</ex:a>", EX) == {
        "ex:a": {"ex:b": "two", "#text": "one three"}
    }


def test_repeated_fields_are_lists() -> None:
    """Which the reader refuses where the field is one text: no value is chosen in silence."""
    made = fields("<action>ADD</action><action>DELETE</action><epcList/><epcList/>")

    assert made == {"action": ["ADD", "DELETE"], "epcList": [[], []]}


def test_a_field_called_type_does_not_hide_what_the_event_is() -> None:
    [event] = events(xml_document(object_event("", 'type="AggregationEvent"')))

    assert event == {"type": ["ObjectEvent", "AggregationEvent"]}, "no text, so it is refused"


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        pytest.param(f"<sgtin>{SERIAL}</sgtin>", {"sgtin": SERIAL}, id="another-element"),
        pytest.param(SERIAL, {"#text": SERIAL}, id="a-text"),
    ],
)
def test_what_is_no_member_of_a_list_is_kept_and_refused(inner: str, kept: Any) -> None:
    """An item that is left out of an event is one that no recall finds."""
    common = "<eventTime>2026-03-02T09:14:00Z</eventTime><action>OBSERVE</action>"
    document = read_xml(xml_document(object_event(f"{common}<epcList>{inner}</epcList>")))

    [answer] = read_epcis(document, source="dc-1")

    assert document["epcisBody"]["eventList"][0]["epcList"] == [kept]
    assert [fault.pointer for fault in answer.refusals] == ["/epcisBody/eventList/0/epcList/0"]


def test_a_word_with_an_attribute_is_an_object() -> None:
    assert fields(f'<bizStep ex:by="QA" {EX}>shipping</bizStep>') == {
        "bizStep": {"ex:by": "QA", "#text": "shipping"}
    }


def test_comments_and_instructions_say_nothing() -> None:
    made = fields("<!-- a --><?go on?><bizStep>ship<!-- b -->ping<?x?></bizStep><!-- <action/> -->")

    assert made == {"bizStep": "shipping"}


def test_character_data_and_references_are_text() -> None:
    assert fields("<ex:a><![CDATA[<b> & ]]>&lt;&#x20ac;&amp;</ex:a>", EX) == {"ex:a": "<b> & <€&"}


def test_wrappers_of_1_2_are_transparent() -> None:
    inner = (
        "<baseExtension><eventID>urn:uuid:1</eventID>"
        "<extension><ex:base>1</ex:base></extension></baseExtension>"
        f"<epcList><epc>{SERIAL}</epc></epcList>"
        "<extension><quantityList><quantityElement><quantity>1</quantity></quantityElement>"
        "</quantityList><ilmd><ex:a>1</ex:a><extension><ex:b>2</ex:b></extension></ilmd>"
        "<extension><persistentDisposition><set>active</set></persistentDisposition></extension>"
        "</extension><readPoint><id>urn:x:1</id><extension><ex:c>3</ex:c></extension></readPoint>"
    )

    made = fields(inner, EX)

    assert made == {
        "eventID": "urn:uuid:1",
        "ex:base": "1",
        "epcList": [SERIAL],
        "quantityList": [{"quantity": 1}],
        "ilmd": {"ex:a": "1", "ex:b": "2"},
        "persistentDisposition": {"set": ["active"]},
        "readPoint": {"id": "urn:x:1", "ex:c": "3"},
    }


def test_events_of_1_2_in_their_wrappers_keep_their_order() -> None:
    data = xml_document(
        "<ObjectEvent/>",
        "<extension><TransformationEvent/></extension>",
        "<extension><extension><AssociationEvent/></extension></extension>",
        "<AggregationEvent/>",
        namespace="urn:epcglobal:epcis:xsd:1",
        version="1.2",
    )

    made = read_xml(data)

    assert made["schemaVersion"] == "2.0", "the form is that of 2.0"
    assert [event["type"] for event in events(data)] == [
        "ObjectEvent",
        "TransformationEvent",
        "AssociationEvent",
        "AggregationEvent",
    ]


def test_an_event_of_another_kind_is_kept_for_the_reader_to_refuse() -> None:
    document = read_xml(xml_document("<QuantityEvent/>", f"<ex:Own {EX}/>"))

    answers = list(read_epcis(document, source="dc-1"))

    assert [event["type"] for event in document["epcisBody"]["eventList"]] == [
        "QuantityEvent",
        "ex:Own",
    ]
    assert all(answer.refusals for answer in answers), "neither has a native form"


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        pytest.param("<EPCISBody><QueryResults>", "</QueryResults></EPCISBody>", id="standard"),
        pytest.param("", "", id="without-wrappers"),
    ],
)
def test_a_query_document(opened: str, closed: str) -> None:
    """The standard wraps the results; a public document does without."""
    data = (
        '<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:1" schemaVersion="1.2">'
        f"{opened}<queryName>SimpleEventQuery</queryName><subscriptionID>7</subscriptionID>"
        f"<resultsBody><EventList><ObjectEvent/></EventList></resultsBody>{closed}"
        "</q:EPCISQueryDocument>"
    ).encode()

    made = read_xml(data)

    assert made == {
        "@context": [CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "epcisBody": {
            "queryResults": {
                "subscriptionID": "7",
                "queryName": "SimpleEventQuery",
                "resultsBody": {"eventList": [{"type": "ObjectEvent"}]},
            }
        },
    }
    assert len(list(read_epcis(made, source="dc-1"))) == 1


def test_a_bare_event() -> None:
    data = f'<ObjectEvent schemaVersion="2.0" creationDate="x" {EX}><ex:a>1</ex:a></ObjectEvent>'

    assert read_xml(data.encode()) == {
        "@context": [CONTEXT, {"ex": "https://example.com/"}],
        "type": "ObjectEvent",
        "ex:a": "1",
    }


def test_an_empty_document_has_no_events() -> None:
    assert events(xml_document()) == []


def test_no_list_of_events_is_lost() -> None:
    data = xml_document("<ObjectEvent/></EventList><EventList><AggregationEvent/>")

    assert [event["type"] for event in events(data)] == ["ObjectEvent", "AggregationEvent"]


def test_the_header_is_not_read() -> None:
    header = f"<EPCISHeader><EventList><ex:a {EX}/></EventList></EPCISHeader>"
    data = xml_document().replace(b"<EPCISBody>", f"{header}<EPCISBody>".encode())

    assert events(data) == []
    assert names(data) == {}


def test_namespaces_may_be_declared_anywhere() -> None:
    data = xml_document(
        object_event("<a:x>1</a:x><b:y>2</b:y>", 'xmlns:b="urn:b"'),
        object_event('<c:z xmlns:c="urn:c" c:w="4">3</c:z>'),
        more='xmlns:a="urn:a" xmlns:unused="urn:unused"',
    )

    first, second = events(data)

    assert first == {"type": "ObjectEvent", "a:x": "1", "b:y": "2"}
    assert second == {"type": "ObjectEvent", "c:z": {"c:w": "4", "#text": "3"}}
    assert names(data) == {"a": "urn:a", "b": "urn:b", "c": "urn:c"}


def test_a_prefix_that_is_bound_twice_has_two_names() -> None:
    """Under one key, two fields of different meaning would become one."""
    data = xml_document(
        object_event('<a:x xmlns:a="urn:1">1</a:x><a:x xmlns:a="urn:2">2</a:x>'),
        object_event('<a:x xmlns:a="urn:2">3</a:x><a:x xmlns:a="urn:3">4</a:x>'),
    )

    assert events(data) == [
        {"type": "ObjectEvent", "a:x": "1", "a_1:x": "2"},
        {"type": "ObjectEvent", "a_1:x": "3", "a_2:x": "4"},
    ]
    assert names(data) == {"a": "urn:1", "a_1": "urn:2", "a_2": "urn:3"}


def test_a_name_that_is_made_takes_none_that_was_given() -> None:
    inner = (
        '<a_1:x xmlns:a_1="urn:0">0</a_1:x><a:x xmlns:a="urn:1">1</a:x><a:x xmlns:a="urn:2">2</a:x>'
    )

    assert fields(inner) == {"a_1:x": "0", "a:x": "1", "a_2:x": "2"}


def test_two_prefixes_of_one_namespace_have_one_name() -> None:
    inner = '<b:x xmlns:b="urn:1">1</b:x><a:x xmlns:a="urn:1">2</a:x>'

    assert fields(inner) == {"b:x": ["1", "2"]}


def test_a_namespace_without_a_prefix_gets_one() -> None:
    data = xml_document(object_event('<x xmlns="urn:1"><y xmlns="">1</y></x>'))

    assert events(data) == [{"type": "ObjectEvent", "ns:x": {"y": "1"}}]
    assert names(data) == {"ns": "urn:1"}


def test_epcis_may_be_the_default_namespace() -> None:
    data = (
        '<EPCISDocument xmlns="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"><EPCISBody>'
        f"<EventList><ObjectEvent><epcList><epc>{SERIAL}</epc></epcList></ObjectEvent></EventList>"
        "</EPCISBody></EPCISDocument>"
    ).encode()

    assert events(data) == [{"type": "ObjectEvent", "epcList": [SERIAL]}]


@pytest.mark.parametrize("uri", ["urn:epcglobal:cbv:mda", "urn:epcglobal:cbv:mda:"])
def test_master_data_have_the_prefix_of_the_standard(uri: str) -> None:
    data = xml_document(object_event(f'<ilmd xmlns:m="{uri}"><m:lotNumber>7</m:lotNumber></ilmd>'))

    assert events(data) == [{"type": "ObjectEvent", "ilmd": {"cbvmda:lotNumber": "7"}}]
    assert names(data) == {}, "the standard's own context declares it"


@pytest.mark.parametrize("prefix", ["cbvmda", "gs1", "urn", "https", "_"])
def test_a_prefix_that_has_a_meaning_elsewhere_is_renamed(prefix: str) -> None:
    """The standard's context forbids to redefine its own, and `urn` would change identifiers."""
    data = xml_document(object_event(f'<{prefix}:x xmlns:{prefix}="urn:mine">1</{prefix}:x>'))

    assert events(data) == [{"type": "ObjectEvent", f"{prefix}_1:x": "1"}]
    assert names(data) == {f"{prefix}_1": "urn:mine"}


def test_a_prefix_in_a_value_is_declared_too() -> None:
    data = xml_document(object_event("<disposition>ex:lost</disposition>", EX))

    assert names(data) == {"ex": "https://example.com/"}
    assert names(xml_document(object_event("<disposition>ex</disposition>", EX))) == {}


def test_a_language_is_an_attribute_of_xml() -> None:
    data = xml_document(object_event('<ex:a xml:lang="de">ja</ex:a>', EX))

    assert events(data)[0]["ex:a"] == {"xml:lang": "de", "#text": "ja"}
    assert names(data)["xml"] == "http://www.w3.org/XML/1998/namespace"


def test_the_order_of_attributes_and_declarations_changes_nothing() -> None:
    one = xml_document(
        object_event('<ex:a y="2" x="1" ex:z="3"/><one:b/><two:b/>'),
        more=f'{EX} xmlns:one="urn:same" xmlns:two="urn:same"',
    )
    other = xml_document(
        object_event('<ex:a ex:z="3" x="1" y="2"/><one:b/><two:b/>'),
        more=f'xmlns:two="urn:same" xmlns:one="urn:same" {EX}',
    )

    assert json.dumps(read_xml(one)) == json.dumps(read_xml(other))


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "windows-1252", "us-ascii"])
def test_an_encoding_that_the_document_declares(encoding: str) -> None:
    text = "Straße" if encoding != "us-ascii" else "Strasse"
    body = xml_document(object_event(f"<ex:a>{text}</ex:a>", EX)).decode()

    data = f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)

    assert events(data)[0]["ex:a"] == text


def test_a_byte_order_mark_is_no_content() -> None:
    assert events(b"\xef\xbb\xbf" + xml_document(object_event())) == [{"type": "ObjectEvent"}]


@pytest.mark.parametrize("encoding", ["x-none", "shift_jis", "utf-32", "\u00e9"])
def test_an_encoding_that_is_not_known_is_refused(encoding: str) -> None:
    """Guessing one would change names and numbers in silence."""
    data = f'<?xml version="1.0" encoding="{encoding}"?><EPCISDocument/>'.encode()

    found = refusal(data)

    assert found.rule in {"encoding", "xml"}
    assert "line 1, column" in found.detail


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        pytest.param("<!DOCTYPE EPCISDocument>", id="plain"),
        pytest.param(f'<!DOCTYPE x [<!ENTITY a0 "ha">{BOMB}]>', id="billion-laughs"),
        pytest.param('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', id="file"),
        pytest.param('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">', id="dtd-elsewhere"),
        pytest.param(
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>', id="parameter"
        ),
        pytest.param('<!DOCTYPE x [<!ATTLIST ObjectEvent action CDATA "ADD">]>', id="default"),
    ],
)
def test_any_doctype_is_refused(doctype: str) -> None:
    """Entities blow a document up, or fetch what the sender may not see; defaults hide content."""
    body = xml_document(object_event("<ex:a>&a9;</ex:a>", EX)).decode()

    found = refusal(f'<?xml version="1.0"?>\n{doctype}\n{body}'.encode())

    assert found.rule == "doctype"
    assert "at line 2, column" in found.detail
    assert "without a DOCTYPE" in found.accepted


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"", "line 1, column 1", id="nothing"),
        pytest.param(b"{}", "line 1, column 1", id="json"),
        pytest.param(b"<a>\n  <b></a>", "line 2, column 8", id="not-closed"),
        pytest.param(b"<a>\n&b;</a>", "line 2, column 1", id="entity-that-nothing-declares"),
        pytest.param(b"<a>\n\n<x:b/></a>", "line 3, column 1", id="prefix-that-nothing-binds"),
        pytest.param(b'<a b="1" b="2"/>', "line 1, column 10", id="attribute-twice"),
        pytest.param(b"<a/><b/>", "line 1, column 5", id="two-roots"),
        pytest.param(b"<a>\xff</a>", "line 1, column 4", id="not-utf-8"),
        pytest.param(b"<a>\x00</a>", "line 1, column 4", id="a-null-byte"),
        pytest.param(b"<a>&#0;</a>", "line 1, column 4", id="a-null-reference"),
        pytest.param(xml_document()[:-1], "line 1, column", id="cut-off"),
    ],
)
def test_malformed_xml_is_refused_where_it_breaks(data: bytes, place: str) -> None:
    """What stands before the fault may be half of an event."""
    found = refusal(data)

    assert found.rule == "xml"
    assert place in found.detail
    assert "well-formed XML" in found.accepted


@pytest.mark.parametrize(
    ("data", "rule", "accepted"),
    [
        pytest.param(b"<html/>", "epcis", "EPCISDocument", id="another-root"),
        pytest.param(
            b'<x:EPCISDocument xmlns:x="urn:mine"/>', "epcis", "namespace", id="another-namespace"
        ),
        pytest.param(
            b'<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2"/>',
            "epcis",
            "EPCISQueryDocument",
            id="master-data",
        ),
        pytest.param(xml_document(version="3.0"), "version", "2.0", id="a-version-to-come"),
        pytest.param(xml_document(version=""), "version", "2.0", id="an-empty-version"),
        pytest.param(b"<EPCISDocument/>", "missing", "EventList", id="no-body"),
        pytest.param(
            b"<EPCISDocument><EventList0/></EPCISDocument>", "missing", "EventList", id="no-list"
        ),
    ],
)
def test_what_is_no_epcis_document_is_refused(data: bytes, rule: str, accepted: str) -> None:
    """An answer without events would say that all of them were taken."""
    found = refusal(data)

    assert found.rule == rule
    assert accepted in found.accepted


def test_nesting_is_bounded() -> None:
    """Each level takes stack from whoever reads the result; ten are many in practice."""
    outer = 4  # from the document down to the event

    def nested(depth: int) -> bytes:
        return xml_document(object_event("<a>" * depth + "</a>" * depth))

    [event] = events(nested(MAX_DEPTH - outer))
    found = refusal(nested(MAX_DEPTH - outer + 1))

    assert json.dumps(event).count('"a"') == MAX_DEPTH - outer
    assert found.rule == "depth"
    assert "line 1, column" in found.detail
    assert refusal(b"<a>" * 100_000).rule == "depth"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
@example("]]>&<\"'")
@example(" \u00a0a\u3000 ")
def test_any_text_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    made = fields(f"<ex:a>{escaped}</ex:a>", EX)

    assert made == {"ex:a": text.strip(" ")}, "no space but that of XML is dropped"


SOUND = xml_document(
    object_event(f"<epcList><epc>{SERIAL}</epc></epcList><ex:a b='1'>x</ex:a>", EX),
    "<extension><TransformationEvent><quantity>1</quantity></TransformationEvent></extension>",
)


@given(st.integers(0, len(SOUND)), st.integers(0, 40), st.binary(max_size=6))
def test_no_damage_crashes_the_reader(at: int, length: int, new: bytes) -> None:
    """Either it is read, and the reader of JSON takes it, or it is refused with a reason."""
    try:
        document = read_xml(SOUND[:at] + new + SOUND[at + length :])
        answers = list(read_epcis(document, source="dc-1"))
        told = all(bool(answer.events) != bool(answer.refusals) for answer in answers)
    except Refused as error:
        told = all(found.detail and found.accepted for found in error.refusals)
    assert told
