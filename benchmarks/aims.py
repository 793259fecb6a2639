"""What is aimed at, beside what was measured: ratios and exponents, which hold on any machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.asked import ENGINES
from benchmarks.seeds import EMPTY, WANTED
from benchmarks.tables import Row

Name = tuple[str, str, str]  # kind, label, contender
Figures = Mapping[Name, Mapping[str, Any]]
Figure = Callable[[Figures], float | None]

SERIAL = "backward, a serial"
GROWTH = "growth"  # the name of the column of what is fitted over all graphs


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that is aimed at: `figure` is at most `limit`, in a graph in which it was asked."""

    said: str
    limit: float
    figure: Figure


def aimed(results: Mapping[str, Any]) -> list[Row]:
    """A row for each aim and what it is about: the limit, and the figure in each graph.

    What is beyond its limit is in bold; what was not measured is left empty.
    """
    graphs: dict[str, dict[Name, Mapping[str, Any]]] = {}
    for measure in results["measures"]:
        if not measure["note"]:
            name = (measure["kind"], measure["label"], measure["contender"])
            graphs.setdefault(measure["graph"], {})[name] = measure
    rows: list[Row] = [("at most", "limit", *graphs, GROWTH)]
    for aim in AIMS:
        cells = [_cell(aim.figure(figures), aim.limit) for figures in graphs.values()]
        if any(cells):
            rows.append((aim.said, f"{aim.limit:g}", *cells, ""))
    for contender in OURS:
        said = f"exponent of the question that grows most, {contender}"
        cell = _cell(_steepest(results["fits"], contender), EXPONENT)
        if cell:
            rows.append((said, f"{EXPONENT:g}", *[""] * len(graphs), cell))
    return rows


def _cell(figure: float | None, limit: float) -> str:
    if figure is None:
        return ""
    return f"{figure:.2f}" if figure <= limit else f"**{figure:.2f}**"


def _steepest(fits: Sequence[Mapping[str, Any]], contender: str) -> float | None:
    return max((fit["exponent"] for fit in fits if fit["contender"] == contender), default=None)


def _ratio(one: Name, other: Name, *, of: str = "p50", to: str = "p50") -> Figure:
    def figure(figures: Figures) -> float | None:
        if one not in figures or other not in figures:
            return None
        return float(figures[one][of] / figures[other][to])

    return figure


def _added(engine: str, label: str) -> Figure:
    """What the service adds to the library's answer, as a multiple of the embedded closure."""
    names: list[Name] = [
        ("trace", label, f"{engine} http"),
        ("trace", label, engine),
        ("closure", label, "sqlite"),
    ]

    def figure(figures: Figures) -> float | None:
        if any(name not in figures for name in names):
            return None
        served, asked, closure = (figures[name]["p50"] for name in names)
        return float((served - asked) / closure)

    return figure


def _aims() -> list[Aim]:
    found = []
    for reached in WANTED:
        label = f"forward, {reached:,} items"
        for contender, other, limit in (
            ("sqlite", "postgres", 0.6),
            ("neo4j", "postgres", 0.6),
            ("adjacency", "postgres", 0.15),
            ("adjacency", "rustworkx", 3),
        ):
            said = f"closure of {reached:,} items, {contender} of {other}"
            pair = ("closure", label, contender), ("closure", label, other)
            found.append(Aim(said, limit, _ratio(*pair)))
    for engine in ENGINES:
        label = f"forward, {WANTED[0]:,} items"
        said = f"what HTTP adds to {WANTED[0]:,} items, {engine}, of the embedded closure"
        found.append(Aim(said, 1, _added(engine, label)))
    for engine in ENGINES:
        served, empty = ("trace", SERIAL, f"{engine} http"), ("empty", EMPTY, f"{engine} http")
        said = f"genealogy of a serial, p99, {engine} http, of an empty request"
        found.append(Aim(said, 10, _ratio(served, empty, of="p99")))
    for engine in ENGINES:
        gate, empty = ("gate", "a serial", f"{engine} http"), ("empty", EMPTY, f"{engine} http")
        found.append(
            Aim(f"gate of a serial, {engine} http, of an empty request", 5, _ratio(gate, empty))
        )
    for engine in ENGINES:
        ordered, bare = ("ingest", "in order", engine), ("ingest", "bare", engine)
        found.append(Aim(f"ingest in order, {engine}, of bare inserts", 3, _ratio(ordered, bare)))
        for way in ("shuffled", "duplicated"):
            said = f"ingest {way}, {engine}, of in order"
            found.append(Aim(said, 1.5, _ratio(("ingest", way, engine), ordered)))
    for engine in ENGINES:
        writer, burner = (("mixed", f"beside a {who}", engine) for who in ("writer", "burner"))
        said = f"readers beside a writer, p95, {engine}, of beside a burner"
        found.append(Aim(said, 2, _ratio(writer, burner, of="p95", to="p95")))
    return found


AIMS = _aims()
OURS = ("sqlite", "neo4j", "sqlite http", "neo4j http", "adjacency")
EXPONENT = 0.15
