"""Lot and serial numbers: AI (10) and AI (21).

Source: GS1 General Specifications, section 7.11, character set 82; up to 20 characters for both.
"""

from __future__ import annotations

import re

from tracegraph.identify.identification import Flaw

MAX_LENGTH = 20
_OUTSIDE_SET_82 = re.compile(r"""[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]""")


def text_or_flaw(name: str, text: str) -> str | Flaw:
    """The text if it can be a lot or serial number, else what is wrong with it.

    >>> text_or_flaw("lot", "C/1")
    'C/1'
    >>> text_or_flaw("lot", "C 1")
    Flaw(code='characters', detail="A lot has the characters of GS1 set 82, which lacks ' '.")
    """
    if outside := _OUTSIDE_SET_82.search(text):
        return Flaw(
            "characters",
            f"A {name} has the characters of GS1 set 82, which lacks {outside.group()!r}.",
        )
    if not 1 <= len(text) <= MAX_LENGTH:
        return Flaw("length", f"A {name} has 1 to {MAX_LENGTH} characters, not {len(text)}.")
    return text
