"""The examples in the interface's description. They belong together: the answers are those of a
service that was sent HISTORY.
"""

from __future__ import annotations

from typing import Any

RECEIPT: dict[str, Any] = {
    "id": "rec-0041",
    "source": "wms-sz",
    "type": "receipt",
    "occurred_at": "2026-02-27T10:00:00+08:00",
    "place": "SZ1/WH",
    "party": "SUP-3",
    "order": "PO-1003",
    "items": [
        {"item": {"product": "RM-110", "lot": "A"}, "quantity": "600", "unit": "each"},
        {"item": {"product": "RM-110", "lot": "B"}, "quantity": "400", "unit": "each"},
    ],
}

PRODUCTION: dict[str, Any] = {
    "id": "prod-0117",
    "source": "mes-sz",
    "type": "production",
    "started_at": "2026-03-02T06:00:00+08:00",
    "occurred_at": "2026-03-02T09:14:00+08:00",
    "place": "SZ1/L4",
    "order": "MO-2291",
    "actor": "op-17",
    "equipment": ["STER-02"],
    "inputs": [
        {"item": {"product": "RM-110", "lot": "A"}, "quantity": "600", "unit": "each"},
        {"item": {"product": "RM-110", "lot": "B"}, "quantity": "400", "unit": "each"},
    ],
    "outputs": [
        {
            "item": {"product": "FG-9", "lot": "C1"},
            "quantity": "500",
            "unit": "each",
            "expires_on": "2029-03-01",
        },
        {"item": {"product": "FG-9", "lot": "C2"}, "quantity": "500", "unit": "each"},
    ],
}

SHIPMENT: dict[str, Any] = {
    "id": "ship-88",
    "source": "wms-sz",
    "type": "shipment",
    "occurred_at": "2026-03-09T16:00:00+08:00",
    "place": "SZ1/WH",
    "order": "SO-771",
    "party": "CUST-12",
    "documents": ["DN-5520"],
    "items": [{"item": {"product": "FG-9", "lot": "C1"}, "quantity": "120", "unit": "each"}],
}

LABELLED: dict[str, Any] = {
    "id": "rec-0042",
    "source": "wms-sz",
    "type": "receipt",
    "occurred_at": "2026-03-10T08:00:00+08:00",
    "place": "SZ1/WH",
    "party": "SUP-3",
    "items": [
        {"item": {"product": "09506000134352", "lot": "L7"}, "quantity": "50", "unit": "each"},
        {"item": {"product": "09506000134352", "lot": "C/1"}, "quantity": "5", "unit": "each"},
    ],
}

HISTORY: tuple[dict[str, Any], ...] = (RECEIPT, PRODUCTION, SHIPMENT, LABELLED)

ITEM_KEYS = [
    "urn:tracegraph:lot:FG-9:C1",
    "https://id.gs1.org/01/09506000134352/10/L7",
    "https://id.gs1.org/01/09506000134352/10/C%2F1",
]

VOID: dict[str, Any] = {
    "id": "void-3",
    "source": "wms-sz",
    "type": "void",
    "occurred_at": "2026-03-10T08:00:00+08:00",
    "voids": "ship-88",
    "reason": "wrong customer",
}

BODIES = {
    "one event": {"summary": "One event", "value": SHIPMENT},
    "several events": {
        "summary": "Several events, stored whole or not at all",
        "value": [RECEIPT, PRODUCTION],
    },
    "a correction": {"summary": "A correction: the shipment did not happen as told", "value": VOID},
}

ORDER_ACTIONS: dict[str, Any] = {
    "placed": {
        "summary": "An order is placed; a new order needs its kind",
        "value": {
            "action": "created",
            "id": "so-771-created",
            "source": "erp",
            "occurred_at": "2026-03-01T09:00:00+08:00",
            "kind": "sales",
            "party": "CUST-12",
            "lines": [
                {
                    "line": "10",
                    "product": "FG-9",
                    "quantity": "120",
                    "unit": "each",
                    "due": "2026-03-20",
                }
            ],
        },
    },
    "one event": {
        "summary": "Its lines are changed",
        "value": {
            "action": "changed",
            "id": "so-771-changed",
            "source": "erp",
            "occurred_at": "2026-03-02T10:00:00+08:00",
            "lines": [
                {
                    "line": "10",
                    "product": "FG-9",
                    "quantity": "120",
                    "unit": "each",
                    "promised": "2026-03-18",
                }
            ],
        },
    },
}
