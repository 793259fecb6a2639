"""The Plotly figure of a genealogy: SVG traces only, and a trace for each kind of mark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from tracegraph.trace.answer import Genealogy
from viz.clip import inert
from viz.drawing import Card, Drawing, Line, border, draw, fill
from viz.label import BADGE, DETAIL, EVENT_LABEL, NAME, PADDING
from viz.layout import CARD, EVENT, HEAD
from viz.palette import FONT, PALETTES, Palette, Theme
from viz.words import word

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": False,
}
WIDTHS = (0.8, 1.4, 2.4)
WAY = 4.0  # px
AROUND = 4.0  # px from a card to the line around it, where a search found it
EDGES, WAYS, CARDS, TEXT = 0, 1, 2, 3  # zorder


def genealogy_figure(
    genealogy: Genealogy,
    *,
    language: str = "en",
    opened: frozenset[str] = frozenset(),
    theme: Theme = "light",
) -> go.Figure:
    """The figure of a genealogy, material flowing from left to right.

    No column has more marks than its budget; groups whose ids are `opened` show their members as
    far as there is room. Every mark's `customdata` says what it is: ("item", key),
    ("group", id) or ("event", event key or "").
    """
    drawing = draw(genealogy, language=language, opened=opened)
    return figure_of(drawing, language=language, theme=theme)


def figure_of(drawing: Drawing, *, language: str = "en", theme: Theme = "light") -> go.Figure:
    """The figure of a drawing that is there already."""
    palette = PALETTES[theme]
    figure = go.Figure(
        data=[
            *_edges(drawing.lines, palette),
            *_way(drawing.lines, palette),
            *_arrows(drawing.lines, palette),
            *_cards(drawing.cards, palette),
            _squares(drawing, palette),
            *_texts(drawing, palette),
        ],
        layout=_layout(drawing, palette),
    )
    if not drawing.cards:
        figure.add_annotation(
            text=inert(word(language, "empty")), x=drawing.width / 2, y=HEAD, showarrow=False
        )
    return figure


def _layout(drawing: Drawing, palette: Palette) -> dict[str, Any]:
    axis = {"visible": False, "fixedrange": True, "autorange": False}
    bands = [
        {
            "type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": palette.band,
            "x0": head.x - 10, "x1": head.x + CARD[0] + 10, "y0": 0, "y1": drawing.height,
        }
        for head in drawing.heads
    ]  # fmt: skip
    return {
        "template": None,
        "width": round(drawing.width),
        "height": round(drawing.height),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "xaxis": {**axis, "range": [0, drawing.width]},
        "yaxis": {**axis, "range": [drawing.height, 0]},
        "shapes": bands,
        "barmode": "overlay",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": 10,
        "hoverlabel": {
            "align": "left", "namelength": -1, "bgcolor": palette.ink,
            "font": {"color": palette.ground, "family": FONT, "size": 12},
            "bordercolor": palette.ink,
        },
        "paper_bgcolor": palette.ground,
        "plot_bgcolor": palette.ground,
        "font": {"family": FONT, "color": palette.ink, "size": NAME},
        "uirevision": "genealogy",
    }  # fmt: skip


def _hover(lines: Iterable[str]) -> str:
    return "<br>".join(inert(line) for line in lines)


def _edges(lines: tuple[Line, ...], palette: Palette) -> list[go.Scatter]:
    classes = [(weight, False) for weight in range(len(WIDTHS))] + [(1, True)]
    traces = []
    for weight, back in classes:
        chosen = [ln for ln in lines if ln.route.back == back and (back or ln.weight == weight)]
        x: list[float | None] = []
        y: list[float | None] = []
        said: list[str | None] = []
        for line in chosen:
            x += [point[0] for point in line.route.points] + [None]
            y += [point[1] for point in line.route.points] + [None]
            said += [_hover(line.hover)] * len(line.route.points) + [None]
        if chosen:
            shape = {"width": WIDTHS[weight], "color": palette.edge}
            if back:
                shape["dash"] = "5px,4px"
            traces.append(
                go.Scatter(
                    name="back" if back else f"edges {weight}",
                    x=x, y=y, hovertext=said, hoverinfo="text", mode="lines", line=shape,
                    zorder=EDGES,
                )
            )  # fmt: skip
    return traces


def _way(lines: tuple[Line, ...], palette: Palette) -> list[go.Scatter]:
    """The lines on the way that is shown, once more and broad."""
    points: list[tuple[float | None, float | None]] = []
    for line in lines:
        if line.on_way:
            points += [*line.route.points, (None, None)]
    if not points:
        return []
    return [
        go.Scatter(
            name="way", x=[x for x, _ in points], y=[y for _, y in points], mode="lines",
            hoverinfo="skip", line={"width": WAY, "color": palette.way}, zorder=WAYS,
        )
    ]  # fmt: skip


def _arrows(lines: tuple[Line, ...], palette: Palette) -> list[go.Scatter]:
    tips = dict.fromkeys(
        (*line.route.points[-1], line.route.arrow) for line in lines if line.route.arrow
    )
    if not tips:
        return []
    x, y, ways = zip(*tips, strict=True)
    return [
        go.Scatter(
            name="arrows", y=list(y), mode="markers",
            x=[a + (3 if way == "right" else -3) for a, way in zip(x, ways, strict=True)],
            hoverinfo="skip", zorder=EDGES,
            marker={
                "symbol": [f"triangle-{way}" for way in ways], "size": 8, "color": palette.edge,
                "line": {"width": 0},
            },
        )
    ]  # fmt: skip


def _cards(cards: tuple[Card, ...], palette: Palette) -> list[go.Bar]:
    width, height = CARD
    line = {"width": 1.2, "color": palette.border}

    def bars(name: str, shown: list[Card], shift: float, **more: Any) -> go.Bar:
        return go.Bar(
            name=name, orientation="h", base=[card.x - width / 2 + shift for card in shown],
            x=[width] * len(shown), y=[card.y + shift for card in shown],
            width=[height] * len(shown), zorder=CARDS, **more,
        )  # fmt: skip

    under = [card for card in cards if not card.mark.single]
    return [
        *_found(cards, palette),
        bars(
            "folded", under, 4, hoverinfo="skip",
            marker={"color": palette.under, "line": line, "cornerradius": 5},
        ),
        bars(
            "cards", list(cards), 0, hoverinfo="text",
            hovertext=[_hover(card.text.hover) for card in cards],
            customdata=[
                ["item", card.mark.members[0].key] if card.mark.single else ["group", card.mark.id]
                for card in cards
            ],
            marker={
                "color": [fill(card, palette) for card in cards],
                "line": {
                    "width": [3 if card.on_way else line["width"] for card in cards],
                    "color": [border(card, palette) for card in cards],
                },
                "cornerradius": 5,
                **_hatching(cards, palette),
            },
        ),
    ]  # fmt: skip


def _found(cards: tuple[Card, ...], palette: Palette) -> list[go.Bar]:
    """A line around each card that holds what is searched for."""
    shown = [card for card in cards if card.hits]
    if not shown:
        return []
    width, height = CARD[0] + 2 * AROUND, CARD[1] + 2 * AROUND
    return [
        go.Bar(
            name="found", orientation="h", base=[card.x - width / 2 for card in shown],
            x=[width] * len(shown), y=[card.y for card in shown], width=[height] * len(shown),
            zorder=CARDS, hoverinfo="skip",
            marker={"color": "rgba(0,0,0,0)", "line": {"width": 3, "color": palette.found},
                    "cornerradius": 8},
        )
    ]  # fmt: skip


def _hatching(cards: tuple[Card, ...], palette: Palette) -> dict[str, Any]:
    hatched = [bool(c.tint and c.tint.hatched and not c.mark.seed) for c in cards]
    if not any(hatched):
        return {}
    pattern = {
        "shape": ["/" if each else "" for each in hatched],
        "bgcolor": [fill(card, palette) for card in cards], "fillmode": "replace",
        "fgcolor": palette.line("possible"), "fgopacity": 0.35, "size": 7, "solidity": 0.15,
    }  # fmt: skip
    return {"pattern": pattern}


def _squares(drawing: Drawing, palette: Palette) -> go.Scatter:
    squares = drawing.squares
    return go.Scatter(
        name="events", mode="markers", zorder=CARDS,
        x=[square.x for square in squares], y=[square.y for square in squares],
        hoverinfo="text", hovertext=[_hover(square.hover) for square in squares],
        customdata=[
            ["event", square.mark.events[0].key if len(square.mark.events) == 1 else ""]
            for square in squares
        ],
        marker={
            "symbol": "square", "size": EVENT, "color": palette.ground, "opacity": 1,
            "line": {"width": 1.6, "color": palette.event},
        },
    )  # fmt: skip


def _texts(drawing: Drawing, palette: Palette) -> list[go.Scatter]:
    left, right = PADDING - CARD[0] / 2, CARD[0] / 2 - PADDING
    cards = drawing.cards
    badged = [card for card in cards if card.text.badge]
    ink = [palette.on_seed if card.mark.seed else palette.ink for card in cards]
    quiet = [palette.on_seed if card.mark.seed else palette.quiet for card in cards]

    def text(
        name: str, points: list[tuple[float, float, str]], position: str, **font: Any
    ) -> go.Scatter:
        return go.Scatter(
            name=name, mode="text", hoverinfo="skip", zorder=TEXT, cliponaxis=False,
            x=[x for x, _, _ in points], y=[y for _, y, _ in points],
            text=[inert(said) for _, _, said in points],
            textposition=position, textfont={"family": FONT, **font},
        )  # fmt: skip

    return [
        text("names", [(c.x + left, c.y - 8, c.text.name) for c in cards], "middle right",
             size=NAME, weight=600, color=ink),
        text("details", [(c.x + left, c.y + 9, c.text.detail) for c in cards], "middle right",
             size=DETAIL, color=quiet),
        text("badges", [(c.x + right, c.y - 8, c.text.badge) for c in badged], "middle left",
             size=BADGE, weight=600,
             color=[palette.on_seed if c.mark.seed else palette.ink for c in badged]),
        text("labels", [(s.x, s.y + EVENT / 2 + 6, s.label) for s in drawing.squares],
             "middle center", size=EVENT_LABEL,
             color=palette.quiet, shadow=f"0 0 2px {palette.ground}, 0 0 2px {palette.ground}"),
        text("heads", [(h.x, HEAD / 2, h.text) for h in drawing.heads], "middle right",
             size=NAME, weight=600, color=palette.ink),
        text("totals", [(h.x + CARD[0], HEAD / 2, h.total) for h in drawing.heads],
             "middle left", size=NAME, color=palette.quiet),
    ]  # fmt: skip
