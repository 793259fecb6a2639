"""The answers about orders, as values: what programs and pages receive.

Times are RFC 3339 texts in UTC, days ISO 8601, quantities exact decimal texts; what falls between
two millionths of a unit is cut to the lower. Items are named by their keys and events by
`urn:tracegraph:event:{source}:{id}`.

    TracegraphError
    ├── UnknownOrder (LookupError)   no event names it
    └── IllegalStep                  a command that its state does not allow; nothing was stored
"""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.model.refusal import TracegraphError
from tracegraph.orders.state import Action, Kind, State, Step


@dataclass(frozen=True, slots=True)
class LineItem:
    """So much of an item (None: untraced, the product alone was named) on an order line.

    `quantity` is in the product and unit of the line; of what was not ordered, in base units.
    With `within` it is a serial that the quantity of that lot includes, so it is not added.
    """

    key: str | None
    product: str | None
    quantity: str
    unit: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line of an order, and what became of it, all in the line's own product and unit.

    `fulfilled` is the larger of `shipped` (None where the kind of order ships nothing) and
    `delivered` (received, made or come back). `completed_at` is when everything of it was
    delivered. `on_time` compares that day, as its sender writes it, with `promised`, else
    `due`; None where there is neither, or while it may still become true.
    """

    line: str
    product: str
    quantity: str
    unit: str
    due: str | None
    promised: str | None
    fulfilled: str
    shipped: str | None
    delivered: str
    returned: str
    completed_at: str | None
    on_time: bool | None
    items: tuple[LineItem, ...]


@dataclass(frozen=True, slots=True)
class OrderItem:
    """An item that was shipped, delivered or returned under an order, in base units.

    `units` are None where a record does not say how many. `within`: see LineItem.
    """

    key: str
    kind: str
    product: str | None
    number: str | None
    shipped: str | None
    delivered: str | None
    returned: str | None
    unit: str | None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """An event that names the order, and what it came to: its step (None: none), the state after.

    `action` is that of an order event. `legal` is False for a step that the state did not allow.
    """

    key: str
    type: str
    action: Action | None
    occurred_at: str
    documents: tuple[str, ...]
    step: Step | None
    state: State
    legal: bool


@dataclass(frozen=True, slots=True)
class OrderAnomaly:
    """Something that contradicts the order. `legal` are the steps that were legal there.

    `event` is an event key, `pointer` a JSON pointer into it.
    """

    code: str
    detail: str
    event: str | None
    pointer: str = ""
    legal: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order at a cut. `note` says why an answer is empty.

    `kind` is None of an order that only other events name. `closed`: nothing more is to come.
    `legal` are the actions that a command may take now.
    """

    number: str
    kind: Kind | None
    state: State
    closed: bool
    party: str | None
    placed_at: str | None
    completed_at: str | None
    lines: tuple[OrderLineView, ...]
    unordered: tuple[LineItem, ...]
    items: tuple[OrderItem, ...]
    events: tuple[OrderEvent, ...]
    documents: tuple[str, ...]
    anomalies: tuple[OrderAnomaly, ...]
    legal: tuple[Action, ...]
    as_of: str | None
    known_at: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order, briefly; `anomalies` is how many there are."""

    number: str
    kind: Kind | None
    state: State
    party: str | None
    placed_at: str | None
    completed_at: str | None
    lines: int
    anomalies: int


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, by when they were first recorded; `next` is the cursor of the following page.

    A page may be short, or empty, and yet have a `next`: so many orders were looked at.
    """

    orders: tuple[OrderSummary, ...]
    as_of: str | None
    known_at: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` orders; `rate` is a decimal text, None of no orders."""

    numerator: int
    denominator: int
    rate: str | None


@dataclass(frozen=True, slots=True)
class Durations:
    """How long it took, in seconds: of `numerator` orders measured, among `denominator`.

    Both are of those measured, by nearest rank; None of none.
    """

    numerator: int
    denominator: int
    median_seconds: str | None
    p90_seconds: str | None


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The same figures of the orders placed in one month of UTC, as "2026-03"."""

    month: str
    orders: int
    time_to_fulfil: Durations
    on_time: Rate
    cancelled: Rate
    nonconforming: Rate


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Key figures of the orders placed in a window, together and by the month of the placing.

    - `time_to_fulfil`: from the placing to the last delivery (receipt, output), of orders that
      are delivered in full, among those not cancelled.
    - `on_time`: orders of which every promised line was delivered in full by its day, among
      those of which it can be said: all of them were, or a day has passed.
    - `cancelled`: among all.
    - `nonconforming`: with an item that has a standing nonconformance or failed an inspection,
      among the orders with items.
    - `months`: from the first to the last in which one was placed, those without any left out.
    """

    since: str | None
    until: str | None
    kind: Kind | None
    orders: int
    time_to_fulfil: Durations
    on_time: Rate
    cancelled: Rate
    nonconforming: Rate
    months: tuple[MonthFigures, ...]
    as_of: str | None
    known_at: int


class UnknownOrder(TracegraphError, LookupError):
    """No event names this order."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"No event names the order {number!r}.")


class IllegalStep(TracegraphError):
    """A command that is not legal in the state of its order. Nothing was stored.

    `legal` are the actions that would be. With `breaks` the command itself would be legal at its
    time, but the event of that key, which occurred later, would no longer be.
    """

    def __init__(
        self,
        number: str,
        action: Action,
        state: State,
        legal: tuple[Action, ...],
        breaks: str | None = None,
    ) -> None:
        self.number = number
        self.action = action
        self.state = state
        self.legal = legal
        self.breaks = breaks
        would = ", ".join(legal) or "nothing"
        said = f"The order {number!r} is {state}, so it cannot be {action}; legal: {would}."
        if breaks is not None:
            said = (
                f"The order {number!r} was {state} then, but {action} would make {breaks}, "
                "which occurred later, illegal."
            )
        super().__init__(said)
