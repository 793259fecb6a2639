"""The ledger, naively: every event of a history posted by the domain's table, all at once.

Written from the page of the domain alone (section "Ledger"). It knows nothing of a store, of a
projection or of the recall's own ledger, and shares with them the table of units and how an
instant is read. It takes events as they are sent, in the order of their arrival; names are as
plain as `tests.builders` gives them (own lots and serials, containers), and product records are
not looked at.

    events -> standing -> lines, containers opened -> postings between accounts -> sums
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from tests.builders import Wire
from tracegraph.model.instant import Instant
from tracegraph.model.unit import measure

ORIGINS = frozenset({"made", "received"})

# Within one instant: receipt and outputs, unpack, pack, move, inputs, shipment, delivery, return.
PHASES = {
    "receipt": 0, "output": 0, "unpack": 1, "pack": 2, "move": 3, "input": 4, "scrap": 4, "use": 4,
    "shipment": 5, "supplier_return": 5, "delivery": 6, "return": 7,
}  # fmt: skip
MAKES = frozenset(
    {"production", "assembly", "disassembly", "rework", "split", "merge", "relabel", "process"}
)
FIELDS = {"inputs": "input", "outputs": "output", "items": "item"}


class Account(NamedTuple):
    """Where units are; holder None is nowhere in particular."""

    kind: str
    holder: str | None
    state: str


class Place(NamedTuple):
    """One account of one item, in one dimension: what a sum is of."""

    item: str
    account: Account
    dimension: str


@dataclass(frozen=True)
class Said:
    """A line of an event, or what a container on a line stands for."""

    event: Wire
    role: str
    item: str
    kind: str  # lot, serial or container
    lot: str | None
    amount: Fraction | None  # in base units of its dimension
    dimension: str | None
    sent: Wire  # the line as it was sent; of the container, for what was in it
    inside: bool = False


class Posting(NamedTuple):
    """An amount of an item that went from one account to another."""

    item: str
    source: Account
    target: Account
    amount: Fraction
    dimension: str


def key_of(item: Wire) -> tuple[str, str, str | None]:
    """The key of a plain reference, its kind, and the key of the lot that is named beside it."""
    if "sscc" in item:
        return f"https://id.gs1.org/00/{item['sscc']}", "container", None
    product = item["product"]
    of = f"urn:tracegraph:lot:{product}:{item['lot']}" if "lot" in item else None
    if "serial" in item:
        return f"urn:tracegraph:serial:{product}:{item['serial']}", "serial", of
    assert of is not None, "every line names an item here"
    return of, "lot", None


def ended(event: Wire) -> Instant:
    return Instant.parse(event["occurred_at"])


def order(event: Wire, role: str) -> tuple[Any, ...]:
    """Where an event's lines of a role stand among all lines; never by when they were recorded."""
    phase = PHASES.get(role, PHASES.get(event["type"], 3))
    return (ended(event), phase, event["source"], event["id"])


def standing(events: Iterable[Wire]) -> list[Wire]:
    """Events that no void names. A void acts at every instant, and cannot be voided."""
    every = list(events)
    voided = {
        (event.get("voids_source") or event["source"], event["voids"])
        for event in every
        if event["type"] == "void"
    }
    return [e for e in every if e["type"] == "void" or (e["source"], e["id"]) not in voided]


