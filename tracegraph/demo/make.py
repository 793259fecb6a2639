"""Make: production orders and what the lines report of them, from compound to pouch."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tracegraph.demo import quality
from tracegraph.demo.calendar import DAY, HOUR, day_of, local
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.diary import Event
from tracegraph.demo.directory import (
    ASSEMBLY_LINES,
    BATHS,
    LATHES,
    MIXERS,
    PRESSES,
    SEALERS,
    SHENZHEN,
    SUZHOU,
    WASHERS,
    Site,
)
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import Line, draw_lines, lot_line
from tracegraph.demo.numbers import MILLI, amount, ceil_div


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on the way to a finished lot, so many weeks before it is packed."""

    product: str
    family: str
    ahead: int
    site: Site
    kind: str
    machines: tuple[str, ...]
    milli: int = MILLI
    parameters: tuple[tuple[str, int], ...] = ()


STAGES = (
    Stage("ST-SET", "set", 4, SUZHOU, "production", SEALERS, parameters=(("seal_c", 128),)),
    Stage("PS-35", "35", 4, SUZHOU, "production", SEALERS, parameters=(("seal_c", 131),)),
    Stage("PS-45", "45", 4, SUZHOU, "production", SEALERS, parameters=(("seal_c", 131),)),
    Stage("BK-SET", "set", 5, SUZHOU, "assembly", ASSEMBLY_LINES),
    Stage("AN-35", "35", 5, SUZHOU, "process", BATHS, parameters=(("nitric_acid_pct", 22),)),
    Stage("AN-45", "45", 5, SUZHOU, "process", BATHS, parameters=(("nitric_acid_pct", 22),)),
    Stage("SA-LIN", "set", 6, SUZHOU, "assembly", ASSEMBLY_LINES),
    Stage("MC-35", "35", 6, SUZHOU, "production", LATHES, parameters=(("spindle_rpm", 3200),)),
    Stage("MC-45", "45", 6, SUZHOU, "production", LATHES, parameters=(("spindle_rpm", 2800),)),
    Stage("SA-DCH", "set", 7, SUZHOU, "assembly", ASSEMBLY_LINES),
    Stage("MC-DCB", "set", 8, SHENZHEN, "production", PRESSES, parameters=(("melt_c", 172),)),
    Stage("MC-SPK", "set", 8, SHENZHEN, "production", PRESSES, parameters=(("melt_c", 226),)),
    Stage("MC-LUE", "set", 8, SHENZHEN, "production", PRESSES, parameters=(("melt_c", 221),)),
    Stage("CP-PVC", "set", 9, SHENZHEN, "production", MIXERS, 8, (("blend_c", 112),)),
)  # fmt: skip

SPREAD = 0.45  # of all lots are reported as a run: issue and receipt apart


def week(firm: Firm, number: int) -> None:
    """Everything that is made in a week at Shenzhen and Suzhou, and the lorry between them."""
    loaded: list[tuple[str, str, int]] = []
    for stage in STAGES:
        units = firm.plan.wanted(stage.family, number + stage.ahead, stage.ahead - 3)
        if not units:
            continue
        rng = firm.plan.random(f"make/{stage.product}", number)
        count = ceil_div(units, firm.plan.size.batch)
        for n in range(count):
            share = units * (n + 1) // count - units * n // count
            made = _one_lot(firm, rng, stage, number, share * stage.milli)
            for product, lot, milli in made:
                if product.startswith(("ST-", "PS-")):
                    firm.pouched.append((product, lot, milli))
                elif stage.site is SHENZHEN and product != "CP-PVC":
                    loaded.append((product, lot, milli))
                else:
                    ready = local(number + 1, 0, 0, stage.site.zone)
                    firm.stock.add(product, stage.site.place, lot, milli, ready)
    if loaded:
        _lorry(firm, number, loaded)


