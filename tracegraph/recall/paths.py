"""Paths: the shortest chain from a seed to each affected item, respecting time and certainty.

A search level by level over item steps, as in `trace.reach`, on what certainty has left: only
outputs that some world affects are entered. Each item keeps the earliest instant from which it
was reached. Among equally short chains the one whose items and events come first by key is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tracegraph.model.value import value
from tracegraph.recall.certainty import Verdicts
from tracegraph.recall.flow import Flow, Hub, Membership


@value(frozen=True, slots=True)
class Step:
    """How an item was reached: from which, through which hub (None: as lot and serial)."""

    item: int
    hub: int | None
    before: Step | None
    depth: int


def shortest(
    flow: Flow,
    verdicts: Verdicts,
    seeds: Mapping[int, int],
    *,
    item_order: Mapping[int, str],
    hub_order: Mapping[int, str],
) -> dict[int, Step]:
    """The shortest chain to each item that `seeds` (item -> from when) reach. O(E log E)."""
    return _Search(flow, verdicts, item_order, hub_order).run(seeds)


class _Search:
    def __init__(
        self,
        flow: Flow,
        verdicts: Verdicts,
        item_order: Mapping[int, str],
        hub_order: Mapping[int, str],
    ) -> None:
        self._verdicts = verdicts
        self._slack = flow.tolerance
        self._item_order = item_order
        self._takers: defaultdict[int, list[Hub]] = defaultdict(list)
        self._same: defaultdict[int, list[tuple[int, Membership]]] = defaultdict(list)
        for hub in flow.hubs:
            for taken in hub.inputs:
                self._takers[taken.item].append(hub)
        for takers in self._takers.values():
            takers.sort(key=lambda hub: (-hub.end, hub_order[hub.no]))
        for member in flow.memberships:
            self._same[member.lot].append((member.serial, member))
            self._same[member.serial].append((member.lot, member))
        self._steps: dict[int, Step] = {}
        self._labels: dict[int, tuple[int, Step]] = {}
        self._entered: set[int] = set()
        self._tried: defaultdict[int, int] = defaultdict(int)

    def run(self, seeds: Mapping[int, int]) -> dict[int, Step]:
        following: set[int] = set()
        for item, since in seeds.items():
            if item in self._verdicts.items:
                self._arrive(item, since, Step(item, None, None, 0), following)
        while following:
            frontier, following = following, set()
            for item in sorted(frontier, key=lambda no: self._item_order[no]):
                self._leave(item, *self._labels[item], following)
        return self._steps

    def _leave(self, item: int, label: int, step: Step, following: set[int]) -> None:
        takers = self._takers.get(item, ())
        count = self._tried[item]
        while count < len(takers) and label <= takers[count].end + self._slack:
            hub = takers[count]
            count += 1
            if hub.no not in self._entered:
                self._enter(hub, item, step, following)
        self._tried[item] = count
        for other, member in self._same.get(item, ()):
            if member.until is None or label <= member.until + self._slack:
                onward = Step(other, None, step, step.depth + 1)
                self._arrive(other, label, onward, following)

    def _enter(self, hub: Hub, item: int, step: Step, following: set[int]) -> None:
        starts = self._verdicts.starts
        through = [o.item for o in hub.outputs if (hub.no, o.item) in starts]
        if not through:
            return
        self._entered.add(hub.no)
        for other in through:
            onward = Step(other, hub.no, step, step.depth + 1)
            self._arrive(other, starts[hub.no, other], onward, following)

    def _arrive(self, item: int, label: int, step: Step, following: set[int]) -> None:
        if item not in self._verdicts.items:
            return
        known = self._labels.get(item)
        if known is not None and known[0] <= label:
            return
        self._steps.setdefault(item, step)
        self._labels[item] = (label, step)
        following.add(item)
