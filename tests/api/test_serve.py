"""Serving for real: where it may listen, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

import tracegraph
from api.serve import serve
from tracegraph.keys import create_key
from tracegraph.model.refusal import Refused
from tracegraph.settings import Settings

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "example.com"])
def test_without_a_key_it_does_not_listen_where_others_can_reach_it(tmp_path, host: str) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path}/a.db", host=host)

    with pytest.raises(Refused, match="tracegraph keys create"):
        serve(settings)


def test_with_a_key_it_may_listen_anywhere(tmp_path) -> None:
    from api.app import create_app
    from api.serve import require_key

    with tracegraph.connect(f"sqlite:///{tmp_path}/a.db") as graph:
        create_key(graph.store, name="k")

        require_key(
            create_app(Settings(store="sqlite:///:memory:"), graph).state.service, "0.0.0.0"
        )


def test_it_serves_logs_and_stops_in_order(tmp_path) -> None:
    port = free_port()
    code = "from api.serve import serve; serve()"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRACEGRAPH_STORE": f"sqlite:///{tmp_path}/a.db",
        "TRACEGRAPH_PORT": str(port),
        "TRACEGRAPH_LOG_LEVEL": "info",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until_live(port)
        waiting = socket.create_connection(("127.0.0.1", port), timeout=30)
        waiting.sendall(b"GET /v1/journal?wait=25 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        with waiting, waiting.makefile("rb") as answer:
            first = answer.readline()
        _, log = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert first.startswith(b"HTTP/1.1 200"), "a request under way is answered"
    assert time.monotonic() - started < 10, "but it does not use up the grace"
    told = [json.loads(line)["event"] for line in log.splitlines()]
    events = [event for event in told if event.split(".")[0] != "adjacency"]  # a thread's own
    assert events[0] == "service.listening"
    assert events[-1] == "service.stopped"
    assert "request.answered" in events


def wait_until_live(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
