"""GS1 EPCIS 2.0: what trading partners and line systems send, read into native events."""

from tracegraph.formats.epcis.reading import Converted, event_list, is_epcis, read_epcis
from tracegraph.formats.epcis.returning import returned

__all__ = ["Converted", "event_list", "is_epcis", "read_epcis", "returned"]
