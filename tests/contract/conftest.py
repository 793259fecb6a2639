"""Fixtures of the contract: every case on every engine, and again with closures from memory."""

from collections.abc import Iterator

import pytest

from tests.contract.engines import (
    ENGINES,
    WITH_ADJACENCY,
    Engine,
    neo4j_adjacency_engine,
    neo4j_engine,
    sqlite_adjacency_engine,
    sqlite_engine,
)

__all__ = ["neo4j_adjacency_engine", "neo4j_engine", "sqlite_adjacency_engine", "sqlite_engine"]


@pytest.fixture(params=[*ENGINES, *WITH_ADJACENCY])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    yield found
    found.close()
