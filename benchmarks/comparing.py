"""Two runs side by side: by ratios, which hardly depend on the machine, and by seconds, which do.

What has no ratio is compared by its median, and means something on one machine only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.tables import milliseconds, plain

CHANGED = 1.15  # less is noise


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """A line for each measure that both runs have, and what only one of them has."""
    before, after = _by_name(old), _by_name(new)
    rows: list[tuple[str, ...]] = [
        ("graph", "question", "contender", "p50 was", "is", "ratio was", "is", "changed")
    ]
    for name, measure in after.items():
        if name in before:
            rows.append(_row(name, before[name], measure))
    parts = [plain(rows, text_columns=3)]
    if _fixed(old) != _fixed(new):
        parts.insert(0, "The runs were made on different machines or versions: trust the ratios.")
    for told, only in (
        ("gone", before.keys() - after.keys()),
        ("new", after.keys() - before.keys()),
    ):
        parts += [f"{told}: {', '.join(name)}" for name in sorted(only)]
    return "\n".join(parts)


def _fixed(results: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in results["machine"].items() if k not in {"load", "commit"}}


def _by_name(results: Mapping[str, Any]) -> dict[tuple[str, str, str], Any]:
    return {
        (m["graph"], f"{m['kind']}: {m['label']}", m["contender"]): m for m in results["measures"]
    }


def _row(
    name: tuple[str, str, str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[str, ...]:
    figure = "ratio" if old["ratio"] and new["ratio"] else "p50"
    factor = new[figure] / old[figure]
    faster, slower = factor < 1 / CHANGED, factor > CHANGED
    told = f"{factor:.2f}" + (" better" if faster else " WORSE" if slower else "")
    return (
        *name,
        milliseconds(old["p50"]),
        milliseconds(new["p50"]),
        *("" if each["ratio"] is None else f"{each['ratio']:.2f}" for each in (old, new)),
        told,
    )
