"""What a report of an item shows of its genealogy and dossier, as rows. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.pages.records_page import delay, seconds_late
from api.pages.render import amount
from api.pages.words import Words
from tracegraph.recall.totals import Sum
from tracegraph.trace.answer import Edge, Genealogy, HistoryLine, TracedItem
from tracegraph.trace.dossier import DossierEvent

LINES = 40  # of one event
LATE_SECONDS = 86_400
# What an event says, in this order; when, its lines and its results are told apart.
FACTS = (
    "started_at", "place", "to", "party", "order", "run", "actor", "equipment", "documents",
    "number", "plan", "sample", "verdict", "status", "step", "disposition", "reason",
    "description", "notes", "events", "replaces", "parameters", "attributes",
)  # fmt: skip
QUALITY = frozenset({
    "inspection", "hold", "release", "certificate", "deviation", "nonconformance", "capa",
    "complaint",
})  # fmt: skip
NAMED = ("party", "actor", "place", "equipment", "order", "documents")
_LISTS = ("items", "inputs", "outputs")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of the genealogy, with what the makings in it gave and took of it."""

    item: TracedItem
    given: str
    taken: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is told: what it says, its first lines, and how many more there are.

    `others` are lines about items beside the genealogy; `late` says how late it was recorded,
    nothing of one that was in time.
    """

    event: DossierEvent
    facts: tuple[tuple[str, str], ...]
    lines: tuple[HistoryLine, ...]
    more: int
    others: int
    results: tuple[dict[str, Any], ...]
    late: str

    @property
    def voided(self) -> bool:
        """Whether it was voided by the cut."""
        return self.event.stored.status == "voided"


def item_rows(found: Genealogy) -> list[ItemRow]:
    """The items by level, with the quantities on the edges from and to them."""
    given: defaultdict[str, list[Edge]] = defaultdict(list)
    taken: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in found.edges:
        if edge.kind == "output":
            given[edge.target].append(edge)
        elif edge.kind == "input":
            taken[edge.source].append(edge)
    return [ItemRow(each, _sum(given[each.key]), _sum(taken[each.key])) for each in found.items]


def _sum(edges: Iterable[Edge]) -> str:
    """Quantities added up by unit, such as "12 each, 3.5 kg"; "?" where one is not recorded."""
    sums: defaultdict[str, Sum] = defaultdict(Sum)
    for edge in edges:
        sums[edge.unit or ""].add(edge.quantity)
    return ", ".join(f"{_grouped(sum_)} {unit}".strip() for unit, sum_ in sorted(sums.items()))


def _grouped(sum_: Sum) -> str:
    return amount(str(sum_)) if sum_.whole else "?"


def event_rows(events: Iterable[DossierEvent], words: Words) -> list[EventRow]:
    """The events of a dossier as they are told."""
    return [_event_row(event, words) for event in events]


def _event_row(event: DossierEvent, words: Words) -> EventRow:
    sent = event.stored.event
    at = sent["occurred_at"], event.stored.recorded_at
    named = sum(len(sent.get(field) or ()) for field in _LISTS)
    told = {line.pos for line in event.lines if line.role != "container"}
    return EventRow(
        event=event,
        facts=tuple((name, text(sent[name])) for name in FACTS if sent.get(name)),
        lines=event.lines[:LINES],
        more=max(0, len(event.lines) - LINES),
        others=max(0, named - len(told)),
        results=tuple(sent.get("results") or ()),
        late=delay(*at, words) if seconds_late(*at) >= LATE_SECONDS else "",
    )


def text(value: Any) -> str:
    """What a field of an event says, as one text.

    >>> text(["DN-1", "DN-2"]), text({"°C": "121", "min": 20}), text([{"id": "d", "source": "q"}])
    ('DN-1, DN-2', '°C: 121; min: 20', 'q/d')
    """
    match value:
        case str():
            return value
        case {"id": str(id), **rest}:
            return f"{rest['source']}/{id}" if "source" in rest else id
        case dict():
            return "; ".join(f"{name}: {_plain(own)}" for name, own in value.items())
        case list():
            return ", ".join(map(text, value))
    return _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def quality(rows: Iterable[EventRow]) -> list[EventRow]:
    """Inspections, holds, releases and the other records of quality, in the order of time."""
    return [row for row in rows if row.event.stored.type in QUALITY]


def corrections(rows: Iterable[EventRow]) -> list[EventRow]:
    """What was voided."""
    return [row for row in rows if row.voided]


def named(rows: Iterable[EventRow]) -> list[tuple[str, list[str]]]:
    """Who, where, with what and by which papers, as standing events name them, each once."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        if not row.voided:
            for kind, key in _names(row.event.stored.event):
                found[kind][key] = None
    return [(kind, sorted(found[kind])) for kind in (*NAMED, "certificate") if found[kind]]


def _names(sent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in NAMED:
        value = sent.get(kind) or ()
        yield from ((kind, key) for key in ([value] if isinstance(value, str) else value))
    if sent.get("to"):
        yield "place", sent["to"]
    if sent["type"] == "certificate":
        yield "certificate", sent.get("number") or sent["id"]
