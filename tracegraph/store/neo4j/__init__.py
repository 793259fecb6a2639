"""The production engine: Neo4j, over Bolt, with every statement in `cypher/`."""

from tracegraph.store.neo4j.store import Neo4jStore

__all__ = ["Neo4jStore"]
