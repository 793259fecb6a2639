"""The same drawing as plain SVG: for readers without scripts, and before the script has loaded.

Colours come from the style sheet of the page, by class: `style_sheet` writes them. No style
attributes, so that a strict security policy holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from importlib.resources import files

from viz.clip import one_line
from viz.drawing import Card, Drawing, Line
from viz.figure import AROUND, WAY, WIDTHS
from viz.label import BADGE, DETAIL, EVENT_LABEL, NAME, PADDING
from viz.layout import CARD, EVENT, HEAD
from viz.palette import FONT, PALETTES, Palette, Theme
from viz.tint import COLOURS

_HATCH = (
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="hatching" d="M0 0V7"/></pattern></defs>'
)

Link = Callable[[Card], str | None]


def svg_of(
    drawing: Drawing, *, label: str, link: Link = lambda card: None, chosen: str = ""
) -> str:
    """The drawing as an SVG element; a card leads to what `link` says.

    The card of the item whose key is `chosen` is the current one.
    """
    size = f"{drawing.width:.0f} {drawing.height:.0f}"
    wide, high = size.split()
    links = [link(card) for card in drawing.cards]
    role = "group" if any(links) else "img"  # what is in an image nobody is led to
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="genealogy" viewBox="0 0 {size}" '
            f'width="{wide}" height="{high}" role="{role}" aria-label="{escape(label)}">',
            *([_HATCH] if any(map(_hatched, drawing.cards)) else []),
            *(
                f'<rect class="band" x="{head.x - 10:.1f}" y="0" width="{CARD[0] + 20:.0f}" '
                f'height="{high}"/>'
                for head in drawing.heads
            ),
            *map(_line, drawing.lines),
            *(_led(card, href, chosen) for card, href in zip(drawing.cards, links, strict=True)),
            *(
                f'<g><title>{_lines(square.hover)}</title><rect class="event" '
                f'x="{square.x - EVENT / 2:.1f}" y="{square.y - EVENT / 2:.1f}" '
                f'width="{EVENT:.0f}" height="{EVENT:.0f}"/>'
                + _text("label", square.x, square.y + EVENT / 2 + 9, square.label, EVENT_LABEL)
                + "</g>"
                for square in drawing.squares
            ),
            *(
                _text("head", head.x, HEAD / 2 + 4, head.text, NAME)
                + _text("total", head.x + CARD[0], HEAD / 2 + 4, head.total, NAME)
                for head in drawing.heads
            ),
            "</svg>",
        ]
    )


def style_sheet() -> str:
    """The colours of figures as CSS, light and by preference dark."""
    return (
        f":root{{{_variables(PALETTES['light'])}}}\n"
        f"@media (prefers-color-scheme: dark){{:root{{{_variables(PALETTES['dark'])}}}}}\n"
        + _rules()
    )


def standalone(svg: str, theme: Theme = "light") -> str:
    """A drawing as a file of its own: its colours are in it, and it needs no style sheet.

    Programs that draw SVG often know no variables of CSS, so that each has its value.
    """
    palette = PALETTES[theme]
    values = dict(re.findall(r"(--[a-z0-9-]+):([^;]+);", _variables(palette)))
    rules = re.sub(r"var\((--[a-z0-9-]+)\)", lambda found: values[found[1]], _rules())
    root, end, rest = svg.partition(">")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{root}{end}<style>{escape(rules)}</style>'
        f'<rect width="100%" height="100%" fill="{palette.ground}"/>{rest}\n'
    )


@cache
def _rules() -> str:
    """The rules of every figure, by class, in variables of CSS."""
    return (
        f"svg.genealogy text{{font-family:{FONT};fill:var(--figure-ink)}}\n"
        + (files("viz") / "static" / "figure.css").read_text("utf-8")
        + "".join(map(_tinted, COLOURS))
    )


def _variables(palette: Palette) -> str:
    named = {n: getattr(palette, n) for n in Palette.__dataclass_fields__ if n != "tints"}
    for colour in COLOURS:
        named |= {colour: palette.fill(colour), f"{colour}_line": palette.line(colour)}
    return "".join(f"--figure-{name.replace('_', '-')}:{value};" for name, value in named.items())


def _tinted(colour: str) -> str:
    return (
        f".genealogy .card.tint-{colour}{{fill:var(--figure-{colour});"
        f"stroke:var(--figure-{colour}-line)}}"
        f".swatch.tint-{colour}{{background:var(--figure-{colour});"
        f"border-color:var(--figure-{colour}-line)}}\n"
    )


def _line(line: Line) -> str:
    route = line.route
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in route.points)
    dash = ' stroke-dasharray="5 4"' if route.back else ""
    drawn = (
        f'<path class="edge{" way" if line.on_way else ""}" d="{path}" fill="none" '
        f'stroke-width="{WAY if line.on_way else WIDTHS[line.weight]}"{dash}>'
        f"<title>{_lines(line.hover)}</title></path>"
    )
    if route.arrow:
        x, y = route.points[-1]
        tip = 7 if route.arrow == "right" else -7
        drawn += f'<path class="arrow" d="M{x:.1f} {y - 4:.1f}v8l{tip} -4z"/>'
    return drawn


def _led(card: Card, href: str | None, chosen: str) -> str:
    """A card as the link that it is: its item, or none of a group, and what a search found."""
    if not href:
        return _card(card)
    more = f' data-card="{escape(card.key)}"' if card.key else " data-keeps"
    more += f' data-hits="{card.hits}"' if card.hits else ""
    more += ' aria-current="true"' if card.key == chosen else ""
    return f'<a href="{escape(href)}"{more}>{_card(card)}</a>'


def _card(card: Card) -> str:
    width, height = CARD
    left, top = card.x - width / 2, card.y - height / 2
    look = _look(card)

    around = (
        f'<rect class="found" x="{left - AROUND:.1f}" y="{top - AROUND:.1f}" '
        f'width="{width + 2 * AROUND:.0f}" height="{height + 2 * AROUND:.0f}" rx="8"/>'
        if card.hits
        else ""
    )

    def box(name: str, shift: float) -> str:
        return (
            f'<rect class="{escape(name)}" x="{left + shift:.1f}" y="{top + shift:.1f}" '
            f'width="{width:.0f}" height="{height:.0f}" rx="5"'
            + (' fill="url(#hatch)"/>' if name == "hatch" else "/>")
        )

    drawn = (
        around
        + ("" if card.mark.single else box("under", 4))
        + box(f"card {look}{' way' if card.on_way else ''}", 0)
        + (box("hatch", 0) if _hatched(card) else "")
        + _text("name", left + PADDING, card.y - 4, card.text.name, NAME)
        + _text("detail", left + PADDING, card.y + 13, card.text.detail, DETAIL)
        + _text("badge", left + width - PADDING, card.y - 4, card.text.badge, BADGE)
    )
    return f'<g class="of-{escape(look)}"><title>{_lines(card.text.hover)}</title>{drawn}</g>'


def _look(card: Card) -> str:
    if card.mark.seed:
        return "seed"
    if card.tint:
        return f"tint-{card.tint.colour}"
    kinds = {item.kind for item in card.mark.members}
    return kinds.pop() if len(kinds) == 1 else "lot"


def _hatched(card: Card) -> bool:
    return card.tint is not None and card.tint.hatched and not card.mark.seed


def _text(name: str, x: float, y: float, said: str, size: float) -> str:
    if not said:
        return ""
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size}">{escape(said)}</text>'


def _lines(lines: Iterable[str]) -> str:
    return escape("\n".join(one_line(line) for line in lines))
