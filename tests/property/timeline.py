"""When units come and are drawn by the records, and in which orders that can happen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from tests.property.units import EVER, units_of
from tracegraph.recall.flow import Flow, Hub, Membership, Outflow

ORDERS = 12


class Node(NamedTuple):
    """Something that draws: a hub, an outflow, or the first line of a serial that stays."""

    start: int
    end: int
    what: Hub | Outflow | Membership
    takes: frozenset[int]
    gives: frozenset[int]


class Timeline:
    """When units of a flow come and are drawn, every amount said; `recorded`: the flow before."""

    def __init__(self, flow: Flow, recorded: Flow) -> None:
        self.flow, self.slack = flow, flow.tolerance
        unknown = [line for line in recorded.inflows if line.quantity is None]
        self.came = {line.item for line in unknown}  # unknown amounts came in
        self.vague = self.came | {o.item for o in recorded.outflows if o.quantity is None}
        # Draws of unknown amounts, by hub and key.
        self.unsaid: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        for out in recorded.outflows:
            if out.quantity is None:
                self.unsaid[out.item].add((0, out.key))
        for hub in recorded.hubs:
            self.came |= {o.item for o in hub.outputs if o.quantity is None}
            for line in hub.inputs:
                if line.quantity is None:
                    self.vague.add(line.item)
                    self.unsaid[line.item].add((hub.no, 0))
        self.vague |= self.came
        self.numbers = sorted(flow.things)
        self.lot = {m.serial: m.lot for m in flow.memberships}
        self.lot |= {line.item: line.lot for line in flow.inflows if line.lot}
        self.drawn = {m.serial: m for m in flow.memberships if m.drawn}
        self.leaving = Counter(o.item for o in flow.outflows if o.item in self.lot)
        self.leaving.update(i.item for h in flow.hubs for i in h.inputs if i.item in self.lot)
        self.draws, self.supply = self._lines()
        self.starts = {no: self._starts(no) for no in self.numbers}

    # -- time

    def _lines(self) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
        """By item, what is drawn and what comes: (start, end, units, hub or 0, key)."""
        draws: defaultdict[int, list[Any]] = defaultdict(list)
        supply: defaultdict[int, list[Any]] = defaultdict(list)
        for hub in self.flow.hubs:
            for taken in hub.inputs:
                for item in {taken.item, self.lot.get(taken.item, taken.item)}:
                    draws[item].append((hub.start, hub.end, units_of(taken), hub.no, 0))
            for output in hub.outputs:
                supply[output.item].append((hub.start, hub.end, units_of(output), hub.no, 0))
        for line in self.flow.inflows:
            supply[line.item].append((line.start, line.end, units_of(line), 0, line.key))
        for out in self.flow.outflows:
            if units_of(out) < 0:
                supply[out.item].append((out.start, out.end, -units_of(out), 0, -out.key))
            else:
                draws[out.item].append((out.start, out.end, units_of(out), 0, out.key))
        return draws, supply

    def _starts(self, item: int) -> dict[tuple[int, int], int]:
        """From when each supply counts, by (hub, key): late paper, from a negative balance on."""
        found = {(hub, key): start for start, _, _, hub, key in self.supply[item]}
        if item in self.vague:
            return dict.fromkeys(found, EVER)
        steps: list[Any] = [
            (e, 2 if key < 0 else 0, n, (hub, key)) for _, e, n, hub, key in self.supply[item]
        ]
        steps += [(e, 1, -n, None) for _, e, n, _, _ in self.draws[item]]
        balance, since = 0, 0
        lacked = (None, False)
        for at, _, change, who in sorted(steps, key=lambda step: step[:2]):
            if at != lacked[0]:
                lacked = (at, balance < 0)
            if (balance < 0 or lacked[1]) and who is not None:
                found[who] = min(found[who], since)
            if balance >= 0 > balance + change:
                since = at
            balance += change
        return found

    def arrivals(self, item: int) -> Iterator[tuple[int, int, int, int]]:
        """What comes of an item: from when, until when, units, and the hub (0: none)."""
        for _, end, units, hub, key in self.supply[item]:
            yield self.starts[item][hub, key], end, units, hub or -1

    def lacking(self, item: int, *, own: bool, told: bool = False) -> int:
        """By how much draws exceed what may have come, at the worst instant.

        With `own` what a hub gives may be what it takes. A draw of unknown amount took one unit
        at least, or, with `told`, what it is said to have taken.
        """
        if item in self.came:
            return 0
        worst = 0
        for _, deadline, _, hub, _ in self.draws[item]:
            needed = sum(
                1 if line[3:] in self.unsaid[item] and not told else line[2]
                for line in self.draws[item]
                if line[1] <= deadline
            )
            there = [
                (n, maker)
                for start, _, n, maker, _ in self.supply[item]
                if start <= deadline + self.slack
            ]
            worst = max(worst, needed - sum(n for n, by in there if own or not hub or by != hub))
        return worst

    def _nodes(self) -> list[Node]:
        found = []
        for hub in self.flow.hubs:
            takes = frozenset(self.home(line.item) for line in hub.inputs)
            gives = frozenset(self.home(line.item) for line in hub.outputs)
            found.append(Node(hub.start, hub.end, hub, takes, gives))
        for out in self.flow.outflows:
            home = self.home(out.item)
            if home != out.item and self._with_lot(out):
                continue
            ways = (frozenset({home}), frozenset({-home}))
            takes, gives = ways if units_of(out) > 0 else ways[::-1]
            found.append(Node(out.start, out.end, out, takes, gives))
        for serial, member in self.drawn.items():
            if not self.leaving[serial]:
                takes = frozenset({member.lot})
                found.append(Node(member.first, member.first, member, takes, frozenset()))
        return found

    def _with_lot(self, out: Outflow) -> bool:
        """Whether a serial left in a line of its lot."""
        span = (self.lot[out.item], out.start, out.end)
        return any((o.item, o.start, o.end) == span for o in self.flow.outflows)

    def _feeds(self, one: Node, other: Node) -> bool:
        for item in one.gives & other.takes:
            hub = one.what.no if isinstance(one.what, Hub) else 0
            start = self.starts[item].get((hub, 0), one.start) if item > 0 else one.start
            if start <= other.end + self.slack:
                return True
        return False

    def orders(self) -> Iterator[list[Node]]:
        """Orders in which nodes can happen that may make a difference."""
        nodes = self._nodes()
        edges, free = set(), []
        for i, j in product(range(len(nodes)), repeat=2):
            one, other = nodes[i], nodes[j]
            if i >= j:
                continue
            ahead, back = self._feeds(one, other), self._feeds(other, one)
            named = isinstance(one.what, Membership) or isinstance(other.what, Membership)
            if named and one.takes & other.takes:
                ahead |= one.start <= other.end + self.slack
                back |= other.start <= one.end + self.slack
            if ahead and back:
                free.append((i, j))
            elif ahead or back:
                edges.add((i, j) if ahead else (j, i))
        count = 0
        for turned in product((False, True), repeat=len(free)):
            chosen = {(j, i) if turn else (i, j) for turn, (i, j) in zip(turned, free, strict=True)}
            order = _sorted(len(nodes), edges | chosen)
            if order is not None:
                count += 1
                yield [nodes[place] for place in order]
            if count >= ORDERS:
                return

    def home(self, item: int) -> int:
        return self.lot.get(item, item)

    def reserved(self, order: Sequence[Node]) -> list[set[int]]:
        """At each node, the serials that have still to leave by a line of their own."""
        left: set[int] = set()
        found = []
        for node in reversed(order):
            if isinstance(node.what, Hub):
                left |= {line.item for line in node.what.inputs if line.item in self.leaving}
            elif isinstance(node.what, Outflow):
                span = (node.start, node.end)
                left |= {
                    o.item
                    for o in self.flow.outflows
                    if o.item in self.lot and (o.start, o.end) == span
                }
            found.append(set(left))
        return found[::-1]

    # -- amounts

    def had(self, item: int) -> int:
        """How many units there ever were, by the records."""
        if self.flow.things[item].serial:
            return 1
        return min(self._new({item}), self._new(self._round(item)))

    def _new(self, items: set[int]) -> int:
        """Units received, or made beyond what their makers took of the same items."""
        lines = [line for item in items for line in self.supply[item]]
        came = 0
        for *_, units, hub_no, key in lines:
            came += units if key >= 0 and not hub_no else 0
        for hub in self.flow.hubs:
            given = sum(units_of(o) for o in hub.outputs if o.item in items and not o.back)
            taken = sum(units_of(i) for i in hub.inputs if self.home(i.item) in items)
            came += max(0, given - taken)
        return came

    def _round(self, item: int) -> set[int]:
        """Items that it becomes, and that become it: what goes round is not new."""
        after = {no: self._reached(no) for no in self.numbers}
        return {no for no in after[item] if item in after[no]} | {item}

    def comes_back(self, item: int) -> bool:
        """Whether what is made of it may be it again."""
        return item in self._reached(item)

    def _reached(self, item: int) -> set[int]:
        found: set[int] = set()
        waiting = [item]
        while waiting:
            now = waiting.pop()
            for hub in self.flow.hubs:
                if any(self.home(line.item) == now for line in hub.inputs):
                    waiting += [o.item for o in hub.outputs if o.item not in found]
                    found.update(o.item for o in hub.outputs)
        return found


def _sorted(count: int, edges: set[tuple[int, int]]) -> list[int] | None:
    """An order that keeps to the edges; None where they go round."""
    order: list[int] = []
    while len(order) < count:
        ready = [
            n for n in range(count)
            if n not in order and all(a in order for a, b in edges if b == n)
        ]  # fmt: skip
        if not ready:
            return None
        order.append(ready[0])
    return order
