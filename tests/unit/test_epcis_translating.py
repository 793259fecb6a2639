"""Identifiers of EPCIS events are translated, and nothing else of them changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tracegraph.formats.epcis.context import Context
from tracegraph.formats.epcis.event_hash import event_hash
from tracegraph.formats.epcis.translating import as_it_came, into_link, into_urn, translated

GS1 = "https://id.gs1.org"
SERIAL = ("urn:epc:id:sgtin:0614141.812345.6789", f"{GS1}/01/80614141123458/21/6789")
LOT = ("urn:epc:class:lgtin:0614141.812345.L1", f"{GS1}/01/80614141123458/10/L1")
PALLET = ("urn:epc:id:sscc:0614141.1234567890", f"{GS1}/00/106141412345678908")
PLACE = ("urn:epc:id:sgln:0614141.00001.0", f"{GS1}/414/0614141000012")
PARTY = ("urn:epc:id:pgln:0614141.00001", f"{GS1}/417/0614141000012")
ORDER = ("urn:epc:id:gdti:0614141.00001.PO-1", f"{GS1}/253/0614141000012PO-1")
OWN = "urn:example:1"


def event(form: int) -> dict[str, Any]:
    """An event with every identifier that is translated, in one form: 0 for URNs, 1 for links."""
    quantities = [{"epcClass": LOT[form], "quantity": 2.5, "uom": "KGM"}, {"epcClass": OWN}]
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-03-02T09:14:00Z",
        "epcList": [SERIAL[form], OWN],
        "childEPCs": [SERIAL[form]],
        "inputEPCList": [SERIAL[form]],
        "outputEPCList": [SERIAL[form]],
        "parentID": PALLET[form],
        "quantityList": quantities,
        "childQuantityList": quantities,
        "inputQuantityList": quantities,
        "outputQuantityList": quantities,
        "readPoint": {"id": PLACE[form], "example:floor": PLACE[0]},
        "bizLocation": {"id": PLACE[form]},
        "sourceList": [{"type": "owning_party", "source": PARTY[form]}],
        "destinationList": [{"type": "location", "destination": PLACE[form]}],
        "bizTransactionList": [{"type": "po", "bizTransaction": ORDER[form]}],
        # What is not translated is the same in both forms.
        "eventID": "urn:epc:id:sgtin:0614141.812345.1",
        "transformationID": ORDER[0],
        "sensorElementList": [{"sensorMetadata": {"deviceID": "urn:epc:id:giai:0614141.A"}}],
        "ilmd": {"example:of": SERIAL[1]},
        "example:epcList": [SERIAL[0]],
    }


@pytest.mark.parametrize(
    ("came", "into", "expected"),
    [
        (event(0), into_link, event(1)),
        (event(1), into_urn, event(0)),
        (event(1), into_link, event(1)),
        (event(0), into_urn, event(0)),
        (event(0), as_it_came, event(0)),
        (event(1), as_it_came, event(1)),
    ],
    ids=["to-links", "to-urns", "links-stay", "urns-stay", "urns-came", "links-came"],
)
def test_identifiers_are_translated_and_nothing_else(came, into, expected) -> None:
    before = deepcopy(came)

    assert translated(came, into) == expected
    assert came == before


def test_a_translated_event_has_the_hash_that_it_had() -> None:
    came = event(0)

    assert event_hash(translated(came, into_link), Context()) == event_hash(came, Context())


@pytest.mark.parametrize(
    "link",
    [
        f"{GS1}/01/80614141123458/10/L1/21/6789",
        f"{GS1}/01/80614141123458/21/6789?17=270101",
        f"{GS1}/01/09781492053743/21/1",
        "https://example.com/locations/7",
    ],
    ids=["lot-and-serial", "expiry", "no-company-prefix", "no-key"],
)
def test_what_has_no_urn_stays_as_it_came(link: str) -> None:
    assert translated({"epcList": [link]}, into_urn) == {"epcList": [link]}


def test_a_link_stays_as_it_came_where_links_are_asked_for() -> None:
    link = "https://example.com/gtin/80614141123458/lot/L1/ser/6789?17=270101"

    assert into_link(link) == link


@pytest.mark.parametrize(
    "odd",
    [
        {"epcList": None},
        {"epcList": [None, 7, {}]},
        {"epcList": SERIAL[0]},
        {"parentID": None},
        {"readPoint": PLACE[0]},
        {"bizLocation": {"id": 7}},
        {"bizLocation": {}},
        {"quantityList": {"epcClass": LOT[0]}},
        {"sourceList": [None, {"type": "owning_party"}]},
    ],
)
def test_what_is_not_of_its_form_stays(odd: dict[str, Any]) -> None:
    assert translated(odd, into_link) == odd
