"""Servers that live as long as a run: Postgres, Neo4j and tracegraph's own service.

Each says what it takes: `resident()`, the bytes in memory of all of its processes (shared pages
counted once), and where it has a folder, `stored()`.
"""

from __future__ import annotations

import http.client
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.neo4j_server import Neo4jServer, free_port

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
UNPRIVILEGED = "postgres"  # the user that Debian's package makes; the server refuses to be root

POSTGRES = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 512MB
work_mem = 256MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
random_page_cost = 1.1
jit = off
"""


class Server:
    """A server that is stopped on leaving."""

    def start(self) -> None:
        """Return once it answers."""
        raise NotImplementedError

    def stop(self) -> None:
        """End it, and remove what it kept."""
        raise NotImplementedError

    def resident(self) -> int:
        """The bytes of its processes in memory."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Neo4j(Server):
    """A Community server with room for the graph in its page cache."""

    def __init__(self, *, heap: str = "1500m", cache: str = "1g") -> None:
        self._server = Neo4jServer(heap=heap, cache=cache)

    @property
    def dsn(self) -> str:
        """The address with credentials."""
        return self._server.dsn

    @property
    def home(self) -> Path:
        """Its folder; data may be put there before it starts."""
        return self._server.home

    def start(self) -> None:
        """Start the process."""
        self._server.start()

    def stop(self) -> None:
        """End it, and delete its data."""
        self._server.close()

    def restart(self) -> None:
        """Start it anew on the same data."""
        self._server.restart()

    def resident(self) -> int:
        """The bytes of the JVM in memory."""
        return shared_once(self._server.pid) if self._server.pid else 0

    def stored(self) -> int:
        """The bytes of the database's files, without the log of transactions."""
        files = (self._server.home / "data" / "databases" / "neo4j").rglob("*")
        return sum(file.stat().st_blocks * 512 for file in files if file.is_file())


class Postgres(Server):
    """A private cluster on a free port, trusting this machine."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tracegraph-postgres-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """The address."""
        return f"postgresql://bench@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Make the cluster and start it."""
        user = None
        if os.geteuid() == 0:
            user = UNPRIVILEGED
            entry = pwd.getpwnam(user)
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
        data, log = self._folder / "data", self._folder / "log"
        command = [
            str(postgres_program("initdb")), "--pgdata", str(data), "--username", "bench",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
        ]  # fmt: skip
        subprocess.run(command, user=user, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)
        with (data / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write(f"{POSTGRES}port = {self._port}\n")
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(postgres_program("postgres")), "-D", str(data)],
                user=user,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ready = [str(postgres_program("pg_isready")), "-h", "127.0.0.1", "-p", str(self._port)]
        until(
            lambda: subprocess.run(ready, check=False, stdout=subprocess.DEVNULL).returncode == 0,
            self._process,
        )

    def stop(self) -> None:
        """End it fast, and delete its data."""
        if self._process is not None:
            self._process.send_signal(2)  # fast shutdown
            self._process.wait()
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def resident(self) -> int:
        """The bytes of the cluster's processes in memory."""
        return shared_once(self._process.pid) if self._process is not None else 0


class Service(Server):
    """`tracegraph serve` of a store, in a process of its own."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                [str(ROOT), *os.environ.get("PYTHONPATH", "").split(":")]
            ),
            "TRACEGRAPH_STORE": self._dsn,
            "TRACEGRAPH_PORT": str(self.port),
            "TRACEGRAPH_LOG_LEVEL": "error",
            "TRACEGRAPH_MAX_TRACE_ITEMS": "10000000",
        }
        command = [sys.executable, "-c", "from api.serve import serve; serve()"]
        self._process = subprocess.Popen(command, env=environment, start_new_session=True)
        until(self._answers, self._process)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def resident(self) -> int:
        """The bytes of the process in memory."""
        return shared_once(self._process.pid) if self._process is not None else 0


def postgres_program(name: str) -> Path:
    """A program of the newest Postgres on this machine. Raises FileNotFoundError."""
    on_path = shutil.which(name)
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: float(p.parts[-3])
    )
    if not found and on_path is None:
        raise FileNotFoundError(f"{name} is missing: install the package postgresql")
    return found[-1] if found else Path(str(on_path))


def until(holds: object, process: subprocess.Popen[bytes]) -> None:
    """Wait until a condition holds. Raises RuntimeError when the process ends before."""
    assert callable(holds)
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("a server did not come up")
        time.sleep(0.05)


def shared_once(pid: int) -> int:
    """The proportional set size of a process and of all that it started, in bytes."""
    return sum(_proportional(each) for each in [pid, *_descendants(pid)])


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="ascii").split()):
            found += [child, *_descendants(child)]
    return found


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(ln.split()[1]) * 1024 for ln in text.splitlines() if ln.startswith("Pss:"))
