"""The small case whose instructions are counted: a program that callgrind runs (see instructions).

    python benchmarks/small_case.py load STORE
    python benchmarks/small_case.py ask STORE

Only what it asks is counted, each question on its own and warm. It uses what the library had
from the beginning, so that an old commit can run it too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import tracegraph
from tracegraph.demo import STORY, Scale, history

WARM = 1


def load(graph: tracegraph.Tracegraph) -> None:
    """Load the small demonstration."""
    graph.capture(history(Scale.SMALL, 1))


def ask(graph: tracegraph.Tracegraph) -> None:
    """Have each question counted."""
    lot = STORY.bad_resin_lot
    reached = graph.trace(lot, direction="forward").items
    serial = max((item for item in reached if item.kind == "serial"), key=lambda item: item.depth)
    count("backward genealogy", lambda: graph.trace(serial.key, direction="backward"))
    count("forward genealogy", lambda: graph.trace(lot, direction="forward"))
    count("scope", lambda: graph.scope([lot]))
    count("history", lambda: graph.history(lot))
    count("search", lambda: graph.find("R-24"))
    count("gate", lambda: graph.gate([lot], purpose="consume", at="2025-06-01T00:00:00Z"))
    batches = iter(range(WARM + 1))
    count("capture", lambda: graph.capture(production(next(batches))))


def production(batch: int) -> list[dict[str, object]]:
    """A hundred events that were not sent before."""
    return [
        {
            "id": f"{batch}/{n}",
            "source": "case",
            "type": "production",
            "occurred_at": "2026-01-05T08:00:00Z",
            "inputs": [item("A", f"{batch}-{n}")],
            "outputs": [item("B", f"{batch}-{n}")],
        }
        for n in range(100)
    ]


def item(product: str, lot: str) -> dict[str, object]:
    """One of a lot."""
    return {"item": {"product": product, "lot": lot}, "quantity": "1", "unit": "each"}


def count(name: str, question: Callable[[], object]) -> None:
    """Ask until it is warm, then once with callgrind counting, which notes it by this name."""
    for _ in range(WARM):
        question()
    _control("--instr=on")
    question()
    _control(f"--dump={name}")
    _control("--instr=off")


def _control(order: str) -> None:
    command = ["callgrind_control", order, str(os.getpid())]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    {"load": load, "ask": ask}[sys.argv[1]](tracegraph.connect(f"sqlite:///{sys.argv[2]}"))
