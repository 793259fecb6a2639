"""Shapes that break what enumerates paths, or goes by depth: a long chain, and diamonds in layers.

A layer of the diamonds has two lots, and one event takes both and makes the two of the next: 2^39
paths lead through forty layers of eighty lots.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.asked import Question, Reference
from benchmarks.seeds import Graph
from tracegraph.store.sqlite import SqliteStore

STEPS = 1_000
LAYERS = 40
FIRST = {"chain of 1,000 steps": ("CHAIN-0",), "diamonds of 40 layers": ("LEFT-0", "RIGHT-0")}


def events() -> Iterator[dict[str, Any]]:
    """The chain and the diamonds, as productions a minute apart."""
    for n in range(STEPS):
        yield _made(f"chain-{n}", n, [f"CHAIN-{n}"], [f"CHAIN-{n + 1}"])
    for n in range(LAYERS - 1):
        taken, given = ([f"LEFT-{k}", f"RIGHT-{k}"] for k in (n, n + 1))
        yield _made(f"diamond-{n}", n, taken, given)


def asked(store: SqliteStore) -> Graph:
    """Forward from the beginning of each shape."""
    known = store.published().seq
    with store._connections.reading() as db:
        found = db.execute("SELECT number, no, key FROM item WHERE void > ?", (known,)).fetchall()
        ((edges,),) = db.execute("SELECT count(*) FROM edge WHERE void > ?", (known,))
    items = {number: (no, key) for number, no, key in found}
    questions = []
    for label, (first, *_) in FIRST.items():
        no, key = items[first]
        rival, own = (Reference("closure", label, name) for name in ("postgres", "sqlite"))
        questions.append(Question("closure", label, (no,), (key,), against=rival))
        questions.append(Question("trace", label, (no,), (key,), against=own))
    reached = {"chain of 1,000 steps": STEPS + 1, "diamonds of 40 layers": 2 * LAYERS - 1}
    return Graph(edges, len(items), known, reached, tuple(questions))


def _made(id_: str, minute: int, taken: list[str], given: list[str]) -> dict[str, Any]:
    at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
    return {
        "id": id_,
        "source": "shapes",
        "type": "production",
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "inputs": [_line(number) for number in taken],
        "outputs": [_line(number) for number in given],
    }


def _line(number: str) -> dict[str, Any]:
    return {"item": {"product": "P", "lot": number}, "quantity": "1", "unit": "each"}
