"""The page of the records: where the journal stands, and what contradicts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.pages import records_page
from api.pages.words import LANGUAGES
from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of
from tracegraph.model.instant import Instant
from tracegraph.proof.last_check import keep
from tracegraph.store.port import StoreUnavailable

AT = "2026-03-04T05:06:07Z"


def shipped(n: int) -> dict[str, Any]:
    """What was sent and never received: an anomaly."""
    return event(f"s{n}", "shipment", "2026-03-09T08:00:00Z", place="P", party="C",
                 items=[line("RM", f"L{n}")])  # fmt: skip


def test_a_good_store_says_so_and_tells_what_was_recorded_last() -> None:
    received = event("r1", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("RM", "A")])
    void = event("v1", "void", "2026-03-02T08:00:00Z", voids="r1", reason="wrong")
    with served([received, void]) as (client, _):
        page = client.get("/records")

    said = text_of(page.text)
    assert "2 events, all of them published" in said
    assert "Nothing contradicts the records." in said
    assert "<s>receipt</s>" in page.text
    assert "voided by no. 2" in said
    latest = said[said.index("Recorded last") :]
    assert latest.index("2 void v1 mes") < latest.index("1 receipt r1 mes"), "the latest first"
    assert " days" in said, "how long after it occurred"


def test_the_last_check_is_told() -> None:
    received = event("r1", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("RM", "A")])
    with served([received]) as (client, graph):
        before = text_of(client.get("/records").text)
        graph.verify(sample=5)
        after = text_of(client.get("/records").text)
        keep(graph.store, replace(graph.verify(), differences=3), Instant.parse(AT))
        wrong = text_of(client.get("/records").text)

    assert "It was never checked." in before
    assert "up to number 1, with 5 closures: no difference" in after
    assert "never checked" not in after
    assert "2026-03-04 05:06" in wrong
    assert "3 differences; they are mended by tracegraph rebuild" in wrong


def test_a_store_that_cannot_be_written_is_checked_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise StoreUnavailable("attempt to write a readonly database")

    with served([]) as (_, graph):
        monkeypatch.setattr(graph.store, "put_document", refuse)
        assert graph.verify().ok
        assert graph.last_check() is None


def test_late_records_are_told_the_latest_first() -> None:
    now = datetime.now(UTC)
    sent = [
        event(f"m{n}", "move", (now - timedelta(days=days, hours=1)).isoformat(), place="P",
              to="Q", items=[line("RM", "A")])
        for n, days in enumerate([3, 0, 40])
    ]  # fmt: skip
    with served(sent) as (client, _):
        said = text_of(client.get("/records").text)

    assert "Of the last 3 events 2 were recorded a day or more after they occurred." in said
    late = said[said.index("The latest of them") : said.index("Recorded last")]
    assert late.index("m2") < late.index("m0")
    assert "m1" not in late


def test_an_empty_store_says_so() -> None:
    with served([]) as (client, _):
        page = client.get("/records?lang=zh")

    assert page.status_code == 200
    assert "尚无任何记录" in page.text


def test_what_contradicts_the_records_says_what_mends_it() -> None:
    with served([shipped(1), {**shipped(2), "id": HOSTILE}]) as (client, _):
        english, chinese = client.get("/records"), client.get("/records?lang=zh")

    assert "no origin" in text_of(english.text)
    assert "Send its receipt or production" in english.text
    assert "无来源" in chinese.text
    assert "补发其收货或生产" in chinese.text
    assert "<script>alert" not in english.text
    assert HOSTILE in text_of(english.text)
    assert any(link.startswith("/items/") for link in addresses(english.text))


def test_many_anomalies_have_pages_of_one_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_page, "ROWS", 2)
    with served([shipped(n) for n in range(3)]) as (client, graph):
        first = client.get("/records?lang=zh")
        graph.capture([shipped(9)])
        (following,) = [link for link in addresses(first.text) if "cursor=" in link]
        second = client.get(following)

    anomalies = second.text.split('id="anomalies"')[1].split('id="late"')[0]
    assert "lang=zh" in following
    assert ">L2</a>" in anomalies
    assert ">L9</a>" not in anomalies


def test_a_cut_that_is_none_is_a_422_that_names_it() -> None:
    with served([]) as (client, _):
        page = client.get("/records?known_at=soon")

    assert page.status_code == 422
    assert "Known at" in page.text
    assert "RFC 3339" in page.text


def test_its_twins_say_the_same() -> None:
    with served([shipped(1)]) as (client, _):
        page = client.get("/records")
        anomalies, arrived, journal = addresses(page.text.split("<footer>")[1])

        assert client.get(arrived).json()["events"]["stored"] == 0, "it was there before"
        assert client.get(anomalies).json()["anomalies"][0]["code"] == "no_origin"
        assert client.get(journal).json()["events"][0]["id"] == "s1"


def test_what_was_sent_and_not_stored_is_told_until_the_service_ends() -> None:
    received = event("r1", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("RM", "A")])
    with served([received]) as (client, _):
        before = text_of(client.get("/records").text)
        client.post("/v1/events", json=received)
        client.post("/v1/events", json={**received, "place": HOSTILE})
        client.post("/v1/events", json={**received, "id": HOSTILE, "type": "odd"})
        page = client.get("/records")
        chinese = text_of(client.get("/records?lang=zh").text)

    assert "Nothing was refused or in conflict." in before
    said = text_of(page.text)
    assert "duplicates, there already with the same content: 1" in said
    assert "in conflict, the id being held by other content: 1" in said
    assert "refused: 1" in said
    assert "/events/mes/r1" in addresses(page.text), "to what holds the id"
    assert "they differ at /place" in said
    assert HOSTILE not in page.text
    assert f"{LANGUAGES['zh']['arrived_conflict']}: 1" in chinese
