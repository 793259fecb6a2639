"""The states of an order, and the steps between them: one table for each way of fulfilling.

    unplaced ─created─> draft ─confirmed─> confirmed ─released─> released ─work─> in progress
                          └────────────────released────────────────┘ │                │
    sales, transfer, service:   part shipped ─> partly shipped ─> shipped ─> delivered ─> settled
    purchase, production, return:                 in progress ─────────────> delivered ─> settled
    cancelled: from draft, confirmed and released; before anything was shipped, received or made

Paperwork steps are the actions of order events. Goods steps are read from other events that name
the order, with the quantities so far: "part" is not yet everything ordered. What is not in the
table is illegal: a fact keeps its quantities and the state stays; a command is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast, get_args

State = Literal[
    "unplaced", "draft", "confirmed", "released", "in progress", "partly shipped", "shipped",
    "delivered", "settled", "cancelled",
]  # fmt: skip
Kind = Literal["sales", "purchase", "production", "transfer", "return", "service"]
Action = Literal["created", "changed", "confirmed", "released", "cancelled", "closed", "settled"]
Goods = Literal[
    "work", "part shipped", "all shipped", "part delivered", "all delivered", "replacement",
    "returned",
]  # fmt: skip
Step = Action | Goods
Table = Mapping[State, Mapping[Step, State]]

STATES: tuple[State, ...] = get_args(State)
KINDS: tuple[Kind, ...] = get_args(Kind)
ACTIONS: tuple[Action, ...] = get_args(Action)
STEPS: tuple[Step, ...] = (*ACTIONS, *cast("tuple[Goods, ...]", get_args(Goods)))

# Sales and transfers: goods leave, then arrive. `delivered` without a shipment implies it.
SHIPPED: Table = {
    "unplaced": {"created": "draft"},
    "draft": {
        "changed": "draft", "confirmed": "confirmed", "released": "released",
        "cancelled": "cancelled",
    },
    "confirmed": {"changed": "confirmed", "released": "released", "cancelled": "cancelled"},
    "released": {
        "changed": "released", "cancelled": "cancelled", "work": "in progress",
        "part shipped": "partly shipped", "all shipped": "shipped",
        "part delivered": "partly shipped", "all delivered": "delivered",
    },
    "in progress": {
        "changed": "in progress", "cancelled": "cancelled", "work": "in progress",
        "part shipped": "partly shipped", "all shipped": "shipped",
        "part delivered": "partly shipped", "all delivered": "delivered",
    },
    "partly shipped": {
        "changed": "partly shipped", "closed": "shipped", "work": "partly shipped",
        "part shipped": "partly shipped", "all shipped": "shipped",
        "part delivered": "partly shipped", "all delivered": "delivered",
        "returned": "partly shipped",
    },
    "shipped": {
        "closed": "shipped", "settled": "settled", "work": "shipped",
        "part delivered": "shipped", "all delivered": "delivered",
        "replacement": "shipped", "returned": "shipped",
    },
    "delivered": {
        "closed": "delivered", "settled": "settled", "work": "delivered",
        "part delivered": "delivered", "all delivered": "delivered",
        "replacement": "delivered", "returned": "delivered",
    },
    "settled": {
        "work": "settled", "part delivered": "settled", "all delivered": "settled",
        "replacement": "settled", "returned": "settled",
    },
    "cancelled": {"returned": "cancelled"},
}  # fmt: skip

# As above; work that ships nothing is ended by `closed`.
SERVED: Table = {
    **SHIPPED,
    "released": {**SHIPPED["released"], "closed": "delivered"},
    "in progress": {**SHIPPED["in progress"], "closed": "delivered"},
}

# Goods come (purchase: receipts; return: what comes back): "delivered" is that they came.
RECEIVED: Table = {
    "unplaced": {"created": "draft"},
    "draft": {
        "changed": "draft", "confirmed": "confirmed", "released": "released",
        "cancelled": "cancelled",
    },
    "confirmed": {
        "changed": "confirmed", "released": "released", "cancelled": "cancelled",
        "part delivered": "in progress", "all delivered": "delivered",
    },
    "released": {
        "changed": "released", "cancelled": "cancelled",
        "part delivered": "in progress", "all delivered": "delivered",
    },
    "in progress": {
        "changed": "in progress", "closed": "delivered",
        "part delivered": "in progress", "all delivered": "delivered",
        "returned": "in progress",
    },
    "delivered": {
        "closed": "delivered", "settled": "settled",
        "replacement": "delivered", "returned": "delivered",
    },
    "settled": {"replacement": "settled", "returned": "settled"},
    "cancelled": {"returned": "cancelled"},
}  # fmt: skip

# Goods are made; materials may be issued before, and booked (backflushed) after.
MADE: Table = {
    "unplaced": {"created": "draft"},
    "draft": {
        "changed": "draft", "confirmed": "confirmed", "released": "released",
        "cancelled": "cancelled",
    },
    "confirmed": {"changed": "confirmed", "released": "released", "cancelled": "cancelled"},
    "released": {
        "changed": "released", "cancelled": "cancelled", "work": "in progress",
        "part delivered": "in progress", "all delivered": "delivered",
    },
    "in progress": {
        "changed": "in progress", "closed": "delivered", "work": "in progress",
        "part delivered": "in progress", "all delivered": "delivered",
    },
    "delivered": {"closed": "delivered", "settled": "settled", "work": "delivered"},
    "settled": {"work": "settled"},
    "cancelled": {},
}  # fmt: skip

TABLES: Mapping[Kind, Table] = {
    "sales": SHIPPED,
    "transfer": SHIPPED,
    "service": SERVED,
    "purchase": RECEIVED,
    "return": RECEIVED,
    "production": MADE,
}


def after(kind: Kind | None, state: State, step: Step) -> State | None:
    """The state after a step; None where it is illegal. An order without kind is unplaced.

    >>> after("sales", "released", "all shipped"), after("sales", "shipped", "cancelled")
    ('shipped', None)
    """
    return TABLES[kind or "sales"].get(state, {}).get(step)


def legal_actions(kind: Kind | None, state: State) -> tuple[Action, ...]:
    """The actions of order events that are legal in a state, in the order of ACTIONS.

    >>> legal_actions("sales", "delivered")
    ('closed', 'settled')
    """
    return tuple(action for action in ACTIONS if after(kind, state, action) is not None)


def legal_steps(kind: Kind | None, state: State) -> tuple[Step, ...]:
    """All steps that are legal in a state, those of goods too, in the order of STEPS."""
    return tuple(step for step in STEPS if after(kind, state, step) is not None)
