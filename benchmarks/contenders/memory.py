"""networkx and rustworkx: the standing edges in memory, searched without predicates; the limit.

The graph holds what stands now, so its answers are those of everybody else, but it can answer
for no other time.
"""

from __future__ import annotations

import gc
import sqlite3
from pathlib import Path
from typing import Any

import networkx
import rustworkx

from benchmarks.asked import Answer, Kind, Question
from benchmarks.contenders import Setting

PAGE = 4096


class InMemory:
    """What both have in common: the items' keys, and how much was taken to hold the graph."""

    kinds: frozenset[Kind] = frozenset({"closure"})

    def __init__(self, setting: Setting) -> None:
        before = resident()
        db = sqlite3.connect(setting.sqlite.removeprefix("sqlite:///"))
        stands = "rec <= ?1 AND void > ?1"
        edges = db.execute(f"SELECT src, dst FROM edge WHERE {stands}", (setting.known,)).fetchall()
        named = db.execute(f"SELECT no, key FROM item WHERE {stands}", (setting.known,))
        self._keys: dict[int, str] = dict(named)
        db.close()
        self.build(edges)
        del edges
        gc.collect()
        gc.freeze()  # millions of objects that stay: no collection need look at them
        self._held = resident() - before

    def build(self, edges: list[tuple[int, int]]) -> None:
        """Make the graph."""
        raise NotImplementedError

    def ready(self) -> None:
        """Nothing is to be done."""

    def ask(self, question: Question) -> Answer:
        """The keys of all descendants, or ancestors."""
        seeds = [4 * no + half for no in question.numbers for half in (0, 1)]
        keys = self._keys
        found = {node >> 2 for node in self.reached(seeds, question.way) if node & 3 < 2}
        return Answer([keys[no] for no in found.union(question.numbers) if no in keys])

    def reached(self, seeds: list[int], way: str) -> Any:
        """The nodes that seeds reach; the seeds may be missing."""
        raise NotImplementedError

    def stored(self) -> int | None:
        """What was resident after loading, above what was before."""
        return self._held

    def close(self) -> None:
        """Nothing is open."""


class Networkx(InMemory):
    """A DiGraph of numbers."""

    def build(self, edges: list[tuple[int, int]]) -> None:
        """Make the graph, and its reverse as a view."""
        forward: Any = networkx.DiGraph()
        forward.add_edges_from(edges)
        self._graphs = {"forward": forward, "backward": forward.reverse(copy=False)}

    def reached(self, seeds: list[int], way: str) -> Any:
        """Breadth first; several seeds through a node before them, on a path of its own."""
        graph = self._graphs[way]
        present = [seed for seed in seeds if seed in graph]
        if len(present) == 1:
            return networkx.descendants(graph, present[0])
        # generic_bfs_edges starts from one node; -1 stands before all seeds.
        found = networkx.generic_bfs_edges(
            graph, -1, lambda node: iter(present) if node == -1 else graph.neighbors(node)
        )
        return {node for _, node in found}


class Rustworkx(InMemory):
    """A PyDiGraph whose indices stand for the numbers."""

    def build(self, edges: list[tuple[int, int]]) -> None:
        """Make the graph."""
        nodes = sorted({node for edge in edges for node in edge})
        self._index = {node: index for index, node in enumerate(nodes)}
        index = self._index
        self._nodes = nodes
        self._graph: Any = rustworkx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from(nodes)
        self._graph.add_edges_from_no_data([(index[src], index[dst]) for src, dst in edges])

    def reached(self, seeds: list[int], way: str) -> Any:
        """Breadth first; several seeds through a node that is put before them for the time."""
        graph, nodes = self._graph, self._nodes
        search = rustworkx.descendants if way == "forward" else rustworkx.ancestors
        present = [self._index[seed] for seed in seeds if seed in self._index]
        if not present:
            return ()
        if len(present) == 1:
            return [nodes[index] for index in search(graph, present[0])]
        before = graph.add_node(None)
        for index in present:
            pair = (before, index) if way == "forward" else (index, before)
            graph.add_edge(*pair, None)
        try:
            return [nodes[index] for index in search(graph, before)]
        finally:
            graph.remove_node(before)


def resident() -> int:
    """The bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE
