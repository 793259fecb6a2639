"""A file of events, whatever it holds: NDJSON, a JSON array, one event, an EPCIS document, XML too.

What it is shows in its content, not in its name. The first line that is a JSON value by itself
makes it NDJSON, read line by line; a file that is one JSON value over many lines is read whole.
In either, EPCIS documents and EPCIS events are converted where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from typing import IO, Any

from tracegraph.capture.importing import Found
from tracegraph.formats.epcis import is_epcis, read_epcis, read_xml
from tracegraph.formats.ndjson import BOM, MAX_LINE, Line, LineReader, parse, parse_json
from tracegraph.model.refusal import Refusal, Refused

MAX_DOCUMENT = 512 * 1024 * 1024
EPCIS_SOURCE = "epcis"

_XML_IN_UTF_16 = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
_SHOWN = 10_000  # characters of something unreadable that are worth keeping


@dataclass(frozen=True, slots=True)
class EventFile:
    """A named stream of events.

    `source` is for EPCIS events, which name none themselves, and `own` are names of us among
    their parties.
    """

    name: str
    stream: IO[bytes]
    source: str | None = None
    own: frozenset[str] = frozenset()
    max_line: int = MAX_LINE
    max_document: int = MAX_DOCUMENT

    def read(self) -> Iterator[Found]:
        """Yield every event of the file, and a refusal for everything that is none.

        NDJSON in constant memory; a document needs its size a few times over.
        """
        lines = LineReader(self.stream, self.max_document)
        first = next(lines, None)
        lines.limit = self.max_line
        if first is None:
            return
        if _is_xml(first.data):
            yield from self._xml(first)
            return
        one_line = first.data[:1] != b"[" and not first.cut and len(first.data) <= self.max_line
        if not one_line:
            yield from self._document(first, first)
        elif _is_value(first):
            yield from self._lines(chain([first], lines))
        else:
            second = next(lines, None)
            if second is None or _is_object(second):
                yield from self._lines(chain([first], [second] if second else [], lines))
            else:
                yield from self._document(first, second)

    def _xml(self, first: Line) -> Iterator[Found]:
        """One XML document; pointers are into its JSON form."""
        data = first.data + self._rest(first, first.data)
        if first.cut or len(data) > self.max_document:
            yield self._refused(first, data, "too_long", "is an XML document that is too large.")
            return
        try:
            value = read_xml(data)
        except Refused as error:
            yield self._refused(first, data, error.refusals[0].rule, error.refusals[0].detail)
        else:
            yield from self._epcis(value, "", None, None)

    def _rest(self, first: Line, head: bytes) -> bytes:
        """What follows the head of a document, up to where it is too large."""
        rest = b"" if first.cut else self.stream.read(max(0, self.max_document - len(head)) + 1)
        return b"\n" + rest if rest else b""

    def _lines(self, lines: Iterable[Line]) -> Iterator[Found]:
        for line in lines:
            try:
                value = parse(line)
            except Refused as error:
                shown = line.text[:_SHOWN]
                yield Found(
                    self.name, line.number, "", shown, refusals=error.refusals, end=line.end
                )
            else:
                yield from self._value(value, "", line.number, line.text, line.end)

    def _document(self, first: Line, last: Line) -> Iterator[Found]:
        """One JSON value, begun in these lines; where it is none, its lines may still be."""
        head = b"\n" * (first.number - 1) + first.data  # faults are told by their line
        if last is not first:
            head += b"\n" * (last.number - first.number) + last.data
        rest = self._rest(first, head)
        data = head + rest
        if first.cut or len(data) > self.max_document:
            yield self._refused(first, data, "too_long", "is a JSON document that is too large.")
            return
        try:
            value = parse_json(data)
        except Refused as error:
            if any(_is_object(line) for line in LineReader(BytesIO(data), self.max_line)):
                yield from self._lines(LineReader(BytesIO(data), self.max_line))
            else:
                yield self._refused(first, data, error.refusals[0].rule, error.refusals[0].detail)
            return
        if not isinstance(value, list):
            yield from self._value(value, "", None, value, last.end + len(rest.removeprefix(b"\n")))
            return
        for index, element in enumerate(value):
            yield from self._value(element, f"/{index}", None, element, None)

    def _refused(self, first: Line, data: bytes, rule: str, detail: str) -> Found:
        accepted = "NDJSON (one event a line), a JSON array, one event, or an EPCIS document"
        shown = data[:_SHOWN].decode(errors="replace").removeprefix(BOM.decode())
        refusal = Refusal("", rule, detail, accepted)
        return Found(self.name, first.number, "", shown, refusals=(refusal,))

    def _value(
        self, value: Any, at: str, line: int | None, raw: Any, end: int | None
    ) -> Iterator[Found]:
        if is_epcis(value):
            yield from self._epcis(value, at, line, end)
        elif isinstance(value, dict):
            yield Found(self.name, line, at, raw, value, end=end)
        else:
            refusal = Refusal(at, "object", "is no JSON object.", "one JSON object an event")
            yield Found(self.name, line, at, raw, refusals=(refusal,), end=end)

    def _epcis(self, value: Any, at: str, line: int | None, end: int | None) -> Iterator[Found]:
        try:
            for one in read_epcis(value, source=self.source or EPCIS_SOURCE, own=self.own):
                found = Found(
                    self.name, line, at + one.pointer, _part(value, one.pointer),
                    refusals=_moved(one.refusals, at), converted=True, end=end,
                )  # fmt: skip
                if one.refusals:
                    yield found
                for event in one.events:
                    yield replace(found, event=event, refusals=())
        except Refused as error:
            yield Found(self.name, line, at, value, refusals=_moved(error.refusals, at), end=end)


def _is_xml(data: bytes) -> bool:
    return data.startswith(_XML_IN_UTF_16) or data.removeprefix(BOM).lstrip()[:1] == b"<"


def _is_value(line: Line) -> bool:
    try:
        parse(line)
    except Refused:
        return False
    return True


def _is_object(line: Line) -> bool:
    return line.data[:1] == b"{" and _is_value(line)


def _moved(refusals: tuple[Refusal, ...], at: str) -> tuple[Refusal, ...]:
    """Refusals of a part of a file, with pointers from the root of what the part stands in."""
    return tuple(replace(refusal, pointer=at + refusal.pointer) for refusal in refusals)


def _part(value: Any, at: str) -> Any:
    """What a pointer of the EPCIS reader (names and indexes, nothing escaped) points to."""
    for name in at.split("/")[1:]:
        value = value[int(name) if isinstance(value, list) else name]
    return value
