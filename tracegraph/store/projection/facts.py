"""Facts: an event beside what the projection reads from it again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from tracegraph.identify.naming import Name, name_item, product_name
from tracegraph.model.event import Base, Event, Make, Pack, Product, QualityRecord, Unpack, Void
from tracegraph.model.instant import Instant
from tracegraph.model.item import Line
from tracegraph.model.key import OWN, is_absolute
from tracegraph.store.projection.rows import STANDS, Claim, Mention, Reference

# Within one instant: receipt and outputs, unpack, pack, move, inputs, shipment, delivery,
# return (domain, "Ledger"). What posts nothing stands with move.
_PHASES = {
    "receipt": 0, "unpack": 1, "pack": 2, "move": 3, "scrap": 4, "use": 4,
    "shipment": 5, "supplier_return": 5, "delivery": 6, "return": 7,
}  # fmt: skip
# What kind of thing a field of an event names.
_SINGLES = (
    ("place", "place"), ("place", "to"), ("party", "party"), ("order", "order"), ("actor", "actor"),
)  # fmt: skip
_ROLE_PHASES = {"output": 0, "input": 4}


class Order(NamedTuple):
    """Where a line stands among all others: by time, then phase, then source and id."""

    end: Instant
    phase: int
    source: str
    id: str


def phase(type_: str, role: str) -> int:
    """The place of a line within its instant."""
    return _ROLE_PHASES.get(role, _PHASES.get(type_, 3))


class Named(NamedTuple):
    """A line with its role, its place in the event and what its item was called."""

    pos: str
    role: str
    line: Line
    name: Name | None


@dataclass(slots=True)
class Fact:
    """A stored event, parsed. `void` is the seq from which it is voided, or STANDS.

    `names` are all names that it speaks: its container, then line by line, a lot before the
    serial that is said to be of it.
    """

    seq: int
    event: Event
    lines: tuple[Named, ...]
    container: Name | None
    names: tuple[Name, ...]
    void: int = STANDS

    @property
    def start(self) -> Instant:
        """When the event began."""
        return self.event.started_at or self.event.occurred_at

    @property
    def end(self) -> Instant:
        """When the event occurred."""
        return self.event.occurred_at

    def at(self, seq: int) -> Fact:
        """The same, said of an event that stands at `seq`."""
        return Fact(seq, self.event, self.lines, self.container, self.names, self.void)

    def order(self, role: str) -> Order:
        """Where this event's lines of `role` stand among all lines."""
        return Order(self.end, phase(self.event.type, role), self.event.source, self.event.id)


def fact(seq: int, event: Event, void: int = STANDS) -> Fact:
    """The fact of an event that stands at `seq` in the journal."""
    lines = tuple(
        Named(f"{field}/{index}", event.ROLES[field], line, name_item(line.item))
        for field, index, line in event.item_lines()
    )
    container = name_item(event.container) if isinstance(event, Pack | Unpack) else None
    spoken: dict[tuple[str, int, bool], Name] = {}
    for named in (container, *(named.name for named in lines)):
        for name in (named.lot, named) if named else ():
            if name is not None:
                spoken.setdefault((name.key, name.kind, name.stated), name)
    return Fact(seq, event, lines, container, tuple(spoken.values()), void)


def run_key(event: Base) -> str | None:
    """The key of the run an event is part of; None for none."""
    if not isinstance(event, Make) or event.run is None:
        return None
    return run_uri(event.source, event.run)


def run_uri(source: str, run: str) -> str:
    """The key of a run; scoped by source unless it is an absolute URI."""
    if is_absolute(run):
        return run
    return f"{OWN}:run:{quote(source, safe='')}:{quote(run, safe='')}"


def mentions(fact: Fact) -> list[Mention]:
    """The parties, places, orders, equipment, documents and people that an event names.

    And the products: of a record the one it describes, else those of which something was made,
    and those of lines that name no lot or serial.
    """
    event = fact.event
    found = [(kind, key) for kind, field in _singles(type(event)) if (key := getattr(event, field))]
    if event.type in {"order", "party", "place", "equipment", "product"}:
        found.append((event.type, event.number))
    found += [("equipment", key) for key in event.equipment]
    found += [("document", key) for key in event.documents]
    found += [("product", product) for product in (*_given(fact), *_untraced(fact))]
    return [Mention(kind, key, fact.seq) for kind, key in dict.fromkeys(found)]


@cache
def _singles(kind: type[Base]) -> tuple[tuple[str, str], ...]:
    """The fields of events of a kind that name one thing, each with what it names."""
    return tuple(single for single in _SINGLES if single[1] in kind.model_fields)


def _given(fact: Fact) -> list[str]:
    """The product names under which an event gave something."""
    names = (named.name for named in fact.lines if named.role == "output")
    return [name.product for name in names if name is not None and name.product is not None]


def _untraced(fact: Fact) -> list[str]:
    """The product names of lines that name no item."""
    return [
        product_name(named.line.item.product)
        for named in fact.lines
        if named.name is None and named.line.item.product is not None
    ]


def references(fact: Fact) -> list[Reference]:
    """The events that an event refers to by id."""
    event = fact.event
    found: list[tuple[str, str, str]] = []
    if isinstance(event, Void):
        found.append((*event.target, "void"))
    if event.replaces is not None:
        found.append((event.replaces_source or event.source, event.replaces, "replaces"))
    if isinstance(event, QualityRecord):
        found += [(ref.source or event.source, ref.id, "about") for ref in event.events]
    return [Reference(*reference, fact.seq) for reference in dict.fromkeys(found)]


def claims(fact: Fact) -> list[Claim]:
    """The product names that a product record claims, and the materials its bill names."""
    event = fact.event
    if not isinstance(event, Product):
        return []
    names = [product_name(event.number), *(product_name(p.identifier) for p in event.packages)]
    materials = [
        product_name(text)
        for material in event.bill_of_materials
        for text in (material.product, *material.substitutes)
    ]
    return [Claim(name, "name", fact.seq) for name in dict.fromkeys(names)] + [
        Claim(name, "material", fact.seq) for name in dict.fromkeys(materials)
    ]
