"""Catalogues: what is said in each language, in the files that translators know (gettext).

A language is a folder below `locale`; each file in it holds a part of the words, by their keys.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

LOCALES = {"en": "en", "zh": "zh_Hans"}


@cache
def catalogues(package: str) -> dict[str, dict[str, str]]:
    """The words of a package by language and key; its files are read once.

    Raises PoFileError for a file that is malformed, ValueError where a key stands in two files.
    """
    return {language: _words(package, locale) for language, locale in LOCALES.items()}


def _words(package: str, locale: str) -> dict[str, str]:
    folder = files(package) / "locale" / locale / "LC_MESSAGES"
    found: dict[str, str] = {}
    for each in sorted(folder.iterdir(), key=lambda path: path.name):
        with each.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        entries = {str(entry.id): str(entry.string) for entry in catalogue if entry.id}
        if twice := found.keys() & entries.keys():
            raise ValueError(f"{locale}/{each.name} says again: {', '.join(sorted(twice))}")
        found |= entries
    return found
