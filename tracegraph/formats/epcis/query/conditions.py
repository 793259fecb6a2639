"""What a parameter of a query demands of an event.

A condition has two faces: the terms one of which every event that meets it has, for the index,
and a test of the event, which decides. Without terms the index cannot narrow the search.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from tracegraph.formats.epcis.context import Context
from tracegraph.identify.canonical_link import canonical_link
from tracegraph.model.instant import Instant
from tracegraph.store.projection.terms import (
    CLASS_PARTS,
    DECLARED,
    Term,
    canonical,
    class_of,
    event_time,
    said,
    term,
    typed,
    under,
)

Event: TypeAlias = Mapping[str, Any]
Holds: TypeAlias = Callable[[Event], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {"GT": gt, "GE": ge, "LT": lt, "LE": le}
SENSOR_PARTS = ("sensorReport", "sensorMetadata")
PATTERN = "urn:epc:idpat:"


@dataclass(frozen=True, slots=True)
class Condition:
    """What an event must say. `terms` empty: the index does not know."""

    holds: Holds
    terms: frozenset[Term] = frozenset()


def one_of(parts: Collection[str], values: Collection[str]) -> Condition:
    """That one of these parts says one of these values, in whatever form either is written."""
    wanted = {canonical(part, value) for part in parts for value in values}
    return Condition(
        lambda event: any(each in wanted for part in parts for each in said(event, part)),
        frozenset(term(part, value) for part in parts for value in wanted),
    )


def matching(parts: Collection[str], values: Collection[str]) -> Condition:
    """As `one_of`, where patterns (`urn:epc:idpat:…*`) stand for every EPC of their class.

    A pattern ends with its one star.
    """
    classes = {canonical_link(value) for value in values if value.startswith(PATTERN)}
    plain = one_of(parts, [value for value in values if not value.startswith(PATTERN)])

    def holds(event: Event) -> bool:
        epcs = (epc for part in parts for epc in said(event, part))
        return plain.holds(event) or any(epc in classes or class_of(epc) in classes for epc in epcs)

    links = frozenset(link for link in classes if link is not None)
    exact = frozenset(term(part, link) for part in parts for link in links)
    return Condition(holds, plain.terms | exact | frozenset(map(under, links)))


def of_type(part: str, kind: str, values: Collection[str]) -> Condition:
    """That a list of typed members has one of these values, of this type."""
    wanted = {(kind, canonical(part, value)) for value in values}
    return Condition(
        lambda event: any(each in wanted for each in typed(event, part)),
        frozenset(term(part, value) for _, value in wanted),
    )


def event_id(values: Collection[str]) -> Condition:
    """That the event is one of these, or declares one of them to be wrong."""
    wanted = frozenset(values)
    terms = frozenset(term("eventID", value) for value in wanted)
    return Condition(lambda event: event.get("eventID") in wanted, terms)


def declared() -> Condition:
    """That the event declares another to be wrong."""
    return Condition(lambda event: event.get("errorDeclaration") is not None, frozenset({DECLARED}))


def at(compare: str, bound: Instant, *path: str) -> Condition:
    """That the instant at a path is beyond a bound."""
    beyond = COMPARE[compare]
    terms = frozenset({DECLARED}) if path[0] == "errorDeclaration" else frozenset()

    def holds(event: Event) -> bool:
        value = event.get(path[0])
        if len(path) > 1:
            value = value.get(path[1]) if isinstance(value, Mapping) else None
        found = event_time({"eventTime": value})
        return found is not None and beyond(found, bound)

    return Condition(holds, terms)


def quantity(compare: str, bounds: Collection[Decimal], unit: str | None) -> Condition:
    """That some quantity is one of these, or beyond the one of these; of any unit, or of one."""

    def holds(event: Event) -> bool:
        return any(
            _compared(compare, element.get("quantity"), bounds)
            for part in CLASS_PARTS
            for element in _records(event.get(part))
            if unit is None or element.get("uom") == unit
        )

    return Condition(holds)


def sensed(compare: str, name: str, bounds: Collection[Any], unit: str | None) -> Condition:
    """That some report of a sensor, or what is said of it, has a field of such a value."""

    def holds(event: Event) -> bool:
        return any(
            _compared(compare, record.get(name), bounds)
            for record in _sensors(event)
            if unit is None or record.get("uom") == unit
        )

    return Condition(holds)


def has_sensors() -> Condition:
    """That a sensor reports something."""
    return Condition(lambda event: next(_sensors(event), None) is not None)


def extension(
    compare: str, name: str, bounds: Collection[Any], within: str | None, *, inner: bool
) -> Condition:
    """That an extension has such a value; `EXISTS` for any.

    `name` is the field's as the event writes it, or its namespace and local name in one, with a
    `#` between them or not. It stands in the event itself or, with `within`, in that field of it;
    with `inner` anywhere below.
    """

    def holds(event: Event) -> bool:
        context = Context().within(event)
        return any(
            compare == "EXISTS" or any(_compared(compare, each, bounds) for each in _flat(value))
            for node in _nodes(event, within)
            for key, value in _fields(node, inner=inner)
            if name in _names(key, context)
        )

    terms = frozenset({DECLARED}) if within == "errorDeclaration" else frozenset()
    return Condition(holds, terms)


def _nodes(event: Event, within: str | None) -> Iterator[Any]:
    """The event, or what it has under a name: itself, or in the elements of its sensors."""
    if within is None:
        yield event
    elif within in SENSOR_PARTS:
        for element in _records(event.get("sensorElementList")):
            yield from _flat(element.get(within))
    else:
        yield from _flat(event.get(within))


def _names(key: str, context: Context) -> set[str]:
    """What a query may call a field (EPCIS 2.0, 8.2.7.1: namespace, pound sign, local name)."""
    full = context.name(key)
    if full == key:
        return {key}
    namespace, _, local = full.removeprefix("{").rpartition("}")
    return {key, f"{namespace}{local}", f"{namespace}#{local}"}


def _fields(node: Any, *, inner: bool) -> Iterator[tuple[str, Any]]:
    """The fields of an object, or all those of what it holds. Iterative."""
    waiting = list(node.values()) if inner and isinstance(node, Mapping) else [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            yield from value.items()
            if inner:
                waiting += value.values()
        elif isinstance(value, list) and inner:
            waiting += value


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _records(values: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in _flat(values) if isinstance(each, Mapping))


def _sensors(event: Event) -> Iterator[Mapping[str, Any]]:
    return (record for part in SENSOR_PARTS for record in _records([*_nodes(event, part)]))


def _compared(compare: str, value: Any, bounds: Collection[Any]) -> bool:
    if compare == "EQ":
        return any(_equal(value, bound) for bound in bounds)
    beyond = COMPARE[compare]
    return any(
        (found := _as(type(bound), value)) is not None and beyond(found, bound) for bound in bounds
    )


def _equal(value: Any, bound: Any) -> bool:
    if isinstance(bound, str):
        written = str(value).lower() if isinstance(value, bool) else value
        return written == bound or (
            _is_number(value) and _as(Decimal, bound) == _as(Decimal, value)
        )
    return bool(_as(type(bound), value) == bound)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as(kind: type, value: Any) -> Any:
    """A value as a number or an instant; None where it is none."""
    text = str(value) if _is_number(value) else value
    if not isinstance(text, str):
        return None
    return moment(text) if kind is Instant else number(text)


def number(text: str) -> Decimal | None:
    """A finite number; None for what is none. Of others, `NaN` cannot be compared."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def moment(text: str) -> Instant | None:
    """An instant; None for what is none."""
    try:
        return Instant.parse(text)
    except ValueError:
        return None
