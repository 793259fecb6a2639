"""docs/benchmarks.md out of the results of a run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import plots
from benchmarks.aims import aimed
from benchmarks.growth import fits
from benchmarks.measuring import Measure
from benchmarks.tables import HEAD, fitted, groups, markdown, row

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TITLES = {
    "closure": "Bare closures, to the keys of the items reached",
    "trace": "Whole genealogies",
    "scope": "Scopes",
    "gate": "The gate",
    "history": "Histories",
    "search": "Searches",
    "empty": "The empty request",
    "ingest": "Ingest",
    "mixed": "Readers beside a writer",
    "cold": "Cold start",
}
ABOUT_AIMS = "What is beyond its limit is in bold.\n\n"
ABOUT_GROWTH = """Cost against edges, where the answer stays the same. It is counted in empty
requests of the same rounds, as a machine may slow down between two graphs.
"""
HEADER = Path(__file__).with_suffix(".md")  # what stands before the figures


def joined(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Runs of one machine as one: the first says where, and growth is fitted over all."""
    graphs = [graph for run in runs for graph in run["graphs"]]
    measures = [measure for run in runs for measure in run["measures"]]
    fitted_ = fits(graphs, [Measure(**measure) for measure in measures])
    return {**runs[0], "graphs": graphs, "measures": measures, "fits": fitted_}


def written(results: Mapping[str, Any], page: Path) -> None:
    """Write the page, and its plots where there is a browser."""
    parts = [HEADER.read_text(encoding="utf-8")]
    parts += ["\n## Aims\n\n", ABOUT_AIMS, markdown(aimed(results)), "\n"]
    parts += ["\n## The machine\n\n", _machine(results), "\n## The graphs\n\n", _graphs(results)]
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    images = {}
    if chromium is not None:
        folder = page.parent / "images"
        for path in plots.drawn(plots.figures(results), folder, chromium):
            images[path.stem] = f"images/{path.name}"
    kinds: dict[str, list[str]] = {}
    for (graph, kind, label), members in groups(results["measures"]).items():
        fastest = sorted(members, key=lambda measure: measure["p50"])
        table = markdown([HEAD, *map(row, fastest)])
        kinds.setdefault(kind, []).append(f"\n**{graph}: {label}**\n\n{table}\n")
    for kind, tables in kinds.items():
        parts.append(f"\n## {TITLES.get(kind, kind)}\n")
        if image := images.get(f"benchmarks-{kind}"):
            parts.append(f"\n![{TITLES[kind]}]({image})\n")
        parts += tables
    if results["fits"]:
        parts.append(f"\n## Growth\n\n{ABOUT_GROWTH}")
        if image := images.get("benchmarks-growth"):
            parts.append(f"\n![Cost at a constant answer]({image})\n")
        parts.append("\n" + "\n".join(f"- {fitted(fit)}" for fit in results["fits"]) + "\n")
    page.write_text("".join(parts), encoding="utf-8")


def _machine(results: Mapping[str, Any]) -> str:
    rows = [("what", ""), *((str(k), str(v)) for k, v in results["machine"].items() if v)]
    return markdown(rows) + "\n"


def _graphs(results: Mapping[str, Any]) -> str:
    names = list(dict.fromkeys(name for graph in results["graphs"] for name in graph["stored"]))
    rows = [("graph", "edges", "items", "events", *(f"{name}, MB" for name in names))]
    for graph in results["graphs"]:
        sizes = (graph["stored"].get(name) for name in names)
        counts = (f"{graph[name]:,}" for name in ("edges", "items", "events"))
        rows.append(
            (graph["name"], *counts, *("" if s is None else f"{s / 1e6:,.0f}" for s in sizes))
        )
    memory = [("graph", "contender", "client, MB", "server, MB")]
    for graph in results["graphs"]:
        for name, taken in graph["memory"].items():
            both = (taken.get(side) for side in ("client", "server"))
            cells = ("" if size is None else f"{size / 1e6:,.0f}" for size in both)
            memory.append((graph["name"], name, *cells))
    return f"{markdown(rows)}\n\nIn memory after the work:\n\n{markdown(memory)}\n"
