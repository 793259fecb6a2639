"""The numbers under which the store has the items of a genealogy."""

from __future__ import annotations

from tracegraph.identify.naming import name_key
from tracegraph.model.key import KINDS
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.identity import Identity, names_of, unrecorded
from tracegraph.trace.answer import Genealogy
from tracegraph.trace.lookup import Identities, identity_at, resolve_one


def numbers_of(store: GraphStore, found: Genealogy) -> dict[str, int]:
    """The numbers of the items of a genealogy, by key.

    Three bulk reads, and one for each seed that no event of the genealogy names.
    """
    keys = {item.key for item in found.items}
    lines = store.lines_of_events({event.seq for event in found.events}, found.known_at)
    near = {*lines.item, *lines.lot} - {0}
    near |= set(store.serials_of(near, known=found.known_at, as_of=None).serial)
    numbers = {
        row.key: no for no, row in store.items(near, found.known_at).items() if row.key in keys
    }
    others = keys - numbers.keys()  # seeds that no event of the genealogy names
    return numbers | {key: resolve_one(store, key, found.known_at).row.no for key in others}


def homes_of(
    store: GraphStore, found: Genealogy, identities: Identities | None = None
) -> dict[int, str]:
    """The keys of the items of a genealogy by every number under which each was ever met.

    What was voided before names were joined stays under the number of the name that it used.
    Bulk reads, and some for each product with records whose identity is not yet known.
    """
    homes = {no: key for key, no in numbers_of(store, found).items()}
    names = {item.key: name_key(item.key, KINDS[item.kind]) for item in found.items}
    products = {name.product for name in names.values() if name is not None and name.product}
    known_as = _identities(
        store, products, found.known_at, {} if identities is None else identities
    )
    owners = {
        name: key
        for key, own in names.items()
        if own is not None
        for name in names_of(own, known_as.get(own.product or "") or unrecorded(""))
    }
    for spoken in store.spoken(owners).values():
        if spoken.rec <= found.known_at:
            homes[spoken.home] = owners[spoken.key]
    return homes


def _identities(
    store: GraphStore, products: set[str], known: int, kept: Identities
) -> dict[str, Identity]:
    claimed = store.claims(products - kept.keys())
    for product in claimed:
        identity = identity_at(store, product, known)
        if identity.numbers:
            kept[product] = identity
    return {product: kept.get(product) or unrecorded(product) for product in products}
