"""The story, first part: what was received, made, sterilised and sent to Rotterdam."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from tracegraph.demo.calendar import CHINA, DAY, EUROPE, HOUR, WEEK, moment
from tracegraph.demo.directory import ROTTERDAM, SHENZHEN, SUZHOU, Site
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import lot_line
from tracegraph.demo.make import production_order, report, send
from tracegraph.demo.numbers import MILLI
from tracegraph.demo.quality import inspect
from tracegraph.demo.sterile import load
from tracegraph.demo.story import STORY
from tracegraph.demo.supply import purchase_order, receive

# Site, product, lot, amount, supplier, the supplier's lot, day of receipt
_RECEIVED: tuple[tuple[Site, str, str, int, str, str, str], ...] = (
    (SHENZHEN, "RM-PVC", "R-2415", 400, "SUP-01", "HX-20871", "2024-08-27"),
    (SHENZHEN, "RM-PVC", "R-2416", 400, "SUP-01", "HX-20902", "2024-08-29"),
    (SHENZHEN, "RM-PVC", "R-2417", 500, STORY.supplier, STORY.supplier_lot, "2024-09-02"),
    (SHENZHEN, "RM-PLS", "P-2901", 200, "SUP-02", "RP-7714", "2024-08-28"),
    (SHENZHEN, "RM-ABS", "B-3801", 150, "SUP-04", "PR-1189", "2024-08-28"),
    (SHENZHEN, "RM-ABS", "B-3802", 150, "SUP-04", "PR-1204", "2024-09-02"),
    (SUZHOU, "RM-FLT", "FL-1401", 900, "SUP-07", "FF-3321", "2024-09-05"),
    (SUZHOU, "RM-FLT", "FL-1402", 900, "SUP-07", "FF-3340", "2024-09-09"),
    (SUZHOU, "RM-TUB", "T-4901", 1500, "SUP-05", "TT-5530", "2024-09-10"),
    (SUZHOU, "RM-TUB", "T-4902", 1500, "SUP-05", "TT-5561", "2024-09-12"),
    (SUZHOU, "RM-NDL", "N-5901", 800, "SUP-06", "KC-9018", "2024-09-16"),
    (SUZHOU, "RM-NDL", "N-5902", 800, "SUP-06", "KC-9044", "2024-09-18"),
    (SUZHOU, "RM-PCH", "F-6901", 600, "SUP-10", "CF-4402", "2024-09-18"),
    (SUZHOU, "RM-TI", "TI-601", 30, "SUP-08", "BX-66120", "2024-09-17"),
    (SUZHOU, "RM-TI", "TI-602", 30, "SUP-09", "LA-10077", "2024-09-19"),
    (ROTTERDAM, "RM-BOX", "BX-7901", 800, "SUP-11", "MD-2200", "2024-10-21"),
    (ROTTERDAM, "RM-BOX", "BX-7902", 800, "SUP-11", "MD-2214", "2024-10-23"),
    (ROTTERDAM, "RM-DRS", "DR-8901", 200, "SUP-12", "SC-0415", "2024-10-24"),
)

# (product, lot, thousandths of its unit)
_Lot = tuple[str, str, int]


def kg(number: float) -> int:
    """Grams in so many kilograms; also millimetres in metres."""
    return round(number * MILLI)


def pieces(number: int) -> int:
    """Thousandths in so many pieces."""
    return number * MILLI


_C, _B, _L, _GOOD = "CP-PVC", "MC-DCB", "SA-LIN", "DCB-5103"

# When (local time, hours), at which machine, what is made, and of what. In order of time.
_MADE: tuple[tuple[str, int, str, str, _Lot, tuple[_Lot, ...]], ...] = (
    ("2024-09-09 09:10", 5, "production", "MIX-01", (_C, "C-0910", kg(20)), (
        ("RM-PVC", "R-2415", kg(8)), ("RM-PVC", "R-2416", kg(6.2)), ("RM-PLS", "P-2901", kg(6.1)))),
    ("2024-09-10 09:25", 5, "production", "MIX-02", (_C, "C-0911", kg(20)), (
        ("RM-PVC", "R-2417", kg(9)), ("RM-PVC", "R-2415", kg(5.2)), ("RM-PLS", "P-2901", kg(6.1)))),
    ("2024-09-11 09:05", 5, "production", "MIX-02", (_C, "C-0912", kg(20)), (
        ("RM-PVC", "R-2417", kg(6)), ("RM-PVC", "R-2416", kg(8.2)), ("RM-PLS", "P-2901", kg(6.1)))),
    ("2024-09-16 09:40", 8, "production", "IMM-11", (_B, "DCB-5101", pieces(300)), (
        (_C, "C-0911", kg(2.45)),)),
    ("2024-09-17 09:15", 8, "production", "IMM-12", (_B, "DCB-5102", pieces(300)), (
        (_C, "C-0912", kg(2.45)),)),
    ("2024-09-17 09:30", 9, "production", "IMM-11", (_B, "DCB-5103", pieces(900)), (
        (_C, "C-0910", kg(7.3)),)),
    ("2024-09-18 09:20", 9, "production", "IMM-13", ("MC-SPK", "SPK-5201", pieces(1400)), (
        ("RM-ABS", "B-3801", kg(4)), ("RM-ABS", "B-3802", kg(3.1)))),
    ("2024-09-18 10:00", 9, "production", "IMM-14", ("MC-LUE", "LUE-5301", pieces(1400)), (
        ("RM-ABS", "B-3801", kg(1.5)), ("RM-ABS", "B-3802", kg(1.35)))),
    *(
        (when, 6, "assembly", "ASM-21", ("SA-DCH", lot, pieces(made)), (
            *((_B, body, pieces(number)) for body, number in bodies),
            ("MC-SPK", "SPK-5201", pieces(sum(number for _, number in bodies))),
            ("RM-FLT", disc, pieces(sum(number for _, number in bodies)))))
        for when, lot, made, bodies, disc in (
            ("2024-09-24 09:00", "DCH-6201", 250, (("DCB-5101", 255),), "FL-1401"),
            ("2024-09-24 16:00", "DCH-6202", 250, (("DCB-5102", 130), (_GOOD, 125)), "FL-1401"),
            ("2024-09-25 09:00", "DCH-6203", 250, (("DCB-5103", 255),), "FL-1402"),
            ("2024-09-25 16:00", "DCH-6204", 70, (("DCB-5104", 72),), "FL-1402"),
            ("2024-09-26 09:00", "DCH-6205", 220, (("DCB-5103", 224),), "FL-1402"),
        )
    ),
    *(
        (when, 6, "assembly", "ASM-22", (_L, lot, pieces(made)), (
            ("SA-DCH", chamber, pieces(made + 3)), ("MC-LUE", "LUE-5301", pieces(made + 3)),
            ("RM-TUB", "T-4901", kg(1.8) * (made // 2)),
            ("RM-TUB", "T-4902", kg(1.8) * (made - made // 2 + 3))))
        for when, lot, made, chamber in (
            ("2024-10-01 09:00", "LIN-7301", 246, "DCH-6201"),
            ("2024-10-01 16:00", "LIN-7302", 246, "DCH-6202"),
            ("2024-10-02 09:00", "LIN-7303", 246, "DCH-6203"),
            ("2024-10-02 16:00", "LIN-7304", 67, "DCH-6204"),
            ("2024-10-03 09:00", "LIN-7305", 216, "DCH-6205"),
        )
    ),
    *(
        (when, 5, "assembly", "ASM-23", ("BK-SET", lot, pieces(made)), (
            *((_L, line, pieces(number)) for line, number in lines),
            ("RM-NDL", "N-5901", pieces(made // 2)),
            ("RM-NDL", "N-5902", pieces(made - made // 2 + 2))))
        for when, lot, made, lines in (
            ("2024-10-08 09:00", "BLK-8401", 243, (("LIN-7301", 245),)),
            ("2024-10-08 15:00", "BLK-8402", 243, (("LIN-7302", 200), ("LIN-7303", 45))),
            ("2024-10-09 09:00", "BLK-8403", 196, (("LIN-7303", 198),)),
            ("2024-10-09 15:00", "BLK-8404", 66, (("LIN-7304", 67),)),
            ("2024-10-10 09:00", "BLK-8405", 213, (("LIN-7305", 215),)),
        )
    ),
    *(
        (when, 4, "production", "SEAL-31", ("ST-SET", lot, pieces(made)), (
            ("BK-SET", bulk, pieces(made + 1)), ("RM-PCH", "F-6901", 250 * (made + 4))))
        for when, lot, made, bulk in (
            ("2024-10-14 09:00", "STS-8801", 242, "BLK-8401"),
            ("2024-10-14 14:00", "STS-8802", 242, "BLK-8402"),
            ("2024-10-15 09:00", "STS-8803", 195, "BLK-8403"),
            ("2024-10-15 14:00", "STS-8804", 65, "BLK-8404"),
            ("2024-11-08 09:00", "STS-8805", 212, "BLK-8405"),
        )
    ),
    ("2024-10-22 09:30", 7, "production", "CNC-41", ("MC-45", "MS45-3101", pieces(110)), (
        ("RM-TI", "TI-601", kg(4)), ("RM-TI", "TI-602", kg(2.7)))),
    ("2024-10-23 09:30", 7, "production", "CNC-42", ("MC-35", "MS35-3102", pieces(90)), (
        ("RM-TI", "TI-602", kg(4.1)),)),
    ("2024-10-29 09:30", 3, "process", "PASS-51", ("AN-45", "AN45-3201", pieces(106)), (
        ("MC-45", "MS45-3101", pieces(108)),)),
    ("2024-10-29 14:30", 3, "process", "PASS-51", ("AN-35", "AN35-3202", pieces(87)), (
        ("MC-35", "MS35-3102", pieces(88)),)),
    ("2024-11-07 09:30", 3, "production", "SEAL-32", ("PS-45", "PS45-3301", pieces(104)), (
        ("AN-45", "AN45-3201", pieces(105)), ("RM-PCH", "F-6901", 100 * 106))),
    ("2024-11-07 14:30", 3, "production", "SEAL-32", ("PS-35", "PS35-3302", pieces(85)), (
        ("AN-35", "AN35-3202", pieces(86)), ("RM-PCH", "F-6901", 100 * 87))),
)  # fmt: skip

_SPREAD = {"DCB-5101", "DCH-6202", "LIN-7301", "BLK-8402"}  # reported as runs


def tell(firm: Firm, rng: Random) -> tuple[str, str]:
    """Tell the first part. Returns the ids of the two loads that the sterilizer's fault touched."""
    for n, (site, product, lot, number, supplier, theirs, day) in enumerate(_RECEIVED):
        at = moment(f"{day} 10:{n:02d}", site.zone)
        order = f"PO-{7301 + n}"
        purchase_order(firm, order, supplier, product, number * MILLI, at - 2 * WEEK, 2 * WEEK)
        viscosity = "67.1" if lot == "R-2417" else None
        receive(
            firm, rng, site, product, lot, number * MILLI, at, order, supplier, theirs, viscosity,
            twice=lot == "N-5902",
        )  # fmt: skip
    for when, hours, kind, machine, (product, lot, milli), used in _MADE:
        site = SHENZHEN if machine[:3] in {"MIX", "IMM"} else SUZHOU
        inputs = [lot_line(*line) for line in used]
        started = moment(when, site.zone)
        report(
            firm, rng, site, kind, [(product, lot, milli)], inputs, started, hours * HOUR,
            machine=machine, spread=lot in _SPREAD, wrong=lot == "LIN-7303",
        )  # fmt: skip
        inspect(firm, rng, site, product, lot, started + hours * HOUR + DAY)
    _unproven(firm)
    _lorry(firm)
    return _sterilise(firm, rng)


