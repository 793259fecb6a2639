"""Gaps: what the records do not say of affected items, each with its rule and its remedy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import orjson

from tracegraph.model.event import Make
from tracegraph.model.key import Kind
from tracegraph.model.parse import parse_event
from tracegraph.model.quantity import spelled
from tracegraph.recall.amount import BASE
from tracegraph.recall.answer import Gap
from tracegraph.recall.balances import overdue
from tracegraph.recall.case import Case
from tracegraph.recall.ledger import ADJUSTED, DELIVERED, TRANSIT, Account, Unsaid
from tracegraph.recall.making import Lack, Making, heads, lacks, makings
from tracegraph.recall.unproven import seed_products
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.facts import fact
from tracegraph.store.projection.rows import Flow
from tracegraph.trace.answer import event_key

REMEDY = {
    "no_origin": "Send the receipt or production that it came from.",
    "no_inputs": "Send what the production took, by lot or serial.",
    "bill_missing": "Send the lots or serials of this material that went in.",
    "bill_short": "Send the rest of this material that went in, or correct the quantities.",
    "quantity_unknown": "Replace the event by one that states quantity and unit.",
    "balance_negative": "Send what came in before, or correct what went out.",
    "order_unproven": "Correct the times of the events, so that what came precedes what went.",
    "adjusted": "Explain the adjustment: find the units, or record how they were lost or found.",
    "consumed_without_outputs": "Send what was made of it, or void the consumption.",
    "origin_voided": "Send the event that replaces the voided one.",
    "unlocated": "Send where it is: a receipt, production or move with a place.",
    "consignee_unknown": "Send the party of the shipment, and the party's record.",
    "consignee_without_contact": "Send the party's record with a contact.",
    "contents_unproven": "Send the packing record of this container.",
    "product_unknown": "Send the product's record.",
    "unit_inconvertible": "Send the exact factor between the units in the product's record.",
    "unaccounted": "Confirm the delivery, or trace the shipment.",
    "untraced": "Send the lot or serial that this line meant.",
    "taken_from_hold": "Release it first, or correct what was taken.",
}


# Types by which units go from where they are
_GOING = frozenset(
    {"move", "shipment", "delivery", "return", "supplier_return", "scrap", "use", "adjustment"}
)


@dataclass(slots=True)
class Gaps:
    """The gaps of a case, and the items whose history has one."""

    found: dict[Gap, None] = field(default_factory=dict)
    items: set[int] = field(default_factory=set)

    def add(
        self,
        rule: str,
        detail: str,
        *,
        item: str | None = None,
        event: str | None = None,
        product: str | None = None,
        party: str | None = None,
        quantity: str | None = None,
        unit: str | None = None,
    ) -> None:
        """Note a gap."""
        gap = Gap(rule, item, event, product, party, quantity, unit, detail, REMEDY[rule])
        self.found[gap] = None


def gaps(store: GraphStore, case: Case, sent: Iterable[str | None]) -> Gaps:
    """Every gap in the histories of the affected items; `sent` are the parties they went to."""
    out = Gaps()
    for item in case.verdicts.items:
        if case.material.kind(item) is not Kind.CONTAINER:
            _of_item(case, item, out)
    _of_lines(case, out)
    _of_products(case, out)
    _of_makings(store, case, out)
    _of_containers(case, out)
    _of_parties(case, sent, out)
    _of_voided(store, case, out)
    _of_untraced(store, case, out)
    return out


def ordered(found: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps by (rule, item, event, product, party, detail)."""
    return tuple(sorted(found, key=_place))


def _place(gap: Gap) -> tuple[str, ...]:
    named = (gap.item, gap.event, gap.product, gap.party)
    return (gap.rule, *(name or "" for name in named), gap.detail)


