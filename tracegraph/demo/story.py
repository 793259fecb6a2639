"""The story that every history tells alike: a bad lot of resin, and a sterilizer's fault."""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.demo.calendar import CHINA, moment, stamp
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.model.key import lot_key, serial_key


def lot_of(product: str, lot: str) -> str:
    """The key of a lot: by GTIN where the product has one, else by its own number."""
    gtin = PRODUCTS[product].gtin
    return lot_key(gtin or product, lot, gtin=bool(gtin))


def serial_of(product: str, serial: str) -> str:
    """The key of a serial of a product that has a GTIN."""
    return serial_key(PRODUCTS[product].gtin, serial, gtin=True)


_FAULT = (moment("2024-11-12 20:00", CHINA), moment("2024-11-14 04:00", CHINA))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Keys and numbers of the story, the same at every scale and with every seed.

    Items are canonical keys. `affected_serials` are the three complaint serials, in the order
    of `complaints`, then a kit that was built from an affected set.
    """

    # A lot of PVC resin whose K value is below its limit
    bad_resin_lot: str = lot_of("RM-PVC", "R-2417")
    supplier: str = "SUP-03"
    supplier_lot: str = "NV-88213"
    compounds: tuple[str, ...] = (lot_of("CP-PVC", "C-0911"), lot_of("CP-PVC", "C-0912"))
    component_lots: tuple[str, ...] = (lot_of("MC-DCB", "DCB-5101"), lot_of("MC-DCB", "DCB-5102"))
    subassembly_lots: tuple[str, ...] = (
        lot_of("SA-DCH", "DCH-6201"), lot_of("SA-DCH", "DCH-6202"),
        lot_of("SA-LIN", "LIN-7301"), lot_of("SA-LIN", "LIN-7302"),
    )  # fmt: skip
    finished_lots: tuple[str, ...] = (lot_of("FG-IS180", "IS-9101"), lot_of("FG-IS180U", "IS-9102"))
    affected_serials: tuple[str, ...] = (
        serial_of("FG-IS180", "910100012"), serial_of("FG-IS180U", "910200063"),
        serial_of("FG-IS180", "910100107"), serial_of("KT-IV1", "2010001"),
    )  # fmt: skip
    complaints: tuple[str, ...] = ("CMP-1031", "CMP-1034", "CMP-1037")
    nonconformance: str = "NC-0412"
    capa: str = "CAPA-0088"
    customers: tuple[str, ...] = (
        "CUST-01", "CUST-03", "CUST-05", "CUST-07", "CUST-09", "CUST-10", "CUST-11", "CUST-12",
        "CUST-13",
    )  # fmt: skip
    # Beside it: sets of other resin, and a lot whose chamber record names no compound
    good_lot: str = lot_of("FG-IS180", "IS-9103")
    good_serial: str = serial_of("FG-IS180", "910300005")
    unproven_lot: str = lot_of("FG-IS180", "IS-9104")
    # A sterilizer whose temperature sensor drifted
    sterilizer: str = "STER-02"
    fault_from: str = stamp(_FAULT[0], CHINA)
    fault_until: str = stamp(_FAULT[1], CHINA)
    sterilizer_lots: tuple[str, ...] = (
        lot_of("FG-IS180", "IS-9110"), lot_of("BS-4540", "BS-4411"), lot_of("BS-3530", "BS-4412"),
    )  # fmt: skip
    sterilizer_customers: tuple[str, ...] = ("CUST-02", "CUST-04", "CUST-08", "CUST-11")
    deviation: str = "DEV-0231"
    # A lot of resin that is no part of the story and reaches far: thousands of serials at
    # medium scale, tens of thousands at large
    common_lot: str = lot_of("RM-PVC", "R-2501")

    def fault_meets(self, started: int, ended: int) -> bool:
        """Whether an interval, in minutes of the demo's calendar, meets the fault's window."""
        return started <= _FAULT[1] and ended >= _FAULT[0]


STORY = Story()
