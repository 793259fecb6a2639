"""What Neo4j makes of the statements: closures prune breadth first, and nothing scans it all.

Facts of one engine, so they stand beside the contract and not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest

import cypher
import tracegraph
from tests.contract.engines import REPLAN
from tracegraph.demo import Scale, history
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j.statements import statement

pytestmark = pytest.mark.neo4j

CLOSURES = ("closure_forward", "closure_backward", "closure_keys_forward", "closure_keys_backward")
NEVER = ("VarLengthExpand(All)", "Repeat(Trail)", "AllNodesScan")
DIAMONDS = 40

# A value of the right type for every parameter that a statement can have.
VALUES: dict[str, Any] = {
    "rows": [], "nodes": [4], "seeds": [4], "frontier": [4], "hubs": [6], "seqs": [1],
    "keys": ["k"], "uids": ["s\x1fi"], "names": ["n"], "products": ["p"], "serials": [4],
    "items": [1], "homes": [1], "text": "t", "kind": "party", "key": "k", "product": "p",
    "number": "n", "kinds": ["party"], "prefix": "p",
    "uid": "u", "id": "i", "body": "{}", "name": "n", "checksum": "c", "pos": "", "lots": False,
    "types": ["order"], "among": None, "without": [], "dated": True,
    "terms": [["day", "d"]], "blocks": [0], "field": "day", "value": "v", "until": "z",
}  # fmt: skip


@pytest.fixture(scope="module")
def driver(neo4j_dsn: str) -> Iterator[neo4j.Driver]:
    """A driver for a database that holds the beginning of the demonstration."""
    with tracegraph.connect(neo4j_dsn) as graph:
        assert isinstance(graph.store, Neo4jStore)
        events = [event for event, _ in zip(history(Scale.SMALL, 1), range(300), strict=False)]
        graph.capture(events)
        graph.store._connection.run(REPLAN)
        yield graph.store._connection._driver


def names() -> list[str]:
    """Every statement in the folder."""
    return sorted(path.stem for path in Path(cypher.__path__[0]).glob("*.cypher"))


def values(text: str) -> dict[str, Any]:
    """Parameters for a statement; numbers where nothing else is known."""
    return {name: VALUES.get(name, 1) for name in re.findall(r"\$(\w+)", text)}


def operators(plan: Any) -> list[str]:
    """Every operator of a plan."""
    found = [plan["operatorType"].split("@")[0]]
    for child in plan.get("children", ()):
        found += operators(child)
    return found


def explained(driver: neo4j.Driver, name: str) -> list[str]:
    """The operators of a statement's plan."""
    text = statement(name)
    result = driver.execute_query("EXPLAIN " + text, values(text), database_="neo4j")
    return operators(result.summary.plan)


@pytest.mark.parametrize("name", CLOSURES)
def test_closures_prune_breadth_first(driver: neo4j.Driver, name: str) -> None:
    """Enumerating paths instead would take exponential time on diamonds."""
    found = explained(driver, name)
    assert [operator for operator in found if operator.startswith("VarLengthExpand(Pruning,BFS")]


@pytest.mark.parametrize("name", names())
def test_no_statement_scans_or_enumerates(driver: neo4j.Driver, name: str) -> None:
    """An unlabelled or unindexed start reads the whole graph; a variable length walks paths."""
    found = explained(driver, name)
    assert not [operator for operator in found if operator.startswith(NEVER)]


@pytest.mark.parametrize("name", ["term_values", "term_values_backwards", "whole_posting"])
def test_values_are_found_by_their_index(driver: neo4j.Driver, name: str) -> None:
    """An index of three properties is passed over where one of them is not asked for."""
    found = explained(driver, name)
    assert "NodeUniqueIndexSeek" in found
    assert "NodeByLabelScan" not in found


@pytest.mark.parametrize("verb", ["close", "delete"])
@pytest.mark.parametrize("lines", ["inputs", "outputs", "concerns"])
def test_a_line_ends_from_whichever_of_its_nodes_has_fewer(
    driver: neo4j.Driver, verb: str, lines: str
) -> None:
    """All lines of its event for every line of a pallet would be a million for a thousand."""
    found = explained(driver, f"{verb}_{lines}")
    assert [each for each in found if each.startswith("Expand")] == ["Expand(Into)"]


def test_a_double_diamond_of_forty_layers_is_walked_at_once(driver: neo4j.Driver) -> None:
    """80 nodes, 2^39 paths: a search that enumerates paths would not come back."""
    driver.execute_query(
        "UNWIND range(1, $layers) AS layer"
        " CREATE (:Traced:Diamond {node: 4000000000 + 8 * layer}),"
        "        (:Traced:Diamond {node: 4000000004 + 8 * layer})"
        " WITH count(*) AS done"
        " MATCH (a:Diamond), (b:Diamond) WHERE b.node / 8 = a.node / 8 + 1"
        " CREATE (a)-[:COMPRISES {at: 0, rec: 1, void: 9}]->(b)",
        layers=DIAMONDS,
        database_="neo4j",
    )
    try:
        text = statement("closure_forward")
        seeds = [4000000008]
        cuts = {"seeds": seeds, "known": 5, "as_of": 5, "dated": True, "limit": 1000}
        with driver.session(database="neo4j") as session:
            query = neo4j.Query(text, timeout=10)
            rows = session.run(query, cuts).data()
        assert len([node for row in rows for node in row["nodes"]]) == 2 * DIAMONDS - 1
    finally:
        driver.execute_query("MATCH (n:Diamond) DETACH DELETE n", database_="neo4j")


def test_a_start_by_in_on_a_unique_key_repeats_what_it_reaches(driver: neo4j.Driver) -> None:
    """The fault that forbids `WHERE s.key IN $keys` before a closure; UNWIND is right.

    When the first assertion fails on a newer server, the fault is mended there and this test
    and the rule can go.
    """
    run = driver.execute_query
    run("CREATE CONSTRAINT fault_k IF NOT EXISTS FOR (n:Fault) REQUIRE n.k IS UNIQUE")
    run(
        "CREATE (a:Fault {k: 1}), (b:Fault {k: 2}), (c:Fault {k: 3}), (d:Fault {k: 4})"
        " CREATE (a)-[:R]->(c), (c)-[:R]->(d), (b)-[:R]->(c)"
    )
    try:
        by_in = "MATCH (s:Fault)-[:R*1..5]->(n) WHERE s.k IN [1, 2] RETURN count(DISTINCT n) AS n"
        by_unwind = (
            "UNWIND [1, 2] AS k MATCH (s:Fault {k: k})-[:R*1..5]->(n) RETURN count(DISTINCT n) AS n"
        )
        assert run(by_in).records[0]["n"] == 4
        assert run(by_unwind).records[0]["n"] == 2
    finally:
        run("MATCH (n:Fault) DETACH DELETE n")
        run("DROP CONSTRAINT fault_k")