def _of_item(case: Case, item: int, out: Gaps) -> None:
    material, standing, scale = case.material, case.standing(item), case.scales[item]
    key = material.key(item)
    lines = material.of_item.get(item, ())
    before = len(out.found)

    def amount(quantity: int) -> dict[str, str | None]:
        return {"quantity": scale.shown(quantity), "unit": scale.unit}

    came = any(
        line.flow == Flow.OUT or material.events[line.seq].type == "receipt" for line in lines
    )
    named = bool(material.lots.get(item)) or any(
        posting.source.origin for posting in case.journal.postings.get(item, ())
    )
    if not came and not named:
        out.add("no_origin", "It was never received or made, by the records.", item=key)
    for draft in standing.overdrafts:
        event = material.events[draft.posting.seq].key
        where = _where(draft.account)
        detail = f"More was taken from {where} than was there."
        out.add("balance_negative", detail, item=key, event=event, **amount(draft.depth))
    for posting in standing.late:
        event = material.events[posting.seq].key
        detail = "It came in after it had gone out, by the records; how it was is unproven."
        out.add("order_unproven", detail, item=key, event=event, **amount(posting.quantity))
    for posting in case.journal.postings.get(item, ()):
        signs = {posting.source.state: -1, posting.target.state: 1}
        if ADJUSTED in signs:
            event = material.events[posting.seq].key
            word = "written off" if signs[ADJUSTED] > 0 else "found"
            detail = f"Units were {word} by adjustment."
            out.add("adjusted", detail, item=key, event=event, **amount(posting.quantity))
    days = case.query.transit_days
    for stock in case.stocks(item):
        for account, held in stock.standing.accounts.items():
            sent = account.state == TRANSIT
            late = overdue(stock, account, case.judged, days) if sent else 0
            if held.quantity > 0 and late:
                detail = f"Under way to {account.holder} for more than {days} days."
                shown, unit = stock.scale.shown(late), stock.scale.unit
                out.add("unaccounted", detail, item=key, quantity=shown, unit=unit)
    _unlocated(case, item, key, out)
    if len(out.found) > before:
        out.items.add(item)


def _where(account: Account) -> str:
    if account.kind == "none":
        return f"what was {account.state}"
    return f"{account.kind} {account.holder or 'unknown'} ({account.state})"


def _unlocated(case: Case, item: int, key: str, out: Gaps) -> None:
    """Units that are nowhere: nothing is posted, or they are at a place that nobody named."""
    accounts = case.standing(item).accounts
    nowhere = [h.quantity for a, h in accounts.items() if a.kind == "place" and a.holder is None]
    posts = any(not account.origin for account in accounts)
    if not posts and not case.journal.postings.get(item):
        out.add("unlocated", "No record says where any of it is.", item=key)
    for quantity in nowhere:
        if quantity > 0:
            scale = case.scales[item]
            out.add(
                "unlocated",
                "It came in at no named place.",
                item=key,
                quantity=scale.shown(quantity),
                unit=scale.unit,
            )


def _of_lines(case: Case, out: Gaps) -> None:
    for item in case.verdicts.items:
        for line in case.journal.unsaid.get(item, ()):
            key, event = case.material.key(item), case.material.events[line.posting.seq].key
            out.add(line.rule, unsaid_detail(line), item=key, event=event)
            out.items.add(item)


def unsaid_detail(line: Unsaid) -> str:
    """What is the matter with a line whose amount cannot be said."""
    field_, index = line.posting.place
    if line.rule == "quantity_unknown":
        return f"The line says no quantity (/{field_}/{index})."
    return f"The unit cannot be converted exactly into the item's other one (/{field_}/{index})."


def _of_products(case: Case, out: Gaps) -> None:
    for item in case.verdicts.items:
        row = case.material.items[item]
        if row.kind != Kind.CONTAINER and not case.master.knows(row.product):
            product = row.product or row.key
            out.add("product_unknown", "No product record describes it.", product=product)
            out.items.add(item)


