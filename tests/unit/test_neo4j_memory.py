"""What the server says of its memory: no outage, but more than one transaction holds."""

from __future__ import annotations

from typing import Any

import neo4j
import pytest
from neo4j.exceptions import Neo4jError

from tracegraph.model.parse import parse_event
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j.connection import OutOfMemory, translated
from tracegraph.store.port import BatchTooLarge, Draft, StoreUnavailable
from tracegraph.store.projection.facts import fact

OF_ALL = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
OF_ONE = "Neo.TransientError.General.TransactionOutOfMemoryError"
OF_ONE_BEFORE = "Neo.ClientError.General.TransactionOutOfMemoryError"


def said(code: str) -> Neo4jError:
    """An error as the driver makes it from the server's answer."""
    return Neo4jError._hydrate_neo4j(code=code, message="The allocation of 21.2 MiB is too much.")


@pytest.mark.parametrize("code", [OF_ALL, OF_ONE, OF_ONE_BEFORE])
def test_memory_is_told_apart(code: str) -> None:
    with pytest.raises(OutOfMemory, match=r"21\.2 MiB"), translated():
        raise said(code)


def test_other_passing_errors_are_an_outage() -> None:
    """Deadlocks and the like may succeed as they are; halving would not help."""
    with pytest.raises(StoreUnavailable) as raised, translated():
        raise said("Neo.TransientError.Transaction.DeadlockDetected")

    assert not isinstance(raised.value, OutOfMemory)


def test_a_fault_of_the_program_is_none_of_the_store() -> None:
    with pytest.raises(neo4j.exceptions.CypherSyntaxError), translated():
        raise said("Neo.ClientError.Statement.SyntaxError")


def test_an_append_without_memory_names_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(name: str, work: Any, **options: Any) -> Any:
        raise OutOfMemory("Neo4j: dbms.memory.transaction.total.max threshold reached")

    store = Neo4jStore("neo4j://127.0.0.1:1/neo4j")
    monkeypatch.setattr(store._connection, "write", write)
    event = parse_event(
        {"id": "1", "type": "place", "number": "P", "occurred_at": "2026-01-01T00:00:00Z"},
        source="s",
    )
    try:
        with pytest.raises(BatchTooLarge, match=r"^What a batch of 1 changes .*total\.max"):
            store.append([Draft(fact(0, event), b"{}", "", "")])
    finally:
        store.close()
