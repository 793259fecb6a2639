"""The collector of cycles is put off while a batch is captured, and no longer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

import tracegraph
from tests.builders import Desk
from tracegraph.capture.importing import Found, Importing
from tracegraph.store import collecting
from tracegraph.store.collecting import uncollected


def test_the_last_block_that_ends_collects_again() -> None:
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()


def test_blocks_that_overlap_without_an_end_collect_now_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Knot:
        """Something that only the collector frees."""

        def __init__(self) -> None:
            self.own = self

    monkeypatch.setattr(collecting, "_MOST", 1_000)
    with uncollected():
        kept = [weakref.ref(Knot()) for _ in range(2_000)]
        with uncollected():
            pass
        assert not any(knot() for knot in kept)


def test_what_goes_wrong_in_a_block_leaves_collecting_on() -> None:
    with pytest.raises(KeyError), uncollected():
        raise KeyError

    assert gc.isenabled()


def test_an_import_collects_between_its_batches() -> None:
    desk, during, between = Desk(), list[bool](), list[bool]()

    def found() -> Iterator[Found]:
        for number in range(4):
            during.append(gc.isenabled())
            event: dict[str, Any] = desk.receipt()
            yield Found("f", number + 1, "", "", event)

    with tracegraph.connect("sqlite:///:memory:") as graph:
        graph.store.migrate()
        importing = Importing(graph.capture, lambda reject: None, batch_size=2)
        for _ in importing.run(found()):
            between.append(gc.isenabled())

    assert during == [False] * 4
    assert between == [True, True]
