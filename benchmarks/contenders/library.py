"""tracegraph through the library, on any store that it can open.

Its bare closure is the recursion or search that every question of the engine begins with, and
the keys of what it reaches, in one read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tracegraph
from benchmarks.asked import Answer, Kind, Question, Way
from benchmarks.contenders import Setting
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j.statements import statement
from tracegraph.store.port import GraphStore
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite import reading as sqlite_reading

BUDGET = 10_000_000
NEVER = 2**62
Closure = Callable[[tuple[int, ...], Way], list[str]]


def on_sqlite(setting: Setting) -> Library:
    """The embedded engine."""
    return Library(setting.sqlite, setting.known)


def on_neo4j(setting: Setting) -> Library:
    """The engine of production."""
    assert setting.neo4j is not None
    return Library(setting.neo4j, setting.known)


class Library:
    """`tracegraph.connect(dsn)`."""

    kinds: frozenset[Kind] = frozenset({"closure", "trace", "scope", "gate", "search", "history"})

    def __init__(self, dsn: str, known: int) -> None:
        self.graph = tracegraph.connect(dsn, migrate=False)
        self.known = known
        self._closure = closure_of(self.graph.store, known)

    def ready(self) -> None:
        """Nothing is to be done."""

    def ask(self, question: Question) -> Answer:
        """Answer by the library's own methods."""
        graph, keys = self.graph, question.keys
        match question.kind:
            case "closure":
                return Answer(self._closure(question.numbers, question.way))
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


def closure_of(store: GraphStore, known: int) -> Closure:
    """The bare closure of an engine, to the keys of the items reached."""
    if isinstance(store, SqliteStore):
        return _sqlite_closure(store, known)
    if isinstance(store, Neo4jStore):
        return _neo4j_closure(store, known)
    raise TypeError(type(store))


def _sqlite_closure(store: SqliteStore, known: int) -> Closure:
    cuts = {"known": known, "as_of": NEVER}
    keys = (
        "SELECT i.key FROM (SELECT DISTINCT n >> 2 AS no FROM temp.reached WHERE n & 3 < 2) r"
        " CROSS JOIN item i ON i.no = r.no AND i.rec <= :known AND i.void > :known"
    )

    def closure(numbers: tuple[int, ...], way: Way) -> list[str]:
        with store._connections.reading() as db:
            db.execute("DELETE FROM temp.reached")
            sqlite_reading._walk_all(db, list(numbers), way, cuts, BUDGET)
            return [row[0] for row in db.execute(keys, cuts).fetchall()]

    return closure


# Keys of items instead of nodes; a pool has none, and stands for its lot.
_NODES = "RETURN [n IN ns[i..i + 1000] | n.node] AS nodes"
_KEYS = (
    "RETURN [n IN ns[i..i + 1000] WHERE n:Item AND n.void > $known OR n:Pool"
    " | coalesce(n.key, n.node)] AS found"
)
_POOLED = "UNWIND $nodes AS node MATCH (l:Item {node: node}) RETURN collect(l.key) AS found"


def _neo4j_closure(store: Neo4jStore, known: int) -> Closure:
    values: dict[str, Any] = {
        "known": known, "as_of": NEVER, "limit": 4 * BUDGET, "rounds": 2_000,
    }  # fmt: skip

    def closure(numbers: tuple[int, ...], way: Way) -> list[str]:
        name = f"closure_{way}" if len(numbers) == 1 else f"closure_many_{way}"
        text = statement(name).replace(_NODES, _KEYS)
        seeds = [4 * no + half for no in numbers for half in (0, 1)]

        def work(tx: Any) -> list[str]:
            batches = tx._transaction.run(text, seeds=seeds, **values).value("found")
            found = {one for batch in batches for one in batch}
            pools = {one - 1 for one in found if isinstance(one, int) and one & 3 == 1}
            keys = {one for one in found if isinstance(one, str)}
            if pools:
                (lots,) = tx._transaction.run(_POOLED, nodes=list(pools)).value("found")
                keys.update(lots)
            return list(keys)

        return store._connection.read("benchmark", work)

    return closure
