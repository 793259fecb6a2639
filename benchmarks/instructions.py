"""Instructions of a small case by callgrind, of this tree beside an earlier commit, in one job.

    python -m benchmarks.instructions            # beside the commit that BASE names
    python -m benchmarks.instructions HEAD~3

Needs valgrind and git. Counts hardly depend on the machine, but on the versions of Python and
SQLite, so both sides are counted here and now. More than LIMIT fails. Whoever means a question to
cost more names a later commit in BASE, and says why where that is committed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASE = ROOT / "benchmarks" / "instructions.base"
LIMIT = 1.05
MOST_SECONDS = 300  # of one program, on a machine with other work; alone it takes forty

_NAME = re.compile(r"^desc: Trigger: dump (.+)$", re.MULTILINE)
_TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def main(base: str = "") -> None:
    """Count both sides, and compare. Raises SystemExit where one question takes more."""
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is missing: install the package valgrind")
    base = base or BASE.read_text().split()[0]
    with tempfile.TemporaryDirectory(prefix="tracegraph-callgrind-") as folder:
        tree = Path(folder) / "tree"
        if not _checked_out(base, tree):
            print(
                f"INSTRUCTIONS NOT COUNTED: {base} is not in this clone. Where it is shallow,"
                " `git fetch --unshallow` brings it."
            )
            return
        with ThreadPoolExecutor() as both:
            sides = both.map(counted, (tree, ROOT), (Path(folder) / "base", Path(folder) / "head"))
            before, after = sides
    print(f"{'instructions of':<20} {base[:14]:>14} {'this tree':>14} {'ratio':>6}")
    for name, count in after.items():
        print(f"{name:<20} {before[name]:>14,} {count:>14,} {count / before[name]:>6.3f}")
    if worse := [name for name, count in after.items() if count > before[name] * LIMIT]:
        raise SystemExit(
            f"{', '.join(worse)}: more than {LIMIT} times the instructions of {base}. Make it"
            f" cheaper; or, where it is worth that, name a later commit in {BASE.relative_to(ROOT)}"
            " and say why where that is committed."
        )


def counted(tree: Path, folder: Path) -> dict[str, int]:
    """The instructions of each question, asked of the library of a tree."""
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}
    case, store = str(ROOT / "benchmarks" / "small_case.py"), str(folder / "case.db")
    counting = [
        "valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
        f"--callgrind-out-file={folder / 'out'}",
    ]  # fmt: skip
    for command in ([sys.executable, case, "load"], [*counting, sys.executable, case, "ask"]):
        subprocess.run(
            [*command, store], cwd=folder, env=environment, check=True, timeout=MOST_SECONDS
        )
    found = {}
    for out in sorted(folder.glob("out.*"), key=_number):
        text = out.read_text()
        if (name := _NAME.search(text)) and (total := _TOTAL.search(text)):
            found[name[1]] = int(total[1])
    return found


def _number(out: Path) -> int:
    return int(out.suffix[1:])


def _checked_out(commit: str, tree: Path) -> bool:
    """Put the files of a commit into a folder; whether it is in this clone."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    there = subprocess.run(
        [*git, "cat-file", "-e", commit + "^{commit}"], check=False, stderr=subprocess.DEVNULL
    )
    if there.returncode:
        return False
    done = subprocess.run([*git, "archive", commit], check=True, stdout=subprocess.PIPE)
    tree.mkdir()
    subprocess.run(["tar", "--extract", "--directory", str(tree)], check=True, input=done.stdout)
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
