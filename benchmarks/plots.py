"""Plotly plots of results, as SVG: drawn by the browser that the tests use, without a network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from viz.palette import FONT

WIDTH = 860
COLOURS = {
    "sqlite": "#1f77b4", "sqlite http": "#9ecae1", "neo4j": "#2ca02c", "neo4j http": "#98df8a",
    "postgres": "#7f7f7f", "networkx": "#bcbd22", "rustworkx": "#e0a800",
    "plain cypher": "#d62728", "cypher, steps": "#8c564b", "adjacency": "#9467bd",
}  # fmt: skip


def figures(results: Mapping[str, Any]) -> dict[str, go.Figure]:
    """The plots of a run, by the name of their file."""
    found = {}
    for kind, title in (
        ("closure", "Bare closure to item keys"),
        ("trace", "Whole genealogy, with events and lines"),
    ):
        measures = [m for m in results["measures"] if m["kind"] == kind and not m["note"]]
        if measures:
            found[f"benchmarks-{kind}"] = _bars(title, measures)
    fits = [fit for fit in results["fits"] if fit["kind"] in {"closure", "trace"}]
    if fits:
        found["benchmarks-growth"] = _growth(fits)
    return found


def _bars(title: str, measures: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Medians as points on a logarithmic scale, with a line up to the 95th percentile."""
    figure = go.Figure()
    for name in dict.fromkeys(m["contender"] for m in measures):
        own = [m for m in measures if m["contender"] == name]
        figure.add_scatter(
            x=[m["p50"] for m in own],
            y=[f"{m['graph']}: {m['label']}" for m in own],
            error_x={
                "array": [m["p95"] - m["p50"] for m in own], "arrayminus": [0] * len(own),
                "thickness": 1,
            },
            mode="markers",
            name=name,
            marker={"size": 9, "color": COLOURS.get(name)},
        )  # fmt: skip
    figure.update_xaxes(type="log", title="milliseconds, median and 95th percentile")
    figure.update_yaxes(autorange="reversed")
    rows = len({(m["graph"], m["label"]) for m in measures})
    return _framed(figure, title, 140 + 34 * rows)


def _growth(fits: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Cost against size, both logarithmic, for answers that stay the same."""
    figure = go.Figure()
    for fit in fits:
        edges, costs = zip(*fit["points"], strict=True)
        name = f"{fit['kind']}, {fit['label']}, {fit['contender']}: {fit['exponent']:.2f}"
        dash = "solid" if fit["kind"] == "closure" else "dot"
        figure.add_scatter(
            x=edges, y=costs, name=name, mode="lines+markers",
            line={"color": COLOURS.get(fit["contender"]), "dash": dash},
        )  # fmt: skip
    figure.update_xaxes(type="log", title="edges in the graph")
    figure.update_yaxes(type="log", title="median, in empty requests")
    return _framed(figure, "Cost at a constant answer, and its exponent", 520)


def _framed(figure: go.Figure, title: str, height: int) -> go.Figure:
    return figure.update_layout(
        title=title, template="plotly_white", font={"family": FONT, "size": 12}, width=WIDTH,
        height=height, margin={"l": 210, "r": 20, "t": 50, "b": 50},
    )  # fmt: skip


def drawn(figures: Mapping[str, go.Figure], folder: Path, chromium: str) -> list[Path]:
    """Write each figure as an SVG file; the files."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<div id='plot'></div>")
        page.add_script_tag(content=get_plotlyjs())
        for name, figure in figures.items():
            address = page.evaluate(
                "async figure => { const plot = document.getElementById('plot');"
                " await Plotly.newPlot(plot, figure.data, figure.layout);"
                " return Plotly.toImage(plot, {format: 'svg',"
                " width: figure.layout.width, height: figure.layout.height}); }",
                figure.to_plotly_json() | {"layout": figure.layout.to_plotly_json()},
            )
            header, _, content = address.partition(",")
            raw = base64.b64decode(content) if "base64" in header else unquote(content).encode()
            path = folder / f"{name}.svg"
            path.write_bytes(raw + b"\n")
            found.append(path)
        browser.close()
    return found