def _one_lot(
    firm: Firm, rng: Random, stage: Stage, number: int, milli: int
) -> list[tuple[str, str, int]]:
    product, site = PRODUCTS[stage.product], stage.site
    now = local(number, 0, 8, site.zone)
    started = local(number, rng.randrange(3), 9 + rng.randrange(5), site.zone, rng.randrange(60))
    minutes = 3 * HOUR + rng.randrange(6 * HOUR)
    made = [(stage.product, firm.counters.name(product.prefix), milli)]
    twin = "MC-35" if stage.product == "MC-45" and rng.random() < 0.08 else None
    if twin:  # short screws from the ends of the bar
        made.append((twin, firm.counters.name(PRODUCTS[twin].prefix), milli // 20_000 * MILLI))
        made = [lot for lot in made if lot[2]]
    inputs: list[Line] = []
    for part in product.bill:
        step = PRODUCTS[part.product].step
        total = milli + (milli // 20 if twin else 0)
        needed = ceil_div(part.milli * total * 101, 100 * MILLI * step) * step
        draws = firm.stock.draw(part.product, site.place, needed, now, 2 + (rng.random() < 0.2))
        inputs += draw_lines(part.product, draws)
    event = report(
        firm, rng, site, stage.kind, made, inputs, started, minutes,
        machine=stage.machines[rng.randrange(len(stage.machines))],
        parameters=dict(stage.parameters), spread=rng.random() < SPREAD, wrong=rng.random() < 0.02,
    )  # fmt: skip
    ended = started + minutes
    if stage.product.startswith("AN-"):
        _wash(firm, rng, made, ended)
    lot, milli = quality.after_making(firm, rng, site, event, made[0], ended + DAY)
    return [(stage.product, lot, milli), *made[1:]]


def report(
    firm: Firm, rng: Random, site: Site, kind: str, made: list[tuple[str, str, int]],
    inputs: list[Line], started: int, minutes: int, *, machine: str,
    parameters: dict[str, Any] | None = None, spread: bool = False, wrong: bool = False,
) -> Event:  # fmt: skip
    """What is reported of one production order; the event that has the (last) output.

    A run that is `spread` has its issue apart from its receipts, in front or (backflushed)
    behind; one that is `wrong` says too much at first, and is corrected the next day.
    """
    ended = started + minutes
    product, _, milli = made[0]
    order = firm.counters.name("MO")
    production_order(firm, order, product, milli, started, ended + DAY)
    outputs = [lot_line(*lot, made_on=day_of(ended)) for lot in made]
    said: dict[str, Any] = {
        "place": site.place, "order": order, "equipment": [machine],
        "actor": f"op-{rng.randrange(11, 40)}", "parameters": parameters,
    }  # fmt: skip
    tell = firm.diary.tell
    if not spread:
        if not wrong:
            return tell(
                site.source, kind, ended, started=started, inputs=inputs, outputs=outputs, **said
            )
        more = [lot_line(product, made[0][1], milli + 10 * MILLI), *outputs[1:]]
        event = tell(site.source, kind, ended, started=started, inputs=inputs, outputs=more, **said)
        return firm.diary.correct(event, ended + DAY, "pieces were counted twice", outputs=outputs)
    said["run"] = f"{site.place}-{order}"
    backflushed = rng.random() < 0.3
    issued = ended + HOUR if backflushed else started + 20
    tell(site.source, kind, issued, inputs=inputs, late=int(backflushed), **said)
    step = PRODUCTS[product].step
    first = milli * 6 // 10 // step * step
    if first:
        part = [{**outputs[0], "quantity": amount(first)}]
        tell(site.source, kind, started + minutes // 2, started=started, outputs=part, **said)
    last = [{**outputs[0], "quantity": amount(milli - first)}, *outputs[1:]]
    return tell(site.source, kind, ended, started=started, outputs=last, **said)


def production_order(
    firm: Firm, order: str, product: str, milli: int, started: int, ended: int
) -> None:
    """A production order of one line: created, released and closed."""
    line = {
        "line": "10", "product": product, "quantity": amount(milli),
        "unit": PRODUCTS[product].unit, "due": day_of(ended, 2),
    }  # fmt: skip
    said: dict[str, Any] = {"number": order, "kind": "production"}
    tell = firm.diary.tell
    tell("erp", "order", started - 3 * DAY, action="created", lines=[line], **said)
    tell("erp", "order", started - DAY, action="released", lines=[line], **said)
    tell("erp", "order", ended, action="closed", **said)


def _wash(firm: Firm, rng: Random, made: list[tuple[str, str, int]], at: int) -> None:
    """Cleaning after the bath: a step that keeps the identity of its lots."""
    firm.diary.tell(
        SUZHOU.source, "process", at + 3 * HOUR, started=at + HOUR, place=SUZHOU.place,
        items=[lot_line(*lot) for lot in made], equipment=list(WASHERS),
        parameters={"rinse_c": 60, "conductivity_us_cm": 4 + rng.randrange(3)},
    )  # fmt: skip


def _lorry(firm: Firm, number: int, loaded: list[tuple[str, str, int]]) -> None:
    send(
        firm, SHENZHEN, SUZHOU, loaded,
        local(number, 5, 10, SHENZHEN.zone), local(number, 6, 16, SUZHOU.zone),
    )  # fmt: skip


def send(
    firm: Firm, origin: Site, target: Site, loaded: list[tuple[str, str, int]],
    left: int, came: int, *, keep: bool = True,
) -> None:  # fmt: skip
    """Lots go from one own site to another; if kept, they are in stock there when they arrive."""
    lines = [lot_line(*lot) for lot in loaded]
    note = firm.counters.name("TN")
    firm.diary.tell(
        origin.source, "shipment", left,
        place=origin.place, to=target.place, documents=[note], items=lines,
    )  # fmt: skip
    firm.diary.tell(
        target.source, "delivery", came,
        place=target.place, to=target.place, documents=[note], items=lines,
    )  # fmt: skip
    for product, lot, milli in loaded if keep else ():
        firm.stock.add(product, target.place, lot, milli, came)
