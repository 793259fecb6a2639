"""A treemap: areas by size, nested by what they share, squarified, never too many to be read.

Squarified rectangles: Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import count

from viz.clip import clip, one_line, width
from viz.tint import Tint

LEAVES = 300
SIZE = (1100.0, 480.0)
HEADS = (18.0, 15.0)  # of the outer boxes, by level
TEXT = (12.0, 10.5, 10.5)  # px, by level
PADDING = 5.0


@dataclass(frozen=True, slots=True)
class Leaf:
    """So many of what shares a path, of one class; `href` is where its rectangle leads.

    `folded` says how many leaves it stands for, where there were too many.
    """

    path: tuple[str, ...]
    tint: Tint
    size: int
    href: str | None = None
    folded: int = 1


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in px from the top left."""

    x: float
    y: float
    wide: float
    high: float

    @property
    def area(self) -> float:
        """Its area."""
        return self.wide * self.high


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle with what it says: `leaf` where it is one, else the head of several."""

    box: Box
    level: int
    label: str
    size: int
    leaf: Leaf | None = None


def tiles(leaves: Iterable[Leaf], others: str, *, most: int = LEAVES) -> list[Tile]:
    """Where everything stands, outer rectangles before what is in them.

    `others` is what leaves are called that stand for several. O(n log n) in the leaves.
    """
    shown = fold_leaves([leaf for leaf in leaves if leaf.size > 0], others, most=most)
    found: list[Tile] = []
    _place(shown, Box(0.0, 0.0, *SIZE), 0, found)
    return found


def counted(shown: Iterable[Tile]) -> Counter[Tint]:
    """How much of each class there is in the leaves of what is shown."""
    count: Counter[Tint] = Counter()
    for tile in shown:
        if tile.leaf:
            count[tile.leaf.tint] += tile.leaf.size
    return count


def fold_leaves(leaves: Sequence[Leaf], others: str, *, most: int = LEAVES) -> list[Leaf]:
    """At most `most` leaves of the same size in all: the smallest share one.

    They do so within what they share but their last name; where that is not enough, with less.
    """
    ordered = sorted(leaves, key=lambda leaf: (-leaf.size, leaf.path, leaf.tint.name))
    if len(ordered) <= most:
        return ordered
    depth = max(len(leaf.path) for leaf in ordered)
    for kept in range(depth - 1, -1, -1):
        for room in (most * 3 // 4, most // 2, most // 4, 0):
            folded = _together(ordered[room:], kept, others)
            if room + len(folded) <= most:
                return sorted([*ordered[:room], *folded], key=lambda leaf: (-leaf.size, leaf.path))
    return _together(ordered, 0, others)


def _together(leaves: Iterable[Leaf], kept: int, others: str) -> list[Leaf]:
    groups: defaultdict[tuple[tuple[str, ...], Tint], list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        groups[leaf.path[:kept], leaf.tint].append(leaf)
    return [
        replace(own[0], path=(*path, others), size=sum(leaf.size for leaf in own), href=None,
                folded=len(own))
        if len(own) > 1
        else own[0]
        for (path, _), own in groups.items()
    ]  # fmt: skip


def _place(leaves: Sequence[Leaf], box: Box, level: int, found: list[Tile]) -> None:
    groups: defaultdict[str, list[Leaf]] = defaultdict(list)
    single = count()
    for leaf in leaves:
        last = len(leaf.path) == level + 1
        # Leaves that end here stand each for itself, also those of one name and two classes.
        groups[f"\0{next(single)}" if last else leaf.path[level]].append(leaf)
    whole = [(sum(leaf.size for leaf in own), own) for own in groups.values()]
    whole.sort(key=lambda each: (-each[0], each[1][0].path, each[1][0].tint.name))
    boxes = squarify([size for size, _ in whole], box)
    for (size, own), at in zip(whole, boxes, strict=True):
        label = own[0].path[level]
        if len(own) == 1 and len(own[0].path) == level + 1:
            found.append(Tile(at, level, label, size, own[0]))
            continue
        found.append(Tile(at, level, label, size))
        head = HEADS[min(level, len(HEADS) - 1)]
        room = head if at.high > 2.2 * head and at.wide > 70 else 0.0
        edge = 2.0 if min(at.wide, at.high) > 12 else 0.0
        inner = Box(at.x + edge, at.y + room + edge * (not room),
                    at.wide - 2 * edge, at.high - room - edge * (1 + (not room)))  # fmt: skip
        _place(own, inner, level + 1, found)


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Rectangles of areas as the sizes, the largest first, that fill a box and are near squares.

    >>> [round(each.wide) for each in squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 600, 400))]
    [300, 300, 171, 129, 120, 120, 60]
    """
    total = sum(sizes)
    if not total or box.area <= 0:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in sizes]
    areas = [size * box.area / total for size in sizes]
    found: list[Box] = []
    at = 0
    while at < len(areas):
        side = min(box.wide, box.high)
        end = at + 1
        while end < len(areas) and _worst(areas[at : end + 1], side) <= _worst(areas[at:end], side):
            end += 1
        row, box = _row(areas[at:end], box, last=end == len(areas))
        found += row
        at = end
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """The worst ratio of sides in a row along a side."""
    total = sum(row)
    if not total or not side:
        return float("inf")
    return max(side * side * max(row) / total**2, total**2 / (side * side * min(row)))


