"""Totals of a scope for people: what each consignee got, and what is where, by product.

Nothing is added across products or units, and serials that an affected lot counts are not counted
again. A sum of which a record does not say an amount is not whole, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tracegraph.recall.answer import Consignee, Scope


@dataclass(slots=True)
class Sum:
    """A sum of amounts; not `whole` where some of them nobody knows, so that it may be more."""

    amount: Decimal = Decimal(0)
    whole: bool = True
    known: bool = False  # whether any of it is

    def add(self, text: str | None) -> None:
        """Add an amount, or that it is not known."""
        if text is None:
            self.whole = False
        else:
            self.amount += Decimal(text)
            self.known = True

    def __str__(self) -> str:
        """The amount, without exponent and without zeros at its end."""
        shown = f"{self.amount:f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown


@dataclass(slots=True)
class Total:
    """What a holder has, or got, of one product in one unit."""

    product: str | None
    unit: str
    items: int = 0
    last: str = ""  # when a consignee was last sent some
    quantity: Sum = field(default_factory=Sum)  # sent, or held at a place
    held: Sum = field(default_factory=Sum)  # by a consignee, still
    low: Sum = field(default_factory=Sum)
    high: Sum = field(default_factory=Sum)


@dataclass(frozen=True, slots=True)
class WhereRow:
    """What is in one state at one holder, of one product and unit."""

    holder_kind: str
    holder: str | None
    state: str
    market: str | None
    total: Total


def totals_of(consignee: Consignee) -> list[Total]:
    """What a consignee got, by product and unit."""
    counting = {item.item for item in consignee.items if item.lot is None}
    totals: dict[tuple[str, str], Total] = {}
    for item in consignee.items:
        if item.lot in counting:
            continue
        key = (item.product or "", item.unit)
        total = totals.setdefault(key, Total(item.product, item.unit))
        total.items += 1
        total.last = max(total.last, item.last)
        total.quantity.add(item.sent)
        total.held.add(item.held)
        total.low.add(item.units_min)
        total.high.add(item.units_max)
    return [totals[key] for key in sorted(totals)]


def where(scope: Scope) -> list[WhereRow]:
    """What is where by product: at places of ours, where it can still be stopped, first."""
    items = {item.key: item for item in scope.items}
    found: dict[tuple[str, ...], WhereRow] = {}
    for position in scope.positions:
        item = items.get(position.item)
        if position.holder_kind == "none" or (item is not None and item.lot is not None):
            continue
        product = None if item is None else item.product
        key = (
            "0" if position.holder_kind == "place" else "1", position.holder or "",
            position.state, product or "", position.unit,
        )  # fmt: skip
        row = found.get(key)
        if row is None:
            row = found[key] = WhereRow(
                position.holder_kind, position.holder, position.state, position.market,
                Total(product, position.unit),
            )  # fmt: skip
        row.total.items += 1
        row.total.quantity.add(position.quantity)
        row.total.low.add(position.units_min)
        row.total.high.add(position.units_max)
    return [found[key] for key in sorted(found) if found[key].total.quantity.amount]
