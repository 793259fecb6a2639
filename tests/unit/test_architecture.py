"""Imports point one way, downwards: the drawing in docs/architecture.md, held by a test.

Every import counts, also one inside a function or under TYPE_CHECKING; the one exception is
the command line, which loads the service inside the function that serves.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
OURS = ("tracegraph", "api", "viz")
MAX_LINES = 600
NAMELESS = {"util", "utils", "helper", "helpers", "common", "manager", "managers"}

# Rooms of the library, each with what it may import. Rooms side by side do not know each other.
BELOW_STORE = {"model", "identify"}
BELOW_CAPTURE = BELOW_STORE | {"settings", "store"}
BELOW_ANSWERS = BELOW_CAPTURE | {"capture", "trace"}
LIBRARY = BELOW_ANSWERS | {"recall", "orders", "formats", "proof"}
PUBLIC = LIBRARY | {"library", "keys", "demo", "tracegraph"}
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "settings": {"model"},
    "identify": {"model"},
    "store": BELOW_STORE | {"settings"},
    "capture": BELOW_CAPTURE,
    "keys": BELOW_CAPTURE,
    "trace": BELOW_CAPTURE,
    "recall": BELOW_ANSWERS,
    "orders": BELOW_ANSWERS,
    "formats": BELOW_ANSWERS,
    "proof": BELOW_ANSWERS,
    "library": LIBRARY,
    "tracegraph": LIBRARY | {"library"},  # tracegraph/__init__.py, the public names
    "demo": {"model", "library"},
    "cli": PUBLIC,
    "__main__": {"cli"},
    "viz": {"model", "trace"},
    "api": PUBLIC | {"viz"},
}
LAZILY = {"cli": {"api"}}

ENGINES = {"tracegraph.store.sqlite", "tracegraph.store.neo4j"}
MAY_IMPORT_ENGINES = {"store", "library"}
DRIVERS = {"neo4j": "tracegraph.store.neo4j", "sqlite3": "tracegraph.store.sqlite"}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, in full, and whether it is imported only when a function runs."""

    target: str
    lazy: bool
    line: int


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Yield what a module imports; `package` resolves relative imports.

    `from a import b` yields `a.b`, since `b` may be a module.
    """

    def visit(node: ast.AST, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Import(names=names):
                    yield from (Import(name.name, lazy, child.lineno) for name in names)
                case ast.ImportFrom(module=module, names=names, level=level):
                    parents = package.split(".")
                    base = parents[: len(parents) - level + 1] if level else []
                    start = ".".join([*base, *([module] if module else [])])
                    yield from (
                        Import(f"{start}.{name.name}", lazy, child.lineno) for name in names
                    )
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    yield from visit(child, lazy=True)
                case _:
                    yield from visit(child, lazy)

    yield from visit(ast.parse(source), lazy=False)


def room_of_module(module: str) -> str:
    """Return the room that a module of ours lies in, known to the drawing or not."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] or top if top == "tracegraph" else top


