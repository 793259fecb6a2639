"""The fold: from the events of an order, as they occurred, to its state and quantities.

An event is one step at most. A step that the state does not allow leaves the state and becomes an
anomaly; what it moved counts all the same, and is caught up with as soon as the paperwork allows.
The lines and the party are those of the last order event that gives any, legal or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from tracegraph.model.event import Event, Make, Order, OrderLine
from tracegraph.model.instant import Instant
from tracegraph.orders.answer import OrderAnomaly, OrderEvent
from tracegraph.orders.fulfilment import Draw, Filling, Group, Plan, ordered
from tracegraph.orders.reading import OrderFacts, Told
from tracegraph.orders.state import Action, Kind, State, Step, after, legal_actions, legal_steps
from tracegraph.store.projection.identity import Identity
from tracegraph.trace.answer import event_key

Channel = Literal["shipped", "delivered", "returned", "work"]
CHANNELS: tuple[Channel, ...] = ("shipped", "delivered", "returned")

SHIPPING: frozenset[Kind | None] = frozenset({"sales", "transfer", "service", None})

_SENT: dict[str, Channel] = {"shipment": "shipped", "delivery": "delivered", "return": "returned"}
_OF_KIND: dict[Kind | None, dict[str, Channel]] = {
    "sales": _SENT,
    "transfer": _SENT,
    "service": _SENT,
    "purchase": {"receipt": "delivered", "supplier_return": "returned"},
    "return": {"return": "delivered", "supplier_return": "delivered"},
    "production": {},
    None: _SENT | {"receipt": "delivered", "supplier_return": "returned"},
}
_WORK = {"move", "pack", "unpack"}


def channel(kind: Kind | None, event: Event) -> Channel | None:
    """What an event of another type than order does for an order of this kind; None for nothing."""
    if isinstance(event, Make):
        if kind in {"purchase", "return"}:
            return None
        return "delivered" if kind == "production" and event.outputs else "work"
    if kind in SHIPPING and event.type in _WORK:
        return "work"
    return _OF_KIND[kind].get(event.type)


@dataclass(slots=True)
class Folded:
    """An order after its events. `completed` is when each line was delivered, by index."""

    number: str
    kind: Kind | None
    state: State = "unplaced"
    closed: bool = False
    party: str | None = None
    placed: Instant | None = None
    lines: tuple[OrderLine, ...] = ()
    events: list[OrderEvent] = field(default_factory=list)
    anomalies: list[OrderAnomaly] = field(default_factory=list)
    draws: dict[Channel, list[Draw]] = field(default_factory=lambda: {c: [] for c in CHANNELS})
    plan: Plan = field(default_factory=lambda: Plan(()))
    shipped: Filling = field(default_factory=lambda: Filling(Plan(())))
    delivered: Filling = field(default_factory=lambda: Filling(Plan(())))
    returned: Filling = field(default_factory=lambda: Filling(Plan(())))
    completed: dict[int, Told] = field(default_factory=dict)

    @property
    def completed_at(self) -> Instant | None:
        """When the last line was delivered in full; None while any is not."""
        if not self.delivered.whole:
            return None
        return max((one.event.occurred_at for one in self.completed.values()), default=None)


def fold(facts: OrderFacts, identify: Callable[[str], Identity]) -> Folded:
    """Fold an order. O(events x lines of a product), plus all of it again where lines change."""
    return _Folding(facts, identify).run()


class _Folding:
    def __init__(self, facts: OrderFacts, identify: Callable[[str], Identity]) -> None:
        self.facts = facts
        self.identify = identify
        self.told: dict[int, Told] = {one.seq: one for one in facts.told}
        paper = [(one, one.event) for one in facts.told if isinstance(one.event, Order)]
        own = [(one, event) for one, event in paper if event.number == facts.number]
        self.out = Folded(facts.number, own[-1][1].kind if own else None)
        placed = [event for _, event in own if event.action == "created"] or [e for _, e in own]
        self.out.placed = placed[0].occurred_at if placed else None
        for one, event in own:
            if event.kind != self.out.kind:
                detail = f"A {event.kind} order here, a {self.out.kind} order in the last event."
                self._flag("kind_changed", detail, one, "/kind")
        self.replaced: defaultdict[Group, Fraction] = defaultdict(Fraction)
        self.worked = False

    def run(self) -> Folded:
        for one in self.facts.told:
            event = one.event
            if isinstance(event, Order) and event.number == self.out.number:
                self._paper(one, event)
            else:
                self._goods(one)
        return self.out

    # -- paperwork

    def _paper(self, one: Told, event: Order) -> None:
        out = self.out
        out.party = event.party or out.party
        if event.lines and event.lines != out.lines:
            self._replan(event.lines)
        legal = after(out.kind, out.state, event.action) is not None
        if event.action == "closed" and legal:
            out.closed = True
        self._step(one, event.action, event.action)
        self._catch_up()

    def _replan(self, lines: tuple[OrderLine, ...]) -> None:
        """Fill new lines with all that was drawn so far."""
        out = self.out
        out.lines, out.plan = lines, Plan(ordered(lines, self.identify))
        out.shipped, out.delivered = Filling(out.plan), Filling(out.plan)
        out.returned, out.completed = Filling(out.plan), {}
        for draw in out.draws["shipped"]:
            out.shipped.add(draw)
        for draw in out.draws["delivered"]:
            self._deliver(draw)
        for draw in out.draws["returned"]:
            out.returned.add(draw)

    def _catch_up(self) -> None:
        """Take the step that goods took while the paperwork did not allow it."""
        out = self.out
        step: Step | None = "work" if self.worked else None
        if out.shipped.begun or out.delivered.begun:
            step = "part shipped" if out.kind in SHIPPING else "part delivered"
        if out.shipped.whole and out.kind in SHIPPING:
            step = "all shipped"
        if self._arrived():
            step = "all delivered"
        found = None if step is None else after(out.kind, out.state, step)
        out.state = found or out.state

    # -- goods

    def _goods(self, one: Told) -> None:
        draws = self.facts.draws.get(one.seq, ())
        step: Step | None = None
        match channel(self.out.kind, one.event):
            case "work":
                step, self.worked = "work", True
            case "shipped":
                step = self._ship(draws)
            case "delivered":
                step = self._arrive(draws)
            case "returned":
                step = "returned"
                self.out.draws["returned"] += draws
                for draw in draws:
                    self.out.returned.add(draw)
            case None:
                pass
        self._step(one, step, None)

    def _ship(self, draws: tuple[Draw, ...]) -> Step:
        out = self.out
        again = (out.shipped.whole or out.delivered.whole) and self._replaces(draws)
        out.draws["shipped"] += draws
        for draw in draws:
            out.shipped.add(draw)
        if again:
            return "replacement"
        return "all shipped" if out.shipped.whole or out.delivered.whole else "part shipped"

    def _arrive(self, draws: tuple[Draw, ...]) -> Step:
        out = self.out
        again = out.kind not in SHIPPING and out.delivered.whole and self._replaces(draws)
        out.draws["delivered"] += draws
        for draw in draws:
            self._deliver(draw)
        if again:
            return "replacement"
        return "all delivered" if self._arrived() else "part delivered"

    def _deliver(self, draw: Draw) -> None:
        one = self.told[draw.event]
        for index in self.out.delivered.add(draw):
            self.out.completed[index] = one

    def _replaces(self, draws: tuple[Draw, ...]) -> bool:
        """Whether these stand in for goods that came back; they then count as replaced."""
        groups = {draw.group for draw in draws if draw.counts}
        back = self.out.returned.totals
        if not any(back[group] > self.replaced[group] for group in groups if group in back):
            return False
        for draw in draws:
            if draw.counts and draw.amount is not None:
                self.replaced[draw.group] += draw.amount
        return True

    def _arrived(self) -> bool:
        """Whether everything came: all that was ordered, or once closed all that was shipped."""
        out = self.out
        if out.delivered.whole:
            return True
        sent = out.shipped.totals
        if not out.closed or not sent:
            return False
        return all(out.delivered.totals.get(group, 0) >= sent[group] for group in sent)

    # -- both

    def _step(self, one: Told, step: Step | None, action: Action | None) -> None:
        out, event = self.out, one.event
        before = out.state
        found = before if step is None else after(out.kind, before, step)
        if found is None:
            steps = legal_steps(out.kind, before)
            actions = ", ".join(legal_actions(out.kind, before)) or "nothing"
            said = f"{_SAID.get(step or '', step)} while the order was {before}"
            detail = f"It was {said}; the legal actions were: {actions}."
            self._flag("illegal_step", detail, one, "/action" if action else "/order", steps)
        out.state = found or before
        out.events.append(
            OrderEvent(
                key=event_key(event.source, event.id),
                type=event.type,
                action=action,
                occurred_at=str(event.occurred_at),
                documents=event.documents,
                step=step,
                state=out.state,
                legal=found is not None,
            )
        )

    def _flag(
        self, code: str, detail: str, one: Told, pointer: str, legal: tuple[Step, ...] = ()
    ) -> None:
        key = event_key(one.event.source, one.event.id)
        self.out.anomalies.append(OrderAnomaly(code, detail, key, pointer, legal))


_SAID = {
    "work": "worked on",
    "part shipped": "shipped in part",
    "all shipped": "shipped",
    "part delivered": "fulfilled in part",
    "all delivered": "fulfilled",
    "replacement": "shipped again",
}
