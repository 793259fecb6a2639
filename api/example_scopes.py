"""Examples of questions and answers about recalls; what HISTORY and a bad lot A lead to."""

from __future__ import annotations

from typing import Any

from api.example_answers import AT, C1, PRODUCTION_KEY, SHIPMENT_KEY, A

JSON = "application/json"
ID = "b29b757eedfa79bf5a49633acf29beac1852c611c55bdc08cf592ce02e1cf3dc"
_ADDRESS = f"/v1/scopes/{ID}"

ASKING: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "description": "A question; seeds are items by any name, or of other kinds.",
                "required": ["seeds"],
                "properties": {
                    "seeds": {
                        "description": "one seed, or a list of them",
                        "oneOf": [
                            {"$ref": "#/components/schemas/Seed"},
                            {"type": "array", "items": {"$ref": "#/components/schemas/Seed"}},
                        ],
                    },
                    "exclude": {
                        "description": "what is no seed",
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Seed"},
                    },
                    "as_of": {"type": "string", "description": "count what occurred by then"},
                    "known_at": {
                        "type": ["string", "integer"],
                        "description": "answer from what was recorded by then: a seq or a time",
                    },
                    "clock_tolerance": {"type": "string", "default": "0"},
                    "transit_days": {"type": "integer", "default": 30},
                    "budget": {"type": "integer", "default": 1_000_000},
                    "save": {"type": "boolean", "default": True},
                    "name": {"type": "string", "maxLength": 200},
                    "status": {"type": "string", "enum": ["open", "closed"]},
                },
                "additionalProperties": False,
            },
            "examples": {
                "a lot": {"summary": "A bad lot", "value": {"seeds": ["A"], "name": "Resin A"}},
                "a supplier": {
                    "summary": "What a supplier sent in March, without asking for a case",
                    "value": {
                        "seeds": [
                            {
                                "kind": "supplier",
                                "key": "SUP-3",
                                "since": "2026-02-01T00:00:00Z",
                                "until": "2026-04-01T00:00:00Z",
                            }
                        ],
                        "save": False,
                    },
                },
            },
        }
    },
}

SEED_SCHEMA: dict[str, Any] = {
    "description": "What is bad: a text that names an item, or an object.",
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["kind", "key"],
            "properties": {
                "kind": {
                    "type": "string",
                    "enum": [
                        "item", "product", "supplier", "event", "equipment", "place", "instrument",
                        "inspection", "certificate", "order",
                    ],
                },
                "key": {"type": "string"},
                **{
                    name: {"type": "string"}
                    for name in (
                        "since", "until", "lot_from", "lot_to", "made_from", "made_to",
                        "expires_from", "expires_to",
                    )
                },
            },
            "additionalProperties": False,
        },
    ],
}  # fmt: skip

CHANGING: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    "status": {"type": "string", "enum": ["open", "closed"]},
                    "name": {"type": "string", "maxLength": 200},
                },
                "additionalProperties": False,
            },
            "examples": {
                "closed": {"summary": "The case is over", "value": {"status": "closed"}},
                "named": {"summary": "Another name", "value": {"name": "FSN-2026-03"}},
            },
        }
    },
}

GATING: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "required": ["items", "purpose"],
                "properties": {
                    "items": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "oneOf": [
                                {"type": "string"},
                                {
                                    "type": "object",
                                    "required": ["item"],
                                    "properties": {
                                        "item": {"type": "string"},
                                        "quantity": {"type": "string"},
                                        "unit": {"type": "string"},
                                    },
                                    "additionalProperties": False,
                                },
                            ]
                        },
                    },
                    "purpose": {"type": "string", "enum": ["ship", "consume", "use"]},
                    "place": {"type": "string", "description": "from where; inside it counts"},
                    "at": {"type": "string", "description": "when expiry is judged; now"},
                    "seen": {"type": "integer", "description": "the last seq the caller knows of"},
                    "strict": {"type": "boolean", "default": False},
                },
                "additionalProperties": False,
            },
            "examples": {
                "a shipment": {
                    "summary": "May so much be shipped?",
                    "value": {
                        "items": [{"item": C1, "quantity": "120", "unit": "each"}],
                        "purpose": "ship",
                    },
                },
                "a scan": {
                    "summary": "May what was scanned be used here?",
                    "value": {"items": ["C2"], "purpose": "use", "place": "SZ1"},
                },
            },
        }
    },
}

