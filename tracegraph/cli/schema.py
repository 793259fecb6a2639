"""`tracegraph schema`: how an event is written."""

from __future__ import annotations

from tracegraph.cli.output import say_json
from tracegraph.model.event import event_schema


def schema() -> None:
    """Print the JSON Schema (2020-12) of an event.

    \b
    Example:
      tracegraph schema > event.schema.json
    """
    say_json(event_schema())
