"""Master data as of a cut: products with their bills, parties, places, equipment.

Names of products are timeless from their seq; bill, class and shelf life are read as of the fact,
contacts the latest within the cut (domain, "One thing, one item").
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import orjson

from tracegraph.identify.naming import product_name
from tracegraph.model.instant import Instant
from tracegraph.model.quantity import MICRO, Quantity
from tracegraph.model.unit import measure
from tracegraph.store.port import Entry, GraphStore
from tracegraph.trace.lookup import Identities

TYPES = ("product", "party", "place", "equipment")


class Record(NamedTuple):
    """The state of a master record from an instant on, as it was sent."""

    at: Instant
    source: str
    id: str
    sent: dict[str, Any]


def packages(sent: dict[str, Any]) -> list[str]:
    """What the packagings of a product record are called, as it was sent."""
    return [each.get("gtin") or each["device_identifier"] for each in sent.get("packages", ())]


class Material(NamedTuple):
    """A line of a bill: what one unit takes of a product or its substitutes, in base units."""

    products: tuple[str, ...]
    quantity: Fraction
    dimension: str
    mixing: str | None
    required: bool


class Conversion(NamedTuple):
    """An exact factor of a product: one base unit of `dimension` is `factor` of another one."""

    dimension: str
    to: str
    factor: Fraction


@dataclass
class Clean:
    """Events up to a seq whose makings lack nothing (see `lacking`); kept with master data."""

    known: int = 0
    asked: int = 0
    seqs: set[int] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Master:
    """All standing master records at a cut, oldest first."""

    known: int
    records: dict[str, dict[str, list[Record]]]  # type, number -> records in order of instants

    @classmethod
    def of(cls, entries: Iterable[Entry], known: int) -> Master:
        """From the entries of every standing record. O(n log n)."""
        found: dict[str, defaultdict[str, list[Record]]] = {t: defaultdict(list) for t in TYPES}
        for entry in entries:
            sent = orjson.loads(entry.body)
            at = Instant.parse(sent["occurred_at"])
            number = sent["number"]
            key = product_name(number) if entry.type == "product" else number
            found[entry.type][key].append(Record(at, entry.source, entry.id, sent))
        for records in found.values():
            for own in records.values():
                own.sort(key=lambda record: record[:3])
        return cls(known, {type_: dict(records) for type_, records in found.items()})

    @cached_property
    def _groups(self) -> dict[str, tuple[str, list[Record]]]:
        """Product name -> what the product is listed under, and its records."""
        leader: dict[str, str] = {}

        def find(name: str) -> str:
            while leader.setdefault(name, name) != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for number, records in self.records["product"].items():
            for record in records:
                for package in packages(record.sent):
                    leader[find(product_name(package))] = find(number)
        members: defaultdict[str, list[Record]] = defaultdict(list)
        for number, records in self.records["product"].items():
            members[find(number)] += records
        groups: dict[str, tuple[str, list[Record]]] = {}
        listed: dict[str, tuple[str, list[Record]]] = {}
        for own in members.values():
            own.sort(key=lambda record: record[:3])
        for name in list(leader) + list(self.records["product"]):
            records = members[find(name)]
            made = listed.setdefault(find(name), (product_name(records[0].sent["number"]), records))
            groups[name] = made
        return groups

    @cached_property
    def clean(self) -> Clean:
        """Which makings were found to lack nothing by these records."""
        return Clean()

    @cached_property
    def identities(self) -> Identities:
        """What its product records say of names that were looked up, kept as long as they stand."""
        return {}

    @cached_property
    def names_read(self) -> list[Any]:
        """What its records are called, as the directory reads it, kept as long as they stand."""
        return []

    def product(self, name: str) -> str:
        """What a product is listed under, given any of its names."""
        found = self._groups.get(product_name(name))
        return found[0] if found else product_name(name)

    def names(self, product: str) -> list[str]:
        """Every name of a product."""
        found = self._groups.get(product_name(product))
        if found is None:
            return [product_name(product)]
        return sorted(name for name, group in self._groups.items() if group is found)

    def knows(self, product: str | None) -> bool:
        """Whether a record describes a product."""
        return product is not None and product_name(product) in self._groups

    def product_at(self, product: str | None, at: Instant) -> dict[str, Any] | None:
        """The product record in force at an instant."""
        if product is None or (found := self._groups.get(product_name(product))) is None:
            return None
        records = found[1]
        place = bisect_right(records, at, key=lambda record: record.at)
        return records[place - 1].sent if place else None

    def mixing(self, product: str | None) -> str | None:
        """How the units of a product lie together; the latest record that says so holds."""
        found = self._groups.get(product_name(product)) if product else None
        said = (record.sent.get("mixing") for record in reversed(found[1])) if found else ()
        return next((word for word in said if word), None)

    def inside(self, place: str) -> set[str]:
        """A place and every place inside it, by the latest records."""
        children: defaultdict[str, list[str]] = defaultdict(list)
        for number, records in self.records["place"].items():
            outer = records[-1].sent.get("inside")
            if outer:
                children[outer].append(number)
        found: set[str] = set()
        waiting = [place]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += children[here]
        return found

    def bill_at(self, product: str | None, at: Instant) -> tuple[Material, ...] | None:
        """The bill of materials in force at an instant; None where no record was."""
        record = self.product_at(product, at)
        if record is None:
            return None
        key = id(record)
        if key not in self._bills:
            self._bills[key] = tuple(self._materials(record))
        return self._bills[key]

    @cached_property
    def _bills(self) -> dict[int, tuple[Material, ...]]:
        return {}

    def _materials(self, record: dict[str, Any]) -> Iterator[Material]:
        for line in record.get("bill_of_materials", ()):
            names = (line["product"], *line.get("substitutes", ()))
            unit = measure(line["unit"])
            amount = Fraction(Quantity.parse(line["quantity"]).micro, MICRO) * unit.factor
            yield Material(
                tuple(dict.fromkeys(self.product(name) for name in names)),
                amount,
                unit.dimension,
                line.get("mixing"),
                line.get("required", True),
            )

    @cached_property
    def users(self) -> dict[str, set[str]]:
        """Material -> products whose bill, at any time, names it or a substitute of it."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for number, records in self.records["product"].items():
            for record in records:
                for line in record.sent.get("bill_of_materials", ()):
                    for name in (line["product"], *line.get("substitutes", ())):
                        found[self.product(name)].add(self.product(number))
        return dict(found)

    def using(self, products: Iterable[str]) -> set[str]:
        """Products whose bill of materials uses one of `products`, at any depth."""
        found: set[str] = set()
        waiting = list(products)
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def conversions(self, product: str | None) -> list[Conversion]:
        """The exact factors a product's records give, the last one of a pair, both ways."""
        if product is None or (found := self._groups.get(product_name(product))) is None:
            return []
        pairs: dict[tuple[str, str], Fraction] = {}
        for record in found[1]:
            for factor in record.sent.get("factors", ()):
                one, of = measure(factor["unit"]), measure(factor["of"])
                equals = Fraction(Quantity.parse(factor["equals"]).micro, MICRO)
                if equals > 0 and one.dimension != of.dimension:
                    rate = equals * of.factor / one.factor
                    pairs[one.dimension, of.dimension] = rate
                    pairs[of.dimension, one.dimension] = 1 / rate
        return [Conversion(a, b, rate) for (a, b), rate in sorted(pairs.items())]

    def latest(self, type_: str, number: str | None) -> dict[str, Any] | None:
        """The latest record of a party, place or piece of equipment."""
        found = self.records[type_].get(number or "")
        return found[-1].sent if found else None

    def market(self, kind: str, holder: str | None) -> str | None:
        """The market of a party or a place; a place has that of what it is inside."""
        seen: set[str] = set()
        while holder is not None and holder not in seen:
            seen.add(holder)
            record = self.latest(kind, holder)
            if record is None:
                return None
            market: str | None = record.get("market")
            if market is not None or kind == "party":
                return market
            holder = record.get("inside")
        return None


