"""The gate over HTTP beside the empty request, with and without open cases, in one run.

    python -m benchmarks.gate sqlite:///large.db

The store holds the demo, and is a copy that nobody else needs: cases are opened in it, and closed
in the end. It is served on a free port by a process of its own, and asked over one connection that
is kept alive. Every question about an item is preceded by GET /health, which looks at nothing, and
GET /ready, which asks the store how it is. Items are drawn with a fixed seed: any, and for each
case those that it reaches and those that it does not.

A case is asked about twice: from when it is opened until the service says in its log that it is
kept, while every answer is reasoned and a thread works beside it, and from then on. Printed are
percentiles in milliseconds and, as a ratio that depends far less on the machine, each of them to
that of the empty request with no case open.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tracegraph
from tests.neo4j_server import free_port
from tracegraph.demo import STORY
from tracegraph.model.key import Kind
from tracegraph.recall.answer import Snapshot
from tracegraph.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[1]
ITEMS = 100
PASSES = 3
WARM = 20
START_SECONDS = 30.0
KEPT_SECONDS = 300.0
NO_CASE = "no case"
CASES = {"rare case": STORY.bad_resin_lot, "common case": STORY.common_lot}
KINDS = {"lot": Kind.LOT, "serial": Kind.SERIAL}
OF_CASE = frozenset({"scope_certain", "scope_possible", "scope_unproven"})
Keys = dict[str, list[str]]
EMPTY = ("/health", "/ready")


@dataclass
class Found:
    """Seconds and rules by phase and group, and the first answer of each phase."""

    times: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    rules: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)


class Client:
    """One connection, kept alive, to a service whose log is in a file."""

    def __init__(self, port: int, log: Path) -> None:
        self._log = log
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[float, Any]:
        """Seconds until an answer was there whole, and what it says."""
        begin = time.perf_counter()
        self._connection.request(method, path, body, {"content-type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - begin
        assert answer.status == 200, content
        return took, json.loads(content)

    def kept(self) -> int:
        """How often open cases were worked out."""
        return self._log.read_bytes().count(b'"cases.kept"')

    def gate(self, key: str) -> tuple[float, set[str]]:
        """How long the gate took over an item, and by which rules it refused."""
        body = json.dumps({"items": [key], "purpose": "ship"}).encode()
        took, verdict = self.ask("POST", "/v1/gate", body)
        return took, {refusal["rule"] for refusal in verdict["refusals"]}


@contextmanager
def served(dsn: str) -> Iterator[Client]:
    """A service of the store, in a process of its own."""
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRACEGRAPH_STORE": dsn,
        "TRACEGRAPH_PORT": str(port),
        "TRACEGRAPH_LOG_LEVEL": "info",
        "TRACEGRAPH_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-c", "from api.serve import serve; serve()"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        with path.open("wb") as log:
            process = subprocess.Popen(command, env=environment, stderr=log)
        client = Client(port, path)
        try:
            wait_until_live(client, process)
            yield client
        finally:
            client.close()
            process.terminate()
            process.wait()


def wait_until_live(client: Client, process: subprocess.Popen[bytes]) -> None:
    """Ask until there is an answer."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.ask("GET", "/health")
            return
        except OSError:
            client.close()
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def keys_of(store: SqliteStore) -> Keys:
    """The keys of all items, by the word of their kind."""
    with store._connections.reading() as db:
        query = "SELECT key FROM item WHERE kind = ? AND void > ? ORDER BY key"
        known = store.published().seq
        return {
            word: [row[0] for row in db.execute(query, (int(kind), known))]
            for word, kind in KINDS.items()
        }


def drawn(keys: Keys, reached: set[str] | None, chance: random.Random) -> Keys:
    """Items of each kind to ask about, by what they are called in the table."""
    found = {}
    for word, every in keys.items():
        parts = {"any": every}
        if reached is not None:
            parts["reached"] = [key for key in every if key in reached]
            parts["not reached"] = [key for key in every if key not in reached]
        for part, members in parts.items():
            chosen = chance.sample(members, min(ITEMS, len(members)))
            if chosen:
                found[f"{word}, {part}"] = chosen
    return found


