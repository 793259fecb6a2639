"""The table of what is offered of EPCIS is whole, and every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute

from api.epcis.querying import COLLECTIONS
from api.epcis.router import routers
from tracegraph.formats.epcis.query import parameters

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "epcis.md").read_text(encoding="utf-8")
TABLE = PAGE[PAGE.index("## Conformance") :]
FILES = {
    "E": "test_epcis.py",
    "Q": "test_epcis_queries.py",
    "F": "test_epcis_format.py",
    "S": "test_epcis_subscriptions.py",
}
NAMED = re.findall(r"\b([EQFS]) `(test_\w+)`", TABLE)
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and "`" in line]


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) == TABLE.count("`test_"), "each is named with its file"
    for file, name in NAMED:
        assert f"\ndef {name}(" in (HERE / FILES[file]).read_text(encoding="utf-8"), name


def test_what_is_offered_names_a_test() -> None:
    for row in ROWS:
        _, what, offered, test, _ = row.split("|")
        assert offered.strip(), what
        assert "`test_" in test or offered.startswith(" no"), what


@pytest.mark.parametrize(
    "name",
    sorted(
        {*parameters._ONE_OF, *parameters._MATCH, *parameters._WITHIN, *parameters._OTHERS}
        | {"EQ_eventID", "EXISTS_errorDeclaration", "EXISTS_sensorElementList"}
        | {f"EQ_{each}" for each in parameters._SENSED}
        | {*parameters._TIMES, *(each for each in parameters._FIELD if each)}
    ),
)
def test_every_parameter_has_a_row(name: str) -> None:
    assert any(f"`{name}`" in row for row in ROWS)


def test_every_endpoint_has_a_row() -> None:
    told = "\n".join(ROWS).replace("{captureID}", "{id}").replace("{eventID}", "{id}")
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIWebSocketRoute):
                assert f"`GET {route.path}` as a WebSocket" in told
                continue
            assert isinstance(route, APIRoute)
            path = re.sub(r"\{(?:capture_id|event_id|id)(?::path)?\}", "{id}", route.path)
            for method in (route.methods or set()) - {"OPTIONS", "HEAD"}:
                if path == "/epcis/{collection}":
                    assert all(f"`{name}`" in told for name in COLLECTIONS if name != "eventTypes")
                else:
                    assert f"`{method} {path}`" in told, f"{method} {path}"
