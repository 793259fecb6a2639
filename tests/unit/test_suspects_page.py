"""The page of what complaints have in common: from complaints to suspects, and on to a recall."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from api.pages import suspects_page
from api.pages.suspects_page import FIELDS, SuspectsQuestion, recall_address
from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of
from tracegraph.recall.answer import Suspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

RESIN = "urn:tracegraph:lot:RM:A"


def history() -> list[dict[str, Any]]:
    """Four units of resin A, three of B; and a number that two products have."""
    made = [
        event(
            f"p{lot}{n}", "production", f"2026-03-0{n}T09:00:00Z", place="SZ1", actor="op-7",
            equipment=["EX-1"], inputs=[line("RM", lot)], outputs=[line("FG", f"{lot}{n}")],
        )
        for lot, most in (("A", 4), ("B", 3)) for n in range(1, most + 1)
    ]  # fmt: skip
    return [
        *made,
        event("x1", "receipt", "2026-03-01T08:00:00Z", place="SZ1", party="S", items=[
            line("P", "TWICE"), line("Q", "TWICE")]),
        event("x2", "receipt", "2026-03-01T08:00:00Z", place="SZ1", party="S", items=[
            line("P", "GONE")]),
        event("v2", "void", "2026-03-02T08:00:00Z", voids="x2", reason="entered twice"),
        event("c1", "complaint", "2026-03-09T08:00:00Z", number="CMP-1", party="CUST-1",
              description="leaks", items=[line("FG", "A1", None)]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, Tracegraph]]:
    with served(history()) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


def asked(*complaints: str, **more: str) -> str:
    return "/suspects?" + urlencode({"complaint": "\n".join(complaints), **more})


def rows(page: str, section: str) -> list[str]:
    (found,) = re.findall(rf'<section aria-labelledby="{section}">(.*?)</section>', page, re.DOTALL)
    return [text_of(row) for row in re.findall(r"<tr>\s*<td.*?</tr>", found, re.DOTALL)]


def test_complaints_lead_to_what_explains_them(client: TestClient) -> None:
    page = client.get(asked("CMP-1", "A2", "mes/pA3"))

    assert page.status_code == 200
    text = text_of(page.text)
    assert "Common cause of 3 complaints" in text
    assert "3 items with complaints, among 7 items that are compared" in text
    (cover,) = rows(page.text, "cover")
    first = rows(page.text, "suspects")[0]
    for row in (cover, first):
        assert row.startswith("Item RM A 3 / 3 4, of which 3 with a complaint ∞ 0.114")


def test_a_suspect_leads_to_its_page_its_recall_and_its_chain(client: TestClient) -> None:
    page = client.get(asked("A1", "A2", as_of="2026-12-31"))

    links = addresses(page.text)
    recall = f"/recall?item={RESIN.replace(':', '%3A')}&as_of=2026-12-31"
    chain = recall.replace("/recall", "/recall/why") + "&of=urn%3Atracegraph%3Alot%3AFG%3AA1"
    for link in (f"/items/{RESIN.replace(':', '%3A')}?as_of=2026-12-31", recall, chain):
        assert link in links
        assert client.get(link).status_code == 200, link
    assert "Affected items" in client.get(recall).text
    assert "pA1" in client.get(chain).text


def test_which_complaints_a_suspect_leaves_is_said(client: TestClient) -> None:
    page = client.get(asked("A1", "A2", "B1"))

    resin = next(row for row in rows(page.text, "suspects") if row.startswith("Item RM A"))
    assert "2 / 3 Not: B1 " in resin


def test_what_no_record_names_is_said_and_the_rest_answered(client: TestClient) -> None:
    page = client.get(asked("A1", HOSTILE, "A2", "NOPE"))

    assert page.status_code == 200
    assert f"Not identified, and left out (2) {HOSTILE}, NOPE" in text_of(page.text)
    assert HOSTILE not in page.text
    assert "Common cause of 2 complaints" in text_of(page.text)


def test_a_voided_event_is_not_identified_and_said_to_be_voided(client: TestClient) -> None:
    page = client.get(asked("A1", "mes/x2"))

    assert page.status_code == 200
    assert "left out (1) mes/x2 (voided)" in text_of(page.text)


def test_where_no_record_names_anything_it_is_a_404_with_the_form(client: TestClient) -> None:
    page = client.get(asked("NOPE", "NADA"))

    assert page.status_code == 404
    assert "NOPE, NADA" in text_of(page.text)
    assert "NOPE\nNADA</textarea>" in page.text


def test_a_number_of_several_items_is_chosen_and_the_rest_stays(client: TestClient) -> None:
    page = client.get(asked("A1", "TWICE", known_at="11"))

    link = next(link for link in addresses(page.text) if "lot%3AP%3ATWICE" in link)
    assert "complaint=A1&" in link
    assert "known_at=11" in link
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param("control=A1", "complaint", id="none"),
        pytest.param("complaint=A1&control=A1", "control", id="both"),
        pytest.param("complaint=A1&as_of=soon", "as_of", id="time"),
        pytest.param("complaint=A1&known_at=soon", "known_at", id="known"),
        pytest.param("complaint=A1&clock_tolerance=x", "clock_tolerance", id="seconds"),
        pytest.param("complaint=A1&asof=2026-01-01", "asof", id="mistyped"),
    ],
)
def test_bad_input_is_a_422_that_names_its_field(
    client: TestClient, query: str, field: str
) -> None:
    page, data = client.get(f"/suspects?{query}"), client.get(f"/suspects.json?{query}")

    assert (page.status_code, data.status_code) == (422, 422)
    assert f'<a href="#f-{field}">' in page.text


def test_every_field_of_the_question_is_in_the_form(client: TestClient) -> None:
    page = client.get("/suspects")

    assert set(re.findall(r' id="f-(\w+)"', page.text)) == set(FIELDS)
    assert set(re.findall(r'<label for="f-(\w+)"', page.text)) == set(FIELDS)


def test_a_long_ranking_has_pages_at_the_same_cut(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects_page, "ROWS", 3)

    page = client.get(asked("A1", "A2"))

    assert len(rows(page.text, "suspects")) == 3
    following = next(link for link in addresses(page.text) if "page=2" in link)
    assert "known_at=11" in following
    second = rows(client.get(following).text, "suspects")
    assert second
    assert not set(second) & set(rows(page.text, "suspects"))


def test_the_data_is_the_library_s_answer(service: tuple[TestClient, Tracegraph]) -> None:
    client, graph = service
    page = client.get(asked("A1", "A2", "NOPE"))

    (twin,) = (link for link in addresses(page.text) if link.startswith("/suspects.json?"))
    data = client.get(twin).json()

    assert data["not_identified"] == ["NOPE"]
    expected = graph.suspects(["A1", "A2"], limit=1000)
    assert [each["key"] for each in data["found"]["suspects"]] == [
        each.key for each in expected.suspects
    ]


def suspect(kind: str) -> Suspect:
    return Suspect(
        kind, "K", None, 2, 3, 4, 2, "inf", "0.1", "2026-03-02T08:00:00Z",
        "2026-03-02T09:00:00Z", ("C",),
    )  # fmt: skip


def test_a_window_is_a_limit_of_the_recall_only_where_it_is_one_of_a_seed() -> None:
    question = SuspectsQuestion(lang="zh")

    window = "&since=2026-03-02T08%3A00%3A00Z&until=2026-03-02T09%3A00%3A00Z"
    assert recall_address(suspect("equipment"), question) == f"/recall?equipment=K{window}&lang=zh"
    assert recall_address(suspect("event"), question) == "/recall?event=K&lang=zh"
    assert recall_address(suspect("operator"), question) == ""
