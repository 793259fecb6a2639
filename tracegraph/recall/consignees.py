"""Consignees: who got affected units, when, under which orders and papers; how to reach them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tracegraph.recall.amount import Scale
from tracegraph.recall.answer import Consignee, ConsigneeItem
from tracegraph.recall.case import Case
from tracegraph.recall.ledger import DELIVERED, TRANSIT, Account
from tracegraph.recall.positions import Goer, Sent


def consignees(case: Case, sent: Mapping[Goer, Sent]) -> list[Consignee]:
    """Parties that got what some world affects, by party; unnamed ones are a gap instead."""
    groups: defaultdict[str, list[ConsigneeItem]] = defaultdict(list)
    for (item, party, scale), went in sent.items():
        if party is not None and went.bounds.some:
            groups[party].append(_item(case, item, party, scale, went))
    return [_consignee(case, party, groups[party]) for party in sorted(groups)]


def _consignee(case: Case, party: str, items: list[ConsigneeItem]) -> Consignee:
    record = case.master.latest("party", party) or {}
    return Consignee(
        party=party,
        name=record.get("name"),
        market=case.master.market("party", party),
        contacts=tuple(record.get("contacts", ())),
        items=tuple(sorted(items, key=lambda item: (item.item, item.unit))),
    )


def _item(case: Case, item: int, party: str, scale: Scale, went: Sent) -> ConsigneeItem:
    material = case.material
    events = [material.events[posting.seq] for posting in went.postings]
    held: int | None = None
    if went.quantity is not None:
        accounts = [Account("party", party, state) for state in (TRANSIT, DELIVERED)]
        stocks = [stock for stock in case.stocks(item) if stock.scale is scale]
        held = sum(stock.standing.amount(each) for stock in stocks for each in accounts)
    lot = case.counting_lot(item)
    row = material.items[item]
    return ConsigneeItem(
        item=row.key,
        product=row.product,
        number=row.number,
        lot=material.key(lot) if lot else None,
        sent=scale.shown(went.quantity),
        held=scale.shown(held),
        unit=scale.unit,
        units_min=scale.shown(went.bounds.low) or "0",
        units_max=scale.shown(went.bounds.high, up=True),
        first=str(min(event.end for event in events)),
        last=str(max(event.end for event in events)),
        orders=tuple(sorted({e.sent["order"] for e in events if e.sent.get("order")})),
        documents=tuple(sorted({d for e in events for d in e.sent.get("documents", ())})),
        events=tuple(sorted({event.key for event in events})),
    )