_NO_LIMITS = dict.fromkeys(
    ("since", "until", "lot_from", "lot_to", "made_from", "made_to", "expires_from", "expires_to")
)
_QUERY = {
    "seeds": [{"kind": "item", "key": A, **_NO_LIMITS}],
    "exclude": [],
    "clock_tolerance": "0",
    "transit_days": 30,
    "budget": 1_000_000,
}

_FIGURES = {
    "product": "FG-9",
    "unit": "each",
    "items_certain": 2,
    "items_possible": 0,
    "items_unproven": 0,
    "units_min": "600",
    "units_max": "600",
    "on_hand": "880",
    "in_transit": "120",
    "at_customers": "0",
    "consumed": "0",
    "used": "0",
    "unaccounted": "0",
    "completeness": "0.5000",
}

_ITEM = {
    "key": C1,
    "kind": "lot",
    "product": "FG-9",
    "number": "C1",
    "lot": None,
    "certainty": "certain",
    "units_min": "100",
    "units_max": "500",
    "units": "500",
    "unit": "each",
    "depth": 1,
    "parent": A,
    "through": PRODUCTION_KEY,
    "made_on": "2026-03-02",
    "expires_on": "2029-03-01",
    "expired": False,
    "removed": False,
    "orders": ["MO-2291", "SO-771"],
}

_POSITION = {
    "item": C1,
    "holder_kind": "party",
    "holder": "CUST-12",
    "state": "in transit",
    "market": "DE",
    "quantity": "120",
    "unit": "each",
    "units_min": "0",
    "units_max": "120",
    "since": "2026-03-09T08:00:00Z",
}

_CONSIGNEE = {
    "party": "CUST-12",
    "name": "Klinikum Nordhafen",
    "market": "DE",
    "contacts": [{"name": "Recall coordinator", "phone": "+00 555 0112"}],
    "items": [
        {
            "item": C1,
            "product": "FG-9",
            "number": "C1",
            "lot": None,
            "sent": "120",
            "held": "120",
            "unit": "each",
            "units_min": "0",
            "units_max": "120",
            "first": "2026-03-09T08:00:00Z",
            "last": "2026-03-09T08:00:00Z",
            "orders": ["SO-771"],
            "documents": ["DN-5520"],
            "events": [SHIPMENT_KEY],
        }
    ],
}

_BALANCE = {
    "item": C1,
    "unit": "each",
    "made": "500",
    "received": "0",
    "overdrawn": "0",
    "on_hand": "380",
    "in_transit": "120",
    "at_customers": "0",
    "consumed": "0",
    "destroyed": "0",
    "used": "0",
    "returned_to_supplier": "0",
    "adjusted": "0",
    "unaccounted": "0",
    "explained": True,
}

_GAP = {
    "rule": "consignee_without_contact",
    "item": C1,
    "event": None,
    "product": None,
    "party": "CUST-12",
    "quantity": None,
    "unit": None,
    "detail": "The record of CUST-12 has no contact.",
    "remedy": "Send the party's record with its contacts.",
}

_UNPROVEN = {
    "key": "urn:tracegraph:lot:FG-9:C7",
    "kind": "lot",
    "product": "FG-9",
    "number": "C7",
    "lot": None,
    "material": "RM-110",
    "event": "urn:tracegraph:event:mes-sz:prod-0122",
    "parent": None,
    "units": "500",
    "unit": "each",
}

_ORDER = {"number": "SO-771", "kind": "sales", "party": "CUST-12", "items": [C1]}

_ROWS = {
    "items": _ITEM,
    "positions": _POSITION,
    "consignees": _CONSIGNEE,
    "balances": _BALANCE,
    "gaps": _GAP,
    "unproven": _UNPROVEN,
    "orders": _ORDER,
}

SCOPE: dict[str, Any] = {
    "query": _QUERY,
    "as_of": None,
    "known_at": 4,
    "recorded_at": AT,
    "rule": "4",
    "seeds": [
        {"key": A, "units": None, "unit": None, "since": None, "through": None, "seeds": [0]}
    ],
    "figures": [_FIGURES],
    **{name: [row] for name, row in _ROWS.items()},
    "note": None,
    "hash": ID,
}

SNAPSHOT: dict[str, Any] = {
    "id": ID,
    "hash": ID,
    "name": "Resin A",
    "status": "open",
    "query": _QUERY,
    "as_of": None,
    "known_at": 4,
    "rule": "4",
    "engine": "sqlite",
    "created_at": "2026-03-10T09:30:00Z",
    "items": 3,
    "flag": None,
}

