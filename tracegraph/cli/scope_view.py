"""A scope for the eyes: what matters first, as a coordinator needs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracegraph.cli.output import counted, say, say_table, shown
from tracegraph.recall.answer import Consignee, Scope
from tracegraph.recall.totals import Sum, Total, totals_of, where

_TERMS = (
    ("made", "made"), ("received", "received"), ("overdrawn", "overdrawn"),
    ("on_hand", "on hand"), ("in_transit", "in transit"), ("at_customers", "at customers"),
    ("consumed", "consumed"), ("destroyed", "destroyed"), ("used", "used"),
    ("returned_to_supplier", "returned"), ("adjusted", "adjusted"),
    ("unaccounted", "unaccounted"),
)  # fmt: skip
NO_CONTACT, UNEXPLAINED = "NO CONTACT", "NO"


def say_scope(scope: Scope, *, rows: int) -> None:
    """Headline, figures, consignees, where it is, mass balance, gaps and what is unproven.

    A table has at most so many `rows` (0: all of them) and says how many more there are; figures
    and consignees are always whole.
    """
    say(headline(scope))
    if scope.note:
        say(scope.note)
    if scope.figures:
        _section("Figures", _FIGURES, _figures(scope), 0)
    _section("Consignees", _CONSIGNEES, _consignees(scope), 0)
    _section("Where it is", _PLACES, _places(scope), rows)
    columns, balances = _balances(scope)
    _section("Mass balance of lots", columns, balances, rows)
    columns = ("rule", "gaps", "item", "what", "remedy")
    _section("Gaps in the records, by kind", columns, _gaps(scope), rows)
    unproven = [
        (each.product, each.number or each.key, _amount(each.units, each.unit), _lack(each))
        for each in sorted(
            scope.unproven, key=lambda each: (each.kind != "lot", each.parent is not None)
        )
    ]
    columns = ("product", "item", "units", "why")
    _section("Unproven: may hold it, the record is missing", columns, unproven, rows)
    say()
    say(f"known at {scope.known_at}, recorded {scope.recorded_at or '-'}, hash {scope.hash}")


def headline(scope: Scope) -> str:
    """The scope in a sentence.

    It never adds units across products: these are in the figures.
    """
    certain = sum(item.certainty == "certain" for item in scope.items)
    gaps = counted(len(scope.gaps), "gap") if scope.gaps else "no gaps"
    kinds = [
        counted(count, kind)
        for kind in ("lot", "serial", "container")
        if (count := sum(item.kind == kind for item in scope.items))
    ]
    return (
        f"{' and '.join(kinds) or 'No items'} affected: {certain:,} certainly,"
        f" {len(scope.items) - certain:,} possibly; {len(scope.unproven):,} unproven;"
        f" {counted(len(scope.consignees), 'consignee')}; {gaps}."
    )


def span(low: str, high: str | None) -> str:
    """Bounds in a few characters.

    >>> span("5", "5"), span("0", "5"), span("2", None)
    ('5', '0 to 5', '2 or more')
    """
    if high is None:
        return f"{low} or more"
    return low if low == high else f"{low} to {high}"


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], most: int) -> None:
    if not rows:
        return
    shown_rows = rows[:most] if most else rows
    say()
    if sys.stdout.isatty():
        _draw(f"{title} ({len(rows):,})", columns, shown_rows)
    else:
        say(f"{title} ({len(rows):,})")
        say_table(columns, shown_rows)
    if len(shown_rows) < len(rows):
        say(f"… and {len(rows) - len(shown_rows):,} more; --rows 0 shows all")


def _draw(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table on a terminal: amounts to the right, what needs somebody in red."""
    table = Table(
        box=None, header_style="bold", pad_edge=False, collapse_padding=True,
        title=title, title_justify="left", title_style="bold underline",
    )  # fmt: skip
    for name in columns:
        amount = name in _AMOUNTS
        table.add_column(name, justify="right" if amount else "left", overflow="fold")
    for row in rows:
        cells = [shown(value) for value in row]
        table.add_row(*(Text(cell, style="bold red" if cell in _ALARMS else "") for cell in cells))
    Console(file=sys.stdout).print(table)


_ALARMS = frozenset({NO_CONTACT, UNEXPLAINED})
_AMOUNTS = frozenset(
    {
        "certain", "possible", "unproven", "units", "affected", "sent", "held", "items", "gaps",
        "quantity", "complete", *(said for _, said in _TERMS),
    }
)  # fmt: skip


