r"""CSV of a sheet (RFC 4180): UTF-8, comma, CRLF, quotes where they are needed, headings first.

Spreadsheets run a cell that begins with =, +, -, @, a tab or a line break as a formula. Such a
text is written with an apostrophe before it; numbers are not.
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import BinaryIO

from tracegraph.formats.chunks import CHUNK
from tracegraph.model.sheet import Cell, Row, Sheet

BOM = b"\xef\xbb\xbf"

# Also the full-width forms, which East Asian editions of spreadsheets read alike.
_STARTS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  # meant
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def csv_chunks(sheet: Sheet, *, bom: bool = False) -> Iterator[bytes]:
    r"""The sheet as CSV, in pieces of about 64 KiB. `bom` is for spreadsheets that guess encodings.

    >>> cells = (("C1", "-2"), ("=1+1", None))
    >>> sheet = Sheet("items", (Column("item"), Column("units", "quantity")), cells)
    >>> b"".join(csv_chunks(sheet))
    b"item,units\r\nC1,-2\r\n'=1+1,\r\n"
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    if bom:
        text.write(BOM.decode())
    writer.writerow([_guarded(column.name) for column in sheet.columns])
    numeric = tuple(column.kind == "quantity" for column in sheet.columns)
    for row in sheet.rows:
        writer.writerow(_row(row, numeric))
        if text.tell() >= CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_csv(sheet: Sheet, out: BinaryIO, *, bom: bool = False) -> None:
    """Write the sheet as CSV to a binary stream."""
    for chunk in csv_chunks(sheet, bom=bom):
        out.write(chunk)


def _row(row: Row, numeric: tuple[bool, ...]) -> list[Cell]:
    return [
        _guarded(cell, number) if isinstance(cell, str) and cell[:1] in _STARTS_FORMULA else cell
        for cell, number in zip(row, numeric, strict=True)
    ]


def _guarded(text: str, number: bool = False) -> str:
    if text[:1] not in _STARTS_FORMULA or (number and _NUMBER.fullmatch(text)):
        return text
    return "'" + text
