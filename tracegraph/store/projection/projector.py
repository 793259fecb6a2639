"""The projector: `project(fact, view) -> rows`, a pure function of an event and its context.

Context is what other events say of the names an event uses: which item a name is, what one of
a package level holds, what a container held at the event's instant, whether a lot has serials.
A `View` answers for it, as of the seq at which the projection is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from tracegraph.identify.naming import Name, product_name
from tracegraph.model.event import Make, Product, Receipt, Void
from tracegraph.model.instant import Instant
from tracegraph.model.item import Line
from tracegraph.model.key import Kind
from tracegraph.model.quantity import ONE
from tracegraph.model.unit import EACH, measure
from tracegraph.store.projection.contents import Content, Packing, held
from tracegraph.store.projection.facts import Fact, Named, Order, phase
from tracegraph.store.projection.identity import Identity, content_of
from tracegraph.store.projection.rows import (
    AnomalyRow,
    ComprisesRow,
    EventRow,
    Flow,
    ItemState,
    LineRow,
)

_FLOWS = {"input": Flow.IN, "output": Flow.OUT}
_DRAWS = frozenset({"shipment", "supplier_return", "scrap", "use", "move"})


class View(Protocol):
    """The context of a projection."""

    def item(self, key: str) -> int:
        """The item that a name (by its key as spoken) now is."""

    def kind(self, item: int) -> Kind:
        """What an item is."""

    def key(self, item: int) -> str:
        """What an item is called."""

    def identity(self, product: str) -> Identity:
        """The product that a product name names."""

    def has_serials(self, lot: int) -> bool:
        """Whether any serial is of this lot."""

    def holds(self, item: int) -> bool:
        """Whether anything was ever packed into an item."""

    def packings(self, container: int, before: Order) -> Sequence[Packing]:
        """The standing packing records of a container before `before`, in order of instants.

        What came before the last one that emptied it may be left out.
        """

    def hub(self, fact: Fact) -> int:
        """The genealogy node of an event: its seq, or -run."""

    def seq_of(self, source: str, id: str) -> int | None:
        """The seq of an event, None where it has not arrived."""

    def event(self, seq: int) -> EventRow:
        """An event that is in the journal."""


class Projected(NamedTuple):
    """The rows of one event."""

    lines: list[LineRow]
    anomalies: list[AnomalyRow]


def project(fact: Fact, view: View) -> Projected:
    """The rows of an event, its containers' contents and package levels expanded.

    Linear in the lines and in the contents of the containers they name.
    """
    out = Projected([], [])
    if fact.container is not None:
        item = view.item(fact.container.key)
        out.lines.append(_row(fact, view, "container", "container", item, Flow.NONE))
        _flag_name(fact, "container", fact.container, out)
    for named in fact.lines:
        if named.name is not None:
            _project_line(fact, named, named.name, view, out)
    _flag_event(fact, view, out)
    return out


def measured(line: Line, name: Name, kind: Kind, view: View) -> tuple[int | None, str | None]:
    """The quantity of a line in base units: a serial is one, a package level what it holds."""
    if kind is Kind.SERIAL:
        return ONE.micro, EACH
    if line.quantity is None or line.unit is None:
        return None, None
    factor = 1
    if kind is Kind.LOT and name.product is not None and measure(line.unit).dimension == "count":
        factor = content_of(name.product, view.identity(name.product))
    return line.quantity.micro * factor, line.unit


def line_contents(fact: Fact, view: View) -> tuple[Content, ...]:
    """The lines of a packing record, as contents of its container."""
    found = []
    for named in fact.lines:
        if named.name is not None:
            item = view.item(named.name.key)
            kind = view.kind(item)
            quantity, unit = measured(named.line, named.name, kind, view)
            lot = view.item(named.name.lot.key) if named.name.lot else 0
            found.append(Content(item, lot, quantity, unit, kind is not Kind.LOT))
    return tuple(found)


def comprises(serial: int, lines: Iterable[LineRow], view: View) -> list[ComprisesRow]:
    """The lots a serial is of, from the standing lines that name it with a lot.

    A lot holds from the line that names it until a line names another one; the first lot holds
    from the serial's first line, for the serial was drawn from it there. What an event (or a run)
    takes and gives again, it takes before it gives; else the order of an event's lines decides.
    """
    own = list(lines)
    joining = [line for line in own if line.lot]
    if len(joining) < 2:
        return [
            ComprisesRow(line.lot, serial, *view.event(line.seq).end, "", "") for line in joining
        ]
    again = _given_again(own, view)
    joins: list[tuple[Order, tuple[str, int], str, int, Instant]] = []
    for line in joining:
        order = _order(line, line.role, view)
        end, given = order.end, again.get(line.hub)
        if given is not None and line.flow == Flow.IN:
            order = min(order, given)
        elif given is not None and line.flow == Flow.OUT:
            order = _order(line, "input", view)
        joins.append((order, place(line.pos), view.key(line.lot), line.lot, end))
    rows: list[ComprisesRow] = []
    for order, _, _, lot, end in sorted(joins):
        if rows and rows[-1].lot == lot:
            continue
        since = str(order.end) if rows else ""
        if rows:
            rows[-1] = rows[-1]._replace(until=since)
        rows.append(ComprisesRow(lot, serial, *end, since, ""))
    return rows


def _given_again(lines: Iterable[LineRow], view: View) -> dict[int, Order]:
    """The hubs that take an item and give it, with where the first such output stands.

    It stands among inputs, where what is taken is before it: "inputs" sort before "outputs".
    """
    taken, given = set[int](), dict[int, Order]()
    for line in lines:
        if line.flow == Flow.IN:
            taken.add(line.hub)
    for line in lines:
        if line.flow == Flow.OUT and line.hub in taken:
            order = _order(line, "input", view)
            given[line.hub] = min(order, given.get(line.hub, order))
    return given


def _order(line: LineRow, role: str, view: View) -> Order:
    event = view.event(line.seq)
    return Order(event.end, phase(event.type, role), event.source, event.id)


@lru_cache(maxsize=16_384)
def place(pos: str) -> tuple[str, int]:
    """The place of a line in its event, in the order of its lines.

    >>> sorted(["outputs/10", "outputs/9"], key=place)
    ['outputs/9', 'outputs/10']
    """
    field, _, index = pos.partition("/")
    return field, int(index or 0)


def tally(state: ItemState, line: LineRow, fact: Fact, sign: int) -> bool:
    """Count a line that opens (+1) or closes (-1) in the state of its item or of its lot.

    Whether it counts for anything.
    """
    type_ = fact.event.type
    if line.role == "container":
        state.packings += sign if line.item == state.no else 0
    elif line.flow == Flow.OUT or type_ == "receipt":
        state.inflows += sign
        party = fact.event.party if isinstance(fact.event, Receipt) else None
        if party is not None:
            left = state.suppliers.get(party, 0) + sign
            state.suppliers[party] = left
            if not left:
                del state.suppliers[party]
    elif line.flow == Flow.IN or type_ in _DRAWS:
        state.draws += sign
    else:
        return False
    return True


def item_anomalies(state: ItemState, kind: Kind) -> list[AnomalyRow]:
    """What the records of one item contradict."""
    found = []
    if kind is not Kind.CONTAINER and state.draws and not state.inflows and not state.lots:
        found.append(("no_origin", "It was used or sent, but never received or made."))
    if kind is Kind.LOT and len(state.suppliers) > 1:
        names = ", ".join(sorted(state.suppliers))
        found.append(("two_suppliers", f"One lot was received from {names}."))
    if state.kinds.bit_count() > 1:
        kinds = " and a ".join(k.word for k in Kind if state.kinds >> k & 1)
        found.append(("kind_conflict", f"It was called a {kinds}."))
    return [AnomalyRow(0, state.no, code, "", detail) for code, detail in found]


def _project_line(fact: Fact, named: Named, name: Name, view: View, out: Projected) -> None:
    item = view.item(name.key)
    kind = view.kind(item)
    quantity, unit = measured(named.line, name, kind, view)
    flow = _flow(fact, named.role)
    lot = view.item(name.lot.key) if name.lot else 0
    out.lines.append(_row(fact, view, named.pos, named.role, item, flow, lot, 0, quantity, unit))
    contents = _expanded(fact, named, item, view, out)
    for via, content in contents:
        row = (content.item, flow, content.lot, via, content.quantity, content.unit)
        out.lines.append(_row(fact, view, named.pos, named.role, *row))
    _flag_name(fact, named.pos, name, out)
    if kind is Kind.CONTAINER and not contents and fact.event.type != "unpack":
        detail = "No packing record says what this container held."
        out.anomalies.append(
            AnomalyRow(fact.seq, 0, "contents_unproven", f"/{named.pos}/item", detail)
        )


def _row(
    fact: Fact,
    view: View,
    pos: str,
    role: str,
    item: int,
    flow: Flow,
    lot: int = 0,
    via: int = 0,
    quantity: int | None = None,
    unit: str | None = None,
) -> LineRow:
    pooled = flow is Flow.IN and not lot and view.has_serials(item)
    return LineRow(
        fact.seq, pos, role, int(flow), item, view.hub(fact), fact.end.micros,
        lot, via, int(pooled), quantity, unit,
    )  # fmt: skip


def _flow(fact: Fact, role: str) -> Flow:
    if not isinstance(fact.event, Make):
        return Flow.NONE
    return _FLOWS.get(role, Flow.NONE)


def _expanded(
    fact: Fact, named: Named, item: int, view: View, out: Projected
) -> list[tuple[int, Content]]:
    """What the item of a line held at the event's instant, nested: (container, content) pairs."""
    if not view.holds(item):
        return []
    found: dict[tuple[int, int], Content] = {}
    order = fact.order(named.role)
    waiting = [(item, frozenset((item,)))]
    while waiting:
        container, around = waiting.pop()
        for content in held(view.packings(container, order)).values():
            if content.item in around:
                detail = "Packing records put this container inside itself."
                row = AnomalyRow(fact.seq, 0, "container_cycle", f"/{named.pos}/item", detail)
                if row not in out.anomalies:
                    out.anomalies.append(row)
            elif (container, content.item) not in found:
                found[(container, content.item)] = content
                if view.holds(content.item):
                    waiting.append((content.item, around | {content.item}))
    return [(via, content) for (via, _), content in sorted(found.items())]


