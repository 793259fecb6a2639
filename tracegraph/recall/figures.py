"""Headline figures: per product and unit, never added across products, units or levels.

Each unit counts once in its product: not again in its lot where it has a serial number, and not
again under the name that it had before a split, a merger, a new label or rework.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tracegraph.model.key import Kind
from tracegraph.recall.amount import Scale
from tracegraph.recall.answer import Figures
from tracegraph.recall.balances import amounts
from tracegraph.recall.bounds import smallest, total
from tracegraph.recall.case import Case
from tracegraph.recall.parts import makers_of
from tracegraph.recall.renaming import Group, Limits, Renaming, renamings
from tracegraph.recall.unproven import Doubts

Making = tuple[int, int]  # the hub that alone made an item, and 0; or 0, and the item


@dataclass(slots=True)
class _Sums:
    scale: Scale
    certain: int = 0
    possible: int = 0
    unproven: int = 0
    affected: defaultdict[Making, list[Limits]] = field(default_factory=lambda: defaultdict(list))
    terms: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    units: int | None = 0
    clean: int = 0

    def rename(self, renaming: Renaming, gapped: set[int]) -> None:
        """Take off what counted twice. A unit is free of gaps if it is so under both its names."""
        moved = renaming.moved
        both = (*renaming.taken.items(), *renaming.given.items())
        self.terms["consumed"] -= min(renaming.again, self.terms["consumed"])
        self.clean -= min(moved, sum(amount for item, amount in both if item not in gapped))
        self.units = None if self.units is None else self.units - moved


def figures(case: Case, doubts: Doubts, gapped: set[int]) -> tuple[Figures, ...]:
    """Figures by (product, unit). O(items and lines of the case)."""
    sums: dict[Group, _Sums] = {}
    sole = _sole_makers(case)
    for item, bounds in case.verdicts.items.items():
        row = case.material.items[item]
        scale = case.scales[item]
        if row.kind == Kind.CONTAINER or case.counting_lot(item):
            continue
        own = sums.setdefault((row.product or "", scale.unit), _Sums(scale))
        own.certain += bounds.certain
        own.possible += not bounds.certain
        making = (sole[item], 0) if item in sole else (0, item)
        own.affected[making].append(case.affected(item))
        for name, amount in amounts(case, case.stocks(item)[0]).items():
            own.terms[name] += amount
        units = case.verdicts.had[item].units
        own.units = total((own.units, units))
        own.clean += 0 if item in gapped else units or 0
    for item in doubts.found:
        row = doubts.material.items[item]
        if row.kind == Kind.CONTAINER or doubts.counting_lot(item):
            continue
        scale = doubts.scales[item]
        own = sums.setdefault((row.product or "", scale.unit), _Sums(scale))
        own.unproven += 1
        own.units = total((own.units, doubts.had[item].units))
    renamed, made = renamings(case), _made(case)
    for group, own in sums.items():
        for renaming in renamed.get(group, ()):
            own.rename(renaming, gapped)
    return tuple(
        _told(group[0] or None, own, _bounded(case, group[0], own, renamed.get(group, []), made))
        for group, own in sorted(sums.items(), key=lambda each: each[0])
    )


def _sole_makers(case: Case) -> dict[int, int]:
    """The hub of each item that came from it alone, and once.

    What is taken apart gives units that had been made before.
    """
    flow, had = case.composition.flow, case.verdicts.had
    others = {inflow.item for inflow in flow.inflows} | {sown.item for sown in case.seeds.sown}
    found = {item: made[0][0] for item, made in makers_of(flow.hubs).items() if len(made) == 1}
    return {
        item: hub.no
        for item, hub in found.items()
        if not hub.disassembly and item not in others and item in had and not had[item].again
    }


def _made(case: Case) -> Counter[tuple[int, str]]:
    """How many items a hub made of a product, without serials that their lot counts."""
    return Counter(
        (hub.no, output.product)
        for hub in case.composition.flow.hubs
        for output in hub.outputs
        if not output.lot
    )


def _bounded(
    case: Case, product: str, own: _Sums, renamed: list[Renaming], made: Counter[tuple[int, str]]
) -> Limits:
    """The least and the most affected units of a product.

    What one hub made of it is bounded closer than its parts. A unit under two names counts once,
    and no fewer are affected than any one item has, or any one hub made.
    """
    low, largest = 0, 0
    high: int | None = 0
    others = {renaming.hub: renaming for renaming in renamed}
    for (hub, _), parts in own.affected.items():
        least, most = sum(low for low, _ in parts), total(high for _, high in parts)
        together = case.verdicts.totals.get((hub, product))
        if hub and together is not None:
            most = smallest(most, together.high)
            whole = len(parts) == made[hub, product]
            least = max(least, together.low) if whole else least
        largest = max(largest, least)
        if hub in others and others[hub].outputs == len(parts):
            least, most = others.pop(hub).beside(least, most)
        low, high = low + least, total((high, most))
    for renaming in others.values():
        low = 0 if renaming.high is None else low - renaming.high
        high = None if high is None else high - renaming.low
    return max(low, largest), high


def _told(product: str | None, own: _Sums, affected: Limits) -> Figures:
    shown = own.scale.shown
    terms = own.terms
    return Figures(
        product=product,
        unit=own.scale.unit,
        items_certain=own.certain,
        items_possible=own.possible,
        items_unproven=own.unproven,
        units_min=shown(affected[0]) or "0",
        units_max=shown(affected[1], up=True),
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
