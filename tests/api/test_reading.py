"""Reading: items, genealogies, the journal, and the addresses they are found at."""

from __future__ import annotations

import threading
import time
from urllib.parse import quote

import pytest

from api.examples import HISTORY, ITEM_KEYS, SHIPMENT

C1, _, SLASHED = ITEM_KEYS
A, B = "urn:tracegraph:lot:RM-110:A", "urn:tracegraph:lot:RM-110:B"


@pytest.mark.parametrize("key", ITEM_KEYS)
@pytest.mark.parametrize("written", [lambda key: key, lambda key: quote(key, safe="")])
@pytest.mark.parametrize("below", ["", "/history", "/genealogy"])
def test_a_key_stands_in_an_address_encoded_or_not(client, key: str, written, below: str) -> None:
    answer = client.get(f"/v1/items/{written(key)}{below}")

    assert answer.status_code == 200
    found = answer.json()
    assert key in (found.get("key"), found.get("item", {}).get("key"), *found.get("seeds", ()))


@pytest.mark.parametrize("lot", ["history", "a/genealogy", "C%2F1", "ä +?#"])
def test_a_lot_called_like_an_address_is_found_by_its_encoded_key(empty, lot: str) -> None:
    line = {"item": {"product": "FG-9", "lot": lot}, "quantity": "1", "unit": "each"}
    empty.post("/v1/events", json={**SHIPMENT, "items": [line]})
    (item,) = empty.get("/v1/items").json()["items"]

    found = empty.get(f"/v1/items/{quote(item['key'], safe='')}")
    history = empty.get(f"/v1/items/{quote(item['key'], safe='')}/history")

    assert found.json()["number"] == lot
    assert history.json()["item"]["number"] == lot


def test_an_unknown_item_is_a_problem(client) -> None:
    for address in ("/v1/items/nope", "/v1/items/n%2Fope/history", "/v1/genealogy?item=nope"):
        answer = client.get(address)

        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/unknown-item"


def test_an_ambiguous_item_lists_what_it_could_be(client) -> None:
    line = {"item": {"product": "FG-10", "lot": "C1"}, "quantity": "1", "unit": "each"}
    client.post("/v1/events", json={**SHIPMENT, "id": "s", "items": [line]})

    answer = client.get("/v1/items/C1")
    resolved = client.get("/v1/resolve?scan=C1")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/ambiguous-item"
    keys = [candidate["key"] for candidate in answer.json()["candidates"]]
    assert keys == ["urn:tracegraph:lot:FG-10:C1", C1]
    assert resolved.status_code == 200
    assert resolved.json()["item"] is None
    assert [candidate["key"] for candidate in resolved.json()["candidates"]] == keys


def test_a_scan_leads_to_its_item(client) -> None:
    answer = client.get("/v1/resolve", params={"scan": "(01)09506000134352(10)L7"})

    assert answer.json()["item"]["key"] == ITEM_KEYS[1]
    assert client.get("/v1/resolve?scan=nope").json()["type"] == "/problems/unknown-item"


def test_a_scan_says_what_its_label_does(client) -> None:
    label = "+A99912345/$$52001510X3/16D20111212/S77DE1G45-"
    line = {"item": {"scan": label}, "quantity": "1", "unit": "each"}
    before = client.get("/v1/resolve", params={"scan": label}).json()
    sent = client.post("/v1/events", json={**SHIPMENT, "id": "hibc", "items": [line]})
    assert sent.status_code == 201
    after = client.get("/v1/resolve", params={"scan": label}).json()

    key = "urn:tracegraph:serial:%2BA99912345:77DE1G45"
    assert (before["item"], before["candidates"]) == (None, [])
    assert before["label"] == after["label"]
    assert after["label"] == {
        "raw": label,
        "syntax": "hibc",
        "agency": "hibcc",
        "device_identifier": "+A99912345",
        "package_level": 5,
        "lot": "10X3",
        "serial": "77DE1G45",
        "sscc": None,
        "donation": None,
        "made_on": "2011-12-12",
        "expires_on": "2020-01-15",
        "version": None,
        "key": key,
        "flaws": [],
    }
    assert after["item"]["key"] == key
    assert after["item"] in after["candidates"]
    detail = client.get(f"/v1/items/{quote(key, safe='')}").json()
    assert [lot["key"] for lot in detail["lots"]] == ["urn:tracegraph:lot:%2BA99912345:10X3"]


