"""Queries on EPCIS events, as partners ask them (EPCIS 2.0, 8.2.7.1: SimpleEventQuery).

parameters ──> conditions ──┬─ terms: which events may be meant, by the index
                            └─ holds: which are, by what they say
"""

from tracegraph.formats.epcis.query.conditions import one_of
from tracegraph.formats.epcis.query.finding import (
    MOST_VALUE,
    Found,
    Page,
    Position,
    QueryTooComplex,
    find,
    in_calendar,
    recorded_before,
    too_many,
)
from tracegraph.formats.epcis.query.parameters import Query, read_query
from tracegraph.formats.epcis.query.places import query_of

__all__ = [
    "MOST_VALUE",
    "Found",
    "Page",
    "Position",
    "Query",
    "QueryTooComplex",
    "find",
    "in_calendar",
    "one_of",
    "query_of",
    "read_query",
    "recorded_before",
    "too_many",
]
