"""Positions are those of a naive ledger, and what an item gives one account another takes.

The default run is the same each time; TRACEGRAPH_PROVE=1 searches at random, long.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import Wire, at, container, line, lot, serial
from tests.contract.engines import Engine, long_on_neo4j
from tests.property.histories import Pick, numbered, random_history, splits
from tests.property.laws import append_all
from tests.property.ledger_oracle import Account, Ledger, Place
from tests.property.test_scopes import random_scope
from tracegraph.library import Tracegraph
from tracegraph.model.unit import measure
from tracegraph.recall.amount import Scales
from tracegraph.recall.answer import Balance, Positions
from tracegraph.recall.ledger import journal, standing
from tracegraph.recall.master import MasterData
from tracegraph.recall.material import Material, load
from tracegraph.store.port import GraphStore, Search
from tracegraph.trace.answer import UnknownItem

PROVE = os.environ.get("TRACEGRAPH_PROVE") == "1"
EXAMPLES = 5000 if PROVE else 60
LARGER = {"sqlite": (12, 600), "neo4j": (2, 60)}

PLACES = ("W", "W", "X", None)
PARTIES = ("C", "D")
STATES = (None, None, None, None, "quarantine", "hold", "rejected")
SIMPLE = (
    "move", "shipment", "shipment", "delivery", "return", "supplier_return", "scrap", "use",
    "adjustment", "hold", "release", "inspection", "observation",
)  # fmt: skip
KINDS = ("receipt", "receipt", "make", "simple", "simple", "simple", "pack", "pack", "unpack",
         "void")  # fmt: skip
MAKES = ("production", "assembly", "disassembly", "rework", "split", "merge", "relabel", "process")


def any_item(pick: Pick) -> Wire:
    """A lot in count or mass, a serial of a lot or of none, a container."""
    form = pick(("lot", "lot", "goods", "goods", "powder", "serial", "serial", "box", "box"))
    if form == "lot":
        return lot("RM", pick(("A", "B")))
    if form == "goods":
        return lot("FG", pick(("L", "L", "M")))
    if form == "powder":
        return lot("POW", "A")
    if form == "serial":
        return serial("FG", pick(("1", "2", "3")), of=pick((None, "L", "L", "M")))
    return container(pick((1, 2, 3)))


def any_line(pick: Pick) -> Wire:
    """A line with a quantity in some unit, or without."""
    item = any_item(pick)
    more = {} if (state := pick(STATES)) is None else {"state": state}
    if "sscc" in item or "serial" in item:
        return line(item, **more)
    amounts: tuple[str | None, ...] = ("1", "2", "5", "0.5", "1200", None)
    units: tuple[str, ...] = ("each", "each", "PR", "g")
    if item["product"] == "POW":
        units = ("kg", "g", "KGM", "MGM", "each")
    amount = pick(amounts)
    return line(item, amount, pick(units), **more) if amount else line(item, **more)


def any_lines(pick: Pick) -> list[Wire]:
    """A few lines."""
    return [any_line(pick) for _ in range(pick((1, 1, 2, 3)))]


def any_event(pick: Pick, length: int) -> Wire:
    """An event of a history of about `length` events, without an id of its own yet."""
    kind = pick(KINDS)
    found: Wire = {"source": pick(("a", "b")), "occurred_at": at(pick(range(7)))}
    if (place := pick(PLACES)) is not None:
        found["place"] = place
    if kind == "receipt":
        return found | {"type": "receipt", "party": "S", "items": any_lines(pick)}
    if kind == "make":
        return found | _make(pick)
    if kind in {"pack", "unpack"}:
        found |= {"type": kind, "container": container(pick((1, 2, 3)))}
        if kind == "pack" or pick((True, True, False)):
            found["items"] = any_lines(pick)
        return found
    if kind == "void":
        target = f"e{pick(range(length + 1))}"
        return found | {"type": "void", "voids": target, "voids_source": "a", "reason": "wrong"}
    return found | _simple(pick)


def _make(pick: Pick) -> Wire:
    type_ = pick(MAKES)
    if type_ == "process" and pick((True, False)):
        return {"type": type_, "items": any_lines(pick)}
    inputs, outputs = any_lines(pick), any_lines(pick)
    which = pick(("both", "both", "in", "out"))
    if which == "in":
        outputs = []
    if which == "out":
        inputs = []
    return {"type": type_, "inputs": inputs, "outputs": outputs}


def _simple(pick: Pick) -> Wire:
    type_ = pick(SIMPLE)
    found: Wire = {"type": type_, "items": any_lines(pick)}
    if type_ == "move":
        return found | {"to": pick(("W", "X"))}
    if type_ in {"shipment", "delivery", "return"}:
        target: Wire = pick(({"party": "C"}, {"party": "C"}, {"party": "D"}, {"to": "X"}, {}))
        return found | target
    if type_ == "supplier_return":
        return found | {"party": "S"}
    if type_ in {"scrap", "use"}:
        holder: Wire = pick(({}, {"party": "C"}))
        return found | holder
    if type_ == "adjustment":
        found["items"] = [_signed(pick, each) for each in found["items"]]
    return found


def _signed(pick: Pick, each: Wire) -> Wire:
    if "sscc" in each["item"] or pick((True, False)):
        return each
    amount = each.get("quantity", "1" if "serial" in each["item"] else None)
    unit = each.get("unit", "each")
    return each if amount is None else each | {"quantity": f"-{amount}", "unit": unit}


def told(events: Iterable[Wire]) -> list[Wire]:
    """Events with ids; one that is left without lines is none."""
    whole = ({"id": f"e{n}", **event} for n, event in enumerate(events))
    return numbered(event for event in whole)


def random_ledger(rng: Random, length: int) -> list[Wire]:
    return told(any_event(rng.choice, length) for _ in range(length))


@st.composite
def event_of(draw: st.DrawFn, length: int) -> Wire:
    return any_event(lambda options: draw(st.sampled_from(options)), length)


def ledgers(most: int = 10) -> st.SearchStrategy[list[Wire]]:
    """Histories of up to `most` events, in order of arrival."""
    sizes = st.integers(1, most)
    lists = sizes.flatmap(lambda size: st.lists(event_of(most), min_size=size, max_size=size))
    return lists.map(told).filter(bool)


# -- comparing


def shown(answer: Positions) -> dict[Place, Fraction]:
    """Positions as the oracle says them; no account is told twice."""
    found: dict[Place, Fraction] = {}
    for row in answer.positions:
        unit = measure(row.unit)
        place = Place(row.item, Account(row.holder_kind, row.holder, row.state), unit.dimension)
        assert place not in found, place
        assert row.quantity != "0", place
        found[place] = Fraction(row.quantity) * unit.factor
    return found


def asked(graph: Tracegraph, **question: str | int | None) -> dict[Place, Fraction]:
    """Positions; what has not been met is nowhere."""
    try:
        answer = graph.positions(**question)  # type: ignore[arg-type]  # by name
    except UnknownItem:
        return {}
    again = graph.positions(**question)  # type: ignore[arg-type]  # by name
    assert again == answer
    keys = [(r.item, r.holder_kind, r.holder or "", r.state, r.unit) for r in answer.positions]
    assert keys == sorted(keys)
    return shown(answer)


def assert_ledger(graph: Tracegraph, events: Sequence[Wire], known: int, as_of: str | None) -> int:
    """Every position at a cut is that of the oracle; how many there are."""
    right = Ledger(events[:known], as_of).positions()
    by_item: defaultdict[str, dict[Place, Fraction]] = defaultdict(dict)
    by_product: defaultdict[str, dict[Place, Fraction]] = defaultdict(dict)
    for place, amount in right.items():
        by_item[place.item][place] = amount
        by_product[place.item.split(":")[-2]][place] = amount
    cuts = {"known_at": known, "as_of": as_of}
    rows = graph.store.search(Search(), known=known, after=0, limit=1000)
    for row in rows:
        assert asked(graph, item=row.key, **cuts) == by_item[row.key], (row.key, cuts)
    assert by_item.keys() <= {row.key for row in rows}
    for product in ("RM", "FG", "POW"):
        assert asked(graph, product=product, **cuts) == by_product[product], (product, cuts)
    for kind, holders in (("place", ("W", "X")), ("party", (*PARTIES, "S"))):
        for holder in holders:
            found = asked(graph, **{kind: holder}, **cuts)
            there = {p: a for p, a in right.items() if p.account[:2] == (kind, holder)}
            assert found == there, (holder, cuts)
    return len(right)


def assert_history(engine: Engine, events: list[Wire], rng: Random) -> int:
    """The same at random cuts, however the events came; how many positions were compared."""
    store = engine.empty()
    graph = Tracegraph(store)
    ends = append_all(store, splits(events, rng))
    times = sorted({event["occurred_at"] for event in events})
    cuts = {(ends[-1], None), (rng.choice(ends), None), (rng.choice(ends), rng.choice(times))}
    return sum(assert_ledger(graph, events, *cut) for cut in sorted(cuts, key=str))


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
def test_positions_of_small_histories(sqlite_engine: Engine) -> None:
    """Small and shrinkable, on the embedded engine, where an example takes little."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=not PROVE,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(ledgers(), st.integers(0, 2**20))
    def holds(events: list[Wire], seed: int) -> None:
        assert_history(sqlite_engine, events, Random(seed))

    holds()


