"""The answers of a recall, as values: what programs and pages receive.

Items are named by their keys and events by `urn:tracegraph:event:{source}:{id}`; times are RFC
3339 texts in UTC, dates ISO 8601, quantities exact decimal texts in the unit beside them.
`units_min` and `units_max` bound the affected units over all worlds that agree with the records;
`units_max` None is: as many as there are, which nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tracegraph.model.value import value
from tracegraph.recall.query import ScopeQuery

RULE = "4"  # the version of the rules that these answers follow

Certainty = Literal["certain", "possible"]


@dataclass(frozen=True, slots=True)
class SeedItem:
    """What a seed came to: units of an item (None: all), from a time on (None: always).

    `through` is the event whose units of it are meant. `seeds` are indexes into the query's.
    """

    key: str
    units: str | None
    unit: str | None
    since: str | None
    through: str | None
    seeds: tuple[int, ...]


@value(frozen=True, slots=True)
class AffectedItem:
    """An item that is, or may be, affected.

    `units` is what was ever made or received of it. `depth` counts item steps from the nearest
    seed; `parent` and `through` are the step before on one shortest chain. `removed`: what was
    affected in it was taken out again. `lot` is the affected lot that counts this serial's unit
    already: totals never add serials to lots.
    """

    key: str
    kind: str
    product: str | None
    number: str | None
    lot: str | None
    certainty: Certainty
    units_min: str
    units_max: str | None
    units: str | None
    unit: str
    depth: int
    parent: str | None
    through: str | None
    made_on: str | None
    expires_on: str | None
    expired: bool
    removed: bool
    orders: tuple[str, ...]


@value(frozen=True, slots=True)
class Position:
    """So much of an item in one account: at a place or party, in a state.

    `holder_kind` is place, party, or none (consumed, destroyed, used … without a holder).
    """

    item: str
    holder_kind: Literal["place", "party", "none"]
    holder: str | None
    state: str
    market: str | None
    quantity: str
    unit: str
    units_min: str | None  # None where nothing is said of certainty (plain positions)
    units_max: str | None
    since: str | None  # of what came last into it


@value(frozen=True, slots=True)
class ConsigneeItem:
    """What one consignee got of one item in one unit, and still holds of it by the records.

    `sent` and `held` are None where a record says no amount.
    """

    item: str
    product: str | None
    number: str | None
    lot: str | None  # the affected lot that counts this serial already
    sent: str | None
    held: str | None
    unit: str
    units_min: str
    units_max: str | None
    first: str
    last: str
    orders: tuple[str, ...]
    documents: tuple[str, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consignee:
    """A customer or other party that got affected units. `contacts` as the record gives them."""

    party: str
    name: str | None
    market: str | None
    contacts: tuple[dict[str, Any], ...]
    items: tuple[ConsigneeItem, ...]


@value(frozen=True, slots=True)
class Balance:
    """Mass balance of an affected lot or serial, in one unit; the two sides are equal.

    made + received + overdrawn = on_hand + in_transit + at_customers + consumed + destroyed + used
    + returned_to_supplier + adjusted + unaccounted. Negative accounts are not netted: `overdrawn`
    is their sum. `explained` says whether overdrawn, adjusted and unaccounted are all zero.
    """

    item: str
    unit: str
    made: str
    received: str
    overdrawn: str
    on_hand: str
    in_transit: str
    at_customers: str
    consumed: str
    destroyed: str
    used: str
    returned_to_supplier: str
    adjusted: str
    unaccounted: str
    explained: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the records do not say. `rule` is one of GAP_RULES; `remedy` what would close it.

    `item` or `event` is None where the gap is not of one; `product` is the missing material of a
    bill-of-materials gap, `party` the consignee of whom something is not known. `quantity` is how
    much is missing, where that is known.
    """

    rule: str
    item: str | None
    event: str | None
    product: str | None
    party: str | None
    quantity: str | None
    unit: str | None
    detail: str
    remedy: str


GAP_RULES = (
    "no_origin", "no_inputs", "bill_missing", "bill_short", "quantity_unknown", "balance_negative",
    "order_unproven", "adjusted", "consumed_without_outputs", "origin_voided", "unlocated",
    "consignee_unknown", "consignee_without_contact", "contents_unproven", "product_unknown",
    "unit_inconvertible", "unaccounted",
    "untraced",
)  # fmt: skip


