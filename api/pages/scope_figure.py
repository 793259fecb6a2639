"""The genealogy of what a scope says is affected, as a figure: folded, coloured by certainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.pages.figure_search import search
from api.pages.figure_sheet import sheet
from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.words import Words
from tracegraph.recall.answer import Scope
from tracegraph.trace.answer import Genealogy
from viz.drawing import Card, Drawing, draw
from viz.fold import BUDGET, OTHERS, ItemMark
from viz.label import group_title
from viz.svg import standalone, svg_of
from viz.tint import Colouring, Tint

CERTAINTIES = (("certain", "●"), ("possible", "◐"))
At = Callable[..., str]  # the address of a view of a scope, by its fields


@dataclass(frozen=True, slots=True)
class Fold:
    """A folded card, or one that is open: the address that opens or closes it, and its table."""

    title: str
    members: int
    address: str
    table: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Where the cards of a scope's figure lead; `at` gives the address of a view of the scope."""

    at: At
    item_at: Callable[[str], str]
    view: RecallQuestion
    lot_of: Mapping[str, str | None]  # of serials, as the table knows it

    def card(self, card: Card) -> str:
        """An item's page; a group opened in the figure, or its table where it has no room there."""
        mark = card.mark
        if mark.single:
            return self.item_at(mark.members[0].key)
        if len(mark.members) < BUDGET and mark.id not in self.view.opened:
            return self.turned(mark)
        return self.table(mark)

    def turned(self, mark: ItemMark) -> str:
        """The scope with a group opened, or closed where it is open."""
        return self.looked(opened=self.view.opened ^ {mark.id})

    def looked(self, **more: Any) -> str:
        """The figure as it is looked at, but for what `more` says."""
        view = self.view
        seen = {"opened": view.opened, "within": view.within, "card": view.card}
        return self.at(**seen | more) + "#genealogy"

    def table(self, mark: ItemMark) -> str:
        """The table of affected items, narrowed to what the members of a group share.

        Searches go by text, so that it may show more than the group, never less.
        """
        if mark.path == (OTHERS,):
            return self.at(part="items")
        _, product, certainty, _, lot, *_ = (*mark.path, "", "", "")
        if not lot or any(lot not in (self.lot_of.get(i.key) or "") for i in mark.members):
            return self.at(part="items", find=product, certainty=certainty)
        return self.at(part="items", find=lot, certainty=certainty)


def by_certainty(scope: Scope, words: Words) -> Colouring:
    """Affected items by how surely they are."""
    return Colouring(
        {item.key: item.certainty for item in scope.items},
        tuple(Tint(name, words.of("certainty", name), glyph, name) for name, glyph in CERTAINTIES),
    )


def said(
    scope: Scope, lineage: Genealogy, view: RecallQuestion, words: Words, at: At,
    item_at: Callable[[str], str],
) -> dict[str, Any]:  # fmt: skip
    """What the page of a scope says of its figure. Linear in the edges of the lineage, once."""
    drawing, label = _drawn(scope, lineage, view, words)
    addresses = _Addresses(at, item_at, view, {item.key: item.lot for item in scope.items})
    return {
        "label": label,
        "svg": Markup(svg_of(drawing, label=label, link=addresses.card, chosen=view.card)),
        "search": search(drawing, view.within, words, addresses.card, addresses.looked(within="")),
        "tints": drawing.tints,
        "folds": _folds(drawing, addresses, words),
        "opened": bool(view.opened),
    }


def svg(scope: Scope, lineage: Genealogy, view: RecallQuestion, words: Words) -> str:
    """The figure as an SVG file."""
    drawing, label = _drawn(scope, lineage, view, words)
    return standalone(svg_of(drawing, label=label))


def figure_sheet(
    scope: Scope, lineage: Genealogy, view: RecallQuestion, words: Words, name: str
) -> Page:
    """The figure on a sheet of its own, to be printed, under the name of its scope."""
    drawing, label = _drawn(scope, lineage, view, words)
    svg = standalone(svg_of(drawing, label=label))
    what = f"{words('part_genealogy')}: {name}"
    return sheet(svg, what, label, words, name=name, as_of=scope.as_of, known_at=scope.known_at)


def _drawn(
    scope: Scope, lineage: Genealogy, view: RecallQuestion, words: Words
) -> tuple[Drawing, str]:
    """The figure, and what it is called."""
    drawing = draw(
        lineage,
        language=words.language,
        opened=view.opened,
        colouring=by_certainty(scope, words),
        within=view.within,
    )
    items, events = f"{len(scope.items):,}", f"{len(lineage.events):,}"
    return drawing, words("scope_figure_label", items=items, events=events)


def _folds(drawing: Drawing, addresses: _Addresses, words: Words) -> list[Fold]:
    folded = drawing.folded
    closed = [mark for column in folded.columns for mark in column.marks if not mark.single]
    return [
        Fold(
            group_title(mark, words.language), len(mark.members), addresses.turned(mark),
            addresses.table(mark), is_open,
        )
        for marks, is_open in ((folded.opened, True), (closed, False))
        for mark in marks
    ]  # fmt: skip
