"""Named queries as they are stored."""

from __future__ import annotations

from functools import partial

from tracegraph.formats.epcis.query import Query, places_within, read_query
from tracegraph.store.port import Document, GraphStore

KIND = "epcis_query"


def stored_query(store: GraphStore, name: str) -> Document | None:
    """A query by its name; None where there is none."""
    return store.document(KIND, name)


def asked_of(store: GraphStore, stored: Document) -> Query:
    """A stored query, to be asked; places within others are those of now."""
    return read_query(stored.body, within=partial(places_within, store))


def query_named(store: GraphStore, name: str) -> Query | None:
    """A query by its name, to be asked; None where there is none."""
    stored = stored_query(store, name)
    return None if stored is None else asked_of(store, stored)