class Ledger:
    """What events come to. `events` are those recorded by the cut, in any order."""

    def __init__(self, events: Iterable[Wire], as_of: str | None = None) -> None:
        until = None if as_of is None else Instant.parse(as_of)
        self._events = [
            event for event in standing(events) if until is None or ended(event) <= until
        ]
        self._packings = sorted(
            (e for e in self._events if e["type"] in {"pack", "unpack"}),
            key=lambda e: order(e, "container"),
        )
        self.lines = [said for event in self._events for said in self._opened(event)]
        self._joins = sorted(
            ((order(said.event, "input" if self._again(said) else said.role), n, said)
             for n, said in enumerate(self.lines) if said.kind == "serial" and said.lot),
            key=lambda join: join[:2],
        )  # fmt: skip
        self.postings = [
            posting
            for event in self._events
            for posting in self._posted(event["source"], event["id"])
        ]
        self.postings += list(self._drawn())
        self.sums: defaultdict[Place, Fraction] = defaultdict(Fraction)
        for posting in self.postings:
            for account, sign in ((posting.source, -1), (posting.target, 1)):
                place = Place(posting.item, account, posting.dimension)
                self.sums[place] += sign * posting.amount

    def positions(self) -> dict[Place, Fraction]:
        """Where units are: every account that is not empty, and is no origin."""
        return {
            place: amount
            for place, amount in self.sums.items()
            if amount and place.account.state not in ORIGINS
        }

    # -- lines

    def _opened(self, event: Wire) -> Iterator[Said]:
        """The lines of an event, each container beside all that it held just then."""
        for field, role in FIELDS.items():
            for sent in event.get(field, ()):
                said = self._said(event, role, sent)
                yield said
                if said.kind == "container":
                    for inner in self._held(said.item, order(event, role), {said.item}):
                        yield replace(inner, event=event, role=role, sent=sent, inside=True)

    def _said(self, event: Wire, role: str, sent: Wire) -> Said:
        item, kind, lot = key_of(sent["item"])
        amount: Fraction | None = None
        dimension: str | None = None
        if kind == "serial":
            amount, dimension = Fraction(1), "count"
        elif sent.get("quantity") is not None:
            unit = measure(sent["unit"])
            amount, dimension = Fraction(sent["quantity"]) * unit.factor, unit.dimension
        return Said(event, role, item, kind, lot, amount, dimension, sent)

    def _held(self, box: str, before: tuple[Any, ...], opened: set[str]) -> list[Said]:
        """What a container held before something: its packing records replayed, and so inside."""
        inside: dict[str, Said] = {}
        for event in self._packings:
            if order(event, "container") >= before:
                break
            if key_of(event["container"])[0] != box:
                continue
            lines = [self._said(event, "item", sent) for sent in event.get("items", ())]
            if event["type"] == "unpack" and not lines:
                inside.clear()
            for said in lines:
                there = inside.pop(said.item, None)
                left = _put_in(there, said) if event["type"] == "pack" else _taken_out(there, said)
                if left is not None:
                    inside[said.item] = left
        found = []
        for said in inside.values():
            if said.item in opened:
                continue  # one thing is in a container once, however many packing records say it
            found.append(said)
            if said.kind == "container":
                opened.add(said.item)
                found += self._held(said.item, before, opened)
        return found

    # -- postings

    def lot_of(self, said: Said) -> str | None:
        """The lot of a serial at a line: what the line names, else what was named last."""
        return said.lot or self._lot_then(said)

    def _lot_then(self, said: Said) -> str | None:
        joins = [join for _, _, join in self._joins if join.item == said.item]
        before = said.role == "input" and self._again(said)
        then = [
            join
            for join in joins
            if ended(join.event) < ended(said.event)
            or (not before and ended(join.event) == ended(said.event))
        ]
        return then[-1].lot if then else joins[0].lot if joins else None

    def _again(self, said: Said) -> bool:
        """Whether an event takes a serial and gives it again; it takes before it gives."""
        same = [s for s in self.lines if s.event is said.event and s.item == said.item]
        return {"input", "output"} <= {s.role for s in same}

    def _drawn(self) -> Iterator[Posting]:
        """A serial is a draw of 1 from its lot at its first line: it came as the lot's units did.

        Else a serial that is first named where it leaves would leave nothing but a deficit.
        """
        firsts: dict[str, Said] = {}
        for said in sorted(self.lines, key=lambda said: order(said.event, said.role)):
            if said.kind == "serial" and accounts(said) is not None:
                if said.role == "output" and self._again(said):
                    continue  # its input tells where it was
                firsts.setdefault(said.item, said)
        received = {p.item for p in self.postings if p.source.state == "received"}
        for serial, first in firsts.items():
            way, lot = accounts(first), self._lot_then(first)
            if way is not None and lot is not None and way[0].state not in {*ORIGINS, "adjusted"}:
                origin = Account("none", None, "received" if lot in received else "made")
                yield Posting(serial, origin, way[0], Fraction(1), "count")

    def _posted(self, source: str, id_: str) -> Iterator[Posting]:
        """An event's postings: lines that go the same way are added up."""
        ways: defaultdict[tuple[Account, Account], list[Said]] = defaultdict(list)
        for said in self.lines:
            if (said.event["source"], said.event["id"]) == (source, id_):
                way = accounts(said)
                if way is not None and said.kind != "container":
                    ways[way].append(said)
        for way, lines in ways.items():
            for (item, dimension), amount in self._added(lines).items():
                if amount:
                    yield Posting(item, *way, amount, dimension)

    def _added(self, lines: Sequence[Said]) -> dict[tuple[str, str], Fraction]:
        """Amounts by item. A serial is one unit, of its lot too; a lot's line includes them."""
        own: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
        serials: defaultdict[str, set[str]] = defaultdict(set)
        for said in lines:
            if said.kind == "serial":
                own[said.item, "count"] = Fraction(1)
                lot = self.lot_of(said)
                if lot is not None:
                    serials[lot].add(said.item)
            elif said.amount is not None and said.dimension is not None:
                own[said.item, said.dimension] += abs(said.amount)
        for lot, units in serials.items():
            own[lot, "count"] = max(own[lot, "count"], Fraction(len(units)))
        return own