def test_a_label_that_cannot_be_right_says_why(client) -> None:
    found = client.get("/v1/resolve", params={"scan": "(01)09506000134353(10)C1"}).json()

    assert found["item"] is None
    assert [flaw["code"] for flaw in found["label"]["flaws"]] == ["check_digit"]
    assert found["label"]["key"] is None


def test_a_genealogy_says_where_it_came_from(client) -> None:
    found = client.get(f"/v1/items/{C1}/genealogy").json()

    assert {item["key"] for item in found["items"]} == {C1, A, B}
    assert found["known_at"] == len(HISTORY)
    assert "_paths" not in found


def test_a_tree_holds_each_item_below_its_parent(client) -> None:
    found = client.get(f"/v1/items/{A}/genealogy?direction=forward&view=tree").json()

    assert [(row["level"], row["key"]) for row in found["tree"]] == [
        (0, A),
        (1, C1),
        (1, "urn:tracegraph:lot:FG-9:C2"),
    ]
    assert found["tree"][0]["children"] == 2


def test_a_list_goes_by_depth(client) -> None:
    found = client.get(f"/v1/items/{C1}/genealogy?view=list").json()

    assert [(row["depth"], row["key"]) for row in found["list"]] == [(0, C1), (1, A), (1, B)]
    assert found["list"][1]["event_id"] == "prod-0117"


def test_a_long_chain_can_be_written_as_a_tree(empty, app) -> None:
    for index in range(0, 400, 20):
        steps = [
            {
                "id": f"p{n}", "source": "mes", "type": "production",
                "occurred_at": f"2026-03-02T{n // 60:02}:{n % 60:02}:00Z",
                "inputs": [{"item": {"product": "P", "lot": str(n)}}],
                "outputs": [{"item": {"product": "P", "lot": str(n + 1)}}],
            }
            for n in range(index, index + 20)
        ]  # fmt: skip
        assert empty.post("/v1/events", json=steps).status_code == 201

    found = empty.get("/v1/items/urn:tracegraph:lot:P:400/genealogy?view=tree")

    assert found.json()["tree"][-1]["level"] == 400


@pytest.mark.parametrize(
    "seed",
    [
        {"item": [A, "B"]},
        {"event": "wms-sz/rec-0041"},
        {"supplier": "SUP-3", "until": "2026-03-01T00:00:00Z"},
        {"order": "PO-1003"},
    ],
)
def test_many_seeds_start_one_genealogy(client, seed) -> None:
    found = client.get("/v1/genealogy", params={**seed, "direction": "forward"}).json()

    assert set(found["seeds"]) == {A, B}
    assert C1 in {item["key"] for item in found["items"]}


def test_a_genealogy_asked_at_its_known_at_is_the_same_for_ever(client) -> None:
    before = client.get(f"/v1/items/{A}/genealogy?direction=forward&known_at=4")
    later = {
        **HISTORY[1],
        "id": "prod-0118",
        "outputs": [{"item": {"product": "FG-9", "lot": "C3"}}],
    }
    client.post("/v1/events", json=later)

    again = client.get(f"/v1/items/{A}/genealogy?direction=forward&known_at=4")
    now = client.get(f"/v1/items/{A}/genealogy?direction=forward")

    assert again.content == before.content
    assert len(now.json()["items"]) == len(before.json()["items"]) + 1


def test_a_cut_genealogy_says_so(client) -> None:
    found = client.get(f"/v1/items/{C1}/genealogy?budget=1").json()

    assert found["truncated"]["reason"] == "budget"


