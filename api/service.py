"""What the path functions share: the graph, the settings, and what was built from them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.arriving import Arrivals
from api.capturing import Capturing
from api.epcis.jobs import CaptureJobs
from api.kept_scopes import KeptScopes
from api.key_ring import KeyRing
from api.metrics import Metrics
from api.printer import Printer
from api.sessions import Sessions
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """One service over one graph. `stopping` is set when it is asked to stop.

    `own_parties` are names of us among the parties of EPCIS events.
    """

    graph: Tracegraph
    capturing: Capturing
    jobs: CaptureJobs
    settings: Settings
    keys: KeyRing
    metrics: Metrics
    arrivals: Arrivals
    own_parties: frozenset[str] = frozenset()
    scopes: KeptScopes = field(default_factory=KeptScopes)
    sessions: Sessions = field(default_factory=Sessions)
    printer: Printer = field(default_factory=Printer)
    stopping: threading.Event = field(default_factory=threading.Event)


async def service_of(request: Request) -> Service:
    """The service that a request came to; asynchronous, so that it takes no thread to say so."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]
