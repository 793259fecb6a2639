"""Suspects over HTTP: what is asked in a body, answered, and refused with its place."""

from __future__ import annotations

from typing import Any

import pytest

ADDRESS = "/v1/suspects"
A, C1 = "urn:tracegraph:lot:RM-110:A", "urn:tracegraph:lot:FG-9:C1"


def made(number: int, material: str) -> dict[str, Any]:
    def line(product: str, lot: str) -> dict[str, Any]:
        return {"item": {"product": product, "lot": lot}, "quantity": "1", "unit": "each"}

    return {
        "id": f"p{number}", "source": "mes", "type": "production",
        "occurred_at": "2026-04-01T10:00:00Z",
        "inputs": [line("RM-7", material)], "outputs": [line("FG-7", str(number) + material)],
    }  # fmt: skip


@pytest.fixture
def making(client):
    sent = [made(n, lot) for n in (1, 2, 3) for lot in ("A7", "B7")]
    for n, event in enumerate(sent):
        event["id"] += str(n)
    assert client.post("/v1/events", json=sent).status_code == 201
    return client


def test_complaints_lead_to_their_suspects(making) -> None:
    answer = making.post(ADDRESS, json={"complaints": ["1A7", "2A7", "3A7"], "limit": 1})

    assert answer.status_code == 200
    found = answer.json()
    (first,) = found["suspects"]
    assert (first["key"], first["p"]) == ("urn:tracegraph:lot:RM-7:A7", "0.05")
    assert found["cover"] == [first]
    assert found["known_at"] == 10


def test_controls_and_cuts_are_part_of_the_question(making) -> None:
    asked = {"complaints": ["1A7"], "controls": ["2A7", "2B7"], "known_at": 10, "as_of": None}

    found = making.post(ADDRESS, json=asked).json()

    assert (found["population"], len(found["controls"])) == (3, 2)
    assert found["clock_tolerance"] == "0"
    near = making.post(ADDRESS, json={**asked, "clock_tolerance": "1.5"}).json()
    assert near["clock_tolerance"] == "1.5"
    assert making.post(ADDRESS, json={**asked, "known_at": "4"}).json()["complaints"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({}, "/complaints", id="nothing"),
        pytest.param({"complaints": []}, "/complaints", id="no-complaint"),
        pytest.param({"complaints": "C1"}, "/complaints", id="no-list"),
        pytest.param({"complaints": ["C1", 7]}, "/complaints/1", id="no-text"),
        pytest.param({"complaints": ["C1"], "control": []}, "/control", id="mistyped"),
        pytest.param({"complaints": ["C1"], "a/b": 1}, "/a~1b", id="odd-name"),
        pytest.param({"complaints": ["C1"], "controls": ["C1"]}, "/controls", id="both"),
        pytest.param({"complaints": ["C1"], "limit": 0}, "/limit", id="no-suspects"),
        pytest.param({"complaints": ["C1"], "limit": True}, "/limit", id="no-number"),
        pytest.param({"complaints": ["C1"], "as_of": "now"}, "/as_of", id="no-time"),
        pytest.param(["C1"], "", id="no-object"),
    ],
)
def test_what_is_wrong_has_its_place(client, body: Any, pointer: str) -> None:
    answer = client.post(ADDRESS, json=body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/refused-body"
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_what_is_not_known_is_a_problem(client) -> None:
    for names in (["nothing"], ["C1", "nothing"]):
        answer = client.post(ADDRESS, json={"complaints": names})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-item")


def test_too_much_is_refused(client) -> None:
    answer = client.post(ADDRESS, json={"complaints": ["C1"], "budget": 1})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/scope-too-large")
