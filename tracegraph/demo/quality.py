"""Quality: inspections, deviations with what follows from them, counts and small housekeeping."""

from __future__ import annotations

from random import Random
from typing import Any

from tracegraph.demo.calendar import DAY, HOUR, WEEK, local
from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.diary import Event
from tracegraph.demo.directory import GAUGES, SUZHOU, Site
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import draw_lines, lot_line
from tracegraph.demo.numbers import MILLI

_FAULTS = ("short shots", "flash at the parting line", "leak at the joint", "scratched surface")


def after_making(
    firm: Firm, rng: Random, site: Site, event: Event, made: tuple[str, str, int], at: int
) -> tuple[str, int]:
    """What the quality department does with a new lot: the lot that remains, and how much."""
    product, lot, milli = made
    pieces = PRODUCTS[product].unit == "each"
    inspect(firm, rng, site, product, lot, at)
    if pieces and rng.random() < 0.3:
        firm.diary.tell(
            site.source, "scrap", at + 2 * HOUR, place=site.place, reason="destructive test",
            items=[lot_line(product, lot, 3 * MILLI)],
        )  # fmt: skip
        milli -= 3 * MILLI
    if pieces and rng.random() < 0.04:
        return trouble(firm, rng, site, event, (product, lot, milli), at + 3 * HOUR)
    return lot, milli


def inspect(
    firm: Firm, rng: Random, site: Site, product: str, lot: str, at: int, verdict: str = "pass"
) -> None:
    """An inspection of a sample of a lot."""
    low = verdict == "pass"
    value = f"{(1.98 if low else 1.71) + rng.randrange(40) / 1000:.3f}"
    firm.diary.tell(
        "lims", "inspection", at, place=site.place, plan=f"IPC-{product}", sample="13",
        items=[{"item": {"product": product, "lot": lot}}],
        equipment=[GAUGES[rng.randrange(len(GAUGES))]], actor=f"qc-{rng.randrange(1, 7):02d}",
        results=[{
            "characteristic": "critical dimension", "value": value,
            "low": "1.95", "high": "2.05", "verdict": verdict,
        }],
        verdict=verdict,
    )  # fmt: skip


