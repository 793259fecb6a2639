"""Folding: texts as people read them off paper, where case, spaces and punctuation do not count."""

from __future__ import annotations


def folded(text: str) -> str:
    """The letters and digits of a text, whatever their case.

    >>> folded("NV-88213") == folded("nv 88213")
    True
    """
    return "".join(letter for letter in text.casefold() if letter.isalnum())
