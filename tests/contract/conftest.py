"""Fixtures of the contract: every case on every engine, and again with closures from memory.

What asks for closures or changes what they see is always run both ways on the embedded engine,
and bare closures on each, as the memory is filled from both; with TRACEGRAPH_PROVE=1 every case is.
"""

from __future__ import annotations

import os
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

BOTH_WAYS = {"test_closures", "test_genealogy", "test_keeping", "test_concurrency"}
PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask every engine, and those modules of closures from memory, too."""
    module = metafunc.module.__name__.rpartition(".")[2]
    if "engine" not in metafunc.fixturenames or hasattr(metafunc.module, "engine"):
        return  # a module that brings its own engines
    engines = list(ENGINES)
    if PROVE or module in BOTH_WAYS:
        every = PROVE or module == "test_closures"
        engines += WITH_ADJACENCY if every else WITH_ADJACENCY[:1]
    metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    yield found
    found.close()
