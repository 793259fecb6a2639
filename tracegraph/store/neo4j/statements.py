"""The statements in `cypher/`, by name, and the numbered migrations."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_MIGRATION = re.compile(r"V(\d{4})__(\w+)\.cypher")


class Migration(NamedTuple):
    """A numbered change of the schema."""

    no: int
    name: str
    statements: tuple[str, ...]
    checksum: str


@cache
def statement(name: str) -> str:
    """The text of a statement, without its header."""
    return _body((files("cypher") / f"{name}.cypher").read_text(encoding="utf-8"))


@cache
def migrations() -> tuple[Migration, ...]:
    """Every migration, by number. A line that ends with a semicolon ends a statement."""
    found = []
    for file in (files("cypher") / "migrations").iterdir():
        match = _MIGRATION.fullmatch(file.name)
        if match is not None:
            body = _body(file.read_text(encoding="utf-8"))
            parts = tuple(part.strip() for part in body.split(";\n") if part.strip())
            checksum = hashlib.sha256(" ".join(body.split()).encode()).hexdigest()
            found.append(Migration(int(match[1]), match[2], parts, checksum))
    return tuple(sorted(found))


def _body(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    return "\n".join(lines).strip() + "\n"
