"""One run: graphs, the servers that hold them, the works that are asked for, and the results."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import tracegraph
from benchmarks import cold, ingest, loading, machine, mixed, seeds, shapes
from benchmarks.asked import ENGINES, Question
from benchmarks.contenders import CONTENDERS, Setting
from benchmarks.growth import fits
from benchmarks.measuring import Measure, measured
from benchmarks.seeds import Graph
from benchmarks.servers import Neo4j, Postgres, Server, Service
from benchmarks.workers import Worker
from tracegraph.demo import history, sized
from tracegraph.store.sqlite import SqliteStore

SEED = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for. `only` names works, `contenders` names contenders; () is all."""

    edges: tuple[float, ...] = (1e5, 1e6)
    rounds: int = 20
    only: tuple[str, ...] = ()
    contenders: tuple[str, ...] = ()
    keep: str | None = None  # a folder in which loaded files are kept for the next run

    def asks(self, contender: str) -> bool:
        """Whether a contender is asked for."""
        return not self.contenders or contender in self.contenders

    def does(self, work: str) -> bool:
        """Whether a work is asked for."""
        return not self.only or work in self.only


@dataclass(slots=True)
class Results:
    """What came out: the machine, the graphs, and every measure."""

    machine: dict[str, Any]
    options: dict[str, Any]
    graphs: list[dict[str, Any]] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return {
            "version": 1,
            "machine": self.machine,
            "options": self.options,
            "graphs": self.graphs,
            "measures": [measure.as_json() for measure in self.measures],
            "fits": self.fits,
            "seconds": round(self.seconds, 1),
        }


def run(options: Options) -> Results:
    """Load, ask and measure, graph by graph."""
    begin = time.monotonic()
    results = Results(machine.described(), asdict(options))
    with folder(options.keep) as place:
        if options.does("shapes"):
            _one("shapes", place, shapes.events(), shapes.asked, options, results)
        if any(map(options.does, (*WORK_OF.values(), "cold", "mixed"))):
            for edges in options.edges:
                made = history(sized(edges), SEED)
                _one(f"{edges:.0f}", place, made, seeds.asked, options, results)
        if options.does("ingest"):
            engines = [name for name in ENGINES if options.asks(name)]
            results.measures += ingest.measured(place, told, engines=engines)
    results.fits = fits(results.graphs, results.measures)
    results.seconds = time.monotonic() - begin
    return results


@contextmanager
def folder(keep: str | None) -> Iterator[Path]:
    """Where files go: a folder that is kept, or one that is not."""
    if keep is not None:
        Path(keep).mkdir(parents=True, exist_ok=True)
        yield Path(keep)
        return
    with tempfile.TemporaryDirectory(prefix="tracegraph-bench-") as made:
        yield Path(made)


def _one(
    file: str,
    place: Path,
    events: loading.Events,
    asked: Callable[[SqliteStore], Graph],
    options: Options,
    results: Results,
) -> None:
    """One graph: loaded into every contender, asked about, and gone."""
    name = f"{float(file):.0e}".replace("e+0", "e") if file.isdecimal() else file
    told(f"{name}: loading the embedded store")
    begin = time.monotonic()
    dsn = loading.into_sqlite(place / f"{file}.db", events)
    loaded = {"sqlite": time.monotonic() - begin}
    with ExitStack() as stack:
        graph = stack.enter_context(tracegraph.connect(dsn, migrate=False))
        assert isinstance(graph.store, SqliteStore)
        facts = asked(graph.store)
        told(f"{name}: {facts.edges:,} edges, {facts.items:,} items; {facts.reached}")
        setting, servers = _served(graph.store, dsn, options, stack, loaded, name)
        chosen = _chosen(options, setting)
        workers = [stack.enter_context(_worker(each, setting)) for each in chosen]
        for worker in workers:
            worker.ready()
        questions = [q for q in facts.questions if name == "shapes" or _wanted(q, options)]
        results.measures += measured(name, workers, questions, options.rounds, told)
        _companies(name, setting, facts, options, place, results)
        results.graphs.append({
            "name": name,
            "edges": facts.edges,
            "items": facts.items,
            "events": facts.events,
            "reached": facts.reached,
            "loading_seconds": {key: round(took, 1) for key, took in loaded.items()},
            "memory": memory(workers, servers),
            "stored": stored(workers, servers),
        })  # fmt: skip


