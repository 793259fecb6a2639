"""NDJSON: one JSON value a line, read line by line in constant memory.

A byte order mark, CRLF and blank lines are tolerated; everything else that is not one JSON
value is refused with its line, so that the lines around it can still be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import orjson

from tracegraph.model.refusal import Refusal, Refused

MAX_LINE = 32 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
ACCEPTED = "one JSON object a line, in UTF-8"

_BLANKS = b" \t\r\n"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `number` counts from 1, `offset` in bytes from the start.

    `data` has no line end. Of a line that is `cut`, longer than the limit, only the beginning
    is there. `end` is the offset of the next line.
    """

    number: int
    offset: int
    data: bytes
    end: int
    cut: bool = False

    @property
    def text(self) -> str:
        """The line as text; bytes that are not UTF-8 show as U+FFFD."""
        return self.data.decode(errors="replace")


class LineReader:
    """The lines of a stream, blank ones left out, one in memory at a time.

    `limit` is the longest line, in bytes, and may be changed between two lines.

    >>> import io
    >>> [(line.number, line.offset, line.data) for line in LineReader(io.BytesIO(b"{}\\r\\n\\n[]"))]
    [(1, 0, b'{}'), (3, 5, b'[]')]
    """

    def __init__(self, stream: IO[bytes], limit: int = MAX_LINE) -> None:
        self.limit = limit
        self._stream = stream
        self._number = self._offset = 0

    def __iter__(self) -> Iterator[Line]:
        """The reader itself: it can be read once."""
        return self

    def __next__(self) -> Line:
        """The next line that is not blank."""
        while data := self._stream.readline(self.limit + 1):
            self._number += 1
            start, self._offset = self._offset, self._offset + len(data)
            whole = data.rstrip(b"\r\n")
            cut = len(whole) > self.limit
            if cut and whole == data:
                self._skip()
            if self._number == 1:
                whole = whole.removeprefix(BOM)
            if whole := whole.strip(_BLANKS):
                return Line(self._number, start, whole, self._offset, cut)
        raise StopIteration

    def _skip(self) -> None:
        while data := self._stream.readline(_CHUNK):
            self._offset += len(data)
            if data.endswith(b"\n"):
                return


def parse(line: Line) -> Any:
    """The JSON value of a line. Raises Refused with what is wrong with it."""
    if line.cut:
        raise _refused("too_long", "is longer than can be read as one line.", ACCEPTED)
    return parse_json(line.data)


def parse_json(data: bytes) -> Any:
    """The JSON value that `data` is. Raises Refused, with line and column of the fault."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        fault = error
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _refused("utf8", f"is not UTF-8 at byte {error.start + 1}.", ACCEPTED) from None
    where = (
        f"line {fault.lineno} column {fault.colno}" if fault.lineno > 1 else f"column {fault.colno}"
    )
    raise _refused("json", f"is not JSON: {fault.msg}, at {where}.", ACCEPTED) from fault


def _refused(rule: str, detail: str, accepted: str) -> Refused:
    return Refused((Refusal("", rule, detail, accepted),))
