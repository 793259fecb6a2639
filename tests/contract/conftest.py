"""Fixtures of the contract: every case runs on every engine."""

from tests.contract.engines import engine, neo4j_engine, sqlite_engine

__all__ = ["engine", "neo4j_engine", "sqlite_engine"]
