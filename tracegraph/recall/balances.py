"""Mass balance: what was made or received of an item, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from tracegraph.model.instant import Instant
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

Term = Literal[
    "made", "received", "overdrawn", "on_hand", "in_transit", "at_customers", "consumed",
    "destroyed", "used", "returned_to_supplier", "adjusted", "unaccounted",
]  # fmt: skip

TERMS: tuple[Term, ...] = get_args(Term)
SOURCES: tuple[Term, ...] = ("made", "received", "overdrawn")  # the others are the other side
_ENDS: dict[str, Term] = {
    CONSUMED: "consumed", DESTROYED: "destroyed", USED: "used", RETURNED: "returned_to_supplier",
}  # fmt: skip


def overdue(stock: Stock, account: Account, judged: Instant | None, days: int) -> int:
    """How much has been under way to somewhere for more than `days`, first in first out."""
    amount = stock.standing.amount(account)
    recent = sum(
        posting.quantity
        for posting in stock.postings
        if posting.target == account and not older(posting.order.end, judged, days)
    )
    return max(0, amount - recent)


def term(account: Account, quantity: int) -> Term:
    """The name of the term that what is in an account counts to; late transit is in transit."""
    if account.origin:
        return "made" if account.state == MADE else "received"
    if account.state == ADJUSTED and account.kind == "none":
        return "adjusted"
    if quantity < 0:
        return "overdrawn"
    if account.state == TRANSIT:
        return "in_transit"
    if account.state in _ENDS and account.kind != "place":
        return _ENDS[account.state]
    if account.kind == "party" and account.state == DELIVERED:
        return "at_customers"
    return "on_hand"


def amounts(case: Case, stock: Stock) -> dict[Term, int]:
    """The terms of the balance by name, in base units."""
    terms = dict.fromkeys(TERMS, 0)
    for account, held in stock.standing.accounts.items():
        name = term(account, held.quantity)
        terms[name] += -held.quantity if name in SOURCES else held.quantity
        if name == "in_transit":
            late = overdue(stock, account, case.judged, case.query.transit_days)
            terms["unaccounted"] += late
            terms["in_transit"] -= late
    return terms


def balances(case: Case, item: int) -> Iterator[Balance]:
    """The mass balance of one item, in each unit that it is measured in."""
    for stock in case.stocks(item):
        yield _balance(case, item, stock)


def _balance(case: Case, item: int, stock: Stock) -> Balance:
    terms, scale = amounts(case, stock), stock.scale
    shown = {name: scale.shown(amount) or "0" for name, amount in terms.items()}
    return Balance(
        item=case.material.key(item),
        unit=scale.unit,
        explained=not any(terms[name] for name in ("overdrawn", "adjusted", "unaccounted")),
        **shown,
    )
