"""The story, second part: what was packed and sold, and how the faults came to light."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

from tracegraph.demo.calendar import CHINA, DAY, EUROPE, HOUR, moment
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.directory import CUSTOMERS, SHENZHEN, VISCOMETER
from tracegraph.demo.distribution import Sale, complain, fulfil, use
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import Line, container_line, draw_lines, lot_line, serial_lines
from tracegraph.demo.numbers import MILLI, sscc
from tracegraph.demo.packing import (
    PLACE,
    SOURCE,
    Goods,
    pack_cartons,
    pack_kits,
    pack_lot,
    stack,
    unkit,
    whole_carton,
)
from tracegraph.demo.story import STORY

_WHO = {customer.number: customer for customer in CUSTOMERS}


class Market:
    """Packs and sells the lots of the story."""

    def __init__(self, firm: Firm, rng: Random) -> None:
        self.firm = firm
        self.rng = rng
        self._containers = count(1)
        self._orders = count(5201)

    def tell(self, loads: tuple[str, str]) -> None:
        """Tell the second part; `loads` are the events that the sterilizer's fault touched."""
        self._european(self._pack("FG-IS180", "IS-9101", 240, "STS-8801", "2024-11-04 08:00"))
        self._american(self._pack("FG-IS180U", "IS-9102", 240, "STS-8802", "2024-11-04 14:00"))
        self._good(self._pack("FG-IS180", "IS-9103", 190, "STS-8803", "2024-11-05 08:00"))
        # Never shipped: the lot whose origin is not proven.
        self._pack("FG-IS180", "IS-9104", 64, "STS-8804", "2024-11-05 14:00")
        self._complaints()
        self._found()
        self._sterilizer(loads)

    def _pack(self, product: str, lot: str, units: int, pouched: str, when: str) -> Goods:
        made = PRODUCTS[product]
        half = units // 2 * MILLI
        inputs = [
            lot_line(made.bill[0].product, pouched, units * MILLI),
            *draw_lines("RM-BOX", [("BX-7901", half), ("BX-7902", units * MILLI - half)]),
        ]
        started = moment(when, EUROPE)
        goods = pack_lot(self.firm, self.rng, made, lot, units, inputs, started)
        if product == "FG-IS180U":
            whole_carton(self.firm, goods, "CS9102", started + 20 * HOUR)
        late = 1 if lot == "IS-9101" else None
        pack_cartons(
            self.firm, self.rng, goods, self._sscc, started + DAY, keep=20, late_carton=late
        )
        return goods

    def _sscc(self) -> str:
        return sscc(next(self._containers), 1)

    def _sell(
        self,
        customer: str,
        goods: Goods,
        lines: list[Line],
        units: int,
        when: str,
        place: str = PLACE,
    ) -> Sale:
        sale = fulfil(
            self.firm, self.rng, _WHO[customer], goods.product, lines, units,
            moment(when, EUROPE), place, f"SO-{next(self._orders)}", smooth=True,
        )  # fmt: skip
        assert sale is not None
        return sale

    def _use(self, customer: str, goods: Goods, serials: list[str], sale: Sale) -> None:
        at = sale.delivered + 6 * DAY
        use(self.firm, _WHO[customer], goods.product, serials, at, style=3)

    def _european(self, goods: Goods) -> None:
        at = moment("2024-11-06 15:00", EUROPE)
        cartons = goods.cartons
        stack(self.firm, goods, cartons[:2], self._sscc(), "RT1/A2", at)
        pallet, place, content = goods.pallets[0]
        sale = self._sell(
            "CUST-01", goods, [container_line(pallet)], 100, "2024-11-08 10:00", place
        )
        self._use("CUST-01", goods, content[:12], sale)
        carton, content = cartons[2]
        sale = self._sell("CUST-03", goods, [container_line(carton, 2)], 50, "2024-11-11 09:00")
        self._use("CUST-03", goods, content[10:19], sale)
        pack_kits(self.firm, self.rng, goods, "KT-201", 6, [("DR-8901", 12 * MILLI)], at + DAY)
        unkit(self.firm, goods, "910100206", at + 30 * DAY)
        kits = Goods(PRODUCTS["KT-IV1"], "KT-201", goods.kits, [])
        self._sell(
            "CUST-05", kits, serial_lines(kits.product, kits.serials[:5], 3), 5, "2024-11-12 11:00"
        )
        some, goods.loose = goods.loose[:20], goods.loose[20:]
        sale = self._sell(
            "CUST-07",
            goods,
            serial_lines(goods.product, some, 2, goods.lot),
            20,
            "2024-11-12 13:00",
        )
        self._use("CUST-07", goods, some[:4], sale)
        # Ten units by lot alone, booked on the wrong hospital and corrected.
        self._by_lot(goods)

    def _by_lot(self, goods: Goods) -> None:
        placed = moment("2024-11-13 09:00", EUROPE)
        said: dict[str, Any] = {
            "place": PLACE, "order": "SO-5290", "documents": ["DN-5290"],
            "items": [{**lot_line("FG-IS180", goods.lot, 10 * MILLI), "order_line": "10"}],
        }  # fmt: skip
        asked = {
            "line": "10", "product": "FG-IS180", "quantity": "10", "unit": "each",
            "due": "2024-11-20", "promised": "2024-11-19",
        }  # fmt: skip
        diary = self.firm.diary
        for n, action in enumerate(("created", "confirmed", "released")):
            diary.tell(
                "erp", "order", placed + n * DAY, number="SO-5290", kind="sales", action=action,
                party="CUST-09", lines=[asked],
            )  # fmt: skip
        wrong = diary.tell(SOURCE, "shipment", placed + 3 * DAY, party="CUST-08", **said)
        diary.correct(wrong, placed + 4 * DAY, "wrong customer", party="CUST-09")
        del said["place"]
        diary.tell("erp", "delivery", placed + 6 * DAY, party="CUST-09", **said)

    def _american(self, goods: Goods) -> None:
        lines = [container_line(carton, 3) for carton, _ in goods.cartons[:2]]
        content = goods.cartons[0][1]
        sale = self._sell("CUST-10", goods, lines, 100, "2024-11-08 16:00")
        self._use("CUST-10", goods, content[:14], sale)
        self._sell("CUST-11", goods, [container_line(goods.cartons[2][0])], 50, "2024-11-12 16:00")
        some = serial_lines(goods.product, goods.loose[:15], 0)
        self._sell("CUST-12", goods, some, 15, "2024-11-13 16:00")
        item = {"product": goods.product.carton_gtin, "serial": goods.carton_serial}
        carton: Line = {"item": item, "quantity": "1", "unit": "each"}
        self._sell("CUST-13", goods, [carton], 50, "2024-11-14 16:00")

    def _good(self, goods: Goods) -> None:
        lines = [container_line(carton) for carton, _ in goods.cartons[:2]]
        sale = self._sell("CUST-06", goods, lines, 100, "2024-11-11 15:00")
        self._use("CUST-06", goods, goods.cartons[0][1][:10], sale)

    def _complaints(self) -> None:
        for customer, product, serial, number, when in (
            ("CUST-01", "FG-IS180", "910100012", STORY.complaints[0], "2024-12-02 10:20"),
            ("CUST-10", "FG-IS180U", "910200063", STORY.complaints[1], "2024-12-09 17:05"),
            ("CUST-03", "FG-IS180", "910100107", STORY.complaints[2], "2024-12-12 09:40"),
        ):
            complain(
                self.firm, _WHO[customer], PRODUCTS[product], serial, moment(when, EUROPE), number,
                "drip chamber cracked, infusion leaked",
            )  # fmt: skip

    def _found(self) -> None:
        """One unit comes back, the retained resin is measured again, and what is left is held."""
        tell = self.firm.diary.tell
        back = moment("2024-12-16 11:00", EUROPE)
        unit = serial_lines(PRODUCTS["FG-IS180"], ["910100107"], 3)
        tell(
            SOURCE, "return", back, place=PLACE, party="CUST-03", documents=["RMA-0192"], items=unit
        )
        tell(
            "lims", "inspection", back + DAY, place=PLACE, plan="RETURN", verdict="fail",
            items=[{"item": unit[0]["item"]}], documents=[STORY.complaints[2]],
            results=[{
                "characteristic": "leak at 20 kPa", "value": "crack at the gate", "verdict": "fail",
            }],
        )  # fmt: skip
        resin = [{"item": {"product": "RM-PVC", "lot": "R-2417"}}]
        tell(
            "lims", "inspection", back + 3 * DAY, place=SHENZHEN.place, plan="IQC-RM-PVC",
            items=resin, sample="5", equipment=[VISCOMETER], verdict="fail", actor="qc-04",
            results=[{
                "characteristic": "K value", "value": "64.3", "low": "67", "high": "72",
                "verdict": "fail",
            }],
        )  # fmt: skip
        finished = [
            {"item": {"product": "FG-IS180", "lot": "IS-9101"}},
            {"item": {"product": "FG-IS180U", "lot": "IS-9102"}},
        ]
        number = STORY.nonconformance
        tell(
            "lims", "nonconformance", back + 3 * DAY + HOUR, number=number, status="open",
            items=[*resin, *finished], documents=list(STORY.complaints),
            description="K value of retained resin below its limit; chambers crack at the gate",
        )  # fmt: skip
        hold = back + 3 * DAY + 2 * HOUR
        tell(SHENZHEN.source, "hold", hold, place=SHENZHEN.place, items=resin, reason=number)
        tell(SOURCE, "hold", hold, place=PLACE, items=finished, reason=number)
        tell(
            "lims", "capa", back + 5 * DAY, number=STORY.capa, status="open", items=resin,
            description="Measure the K value of every resin lot in house", documents=[number],
        )  # fmt: skip

    def _sterilizer(self, loads: tuple[str, str]) -> None:
        """The lots of the sterilizer's fault: packed, sold, and held when the fault is found."""
        sets = self._pack("FG-IS180", "IS-9110", 210, "STS-8805", "2024-12-02 08:00")
        long = self._pack("BS-4540", "BS-4411", 100, "PS45-3301", "2024-12-02 15:00")
        short = self._pack("BS-3530", "BS-4412", 80, "PS35-3302", "2024-12-03 08:00")
        lines = [container_line(carton) for carton, _ in sets.cartons[:2]]
        self._sell("CUST-02", sets, lines, 100, "2024-12-06 10:00")
        lines = [container_line(carton) for carton, _ in long.cartons[:2]]
        sale = self._sell("CUST-04", long, lines, 50, "2024-12-06 14:00")
        self._use("CUST-04", long, long.cartons[0][1][:4], sale)
        self._sell(
            "CUST-08", long, serial_lines(long.product, long.loose[:8], 1), 8, "2024-12-09 10:00"
        )
        self._sell("CUST-11", short, [container_line(short.cartons[0][0])], 25, "2024-12-09 14:00")
        tell = self.firm.diary.tell
        seen = moment("2025-01-07 09:30", CHINA)
        tell(
            "erp", "equipment", seen, number=STORY.sterilizer, kind="sterilizer, ethylene oxide",
            name=f"Sterilizer {STORY.sterilizer}", verdict="fail", calibrated_on="2025-01-07",
            notes="chamber sensor 3 read 2.8 K too high from 12 to 14 November",
        )  # fmt: skip
        tell(
            "mes-su", "deviation", seen + HOUR, number=STORY.deviation, status="open",
            place="SU1", equipment=[STORY.sterilizer], events=[{"id": load} for load in loads],
            description="Temperature of two loads not proven: the chamber sensor drifted",
        )  # fmt: skip
        lots = [
            {"item": {"product": goods.product.number, "lot": goods.lot}}
            for goods in (sets, long, short)
        ]
        tell(SOURCE, "hold", seen + 3 * HOUR, place=PLACE, items=lots, reason=STORY.deviation)
