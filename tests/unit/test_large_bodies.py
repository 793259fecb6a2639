"""Bodies of large events, kept between questions within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from tracegraph.recall import bodies
from tracegraph.recall.bodies import LARGE, MOST_EVENTS, LargeBodies


def body(lines: int) -> dict[str, Any]:
    return {"id": "x", "inputs": [{}] * (lines // 2), "outputs": [{}] * (lines - lines // 2)}


def test_what_is_large_is_kept_and_nothing_else():
    kept, read = LargeBodies(), {1: body(LARGE), 2: body(LARGE - 1), 3: {"id": "y"}}
    kept.keep(read)
    assert kept.known() == {1: read[1]}
    assert kept.known()[1] is read[1]


def test_a_question_that_adds_to_what_is_kept_adds_nothing_for_others():
    kept = LargeBodies()
    kept.known()[1] = body(LARGE)
    assert kept.known() == {}


def test_what_was_read_first_gives_way_to_more_events():
    kept = LargeBodies()
    for seq in range(MOST_EVENTS + 3):
        kept.keep({**kept.known(), seq: body(LARGE)})
    assert list(kept.known()) == list(range(3, MOST_EVENTS + 3))


def test_what_was_read_first_gives_way_to_more_lines(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "MOST_LINES", 100)
    kept = LargeBodies()
    for seq, lines in enumerate((60, 40, 30)):
        kept.keep({seq: body(lines)})
    assert list(kept.known()) == [1, 2]
    kept.keep({3: body(101)})  # one alone that is larger is not kept
    assert kept.known() == {}
    kept.keep({4: body(100)})
    assert list(kept.known()) == [4]