def opened(
    graph: tracegraph.Tracegraph, keys: Keys, chance: random.Random
) -> tuple[dict[str, Snapshot], dict[str, Keys]]:
    """The cases, stored and closed, and the items to ask about with each of them open."""
    stored, asked = {}, {NO_CASE: drawn(keys, None, chance)}
    for name, seed in CASES.items():
        begin = time.perf_counter()
        scope = graph.scope(seed)
        took = time.perf_counter() - begin
        reached = {item.key for item in scope.items}
        stored[name] = graph.save_scope(scope, name=name, status="closed")
        asked[name] = drawn(keys, reached, chance)
        print(f"{name}: {len(reached):,} items affected, a scope of {took:.1f} s", flush=True)
    return stored, asked


def main(dsn: str) -> None:
    """Serve the store, ask, and print."""
    found = Found()
    with tracegraph.connect(dsn) as graph:
        assert isinstance(graph.store, SqliteStore)
        assert not any(case.status == "open" for case in graph.snapshots()), "close its cases"
        keys = keys_of(graph.store)
        counts = ", ".join(f"{len(every):,} {word}s" for word, every in keys.items())
        print(f"{graph.store.published().seq:,} events, {counts}", flush=True)
        stored, asked = opened(graph, keys, random.Random(1))
        with served(dsn) as client:
            for key in keys["lot"][:WARM]:
                client.gate(key)
            for _ in range(PASSES):
                ask(client, NO_CASE, asked[NO_CASE], found)
            for name, case in stored.items():
                before = client.kept()
                graph.set_case(case.id, "open")
                try:
                    while_opened(client, name, asked[name], found, before)
                    for _ in range(PASSES):
                        ask(client, f"{name}, kept", asked[name], found)
                finally:
                    graph.set_case(case.id, "closed")
    report(found)


def while_opened(client: Client, name: str, asked: Keys, found: Found, before: int) -> None:
    """Ask from when a case is opened until it is kept."""
    began = time.monotonic()
    phase = f"{name}, opened"
    while client.kept() == before:
        assert time.monotonic() < began + KEPT_SECONDS, "the case is not kept"
        ask(client, phase, asked, found, until=lambda: client.kept() > before)
    print(f"{name}: kept after {time.monotonic() - began:.1f} s", flush=True)


def ask(
    client: Client,
    phase: str,
    asked: Keys,
    found: Found,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Ask about one item of each group in turn, each after the empty requests."""
    for at in range(ITEMS):
        if until():
            return
        for group, keys in asked.items():
            if at < len(keys):
                for path in EMPTY:
                    took, _ = client.ask("GET", path)
                    found.times.setdefault((phase, f"GET {path}"), []).append(took)
                took, rules = client.gate(keys[at])
                found.first.setdefault(phase, took)
                found.times.setdefault((phase, group), []).append(took)
                found.rules.setdefault((phase, group), Counter()).update(rules)


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """The 50th, the 95th and the 99th, in milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[94], 1000 * cuts[98]


def report(found: Found) -> None:
    """Percentiles of each group and their ratio to the empty request's."""
    empty = percentiles(found.times[(NO_CASE, "GET /health")])
    head = f"{'':<40}{'p50':>8}{'p95':>8}{'p99':>8} ms {'of the empty request':>23}"
    print(f"{head}{'n':>7}  by the case")
    for (phase, group), each in found.times.items():
        figures = percentiles(each)
        ratios = "".join(f"{a / b:>8.1f}" for a, b in zip(figures, empty, strict=True))
        rules = found.rules.get((phase, group), Counter())
        told = ", ".join(f"{rule} {rules[rule]}" for rule in sorted(OF_CASE & rules.keys()))
        shown = "".join(f"{figure:>8.2f}" for figure in figures)
        print(f"{phase:<21}{group:<19}{shown}   {ratios}{len(each):>7}  {told}")
    for phase, took in found.first.items():
        print(f"the first answer, {phase}: {1000 * took:.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
