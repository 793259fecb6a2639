"""Sheets of a scope: nothing of the answer is missing, and letters say what a customer got."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from tests.unit.scopes import AT, LOT, affected, consignee, position, scope, sent
from tracegraph.model.sheet import Sheet
from tracegraph.recall import sheets as sheets_module
from tracegraph.recall.answer import Scope
from tracegraph.recall.sheets import letters, sheets

# Fields of the answer that are not columns, since they have rows of their own.
OWN_ROWS = {"consignees": {"contacts", "items"}, "orders": {"items"}}


def by_name(answer: Scope) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in sheets(answer)}


def records(sheet: Sheet) -> list[dict[str, Any]]:
    names = [column.name for column in sheet.columns]
    return [dict(zip(names, row, strict=True)) for row in sheet.rows]


def letter(*items: Any, **changes: Any) -> list[dict[str, Any]]:
    return records(letters(scope(consignees=(consignee(*items, **changes),))))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("figures", "figures"), ("seeds", "seeds"), ("items", "items"),
        ("positions", "positions"), ("consignees", "consignees"), ("balance", "balances"),
        ("gaps", "gaps"), ("unproven", "unproven"), ("orders", "orders"),
    ],
)  # fmt: skip
def test_every_field_of_the_answer_is_a_column(name: str, field: str) -> None:
    answer = scope()
    value = getattr(answer, field)[0]

    columns = {column.name for column in by_name(answer)[name].columns}

    expected = {each.name for each in fields(value)} - OWN_ROWS.get(field, set())
    if field == "consignees":
        expected |= {each.name for each in fields(value.items[0])}
    assert expected <= columns, "a field that is in no sheet is lost to whoever works with them"


def test_cells_are_those_of_the_answer() -> None:
    made = by_name(scope(items=(affected(expired=True, units_max=None),)))

    assert records(made["items"]) == [
        {
            "key": LOT, "kind": "lot", "product": "FG-9", "number": "C1", "lot": None,
            "certainty": "certain", "units_min": "100", "units_max": None, "units": "500",
            "unit": "each", "depth": 1, "parent": "urn:tracegraph:lot:RM-110:A",
            "through": "urn:tracegraph:event:mes:p", "made_on": "2026-03-02",
            "expires_on": "2029-03-01", "expired": "yes", "removed": "no", "orders": "MO-1; SO-7",
        }
    ]  # fmt: skip
    assert records(made["seeds"])[0]["seeds"] == "0; 1"
    assert [row["item"] for row in records(made["orders"])] == [LOT, "x"]
    assert records(made["balance"])[0]["explained"] == "yes"


def test_columns_say_what_their_cells_are() -> None:
    made = by_name(scope())

    kinds = {column.name: column.kind for column in made["items"].columns}
    assert (kinds["key"], kinds["units_max"], kinds["depth"]) == ("text", "quantity", "integer")
    assert (kinds["made_on"], kinds["number"]) == ("date", "text")
    dated = {column.name: column.kind for column in made["consignees"].columns}
    assert (dated["first"], dated["sent"]) == ("time", "quantity")


def test_every_decimal_of_the_answer_is_a_quantity() -> None:
    for sheet in sheets(scope())[1:]:
        for column, values in zip(sheet.columns, zip(*sheet.rows, strict=True), strict=True):
            decimals = [v for v in values if isinstance(v, str) and v.replace(".", "").isdigit()]
            if decimals and column.name not in {"number", "product", "seeds"}:
                assert column.kind == "quantity", (sheet.name, column.name, decimals)


def test_the_summary_counts_what_the_sheets_have() -> None:
    answer = scope(
        items=(affected(), affected("b")),
        positions=tuple(position(str(n)) for n in range(5)),
        consignees=(consignee(sent(), sent("b")), consignee(sent(), party="CUST-13")),
    )
    made = by_name(answer)
    said = {row["what"]: row["value"] for row in records(made["summary"])}

    assert said["hash"] == answer.hash
    assert said["seed 1"] == f"product RM-110, since {AT}, lot_from A"
    counted = {f"rows of {name}": len(list(sheet.rows)) for name, sheet in made.items()}
    del counted["rows of summary"]
    assert {name: n for name, n in said.items() if str(name).startswith("rows of")} == counted
    assert counted["rows of consignees"] == 3


def test_rows_can_be_read_twice() -> None:
    for sheet in sheets(scope()):
        assert list(sheet.rows) == list(sheet.rows) != []


def test_a_letter_names_contacts_items_and_papers() -> None:
    contacts = (
        {"name": "A. Li", "email": "li@example.com", "phone": "+49 1", "address": "Weg 1"},
        {"name": "B. Wu", "role": "stores"},
        {"email": "c@example.com"},
    )
    later = sent("b", number=None, first="2026-03-08T08:00:00Z", orders=("SO-9", "SO-771"))

    (row,) = letter(sent(), later, contacts=contacts)

    assert (row["contact"], row["role"], row["email"]) == ("A. Li", None, "li@example.com")
    assert row["further_contacts"] == "B. Wu, stores; c@example.com"
    assert row["items"] == f"C1 ({LOT}); b"
    assert row["item_count"] == 2
    assert (row["first"], row["last"]) == ("2026-03-08T08:00:00Z", "2026-03-11T08:00:00Z")
    assert (row["orders"], row["documents"]) == ("SO-771; SO-9", "DN-5520")
    assert (row["party"], row["market"], row["part"]) == ("CUST-12", "DE", 1)


def test_a_letter_to_nobody_in_particular_is_still_a_row() -> None:
    (row,) = letter(sent())

    assert (row["contact"], row["address"], row["further_contacts"]) == (None, None, None)


def test_quantities_are_totals_by_product_and_unit() -> None:
    (row,) = letter(
        sent("a", sent="0.1", held="0", units_min="0.1", units_max="0.1", unit="kg"),
        sent("b", sent="0.2", held="0.2", units_min="0.2", units_max="0.2", unit="kg"),
        sent("c", product=None, units_max=None),
        sent("d", product="FG-8", sent="999999999999.5", held="-1"),
        sent("e", product="FG-8", sent="999999999999.5", held="-0.25"),
    )

    assert row["quantities"].split("; ") == [
        "unknown product: 120 each sent, 110 held, 0 or more affected",
        "FG-8: 1999999999999 each sent, -1.25 held, 0 to 240 affected",
        "FG-9: 0.3 kg sent, 0.2 held, 0.3 affected",
    ]


def test_a_serial_is_not_added_to_its_lot() -> None:
    serial = sent("s", lot=LOT, sent="1", held="1", units_min="0", units_max="1")

    (with_lot,) = letter(sent(), serial)
    (alone,) = letter(serial)

    assert with_lot["quantities"] == "FG-9: 120 each sent, 110 held, 0 to 120 affected"
    assert alone["quantities"] == "FG-9: 1 each sent, 1 held, 0 to 1 affected", (
        "where the lot is not in the letter, nothing else counts the serial"
    )


def test_a_list_longer_than_a_cell_goes_on_in_a_further_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets_module, "LONGEST_LIST", 40)
    items = [sent(f"urn:x:{n:03d}", number=None, documents=(f"D{n}",)) for n in range(10)]

    rows = letter(*items)

    assert [row["part"] for row in rows] == [1, 2, 3, 4]
    assert all(len(row["items"]) <= 40 for row in rows)
    listed = [key for row in rows for key in row["items"].split("; ")]
    assert listed == [item.item for item in items], "whoever gets the letter must read all of it"
    documents = [d for row in rows if row["documents"] for d in row["documents"].split("; ")]
    assert documents == [f"D{n}" for n in range(10)]
    assert {row["item_count"] for row in rows} == {10}
