"""Making: what events and runs took and gave by product, held against the bill of materials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.unit import measure
from tracegraph.recall.master import Master
from tracegraph.recall.master import Material as BillLine
from tracegraph.store.columns import SumColumns
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import Flow
from tracegraph.trace.answer import event_key

_BUILDS = frozenset({"production", "assembly"})


class Amount(NamedTuple):
    """An amount in millionths of base units; `units` counts the units a bill is about.

    What is measured in kg has a bill for a kg. None: unknown.
    """

    dimension: str
    base: Fraction | None
    units: Fraction | None


@dataclass(slots=True)
class Making:
    """One event, or the events of a run. `types` are theirs; amounts are by product.

    `node` is the key of the event, of a run's that which comes first by key.
    """

    hub: int
    node: str = ""
    types: set[str] = field(default_factory=set)
    end: Instant | None = None
    taken: dict[str, list[Amount]] = field(default_factory=dict)
    made: dict[str, list[Amount]] = field(default_factory=dict)
    seqs: set[int] = field(default_factory=set)

    @property
    def builds(self) -> bool:
        """Whether a bill of materials is about it: it makes, and does not mend or part."""
        return bool(self.types & _BUILDS)


def heads(
    store: GraphStore, seqs: Collection[int], known: int, as_of: Instant | None
) -> dict[int, tuple[str, Instant, str]]:
    """Types, ends and keys of standing events up to a cut."""
    found = store.events(seqs, known)
    return {
        seq: (type_, end, event_key(source, id_))
        for seq, source, id_, type_, _, end, _ in zip(*found, strict=True)
        if as_of is None or end <= as_of
    }


class Lack(NamedTuple):
    """A line of a bill that the records do not fill; `missing` in base units, None: all."""

    product: str
    material: BillLine
    missing: Fraction | None


def makings(
    store: GraphStore,
    seqs: Iterable[int],
    events: dict[int, tuple[str, Instant, str]],
    known: int,
) -> dict[int, Making]:
    """The makings of events by hub; `events` gives types, ends, keys. Few rows an event."""
    found: dict[int, Making] = {}
    for (seq, hub, flow, product), amounts in _by_product(
        store.sums_of_events(list(seqs), known)
    ).items():
        if seq not in events:
            continue
        making = found.setdefault(hub, Making(hub))
        type_, end, key = events[seq]
        making.node = min(making.node or key, key)
        making.types.add(type_)
        making.seqs.add(seq)
        making.end = end if making.end is None else max(making.end, end)
        side = making.made if flow == Flow.OUT else making.taken
        side.setdefault(product, []).extend(amounts)
    return found


def _by_product(sums: SumColumns) -> dict[tuple[int, int, int, str], list[Amount]]:
    """Sums by (seq, hub, flow, product): a lot's line includes the lines of its serials."""
    lots: defaultdict[tuple[int, int, int, str, int], dict[str, list[Amount]]] = defaultdict(dict)
    for seq, hub, flow, product, lot, kind, unit, quantity, count in zip(*sums, strict=True):
        if kind == Kind.CONTAINER:
            continue
        name = product or f"item {lot}"
        word = "lot" if kind == Kind.LOT else "serial"
        amount = _amount(unit, quantity) if kind == Kind.LOT else _counted(count)
        lots[seq, hub, flow, name, lot].setdefault(word, []).append(amount)
    found: defaultdict[tuple[int, int, int, str], list[Amount]] = defaultdict(list)
    for (seq, hub, flow, name, lot), own in lots.items():
        named = own.get("serial", [])
        whole = own.get("lot", named) if lot else [*own.get("lot", []), *named]
        if lot and named and len(whole) == 1 and whole[0].dimension == "count":
            whole = [max(whole[0], named[0], key=lambda a: (a.base is None, a.base or 0))]
        found[seq, hub, flow, name] += whole
    return dict(found)


def _counted(count: int) -> Amount:
    units = Fraction(count * 1_000_000)
    return Amount("count", units, units)


def _amount(unit: str | None, quantity: int | None) -> Amount:
    if unit is None or quantity is None:
        return Amount("", None, None)
    found = measure(unit)
    return Amount(found.dimension, quantity * found.factor, Fraction(quantity))


def lacks(making: Making, master: Master) -> Iterator[Lack]:
    """The required lines of its products' bills that are missing or short.

    What several products of one event need of a material is added.
    """
    if not making.builds or making.end is None:
        return
    needs: dict[tuple[str, ...], tuple[str, BillLine, Fraction | None]] = {}
    for product, amounts in sorted(making.made.items()):
        unknown = any(amount.units is None for amount in amounts)
        units = sum((amount.units or Fraction(0) for amount in amounts), Fraction(0))
        for line in master.bill_at(product, making.end) or ():
            if not line.required:
                continue
            need = None if unknown else line.quantity * units
            before = needs.get(line.products)
            if before is not None:
                whole = None if before[2] is None or need is None else before[2] + need
                needs[line.products] = (before[0], line, whole)
            else:
                needs[line.products] = (product, line, need)
    for product, line, need in needs.values():
        found = [amount for name in line.products for amount in making.taken.get(name, ())]
        if not found:
            yield Lack(product, line, None)
        elif need is not None and all(_same(amount, line) for amount in found):
            there = sum((amount.base or Fraction(0) for amount in found), Fraction(0))
            if there < need:
                yield Lack(product, line, need - there)


def _same(amount: Amount, line: BillLine) -> bool:
    return amount.base is not None and amount.dimension == line.dimension
