"""Made-up scopes for tests of what is written of them; a keyword replaces any field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracegraph.recall.answer import (
    AffectedItem,
    Balance,
    Consignee,
    ConsigneeItem,
    Figures,
    Gap,
    Position,
    Scope,
    ScopeOrder,
    SeedItem,
    Unproven,
)
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.recall.scope import scope_hash

AT = "2026-03-09T08:00:00Z"
LOT = "urn:tracegraph:lot:FG-9:C1"
SEED = "urn:tracegraph:lot:RM-110:A"


def affected(key: str = LOT, **changes: Any) -> AffectedItem:
    fields: Mapping[str, Any] = {
        "key": key, "kind": "lot", "product": "FG-9", "number": "C1", "lot": None,
        "certainty": "certain", "units_min": "100", "units_max": "500", "units": "500",
        "unit": "each", "depth": 1, "parent": SEED, "through": "urn:tracegraph:event:mes:p",
        "made_on": "2026-03-02", "expires_on": "2029-03-01", "expired": False, "removed": False,
        "orders": ("MO-1", "SO-7"),
    }  # fmt: skip
    return AffectedItem(**{**fields, **changes})


def position(item: str = LOT, **changes: Any) -> Position:
    fields: Mapping[str, Any] = {
        "item": item, "holder_kind": "place", "holder": "SZ1/WH", "state": "available",
        "market": None, "quantity": "380", "unit": "each", "units_min": "0", "units_max": None,
        "since": AT,
    }  # fmt: skip
    return Position(**{**fields, **changes})


def sent(item: str = LOT, **changes: Any) -> ConsigneeItem:
    fields: Mapping[str, Any] = {
        "item": item, "product": "FG-9", "number": "C1", "lot": None, "sent": "120",
        "held": "110", "unit": "each", "units_min": "0", "units_max": "120", "first": AT,
        "last": "2026-03-11T08:00:00Z", "orders": ("SO-771",), "documents": ("DN-5520",),
        "events": ("urn:tracegraph:event:wms:ship-88",),
    }  # fmt: skip
    return ConsigneeItem(**{**fields, **changes})


def consignee(*items: ConsigneeItem, **changes: Any) -> Consignee:
    fields: Mapping[str, Any] = {
        "party": "CUST-12", "name": "Klinik", "market": "DE", "contacts": (), "items": items,
    }  # fmt: skip
    return Consignee(**{**fields, **changes})


def scope(**changes: Any) -> Scope:
    """One of everything, with its hash."""
    balance: dict[str, Any] = dict.fromkeys(Balance.__dataclass_fields__, "0") | {
        "item": LOT, "unit": "each", "made": "500", "on_hand": "380", "at_customers": "120",
        "explained": True,
    }  # fmt: skip
    figures: dict[str, Any] = {
        "product": "FG-9", "unit": "each", "items_certain": 1, "items_possible": 0,
        "items_unproven": 1, "units_min": "100", "units_max": None, "on_hand": "380",
        "in_transit": "0", "at_customers": "120", "consumed": "0", "used": "0",
        "unaccounted": "0", "completeness": "0.8333",
    }  # fmt: skip
    fields: Mapping[str, Any] = {
        "query": ScopeQuery((ScopeSeed("product", "RM-110", since=AT, lot_from="A"),)),
        "as_of": None,
        "known_at": 88,
        "recorded_at": "2026-03-10T08:00:00.25Z",
        "rule": "4",
        "seeds": (SeedItem(SEED, None, None, None, None, (0, 1)),),
        "figures": (Figures(**figures),),
        "items": (affected(),),
        "positions": (position(),),
        "consignees": (consignee(sent()),),
        "balances": (Balance(**balance),),
        "gaps": (Gap("no_origin", LOT, None, None, None, "5", "each", "No origin.", "Record it."),),
        "unproven": (
            Unproven("u", "lot", "FG-9", "C9", None, "RM-110", None, None, "100", "each"),
        ),
        "orders": (ScopeOrder("SO-771", "sales", "CUST-12", (LOT, "x")),),
        "note": None,
    }  # fmt: skip
    made = Scope(**{**fields, **changes})
    return replace(made, hash=scope_hash(made))
