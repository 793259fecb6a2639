"""Fixtures of the acceptance cases: those that name an engine run on every engine."""

from tests.contract.engines import engine, neo4j_engine, sqlite_engine

__all__ = ["engine", "neo4j_engine", "sqlite_engine"]
