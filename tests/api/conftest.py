"""A service over a small history, asked from this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from api.examples import HISTORY
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings

MEMORY = "sqlite:///:memory:"


def client_of(app: FastAPI, *, host: str = "127.0.0.1", **headers: str) -> TestClient:
    """A client on `host` that asks the service by its loopback address."""
    return TestClient(
        app,
        base_url="http://127.0.0.1",
        client=(host, 50000),
        headers=headers,
        follow_redirects=False,
    )


@pytest.fixture
def settings() -> Settings:
    return Settings(store=MEMORY, max_body_bytes=20_000, max_batch_events=20, key_cache_seconds=0.0)


@pytest.fixture
def graph() -> Iterator[Tracegraph]:
    with tracegraph.connect(MEMORY) as opened:
        yield opened


@pytest.fixture
def app(settings: Settings, graph: Tracegraph) -> FastAPI:
    return create_app(settings, graph)


@pytest.fixture
def empty(app: FastAPI) -> TestClient:
    return client_of(app)


@pytest.fixture
def client(empty: TestClient) -> TestClient:
    assert empty.post("/v1/events", json=list(HISTORY)).status_code == 201
    return empty
