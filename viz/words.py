"""The words in figures, in every language that figures speak."""

from __future__ import annotations

from viz.catalogues import catalogues

LANGUAGES = catalogues("viz")


def word(language: str, key: str, **values: object) -> str:
    """A word or phrase; English where the language is not spoken, the key where it is not known.

    >>> word("en", "step_back", n=3)
    '3 back'
    >>> word("en", "something new")
    'something new'
    """
    text = LANGUAGES.get(language, LANGUAGES["en"]).get(key, key)
    return text.format(**values) if values else text
