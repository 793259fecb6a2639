"""Who and what places have how many affected items, by product and market: a treemap's leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from api.pages.scope_figure import At, by_certainty
from api.pages.words import Words
from tracegraph.recall.answer import AffectedItem, Scope
from viz.treemap import Leaf, counted, tiles, treemap_svg


def said(scope: Scope, words: Words, at: At) -> dict[str, Any] | None:
    """What the page of a scope says of its shares; None where nobody holds anything."""
    leaves = list(_leaves(scope, words, at))
    if not leaves:
        return None
    shown = tiles(leaves, words("share_others"))
    label = words("shares_label", leaves=f"{len(leaves):,}")
    return {
        "label": label,
        "svg": Markup(treemap_svg(shown, label=label)),
        "rows": [tile for tile in shown if tile.leaf],
        "tints": sorted(counted(shown).items(), key=lambda each: each[0].name),
    }


def _leaves(scope: Scope, words: Words, at: At) -> Iterator[Leaf]:
    """Items by product, market and holder. An item that several hold is counted at each.

    A lot of which the holder has serials is counted by them.
    """
    items = {item.key: item for item in scope.items}
    tints = {tint.name: tint for tint in by_certainty(scope, words).tints}
    count: Counter[tuple[str, str, str, str]] = Counter()
    address: dict[str, str] = {}
    for market, holder, find, item in _held(scope, items, words):
        count[item.product or words("no_product"), market, holder, item.certainty] += 1
        address[holder] = at(**find)
    for (*path, certainty), size in count.items():
        yield Leaf(tuple(path), tints[certainty], size, address[path[-1]])


def _held(
    scope: Scope, items: dict[str, AffectedItem], words: Words
) -> Iterator[tuple[str, str, dict[str, str], AffectedItem]]:
    """Market, holder, the view that lists what it holds, and each item, once for a holder."""
    for consignee in scope.consignees:
        own = {each.item for each in consignee.items}
        find = {"part": "sent", "find": consignee.party}
        name = consignee.name or consignee.party
        market = consignee.market or words("share_no_market")
        for item in _counting(own, items):
            yield market, f"{name} ({consignee.party})", find, item
    places: dict[str, set[str]] = {}
    for position in scope.positions:
        if position.holder_kind == "place" and position.holder and position.quantity != "0":
            places.setdefault(position.holder, set()).add(position.item)
    for place, own in sorted(places.items()):
        find = {"part": "positions", "find": place}
        for item in _counting(own, items):
            yield words("share_own"), place, find, item


def _counting(own: set[str], items: dict[str, AffectedItem]) -> Iterator[AffectedItem]:
    """The affected items that a holder has, but for lots of which it has serials."""
    of_serials = {items[key].lot for key in own if key in items}
    return (items[key] for key in sorted(own - of_serials) if key in items)
