"""The page of a large scope before it is reasoned: how far the records lead, at once."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from api.pages.recall_question import RecallQuestion
from api.pages.render import Page
from api.pages.words import Words
from api.service import Service
from tracegraph.recall.extent import Extent, Group
from tracegraph.trace.instants import read_cut
from viz.tint import Tint
from viz.treemap import Leaf, counted, tiles, treemap_svg

LARGE = 10_000  # items; fewer are reasoned and drawn in about the time that this page takes
_COLOURS = {"lot": "a", "serial": "b", "container": "c"}


def ahead(service: Service, question: RecallQuestion) -> Extent | None:
    """How far the records lead, where the scope of a question is large and not at hand.

    Raises what `recall_page.ask` does.
    """
    query = question.query()
    known = read_cut(service.graph.store, question.known_at)
    if service.scopes.holds(service.graph, query, question.as_of, known):
        return None
    found = service.graph.extent(query, as_of=question.as_of, known_at=known)
    return None if found is None or found.items <= LARGE else found


def page(found: Extent, question: RecallQuestion, words: Words) -> Page:
    """What is reached, by kind and product; the scope itself follows by itself, or by a link."""
    pinned = question.at(found.known_at)
    shown = tiles(_leaves(found, words), words("share_others"))
    label = words("extent_label", n=f"{found.items:,}")
    said = {
        "extent": found,
        "label": label,
        "svg": Markup(treemap_svg(shown, label=label)),
        "rows": [tile for tile in shown if tile.leaf],
        "tints": sorted(counted(shown).items(), key=lambda each: (-each[1], each[0].name)),
        "whole": pinned.address("/recall/whole", *pinned.view()),
        "then": pinned.address(),
        "json": [(words("json_scope"), pinned.address("/recall/export", format="json"))],
        "asked": question,
        "here": "recall",
    }
    return Page("recall_extent.html", words, said)


def _leaves(found: Extent, words: Words) -> Iterator[Leaf]:
    return (
        Leaf((_kind(group, words), group.product or words("no_product")), _tint(group, words),
             group.items)
        for group in found.groups
    )  # fmt: skip


def _tint(group: Group, words: Words) -> Tint:
    return Tint(group.kind, _kind(group, words), "", _COLOURS.get(group.kind, "other"))


def _kind(group: Group, words: Words) -> str:
    return words.name(group.kind) if group.kind else words("extent_other")
