"""Chunks: small pieces of a stream gathered into pieces worth sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
