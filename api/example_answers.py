"""Examples of answers in the interface's description; a test holds each against its schema."""

from __future__ import annotations

from typing import Any

from api.examples import SHIPMENT

C1 = "urn:tracegraph:lot:FG-9:C1"
A = "urn:tracegraph:lot:RM-110:A"
PRODUCTION_KEY = "urn:tracegraph:event:mes-sz:prod-0117"
SHIPMENT_KEY = "urn:tracegraph:event:wms-sz:ship-88"
AT = "2026-03-09T08:00:03Z"

SUMMARY = {"key": C1, "kind": "lot", "product": "FG-9", "number": "C1"}

ITEMS = {"items": [SUMMARY], "known_at": 4, "next": None}

DETAIL = {**SUMMARY, "aliases": [], "lots": [], "serials": 0, "known_at": 4}

LABEL = {
    "raw": "(01)09506000134352(17)290131(10)L7",
    "syntax": "bracketed",
    "agency": "gs1",
    "device_identifier": "09506000134352",
    "package_level": 0,
    "lot": "L7",
    "serial": None,
    "sscc": None,
    "donation": None,
    "made_on": None,
    "expires_on": "2029-01-31",
    "version": None,
    "key": "https://id.gs1.org/01/09506000134352/10/L7",
    "flaws": [],
}
RESOLVED = {"item": SUMMARY, "candidates": [SUMMARY], "label": LABEL}

HISTORY = {
    "item": SUMMARY,
    "known_at": 4,
    "entries": [
        {
            "key": SHIPMENT_KEY,
            "seq": 3,
            "source": "wms-sz",
            "id": "ship-88",
            "type": "shipment",
            "occurred_at": "2026-03-09T16:00:00+08:00",
            "recorded_at": AT,
            "status": "stands",
            "voided_by": None,
            "lines": [
                {
                    "pos": "items/0",
                    "role": "item",
                    "item": C1,
                    "via": None,
                    "quantity": "120",
                    "unit": "each",
                }
            ],
            "event": SHIPMENT,
        }
    ],
    "next": None,
}

_QUESTION = {
    "seeds": [C1],
    "direction": "backward",
    "as_of": None,
    "known_at": 4,
    "recorded_at": AT,
    "max_depth": None,
    "budget": 100_000,
    "clock_tolerance": "0",
    "truncated": None,
    "note": None,
}

_SEED = {
    **SUMMARY,
    "depth": 0,
    "direction": "seed",
    "parent": None,
    "through": None,
    "first_event": "2026-03-02T01:14:00Z",
    "last_event": "2026-03-02T01:14:00Z",
}
_ORIGIN = {
    **_SEED,
    "key": A,
    "product": "RM-110",
    "number": "A",
    "depth": 1,
    "direction": "backward",
    "parent": C1,
    "through": PRODUCTION_KEY,
}

GENEALOGY = {
    **_QUESTION,
    "items": [_SEED, _ORIGIN],
    "events": [
        {
            "key": PRODUCTION_KEY,
            "node": PRODUCTION_KEY,
            "seq": 2,
            "source": "mes-sz",
            "id": "prod-0117",
            "type": "production",
            "started_at": "2026-03-01T22:00:00Z",
            "occurred_at": "2026-03-02T01:14:00Z",
            "lines": [
                {
                    "pos": "inputs/0",
                    "role": "input",
                    "item": A,
                    "lot": None,
                    "via": None,
                    "quantity": "600",
                    "unit": "each",
                }
            ],
        }
    ],
    "edges": [
        {"kind": "input", "source": A, "target": PRODUCTION_KEY, "quantity": "600", "unit": "each"},
        {
            "kind": "output",
            "source": PRODUCTION_KEY,
            "target": C1,
            "quantity": "500",
            "unit": "each",
        },
    ],
}

STORED_EVENT = {
    "key": SHIPMENT_KEY,
    "seq": 3,
    "source": "wms-sz",
    "id": "ship-88",
    "type": "shipment",
    "recorded_at": AT,
    "caller": "key-5d41402abc4b2a76",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "status": "stands",
    "voided_by": None,
    "event": SHIPMENT,
}

EVENTS = {"events": [STORED_EVENT], "published": 4, "next": "WzNd"}

JOURNAL = {"events": [STORED_EVENT], "published": 4, "next": 3}

