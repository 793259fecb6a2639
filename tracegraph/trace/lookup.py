"""From what a person types to the items it could be, as the names were known at a cut."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from tracegraph.identify import NotIdentified, has_valid_check_digit, identify
from tracegraph.identify.naming import Name, name_item, name_key, product_name
from tracegraph.model.item import ItemRef
from tracegraph.model.key import KIND_OF, Kind, container_key
from tracegraph.model.parse import parse_event
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.facts import Fact, claims, fact
from tracegraph.store.projection.identity import Identity, identify_product, names_of, unrecorded
from tracegraph.store.projection.rows import BLOCK, ItemRow, line_sent
from tracegraph.store.projection.terms import supplier_lot
from tracegraph.trace.answer import AmbiguousItem, ItemSummary, UnknownItem
from tracegraph.trace.instants import require_text

MOST_CANDIDATES = 50

# Identities that are known already, by name. They follow from the standing product records.
Identities = MutableMapping[str, Identity]
# What names were met as at a cut, where that is read already: see `GraphStore.met`.
Met = Mapping[tuple[str, ...], tuple[list[int], ItemRow] | None]
_SSCC_LENGTH = 18
_NOT_READ: Met = {}


@dataclass(frozen=True, slots=True)
class Found:
    """An item, and the numbers of all the names under which it was met."""

    row: ItemRow
    homes: tuple[int, ...]


def summary(row: ItemRow) -> ItemSummary:
    """An item as answers show it."""
    return ItemSummary(row.key, KIND_OF[row.kind].word, row.product, row.number)


def identity_at(store: GraphStore, product: str, known: int) -> Identity:
    """Which names named a product at `known`."""
    names, records = {product}, dict[int, Fact]()
    waiting = {product}
    while waiting:
        seqs = {seq for found in store.claims(waiting).values() for seq in found} - records.keys()
        entries = store.entries_by_seq(seqs, known)
        new = {
            seq: fact(seq, parse_event(orjson.loads(entry.body), source=entry.source))
            for seq, entry in entries.items()
            if entry.void is None
        }
        records |= new
        claimed = {c.name for record in new.values() for c in claims(record) if c.kind == "name"}
        waiting = claimed - names
        names |= claimed
    return identify_product(records.values()) if records else unrecorded(product)


def find_name(
    store: GraphStore,
    name: Name,
    known: int,
    identities: Identities | None = None,
    met: Met = _NOT_READ,
) -> Found | None:
    """The item that a name named at `known`; None where it had not been met."""
    identity = unrecorded("")
    if name.product:
        kept = {} if identities is None else identities
        identity = kept.get(name.product) or identity_at(store, name.product, known)
        if identity.numbers:  # of what no record knows there is no end
            kept[name.product] = identity
    names = names_of(name, identity)
    found = met[names] if names in met else store.met(names, known)
    return None if found is None else Found(found[1], tuple(found[0]))


def likely_names(text: str, identities: Identities) -> Iterator[tuple[str, ...]]:
    """The names by which `resolve` looks for what `text` says, if `identities` still stand."""
    for name in _names(text):
        product = name.product
        known = identities.get(product) if product else None
        yield names_of(name, known or unrecorded(product or ""))


def find_row(
    store: GraphStore, row: ItemRow, known: int, identities: Identities | None = None
) -> Found:
    """An item that is known by its row."""
    name = name_key(row.key, KIND_OF[row.kind])
    found = find_name(store, name, known, identities) if name is not None else None
    return found or Found(row, (row.no,))


def resolve(
    store: GraphStore,
    text: str,
    known: int,
    identities: Identities | None = None,
    met: Met = _NOT_READ,
) -> list[Found]:
    """Every item that `text` could be: a key, a scan, an SSCC, or a lot or serial number.

    A number that could be several items gives them all, 50 at most: those that bear it, then those
    of which a supplier says so, each by key; unknown gives none.
    `identities` are those of the same product records, and are added to. `met` is what was read
    at `known` of some names before.
    """
    require_text("item", text)
    found = [find_name(store, name, known, identities, met) for name in _names(text)]
    named = {item.row.no: item for item in found if item is not None}
    if named:
        return list(named.values())
    number = text.strip()
    if not number:
        return []
    rows = store.items_by_number(number, known, MOST_CANDIDATES)
    borne = {row.no for row in rows}
    rows += [row for row in supplied_as(store, number, known) if row.no not in borne]
    return [find_row(store, row, known, identities) for row in rows[:MOST_CANDIDATES]]


def supplied_as(store: GraphStore, number: str, known: int) -> list[ItemRow]:
    """Items that lines which stand at `known` give a supplier's lot number, by key.

    Three reads; one where nothing has it.
    """
    wanted = supplier_lot(number)
    blocks = store.posting_blocks([wanted], 0, known // BLOCK)[wanted]
    if not blocks:
        return []
    found = store.postings([wanted], blocks)[wanted].values()
    seqs = [seq for own in found for seq in own if seq <= known]
    lines, bodies = store.lines_of_events(seqs, known), store.bodies(seqs)
    sent = {seq: orjson.loads(body) for seq, body in bodies.items()}
    items = {
        item
        for seq, pos, item in zip(lines.seq, lines.pos, lines.item, strict=True)
        if (said := line_sent(sent[seq], pos).get("supplier_lot")) and supplier_lot(said) == wanted
    }
    return sorted(store.items(items, known).values(), key=lambda row: row.key)


def resolve_one(
    store: GraphStore,
    text: str,
    known: int,
    identities: Identities | None = None,
    met: Met = _NOT_READ,
) -> Found:
    """The item that `text` names. Raises UnknownItem or AmbiguousItem."""
    return only(resolve(store, text, known, identities, met), text)


def rows_of(store: GraphStore, keys: Collection[str], known: int) -> list[ItemRow]:
    """The items of answers at `known`, by their keys: a few reads, and a few for each product.

    Raises UnknownItem.
    """
    named = [name for key in keys for name in _names(key)]
    products = {name.product for name in named if name.product}
    identities = {product: identity_at(store, product, known) for product in products}
    nothing = unrecorded("")
    spoken = {
        text
        for name in named
        for text in names_of(name, identities.get(name.product or "", nothing))
    }
    numbers = {name.item for name in store.spoken(spoken).values()}
    rows = {row.key: row for row in store.items(numbers, known).values()}
    # What has become part of another item since then is asked for by itself.
    return [rows[key] if key in rows else resolve_one(store, key, known).row for key in keys]


def require_known(store: GraphStore, text: str) -> str:
    """What is known by now, though not yet at a cut: as it was asked for. Raises UnknownItem.

    Not by its key, which may be another one tomorrow: an answer at a cut stays what it was.
    """
    if not resolve(store, text, store.published().seq):
        raise UnknownItem(text)
    return text.strip()


def only(found: Sequence[Found], text: str) -> Found:
    """The one item among those that `text` could be. Raises UnknownItem or AmbiguousItem."""
    if not found:
        raise UnknownItem(text)
    if len(found) > 1:
        raise AmbiguousItem(text, tuple(summary(item.row) for item in found))
    return found[0]


def products_named(store: GraphStore, text: str, known: int) -> str:
    """What items of the product that `text` names are listed under."""
    return identity_at(store, product_name(text), known).product


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[Name, ...]:
    bare = text.strip()
    if len(bare) == _SSCC_LENGTH and has_valid_check_digit(bare):
        return (Name(Kind.CONTAINER, container_key(bare)),)
    try:
        identify(text)
        name = name_item(ItemRef(scan=text))
    except NotIdentified:
        name = name_key(bare) if ":" in bare else None
    flawed = name_key(bare) if name is not None and name.flaws and ":" in bare else None
    return tuple(found for found in (name, flawed) if found is not None)
