"""Where an item's units came from and went, as a Sankey figure and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from api.pages.question import Question, given, with_query
from api.pages.render import amount, event_name
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.recall.streams import ItemFlow, Measure, Stream
from viz.sankey import SPAN, Flow, fold_flows, sankey, sankey_svg
from viz.tint import Tint

ROWS = 200
NAMED = 3  # items that the name of a band lists
# The colours of the terms of a balance; what needs an explanation has that of an alarm.
SOURCES = {"made": "b", "received": "a", "overdrawn": "certain", "adjusted": "certain"}
ENDS = {
    "on_hand": "b", "in_transit": "d", "at_customers": "a", "consumed": "c", "destroyed": "other",
    "used": "e", "returned_to_supplier": "f", "adjusted": "certain", "unaccounted": "certain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a stream, how its band says it, and which side it is of."""

    came: bool
    flow: Flow
    stream: Stream


def flow_of(graph: Tracegraph, key: str, question: Question) -> ItemFlow:
    """The flow of an item at the cuts of a question. Raises what `Tracegraph.flow` does."""
    return graph.flow(key, as_of=question.as_of_instant, known_at=question.known_at_cut)


def said(found: ItemFlow, name: str, question: Question, words: Words) -> dict[str, Any] | None:
    """What the page of an item says of its flow; None where no amount is known."""
    if not found.measures:
        return None
    own, *aside = found.measures
    rows = [row for each in found.measures for row in _rows(each, question, words)]
    total = _amount(own.total, own.unit)
    label = words("flow_label", name=name, total=total)
    return {
        "svg": Markup(_svg(own, rows, name, label, words)),
        "label": label,
        "unit": own.unit,
        "rows": rows[:ROWS],
        "all": len(rows),
        "thin": _thin(own),
        "overdrawn": any(each.kind == "overdrawn" for each in own.sources),
        "aside": [_amount(each.total, each.unit) for each in aside],
        "unknown": found.unknown,
    }


def _svg(own: Measure, rows: Sequence[Row], name: str, label: str, words: Words) -> str:
    drawn = rows[: len(own.sources) + len(own.ends)]

    def together(flows: Sequence[Flow]) -> Flow:
        """Several of one class, as one band that leads to the table."""
        size = sum((flow.size for flow in flows), Decimal(0))
        return replace(
            flows[0],
            name=words("flow_others", n=f"{len(flows):,}"),
            detail=flows[0].tint.label,
            size=size,
            said=_amount(f"{size:f}", own.unit),
            href="#flow-table",
            folded=len(flows),
        )

    sources, ends = (
        fold_flows([row.flow for row in drawn if row.came is came], together)
        for came in (True, False)
    )
    return sankey_svg(
        sankey(sources, ends),
        label=label,
        heads=(words("flow_from"), words("flow_to")),
        name=name,
        total=_amount(own.total, own.unit),
    )


def _thin(own: Measure) -> bool:
    """Whether some band is less than a pixel wide."""
    least = Decimal(own.total) / Decimal(SPAN)
    return any(Decimal(each.quantity) < least for each in (*own.sources, *own.ends))


def _rows(measure: Measure, question: Question, words: Words) -> list[Row]:
    sides = ((True, measure.sources), (False, measure.ends))
    return [
        Row(came, _flow(stream, came, measure.unit, question, words), stream)
        for came, streams in sides
        for stream in streams
    ]


def _flow(stream: Stream, came: bool, unit: str, question: Question, words: Words) -> Flow:
    kind = stream.kind
    way = words.of("came" if came else "went", kind)
    return Flow(
        Tint(kind, way, "", (SOURCES if came else ENDS)[kind]),
        _name(stream, words),
        _detail(stream, way, words),
        Decimal(stream.quantity),
        _amount(stream.quantity, unit),
        _address(stream, question),
    )


def _amount(quantity: str, unit: str) -> str:
    return f"{amount(quantity)} {unit}"


def _name(stream: Stream, words: Words) -> str:
    """By whom, where, or as what: what tells a stream from others of its kind."""
    if stream.items:
        named = ", ".join(item.number or item.key for item in stream.items[:NAMED])
        more = len(stream.items) - NAMED
        return named if more <= 0 else f"{named} {words('and_more', n=f'{more:,}')}"
    if stream.kind == "consumed":
        return words("flow_nothing")
    if stream.kind == "made" or stream.holder_kind == "none":
        return _events(stream, words)
    nobody = words("flow_nobody") if stream.holder_kind == "party" else words("flow_nowhere")
    return stream.holder or nobody


def _events(stream: Stream, words: Words) -> str:
    if stream.kind == "received":
        return words("flow_nobody")
    if len(stream.events) == 1:
        return event_name(stream.events[0]).id
    return words("flow_events", n=f"{len(stream.events):,}")


def _detail(stream: Stream, way: str, words: Words) -> str:
    """How it came or went, with where it was made, what was made of it, or in what state it is."""
    kind = stream.kind
    if kind == "consumed" and stream.items:
        products = dict.fromkeys(item.product or words("no_product") for item in stream.items)
        return words("went_consumed_into", product=", ".join([*products][:NAMED]))
    if stream.items:
        return words("came_of_lot")
    if kind == "made" and stream.holder:
        return words("came_made_at", place=stream.holder)
    if kind in {"on_hand", "overdrawn"}:
        return words("flow_state", way=way, state=words.of("state", stream.state))
    return way


def _address(stream: Stream, question: Question) -> str | None:
    """An item's page, else the items of a party or place, else an event; else the story."""
    if len(stream.items) == 1:
        return question.from_here(stream.items[0].key)
    if stream.kind not in {"made", "consumed"} and stream.holder:
        cuts = given(known_at=question.known_at, lang=question.lang)
        return with_query("/items", [(stream.holder_kind, stream.holder), *cuts])
    path = event_name(stream.events[0]).address
    if len(stream.events) > 1 and stream.kind != "made" and not stream.items:
        return "#history"
    return with_query(path, given(lang=question.lang)) if path else None
