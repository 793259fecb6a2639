"""CSV, XLSX and canonical JSON: what a reader of the format finds is what was said."""

from __future__ import annotations

import csv
import hashlib
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.scopes import affected, consignee, position, scope, sent
from tracegraph.formats import xlsx
from tracegraph.formats.canonical_json import json_chunks
from tracegraph.formats.sheet_csv import BOM, csv_chunks, write_csv
from tracegraph.formats.xlsx import write_xlsx
from tracegraph.model.canonical import canonical
from tracegraph.model.sheet import Column, Kind, Row, Rows, Sheet
from tracegraph.recall.scope import scope_hash
from tracegraph.recall.sheets import sheets

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]  # noqa: RUF001  # meant
NASTY = [
    'quote " and, comma; semicolon',
    "line\r\nend\nend",
    "<r><t>markup</t></r>",
    "<b>&amp;</b> ]]>",
    "_x0041_",
    " blanks ",
    "https://example.com/",
    "007",
    "漢字 ü 🙂",
]


def column(kind: Kind, *cells: Any, name: str = "x") -> Sheet:
    return Sheet("items", (Column(name, kind),), [(cell,) for cell in cells])


def csv_text(sheet: Sheet) -> str:
    return b"".join(csv_chunks(sheet)).decode()


def csv_cells(sheet: Sheet) -> list[str]:
    return [row[0] for row in csv.reader(StringIO(csv_text(sheet), newline=""))][1:]


def workbook(*made: Sheet, **options: Any) -> Any:
    out = BytesIO()
    write_xlsx(made, out, **options)
    return openpyxl.load_workbook(BytesIO(out.getvalue()))


def xlsx_cells(sheet: Sheet) -> list[Any]:
    page = workbook(sheet)["items"]
    return [page.cell(line, 1) for line in range(2, page.max_row + 1)]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_survives_csv(text: str) -> None:
    assert csv_cells(column("text", text, "after")) == [text, "after"]


def test_csv_is_that_of_the_rfc() -> None:
    sheet = Sheet("a", (Column("key"), Column("n", "integer")), [('a "b", c', 1), (None, None)])

    assert csv_text(sheet) == 'key,n\r\n"a ""b"", c",1\r\n,\r\n'
    assert next(csv_chunks(sheet, bom=True)) == BOM + csv_text(sheet).encode()
    out = BytesIO()
    write_csv(sheet, out, bom=True)
    assert out.getvalue().decode("utf-8-sig") == csv_text(sheet)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    assert csv_cells(column("text", text)) == ["'" + text]
    assert next(csv.reader([csv_text(column("text", name="=A1")).rstrip()])) == ["'=A1"]


def test_numbers_below_zero_are_no_formulas() -> None:
    assert csv_cells(column("quantity", "-1.25", -3, "-1+1")) == ["-1.25", "-3", "'-1+1"]


@pytest.mark.parametrize("cells", [("only",), ("a", "b", "c")])
def test_a_row_that_does_not_fit_is_refused(cells: Row) -> None:
    sheet = Sheet("items", (Column("a"), Column("b")), [cells])

    with pytest.raises(ValueError, match="zip"):
        csv_text(sheet)
    with pytest.raises(ValueError, match="zip"):
        workbook(sheet)


def endless(count: int) -> Sheet:
    def make() -> Iterator[Row]:
        return ((f"urn:x:{n}", n) for n in range(count))

    return Sheet("items", (Column("key"), Column("n", "integer")), Rows(make))


