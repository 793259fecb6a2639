"""Renaming: an event gave units of a product again that it took, under other names.

A lot that is split, merged, relabelled or reworked is the same units before and after, and the
figures of its product must not count them twice. What is made into *another* product, and of
that into this one, counts anew: nobody says which units became which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracegraph.recall.bounds import Bounds, smallest, total
from tracegraph.recall.case import Case
from tracegraph.recall.flow import Hub, Input, Output

# Events whose outputs are the units that went in, whatever else was used on them.
_KEEP = {"split", "merge", "relabel", "rework", "process"}

Group = tuple[str, str]  # product and unit
Limits = tuple[int, int | None]  # the least and the most; None is no end
Amounts = dict[int, int | None]  # by item; None is unknown


@dataclass(frozen=True, slots=True)
class Renaming:
    """Units of one product and unit that a hub took and gave, in millionths.

    Affected units that went in under one name and came out under another: at least `low`, at most
    `high` (None: nobody knows). `pure`: nothing else in it can have affected what came out, as
    `outputs` affected items. `again` are all units, affected or not, that came out as what they
    had been; `taken` and `given` are those under another name, by item, where that is known.
    """

    hub: int
    outputs: int
    pure: bool
    low: int
    high: int | None
    again: int
    taken: dict[int, int]
    given: dict[int, int]

    @property
    def moved(self) -> int:
        """Units, affected or not, that came out under another name."""
        return min(sum(self.taken.values()), sum(self.given.values()))

    def beside(self, least: int, most: int | None) -> Limits:
        """How many of the affected units that came out did not count before."""
        if self.pure:
            return 0, 0
        low = 0 if self.high is None else max(0, least - self.high)
        return low, None if most is None else max(0, most - self.low)


def renamings(case: Case) -> dict[Group, list[Renaming]]:
    """What the hubs of a case renamed, by product and unit. O(lines of these hubs)."""
    found: defaultdict[Group, list[Renaming]] = defaultdict(list)
    for hub in case.composition.flow.hubs:
        drawn = {(taken.product, case.scales[taken.item].unit) for taken in hub.inputs}
        made = {(given.product, case.scales[given.item].unit) for given in hub.outputs}
        for group in sorted(drawn & made):
            renaming = _renaming(case, hub, *group)
            if renaming is not None:
                found[group].append(renaming)
    return found


@dataclass(frozen=True, slots=True)
class _Passage:
    """What a hub takes and gives of one product and unit; `reached` and `counted` are affected.

    A serial counts as its lot where that is affected.
    """

    case: Case
    hub: Hub
    inputs: list[Input]
    outputs: list[Output]
    reached: list[Input]
    counted: list[Output]

    def lost(self) -> int | None:
        """How many units went in and did not come out; below 0 more came. None: nobody says."""
        took = total(taken.quantity for taken in self.inputs)
        gave = total(given.quantity for given in self.outputs if not given.lot)
        return None if took is None or gave is None else took - gave

    def keeps(self) -> bool:
        """Whether what comes out is what went in, and cannot be anything else."""
        if len(self.outputs) < len(self.hub.outputs):
            return False
        types = {event.type for event in self.case.composition.hub_events[self.hub.no]}
        return types <= _KEEP or len(self.inputs) == len(self.hub.inputs)

    def alone(self) -> bool:
        """Whether nothing but affected units that went in can have affected what came out.

        What is mixed affects what it is mixed with, and so does whatever else was used.
        """
        affected = self.case.verdicts.items
        if self.hub.disassembly or any(taken.slot < 0 for taken in self.hub.inputs):
            return False
        others = [taken for taken in self.hub.inputs if taken not in self.inputs]
        return not any(taken.item in affected or taken.lot in affected for taken in others)

    def drawn(self) -> list[Bounds]:
        """Affected units that went in."""
        draws = self.case.verdicts.draws
        found = (draws.get((self.hub.no, taken.item)) for taken in self.reached)
        return [bounds for bounds in found if bounds is not None]

    def came(self) -> list[Bounds]:
        """Affected units that came out."""
        outputs = self.case.verdicts.outputs
        found = (outputs.get((self.hub.no, given.item)) for given in self.counted)
        return [bounds for bounds in found if bounds is not None]


def _renaming(case: Case, hub: Hub, product: str, unit: str) -> Renaming | None:
    affected = case.verdicts.items
    inputs = [
        taken
        for taken in hub.inputs
        if (taken.product, case.scales[taken.item].unit) == (product, unit)
    ]
    outputs = [
        given
        for given in hub.outputs
        if (given.product, case.scales[given.item].unit) == (product, unit)
    ]
    reached = [taken for taken in inputs if taken.item in affected or taken.lot in affected]
    counted = [o for o in outputs if o.item in affected and o.lot not in affected]
    if not reached or not counted:
        return None
    return _bounded(_Passage(case, hub, inputs, outputs, reached, counted))


def _bounded(passage: _Passage) -> Renaming:
    affected = passage.case.verdicts.items
    took = _sums((t.lot if t.lot in affected else t.item, t.quantity) for t in passage.reached)
    gave = _sums((given.item, given.quantity) for given in passage.counted)
    taken, given = _less(took, gave), _less(gave, took)
    stay = bool(took.keys() & gave.keys())
    high = smallest(total(taken.values()), total(given.values()))
    if not stay:
        high = smallest(high, _most(passage.drawn()), _most(passage.came()))
    hub, outputs, lost = passage.hub.no, len(passage.counted), passage.lost()
    if lost is None or not passage.keeps():
        return Renaming(hub, outputs, pure=False, low=0, high=high, again=0, taken={}, given={})
    least = sum(bounds.low for bounds in passage.drawn())
    return Renaming(
        hub,
        outputs,
        pure=not stay and lost >= 0 and passage.alone(),
        low=0 if stay else max(0, least - max(0, lost)),
        high=high,
        again=smallest(total(took.values()), total(gave.values())) or 0,
        taken=_known(taken),
        given=_known(given),
    )


def _sums(amounts: Iterable[tuple[int, int | None]]) -> Amounts:
    found: Amounts = {}
    for item, amount in amounts:
        found[item] = total((found.get(item, 0), amount))
    return found


def _less(amounts: Amounts, others: Amounts) -> Amounts:
    """What is more than in the others, by item."""
    found: Amounts = {}
    for item, amount in amounts.items():
        other = others.get(item, 0)
        more = None if amount is None or other is None else amount - other
        if more is None or more > 0:
            found[item] = more
    return found


def _known(amounts: Amounts) -> dict[int, int]:
    return {item: amount for item, amount in amounts.items() if amount is not None}


def _most(each: Iterable[Bounds]) -> int | None:
    return total(bounds.high for bounds in each)