SCOPES = {"scopes": [SNAPSHOT], "next": None}

SUMMARY = {
    "snapshot": SNAPSHOT,
    "recorded_at": AT,
    "figures": [_FIGURES],
    "counts": {
        "items": 3,
        "certain": 3,
        "possible": 0,
        "unproven": 1,
        "positions": 5,
        "consignees": 1,
        "balances": 3,
        "gaps": 1,
        "orders": 3,
    },
    "note": None,
    "links": {"content": f"{_ADDRESS}/content", "consignees": f"{_ADDRESS}/consignees"},
}

DIFF = {
    "before": ID,
    "after": "0d1f" + ID[4:],
    "changes": [
        {
            "item": C1,
            "kind": "moved",
            "before": {
                "certainty": "certain",
                "units_min": "100",
                "units_max": "500",
                "units": "500",
                "positions": [["SZ1/WH", "available", "500"]],
            },
            "after": {
                "certainty": "certain",
                "units_min": "100",
                "units_max": "500",
                "units": "500",
                "positions": [["SZ1/WH", "available", "380"], ["CUST-12", "in transit", "120"]],
            },
            "causes": [{"event": SHIPMENT_KEY, "seq": 3, "type": "shipment", "voids": None}],
        }
    ],
}

WHY = {
    "item": C1,
    "verdict": "certain",
    "steps": [
        {
            "item": A,
            "through": None,
            "type": None,
            "occurred_at": None,
            "order": None,
            "documents": [],
        },
        {
            "item": C1,
            "through": PRODUCTION_KEY,
            "type": "production",
            "occurred_at": "2026-03-02T01:14:00Z",
            "order": "MO-2291",
            "documents": [],
        },
    ],
    "reason": None,
    "detail": "At least 100 and at most 500 each of it are affected, in every world that agrees"
    " with the records.",
}

POSITIONS = {
    "subject": f"item {C1}",
    "as_of": None,
    "known_at": 4,
    "positions": [{**_POSITION, "units_min": None, "units_max": None}],
    "anomalies": [],
}

FLOW = {
    "item": A,
    "as_of": None,
    "known_at": 4,
    "transit_days": 30,
    "measures": [
        {
            "unit": "each",
            "total": "600",
            "sources": [
                {
                    "kind": "received",
                    "holder_kind": "party",
                    "holder": "SUP-07",
                    "state": "received",
                    "items": [],
                    "quantity": "600",
                    "events": ["urn:tracegraph:event:wms-sz:rcp-7"],
                }
            ],
            "ends": [
                {
                    "kind": "consumed",
                    "holder_kind": "none",
                    "holder": None,
                    "state": "consumed",
                    "items": [{"key": C1, "kind": "lot", "product": "FG-9", "number": "C1"}],
                    "quantity": "600",
                    "events": [PRODUCTION_KEY],
                }
            ],
        }
    ],
    "unknown": [],
    "note": None,
}

ORIGINS = {
    "item": C1,
    "as_of": None,
    "known_at": 4,
    "origins": [
        {
            "key": A,
            "kind": "lot",
            "product": "RM-110",
            "number": "A",
            "certainty": "certain",
            "units_min": "100",
            "units_max": "500",
            "unit": "each",
        }
    ],
}

VERDICT = {
    "allowed": False,
    "purpose": "ship",
    "known_at": 4,
    "judged_at": "2026-03-10T09:30:00Z",
    "refusals": [
        {
            "item": C1,
            "rule": "scope_certain",
            "detail": "It is affected in the open case Resin A.",
            "lift": "Close the case, or record what shows that it took none of the seeds.",
            "scope": ID,
            "event": None,
        }
    ],
}

FILES: dict[str, Any] = {
    "text/csv": "key,kind,product,number\r\nurn:tracegraph:lot:FG-9:C1,lot,FG-9,C1\r\n",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "(a workbook)",
    "application/graphml+xml": '<?xml version="1.0" encoding="UTF-8"?>\n',
    "application/provenance+json": {"prefix": {}, "entity": {}, "bundle": {}},
    "application/ld+json": {"type": "EPCISDocument", "epcisBody": {"eventList": []}},
}


def part(name: str) -> dict[str, Any]:
    """A page of a part of a scope."""
    return {"scope": ID, "total": 1, "next": None, name: [_ROWS[name]]}
