"""Reading NDJSON: what is tolerated, what is refused, and where it stood."""

from __future__ import annotations

from io import BytesIO

import pytest

from tracegraph.formats.ndjson import Line, LineReader, parse
from tracegraph.model.refusal import Refused


def read(data: bytes, limit: int = 1000) -> list[Line]:
    return list(LineReader(BytesIO(data), limit))


def rule(data: bytes, limit: int = 1000) -> str:
    (line,) = read(data, limit)
    with pytest.raises(Refused) as caught:
        parse(line)
    (refusal,) = caught.value.refusals
    assert refusal.detail.endswith(".")
    assert refusal.accepted
    return refusal.rule


def test_lines_have_numbers_and_offsets() -> None:
    lines = read(b'{"a":1}\n\n  \n{"b":2}\n')

    assert [(line.number, line.offset, line.data, line.end) for line in lines] == [
        (1, 0, b'{"a":1}', 8),
        (4, 12, b'{"b":2}', 20),
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf{}\n[]\n", id="byte-order-mark"),
        pytest.param(b"{}\r\n[]\r\n", id="crlf"),
        pytest.param(b"\n{}\n \t\r\n[]", id="blank-lines-and-no-last-line-end"),
    ],
)
def test_what_editors_add_is_tolerated(data: bytes) -> None:
    assert [parse(line) for line in read(data)] == [{}, []]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_gives_no_line(data: bytes) -> None:
    assert read(data) == []


def test_a_long_line_is_refused_and_the_next_one_read() -> None:
    long, short = read(b'"' + b"x" * 5_000_000 + b'"\n{}\n', limit=10)

    assert (long.cut, long.offset, long.end) == (True, 0, 5_000_003)
    assert len(long.data) <= 11, "the rest must not be held"
    assert (short.number, short.offset, short.data) == (2, 5_000_003, b"{}")
    with pytest.raises(Refused, match="longer"):
        parse(long)


def test_the_limit_counts_the_line_without_its_end() -> None:
    assert [line.cut for line in read(b"12345\r\n12345\n12345", limit=5)] == [False] * 3
    assert [line.cut for line in read(b"123456\n123456", limit=5)] == [True, True]


def test_the_limit_may_change_between_lines() -> None:
    reader = LineReader(BytesIO(b"1234567890\n1234567890\n1\n"), 100)
    first = next(reader)
    reader.limit = 5

    assert [(line.number, line.cut) for line in (first, *reader)] == [
        (1, False),
        (2, True),
        (3, False),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b'{"a": "\xff"}', "utf8", id="not-utf-8"),
        pytest.param(b'{"a": ', "json", id="cut-short"),
        pytest.param(b"{} {}", "json", id="two-values"),
        pytest.param(b'{"a": NaN}', "json", id="not-a-number"),
        pytest.param(b"[" * 100_000, "too_long", id="too-long-and-deep"),
        pytest.param(b"[" * 900 + b"\xff", "utf8", id="says-utf-8-first"),
    ],
)
def test_what_is_not_json_is_refused(data: bytes, expected: str) -> None:
    assert rule(data) == expected


def test_depth_ends_without_a_crash() -> None:
    assert rule(b"[" * 100_000 + b"]" * 100_000, limit=1_000_000) == "json"


def test_a_refusal_says_where() -> None:
    (line,) = read(b'{"a": tru}')

    with pytest.raises(Refused, match="column"):
        parse(line)


def test_text_of_bad_bytes_can_be_shown() -> None:
    (line,) = read(b"caf\xe9")

    assert line.text == "caf\ufffd"
