"""The gate, positions, flows and origins over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

A = "urn:tracegraph:lot:RM-110:A"
C1 = "urn:tracegraph:lot:FG-9:C1"
L7 = "https://id.gs1.org/01/09506000134352/10/L7"


def may(client, *items: Any, **more: Any):
    return client.post("/v1/gate", json={"items": list(items), "purpose": "ship", **more})


def rules(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["allowed"] is (not told["refusals"])
    assert all(refusal["lift"] for refusal in told["refusals"])
    return [refusal["rule"] for refusal in told["refusals"]]


def test_what_is_there_and_sound_may_go(client) -> None:
    answer = may(client, {"item": "L7", "quantity": "50", "unit": "each"}, place="SZ1/WH")

    assert rules(answer) == []
    assert answer.json()["known_at"] == 4


def test_both_verdicts_are_answers(client) -> None:
    too_many = may(client, {"item": L7, "quantity": "51", "unit": "each"})

    assert rules(too_many) == ["quantity"]
    assert rules(may(client, "none")) == ["unknown_item"]
    assert rules(may(client, L7, at="2026-03-11T00:00:00Z", seen=99)) == ["behind"]
    assert rules(may(client, L7, place="SZ1/L4")) == ["place"]


def test_an_open_case_refuses_until_it_is_closed(client) -> None:
    address = client.post("/v1/scopes", json={"seeds": ["A"]}).headers["location"]

    refused = may(client, "C1", "C2")
    client.patch(address, json={"status": "closed"})

    assert rules(refused) == ["scope_certain", "scope_certain"]
    assert refused.json()["refusals"][0]["scope"] == address.rpartition("/")[2]
    assert rules(may(client, "C1")) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"purpose": "ship"}, "/items", id="no-items"),
        pytest.param({"items": ["L7"]}, "/purpose", id="no-purpose"),
        pytest.param({"items": [], "purpose": "ship"}, "/items", id="no-item"),
        pytest.param({"items": "L7", "purpose": "ship"}, "/items", id="no-list"),
        pytest.param({"items": [7], "purpose": "ship"}, "/items/0", id="a-number"),
        pytest.param({"items": [{}], "purpose": "ship"}, "/items/0/item", id="no-name"),
        pytest.param(
            {"items": [{"item": "L7", "quantity": 5, "unit": "each"}], "purpose": "ship"},
            "/items/0/quantity", id="no-text",
        ),
        pytest.param(
            {"items": [{"item": "L7", "quantity": "-1", "unit": "each"}], "purpose": "ship"},
            "/items/0/quantity", id="below-zero",
        ),
        pytest.param(
            {"items": [{"item": "L7", "quantity": "1"}], "purpose": "ship"}, "/items/0",
            id="no-unit",
        ),
        pytest.param({"items": ["L7"], "purpose": "eat"}, "/purpose", id="no-such-purpose"),
        pytest.param({"items": ["L7"], "purpose": "ship", "at": "now"}, "/at", id="no-time"),
        pytest.param({"items": ["L7"], "purpose": "ship", "seen": "4"}, "/seen", id="no-seq"),
        pytest.param({"items": ["L7"], "purpose": "ship", "strict": 1}, "/strict", id="strict"),
        pytest.param({"items": ["L7"], "purpose": "ship", "plase": "x"}, "/plase", id="mistyped"),
    ],
)  # fmt: skip
def test_a_malformed_question_says_where(client, body: Any, pointer: str) -> None:
    answer = client.post("/v1/gate", json=body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/refused-body"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_positions_are_asked_by_each_subject(client) -> None:
    def found(query: str) -> set[tuple[str, str, str]]:
        answer = client.get(f"/v1/positions?{query}")
        assert answer.status_code == 200, answer.text
        rows = answer.json()["positions"]
        return {(row["item"], row["holder"], row["quantity"]) for row in rows}

    sent = (C1, "CUST-12", "120")
    assert sent in found("item=C1")
    assert sent in found("product=FG-9")
    assert found("party=CUST-12") == {sent}
    assert sent in found("order=SO-771")
    assert (L7, "SZ1/WH", "50") in found("place=SZ1/WH")
    assert sent not in found("item=C1&as_of=2026-03-05T00:00:00Z")
    before = client.get("/v1/positions?item=C1&known_at=2").json()
    assert (before["positions"], before["note"]) == ([], "Not yet met at this cut: C1.")
    assert client.get("/v1/positions?item=NOBODY").status_code == 404


def test_positions_tell_what_contradicts_them(client) -> None:
    answer = client.get("/v1/positions?item=C1")

    assert [gap["rule"] for gap in answer.json()["anomalies"]] == ["balance_negative"]
    again = client.get("/v1/positions?item=C1", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        pytest.param("", "invalid-parameter", id="none"),
        pytest.param("item=C1&party=CUST-12", "invalid-parameter", id="two"),
        pytest.param("item=C1&plase=x", "invalid-parameter", id="mistyped"),
        pytest.param("item=none", "unknown-item", id="unknown"),
        pytest.param("party=none", "unknown-item", id="unknown-party"),
    ],
)
def test_positions_of_nothing_are_a_problem(client, query: str, kind: str) -> None:
    assert client.get(f"/v1/positions?{query}").json()["type"] == f"/problems/{kind}"


def test_both_sides_of_a_flow_come_to_the_same(client) -> None:
    for key in (quote(C1, safe=""), C1, "C1"):
        found = client.get(f"/v1/items/{key}/flow").json()
        (measure,) = found["measures"]
        for side in ("sources", "ends"):
            assert sum(int(stream["quantity"]) for stream in measure[side]) == 620
        assert (found["item"], measure["total"], measure["unit"]) == (C1, "620", "each")
        assert [stream["kind"] for stream in measure["sources"]] == ["made", "overdrawn"]
    early = client.get("/v1/items/C1/flow?as_of=2026-03-05T00:00:00Z").json()["measures"][0]
    assert (early["total"], early["ends"][0]["holder"]) == ("500", "SZ1/L4")
    sent = client.get("/v1/items/C1/flow?as_of=2026-03-20T00:00:00Z&transit_days=1").json()
    assert sent["measures"][0]["ends"][-1]["kind"] == "unaccounted"
    assert client.get("/v1/items/none/flow").json()["type"] == "/problems/unknown-item"
    assert client.get("/v1/items/C1/flow?transit_days=-1").status_code == 422


def test_origins_are_certain_or_possible(client) -> None:
    for key in (quote(C1, safe=""), C1, "C1"):
        found = client.get(f"/v1/items/{key}/origins").json()["origins"]
        assert [(o["number"], o["certainty"], o["units_min"], o["units_max"]) for o in found] == [
            ("A", "certain", "100", "500"),
            ("B", "possible", "0", "400"),
        ]
    assert client.get("/v1/items/none/origins").json()["type"] == "/problems/unknown-item"
    too_many = client.get("/v1/items/C1/origins?budget=1")
    assert too_many.json()["type"] == "/problems/scope-too-large"
