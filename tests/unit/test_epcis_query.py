"""What queries on EPCIS events once got wrong, case by case; the laws are beside the properties."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

import tracegraph
from tracegraph.formats.epcis import read_epcis
from tracegraph.formats.epcis.query import Page, find, finding, read_query
from tracegraph.library import MAX_PAGE, Tracegraph
from tracegraph.model.refusal import Refused

EPC = "urn:epc:id:sgtin:4012345.011111.9876"


def event(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventID": f"urn:uuid:{number}",
        "eventTime": "2026-03-02T09:14:00Z",
        "epcList": [EPC],
        **fields,
    }


@pytest.fixture
def graph() -> Iterator[Tracegraph]:
    with tracegraph.connect("sqlite:///:memory:") as opened:
        yield opened


def captured(graph: Tracegraph, *events: dict[str, Any]) -> None:
    context = {"ex": "http://ns.example.com/epcis/"}
    body = {"eventList": list(events)}
    document = {"type": "EPCISDocument", "@context": [context], "epcisBody": body}
    read = [native for one in read_epcis(document, source="p") for native in one.events]
    assert len(read) == len(events)
    assert graph.capture(read).ok


def pages(graph: Tracegraph, *, count: int = 30, **asked: Any) -> Iterator[Page]:
    query, after = read_query(asked, within=set), None
    while True:
        page = find(graph.store, query, count=count, after=after)
        yield page
        if (after := page.following) is None:
            return


def found(graph: Tracegraph, **asked: Any) -> list[str]:
    """The ids of all that is asked for, of which no test has more than some pages."""
    return [each.event["eventID"] for page in islice(pages(graph, **asked), 50) for each in page[0]]


# -- pages


@pytest.mark.parametrize("limit", [-1, 0, MAX_PAGE + 1])
def test_a_limit_that_no_page_can_have_is_refused(graph: Tracegraph, limit: int) -> None:
    """A page of none that has no following page would say that there are no events."""
    captured(graph, event(1))
    with pytest.raises(Refused) as refused:
        graph.epcis_events({}, limit=limit)
    assert [each.pointer for each in refused.value.refusals] == ["/limit"]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
@pytest.mark.parametrize("day", ["0001-01-01T00", "2026-03-02T09", "9999-12-31T23"])
def test_an_hour_of_more_events_than_a_page_reads_is_left_behind(
    graph: Tracegraph, monkeypatch: pytest.MonkeyPatch, way: str, day: str
) -> None:
    """Else the next page would begin with it again, and none be the last."""
    monkeypatch.setattr(finding, "FEW", 2)
    monkeypatch.setattr(finding, "MOST_READ", 3)
    captured(graph, *(event(n, eventTime=f"{day}:14:0{n}Z") for n in range(5)))

    made = list(islice(pages(graph, orderBy="eventTime", orderDirection=way), 50))

    assert len(made) < 5
    ids = [f"urn:uuid:{n}" for n in range(5)]
    told = [each.event["eventID"] for page in made for each in page.events]
    assert told == (ids if way == "ASC" else ids[::-1])


# -- numbers


@pytest.mark.parametrize("said", ["NaN", "sNaN", "-sNaN7", "Infinity"])
def test_what_is_no_finite_number_is_beyond_nothing_and_stops_nothing(
    graph: Tracegraph, said: str
) -> None:
    captured(graph, event(1, **{"ex:grade": said}), event(2, **{"ex:grade": 5}))

    assert found(graph, **{"GT_ex:grade": "4"}) == ["urn:uuid:2"]
    assert found(graph, **{"EQ_ex:grade": said}) == ["urn:uuid:1"]


# -- classes


@pytest.mark.parametrize(
    ("pattern", "epc"),
    [
        ("urn:epc:idpat:grai:4012345.12345.*", "urn:epc:id:grai:4012345.12345.400"),
        ("urn:epc:idpat:gdti:4012345.12345.*", "urn:epc:id:gdti:4012345.12345.A%2F4"),
        ("urn:epc:idpat:sgcn:4012345.12345.*", "urn:epc:id:sgcn:4012345.12345.400"),
        ("urn:epc:idpat:sgtin:4012345.011111.*", EPC),
        ("urn:epc:idpat:cpi:4012345.PART.*", "urn:epc:id:cpi:4012345.PART.7"),
        ("urn:epc:idpat:itip:4012345.011111.01.02.*", "urn:epc:id:itip:4012345.011111.01.02.7"),
    ],
)
def test_a_pattern_finds_the_instances_of_its_class(
    graph: Tracegraph, pattern: str, epc: str
) -> None:
    """Also where the serial ends the key, without a qualifier of its own."""
    captured(graph, event(1, epcList=[epc]), event(2, epcList=["urn:example:other"]))

    assert found(graph, MATCH_epc=pattern) == ["urn:uuid:1"]
    assert found(graph, MATCH_epc=pattern.replace("4012345", "4012346")) == []


def test_a_pattern_finds_the_lots_of_its_class_whatever_else_an_event_names(
    graph: Tracegraph,
) -> None:
    lot = [{"epcClass": "urn:epc:class:lgtin:4012345.011111.L7"}]
    captured(graph, event(1, quantityList=lot), event(2, epcList=[], quantityList=lot))

    asked = {"MATCH_epcClass": "urn:epc:idpat:sgtin:4012345.011111.*"}
    assert found(graph, **asked) == ["urn:uuid:1", "urn:uuid:2"]


# -- names of extensions


@pytest.mark.parametrize(
    ("namespace", "names"),
    [
        ("http://ns.example.com/epcis/", ["http://ns.example.com/epcis/#f", "x:f"]),
        ("http://ns.example.com/epcis/", ["http://ns.example.com/epcis/f"]),
        ("http://ns.example.com/b#", ["http://ns.example.com/b#f", "http://ns.example.com/b##f"]),
        ("urn:epcglobal:cbv:mda", ["urn:epcglobal:cbv:mda#f"]),
    ],
)
def test_an_extension_is_named_by_its_namespace_a_pound_sign_and_its_local_name(
    graph: Tracegraph, namespace: str, names: list[str]
) -> None:
    """As section 8.2.7.1 has it; or as the event writes it."""
    captured(graph, event(1, **{"@context": {"x": namespace}, "x:f": 5}), event(2))

    for name in names:
        assert found(graph, **{f"EQ_{name}": "5"}) == ["urn:uuid:1"], name
    assert found(graph, **{f"EQ_{namespace}other#f": "5"}) == []


SENSED = {
    "sensorMetadata": {"ex:f": 1, "ex:of": {"ex:deep": 1}},
    "sensorReport": [{"type": "Temperature", "value": 5, "ex:f": 2}, {"ex:f": 3}],
    "ex:f": [4, 5],
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("SENSORELEMENT_ex:f", "45"),
        ("SENSORMETADATA_ex:f", "1"),
        ("SENSORREPORT_ex:f", "23"),
        ("INNER_SENSORELEMENT_ex:f", "123"),
        ("INNER_SENSORMETADATA_ex:deep", "1"),
        ("INNER_SENSORREPORT_ex:f", ""),
    ],
)
def test_extensions_are_found_in_what_sensors_say(
    graph: Tracegraph, name: str, values: str
) -> None:
    captured(graph, event(1, sensorElementList=[{}, SENSED]), event(2))

    assert [v for v in "12345" if found(graph, **{f"EQ_{name}": v})] == list(values)
    assert found(graph, **{f"EXISTS_{name}": "true"}) == (["urn:uuid:1"] if values else [])


# -- texts


def test_a_text_with_a_null_character_is_found(graph: Tracegraph) -> None:
    """An engine may read it only up to there; then the event would be lost."""
    captured(graph, event(1, action="ADD", bizStep="a\0b"), event(2, action="ADD", bizStep="a"))

    assert found(graph, EQ_bizStep="a\0b") == ["urn:uuid:1"]
