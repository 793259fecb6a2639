"""GS1 EPCIS 2.0: what trading partners and line systems send, and what they are sent."""

from tracegraph.formats.epcis.exporting import epcis_chunks
from tracegraph.formats.epcis.mapping import ERROR_SUFFIX, EVENT_TYPES
from tracegraph.formats.epcis.parties import own_parties
from tracegraph.formats.epcis.reading import (
    Converted,
    event_list,
    is_epcis,
    read_epcis,
    require_event,
)
from tracegraph.formats.epcis.returning import STANDARD_CONTEXT, returned
from tracegraph.formats.epcis.terms import OWN_CONTEXT
from tracegraph.formats.epcis.xml import read_xml

__all__ = [
    "ERROR_SUFFIX",
    "EVENT_TYPES",
    "OWN_CONTEXT",
    "STANDARD_CONTEXT",
    "Converted",
    "epcis_chunks",
    "event_list",
    "is_epcis",
    "own_parties",
    "read_epcis",
    "read_xml",
    "require_event",
    "returned",
]