@pytest.mark.parametrize(
    ("address", "pointer", "rule"),
    [
        ("/v1/items?as_off=1", "/query/as_off", "extra_forbidden"),
        ("/v1/items?kind=pallet", "/query/kind", "literal_error"),
        ("/v1/items?limit=0", "/query/limit", "greater_than_equal"),
        ("/v1/items?limit=many", "/query/limit", "int_parsing"),
        ("/v1/items?cursor=nonsense", "/query/cursor", "cursor"),
        ("/v1/items?since=yesterday", "/query/since", "instant"),
        ("/v1/items?since=2026-03-02T09:14:00+08:00", "/query/since", "instant"),
        ("/v1/items?text=", "/query/text", "string_too_short"),
        (f"/v1/items/{C1}?known_at=-1", "/query/known_at", "cut"),
        (f"/v1/items/{C1}/history?cursor=WzFd", "/query/cursor", "cursor"),
        (f"/v1/items/{C1}/genealogy?as_of=2026-03-02", "/query/as_of", "instant"),
        (f"/v1/items/{C1}/genealogy?clock_tolerance=-1", "/query/clock_tolerance", "duration"),
        (f"/v1/items/{C1}/genealogy?direction=sideways", "/query/direction", "literal_error"),
        (f"/v1/items/{C1}/genealogy?budget=100001", "/query/budget", "less_than_equal"),
        ("/v1/genealogy", "/query", "missing"),
        ("/v1/genealogy?item=C1&since=2026-03-02T00:00:00Z", "/query/since", "window"),
        ("/v1/resolve", "/query/scan", "missing"),
        ("/v1/schema?version=2", "/query/version", "literal_error"),
        ("/v1/journal?wait=nan", "/query/wait", "finite_number"),
        ("/v1/events?after=1&cursor=WzFd", "/query/after", "either_or"),
    ],
)
def test_a_parameter_that_is_none_is_refused(client, address: str, pointer: str, rule: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-parameter"
    errors = {(error["pointer"], error["rule"]): error for error in answer.json()["errors"]}
    assert (pointer, rule) in errors, errors
    assert errors[pointer, rule]["accepted"]


@pytest.mark.parametrize(
    "start", ["/v1/events?limit=1", "/v1/events?after=0&limit=1", "/v1/journal?limit=1"]
)
def test_the_journal_is_read_page_by_page_without_a_gap(client, start: str) -> None:
    seqs: list[int] = []
    address: str | None = start

    while address is not None:
        answer = client.get(address)
        page = answer.json()
        seqs += [event["seq"] for event in page["events"]]
        more = page["next"] is not None and page["events"]
        address = answer.links["next"]["url"] if more else None

    assert seqs == [1, 2, 3, 4]


def test_searches_are_read_page_by_page(client) -> None:
    first = client.get("/v1/items?product=FG-9&limit=1")

    second = client.get(first.links["next"]["url"])

    assert [item["number"] for item in first.json()["items"]] == ["C1"]
    assert [item["number"] for item in second.json()["items"]] == ["C2"]
    assert second.json()["next"] is None
    assert "link" not in second.headers


def test_the_journal_comes_as_lines_where_they_are_asked_for(client) -> None:
    answer = client.get("/v1/journal?after=2", headers={"accept": "application/x-ndjson"})

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert len(answer.text.splitlines()) == 2
    assert "after=4" in answer.links["next"]["url"]


def test_who_waits_is_answered_when_something_is_recorded(client) -> None:
    started = time.monotonic()
    later = threading.Timer(
        0.3, lambda: client.post("/v1/events", json={**SHIPMENT, "id": "ship-99"})
    )
    later.start()

    answer = client.get("/v1/journal?after=4&wait=20")

    later.join()
    assert [event["id"] for event in answer.json()["events"]] == ["ship-99"]
    assert 0.2 < time.monotonic() - started < 10


def test_who_waits_in_vain_is_told_where_to_go_on(client) -> None:
    answer = client.get("/v1/journal?after=4&wait=0.1")

    assert answer.json() == {"events": [], "published": 4, "next": 4}


def test_who_waits_is_answered_when_the_service_stops(app, client) -> None:
    app.state.service.stopping.set()
    started = time.monotonic()

    client.get("/v1/journal?after=4&wait=20")

    assert time.monotonic() - started < 5


def test_the_schema_has_versions(client) -> None:
    answer = client.get("/v1/schema?version=1")

    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$id"] == "/v1/schema?version=1"


def test_anomalies_are_listed(client) -> None:
    void = {
        "id": "v", "source": "wms-sz", "type": "void", "voids": "nothing", "reason": "wrong",
        "occurred_at": "2026-03-10T08:00:00Z",
    }  # fmt: skip
    client.post("/v1/events", json=void)

    found = client.get("/v1/anomalies").json()

    assert [anomaly["event"] for anomaly in found["anomalies"]] == ["urn:tracegraph:event:wms-sz:v"]
