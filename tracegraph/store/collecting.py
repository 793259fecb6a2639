"""Garbage collection, put off while a batch is appended or a scope is worked out.

Either is a great many small values without a cycle among them. Python's collector would walk all
of them again and again, for a fifth to a third of the time, and find nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_MOST = 2_000_000  # values that nobody walked, before they are in spite of all

_lock = Lock()
_users = 0
_was_on = False


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection of cycles until the last block that asked for this has ended.

    Values are freed by their counts all the same. Threads may hold it at once; where blocks overlap
    without an end, what they leave is collected now and again.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users, _was_on  # noqa: PLW0603 - the collector is one for the whole process
    with _lock:
        if not _users:
            _was_on = gc.isenabled()
            gc.disable()
        elif gc.get_count()[0] > _MOST:
            gc.collect()
        _users += 1


def _leave() -> None:
    global _users  # noqa: PLW0603 - see _enter
    with _lock:
        _users -= 1
        if not _users and _was_on:
            gc.enable()
