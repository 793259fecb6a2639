"""Benchmarks from a command line.

    python -m benchmarks run --edges 1e5,1e6 --rounds 20 --only closures --out results.json
    python -m benchmarks compare old.json new.json
    python -m benchmarks page results.json [more.json]

`run` needs what is in requirements/bench.txt, Debian's package postgresql, and for Neo4j Maven
and a JDK (see tests/neo4j_server.py). Contenders that are not asked for need not be there.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Collection, Iterable
from pathlib import Path

import orjson

from benchmarks import tables


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in _names(text))


def refuse_unknown(
    asked: Iterable[str], known: Collection[str], name: str, parser: argparse.ArgumentParser
) -> None:
    """Exit where something is asked for that there is not: nothing would be measured."""
    for text in asked:
        if text not in known:
            parser.error(f"{name}: there is no {text!r}. Accepted: {', '.join(sorted(known))}.")


def main() -> None:
    """Run, or compare."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="measure, and write what came out")
    one.add_argument("--edges", type=_numbers, default=(1e5, 1e6), help="sizes, as 1e5,1e6")
    one.add_argument("--rounds", type=int, default=20)
    one.add_argument("--only", type=_names, default=(), help="works, as closures,gate")
    one.add_argument("--contenders", type=_names, default=(), help="as sqlite,postgres")
    one.add_argument("--keep", help="a folder that keeps loaded files for the next run")
    one.add_argument("--out", type=Path, help="a file for the results, as JSON")
    two = commands.add_parser("compare", help="ratios of one run beside those of another")
    two.add_argument("old", type=Path)
    two.add_argument("new", type=Path)
    three = commands.add_parser("page", help="write docs/benchmarks.md and its plots")
    three.add_argument(
        "results", type=Path, nargs="+", help="runs of one machine, to be shown as one"
    )
    three.add_argument("--to", type=Path, default=Path("docs/benchmarks.md"))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped then, too
    if given.command == "page":
        from benchmarks.page import joined, written

        written(joined([orjson.loads(path.read_bytes()) for path in given.results]), given.to)
        return
    if given.command == "compare":
        from benchmarks.comparing import compared

        print(compared(orjson.loads(given.old.read_bytes()), orjson.loads(given.new.read_bytes())))
        return
    from benchmarks.contenders import CONTENDERS
    from benchmarks.running import COMPANIES, WORK_OF, Options, run

    refuse_unknown(given.only, {*WORK_OF.values(), *COMPANIES}, "--only", parser)
    refuse_unknown(given.contenders, CONTENDERS, "--contenders", parser)
    results = run(
        Options(given.edges, given.rounds, given.only, given.contenders, given.keep)
    ).as_json()
    if given.out is not None:
        given.out.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    print(tables.terminal(results))


if __name__ == "__main__":
    main()
