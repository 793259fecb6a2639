"""Whatever is asked of the EPCIS interface, it is answered or refused; no fault of the service.

What damaged documents do to the readers is told in tests/unit; here are those of other texts.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import tracegraph
from api.app import create_app
from api.epcis.querying import COLLECTIONS
from tests.api.conftest import MEMORY, client_of
from tests.property.epcis_events import (
    COMPARE,
    CONTEXTS,
    KEYS,
    MOMENTS,
    NAMED,
    NAMES,
    PATTERNS,
    Asked,
    any_event,
    any_query,
)
from tracegraph.formats.epcis import read_epcis, read_xml
from tracegraph.formats.epcis.query import finding
from tracegraph.identify.label import read_label
from tracegraph.model.refusal import Refused
from tracegraph.settings import Settings

LONG = os.environ.get("TRACEGRAPH_PROVE") == "1"


def token(value: Any) -> str:
    """A token that says what none would; empty for what orjson has no words for."""
    try:
        said = orjson.dumps(value)
    except TypeError:
        said = b""
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


_random = Random(7)
# The names of parameters, of which every kind is met sooner or later.
_KNOWN = sorted({name for _ in range(400) for name in any_query(_random.choice, MOMENTS)})
_ODD = (
    "", "0", "-1", "5", "1e999999999", "-1E-999999999", "NaN", "sNaN", "Infinity", "1_0", "٣", "é",
    "\x00", "a\x00b", "\ufffd", "*", ",", ",,", "urn:epc:idpat:sgtin:4012345.*", "true", "ASC",
    "eventTime", "9" * 30, "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
    "0000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "https://", "http://[", "urn:epc:id:sgtin:",
)  # fmt: skip
names = st.sampled_from([*_KNOWN, "maxEventCount", "perPage"]) | st.builds(
    "{}_{}{}".format,
    st.sampled_from([*COMPARE, "EXISTS", "MATCH", "WD"]),
    st.sampled_from(["", "INNER_", "ILMD_", "SENSORREPORT_", "quantity_", "source_"]),
    st.sampled_from(NAMES) | st.text(max_size=4),
)
texts = st.sampled_from([*_ODD, *MOMENTS, *NAMED, *PATTERNS]) | st.text(max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=5,
)
wholes = st.none() | st.sampled_from([0, 1, 30, -1, 2**31, 2**62, -(2**62), 2**63, 2**64 - 1])
tokens = st.one_of(
    texts,
    st.lists(values | wholes, min_size=5, max_size=5).map(token),
    st.tuples(wholes, wholes, wholes, texts, wholes).map(token),
)


def proved(examples: int) -> settings:
    return settings(
        max_examples=examples * 30 if LONG else examples,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def sound(draw: st.DrawFn) -> Asked:
    """A query that has nothing odd."""
    return any_query(lambda options: draw(st.sampled_from(options)), MOMENTS)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A service with events that say all sorts of things, some of which cannot be compared."""
    with tracegraph.connect(MEMORY) as graph, pytest.MonkeyPatch.context() as patch:
        for size in ("FEW", "MOST_READ"):
            patch.setattr(finding, size, 3)
        pick = Random(1).choice
        odd = {key: ["NaN", "sNaN", "Infinity", "1e999999999"] for key in KEYS}
        events = [any_event(pick, number) | odd for number in range(30)]
        body = {"eventList": events}
        document = {"type": "EPCISDocument", "@context": CONTEXTS[0], "epcisBody": body}
        graph.capture(
            [event for one in read_epcis(document, source="p") for event in one.events],
            atomic=False,
        )
        assert graph.store.published().seq > 20
        with client_of(create_app(Settings(store=MEMORY, log_level="error"), graph)) as started:
            yield started


@proved(120)
@given(st.lists(st.tuples(names, texts), max_size=3), sound(), st.none() | tokens)
@example([("GT_ex:grade", "5")], {}, None)
@example([], {}, token([30, 0, 0, "", 1]))
@example([], {"orderBy": ["eventTime"]}, token([30, None, 2**62, "", 1]))
def test_no_address_is_a_fault_of_the_service(
    client: TestClient, odd: list[tuple[str, str]], asked: Asked, at: str | None
) -> None:
    """With a token, which is looked at first, or without."""
    more = [] if at is None else [("nextPageToken", at)]
    for sent in ([*asked.items(), *more], [*asked.items(), *odd]):
        address = urlencode(sent, doseq=True, errors="replace")

        answer = client.get(f"/epcis/events?{address}")

        assert answer.status_code in {200, 400, 413, 414}, answer.text


@proved(60)
@given(st.sampled_from([*COLLECTIONS, "queries", "capture", "other"]), texts, st.booleans())
def test_no_path_is_a_fault_of_the_service(
    client: TestClient, name: str, value: str, leaf: bool
) -> None:
    path = f"/epcis/{name}/{quote(value, safe='', errors='replace')}{'/events' if leaf else ''}"

    assert client.get(path).status_code in {200, 404}
    assert client.options(path).status_code in {204, 404, 405}


@proved(100)
@given(st.dictionaries(names, values, max_size=3) | values)
@example({"EQ_quantity": 2**70})
@example({"EQ_quantity": [10**400]})
def test_no_named_query_is_a_fault_of_the_service(client: TestClient, asked: Any) -> None:
    made = client.post(
        "/epcis/queries",
        content=json_of({"name": "one", "query": asked}),
        headers={"content-type": "application/json"},
    )
    assert made.status_code in {201, 400}, made.text
    if made.status_code == 201:
        assert client.get("/epcis/queries/one").status_code == 200
        assert client.get("/epcis/queries").status_code == 200
        assert client.get("/epcis/queries/one/events").status_code in {200, 413}
        assert client.delete("/epcis/queries/one").status_code == 204


def json_of(value: Any) -> bytes:
    """JSON as anyone may write it, also what is none: `NaN`, halves of pairs, any number."""
    return json.dumps(value).encode()


@proved(100)
@given(st.binary(max_size=60) | texts.map(lambda text: f"<a>{text}</a>".encode("utf-8", "replace")))
def test_no_bytes_crash_the_reader_of_xml(body: bytes) -> None:
    try:
        told = len(list(read_epcis(read_xml(body), source="p")))
    except Refused as error:
        told = len(error.refusals)
    assert told


_MARKS = ("+", "/", "$$", "$$7", "/S", "/16D", "/14D", "=/", "=,", "=>", "&,1", "A99912345", "E9",
          "(01)", "\x1d", "]C1", "01", "10", "09506000134352", "*", "\ud800", "\x00")  # fmt: skip


@proved(200)
@given(st.text(max_size=30) | st.lists(st.sampled_from(_MARKS) | st.text(max_size=3)).map("".join))
def test_no_text_crashes_the_reader_of_labels(text: str) -> None:
    found = read_label(text)

    assert found is None or read_label(text) == found
