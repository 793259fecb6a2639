"""The genealogy on the page of a scope: every affected item once, folded, by certainty."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.pages import addresses, event, line, served, text_of
from tracegraph.recall.lineage import lineage
from viz.fold import BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

BAD = "urn:tracegraph:lot:RM:BAD"
ASKED = f"/recall?item={BAD}"
MANY, FEW = 40, 5


def history() -> list[dict[str, Any]]:
    """A bad lot in many serials of lot F1, and perhaps in lots of P, which a good lot went into."""
    serials = [
        {"item": {"product": "FG", "serial": f"S{n:03d}", "lot": "F1"}, "quantity": "1",
         "unit": "each"}
        for n in range(MANY)
    ]  # fmt: skip
    return [
        event("r1", "receipt", "2026-03-01T08:00:00Z", place="W", party="SUP",
              items=[line("RM", "BAD", "90"), line("RM", "GOOD", "50")]),
        event("a1", "assembly", "2026-03-02T08:00:00Z", inputs=[line("RM", "BAD", "40")],
              outputs=serials),
        event("p1", "production", "2026-03-03T08:00:00Z",
              inputs=[line("RM", "BAD", "50"), line("RM", "GOOD", "50")],
              outputs=[line("P", f"P{n}", "20") for n in range(FEW)]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, Tracegraph]]:
    with served(history()) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


def figure(page: str) -> str:
    (found,) = re.findall(r'<section aria-labelledby="genealogy">.*?</section>', page, re.DOTALL)
    return str(found)


def cards(page: str) -> dict[str, str]:
    """Where cards of the figure lead, by their names."""
    card = re.compile(r'<a href="([^"]+)"[^>]*><g .*?class="name"[^>]*>([^<]*)<', re.DOTALL)
    found = card.findall(figure(page))
    return {name: unescape(address) for address, name in found}


def test_the_page_of_a_scope_draws_what_is_affected_by_certainty(client: TestClient) -> None:
    page = client.get(ASKED).text

    shown = figure(page)
    assert shown.count('class="card ') == 1 + FEW + 2, (
        "the seed, the lots P and F1, and the serials of F1"
    )
    assert {"★ BAD", "P0", "F1", "FG"} <= cards(page).keys()
    assert "● certain: 42" in text_of(shown)
    assert f"◐ possible: {FEW}" in text_of(shown)
    assert shown.count("card tint-possible") == FEW
    assert "GOOD" not in shown


def test_cards_lead_to_items_and_large_groups_to_their_table(client: TestClient) -> None:
    found = cards(client.get(ASKED).text)

    assert found["P0"] == "/items/urn%3Atracegraph%3Alot%3AP%3AP0"
    table = client.get(found["FG"]).text
    assert f"Rows 1 to {MANY + 1} of {MANY + 1}" in text_of(table), "the serials, and their lot"
    assert "part=items" in found["FG"]
    assert "certainty=certain" in found["FG"]


def test_any_group_opens_by_its_address_and_closes_again(client: TestClient) -> None:
    closed = client.get(ASKED).text
    (opening,) = {a for a in addresses(figure(closed)) if "&open=" in a}

    page = client.get(opening.partition("#")[0]).text

    assert opening.endswith("#genealogy")
    inside = figure(page).count('class="card tint-certain"')
    assert BUDGET - FEW - 1 <= inside <= BUDGET, "stretches of serials instead of the group"
    back = [a for a in addresses(figure(page)) if "part=" not in a and "open=" not in a]
    assert any(a.startswith("/recall?") and a.endswith("#genealogy") for a in back)


def test_a_group_that_has_room_opens_from_its_card() -> None:
    few = history()
    few[1]["outputs"] = few[1]["outputs"][: BUDGET - 1]
    few[2]["outputs"] = [line(p, f"{p}{n}", "5") for p in "PQ" for n in range(BUDGET)]
    with served(few) as (client, _):
        found = cards(client.get(ASKED).text)

        assert "&open=" in found["FG"]
        assert "S000" in cards(client.get(found["FG"].partition("#")[0]).text)


def test_a_part_of_a_scope_and_an_empty_scope_have_no_figure(client: TestClient) -> None:
    for view in ("&part=items", "&as_of=2026-02-01"):
        assert "<svg" not in client.get(ASKED + view).text


def test_a_stored_scope_has_its_figure_too(service: tuple[TestClient, Tracegraph]) -> None:
    client, graph = service
    id = graph.save_scope(graph.scope(BAD), name="Bad").id

    page = client.get(f"/recall/scopes/{id}").text

    assert cards(page)["FG"].startswith(f"/recall/scopes/{id}?part=items")
    (opening,) = {a for a in addresses(figure(page)) if "?open=" in a}
    assert "close" in text_of(figure(client.get(opening.partition("#")[0]).text))


def test_the_lineage_is_worked_out_once_for_all_views(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def counted(store: Any, scope: Any) -> Any:
        times.append(1)
        return lineage(store, scope)

    monkeypatch.setattr("api.kept_scopes.lineage", counted)
    client.get(f"{ASKED}&transit_days=7")
    client.get(f"{ASKED}&transit_days=7&open=0123456789ab&lang=zh")

    assert len(times) == 1


def test_the_figure_of_a_scope_is_a_file_too(service: tuple[TestClient, Tracegraph]) -> None:
    client, graph = service
    id = graph.save_scope(graph.scope(BAD), name="Bad").id

    for path, query in (("/recall", f"?item={BAD}&lang=zh"), (f"/recall/scopes/{id}", "?lang=zh")):
        (address,) = {a for a in addresses(client.get(path + query).text) if "figure.svg" in a}
        file = client.get(address)
        assert file.headers["content-type"] == "image/svg+xml"
        assert file.headers["content-disposition"].startswith("attachment; filename=")
        assert file.text.count('class="card ') == 1 + FEW + 2
        assert "查询对象" in file.text
    assert client.get("/recall/figure.svg?item=nothing").status_code == 404
    assert client.get("/recall/scopes/00000000/figure.svg").status_code == 404
