"""A real Neo4j Community server for tests, assembled from Maven Central, without Docker.

    with Neo4jServer() as server:
        print(server.dsn)      # neo4j://neo4j:…@127.0.0.1:…/neo4j
        server.kill()          # as a power cut would
        server.restart()       # the same data folder, port and password

Each server has a home, a port and a password of its own, so any number runs side by side.
The jars (123 MB) are fetched once, into `$TRACEGRAPH_CACHE` or `~/.cache/tracegraph`.

From a shell: `python -m tests.neo4j_server` prints the DSN and serves until interrupted.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

VERSION = "5.26.30"  # exact: with a range Maven reads every pom, which takes minutes
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
JAVA_MAJORS = frozenset({17, 21})  # what the 5.26 line runs on
START_SECONDS = 120.0
STOP_SECONDS = 30.0

POM = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>tracegraph</groupId><artifactId>neo4j-server</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""

CONF = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
server.memory.pagecache.size={cache}
db.tx_log.rotation.retention_policy=keep_none
{more}"""
# A server whose data goes and comes, as between tests, spends a third of its time on planning
# anew. These keep the first plan of each statement, until the caches are cleared.
KEPT_PLANS = """\
dbms.cypher.min_replan_interval=1h
dbms.cypher.statistics_divergence_threshold=1.0
"""


# A statement is planned anew for each size of list that it is given, by powers of ten, which is
# half of what a server does whose statements are all new to it.
PLANNED_ONCE = "internal.cypher.use_parameter_size=false\n"
# The second compiler, and collecting in several threads, pay for servers that live for hours.
# One compiler alone is given a fifth of the room for code, which a test run fills several times.
BRIEF = (
    "-XX:TieredStopAtLevel=1",
    "-XX:ReservedCodeCacheSize=240m",
    "-XX:+UseSerialGC",
    "-Xmn400m",
)


class Neo4jUnavailable(Exception):
    """No Neo4j server can be had on this machine; the message says what is missing."""


def find_java() -> Path:
    """Return a `java` that runs this Neo4j: JAVA_HOME's, the PATH's, else any installed one.

    Raises:
        Neo4jUnavailable: none of a fitting version was found.
    """
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    candidates = [home / "bin" / "java" for home in homes]
    candidates += [Path(on_path)] if on_path else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    for java in candidates:
        if java.is_file() and _major_version(java) in JAVA_MAJORS:
            return java
    wanted = " or ".join(map(str, sorted(JAVA_MAJORS)))
    raise Neo4jUnavailable(f"Neo4j {VERSION} needs a JDK {wanted}, and none was found")


def _major_version(java: Path) -> int | None:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found.group(1)) if found else None


def cache_folder() -> Path:
    """Return the folder that keeps the jars of this version between runs."""
    root = os.environ.get("TRACEGRAPH_CACHE")
    return (Path(root) if root else Path.home() / ".cache" / "tracegraph") / f"neo4j-{VERSION}"


def libraries() -> Path:
    """Return the folder with the server's jars, fetched with Maven the first time.

    Processes that ask at once wait for the first; an interrupted fetch leaves nothing behind.

    Raises:
        Neo4jUnavailable: Maven is missing or could not fetch.
    """
    cache = cache_folder()
    lib = cache / "lib"
    if lib.is_dir():
        return lib
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jUnavailable("Maven (mvn) is needed to fetch the server, and is not there")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not lib.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                _fetch(maven, Path(scratch)).rename(lib)
    return lib


def _fetch(maven: str, scratch: Path) -> Path:
    pom, jars = scratch / "pom.xml", scratch / "jars"
    pom.write_text(POM)
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
    done = subprocess.run(
        [maven, "--batch-mode", "--quiet", "--file", pom, *goal],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0 or not any(jars.glob("neo4j-*.jar")):
        raise Neo4jUnavailable(f"Maven could not fetch the server:\n{done.stdout[-2000:]}")
    return jars


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Neo4jServer:
    """One server process on a temporary home.

    `start`, `stop`, `kill` and `restart` keep the data; `close`, which the context manager
    calls, ends the server and deletes them. `more` is further lines of its settings; a `brief`
    server is for some minutes of many different statements, and spares what pays only later.
    """

    def __init__(
        self, *, heap: str = "1g", cache: str = "128m", more: str = "", brief: bool = False
    ) -> None:
        self.heap = heap
        self.brief = brief
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self.home = Path(tempfile.mkdtemp(prefix="tracegraph-neo4j-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._has_password = False
        atexit.register(self.close)
        conf = self.home / "conf"
        conf.mkdir()
        more += PLANNED_ONCE if brief else ""
        (conf / "neo4j.conf").write_text(CONF.format(port=self.port, cache=cache, more=more))

    @property
    def dsn(self) -> str:
        """The address with credentials, as the setting TRACEGRAPH_STORE takes it."""
        return f"neo4j://neo4j:{self.password}@127.0.0.1:{self.port}/neo4j"

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id of the JVM while it is alive."""
        return self._process.pid if self._process is not None and self.running else None

    def start(self) -> Self:
        """Start the process and return once it answers a query; nothing if it runs already.

        Raises:
            Neo4jUnavailable: no JDK or no jars, or the server did not come up in time.
        """
        if self.running:
            return self
        command = self._command(find_java(), libraries())
        with self._log() as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt at the terminal ends the tests first
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """End the process in good order; kill it if it does not end in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End the process at once (SIGKILL): nothing is flushed, as in a power cut."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def restart(self) -> Self:
        """Start again on the same data folder, stopping first if it still runs."""
        self.stop()
        return self.start()

    def close(self) -> None:
        """End the process and delete the home; without ceremony, as nothing is kept."""
        atexit.unregister(self.close)
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _command(self, java: Path, lib: Path) -> list[str]:
        opens = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
        return [
            str(java),
            "-Xms256m",
            f"-Xmx{self.heap}",
            *(BRIEF if self.brief else ()),
            *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in opens),
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dlog4j2.disable.jmx=true",
            "-cp",
            f"{lib}/*",
            MAIN_CLASS,
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
            "--console-mode",
        ]

    def _log(self) -> IO[bytes]:
        return (self.home / "console.log").open("ab")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        refusal: Exception | None = None
        while time.monotonic() < deadline:
            if not self.running:
                raise Neo4jUnavailable(f"Neo4j ended while starting:\n{self._last_words()}")
            if self._listens():
                try:
                    return self._log_in()
                except (DriverError, Neo4jError) as error:  # the port opens before the databases
                    refusal = error
            time.sleep(0.1)
        raise Neo4jUnavailable(
            f"Neo4j did not answer in {START_SECONDS:.0f} s ({refusal}):\n{self._last_words()}"
        )

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _log_in(self) -> None:
        address = f"neo4j://127.0.0.1:{self.port}"
        if not self._has_password:
            with GraphDatabase.driver(address, auth=("neo4j", "neo4j")) as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                    old="neo4j",
                    new=self.password,
                    database_="system",
                )
            self._has_password = True
        with GraphDatabase.driver(address, auth=("neo4j", self.password)) as driver:
            driver.execute_query("RETURN 1", database_="neo4j")

    def _last_words(self) -> str:
        return (self.home / "console.log").read_text(errors="replace")[-2000:]


def main() -> None:
    """Serve until interrupted or terminated."""
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore SIGINT
        signal.signal(ending, signal.default_int_handler)
    try:
        with Neo4jServer() as server:
            print(server.dsn, flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
