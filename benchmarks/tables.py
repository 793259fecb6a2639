"""Results as tables for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Sequence[str]
HEAD = ("contender", "n", "p50 ms", "p95", "p99", "ratio", "of", "items", "bytes")


def groups(measures: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], list[Any]]:
    """Measures by graph, kind and label, in the order in which they came."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for measure in measures:
        key = (measure["graph"], measure["kind"], measure["label"])
        found.setdefault(key, []).append(measure)
    return found


def row(measure: Mapping[str, Any]) -> Row:
    """A measure as texts."""
    if measure["note"]:
        ended = f"{measure['note']} at {measure['p50'] / 1000:.0f} s"
        return (measure["contender"], "1", ended, "", "", "", "", "", "")
    ratio = measure["ratio"]
    return (
        measure["contender"],
        str(measure["count"]),
        *(milliseconds(measure[name]) for name in ("p50", "p95", "p99")),
        "" if ratio is None else f"{ratio:.2f}",
        measure["against"] or "",
        "" if measure["items"] is None else f"{measure['items']:,}",
        "" if measure["bytes"] is None else f"{measure['bytes']:,}",
    )


def milliseconds(value: float) -> str:
    """Three digits that count."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def plain(rows: Sequence[Row], *, text_columns: int = 1) -> str:
    """Columns in line: the first ones to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for cells in rows:
        placed = [
            cell.ljust(width) if n < text_columns else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append("  ".join(placed).rstrip())
    return "\n".join(lines)


def markdown(rows: Sequence[Row]) -> str:
    """The same for a page."""
    head, *body = rows
    ruled = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in ruled)


def terminal(results: Mapping[str, Any]) -> str:
    """Everything that was measured."""
    parts = []
    for (graph, kind, label), members in groups(results["measures"]).items():
        fastest = sorted(members, key=lambda measure: measure["p50"])
        rows = [HEAD, *map(row, fastest)]
        parts.append(f"{graph}  {kind}: {label}\n{plain(rows)}")
    for fit in results["fits"]:
        parts.append(fitted(fit))
    return "\n\n".join(parts)


def fitted(fit: Mapping[str, Any]) -> str:
    """An exponent in words."""
    return (
        f"{fit['kind']}: {fit['label']}, {fit['contender']}: cost grows with edges to the power"
        f" {fit['exponent']:.2f}"
    )
