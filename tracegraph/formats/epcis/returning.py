"""EPCIS events as they came, given back from the native events that they became."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STANDARD_CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"


def returned(native: Mapping[str, Any], recorded_at: str) -> dict[str, Any] | None:
    """The EPCIS event behind a native one; None where it never was one.

    What came is untouched. Added are what a repository says of an event (EPCIS 2.0, 7.4.1): its
    `recordTime` here, its `eventID` where it came without, and `@context`: that of its document,
    with its own behind it, as JSON-LD reads what is nested.
    """
    attributes = native.get("attributes") or {}
    event = attributes.get("epcis")
    if not isinstance(event, dict):
        return None
    around = _listed(attributes.get("epcis_context", [STANDARD_CONTEXT]))
    context = around + [one for one in _listed(event.get("@context")) if one not in around]
    event_id = native["voids"] if native["type"] == "void" else native["id"]
    return {**event, "@context": context, "eventID": event_id, "recordTime": recorded_at}


def _listed(context: Any) -> list[Any]:
    if context is None:
        return []
    return context if isinstance(context, list) else [context]
