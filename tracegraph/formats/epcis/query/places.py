"""Queries over a store, whose master data say which places lie within others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from tracegraph.formats.epcis.query.parameters import Query, read_query
from tracegraph.formats.epcis.terms import own_urn
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.terms import canonical

_PART = "readPoint"  # places are spelled alike wherever they stand


def query_of(
    store: GraphStore, asked: Mapping[str, Any], *, at: Sequence[str] = ("query",)
) -> Query:
    """Read parameters as `read_query` does; places within others are those of the store by now."""
    return read_query(asked, within=partial(places_within, store), at=at)


def places_within(store: GraphStore, places: Iterable[str]) -> set[str]:
    """Places and all that any record ever said to lie within them, however deep.

    O(records of places).
    """
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for entry in store.of_types({"place"}, known=store.published().seq):
        record = orjson.loads(entry.body)
        if (holder := record.get("inside")) is not None:
            inside[_spelled(holder)].add(_spelled(record["number"]))
    found: set[str] = set()
    waiting = [canonical(_PART, place) for place in places]
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += inside[place]
    return found


def _spelled(number: str) -> str:
    return canonical(_PART, own_urn("place", number))
