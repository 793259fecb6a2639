"""Catalogues: every file is read, no key stands twice, what is malformed is not passed over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import PoFileError

from viz.catalogues import LOCALES, catalogues

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package that a test may write words for."""
    folder = tmp_path / "spoken"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "spoken", raising=False)
    catalogues.cache_clear()
    return folder


def write(package: Path, locale: str, name: str, words: dict[str, str]) -> None:
    folder = package / "locale" / locale / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    said = "".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in words.items())
    (folder / name).write_text(HEAD + said, encoding="utf-8")


def test_words_of_all_files_of_a_language_are_one(package: Path) -> None:
    for language, locale in LOCALES.items():
        write(package, locale, "a.po", {"yes": f"是 {language}"})
        write(package, locale, "b.po", {"no": "{n} no"})

    assert catalogues("spoken") == {
        language: {"yes": f"是 {language}", "no": "{n} no"} for language in LOCALES
    }


def test_a_key_in_two_files_is_a_mistake(package: Path) -> None:
    for name in ("a.po", "b.po"):
        write(package, "en", name, {"yes": name})

    with pytest.raises(ValueError, match=r"en/b\.po says again: yes"):
        catalogues("spoken")


def test_a_malformed_file_is_no_shorter_one(package: Path) -> None:
    for locale in LOCALES.values():
        write(package, locale, "a.po", {"yes": "yes"})
    file = package / "locale" / "en" / "LC_MESSAGES" / "a.po"
    file.write_text(file.read_text() + 'msgid "no"\n')

    with pytest.raises(PoFileError):
        catalogues("spoken")
