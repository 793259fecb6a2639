"""GS1 EPCIS 2.0: what trading partners and line systems send, read into native events."""

from tracegraph.formats.epcis.reading import Converted, is_epcis, read_epcis

__all__ = ["Converted", "is_epcis", "read_epcis"]
