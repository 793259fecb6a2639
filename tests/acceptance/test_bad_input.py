"""Bad input: each kind is refused with pointer, rule and remedy, and nothing of it is stored."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from tracegraph.settings import Settings

MAKE: dict[str, Any] = {
    "id": "p-1",
    "source": "mes",
    "type": "production",
    "started_at": "2026-03-02T06:00:00+08:00",
    "occurred_at": "2026-03-02T09:14:00+08:00",
    "inputs": [{"item": {"product": "RM-1", "lot": "A"}, "quantity": "6", "unit": "each"}],
    "outputs": [{"item": {"product": "FG-9", "lot": "C1"}, "quantity": "5", "unit": "each"}],
}
SHIP: dict[str, Any] = {
    "id": "s-1",
    "source": "wms",
    "type": "shipment",
    "occurred_at": "2026-03-09T16:00:00+08:00",
    "party": "CUST-12",
    "items": [{"item": {"product": "FG-9", "lot": "C1"}, "quantity": "2", "unit": "each"}],
}
PACK: dict[str, Any] = {
    "id": "k-1",
    "source": "wms",
    "type": "pack",
    "occurred_at": "2026-03-08T16:00:00+08:00",
    "container": {"sscc": "106141412345678908"},
    "items": [{"item": {"product": "FG-9", "lot": "C1"}}],
}
VOID: dict[str, Any] = {
    "id": "v-1",
    "source": "wms",
    "type": "void",
    "occurred_at": "2026-03-10T08:00:00+08:00",
    "voids": "s-1",
    "reason": "wrong customer",
}
ORDER: dict[str, Any] = {
    "id": "o-1",
    "source": "erp",
    "type": "order",
    "occurred_at": "2026-03-01T08:00:00Z",
    "number": "SO-771",
    "kind": "sales",
    "action": "created",
}
ORDER_HEAD = {name: ORDER[name] for name in ("id", "source", "occurred_at")}
PRODUCT: dict[str, Any] = {
    "id": "m-1",
    "source": "erp",
    "type": "product",
    "occurred_at": "2026-01-01T08:00:00Z",
    "number": "FG-9",
}
ABSENT = object()


def changed(event: dict[str, Any], at: str, value: Any) -> dict[str, Any]:
    """A copy of an event that has `value` (or nothing) at a JSON pointer."""
    copy = deepcopy(event)
    place: Any = copy
    *path, last = at.strip("/").split("/")
    for part in path:
        place = place[int(part) if isinstance(place, list) else part]
    if isinstance(place, list):
        place[int(last)] = value
    elif value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return copy


LINE = "/outputs/0"
# name, event, pointer, rule
REFUSED: list[tuple[str, Any, str, str]] = [
    ("not an object", 7, "", "object"),
    ("a text instead of an event", "ship it", "", "object"),
    ("no type", changed(MAKE, "type", ABSENT), "/type", "type"),
    ("an unknown type", changed(MAKE, "type", "transmutation"), "/type", "type"),
    ("no id", changed(MAKE, "id", ABSENT), "/id", "missing"),
    ("an empty id", changed(MAKE, "id", ""), "/id", "string_too_short"),
    ("an id that is a number", changed(MAKE, "id", 17), "/id", "string_type"),
    ("an id that is too long", changed(MAKE, "id", "x" * 201), "/id", "string_too_long"),
    (
        "an id with a control character",
        changed(MAKE, "id", "a\x07b"),
        "/id",
        "string_pattern_mismatch",
    ),
    ("an id with blanks around it", changed(MAKE, "id", " p-1 "), "/id", "string_pattern_mismatch"),
    ("no source, and none from the caller", changed(MAKE, "source", ABSENT), "/source", "missing"),
    ("a null source", changed(MAKE, "source", None), "/source", "string_type"),
    ("no time", changed(MAKE, "occurred_at", ABSENT), "/occurred_at", "missing"),
    (
        "a time without offset",
        changed(MAKE, "occurred_at", "2026-03-02T09:14:00"),
        "/occurred_at",
        "instant",
    ),
    (
        "a time of no calendar",
        changed(MAKE, "occurred_at", "2026-02-30T09:14:00Z"),
        "/occurred_at",
        "instant",
    ),
    (
        "a time that is a number",
        changed(MAKE, "occurred_at", 1772413200),
        "/occurred_at",
        "instant",
    ),
    (
        "an offset that no clock shows",
        changed(MAKE, "occurred_at", "2026-03-02T09:14:00+25:00"),
        "/occurred_at",
        "instant",
    ),
    (
        "a start after the end",
        changed(MAKE, "started_at", "2026-03-03T00:00:00Z"),
        "/started_at",
        "interval",
    ),
    ("an unknown field", changed(MAKE, "colour", "blue"), "/colour", "extra_forbidden"),
    (
        "a field of another type of event",
        changed(SHIP, "voids", "s-0"),
        "/voids",
        "extra_forbidden",
    ),
    (
        "a field with a slash in its name",
        changed(MAKE, "attributes", {}) | {"a/b": 1},
        "/a~1b",
        "extra_forbidden",
    ),
    (
        "an unknown field on a line",
        changed(MAKE, f"{LINE}/qty", "5"),
        f"{LINE}/qty",
        "extra_forbidden",
    ),
    ("lines that are no list", changed(MAKE, "outputs", {}), "/outputs", "tuple_type"),
    ("a line that is no object", changed(MAKE, LINE, "C1"), LINE, "model_type"),
    ("a making of nothing", changed(changed(MAKE, "inputs", []), "outputs", []), "", "lines"),
    (
        "a production with items",
        changed(changed(MAKE, "items", SHIP["items"]), "inputs", []),
        "",
        "lines",
    ),
    ("a shipment of nothing", changed(SHIP, "items", []), "/items", "too_short"),
    (
        "a quantity that is a number",
        changed(MAKE, f"{LINE}/quantity", 5),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity that is a fraction of a number",
        changed(MAKE, f"{LINE}/quantity", 0.1),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity in words",
        changed(MAKE, f"{LINE}/quantity", "five"),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity with an exponent",
        changed(MAKE, f"{LINE}/quantity", "5e3"),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity with a comma",
        changed(MAKE, f"{LINE}/quantity", "1,5"),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity of seven fractional digits",
        changed(MAKE, f"{LINE}/quantity", "0.1234567"),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity of foreign digits",
        changed(MAKE, f"{LINE}/quantity", "\uff15"),
        f"{LINE}/quantity",
        "quantity",
    ),
    (
        "a quantity of zero",
        changed(MAKE, f"{LINE}/quantity", "0"),
        f"{LINE}/quantity",
        "quantity_sign",
    ),
    (
        "a negative quantity",
        changed(SHIP, "/items/0/quantity", "-2"),
        "/items/0/quantity",
        "quantity_sign",
    ),
    (
        "a quantity without unit",
        changed(MAKE, f"{LINE}/unit", ABSENT),
        f"{LINE}/unit",
        "quantity_unit",
    ),
    (
        "a unit without quantity",
        changed(MAKE, f"{LINE}/quantity", ABSENT),
        f"{LINE}/quantity",
        "quantity_unit",
    ),
    ("an unknown unit", changed(MAKE, f"{LINE}/unit", "box"), f"{LINE}/unit", "unit"),
    ("an item of no form", changed(MAKE, f"{LINE}/item", {}), f"{LINE}/item", "item_form"),
    (
        "a lot without product",
        changed(MAKE, f"{LINE}/item", {"lot": "A"}),
        f"{LINE}/item",
        "item_form",
    ),
    (
        "an item of two forms",
        changed(MAKE, f"{LINE}/item", {"product": "P", "lot": "A", "key": "urn:x:1"}),
        f"{LINE}/item",
        "item_form",
    ),
    (
        "a key that is no URI",
        changed(MAKE, f"{LINE}/item", {"key": "C1"}),
        f"{LINE}/item/key",
        "string_pattern_mismatch",
    ),
    (
        "a serial of more than one unit",
        changed(
            MAKE, LINE, {"item": {"product": "P", "serial": "7"}, "quantity": "2", "unit": "each"}
        ),
        f"{LINE}/quantity",
        "serial_quantity",
    ),
    (
        "a container with units of its own",
        changed(
            SHIP,
            "/items/0",
            {"item": {"sscc": "106141412345678908"}, "quantity": "2", "unit": "each"},
        ),
        "/items/0/quantity",
        "container_quantity",
    ),
    (
        "a container put into itself",
        changed(PACK, "/items/0", {"item": {"sscc": "106141412345678908"}}),
        "/items/0/item",
        "container_inside_itself",
    ),
    (
        "an expiry that is no date",
        changed(MAKE, f"{LINE}/expires_on", "March 2029"),
        f"{LINE}/expires_on",
        "date_parsing",
    ),
    ("an unknown state", changed(MAKE, f"{LINE}/state", "lost"), f"{LINE}/state", "literal_error"),
    ("a shipment to a customer and to ourselves", changed(SHIP, "to", "SZ2"), "/to", "target"),
    ("a void without reason", changed(VOID, "reason", ABSENT), "/reason", "missing"),
    ("an order of an unknown kind", changed(ORDER, "kind", "barter"), "/kind", "literal_error"),
    (
        "an order line without product",
        changed(ORDER, "lines", [{"line": "1", "quantity": "5", "unit": "each"}]),
        "/lines/0/product",
        "missing",
    ),
    (
        "a GTIN of eleven digits",
        changed(PRODUCT, "packages", [{"gtin": "12345678901"}]),
        "/packages/0/gtin",
        "string_pattern_mismatch",
    ),
    (
        "a package of half a unit",
        changed(PRODUCT, "packages", [{"gtin": "09506000134352", "content": "0.5"}]),
        "/packages/0",
        "content",
    ),
    ("a complaint about nothing", {**ORDER_HEAD, "type": "complaint"}, "", "about"),
]

# name, body, type of content, status, pointer, rule
UNREADABLE: list[tuple[str, bytes, str, int, str, str]] = [
    ("an empty body", b"", "application/json", 400, "", "json"),
    ("a torn body", json.dumps(MAKE).encode()[:-9], "application/json", 400, "", "json"),
    ("a number that is none", b'{"id": NaN}', "application/json", 400, "", "json"),
    ("text that is not UTF-8", b'{"id": "\xff"}', "application/json", 400, "", "json"),
    ("a lone surrogate", b'{"id": "\\ud800"}', "application/json", 400, "", "json"),
    ("nested too deeply", b"[" * 5000 + b"]" * 5000, "application/json", 400, "", "json"),
    ("a torn line", b'{"id": "a"}\n{"id": \n', "application/x-ndjson", 400, "", "json"),
    ("no event at all", b"[]", "application/json", 422, "", "empty"),
    ("an empty file", b"\n\n", "application/x-ndjson", 422, "", "empty"),
    (
        "a name that is there twice",
        b'{"id": "a", "id": "b"}',
        "application/json",
        422,
        "/id",
        "duplicate_name",
    ),
    ("a list in a list", b"[[]]", "application/json", 422, "/0", "object"),
    (
        "a name twice on the second line",
        b'{}\n{"a": [{"b": 1, "b": 2}]}',
        "application/x-ndjson",
        422,
        "/1/a/0/b",
        "duplicate_name",
    ),
]


@pytest.fixture
def client():
    settings = Settings(store="sqlite:///:memory:")
    with tracegraph.connect(settings.store) as graph:
        app = create_app(settings, graph)
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as found:
            yield found


def assert_refused(client, answer, status: int, pointer: str, rule: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    errors = {(error["pointer"], error["rule"]): error for error in answer.json()["errors"]}
    assert (pointer, rule) in errors, errors
    assert errors[pointer, rule]["accepted"], "a refusal says what would be accepted"
    assert errors[pointer, rule]["detail"]
    assert client.app.state.service.graph.store.published().seq == 0
    assert client.get("/v1/events").json()["events"] == []


def test_there_are_forty_kinds_of_bad_input() -> None:
    names = [row[0] for row in REFUSED] + [row[0] for row in UNREADABLE]

    assert len(set(names)) == len(names) >= 40


@pytest.mark.parametrize(
    ("event", "pointer", "rule"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_a_bad_event_is_refused(client, event, pointer: str, rule: str) -> None:
    answer = client.post("/v1/events", json=event)

    assert_refused(client, answer, 422, pointer, rule)


@pytest.mark.parametrize(
    ("event", "pointer", "rule"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_a_bad_event_keeps_its_batch_out_and_is_found_by_its_index(
    client, event, pointer: str, rule: str
) -> None:
    answer = client.post("/v1/events", json=[SHIP, event, {**SHIP, "id": "s-2"}])

    assert_refused(client, answer, 422, f"/1{pointer}", rule)


@pytest.mark.parametrize(
    ("body", "kind", "status", "pointer", "rule"),
    [pytest.param(*row[1:], id=row[0]) for row in UNREADABLE],
)
def test_an_unreadable_body_is_refused(
    client, body: bytes, kind: str, status: int, pointer: str, rule: str
) -> None:
    answer = client.post("/v1/events", content=body, headers={"content-type": kind})

    assert_refused(client, answer, status, pointer, rule)


@pytest.mark.parametrize("event", [MAKE, SHIP, PACK, VOID, ORDER, PRODUCT])
def test_what_the_bad_events_were_made_from_is_good(client, event) -> None:
    answer = client.post("/v1/events", json=event)

    assert answer.status_code == 201, "else the table would be refused for another reason"


def test_strict_identifiers_are_refused_and_nothing_is_stored() -> None:
    settings = Settings(store="sqlite:///:memory:", identifiers="strict")
    event = changed(SHIP, "/items/0", {"item": {"sscc": "106141412345678900"}})
    with tracegraph.connect(settings.store, identifiers="strict") as graph:
        app = create_app(settings, graph)
        client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000))

        answer = client.post("/v1/events", json=event)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/items/0/item"
        assert answer.json()["errors"][0]["rule"].startswith("identifier_")
        assert graph.store.published().seq == 0


def test_every_fault_of_an_event_is_told_at_once(client) -> None:
    event = changed(changed(changed(MAKE, "id", ""), f"{LINE}/unit", "box"), "colour", "blue")

    errors = client.post("/v1/events", json=event).json()["errors"]

    assert {error["pointer"] for error in errors} >= {"/id", f"{LINE}/unit", "/colour"}
