"""Texts that fit: widths estimated, ends cut off with an ellipsis, markup made inert."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
_NARROW = frozenset("iljtfrI.,:;|!'`()[]{}/\\ -")
_WIDE = frozenset("mwMW@%&—")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in px, estimated a little too large for any common sans-serif."""
    ems = sum(_ems(character) for character in text)
    return ems * size * (1.1 if bold else 1.0)


def clip(text: str, room: float, size: float, *, bold: bool = False, middle: bool = False) -> str:
    """Cut a text to a room in px; `middle` keeps both its ends, as numbers want it.

    >>> clip("Infusion set 180 cm", 60, 10)
    'Infusion s…'
    >>> clip("950600013435200017", 70, 10, middle=True)
    '95060…0017'
    """
    text = one_line(text)
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if width(_cut(text, kept, middle), size, bold=bold) <= room:
            low = kept
        else:
            high = kept - 1
    return _cut(text, low, middle)


def one_line(text: str) -> str:
    """The text without what would break a line or turn its direction."""
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    ).strip()


def inert(text: str) -> str:
    """The text as figures may show it: Plotly reads some HTML in texts, this leaves none.

    >>> inert("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, kept: int, middle: bool) -> str:
    if not middle:
        return text[:kept].rstrip() + ELLIPSIS
    tail = kept // 2
    return text[: kept - tail] + ELLIPSIS + (text[-tail:] if tail else "")


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW:
        return 0.38
    if character in _WIDE:
        return 0.95
    if character.isupper():
        return 0.72
    return 0.64
