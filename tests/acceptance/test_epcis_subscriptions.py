"""Each subscriber gets every event once, though the service is killed in between.

A webhook receiver keeps the ids of messages, as Standard Webhooks asks of it, and a WebSocket
client goes on behind the last message it saw. The server is a process of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import orjson
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.contract.engines import Engine

ROOT = Path(__file__).parents[2]
SECRET = "a secret that both know"
PATIENCE = 60.0
# Leases and retries that a test can wait for.
SERVE = (
    "import api.epcis.subscriptions.notifier as n;"
    "n.LEASE_SECONDS, n.FIRST_RETRY_SECONDS = 1.0, 0.2;"
    "from api.serve import serve; serve()"
)


class Receiver(ThreadingHTTPServer):
    """Takes messages, each id once; `trouble` says what becomes of those that come in turn."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.trouble: list[str] = []
        self.messages: dict[str, bytes] = {}
        self.came = 0
        self.stalled = threading.Event()
        self.released = threading.Event()

    @property
    def ids(self) -> list[str]:
        """The ids of all events, message by message."""
        return [id for body in self.messages.values() for id in event_ids(orjson.loads(body))]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        id, timestamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = hmac.new(SECRET.encode(), f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
        expected = f"v1,{base64.b64encode(signed.digest()).decode()}"
        assert self.headers["webhook-signature"] == self.headers["gs1-signature"] == expected
        self.server.came += 1
        trouble = self.server.trouble.pop(0) if self.server.trouble else ""
        if trouble == "refused":
            self.send_error(503)
            return
        known = self.server.messages.setdefault(id, body)
        assert event_ids(orjson.loads(known)) == event_ids(orjson.loads(body)), (
            "one id, one message"
        )
        if trouble == "stalled":  # it is here, but the sender will never know
            self.server.stalled.set()
            self.server.released.wait(PATIENCE)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


def event_ids(document: dict[str, Any]) -> list[str]:
    results = document["epcisBody"]["queryResults"]
    assert document["type"] == "EPCISQueryDocument"
    assert results["queryName"] == "shipments"
    return [event["eventID"] for event in results["resultsBody"]["eventList"]]


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def served(dsn: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A service on a store; the process, and its address. It is killed at the end."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRACEGRAPH_STORE": dsn,
        "TRACEGRAPH_PORT": str(port),
        "TRACEGRAPH_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, "-c", SERVE], env=environment)
    address = f"127.0.0.1:{port}"
    try:
        wait_for(lambda: is_live(address), "the service does not start")
        yield process, address
    finally:
        process.kill()
        process.wait()


def is_live(address: str) -> bool:
    try:
        return bool(urlopen(f"http://{address}/health", timeout=2).status == 200)
    except (URLError, OSError):
        return False


def wait_for(met: Any, said: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, said
        time.sleep(0.05)


def post(address: str, path: str, body: Any) -> Any:
    request = Request(
        f"http://{address}{path}", orjson.dumps(body), {"content-type": "application/json"}
    )
    with urlopen(request, timeout=30) as answer:
        return answer


def capture(address: str, numbers: range) -> None:
    """Shipments by these numbers, each beside a receipt that nobody has subscribed to."""
    for number in numbers:
        for step in ("shipping", "receiving"):
            post(address, "/epcis/events", {
                "type": "ObjectEvent",
                "eventID": f"urn:x:{step}:{number}",
                "eventTime": "2026-03-02T09:14:00Z",
                "eventTimeZoneOffset": "+00:00",
                "action": "OBSERVE",
                "bizStep": step,
                "epcList": [f"urn:epc:id:sgtin:4012345.011111.{number}"],
            })  # fmt: skip


def shipments(numbers: range) -> list[str]:
    return [f"urn:x:shipping:{number}" for number in numbers]


def next_ids(client: ClientConnection, count: int) -> tuple[list[str], int]:
    """The ids of the next events, and behind what the client would go on."""
    found: list[str] = []
    behind = 0
    while len(found) < count:
        document = orjson.loads(client.recv(timeout=PATIENCE))
        found += event_ids(document)
        behind = document["epcisBody"]["queryResults"]["tracegraph:next"]
    return found, behind


@pytest.mark.timeout(300)
def test_every_event_once_though_the_service_is_killed_in_between(engine: Engine) -> None:
    engine.graph()
    with receiving() as receiver:
        receiver.trouble = ["refused", "refused", ""]
        with served(engine.dsn) as (process, address):
            post(address, "/epcis/queries", {
                "name": "shipments", "query": {"EQ_bizStep": ["shipping"]},
            })  # fmt: skip
            dest = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
            asked = {"dest": dest, "stream": True, "signatureToken": SECRET}
            post(address, "/epcis/queries/shipments/subscriptions", asked)
            with connect(f"ws://{address}/epcis/queries/shipments/events?stream=true") as client:
                capture(address, range(3))
                seen, behind = next_ids(client, 3)
            wait_for(lambda: len(receiver.ids) == 3, "what was refused is not sent again")
            receiver.trouble = ["stalled"]
            capture(address, range(3, 5))
            assert receiver.stalled.wait(PATIENCE)
            process.kill()
        with served(engine.dsn) as (_, address):
            capture(address, range(5, 8))
            follow = f"ws://{address}/epcis/queries/shipments/events?stream=true&after={behind}"
            with connect(follow) as client:
                seen += next_ids(client, 5)[0]
            wait_for(lambda: len(receiver.ids) >= 8, "what is new is not sent")

    assert seen == shipments(range(8))
    assert receiver.ids == shipments(range(8))
    assert receiver.came > len(receiver.messages) + 2, "the one that stalled came twice"
