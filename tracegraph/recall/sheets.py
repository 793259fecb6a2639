"""Sheets of a scope: what a coordinator works through, sends out and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import partial
from itertools import zip_longest
from typing import Any

from tracegraph.model.quantity import spelled
from tracegraph.model.sheet import Column, Kind, Row, Rows, Sheet
from tracegraph.recall.answer import Consignee, ConsigneeItem, Scope
from tracegraph.recall.query import ScopeSeed

SEPARATOR = "; "

# No spreadsheet holds more than 32,767 characters in a cell; a longer list goes on in a new row.
LONGEST_LIST = 32_000

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("units", "units_min", "units_max", "quantity", "sent", "held"), "quantity"),
    **dict.fromkeys(("made", "received", "overdrawn", "on_hand", "in_transit"), "quantity"),
    **dict.fromkeys(("at_customers", "consumed", "destroyed", "used"), "quantity"),
    **dict.fromkeys(("returned_to_supplier", "adjusted", "unaccounted"), "quantity"),
    "completeness": "quantity",
    **dict.fromkeys(("depth", "items_certain", "items_possible", "items_unproven"), "integer"),
    **dict.fromkeys(("part", "item_count"), "integer"),
    **dict.fromkeys(("made_on", "expires_on"), "date"),
    **dict.fromkeys(("since", "first", "last"), "time"),
}

_FIGURES = (
    "product", "unit", "items_certain", "items_possible", "items_unproven", "units_min",
    "units_max", "on_hand", "in_transit", "at_customers", "consumed", "used", "unaccounted",
    "completeness",
)  # fmt: skip
_SEEDS = ("key", "units", "unit", "since", "through", "seeds")
_ITEMS = (
    "key", "kind", "product", "number", "lot", "certainty", "units_min", "units_max", "units",
    "unit", "depth", "parent", "through", "made_on", "expires_on", "expired", "removed", "orders",
)  # fmt: skip
_POSITIONS = (
    "item", "holder_kind", "holder", "state", "market", "quantity", "unit", "units_min",
    "units_max", "since",
)  # fmt: skip
_CONSIGNEE_ITEM = (
    "item", "product", "number", "lot", "sent", "held", "unit", "units_min", "units_max", "first",
    "last", "orders", "documents", "events",
)  # fmt: skip
_BALANCE = (
    "item", "unit", "made", "received", "overdrawn", "on_hand", "in_transit", "at_customers",
    "consumed", "destroyed", "used", "returned_to_supplier", "adjusted", "unaccounted",
    "explained",
)  # fmt: skip
_GAPS = (
    "rule", "item", "event", "product", "party", "quantity", "unit", "detail", "remedy",
)  # fmt: skip
_UNPROVEN = (
    "key", "kind", "product", "number", "lot", "material", "event", "parent", "units", "unit",
)  # fmt: skip
_CONTACT = ("name", "role", "email", "phone", "address")
_LETTERS = (
    "party", "name", "part", "contact", "role", "email", "phone", "address", "further_contacts",
    "market", "item_count", "items", "quantities", "first", "last", "orders", "documents",
)  # fmt: skip


def sheets(scope: Scope) -> list[Sheet]:
    """Every sheet of a scope, the summary first. Rows are made as they are read; none are kept.

    Columns are the fields of the answer, lists joined by "; ", truth as yes and no. The summary
    counts the rows of every other sheet, so that a reader can see that none are missing.
    """
    others = [
        _table("figures", _FIGURES, scope.figures),
        _table("seeds", _SEEDS, scope.seeds),
        _table("items", _ITEMS, scope.items),
        _table("positions", _POSITIONS, scope.positions),
        _sheet("consignees", ("party", "name", "market", *_CONSIGNEE_ITEM), _consignees, scope),
        _table("balance", _BALANCE, scope.balances),
        _table("gaps", _GAPS, scope.gaps),
        _table("unproven", _UNPROVEN, scope.unproven),
        _sheet("orders", ("number", "kind", "party", "item"), _orders, scope),
        letters(scope),
    ]
    rows = Rows(partial(_summary, scope, others))
    return [Sheet("summary", (Column("what"), Column("value")), rows), *others]


def letters(scope: Scope) -> Sheet:
    """Whom to write to: a row a consignee, with contacts, items, quantities, orders, documents.

    `quantities` are totals per product and unit: sent, held, and how many are affected; serials
    that a lot of the same consignee counts are not counted again. Where a list is longer than a
    cell can be, the consignee has a further row that goes on with it: `part` 2, 3 and so on.
    """
    return _sheet("letters", _LETTERS, _letters, scope)


def _columns(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(name, _KINDS.get(name, "text")) for name in names)


def _sheet(
    name: str, columns: Iterable[str], rows: Callable[[Scope], Iterator[Row]], scope: Scope
) -> Sheet:
    return Sheet(name, _columns(columns), Rows(partial(rows, scope)))


def _table(name: str, columns: tuple[str, ...], values: tuple[Any, ...]) -> Sheet:
    return Sheet(name, _columns(columns), Rows(partial(_rows, columns, values)))


def _rows(columns: tuple[str, ...], values: Iterable[Any]) -> Iterator[Row]:
    for value in values:
        yield tuple(_cell(getattr(value, name)) for name in columns)


def _cell(value: Any) -> str | int | None:
    match value:
        case None | str():
            return value
        case bool():
            return "yes" if value else "no"
        case int():
            return value
        case tuple():
            return SEPARATOR.join(map(str, value))
    raise TypeError(f"{value!r} is no cell")


def _summary(scope: Scope, others: list[Sheet]) -> Iterator[Row]:
    yield "hash", scope.hash
    yield "rule", scope.rule
    yield "as_of", scope.as_of
    yield "known_at", scope.known_at
    yield "recorded_at", scope.recorded_at
    yield "note", scope.note
    for name, seeds in (("seed", scope.query.seeds), ("exclude", scope.query.exclude)):
        for number, seed in enumerate(seeds, 1):
            yield f"{name} {number}", _asked(seed)
    yield "clock_tolerance", scope.query.clock_tolerance
    yield "transit_days", scope.query.transit_days
    yield "budget", scope.query.budget
    known = {
        "items": len(scope.items),
        "positions": len(scope.positions),
        "consignees": sum(len(consignee.items) for consignee in scope.consignees),
        "balance": len(scope.balances),
    }
    for sheet in others:
        count = known.get(sheet.name)
        yield f"rows of {sheet.name}", sum(1 for _ in sheet.rows) if count is None else count


def _asked(seed: ScopeSeed) -> str:
    limits = (
        f"{field.name} {getattr(seed, field.name)}"
        for field in fields(seed)[2:]
        if getattr(seed, field.name) is not None
    )
    return ", ".join((f"{seed.kind} {seed.key}", *limits))


def _consignees(scope: Scope) -> Iterator[Row]:
    for consignee in scope.consignees:
        whose = (consignee.party, consignee.name, consignee.market)
        for row in _rows(_CONSIGNEE_ITEM, consignee.items):
            yield whose + row


def _orders(scope: Scope) -> Iterator[Row]:
    for order in scope.orders:
        for item in order.items or (None,):
            yield order.number, order.kind, order.party, item


def _letters(scope: Scope) -> Iterator[Row]:
    for consignee in scope.consignees:
        yield from _letter(consignee)


def _letter(consignee: Consignee) -> Iterator[Row]:
    items = consignee.items
    contacts = [tuple(each.get(name) for name in _CONTACT) for each in consignee.contacts]
    first = contacts[0] if contacts else (None,) * len(_CONTACT)
    lists = (
        (", ".join(filter(None, contact)) for contact in contacts[1:]),
        map(_named, items),
        _quantities(items),
        sorted({order for item in items for order in item.orders}),
        sorted({document for item in items for document in item.documents}),
    )
    begin = min((item.first for item in items), default=None)
    end = max((item.last for item in items), default=None)
    parts = zip_longest(*map(_in_cells, lists))
    for part, (further, named, totals, orders, documents) in enumerate(parts, 1):
        yield (
            consignee.party, consignee.name, part, *first, further, consignee.market, len(items),
            named, totals, begin, end, orders, documents,
        )  # fmt: skip


def _in_cells(texts: Iterable[str]) -> Iterator[str | None]:
    """Texts joined into as few cells as will hold them; one empty cell where there are none."""
    cell: list[str] = []
    length = 0
    for text in texts:
        if cell and length + len(text) > LONGEST_LIST:
            yield SEPARATOR.join(cell)
            cell, length = [], 0
        cell.append(text)
        length += len(text) + len(SEPARATOR)
    yield SEPARATOR.join(cell) or None


def _named(item: ConsigneeItem) -> str:
    return f"{item.number} ({item.item})" if item.number else item.item


def _quantities(items: tuple[ConsigneeItem, ...]) -> Iterator[str]:
    """Totals per product and unit. Sums of bounds are bounds, if not always the closest."""
    counting = {item.item for item in items if item.lot is None}
    totals: dict[tuple[str, str], list[int | None]] = {}
    for item in items:
        if item.lot in counting:
            continue
        total = totals.setdefault((item.product or "", item.unit), [0, 0, 0, 0])
        amounts = (item.sent, item.held, item.units_min, item.units_max)
        for place, amount in enumerate(amounts):
            before = total[place]
            if before is not None:
                total[place] = None if amount is None else before + _micro(amount)
    for (product, unit), total in sorted(totals.items()):
        sent, held, low, high = ("?" if n is None else spelled(n) for n in total)
        affected = f"{low} or more" if high == "?" else low if low == high else f"{low} to {high}"
        named = product or "unknown product"
        yield f"{named}: {sent} {unit} sent, {held} held, {affected} affected"


def _micro(text: str) -> int:
    """Millionths in a decimal text, which may be larger than what an event may say."""
    whole, _, rest = text.partition(".")
    return int(whole + rest.ljust(6, "0"))
