"""Chunks: small pieces of a stream gathered into pieces worth sending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

CHUNK = 64 * 1024


def gathered(pieces: Iterable[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The same bytes in pieces of at least `size`, but for the last. None is empty.

    >>> list(gathered([b"ab", b"", b"c", b"d"], size=3))
    [b'abc', b'd']
    """
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        if len(buffer) >= size:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


def spooled(write: Callable[[BinaryIO], None]) -> Iterator[bytes]:
    """What `write` puts into a file, in pieces: for formats that are not written front to back.

    All of it is written when this is called, into a file that nobody else sees, so that what
    fails does so before the first piece.

    >>> list(spooled(lambda out: out.write(b"abc") and None))
    [b'abc']
    """
    file = TemporaryFile(prefix="tracegraph-")  # noqa: SIM115  # closed when the pieces are read
    try:
        write(file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
