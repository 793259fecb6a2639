"""Recalls over HTTP: questions, stored scopes, their parts and files, and what is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import rfc8785
from fastapi.responses import StreamingResponse

from api import scopes
from api.example_scopes import SEED_SCHEMA
from api.kept_scopes import KeptScopes
from tests.api.conftest import client_of
from tracegraph.keys import create_key
from tracegraph.recall.asking import KINDS, read_query
from tracegraph.store.port import Document
from tracegraph.trace.answer import UnknownItem

A = "urn:tracegraph:lot:RM-110:A"
B = "urn:tracegraph:lot:RM-110:B"
C1 = "urn:tracegraph:lot:FG-9:C1"
PARTS = ("items", "positions", "consignees", "balances", "gaps", "unproven", "orders")


def ask(client, **body: Any):
    return client.post("/v1/scopes", json={"seeds": ["A"], **body})


def move(id: str, item: str = "C2") -> dict[str, Any]:
    """An event that changes where something of a scope is."""
    return {
        "id": id, "source": "wms-sz", "type": "move", "occurred_at": "2026-03-09T16:00:00+08:00",
        "place": "SZ1/L4", "to": "SZ1/WH",
        "items": [{"item": {"product": "FG-9", "lot": item}, "quantity": "100", "unit": "each"}],
    }  # fmt: skip


@pytest.fixture
def stored(client):
    answer = ask(client, name="Resin A")
    assert answer.status_code == 201
    return answer


def test_a_question_is_stored_and_summed_up(client, stored) -> None:
    told = stored.json()

    hash_ = told["snapshot"]["id"]
    assert stored.headers["location"] == f"/v1/scopes/{hash_}"
    assert stored.headers["etag"] == f'"{hash_}"'
    assert told["counts"]["items"] == told["counts"]["certain"] == 3
    assert (told["snapshot"]["name"], told["snapshot"]["status"]) == ("Resin A", "open")
    assert client.get(stored.headers["location"]).json() == told
    for name, address in told["links"].items():
        assert client.get(address).status_code == 200, name


def test_asked_again_it_is_the_same_and_keeps_its_status(client, stored) -> None:
    address = stored.headers["location"]
    assert client.patch(address, json={"status": "closed"}).json()["status"] == "closed"

    again = ask(client)

    assert (again.status_code, again.headers["location"]) == (200, address)
    assert again.json()["snapshot"]["status"] == "closed", "a question opens no closed case"
    assert ask(client, status="open").json()["snapshot"]["status"] == "open"
    assert len(client.get("/v1/scopes").json()["scopes"]) == 1


def test_a_dry_question_is_answered_whole_and_stores_nothing(client) -> None:
    answer = ask(client, save=False)

    assert answer.status_code == 200
    scope = answer.json()
    assert answer.headers["etag"] == f'"{scope["hash"]}"'
    assert {item["key"] for item in scope["items"]} >= {A, C1}
    assert client.get("/v1/scopes").json() == {"scopes": [], "next": None}


def test_seeds_of_every_form_are_read(client) -> None:
    supplier = {"kind": "supplier", "key": "SUP-3", "until": "2026-03-05T00:00:00Z"}

    def keys(**body: Any) -> set[str]:
        return {item["key"] for item in ask(client, save=False, **body).json()["items"]}

    assert {A, B, C1} <= keys(seeds=supplier)
    assert B not in keys(seeds=[supplier], exclude=["B"])
    assert keys(seeds="A") == keys(seeds=["A"]) == keys(seeds={"kind": "item", "key": A})
    assert keys(as_of="2026-03-01T00:00:00Z") == {A}
    assert keys(known_at=0) == keys(known_at="1") == set(), "batches are known whole"
    assert SEED_SCHEMA["oneOf"][1]["properties"]["kind"]["enum"] == list(KINDS)


def test_the_content_is_canonical_and_proves_its_hash(client, stored) -> None:
    answer = client.get(f"{stored.headers['location']}/content")

    assert answer.headers["etag"] == stored.headers["etag"]
    assert "immutable" in answer.headers["cache-control"]
    content = answer.json()
    assert rfc8785.dumps(content) == answer.content
    said = content.pop("hash")
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == said
    assert client.get(f"{stored.headers['location']}/export").content == answer.content


def test_what_is_held_is_not_sent_or_even_read_again(client, stored, graph, monkeypatch) -> None:
    content = f"{stored.headers['location']}/content"
    held = {"if-none-match": stored.headers["etag"]}
    monkeypatch.setattr(graph, "snapshot_content", lambda id: pytest.fail("was read"))

    answer = client.get(content, headers=held)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == stored.headers["etag"]


def test_some_digits_of_a_hash_are_enough_but_are_no_address_for_ever(client, stored) -> None:
    hash_ = stored.json()["snapshot"]["id"]

    short = client.get(f"/v1/scopes/{hash_[:8]}/content")

    assert short.headers["etag"] == f'"{hash_}"'
    assert "immutable" not in short.headers["cache-control"]
    unknown = client.get(f"/v1/scopes/{hash_[:7]}")
    assert unknown.status_code == 404
    assert unknown.json()["type"] == "/problems/unknown-snapshot"


def test_digits_that_begin_several_are_a_problem(client, stored, graph) -> None:
    hash_ = stored.json()["snapshot"]["id"]
    kept = graph.store.document("snapshot", hash_)
    graph.store.put_document(Document("snapshot", hash_[:63] + "_", 0, kept.body))

    answer = client.get(f"/v1/scopes/{hash_[:8]}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/path/id"


def test_scopes_are_listed_page_by_page(client) -> None:
    for known_at in (4, 5, 6):
        ask(client, status="closed" if known_at == 5 else "open")
        client.post("/v1/events", json=move(f"mv-{known_at}"))
    address, seen = "/v1/scopes?limit=2", []

    while address:
        answer = client.get(address)
        seen += [scope["known_at"] for scope in answer.json()["scopes"]]
        address = answer.links.get("next", {}).get("url")

    assert seen == [6, 5, 4], "the newest first"
    closed = client.get("/v1/scopes?status=closed").json()["scopes"]
    assert [scope["known_at"] for scope in closed] == [5]
    assert client.get("/v1/scopes?cursor=x").status_code == 422


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_listed_page_by_page(client, stored, part: str) -> None:
    whole = client.get(f"{stored.headers['location']}/content").json()[part]
    address, seen = f"{stored.headers['location']}/{part}?limit=1", []

    while address:
        answer = client.get(address)
        page = answer.json()
        assert page["total"] == len(whole)
        assert "immutable" in answer.headers["cache-control"]
        seen += page[part]
        address = answer.links.get("next", {}).get("url")

    assert seen == whole


def test_a_scope_is_opened_closed_and_named(client, stored) -> None:
    address = stored.headers["location"]

    both = client.patch(address, json={"status": "closed", "name": "FSN-1"})

    assert both.status_code == 200
    assert (both.json()["status"], both.json()["name"]) == ("closed", "FSN-1")
    assert client.get(address).json()["snapshot"] == both.json()
    assert client.patch(address, json={"status": "open"}).json()["name"] == "FSN-1"
    again = client.get(f"{address}/content")
    assert again.headers["etag"] == stored.headers["etag"], "what it says never changes"


def test_a_review_flags_what_has_changed(client, stored) -> None:
    address = stored.headers["location"]
    assert client.post(f"{address}/review").json()["flag"] is None
    client.post("/v1/events", json=move("mv-1"))

    flag = client.post(f"{address}/review").json()["flag"]

    assert client.get(f"/v1/scopes/{flag}").json()["snapshot"]["status"] == "closed"
    for against in (flag, "now"):
        diff = client.get(f"{address}/diff?against={against}").json()
        assert [(c["item"], c["kind"]) for c in diff["changes"]] == [
            ("urn:tracegraph:lot:FG-9:C2", "moved")
        ]
        assert diff["changes"][0]["causes"][0]["event"].endswith("mv-1")
    assert client.get(f"{address}/diff").json()["after"] == flag


def test_a_review_closes_no_other_case(client, stored) -> None:
    client.post("/v1/events", json=move("mv-1"))
    other = ask(client, name="Resin A, again").headers["location"]

    flag = client.post(f"{stored.headers['location']}/review").json()["flag"]

    assert other == f"/v1/scopes/{flag}"
    kept = client.get(other).json()["snapshot"]
    assert (kept["status"], kept["name"]) == ("open", "Resin A, again")


def test_why(client, stored) -> None:
    address = stored.headers["location"]

    inside = client.get(f"{address}/why?item=C1").json()
    outside = client.get(f"{address}/why?item=B").json()

    assert inside["verdict"] == "certain"
    assert [step["item"] for step in inside["steps"]] == [A, C1]
    assert (outside["verdict"], outside["reason"]) == ("out", "unrelated")
    unknown = client.get(f"{address}/why?item=none")
    assert unknown.json()["type"] == "/problems/unknown-item"
    assert client.get(f"{address}/why").json()["type"] == "/problems/invalid-parameter"


def exported(client, stored, query: str):
    answer = client.get(f"{stored.headers['location']}/export?{query}")
    assert answer.status_code == 200
    return answer


def test_exports_have_a_name_and_a_type(client, stored) -> None:
    id_ = stored.json()["snapshot"]["id"][:12]
    found = {
        query: exported(client, stored, query).headers
        for query in ("format=csv&sheet=gaps", "format=letters", "format=prov", "format=xlsx")
    }

    assert {headers["content-disposition"] for headers in found.values()} == {
        f'attachment; filename="scope-{id_}{rest}"'
        for rest in ("-gaps.csv", "-letters.csv", ".prov.json", ".xlsx")
    }
    assert found["format=letters"]["content-type"] == "text/csv; charset=utf-8"
    assert len({headers["etag"] for headers in found.values()}) == 4
    held = {"if-none-match": found["format=xlsx"]["etag"]}
    again = client.get(f"{stored.headers['location']}/export?format=xlsx", headers=held)
    assert again.status_code == 304


def test_sheets_and_letters_are_exported(client, stored) -> None:
    items = list(csv.DictReader(io.StringIO(exported(client, stored, "format=csv").text)))
    letters = list(csv.DictReader(io.StringIO(exported(client, stored, "format=letters").text)))
    book = zipfile.ZipFile(io.BytesIO(exported(client, stored, "format=xlsx").content))

    assert items[0]["key"] == A
    assert [letter["party"] for letter in letters] == ["CUST-12"]
    assert "xl/workbook.xml" in book.namelist()


def test_graphs_are_exported(client, stored) -> None:
    graphml = exported(client, stored, "format=graphml").text
    prov = exported(client, stored, "format=prov").json()

    (bundle,) = prov["bundle"].values()
    assert C1 in bundle["entity"]
    assert bundle["entity"][C1]["tracegraph:certainty"] == "certain"
    assert B not in bundle["entity"], "what is not affected is not in it"
    assert "urn:tracegraph:equipment:STER-02" in bundle["agent"]
    assert C1 in graphml
    assert B not in graphml


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        pytest.param("format=csv&sheet=none", "/query/sheet", id="no-such-sheet"),
        pytest.param("format=xlsx&sheet=items", "/query/sheet", id="all-sheets"),
        pytest.param("format=pdf", "/query/format", id="no-such-format"),
    ],
)
def test_an_export_that_is_none_is_refused(client, stored, query: str, pointer: str) -> None:
    answer = client.get(f"{stored.headers['location']}/export?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_long_answers_are_streamed(client, graph, monkeypatch) -> None:
    sizes: list[int] = []

    class Watched(StreamingResponse):
        async def stream_response(self, send: Any) -> None:
            async def seen(message: Any) -> None:
                sizes.append(len(message.get("body", b"")))
                await send(message)

            await super().stream_response(seen)

    monkeypatch.setattr("api.answers.StreamingResponse", Watched)
    lots = [
        {"item": {"product": "RM-9", "lot": f"L{n}"}, "quantity": "1", "unit": "each"}
        for n in range(400)
    ]
    event = {"id": "r", "source": "w", "type": "receipt", "party": "SUP-9", "place": "X"}
    assert graph.capture([{**event, "occurred_at": "2026-03-01T00:00:00Z", "items": lots}]).ok
    address = ask(client, seeds=[{"kind": "supplier", "key": "SUP-9"}]).headers["location"]

    assert client.get(f"{address}/content").status_code == 200

    assert sum(sizes) > 300_000
    assert max(sizes) < 200_000, "in pieces"
    assert len(sizes) > 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({}, "/seeds", id="no-seeds"),
        pytest.param({"seeds": []}, "/seeds", id="no-seed"),
        pytest.param({"seeds": [7]}, "/seeds/0", id="a-number"),
        pytest.param({"seeds": ["A", {"kind": "item"}]}, "/seeds/1/key", id="no-key"),
        pytest.param({"seeds": [{"kind": "x", "key": "y"}]}, "/seeds/0/kind", id="no-such-kind"),
        pytest.param({"seeds": {"kind": "item", "key": 1}}, "/seeds/key", id="no-text"),
        pytest.param({"seeds": {"kind": "x", "key": "y"}}, "/seeds/kind", id="one-of-no-kind"),
        pytest.param(
            {"seeds": [{"kind": "item", "key": "A", "since": "2026-01-01T00:00:00Z"}]},
            "/seeds/0/since", id="no-window",
        ),
        pytest.param({"seeds": ["A"], "exclude": [[]]}, "/exclude/0", id="exclude"),
        pytest.param({"seeds": ["A"], "as_off": "x"}, "/as_off", id="mistyped"),
        pytest.param({"seeds": ["A"], "as_of": "today"}, "/as_of", id="no-time"),
        pytest.param({"seeds": ["A"], "known_at": True}, "/known_at", id="no-cut"),
        pytest.param({"seeds": ["A"], "budget": 0}, "/budget", id="no-budget"),
        pytest.param({"seeds": ["A"], "transit_days": "30"}, "/transit_days", id="days"),
        pytest.param({"seeds": ["A"], "save": "no"}, "/save", id="save"),
        pytest.param({"seeds": ["A"], "status": "shut"}, "/status", id="status"),
        pytest.param({"seeds": ["A"], "name": ""}, "/name", id="name"),
        pytest.param([], "", id="a-list"),
    ],
)  # fmt: skip
def test_a_malformed_question_says_where(client, body: Any, pointer: str) -> None:
    answer = client.post("/v1/scopes", json=body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/refused-body"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert client.get("/v1/scopes").json()["scopes"] == [], "nothing was stored"


@pytest.mark.parametrize(
    "body", [{}, {"status": "shut"}, {"name": "a\nb"}, {"note": "x"}, {"name": 7}]
)
def test_a_malformed_change_is_refused(client, stored, body: Any) -> None:
    answer = client.patch(stored.headers["location"], json=body)

    assert answer.json()["type"] == "/problems/refused-body"


def test_what_is_no_json_is_told(client) -> None:
    broken = client.post("/v1/scopes", content=b"{", headers={"content-type": "application/json"})
    twice = client.post(
        "/v1/scopes",
        content=b'{"seeds": ["A"], "seeds": ["B"]}',
        headers={"content-type": "application/json"},
    )
    lines = client.post(
        "/v1/scopes", content=b"{}\n", headers={"content-type": "application/x-ndjson"}
    )

    assert broken.json()["type"] == "/problems/malformed-json"
    assert twice.json()["type"] == "/problems/refused-body"
    assert twice.json()["errors"][0]["pointer"] == "/seeds"
    assert lines.status_code == 415


def test_names_that_nothing_or_several_things_have_are_problems(client) -> None:
    also = {
        "id": "r-9", "source": "w", "type": "receipt", "occurred_at": "2026-03-01T00:00:00Z",
        "items": [{"item": {"product": "RM-9", "lot": "A"}, "quantity": "1", "unit": "each"}],
    }  # fmt: skip
    assert ask(client, seeds=["none"]).json()["type"] == "/problems/unknown-item"
    event = {"kind": "event", "key": "x/y"}
    assert ask(client, seeds=[event]).json()["type"] == "/problems/unknown-event"
    client.post("/v1/events", json=also)

    several = ask(client, seeds=["A"])

    assert several.json()["type"] == "/problems/ambiguous-item"
    assert len(several.json()["candidates"]) == 2


def test_a_scope_that_is_too_large_says_so(client) -> None:
    answer = ask(client, budget=2)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/scope-too-large"
    assert answer.json()["budget"] == 2
    assert client.get("/v1/scopes").json()["scopes"] == []


@pytest.mark.parametrize("rest", ["", "/content", "/items", "/export", "/diff"])
def test_a_damaged_snapshot_says_so(client, stored, graph, app, rest: str) -> None:
    id_ = stored.json()["snapshot"]["id"]
    part = graph.store.document("snapshot-part", f"{id_}/000000")
    graph.store.put_document(part._replace(body={"data": "AAAA"}))

    answer = client.get(f"{stored.headers['location']}{rest}")

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/snapshot-damaged"
    assert client.patch(stored.headers["location"], json={"status": "closed"}).status_code == 200


def test_a_reader_asks_and_a_writer_stores(client, graph, app) -> None:
    reader, writer = (
        client_of(app, authorization=f"Bearer {create_key(graph.store, name='x', role=role)[1]}")
        for role in ("reader", "writer")
    )

    refused = ask(reader)

    assert refused.json()["type"] == "/problems/forbidden"
    assert ask(reader, save=False).status_code == 200
    address = ask(writer).headers["location"]
    assert reader.get(address).status_code == 200
    assert reader.patch(address, json={"status": "closed"}).status_code == 403
    assert reader.post(f"{address}/review").status_code == 403
    assert writer.patch(address, json={"status": "closed"}).status_code == 200


def test_what_was_read_is_kept_within_bounds(client, stored, graph, monkeypatch) -> None:
    first = stored.json()["snapshot"]["id"]
    second = ask(client, seeds=["B"]).json()["snapshot"]["id"]
    kept = KeptScopes()
    reads: list[str] = []
    content = graph.snapshot_content

    def counting(id: str) -> dict[str, Any]:
        reads.append(id)
        return dict(content(id))

    monkeypatch.setattr(graph, "snapshot_content", counting)
    monkeypatch.setattr("api.kept_scopes.MOST_ITEMS", 3)

    found = [kept.read(graph, id).hash for id in (first, first, second, first)]

    assert found == [first, first, second, first]
    assert reads == [first, second, first], "only the last one fits"


def test_who_asks_while_a_scope_is_reasoned_waits_for_it(graph, stored, monkeypatch) -> None:
    kept, query = KeptScopes(), read_query("A")
    asked, begun, go_on = [], Event(), Event()
    reason = graph.ask

    def slowly(*said: Any, **cuts: Any) -> Any:
        asked.append(said)
        begun.set()
        assert go_on.wait(20)
        return reason(*said, **cuts)

    monkeypatch.setattr(graph, "ask", slowly)
    known = graph.store.published().seq
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(kept.ask, graph, query, None, known)
        assert begun.wait(20)
        assert not kept.holds(graph, query, None, known)
        other = pool.submit(kept.ask, graph, query, None, known)
        go_on.set()
        assert one.result(20) is other.result(20)

    assert len(asked) == 1
    assert kept.holds(graph, query, None, known)


def test_what_cannot_be_reasoned_is_refused_again_when_asked_again(graph, stored) -> None:
    kept, query = KeptScopes(), read_query("NOPE")
    for _ in range(2):
        with pytest.raises(UnknownItem):
            kept.ask(graph, query, None, graph.store.published().seq)


def test_the_summary_counts_what_there_is(client, stored) -> None:
    content = client.get(f"{stored.headers['location']}/content").json()
    counts = stored.json()["counts"]

    assert {name: len(content[name]) for name in PARTS} == {name: counts[name] for name in PARTS}
    assert stored.json()["figures"] == content["figures"]
    assert set(scopes._PARTS) == set(PARTS)
