"""A Sankey figure of one thing in one unit: where it came from at the left, where it went right.

Bands are as wide as what they stand for, all in one proportion; what came is not told by what went,
for records seldom say which unit went where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from viz.clip import clip, one_line, width
from viz.tint import Tint

MOST = 12  # bands of a side
SPAN = 260.0  # px that all of it is high
ROW, GAP = 34.0, 6.0  # room that a band's texts take at least, and between bands
LABEL, RUN, BAR, WHOLE = 220.0, 130.0, 8.0, 14.0  # widths: of texts at most, of bands, of bars
MARGIN = 8.0  # between texts and what stands beside them
HEAD, FOOT = 52.0, 10.0
NAME, DETAIL = 12.0, 10.5  # px
DOT = " · "


@dataclass(frozen=True, slots=True)
class Flow:
    """So much that came one way or went one way.

    `said` is its `size` as people read it, with its unit; `detail` how it came or went, and `href`
    where its band leads. `folded` is how many flows it stands for, where there were too many.
    """

    tint: Tint
    name: str
    detail: str
    size: Decimal
    said: str
    href: str | None = None
    folded: int = 1


@dataclass(frozen=True, slots=True)
class Band:
    """Where a flow stands, in px: the top of its bar, how high it is, its top at the whole."""

    flow: Flow
    y: float
    high: float
    at: float


@dataclass(frozen=True, slots=True)
class Sankey:
    """A figure in px from the top left, `y` that of the whole, which is SPAN high, in its middle.

    `rooms` are how wide the texts of the sides may be.
    """

    sources: tuple[Band, ...]
    ends: tuple[Band, ...]
    rooms: tuple[float, float]
    y: float
    height: float

    @property
    def left(self) -> float:
        """Where the whole begins."""
        return self.rooms[0] + BAR + RUN

    @property
    def width(self) -> float:
        """The width of the figure."""
        return self.left + WHOLE + RUN + BAR + self.rooms[1]


def fold_flows(
    flows: Sequence[Flow], together: Callable[[Sequence[Flow]], Flow], *, most: int = MOST
) -> list[Flow]:
    """At most `most` flows of the same size in all: the smallest of a class share one.

    Those of a class stand together, classes in the order in which they come, what is shared last.
    `most` is at least the number of classes. O(n log n).
    """
    ordered = sorted(flows, key=lambda flow: -flow.size)
    kept, rest = ordered, dict[Tint, list[Flow]]()
    room = most
    while len(kept) + len(rest) > most and room:
        room -= 1
        kept, rest = ordered[:room], _by_class(ordered[room:])
    shown = _by_class(kept)
    for tint, own in rest.items():
        shown.setdefault(tint, []).append(together(own) if len(own) > 1 else own[0])
    return [flow for tint in _by_class(flows) for flow in shown[tint]]


def _by_class(flows: Iterable[Flow]) -> dict[Tint, list[Flow]]:
    found: defaultdict[Tint, list[Flow]] = defaultdict(list)
    for flow in flows:
        found[flow.tint].append(flow)
    return dict(found)


def sankey(sources: Sequence[Flow], ends: Sequence[Flow]) -> Sankey:
    """Where everything stands. Raises ValueError unless both sides come to the same, above 0."""
    total = sum(flow.size for flow in sources)
    if total != sum(flow.size for flow in ends) or total <= 0:
        raise ValueError("the sides differ, or there is nothing to draw")
    scale = SPAN / float(total)
    heights = [_tall(side, scale) for side in (sources, ends)]
    tall = max(SPAN, *heights)
    y = HEAD + (tall - SPAN) / 2
    came, went = (
        tuple(_stacked(side, scale, HEAD + (tall - high) / 2, y))
        for side, high in zip((sources, ends), heights, strict=True)
    )
    return Sankey(came, went, (_room(sources), _room(ends)), y, HEAD + tall + FOOT)


def _room(flows: Sequence[Flow]) -> float:
    """How wide the texts of a side are, within reason."""
    names = (width(one_line(flow.name), NAME, bold=True) for flow in flows)
    details = (width(_said(flow, one_line(flow.detail)), DETAIL) for flow in flows)
    return min(LABEL, 2 * MARGIN + max(*names, *details) + 1)


def _said(flow: Flow, detail: str) -> str:
    return f"{flow.said}{DOT}{detail}"


def _tall(flows: Sequence[Flow], scale: float) -> float:
    return sum(max(ROW, float(flow.size) * scale) + GAP for flow in flows) - GAP


def _stacked(flows: Sequence[Flow], scale: float, top: float, at: float) -> Iterable[Band]:
    for flow in flows:
        high = float(flow.size) * scale
        room = max(ROW, high)
        yield Band(flow, top + (room - high) / 2, high, at)
        top, at = top + room + GAP, at + high


def sankey_svg(shown: Sankey, *, label: str, heads: tuple[str, str], name: str, total: str) -> str:
    """The figure as an SVG element; bands lead to where they say. The style sheet colours it.

    `heads` stand over the two sides, `name` and `total` over the whole.
    """
    bands = (*shown.sources, *shown.ends)
    role = "group" if any(band.flow.href for band in bands) else "img"  # see `svg.svg_of`
    left, right, middle = shown.left - RUN, shown.left + WHOLE + RUN, shown.left + WHOLE / 2
    size = f"{shown.width:.0f} {shown.height:.0f}"
    wide, high = size.split()
    room = 2 * (RUN - NAME * 3)  # beside the heads of the sides
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="genealogy sankey" viewBox="0 0 {size}"'
            f' width="{wide}" height="{high}" role="{role}" aria-label="{escape(label)}">',
            *(_source(band, shown) for band in shown.sources),
            *(_end(band, shown) for band in shown.ends),
            _rect("whole", shown.left, shown.y, WHOLE, SPAN),
            _text("head ending", left, 18, heads[0], NAME),
            _text("head", right, 18, heads[1], NAME),
            _text("head middle", middle, 18, clip(name, room, NAME, bold=True), NAME),
            _text("detail middle", middle, 34, clip(total, room, DETAIL), DETAIL),
            "</svg>",
        ]
    )


def _source(band: Band, shown: Sankey) -> str:
    inner, room = shown.left, shown.rooms[0]
    return _led(
        band, _ribbon(band, inner - RUN, inner), _bar(band, room), _texts(band, 0.0, room, True)
    )


def _end(band: Band, shown: Sankey) -> str:
    inner, room = shown.left + WHOLE, shown.rooms[1]
    outer = inner + RUN
    return _led(
        band, _ribbon(band, outer, inner), _bar(band, outer), _texts(band, outer + BAR, room, False)
    )


def _led(band: Band, *drawn: str) -> str:
    """What is drawn of a band, with what it says in full, and where it leads."""
    flow = band.flow
    hover = f"{one_line(flow.name)}: {flow.said}, {one_line(flow.detail)}"
    group = f"<g><title>{escape(hover)}</title>{''.join(drawn)}</g>"
    return f'<a href="{escape(flow.href)}">{group}</a>' if flow.href else group


def _texts(band: Band, x: float, room: float, ending: bool) -> str:
    """The texts of a band from `x` on, which lead where it does; `ending` at the other end."""
    flow, middle = band.flow, band.y + band.high / 2
    at, anchor = (x + room - MARGIN, " ending") if ending else (x + MARGIN, "")
    inner = room - 2 * MARGIN
    rest = clip(flow.detail, inner - width(_said(flow, ""), DETAIL), DETAIL)
    return (
        f'<rect x="{x:.1f}" y="{middle - ROW / 2:.1f}" width="{room:.1f}" height="{ROW:.0f}" '
        'fill="none" pointer-events="all"/>'
        + _text(f"name{anchor}", at, middle - 3, clip(flow.name, inner, NAME, bold=True), NAME)
        + _text(f"detail{anchor}", at, middle + 11, _said(flow, rest), DETAIL)
    )


def _bar(band: Band, x: float) -> str:
    return _rect("bar", x, band.y, BAR, max(band.high, 1.0))


def _ribbon(band: Band, outer: float, inner: float) -> str:
    """A band between its bar and the whole, as high all along as its flow is large."""
    half, y, at, high = (outer + inner) / 2, band.y, band.at, band.high
    return (
        f'<path class="card tint-{band.flow.tint.colour}" d="M{outer:.1f} {y:.2f}'
        f"C{half:.1f} {y:.2f} {half:.1f} {at:.2f} {inner:.1f} {at:.2f}v{high:.2f}"
        f'C{half:.1f} {at + high:.2f} {half:.1f} {y + high:.2f} {outer:.1f} {y + high:.2f}Z"/>'
    )


def _rect(name: str, x: float, y: float, wide: float, high: float) -> str:
    return f'<rect class="{name}" x="{x:.1f}" y="{y:.2f}" width="{wide:.1f}" height="{high:.2f}"/>'


def _text(name: str, x: float, y: float, said: str, size: float) -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size}">{escape(said)}</text>'
