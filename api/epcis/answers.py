"""Answers of the EPCIS interface: JSON with the headers of the standard, and query documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi.responses import Response

from api.answers import JSON
from api.epcis.headers import announced
from api.service import Service
from tracegraph.formats.epcis import STANDARD_CONTEXT
from tracegraph.model.instant import Instant


def query_document(events: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Events as the results of a query; a context that all of them have stands once."""
    contexts = {orjson.dumps(event["@context"]) for event in events}
    around: Any = [STANDARD_CONTEXT]
    if len(contexts) == 1:
        around = orjson.loads(contexts.pop())
        events = [{k: v for k, v in event.items() if k != "@context"} for event in events]
    return {
        "@context": around,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": str(Instant.of(datetime.now(UTC))),
        "epcisBody": {"queryResults": {"queryName": name, "resultsBody": {"eventList": events}}},
    }


def respond(
    service: Service, value: Any, headers: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    """An answer with the headers of the standard."""
    said = {**announced(service.settings), **(headers or {})}
    return Response(orjson.dumps(value), status, said, JSON)
