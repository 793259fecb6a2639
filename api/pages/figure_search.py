"""The search within a genealogy on a page: its form, what it found, and where that leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from api.pages.words import Words
from viz.drawing import Card, Drawing
from viz.label import group_title, title
from viz.svg import Link


@dataclass(frozen=True, slots=True)
class Hit:
    """A card that holds what is searched for: `hits` of its members do. A group is led into."""

    title: str
    hits: int
    members: int
    address: str

    @property
    def single(self) -> bool:
        """Whether it is an item rather than a group."""
        return self.members == 1


@dataclass(frozen=True, slots=True)
class Search:
    """The form of a search at `path`, which keeps `fields`, and its answer, if it was asked."""

    path: str
    fields: tuple[tuple[str, str], ...]
    clear: str
    text: str
    said: str
    hits: tuple[Hit, ...]


def search(
    drawing: Drawing,
    text: str,
    words: Words,
    link: Link,
    clear: str,
) -> Search:
    """What a page says of a search within its figure; cards lead where `link` says.

    `clear` is the address of the same page without a search.
    """
    return Search(
        path=urlsplit(clear).path,
        fields=tuple(parse_qsl(urlsplit(clear).query)),
        clear=clear,
        text=text,
        said=found_said(drawing, text, words),
        hits=tuple(
            _hit(card, href, words)
            for card in drawing.cards
            if card.hits and (href := link(card)) is not None
        ),
    )


def found_said(drawing: Drawing, text: str, words: Words) -> str:
    """How much a search found, as a sentence; nothing where nothing is searched for."""
    if not text:
        return ""
    found = drawing.found
    if not found.drawn and not found.folded:
        return words("within_none", text=text)
    said = words("within_drawn", n=f"{found.drawn:,}", of=f"{found.of:,}")
    if not found.folded:
        return said
    more = words("within_folded", n=f"{found.folded:,}", groups=f"{found.groups:,}")
    return f"{said}{more}"


def _hit(card: Card, address: str, words: Words) -> Hit:
    mark, language = card.mark, words.language
    name = title(mark, language) if mark.single else group_title(mark, language)
    return Hit(name, card.hits, len(mark.members), address)
