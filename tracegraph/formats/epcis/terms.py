"""The words of this project within EPCIS events: its namespace, and URNs of own numbers."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from tracegraph.model.key import OWN, is_absolute

PREFIX = "tracegraph"
NAMESPACE = f"{OWN}:epcis:"
OWN_CONTEXT = {PREFIX: NAMESPACE}
"""What a document with these words declares, beside the context of the standard."""
# The lots of the serials of an event: in which list, which, and of which lot.
LOTS, LIST, EPC, LOT = (f"{PREFIX}:{word}" for word in ("lots", "list", "epc", "lot"))
# When an event began, that took a while: what left before then is not of it.
STARTED = f"{PREFIX}:startedAt"
_NUMBERED = re.compile(rf"{OWN}:(?:place|party|order|document):([^:]+)")


def own_urn(kind: str, number: str) -> str:
    """The URI of a number of one's own; a URI stays what it is.

    >>> own_urn("place", "SZ1/WH"), own_urn("place", "urn:epc:id:sgln:4012345.00001.0")
    ('urn:tracegraph:place:SZ1%2FWH', 'urn:epc:id:sgln:4012345.00001.0')
    """
    return number if is_absolute(number) else f"{OWN}:{kind}:{quote(number, safe='')}"


def own_number(uri: str) -> str:
    """The number that `own_urn` made a URI of; any other text as it is.

    >>> own_number("urn:tracegraph:place:SZ1%2FWH"), own_number("urn:x:1")
    ('SZ1/WH', 'urn:x:1')
    """
    found = _NUMBERED.fullmatch(uri)
    return unquote(found[1]) if found else uri
