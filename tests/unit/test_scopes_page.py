"""The pages of stored scopes: the list, one with its parts, why, and what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.pages import scopes_page
from api.pages.words import LANGUAGES
from tests.unit.pages import HOSTILE, addresses, event, line, recall_history, served, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph
    from tracegraph.recall.answer import Snapshot

A = "urn:tracegraph:lot:RM-110:A"
C1 = "urn:tracegraph:lot:FG-9:C1"


@pytest.fixture
def service() -> Iterator[tuple[TestClient, Tracegraph]]:
    with served(recall_history()) as found:
        yield found


@pytest.fixture
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


@pytest.fixture
def graph(service: tuple[TestClient, Tracegraph]) -> Tracegraph:
    return service[1]


@pytest.fixture
def case(graph: Tracegraph) -> Snapshot:
    return graph.save_scope(graph.scope(A), name=f"Resin {HOSTILE}")


def later(graph: Tracegraph) -> None:
    """C1 goes to one more customer, and a lot is made of C1."""
    report = graph.capture(
        [
            event("s3", "shipment", "2026-03-11T08:00:00Z", place="SZ1", party="CUST-99",
                  items=[line("FG-9", "C1", "5")]),
            event("k1", "production", "2026-03-12T08:00:00Z", place="SZ1",
                  inputs=[line("FG-9", "C1", "10")], outputs=[line("KIT", "K1", "10")]),
        ]
    )  # fmt: skip
    assert report.ok


def test_nothing_stored_says_how_to_store(client: TestClient) -> None:
    page = client.get("/recall/scopes")

    assert page.status_code == 200
    assert "None are stored." in page.text
    assert "tracegraph scope … --save" in page.text


def test_the_list_tells_open_from_closed_and_leads_to_each(
    client: TestClient, graph: Tracegraph, case: Snapshot
) -> None:
    closed = graph.save_scope(graph.scope(C1), name="Carton", status="closed")

    every, opened = client.get("/recall/scopes?lang=zh"), client.get("/recall/scopes?status=open")

    assert "未结案件 (1)" in text_of(every.text)
    assert {f"/recall/scopes/{each.id}?lang=zh" for each in (case, closed)} <= set(
        addresses(every.text)
    )
    assert f"/recall/scopes/{case.id}" in addresses(opened.text)
    assert "Carton" not in opened.text
    assert "<script>alert" not in every.text + opened.text


def test_a_stored_scope_shows_what_was_and_says_what_came_since(
    client: TestClient, graph: Tracegraph, case: Snapshot
) -> None:
    before = client.get(f"/recall/scopes/{case.id[:12]}")
    later(graph)
    after = client.get(f"/recall/scopes/{case.id}?lang=zh")

    assert before.status_code == after.status_code == 200
    assert "Nothing has been recorded since." in before.text
    assert "3 items affected" in text_of(before.text)
    assert "open case: the gate enforces it" in text_of(before.text)
    assert "3 件物品受影响" in text_of(after.text)
    assert "此后又记录了 2 个事件。" in after.text
    assert "CUST-99" not in after.text, "it is shown as it was stored"
    assert "<script>alert" not in before.text


def test_its_parts_its_files_and_its_twins_are_there(client: TestClient, case: Snapshot) -> None:
    page = client.get(f"/recall/scopes/{case.id}")

    for link in addresses(page.text):
        if link.startswith(("/recall", "/v1")):
            assert client.get(link).status_code == 200, link
    part = client.get(f"/recall/scopes/{case.id}?part=items&find=c2")
    assert "Rows 1 to 1 of 1; 3 in all" in text_of(part.text)
    assert f'action="/recall/scopes/{case.id}"' in part.text


def test_what_changed_is_told_with_its_causes(
    client: TestClient, graph: Tracegraph, case: Snapshot
) -> None:
    nothing = client.get(f"/recall/scopes/{case.id}/diff")
    later(graph)
    page = client.get(f"/recall/scopes/{case.id}/diff")

    assert "Nothing changed." in nothing.text
    said = text_of(page.text)
    assert "now affected 1" in said
    assert "only moved 1" in said
    assert "urn:tracegraph:lot:KIT:K1" in said
    assert "production k1 mes #10" in said
    assert "SZ1: available 380 each" in said
    assert "Before is what was recorded up to journal number" in said
    assert "SZ1: available 365" in said
    (twin,) = addresses(page.text.split("<footer>")[1])
    changes = client.get(twin).json()["changes"]
    assert {change["item"] for change in changes} == {C1, "urn:tracegraph:lot:KIT:K1"}


def test_a_review_that_found_a_change_leads_to_it(
    client: TestClient, graph: Tracegraph, case: Snapshot
) -> None:
    later(graph)
    newer = graph.review(case.id).flag

    page, listed = client.get(f"/recall/scopes/{case.id}"), client.get("/recall/scopes")

    link = f"/recall/scopes/{case.id}/diff?against={newer}"
    assert link in addresses(page.text)
    assert link in addresses(listed.text)
    assert "now affected 1" in text_of(client.get(link).text)


def test_many_changes_have_pages(
    client: TestClient, graph: Tracegraph, case: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(graph)
    monkeypatch.setattr(scopes_page, "ROWS", 1)

    first = client.get(f"/recall/scopes/{case.id}/diff")
    (following,) = [link for link in addresses(first.text) if "page=2" in link]

    assert "1 to 1 of 2" in text_of(first.text)
    assert "2 to 2 of 2" in text_of(client.get(following).text)


def test_why_in_a_stored_scope_is_asked_at_its_cut(
    client: TestClient, graph: Tracegraph, case: Snapshot
) -> None:
    later(graph)

    inside = client.get(f"/recall/scopes/{case.id}/why?of={C1}")

    assert "production m1 mes" in text_of(inside.text)
    kit = client.get(f"/recall/scopes/{case.id}/why?of=urn:tracegraph:lot:KIT:K1")
    assert "production k1 mes" not in text_of(kit.text), "it was made after the scope was stored"
    (twin,) = addresses(inside.text.split("<footer>")[1])
    assert client.get(twin).json()["verdict"] == "certain"


def test_what_is_not_stored_is_a_404(client: TestClient, case: Snapshot) -> None:
    unknown = client.get(f"/recall/scopes/{'0' * 64}?lang=zh")

    assert unknown.status_code == 404
    assert LANGUAGES["zh"]["unknown_scope"] in unknown.text
    assert client.get(f"/recall/scopes/{case.id}/why?of=X-1").status_code == 404
    assert client.get(f"/recall/scopes/{case.id}/diff?against={'0' * 64}").status_code == 404
    assert client.get("/recall/scopes/abc").status_code == 404
