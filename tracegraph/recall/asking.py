"""Reading a question about a recall: seeds and limits, checked and in one form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import get_args

from tracegraph.model.quantity import Quantity
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.gate import GateItem, Purpose
from tracegraph.recall.query import ScopeQuery, ScopeSeed, SeedKind
from tracegraph.trace.instants import read_instant, read_seconds, require_range, require_text

KINDS: tuple[str, ...] = get_args(SeedKind)
MOST_SEEDS = 10_000
MOST_ITEMS = 10_000_000
MOST_GATED = 1_000

# Which fields narrow a seed of which kind.
_WINDOW = {"since", "until"}
_PRODUCT = {
    "lot_from", "lot_to", "made_from", "made_to", "expires_from", "expires_to",
}  # fmt: skip
_NARROWED = {
    "product": _PRODUCT,
    "supplier": _WINDOW,
    "equipment": _WINDOW,
    "place": _WINDOW,
    "order": _WINDOW,
    "instrument": {"until"},
}


def read_query(
    seeds: str | ScopeSeed | Sequence[str | ScopeSeed],
    exclude: str | ScopeSeed | Sequence[str | ScopeSeed] = (),
    *,
    clock_tolerance: str = "0",
    transit_days: int = 30,
    budget: int = 1_000_000,
) -> ScopeQuery:
    """A query in its one form. Raises Refused, with the pointer of what is wrong."""
    read_seconds(clock_tolerance, "clock_tolerance")
    require_range("transit_days", transit_days, 0, 36_500)
    require_range("budget", budget, 1, MOST_ITEMS)
    found = _read(seeds, "seeds")
    if not found:
        raise Refused((Refusal("/seeds", "seeds", "is empty.", "one seed at least"),))
    return ScopeQuery(found, _read(exclude, "exclude"), clock_tolerance, transit_days, budget)


def _read(given: str | ScopeSeed | Sequence[str | ScopeSeed], field: str) -> tuple[ScopeSeed, ...]:
    several: Iterable[str | ScopeSeed] = [given] if isinstance(given, str | ScopeSeed) else given
    found = [ScopeSeed("item", seed) if isinstance(seed, str) else seed for seed in several]
    if len(found) > MOST_SEEDS:
        accepted = f"at most {MOST_SEEDS}; name their product, supplier or event instead"
        raise Refused((Refusal(f"/{field}", "seeds", f"names {len(found)} seeds.", accepted),))
    for place, seed in enumerate(found):
        _check(seed, f"{field}/{place}")
    return tuple(found)


def _check(seed: ScopeSeed, pointer: str) -> None:
    if seed.kind not in KINDS:
        accepted = "one of " + ", ".join(KINDS)
        reason = f"{seed.kind!r} is no kind of seed."
        raise Refused((Refusal(f"/{pointer}/kind", "seed_kind", reason, accepted),))
    if not seed.key.strip():
        refusal = Refusal(f"/{pointer}/key", "seed_key", "is empty.", "what the seed names")
        raise Refused((refusal,))
    require_text(f"{pointer}/key", seed.key)
    allowed = _NARROWED.get(seed.kind, set())
    for part in fields(seed)[2:]:
        if getattr(seed, part.name) is not None and part.name not in allowed:
            accepted = ", ".join(sorted(allowed)) or "nothing beside kind and key"
            reason = f"does not narrow a seed of kind {seed.kind}."
            refusal = Refusal(f"/{pointer}/{part.name}", "seed_field", reason, accepted)
            raise Refused((refusal,))
    since = read_instant(seed.since, f"{pointer}/since")
    until = read_instant(seed.until, f"{pointer}/until")
    if since is not None and until is not None and since > until:
        refusal = Refusal(f"/{pointer}/since", "window", "is after until.", "since <= until")
        raise Refused((refusal,))


def read_gate(items: Sequence[str | GateItem], purpose: str) -> list[GateItem]:
    """What the gate is asked, checked. Raises Refused."""
    if purpose not in get_args(Purpose):
        accepted = "one of " + ", ".join(get_args(Purpose))
        raise Refused((Refusal("/purpose", "purpose", f"{purpose!r} is none.", accepted),))
    asked = [GateItem(item) if isinstance(item, str) else item for item in items]
    if not 0 < len(asked) <= MOST_GATED:
        accepted = f"1 to {MOST_GATED} items"
        raise Refused((Refusal("/items", "items", f"names {len(asked)} items.", accepted),))
    for place, each in enumerate(asked):
        require_text(f"items/{place}/item", each.item)
        if (each.quantity is None) != (each.unit is None):
            refusal = Refusal(
                f"/items/{place}", "quantity", "has a quantity or a unit, not both.", "both"
            )
            raise Refused((refusal,))
        if each.quantity is not None:
            _positive(each.quantity, f"/items/{place}/quantity")
    return asked


def _positive(text: str, pointer: str) -> None:
    try:
        good = Quantity.parse(text).micro > 0
    except ValueError:
        good = False
    if not good:
        accepted = "a positive decimal with at most six digits after the point"
        raise Refused((Refusal(pointer, "quantity", f"{text!r} is none.", accepted),))
