"""tracegraph: where did this come from, where did it go, and how do you know?

The library answers from an append-only journal of events, on SQLite or on Neo4j:

    import tracegraph

    with tracegraph.connect("sqlite:///tracegraph.db") as graph:
        graph.capture([{...}, {...}])
        answer = graph.trace("https://id.gs1.org/01/09506000134352/10/C1", direction="backward")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracegraph.library import Tracegraph, connect

__all__ = ["Tracegraph", "__version__", "connect"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the library when it is first used, so that importing a room is quick."""
    if name in {"Tracegraph", "connect"}:
        from tracegraph import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
