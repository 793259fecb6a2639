"""What cards, squares, edges and columns say, before it is cut to fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracegraph.trace.answer import TracedItem
from viz.clip import clip, width
from viz.fold import OTHERS, Column, EventMark, FoldedEdge, ItemMark
from viz.tint import Tint
from viz.words import word

NAME, DETAIL, BADGE, EVENT_LABEL = 12.0, 10.5, 11.0, 9.5  # px
PADDING = 8.0
TIMES, TO = "\N{MULTIPLICATION SIGN}", " \N{EN DASH} "
FOUND = "◆"  # on what a search found, so that its colour does not stand alone
LISTED = 6  # members that the hover text of a group names


@dataclass(frozen=True, slots=True)
class CardText:
    """The texts of a card, cut to fit, and the lines that its hover text shows in full."""

    name: str
    detail: str
    badge: str
    hover: tuple[str, ...]


def card_text(
    mark: ItemMark,
    room: float,
    language: str,
    tints: Sequence[tuple[Tint, int]] = (),
    hits: int = 0,
) -> CardText:
    """What a card says within `room` px; `tints` are the classes of its members, counted.

    `hits` of its members were found by a search.
    """
    inner = room - 2 * PADDING
    badge = _badge(mark, hits)
    star = "★ " if mark.seed else ""
    left = inner - (width(badge, BADGE, bold=True) + 4 if badge else 0)
    left -= width(star, NAME, bold=True)
    name, detail = title(mark, language), subtitle(mark, language)
    if tints:
        detail = f"{glyphs(tints)} {detail}"
    return CardText(
        name=star + clip(name, left, NAME, bold=True, middle=" " not in name),
        detail=clip(detail, inner, DETAIL),
        badge=badge,
        hover=(
            *(_item_hover(mark, language) if mark.single else _group_hover(mark, language)),
            *([" · ".join(tinted(tints, mark))] if tints else []),
            *([f"{FOUND} {word(language, 'hits', n=f'{hits:,}')}"] if hits else []),
        ),
    )


def _badge(mark: ItemMark, hits: int) -> str:
    if mark.single:
        return FOUND if hits else ""
    return f"{f'{FOUND}{hits:,} ' if hits else ''}{TIMES}{len(mark.members):,}"


def glyphs(tints: Sequence[tuple[Tint, int]]) -> str:
    """The classes of a card by their glyphs, with counts where it holds several."""
    if len(tints) == 1:
        return tints[0][0].glyph
    return " ".join(f"{tint.glyph}{count:,}" for tint, count in tints)


def tinted(tints: Sequence[tuple[Tint, int]], mark: ItemMark) -> list[str]:
    """The classes of a card by their names, with counts where it is a group."""
    if mark.single:
        return [f"{tint.glyph} {tint.label}" for tint, _ in tints]
    return [f"{tint.glyph} {tint.label} {count:,}" for tint, count in tints]


def title(mark: ItemMark, language: str) -> str:
    """The name of an item or of a group, in full."""
    first = mark.members[0]
    if mark.single:
        return first.number or first.key
    if mark.path == (OTHERS,):
        products = {(item.kind, item.product) for item in mark.members}
        if len(products) > 1:
            return word(language, "others", n=f"{len(products):,}")
    return first.product or kinds(mark.members, language)


def group_title(mark: ItemMark, language: str) -> str:
    """A group on one line, for lists."""
    return f"{title(mark, language)} · {subtitle(mark, language)}"


def subtitle(mark: ItemMark, language: str) -> str:
    """The second line of a card, in full."""
    first = mark.members[0]
    if mark.single:
        product = first.product or word(language, "no_product")
        return f"{word(language, first.kind)} {product}"
    said = []
    match mark.path:
        case (_, _, _, _, _, _, _):
            last = mark.members[-1]
            ends = [clip(i.number or i.key, 52, DETAIL, middle=True) for i in (first, last)]
            return word(language, "range", first=ends[0], last=ends[1])
        case (_, _, _, _, lot) if lot:
            return word(language, "in_lot", lot=lot)
        case _:
            if first.product:
                said.append(kinds(mark.members, language))
    return " ".join([*said, _months(mark.members)]).strip()


def kinds(items: Iterable[TracedItem], language: str) -> str:
    """The kinds of items in the plural, or "items" where they differ.

    >>> kinds([], "en")
    'items'
    """
    found = {item.kind for item in items}
    return word(language, f"{found.pop()}s" if len(found) == 1 else "items")


def column_text(column: Column, language: str) -> tuple[str, str]:
    """The head of a column, and its total."""
    if any(mark.seed for mark in column.marks):
        head = word(language, "seed")
    elif column.step == 0:
        head = word(language, "step_beside")
    else:
        key = "step_back" if column.step < 0 else "step_forward"
        beyond = "+" if column.clipped else ""
        head = word(language, key, n=f"{abs(column.step)}{beyond}")
    return head, f"{column.items:,}"


def event_label(mark: EventMark, room: float, language: str) -> str:
    """The short text under a square."""
    count = f" {TIMES}{len(mark.nodes):,}" if len(mark.nodes) > 1 else ""
    what = " · ".join(word(language, kind) for kind in mark.types)
    return clip(what, room - width(count, EVENT_LABEL), EVENT_LABEL) + count


def event_hover(mark: EventMark, language: str) -> list[str]:
    """What a square stands for: each event, or how many of each type."""
    if len(mark.events) > LISTED:
        counts = Counter(event.type for event in mark.events)
        lines = [f"{word(language, kind)} {TIMES}{n:,}" for kind, n in sorted(counts.items())]
        since = min(event.started_at for event in mark.events)
        return [*lines, f"{since}{TO}{max(event.occurred_at for event in mark.events)}"]
    return [
        f"{word(language, event.type)} {event.id} · {event.source} · {event.occurred_at}"
        for event in mark.events
    ]


def edge_hover(edge: FoldedEdge, ends: tuple[str, str], language: str, *, back: bool) -> list[str]:
    """What flows along an edge."""
    lines = [f"{ends[0]} → {ends[1]}"]
    if edge.kind in {"comprises", "pooled"}:
        lines.append(word(language, edge.kind))
    elif edge.amounts:
        lines.append(" + ".join(f"{_amount(n)} {unit}".strip() for unit, n in edge.amounts))
    if edge.unknown and edge.kind in {"input", "output"}:
        lines.append(word(language, "unknown_quantity"))
    if edge.lines > 1:
        lines.append(word(language, "edges_folded", n=f"{edge.lines:,}"))
    if back:
        lines.append(word(language, "flows_back"))
    return lines


def _item_hover(mark: ItemMark, language: str) -> list[str]:
    item = mark.members[0]
    lines = [title(mark, language), subtitle(mark, language)]
    if item.first_event:
        ends = dict.fromkeys([item.first_event, item.last_event or item.first_event])
        lines.append(TO.join(ends))
    if item.key not in lines:
        lines.append(item.key)
    return lines


def _group_hover(mark: ItemMark, language: str) -> list[str]:
    lines = [title(mark, language), subtitle(mark, language)]
    shown = [item.number or item.key for item in mark.members[:LISTED]]
    lines.append(", ".join(shown) + (", …" if len(mark.members) > LISTED else ""))
    lines.append(word(language, "folded", n=f"{len(mark.members):,}"))
    return [line for line in lines if line]


def _months(items: Iterable[TracedItem]) -> str:
    found = sorted({item.first_event[:7] for item in items if item.first_event})
    return TO.join(dict.fromkeys([found[0], found[-1]])) if found else ""


def _amount(number: Decimal) -> str:
    return f"{number.normalize():,f}"
