"""Headline figures: per product and unit, never added across products, units or levels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tracegraph.model.key import Kind
from tracegraph.recall.amount import Scale
from tracegraph.recall.answer import Figures
from tracegraph.recall.balances import amounts
from tracegraph.recall.bounds import Bounds
from tracegraph.recall.case import Case
from tracegraph.recall.unproven import Doubts


@dataclass(slots=True)
class _Sums:
    scale: Scale
    certain: int = 0
    possible: int = 0
    unproven: int = 0
    low: int = 0
    high: int | None = 0
    terms: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    units: int | None = 0
    clean: int = 0


def figures(case: Case, doubts: Doubts, gapped: set[int]) -> tuple[Figures, ...]:
    """Figures by (product, unit). Serials that a lot counts already are not counted again."""
    sums: dict[tuple[str, str], _Sums] = {}
    for item, bounds in case.verdicts.items.items():
        row = case.material.items[item]
        scale = case.scales[item]
        if row.kind == Kind.CONTAINER or case.counting_lot(item):
            continue
        own = sums.setdefault((row.product or "", scale.unit), _Sums(scale))
        own.certain += bounds.certain
        own.possible += not bounds.certain
        low, high = case.affected(item)
        own.low += low
        own.high = _plus(own.high, high)
        for name, amount in amounts(case, case.stocks(item)[0]).items():
            own.terms[name] += amount
        units = case.verdicts.had[item].units
        own.units = _plus(own.units, units)
        own.clean += 0 if item in gapped else units or 0
    for item in doubts.found:
        row = doubts.material.items[item]
        if row.kind == Kind.CONTAINER or doubts.counting_lot(item):
            continue
        scale = doubts.scales[item]
        own = sums.setdefault((row.product or "", scale.unit), _Sums(scale))
        own.unproven += 1
        own.units = _plus(own.units, doubts.had[item].units)
    _by_hubs(case, sums)
    return tuple(_told(product or None, own) for (product, _), own in sorted(sums.items()))


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _by_hubs(case: Case, sums: dict[tuple[str, str], _Sums]) -> None:
    """A hub's whole output is bounded closer than its parts, where it made all of a product.

    Only for products whose affected items each came from hubs here, once, and from nothing else;
    what is taken apart gives units that had been made before.
    """
    flow = case.composition.flow
    made: defaultdict[str, dict[int, Bounds]] = defaultdict(dict)
    for (hub, product), bounds in case.verdicts.totals.items():
        made[product][hub] = bounds
    parting = {hub.no for hub in flow.hubs if hub.disassembly}
    mixed = {inflow.item for inflow in flow.inflows}
    seeds = {sown.item for sown in case.seeds.sown}
    for (product, _), own in sums.items():
        items = [
            no
            for no in case.verdicts.items
            if (case.material.items[no].product or "") == product and not case.counting_lot(no)
        ]
        simple = all(
            no not in mixed and no not in seeds and not case.verdicts.had[no].again for no in items
        )
        scales = {case.scales[no].unit for no in items}
        simple = simple and parting.isdisjoint(made.get(product, ()))
        if simple and items and len(scales) == 1 and product in made:
            hubs = made[product].values()
            own.low = max(own.low, sum(bounds.low for bounds in hubs))
            highs = [bounds.high for bounds in hubs]
            if own.high is not None and None not in highs:
                own.high = min(own.high, sum(high or 0 for high in highs))


def _told(product: str | None, own: _Sums) -> Figures:
    shown = own.scale.shown
    terms = own.terms
    return Figures(
        product=product,
        unit=own.scale.unit,
        items_certain=own.certain,
        items_possible=own.possible,
        items_unproven=own.unproven,
        units_min=shown(own.low) or "0",
        units_max=shown(own.high, up=True),
        on_hand=shown(terms["on_hand"]) or "0",
        in_transit=shown(terms["in_transit"]) or "0",
        at_customers=shown(terms["at_customers"]) or "0",
        consumed=shown(terms["consumed"]) or "0",
        used=shown(terms["used"]) or "0",
        unaccounted=shown(terms["unaccounted"]) or "0",
        completeness=_share(own.clean, own.units),
    )


def _share(part: int, total: int | None) -> str | None:
    """A share as a decimal with four digits, rounded down."""
    if not total:
        return None
    whole, rest = divmod(part * 10_000 // total, 10_000)
    return f"{whole}.{rest:04d}"
