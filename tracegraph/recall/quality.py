"""Quality: what records of quality say against items: holds, inspections, nonconformances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracegraph.recall.concerns import TYPES, Concerns, is_open, number_of
from tracegraph.recall.ledger import Journal
from tracegraph.recall.material import Happening, Material

# The types of events that say something of quality.
QUALITY = frozenset({"hold", "release", "inspection", *TYPES})


class Objection(NamedTuple):
    """A reason why an item may not go: its rule, what it says, what lifts it, and its event."""

    rule: str
    detail: str
    lift: str
    event: str | None


def hold_of(material: Material, journal: Journal, item: int) -> Objection | None:
    """The hold of an item that nothing released."""
    flags = sorted(journal.flags.get(item, ()))
    if not flags or not flags[-1][1]:
        return None
    event = material.events[flags[-1][2]]
    reason = event.sent.get("reason") or "no reason given"
    detail = f"{material.key(item)} is on hold: {reason}."
    return Objection("on_hold", detail, "Release it.", event.key)


def objections(
    material: Material, items: Iterable[int], concerns: Concerns, needed: Iterable[str] = ()
) -> Iterator[Objection]:
    """Inspections that failed or have no verdict, and what is open, of an item and its lot.

    First the plans among those `needed` by which no inspection passed.
    """
    numbers = list(items)
    yield from _inspections(material, numbers, needed)
    yield from _open(material, numbers, concerns)


def _inspections(
    material: Material, items: list[int], needed: Iterable[str]
) -> Iterator[Objection]:
    last: dict[str, Happening] = {}
    passed: set[str] = set()
    for event in _records(material, items, "inspection"):
        plan = event.sent.get("plan") or ""
        last[plan] = event
        if event.sent.get("verdict") == "pass":
            passed.add(plan)
    for plan in dict.fromkeys(needed):
        # One that failed, or has no verdict, is told below.
        if plan not in passed and (
            plan not in last or last[plan].sent.get("verdict") == "conditional"
        ):
            detail = f"No inspection by plan {plan} passed, which its product needs."
            yield Objection("inspection_missing", detail, f"Record one by plan {plan}.", None)
    for event in last.values():
        verdict = event.sent.get("verdict")
        if verdict == "fail":
            lift = "Record an inspection of the same plan that passes, or scrap it."
            yield Objection("inspection_failed", "Its last inspection failed.", lift, event.key)
        elif verdict is None:
            lift = "Record the inspection's verdict."
            yield Objection("inspection_missing", "Its inspection has no verdict.", lift, event.key)


def _open(material: Material, items: list[int], concerns: Concerns) -> Iterator[Objection]:
    last = {number_of(event): event for event in _records(material, items, *TYPES)}
    for number in concerns.of(items):
        last[number] = concerns.last[number]
    for number, event in last.items():
        # Where records of a number name events, too, the last of all of them decides.
        deciding = concerns.last.get(number, event)
        if is_open(deciding):
            detail = f"{deciding.type.capitalize()} {number} is open."
            yield Objection("nonconformance_open", detail, "Close it.", deciding.key)


def _records(material: Material, items: Iterable[int], *types: str) -> list[Happening]:
    """Events of these types that name items, in order of their time."""
    found = {
        line.seq: material.events[line.seq]
        for no in items
        for line in material.of_item.get(no, ())
        if material.events[line.seq].type in types
    }
    return sorted(found.values(), key=lambda event: event.order("item"))
