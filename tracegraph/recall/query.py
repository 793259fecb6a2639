"""What a scope is asked: seeds, exclusions and cuts, as values that travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SeedKind = Literal[
    "item", "product", "supplier", "event", "equipment", "place", "instrument", "inspection",
    "certificate", "order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScopeSeed:
    """Something that is bad, or suspected (domain, "Recall scope").

    item         all units of what `key` names (key, scan or number); a container: what it held
    product      the lots and serials of product `key` whose number is from `lot_from` to
                 `lot_to`, made or expiring within dates
    supplier     the lines of receipts from party `key` within the window
    event        `key` is an event key or "source/id": its outputs, else its items' units from then
    equipment    of every event with it that meets the window
    place        of every event there, and every unit that was there at any instant of the window
    instrument   whatever equipment `key` inspected between its last passing calibration before
                 `until` (or now) and the failing one
    inspection   the items of the inspection event `key`, whole; certificate likewise, or by number
    order        the items of the lines of order `key`, whole

    `since` and `until` are RFC 3339 times and keep events whose interval meets the window; dates
    are ISO 8601, both ends included.
    """

    kind: SeedKind
    key: str
    since: str | None = None
    until: str | None = None
    lot_from: str | None = None
    lot_to: str | None = None
    made_from: str | None = None
    made_to: str | None = None
    expires_from: str | None = None
    expires_to: str | None = None


@dataclass(frozen=True, slots=True)
class ScopeQuery:
    """A question about a recall; two equal queries at equal cuts have equal answers.

    Seeds are united; what `exclude` names is no seed (it may still be reached from one). Instants
    within `clock_tolerance` seconds count as equal. Goods under way for more than `transit_days`
    are unaccounted for. A closure of more than `budget` items refuses to be a scope.
    """

    seeds: tuple[ScopeSeed, ...]
    exclude: tuple[ScopeSeed, ...] = ()
    clock_tolerance: str = "0"
    transit_days: int = 30
    budget: int = 1_000_000