def _unproven(firm: Firm) -> None:
    """Chamber bodies whose record names no compound: whether they hold bad resin is not known."""
    ended = moment("2024-09-18 17:50", CHINA)
    line = lot_line("MC-DCB", "DCB-5104", pieces(80))
    order = firm.counters.name("MO")
    production_order(firm, order, "MC-DCB", pieces(80), ended - 4 * HOUR, ended + DAY)
    firm.diary.tell(
        SHENZHEN.source, "production", ended, late=2, started=ended - 4 * HOUR,
        place=SHENZHEN.place, order=order, equipment=["IMM-12"], outputs=[line],
        notes="written by hand during the failure of the line's terminal",
    )  # fmt: skip


def _lorry(firm: Firm) -> None:
    made = {lot: milli for _, _, _, _, (_, lot, milli), _ in _MADE}
    loaded = [
        *(("MC-DCB", lot, made[lot]) for lot in ("DCB-5101", "DCB-5102", "DCB-5103")),
        ("MC-DCB", "DCB-5104", pieces(80)),
        ("MC-SPK", "SPK-5201", made["SPK-5201"]),
        ("MC-LUE", "LUE-5301", made["LUE-5301"]),
    ]
    _send(firm, SHENZHEN, SUZHOU, loaded, "2024-09-20 18:00", "2024-09-22 08:00")


