"""Movements in EPCIS events are booked by who we are, and by nothing else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import tracegraph
from api.epcis.documents import SentDocument
from tracegraph.formats.epcis import own_parties, read_epcis

US, THEM = "urn:epc:id:pgln:4012345.00002", "urn:epc:id:pgln:0614141.00777"
OWN = own_parties("4012345000023")
SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
DOCK = "urn:epc:id:sgln:4012345.00002.7"


def native(step: str, source: Any, destination: Any, **fields: Any) -> dict[str, Any]:
    event = {
        "type": "ObjectEvent",
        "eventID": "urn:x:1",
        "eventTime": "2026-03-02T09:14:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": step,
        "epcList": [SERIAL],
        "readPoint": {"id": DOCK},
        **fields,
    }
    for name, said in (("source", source), ("destination", destination)):
        if said is not None:
            members = said if isinstance(said, list) else [("possessing_party", said)]
            event[f"{name}List"] = [{"type": kind, name: party} for kind, party in members]
    (converted,) = read_epcis(event, source="epcis", own=OWN)
    assert not converted.refusals, converted.refusals
    (made,) = converted.events
    return made


@pytest.mark.parametrize(
    ("step", "source", "destination", "expected"),
    [
        ("shipping", US, THEM, ("shipment", THEM)),
        ("urn:epcglobal:cbv:bizstep:shipping", US, THEM, ("shipment", THEM)),
        ("receiving", THEM, US, ("receipt", THEM)),
        ("receiving", US, THEM, ("delivery", THEM)),
        # the GLN is ours, whichever key and whichever form it is written in
        ("shipping", DOCK, THEM, ("shipment", THEM)),
        ("shipping", "https://example.com/417/4012345000023", THEM, ("shipment", THEM)),
        # what is told of a party by its possession goes before what is told by its property
        (
            "shipping",
            [("owning_party", THEM), ("possessing_party", US)],
            [("owning_party", US), ("possessing_party", THEM)],
            ("shipment", THEM),
        ),
        (
            "shipping",
            [("owning_party", US)],
            [("owning_party", "urn:x:c")],
            ("shipment", "urn:x:c"),
        ),
    ],
)
def test_between_us_and_another(
    step: str, source: Any, destination: Any, expected: tuple[str, str]
) -> None:
    made = native(step, source, destination)

    assert (made["type"], made["party"]) == expected
    assert made["place"] == DOCK
    assert "step" not in made
    assert made["items"][0]["quantity"] == "1"


@pytest.mark.parametrize(
    ("step", "source", "destination"),
    [
        ("shipping", THEM, US),  # it was sent, and is not here
        ("shipping", US, US),
        ("shipping", THEM, "urn:x:c"),
        ("shipping", US, None),
        ("shipping", None, THEM),
        ("shipping", [("location", US)], THEM),
        ("shipping", US, [("possessing_party", THEM), ("possessing_party", "urn:x:c")]),
        ("storing", US, THEM),
        ("void_shipping", US, THEM),
        # who had it is told at one end only, and whose it is does not change
        ("shipping", [("owning_party", US)], [("owning_party", US), ("possessing_party", THEM)]),
        ("receiving", THEM, "urn:x:c"),
    ],
)
def test_what_is_not_surely_between_us_and_another_is_seen_only(
    step: str, source: Any, destination: Any
) -> None:
    """Booked wrongly, units would be twice or nowhere in a mass balance."""
    made = native(step, source, destination)

    assert made["type"] == "observation"
    assert made["step"] == step


@pytest.mark.parametrize(
    ("step", "source", "destination", "kind"),
    [("receiving", THEM, US, "return"), ("shipping", US, THEM, "supplier_return")],
)
def test_what_comes_back_is_a_return(step: str, source: str, destination: str, kind: str) -> None:
    """Booked as a receipt, it would be here and still at the customer."""
    made = native(step, source, destination, disposition="returned")

    assert (made["type"], made["party"]) == (kind, THEM)


def test_a_delivery_of_returned_goods_is_seen_only() -> None:
    assert native("receiving", US, THEM, disposition="returned")["type"] == "observation"


LOT = {"epcClass": "urn:epc:class:lgtin:4012345.011111.L7", "quantity": 10}
CARTON = "urn:epc:id:sscc:4012345.0000000001"


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "TransactionEvent", "bizTransactionList": [{"bizTransaction": "urn:x:po"}]},
        {"type": "AggregationEvent", "epcList": None, "parentID": CARTON, "childEPCs": [SERIAL]},
        {"epcList": [CARTON], "quantityList": [LOT]},
    ],
)
def test_what_could_be_booked_twice_is_seen_only(fields: dict[str, Any]) -> None:
    """An object event tells of it, too, or it is in the container that moves."""
    made = native("shipping", US, THEM, **fields)

    assert made["type"] == "observation"


def test_a_container_alone_and_a_lot_alone_move() -> None:
    assert native("shipping", US, THEM, epcList=[CARTON])["type"] == "shipment"
    assert native("shipping", US, THEM, epcList=[], quantityList=[LOT])["type"] == "shipment"


def test_what_is_blocked_is_a_hold_though_it_is_shipped() -> None:
    made = native("shipping", US, THEM, persistentDisposition={"set": ["recalled"]})

    assert made["type"] == "hold"


def test_where_nobody_says_who_we_are_nothing_is_booked() -> None:
    event = {
        "type": "ObjectEvent", "eventTime": "2026-03-02T09:14:00Z", "action": "OBSERVE",
        "bizStep": "shipping", "epcList": [SERIAL],
        "sourceList": [{"type": "possessing_party", "source": US}],
        "destinationList": [{"type": "possessing_party", "destination": THEM}],
    }  # fmt: skip
    (converted,) = read_epcis(event, source="epcis")

    assert converted.events[0]["type"] == "observation"


def test_a_consignee_of_a_recall_comes_from_epcis_alone() -> None:
    """Made, shipped by us, and received by a hospital, all told by EPCIS."""
    common = {"eventTimeZoneOffset": "+00:00", "epcList": [SERIAL]}
    between = {
        "sourceList": [{"type": "owning_party", "source": US}],
        "destinationList": [{"type": "owning_party", "destination": THEM}],
    }
    steps: list[dict[str, Any]] = [
        {"action": "ADD", "bizStep": "commissioning", "bizLocation": {"id": DOCK}},
        {"action": "OBSERVE", "bizStep": "shipping", "readPoint": {"id": DOCK}, **between},
        {"action": "OBSERVE", "bizStep": "receiving", **between},
    ]
    events = [
        {"type": "ObjectEvent", "eventTime": f"2026-03-0{day}T00:00:00Z", **common, **step}
        for day, step in enumerate(steps, 1)
    ]
    document = {"type": "EPCISDocument", "epcisBody": {"eventList": events}}
    with tracegraph.connect("sqlite:///:memory:") as graph:
        body = orjson.dumps(document)
        sent = SentDocument("application/json", body, "c", atomic=True, own=OWN)
        assert sent.into(graph, most=100).fresh == 3
        scope = graph.scope(SERIAL)

    (consignee,) = scope.consignees
    assert consignee.party == THEM
