"""Answers to EPCIS queries that are plainly right: every event is looked at, one by one.

Written from what the standard says of each parameter (EPCIS 2.0, 8.2.7.1), and without anything
of the code under test.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.property.epcis_events import CLASS_OF, INSIDE, NAMED, PATTERNS, Asked, Event

_INSTANCES = {
    "epc": ("epcList", "childEPCs"), "parentID": ("parentID",), "inputEPC": ("inputEPCList",),
    "outputEPC": ("outputEPCList",),
    "anyEPC": ("epcList", "childEPCs", "inputEPCList", "outputEPCList", "parentID"),
}  # fmt: skip
_CLASSES = {
    "epcClass": ("quantityList", "childQuantityList"), "inputEPCClass": ("inputQuantityList",),
    "outputEPCClass": ("outputQuantityList",),
    "anyEPCClass": (
        "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList",
    ),
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq, "GT": operator.gt, "GE": operator.ge, "LT": operator.lt, "LE": operator.le,
}  # fmt: skip
_WITHIN = {
    "ILMD_": ("ilmd",), "ERROR_DECLARATION_": ("errorDeclaration",),
    "SENSORELEMENT_": ("sensorElementList",),
    "SENSORMETADATA_": ("sensorElementList", "sensorMetadata"),
    "SENSORREPORT_": ("sensorElementList", "sensorReport"),
}  # fmt: skip
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


class Told(NamedTuple):
    """An event of the journal: its place, when it was recorded, its context and what it says.

    `fallback` is when it was told, for one that does not say when it occurred.
    """

    seq: int
    recorded: str
    prefixes: dict[str, str]
    event: Event
    fallback: str


def seconds(text: Any) -> Fraction | None:
    """A time as seconds, exactly; None for what is none."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    minute, second, digits, sign, hours, minutes = found.groups()
    moment = datetime.fromisoformat(f"{minute}:00").replace(tzinfo=UTC)
    shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) + int(second)
    ahead = shift // timedelta(seconds=1) * (-1 if sign == "-" else 1)
    return Fraction(whole - ahead) + (Fraction(int(digits), 10 ** len(digits)) if digits else 0)


def answer(told: Sequence[Told], asked: Asked) -> list[int]:
    """The seqs of the events that a query asks for, in their order."""
    found = [one for one in told if all(_meets(one, *pair) for pair in asked.items())]
    by = asked.get("orderBy", [None])[0]
    down = by is not None and asked.get("orderDirection", ["DESC"])[0] == "DESC"
    found.sort(key=(lambda one: (_time(one), one.seq)) if by == "eventTime" else _seq, reverse=down)
    seqs = [one.seq for one in found]
    return seqs[: int(asked["eventCountLimit"][0])] if "eventCountLimit" in asked else seqs


def _seq(one: Told) -> int:
    return one.seq


def _time(one: Told) -> Fraction:
    found = seconds(one.event.get("eventTime"))
    other = seconds(one.fallback)
    assert other is not None
    return other if found is None else found


def _meets(one: Told, name: str, values: list[str]) -> bool:
    event = one.event
    if name in {"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"}:
        return True
    if name in {"GE_recordTime", "LT_recordTime"}:
        return _beyond(name[:2], one.recorded, values[0])
    if name in {"GE_eventTime", "LT_eventTime"}:
        return _beyond(name[:2], event.get("eventTime"), values[0])
    if name in {"EXISTS_errorDeclaration", "EXISTS_sensorElementList"}:
        return values == ["false"] or name.removeprefix("EXISTS_") in event
    if name.startswith("MATCH_"):
        return _matched(event, name.removeprefix("MATCH_"), values)
    if ":" in name and not name.startswith(("EQ_bizTransaction_", "EQ_source_", "EQ_destination_")):
        return _extended(one, name, values)
    return _simple(event, name, values)


def _simple(event: Event, name: str, values: list[str]) -> bool:
    wanted = {NAMED.get(value, value) for value in values}
    compare, _, rest = name.partition("_")
    declared = event.get("errorDeclaration", {})
    said = {
        "eventType": [event["type"]],
        "EQ_errorReason": [declared.get("reason")],
        "EQ_correctiveEventID": declared.get("correctiveEventIDs", []),
    }
    if name in said:
        return not wanted.isdisjoint(NAMED.get(each, each) for each in said[name])
    if compare == "WD":
        return any(each in wanted for each in _outwards(event.get(rest, {}).get("id")))
    if rest in {"readPoint", "bizLocation"}:
        return next(_outwards(event.get(rest, {}).get("id")), None) in wanted
    if rest.startswith("persistentDisposition"):
        ended = event.get("persistentDisposition", {}).get(rest.rpartition("_")[2], [])
        return not wanted.isdisjoint(NAMED[each] for each in ended)
    if rest in {"action", "bizStep", "disposition", "transformationID", "eventID"}:
        text = str(event.get(rest))
        return NAMED.get(text, text) in wanted
    if rest.startswith("errorDeclaration"):
        return _beyond(compare, declared.get("declarationTime"), values[0])
    return _measured(event, compare, rest, values)


