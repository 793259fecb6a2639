"""Distribution: sales orders, shipments, deliveries, and what customers report back."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tracegraph.demo.calendar import DAY, HOUR, day_of
from tracegraph.demo.catalogue import AMERICAN, ASIAN, EUROPEAN, PRODUCTS, Product
from tracegraph.demo.directory import BY_MARKET, CUSTOMERS, Company
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import Line, carton_line, container_line, lot_line, serial_lines
from tracegraph.demo.numbers import MILLI
from tracegraph.demo.packing import PLACE, SOURCE, Goods

_TRANSIT = {**dict.fromkeys(EUROPEAN, 2), **dict.fromkeys(AMERICAN, 7), **dict.fromkeys(ASIAN, 9)}


@dataclass(frozen=True, slots=True)
class Sale:
    """What came of an order."""

    order: str
    delivery_note: str
    delivered: int  # the minute of arrival, as far as it is known


def week(firm: Firm, number: int, packed: list[Goods]) -> None:
    """Sell what was packed in a week over the weeks that follow."""
    for n, goods in enumerate(packed):
        rng = firm.plan.random(f"distribution/{n}", number)
        _sell_containers(firm, rng, goods)
        if goods.unserialised:
            _sell_unserialised(firm, rng, goods)
        _sell_serials(firm, rng, goods)


def _sell_containers(firm: Firm, rng: Random, goods: Goods) -> None:
    product, cartons = goods.product, goods.cartons
    for pallet, place, content in goods.pallets:
        units = len(content) or product.carton * goods.unserialised
        line = container_line(pallet, (0, 0, 2, 3)[rng.randrange(4)])
        _sell(firm, rng, goods, [line], units, content, place)
    kept = len(cartons) // 25  # stays on the shelf
    first = 0
    while first < len(cartons) - kept:
        some = cartons[first : min(first + 1 + rng.randrange(4), len(cartons) - kept)]
        first += len(some)
        style = (0, 0, 0, 2, 3)[rng.randrange(5)]
        lines = [container_line(carton, style) for carton, _ in some]
        content = [serial for _, serials in some for serial in serials]
        _sell(firm, rng, goods, lines, len(content), content, PLACE)
    if goods.carton_serial:
        item = {"product": product.carton_gtin, "serial": goods.carton_serial}
        line = {"item": item, "quantity": "1", "unit": "each"}
        _sell(firm, rng, goods, [line], product.carton, [], PLACE)


def _sell_unserialised(firm: Firm, rng: Random, goods: Goods) -> None:
    product, cartons = goods.product, goods.unserialised
    while cartons:
        some = min(cartons, 1 + rng.randrange(5))
        cartons -= some
        if rng.random() < 0.5:
            line = carton_line(product, goods.lot, some)
        else:
            line = lot_line(product.number, goods.lot, some * product.carton * MILLI)
        _sell(firm, rng, goods, [line], some * product.carton, [], PLACE)


def _sell_serials(firm: Firm, rng: Random, goods: Goods) -> None:
    loose = goods.loose[: len(goods.loose) * 9 // 10]
    while loose:
        size = 4 + rng.randrange(9)
        some, loose = loose[:size], loose[size:]
        lines = serial_lines(goods.product, some, rng.randrange(4), goods.lot)
        _sell(firm, rng, goods, lines, len(some), some, PLACE)
    if goods.kits:
        kit = PRODUCTS["KT-IV1"]
        sold = Goods(kit, goods.kit_lot, goods.kits, [], ready=goods.ready)
        lines = serial_lines(kit, goods.kits[:-1], 3)
        _sell(firm, rng, sold, lines, len(lines), goods.kits[:-1], PLACE)


def _sell(
    firm: Firm,
    rng: Random,
    goods: Goods,
    lines: list[Line],
    units: int,
    serials: list[str],
    place: str,
) -> None:
    product = goods.product
    choice = BY_MARKET[product.markets[rng.randrange(len(product.markets))]]
    customer = choice[rng.randrange(len(choice))]
    placed = goods.ready + rng.randrange(28 * DAY)
    if rng.random() < 0.02:
        _cancelled(firm, rng, product, units, placed)
    sale = fulfil(firm, rng, customer, product, lines, units, placed, place)
    if sale is None or not serials:
        return
    for n in range(1 + (len(serials) > 100)):
        some = serials[n * 20 : n * 20 + 1 + rng.randrange(10)]
        at = sale.delivered + 3 * DAY + rng.randrange(40 * DAY)
        use(firm, customer, product, some, at, style=rng.choice((0, 0, 3, 2)))
    if rng.random() < 0.012:
        complain(
            firm, customer, product, serials[0], sale.delivered + rng.randrange(50, 60) * DAY,
            firm.counters.name("CMP"), _COMPLAINTS[rng.randrange(len(_COMPLAINTS))],
        )  # fmt: skip
    if rng.random() < 0.02 and len(serials) > 12:
        send_back(firm, rng, customer, product, serials[-2:], sale)


_COMPLAINTS = ("pouch not sealed", "label not readable", "part missing in the box")


def _order_line(product: Product, units: int, placed: int, transit: int) -> dict[str, Any]:
    return {
        "line": "10", "product": product.number, "quantity": str(units), "unit": "each",
        "due": day_of(placed, 5 + transit), "promised": day_of(placed, 4 + transit),
    }  # fmt: skip


def _cancelled(firm: Firm, rng: Random, product: Product, units: int, placed: int) -> None:
    customer = CUSTOMERS[rng.randrange(len(CUSTOMERS))]
    order = firm.counters.name("SO")
    said: dict[str, Any] = {
        "number": order, "kind": "sales", "party": customer.number,
        "lines": [_order_line(product, units, placed, 5)],
    }  # fmt: skip
    firm.diary.tell("erp", "order", placed, action="created", **said)
    firm.diary.tell("erp", "order", placed + DAY, action="cancelled", **said)


def fulfil(
    firm: Firm, rng: Random, customer: Company, product: Product, lines: list[Line], units: int,
    placed: int, place: str = PLACE, order: str = "", *, smooth: bool = False,
) -> Sale | None:  # fmt: skip
    """An order from its creation to its settlement; None if no delivery was reported.

    Unless `smooth`, some orders change, some shipments are booked on the wrong customer and
    corrected, and some deliveries are never reported.
    """
    tell = firm.diary.tell
    order = order or firm.counters.name("SO")
    transit = _TRANSIT[customer.market]
    said: dict[str, Any] = {"number": order, "kind": "sales", "party": customer.number}
    asked = [_order_line(product, units, placed, transit)]
    tell("erp", "order", placed, action="created", lines=asked, **said)
    tell("erp", "order", placed + DAY, action="confirmed", lines=asked, **said)
    if not smooth and rng.random() < 0.03:
        later = [{**asked[0], "promised": day_of(placed, 7 + transit)}]
        tell("erp", "order", placed + 26 * HOUR, action="changed", lines=later, **said)
    tell("erp", "order", placed + 2 * DAY, action="released", **said)
    sent = placed + 3 * DAY + rng.randrange(8 * HOUR)
    note = firm.counters.name("DN")
    shipped: dict[str, Any] = {
        "place": place, "order": order, "documents": [note],
        "items": [{**line, "order_line": "10"} for line in lines],
    }  # fmt: skip
    if not smooth and rng.random() < 0.01:
        other = CUSTOMERS[(CUSTOMERS.index(customer) + 1) % len(CUSTOMERS)]
        wrong = tell(SOURCE, "shipment", sent, party=other.number, **shipped)
        firm.diary.correct(wrong, sent + 20 * HOUR, "wrong customer", party=customer.number)
    else:
        tell(SOURCE, "shipment", sent, party=customer.number, **shipped)
    if not smooth and rng.random() < 0.02:
        return None
    delivered = sent + transit * DAY + rng.randrange(2 * DAY)
    tell(
        "erp", "delivery", delivered, party=customer.number, order=order,
        documents=[note], items=shipped["items"],
    )  # fmt: skip
    tell("erp", "order", delivered + 30 * DAY, action="settled", **said)
    return Sale(order, note, delivered)


def use(
    firm: Firm, customer: Company, product: Product, serials: list[str], at: int, style: int = 0
) -> None:
    """A customer reports what was implanted or used up."""
    reason = "implanted" if product.prefix == "BS" else "used"
    firm.diary.tell(
        "erp", "use", at, party=customer.number, reason=reason,
        items=serial_lines(product, serials, style),
    )  # fmt: skip


def complain(
    firm: Firm, customer: Company, product: Product, serial: str, at: int, number: str, what: str
) -> None:
    """A complaint about one unit."""
    firm.diary.tell(
        "erp", "complaint", at, party=customer.number, number=number, status="open",
        description=what, items=serial_lines(product, [serial], 3),
    )  # fmt: skip


def send_back(
    firm: Firm, rng: Random, customer: Company, product: Product, serials: list[str], sale: Sale
) -> None:
    """Units come back into quarantine, are examined, and are destroyed."""
    at = sale.delivered + (12 + rng.randrange(20)) * DAY
    firm.diary.tell(
        SOURCE, "return", at, place=PLACE, party=customer.number, order=sale.order,
        documents=[firm.counters.name("RMA")], items=serial_lines(product, serials, 0),
    )  # fmt: skip
    firm.diary.tell(
        "lims", "inspection", at + 2 * DAY, place=PLACE, plan="RETURN", verdict="fail",
        items=[{"item": line["item"]} for line in serial_lines(product, serials, 1)],
        results=[{"characteristic": "box", "value": "opened", "verdict": "fail"}],
    )  # fmt: skip
    firm.diary.tell(
        SOURCE, "scrap", at + 3 * DAY, place=PLACE, reason="returned with an opened box",
        items=[{**line, "state": "quarantine"} for line in serial_lines(product, serials, 0)],
    )  # fmt: skip
