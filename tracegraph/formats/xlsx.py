"""XLSX of sheets: one worksheet each, typed cells, row by row in constant memory.

Nothing in a cell is ever run: no text becomes a formula or a link. A number is a number where a
spreadsheet keeps every digit of it, else it stays text; dates and times likewise. What a worksheet
cannot hold goes on in the next one ("items 2"), and what a cell cannot hold says that it was cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracegraph.model.sheet import Column, Kind, Row, Sheet

MAX_ROWS = 1_048_575  # a worksheet has one more, which is the heading
MAX_TEXT = 32_767  # characters of a cell, counted as UTF-16 does
MAX_DIGITS = 15  # of a number, as spreadsheets show and keep it
CUT = " … [cut: longer than a cell can be; whole in the CSV and the JSON]"

_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?Z", re.ASCII)
_DAY_ZERO = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was
_NO_DATE = datetime(1980, 1, 1)  # the format's own epoch, no instant
_SAMPLE = 500  # rows that say how wide a column is
_WIDTHS = (8, 60)

Number = tuple[float, str]  # and how it is shown


def write_xlsx(
    sheets: Iterable[Sheet],
    out: BinaryIO,
    *,
    created: str | None = None,
    folder: str | None = None,
) -> None:
    """Write a workbook to a binary stream. Linear in the cells.

    The same sheets and `created` (RFC 3339, say a scope's `recorded_at`) give the same bytes.
    Rows wait in `folder` (or the system's for temporary files), about 100 bytes a cell, and none
    in memory.
    """
    with TemporaryDirectory(dir=folder, prefix="tracegraph-xlsx-") as waiting:
        book = _Book(out, waiting, created)
        try:
            for sheet in sheets:
                book.write(sheet)
            book.close()
        except BaseException:
            book.abandon()
            raise


class _Book:
    """A workbook that is being written."""

    def __init__(self, out: BinaryIO, folder: str, created: str | None) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(out, options)
        self._book.use_zip64()
        self._book.set_properties({"created": _created(created)})
        self._shown: dict[str, Format] = {}
        style = {"bold": True, "bg_color": "#D9E2EC", "bottom": 1, "valign": "top"}
        self._heading = self._book.add_format(style)

    def write(self, sheet: Sheet) -> None:
        """A sheet, on as many worksheets as it needs, and at least one."""
        rows = iter(sheet.rows)
        number = 1
        begun: Iterator[Row] | None = rows
        while begun is not None:
            name = sheet.name if number == 1 else f"{sheet.name} {number}"
            self._worksheet(name, sheet.columns, islice(begun, MAX_ROWS))
            following = next(rows, None)
            begun = None if following is None else chain((following,), rows)
            number += 1

    def _worksheet(self, name: str, columns: tuple[Column, ...], rows: Iterator[Row]) -> None:
        page: Worksheet = self._book.add_worksheet(name)
        widths = [len(column.name) + 4 for column in columns]  # room for the filter's button
        for at, column in enumerate(columns):
            page.write_string(0, at, column.name, self._heading)
        kinds = tuple(column.kind for column in columns)
        line = 0
        for line, row in enumerate(rows, 1):
            if line <= _SAMPLE:
                lengths = (len(str(cell)) + 2 if cell else 0 for cell in row)
                widths = [max(pair) for pair in zip(widths, lengths, strict=True)]
            for at, cell, kind in zip(range(len(kinds)), row, kinds, strict=True):
                if cell is not None and cell != "":
                    self._cell(page, line, at, cell, kind)
        narrow, wide = _WIDTHS
        for at, width in enumerate(widths):
            page.set_column(at, at, min(max(width, narrow), wide))
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, line, len(columns) - 1)

    def _cell(self, page: Worksheet, line: int, at: int, cell: str | int, kind: Kind) -> None:
        number = read(cell) if (read := _READ.get(kind)) and isinstance(cell, str) else None
        if isinstance(cell, int):
            number = _quantity(str(cell))
        if number is None:
            page.write_string(line, at, _text(str(cell)))
        else:
            value, shown = number
            page.write_number(line, at, value, self._format(shown))

    def _format(self, shown: str) -> Format:
        if shown not in self._shown:
            self._shown[shown] = self._book.add_format({"num_format": shown})
        return self._shown[shown]

    def close(self) -> None:
        """Put the workbook together."""
        self._book.close()

    def abandon(self) -> None:
        """Let go of what waits. Nothing of it is a workbook."""
        for page in self._book.worksheets():
            page._opt_close()
        self._book.fileclosed = True


@lru_cache(4096)
def _quantity(text: str) -> Number | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    whole, rest = match[1], match[2] or ""
    if len((whole + rest).lstrip("0")) > MAX_DIGITS:
        return None
    return float(text), f"0.{'0' * len(rest)}" if rest else "0"


@lru_cache(4096)
def _date(text: str) -> Number | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Python reads other forms of ISO 8601 too, such as weeks; those stay as they were written.
    if day < _FIRST_DAY or day.isoformat() != text:
        return None
    return float((day - _DAY_ZERO).days), "yyyy-mm-dd"


@lru_cache(4096)
def _time(text: str) -> Number | None:
    match = _TIME.fullmatch(text)
    day = _date(match[1]) if match else None
    if match is None or day is None:
        return None
    hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4])
    fraction = match[5] or ""
    thousandths = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction.ljust(3, "0"))
    seconds_shown = "ss.000" if fraction else "ss"
    return day[0] + thousandths / 86_400_000, f'yyyy-mm-dd hh:mm:{seconds_shown}"Z"'


_READ: dict[Kind, Callable[[str], Number | None]] = {
    "quantity": _quantity,
    "integer": _quantity,
    "date": _date,
    "time": _time,
}


def _text(text: str) -> str:
    # xlsxwriter takes a text between these for its own markup and would write it unescaped.
    if text.startswith("<r>") and text.endswith("</r>"):
        text = f" {text}"
    if len(text) * 2 > MAX_TEXT and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        room = (MAX_TEXT - len(CUT)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT
    return text


def _created(text: str | None) -> datetime:
    """What the workbook says of itself: UTC without an offset, as it writes it."""
    if text is None:
        return _NO_DATE
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None, microsecond=0)
