"""EPCIS events under what they say: found by terms, in blocks, and mended with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Desk, drafts, opaque
from tests.contract.engines import Engine
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import BLOCK
from tracegraph.store.projection.terms import DECLARED, EVERY, Term, term, under

SERIAL = "urn:epc:id:sgtin:4012345.011111.9876"
LINK = "https://id.gs1.org/01/04012345111118/21/9876"
LOT = "urn:epc:class:lgtin:4012345.011111.L7"
LOT_LINK = "https://id.gs1.org/01/04012345111118/10/L7"
PLACE = "https://id.gs1.org/414/4012345000054"


def epcis(**fields: Any) -> dict[str, Any]:
    return {"type": "ObjectEvent", "eventTime": "2026-03-02T09:14:00+08:00", **fields}


def put(store: GraphStore, *events: dict[str, Any], at_once: bool = False) -> None:
    """Append events that came as these, each as a batch of its own or all as one."""
    desk = Desk("partner")
    natives = [
        desk.event("observation", items=[{"item": opaque(SERIAL)}], attributes={"epcis": event})
        for event in events
    ]
    for batch in [natives] if at_once else [[native] for native in natives]:
        store.append(drafts(batch))


def seqs(store: GraphStore, wanted: Term) -> list[int]:
    """Every event under a term."""
    blocks = store.posting_blocks([wanted])[wanted]
    found = store.postings([wanted], blocks)[wanted]
    assert sorted(found) == blocks, "else an event that is there would not be asked for"
    return [seq for block in blocks for seq in found[block]]


def test_each_thing_an_event_says_is_a_term(engine: Engine):
    store = engine.empty()
    put(
        store,
        epcis(
            action="ADD",
            bizStep="urn:epcglobal:cbv:bizstep:shipping",
            disposition="https://ref.gs1.org/cbv/Disp-in_transit",
            persistentDisposition={"set": ["recalled"], "unset": "active"},
            readPoint={"id": "urn:epc:id:sgln:4012345.00005.0"},
            bizLocation={"id": "geo:0,0"},
            epcList=[SERIAL, SERIAL],
            childEPCs=["urn:x:1"],
            parentID="urn:x:2",
            inputEPCList=["urn:x:3"],
            outputEPCList=["urn:x:4"],
            quantityList=[{"epcClass": LOT}],
            childQuantityList=[{"epcClass": "urn:x:5"}],
            inputQuantityList=[{"epcClass": "urn:x:6"}],
            outputQuantityList=[{"epcClass": "urn:x:7"}],
            transformationID="urn:x:8",
            bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:9"}],
            sourceList=[{"type": "owning_party", "source": "urn:x:10"}],
            destinationList=[{"type": "owning_party", "destination": "urn:x:11"}],
        ),
    )

    wanted = [
        EVERY,
        *(Term("epc", value) for value in (LINK, "urn:x:1", "urn:x:2", "urn:x:3", "urn:x:4")),
        *(Term("class", value) for value in (LOT_LINK, "urn:x:5", "urn:x:6", "urn:x:7")),
        under("https://id.gs1.org/01/04012345111118"),
        Term("type", "ObjectEvent"), Term("action", "ADD"), Term("bizStep", "shipping"),
        Term("disposition", "in_transit"), Term("set", "recalled"), Term("unset", "active"),
        Term("readPoint", PLACE), Term("bizLocation", "geo:0,0"),
        Term("transformationID", "urn:x:8"), Term("bizTransaction", "urn:x:9"),
        Term("source", "urn:x:10"), Term("destination", "urn:x:11"),
        Term("day", "2026-03-02"), Term("hour", "2026-03-02T01"),
    ]  # fmt: skip
    found = store.postings(wanted, [0])
    assert found == {each: {0: [1]} for each in wanted}
    assert len(list(store.rows("posting", 1))) == len(wanted) + 1, "and its eventID; each once"


def test_what_declares_an_event_wrong_is_found_by_the_event_and_by_its_reason(engine: Engine):
    store, desk = engine.empty(), Desk("partner")
    wrong = desk.event(
        "observation",
        items=[{"item": opaque(SERIAL)}],
        attributes={"epcis": epcis(epcList=[SERIAL])},
    )
    declared = {
        "declarationTime": "2026-04-01T00:00:00Z",
        "reason": "urn:epcglobal:cbv:er:did_not_occur",
        "correctiveEventIDs": ["urn:x:right"],
    }
    sent = epcis(epcList=[SERIAL], errorDeclaration=declared)
    void = desk.event("void", voids=wrong["id"], reason="x", attributes={"epcis": sent})
    store.append(drafts([wrong]))
    store.append(drafts([void]))

    assert seqs(store, Term("epc", LINK)) == [1, 2], "the corrected event stays where it was"
    assert seqs(store, term("eventID", wrong["id"])) == [1, 2]
    assert seqs(store, Term("day", "2026-03-02")) == [1, 2], "of the event, not of the declaration"
    assert seqs(store, DECLARED) == [2]
    assert seqs(store, Term("reason", "did_not_occur")) == [2]
    assert seqs(store, Term("correctiveEventIDs", "urn:x:right")) == [2]


@pytest.mark.parametrize("at_once", [True, False])
def test_events_come_in_order_block_by_block(engine: Engine, at_once: bool):
    store, many = engine.empty(), 2 * BLOCK + 10 if at_once else 20
    put(store, *(epcis(action="ADD" if n % 3 else "OBSERVE") for n in range(many)), at_once=at_once)

    assert seqs(store, EVERY) == list(range(1, many + 1))
    assert seqs(store, Term("action", "OBSERVE")) == list(range(1, many + 1, 3))
    assert store.posting_blocks([EVERY])[EVERY] == list(range(many // BLOCK + 1))
    assert store.postings([EVERY], [1, 1, 9])[EVERY].keys() == ({1} if at_once else set())


def test_what_is_not_there_is_empty(engine: Engine):
    store, nothing = engine.empty(), Term("action", "ADD")
    put(store, {"type": "ObjectEvent", "action": "DELETE"})

    assert store.posting_blocks([nothing]) == {nothing: []}
    assert store.postings([nothing], [0]) == {nothing: {}}
    assert store.posting_blocks([]) == {}
    assert store.postings([], [0]) == {}
    assert store.term_values("day", after="", until="~", limit=9) != [], "by its native time"


def test_values_of_a_field_come_in_their_order_each_once(engine: Engine):
    store = engine.empty()
    put(store, *(epcis(bizStep=step) for step in ("urn:é", "a", "urn:b", "Z", "a", "urn:😀")))

    def values(**cuts: Any) -> list[str]:
        wanted: dict[str, Any] = {"after": "", "until": "\U0010ffff", "limit": 9} | cuts
        return store.term_values("bizStep", **wanted)

    assert values() == ["Z", "a", "urn:b", "urn:é", "urn:😀"]
    assert values(after="a", until="urn:é") == ["urn:b"], "neither end is in it"
    assert values(limit=2) == ["Z", "a"]
    assert values(limit=2, backwards=True) == ["urn:😀", "urn:é"]


def test_a_long_text_is_found_by_its_digest(engine: Engine):
    """An engine's index would refuse it, and with it the event."""
    store, long = engine.empty(), "urn:x:" + "é" * 9_000
    put(store, epcis(epcList=[long], bizStep=long))

    assert seqs(store, term("epcList", long)) == seqs(store, term("bizStep", long)) == [1]