def trouble(
    firm: Firm, rng: Random, site: Site, event: Event, made: tuple[str, str, int], at: int
) -> tuple[str, int]:
    """A deviation, its nonconformance and CAPA, hold, rework into a lot of its own, release."""
    product, lot, milli = made
    fault = _FAULTS[rng.randrange(len(_FAULTS))]
    item: list[Any] = [{"item": {"product": product, "lot": lot}}]
    tell = firm.diary.tell
    tell(
        site.source, "deviation", at, place=site.place, number=firm.counters.name("DEV"),
        status="open", events=[{"id": event["id"]}], description=f"{fault} seen at the line",
    )  # fmt: skip
    number = firm.counters.name("NC")
    nonconformance: dict[str, Any] = {"number": number, "items": item, "description": fault}
    tell("lims", "nonconformance", at + HOUR, status="open", **nonconformance)
    tell(site.source, "hold", at + HOUR, place=site.place, items=item, reason=number)
    tell(site.source, "release", at + 12 * HOUR, place=site.place, items=item, reason="to rework")
    lost = max(1, milli // (100 * MILLI)) * MILLI
    mended = f"{lot}-R"
    tell(
        site.source, "rework", at + 20 * HOUR, started=at + 13 * HOUR, place=site.place,
        inputs=[lot_line(product, lot, milli)], outputs=[lot_line(product, mended, milli - lost)],
        documents=[number], actor=f"op-{rng.randrange(11, 40)}",
    )  # fmt: skip
    inspect(firm, rng, site, product, mended, at + 21 * HOUR)
    tell("lims", "nonconformance", at + 30 * HOUR, status="closed", **nonconformance)
    capa: dict[str, Any] = {"number": firm.counters.name("CAPA"), "items": item}
    tell("lims", "capa", at + 2 * DAY, status="open", description=f"Cause of {fault}", **capa)
    tell("lims", "capa", at + 5 * WEEK, status="closed", description=f"Cause of {fault}", **capa)
    return mended, milli - lost


def week(firm: Firm, number: int) -> None:
    """Housekeeping at Suzhou: every fourth week, from when there is stock."""
    rng = firm.plan.random("quality", number)
    at = local(number, 2, 15, SUZHOU.zone, rng.randrange(60))
    turn = number % 4
    if turn == 0:
        _count(firm, rng, at)
    elif turn == 1:
        _split(firm, at)
    elif turn == 2:
        _merge(firm, at)
    else:
        _send_back(firm, at)


def _count(firm: Firm, rng: Random, at: int) -> None:
    """A stock count finds a few pieces less of the oldest lots."""
    for product in ("RM-FLT", "RM-NDL", "MC-LUE"):
        held = firm.stock.oldest(product, SUZHOU.place, at)
        if held is None or held.milli < 10 * MILLI or rng.random() < 0.4:
            continue
        draws = firm.stock.draw(product, SUZHOU.place, (1 + rng.randrange(2)) * MILLI, at, 1)
        lines = draw_lines(product, draws)
        for line in lines:
            line["quantity"] = f"-{line['quantity']}"
        firm.diary.tell(
            SUZHOU.source, "adjustment", at, place=SUZHOU.place, items=lines, reason="stock count"
        )


def _split(firm: Firm, at: int) -> None:
    """A lot of connectors goes to two lines as two lots."""
    held = firm.stock.oldest("MC-LUE", SUZHOU.place, at)
    if held is None or held.milli < 4 * MILLI:
        return
    lot, milli = held.lot, held.milli // (2 * MILLI) * MILLI
    total = held.milli
    draws = firm.stock.draw("MC-LUE", SUZHOU.place, total, at, 1)
    parts = [("MC-LUE", f"{lot}/{n}", part) for n, part in ((1, milli), (2, total - milli))]
    _regroup(firm, "split", draws, parts, at)


def _merge(firm: Firm, at: int) -> None:
    """The rests of several needle lots are put together."""
    held = firm.stock.oldest("RM-NDL", SUZHOU.place, at)
    if held is None or held.milli < 8 * MILLI:
        return
    draws = firm.stock.draw("RM-NDL", SUZHOU.place, held.milli // (4 * MILLI) * MILLI, at, 2)
    if len(draws) > 1:
        total = sum(milli for _, milli in draws)
        _regroup(firm, "merge", draws, [("RM-NDL", f"NX-{firm.counters.take('NX')}", total)], at)
    else:
        _regroup(firm, "relabel", draws, [("RM-NDL", f"{draws[0][0]}-L", draws[0][1])], at)


def _regroup(
    firm: Firm, kind: str, draws: list[tuple[str, int]], parts: list[tuple[str, str, int]], at: int
) -> None:
    product = parts[0][0]
    firm.diary.tell(
        SUZHOU.source, kind, at, place=SUZHOU.place,
        inputs=draw_lines(product, draws), outputs=[lot_line(*part) for part in parts],
    )  # fmt: skip
    for _, lot, milli in parts:
        firm.stock.add(product, SUZHOU.place, lot, milli, at)


def _send_back(firm: Firm, at: int) -> None:
    """Some film with a fault goes back to its supplier."""
    held = firm.stock.oldest("RM-PCH", SUZHOU.place, at)
    if held is None or held.milli < 5_000:
        return
    draws = firm.stock.draw("RM-PCH", SUZHOU.place, held.milli // 100, at, 1)
    firm.diary.tell(
        SUZHOU.source, "supplier_return", at, place=SUZHOU.place, party="SUP-10",
        items=draw_lines("RM-PCH", draws), documents=[firm.counters.name("RMA")],
    )  # fmt: skip
