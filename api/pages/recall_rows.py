"""What a recall's pages show of a scope: its parts as rows, the most urgent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracegraph.recall.answer import (
    AffectedItem,
    Balance,
    Consignee,
    ConsigneeItem,
    Gap,
    Position,
    Scope,
    Unproven,
)
from tracegraph.recall.totals import Total, totals_of, where


@dataclass(frozen=True, slots=True)
class ConsigneeRow:
    """A consignee with what it got in all, and the papers it went under."""

    consignee: Consignee
    totals: tuple[Total, ...]
    first: str
    last: str
    orders: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentRow:
    """One item that one consignee got."""

    consignee: Consignee
    item: ConsigneeItem


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One position, with what its item is called."""

    position: Position
    item: AffectedItem | None


@dataclass(frozen=True, slots=True)
class ToDo:
    """Gaps that are told and mended alike."""

    rule: str
    detail: str
    remedy: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A record that is missing, and how many unproven items wait for it."""

    material: str | None
    event: str | None
    items: int


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A mass balance, with what its item is called."""

    balance: Balance
    item: AffectedItem | None


def consignees(scope: Scope) -> list[ConsigneeRow]:
    """Whom to reach, those that nobody knows how to reach first."""
    rows = [_consignee(each) for each in scope.consignees]
    return sorted(rows, key=lambda row: bool(row.consignee.contacts))


def _consignee(consignee: Consignee) -> ConsigneeRow:
    items = consignee.items
    return ConsigneeRow(
        consignee,
        tuple(totals_of(consignee)),
        first=min((item.first for item in items), default=""),
        last=max((item.last for item in items), default=""),
        orders=tuple(sorted({order for item in items for order in item.orders})),
        documents=tuple(sorted({each for item in items for each in item.documents})),
    )


def sent(scope: Scope) -> list[SentRow]:
    """Every item that every consignee got."""
    return [SentRow(each, item) for each in scope.consignees for item in each.items]


def positions(scope: Scope) -> list[PositionRow]:
    """Every account of every item, also what is consumed, used or destroyed."""
    items = _by_key(scope)
    return [PositionRow(each, items.get(each.item)) for each in scope.positions]


def todo(scope: Scope) -> list[ToDo]:
    """Gaps by what would close them, the most frequent first."""
    found: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in scope.gaps:
        found.setdefault((gap.rule, gap.detail, gap.remedy), []).append(gap)
    rows = [ToDo(*said, tuple(gaps)) for said, gaps in found.items()]
    return sorted(rows, key=lambda row: -len(row.gaps))


def unproven(scope: Scope) -> list[Unproven]:
    """Lots before the serials that they count, what lacks a record before what was made of it."""
    return sorted(scope.unproven, key=lambda each: (each.kind != "lot", each.parent is not None))


def lacks(scope: Scope) -> list[Lack]:
    """The records for want of which items are unproven, those that most wait for first."""
    known = {each.key: each for each in scope.unproven}
    found = Counter[tuple[str | None, str | None]]()
    for each in scope.unproven:
        first = each
        while first.parent in known:
            first = known[first.parent]
        found[first.material, first.event] += 1
    return [Lack(*lack, items) for lack, items in found.most_common()]


def balances(scope: Scope) -> list[BalanceRow]:
    """What became of each lot, and of each serial that no lot counts; unexplained ones first."""
    items = _by_key(scope)
    rows = [BalanceRow(each, items.get(each.item)) for each in scope.balances]
    counted = [row for row in rows if row.item is None or row.item.lot is None]
    return sorted(counted, key=lambda row: row.balance.explained)


def _by_key(scope: Scope) -> dict[str, AffectedItem]:
    return {item.key: item for item in scope.items}


# -- parts: lists that a reader pages and searches through


@dataclass(frozen=True, slots=True)
class Part:
    """A list of a scope: its rows, and the texts of one by which it is found."""

    rows: Callable[[Scope], Sequence[Any]]
    texts: Callable[[Any], Iterable[str | None]]


def _of_consignee(row: ConsigneeRow) -> Iterator[str | None]:
    yield from (row.consignee.party, row.consignee.name, row.consignee.market)
    yield from (total.product for total in row.totals)
    yield from (*row.orders, *row.documents)


PARTS: dict[str, Part] = {
    "consignees": Part(consignees, _of_consignee),
    "sent": Part(sent, lambda row: (
        row.consignee.party, row.consignee.name, row.consignee.market, row.item.item,
        row.item.product, row.item.number, *row.item.orders, *row.item.documents,
    )),
    "where": Part(where, lambda row: (row.holder, row.state, row.market, row.total.product)),
    "positions": Part(positions, lambda row: (
        row.position.item, row.position.holder, row.position.state, row.position.market,
        row.item and row.item.product, row.item and row.item.number,
    )),
    "gaps": Part(lambda scope: scope.gaps, lambda row: (
        row.rule, row.item, row.event, row.product, row.party, row.detail,
    )),
    "unproven": Part(unproven, lambda row: (
        row.key, row.product, row.number, row.material, row.event, row.parent,
    )),
    "items": Part(lambda scope: scope.items, lambda row: (
        row.key, row.product, row.number, row.lot, *row.orders,
    )),
    "balances": Part(balances, lambda row: (
        row.balance.item, row.item and row.item.product, row.item and row.item.number,
    )),
    "orders": Part(lambda scope: scope.orders, lambda row: (row.number, row.kind, row.party)),
}  # fmt: skip


def found(name: str, rows: Sequence[Any], text: str, certainty: str) -> Sequence[Any]:
    """Those rows of a part that hold a text, in whatever letters; of items, those so certain."""
    if name == "items" and certainty:
        rows = [row for row in rows if row.certainty == certainty]
    wanted, texts = text.casefold(), PARTS[name].texts
    if not wanted:
        return rows
    return [row for row in rows if any(t and wanted in t.casefold() for t in texts(row))]