def _measured(event: Event, compare: str, rest: str, values: list[str]) -> bool:
    head, _, kind = rest.partition("_")
    if head in {"bizTransaction", "source", "destination"}:
        wanted = {(NAMED[kind], NAMED[value]) for value in values}
        members = event.get(f"{head}List", [])
        return any((NAMED.get(m.get("type")), NAMED[m[head]]) in wanted for m in members)
    records: list[Event] = []
    if head == "quantity":
        records += (record for part in _CLASSES["anyEPCClass"] for record in event.get(part, []))
    else:
        for element in event.get("sensorElementList", []):
            records += [*element["sensorReport"], element.get("sensorMetadata", {})]
    if head in {"time", "startTime", "endTime"}:
        return any(_beyond(compare, record.get(head), values[0]) for record in records)
    if kind or head in {"quantity", "percRank"}:
        records = [record for record in records if not kind or record.get("uom") == kind]
        return any(
            head in record and _COMPARE[compare](Fraction(str(record[head])), Fraction(value))
            for record in records
            for value in values
        )
    return any(_text(record.get(head)) in values for record in records)


def _outwards(place: str | None) -> Iterator[str]:
    """A place, and each that it lies in."""
    at = None if place is None else NAMED[place]
    while at is not None:
        yield at
        at = INSIDE.get(at)


def _matched(event: Event, name: str, values: list[str]) -> bool:
    parts = _INSTANCES.get(name) or _CLASSES[name]
    found = [each for part in parts for each in _listed(event.get(part, []))]
    links = [NAMED[each["epcClass"] if isinstance(each, dict) else each] for each in found]
    return any(
        PATTERNS[value] in {link, CLASS_OF[link]} if value in PATTERNS else NAMED[value] == link
        for value in values
        for link in links
    )


# -- extensions


def _extended(one: Told, name: str, values: list[str]) -> bool:
    compare, _, name = name.partition("_")
    inner, name = name.startswith("INNER_"), name.removeprefix("INNER_")
    nodes: list[Any] = [one.event]
    for start, path in _WITHIN.items():
        if name.startswith(start):
            name = name.removeprefix(start)
            for field in path:
                nodes = [inner for node in nodes for inner in _listed(node.get(field, {}))]
    return any(
        compare == "EXISTS" or any(_fits(compare, v, values) for v in _listed(value))
        for node in nodes
        for key, value in (_below(node) if inner else node.items())
        if name in _names(key, one.prefixes)
    )


def _below(node: Any) -> Iterator[tuple[str, Any]]:
    """The fields of all that is within a node, but for its own."""
    for value in node.values() if isinstance(node, dict) else _listed(node):
        for inner in _listed(value):
            if isinstance(inner, dict):
                yield from inner.items()
            if isinstance(inner, dict | list):
                yield from _below(inner)


def _names(key: str, prefixes: dict[str, str]) -> set[str]:
    """What a field may be called in a query: as it is written, or by its namespace."""
    prefix, _, local = key.partition(":")
    space = prefixes.get(prefix)
    return {key} if space is None else {key, f"{space}{local}", f"{space}#{local}"}


def _fits(compare: str, value: Any, bounds: list[str]) -> bool:
    if compare != "EQ":
        return _beyond(compare, value, bounds[0])
    return any(
        _text(value) == bound or (_is_number(value) and _numeric(bound) == _numeric(value))
        for bound in bounds
    )


# -- values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numeric(value: Any) -> Fraction | None:
    text = str(value) if _is_number(value) or isinstance(value, str) else ""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _beyond(compare: str, value: Any, bound: str) -> bool:
    """Whether a value is beyond a bound: as numbers where that is one, else as times."""
    read = seconds if _numeric(bound) is None else _numeric
    there, here = read(bound), read(value)
    assert there is not None
    return here is not None and _COMPARE[compare](here, there)
