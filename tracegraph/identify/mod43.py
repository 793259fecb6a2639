"""The check character that ends every HIBC label.

Source: ANSI/HIBC 2.6, appendix on the check character; the alphabet and its values are those of
Code 39 (ISO/IEC 16388). The values of all characters, the leading plus sign included, are added,
and the sum modulo 43 is the value of the check character. It finds every single wrong character,
but no swap.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def check_character(text: str) -> str | None:
    """The check character that belongs behind a text; None if it leaves the alphabet.

    >>> check_character("+A123BJC5D6E71")
    'G'
    """
    try:
        return ALPHABET[sum(_VALUES[character] for character in text) % len(ALPHABET)]
    except KeyError:
        return None
