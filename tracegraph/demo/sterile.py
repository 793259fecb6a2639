"""Sterilisation: loads of pouched lots of both families, and their way to Rotterdam."""

from __future__ import annotations

from random import Random

from tracegraph.demo.calendar import DAY, HOUR, local
from tracegraph.demo.directory import ROTTERDAM, STERILIZERS, SUZHOU
from tracegraph.demo.firm import Firm
from tracegraph.demo.lines import lot_line
from tracegraph.demo.make import send
from tracegraph.demo.story import STORY

MOST = 4  # lots in a load
CYCLE = 10 * HOUR
FAULTY = STORY.sterilizer


def week(firm: Firm, number: int) -> None:
    """Send what was sterilised last week, then sterilise what was pouched last week."""
    if firm.sterile:
        left = local(number, 1, 11, SUZHOU.zone)
        send(firm, SUZHOU, ROTTERDAM, firm.sterile, left, local(number + 1, 2, 9, ROTTERDAM.zone))
    waiting, firm.pouched, firm.sterile = firm.pouched, [], []
    rng = firm.plan.random("sterile", number)
    # Lots wait side by side, so that a load holds both families.
    waiting.sort(key=lambda lot: lot[1][-2:])
    for n, first in enumerate(range(0, len(waiting), MOST)):
        lots = waiting[first : first + MOST]
        started = local(number, 0, 9, SUZHOU.zone, rng.randrange(60)) + n * 18 * HOUR
        sterilizer = STERILIZERS[(number + n) % 2]
        if sterilizer == FAULTY and STORY.fault_meets(started, started + CYCLE):
            sterilizer = STERILIZERS[0]  # what the fault touched is told by the story
        load(firm, rng, lots, sterilizer, started, f"LD-{firm.counters.take('LD')}")
        firm.sterile += lots


def load(
    firm: Firm,
    rng: Random,
    lots: list[tuple[str, str, int]],
    sterilizer: str,
    started: int,
    name: str,
) -> str:
    """One load: the cycle, the biological indicators, the certificate. Returns the event's id."""
    items = [lot_line(*lot) for lot in lots]
    named = [{"item": line["item"]} for line in items]
    event = firm.diary.tell(
        SUZHOU.source, "process", started + CYCLE, started=started, place=SUZHOU.place,
        items=items, equipment=[sterilizer], documents=[name], actor=f"op-{rng.randrange(11, 40)}",
        parameters={
            "load": name, "temperature_c": 54, "ethylene_oxide_mg_l": 600 + rng.randrange(30),
            "exposure_min": 240, "humidity_pct": 55 + rng.randrange(8),
        },
    )  # fmt: skip
    firm.diary.tell(
        "lims", "inspection", started + 3 * DAY, place=SUZHOU.place, plan="ISO 11135 indicators",
        items=named, sample="20", documents=[name], verdict="pass",
        results=[{"characteristic": "growth", "value": "none", "verdict": "pass"}],
    )  # fmt: skip
    firm.diary.tell(
        "lims", "certificate", started + 3 * DAY + HOUR, number=f"STC-{name}", status="released",
        items=named, description="Certificate of sterilisation",
    )  # fmt: skip
    return str(event["id"])
