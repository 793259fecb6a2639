"""Settings: one environment variable each, prefix TRACEGRAPH_ (docs/settings.md).

TRACEGRAPH_STORE=neo4j://neo4j:password@localhost:7687/neo4j TRACEGRAPH_PORT=8080 tracegraph serve
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]


class Settings(BaseSettings):
    """Everything that can be set. Raises pydantic's ValidationError for a value that is none.

    The store may hold a password, so it is left out of the representation.
    """

    model_config = SettingsConfigDict(env_prefix="TRACEGRAPH_", env_ignore_empty=True, frozen=True)

    store: str = Field(
        "sqlite:///tracegraph.db",
        repr=False,
        description="the store, as a DSN: sqlite:///PATH or neo4j://USER:PASSWORD@HOST:7687/DATABASE",
    )
    identifiers: Literal["lenient", "strict"] = Field(
        "lenient",
        description="what only looks like a GS1 key: lenient keeps and flags it, strict refuses it",
    )
    own_parties: str = Field(
        "",
        description="who we are among the parties of EPCIS events: GLNs, URIs or numbers, with"
        " commas; by these shipping and receiving are booked, and else only seen",
    )
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="the address the service listens at; any but loopback needs a key first",
    )
    port: int = Field(8000, ge=0, le=65_535, description="the port the service listens at")
    max_body_bytes: int = Field(
        16 * MEBIBYTE,
        ge=1024,
        le=1024 * MEBIBYTE,
        description="the longest body of a request, in bytes; longer ones are answered 413",
    )
    max_batch_events: Count = Field(
        10_000, description="the most events in one request; larger batches are answered 413"
    )
    max_trace_items: Count = Field(
        100_000, description="the largest budget a genealogy may ask for, in items, and the default"
    )
    adjacency_mebibytes: int = Field(
        512,
        ge=0,
        le=1_048_576,
        description="memory in which the service keeps the graph to answer closures from, in MiB;"
        " a larger graph is left to the engine, and 0 leaves every one to it",
    )
    max_wait_seconds: Seconds = Field(
        30.0, description="the longest that a reader of the journal may wait for news"
    )
    query_timeout_seconds: Seconds = Field(60.0, description="the longest a query may take")
    key_cache_seconds: float = Field(
        5.0,
        ge=0,
        le=300,
        description="how long it counts that a key is there, or that none is; a revocation acts"
        " within this time, and so does the first key on callers without one",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="the least level that is logged"
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="how log lines are written: json for machines, console for people"
    )
    shutdown_grace_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        30, description="how long requests under way may take to finish when the service is stopped"
    )
