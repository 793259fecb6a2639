"""Builders of events in wire form: every field has a default, every default can be overridden.

    desk = Desk(seed=7)
    desk.receipt(items=[line(lot("RM-1", "A"), "600")], party="S-1")

A desk numbers its events and lets an hour pass before each; free functions build references,
lines and identifiers. The same seed gives the same events.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson

from tracegraph.capture.drafting import draft
from tracegraph.identify import check_digit
from tracegraph.store.port import Draft

Wire = dict[str, Any]

DAWN = datetime(2026, 3, 2, 6, tzinfo=UTC)


def at(minutes: float = 0, *, fraction: str = "", offset: int = 0) -> str:
    """A time some minutes after dawn; `fraction` are digits beyond the second."""
    moment = DAWN + timedelta(minutes=minutes, hours=offset)
    digits = f".{fraction}" if fraction else ""
    zone = f"{'+' if offset >= 0 else '-'}{abs(offset):02}:00" if offset else "Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}{digits}{zone}"


def gtin(number: int) -> str:
    """A GTIN-14 with a right check digit."""
    body = f"{number:013}"
    return body + check_digit(body)


def sscc(number: int) -> str:
    """An SSCC with a right check digit."""
    body = f"{number:017}"
    return body + check_digit(body)


def lot(product: str = "RM-1", number: str = "A") -> Wire:
    return {"product": product, "lot": number}


def serial(product: str = "FG-1", number: str = "1", *, of: str | None = None) -> Wire:
    """A serial, of the lot `of` where that is said."""
    found = {"product": product, "serial": number}
    return found if of is None else {**found, "lot": of}


def container(number: int = 1) -> Wire:
    return {"sscc": sscc(number)}


def opaque(text: str, kind: str | None = None) -> Wire:
    found = {"key": f"urn:example:{text}"}
    return found if kind is None else {**found, "kind": kind}


def line(
    item: Wire | None = None, quantity: str | None = None, unit: str = "each", **more: Any
) -> Wire:
    """A line; without quantity its amount is unknown (a serial's is one)."""
    found: Wire = {"item": item or lot()}
    if quantity is not None:
        found |= {"quantity": quantity, "unit": unit}
    return {**found, **more}


def lines(*items: Wire) -> list[Wire]:
    return [line(item) for item in items]


def package(number: str, content: int = 1) -> Wire:
    name = "gtin" if number.isdigit() else "device_identifier"
    return {name: number, "content": str(content)}


class Desk:
    """Writes events of one source, an hour after one another unless told otherwise."""

    def __init__(self, source: str = "mes", *, seed: int = 0) -> None:
        self.source = source
        self.random = Random(seed)
        self.written = 0

    def event(self, type_: str, **fields: Any) -> Wire:
        """An event; a field given as None is left out."""
        self.written += 1
        found = {
            "id": f"e{self.written:05}",
            "source": self.source,
            "type": type_,
            "occurred_at": at(60 * self.written),
            **fields,
        }
        return {name: value for name, value in found.items() if value is not None}

    def receipt(self, *items: Wire, **fields: Any) -> Wire:
        return self.event(
            "receipt", **{"items": lines(*(items or (lot(),))), "party": "S-1", **fields}
        )

    def production(
        self, inputs: Iterable[Wire] = (), outputs: Iterable[Wire] = (), **fields: Any
    ) -> Wire:
        """A production from items to items; lines are given by the fields of that name."""
        made: Wire = {"inputs": lines(*inputs), "outputs": lines(*outputs)}
        return self.event(fields.pop("type_", "production"), **{**made, **fields})

    def process(self, *items: Wire, **fields: Any) -> Wire:
        return self.event("process", **{"items": lines(*items), **fields})

    def pack(self, box: Wire, *items: Wire, **fields: Any) -> Wire:
        return self.event("pack", **{"container": box, "items": lines(*items), **fields})

    def unpack(self, box: Wire, *items: Wire, **fields: Any) -> Wire:
        return self.event("unpack", **{"container": box, "items": lines(*items), **fields})

    def shipment(self, *items: Wire, **fields: Any) -> Wire:
        return self.event("shipment", **{"items": lines(*items), "party": "C-1", **fields})

    def move(self, *items: Wire, **fields: Any) -> Wire:
        return self.event("move", **{"items": lines(*items), "to": "WH-2", **fields})

    def product(self, number: str = "FG-1", *packages: Wire, **fields: Any) -> Wire:
        return self.event("product", **{"number": number, "packages": list(packages), **fields})

    def void(self, target: Wire | str, **fields: Any) -> Wire:
        """A void of an event, or of an id of this source."""
        named = {"voids": target} if isinstance(target, str) else {
            "voids": target["id"], "voids_source": target["source"],
        }  # fmt: skip
        return self.event("void", **{**named, "reason": "wrong", **fields})


def drafts(events: Iterable[Wire]) -> list[Draft]:
    """Events ready to be appended to a store."""
    return [draft(event, source=None, caller=None) for event in events]


def copied(event: Wire, **changes: Any) -> Wire:
    """The same event with other fields."""
    return {**orjson.loads(orjson.dumps(event)), **changes}


def diamond(layers: int, desk: Desk | None = None) -> list[Wire]:
    """Layers of two lots, both of them made from both of the layer before: 2^(layers-1) paths."""
    desk = desk or Desk()
    return [
        desk.production(
            [lot("D", f"{layer}a"), lot("D", f"{layer}b")],
            [lot("D", f"{layer + 1}a"), lot("D", f"{layer + 1}b")],
        )
        for layer in range(1, layers)
    ]
