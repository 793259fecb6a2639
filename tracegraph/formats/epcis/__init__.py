"""GS1 EPCIS 2.0: what trading partners and line systems send, and what they are sent."""

from tracegraph.formats.epcis.exporting import epcis_chunks
from tracegraph.formats.epcis.reading import Converted, event_list, is_epcis, read_epcis
from tracegraph.formats.epcis.returning import returned
from tracegraph.formats.epcis.xml import read_xml

__all__ = [
    "Converted",
    "epcis_chunks",
    "event_list",
    "is_epcis",
    "read_epcis",
    "read_xml",
    "returned",
]