@pytest.mark.prove
@pytest.mark.timeout(36_000 if PROVE else 300)
def test_positions_of_larger_histories(engine: Engine) -> None:
    """Larger, and the same on each engine; fewer where an example takes longer."""
    long_on_neo4j(engine)
    rng = Random() if PROVE else Random("ledgers")
    compared = 0
    for _ in range(LARGER[engine.name][PROVE]):
        seed = rng.randrange(2**32)
        try:
            compared += assert_history(engine, random_ledger(Random(seed), 40), Random(seed))
        except Exception as error:
            error.add_note(f"random_ledger(Random({seed}), 40) on {engine.name}")
            raise
    assert compared >= 30 * LARGER[engine.name][PROVE]


def test_the_order_of_arrival_does_not_matter(sqlite_engine: Engine) -> None:
    """A law of the oracle, too: what it says must not hang on the order it is told in."""
    for seed in range(5):
        rng = Random(f"arrival {seed}")
        events = random_ledger(rng, 40)
        mixed = rng.sample(events, len(events))
        assert Ledger(events).positions() == Ledger(mixed).positions()
        assert_history(sqlite_engine, mixed, rng)


def test_the_histories_are_not_poor() -> None:
    """Accounts of every sort, contents in contents, deficits: else they say little."""
    counts: Counter[str] = Counter()
    for seed in range(20):
        ledger = Ledger(random_ledger(Random(seed), 40))
        found = ledger.positions()
        counts.update({place.account.state for place in found})
        counts["negative"] += any(amount < 0 for amount in found.values())
        counts["nested"] += sum(said.inside for said in ledger.lines)
        counts["party"] += any(place.account.kind == "party" for place in found)
        counts["powder"] += any(place.dimension == "mass" for place in found)
        counts["serials"] += any(":serial:" in place.item for place in found)
    states = {"available", "quarantine", "on hold", "in transit", "delivered", "consumed",
              "destroyed", "used", "adjusted", "returned"}  # fmt: skip
    wanted = {*states, "negative", "nested", "party", "powder", "serials"}
    assert min(counts[name] for name in wanted) >= 6, counts


