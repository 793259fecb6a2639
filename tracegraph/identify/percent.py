"""Percent-encoding in URIs (RFC 3986, section 2.1), read strictly."""

from __future__ import annotations

import re
from urllib.parse import unquote

from tracegraph.identify.identification import Flaw

_ENCODES_NOTHING = re.compile(r"%(?![0-9A-Fa-f]{2})")


def decoded_or_flaw(text: str) -> str | Flaw:
    """The text with its percent-encodings resolved, or the flaw in them.

    A plus sign stays a plus sign, in queries too: a space is in no lot or serial number.

    >>> decoded_or_flaw("A%2FB+1")
    'A/B+1'
    >>> decoded_or_flaw("100%").code
    'percent_encoding'
    """
    try:
        if not _ENCODES_NOTHING.search(text):
            return unquote(text, errors="strict")
    except UnicodeDecodeError:
        pass
    return Flaw(
        "percent_encoding",
        f"A percent sign has two hexadecimal digits of UTF-8 behind it, unlike {text[:60]!r}.",
    )