def _flag_name(fact: Fact, pos: str, name: Name, out: Projected) -> None:
    for flaw in name.flaws:
        pointer = f"/{pos}" if pos == "container" else f"/{pos}/item"
        out.anomalies.append(AnomalyRow(fact.seq, 0, "identifier", pointer, flaw.detail))


def _flag_event(fact: Fact, view: View, out: Projected) -> None:
    event = fact.event

    def flag(code: str, pointer: str, detail: str) -> None:
        out.anomalies.append(AnomalyRow(fact.seq, 0, code, pointer, detail))

    if isinstance(event, Void):
        target = view.seq_of(*event.target)
        if target is None:
            flag("void_unknown", "/voids", "The event that this voids has not arrived.")
        elif view.event(target).type == "void":
            flag("void_of_void", "/voids", "A void cannot be voided; this has no effect.")
    if event.replaces is not None:
        replaced = view.seq_of(event.replaces_source or event.source, event.replaces)
        if replaced is None:
            flag("replaces_unknown", "/replaces", "The event that this replaces has not arrived.")
    if isinstance(event, Product):
        numbers = view.identity(product_name(event.number)).numbers
        if len(numbers) > 1:
            named = ", ".join(numbers)
            flag(
                "product_ambiguous",
                "/packages",
                f"One name is claimed for {named}; they are joined.",
            )
