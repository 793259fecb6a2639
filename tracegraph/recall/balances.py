"""Mass balance: what was made or received of an item, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from tracegraph.recall.answer import Balance
from tracegraph.recall.case import Case, older
from tracegraph.recall.ledger import (
    ADJUSTED,
    CONSUMED,
    DELIVERED,
    DESTROYED,
    MADE,
    RETURNED,
    TRANSIT,
    USED,
    Account,
    Stock,
)

_ENDS = {CONSUMED: "consumed", DESTROYED: "destroyed", USED: "used", RETURNED: "returned"}


def overdue(case: Case, stock: Stock, account: Account) -> int:
    """How much has been under way to somewhere for more than `transit_days`, first in first out."""
    amount = stock.standing.amount(account)
    recent = sum(
        posting.quantity
        for posting in stock.postings
        if posting.target == account
        and not older(posting.order.end, case.judged, case.query.transit_days)
    )
    return max(0, amount - recent)


def amounts(case: Case, stock: Stock) -> dict[str, int]:
    """The terms of the balance by name, in base units."""
    terms = dict.fromkeys(
        ("made", "received", "overdrawn", "on_hand", "in_transit", "at_customers", "consumed",
         "destroyed", "used", "returned", "adjusted", "unaccounted"), 0
    )  # fmt: skip
    for account, held in stock.standing.accounts.items():
        quantity = held.quantity
        if account.origin:
            terms["made" if account.state == MADE else "received"] -= quantity
        elif account.state == ADJUSTED and account.kind == "none":
            terms["adjusted"] += quantity
        elif quantity < 0:
            terms["overdrawn"] -= quantity
        elif account.state == TRANSIT:
            late = overdue(case, stock, account)
            terms["unaccounted"] += late
            terms["in_transit"] += quantity - late
        elif account.state in _ENDS and (account.kind != "place"):
            terms[_ENDS[account.state]] += quantity
        elif account.kind == "party" and account.state == DELIVERED:
            terms["at_customers"] += quantity
        else:
            terms["on_hand"] += quantity
    return terms


def balances(case: Case, item: int) -> Iterator[Balance]:
    """The mass balance of one item, in each unit that it is measured in."""
    for stock in case.stocks(item):
        yield _balance(case, item, stock)


def _balance(case: Case, item: int, stock: Stock) -> Balance:
    terms, scale = amounts(case, stock), stock.scale
    shown = {name: scale.shown(amount) or "0" for name, amount in terms.items()}
    returned = shown.pop("returned")
    return Balance(
        item=case.material.key(item),
        unit=scale.unit,
        returned_to_supplier=returned,
        explained=not any(terms[name] for name in ("overdrawn", "adjusted", "unaccounted")),
        **shown,
    )