def _of_makings(store: GraphStore, case: Case, out: Gaps) -> None:
    """What made the affected items, and what took them."""
    affected = case.verdicts.items
    for hub in case.composition.flow.hubs:
        if not hub.outputs:
            for item in sorted({taken.item for taken in hub.inputs} & affected.keys()):
                detail = "It was consumed, and nothing was made of it."
                key, node = case.material.key(item), case.material.node(hub.no)
                out.add("consumed_without_outputs", detail, item=key, event=node)
                out.items.add(item)
    made: defaultdict[int, set[int]] = defaultdict(set)  # hub -> items
    seqs: set[int] = set()
    for item in affected:
        if not case.counting_lot(item):  # else its lot says it
            for line in case.material.of_item.get(item, ()):
                if line.flow == Flow.OUT:
                    made[line.hub].add(item)
                    seqs.add(line.seq)
    seqs.update(store.events_of_runs([-hub for hub in made if hub < 0], case.known))
    found_heads = heads(store, seqs, case.known, case.as_of)
    for making in makings(store, seqs, found_heads, case.known).values():
        found = list(lacks(making, case.master))
        for item in sorted(made[making.hub]):
            _of_making(case, item, making, found, out)


def _of_making(case: Case, item: int, making: Making, found: list[Lack], out: Gaps) -> None:
    row = case.material.items[item]
    key, before = row.key, len(out.found)
    untraced = _untraced(case, making)
    for product in sorted(untraced):
        detail = "The record names the product, but no lot or serial."
        out.add("untraced", detail, item=key, event=making.node, product=product)
    if not making.taken and not untraced:
        detail = "It was made of nothing, by the records."
        out.add("no_inputs", detail, item=key, event=making.node)
        found = []
    for lack in found:
        if lack.product != (row.product or row.key):
            continue
        material = lack.material.products[0]
        if lack.missing is None:
            detail = "A line of its bill of materials has no input."
            out.add("bill_missing", detail, item=key, event=making.node, product=material)
        else:
            unit = BASE.get(lack.material.dimension, lack.material.dimension)
            detail = "Less went in than its bill of materials says."
            out.add(
                "bill_short",
                detail,
                item=key,
                event=making.node,
                product=material,
                quantity=_text(lack.missing),
                unit=unit,
            )
    if len(out.found) > before:
        out.items.add(item)


def _untraced(case: Case, making: Making) -> set[str]:
    """Products that were named as inputs without a lot or serial."""
    events = [case.material.events[seq] for seq in making.seqs if seq in case.material.events]
    return {product for event in events for product in _nameless(case, event.sent, "inputs")}


def _nameless(case: Case, sent: dict[str, Any], field_: str) -> set[str]:
    """Products that lines of an event name without a lot or serial."""
    refs = [line["item"] for line in sent.get(field_, ())]
    return {
        case.master.product(ref["product"])
        for ref in refs
        if "product" in ref and "lot" not in ref and "serial" not in ref
    }


def _of_untraced(store: GraphStore, case: Case, out: Gaps) -> None:
    """What was made of affected items without a lot, and what went without one and may be theirs.

    What was consumed without a lot is sought by the bills of materials (see `unproven`).
    """
    detail = "The record names the product, but no lot or serial: it may be affected."
    affected = case.verdicts.items
    for hub in case.composition.flow.hubs:
        if any(taken.item in affected for taken in hub.inputs):
            for event in case.composition.hub_events[hub.no]:
                for product in _nameless(case, event.sent, "outputs"):
                    out.add("untraced", detail, event=event.key, product=product)
    products = {case.material.items[item].product for item in affected} - {None}
    times = seed_products(case).values()
    since = None if None in times else min((t for t in times if t is not None), default=None)
    seqs = {
        seq
        for product in products
        for name in case.master.names(product or "")
        for seq in store.mentioned("product", name, known=case.known, since=since, until=None)
    }
    found = store.events(seqs, case.known)
    going = {
        seq: event_key(source, id_)
        for seq, source, id_, type_, _, end, _ in zip(*found, strict=True)
        if type_ in _GOING and (case.as_of is None or end <= case.as_of)
    }
    for seq, body in store.bodies(going).items():
        sent = orjson.loads(body)
        for product in _nameless(case, sent, "items") & products:
            out.add("untraced", detail, event=going[seq], product=product, party=sent.get("party"))