def _put_in(there: Said | None, said: Said) -> Said:
    if there is None:
        return said
    lot = said.lot or there.lot
    if said.kind != "lot":
        return replace(said, lot=lot)
    if None in (there.amount, said.amount) or there.dimension != said.dimension:
        return replace(said, lot=lot, amount=None, dimension=None)
    return replace(said, amount=there.amount + said.amount)  # type: ignore[operator]  # both are known


def _taken_out(there: Said | None, said: Said) -> Said | None:
    """What is left; an amount that cannot be compared leaves an unknown rest, not nothing."""
    if there is None or said.kind != "lot":
        return None
    if None in (there.amount, said.amount) or there.dimension != said.dimension:
        return replace(there, amount=None, dimension=None)
    rest = there.amount - said.amount  # type: ignore[operator]  # both are known
    return replace(there, amount=rest) if rest > 0 else None


def accounts(said: Said) -> tuple[Account, Account] | None:  # noqa: PLR0911 - a row of the table each
    """From where to where a line goes, by the table of the domain; None: nowhere."""
    event, sent = said.event, said.sent
    place, party, to = event.get("place"), event.get("party"), event.get("to")
    word = sent.get("state")
    state = "on hold" if word == "hold" else word or "available"
    here = Account("place", place, state)
    type_ = event["type"]
    if type_ == "receipt":
        return Account("none", None, "received"), here
    if type_ in MAKES:
        if type_ == "process" and not event.get("outputs"):
            return None
        if said.role == "input":
            return here, Account("none", None, "consumed")
        return Account("none", None, "made"), here
    if type_ == "move":
        return here, Account("place", to, state)
    if type_ == "shipment":
        return here, _under_way(party, to)
    if type_ == "delivery":
        if party is not None:
            return _under_way(party, None), Account("party", party, "delivered")
        arrived = to or place
        return _under_way(None, arrived), Account("place", arrived, state)
    if type_ == "return":
        back = Account("place", to or place, state if word else "quarantine")
        return Account("party", party, "delivered"), back
    if type_ == "supplier_return":
        return here, Account("party", party, "returned")
    if type_ in {"scrap", "use"}:
        gone = Account("none", None, "destroyed" if type_ == "scrap" else "used")
        return (Account("party", party, "delivered") if party else here), gone
    if type_ == "adjustment":
        way = Account("none", None, "adjusted"), here
        return way[::-1] if sent.get("quantity", "").startswith("-") else way
    if type_ in {"hold", "release"}:
        if _is_flag(said):
            return None
        held = Account("place", place, "on hold")
        free = Account("place", place, "available") if word == "hold" else here
        return (here, held) if type_ == "hold" else (held, free)
    return None


def _is_flag(said: Said) -> bool:
    """Whether a hold is of the item as such: its line, or that of the content, has no quantity."""
    if said.inside:
        return said.kind == "serial" or said.amount is None
    return said.sent.get("quantity") is None


def _under_way(party: str | None, to: str | None) -> Account:
    if to is not None:
        return Account("place", to, "in transit")
    return Account("party", party, "in transit")
