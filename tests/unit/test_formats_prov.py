"""PROV-JSON: every record has the form and the ends that the submission gives it.

https://www.w3.org/submissions/prov-json/; the document was also read back with `prov` 3.2.
"""

from __future__ import annotations

import json
import re
import tracemalloc
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.unit.chains import AT, chain, event, genealogy, item
from tracegraph.formats import graphml
from tracegraph.formats.prov_json import Agent, prov_chunks
from tracegraph.trace.answer import Edge, Genealogy, Truncation

LOT, SERIAL = "urn:tracegraph:lot:FG-9:C1", "https://id.gs1.org/01/0614141123452/21/7"
INPUT, RUN = "urn:tracegraph:lot:RM-110:A", "urn:tracegraph:run:mes:R1"
FIRST, LAST = "urn:tracegraph:event:mes:p1", "urn:tracegraph:event:mes:p2"
CUSTOMER = "urn:tracegraph:party:CUST-12"

# What the schema of the submission has each record require, and whose records those name.
ENDS = {
    "used": {"prov:activity": "activity", "prov:entity": "entity"},
    "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
    "hadMember": {"prov:collection": "entity", "prov:entity": "entity"},
    "wasInfluencedBy": {"prov:influencee": "entity", "prov:influencer": "entity"},
    "wasAssociatedWith": {"prov:activity": "activity", "prov:agent": "agent"},
    "wasAttributedTo": {"prov:entity": "entity", "prov:agent": "agent"},
}
NODES = {"entity", "activity", "agent"}


def made(**changes: Any) -> Genealogy:
    """A lot made in a run of two events, a serial of it, and a pooled draw."""
    return genealogy(
        [
            item(INPUT, product="RM-110", number="A"),
            item(LOT, 1, INPUT, product="FG-9", number="C1", direction="forward"),
            item(SERIAL, 2, LOT, kind="serial", direction="forward"),
        ],
        [
            event(FIRST, node=RUN, id="p1"),
            event(SERIAL + "/e", type="use"),
            event(LAST, node=RUN, id="p2", occurred_at="2026-01-03T08:00:00Z"),
        ],
        [
            Edge("input", INPUT, RUN, "600", "each"),
            Edge("output", RUN, LOT, "0.5", "kg"),
            Edge("comprises", LOT, SERIAL),
            Edge("pooled", SERIAL, LOT, "1", "each"),
        ],
        **({"direction": "forward"} | changes),
    )


def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a repeated name would be lost: {names}"
    return dict(pairs)


def read(answer: Genealogy, **options: Any) -> dict[str, Any]:
    text = b"".join(prov_chunks(answer, **options))
    document = json.loads(text, object_pairs_hook=no_repeats)
    check(document)
    return document  # type: ignore[no-any-return]  # checked


def inside(answer: Genealogy, **options: Any) -> dict[str, Any]:
    (bundle,) = read(answer, **options)["bundle"].values()
    return bundle  # type: ignore[no-any-return]  # checked


def check(document: dict[str, Any]) -> None:
    """Hold a document against the schema of the submission, as far as it is used."""
    assert set(document) == {"prefix", "entity", "bundle"}
    assert document["prefix"]["prov"] == "http://www.w3.org/ns/prov#"
    assert all(re.fullmatch(r"[a-zA-Z0-9_\-]+", prefix) for prefix in document["prefix"])
    assert document["bundle"].keys() == document["entity"].keys(), "a bundle is an entity"
    for bundle in document["bundle"].values():
        assert bundle.keys() <= ENDS.keys() | NODES
        for section, records in bundle.items():
            assert records, "an empty section says nothing"
            for name, record in records.items():
                prefix = name.partition(":")[0]
                assert prefix in ({"_"} if section in ENDS else document["prefix"]), name
                for end in ENDS.get(section, ()):
                    assert record[end].partition(":")[0] in document["prefix"]
                for attribute, values in record.items():
                    assert attribute.partition(":")[0] in document["prefix"]
                    for value in values if isinstance(values, list) else [values]:
                        assert isinstance(value, str | int) or value.keys() == {"$", "type"}


def uri(document: dict[str, Any], name: str) -> str:
    prefix, _, rest = name.partition(":")
    return str(document["prefix"][prefix] + rest)


def test_items_are_entities_and_events_activities() -> None:
    bundle = inside(made())

    assert bundle["entity"][LOT] == {
        "prov:type": [
            {"$": "tracegraph:lot", "type": "xsd:QName"},
            {"$": "prov:Collection", "type": "xsd:QName"},
        ],
        "prov:label": "FG-9 C1",
        "tracegraph:product": "FG-9",
        "tracegraph:number": "C1",
        "tracegraph:depth": 1,
        "tracegraph:seed": False,
    }
    assert bundle["entity"][SERIAL]["prov:type"]["$"] == "tracegraph:serial"
    assert bundle["activity"].keys() == {RUN, SERIAL + "/e"}
    run = bundle["activity"][RUN]
    assert (run["prov:startTime"], run["prov:endTime"]) == (AT, "2026-01-03T08:00:00Z")
    assert run["prov:label"] == "production p1, p2"


