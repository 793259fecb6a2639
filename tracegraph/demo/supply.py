"""Supply: purchase orders, receipts with the supplier's lots, certificates, incoming inspection."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tracegraph.demo.calendar import DAY, HOUR, WEEK, day_of, local
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.directory import GAUGES, ROTTERDAM, SHENZHEN, SUZHOU, VISCOMETER, Site
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import Line, lot_line
from tracegraph.demo.numbers import amount, ceil_div
from tracegraph.demo.plan import FIRST

LEAD = 5  # weeks from the purchase order to the first use


@dataclass(frozen=True, slots=True)
class Purchase:
    """Raw material: where it is used, how many weeks before packing, and how much of it.

    `uses` gives, for each family, thousandths of the unit in one finished unit.
    """

    product: str
    site: Site
    ahead: int
    uses: tuple[tuple[str, int], ...]
    suppliers: tuple[str, ...]
    every: int


PURCHASES = (
    Purchase("RM-PVC", SHENZHEN, 9, (("set", 6),), ("SUP-01", "SUP-02"), 4),
    Purchase("RM-PLS", SHENZHEN, 9, (("set", 3),), ("SUP-02",), 6),
    Purchase("RM-ABS", SHENZHEN, 8, (("set", 7),), ("SUP-04", "SUP-02"), 5),
    Purchase("RM-FLT", SUZHOU, 7, (("set", 1000),), ("SUP-07",), 6),
    Purchase("RM-TUB", SUZHOU, 6, (("set", 1800),), ("SUP-05",), 3),
    Purchase("RM-NDL", SUZHOU, 5, (("set", 1000),), ("SUP-06",), 4),
    Purchase("RM-TI", SUZHOU, 6, (("35", 45), ("45", 60)), ("SUP-08", "SUP-09"), 3),
    Purchase("RM-PCH", SUZHOU, 4, (("set", 250), ("35", 100), ("45", 100)), ("SUP-10",), 4),
    Purchase(
        "RM-BOX", ROTTERDAM, 0, (("set", 1000), ("35", 1000), ("45", 1000)), ("SUP-11",), 4
    ),
    Purchase("RM-DRS", ROTTERDAM, 0, (("set", 100),), ("SUP-12",), 8),
)  # fmt: skip


def week(firm: Firm, number: int) -> None:
    """Order what the weeks ahead will use."""
    for purchase in PURCHASES:
        first = number + purchase.ahead + LEAD
        if first >= FIRST and (first - FIRST) % purchase.every == 0:
            milli = _needed(firm, purchase, first)
            if milli:
                _buy(firm, purchase, number, milli)


def _needed(firm: Firm, purchase: Purchase, first: int) -> int:
    stage = max(1, purchase.ahead - 2)
    milli = sum(
        firm.plan.wanted(family, pack_week, stage) * use
        for pack_week in range(first, first + purchase.every)
        for family, use in purchase.uses
    )
    step = PRODUCTS[purchase.product].step
    return ceil_div(milli * 110, 100 * step) * step


def _buy(firm: Firm, purchase: Purchase, number: int, milli: int) -> None:
    rng = firm.plan.random(f"supply/{purchase.product}", number)
    site = purchase.site
    supplier = purchase.suppliers[rng.randrange(len(purchase.suppliers))]
    order = firm.counters.name("PO")
    placed = local(number, rng.randrange(3), 9 + rng.randrange(6), site.zone)
    purchase_order(firm, order, supplier, purchase.product, milli, placed, 3 * WEEK)
    step = PRODUCTS[purchase.product].step
    part = milli // 2 // step * step
    prefix = PRODUCTS[purchase.product].prefix
    for n, quantity in enumerate((part, milli - part)):
        if quantity <= 0:
            continue
        lot = firm.counters.name(prefix)
        at = local(number + 3, n * 2, 9 + rng.randrange(5), site.zone, rng.randrange(60))
        theirs = f"{supplier[-2:]}{rng.randrange(10**6):06d}"
        receive(firm, rng, site, purchase.product, lot, quantity, at, order, supplier, theirs)
        firm.stock.add(purchase.product, site.place, lot, quantity, at + 2 * DAY)
    firm.diary.tell(
        "erp", "order", placed + 4 * WEEK, number=order, kind="purchase", action="closed"
    )


def purchase_order(
    firm: Firm, order: str, supplier: str, product: str, milli: int, placed: int, lead: int
) -> None:
    """A purchase order of one line, created and confirmed."""
    line = {
        "line": "10", "product": product, "quantity": amount(milli),
        "unit": PRODUCTS[product].unit,
        "due": day_of(placed + lead), "promised": day_of(placed + lead),
    }  # fmt: skip
    said: dict[str, Any] = {"number": order, "kind": "purchase", "party": supplier, "lines": [line]}
    firm.diary.tell("erp", "order", placed, action="created", **said)
    firm.diary.tell("erp", "order", placed + 2 * DAY, action="confirmed", **said)


def receive(
    firm: Firm, rng: Random, site: Site, product: str, lot: str, milli: int, at: int,
    order: str, supplier: str, supplier_lot: str, viscosity: str | None = None, *,
    twice: bool = False,
) -> None:  # fmt: skip
    """A lot arrives: the receipt, the supplier's certificate and the incoming inspection."""
    made = PRODUCTS[product]
    dates = {"made_on": day_of(at, -21)}
    if made.shelf_life_days:
        dates["expires_on"] = day_of(at, made.shelf_life_days - 21)
    line = lot_line(product, lot, milli, order_line="10", supplier_lot=supplier_lot, **dates)
    note = firm.counters.name("GRN")
    said: dict[str, Any] = {
        "place": site.place, "party": supplier, "order": order, "documents": [note],
        "actor": f"wh-{rng.randrange(1, 9):02d}", "items": [line],
    }  # fmt: skip
    firm.diary.tell(site.source, "receipt", at, **said)
    if twice or rng.random() < 0.03:
        _booked_twice(firm, site.source, at, said)
    item: Line = {"item": line["item"]}
    firm.diary.tell(
        "lims", "certificate", at + HOUR, number=f"COA-{supplier_lot}", party=supplier,
        status="accepted", items=[item], description=f"Certificate of analysis of {made.name}",
    )  # fmt: skip
    instrument = VISCOMETER if product == "RM-PVC" else GAUGES[rng.randrange(len(GAUGES))]
    firm.diary.tell(
        "lims", "inspection", at + 26 * HOUR, place=site.place, plan=f"IQC-{product}",
        items=[item], sample="5", equipment=[instrument], actor=f"qc-{rng.randrange(1, 7):02d}",
        results=[_result(rng, product, viscosity)], verdict="pass",
    )  # fmt: skip


def _result(rng: Random, product: str, viscosity: str | None) -> dict[str, str]:
    if product == "RM-PVC":
        name, value = "K value", viscosity or f"{68 + rng.randrange(30) / 10:.1f}"
        return {
            "characteristic": name,
            "value": value,
            "low": "67",
            "high": "72",
            "verdict": "pass",
        }
    value = f"{0.97 + rng.randrange(60) / 1000:.3f}"
    return {
        "characteristic": "relative dimension", "value": value,
        "low": "0.95", "high": "1.05", "verdict": "pass",
    }  # fmt: skip


def _booked_twice(firm: Firm, source: str, at: int, said: dict[str, Any]) -> None:
    """The same goods booked again; the correction overtakes the booking on the way."""
    twin = firm.diary.compose(source, "receipt", at + 10, **said)
    void = firm.diary.compose(
        source, "void", at + DAY, voids=twin["id"], reason="the delivery note was booked twice"
    )
    firm.diary.send(at + DAY + 5, void)
    firm.diary.send(at + 3 * DAY, twin)
