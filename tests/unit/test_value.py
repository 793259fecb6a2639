"""Values that are frozen to the type checker alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

from tracegraph.trace.answer import Edge

EDGE = Edge("input", "a", "b", "1", "each")


def test_a_value_is_a_dataclass_that_is_equal_and_hashed_by_its_fields() -> None:
    assert is_dataclass(EDGE)
    assert [field.name for field in fields(EDGE)] == [
        "kind",
        "source",
        "target",
        "quantity",
        "unit",
    ]
    assert replace(EDGE, target="c") == Edge("input", "a", "c", "1", "each")
    assert len({EDGE, replace(EDGE), replace(EDGE, unit=None)}) == 2
    assert not hasattr(EDGE, "__dict__")


def test_the_type_checker_lets_nobody_change_one() -> None:
    def change(edge: Edge) -> None:
        # Where the checker no longer minds, it calls this an ignore that is not needed.
        edge.kind = "output"  # type: ignore[misc]  # what this test is about

    change(replace(EDGE))
    assert EDGE.kind == "input"
