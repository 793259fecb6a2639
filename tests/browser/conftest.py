"""A real browser, and services for it to ask."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from api.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

    from tracegraph.library import Tracegraph

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@contextmanager
def served(graph: Tracegraph) -> Iterator[str]:
    """The address of a service over a graph, on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        config = uvicorn.Config(create_app(graph=graph), log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


def opened(browser: Browser, wrong: list[str], address: str, **options: Any) -> Page:
    """A page that notes in `wrong` what it asks of others, and every error."""
    page = browser.new_context(locale="en-GB", **options).new_page()
    page.set_default_timeout(20_000)

    def note(asked: Request) -> None:
        if not asked.url.startswith((address, "data:")):
            wrong.append(f"asked for {asked.url}")

    page.on("request", note)
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    return page
