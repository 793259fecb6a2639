"""A drawing: marks with their places, texts and colours, before any figure library sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tracegraph.trace.answer import Genealogy, Step
from viz.clip import clip, width
from viz.fold import BUDGET, EventMark, Folded, ItemMark, fold
from viz.label import (
    NAME,
    CardText,
    card_text,
    column_text,
    edge_hover,
    event_hover,
    event_label,
    title,
)
from viz.layout import CARD, PITCH, Layout, Route, layout
from viz.palette import Palette
from viz.tint import PLAIN, Colouring, Tint
from viz.within import Found, found, hits
from viz.words import word


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its mark, its middle, its texts, and the gravest class of its members.

    `hits` of its members hold what is searched for.
    """

    mark: ItemMark
    x: float
    y: float
    text: CardText
    tint: Tint | None = None
    on_way: bool = False
    hits: int = 0

    @property
    def key(self) -> str | None:
        """The key of the item that it is; None of a group."""
        return self.mark.members[0].key if self.mark.single else None


@dataclass(frozen=True, slots=True)
class Square:
    """The square of an event or of several; `label` stands under it."""

    mark: EventMark
    x: float
    y: float
    label: str
    hover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The line of an edge; `weight` is 0, 1 or 2. `on_way`: it is on the way that is shown."""

    route: Route
    weight: int
    hover: tuple[str, ...]
    on_way: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, by its left end."""

    x: float
    text: str
    total: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in a figure of a genealogy, in px from the top left."""

    folded: Folded
    cards: tuple[Card, ...]
    squares: tuple[Square, ...]
    lines: tuple[Line, ...]
    heads: tuple[Head, ...]
    tints: tuple[tuple[Tint, int], ...]  # the classes that occur, and of how many items
    width: float
    height: float

    @property
    def found(self) -> Found:
        """What the search within it found."""
        return found((len(card.mark.members), card.hits) for card in self.cards)


def draw(
    genealogy: Genealogy,
    *,
    language: str = "en",
    opened: frozenset[str] = frozenset(),
    budget: int = BUDGET,
    colouring: Colouring = PLAIN,
    way: Sequence[Step] = (),
    within: str = "",
) -> Drawing:
    """Fold, lay out and label a genealogy.

    The cards and lines on the `way` are told apart. It is one of items, as `Genealogy.why` gives
    it: a way through groups need not be one for any of their members. Cards that hold the text
    `within` are marked.
    """
    folded = fold(genealogy, budget=budget, opened=opened, classes=colouring.of)
    stations = _stations(folded, way)
    links = {frozenset(pair) for pair in pairwise(stations)}
    place = layout(folded)
    return Drawing(
        folded=folded,
        cards=tuple(
            replace(
                _card(mark, place.at[mark.id], language, colouring, hits(mark.members, within)),
                on_way=mark.id in stations,
            )
            for column in folded.columns
            for mark in column.marks
        ),
        squares=tuple(
            Square(
                mark,
                *place.at[mark.id],
                event_label(mark, PITCH - CARD[0] - 2, language),
                tuple(event_hover(mark, language)),
            )
            for mark in folded.events
        ),
        lines=tuple(
            replace(ln, on_way=frozenset((ln.route.edge.source, ln.route.edge.target)) in links)
            for ln in _lines(folded, place, language)
        ),
        heads=tuple(_heads(folded, place, language)),
        tints=tuple(colouring.counted(genealogy.items)),
        width=place.width,
        height=place.height,
    )


def _stations(folded: Folded, way: Sequence[Step]) -> list[str]:
    """The marks that a way leads through, one after the other."""
    found: list[str] = []
    for step in way:
        for name in (step.through, step.item):
            mark = folded.mark_of.get(name or "")
            if mark is not None and mark not in found[-1:]:
                found.append(mark)
    return found


def _card(
    mark: ItemMark, at: tuple[float, float], language: str, colouring: Colouring, hits: int
) -> Card:
    tints = colouring.counted(mark.members)
    text = card_text(mark, CARD[0], language, tints, hits)
    return Card(mark, *at, text, tints[0][0] if tints else None, hits=hits)


def fill(card: Card, palette: Palette) -> str:
    """The fill of a card: as a seed, by class, or by kind."""
    if card.mark.seed:
        return palette.seed
    if card.tint:
        return palette.fill(card.tint.colour)
    kinds = {item.kind for item in card.mark.members}
    colours = {"lot": palette.lot, "serial": palette.serial, "container": palette.container}
    return colours.get(kinds.pop(), palette.lot) if len(kinds) == 1 else palette.lot


def border(card: Card, palette: Palette) -> str:
    """The border of a card."""
    if card.on_way:
        return palette.way
    return palette.line(card.tint.colour) if card.tint else palette.border


def _lines(folded: Folded, place: Layout, language: str) -> list[Line]:
    names = {mark.id: title(mark, language) for column in folded.columns for mark in column.marks}
    for event in folded.events:
        names[event.id] = " · ".join(word(language, kind) for kind in event.types)
    return [
        Line(
            route,
            _weight(route),
            tuple(
                edge_hover(
                    route.edge,
                    (names[route.edge.source], names[route.edge.target]),
                    language,
                    back=route.back,
                )
            ),
        )
        for route in place.routes
    ]


def _weight(route: Route) -> int:
    """By orders of magnitude: under 10, under 1,000, or more."""
    amount = max((amount for _, amount in route.edge.amounts), default=route.edge.lines)
    return (amount >= 10) + (amount >= 1000)


def _heads(folded: Folded, place: Layout, language: str) -> list[Head]:
    heads = []
    for column, left in zip(folded.columns, place.columns, strict=True):
        text, total = column_text(column, language)
        room = CARD[0] - width(total, NAME, bold=True) - 8
        heads.append(Head(left, clip(text, room, NAME, bold=True), total))
    return heads
