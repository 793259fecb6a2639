"""Cold start: a new process, from its first line to its first answer, on a file that is there.

The pages of the file may be in the system's cache; the process, its modules and its connections
are new. Beside it stands a Python that imports nothing.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable

from benchmarks.asked import Reference
from benchmarks.measuring import Measure, compared, percentiles

ROUNDS = 5
NOTHING = "Python alone"
PROGRAMS = {
    NOTHING: "pass",
    "library, first genealogy": (
        "import sys, tracegraph;"
        " graph = tracegraph.connect(sys.argv[1], migrate=False); graph.trace(sys.argv[2])"
    ),
    "library, import": "import tracegraph",
    "service, ready to listen": (
        "import sys; from api.app import create_app; from tracegraph.settings import Settings;"
        " create_app(Settings(store=sys.argv[1]))"
    ),
}


def measured(name: str, dsn: str, key: str, told: Callable[[str], None]) -> list[Measure]:
    """Milliseconds of each program, in turn."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for round_ in range(-1, ROUNDS):
        told(f"cold start, {name}: {'warming up' if round_ < 0 else f'{round_ + 1} of {ROUNDS}'}")
        for label, program in PROGRAMS.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", program, dsn, key], check=True)
            if round_ >= 0:
                times[label].append(time.perf_counter() - begin)
    measures = [
        Measure("cold", "cold", label, name, len(each), *percentiles(each))
        for label, each in times.items()
    ]
    reference = Reference("cold", NOTHING, None)
    return compared(measures, {("cold", label): reference for label in times})
