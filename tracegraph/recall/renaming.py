"""Renaming: an event gave units of a product again that it took, under other names.

A lot that is split, merged, relabelled or reworked is the same units before and after, and the
figures of its product must not count them twice. What is made into *another* product, and of
that into this one, counts anew: nobody says which units became which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracegraph.recall.bounds import Bounds
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
    took = _sums((t.lot if t.lot in affected else t.item, t.quantity) for t in reached)
    gave = _sums((given.item, given.quantity) for given in counted)
    stay = took.keys() & gave.keys()
    taken, given = _less(took, gave), _less(gave, took)
    limits = [_total(taken), _total(given)]
    draws = [case.verdicts.draws.get((hub.no, t.item)) for t in reached]
    if not stay:
        came = (case.verdicts.outputs.get((hub.no, o.item)) for o in counted)
        limits += [_most(draws), _most(came)]
    high = min((limit for limit in limits if limit is not None), default=None)
    all_taken = _total(_sums((taken.item, taken.quantity) for taken in inputs))
    all_given = _total(_sums((given.item, given.quantity) for given in outputs if not given.lot))
    lost = None if all_taken is None or all_given is None else all_taken - all_given
    pure = not stay and lost is not None and lost >= 0 and _pure(case, hub, inputs)
    sums = _total(took), _total(gave)
    if None in sums or not _keeps(case, hub, inputs, outputs):
        return Renaming(hub.no, len(counted), pure, 0, high, 0, {}, {})
    least = sum(bounds.low for bounds in draws if bounds)
    return Renaming(
        hub.no,
        len(counted),
        pure,
        0 if stay or lost is None else max(0, least - max(0, lost)),
        high,
        min(total or 0 for total in sums),
        _known(taken),
        _known(given),
    )


def _keeps(case: Case, hub: Hub, inputs: Sequence[Input], outputs: Sequence[Output]) -> bool:
    """Whether what a hub gives of a product is what it took of it, and cannot be anything else."""
    if len(outputs) < len(hub.outputs):
        return False
    types = {event.type for event in case.composition.hub_events[hub.no]}
    return types <= _KEEP or len(inputs) == len(hub.inputs)


def _pure(case: Case, hub: Hub, inputs: Sequence[Input]) -> bool:
    """Whether units are affected that came out only if they were when they went in.

    What is mixed affects what it is mixed with, and so does whatever else was used.
    """
    affected = case.verdicts.items
    if hub.disassembly or any(taken.slot < 0 for taken in hub.inputs):
        return False
    others = [taken for taken in hub.inputs if taken not in inputs]
    return not any(taken.item in affected or taken.lot in affected for taken in others)


def _sums(amounts: Iterable[tuple[int, int | None]]) -> Amounts:
    found: Amounts = {}
    for item, amount in amounts:
        before = found.get(item, 0)
        found[item] = None if before is None or amount is None else before + amount
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


def _total(amounts: Amounts) -> int | None:
    return None if None in amounts.values() else sum(_known(amounts).values())


def _most(each: Iterable[Bounds | None]) -> int | None:
    highs = [bounds.high for bounds in each if bounds is not None]
    return None if None in highs else sum(high or 0 for high in highs)
