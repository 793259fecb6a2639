"""The rows of a report: quantities, what events say, what is late, void or named."""

from __future__ import annotations

from typing import Any

import pytest

from api.pages import report_rows
from api.pages.words import Words
from tests.unit.pages import event, line, served
from tracegraph.trace.answer import HistoryLine, StoredEvent
from tracegraph.trace.dossier import DossierEvent

EN = Words("en")
SENT = {
    "id": "i1", "source": "lims", "type": "inspection", "occurred_at": "2026-03-02T08:00:00Z",
    "items": [{"item": {"product": "FG", "lot": "C1"}}, {"item": {"product": "FG", "lot": "C2"}}],
    "plan": "P-1", "verdict": "fail", "actor": "qc-1", "equipment": ["G-1", "G-2"],
    "results": [{"characteristic": "width", "value": "2.0"}],
}  # fmt: skip


def told(*, recorded: str = "2026-03-02T09:00:00Z", void: bool = False, **more: Any):
    sent = {**SENT, **more}
    stored = StoredEvent(
        key="k", seq=1, source="lims", id="i1", type=sent["type"], recorded_at=recorded,
        caller=None, hash="h", status="voided" if void else "stands", voided_by=2 if void else None,
        event=sent,
    )  # fmt: skip
    lines = (HistoryLine("items/0", "item", "urn:x", None, None, None),)
    return DossierEvent(stored, lines, None, ())


def test_an_event_says_its_facts_in_order_and_counts_lines_about_others() -> None:
    (row,) = report_rows.event_rows([told()], EN)

    assert row.facts == (
        ("actor", "qc-1"), ("equipment", "G-1, G-2"), ("plan", "P-1"), ("verdict", "fail")
    )  # fmt: skip
    assert (len(row.lines), row.more, row.others) == (1, 0, 1)
    assert row.results == ({"characteristic": "width", "value": "2.0"},)


@pytest.mark.parametrize(
    ("recorded", "late"),
    [
        ("2026-03-03T07:59:59Z", ""),
        ("2026-03-03T08:00:00Z", "1 days"),
        ("2026-03-12T08:00:00Z", "10 days"),
        ("2026-03-01T08:00:00Z", ""),
    ],
)
def test_what_was_recorded_a_day_after_it_occurred_is_late(recorded: str, late: str) -> None:
    (row,) = report_rows.event_rows([told(recorded=recorded)], EN)

    assert row.late == late


def test_of_many_lines_the_first_are_told_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_rows, "LINES", 0)

    (row,) = report_rows.event_rows([told()], EN)

    assert (row.lines, row.more) == ((), 1)


def test_records_of_quality_and_corrections_are_picked_out() -> None:
    rows = report_rows.event_rows([told(), told(type="receipt"), told(void=True)], EN)

    assert report_rows.quality(rows) == [rows[0], rows[2]]
    assert report_rows.corrections(rows) == [rows[2]]


def test_who_and_what_is_named_once_and_not_by_what_is_void() -> None:
    events = [
        told(), told(place="P1", to="P2", documents=["D"]), told(actor="nobody", void=True),
        told(type="certificate", number="COA-1"),
    ]  # fmt: skip

    assert report_rows.named(report_rows.event_rows(events, EN)) == [
        ("actor", ["qc-1"]), ("place", ["P1", "P2"]), ("equipment", ["G-1", "G-2"]),
        ("documents", ["D"]), ("certificate", ["COA-1"]),
    ]  # fmt: skip


def test_quantities_add_up_by_unit_and_one_that_is_not_recorded_is_said() -> None:
    def make(id: str, quantity: str | None, unit: str = "each") -> dict[str, Any]:
        own = {} if quantity is None else {"quantity": quantity, "unit": unit}
        taken = {"item": {"product": "RM", "lot": "A"}, **own}
        return event(id, "production", "2026-03-02T09:00:00Z", inputs=[taken],
                     outputs=[line("FG", "C", "1000")])  # fmt: skip

    with served([make("a", "1.5", "kg"), make("b", "1", "kg"), make("c", "7")]) as (_, graph):
        known = report_rows.item_rows(graph.trace("urn:tracegraph:lot:FG:C"))
        graph.capture([make("d", None)])
        unknown = report_rows.item_rows(graph.trace("urn:tracegraph:lot:FG:C"))

    assert [(row.item.number, row.given, row.taken) for row in known] == [
        ("C", "3,000 each", ""), ("A", "", "7 each, 2.5 kg"),
    ]  # fmt: skip
    assert "?" in unknown[1].taken
    assert "2.5 kg" in unknown[1].taken
