"""The history as a whole: every week in turn, given back in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tracegraph.demo import (
    distribution,
    make,
    master,
    packing,
    quality,
    sterile,
    story_make,
    supply,
)
from tracegraph.demo.calendar import WEEK
from tracegraph.demo.firm import Firm
from tracegraph.demo.plan import SIZES, Plan, Scale, Size
from tracegraph.demo.story_market import Market


def history(scale: Scale | Size, seed: int) -> Iterator[dict[str, Any]]:
    """The events of a history, in wire form and in order of arrival.

    Late records and corrections come after what happened later. Ids are unique within their
    source. Holds the events of a few weeks at a time, whatever the length.
    """
    firm = Firm(Plan(scale if isinstance(scale, Size) else SIZES[Scale(scale)], seed))
    master.tell(firm.diary)
    rng = Random("story")
    Market(firm, rng).tell(story_make.tell(firm, rng))
    for week in firm.plan.weeks():
        # From the customer back to the supplier: a step draws on what earlier weeks have made.
        distribution.week(firm, week, packing.week(firm, week))
        sterile.week(firm, week)
        make.week(firm, week)
        supply.week(firm, week)
        quality.week(firm, week)
        # An order is placed some days before its week.
        yield from firm.diary.until((week - 1) * WEEK)
    yield from firm.diary.rest()