def test_csv_is_written_in_constant_memory() -> None:
    tracemalloc.start()
    try:
        longest = max(len(chunk) for chunk in csv_chunks(endless(50_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert longest < 100_000, "chunks are small"
    assert peak < 1_500_000, "50,000 rows would be over 5 MB"


@pytest.mark.parametrize("text", [*NASTY, *FORMULAS, "{=1+1}", "mailto:a@b.c"])
def test_any_text_survives_xlsx_as_text(text: str) -> None:
    (cell,) = xlsx_cells(column("text", text))

    padded = f" {text}" if text.startswith("<r>") else text
    # XML reads a carriage return as a line end, unless a writer escapes it.
    assert str(cell.value).replace("_x000D_", "\r").replace("\r\n", "\n") in {
        padded.replace("\r\n", "\n"),
        padded.replace("\r", "\n"),
        padded.replace("_x0041_", "_x005F_x0041_"),
    }
    assert (cell.data_type, cell.hyperlink) in {("s", None), ("inlineStr", None)}


def test_numbers_are_numbers_where_every_digit_is_kept() -> None:
    cells = xlsx_cells(
        column("quantity", "380", "-0.25", "123456789.123456", "1234567890.123456", 7, "9" * 16)
    )

    assert [cell.value for cell in cells] == [
        380, -0.25, 123456789.123456, "1234567890.123456", 7, "9" * 16,
    ]  # fmt: skip
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "s", "n", "s"]
    assert [cell.number_format for cell in cells[:3]] == ["0", "0.00", "0.000000"]


def test_text_that_looks_like_a_number_stays_text() -> None:
    assert [cell.value for cell in xlsx_cells(column("text", "007", "1e5"))] == ["007", "1e5"]


def test_dates_and_times_are_what_they_say() -> None:
    dates = xlsx_cells(column("date", "2029-03-01", "1899-12-31", "2026-W01-1", "20260101"))
    times = xlsx_cells(
        column(
            "time", "2026-03-09T08:00:00Z", "2026-03-09T23:59:59.125Z", "2026-03-09T08:00:00.1234Z"
        )
    )

    assert [cell.value for cell in dates] == [
        datetime(2029, 3, 1), "1899-12-31", "2026-W01-1", "20260101",
    ]  # fmt: skip
    assert [cell.value for cell in times] == [
        datetime(2026, 3, 9, 8),
        datetime(2026, 3, 9, 23, 59, 59, 125_000),
        "2026-03-09T08:00:00.1234Z",
    ]
    assert times[0].number_format == 'yyyy-mm-dd hh:mm:ss"Z"'


def test_a_workbook_has_every_sheet_of_the_scope_and_its_hash() -> None:
    answer = scope(
        items=(affected(), affected("b")), positions=tuple(position(str(n)) for n in range(7))
    )
    book = workbook(*sheets(answer), created=answer.recorded_at)

    assert book.sheetnames == [sheet.name for sheet in sheets(answer)]
    said = {row[0]: row[1] for row in book["summary"].iter_rows(values_only=True)}
    assert said["hash"] == answer.hash
    assert said["rows of positions"] == 7
    for name in book.sheetnames[1:]:
        page = book[name]
        assert page.max_row - 1 == said[f"rows of {name}"], name
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref.startswith("A1:")
        assert page["A1"].font.bold
        assert page["A2"].value is not None
    assert book["items"].column_dimensions["A"].width > 20, "keys can be read"
    assert book.properties.created == datetime(2026, 3, 10, 8)


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_a_long_sheet_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch, rows: int, pages: int
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)

    book = workbook(column("integer", *range(rows)), Sheet("after", (Column("y"),), ()))

    names = ["items", "items 2", "items 3"][:pages]
    assert book.sheetnames[:-1] == names
    found = [row for name in names for row in list(book[name].values)[1:]]
    assert found == [(n,) for n in range(rows)], "no row twice, and none left out"
    assert [book[name]["A1"].value for name in names] == ["x"] * pages


def test_a_cell_that_is_cut_says_so() -> None:
    fits, cut = xlsx_cells(column("text", "🙂" * 16_383, "🙂" * 16_384))

    assert fits.value == "🙂" * 16_383
    assert cut.value.endswith(xlsx.CUT)
    assert len(cut.value.encode("utf-16-le")) // 2 in {xlsx.MAX_TEXT, xlsx.MAX_TEXT - 1}


def test_the_same_workbook_is_the_same_bytes() -> None:
    one, two, other = BytesIO(), BytesIO(), BytesIO()
    answer = scope()

    write_xlsx(sheets(answer), one, created=answer.recorded_at)
    write_xlsx(sheets(answer), two, created=answer.recorded_at)
    write_xlsx(sheets(answer), other, created="2026-01-01T00:00:00Z")

    assert one.getvalue() == two.getvalue() != other.getvalue()


def test_what_fails_leaves_no_files(tmp_path: Path) -> None:
    def failing() -> Iterator[Row]:
        yield ("a",)
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_xlsx([Sheet("items", (Column("x"),), Rows(failing))], BytesIO(), folder=str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_nothing_of_a_workbook_is_a_formula_or_a_link() -> None:
    out = BytesIO()
    write_xlsx([column("text", *FORMULAS, *NASTY)], out)

    with zipfile.ZipFile(out) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f" not in page
        assert "<hyperlink" not in page
        assert not [name for name in packed.namelist() if "externalLink" in name]


def large() -> Any:
    """A scope whose lists are longer than what is written at once, one of them within another."""
    many = tuple(sent(f"urn:x:{n}", number="ü") for n in range(600))
    return scope(
        items=tuple(affected(f"urn:x:{n}") for n in range(1000)),
        consignees=(consignee(sent()), consignee(*many, party="C2"), consignee(sent(), party="C3")),
    )


@pytest.mark.parametrize("answer", [scope(), large(), scope(items=(), note="ü 🙂 \x00")])
def test_json_is_canonical_and_proves_its_hash(answer: Any) -> None:
    written = b"".join(json_chunks(answer))

    content = json.loads(written)
    assert canonical(content) == written, "the file is canonical as a whole"
    said = content.pop("hash")
    assert hashlib.sha256(canonical(content)).hexdigest() == said == scope_hash(answer)
    without = b"".join(json_chunks(answer, without=("hash",)))
    assert hashlib.sha256(without).hexdigest() == said


def test_a_changed_scope_no_longer_has_its_hash() -> None:
    answer = replace(scope(), known_at=89)

    without = b"".join(json_chunks(answer, without=("hash",)))

    assert hashlib.sha256(without).hexdigest() != answer.hash
