"""The gate: may these items be shipped, consumed or used, here, in this quantity?

An open case refuses what it reaches now. What is kept of a case answers for every item that no
later record can concern (see `membership`). Any other item is asked backward: what is upstream of
it is read (a few rows, however large the store), and the case's seeds that lie in there are
reasoned forward over just that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.model.quantity import MICRO, Quantity
from tracegraph.model.refusal import TracegraphError
from tracegraph.model.unit import EACH
from tracegraph.recall.answer import GateRefusal, GateVerdict
from tracegraph.recall.barred import BarredSerial, barred_serials
from tracegraph.recall.bodies import Bodies
from tracegraph.recall.case import judge
from tracegraph.recall.concerns import Concerns
from tracegraph.recall.ledger import AVAILABLE, DELIVERED
from tracegraph.recall.master import Master
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.recall.membership import OpenCase
from tracegraph.recall.quality import hold_of, objections
from tracegraph.recall.query import ScopeQuery
from tracegraph.recall.seeding import Lifetimes, Seeds
from tracegraph.recall.tally import (
    Own,
    arrivals,
    overdrawn,
    own_records,
    tally,
)
from tracegraph.recall.unproven import Doubting, makings_of_lines
from tracegraph.store.columns import Records
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.contents import Content, Packing, held
from tracegraph.store.projection.facts import Order, fact
from tracegraph.store.projection.rows import Flow, ItemRow
from tracegraph.trace.answer import AmbiguousItem, UnknownItem
from tracegraph.trace.lookup import Met, resolve_one

Purpose = Literal["ship", "consume", "use"]
Amount = tuple[int | None, str | None]  # millionths of a unit; None is any of it

_BUDGET = 200_000
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class GateItem:
    """What is to go: an item, and how much of it (None: any of it)."""

    item: str
    quantity: str | None = None
    unit: str | None = None


def gate(
    store: GraphStore,
    asked: Sequence[GateItem],
    purpose: Purpose,
    place: str | None,
    *,
    known: int,
    judged: Instant,
    master: Master,
    cases: Sequence[OpenCase],
    concerns: Concerns,
    met: Met,
    read: Iterable[Records],
    bodies: Bodies,
    strict: bool = False,
) -> GateVerdict:
    """May these items go? Every reason not to, with what would lift it.

    Reads the records of all items together, and where an open case is unsure of one what is
    upstream of it, in a fixed number of statements. With `strict` a balance that anything else
    has made negative refuses, too. `met` and `read` are what was read of their names, and of
    the items that these name, at `known`; `bodies`, which are added to, what was sent.
    """
    wanted = _Wanted(store, known)
    for each in asked:
        try:
            row = resolve_one(store, each.item, known, master.identities, met).row
        except UnknownItem:
            detail = "No record names it."
            lift = "Send its receipt or production, or correct the number."
            wanted.refusals.append(GateRefusal(each.item, "unknown_item", detail, lift))
        except AmbiguousItem as several:
            lift = "Name one of them by its key."
            wanted.refusals.append(GateRefusal(each.item, "unknown_item", str(several), lift))
        else:
            amount = None if each.quantity is None else Quantity.parse(each.quantity).micro
            wanted.add(row, (amount, each.unit))
    wanted.unpack()
    everything = [*wanted.boxes.values(), *wanted.rows.values()]
    owns = own_records(store, everything, master, known, bodies, read)
    checks = {no: _Check(store, own, judged, purpose, place, concerns) for no, own in owns.items()}
    refusals = wanted.refusals
    for box in wanted.boxes:
        refusals += checks[box].holds()
    for item, amounts in wanted.amounts.items():
        refusals += checks[item].refusals(amounts, cases, strict=strict)
    return GateVerdict(not refusals, purpose, known, str(judged), tuple(refusals))


class _Wanted:
    """What is to go, and how much of it: items, and what containers among them hold, nested."""

    def __init__(self, store: GraphStore, known: int) -> None:
        self._store = store
        self._known = known
        self.boxes: dict[int, ItemRow] = {}
        self.rows: dict[int, ItemRow] = {}
        self.amounts: dict[int, list[Amount]] = {}
        self.refusals: list[GateRefusal] = []

    def add(self, row: ItemRow, amount: Amount) -> None:
        """Add so much of an item; a container as a whole, once."""
        if row.kind == Kind.CONTAINER:
            self.boxes.setdefault(row.no, row)
            return
        self.rows.setdefault(row.no, row)
        self.amounts.setdefault(row.no, []).append(amount)

    def unpack(self) -> None:
        """Add what the containers hold now. A few statements for each level of them."""
        done = 0
        while level := list(self.boxes.values())[done:]:
            done += len(level)
            contents = _contents(self._store, {box.no for box in level}, self._known)
            inside = {content.item for held in contents.values() for content in held}
            rows = self._store.items(inside, self._known)
            for box in level:
                if not contents[box.no]:
                    detail = "No packing record says what this container holds."
                    lift = "Send its packing record."
                    refusal = GateRefusal(box.key, "contents_unproven", detail, lift)
                    self.refusals.append(refusal)
                for content in contents[box.no]:
                    self.add(rows[content.item], (content.quantity, content.unit))


def _contents(
    store: GraphStore, containers: Collection[int], known: int
) -> dict[int, list[Content]]:
    """What containers hold now, by their packing records."""
    events, lines = store.lines_of_items(containers, known=known, as_of=None)
    boxes = {
        seq: item
        for seq, role, item in zip(lines.seq, lines.role, lines.item, strict=True)
        if role == "container" and item in containers
    }
    inside = store.lines_of_events(boxes, known)
    kinds = {no: row.kind for no, row in store.items(set(inside.item), known).items()}
    by_seq: dict[int, list[Content]] = {seq: [] for seq in boxes}
    for seq, role, item, lot, via, quantity, unit in zip(
        inside.seq, inside.role, inside.item, inside.lot, inside.via, inside.quantity, inside.unit,
        strict=True,
    ):  # fmt: skip
        if role != "container" and not via:
            single = kinds[item] != Kind.LOT
            by_seq[seq].append(Content(item, lot, quantity, unit, single))
    bodies = store.bodies(boxes)
    sources = dict(zip(events.seq, events.source, strict=True))
    found: dict[int, list[Packing]] = {container: [] for container in containers}
    for seq, own in by_seq.items():
        if seq in sources:
            packed = fact(seq, parse_event(orjson.loads(bodies[seq]), source=sources[seq]))
            found[boxes[seq]].append(Packing(packed, tuple(own)))
    return {
        container: list(held(sorted(own, key=_packed_order)).values())
        for container, own in found.items()
    }


def _packed_order(packing: Packing) -> Order:
    return packing.fact.order("container")


def _listed(keys: Sequence[str]) -> str:
    more = len(keys) - _MOST_NAMED
    return ", ".join(keys[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


class _Check:
    """Everything the gate asks of one item."""

    def __init__(
        self,
        store: GraphStore,
        own: Own,
        judged: Instant,
        purpose: Purpose,
        place: str | None,
        concerns: Concerns,
    ) -> None:
        self._store = store
        self._own = own
        self._row = own.row
        self._material = own.material
        self._master = own.material.master
        self._known = own.material.known
        self._judged = judged
        self._purpose = purpose
        self._place = place
        self._concerns = concerns
        lots = [member.lot for member in own.material.lots.get(own.row.no, ())[-1:]]
        self._selves = [own.row.no, *lots]

    def refusals(
        self, amounts: Sequence[Amount], cases: Sequence[OpenCase], *, strict: bool
    ) -> Iterator[GateRefusal]:
        """Every reason why so much of the item may not go."""
        yield from self._cases(cases)
        yield from self.holds()
        yield from self._amount(amounts, strict=strict)
        yield from self._age()
        yield from self._objections()

    def _no(self, rule: str, detail: str, lift: str, **more: str | None) -> GateRefusal:
        return GateRefusal(self._row.key, rule, detail, lift, **more)

    # -- open cases

    def _cases(self, cases: Sequence[OpenCase]) -> Iterator[GateRefusal]:
        unsure = []
        for case in cases:
            kept = case.verdict(self._row.no)
            if kept is None or kept.unproven:
                unsure.append(case)
            elif kept.affected is not None:
                yield self._affected(case, sure=kept.affected)
        if unsure:
            yield from self._backward(unsure)

    def _backward(self, cases: Sequence[OpenCase]) -> Iterator[GateRefusal]:
        """Reason what is upstream of the item."""
        start = self._start()
        graph = self._store.subgraph(
            start, "backward", known=self._known, as_of=None, max_depth=None,
            budget=_BUDGET,
        )  # fmt: skip
        if graph.complete_depth is not None:
            detail = f"More than {_BUDGET} items are upstream; it cannot be judged."
            yield self._no("scope_possible", detail, "Close the open cases, or ask for a scope.")
            return
        upstream = set(graph.reached)
        makings = None
        for case in cases:
            try:
                sown = case.sown.sown
            except TracegraphError as error:
                yield self._unclear(case, str(error), "Close it, and ask for the scope anew.")
                continue
            touching = {s: p for s, p in sown.items() if s.item in upstream}
            if touching:
                yield from self._reasoned(case, Seeds(touching), start)
            if case.products:
                if makings is None:
                    makings = makings_of_lines(self._store, graph.lines, self._known)
                yield from self._unproven(case, makings.values())

    def _start(self) -> list[int]:
        """The item; with its lot, where it was drawn from that and has no origin of its own."""
        came = any(
            line.flow == Flow.OUT or self._material.events[line.seq].type == "receipt"
            for line in self._material.of_item.get(self._row.no, ())
        )
        return self._selves[:1] if came else self._selves

    def _unclear(self, case: OpenCase, why: str, lift: str) -> GateRefusal:
        name = case.snapshot.name or case.snapshot.id[:12]
        detail = f"The open case {name} cannot be judged: {why}"
        return self._no("scope_possible", detail, lift, scope=case.snapshot.id)

    def _reasoned(self, case: OpenCase, sown: Seeds, start: list[int]) -> Iterator[GateRefusal]:
        query: ScopeQuery = case.snapshot.query
        try:
            found = judge(
                self._store, query, self._master, sown, start, "backward", self._known,
                None, Decimal(query.clock_tolerance),
            )  # fmt: skip
        except ScopeTooLarge as error:
            yield self._unclear(case, str(error), "Ask for the scope.")
            return
        bounds = found.verdicts.items.get(self._row.no)
        if bounds is not None:
            yield self._affected(case, sure=bounds.certain)

    def _affected(self, case: OpenCase, *, sure: bool) -> GateRefusal:
        rule = "scope_certain" if sure else "scope_possible"
        name = case.snapshot.name or case.snapshot.id[:12]
        detail = f"It {'is' if sure else 'may be'} affected in the open case {name}."
        lift = "Close the case, or record what shows that it took none of the seeds."
        return self._no(rule, detail, lift, scope=case.snapshot.id)

    def _unproven(self, case: OpenCase, makings: Iterable[Any]) -> Iterator[GateRefusal]:
        doubting = Doubting(self._master, case.products)
        for making in makings:
            lack = doubting.lack(making)
            if lack is not None:
                name = case.snapshot.name or case.snapshot.id[:12]
                product = lack.material.products[0]
                detail = f"It may hold what the open case {name} seeks: {product} is not recorded."
                lift = f"Send the lots of {product} that went in."
                yield self._no(
                    "scope_unproven", detail, lift, scope=case.snapshot.id, event=making.node
                )
                return

    # -- the item as it stands

    def holds(self) -> Iterator[GateRefusal]:
        """Holds of the item, or of its lot, that nothing released."""
        for no in self._selves:
            held = hold_of(self._material, self._own.journal, no)
            if held is not None:
                yield self._no(held.rule, held.detail, held.lift, event=held.event)

    def _amount(self, amounts: Sequence[Amount], *, strict: bool) -> Iterator[GateRefusal]:
        scale = self._own.scales[self._row.no]
        if strict and overdrawn(self._store, self._own):
            detail = "More went out of it than came in, by the records."
            lift = "Send what came in before, or correct what went out."
            yield self._no("quantity", detail, lift)
        accounts = tally(self._store, self._own)
        # A customer uses what was delivered to it; `place` then names the customer.
        inside = None if self._place is None else self._master.inside(self._place)
        own = [
            (account.holder, held_)
            for account, held_ in accounts.items()
            if (account.kind == "place" and account.state == AVAILABLE)
            or (self._purpose == "use" and account.kind == "party" and account.state == DELIVERED)
        ]
        free = [amount for holder, amount in own if inside is None or holder in inside]
        # What another place has too little of, by the records, may have been taken from here.
        short = sum(amount for _, amount in own if amount < 0)
        there = max(0, sum(amount for amount in free if amount > 0) + short)
        wanted = MICRO if self._row.kind == Kind.SERIAL else 0
        for micro, unit in amounts:
            if self._row.kind == Kind.SERIAL:
                continue  # one unit, however it is asked
            amount = 1 if micro is None else scale.base(micro, unit or EACH)
            if amount is None:
                detail = f"It is measured in {scale.unit}, not in {unit}."
                yield self._no("quantity", detail, f"Ask in {scale.unit}.")
                return
            wanted += amount
        barred, left = self._barred(own, inside, there)
        if barred and there >= wanted > left:
            yield self._withheld(barred, left)
        elif wanted > there:
            where = f" at {self._place}" if self._place else ""
            shown = scale.shown(left) or "0"
            detail = f"Only {shown} {scale.unit} of it are available{where}."
            elsewhere = self._place is not None and any(
                a.kind == "place" and a.state == AVAILABLE and held_ > 0
                for a, held_ in accounts.items()
            )
            rule = "place" if elsewhere and not there else "quantity"
            lift = "Record the receipt, move or release that makes it available here."
            if barred:
                detail += f" {self._named(barred)}"
            yield self._no(rule, detail, lift)

    def _barred(
        self, own: Sequence[tuple[str | None, int]], inside: set[str] | None, there: int
    ) -> tuple[list[BarredSerial], int]:
        """A lot's serials that are barred and, or perhaps, among what is there; what they leave.

        Each is a unit where its own records say that it stands. Of which they do not say, or
        which cannot all be there by those of the lot, may be anywhere.
        """
        if self._row.kind != Kind.LOT or not there:
            return [], there
        states = {("place", AVAILABLE)}
        if self._purpose == "use":
            states.add(("party", DELIVERED))
        each = self._own.scales[self._row.no].base(MICRO, EACH)
        stock: dict[str | None, int] = {}
        for holder, amount in own:
            stock[holder] = stock.get(holder, 0) + amount
        barred = []
        for serial in barred_serials(self._store, self._own, self._concerns):
            account = serial.account
            if account is not None and (account.kind, account.state) not in states:
                continue  # it is not among what is available, as it is
            holder = None if account is None else account.holder
            known = account is not None and stock.get(holder, 0) >= (each or 1)
            if known:
                stock[holder] -= each or 1
            if not known or inside is None or holder in inside:
                barred.append(serial)
        # Where a unit of it cannot be said in that of the lot, nobody knows what they leave.
        left = there if not barred else 0 if each is None else max(0, there - len(barred) * each)
        return barred, left

    def _named(self, barred: Sequence[BarredSerial]) -> str:
        held = [serial.row.key for serial in barred if serial.why.rule == "on_hold"]
        others = [serial.row.key for serial in barred if serial.why.rule != "on_hold"]
        told = (("On hold", held), ("Not to go", others))
        return " ".join(f"{name}: {_listed(keys)}." for name, keys in told if keys)

    def _withheld(self, barred: Sequence[BarredSerial], left: int) -> GateRefusal:
        scale = self._own.scales[self._row.no]
        lifts = " ".join(dict.fromkeys(serial.why.lift for serial in barred))
        rule, event = barred[0].why.rule, barred[0].why.event
        detail = f"{self._named(barred)} {barred[0].why.detail}"
        if left:
            detail = f"Only {scale.shown(left)} {scale.unit} of it are available. {detail}"
            lifts += " Or ask for no more than the others."
        else:
            detail = f"Nothing that is available of it may go. {detail}"
        return self._no("quantity" if left else rule, detail, lifts, event=event)

    def _age(self) -> Iterator[GateRefusal]:
        life = Lifetimes(self._material)
        said = [life.expires_on(no) for no in self._selves]
        came = arrivals(self._store, self._own)
        if came is not None:  # of a lot whose dates stand beside its serials
            said.append(Lifetimes(came).expires_on(self._row.no))
        days = [day for day in said if day is not None]
        if days and date.fromisoformat(min(days)) < date.fromisoformat(str(self._judged)[:10]):
            detail = f"It expired on {min(days)}."
            yield self._no("expired", detail, "Scrap it, or record a corrected expiry date.")

    def _objections(self) -> Iterator[GateRefusal]:
        record = self._master.product_at(self._row.product, self._judged) or {}
        needed = record.get("inspections", ())
        for found in objections(self._material, self._selves, self._concerns, needed):
            yield self._no(found.rule, found.detail, found.lift, event=found.event)
