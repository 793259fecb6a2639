"""What a file of events is shows in its content, and every place of it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from typing import Any

import pytest

from tracegraph.capture.importing import Found
from tracegraph.formats.event_file import EventFile

EVENT = {"id": "1", "type": "place", "number": "P", "occurred_at": "2026-01-01T00:00:00Z"}
EPCIS_EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:5d6ab0e6-0000-4000-8000-000000000001",
    "action": "ADD",
    "eventTime": "2026-01-01T00:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "epcList": ["https://example.com/lots/1"],
}


def read(data: bytes, source: str | None = None, **limits: Any) -> list[Found]:
    return list(EventFile("in", BytesIO(data), source, **limits).read())


def dumps(value: Any, **layout: Any) -> bytes:
    return json.dumps(value, **layout).encode()


def document(*events: Any, body: str = "eventList") -> dict[str, Any]:
    inner: dict[str, Any] = {"eventList": list(events)}
    if body != "eventList":
        inner = {"queryResults": {"queryName": "q", "resultsBody": inner}}
    kind = "EPCISDocument" if body == "eventList" else "EPCISQueryDocument"
    return {"type": kind, "schemaVersion": "2.0", "epcisBody": inner}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(dumps(EVENT) + b"\n" + dumps(EVENT), id="ndjson"),
        pytest.param(dumps([EVENT, EVENT]), id="array-on-a-line"),
        pytest.param(dumps([EVENT, EVENT], indent=2), id="array-over-lines"),
        pytest.param(b"\xef\xbb\xbf\n\n" + dumps([EVENT, EVENT], indent=0), id="marked-array"),
    ],
)
def test_native_events_are_found(data: bytes) -> None:
    found = read(data)

    assert [each.event for each in found] == [EVENT, EVENT]
    assert not any(each.refusals for each in found)


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_one_event_is_a_file(indent: int | None) -> None:
    assert [each.event for each in read(dumps(EVENT, indent=indent))] == [EVENT]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("body", ["eventList", "queryResults"])
def test_epcis_documents_are_converted(indent: int | None, body: str) -> None:
    (found,) = read(dumps(document(EPCIS_EVENT, body=body), indent=indent))

    assert found.event is not None
    assert (found.event["type"], found.event["source"]) == ("production", "epcis")
    assert found.pointer.endswith("eventList/0")
    assert found.converted
    if indent is not None:
        assert found.raw == EPCIS_EVENT


def test_epcis_stands_among_native_events_too() -> None:
    first, second = read(dumps(EVENT) + b"\n" + dumps(EPCIS_EVENT))

    assert first.event == EVENT
    assert second.event is not None
    assert second.event["source"] == "epcis"
    assert second.line == 2


def test_the_source_of_epcis_events_can_be_named() -> None:
    (found,) = read(dumps(EPCIS_EVENT), source="partner")

    assert found.event is not None
    assert found.event["source"] == "partner"


def test_a_refused_epcis_event_is_told_by_its_place_in_the_file() -> None:
    bad = EPCIS_EVENT | {"action": "PLAY"}
    good, refused = read(dumps([EVENT, document(bad)], indent=1))

    assert good.pointer == "/0"
    assert refused.pointer == "/1/epcisBody/eventList/0"
    assert refused.refusals[0].pointer == "/1/epcisBody/eventList/0/action"
    assert refused.raw == bad
    assert refused.event is None


def test_an_epcis_document_without_events_is_refused_whole() -> None:
    (found,) = read(dumps({"type": "EPCISDocument", "epcisBody": {}}, indent=1))

    assert [refusal.pointer for refusal in found.refusals] == ["/epcisBody/eventList"]


@pytest.mark.parametrize("bad", [b'{"id": ', b"nonsense", b"\xff\xfe", b"1", b'["a"]'])
def test_a_bad_line_does_not_spoil_the_others(bad: bytes) -> None:
    for place in range(3):
        lines = [dumps(EVENT)] * 2
        lines.insert(place, bad)
        if place == 0 and bad.startswith(b"["):
            continue  # a file that begins so is an array

        found = read(b"\n".join(lines))

        assert [each.line for each in found if each.refusals] == [place + 1]
        assert [each.line for each in found if each.event] == [
            n for n in (1, 2, 3) if n != place + 1
        ]


def test_bad_lines_at_the_beginning_do_not_spoil_the_rest() -> None:
    found = read(b"nonsense\nmore\n" + dumps(EVENT))

    assert [each.event for each in found] == [None, None, EVENT]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"not json", "json"),
        (b"{\n\n", "json"),
        (b'[\n{"a": 1,\n', "json"),
        (b"<xml>\n<a/>\n</xml>", "epcis"),
        (b"<xml>\n<a>\n</xml>", "xml"),
    ],
)
def test_a_file_of_nothing_readable_is_one_refusal(data: bytes, rule: str) -> None:
    (found,) = read(data)

    assert found.refusals[0].rule == rule
    assert found.event is None


XML = """<?xml version="1.0" encoding="{}"?>
<EPCISDocument schemaVersion="2.0"><EPCISBody><EventList><ObjectEvent>
<eventID>urn:uuid:x</eventID><eventTime>2026-03-02T09:14:00Z</eventTime>
<epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList><action>{}</action>
</ObjectEvent></EventList></EPCISBody></EPCISDocument>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_epcis_document_in_xml_is_read(encoding: str) -> None:
    (found,) = read(XML.format(encoding.removesuffix("-sig"), "ADD").encode(encoding))

    assert found.event is not None
    assert (found.event["id"], found.event["type"]) == ("urn:uuid:x", "production")


def test_a_bad_event_in_xml_has_a_pointer_into_its_json_form() -> None:
    (found,) = read(XML.format("utf-8", "SMASH").encode())

    assert found.event is None
    assert [refusal.pointer for refusal in found.refusals] == ["/epcisBody/eventList/0/action"]


def test_xml_that_is_too_large_is_refused() -> None:
    data = XML.format("utf-8", "ADD").encode()
    (found,) = EventFile("a", BytesIO(data), max_document=100).read()

    assert found.refusals[0].rule == "too_long"


def test_a_refusal_in_a_document_says_the_line() -> None:
    (found,) = read(b'{\n"type": "EPCISDocument",\n"a" 1}')

    assert "line 3" in found.refusals[0].detail


@pytest.mark.parametrize("value", [1, None, "text", [EVENT]])
def test_what_is_no_object_is_no_event(value: Any) -> None:
    (found,) = read(dumps([value]))

    assert [(r.pointer, r.rule) for r in found.refusals] == [("/0", "object")]


def test_an_empty_file_holds_nothing() -> None:
    assert read(b"") == read(b"\n \n") == read(b"[]") == []


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    (one_line,) = read(dumps(EVENT), max_line=10, max_document=20)
    (document_,) = read(dumps(EVENT, indent=1), max_line=1000, max_document=20)

    assert one_line.refusals[0].rule == document_.refusals[0].rule == "too_long"


def test_a_document_on_one_line_may_be_longer_than_a_line() -> None:
    (found,) = read(dumps(document(EPCIS_EVENT)), max_line=10)

    assert found.event is not None


class Endless(RawIOBase):
    """A stream of lines that never ends."""

    def __init__(self) -> None:
        self.given = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.given += 1
        return dumps(EVENT) + b"\n"


def test_ndjson_is_read_as_it_is_used() -> None:
    stream = Endless()

    found: Iterator[Found] = EventFile("in", stream).read()  # type: ignore[arg-type]  # enough of a stream

    assert next(found).event == EVENT
    assert next(found).line == 2
    assert stream.given <= 3