# -- sums and balances


def whole_journal(store: GraphStore, known: int) -> tuple[Material, Scales]:
    """All there is, as the recall reads it."""
    items = {row.no for row in store.search(Search(), known=known, after=0, limit=10_000)}
    material = Material(known, None, MasterData(store).at(known), set(items))
    load(store, material, items)
    return material, Scales.of(material)


def test_what_an_item_posts_sums_to_zero(engine: Engine) -> None:
    posted = 0
    for seed in range(4):
        rng = Random(f"zero {seed}")
        store = engine.empty()
        makers = (random_ledger, random_history)
        (known,) = append_all(store, [makers[seed % 2](rng, 60)])
        material, scales = whole_journal(store, known)
        for item, postings in journal(material, scales).postings.items():
            found = standing(item, postings)
            assert sum(held.quantity for held in found.accounts.values()) == 0, material.key(item)
            assert all(p.quantity > 0 and p.item == item for p in postings)
            assert [p.order for p in postings] == sorted(p.order for p in postings)
            posted += len(postings)
    assert posted >= 150


SIDES = (
    ("made", "received", "overdrawn"),
    ("on_hand", "in_transit", "at_customers", "consumed", "destroyed", "used",
     "returned_to_supplier", "adjusted", "unaccounted"),
)  # fmt: skip