def room_of_target(name: str) -> str | None:
    """Return the room that an imported name lies in, or None for what is not ours.

    `tracegraph.x` without a room x is a public name, so it lies in the root.
    """
    parts = name.split(".")
    if parts[0] not in OURS:
        return None
    is_public_name = len(parts) == 2 and parts[1] not in MAY_IMPORT
    return parts[0] if is_public_name else room_of_module(name)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def faults(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return what a module imports against the rules, a sentence for each."""
    room = room_of_module(module)
    if room not in MAY_IMPORT:
        return [f"{module}: the room {room} has no place in the drawing"]
    package = module if is_package else module.rpartition(".")[0]
    found = []
    for imported in imports_of(source, package):
        said = f"{module}:{imported.line} imports {imported.target}"
        target = room_of_target(imported.target)
        allowed = MAY_IMPORT[room] | (LAZILY.get(room, set()) if imported.lazy else set())
        if target is not None and target != room and target not in allowed:
            found.append(f"{said}: {room} may not import {target}")
        found += [f"{said}: {fault}" for fault in engine_faults(module, room, imported.target)]
    return found


def engine_faults(module: str, room: str, target: str) -> Iterator[str]:
    for driver, home in DRIVERS.items():
        if within(target, driver) and not within(module, home):
            yield f"only {home} may use the driver {driver}"
    for engine in ENGINES:
        if not within(target, engine) or within(module, engine):
            continue
        if room not in MAY_IMPORT_ENGINES:
            yield f"{room} sees the port, not an engine"
        if any(within(module, other) for other in ENGINES):
            yield "an engine may not import the other"
        if within(module, "tracegraph.store.port"):
            yield "the port may not import an engine"


def our_files() -> list[Path]:
    return sorted(path for top in OURS for path in (ROOT / top).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_three_packages_are_there() -> None:
    present = {module_name(path).partition(".")[0] for path in our_files()}

    assert present == set(OURS), "an empty tree would pass every other test of this file"


def test_imports_point_downwards() -> None:
    found = [
        fault
        for path in our_files()
        for fault in faults(
            module_name(path),
            path.read_text(encoding="utf-8"),
            is_package=path.name == "__init__.py",
        )
    ]

    assert not found, "\n".join(found)


def test_modules_are_named_by_their_concept() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in our_files()
        if NAMELESS & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert not found, f"name what these hold: {found}"


def test_files_are_one_thing() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in our_files()
    }
    found = {path: lines for path, lines in lengths.items() if lines > MAX_LINES}

    assert not found, f"longer than {MAX_LINES} lines, so probably two things: {found}"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("tracegraph.model.item", "import tracegraph.store", id="upwards"),
        pytest.param("tracegraph.trace.why", "from ..capture import parse", id="sideways"),
        pytest.param("tracegraph.trace.why", "from tracegraph import connect", id="public-name"),
        pytest.param("tracegraph.trace.why", "def f():\n  import api", id="lazily-but-upwards"),
        pytest.param("tracegraph.cli.serve", "import api", id="service-not-lazily"),
        pytest.param("tracegraph.demo.lots", "import tracegraph.store.port", id="demo"),
        pytest.param("tracegraph.settings", "import tracegraph.identify", id="settings"),
        pytest.param("tracegraph.library", "import viz", id="library"),
        pytest.param("tracegraph.store.neo4j.read", "import sqlite3", id="other-driver"),
        pytest.param("tracegraph.store.port", "from . import sqlite", id="port-to-engine"),
        pytest.param("tracegraph.store.sqlite.read", "from ..neo4j import x", id="other-engine"),
        pytest.param("tracegraph.recall.scope", "import tracegraph.store.sqlite", id="engine"),
        pytest.param("api.health", "from neo4j import Driver", id="driver-in-service"),
        pytest.param("viz.flow", "from tracegraph.recall import scope", id="figure-beyond-trace"),
        pytest.param("tracegraph.nowhere.x", "", id="unknown-room"),
        pytest.param(
            "tracegraph.model.item",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import tracegraph.cli",
            id="for-types-only",
        ),
    ],
)
def test_a_breach_is_seen(module: str, source: str) -> None:
    found = faults(module, source)

    assert found, "a rule that never fires guards nothing"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("tracegraph.identify.gs1", "from tracegraph.model import item", id="down"),
        pytest.param("tracegraph.store.neo4j.read", "from neo4j import Driver", id="driver"),
        pytest.param("tracegraph.store.sqlite.read", "import sqlite3", id="stdlib-driver"),
        pytest.param("tracegraph.store.neo4j.read", "from .session import run", id="same-engine"),
        pytest.param("tracegraph.cli.serve", "def serve():\n  from api import app", id="lazily"),
        pytest.param("tracegraph.library", "from tracegraph.store import sqlite", id="library"),
        pytest.param("tracegraph.demo.lots", "from tracegraph.library import connect", id="demo"),
        pytest.param("api.pages", "from viz import flow", id="service-draws"),
        pytest.param("viz.flow", "from tracegraph.trace import graph", id="figure"),
    ],
)
def test_what_the_drawing_allows_passes(module: str, source: str) -> None:
    assert faults(module, source) == []
