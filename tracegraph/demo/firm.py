"""The firm while its history is told: its plan, its diary, its stock and its running numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracegraph.demo.diary import Diary
from tracegraph.demo.numbers import Counters
from tracegraph.demo.plan import Plan
from tracegraph.demo.stock import Stock


def _counters() -> Counters:
    # Numbers below these belong to the story, which is the same in every history.
    return Counters(
        R=2501, P=3001, B=4001, T=5001, N=6001, F=7001, FL=1501, BX=8001, DR=9001, TI=701,
        C=1001, IS=9501, BS=5501, KT=301, sscc=100_001, NC=501, CAPA=101, DEV=301, CMP=2001,
    )  # fmt: skip


@dataclass(slots=True)
class Firm:
    """State that the weeks of a history share."""

    plan: Plan
    diary: Diary = field(default_factory=Diary)
    stock: Stock = field(default_factory=Stock)
    counters: Counters = field(default_factory=_counters)
    # (product, lot, thousandths) on the way from pouching to the sterilizer, and from there.
    pouched: list[tuple[str, str, int]] = field(default_factory=list)
    sterile: list[tuple[str, str, int]] = field(default_factory=list)