def _row(row: Sequence[float], box: Box, *, last: bool) -> tuple[list[Box], Box]:
    """A row along the shorter side, and the box that is left."""
    along = box.wide >= box.high  # stacked at the left
    side = box.high if along else box.wide
    across = box.wide if along else box.high
    deep = across if last else min(across, sum(row) / side if side else 0.0)
    found, begin = [], box.y if along else box.x
    for area in row:
        length = side * area / sum(row)
        found.append(Box(box.x, begin, deep, length) if along else Box(begin, box.y, length, deep))
        begin += length
    if along:
        return found, Box(box.x + deep, box.y, box.wide - deep, box.high)
    return found, Box(box.x, box.y + deep, box.wide, box.high - deep)


def treemap_svg(shown: Sequence[Tile], *, label: str) -> str:
    """A treemap as an SVG element; leaves lead to where they say. The style sheet colours it."""
    wide, high = SIZE
    leads = any(tile.leaf and tile.leaf.href for tile in shown)
    role = "group" if leads else "img"  # see `svg.svg_of`
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="genealogy treemap" '
            f'viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" '
            f'role="{role}" aria-label="{escape(label)}">',
            '<defs><pattern id="treemap-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><path class="hatching" d="M0 0V7"/></pattern></defs>',
            *(_leaf(tile, tile.leaf) if tile.leaf else _head(tile) for tile in shown),
            "</svg>",
        ]
    )


def _head(tile: Tile) -> str:
    box, size = tile.box, TEXT[min(tile.level, 1)]
    count = f"{tile.size:,}"
    room = box.wide - 2 * PADDING - width(count, size) - 6
    said = clip(tile.label, room, size, bold=True) if room > 20 and box.high > 30 else ""
    baseline = box.y + HEADS[min(tile.level, 1)] - 5
    return (
        f"<g><title>{escape(one_line(tile.label))}: {count}</title>"
        + _rect("group", box)
        + (
            _text("name", box.x + PADDING, baseline, said, size)
            + _text("total", box.x + box.wide - PADDING, baseline, count, size)
            if said
            else ""
        )
        + "</g>"
    )


def _leaf(tile: Tile, leaf: Leaf) -> str:
    box, size = tile.box, TEXT[-1]
    name = tile.label if leaf.folded == 1 else f"{tile.label} ({leaf.folded:,})"
    hover = " · ".join([*map(one_line, leaf.path[:-1]), one_line(name)])
    room = box.wide - 2 * PADDING
    fits = room > 22 and box.high > size + 6
    said = clip(f"{leaf.tint.glyph} {name}", room, size) if fits else ""
    drawn = (
        f"<g><title>{escape(hover)}: {leaf.size:,} {escape(leaf.tint.label)}</title>"
        + _rect(f"card tint-{leaf.tint.colour}", box)
        + (_rect("hatch", box, 'fill="url(#treemap-hatch)"') if leaf.tint.hatched else "")
        + _text("label-left", box.x + PADDING, box.y + size + 3, said, size)
        + (
            _text("detail", box.x + PADDING, box.y + 2 * size + 6, f"{leaf.size:,}", size)
            if fits and box.high > 2 * size + 10 and width(f"{leaf.size:,}", size) <= room
            else ""
        )
        + "</g>"
    )
    return f'<a href="{escape(leaf.href)}">{drawn}</a>' if leaf.href else drawn


def _rect(name: str, box: Box, more: str = "") -> str:
    return (
        f'<rect class="{name}" x="{box.x + 0.5:.1f}" y="{box.y + 0.5:.1f}" '
        f'width="{max(box.wide - 1, 0.5):.1f}" height="{max(box.high - 1, 0.5):.1f}" {more}/>'
    )


def _text(name: str, x: float, y: float, said: str, size: float) -> str:
    if not said:
        return ""
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size}">{escape(said)}</text>'
