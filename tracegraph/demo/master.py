"""Master data: the records of products, parties, places and equipment."""

from __future__ import annotations

from typing import Any

from tracegraph.demo.calendar import DAY, HOUR, WEEK, day_of
from tracegraph.demo.catalogue import PRODUCTS, Product
from tracegraph.demo.diary import Diary
from tracegraph.demo.directory import (
    BINS,
    CUSTOMERS,
    EQUIPMENT,
    GAUGES,
    INSTRUMENTS,
    SITES,
    SUPPLIERS,
    Company,
)
from tracegraph.demo.numbers import amount

LATE_PRODUCT = "BS-4540"  # its GTINs are made known only after both its names have been used
_LATE_DAYS = 20 * 7


def tell(diary: Diary) -> None:
    """The records that exist when the history begins, and how they change later."""
    for n, site in enumerate(SITES):
        diary.tell(
            "erp", "place", n, number=site.place, name=site.name, kind="site", market=site.market
        )
    for n, place in enumerate(BINS):
        diary.tell(
            "erp", "place", 10 + n,
            number=place, name=f"Aisle {n + 1}", kind="bin", inside="RT1", market="NL",
        )  # fmt: skip
    for n, (number, kind, _) in enumerate(EQUIPMENT):
        said = {
            "number": number,
            "kind": kind,
            "name": _title(kind, number),
            **_calibration(number, 0),
        }
        diary.tell("erp", "equipment", 30 + n, **said)
    for n, company in enumerate((*SUPPLIERS, *CUSTOMERS)):
        diary.tell("erp", "party", 60 + n, **_party(company))
    for n, product in enumerate(PRODUCTS.values()):
        named = product.number != LATE_PRODUCT
        diary.tell("erp", "product", HOUR * 2 + n, **_product(product, named=named))
    diary.tell(
        "erp", "product", 9 * DAY, late=_LATE_DAYS, **_product(PRODUCTS[LATE_PRODUCT], named=True)
    )
    instruments = [(number, kind) for number, kind, _ in EQUIPMENT if number in INSTRUMENTS]
    for n, (number, kind) in enumerate(instruments):
        verdict = "fail" if number == GAUGES[-1] else "pass"
        diary.tell(
            "lims", "equipment", 26 * WEEK + n * HOUR,
            number=number, kind=kind, name=_title(kind, number),
            **{**_calibration(number, 26 * WEEK), "verdict": verdict},
        )  # fmt: skip


def _title(kind: str, number: str) -> str:
    return f"{kind[0].upper()}{kind[1:]} {number}"


def _calibration(number: str, at: int) -> dict[str, Any]:
    if number not in INSTRUMENTS:
        return {}
    return {
        "calibrated_on": day_of(at),
        "calibration_due": day_of(at, 182),
        "verdict": "pass",
    }


def _party(company: Company) -> dict[str, Any]:
    contact = {
        "name": "Recall coordinator" if company.role == "customer" else "Quality department",
        "role": "recall",
        "email": f"recall@{company.number.lower()}.example.com",
        "phone": f"+00 555 01{company.number[-2:]}",
    }
    if company.city:
        contact["address"] = f"{company.name}, {company.city}, {company.market}"
    return {
        "number": company.number,
        "name": company.name,
        "roles": [company.role],
        "market": company.market,
        "contacts": [contact] if company.reachable else [],
    }


def _product(product: Product, *, named: bool) -> dict[str, Any]:
    packages = []
    if product.reference and named:
        packages = [
            {"gtin": product.gtin, "content": "1", "name": "each"},
            {"gtin": product.carton_gtin, "content": str(product.carton), "name": "carton"},
            {"gtin": product.case_gtin, "content": str(product.case), "name": "case"},
        ]
    bill = [
        {
            "product": part.product,
            "quantity": amount(part.milli),
            "unit": PRODUCTS[part.product].unit,
        }
        for part in product.bill
    ]
    return {
        "number": product.number,
        "name": product.name,
        "packages": packages,
        "tracking": "serial" if product.serialised else "lot",
        "bill_of_materials": bill,
        "risk_class": product.risk_class,
        "markets": list(product.markets),
        "shelf_life_days": product.shelf_life_days,
    }
