"""The pages on which people sign in with a key, and out again."""

from __future__ import annotations

import re

from api.pages.question import with_query
from api.pages.render import Page
from api.pages.visitor import Visitor, Why
from api.pages.words import Words

PATH = "/signin"
_OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)


def page(visitor: Visitor, target: str, lang: str, words: Words, *, refused: bool = False) -> Page:
    """The form. What was typed is not shown again, nor why a key is none."""
    said = {"target": here(target), "own_lang": lang, "refused": refused}
    return Page("signin.html", words, said, 403 if refused else 200, acts=True)


def turned_page(why: Why, words: Words) -> Page:
    """Why nothing was done, and what would help."""
    return Page("turned.html", words, {"why": why}, 403)


def leading_page(address: str, words: Words) -> Page:
    """For whoever comes by a link from elsewhere: it leads on to the form by itself."""
    return Page("leading.html", words, {"address": address})


def address(target: str, lang: str = "") -> str:
    """The address of the form, which leads on to `target`."""
    said = [("next", here(target)), ("lang", lang)]
    return with_query(PATH, [(name, text) for name, text in said if text not in ("", "/")])


def here(target: str) -> str:
    """An address of this service; its first page instead of any other.

    >>> here("/recall?item=A"), here("//evil.example"), here("https://evil.example/")
    ('/recall?item=A', '/', '/')
    """
    return target if _OURS.fullmatch(target) else "/"
