"""Holdings: the positions of an item, product, place, party or order, without a recall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.amount import Scales
from tracegraph.recall.answer import Gap, Position, Positions
from tracegraph.recall.gaps import REMEDY, ordered, unsaid_detail
from tracegraph.recall.ledger import HELD, Account, Stock, journal, stocks
from tracegraph.recall.master import Master
from tracegraph.recall.material import Material, load
from tracegraph.recall.positions import position_row
from tracegraph.store.batches import batches
from tracegraph.store.port import GraphStore, Search
from tracegraph.trace.answer import UnknownItem
from tracegraph.trace.lookup import resolve, resolve_one

_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Subject:
    """What positions are asked of: kind is item, product, place, party or order."""

    kind: str
    key: str


def read_subject(**given: str | None) -> Subject:
    """The one subject that is given. Raises Refused for none or several."""
    named = [Subject(kind, key) for kind, key in given.items() if key]
    if len(named) != 1:
        accepted = "exactly one of " + ", ".join(given)
        reason = "names nothing." if not named else "names several things."
        raise Refused((Refusal("/" + next(iter(given)), "subject", reason, accepted),))
    return named[0]


def holdings(
    store: GraphStore, subject: Subject, master: Master, *, known: int, as_of: Instant | None
) -> Positions:
    """Where units are, at a cut. Linear in the lines of the items that come into question.

    Raises UnknownItem, AmbiguousItem.
    """
    try:
        items, keep = _ask(store, subject, master, known)
    except UnknownItem:
        if subject.kind != "item" or not resolve(store, subject.key, store.published().seq):
            raise
        return _nothing(subject, known, as_of, f"Not yet met at this cut: {subject.key}.")
    material = Material(known, as_of, master, set(items))
    load(store, material, set(items))
    scales = Scales.of(material)
    posted = journal(material, scales)
    rows: list[Position] = []
    gaps: dict[Gap, None] = {}
    for item in items:
        if material.kind(item) is Kind.CONTAINER:
            continue
        for stock in stocks(item, posted, scales):
            for account, held in stock.standing.accounts.items():
                if not account.origin and keep(account):
                    rows.append(position_row(material, stock.scale, item, account, held))
            gaps.update(dict.fromkeys(_taken_from_hold(material, stock, item, keep)))
            if stock.scale is scales[item]:
                gaps.update(dict.fromkeys(_anomalies(material, stock, item, keep)))
        for line in posted.unsaid.get(item, ()):
            key, event = material.key(item), material.events[line.posting.seq].key
            detail, remedy = unsaid_detail(line), REMEDY[line.rule]
            gaps[Gap(line.rule, key, event, None, None, None, None, detail, remedy)] = None
    rows.sort(key=lambda p: (p.item, p.holder_kind, p.holder or "", p.state, p.unit))
    cut = None if as_of is None else str(as_of)
    return Positions(f"{subject.kind} {subject.key}", cut, known, tuple(rows), ordered(gaps))


def positions_of(
    store: GraphStore, keys: Iterable[str], master: Master, *, known: int, as_of: Instant | None
) -> Iterator[Position]:
    """Where the units of items are, at a cut; nothing of what is not an item's key then.

    Linear in the lines of the items: all of them are read together.
    """
    wanted = set(keys)
    names = [name for some in batches(wanted, _PAGE) for name in store.spoken(some).values()]
    items = {number for name in names for number in (name.home, name.item)}
    material = Material(known, as_of, master, items)
    load(store, material, items)
    scales = Scales.of(material)
    posted = journal(material, scales)
    for item in sorted(items & material.items.keys()):
        if material.key(item) not in wanted or material.kind(item) is Kind.CONTAINER:
            continue
        for stock in stocks(item, posted, scales):
            for account, held in stock.standing.accounts.items():
                if not account.origin:
                    yield position_row(material, stock.scale, item, account, held)


def _nothing(subject: Subject, known: int, as_of: Instant | None, note: str) -> Positions:
    cut = None if as_of is None else str(as_of)
    return Positions(f"{subject.kind} {subject.key}", cut, known, (), (), note)


def _ask(
    store: GraphStore, subject: Subject, master: Master, known: int
) -> tuple[list[int], Callable[[Account], bool]]:
    """The items in question, and which of their accounts are asked for."""
    key = subject.key
    if subject.kind == "item":
        return [resolve_one(store, key, known).row.no], lambda account: True
    if subject.kind == "product":
        product = master.product(key)
        items = list(_of_product(store, product, known))
        if not items and not master.knows(product):
            raise UnknownItem(f"product {key}")
        return items, lambda account: True
    if subject.kind == "place":
        places = master.inside(key)
        items = _mentioned(store, "place", places, known)
        return items, lambda account: account.kind == "place" and account.holder in places
    if subject.kind == "party":
        items = _mentioned(store, "party", {key}, known)
        return items, lambda account: account.kind == "party" and account.holder == key
    return _mentioned(store, "order", {key}, known), lambda account: True


def _of_product(store: GraphStore, product: str, known: int) -> Iterable[int]:
    after = 0
    while True:
        page = store.search(Search(product=product), known=known, after=after, limit=_PAGE)
        yield from (row.no for row in page)
        if len(page) < _PAGE:
            return
        after = page[-1].no


def _mentioned(store: GraphStore, kind: str, keys: set[str], known: int) -> list[int]:
    seqs = [
        seq
        for key in sorted(keys)
        for seq in store.mentioned(kind, key, known=known, since=None, until=None)
    ]
    if not seqs:
        raise UnknownItem(f"{kind} {min(keys)}")
    lines = store.lines_of_events(seqs, known)
    items = set(lines.item)
    if kind != "order":
        # What is posted to a serial is posted to its lot, which no line there need name.
        items.update(lines.lot, store.lots_of(items, known=known, as_of=None).lot)
    return sorted(items - {0})


def _taken_from_hold(
    material: Material, stock: Stock, item: int, keep: Callable[[Account], bool]
) -> Iterable[Gap]:
    for posting in stock.postings:
        event = material.events[posting.seq]
        stays = event.type in {"hold", "release"}  # it goes into hold or out of it, as it should
        if posting.source.state == HELD and not stays and keep(posting.source):
            yield Gap(
                "taken_from_hold",
                material.key(item),
                event.key,
                None,
                None,
                stock.scale.shown(posting.quantity),
                stock.scale.unit,
                "It was taken from what was on hold.",
                REMEDY["taken_from_hold"],
            )


def _anomalies(
    material: Material, stock: Stock, item: int, keep: Callable[[Account], bool]
) -> Iterable[Gap]:
    scale, key = stock.scale, material.key(item)
    for draft in stock.standing.overdrafts:
        if keep(draft.account):
            account = draft.account
            where = f"{account.holder or account.state} ({account.state})"
            yield Gap(
                "balance_negative",
                key,
                material.events[draft.posting.seq].key,
                None,
                None,
                scale.shown(draft.depth),
                scale.unit,
                f"More was taken from {where} than was there.",
                REMEDY["balance_negative"],
            )