def test_edges_are_relations_with_the_right_ends() -> None:
    bundle = inside(made())

    (used,) = bundle["used"].values()
    assert used == {
        "prov:entity": INPUT,
        "prov:activity": RUN,
        "tracegraph:quantity": {"$": "600", "type": "xsd:decimal"},
        "tracegraph:unit": "each",
    }
    (generated,) = bundle["wasGeneratedBy"].values()
    assert (generated["prov:entity"], generated["prov:activity"]) == (LOT, RUN)
    (member,) = bundle["hadMember"].values()
    assert member == {"prov:collection": LOT, "prov:entity": SERIAL}
    (pooled,) = bundle["wasInfluencedBy"].values()
    assert (pooled["prov:influencee"], pooled["prov:influencer"]) == (LOT, SERIAL)
    assert "wasDerivedFrom" not in bundle


def test_every_end_is_declared_when_nothing_was_cut() -> None:
    agents = [Agent(CUSTOMER, "party", events=[FIRST], items=[INPUT])]
    bundle = inside(made(), agents=agents)

    for relation, ends in ENDS.items():
        for record in bundle[relation].values():
            for end, section in ends.items():
                assert record[end] in bundle[section], (relation, end)


def test_agents_have_their_events_and_items() -> None:
    agents = [
        Agent(CUSTOMER, "party", "Klinik", items=[INPUT, "urn:elsewhere"]),
        Agent("urn:tracegraph:operator:op-17", "operator", events=[FIRST, LAST, "urn:none"]),
    ]

    bundle = inside(made(), agents=agents)

    assert bundle["agent"][CUSTOMER] == {
        "prov:type": [
            {"$": "tracegraph:party", "type": "xsd:QName"},
            {"$": "prov:Organization", "type": "xsd:QName"},
        ],
        "prov:label": "Klinik",
    }
    assert list(bundle["wasAttributedTo"].values()) == [
        {"prov:entity": INPUT, "prov:agent": CUSTOMER}
    ]
    assert list(bundle["wasAssociatedWith"].values()) == [
        {
            "prov:activity": RUN,
            "prov:agent": "urn:tracegraph:operator:op-17",
            "prov:role": "operator",
        }
    ], "two events of a run are one activity, and what is not in the answer is no fact of it"


def test_the_bundle_says_what_was_asked_and_its_hash() -> None:
    cut = Truncation("budget", 0, "more than 1")
    document = read(made(as_of=AT, truncated=cut), hash="ab12")

    (name,) = document["entity"]
    about = document["entity"][name]
    assert name == "tracegraph:bundle/ab12"
    assert about["prov:type"] == {"$": "prov:Bundle", "type": "xsd:QName"}
    assert (about["tracegraph:hash"], about["tracegraph:known_at"]) == ("ab12", 9)
    assert about["tracegraph:as_of"] == {"$": AT, "type": "xsd:dateTime"}
    assert about["tracegraph:truncated"] == "more than 1"


def test_annotations_say_more_of_an_item() -> None:
    notes = {LOT: {"certainty": "possible", "units_min": "0", "units_max": "12.5"}}

    entities = inside(made(), annotations=notes)["entity"]

    assert entities[LOT]["tracegraph:certainty"] == "possible"
    assert entities[LOT]["tracegraph:units_max"] == {"$": "12.5", "type": "xsd:decimal"}
    assert "tracegraph:certainty" not in entities[SERIAL]


@pytest.mark.parametrize(
    "key",
    [
        LOT,
        SERIAL,
        "tag:example.com,2026:a b",
        "prov:not-ours",
        "_x:1",
        "z39.50s://a/b",
        "a+b:c:d",
        "urn:x:漢字\u2028",
    ],
)
def test_a_name_is_the_uri_of_its_item(key: str) -> None:
    document = read(genealogy([item(key)]))

    ((name, _),) = next(iter(document["bundle"].values()))["entity"].items()
    if key.startswith("_x"):  # no URI, so it has a name of ours
        assert uri(document, name) == "urn:tracegraph:prov:key/_x%3A1"
    else:
        assert uri(document, name) == key


def test_schemes_that_cannot_be_prefixes_do_not_meet() -> None:
    document = read(genealogy([item("a+b:1"), item("a.b:1"), item("prov:1"), item("scheme-0:1")]))

    names = next(iter(document["bundle"].values()))["entity"]
    assert {uri(document, name) for name in names} == {"a+b:1", "a.b:1", "prov:1", "scheme-0:1"}


def test_an_empty_answer_is_an_empty_bundle() -> None:
    assert inside(genealogy([], note="unknown")) == {}


def test_a_document_is_written_in_pieces() -> None:
    answer = chain(5_000)
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in prov_chunks(answer)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert sum(sizes) > 2_000_000
    assert max(sizes) < 100_000
    assert peak < 1_000_000, "less than half of what is written"


def test_graphml_has_the_annotations_with_their_types() -> None:
    notes = {LOT: {"certainty": "possible", "units_min": "0", "other": "left out"}}
    stream, plain = StringIO(), StringIO()

    graphml.write(made(), stream, annotations=notes)
    graphml.write(made(), plain)

    space = "{http://graphml.graphdrawing.org/xmlns}"
    root = ET.fromstring(stream.getvalue().encode())
    declared = {key.get("id"): key.get("attr.type") for key in root.iter(f"{space}key")}
    assert declared["node_units_max"] == "string"
    data = {each.get("key"): each.text for each in root.findall(f".//{space}node[2]/{space}data")}
    assert data["node_key"] == LOT
    assert (data["node_certainty"], data["node_units_min"]) == ("possible", "0")
    assert data.keys() <= declared.keys()
    assert stream.getvalue().count("node_certainty") == 2, "declared once, said once"
    assert "certainty" not in plain.getvalue()