def assert_balanced(balance: Balance) -> None:
    """Both sides are equal, and only what was adjusted may be below zero."""
    left, right = (sum(Decimal(getattr(balance, name)) for name in side) for side in SIDES)
    assert left == right, balance
    for name in (*SIDES[0], *SIDES[1]):
        assert name == "adjusted" or Decimal(getattr(balance, name)) >= 0, (name, balance)
    unexplained = any(
        Decimal(getattr(balance, name)) for name in ("overdrawn", "adjusted", "unaccounted")
    )
    assert balance.explained is not unexplained


@pytest.mark.parametrize("maker", [random_ledger, random_history])
def test_every_balance_of_a_scope_holds(engine: Engine, maker) -> None:
    long_on_neo4j(engine)
    compared = 0
    for seed in range(3):
        rng = Random(f"balance {seed}")
        events = maker(rng, 50)
        store = engine.empty()
        graph = Tracegraph(store)
        ends = append_all(store, splits(events, rng))
        for _ in range(8):
            scope = random_scope(graph, rng, events, ends)
            keys = [(b.item, b.unit) for b in scope.balances]
            assert keys == sorted(set(keys))
            for balance in scope.balances:
                assert_balanced(balance)
                compared += 1
    assert compared >= 30


def test_balances_are_those_of_the_oracle(engine: Engine) -> None:
    """Each term of a seed's balance is the sum of the oracle's accounts of that name."""
    compared = 0
    for seed in range(3):
        rng = Random(f"terms {seed}")
        events = random_ledger(rng, 50)
        store = engine.empty()
        graph = Tracegraph(store)
        (known,) = append_all(store, [events])
        ledger = Ledger(events)
        for row in store.search(Search(), known=known, after=0, limit=100):
            balances = graph.scope(row.key, transit_days=36_500).balances
            own = {measure(b.unit).dimension for b in balances if b.item == row.key}
            assert own >= {p.dimension for p in ledger.positions() if p.item == row.key}, row.key
            for balance in balances:
                assert terms(balance) == naive_terms(ledger, balance), balance
                compared += 1
    assert compared >= 20


def terms(balance: Balance) -> dict[str, Fraction]:
    factor = measure(balance.unit).factor
    names = (*SIDES[0], *SIDES[1])
    found = {name: Fraction(getattr(balance, name)) * factor for name in names}
    return {name: amount for name, amount in found.items() if amount}


def naive_terms(ledger: Ledger, balance: Balance) -> dict[str, Fraction]:
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    ends = {"consumed": "consumed", "destroyed": "destroyed", "used": "used",
            "returned": "returned_to_supplier", "in transit": "in_transit",
            "delivered": "at_customers"}  # fmt: skip
    measured = balance.item, measure(balance.unit).dimension
    for (item, account, dimension), amount in ledger.sums.items():
        if (item, dimension) != measured:
            continue
        if account.state in {"made", "received"}:
            found[account.state] -= amount
        elif account.state == "adjusted":
            found["adjusted"] += amount
        elif amount < 0:
            found["overdrawn"] -= amount
        else:
            found[ends.get(account.state, "on_hand")] += amount
    return {name: amount for name, amount in found.items() if amount}