def _text(micro: Fraction) -> str:
    return spelled(-(-micro.numerator // micro.denominator))


def _of_containers(case: Case, out: Gaps) -> None:
    material = case.material
    for lines in material.lines.values():
        held = {line.via for line in lines if line.via}
        for line in lines:
            bare = material.kind(line.item) is Kind.CONTAINER and line.role != "container"
            if bare and not line.via and line.item not in held:
                event = material.events[line.seq]
                touched = line.item in case.verdicts.items or any(
                    other.item in case.verdicts.items for other in lines
                )
                if touched and event.type not in {"pack", "unpack"}:
                    key = material.key(line.item)
                    detail = "No packing record says what this container held."
                    out.add("contents_unproven", detail, item=key, event=event.key)
                    out.items.update(o.item for o in lines if o.item in case.verdicts.items)


def _of_parties(case: Case, sent: Iterable[str | None], out: Gaps) -> None:
    for party in sent:
        if party is None:
            continue
        record = case.master.latest("party", party)
        if record is None:
            detail = f"No record describes the consignee {party}."
            out.add("consignee_unknown", detail, party=party)
        elif not record.get("contacts"):
            detail = f"The record of the consignee {party} has no contact."
            out.add("consignee_without_contact", detail, party=party)
    for item in case.verdicts.items:
        for posting in case.journal.postings.get(item, ()):
            target = posting.target
            nobody = target.kind == "party" and target.holder is None
            if nobody and target.state in {TRANSIT, DELIVERED}:
                event = case.material.events[posting.seq].key
                detail = "The shipment says neither a party nor a place of ours."
                key = case.material.key(item)
                out.add("consignee_unknown", detail, item=key, event=event)
                out.items.add(item)


def _of_voided(store: GraphStore, case: Case, out: Gaps) -> None:
    """Voided, unreplaced events that would have gone on from here, whose outputs live on."""
    targets: dict[tuple[str, str], int] = {}
    for entry in store.of_types(("void",), known=case.known):
        sent = orjson.loads(entry.body)
        source = sent.get("voids_source") or entry.source
        targets.setdefault((source, sent["voids"]), entry.seq)
    if not targets:
        return
    affected = case.verdicts.items
    for (source, id_), entry in store.entries(targets, case.known).items():
        sent = orjson.loads(entry.body)
        if entry.void is None or not sent.get("inputs") or not sent.get("outputs"):
            continue
        dead = fact(entry.seq, parse_event(sent, source=entry.source))
        if not isinstance(dead.event, Make):
            continue
        if case.as_of is not None and dead.end > case.as_of:
            continue
        names = {line.name.key: line.role for line in dead.lines if line.name is not None}
        spoken = store.spoken(names)
        taken = {spoken[k].item for k, role in names.items() if role == "input" and k in spoken}
        given = {spoken[k].item for k, role in names.items() if role == "output" and k in spoken}
        if not taken & affected.keys() or given & affected.keys():
            continue
        for item in sorted(_orphans(store, case, given)):
            row = store.items([item], case.known).get(item)
            if row is not None:
                detail = "The event that made it of affected items is voided and not replaced."
                out.add("origin_voided", detail, item=row.key, event=event_key(source, id_))
                out.items.update(taken & affected.keys())


def _orphans(store: GraphStore, case: Case, items: set[int]) -> set[int]:
    """Of these items, the ones that stand in some record, and in none that made them."""
    _, lines = store.lines_of_items(items, known=case.known, as_of=case.as_of)
    rows = list(zip(lines.item, lines.flow, strict=True))
    alive = {item for item, _ in rows if item in items}
    return alive - {item for item, flow in rows if flow == Flow.OUT}
