"""Edges as arrays, in the order of the node that they start from (compressed sparse rows).

A node is an integer: 4 * item, 4 * lot + 1 for the pool of a lot that has serials, 4 * seq + 2
for an event, 4 * run + 3 for a run. An edge stands at a cut where `at` <= as_of and
`rec` <= known < `void`; several edges may join the same two nodes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from tracegraph.store.walker import Edges

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

STANDS = 2**31 - 1  # later than every seq


class Columns(NamedTuple):
    """Edges as parallel arrays, in any order."""

    src: Longs
    dst: Longs
    at: Longs
    rec: Longs
    void: Longs

    @classmethod
    def of(cls, edges: Edges) -> Self:
        """Arrays of what a store gave."""
        src, dst, at, rec, void = (np.asarray(column, np.int64) for column in edges)
        return cls(src, dst, at, rec, np.minimum(void, STANDS))

    @classmethod
    def joined(cls, parts: Iterable[Columns]) -> Self:
        """Several as one."""
        columns = list(zip(*parts, strict=True))
        if not columns:
            return cls(*(np.empty(0, np.int64) for _ in cls._fields))
        return cls(*(np.concatenate(column) for column in columns))

    def turned(self) -> Self:
        """The same edges the other way round."""
        return self._replace(src=self.dst, dst=self.src)

    def only(self, which: NDArray[np.bool_]) -> Self:
        """Some of them."""
        return type(self)(*(column[which] for column in self))


class Index(Protocol):
    """Where the edges of a node are among edges that are in order."""

    def of_nodes(self, nodes: Longs) -> tuple[Longs, Longs]:
        """Where the edges of each node begin and end; the same for a node that has none."""

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""

    def sources(self) -> Longs:
        """The node that each edge starts from."""


@dataclass(frozen=True, slots=True)
class Dense:
    """8 bytes for every node there is: the edges of node n are first[n] to first[n + 1]."""

    first: Longs

    def of_nodes(self, nodes: Longs) -> tuple[Longs, Longs]:
        """See Index. O(1) a node."""
        last = len(self.first) - 2
        there = np.minimum(nodes, last)
        starts = self.first[there]
        return starts, np.where(nodes <= last, self.first[there + 1], starts)

    @property
    def nbytes(self) -> int:
        """See Index."""
        return self.first.nbytes

    def sources(self) -> Longs:
        """See Index."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


@dataclass(frozen=True, slots=True)
class Sorted:
    """8 bytes an edge, however many nodes there are."""

    src: Longs

    def of_nodes(self, nodes: Longs) -> tuple[Longs, Longs]:
        """See Index. O(log n) a node."""
        return np.searchsorted(self.src, nodes), np.searchsorted(self.src, nodes, side="right")

    @property
    def nbytes(self) -> int:
        """See Index."""
        return self.src.nbytes

    def sources(self) -> Longs:
        """See Index."""
        return self.src


@dataclass(frozen=True, slots=True)
class Rows:
    """Edges by the node that they start from, 20 bytes each beside the index.

    Nothing is ever changed but `void`, which is written once, from STANDS to the seq that voided
    the edge: who reads at an earlier cut sees no difference. No edge was recorded after
    `last_rec`, happened after `last_at` or leads to a node beyond `highest`.
    """

    index: Index
    dst: Ints
    at: Longs
    rec: Ints
    void: Ints
    last_rec: int
    last_at: int
    highest: int

    @classmethod
    def of(cls, edges: Columns, *, dense: bool) -> Self:
        """Rows of edges. O(n log n), O(n) where they are in order."""
        if np.any(edges.src[1:] < edges.src[:-1]):
            order = np.argsort(edges.src, kind="stable")
            edges = Columns(*(column[order] for column in edges))
        return cls(
            _dense(edges.src) if dense else Sorted(edges.src),
            edges.dst.astype(np.int32),
            edges.at,
            edges.rec.astype(np.int32),
            edges.void.astype(np.int32),
            int(edges.rec.max(initial=0)),
            int(edges.at.max(initial=-(2**63))),
            max(int(edges.dst.max(initial=0)), int(edges.src.max(initial=0))),
        )

    def __len__(self) -> int:
        return len(self.dst)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(p.nbytes for p in (self.index, self.dst, self.at, self.rec, self.void))

    def columns(self) -> Columns:
        """The edges again, as they are now."""
        wide = np.int64
        return Columns(
            self.index.sources(),
            self.dst.astype(wide),
            self.at,
            self.rec.astype(wide),
            self.void.astype(wide),
        )

    def write_void(self, edges: Columns) -> None:
        """Write when edges were voided, to all that are alike. O(n log n) in their nodes' edges."""
        gone: defaultdict[int, dict[tuple[int, int, int], int]] = defaultdict(dict)
        for src, dst, at, rec, void in zip(*(column.tolist() for column in edges), strict=True):
            gone[src][dst, at, rec] = void
        starts, ends = self.index.of_nodes(longs(list(gone)))
        for own, start, end in zip(gone.values(), starts.tolist(), ends.tolist(), strict=True):
            near = np.isin(self.dst[start:end], longs([dst for dst, _, _ in own]))
            for place in (start + np.flatnonzero(near)).tolist():
                edge = int(self.dst[place]), int(self.at[place]), int(self.rec[place])
                if edge in own:
                    self.void[place] = own[edge]


def _dense(src: Longs) -> Dense:
    counts = np.bincount(src) if len(src) else np.zeros(1, np.int64)
    return Dense(np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))))


def longs(numbers: Sequence[int]) -> Longs:
    """Numbers as an array."""
    return np.array(numbers, np.int64)
