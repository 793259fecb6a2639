"""Positions: where units are, and how many of those there are affected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tracegraph.recall.amount import Scales
from tracegraph.recall.answer import Position
from tracegraph.recall.bounds import NOTHING, Bounds, between, whole
from tracegraph.recall.case import Case
from tracegraph.recall.ledger import (
    DELIVERED,
    TRANSIT,
    Account,
    Held,
    Posting,
    Standing,
)
from tracegraph.recall.material import Material


def positions(
    case: Case, items: Iterable[int], sent: Mapping[tuple[int, str | None], Sent]
) -> list[Position]:
    """Positions of affected items, by (item, holder_kind, holder, state), with bounds."""
    found = []
    for item in items:
        bounds = bounded(case, item, sent)
        for account, held in case.standing(item).accounts.items():
            if not account.origin:
                found.append(position(case, item, account, held, bounds.get(account, NOTHING)))
    return sorted(found, key=_order)


def position(
    case: Case, item: int, account: Account, held: Held, bounds: Bounds | None
) -> Position:
    """One position of an affected item."""
    plain = position_row(case.material, case.scales, item, account, held)
    if bounds is None:
        return plain
    scale = case.scales[item]
    low, high = scale.shown(bounds.low), scale.shown(bounds.high, up=True)
    return replace(plain, units_min=low, units_max=high)


def position_row(
    material: Material, scales: Scales, item: int, account: Account, held: Held
) -> Position:
    """One position as answers tell it, without a word on certainty."""
    scale = scales[item]
    market = None
    if account.kind != "none":
        market = material.master.market(account.kind, account.holder)
    return Position(
        item=material.key(item),
        holder_kind=account.kind,  # type: ignore[arg-type]  # an account's kind is one of these
        holder=account.holder,
        state=account.state,
        market=market,
        quantity=scale.shown(held.quantity) or "0",
        unit=scale.unit,
        units_min=None,
        units_max=None,
        since=None if held.last is None else str(held.last.order.end),
    )


def _order(found: Position) -> tuple[str, str, str, str, str]:
    return (found.item, found.holder_kind, found.holder or "", found.state, found.unit)


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to one party of one item: units, bounds, and whether any came back."""

    quantity: int
    bounds: Bounds
    postings: tuple[Posting, ...]


def sent_units(case: Case) -> dict[tuple[int, str | None], Sent]:
    """What was shipped of each affected item to each party; deliveries, where none was shipped.

    Affected units of several shipments are added; they are no more than there are at all.
    """
    by_line = {place: key for key, place in case.composition.leaving.items()}
    groups: defaultdict[tuple[int, str | None], list[Posting]] = defaultdict(list)
    back: set[int] = set()
    for item in case.verdicts.items:
        for posting in case.journal.postings.get(item, ()):
            if posting.target.kind == "party" and posting.target.state in {TRANSIT, DELIVERED}:
                groups[item, posting.target.holder].append(posting)
            if posting.source.kind == "party" and posting.source.state == DELIVERED:
                back.add(item)
    found = {}
    for (item, party), postings in groups.items():
        shipped = [p for p in postings if p.target.state == TRANSIT]
        delivered = [p for p in postings if p.target.state == DELIVERED]
        less = sum(p.quantity for p in shipped) < sum(p.quantity for p in delivered)
        counted = delivered if less else shipped
        quantity = sum(p.quantity for p in counted)
        seen = [by_line.get((p.seq, item)) for p in counted]
        each = [case.verdicts.outflows.get(key, NOTHING) if key else NOTHING for key in seen]
        bounds = _together(case, item, quantity, each, again=item in back)
        found[item, party] = Sent(quantity, bounds, tuple(counted))
    return found


def _together(case: Case, item: int, quantity: int, each: list[Bounds], *, again: bool) -> Bounds:
    """Bounds of several draws together. What may have come back may have been drawn twice."""
    total = case.verdicts.items[item]
    lows = [bounds.low for bounds in each]
    high: int | None = 0
    for bounds in each:
        unknown = high is None or (bounds.some and bounds.high is None)
        high = None if unknown else (high or 0) + (bounds.high or 0)
    if high is not None and total.high is not None:
        high = min(high, total.high)
    low = max(lows, default=0) if again else sum(lows)
    had = case.verdicts.had[item]
    everything = all(bounds.some for bounds in each)
    if not again and everything and had.units is not None and not had.again:
        low = max(low, quantity - (had.units + had.missing - total.low))
    if each and all(bounds.every for bounds in each):
        return whole(quantity)
    return between(low, high, quantity)


def bounded(
    case: Case, item: int, sent: Mapping[tuple[int, str | None], Sent]
) -> dict[Account, Bounds]:
    """Bounds of the affected units in each account of an item.

    What is in an account are distinct units. Where every unit is in one account, what cannot be
    elsewhere must be here.
    """
    standing, total, had = case.standing(item), case.verdicts.items[item], case.verdicts.had[item]
    thing = case.composition.flow.things[item]
    found: dict[Account, Bounds] = {}
    for account, held in standing.accounts.items():
        if account.origin:
            continue
        quantity = max(0, held.quantity)
        bounds = _in_account(case, item, account, quantity)
        if account.kind == "party" and account.state in {TRANSIT, DELIVERED}:
            went = sent.get((item, account.holder))
            if went is not None:
                bounds = _capped(bounds, went.bounds, quantity)
        elif not thing.mixture and had.units is not None and not had.again:
            low = quantity - (had.units + had.missing - total.low)
            bounds = between(max(low, bounds.low), bounds.high, quantity)
        found[account] = bounds
    exact = had.units is not None and not had.again and not had.missing and not thing.mixture
    return _shared(standing, found, total) if exact else found


def _in_account(
    case: Case,
    item: int,
    account: Account,
    quantity: int,
) -> Bounds:
    total = case.verdicts.items[item]
    if not quantity:
        return NOTHING
    if total.every:
        return whole(quantity)
    thing = case.composition.flow.things[item]
    if thing.mixture and account.own and total.certain:
        return whole(quantity)
    return between(0, total.high, quantity)


def _capped(bounds: Bounds, went: Bounds, quantity: int) -> Bounds:
    """What a party holds is of what went there."""
    if not went.some:
        return NOTHING
    if went.every:
        return whole(quantity)
    high = bounds.high if went.high is None else min(went.high, quantity)
    return between(bounds.low, high, quantity)


def _shared(
    standing: Standing, found: dict[Account, Bounds], total: Bounds
) -> dict[Account, Bounds]:
    """Tighten by what cannot be in the other accounts."""
    if any(held.quantity < 0 for a, held in standing.accounts.items() if not a.origin):
        return found
    if total.high is None or any(bounds.high is None for bounds in found.values()):
        return found
    highs = sum(bounds.high or 0 for bounds in found.values())
    lows = sum(bounds.low for bounds in found.values())
    return {
        account: between(
            max(bounds.low, total.low - (highs - (bounds.high or 0))),
            min(bounds.high or 0, total.high - (lows - bounds.low)),
            standing.amount(account),
        )
        for account, bounds in found.items()
    }
