"""Cypher as most people write it first: every path of any length, and DISTINCT in the end.

While nothing but the items is asked for, the planner sees that paths need not be enumerated.
Who also wants to know how many steps away an item is loses that, and pays for every path.
"""

from __future__ import annotations

import neo4j
from neo4j.exceptions import ClientError, TransientError

import tracegraph
from benchmarks.asked import Answer, Kind, Question, TimedOut
from benchmarks.contenders import Setting
from tracegraph.store.neo4j import Neo4jStore

NEVER = 2**62
WALKED = "INPUT|OUTPUT|COMPRISES|POOLED"
FORWARD = f"(s)-[:{WALKED}*]->(n)"
BACKWARD = f"(s)<-[:{WALKED}*]-(n)"
CLOSURE = """
MATCH path = {pattern} WHERE s.node IN $seeds AND s:Traced
  AND all(r IN relationships(path) WHERE r.at <= $as_of AND r.rec <= $known AND r.void > $known)
WITH DISTINCT n{steps} WHERE n:Item AND n.void > $known OR n:Pool
RETURN n.key AS key, n.node AS node
"""
STEPS = ", length(path) AS steps"
# A pool stands for its lot.
POOLED = "UNWIND $nodes AS node MATCH (l:Item {node: node}) RETURN l.key AS key"


class PlainCypher:
    """One statement on the production engine's own graph, with its indexes and predicates."""

    kinds: frozenset[Kind] = frozenset({"closure"})
    steps = ""

    def __init__(self, setting: Setting) -> None:
        assert setting.neo4j is not None
        self._graph = tracegraph.connect(setting.neo4j, migrate=False)
        store = self._graph.store
        assert isinstance(store, Neo4jStore)
        self._driver = store._connection._driver
        self._database = store._connection.database
        self._cuts = {"known": setting.known, "as_of": NEVER}
        self._timeout = setting.timeout

    def ready(self) -> None:
        """Nothing is to be done."""

    def ask(self, question: Question) -> Answer:
        """The keys, a row each."""
        pattern = FORWARD if question.way == "forward" else BACKWARD
        text = CLOSURE.format(pattern=pattern, steps=self.steps)
        return Answer(self._run(text, question))

    def _run(self, text: str, question: Question) -> list[str]:
        seeds = [4 * no + half for no in question.numbers for half in (0, 1)]
        query = neo4j.Query(text, timeout=self._timeout)
        with self._driver.session(database=self._database) as session:
            try:
                rows = session.run(query, {"seeds": seeds, **self._cuts}).values()
            except (ClientError, TransientError) as error:
                if "TimedOut" in (error.code or "") or "Memory" in (error.code or ""):
                    raise TimedOut from error
                raise
            pools = [node - 1 for _, node in rows if node & 3 == 1]
            lots = session.run(POOLED, nodes=pools).value("key")
        return [*{key for key, _ in rows if key is not None}.union(question.keys, lots)]

    def stored(self) -> int | None:
        """The same as the engine's."""
        return None

    def close(self) -> None:
        """Close the connection."""
        self._graph.close()


class PathCypher(PlainCypher):
    """The same, with the number of steps to each item."""

    steps = STEPS