CAPTURED: dict[str, Any] = {
    "seq": 3,
    "stored": 1,
    "duplicates": 0,
    "conflicts": 0,
    "refused": 0,
    "dry_run": False,
    "outcomes": [
        {
            "index": 0,
            "status": "stored",
            "source": "wms-sz",
            "id": "ship-88",
            "seq": 3,
            "refusals": [],
            "differences": [],
        }
    ],
}

ANOMALIES = {
    "anomalies": [
        {
            "code": "void_unknown",
            "detail": "The voided event has not arrived.",
            "event": "urn:tracegraph:event:wms-sz:void-3",
            "item": None,
            "pointer": "/voids",
        }
    ],
    "known_at": 4,
    "next": None,
}

ARRIVALS = {
    "since": "2026-03-09T06:00:00Z",
    "events": {
        "stored": 1284,
        "voided": 0,
        "duplicate": 3,
        "conflict": 1,
        "refused": 0,
        "skipped": 0,
    },
    "latest": [
        {
            "at": "2026-03-09T08:00:01Z",
            "caller": "key-0b6f",
            "status": "conflict",
            "source": "wms-sz",
            "id": "ship-88",
            "seq": 3,
            "reasons": [
                {
                    "pointer": "/id",
                    "rule": "conflict",
                    "detail": "The id is held by seq 3 with other content; they differ at"
                    " /items/0/quantity.",
                    "accepted": "the same content, or an id of its own",
                }
            ],
        }
    ],
}

LIVE = {"status": "live", "version": "0.1.0"}

READY = {
    "status": "ready",
    "engine": "sqlite",
    "version": "3.46.1",
    "schema": 4,
    "projection": 1,
    "published": 4,
    "adjacency": {"state": "ready", "seq": 4, "behind": 0, "edges": 12, "bytes": 4096},
}

METRICS = "# HELP tracegraph_published_seq Up to where readers see.\n"

KIND = {"type": "/problems/unknown-item", "title": "No record names this item", "status": 404}

ORDERS = {
    "orders": [
        {
            "number": "SO-771",
            "kind": "sales",
            "state": "shipped",
            "party": "CUST-12",
            "placed_at": "2026-03-01T01:00:00Z",
            "completed_at": None,
            "lines": 1,
            "anomalies": 0,
        }
    ],
    "as_of": None,
    "known_at": 7,
    "next": None,
}

ORDER = {
    "number": "SO-771",
    "kind": "sales",
    "state": "shipped",
    "closed": False,
    "party": "CUST-12",
    "placed_at": "2026-03-01T01:00:00Z",
    "completed_at": None,
    "lines": [
        {
            "line": "10",
            "product": "FG-9",
            "quantity": "120",
            "unit": "each",
            "due": "2026-03-20",
            "promised": "2026-03-18",
            "fulfilled": "120",
            "shipped": "120",
            "delivered": "0",
            "returned": "0",
            "completed_at": None,
            "on_time": None,
            "items": [
                {
                    "key": C1,
                    "product": "FG-9",
                    "quantity": "120",
                    "unit": "each",
                    "within": None,
                }
            ],
        }
    ],
    "unordered": [],
    "items": [
        {
            **SUMMARY,
            "shipped": "120",
            "delivered": "0",
            "returned": "0",
            "unit": "each",
            "within": None,
        }
    ],
    "events": [
        {
            "key": SHIPMENT_KEY,
            "type": "shipment",
            "action": None,
            "occurred_at": "2026-03-09T08:00:00Z",
            "documents": ["DN-5520"],
            "step": "all shipped",
            "state": "shipped",
            "legal": True,
        }
    ],
    "documents": ["DN-5520"],
    "anomalies": [],
    "legal": ["closed", "settled"],
    "as_of": None,
    "known_at": 7,
    "note": None,
}

_FIGURES = {
    "orders": 40,
    "time_to_fulfil": {
        "numerator": 36,
        "denominator": 38,
        "median_seconds": "288240",
        "p90_seconds": "1209600",
    },
    "on_time": {"numerator": 30, "denominator": 37, "rate": "0.8108"},
    "cancelled": {"numerator": 2, "denominator": 40, "rate": "0.05"},
    "nonconforming": {"numerator": 1, "denominator": 36, "rate": "0.0278"},
}

ORDER_FIGURES = {
    "since": "2026-01-01T00:00:00Z",
    "until": None,
    "kind": "sales",
    **_FIGURES,
    "months": [{"month": "2026-03", **_FIGURES}],
    "as_of": None,
    "known_at": 6069,
}
