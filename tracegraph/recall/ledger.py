"""The ledger: what every event posts between accounts, and the positions that come of it.

Postings follow from the standing lines of events alone, so they are projected where the lines
are, in the append's own transaction, and need no rows of their own (docs/adr/0010). Amounts are
exact; each posting takes from one account what it gives to another, so that the postings of an
item sum to zero (domain, "Ledger").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tracegraph.model.key import Kind
from tracegraph.model.quantity import MICRO
from tracegraph.model.unit import EACH
from tracegraph.recall.amount import Grouped, Scale, Scales, grouped
from tracegraph.recall.material import Happening, Line, Material
from tracegraph.store.projection.facts import Order
from tracegraph.store.projection.projector import place as place_of

AVAILABLE, QUARANTINE, HELD = "available", "quarantine", "on hold"
TRANSIT, DELIVERED, RETURNED = "in transit", "delivered", "returned"
CONSUMED, DESTROYED, USED, ADJUSTED = "consumed", "destroyed", "used", "adjusted"
MADE, RECEIVED = "made", "received"

_STATES = {"hold": HELD}

# Events of other types post what was made and what was consumed, and nothing else.
_MOVING = frozenset({
    "receipt", "supplier_return", "move", "shipment", "delivery", "return", "scrap", "use",
    "adjustment", "hold", "release",
})  # fmt: skip
# Their lines of one role may post between different accounts.
_LINE_BY_LINE = frozenset({"adjustment", "hold", "release"})

# The role of a line by the field that it stands in
_ROLES = {"inputs": "input", "outputs": "output", "items": "item"}


class Account(NamedTuple):
    """Where units are: held by a place or party (kind), or by none, in a state."""

    kind: str  # place, party or none
    holder: str | None
    state: str

    @property
    def own(self) -> bool:
        """Whether what is there is ours: at a place, or under way to one."""
        return self.kind == "place"

    def at(self, place: str) -> bool:
        """Whether what is there is at a place, not on its way to it."""
        return self.kind == "place" and self.holder == place and self.state != TRANSIT

    @property
    def origin(self) -> bool:
        """Whether units come from there, and never are there."""
        return self.state in {MADE, RECEIVED} and self.kind == "none"


_MADE = Account("none", None, MADE)
_RECEIVED = Account("none", None, RECEIVED)
_CONSUMED = Account("none", None, CONSUMED)
_ADJUSTED = Account("none", None, ADJUSTED)


class Posting(NamedTuple):
    """An amount that went from one account to another; in base units of the item.

    Postings of an item sort by `order`, then by the `place` of their line in the event.
    `serials` are those of the lot's units that were named.
    """

    item: int
    order: Order
    place: tuple[str, int]
    seq: int
    source: Account
    target: Account
    quantity: int
    serials: tuple[int, ...] = ()


class Unsaid(NamedTuple):
    """A line whose amount nobody can say in the item's unit; `rule` is the gap that this is.

    `posting` has quantity 0 and the accounts it would go between. `aside`: it posts in a unit of
    its own.
    """

    rule: str
    posting: Posting
    aside: bool = False


@dataclass(slots=True)
class Journal:
    """All postings of some material, by item in order, and the lines that could post nothing.

    `asides` are postings in units that no factor converts into the item's own, by that scale.
    """

    postings: dict[int, list[Posting]] = field(default_factory=dict)
    asides: dict[int, dict[Scale, list[Posting]]] = field(default_factory=dict)
    unsaid: dict[int, list[Unsaid]] = field(default_factory=dict)
    flags: dict[int, list[tuple[Order, bool, int]]] = field(default_factory=dict)


def journal(material: Material, scales: Scales) -> Journal:
    """The postings of every line that is there. O(n log n)."""
    found: defaultdict[int, list[Posting]] = defaultdict(list)
    out = Journal()
    for seq, lines in material.lines.items():
        happening = material.events[seq]
        orders = {role: happening.order(role) for role in _ROLES.values()}
        for accounts, alike in _by_accounts(material, happening, lines, out):
            for group in grouped(material, scales, alike):
                if material.kind(group.item) is Kind.CONTAINER:
                    continue
                posting = _posting(group, seq, orders, accounts)
                if group.unnamed is None:
                    posting = posting._replace(source=accounts[0], target=accounts[1])
                    own = [line for line in alike if line.item == group.item]
                    found[group.item] += _say_what_can_be(out, posting, own, scales)
                elif group.quantity:
                    found[group.item].append(posting)
    for postings in (*found.values(), *(p for s in out.asides.values() for p in s.values())):
        postings.sort()
    _draw_from_lots(material, found, out)
    out.postings = dict(found)
    return out


def may_post(type_: str, role: str) -> bool:
    """Whether lines of a role post anything in events of a type."""
    return role in {"input", "output"} or type_ in _MOVING


def alike(happening: Happening) -> bool:
    """Whether all lines of one role in an event post between the same accounts."""
    return happening.type not in _LINE_BY_LINE and not any(
        "state" in line for field_ in _ROLES for line in happening.sent.get(field_, ())
    )


def accounts_of(happening: Happening, role: str) -> tuple[Account, Account] | None:
    """From where to where the lines of a role post, where they are `alike`; None: nowhere."""
    return _accounts(happening, role, {})


def lines_by_accounts(
    material: Material, seq: int, item: int
) -> dict[tuple[Account, Account], list[Line]]:
    """The lines of an item in an event, by the accounts that they post between."""
    lines = [line for line in material.lines.get(seq, ()) if line.item == item]
    return dict(_by_accounts(material, material.events[seq], lines, Journal()))


def _posting(
    group: Grouped, seq: int, orders: dict[str, Order], accounts: tuple[Account, Account]
) -> Posting:
    place, quantity = place_of(group.pos), group.quantity or 0
    order = orders[_ROLES.get(place[0], "item")]
    source, target = accounts if quantity >= 0 else accounts[::-1]
    return Posting(group.item, order, place, seq, source, target, abs(quantity), group.serials)


def _say_what_can_be(
    out: Journal, posting: Posting, lines: list[Line], scales: Scales
) -> Iterator[Posting]:
    """Lines of an item of which one cannot be said in its unit: what the others post.

    The serials of a lot are so many of it, in an account of their own if need be.
    """
    item, main = posting.item, scales[posting.item]
    sums: defaultdict[Scale, int] = defaultdict(int)
    rule, aside = "unit_inconvertible", True
    for line in lines:
        scale = main
        if main.base(line.quantity, line.unit) is None:
            scale = scales.aside(item, line.unit) or main
        amount = scale.base(line.quantity, line.unit)
        sums[scale] += amount or 0
        aside = aside and amount is not None
        if line.quantity is None:
            rule = "quantity_unknown"
    if posting.serials:
        named = len(posting.serials) * MICRO
        scale = main if main.base(named, EACH) is not None else scales.aside(item, EACH) or main
        least = scale.base(named, EACH)
        sums[scale] = max(sums[scale], least or 0)
        aside = aside and least is not None
    out.unsaid.setdefault(item, []).append(Unsaid(rule, posting._replace(quantity=0), aside))
    for scale, quantity in sums.items():
        accounts = posting.source, posting.target
        source, target = accounts if quantity >= 0 else accounts[::-1]
        part = posting._replace(source=source, target=target, quantity=abs(quantity))
        if quantity and scale is main:
            yield part
        elif quantity:
            out.asides.setdefault(item, {}).setdefault(scale, []).append(part)


def _draw_from_lots(material: Material, found: dict[int, list[Posting]], out: Journal) -> None:
    """A serial is a draw of 1 from its lot at its first line (domain, "Lots and their serials").

    Its unit came with the lot's, and was where it is first taken from.
    """
    for serial in material.lots:
        own = found.get(serial)
        lot = lot_drawn(material, own) if own else 0
        if own and lot:
            stocks_ = found.get(lot, ()), *out.asides.get(lot, {}).values()
            received = any(p.source == _RECEIVED for postings in stocks_ for p in postings)
            came = own[0]._replace(
                source=_RECEIVED if received else _MADE,
                target=_first_taken(material, own).source,
                serials=(),
            )
            own.insert(0, came)


def drawn(postings: Sequence[Posting]) -> bool:
    """Whether the first posting of an item is its draw from its lot, not one of a line.

    It stands where the line does that shows it, and no two lines of an item stand in one place.
    """
    return len(postings) > 1 and _stands(postings[0]) == _stands(postings[1])


def _stands(posting: Posting) -> tuple[tuple[str, int], int]:
    return posting.place, posting.seq


def lot_drawn(material: Material, own: Sequence[Posting]) -> int:
    """The lot of which a serial is a draw, by the postings of its lines; 0 where it is of none."""
    first = _first_taken(material, own)
    if first.source.origin or first.source == _ADJUSTED:
        return 0
    return material.lot_of(own[0].item, first.seq, taken=first.target == _CONSUMED)


def _first_taken(material: Material, own: Sequence[Posting]) -> Posting:
    """The posting that shows where a serial was first: what takes it before it gives it again."""
    if own[0].source != _MADE:
        return own[0]
    hubs = {p.seq: material.events[p.seq].hub for p in own}
    taken = {hubs[p.seq] for p in own if p.target == _CONSUMED}
    found = []
    for posting in own:
        order = posting.order
        if posting.target == _CONSUMED:
            given = material.given_by(posting.item, hubs[posting.seq])
            order = min((order, *(order._replace(end=end) for end in given)))
        elif posting.source == _MADE and hubs[posting.seq] in taken:
            continue
        found.append((order, posting))
    return min(found)[1]


def _by_accounts(
    material: Material, happening: Happening, lines: list[Line], out: Journal
) -> Iterator[tuple[tuple[Account, Account], list[Line]]]:
    """Lines of an event that go between the same accounts."""
    alike: dict[tuple[Account, Account], list[Line]] = {}
    ways: dict[tuple[str, str | None, bool], list[Line] | None] = {}
    for line in lines:
        if line.role == "container":
            continue
        sent = happening.line(line.pos)
        if happening.type in {"hold", "release"} and _flags(material, line, sent):
            flag = (happening.order("item"), happening.type == "hold", happening.seq)
            out.flags.setdefault(line.item, []).append(flag)
            continue
        # What is taken off goes the other way, so that a lot's line includes its serials'.
        off = happening.type == "adjustment" and sent.get("quantity", "").startswith("-")
        if off and line.quantity is not None:
            line = line._replace(quantity=abs(line.quantity))  # noqa: PLW2901 - without its sign
        way = line.role, sent.get("state"), off
        if way not in ways:
            accounts = _accounts(happening, line.role, sent)
            if accounts is not None and off:
                accounts = accounts[1], accounts[0]
            ways[way] = None if accounts is None else alike.setdefault(accounts, [])
        bucket = ways[way]
        if bucket is not None:
            bucket.append(line)
    yield from alike.items()


def _flags(material: Material, line: Line, sent: dict[str, Any]) -> bool:
    """Whether a hold or release is of the item as such: nobody says of how much of it.

    A container stands for so many units of a lot as it held; a serial in it is held whole.
    """
    if not line.via:
        return sent.get("quantity") is None
    return line.quantity is None or material.kind(line.item) is Kind.SERIAL


def _accounts(  # noqa: PLR0911 - one return for each row of the domain's table
    happening: Happening, role: str, sent: dict[str, Any]
) -> tuple[Account, Account] | None:
    """From where to where a line posts; None: nowhere."""
    event = happening.sent
    state = _STATES.get(sent.get("state", ""), sent.get("state") or AVAILABLE)
    here = Account("place", event.get("place"), state)
    party, to = event.get("party"), event.get("to")
    match happening.type:
        case "process" if not event.get("outputs") and not event.get("run"):
            return None  # an issue of a run may be told apart from what it gave
        case "receipt":
            return _RECEIVED, here
        case "supplier_return":
            return here, Account("party", party, RETURNED)
        case "move":
            return here, Account("place", to, state)
        case "shipment":
            return here, _under_way(party, to)
        case "delivery":
            if to is not None or party is None:
                arrived = Account("place", to or event.get("place"), state)
                return _under_way(None, to or event.get("place")), arrived
            return _under_way(party, None), Account("party", party, DELIVERED)
        case "return":
            back = sent.get("state")
            target = Account("place", to or event.get("place"), QUARANTINE if not back else state)
            return Account("party", party, DELIVERED), target
        case "scrap" | "use":
            gone = Account("none", None, USED if happening.type == "use" else DESTROYED)
            return (here if party is None else Account("party", party, DELIVERED)), gone
        case "adjustment":
            return _ADJUSTED, here
        case "hold":
            return here, here._replace(state=HELD)
        case "release":
            free = AVAILABLE if not sent.get("state") or state == HELD else state
            return here._replace(state=HELD), here._replace(state=free)
    if role == "output":
        return _MADE, here
    if role == "input":
        return here, _CONSUMED
    return None


def _under_way(party: str | None, to: str | None) -> Account:
    if to is not None:
        return Account("place", to, TRANSIT)
    return Account("party", party, TRANSIT)


class Held(NamedTuple):
    """What is in an account at the end, and the last posting that put something into it."""

    quantity: int
    last: Posting | None


class Overdraft(NamedTuple):
    """An account that fell below zero: since which posting, and how far."""

    item: int
    account: Account
    posting: Posting
    depth: int


@dataclass(slots=True)
class Standing:
    """Where the units of one item are after all its postings.

    `late` are inflows that met a negative balance of the item's total over own accounts.
    """

    item: int
    accounts: dict[Account, Held] = field(default_factory=dict)
    overdrafts: list[Overdraft] = field(default_factory=list)
    late: list[Posting] = field(default_factory=list)

    def amount(self, account: Account) -> int:
        """What is in an account."""
        held = self.accounts.get(account)
        return held.quantity if held else 0


def standing(item: int, postings: Iterable[Posting]) -> Standing:
    """Fold postings, given in order, into positions. Linear."""
    found = Standing(item)
    balances: defaultdict[Account, int] = defaultdict(int)
    last: dict[Account, Posting] = {}
    lowest: dict[Account, Overdraft] = {}
    total = 0
    for posting in postings:
        source, target = posting.source, posting.target
        if total < 0 and target.own and not source.own:
            found.late.append(posting)
        total += posting.quantity * (target.own - source.own)
        balances[source] -= posting.quantity
        balances[target] += posting.quantity
        last[target] = posting
        depth = -balances[source]
        if not source.origin and source != _ADJUSTED and depth > 0:
            known = lowest.get(source)
            if known is None or depth > known.depth:
                first = known.posting if known else posting
                lowest[source] = Overdraft(item, source, first, depth)
    found.overdrafts = list(lowest.values())
    found.accounts = {
        account: Held(amount, last.get(account)) for account, amount in balances.items() if amount
    }
    return found


class Stock(NamedTuple):
    """The units of an item that are measured alike: what was posted, and where that leaves them."""

    scale: Scale
    postings: Sequence[Posting]
    standing: Standing


def stocks(item: int, journal: Journal, scales: Scales) -> list[Stock]:
    """The stock of an item in its own unit; after it, those that no factor converts into it."""
    own = journal.postings.get(item, ())
    found = [Stock(scales[item], own, standing(item, own))]
    for scale, aside in journal.asides.get(item, {}).items():
        found.append(Stock(scale, aside, standing(item, aside)))
    return found


def at_place(postings: Iterable[Posting], place: str) -> Iterator[tuple[Order, int, int]]:
    """What came to a place (+) or left it (-) of an item, in whatever state, in order."""
    for posting in postings:
        came, went = posting.target.at(place), posting.source.at(place)
        if came != went:
            yield posting.order, posting.quantity if came else -posting.quantity, posting.seq
