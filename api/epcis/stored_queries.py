"""Named queries as they are stored."""

from __future__ import annotations

from tracegraph.formats.epcis.query import Query, query_of
from tracegraph.store.port import Document, GraphStore

KIND = "epcis_query"


def stored_query(store: GraphStore, name: str) -> Document | None:
    """A query by its name; None where there is none."""
    return store.document(KIND, name)


def query_named(store: GraphStore, name: str) -> Query | None:
    """A query by its name, to be asked; None where there is none."""
    stored = stored_query(store, name)
    return None if stored is None else query_of(store, stored.body)
