"""Flow: what went into what, in units, as values that certainty is reasoned over.

    Receipt ──Inflow──> item ──Input──> Hub ──Output──> item ──Outflow──> shipped, used, scrapped

Amounts are integers, millionths of the item's base unit (each, g, L, m); None is unknown. Times
are integers on one clock (see `trace.reach.Clock`); a hub or receipt lasts from `start` to `end`.
A flow holds *all* lines on the items it is about; inputs of other items may be there, and have
no inflow: nothing in them is affected. Containers hold no units; their lines are unknown amounts.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from tracegraph.model.value import value

WHOLE = 1_000_000  # one unit of what is counted


@value(frozen=True, slots=True)
class Thing:
    """An item. `mixture`: one body of mass or volume; `counted`: its units are whole."""

    no: int
    mixture: bool = False
    counted: bool = True
    serial: bool = False
    container: bool = False


@value(frozen=True, slots=True)
class Inflow:
    """Units that came from outside: received, or adjusted upwards. `key` tells them apart."""

    key: int
    item: int
    quantity: int | None
    start: int
    end: int
    lot: int = 0  # of a serial: the lot that the same unit is of; it is in that lot's inflow too
    named: bool = False  # of a lot: only units that have serial numbers
    apart: bool = False  # of a lot: only lines of serials tell of it, none of its own


@value(frozen=True, slots=True)
class Outflow:
    """Units that left for good or for a while: shipped, used, scrapped, sent back.

    `quantity` is negative for units that came back. A serial's outflow is in its lot's too, which
    names the `serials` among its units; the others are `unnamed` (None: nobody says).
    `counts`: they were ours until then (what a customer uses had left before).
    """

    key: int
    item: int
    quantity: int | None
    start: int
    end: int
    counts: bool = True
    serials: tuple[int, ...] = ()
    unnamed: int | None = None


@value(frozen=True, slots=True)
class Input:
    """What a hub took of one item, all lines summed; serials of a lot are inputs of their own.

    `slot` is the index of its slot in the hub; -1 is homogeneous: spread over all outputs. `lot`:
    this serial is one of the units that lines of that lot take.
    `loose`: a container whose contents are inputs beside it; it may add, but proves nothing.
    """

    item: int
    quantity: int | None
    slot: int
    loose: bool = False
    product: str = ""
    lot: int = 0


@value(frozen=True, slots=True)
class Output:
    """What a hub gave of one item, all lines summed.

    `lot`: this serial is one of the units of that lot's own output, which counts it already.
    `back`: a disassembly gives back what was built into its input. `named`, `apart`: see Inflow.
    """

    item: int
    quantity: int | None
    product: str
    lot: int = 0
    back: bool = False
    named: bool = False
    apart: bool = False


@value(frozen=True, slots=True)
class Slot:
    """Discrete inputs that stand for each other: one line of a bill, or one product.

    `takes` says how many slot units one unit of an output product takes; a product that is
    not there is undeclared.
    """

    takes: dict[str, Fraction] = field(default_factory=dict)


@value(frozen=True, slots=True)
class Hub:
    """An event, or a run of events, that makes something of something."""

    no: int
    start: int
    end: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    slots: tuple[Slot, ...] = ()
    disassembly: bool = False


@value(frozen=True, slots=True)
class Membership:
    """A serial is of a lot from `since` until `until`; None is open. `first`: its first line.

    `drawn`: its first line is no inflow, so it was drawn from the lot there.
    """

    lot: int
    serial: int
    since: int | None
    until: int | None
    first: int
    drawn: bool


@value(frozen=True, slots=True)
class Affected:
    """A seed: units of an item that are affected, by decree.

    All units that ever bear its name (`quantity` None, `since` None); or so many of them from
    `since` on. With `hub` or `inflow` it is so many units of what that hub or that receipt gave
    (None: all it gave). What happened from `since` on had surely happened by `sure` (None: at
    once). `part`: to `quantity` units or more (None: to some), nobody knows how many.
    """

    item: int
    quantity: int | None = None
    since: int | None = None
    hub: int | None = None
    inflow: int | None = None
    sure: int | None = None
    part: bool = False


@value(frozen=True, slots=True)
class Flow:
    """A piece of history, with everything that certainty needs."""

    things: dict[int, Thing]
    inflows: tuple[Inflow, ...]
    hubs: tuple[Hub, ...]
    outflows: tuple[Outflow, ...] = ()
    memberships: tuple[Membership, ...] = ()
    tolerance: int = 0