def _companies(
    name: str, setting: Setting, facts: Graph, options: Options, place: Path, results: Results
) -> None:
    """Cold starts and readers beside a writer, on the engines that hold this graph."""
    keys = [q.keys[0] for q in facts.questions if q.name == ("trace", "backward, a serial")]
    stores = {"sqlite": setting.sqlite, "neo4j": setting.neo4j}
    for engine in ENGINES:
        dsn = stores[engine]
        if not keys or dsn is None or not options.asks(engine):
            continue
        if options.does("cold"):
            results.measures += _of(name, cold.measured(engine, dsn, keys[0], told))
        if options.does("mixed"):
            written = mixed.copied(dsn, place) if engine == "sqlite" else dsn
            results.measures += _of(name, mixed.measured(engine, written, keys, told))


def _of(graph: str, measures: list[Measure]) -> list[Measure]:
    return [replace(measure, graph=graph) for measure in measures]


def _wanted(question: Question, options: Options) -> bool:
    """Whether it is asked for, or others are measured against it."""
    if question.kind in {"closure", "empty"}:
        return True
    return options.does(WORK_OF[question.kind])


# What is measured beside the questions, by the same words.
COMPANIES = ("cold", "mixed", "ingest", "shapes")
# By which word a kind of question is asked for with ONLY=.
WORK_OF = {
    "closure": "closures", "trace": "closures", "empty": "closures", "scope": "scope",
    "gate": "gate", "search": "search", "history": "history",
}  # fmt: skip


def _served(
    store: SqliteStore,
    dsn: str,
    options: Options,
    stack: ExitStack,
    loaded: dict[str, float],
    name: str,
) -> tuple[Setting, dict[str, Server]]:
    """The servers that the chosen contenders need, with the graph in them."""
    known = store.published().seq
    everything = Setting(known, dsn, "", "", {"sqlite": 0, "neo4j": 0})
    needs = {CONTENDERS[each].needs for each in _chosen(options, everything)}
    servers: dict[str, Server] = {}
    neo4j = postgres = None
    if needs & {"neo4j", "services/neo4j"}:
        told(f"{name}: loading Neo4j")
        begin = time.monotonic()
        servers["neo4j"] = server = stack.enter_context(Neo4j())
        loading.into_neo4j(server, store, told)
        neo4j = server.dsn
        loaded["neo4j"] = time.monotonic() - begin
    if "postgres" in needs:
        from benchmarks.contenders.postgres import load

        told(f"{name}: loading Postgres")
        begin = time.monotonic()
        servers["postgres"] = cluster = stack.enter_context(Postgres())
        cluster.start()
        postgres = cluster.dsn
        load(postgres, store)
        loaded["postgres"] = time.monotonic() - begin
    ports = {}
    for engine, where in (("sqlite", dsn), ("neo4j", neo4j)):
        if f"services/{engine}" in needs and where is not None:
            servers[f"{engine} http"] = service = stack.enter_context(Service(where))
            service.start()
            ports[engine] = service.port
    return Setting(known, dsn, neo4j, postgres, ports), servers


def _chosen(options: Options, setting: Setting) -> list[str]:
    unknown = set(options.contenders) - CONTENDERS.keys()
    if unknown:
        raise SystemExit(f"no such contender: {', '.join(sorted(unknown))}")
    return [
        name for name, entry in CONTENDERS.items() if options.asks(name) and entry.fits(setting)
    ]


@contextmanager
def _worker(name: str, setting: Setting) -> Iterator[Worker]:
    worker = Worker(name, setting)
    try:
        yield worker
    finally:
        worker.close()


def memory(workers: Iterable[Worker], servers: dict[str, Server]) -> dict[str, dict[str, int]]:
    """Bytes in memory after the work: of the client's process, and of the server behind it."""
    behind = {"plain cypher": "neo4j", "cypher, steps": "neo4j"}
    found = {}
    for worker in workers:
        found[worker.name] = {"client": worker.resident()}
        server = servers.get(behind.get(worker.name, worker.name))
        if server is not None:
            found[worker.name]["server"] = server.resident()
    return found


def stored(workers: Iterable[Worker], servers: dict[str, Server]) -> dict[str, int]:
    """Bytes of the data at rest, by contender."""
    found = {worker.name: worker.stored for worker in workers if worker.stored is not None}
    neo4j = servers.get("neo4j")
    if isinstance(neo4j, Neo4j):
        found["neo4j"] = neo4j.stored()
    return found


def told(text: str) -> None:
    """Say where the run is, aside from its results."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)
