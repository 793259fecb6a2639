"""Why an item is in a scope, and why a neighbour is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.parse import parse_event
from tracegraph.recall.answer import Why, WhyStep
from tracegraph.recall.case import Case, decrees, judge, reason
from tracegraph.recall.certainty import certainty
from tracegraph.recall.master import Master
from tracegraph.recall.material import Happening
from tracegraph.recall.paths import Step
from tracegraph.recall.query import ScopeQuery
from tracegraph.recall.seeding import Seeds, Sown
from tracegraph.recall.unproven import Doubts, doubts, seed_products
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.facts import fact
from tracegraph.trace.lookup import resolve_one

_FOREVER = 2**199  # a tolerance within which all instants are equal


def why(
    store: GraphStore,
    query: ScopeQuery,
    item: str,
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    tolerance: Decimal,
) -> Why:
    """The verdict on one item with the chain that leads to it, or the reason it is out.

    Raises UnknownItem and AmbiguousItem, and what a scope raises.
    """
    found = resolve_one(store, item, known).row
    case = reason(store, query, master, known=known, as_of=as_of, tolerance=tolerance)
    bounds = case.verdicts.items.get(found.no)
    if bounds is not None:
        steps = tuple(_steps(case, case.steps.get(found.no)))
        scale = case.scales[found.no]
        most = scale.shown(bounds.high, up=True)
        are = "is" if most == "1" else "are"
        detail = (
            f"At least {scale.shown(bounds.low)} and at most {most or 'all'} {scale.unit} of it"
            f" {are} affected, in every world that agrees with the records."
        )
        return Why(found.key, "certain" if bounds.certain else "possible", steps, None, detail)
    unsure = doubts(store, case)
    if found.no in unsure.found:
        return _unproven(unsure, found.no)
    reason_, detail = _out(store, case, found.no, tolerance)
    return Why(found.key, "out", (), reason_, detail)


def _unproven(unsure: Doubts, item: int) -> Why:
    """The chain from the item whose record lacks something to what was made of it."""
    chain = [unsure.found[item]]
    while chain[-1].parent is not None:
        chain.append(unsure.found[chain[-1].parent])
    first, key = chain[-1], unsure.material.key
    product = "something" if first.lack is None else first.lack.material.products[0]
    lack = f"What of {product} went into {key(first.item)} at {first.node} is not recorded."
    detail = lack if len(chain) == 1 else f"It was made of {key(chain[1].item)}. {lack}"
    steps = (
        WhyStep(key(doubt.item), doubt.node, None, None, None, ()) for doubt in reversed(chain)
    )
    return Why(key(item), "unproven", tuple(steps), None, detail)


def _steps(case: Case, step: Step | None) -> Iterable[WhyStep]:
    chain: list[Step] = []
    while step is not None:
        chain.append(step)
        step = step.before
    for link in reversed(chain):
        event = None if link.hub is None else _event(case, link)
        yield WhyStep(
            item=case.material.key(link.item),
            through=None if link.hub is None else case.material.node(link.hub),
            type=None if event is None else event.type,
            occurred_at=None if event is None else str(event.end),
            order=None if event is None else event.sent.get("order"),
            documents=() if event is None else tuple(event.sent.get("documents", ())),
        )


def _event(case: Case, link: Step) -> Happening:
    """The event of a hub that gave an item: of a run, the last that names it."""
    events = case.composition.hub_events[link.hub or 0]
    naming = [
        event
        for event in events
        if any(line.item == link.item for line in case.material.lines.get(event.seq, ()))
    ]
    return max(naming or events, key=lambda event: event.end)


def _out(store: GraphStore, case: Case, item: int, tolerance: Decimal) -> tuple[str, str]:
    if item in case.seeds.excluded or _by_exclusion(store, case, item, tolerance):
        return "seed_excluded", "It would be reached only from a seed that the query excludes."
    if item in case.material.reached:
        return _reached(case, item)
    if _by_void(store, case, item):
        return "voided_record", "It was reached only through an event that has been voided."
    beside = _beside(store, case, item)
    if beside is not None:
        lot, seed = beside
        detail = f"By the records it is another unit of {lot} than the seed {seed}."
        return "recorded_allocation", detail
    hubs = case.composition.flow.hubs
    if not any(taken.item in case.verdicts.items for hub in hubs for taken in hub.inputs):
        return "never_used", "Nothing was made of the seeds, by the records."
    instead = _instead(store, case, item)
    if instead:
        return "recorded_allocation", f"By the records it took {', '.join(instead)} instead."
    return "unrelated", "No record links it to a seed."


def _reached(case: Case, item: int) -> tuple[str, str]:
    """In the plain graph, but in no world: because of time, or of what was recorded where."""
    timeless = replace(case.composition.flow, tolerance=_FOREVER)
    affected = decrees(case.seeds.sown, case.composition)
    if item in certainty(timeless, affected).items:
        return "time_order", "What it was made of had left before anything affected came."
    return "recorded_allocation", "The records say which units went where, and none reached it."


def _beside(store: GraphStore, case: Case, item: int) -> tuple[str, str] | None:
    """A lot that a serial shares with a seed, and the first such seed."""
    seeds = {sown.item for sown in case.seeds.sown}
    rows = store.lots_of({item} | seeds, known=case.known, as_of=case.as_of)
    own = {lot for lot, no in zip(rows.lot, rows.serial, strict=True) if no == item}
    shared = [
        (lot, no)
        for lot, no in zip(rows.lot, rows.serial, strict=True)
        if lot in own and no in seeds
    ]
    called = store.items({no for pair in shared for no in pair}, case.known)
    return min(((called[lot].key, called[no].key) for lot, no in shared), default=None)


def _by_exclusion(store: GraphStore, case: Case, item: int, tolerance: Decimal) -> bool:
    if not case.query.exclude:
        return False
    every = replace(case.query, exclude=())
    wider = reason(
        store, every, case.master, known=case.known, as_of=case.as_of, tolerance=tolerance
    )
    return item in wider.verdicts.items


def _by_void(store: GraphStore, case: Case, item: int) -> bool:
    """Whether outputs of a voided event that took something affected lead to an item."""
    targets = []
    for entry in store.of_types(("void",), known=case.known):
        sent = orjson.loads(entry.body)
        targets.append((sent.get("voids_source") or entry.source, sent["voids"]))
    given: set[int] = set()
    for entry in store.entries(targets, case.known).values():
        if entry.void is None:
            continue
        sent = orjson.loads(entry.body)
        if not sent.get("inputs") or not sent.get("outputs"):
            continue
        dead = fact(entry.seq, parse_event(sent, source=entry.source))
        roles = [(line.name.key, line.role) for line in dead.lines if line.name is not None]
        spoken = store.spoken([key for key, _ in roles])
        taken = {spoken[k].item for k, role in roles if role == "input" and k in spoken}
        if taken & case.verdicts.items.keys():
            given |= {spoken[k].item for k, role in roles if role == "output" and k in spoken}
    if not given:
        return False
    if item in given:
        return True
    sown = Seeds({Sown(no): [0] for no in given})
    beyond = judge(
        store, case.query, case.master, sown, given, "forward", case.known, case.as_of, Decimal(0)
    )
    return item in beyond.verdicts.items


def _instead(store: GraphStore, case: Case, item: int) -> list[str]:
    """Items of a seed's product, not affected, that went into an item."""
    products = set(seed_products(case))
    graph = store.subgraph(
        [item], "backward", known=case.known, as_of=case.as_of, max_depth=None,
        budget=case.query.budget,
    )  # fmt: skip
    return sorted(
        row.key
        for no in graph.reached
        if no != item
        and (row := graph.items[no]).product in products
        and no not in case.verdicts.items
    )[:5]
