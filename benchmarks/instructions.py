"""Instructions of a small case by callgrind, of this tree beside another commit, in one job.

    python -m benchmarks.instructions origin/main

Needs valgrind and git. The case is run twice for each: whole, and without its questions; the
difference is what the questions take. Counts hardly depend on the machine, but on the versions
of Python and SQLite, so both sides are counted here and now. More than LIMIT fails.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 1.05
EVENTS = 700

LOAD = f"""
import itertools, sys, tracegraph
from tracegraph.demo import history
graph = tracegraph.connect("sqlite:///" + sys.argv[1])
graph.capture(itertools.islice(history("small", 1), {EVENTS}))
"""
CASES = {
    "nothing": """
import sys, tracegraph
from tracegraph.demo import STORY
graph = tracegraph.connect("sqlite:///" + sys.argv[1])
""",
    "questions": """
for _ in range(3):
    graph.trace(STORY.bad_resin_lot, direction="forward")
    graph.history(STORY.bad_resin_lot)
    graph.find("R-24")
    graph.gate([STORY.bad_resin_lot], purpose="consume", at="2025-06-01T00:00:00Z")
""",
    "capture": """
graph.capture(
    {
        "id": str(n), "source": "case", "type": "production", "occurred_at": "2026-01-05T08:00:00Z",
        "inputs": [{"item": {"product": "A", "lot": str(n)}, "quantity": "1", "unit": "each"}],
        "outputs": [{"item": {"product": "B", "lot": str(n)}, "quantity": "1", "unit": "each"}],
    }
    for n in range(100)
)
""",
}


def main(base: str) -> None:
    """Count both sides, and compare."""
    with tempfile.TemporaryDirectory(prefix="tracegraph-callgrind-") as folder:
        there = Path(folder) / "base"
        subprocess.run(
            ["git", "-C", str(ROOT), "worktree", "add", "--detach", "--quiet", str(there), base],
            check=True,
        )
        try:
            sides = {"base": counted(there, Path(folder)), "head": counted(ROOT, Path(folder))}
        finally:
            subprocess.run(
                ["git", "-C", str(ROOT), "worktree", "remove", "--force", str(there)], check=True
            )
    worse = False
    for case, before in sides["base"].items():
        after = sides["head"][case]
        worse |= after > before * LIMIT
        print(f"{case:<10} {before:>16,} {after:>16,} {after / before:>7.3f}")
    if worse:
        raise SystemExit(f"more than {LIMIT} times the instructions of {base}")


def counted(tree: Path, folder: Path) -> dict[str, int]:
    """Instructions of each case of a tree, above those of nothing."""
    store = folder / "case.db"
    for old in folder.glob("case.db*"):
        old.unlink()
    _run(tree, [sys.executable, "-c", LOAD, str(store)])
    found = {}
    for case, program in CASES.items():
        text = program if case == "nothing" else CASES["nothing"] + program
        out = folder / "callgrind.out"
        said = _run(
            tree,
            [
                "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", sys.executable, "-c",
                text, str(store),
            ],
        )  # fmt: skip
        match = re.search(r"Collected\s*:\s*(\d+)", said)
        assert match is not None, said[-1000:]
        found[case] = int(match[1])
    nothing = found.pop("nothing")
    return {case: count - nothing for case, count in found.items()}


def _run(tree: Path, command: list[str]) -> str:
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        command, cwd=tree, env=environment, check=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
