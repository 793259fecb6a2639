"""Figures for Prometheus: requests by route, events by outcome, and the published seq."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from tracegraph.capture.report import Status

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The figures of one service, in a registry of its own.

    Routes are told by their templates, so that what clients send adds no series.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "tracegraph_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tracegraph_http_request_seconds",
            "Time from a request's first byte to its answer's last.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._events = Counter(
            "tracegraph_events",
            "Events received, by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self._published = Gauge(
            "tracegraph_published_seq", "Up to where readers see.", registry=self.registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def captured(self, counted: Mapping[Status, int]) -> None:
        """Count the events of a batch by what became of them."""
        for status, events in counted.items():
            self._events.labels(status).inc(events)

    def written(self, published: int) -> bytes:
        """All figures in Prometheus's text format."""
        self._published.set(published)
        return generate_latest(self.registry)
