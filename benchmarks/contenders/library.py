"""tracegraph through the library, on any store that it can open."""

from __future__ import annotations

import tracegraph
from benchmarks.asked import Answer, Kind, Question
from benchmarks.contenders import Setting
from tracegraph.store.adjacency import Adjacency
from tracegraph.store.sqlite import SqliteStore

BUDGET = 10_000_000
LOAD_SECONDS = 600.0


def on_sqlite(setting: Setting) -> Library:
    """The embedded engine."""
    return Library(setting.sqlite, setting.known)


def on_neo4j(setting: Setting) -> Library:
    """The engine of production."""
    assert setting.neo4j is not None
    return Library(setting.neo4j, setting.known)


def in_memory(setting: Setting) -> Library:
    """The embedded engine, with closures from memory."""
    return Library(setting.sqlite, setting.known, adjacency_mebibytes=8192)


class Library:
    """`tracegraph.connect(dsn)`."""

    kinds: frozenset[Kind] = frozenset({"closure", "trace", "scope", "gate", "search", "history"})

    def __init__(self, dsn: str, known: int, *, adjacency_mebibytes: int = 0) -> None:
        self.graph = tracegraph.connect(dsn, migrate=False, adjacency_mebibytes=adjacency_mebibytes)
        self.known = known
        walker = self.graph.store.walker
        if isinstance(walker, Adjacency):
            assert walker.wait(LOAD_SECONDS), walker.standing()

    def ready(self) -> None:
        """Nothing is to be done."""

    def ask(self, question: Question) -> Answer:
        """Answer by the library's own methods."""
        graph, keys = self.graph, question.keys
        match question.kind:
            case "closure":
                reached = graph.store.closure(
                    question.numbers, question.way, known=self.known, as_of=None, budget=BUDGET
                )
                assert reached is not None
                return Answer(reached.key)
            case "trace":
                found = graph.trace(keys, direction=question.way, budget=BUDGET)
                return Answer([item.key for item in found.items])
            case "scope":
                scope = graph.scope(keys, budget=1_000_000)
                return Answer([f"{i.key} {i.certainty} {i.units_min}" for i in scope.items])
            case "gate":
                verdict = graph.gate(keys, purpose="ship")
                return Answer([f"{r.item} {r.rule}" for r in verdict.refusals])
            case "search":
                page = graph.find(question.text, limit=50)
                return Answer([item.key for item in page.items])
            case "history":
                touched = graph.history(keys[0])
                return Answer([entry.key for entry in touched.entries])
        raise ValueError(question.kind)

    def stored(self) -> int | None:
        """The size of the file; of a server the one that runs it knows."""
        store = self.graph.store
        if store.walker is not None:
            return store.walker.standing().bytes
        if not isinstance(store, SqliteStore):
            return None
        with store._connections.reading() as db:
            ((size,),) = db.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
        return int(size)

    def close(self) -> None:
        """Close the graph."""
        self.graph.close()
