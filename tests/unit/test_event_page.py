"""The page of an event: what it says, what proves it, and what became of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from api.pages import event_page
from api.pages.words import LANGUAGES
from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of
from tracegraph.library import Tracegraph

RECEIVED = event(
    "r1", "receipt", "2026-03-01T08:00:00+08:00", place="P", party="S-1",
    documents=["DN-1", "DN-2"], items=[{**line("RM", "A"), "quantity": "28.5", "unit": "kg"}],
)  # fmt: skip


def test_an_event_says_all_that_it_is() -> None:
    with served([RECEIVED]) as (client, graph):
        page = client.get("/events/mes/r1")
        stored = graph.event("mes", "r1")

    said = text_of(page.text)
    assert page.status_code == 200
    assert "Event: receipt r1" in said
    assert "It stands." in said
    assert stored.hash in said
    assert "Party S-1" in said
    assert "Occurred 2026-03-01T08:00:00+08:00 (2026-03-01 00:00:00 UTC)" in said
    assert "Documents DN-1, DN-2" in said
    assert "item A urn:tracegraph:lot:RM:A 28.5 kg" in said
    assert '"documents": [ "DN-1", "DN-2" ]' in said, "as it was sent"
    assert "/v1/events/mes/r1" in addresses(page.text)
    assert any("/items/urn%3Atracegraph%3Alot%3ARM%3AA" in each for each in addresses(page.text))


def test_what_was_voided_says_by_what() -> None:
    void = event("v1", "void", "2026-03-02T08:00:00Z", voids="r1", reason="wrong lot")
    with served([RECEIVED, void]) as (client, _):
        voided, voider = client.get("/events/mes/r1"), client.get("/events/mes/v1")

    assert "voided by no. 2" in text_of(voided.text)
    assert "/events/mes/v1" in addresses(voided.text)
    assert "Makes void r1" in text_of(voider.text)
    assert "It names no item." in text_of(voider.text)


def test_a_packing_names_its_container() -> None:
    packed = event("p1", "pack", "2026-03-01T09:00:00Z", container={"sscc": "106141412345678908"},
                   items=[line("RM", "A")])  # fmt: skip
    with served([packed]) as (client, _):
        said = text_of(client.get("/events/mes/p1").text)

    assert "was the container 106141412345678908 https://id.gs1.org/00/106141412345678908" in said


def test_in_chinese() -> None:
    with served([RECEIVED]) as (client, _):
        page = client.get("/events/mes/r1?lang=zh")

    assert "事件: 收货 r1" in text_of(page.text)
    assert LANGUAGES["zh"]["event_sent"] in page.text
    assert any("lang=zh" in each and "/items/" in each for each in addresses(page.text))


def test_a_name_is_never_markup_and_may_have_any_letters() -> None:
    hostile = {**RECEIVED, "id": f"a/b {HOSTILE}", "notes": HOSTILE}
    with served([hostile]) as (client, _):
        page = client.get(f"/events/mes/{quote(hostile['id'], safe='')}")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert HOSTILE in text_of(page.text)


@pytest.mark.parametrize("named", ["mes/none", "none/r1", "mes", "mes/", "", "mes%2Fr1"])
def test_an_event_that_was_not_recorded_is_not_found(named: str) -> None:
    with served([RECEIVED]) as (client, _):
        page = client.get(f"/events/{named}")

    assert page.status_code == 404
    assert LANGUAGES["en"]["event_unknown"] in page.text


def test_an_event_of_many_lines_shows_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_page, "LINES", 2)
    many = {**RECEIVED, "items": [line("RM", f"L{n}") for n in range(5)]}
    with served([many]) as (client, _):
        said = text_of(client.get("/events/mes/r1").text)

    assert "L1 urn:tracegraph:lot:RM:L1" in said
    assert "L2 urn:tracegraph:lot:RM:L2" not in said
    assert "and 3 more" in said


def test_every_fact_has_a_name() -> None:
    assert {f"said_{name}" for name in event_page.FACTS} <= LANGUAGES["en"].keys()


def test_it_reads_the_journal_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of an event is looked at from every list of events, and must stay cheap."""
    with served([RECEIVED]) as (client, _):
        for name in ("trace", "history", "item", "scope"):
            monkeypatch.setattr(Tracegraph, name, None)
        assert client.get("/events/mes/r1").status_code == 200
