"""Closures on both engines beside a Postgres recursive CTE over the same edges, in one run.

    python -m benchmarks.closures sqlite:///large.db neo4j://… postgresql:///bench

The stores hold the same journal (`tracegraph copy`); the edges are copied from the embedded one
into Postgres, with the indexes and the predicates (both times, voids) that its recursion needs.
Every contender answers each seed once a round, in turn, and its answers are compared. Printed are
medians and their ratio to Postgres; seconds depend on the machine, the ratio far less.

Needs psycopg beside the project's own requirements.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

import tracegraph
from tracegraph.demo import STORY
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j import reading as neo4j_reading
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite import reading as sqlite_reading

ROUNDS = 5
BUDGET = 10_000_000
NEVER = 2**62
Closure = Callable[[int, str], set[int]]


def sqlite_closure(store: SqliteStore, known: int) -> Closure:
    """Numbers of the items reached, by the recursion of the embedded engine."""

    def closure(item: int, way: str) -> set[int]:
        with store._connections.reading() as db:
            db.execute("DELETE FROM temp.reached")
            cuts = {"known": known, "as_of": NEVER}
            sqlite_reading._walk_all(db, [item], way, cuts, BUDGET)  # type: ignore[arg-type]  # a direction, as text
            rows = db.execute("SELECT n >> 2 FROM temp.reached WHERE n & 3 < 2").fetchall()
        return {row[0] for row in rows}

    return closure


def neo4j_closure(store: Neo4jStore, known: int) -> Closure:
    """Numbers of the items reached, by breadth-first pruning."""
    cuts = {"known": known, "as_of": NEVER}

    def closure(item: int, way: str) -> set[int]:
        def work(tx: Any) -> list[int] | None:
            return neo4j_reading._walk_all(tx, [item], way, cuts, BUDGET)  # type: ignore[arg-type]  # a direction, as text

        nodes = store._connection.read("benchmark", work)
        return {node >> 2 for node in nodes or () if node & 3 < 2}

    return closure


def postgres_closure(connection: psycopg.Connection[Any], known: int) -> Closure:
    """Numbers of the items reached, by WITH RECURSIVE."""

    def closure(item: int, way: str) -> set[int]:
        here, there = ("src", "dst") if way == "forward" else ("dst", "src")
        rows = connection.execute(
            "WITH RECURSIVE r (n) AS ("
            " SELECT unnest(%(seeds)s::bigint[])"
            f" UNION SELECT e.{there} FROM r JOIN edge e ON e.{here} = r.n"
            " AND e.at <= %(as_of)s AND e.rec <= %(known)s AND e.void > %(known)s)"
            " SELECT n FROM r WHERE n & 3 < 2",
            {"seeds": [4 * item, 4 * item + 1], "as_of": NEVER, "known": known},
        ).fetchall()
        return {row[0] >> 2 for row in rows}

    return closure


def copy_edges(store: SqliteStore, connection: psycopg.Connection[Any]) -> int:
    """Put the embedded store's edges into Postgres, indexed both ways."""
    connection.execute("DROP TABLE IF EXISTS edge")
    connection.execute(
        "CREATE TABLE edge (src bigint, dst bigint, at bigint, rec bigint, void bigint)"
    )
    count = 0
    with store._connections.reading() as db:
        rows = db.execute("SELECT src, dst, at, rec, void FROM edge")
        with connection.cursor().copy("COPY edge FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
    connection.execute("CREATE INDEX edge_src ON edge (src, dst, at, rec, void)")
    connection.execute("CREATE INDEX edge_dst ON edge (dst, src, at, rec, void)")
    connection.execute("VACUUM ANALYZE edge")
    return count


def seeds(store: SqliteStore, chance: random.Random) -> list[tuple[int, str]]:
    """Ten serials to trace back; the story's lots and eight more to trace forward."""
    with store._connections.reading() as db:
        found = db.execute("SELECT no FROM item WHERE kind = 2 AND void > 1e9")
        serials = [row[0] for row in found]
        lots = [
            row[0]
            for row in db.execute(
                "SELECT no FROM item WHERE kind = 1 AND product LIKE 'RM-%' AND void > 1e9"
            )
        ]
        story = [
            db.execute("SELECT no FROM item WHERE key = ? AND void > 1e9", (key,)).fetchone()[0]
            for key in (STORY.bad_resin_lot, STORY.common_lot)
        ]
    back = [(no, "backward") for no in chance.sample(serials, 10)]
    return back + [(no, "forward") for no in (*story, *chance.sample(lots, 8))]


def main(sqlite_dsn: str, neo4j_dsn: str, postgres_dsn: str) -> None:
    """Run the comparison and print it."""
    small, large = tracegraph.connect(sqlite_dsn), tracegraph.connect(neo4j_dsn)
    assert isinstance(small.store, SqliteStore)
    assert isinstance(large.store, Neo4jStore)
    known = small.store.published().seq
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        print(f"{copy_edges(small.store, connection):,} edges, {known:,} events")
        contenders = {
            "sqlite": sqlite_closure(small.store, known),
            "neo4j": neo4j_closure(large.store, known),
            "postgres": postgres_closure(connection, known),
        }
        asked = seeds(small.store, random.Random(1))
        times: dict[tuple[str, int, str], list[float]] = {}
        sizes: dict[tuple[int, str], int] = {}
        for round_ in range(ROUNDS + 1):
            for item, way in asked:
                answers = []
                for name, closure in contenders.items():
                    begin = time.perf_counter()
                    answers.append(closure(item, way))
                    if round_:
                        times.setdefault((name, item, way), []).append(time.perf_counter() - begin)
                assert answers[0] == answers[1] == answers[2], (item, way)
                sizes[(item, way)] = len(answers[0])
    report(asked, times, sizes)
    whole(small, large, asked)


def report(asked: Any, times: Any, sizes: Any) -> None:
    """Medians of ten closures each way, and their ratio to Postgres."""
    for way in ("backward", "forward"):
        total = {
            name: sum(statistics.median(times[(name, i, w)]) for i, w in asked if w == way)
            for name in ("sqlite", "neo4j", "postgres")
        }
        reached = [sizes[(i, w)] for i, w in asked if w == way]
        slow = total["postgres"]
        row = {name: f"{1000 * t:.1f} ms ({t / slow:.2f})" for name, t in total.items()}
        print(f"ten {way}, {min(reached)} to {max(reached):,} items: {json.dumps(row)}")


def whole(small: tracegraph.Tracegraph, large: tracegraph.Tracegraph, asked: Any) -> None:
    """The full answers (events, lines, time order) through the library, once warm."""
    for way in ("backward", "forward"):
        items = [i for i, w in asked if w == way]
        for name, graph in (("sqlite", small), ("neo4j", large)):
            rows = small.store.items(items, small.store.published().seq)
            begin = time.perf_counter()
            reached = sum(
                len(graph.trace(row.key, direction=way, budget=BUDGET).items)
                for row in rows.values()
            )
            took = time.perf_counter() - begin
            print(f"whole answers, {way}, {name}: {reached:,} items, {took:.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
