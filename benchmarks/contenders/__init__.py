"""Who is compared: each contender answers the questions of the kinds that it names.

A new one is a class with the methods of `Contender` and a line in `CONTENDERS`; a store that
tracegraph itself can open is only a line, see `contenders/library.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from benchmarks.asked import Answer, Kind, Question


@dataclass(frozen=True, slots=True)
class Setting:
    """Where one graph is loaded: a DSN or a port of each server, and the cut that all see."""

    known: int
    sqlite: str
    neo4j: str | None = None
    postgres: str | None = None
    services: Mapping[str, int] = field(default_factory=dict)
    timeout: float = 10.0  # seconds that plain Cypher is given


class Contender(Protocol):
    """Answers questions, in a process of its own. Made there, after its data was loaded.

    Answers to one question are equal between contenders: the keys of the items reached, or what
    else the question asks for, without order or duplicates.
    """

    kinds: frozenset[Kind]

    def ready(self) -> None:
        """What must be done before a question and is not measured."""

    def ask(self, question: Question) -> Answer:
        """Answer a question of one of its kinds. Raises TimedOut."""

    def stored(self) -> int | None:
        """The bytes that its data takes on disk, or in memory where it has no disk."""

    def close(self) -> None:
        """Release what it holds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a contender is made, by the name of a factory, and what it needs of a setting."""

    factory: str  # "module:callable", imported only by the process that needs it
    needs: str  # a field of Setting, or "services/NAME"

    def fits(self, setting: Setting) -> bool:
        """Whether the setting has what it needs."""
        field_, _, service = self.needs.partition("/")
        found = getattr(setting, field_)
        return service in found if service else found is not None

    def make(self, setting: Setting) -> Contender:
        """The contender, ready to be asked."""
        module, _, name = self.factory.partition(":")
        made: Callable[[Setting], Contender] = getattr(import_module(module), name)
        return made(setting)


_HERE = "benchmarks.contenders"
CONTENDERS: dict[str, Entry] = {
    "sqlite": Entry(f"{_HERE}.library:on_sqlite", "sqlite"),
    "neo4j": Entry(f"{_HERE}.library:on_neo4j", "neo4j"),
    "adjacency": Entry(f"{_HERE}.library:in_memory", "sqlite"),
    "sqlite http": Entry(f"{_HERE}.service:on_sqlite", "services/sqlite"),
    "neo4j http": Entry(f"{_HERE}.service:on_neo4j", "services/neo4j"),
    "postgres": Entry(f"{_HERE}.postgres:Postgres", "postgres"),
    "networkx": Entry(f"{_HERE}.memory:Networkx", "sqlite"),
    "rustworkx": Entry(f"{_HERE}.memory:Rustworkx", "sqlite"),
    "plain cypher": Entry(f"{_HERE}.plain_cypher:PlainCypher", "neo4j"),
    "cypher, steps": Entry(f"{_HERE}.plain_cypher:PathCypher", "neo4j"),
}
