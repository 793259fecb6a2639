"""Packing at Rotterdam: finished lots and their serials, cartons, pallets and kits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tracegraph.demo.calendar import DAY, HOUR, day_of, local
from tracegraph.demo.catalogue import PRODUCTS, Product
from tracegraph.demo.directory import BINS, PACKERS, ROTTERDAM
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import (
    Line,
    carton_line,
    container_line,
    draw_lines,
    lot_line,
    made_lines,
    serial_lines,
)
from tracegraph.demo.make import production_order
from tracegraph.demo.numbers import MILLI, sscc
from tracegraph.demo.plan import POUCHED, Campaign
from tracegraph.demo.quality import inspect

MOST_LINES = 500  # serials in one event
SOURCE, PLACE = ROTTERDAM.source, ROTTERDAM.place


@dataclass(slots=True)
class Goods:
    """A finished lot as it stands ready for sale."""

    product: Product
    lot: str
    serials: list[str]
    loose: list[str]
    cartons: list[tuple[str, list[str]]] = field(default_factory=list)  # SSCC and content
    pallets: list[tuple[str, str, list[str]]] = field(default_factory=list)  # SSCC, bin, content
    kits: list[str] = field(default_factory=list)
    kit_lot: str = ""
    carton_serial: str = ""
    unserialised: int = 0  # cartons of a lot that has no serials
    ready: int = 0


def week(firm: Firm, number: int) -> list[Goods]:
    """Pack the finished lots of a week."""
    goods = []
    for n, campaign in enumerate(firm.plan.campaigns(number)):
        rng = firm.plan.random(f"packing/{n}", number)
        goods.append(_campaign(firm, rng, campaign, number, kits=n == 0))
    return goods


def _campaign(firm: Firm, rng: Random, campaign: Campaign, number: int, *, kits: bool) -> Goods:
    product = PRODUCTS[campaign.product]
    now = local(number, 0, 9, ROTTERDAM.zone)
    lot = firm.counters.name(product.prefix)
    inputs: list[Line] = []
    for part in (POUCHED[campaign.family], "RM-BOX"):
        draws = firm.stock.draw(part, PLACE, campaign.units * MILLI, now, 2 + (rng.random() < 0.3))
        inputs += draw_lines(part, draws)
    if rng.random() < 0.02:  # somebody did not scan the boxes
        inputs[-1] = {**inputs[-1], "item": {"product": "RM-BOX"}}
    started = now + rng.randrange(4 * HOUR)
    goods = pack_lot(firm, rng, product, lot, campaign.units, inputs, started)

    def counter() -> str:
        return sscc(firm.counters.take("sscc"), 3)

    if not product.serialised:
        palletise_unserialised(firm, goods, counter(), started + 2 * DAY)
        return goods
    if campaign.product == "FG-IS180U" and number % 4 == 0:
        whole_carton(firm, goods, f"CS{goods.lot[3:]}", started + 30 * HOUR)
    pack_cartons(firm, rng, goods, counter, started + 32 * HOUR, keep=firm.plan.size.loose)
    palletise(firm, rng, goods, counter, started + 56 * HOUR, firm.plan.size.pallet)
    if kits and campaign.product == "FG-IS180":
        dressings = firm.stock.draw("RM-DRS", PLACE, 12 * MILLI, now, 1)
        part = goods.loose[5]
        pack_kits(firm, rng, goods, firm.counters.name("KT"), 6, dressings, started + 60 * HOUR)
        if number % 3 == 0:
            unkit(firm, goods, part, started + 25 * DAY)
    return goods


def pack_lot(
    firm: Firm,
    rng: Random,
    product: Product,
    lot: str,
    units: int,
    inputs: list[Line],
    started: int,
) -> Goods:
    """Make a finished lot: one issue, then its serials in events of at most 500 lines."""
    order = firm.counters.name("MO")
    pieces = -(-units // MOST_LINES) if product.serialised else 1
    ended = started + 2 * HOUR + pieces * 3 * HOUR
    production_order(firm, order, product.number, units * MILLI, started, ended + DAY)
    expires_on = day_of(started, product.shelf_life_days or 0)
    serials = [f"{lot[3:]}{n:05d}" for n in range(1, units + 1)] if product.serialised else []
    said: dict[str, Any] = {
        "place": PLACE, "order": order, "equipment": [PACKERS[rng.randrange(len(PACKERS))]],
        "actor": f"pk-{rng.randrange(1, 12):02d}",
    }  # fmt: skip
    if product.serialised:
        outputs = made_lines(product, lot, serials, expires_on)
    else:
        outputs = [lot_line(product.number, lot, units * MILLI, expires_on=expires_on)]
    tell = firm.diary.tell
    if pieces == 1:
        tell(SOURCE, "production", ended, started=started, inputs=inputs, outputs=outputs, **said)
    else:
        said["run"] = f"{PLACE}-{order}"
        tell(SOURCE, "production", started + HOUR, started=started, inputs=inputs, **said)
        for n in range(pieces):
            part = outputs[n * MOST_LINES : (n + 1) * MOST_LINES]
            at = started + (n + 1) * 3 * HOUR
            tell(SOURCE, "production", at, started=at - 2 * HOUR, outputs=part, **said)
    inspect(firm, rng, ROTTERDAM, product.number, lot, ended + 5 * HOUR)
    tell(
        "lims", "certificate", ended + 28 * HOUR, number=f"COC-{lot}", status="released",
        items=[{"item": {"product": product.number, "lot": lot}}],
        description="Batch record reviewed, certificate of conformity",
    )  # fmt: skip
    loose = list(serials)
    if units > 200 and serials:
        tell(
            SOURCE, "scrap", ended + 6 * HOUR, place=PLACE, reason="seal strength test",
            items=serial_lines(product, loose[-2:], 1),
        )  # fmt: skip
        del loose[-2:]
    left = units // product.carton if not serials else 0
    return Goods(product, lot, serials, loose, unserialised=left, ready=ended + 3 * DAY)


def pack_cartons(
    firm: Firm, rng: Random, goods: Goods, sscc_of: Callable[[], str], at: int, *,
    keep: int, late_carton: int | None = None,
) -> None:  # fmt: skip
    """Pack serials into cartons until no more than `keep` and part of a carton are loose."""
    size = goods.product.carton
    while len(goods.loose) >= size + min(keep, size // 5):
        content, goods.loose = goods.loose[:size], goods.loose[size:]
        carton = sscc_of()
        number = len(goods.cartons)
        style = rng.randrange(10)
        lines = serial_lines(goods.product, content, style if style in {1, 2} else 0, goods.lot)
        late = 4 + rng.randrange(6) if rng.random() < 0.01 or number == late_carton else 0
        firm.diary.tell(
            SOURCE, "pack", at + number * 5, late=late, place=PLACE,
            container={"sscc": carton}, items=lines,
        )  # fmt: skip
        goods.cartons.append((carton, content))


def palletise(
    firm: Firm, rng: Random, goods: Goods, sscc_of: Callable[[], str], at: int, size: int
) -> None:
    """Put full pallets of cartons into the aisles; what is left stands as cartons."""
    while len(goods.cartons) >= (size * 3 + 1) // 2:
        cartons, goods.cartons = goods.cartons[:size], goods.cartons[size:]
        stack(firm, goods, cartons, sscc_of(), BINS[rng.randrange(len(BINS))], at)


def stack(
    firm: Firm, goods: Goods, cartons: list[tuple[str, list[str]]], pallet: str, place: str, at: int
) -> None:
    """One pallet: packed, then moved to its aisle."""
    lines = [container_line(carton) for carton, _ in cartons]
    container = {"sscc": pallet}
    firm.diary.tell(SOURCE, "pack", at, place=PLACE, container=container, items=lines)
    firm.diary.tell(
        SOURCE, "move", at + 3 * HOUR, place=PLACE, to=place, items=[container_line(pallet)]
    )
    content = [serial for _, serials in cartons for serial in serials]
    goods.pallets.append((pallet, place, content))


def palletise_unserialised(firm: Firm, goods: Goods, pallet: str, at: int) -> None:
    """Half the cartons of a lot without serials go on a pallet."""
    half = goods.unserialised // 2
    if half:
        lines = [carton_line(goods.product, goods.lot, half)]
        container = {"sscc": pallet}
        firm.diary.tell(SOURCE, "pack", at, place=PLACE, container=container, items=lines)
        goods.pallets.append((pallet, PLACE, []))
        goods.unserialised -= half


def whole_carton(firm: Firm, goods: Goods, serial: str, at: int) -> None:
    """Fifty units become one carton that has a serial of its own."""
    size = goods.product.carton
    if len(goods.loose) < size:
        return
    content, goods.loose = goods.loose[:size], goods.loose[size:]
    carton = {"item": {"product": goods.product.carton_gtin, "serial": serial}}
    firm.diary.tell(
        SOURCE, "merge", at, place=PLACE, inputs=serial_lines(goods.product, content, 1),
        outputs=[{**carton, "quantity": "1", "unit": "each"}],
    )  # fmt: skip
    goods.carton_serial = serial


def pack_kits(
    firm: Firm, rng: Random, goods: Goods, lot: str, count: int, dressings: list[tuple[str, int]],
    at: int,
) -> None:  # fmt: skip
    """Kits of one set and two dressings each, from sets that are not in a carton."""
    kit = PRODUCTS["KT-IV1"]
    expires_on = day_of(at, kit.shelf_life_days or 0)
    single = [name for name, milli in dressings for _ in range(milli // MILLI)]
    for n in range(count):
        serial = f"{lot[3:]}{n + 1:04d}"
        pair = Counter(single[2 * n : 2 * n + 2])
        used = draw_lines("RM-DRS", [(name, number * MILLI) for name, number in pair.items()])
        firm.diary.tell(
            SOURCE, "assembly", at + n * 4, place=PLACE, actor=f"pk-{rng.randrange(1, 12):02d}",
            inputs=[*serial_lines(goods.product, [goods.loose.pop(0)], 1), *used],
            outputs=made_lines(kit, lot, [serial], expires_on),
        )  # fmt: skip
        goods.kits.append(serial)
    goods.kit_lot = lot


def unkit(firm: Firm, goods: Goods, part: str, at: int) -> None:
    """The last kit, never sold, is taken apart again; its dressings are thrown away."""
    made = made_lines(goods.product, goods.lot, [part], day_of(at))[0]
    del made["expires_on"]  # the set keeps its own
    firm.diary.tell(
        SOURCE, "disassembly", at, place=PLACE,
        inputs=serial_lines(PRODUCTS["KT-IV1"], goods.kits[-1:], 1), outputs=[made],
    )  # fmt: skip
