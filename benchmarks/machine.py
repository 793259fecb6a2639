"""The machine and the versions that a run was made with; no names, no places."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.servers import postgres_program
from tests.neo4j_server import VERSION as NEO4J

PACKAGES = ("neo4j", "neo4j-rust-ext", "networkx", "rustworkx", "psycopg", "fastapi", "uvicorn")


def described() -> dict[str, object]:
    """Processor, cores, memory, system, versions."""
    return {
        "processor": _field(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_field(Path("/proc/meminfo"), "MemTotal").split()[0]) / 2**20, 1),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "neo4j server": NEO4J,
        "postgres": _postgres(),
        **{name: _version(name) for name in PACKAGES},
        "commit": _commit(),
    }


def _field(path: Path, name: str) -> str:
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _postgres() -> str | None:
    try:
        said = subprocess.run(
            [str(postgres_program("postgres")), "--version"], capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return said.stdout.split()[2]


def _commit() -> str | None:
    if shutil.which("git") is None:
        return None
    said = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or None