@value(frozen=True, slots=True)
class Unproven:
    """An item beside the closure that may hold a seed's product: the record of it is missing.

    `material` is the product whose line is missing or short at `event`; for what was made of an
    unproven item, `parent` is that item. `lot` is the unproven lot that counts this serial.
    """

    key: str
    kind: str
    product: str | None
    number: str | None
    lot: str | None
    material: str | None
    event: str | None
    parent: str | None
    units: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class ScopeOrder:
    """An order that affected items were bought, made or sent under."""

    number: str
    kind: str | None
    party: str | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Headline figures of one product and unit; nothing is added across products or units.

    A unit counts once, under however many names (a split, a merger, a new label, rework, a lot
    and its serials); `consumed` is what did not come out again as the product that it was.
    `completeness` is units free of gaps over all units of affected and unproven items, as a
    decimal between 0 and 1 with four digits, rounded down; None where no units are known.
    """

    product: str | None
    unit: str
    items_certain: int
    items_possible: int
    items_unproven: int
    units_min: str
    units_max: str | None
    on_hand: str
    in_transit: str
    at_customers: str
    consumed: str
    used: str
    unaccounted: str
    completeness: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The answer of a recall, whole: it is never cut short (see ScopeTooLarge).

    Items go by (depth, key), positions by (item, holder_kind, holder, state, unit), consignees
    by party, balances by (item, unit), gaps by (rule, item, event, product, party). `hash` is the
    SHA-256 of the canonical JSON (RFC 8785) of everything else in it. `note` says why a scope
    is empty, and which seeds came to nothing.
    """

    query: ScopeQuery
    as_of: str | None
    known_at: int
    recorded_at: str | None
    rule: str
    seeds: tuple[SeedItem, ...]
    figures: tuple[Figures, ...]
    items: tuple[AffectedItem, ...]
    positions: tuple[Position, ...]
    consignees: tuple[Consignee, ...]
    balances: tuple[Balance, ...]
    gaps: tuple[Gap, ...]
    unproven: tuple[Unproven, ...]
    orders: tuple[ScopeOrder, ...]
    note: str | None
    hash: str = field(default="")


@value(frozen=True, slots=True)
class Positions:
    """The positions of an item, product, place, party or order, at one cut.

    `note` says why there are none.
    """

    subject: str
    as_of: str | None
    known_at: int
    positions: tuple[Position, ...]
    anomalies: tuple[Gap, ...]  # balances below zero, taken from hold, unknown amounts
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One step of a chain: an item, the event it came through, with its time and papers."""

    item: str
    through: str | None  # event key, or run key
    type: str | None
    occurred_at: str | None
    order: str | None
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item is in a scope, or why it is not.

    `verdict` is certain, possible, unproven, or out. `reason`, for what is out, is one of
    unrelated, time_order, recorded_allocation, never_used, voided_record, seed_excluded.
    """

    item: str
    verdict: Literal["certain", "possible", "unproven", "out"]
    steps: tuple[WhyStep, ...]
    reason: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Cause:
    """An event recorded between two scopes that touches a changed item. `voids`: what it voids."""

    event: str
    seq: int
    type: str
    voids: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """An item in one scope and not the other, or in both and different.

    `kind`: in, out, changed (certainty, units, expiry), moved (positions only). `before` and
    `after` hold certainty, units_min, units_max, units, unit, expires_on, and positions as
    (holder, state, quantity) texts.
    """

    item: str
    kind: Literal["in", "out", "changed", "moved"]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class ScopeDiff:
    """What changed from one scope to another, by item key."""

    before: str  # hash
    after: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored scope, by its hash. Only `status` and `flag` ever change.

    An open one is compared with what its query gives now; `flag` then is the hash of the newer
    answer, None while nothing has changed. `engine` is where it was computed; it is not hashed.
    """

    id: str
    hash: str
    name: str | None
    status: Literal["open", "closed"]
    query: ScopeQuery
    as_of: str | None
    known_at: int
    rule: str
    engine: str
    created_at: str
    items: int
    flag: str | None


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something upstream of complaints, and how well it explains them.

    `kind`: item, supplier, equipment, place, operator, event, certificate. `complaints` are
    explained by it, of `complaints_total`; `descendants` are comparable items (of the same
    products as the complaints) that come from it, `descendants_complained` of these complained
    (the share of these two is how bad its descendants are). `odds_ratio` is a decimal text,
    "inf" when no exposed item is free of complaint, or none outside has one; `p` is Fisher's
    exact p, one-sided (greater), with six significant digits. `unexplained` are the first
    twenty, by key, of the complaints that it does not explain.
    """

    kind: str
    key: str
    name: str | None
    complaints: int
    complaints_total: int
    descendants: int
    descendants_complained: int
    odds_ratio: str
    p: str
    since: str | None
    until: str | None
    unexplained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspects:
    """Suspects, the most telling first, and the fewest of them that together explain all."""

    complaints: tuple[str, ...]
    controls: tuple[str, ...]
    as_of: str | None
    known_at: int
    clock_tolerance: str
    population: int
    suspects: tuple[Suspect, ...]
    cover: tuple[Suspect, ...]
    uncovered: tuple[str, ...]  # complaints that nothing upstream explains
    note: str | None


@dataclass(frozen=True, slots=True)
class GateRefusal:
    """One reason not to. `rule` is one of GATE_RULES; `lift` is what would lift it."""

    item: str
    rule: str
    detail: str
    lift: str
    scope: str | None = None  # of an open scope: its id
    event: str | None = None


GATE_RULES = (
    "unknown_item", "scope_certain", "scope_possible", "scope_unproven", "on_hold", "quantity",
    "expired", "inspection_missing", "inspection_failed", "nonconformance_open",
    "contents_unproven", "behind", "place",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """May these items be shipped, consumed or used? `refusals` is empty when they may."""

    allowed: bool
    purpose: Literal["ship", "consume", "use"]
    known_at: int
    judged_at: str
    refusals: tuple[GateRefusal, ...]
