"""From a folded order to its answer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.unit import measure
from tracegraph.orders.answer import (
    LineItem,
    OrderAnomaly,
    OrderItem,
    OrderLineView,
    OrderSummary,
    OrderView,
)
from tracegraph.orders.folding import CHANNELS, SHIPPING, Channel, Folded
from tracegraph.orders.fulfilment import ZERO, Allocation, Draw, Ordered, allocate, shown
from tracegraph.orders.reading import OrderFacts, Reader, Told
from tracegraph.orders.state import legal_actions
from tracegraph.trace.answer import event_key

_MAIN: tuple[Channel, ...] = ("shipped", "delivered")


def view(
    facts: OrderFacts, folded: Folded, reader: Reader, judged: Instant | None, note: str | None
) -> OrderView:
    """An order as answers show it. `judged` is the instant at which days have passed or not."""
    fulfilling = _fulfilling(folded)
    got = allocate(folded.plan, folded.draws[fulfilling])
    told = {one.seq: one for one in facts.told}
    documents = dict.fromkeys(text for event in folded.events for text in event.documents)
    return OrderView(
        number=folded.number,
        kind=folded.kind,
        state=folded.state,
        closed=folded.closed,
        party=folded.party,
        placed_at=_text(folded.placed),
        completed_at=_text(folded.completed_at),
        lines=tuple(_lines(folded, got, reader, judged)),
        unordered=tuple(_unordered(got, reader)),
        items=tuple(_items(folded, reader)),
        events=tuple(folded.events),
        documents=tuple(documents),
        anomalies=(*folded.anomalies, *_anomalies(folded, told)),
        legal=legal_actions(folded.kind, folded.state),
        as_of=_text(reader.as_of),
        known_at=reader.known,
        note=note,
    )


def summary(facts: OrderFacts, folded: Folded) -> OrderSummary:
    """An order, briefly."""
    told = {one.seq: one for one in facts.told}
    return OrderSummary(
        number=folded.number,
        kind=folded.kind,
        state=folded.state,
        party=folded.party,
        placed_at=_text(folded.placed),
        completed_at=_text(folded.completed_at),
        lines=len(folded.lines),
        anomalies=len(folded.anomalies) + sum(1 for _ in _anomalies(folded, told)),
    )


def on_time(folded: Folded, index: int, judged: Instant | None) -> bool | None:
    """Whether a line was delivered in full by the day promised, else due; None: not yet said."""
    line = folded.lines[index]
    day, one = line.promised or line.due, folded.completed.get(index)
    if day is None:
        return None
    if one is not None:
        return one.day <= day
    passed = judged is not None and str(judged)[:10] > day.isoformat()
    return False if passed else None


def _fulfilling(folded: Folded) -> Channel:
    """What says which items fulfilled the lines: shipments, or deliveries where there are none."""
    ships = folded.kind in SHIPPING and folded.draws["shipped"]
    return "shipped" if ships else "delivered"


def _lines(
    folded: Folded, got: Allocation, reader: Reader, judged: Instant | None
) -> Iterator[OrderLineView]:
    shipped, delivered = folded.shipped.filled(), folded.delivered.filled()
    returned = folded.returned.filled()
    for index, (line, plan) in enumerate(zip(folded.lines, folded.plan.lines, strict=True)):
        one = folded.completed.get(index)
        yield OrderLineView(
            line=line.line,
            product=line.product,
            quantity=str(line.quantity),
            unit=line.unit,
            due=line.due.isoformat() if line.due else None,
            promised=line.promised.isoformat() if line.promised else None,
            fulfilled=shown(max(shipped[index], delivered[index]), plan.factor),
            shipped=shown(shipped[index], plan.factor) if folded.kind in SHIPPING else None,
            delivered=shown(delivered[index], plan.factor),
            returned=shown(returned[index], plan.factor),
            completed_at=_text(one.event.occurred_at) if one else None,
            on_time=on_time(folded, index, judged),
            items=tuple(_on_line(got.lines[index], plan, line.unit, reader)),
        )


def _on_line(
    got: list[tuple[Draw, Fraction]], plan: Ordered, unit: str, reader: Reader
) -> Iterator[LineItem]:
    """Items on a line, each once, in the order in which they came."""
    for (item, within), (draw, amount) in _summed(got).items():
        quantity = shown(amount, plan.factor)
        yield LineItem(_key(reader, item), draw.product, quantity, unit, _key(reader, within))


def _unordered(got: Allocation, reader: Reader) -> Iterator[LineItem]:
    for (item, within), (draw, amount) in _summed(got.unordered).items():
        unit = draw.unit or "each"
        quantity = shown(amount, measure(unit).factor)
        yield LineItem(_key(reader, item), draw.product, quantity, unit, _key(reader, within))


def _summed(
    got: list[tuple[Draw, Fraction]],
) -> dict[tuple[int, int], tuple[Draw, Fraction]]:
    """Draws by item and the lot around it; untraced ones by product, counted as item -1, -2 …"""
    found: dict[tuple[int, int], tuple[Draw, Fraction]] = {}
    untraced: dict[tuple[str, str], int] = {}
    for draw, amount in got:
        item = draw.item or untraced.setdefault(draw.group, -1 - len(untraced))
        first, before = found.get((item, draw.within), (draw, ZERO))
        found[(item, draw.within)] = (first, before + amount)
    return found


def _items(folded: Folded, reader: Reader) -> Iterator[OrderItem]:
    """Items by key, with what each channel moved of them; an unknown quantity makes None."""
    amounts: dict[tuple[int, int, str], dict[Channel, Fraction | None]] = {}
    units: dict[tuple[int, str], str] = {}
    unknown: dict[int, set[Channel]] = {}
    for name in CHANNELS:
        for draw in folded.draws[name]:
            if not draw.item:
                continue
            if draw.amount is None:
                unknown.setdefault(draw.item, set()).add(name)
                continue
            units.setdefault((draw.item, draw.group[1]), draw.unit or "each")
            moved = amounts.setdefault((draw.item, draw.within, draw.group[1]), {})
            moved[name] = (moved.get(name) or ZERO) + draw.amount
    for item, names in unknown.items():
        found = [key for key in amounts if key[0] == item] or [(item, 0, "")]
        for key in found:
            amounts.setdefault(key, {}).update(dict.fromkeys(names))
    rows = [
        (reader.items[item], within, of, moved) for (item, within, of), moved in amounts.items()
    ]
    for row, within, dimension, moved in sorted(rows, key=lambda r: (r[0].key, r[1], r[2])):
        unit = units.get((row.no, dimension))
        factor = measure(unit).factor if unit else Fraction(1)
        said = {
            name: None if (amount := moved.get(name, ZERO)) is None else shown(amount, factor)
            for name in CHANNELS
        }
        yield OrderItem(
            key=row.key,
            kind=Kind(row.kind).word,
            product=row.product,
            number=row.number,
            shipped=said["shipped"],
            delivered=said["delivered"],
            returned=said["returned"],
            unit=unit,
            within=_key(reader, within),
        )


def _anomalies(folded: Folded, told: dict[int, Told]) -> Iterator[OrderAnomaly]:
    plan = folded.plan
    for name in CHANNELS:
        for draw in folded.draws[name]:
            event = told[draw.event].event
            key, at = event_key(event.source, event.id), f"/{draw.pos}"
            if draw.amount is None:
                detail = "How much of it there was is not known, so it counts for nothing."
                yield OrderAnomaly("unknown_quantity", detail, key, at)
            if not plan.lines or name == "returned" or draw.within:
                continue
            if draw.order_line is not None and draw.order_line not in plan.numbers:
                detail = f"The order has no line {draw.order_line!r}."
                yield OrderAnomaly("unknown_line", detail, key, f"{at}/order_line")
            index = plan.named(draw)
            if plan.inconvertible(draw):
                detail = f"{draw.unit} does not convert into the unit of the order line."
                yield OrderAnomaly("inconvertible", detail, key, f"{at}/unit")
            elif index is not None and draw.group[0] != plan.lines[index].group[0]:
                named = plan.lines[index]
                detail = f"Line {named.line!r} orders {named.product}, not {draw.product}."
                yield OrderAnomaly("other_product", detail, key, f"{at}/order_line")
            elif index is None and draw.amount is not None and draw.group not in plan.groups:
                detail = f"{draw.product or 'This'} was not ordered."
                yield OrderAnomaly("not_ordered", detail, key, at)
    yield from _exceeded(folded)
    yield from _twice(folded)


def _exceeded(folded: Folded) -> Iterator[OrderAnomaly]:
    """Lines of which more was shipped or delivered, net of what came back, than was ordered."""
    back = folded.returned.filled()
    for name in _MAIN:
        filling = folded.shipped if name == "shipped" else folded.delivered
        for line, plan, amount, sent_back in zip(
            folded.lines, folded.plan.lines, filling.filled(), back, strict=True
        ):
            if amount - sent_back > plan.need:
                many = shown(amount - sent_back, plan.factor)
                detail = f"Line {line.line!r}: {many} {line.unit} {name}, {line.quantity} ordered."
                yield OrderAnomaly("more_than_ordered", detail, None)


def _twice(folded: Folded) -> Iterator[OrderAnomaly]:
    seen: set[str] = set()
    for line in folded.lines:
        if line.line in seen:
            detail = f"Two lines are called {line.line!r}; references mean the first."
            yield OrderAnomaly("line_twice", detail, None)
        seen.add(line.line)


def _key(reader: Reader, item: int) -> str | None:
    return reader.items[item].key if item > 0 else None


def _text(instant: Instant | None) -> str | None:
    return None if instant is None else str(instant)