@dataclass
class MasterData:
    """Master data of a store, kept between questions and brought up to a cut when asked."""

    store: GraphStore
    _lock: Lock = field(default_factory=Lock)
    _entries: list[Entry] = field(default_factory=list)
    _read: int = 0
    _last: Master | None = None

    @property
    def identities(self) -> Identities:
        """The identities that were known when it was last asked; they may stand no more."""
        last = self._last
        return {} if last is None else last.identities

    def at(self, known: int) -> Master:
        """Master data at a cut. Reads what is new; all of it where something was voided."""
        with self._lock:
            if self._last is not None and self._last.known == known:
                return self._last
            if known < self._read:
                return Master.of(self.store.of_types(TYPES, known=known), known)
            new = self.store.of_types((*TYPES, "void"), known=known, after=self._read)
            before = [entry.seq for entry in self._entries]
            if self._last is None or any(entry.type == "void" for entry in new):
                self._entries = self.store.of_types(TYPES, known=known)
            else:
                self._entries += [entry for entry in new if entry.type != "void"]
            if self._last is None or [entry.seq for entry in self._entries] != before:
                self._last = Master.of(self._entries, known)
            else:
                last = self._last
                self._last = Master(known, last.records)
                self._last.__dict__.update(
                    {k: v for k, v in dict(last.__dict__).items() if k not in {"known", "records"}}
                )
            self._read = known
            return self._last