_FIGURES = (
    "product", "certain", "possible", "unproven", "units", "on hand", "in transit",
    "at customers", "consumed", "used", "unaccounted", "complete",
)  # fmt: skip


def _figures(scope: Scope) -> list[tuple[Any, ...]]:
    """A row a product and unit, first what has left the house."""
    return [
        (
            each.product, each.items_certain, each.items_possible, each.items_unproven,
            f"{span(each.units_min, each.units_max)} {each.unit}", each.on_hand,
            each.in_transit, each.at_customers, each.consumed, each.used, each.unaccounted,
            percent(each.completeness),
        )
        for each in sorted(
            scope.figures, key=lambda each: each.at_customers == each.in_transit == "0"
        )
    ]  # fmt: skip


def percent(share: str | None) -> str:
    """A share as a percentage, as exact as it is.

    >>> percent("0.8804"), percent("1.0000"), percent(None)
    ('88.04 %', '100 %', '?')
    """
    if share is None:
        return "?"
    shown = Decimal(share) * 100
    return f"{shown.normalize() if shown % 1 else int(shown)} %"


_CONSIGNEES = ("party", "name", "market", "contact", "product", "sent", "held", "affected", "last")


def _consignees(scope: Scope) -> list[tuple[Any, ...]]:
    return [row for consignee in scope.consignees for row in _consignee(consignee)]


def _consignee(consignee: Consignee) -> Iterator[tuple[Any, ...]]:
    """A row a product and unit; whom to call, in the first of them."""
    whose: tuple[str | None, ...] = (
        consignee.party, consignee.name, consignee.market, _contact(consignee),
    )  # fmt: skip
    for total in totals_of(consignee):
        yield (
            *whose,
            total.product or "",
            f"{_said(total.quantity)} {total.unit}",
            _said(total.held),
            _bounds(total),
            total.last[:10],
        )
        whose = (consignee.party, *(None,) * (len(whose) - 1))


def _contact(consignee: Consignee) -> str:
    if not consignee.contacts:
        return NO_CONTACT
    first = consignee.contacts[0]
    said = [str(first[name]) for name in ("name", "phone", "email") if first.get(name)]
    more = len(consignee.contacts) - 1
    return ", ".join(said) + (f" (+{more})" if more else "")


_PLACES = ("where", "state", "market", "product", "items", "quantity", "affected")


def _places(scope: Scope) -> list[tuple[Any, ...]]:
    """What is where, by product; serials that an affected lot counts are in its numbers."""
    return [
        (
            row.holder or "?", row.state, row.market, row.total.product or "", row.total.items,
            f"{row.total.quantity} {row.total.unit}", _bounds(row.total),
        )
        for row in where(scope)
    ]  # fmt: skip


def _balances(scope: Scope) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Terms that are nowhere zero, and what needs an explanation first."""
    items = {item.key: item for item in scope.items}
    kept = [each for each in scope.balances if _counts(items, each.item)]
    kept.sort(key=lambda each: each.explained)
    terms = [(name, said) for name, said in _TERMS if any(getattr(e, name) != "0" for e in kept)]
    rows = [
        (
            items[each.item].product if each.item in items else None,
            (items[each.item].number if each.item in items else None) or each.item,
            each.unit,
            *(getattr(each, name) for name, _ in terms),
            "yes" if each.explained else UNEXPLAINED,
        )
        for each in kept
    ]
    return ("product", "item", "unit", *(said for _, said in terms), "explained"), rows


def _counts(items: dict[str, Any], key: str) -> bool:
    return key not in items or items[key].lot is None


def _gaps(scope: Scope) -> list[tuple[Any, ...]]:
    """A row for all gaps that are told and mended alike, with the first item of them."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for gap in scope.gaps:
        named = gap.item or gap.event or gap.party or gap.product or ""
        found.setdefault((gap.rule, gap.detail, gap.remedy), []).append(named)
    return [
        (rule, len(named), named[0], detail, remedy)
        for (rule, detail, remedy), named in found.items()
    ]


def _lack(unproven: Any) -> str:
    if unproven.parent:
        return f"made of {unproven.parent}"
    return f"no record of {unproven.material} at {unproven.event}"


def _amount(amount: str | None, unit: str) -> str:
    return f"{amount or '?'} {unit}"


def _said(sum: Sum) -> str:
    """A sum; one that a record gives no amount for may be more."""
    return str(sum) if sum.whole else f"{sum} or more"


def _bounds(total: Total) -> str:
    """The fewest and the most affected units."""
    return span(_said(total.low), str(total.high) if total.high.whole else None)
