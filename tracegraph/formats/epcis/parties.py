"""Who sends to whom, and whether we are one of them (docs/adr/0023).

| bizStep | disposition | source | destination | native |
|---|---|---|---|---|
| `shipping` | | we | another | `shipment` to it |
| `shipping` | `returned` | we | another | `supplier_return` to it |
| `receiving` | | another | we | `receipt` from it |
| `receiving` | `returned` | another | we | `return` from it |
| `receiving` | | we | another | `delivery` to it |
| else, or where either is not named | | | | nothing is booked |

The parties are those that both lists name as possessing, else those that both name as owning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracegraph.formats.epcis.fields import Fields
from tracegraph.formats.epcis.terms import own_number
from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.cbv import bare_word

_GLN = re.compile(r"https://id\.gs1\.org/(?:414|417)/(\d{13})(?:/.*)?", re.ASCII)
_PARTIES = ("possessing_party", "owning_party")


class Booked(NamedTuple):
    """What a movement is to us: the native type, the other party, and the field that names it."""

    type: str
    party: str
    origin: tuple[Any, ...]


class _Party(NamedTuple):
    name: str
    origin: tuple[Any, ...]


def own_parties(text: str) -> frozenset[str]:
    """The names of us, from a list with commas: GLNs, EPC URNs, Digital Links or own numbers.

    >>> sorted(own_parties("4012345000023, urn:epc:id:pgln:4012345.00002,ACME"))
    ['4012345000023', 'ACME']
    """
    return frozenset(_identity(part.strip()) for part in text.split(",") if part.strip())


def booked(
    fields: Fields, step: str | None, disposition: str | None, own: frozenset[str]
) -> Booked | None:
    """What an event about items is to us; None where it is no movement between us and another."""
    parties = _parties(fields) if own and step in {"shipping", "receiving"} else None
    if parties is None:
        return None
    source, destination = parties
    ours = _identity(source.name) in own, _identity(destination.name) in own
    kind = _KINDS.get((step or "", disposition == "returned", *ours))
    return None if kind is None else Booked(kind, *(destination if ours[0] else source))


# By step, whether it is a return, whether the source is ours, and whether the destination is.
_KINDS = {
    ("shipping", False, True, False): "shipment",
    ("shipping", True, True, False): "supplier_return",
    ("receiving", False, False, True): "receipt",
    ("receiving", True, False, True): "return",
    ("receiving", False, True, False): "delivery",
}


def _parties(fields: Fields) -> tuple[_Party, _Party] | None:
    """Source and destination of the first kind that both lists have; None where one is several."""
    sources, destinations = list(_named(fields, "source")), list(_named(fields, "destination"))
    for kind in _PARTIES:
        ends = [[p for each, p in named if each == kind] for named in (sources, destinations)]
        if all(ends):
            if any(len({_identity(party.name) for party in end}) > 1 for end in ends):
                return None
            return ends[0][0], ends[1][0]
    return None


def _named(fields: Fields, name: str) -> Iterator[tuple[str, _Party]]:
    for index, member in enumerate(fields.event.get(f"{name}List") or ()):
        if not isinstance(member, dict):
            continue
        kind, party = member.get("type"), member.get(name)
        if isinstance(kind, str) and isinstance(party, str) and party:
            yield bare_word(kind), _Party(own_number(party), (f"{name}List", index, name))


def _identity(party: str) -> str:
    """A GLN, whichever key it is in; any other name as it is."""
    found = _GLN.fullmatch(canonical_link(party) or "")
    return found[1] if found else own_number(party)
