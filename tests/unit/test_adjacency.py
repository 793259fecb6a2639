"""The thread that keeps closures in memory, and the end of the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ENDS = """
import atexit, sys, tracegraph

def told():
    print("alive" if graph.store.walker._thread.is_alive() else "ended")

atexit.register(told)  # what is registered first runs last
graph = tracegraph.connect(sys.argv[1], adjacency_mebibytes=64)
assert graph.store.walker._thread.is_alive()
"""


def test_the_thread_ends_before_the_interpreter(tmp_path: Path) -> None:
    """One that is stopped within a statement leaves a lock, for which the process would wait."""
    done = subprocess.run(
        [sys.executable, "-c", ENDS, f"sqlite:///{tmp_path / 'a.db'}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "ended"
