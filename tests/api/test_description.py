"""The description of the interface is true: its examples run, its schemas hold, its pages agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator

import tracegraph
from api.app import create_app
from api.problems import KINDS
from tests.api.conftest import MEMORY
from tracegraph.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "http.md").read_text(encoding="utf-8")
METHODS = {"get", "post", "put", "delete", "patch"}


def described() -> dict[str, Any]:
    with tracegraph.connect(MEMORY) as graph:
        return create_app(Settings(store=MEMORY), graph).openapi()


DOCUMENT = described()
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method.upper()} {path}")
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
]


def examples_of(parameter: dict[str, Any]) -> list[Any]:
    return parameter["schema"].get("examples") or parameter.get("examples") or []


def calls_of(path: str, operation: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Every call the examples make: each parameter's each example, with what is required."""
    parameters = operation.get("parameters", [])
    base = {p["name"]: (p["in"], examples_of(p)[0]) for p in parameters if p.get("required")}
    choices = [base] + [
        base | {p["name"]: (p["in"], example)} for p in parameters for example in examples_of(p)
    ]
    if path == "/v1/genealogy":  # a seed is required, but which one is free
        choices = [{"item": ("query", ["C1"])} | choice for choice in choices]
    if path == "/v1/positions":  # exactly one subject
        choices = [
            choice if {"item", "product", "place", "party", "order"} & choice.keys()
            else choice | {"item": ("query", "C1")}
            for choice in choices
        ]  # fmt: skip
    if path.endswith("/export"):  # only a CSV is of one sheet
        choices = [{"format": ("query", "csv")} | choice for choice in choices]
    if path == "/v1/events":  # either of the two
        choices = [choice for choice in choices if not {"after", "cursor"} <= choice.keys()]
    return [filled(path, choice) for choice in choices]


def filled(path: str, values: dict[str, tuple[str, Any]]) -> tuple[str, dict[str, str]]:
    query, headers = [], {}
    for name, (place, value) in values.items():
        if place == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif place == "header":
            headers[name] = value
        else:
            shown = str(value).lower() if isinstance(value, bool) else value
            query += [(name, part) for part in (shown if isinstance(shown, list) else [shown])]
    return (f"{path}?{urlencode(query)}" if query else path), headers


def schema_of(content: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_says_what_it_is(path: str, method: str, operation) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    for parameter in operation.get("parameters", []):
        said = parameter.get("description") or parameter["schema"].get("description")
        named = parameter["name"] in {"kind", "product", "limit", "source", "id"}
        assert said or named, parameter["name"]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_has_examples_of_what_is_sent_and_answered(path, method, operation) -> None:
    sent = [examples_of(parameter) for parameter in operation.get("parameters", [])]
    bodies = [
        content["examples"]
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    takes_something = bool(operation.get("parameters") or operation.get("requestBody"))

    assert any(sent) or any(bodies) or not takes_something
    for parameter in operation.get("parameters", []):
        assert examples_of(parameter) or not parameter.get("required"), parameter["name"]
    for status, answer in operation["responses"].items():
        for content in answer["content"].values():
            assert content.get("example") is not None or content.get("examples"), status


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_examples_of_answers_fit_their_schemas(path: str, method: str, operation) -> None:
    for answer in operation["responses"].values():
        for media_type, content in answer["content"].items():
            assert "schema" in content, media_type
            examples = [case["value"] for case in content.get("examples", {}).values()]
            for example in [*examples, *([content["example"]] if "example" in content else [])]:
                schema_of(content).validate(example)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_example_runs(client, path: str, method: str, operation) -> None:
    if path.startswith("/v1/scopes/{id}"):  # a hash is known only when its scope is stored
        stored = client.post("/v1/scopes", json={"seeds": ["A"]}).json()["snapshot"]["id"]
        path = path.replace("{id}", stored)
    if method in {"post", "patch"}:
        contents = operation.get("requestBody", {}).get("content", {})
        answers = [
            client.request(
                method,
                calls_of(path, operation)[0][0],
                headers={"content-type": media_type},
                **({"json": case["value"]} if "json" in media_type.split("/")[1].split("-")[0]
                   else {"content": case["value"]}),
            )
            for media_type, content in contents.items()
            for case in content["examples"].values()
        ]  # fmt: skip
        one = contents.get("application/json", {}).get("examples", {}).get("one event")
        answers += [
            client.post(address, json={**one["value"], "id": "new"}, headers=headers)
            for address, headers in calls_of(path, operation)
            if one is not None
        ]
        if not contents:
            answers = [client.post(address) for address, _ in calls_of(path, operation)]
    else:
        answers = [client.get(address, headers=h) for address, h in calls_of(path, operation)]

    for answer in answers:
        assert answer.status_code in {200, 201}, (answer.request.url, answer.text)
        said = operation["responses"][str(answer.status_code)]["content"]
        content = said[answer.headers["content-type"].partition(";")[0]]
        is_json = "json" in answer.headers["content-type"]
        schema_of(content).validate(answer.json() if is_json else answer.text)


def test_nothing_of_the_framework_s_own_errors_is_left() -> None:
    assert "ValidationError" not in repr(DOCUMENT)


@pytest.mark.parametrize("address", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_every_operation_is_documented() -> None:
    documented = set(re.findall(r"^\| `([A-Z]+ [^`]+)` \|", PAGE, re.MULTILINE))

    assert documented == {str(case.id) for case in OPERATIONS}


def test_every_kind_of_problem_is_documented_with_its_status() -> None:
    documented = re.findall(r"^\| `/problems/([a-z-]+)` \| (\d+) \|", PAGE, re.MULTILINE)

    assert {(name, int(status)) for name, status in documented} == {
        (kind.name, kind.status) for kind in KINDS.values()
    }


def test_every_kind_of_problem_can_be_looked_up(empty) -> None:
    for kind in KINDS.values():
        assert empty.get(kind.type).json() == {
            "type": kind.type,
            "title": kind.title,
            "status": kind.status,
        }


def test_every_kind_of_problem_is_met_by_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    met = set(re.findall(r"/problems/([a-z-]+)\"", "".join(texts)))

    # These are told in the words of that standard, see test_epcis and test_epcis_queries.
    of_epcis = {
        "not-acceptable", "unknown-query", "query-too-large", "query-too-complex",
        "address-too-long", "not-offered",
    }  # fmt: skip
    elsewhere = {"bad-request", "changed"}  # these need another process at work
    assert KINDS.keys() - met == of_epcis | elsewhere
