"""Lines of events: one item, named as the reporting system names it, and how much of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tracegraph.demo.catalogue import PRODUCTS, Product
from tracegraph.demo.numbers import MILLI, amount
from tracegraph.model.key import GS1, serial_key

Line = dict[str, Any]
Draw = tuple[str, int]  # a lot's number, and thousandths of the product's unit


def lot_line(product: str, lot: str, milli: int, **more: Any) -> Line:
    """A quantity of a lot under the firm's own product number."""
    unit = PRODUCTS[product].unit
    return {
        "item": {"product": product, "lot": lot},
        "quantity": amount(milli),
        "unit": unit,
        **more,
    }


def draw_lines(product: str, draws: Iterable[Draw]) -> list[Line]:
    """A line for each lot drawn from."""
    return [lot_line(product, lot, milli) for lot, milli in draws]


def serial_lines(
    product: Product, serials: Iterable[str], style: int = 0, lot: str = ""
) -> list[Line]:
    """A line each: by GTIN (0), own number (1), element string (2) or Digital Link (3)."""
    gtin = product.gtin
    if style == 1:
        return [_one({"product": product.number, "serial": serial}) for serial in serials]
    if style == 2:
        batch = f"(10){lot}" if lot else ""
        return [_one({"scan": f"(01){gtin}{batch}(21){serial}"}) for serial in serials]
    if style == 3:
        return [_one({"key": serial_key(gtin, serial, gtin=True)}) for serial in serials]
    return [_one({"product": gtin, "serial": serial}) for serial in serials]


def made_lines(product: Product, lot: str, serials: Iterable[str], expires_on: str) -> list[Line]:
    """A line for each serial as it is made, joined to its lot."""
    number = product.number
    return [
        {
            "item": {"product": number, "serial": serial, "lot": lot},
            "quantity": "1",
            "unit": "each",
            "expires_on": expires_on,
        }
        for serial in serials
    ]


def container_line(sscc: str, style: int = 0) -> Line:
    """A line that names a container: by SSCC (0), element string (2) or Digital Link (3)."""
    if style == 2:
        return {"item": {"scan": f"(00){sscc}"}}
    if style == 3:
        return {"item": {"key": f"{GS1}/00/{sscc}"}}
    return {"item": {"sscc": sscc}}


def carton_line(product: Product, lot: str, cartons: int) -> Line:
    """Whole cartons of a lot, named by the carton's GTIN."""
    item = {"product": product.carton_gtin, "lot": lot}
    return {"item": item, "quantity": amount(cartons * MILLI), "unit": "each"}


def _one(item: dict[str, str]) -> Line:
    return {"item": item, "quantity": "1", "unit": "each"}
