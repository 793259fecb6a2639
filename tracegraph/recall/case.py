"""A case: a query with everything that was read and reasoned for it, before it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from tracegraph.model.instant import Instant
from tracegraph.recall.account import ALWAYS
from tracegraph.recall.amount import Scales
from tracegraph.recall.certainty import Verdicts, certainty
from tracegraph.recall.composition import Composition, clock_of, compose
from tracegraph.recall.flow import Affected
from tracegraph.recall.ledger import Journal, Standing, Stock, journal, stocks
from tracegraph.recall.master import Master
from tracegraph.recall.material import Material, closure
from tracegraph.recall.paths import Step, shortest
from tracegraph.recall.query import ScopeQuery
from tracegraph.recall.seeding import Lifetimes, Seeds, Sown, seeds
from tracegraph.store.port import GraphStore
from tracegraph.store.walker import Direction as Way

NO_JOURNAL = Journal()


@dataclass
class Case:
    """One query at one cut. `judged` is the instant at which age and expiry are judged."""

    query: ScopeQuery
    known: int
    as_of: Instant | None
    recorded: Instant | None
    master: Master
    seeds: Seeds
    material: Material
    scales: Scales
    composition: Composition
    verdicts: Verdicts
    journal: Journal
    steps: dict[int, Step] = field(default_factory=dict)
    _stocks: dict[int, list[Stock]] = field(default_factory=dict)

    @property
    def judged(self) -> Instant | None:
        """When age and expiry are judged: never by the clock on the wall."""
        return self.as_of or self.recorded

    @property
    def lifetimes(self) -> Lifetimes:
        """When items were made and expire."""
        return Lifetimes(self.material)

    def stocks(self, item: int) -> list[Stock]:
        """Where the units of an item are; first those in its own unit."""
        found = self._stocks.get(item)
        if found is None:
            found = self._stocks[item] = stocks(item, self.journal, self.scales)
        return found

    def standing(self, item: int) -> Standing:
        """Where the units of an item are that are measured in its own unit."""
        return self.stocks(item)[0].standing

    @cached_property
    def _wholes(self) -> set[int]:
        """The items of which a seed is every unit, however many there were; a serial is one."""
        things = self.composition.flow.things
        alone = {Sown(seed.item) for seed in self.seeds.sown}
        whole = alone.intersection(self.seeds.sown)
        return {seed.item for seed in whole if seed.item in things and not things[seed.item].serial}

    def units(self, item: int) -> int | None:
        """All units that an item ever had; None where no record says how many these were."""
        had = self.verdicts.had[item]
        if item not in self._wholes:
            return had.units
        return had.units + had.missing if had.units else None

    def affected(self, item: int) -> tuple[int, int | None]:
        """The least and the most affected units of an item; None is no end.

        Of a seed that is every unit of its item, also those are that left without ever having
        come in, by the records.
        """
        bounds, had = self.verdicts.items[item], self.verdicts.had[item]
        if item not in self._wholes:
            return bounds.low, bounds.high
        unknown = bounds.high is None or not had.units
        return bounds.low + had.missing, None if unknown else (bounds.high or 0) + had.missing

    def counting_lot(self, item: int) -> int:
        """The affected lot that counts a serial's unit, 0 for none."""
        for member in reversed(self.material.lots.get(item, ())):
            if member.lot in self.verdicts.items:
                return member.lot
        return 0


def reason(
    store: GraphStore,
    query: ScopeQuery,
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    tolerance: Decimal,
) -> Case:
    """Read and reason what a query asks. Raises what `seeds` raises, and ScopeTooLarge."""
    sown = seeds(store, query, master, known=known, as_of=as_of)
    return judge(store, query, master, sown, sown.items, "forward", known, as_of, tolerance)


def judge(
    store: GraphStore,
    query: ScopeQuery,
    master: Master,
    sown: Seeds,
    start: Iterable[int],
    way: Way,
    known: int,
    as_of: Instant | None,
    tolerance: Decimal,
    *,
    every: bool = False,
) -> Case:
    """Reason seeds over the closure of `start`; backward it need not hold the seeds.

    With `every`, whatever is reached is affected, instead of seeds.
    """
    material = closure(
        store, list(start), way, known=known, as_of=as_of, budget=query.budget, master=master,
        siblings=way == "forward",
    )  # fmt: skip
    scales = Scales.of(material)
    sown = sown.measured(scales)
    times = [s.since for s in sown.sown if s.since] + [s.sure for s in sown.sown if s.sure]
    clock = clock_of(material, times)
    composition = compose(material, scales, clock, clock.length(tolerance))
    affected = decrees(sown.sown, composition)
    if every:
        affected = [Affected(item) for item in sorted(material.reached)]
    case = Case(
        query,
        known,
        as_of,
        store.recorded(known),
        master,
        sown,
        material,
        scales,
        composition,
        certainty(composition.flow, affected),
        NO_JOURNAL,
    )
    hubs = {hub.no: material.node(hub.no) for hub in composition.flow.hubs}
    case.steps = shortest(
        composition.flow,
        case.verdicts,
        _starts(affected, composition),
        item_order={no: row.key for no, row in material.items.items()},
        hub_order=hubs,
    )
    return case


def posted(case: Case) -> Case:
    """The same case, with its ledger."""
    case.journal = journal(case.material, case.scales)
    return case


def decrees(sown: Iterable[Sown], composition: Composition) -> list[Affected]:
    """Seeds in the terms of a flow. What an event gave is found by its hub or its receipt."""
    received = {place: key for key, place in composition.receipts.items()}
    at = composition.clock.at
    found = []
    for seed in sown:
        if seed.gave and seed.seq is not None:
            place = (seed.seq, seed.item)
            if place in received:
                found.append(Affected(seed.item, seed.quantity, inflow=received[place]))
            elif place in composition.given:
                hub = composition.hub_of[seed.seq]
                found.append(Affected(seed.item, composition.given[place], hub=hub))
        elif seed.since is None:
            found.append(Affected(seed.item, seed.quantity, part=seed.part))
        else:
            sure = None if seed.sure is None else at(seed.sure)
            found.append(
                Affected(seed.item, seed.quantity, at(seed.since), sure=sure, part=seed.part)
            )
    return found


def _starts(affected: Iterable[Affected], composition: Composition) -> dict[int, int]:
    """From when each seed item is affected, at the earliest."""
    inflows = {inflow.key: inflow.start for inflow in composition.flow.inflows}
    hubs = {hub.no: hub.start for hub in composition.flow.hubs}
    found: dict[int, int] = {}
    for seed in affected:
        if seed.hub is not None:
            start = hubs[seed.hub]
        elif seed.inflow is not None:
            start = inflows[seed.inflow]
        else:
            start = ALWAYS if seed.since is None else seed.since
        found[seed.item] = min(start, found.get(seed.item, start))
    return found


def older(instant: Instant, judged: Instant | None, days: int) -> bool:
    """Whether something happened more than so many days before a case is judged."""
    if judged is None:
        return False
    span = timedelta(days=days) // timedelta(microseconds=1)
    return instant.micros < judged.micros - span
