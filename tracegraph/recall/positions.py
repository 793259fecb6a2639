"""Positions: where units are, and how many of those there are affected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tracegraph.model.value import value
from tracegraph.recall.amount import Scale
from tracegraph.recall.answer import Position
from tracegraph.recall.bounds import NOTHING, Bounds, between, perhaps, whole
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


def positions(case: Case, items: Iterable[int], sent: Mapping[Goer, Sent]) -> list[Position]:
    """Positions of affected items, by (item, holder_kind, holder, state, unit), with bounds."""
    found = []
    for item in items:
        own, *asides = case.stocks(item)
        bounds = bounded(case, item, sent)
        for account, held in own.standing.accounts.items():
            if not account.origin:
                here = bounds.get(account, NOTHING)
                found.append(_bounded_row(case, own.scale, item, account, held, here))
        for stock in asides:
            for account, held in stock.standing.accounts.items():
                if not account.origin:
                    here = _some_of(max(0, held.quantity), [case.verdicts.items[item]])
                    found.append(_bounded_row(case, stock.scale, item, account, held, here))
    return sorted(found, key=_order)


def _bounded_row(
    case: Case, scale: Scale, item: int, account: Account, held: Held, bounds: Bounds
) -> Position:
    low, high = scale.shown(bounds.low), scale.shown(bounds.high, up=True)
    return position_row(case.material, scale, item, account, held, low, high)


def position_row(
    material: Material,
    scale: Scale,
    item: int,
    account: Account,
    held: Held,
    units_min: str | None = None,
    units_max: str | None = None,
) -> Position:
    """One position as answers tell it; without bounds nothing is said of certainty."""
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
        units_min=units_min,
        units_max=units_max,
        since=None if held.last is None else str(held.last.order.end),
    )


def _order(found: Position) -> tuple[str, str, str, str, str]:
    return (found.item, found.holder_kind, found.holder or "", found.state, found.unit)


@value(frozen=True, slots=True)
class Sent:
    """What went to one party of one item: units (None: a line says none), bounds, postings."""

    quantity: int | None
    bounds: Bounds
    postings: tuple[Posting, ...]


# An item, the party that got some of it, and how that was measured
Goer = tuple[int, str | None, Scale]


def sent_units(case: Case) -> dict[Goer, Sent]:
    """What was shipped of each affected item to each party; deliveries, where none was shipped.

    Affected units of several shipments are added; they are no more than there are at all.
    """
    by_line = {place: key for key, place in case.composition.leaving.items()}
    groups: defaultdict[Goer, list[Posting]] = defaultdict(list)
    unsaid: set[Goer] = set()
    back: set[int] = set()
    for item in case.verdicts.items:
        for stock in case.stocks(item):
            for posting in stock.postings:
                if _went(posting):
                    groups[item, posting.target.holder, stock.scale].append(posting)
                if posting.source.kind == "party" and posting.source.state == DELIVERED:
                    back.add(item)
        for line in case.journal.unsaid.get(item, ()):
            if _went(line.posting) and not line.aside:
                goer = item, line.posting.target.holder, case.scales[item]
                groups[goer].append(line.posting)
                unsaid.add(goer)
    found = {}
    for goer, postings in groups.items():
        item, _, scale = goer
        counted = postings if goer in unsaid else _counted(postings)
        quantity = None if goer in unsaid else sum(p.quantity for p in counted)
        seen = [by_line.get((p.seq, item)) for p in counted]
        each = [case.verdicts.outflows.get(key, NOTHING) if key else NOTHING for key in seen]
        if scale is case.scales[item]:
            bounds = _together(case, item, quantity, each, again=item in back)
        else:
            bounds = _some_of(quantity or 0, each)
        found[goer] = Sent(quantity, bounds, tuple(counted))
    return found


def _went(posting: Posting) -> bool:
    return posting.target.kind == "party" and posting.target.state in {TRANSIT, DELIVERED}


def _counted(postings: list[Posting]) -> list[Posting]:
    """Shipments, or deliveries where more was delivered than was shipped."""
    shipped = [p for p in postings if p.target.state == TRANSIT]
    delivered = [p for p in postings if p.target.state == DELIVERED]
    less = sum(p.quantity for p in shipped) < sum(p.quantity for p in delivered)
    return delivered if less else shipped


def _some_of(quantity: int, each: list[Bounds]) -> Bounds:
    """Of units that cannot be compared with the item's others: all, some or none."""
    if each and all(bounds.every for bounds in each):
        return whole(quantity)
    return perhaps(quantity) if any(bounds.some for bounds in each) else NOTHING


def _together(
    case: Case, item: int, quantity: int | None, each: list[Bounds], *, again: bool
) -> Bounds:
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
    if quantity is None:
        every = bool(each) and all(bounds.every for bounds in each)
        high = total.high if high is None else high
        return Bounds(low, high, some=any(bounds.some for bounds in each), every=every)
    had = case.verdicts.had[item]
    everything = all(bounds.some for bounds in each)
    if not again and everything and had.units is not None and not had.again:
        low = max(low, quantity - (had.units + had.missing - total.low))
    if each and all(bounds.every for bounds in each):
        return whole(quantity)
    return between(low, high, quantity)


def bounded(case: Case, item: int, sent: Mapping[Goer, Sent]) -> dict[Account, Bounds]:
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
            went = sent.get((item, account.holder, case.scales[item]))
            if went is not None:
                bounds = _capped(bounds, went, quantity)
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


def _capped(bounds: Bounds, sent: Sent, quantity: int) -> Bounds:
    """What a party holds is of what went there."""
    went, went_units = sent.bounds, sent.quantity
    if not went.some:
        return NOTHING
    if went.every:
        return whole(quantity)
    high = bounds.high if went.high is None else min(went.high, quantity)
    # What has left the party again may have been affected.
    low = 0 if went_units is None else went.low - (went_units - quantity)
    return between(max(bounds.low, low), high, quantity)


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
