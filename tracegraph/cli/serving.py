"""`tracegraph serve`: the pages and the HTTP interface."""

from __future__ import annotations

from typing import Annotated

import typer

from tracegraph.cli.faults import told
from tracegraph.cli.options import Store

Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        help="The address to listen at; 0.0.0.0 is every network of this machine."
        " [default: TRACEGRAPH_HOST, else 127.0.0.1]",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65535, help="The port. [default: TRACEGRAPH_PORT, else 8000]"
    ),
]


def serve(
    host: Host = None,
    port: Port = None,
    store: Store = None,
) -> None:
    """Serve the pages and the HTTP interface; Ctrl-C stops it.

    \b
    Example:
      tracegraph serve --port 8080
    """
    run_service(store, host, port)


def run_service(store: str | None, host: str | None, port: int | None) -> None:
    """Serve until stopped, as the settings say where nothing is given."""
    from api.serve import serve as run  # the service is loaded only to serve

    with told():
        run(store=store, host=host, port=port)
