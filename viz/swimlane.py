"""A timeline in lanes: what happened, from left to right, in the lane of where it happened.

Marks stand evenly in the order of time. What is more than can be read at once is folded by lane and
day, else month, else year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from viz.clip import clip, one_line

MARKS = 30
LANES = 8
STEP = 40.0  # from mark to mark
LANE = 46.0
HEAD = (170.0, 40.0)  # names of lanes at the left, days on top
NAME, LABEL = 12.0, 10.0  # px
MARK = 7.0
_LEVELS = (10, 7, 4, 0)  # of an RFC 3339 text: day, month, year, all


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, at an RFC 3339 time in UTC; `voided` where it was corrected."""

    at: str
    lane: str
    label: str
    voided: bool = False
    href: str | None = None
    hover: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """One mark: a moment, or several of one lane and time; `when` is what they share of it."""

    when: str
    lane: str
    moments: tuple[Moment, ...]

    @property
    def voided(self) -> bool:
        """Whether all of it was corrected."""
        return all(moment.voided for moment in self.moments)

    @property
    def label(self) -> str:
        """What happened; what of it happened most, and how often in all, where it is several."""
        if len(self.moments) == 1:
            return self.moments[0].label
        ((most, _), *_) = Counter(moment.label for moment in self.moments).most_common(1)
        return f"\N{MULTIPLICATION SIGN}{len(self.moments):,} {most}"


def stops(moments: Iterable[Moment], others: str, *, most: int = MARKS) -> list[Stop]:
    """The marks of moments in the order of time, each moment on one of them.

    `others` is the lane of what happened in lanes that are too many. O(n log n).
    """
    ordered = _in_few_lanes(sorted(moments, key=lambda each: each.at), others)
    if len(ordered) <= most:
        return [Stop(each.at[:10], each.lane, (each,)) for each in ordered]
    found: list[Stop] = []
    for length in _LEVELS:
        groups: defaultdict[tuple[str, str], list[Moment]] = defaultdict(list)
        for each in ordered:
            groups[each.at[:length], each.lane].append(each)
        found = [Stop(when, lane, tuple(own)) for (when, lane), own in groups.items()]
        if len(found) <= most:
            break
    return found


def _in_few_lanes(moments: list[Moment], others: str) -> list[Moment]:
    count = Counter(moment.lane for moment in moments)
    if len(count) <= LANES:
        return moments
    ordered = sorted(count, key=lambda lane: (-count[lane], lane))
    kept = set(ordered[: LANES - 1])
    return [each if each.lane in kept else replace(each, lane=others) for each in moments]


def swimlane_svg(shown: Sequence[Stop], *, label: str, nowhere: str = "") -> str:
    """The marks as an SVG element; colours come from the style sheet, by class.

    A line leads from place to place; what was corrected and what is in the lane `nowhere` is not
    on it.
    """
    role = "group" if any(stop.moments[0].href for stop in shown) else "img"  # see `svg.svg_of`
    lanes = {lane: at for at, lane in enumerate(dict.fromkeys(stop.lane for stop in shown))}
    wide, high = HEAD[0] + STEP * len(shown) + 90, HEAD[1] + LANE * len(lanes)
    at = [(HEAD[0] + STEP * (n + 0.5), _y(lanes[stop.lane])) for n, stop in enumerate(shown)]
    way = [p for p, s in zip(at, shown, strict=True) if not s.voided and s.lane != nowhere]
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="genealogy swimlane" '
            f'viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" '
            f'role="{role}" aria-label="{escape(label)}">',
            *(_lane(lane, row, wide) for lane, row in lanes.items()),
            *_days(shown, high),
            '<path class="edge" fill="none" stroke-width="1.4" d="M'
            + "L".join(f"{x:.1f} {y:.1f}" for x, y in way)
            + '"/>'
            if len(way) > 1
            else "",
            *(
                _stop(stop, point, room)
                for stop, point, room in zip(shown, at, _rooms(shown), strict=True)
            ),
            "</svg>",
        ]
    )


def _y(row: int) -> float:
    return HEAD[1] + LANE * row + 18


def _lane(lane: str, row: int, wide: float) -> str:
    top = HEAD[1] + LANE * row
    band = f'<rect class="band" x="0" y="{top:.1f}" width="{wide:.0f}" height="{LANE:.0f}"/>'
    said = clip(lane, HEAD[0] - 24, NAME, bold=True)
    return (
        f"<g><title>{escape(one_line(lane))}</title>{band if row % 2 == 0 else ''}"
        + _text("name", 10, _y(row) + 4, said, NAME)
        + "</g>"
    )


def _days(shown: Sequence[Stop], high: float) -> list[str]:
    """A line where another day begins, the days in two rows so that they do not touch."""
    drawn, last, count = [], None, 0
    for n, stop in enumerate(shown):
        if stop.when == last:
            continue
        x, y = HEAD[0] + STEP * n, 15 + 15 * (count % 2)
        drawn.append(
            f'<path class="day" d="M{x:.1f} {y - 11}V{high:.0f}"/>'
            + _text("detail", x + 3, y, stop.when, LABEL)
        )
        last, count = stop.when, count + 1
    return drawn


def _rooms(shown: Sequence[Stop]) -> list[float]:
    """How wide the label of each mark may be: up to the next mark of its lane."""
    rooms, following = [0.0] * len(shown), dict[str, int]()
    for n in range(len(shown) - 1, -1, -1):
        after = following.get(shown[n].lane, n + 3)
        rooms[n] = min(after - n, 3) * STEP - 4
        following[shown[n].lane] = n
    return rooms


def _stop(stop: Stop, point: tuple[float, float], room: float) -> str:
    x, y = point
    first = stop.moments[0]
    hover = first.hover if len(stop.moments) == 1 else _listed(stop)
    struck = ' text-decoration="line-through"' if stop.voided else ""
    mark = (
        f'<rect class="stop{" voided" if stop.voided else ""}" x="{x - MARK:.1f}" '
        f'y="{y - MARK:.1f}" width="{2 * MARK:.0f}" height="{2 * MARK:.0f}" '
        f'rx="{MARK if len(stop.moments) == 1 else 2}"/>'
    )
    if stop.voided:
        arm = MARK - 2.5
        mark += (
            f'<path class="strike" d="M{x - arm:.1f} {y - arm:.1f}L{x + arm:.1f} {y + arm:.1f}'
            f'M{x - arm:.1f} {y + arm:.1f}L{x + arm:.1f} {y - arm:.1f}"/>'
        )
    said = clip(stop.label, room, LABEL)
    drawn = (
        f"<g><title>{escape(chr(10).join(map(one_line, hover)))}</title>"
        f'<rect x="{x - STEP / 2:.1f}" y="{y - 16:.1f}" width="{max(STEP, room):.1f}" '
        f'height="{LANE - 4:.0f}" fill="none" pointer-events="all"/>{mark}'
        + _text("detail", x - MARK, y + MARK + 13, said, LABEL, struck)
        + "</g>"
    )
    return f'<a href="{escape(first.href)}">{drawn}</a>' if first.href else drawn


def _listed(stop: Stop) -> tuple[str, ...]:
    count = Counter(moment.label for moment in stop.moments)
    return (
        f"{stop.when} {stop.lane}".strip(),
        *(f"{what} \N{MULTIPLICATION SIGN}{n:,}" for what, n in count.most_common()),
    )


def _text(name: str, x: float, y: float, said: str, size: float, more: str = "") -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size}"{more}>'
        f"{escape(said)}</text>"
    )