def _sterilise(firm: Firm, rng: Random) -> tuple[str, str]:
    made: dict[str, _Lot] = {lot[1]: lot for _, _, _, _, lot, _ in _MADE}
    first = [made[f"STS-880{n}"] for n in (1, 2, 3, 4)]
    load(firm, rng, first, "STER-01", moment("2024-10-16 09:00", CHINA), "LD-2201")
    _send(firm, SUZHOU, ROTTERDAM, first, "2024-10-21 12:00", "2024-10-29 09:00")
    both = [made["STS-8805"], made["PS45-3301"]]
    last = [made["PS35-3302"]]
    faulty = STORY.sterilizer
    one = load(firm, rng, both, faulty, moment("2024-11-12 22:00", CHINA), "LD-2207")
    two = load(firm, rng, last, faulty, moment("2024-11-13 14:00", CHINA), "LD-2208")
    _send(firm, SUZHOU, ROTTERDAM, [*both, *last], "2024-11-19 12:00", "2024-11-27 09:00")
    return one, two


def _send(
    firm: Firm, origin: Site, target: Site, loaded: Iterable[_Lot], left: str, came: str
) -> None:
    zone = EUROPE if target is ROTTERDAM else CHINA
    send(firm, origin, target, list(loaded), moment(left, CHINA), moment(came, zone), keep=False)
