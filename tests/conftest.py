"""What tests may ask for from outside the process: a Neo4j server, a browser, shared data.

Nothing is skipped in silence: a test that cannot run says what is missing, and the end of the
run repeats it. Where `TRACEGRAPH_REQUIRE_NEO4J=1` or `TRACEGRAPH_REQUIRE_BROWSER=1` is set,
the test fails instead.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
import structlog

from tests.neo4j_server import KEPT_PLANS, Neo4jServer, Neo4jUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
NEO4J_IMAGE = "neo4j:5.26-community"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NOT_RUN = "NOT RUN"


# Whatever logs before it is configured writes tracebacks with the values of all variables else,
# which of a large answer takes minutes.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def cannot_run(what: str, reason: str) -> NoReturn:
    """Skip loudly for want of `what`, or fail where TRACEGRAPH_REQUIRE_`what` is 1."""
    if os.environ.get(f"TRACEGRAPH_REQUIRE_{what.upper().replace(' ', '_')}") == "1":
        pytest.fail(f"{what} is required here: {reason}", pytrace=False)
    pytest.skip(f"{NOT_RUN} for want of {what}: {reason}")


@pytest.fixture(scope="session")
def neo4j_dsn() -> Iterator[str]:
    """The DSN of a real Neo4j server that lives as long as the run.

    The server that TRACEGRAPH_TEST_NEO4J names, else one in a container where a Docker daemon
    answers, else one assembled from Maven Central.
    """
    if given := os.environ.get("TRACEGRAPH_TEST_NEO4J"):
        if os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1") != "1":
            told = "TRACEGRAPH_TEST_NEO4J names one server, for one process: add --numprocesses 0"
            pytest.fail(told, pytrace=False)
        yield given
    elif docker_answers():
        yield from dsn_in_container()
    else:
        long = os.environ.get("TRACEGRAPH_PROVE") == "1"
        server = Neo4jServer(more=KEPT_PLANS, brief=not long)
        try:
            try:
                server.start()
            except Neo4jUnavailable as error:
                cannot_run(
                    "Neo4j",
                    "TRACEGRAPH_TEST_NEO4J names no server, no Docker daemon answers, "
                    f"and none can be started from Maven Central: {error}",
                )
            yield server.dsn
        finally:
            server.close()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of the browser: TRACEGRAPH_CHROMIUM, else the first one on the PATH."""
    given = os.environ.get("TRACEGRAPH_CHROMIUM")
    found = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        cannot_run("browser", f"none of {', '.join(BROWSERS)} is on the PATH")
    if not Path(found).is_file():
        cannot_run("browser", f"TRACEGRAPH_CHROMIUM names {found}, which is not a file")
    return Path(found)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public sample data that stands beside the repository, never inside it."""
    if not SHARED_DATA.is_dir():
        cannot_run("shared data", "there is no folder ../shared/data beside the repository")
    return SHARED_DATA


def docker_answers() -> bool:
    """Whether containers can be started here."""
    import docker  # slow to import, and only for tests that want a server

    # A client that finds no daemon leaves its socket to the collector, which warns.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            client = docker.from_env(timeout=5)
        except docker.errors.DockerException:
            return False
        else:
            client.close()
            return True
        finally:
            gc.collect()


def dsn_in_container() -> Iterator[str]:
    """Yield the DSN of a server in a container; it routes to the address that it is asked at."""
    from testcontainers.community.neo4j import Neo4jContainer

    password = secrets.token_hex(8)
    with Neo4jContainer(NEO4J_IMAGE, password=password, username="neo4j") as container:
        address = container.get_connection_url().removeprefix("bolt://")
        yield f"neo4j://neo4j:{password}@{address}/neo4j"


def pytest_xdist_auto_num_workers() -> int | None:
    """One process where one server is named, for each case wipes it; else one a core."""
    return 1 if os.environ.get("TRACEGRAPH_TEST_NEO4J") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they ask for, before `-m` selects."""
    marks = {"neo4j_dsn": pytest.mark.neo4j, "chromium": pytest.mark.browser}
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in marks:
                item.add_marker(marks[fixture])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was left out, where nobody can miss it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and NOT_RUN in report.longrepr[2]
    )
    if not reasons:
        return
    terminalreporter.section(f"{sum(reasons.values())} TESTS DID NOT RUN", red=True, bold=True)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} {reason}", red=True)
