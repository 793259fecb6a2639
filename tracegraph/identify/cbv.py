"""Words of the Core Business Vocabulary, in whichever form they are written."""

from __future__ import annotations

import re

# Bare, as the URN of EPCIS 1.x, as the web URI of EPCIS 2.0, and as that URI shortened by the
# standard context.
_WORD = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er):"
    r"|(?:https?://(?:ref\.gs1\.org|ns\.gs1\.org)/cbv/|cbv:)(?:BizStep|Disp|BTT|SDT|ER)-)"
    r"([a-z][A-Za-z_]*)"
)


def bare_word(value: str) -> str:
    """A word of the Core Business Vocabulary without its prefix; any other text unchanged.

    >>> bare_word("https://ref.gs1.org/cbv/BizStep-shipping")
    'shipping'
    >>> bare_word("https://example.com/bizStep/shipping")
    'https://example.com/bizStep/shipping'
    """
    match = _WORD.fullmatch(value)
    return match[1] if match else value