@pytest.mark.parametrize(
    "came",
    [
        {"epcList": [1, None, {}], "quantityList": "x", "readPoint": ["a"], "bizStep": {}},
        {"eventTime": 5, "persistentDisposition": [], "errorDeclaration": "x", "parentID": []},
        {"eventTime": "yesterday", "bizTransactionList": [{"bizTransaction": 1}], "sourceList": {}},
    ],
)
def test_what_is_not_of_its_form_says_nothing(engine: Engine, came: dict[str, Any]):
    """Whoever writes native events may put anything there."""
    store = engine.empty()
    put(store, came)

    assert seqs(store, EVERY) == [1]


def test_an_event_that_was_no_epcis_event_has_no_terms(engine: Engine):
    store, desk = engine.empty(), Desk()
    store.append(drafts([desk.receipt(), desk.receipt(attributes={"epcis": "no"})]))

    assert list(store.rows("posting", 2)) == []


def test_rows_are_those_of_the_cut(engine: Engine):
    store = engine.empty()
    put(store, epcis(action="ADD"), epcis(action="ADD"))

    assert ("action", "ADD", 1) in store.rows("posting", 1)
    assert ("action", "ADD", 2) not in store.rows("posting", 1)
    assert ("action", "ADD", 2) in store.rows("posting", 2)
