"""Closures: what a walker answers them with in place of an engine, and what it reads for that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tracegraph.model.instant import Instant

Direction = Literal["backward", "forward"]
Numbers = Sequence[int] | NDArray[np.int64]


class Closure(NamedTuple):
    """Items by number, and what they were called at the cut, as parallel lists."""

    item: list[int]
    key: list[str]


class Edges(NamedTuple):
    """Walked edges as parallel columns, each from `src` to `dst` along the flow of material.

    A node is 4 * item, 4 * lot + 1 for what unnamed draws from a lot with serials are taken
    from, 4 * seq + 2 for an event, 4 * run + 3 for a run. Two lines can draw edges that are
    alike. `void` is beyond every seq while an edge stands.
    """

    src: Numbers
    dst: Numbers
    at: Numbers
    rec: Numbers
    void: Numbers


class NameRow(NamedTuple):
    """What an item was called from seq `rec` until `void`, which is beyond every seq for now."""

    item: int
    rec: int
    void: int
    key: str


class Touched(NamedTuple):
    """What some batches changed: nodes whose edges, and items whose names are not as before."""

    nodes: list[int]
    items: list[int]


class Standing(NamedTuple):
    """How a walker is: what it holds, up to which seq, and in how many bytes."""

    state: Literal["loading", "ready", "too_large", "failed"]
    seq: int
    edges: int
    bytes: int


class Walker(Protocol):
    """Answers closures in place of an engine; None where it cannot, and the engine must.

    Nodes are those of Edges. See `subgraph` and `closure` of GraphStore.
    """

    def start(self) -> None:
        """Begin to read what it answers from; before that it answers nothing."""

    def forget(self) -> None:
        """What it holds may not be what the store does: a rebuild mended something."""

    def close(self) -> None:
        """Let go of what it holds; the store closes it."""

    def standing(self) -> Standing:
        """How it is."""

    def walk(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        max_depth: int | None,
        budget: int,
    ) -> tuple[list[int], int | None] | None:
        """The nodes reached, and the last whole depth where some were left out."""

    def closure(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        budget: int,
    ) -> tuple[Closure | None] | None:
        """What `closure` of GraphStore answers, in a tuple."""
